//! Makes calls: paced, again where that is harmless, never again where it is not.

use std::time::Duration;

use lab_model::Moment;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::{Answer, ApiAddress, Call, CallError, Effect, Exchange, Lost, Pace, Page, Verb, Wait};

/// How often a call is made at the most: a server that is down would otherwise keep a person for ever.
pub const MOST_TRIES: u32 = 4;

/// How often GitHub's limits are waited for within one call.
const MOST_WAITS: u32 = 5;

/// How often a call is sent on.
const MOST_HOPS: u32 = 3;

/// How much time writes keep between them, as GitHub asks.
const BETWEEN_WRITES: Duration = Duration::from_secs(1);

/// The least wait where GitHub says that it is too much, but not for how long.
const UNTOLD_WAIT: Duration = Duration::from_mins(1);

/// The wait before the second try; each one after is twice as long.
const FIRST_BACKOFF: Duration = Duration::from_secs(1);

/// How much of a refusal's text is shown.
const LONGEST_MESSAGE: usize = 300;

/// Speaks with one GitHub as one person.
#[derive(Debug)]
pub struct Client<'a> {
    exchange: &'a mut dyn Exchange,
    pace: &'a mut dyn Pace,
    api: ApiAddress,
    longest_wait: Duration,
    last_write: Option<Moment>,
}

/// What GitHub says when it refuses.
#[derive(Default, Deserialize)]
struct Said {
    #[serde(default)]
    message: String,
    #[serde(default)]
    errors: Vec<Problem>,
}

/// One reason of a refusal.
#[derive(Deserialize)]
#[serde(untagged)]
enum Problem {
    Told {
        field: Option<String>,
        code: Option<String>,
        message: Option<String>,
    },
    Text(String),
}

impl<'a> Client<'a> {
    /// A client that waits at most so long for limits within one call.
    pub fn new(
        exchange: &'a mut dyn Exchange,
        pace: &'a mut dyn Pace,
        api: ApiAddress,
        longest_wait: Duration,
    ) -> Self {
        Self {
            exchange,
            pace,
            api,
            longest_wait,
            last_write: None,
        }
    }

    /// Now.
    pub fn now(&self) -> Moment {
        self.pace.now()
    }

    /// Lets time pass.
    pub fn wait(&mut self, time: Duration, why: Wait) {
        self.pace.wait(time, why);
    }

    /// Makes a call and reads its answer.
    pub fn ask<T: DeserializeOwned>(&mut self, call: &Call) -> Result<T, CallError> {
        self.call(call)?.read(call)
    }

    /// Makes a call whose answer says nothing that matters.
    pub fn tell(&mut self, call: &Call) -> Result<(), CallError> {
        self.call(call).map(|_| ())
    }

    /// Reads one thing with its tag; `None` where it is as it was when it got the known one.
    pub fn one<T: DeserializeOwned>(
        &mut self,
        path: &str,
        known: Option<String>,
    ) -> Result<Option<(T, Option<String>)>, CallError> {
        let call = Call::get(path, known);
        let answer = self.call(&call)?;
        if answer.status == 304 {
            return Ok(None);
        }
        Ok(Some((answer.read(&call)?, answer.etag)))
    }

    /// Reads one page of a list; with a known tag GitHub may say that nothing changed.
    pub fn page<T: DeserializeOwned>(
        &mut self,
        path: &str,
        known: Option<String>,
    ) -> Result<Page<T>, CallError> {
        let call = Call::get(path, known);
        let answer = self.call(&call)?;
        let next = match answer.next() {
            None => None,
            Some(address) => Some(self.api.path_of(address).ok_or_else(|| CallError::SentOn {
                call: call.clone(),
                address: address.to_owned(),
            })?),
        };
        if answer.status == 304 {
            return Ok(Page::Same { next });
        }
        Ok(Page::Now {
            entries: answer.read(&call)?,
            etag: answer.etag,
            next,
        })
    }

    fn call(&mut self, call: &Call) -> Result<Answer, CallError> {
        let (mut call, mut tries, mut waits, mut hops) = (call.clone(), 1, 0, 0);
        loop {
            self.keep_apart(&call);
            let answer = match self.exchange.exchange(&self.api, &call) {
                Ok(answer) => answer,
                Err(lost) => {
                    if !may_try_again(&call, &lost, tries) {
                        return Err(CallError::Lost { call, lost });
                    }
                    self.back_off(&mut tries);
                    continue;
                }
            };
            if let Some(wait) = limit(&answer, self.pace.now(), waits) {
                waits += 1;
                if waits > MOST_WAITS || wait > self.longest_wait {
                    let why = Wait::Limit;
                    return Err(CallError::Limited { call, wait, why });
                }
                self.pace.wait(wait, Wait::Limit);
                continue;
            }
            match answer.status {
                200..=299 | 304 => return Ok(answer),
                301 | 302 | 307 | 308 => {
                    hops += 1;
                    call = self.sent_on(call, &answer, hops)?;
                }
                500.. if call.effect != Effect::Creates && tries < MOST_TRIES => {
                    self.back_off(&mut tries);
                }
                _ => return Err(refused(call, &answer)),
            }
        }
    }

