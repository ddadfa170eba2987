//! The connection: one request out, one answer in.

use std::fmt;
use std::io;
use std::time::Duration;

use ureq::http;
use ureq::{Agent, Error, Timeout};

use crate::{Answer, ApiAddress, Call, Lost, Token, Verb};

/// The largest answer that is read: a page of 100 issues of the longest bodies fits twice.
const LARGEST_ANSWER: u64 = 16 << 20;

/// How long a call may take, from its first byte to its answer's last.
const CALL_LIMIT: Duration = Duration::from_mins(1);

/// How long to wait for a connection.
const CONNECT_LIMIT: Duration = Duration::from_secs(15);

/// The version of the API that the calls are written for.
const API_VERSION: &str = "2022-11-28";

/// Carries one call to GitHub and its answer back.
pub trait Exchange: fmt::Debug {
    /// Sends a call once and waits for the answer, whatever its status.
    fn exchange(&mut self, api: &ApiAddress, call: &Call) -> Result<Answer, Lost>;
}

/// The network.
#[derive(Debug)]
pub struct Wire {
    agent: Agent,
    token: Option<Token>,
}

impl Wire {
    /// Speaks with this token; without one GitHub lets read what is public, a little.
    pub fn new(token: Option<Token>) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            // The client decides where a call goes on to, and where the token does not.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(CALL_LIMIT))
            .timeout_connect(Some(CONNECT_LIMIT))
            .user_agent(concat!("ai-lab/", env!("CARGO_PKG_VERSION")))
            .build();
        Self {
            agent: config.into(),
            token,
        }
    }

    fn send(&self, address: &str, call: &Call) -> Result<http::Response<ureq::Body>, Error> {
        let mut request = http::Request::builder()
            .method(call.verb.as_str())
            .uri(address)
            .header("Accept", "application/vnd.github+json")
            .header("X-GitHub-Api-Version", API_VERSION);
        if let Some(token) = &self.token {
            request = request.header("Authorization", token.header());
        }
        if let Some(tag) = &call.known {
            request = request.header("If-None-Match", tag);
        }
        let Some(body) = &call.body else {
            return self.agent.run(request.body(())?);
        };
        let request = request.header("Content-Type", "application/json");
        let request = request.body(body.to_string())?;
        if call.verb == Verb::Delete {
            // GitHub names what goes in the body of a DELETE.
            let request = self.agent.configure_request(request);
            return self
                .agent
                .run(request.allow_non_standard_methods(true).build());
        }
        self.agent.run(request)
    }
}

impl Exchange for Wire {
    fn exchange(&mut self, api: &ApiAddress, call: &Call) -> Result<Answer, Lost> {
        let hidden = |error: &Error| {
            let text = error.to_string();
            self.token
                .as_ref()
                .map_or_else(|| text.clone(), |token| token.hidden_in(&text))
        };
        let response = self.send(&api.of(&call.path), call).map_err(|error| {
            let told = hidden(&error);
            if was_sent(&error) {
                Lost::Unknown(told)
            } else {
                Lost::NotSent(told)
            }
        })?;
        let (head, body) = response.into_parts();
        let text = |name: &str| Some(head.headers.get(name)?.to_str().ok()?.to_owned());
        let mut answer = Answer {
            status: head.status.as_u16(),
            etag: text("etag"),
            link: text("link"),
            location: text("location"),
            retry_after: text("retry-after").and_then(|seconds| seconds.parse().ok()),
            remaining: text("x-ratelimit-remaining").and_then(|count| count.parse().ok()),
            reset: text("x-ratelimit-reset").and_then(|at| at.parse().ok()),
            body: Vec::new(),
        };
        answer.body = body
            .into_with_config()
            .limit(LARGEST_ANSWER)
            .read_to_vec()
            .map_err(|error| Lost::Unknown(hidden(&error)))?;
        Ok(answer)
    }
}

/// Whether GitHub may have got the call, before it failed.
fn was_sent(error: &Error) -> bool {
    match error {
        Error::BadUri(_)
        | Error::Http(_)
        | Error::HostNotFound
        | Error::ConnectionFailed
        | Error::Tls(_)
        | Error::Timeout(Timeout::Resolve | Timeout::Connect) => false,
        Error::Io(error) => error.kind() != io::ErrorKind::ConnectionRefused,
        // The library's own list may grow; what is not known may have been sent.
        _ => true,
    }
}
