//! `backup`.

use std::path::PathBuf;

use alf_ops::{Framework, copy_database};
use clap::Args;

use crate::output::{Ended, Output};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The copy to make; nothing may be there
    file: PathBuf,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let copy = copy_database(framework, &self.file)?;
        if output.is_json() {
            output.say_json(&copy)?;
        } else {
            let snapshot = &copy.snapshot;
            output.say(format_args!(
                "{}: {} bytes, {} links, head {}",
                snapshot.path.display(),
                snapshot.bytes,
                snapshot.chain_length,
                snapshot.chain_head
            ))?;
        }
        Ok(0)
    }
}
