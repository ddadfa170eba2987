//! `changelog`.

use std::path::PathBuf;

use alf_packager::changes::{changelog, fragments};
use alf_packager::document::{read, write};
use clap::Args;
use semver::Version;

use super::Failed;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The changelog
    file: PathBuf,
    /// The folder of fragments
    #[arg(long, value_name = "FOLDER")]
    changes: PathBuf,
    /// The version that is released
    #[arg(long = "of", value_name = "VERSION")]
    of: Version,
    /// The day of the release
    #[arg(long, value_name = "DAY")]
    day: String,
    /// Only look at the fragments and print the section
    #[arg(long)]
    check: bool,
}

impl Arguments {
    pub(crate) fn carry_out(self) -> Result<String, Failed> {
        let found = fragments(&self.changes)?;
        if self.check {
            return Ok(changelog("# Changelog\n", &self.of, &self.day, &found)?);
        }
        let before = String::from_utf8_lossy(&read(&self.file)?).into_owned();
        let text = changelog(&before, &self.of, &self.day, &found)?;
        write(&self.file, text.as_bytes())?;
        Ok(format!(
            "{} changes in {}\n",
            found.len(),
            self.file.display()
        ))
    }
}