    /// Waits until the write before is a second ago.
    fn keep_apart(&mut self, call: &Call) {
        if call.verb == Verb::Get {
            return;
        }
        if let Some(last) = self.last_write {
            let gone = self.pace.now().ms().saturating_sub(last.ms());
            let gone = Duration::from_millis(u64::try_from(gone).unwrap_or(0));
            if let Some(left) = BETWEEN_WRITES
                .checked_sub(gone)
                .filter(|left| !left.is_zero())
            {
                self.pace.wait(left, Wait::BetweenWrites);
            }
        }
        self.last_write = Some(self.pace.now());
    }

    fn back_off(&mut self, tries: &mut u32) {
        self.pace
            .wait(FIRST_BACKOFF * 2_u32.pow(*tries - 1), Wait::Again);
        *tries += 1;
    }

    /// The same call at another address of GitHub's. An issue that moved elsewhere is gone from here.
    fn sent_on(&self, call: Call, answer: &Answer, hops: u32) -> Result<Call, CallError> {
        let address = answer.location.clone().unwrap_or_default();
        let is_write = call.verb != Verb::Get;
        let keeps_its_verb = matches!(answer.status, 307 | 308);
        match self.api.path_of(&address) {
            Some(path) if hops <= MOST_HOPS && (!is_write || keeps_its_verb) => {
                Ok(Call { path, ..call })
            }
            Some(_) if is_write => Err(CallError::Gone { call }),
            Some(_) | None => Err(CallError::SentOn { call, address }),
        }
    }
}

/// Whether a call without an answer is made again.
fn may_try_again(call: &Call, lost: &Lost, tries: u32) -> bool {
    let harmless = match (call.effect, lost) {
        (Effect::Reads | Effect::Settles, _) | (Effect::Creates, Lost::NotSent(_)) => true,
        (Effect::Creates, Lost::Unknown(_)) => false,
    };
    harmless && tries < MOST_TRIES
}

/// How long GitHub's limits ask to wait; `None` where they ask for nothing.
fn limit(answer: &Answer, now: Moment, waits: u32) -> Option<Duration> {
    if !matches!(answer.status, 403 | 429) {
        return None;
    }
    if let Some(seconds) = answer.retry_after {
        return Some(Duration::from_secs(seconds));
    }
    if answer.remaining == Some(0)
        && let Some(reset) = answer.reset_at()
    {
        let ms = u64::try_from(reset.ms().saturating_sub(now.ms())).unwrap_or(0);
        // A second more: the two clocks need not agree to the last one.
        return Some(Duration::from_millis(ms) + Duration::from_secs(1));
    }
    let said = said(answer).message.to_lowercase();
    let is_limit = answer.status == 429 || said.contains("rate limit");
    is_limit.then(|| UNTOLD_WAIT * 2_u32.pow(waits.min(MOST_WAITS)))
}

fn said(answer: &Answer) -> Said {
    serde_json::from_slice(&answer.body).unwrap_or_default()
}

fn refused(call: Call, answer: &Answer) -> CallError {
    let said = said(answer);
    let code_of = |problem: &Problem| match problem {
        Problem::Told { code, .. } => code.clone(),
        Problem::Text(_) => None,
    };
    let already_exists = said
        .errors
        .iter()
        .any(|problem| code_of(problem).as_deref() == Some("already_exists"));
    let message = message(said);
    match answer.status {
        401 => CallError::Unauthorised,
        403 => CallError::Forbidden { call, message },
        404 => CallError::NotFound { call },
        410 => CallError::Gone { call },
        422 => CallError::Invalid {
            call,
            message,
            already_exists,
        },
        status => CallError::Status {
            call,
            status,
            message,
        },
    }
}

/// What GitHub said, on one line and not for ever.
fn message(said: Said) -> String {
    let problems = said.errors.into_iter().map(|problem| match problem {
        Problem::Text(text) => text,
        Problem::Told {
            field,
            code,
            message,
        } => {
            let words = [field, code, message].into_iter().flatten();
            words.collect::<Vec<_>>().join(" ")
        }
    });
    let whole = std::iter::once(said.message).chain(problems);
    let text = whole.collect::<Vec<_>>().join("; ");
    text.chars().take(LONGEST_MESSAGE).collect()
}

#[cfg(test)]
mod tests;
