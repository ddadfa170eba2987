//! `tool breaker`.

use ai_lab_contract::ToolName;
use alf_ops::{Framework, close_breaker, list_breakers};
use alf_store::BreakerState;
use clap::Args;

use crate::output::{Ended, Output};
use crate::render::amount::ago;
use crate::render::style::{BAD, GOOD, WARN, styled};
use crate::render::table::{right, table, text};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Let calls of this tool through again, its failures forgotten
    #[arg(long, value_name = "TOOL")]
    close: Option<ToolName>,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        if let Some(tool) = &self.close {
            let breaker = close_breaker(framework, tool)?;
            if output.is_json() {
                output.say_json(&breaker)?;
            } else {
                output.say(format_args!(
                    "{} calls of {tool} go through",
                    styled(GOOD, "✓")
                ))?;
            }
            return Ok(0);
        }
        let list = list_breakers(framework)?;
        if output.is_json() {
            output.say_json(&list)?;
            return Ok(0);
        }
        if list.breakers.is_empty() {
            output.note("no tool has failed so far")?;
            return Ok(0);
        }
        let now = framework.surroundings().clock.now_ms();
        let mut drawn = table(&["tool", "calls", "failures", "opened", "changed"]);
        for breaker in &list.breakers {
            let state = match breaker.state {
                BreakerState::Closed => styled(GOOD, "go through"),
                BreakerState::Open => styled(BAD, "stopped"),
                BreakerState::HalfOpen => styled(WARN, "one tries"),
            };
            let opened = match breaker.opened_at_ms {
                0 => "never".to_owned(),
                at => ago(at, now),
            };
            drawn.add_row([
                breaker.tool.to_string(),
                state,
                breaker.failures.to_string(),
                opened,
                ago(breaker.changed_at_ms, now),
            ]);
        }
        right(&mut drawn, &[2]);
        output.say(text(&drawn))?;
        Ok(0)
    }
}
