//! Consent to what may destroy something: a dry run gives a code, and the call with that code is the one that was shown.

use ai_lab_contract::ErrorClass;
use alf_policy::{Digest, digest_of_json};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::kept::{FORMAT, Kept, Write, change, random_digits, same_digest};
use crate::failure::Failure;
use crate::framework::Framework;
use crate::run_tool::{Call, CallPlan, plan_tool};

/// How long a code can be used, in milliseconds. Long enough for a person to be asked; a code that lies about opens
/// nothing.
const LASTS_MS: i64 = 600_000;

/// How many codes wait at once; the oldest goes first. Stops an agent that never confirms from filling the file.
const MOST_PENDING: usize = 256;

/// How many random bytes a code has: it lasts for minutes, and a wrong one is told only that.
const RANDOM_BYTES: usize = 10;

/// How much of the input a plan shows, in bytes: an agent's answer is short.
const SHOWN_BYTES: usize = 800;

#[derive(Debug, Serialize, Deserialize)]
struct Confirmations {
    format: u32,
    /// The oldest first.
    pending: Vec<Pending>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Pending {
    code: Digest,
    /// Of the tool as it is, the action, the input, the client and the lab.
    call: Digest,
    expires_at_ms: i64,
}

impl Default for Confirmations {
    fn default() -> Self {
        Self {
            format: FORMAT,
            pending: Vec::new(),
        }
    }
}

impl Kept for Confirmations {
    const FILE: &'static str = "confirmations.json";

    fn format(&self) -> u32 {
        self.format
    }
}

/// What a call would do, and the code that lets it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Confirmation {
    /// The form of this answer: 1.
    pub format: u32,
    /// Said once: with it the same call is carried out.
    pub code: String,
    /// What would be done, in a few lines for whoever decides.
    pub plan: Vec<String>,
    /// Until when the code can be used: milliseconds since 1970, UTC.
    pub expires_at_ms: i64,
}

/// What a call would do that its manifest calls destructive, in a few lines for whoever is asked; `None` for any other
/// call, and for one that cannot run anyhow.
pub fn destructive_plan(
    framework: &Framework,
    call: &Call,
) -> Result<Option<Vec<String>>, Failure> {
    let found = framework.find(call.tool.as_str())?;
    let action = found.manifest.actions.get(&call.action);
    if !action.is_some_and(|action| action.destructive) {
        return Ok(None);
    }
    // What is wrong with it is told, and recorded, by the call itself.
    match plan_tool(framework, call) {
        Ok(plan) => plan_lines(framework, call, &plan).map(Some),
        Err(_) => Ok(None),
    }
}

/// Plans a call and gives the code that confirms it; nothing runs and nothing is recorded.
///
/// The code stands for this very call: the tool as it is now, the action, the input, the client and the lab. It is kept
/// as its SHA-256 for ten minutes, and can be used once.
pub fn propose_call(
    framework: &Framework,
    call: &Call,
    client: &str,
) -> Result<Confirmation, Failure> {
    let plan = plan_lines(framework, call, &plan_tool(framework, call)?)?;
    let code = random_digits::<RANDOM_BYTES>()?;
    let now_ms = framework.surroundings.clock.now_ms();
    let pending = Pending {
        code: Digest::of(code.as_bytes()),
        call: digest_of_call(framework, call, client)?,
        expires_at_ms: now_ms.saturating_add(LASTS_MS),
    };
    let expires_at_ms = pending.expires_at_ms;
    change(&framework.surroundings.home, |kept: &mut Confirmations| {
        kept.pending.retain(|other| other.expires_at_ms > now_ms);
        let surplus = (kept.pending.len() + 1).saturating_sub(MOST_PENDING);
        kept.pending.drain(..surplus);
        kept.pending.push(pending);
        Ok(((), Write::Document))
    })?;
    Ok(Confirmation {
        format: 1,
        code,
        plan,
        expires_at_ms,
    })
}

/// Uses a code up: `Ok` says that this very call was shown to this client and that nobody used the code before.
///
/// A refusal has the class `refused`; record it with [`refuse_call`](crate::refuse_call).
pub fn redeem_confirmation(
    framework: &Framework,
    call: &Call,
    code: &str,
    client: &str,
) -> Result<(), Failure> {
    let code = Digest::of(code.as_bytes());
    let wanted = digest_of_call(framework, call, client)?;
    let now_ms = framework.surroundings.clock.now_ms();
    let found = change(&framework.surroundings.home, |kept: &mut Confirmations| {
        let is_it = |pending: &Pending| same_digest(pending.code.as_str(), code.as_str());
        let Some(place) = kept.pending.iter().position(is_it) else {
            return Ok((None, Write::Nothing));
        };
        // Used up whatever comes of it: a code that was tried on another call confirms nothing any more.
        Ok((Some(kept.pending.remove(place)), Write::Document))
    })?;
    let why = match found {
        None => "this confirmation code was not given, or was used before",
        Some(pending) if pending.expires_at_ms <= now_ms => "this confirmation code is too old",
        Some(pending) if !same_digest(pending.call.as_str(), wanted.as_str()) => {
            "this confirmation code was given for another call: tool, action, input, client or lab \
             differ"
        }
        Some(_) => return Ok(()),
    };
    Err(Failure::new(ErrorClass::Refused, why).with_hint(
        "Call it again without a code: that shows what it would do and gives a new one.",
    ))
}

fn digest_of_call(framework: &Framework, call: &Call, client: &str) -> Result<Digest, Failure> {
    let tool = framework.load(&call.tool)?;
    Ok(digest_of_json(&json!({
        "tool": call.tool,
        "digest": tool.digest.to_string(),
        "action": call.action,
        "input": call.input,
        "config": call.config,
        "client": client,
        "lab": framework.surroundings.instance,
    })))
}

fn plan_lines(framework: &Framework, call: &Call, plan: &CallPlan) -> Result<Vec<String>, Failure> {
    let found = framework.find(call.tool.as_str())?;
    let action = found.manifest.actions.get(&call.action);
    let described = action.map_or("", |action| action.description.as_str());
    let run = &plan.run;
    let mut input = call.input.clone();
    framework.redactor()?.value(&mut input);
    let mut lines = vec![
        format!("would run {}.{}: {described}", call.tool, call.action),
        format!("input: {}", shortened(input.to_string())),
        format!(
            "profile {}, sandbox {}, at most {} s",
            run.profile,
            run.sandbox.as_str(),
            run.limits.run.as_secs_f64()
        ),
    ];
    let written = &found.manifest.grants.write;
    if !written.is_empty() {
        lines.push(format!("may write: {}", written.join(", ")));
    }
    if action.is_some_and(|action| action.open_world) {
        lines.push("reaches beyond this machine".to_owned());
    }
    Ok(lines)
}

fn shortened(mut text: String) -> String {
    if text.len() <= SHOWN_BYTES {
        return text;
    }
    let whole = text.len();
    let mut end = SHOWN_BYTES;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    format!("{text}… ({whole} bytes in all)")
}
