//! `migrate-db`.

use alf_ops::{Framework, migrate_database};
use alf_store::MigrateMode;
use clap::Args;

use crate::output::{Ended, Output};

/// What `--check` exits with when there is something to do.
const THERE_IS_WORK: u8 = 10;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Change nothing; exit with 10 when there is something to do
    #[arg(long)]
    check: bool,
    /// Change nothing; show every statement
    #[arg(long, conflicts_with = "check")]
    dry_run: bool,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let mode = match (self.check, self.dry_run) {
            (true, _) => MigrateMode::Check,
            (false, true) => MigrateMode::DryRun,
            (false, false) => MigrateMode::Apply,
        };
        let migration = migrate_database(framework, mode)?;
        if output.is_json() {
            output.say_json(&migration)?;
        } else {
            output.say(format_args!(
                "{}: {}",
                migration.database,
                migration.plan.to_string().trim_end()
            ))?;
            if self.dry_run {
                for statement in migration
                    .plan
                    .missing
                    .iter()
                    .flat_map(|step| &step.statements)
                {
                    output.say(format_args!("\n{statement};"))?;
                }
            }
        }
        Ok(if self.check && !migration.plan.is_empty() {
            THERE_IS_WORK
        } else {
            0
        })
    }
}
