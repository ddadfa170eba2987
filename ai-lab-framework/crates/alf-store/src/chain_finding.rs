//! What a walk along the chain can find.

use std::fmt;

use ai_lab_contract::ExecutionId;
use serde::Serialize;

/// Which of an execution's two links.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LinkKind {
    /// The one made by its start.
    Start,
    /// The one made by its end.
    End,
}

/// What is wrong with a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChainProblem {
    /// The row's content is not what was hashed.
    Changed,
    /// No row holds this position.
    Missing,
    /// The link does not name the hash of the link before.
    LinkBroken,
    /// Two links hold the same position.
    Doubled,
    /// The link that was written last is not the one that the database remembers as its last.
    Head,
}

/// One thing wrong with the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChainFinding {
    /// Where in the chain.
    pub position: u64,
    /// Which link of the row; `None` where the position is missing.
    pub link: Option<LinkKind>,
    /// The row, as far as its id can still be read; empty where the position is missing.
    pub execution_id: String,
    /// What is wrong.
    pub problem: ChainProblem,
}

impl ChainFinding {
    /// The row's id where it still is one.
    pub fn execution(&self) -> Option<ExecutionId> {
        self.execution_id.parse().ok()
    }
}

impl fmt::Display for ChainFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            position,
            link,
            execution_id,
            problem,
        } = self;
        let which = match link {
            Some(LinkKind::Start) => format!(": the start of {execution_id}"),
            Some(LinkKind::End) => format!(": the end of {execution_id}"),
            None => String::new(),
        };
        let what = match problem {
            ChainProblem::Changed => "was changed after it was written",
            ChainProblem::Missing => "has no row: it was taken away",
            ChainProblem::LinkBroken => "does not follow the link before it",
            ChainProblem::Doubled => "claims a position that another link has",
            ChainProblem::Head => "is not the link that was written last",
        };
        write!(f, "position {position}{which} {what}")
    }
}
