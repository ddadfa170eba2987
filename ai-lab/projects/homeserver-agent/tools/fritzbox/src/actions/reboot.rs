//! `reboot`: a restart, waited for.

use std::time::{Duration, Instant};

use ai_lab_tool::contract::Bounded;
use ai_lab_tool::{Action, Effects, ToolContext, ToolFailure};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tr064::{CallError, pause_until, services};

use crate::change::{Change, Seen, Wish, carry_out};
use crate::failure;
use crate::session::{Session, with_session};
use crate::surroundings::Surroundings;

/// The first pause between two questions; each is twice as long as the one before, up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(200);

/// The longest pause between two questions.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// How long one question may take while the router comes back.
const PIECE: Duration = Duration::from_secs(8);

/// How long to wait for the router.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Input {
    /// How long to wait until the router is back, in seconds.
    wait_s: Bounded<1, 280>,
    /// From the plan that a call without it shows; with it, the plan is carried out.
    precondition: Option<String>,
}

impl Default for Input {
    fn default() -> Self {
        Self {
            wait_s: Bounded::constant(240),
            precondition: None,
        }
    }
}

/// The router.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Running {
    /// Its model.
    model: Option<String>,
    /// Its FRITZ!OS.
    firmware: Option<String>,
    /// Whether it runs since a restart of this call.
    restarted: bool,
}

/// The action.
#[derive(Debug)]
pub(crate) struct Reboot(pub(crate) Surroundings);

impl Action for Reboot {
    const NAME: &'static str = "reboot";
    const DESCRIPTION: &'static str =
        "Restarts the router and waits until it is back. Shows a plan first.";
    const EFFECTS: Effects = Effects::DESTROYS.open_world();
    type Input = Input;
    type Output = Change<Running>;

    fn run(&self, input: Input, context: &ToolContext) -> Result<Change<Running>, ToolFailure> {
        with_session(&self.0, context, |session| {
            let (before, up_s) = look(session).map_err(|error| failure::of_read(&error))?;
            session.note("network, Wi-Fi and telephones are gone for some minutes");
            let wish = Wish {
                action: Self::NAME,
                input: json!({}),
                precondition: input.precondition,
                wanted: Running {
                    restarted: true,
                    ..before.clone()
                },
                before,
                is_event: true,
                undo: None,
            };
            carry_out(
                session,
                wish,
                |router, token| {
                    let sent = router.write(&services::DEVICE_CONFIG, "Reboot", &[], token);
                    router.hang_up();
                    sent.map(drop)
                },
                |session| wait(session, up_s, Duration::from_secs(input.wait_s.get())),
            )
        })
    }
}

fn look(session: &mut Session) -> Result<(Running, Option<u64>), CallError> {
    let info = session
        .router
        .read(&services::DEVICE_INFO, "GetInfo", &[])?;
    let running = Running {
        model: info.filled("ModelName").map(str::to_owned),
        firmware: info.filled("SoftwareVersion").map(str::to_owned),
        restarted: false,
    };
    Ok((running, info.number("UpTime")))
}

/// Asks until the router has run for less time than before.
fn wait(
    session: &mut Session,
    up_s: Option<u64>,
    longest: Duration,
) -> Result<Seen<Running>, ToolFailure> {
    let sent = Instant::now();
    let mut patience = Patience::until(sent + longest);
    let mut state = None;
    while patience.lasts() {
        session.router.renew(patience.piece());
        if let Ok((running, now_s)) = look(session) {
            let is_young = is_younger(now_s, up_s, sent.elapsed());
            let seen = Running {
                restarted: is_young,
                ..running
            };
            if is_young {
                return Ok(Seen {
                    state: seen,
                    is_done: true,
                });
            }
            state = Some(seen);
        } else {
            session.router.hang_up();
        }
        patience.rest();
    }
    let Some(state) = state else {
        let why = format!(
            "the router has not come back within {} s",
            longest.as_secs()
        );
        return Err(ToolFailure::new("not_back", why));
    };
    Ok(Seen {
        state,
        is_done: false,
    })
}

/// Whether something has been up for less time than it would have been, had nothing happened.
pub(super) fn is_younger(now_s: Option<u64>, before_s: Option<u64>, passed: Duration) -> bool {
    let (Some(now_s), Some(before_s)) = (now_s, before_s) else {
        return false;
    };
    // Routers round: a second or two are no restart.
    now_s + 2 < before_s + passed.as_secs() || now_s < before_s
}

/// Asking again and again, with longer and longer pauses, up to an end.
#[derive(Debug)]
pub(super) struct Patience {
    end: Instant,
    pause: Duration,
}

impl Patience {
    /// Up to that instant.
    pub(super) const fn until(end: Instant) -> Self {
        Self {
            end,
            pause: FIRST_PAUSE,
        }
    }

    /// Whether there is time for another question.
    pub(super) fn lasts(&self) -> bool {
        Instant::now() < self.end
    }

    /// How long the next question may take.
    pub(super) fn piece(&self) -> Duration {
        self.end
            .saturating_duration_since(Instant::now())
            .min(PIECE)
    }

    /// Waits until the next question.
    pub(super) fn rest(&mut self) {
        pause_until(self.end.min(Instant::now() + self.pause));
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
    }
}
