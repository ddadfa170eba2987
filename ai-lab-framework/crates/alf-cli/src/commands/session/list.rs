//! `session list`.

use alf_ops::{Framework, SessionRow, list_sessions};
use alf_store::{SessionFilter, SessionStatus};
use clap::Args;

use crate::output::{Ended, Output};
use crate::render::amount::ago;
use crate::render::style::{harmless, of_session, styled};
use crate::render::table::{right, table, text};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Only these: active, paused or ended
    #[arg(long, value_name = "STATUS", value_parser = status)]
    status: Option<SessionStatus>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: u32,
}

fn status(word: &str) -> Result<SessionStatus, String> {
    SessionStatus::from_name(word).ok_or_else(|| "active, paused or ended".to_owned())
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let filter = SessionFilter {
            status: self.status,
            limit: self.limit,
        };
        let list = list_sessions(framework, &filter)?;
        if output.is_json() {
            output.say_json(&list)?;
            return Ok(0);
        }
        if list.sessions.is_empty() {
            output.note("there is no session; `ai-lab-framework session start` begins one")?;
            return Ok(0);
        }
        let now = framework.surroundings().clock.now_ms();
        let mut drawn = table(&["session", "status", "calls", "changed", "title", "note"]);
        for session in &list.sessions {
            drawn.add_row(row(session, now));
        }
        right(&mut drawn, &[2]);
        output.say(text(&drawn))?;
        Ok(0)
    }
}

fn row(session: &SessionRow, now: i64) -> [String; 6] {
    let head = &session.head;
    [
        head.id.to_string(),
        styled(of_session(head.status), head.status.as_str()),
        session.executions.to_string(),
        ago(head.updated_at_ms, now),
        harmless(&head.title),
        harmless(head.note.lines().next().unwrap_or_default()),
    ]
}
