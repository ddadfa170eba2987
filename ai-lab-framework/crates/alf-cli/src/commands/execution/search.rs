//! `execution search`.

use ai_lab_contract::ToolName;
use alf_ops::{Framework, search_executions};
use alf_store::{SearchFilter, SearchHit};
use clap::Args;
use serde_json::json;

use super::list::{ID_SHOWN, since};
use crate::output::{Ended, Output};
use crate::render::amount::ago;
use crate::render::style::{FAINT, harmless, of_status, styled};
use crate::render::table::{table, text};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Words that all must be there, "a phrase" in quotes, or the beginning of a word with a *
    #[arg(required = true)]
    words: Vec<String>,
    /// Only this tool's
    #[arg(long, value_name = "TOOL")]
    tool: Option<ToolName>,
    /// Only from this time on: an instant, or how long ago (30s, 10m, 2h, 7d)
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: u32,
    /// Go on where a page ended
    #[arg(long, value_name = "CURSOR")]
    before: Option<u64>,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let filter = SearchFilter {
            tool: self.tool,
            since_ms: since(self.since.as_deref(), framework)?,
            before: self.before,
            limit: self.limit,
        };
        let page = search_executions(framework, &self.words.join(" "), &filter)?;
        if output.is_json() {
            output.say_json(&json!({
                "format": 1, "hits": page.hits, "next": page.next, "behind": page.behind,
            }))?;
            return Ok(0);
        }
        let now = framework.surroundings().clock.now_ms();
        let mut drawn = table(&["execution", "action", "status", "when", "in", "text"]);
        for hit in &page.hits {
            drawn.add_row(row(hit, now));
        }
        output.say(text(&drawn))?;
        let shown = page.hits.len();
        if let Some(next) = page.next {
            let told = format_args!("{shown} found; go on with --before {next}");
            output.note(styled(FAINT, told))?;
        } else {
            output.note(styled(FAINT, format_args!("{shown} found")))?;
        }
        if page.behind > 0 {
            let told = "The newest part of the record is not searched yet; search again.";
            output.note(styled(FAINT, told))?;
        }
        Ok(0)
    }
}

fn row(hit: &SearchHit, now: i64) -> [String; 6] {
    [
        hit.execution_id.as_str().chars().take(ID_SHOWN).collect(),
        format!("{}.{}", hit.tool, hit.action),
        styled(of_status(hit.status), hit.status.as_str()),
        ago(hit.started_at_ms, now),
        hit.field.to_owned(),
        harmless(&hit.snippet),
    ]
}
