//! `key`.

use std::path::PathBuf;

use alf_packager::signer::Signer;
use clap::Args;

use super::Failed;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The file of the key; made where it is not there, for its owner alone
    file: PathBuf,
}

impl Arguments {
    pub(crate) fn carry_out(self) -> Result<String, Failed> {
        let signer = if self.file.exists() {
            Signer::open(&self.file)?
        } else {
            Signer::create(&self.file)?
        };
        Ok(format!("{}\n", signer.public()))
    }
}
