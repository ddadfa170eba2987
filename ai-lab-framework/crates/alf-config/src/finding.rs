//! What is wrong with a configuration, and who set it so.

use std::fmt;

use serde::Serialize;

use crate::layer::Origin;

/// One thing that does not fit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ConfigFinding {
    /// Which key; empty for the whole.
    pub key: String,
    /// Which layer set it; `None` where none did.
    pub origin: Option<Origin>,
    /// What is wrong: lower case, no full stop.
    pub message: String,
    /// The word that was likely meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nearest: Option<String>,
}

impl fmt::Display for ConfigFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.key.is_empty() {
            write!(f, "`{}`", self.key.escape_debug())?;
            if let Some(origin) = &self.origin {
                write!(f, " from {origin}")?;
            }
            f.write_str(": ")?;
        }
        f.write_str(&self.message)?;
        match &self.nearest {
            Some(nearest) => write!(f, "; did you mean `{nearest}`"),
            None => Ok(()),
        }
    }
}

/// Everything that is wrong; never empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ConfigFindings(pub Vec<ConfigFinding>);

impl fmt::Display for ConfigFindings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(first) = self.0.first() {
            write!(f, "{first}")?;
        }
        match self.0.len() {
            0 | 1 => Ok(()),
            count => write!(f, " (and {} more)", count - 1),
        }
    }
}

impl std::error::Error for ConfigFindings {}
