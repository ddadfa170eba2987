//! `execution prune`.

use ai_lab_contract::ErrorClass;
use alf_ops::{Failure, Framework, RecordBounds, prune_executions, record_bounds};
use alf_store::Retention;
use clap::Args;

use super::list::since;
use crate::output::{Ended, Output};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Those that started longer ago than this: 30s, 10m, 2h, 90d, or before an instant [default: `retention.keep_days` in config.toml, else a year]
    #[arg(long, value_name = "TIME")]
    older_than: Option<String>,
    /// The oldest but so many [default: `retention.most_executions`, else 1000000]
    #[arg(long, value_name = "N")]
    keep: Option<u64>,
    /// The oldest until the database and kept outputs use no more bytes [default: `retention.most_bytes`, else 4 GiB]
    #[arg(long, value_name = "BYTES")]
    max_bytes: Option<u64>,
    /// The artifacts of the oldest until the rest uses no more bytes [default: `retention.most_artifact_bytes`, else
    /// 4 GiB]
    #[arg(long, value_name = "BYTES")]
    max_artifact_bytes: Option<u64>,
    /// Only count them
    #[arg(long)]
    dry_run: bool,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let configured = record_bounds(framework)?;
        let usual = configured.retention;
        let now_ms = framework.surroundings().clock.now_ms();
        let keep_for_ms = match since(self.older_than.as_deref(), framework)? {
            None => usual.keep_for_ms,
            Some(before) if before > now_ms => {
                let told = "nothing is older than a time to come".to_owned();
                return Err(Failure::new(ErrorClass::Usage, told)
                    .with_hint("Give how long ago, such as 90d.")
                    .into());
            }
            Some(before) => now_ms - before,
        };
        let bounds = RecordBounds {
            most_artifact_bytes: self
                .max_artifact_bytes
                .unwrap_or(configured.most_artifact_bytes),
            retention: Retention {
                keep_for_ms,
                most_executions: self.keep.unwrap_or(usual.most_executions),
                most_bytes: self.max_bytes.unwrap_or(usual.most_bytes),
            },
        };
        let pruning = prune_executions(framework, &bounds, self.dry_run)?;
        if output.is_json() {
            output.say_json(&pruning)?;
            return Ok(0);
        }
        let would = if pruning.applied { "" } else { "would be " };
        output.say(format_args!(
            "{} executions {would}pruned",
            pruning.pruned.executions
        ))?;
        if pruning.outputs.files > 0 {
            let (files, bytes) = (pruning.outputs.files, pruning.outputs.bytes);
            output.note(format_args!(
                "{files} kept outputs went with them, {bytes} bytes"
            ))?;
        }
        if pruning.artifacts.files > 0 {
            let (files, bytes) = (pruning.artifacts.files, pruning.artifacts.bytes);
            output.note(format_args!("{files} artifacts went, {bytes} bytes"))?;
        }
        if pruning.pruned.kept_as_evidence > 0 {
            let kept = pruning.pruned.kept_as_evidence;
            output.note(format_args!(
                "{kept} stay: they were touched; `ai-lab-framework execution verify` names them"
            ))?;
        }
        Ok(0)
    }
}
