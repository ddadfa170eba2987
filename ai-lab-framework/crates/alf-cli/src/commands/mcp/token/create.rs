//! `mcp token create`.

use std::time::Duration;

use ai_lab_contract::ErrorClass;
use alf_ops::{Failure, Framework, ToolPattern, create_token};
use clap::Args;

use crate::commands::execution::list::milliseconds;
use crate::output::{Ended, Output};
use crate::render::amount::instant;
use crate::render::style::{FAINT, harmless, styled};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Its name, which is also the client's in the record
    name: String,
    /// Only for these: TOOL or TOOL.ACTION, with * for any letters; without it, for every tool
    #[arg(long, value_name = "GLOB")]
    tool: Vec<ToolPattern>,
    /// Until when: 12h, 90d; without it, until it is taken back
    #[arg(long, value_name = "TIME")]
    expires: Option<String>,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let lifetime = self.expires.as_deref().map(lifetime).transpose()?;
        let created = create_token(framework, &self.name, &self.tool, lifetime)?;
        if output.is_json() {
            output.say_json(&created)?;
            return Ok(0);
        }
        output.say_line(&created.token)?;
        let until = created.row.expires_at_ms;
        let until = until.map_or(String::new(), |at| format!(" until {} UTC", instant(at)));
        let told = format!("for `{}`{until}; it is not shown again", created.row.name);
        output.note(styled(FAINT, told))?;
        Ok(0)
    }
}

fn lifetime(text: &str) -> Result<Duration, Failure> {
    milliseconds(text)
        .filter(|ms| *ms > 0)
        .map(|ms| Duration::from_millis(ms.unsigned_abs()))
        .ok_or_else(|| {
            let told = format!("`{}` is no time to last", harmless(text));
            Failure::new(ErrorClass::Usage, told).with_hint("Give how long: 30m, 12h, 90d.")
        })
}
