//! `bill`.

use std::io::Read as _;

use alf_packager::bill::bill;
use clap::Args;

use super::Failed;

/// How many bytes cargo may say. Stops a pipe without end.
const METADATA_BYTES: u64 = 256 * 1024 * 1024;

/// Reads what cargo says on standard input.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The package of the program
    #[arg(long, value_name = "PACKAGE")]
    root: String,
    /// The version that is released
    #[arg(long = "of", value_name = "VERSION")]
    of: String,
    /// The time of the release: seconds since 1970, UTC
    #[arg(long, value_name = "SECONDS")]
    epoch: u32,
}

impl Arguments {
    pub(crate) fn carry_out(self) -> Result<String, Failed> {
        let mut metadata = String::new();
        std::io::stdin()
            .take(METADATA_BYTES)
            .read_to_string(&mut metadata)?;
        let at_ms = i64::from(self.epoch) * 1_000;
        Ok(bill(&metadata, &self.root, &self.of, at_ms)?)
    }
}
