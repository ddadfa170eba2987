//! `config unset`.

use alf_ops::{Framework, unset_configuration};
use clap::Args;

use super::{Scope, show};
use crate::output::{Ended, Output};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The tool's name
    tool: String,
    /// Which key, such as router.host
    key: String,
    #[command(flatten)]
    scope: Scope,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let scope = self.scope.chosen();
        let change = unset_configuration(framework, &self.tool, &self.key, scope)?;
        show(&change, output)
    }
}
