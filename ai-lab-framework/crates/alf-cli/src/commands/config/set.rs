//! `config set`.

use alf_ops::{Framework, set_configuration};
use clap::Args;

use super::{Scope, show};
use crate::output::{Ended, Output};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The tool's name
    tool: String,
    /// Which key, such as router.host
    key: String,
    /// Its value: JSON if it is JSON and the schema wants no text, else a text
    #[arg(allow_hyphen_values = true)]
    value: String,
    #[command(flatten)]
    scope: Scope,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let scope = self.scope.chosen();
        let change = set_configuration(framework, &self.tool, &self.key, &self.value, scope)?;
        show(&change, output)
    }
}
