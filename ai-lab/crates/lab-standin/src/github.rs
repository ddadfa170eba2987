//! GitHub as a value: a request goes in, a reply comes out, and everything asked is kept.

use std::collections::BTreeMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash as _, Hasher as _};
use std::sync::LazyLock;

use serde_json::{Value, json};

use crate::routes::{self, Outcome};
use crate::{Description, Forge, Violation};

/// Read once: its schemas take a quarter of a second to build.
static DESCRIPTION: LazyLock<Description> = LazyLock::new(Description::read);

/// One request, as it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// `GET` and the like.
    pub verb: String,
    /// Path and query.
    pub target: String,
    /// The tag that was known.
    pub known: Option<String>,
    /// What was sent.
    pub body: Option<Value>,
}

/// One reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: BTreeMap<&'static str, String>,
    /// The body; empty for 304.
    pub body: Vec<u8>,
}

/// What GitHub may do to a caller, beside answering.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manners {
    /// The token that it takes; `None` takes everybody.
    pub token: Option<String>,
    /// Who the token's owner is.
    pub login: String,
    /// Whether that one may set labels, assignees and milestones; else they are dropped without a word.
    pub may_triage: bool,
    /// Whom issues can be given to.
    pub people: Vec<String>,
    /// Replies that come next, instead of an answer: what limits and failing servers say.
    pub instead: Vec<Reply>,
    /// The name that the repository had before.
    pub former_name: Option<String>,
    /// From this request on, counted from 0, what is asked is done and not answered.
    pub silent_from: Option<usize>,
    /// The most entries a page has, whatever is asked.
    pub page_limit: usize,
}

impl Default for Manners {
    fn default() -> Self {
        Self {
            token: None,
            login: "octocat".to_owned(),
            may_triage: true,
            people: vec!["octocat".to_owned(), "jo".to_owned()],
            instead: Vec::new(),
            former_name: None,
            silent_from: None,
            page_limit: 100,
        }
    }
}

/// The stand-in.
#[derive(Debug)]
pub struct Github {
    /// What it keeps.
    pub forge: Forge,
    /// How it behaves.
    pub manners: Manners,
    /// The address that its answers name.
    pub api: String,
    /// Now, in seconds since 1970.
    pub now: i64,
    /// Everything that was asked, in order.
    pub asked: Vec<Asked>,
    /// How many bytes of bodies were answered.
    pub bytes: usize,
    /// Requests and own answers that do not fit GitHub's description.
    pub violations: Vec<Violation>,
    description: &'static Description,
}

impl Github {
    /// A GitHub with one empty repository.
    pub fn new(full_name: &str) -> Self {
        Self {
            forge: Forge::new(full_name),
            manners: Manners::default(),
            api: "https://api.github.com".to_owned(),
            now: 1_770_000_000,
            asked: Vec::new(),
            bytes: 0,
            violations: Vec::new(),
            description: &DESCRIPTION,
        }
    }

    /// Answers a request.
    pub fn answer(&mut self, asked: &Asked, token: Option<&str>) -> Reply {
        self.asked.push(asked.clone());
        let (path, query) = asked.target.split_once('?').unwrap_or((&asked.target, ""));
        let query: Vec<(String, String)> = query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (name.to_owned(), unescaped(value)))
            .collect();
        // What lists name by the repository's number is the same as by its name.
        let by_number = format!("/repositories/{}", self.forge.id);
        let path = match path.strip_prefix(&by_number) {
            Some(rest) => format!("/repos/{}{rest}", self.forge.full_name),
            None => path.to_owned(),
        };
        let body = asked.body.as_ref();
        let found = self
            .description
            .check_request(&asked.verb, &path, &query, body);
        self.violations.extend(found);
        let reply = self.reply(asked, &path, &query, token);
        let shown: Value = serde_json::from_slice(&reply.body).unwrap_or(Value::Null);
        let found = self
            .description
            .check_answer(&asked.verb, &path, reply.status, &shown);
        self.violations.extend(found);
        self.bytes += reply.body.len();
        reply
    }

    fn reply(
        &mut self,
        asked: &Asked,
        path: &str,
        query: &[(String, String)],
        token: Option<&str>,
    ) -> Reply {
        if !self.manners.instead.is_empty() {
            return self.manners.instead.remove(0);
        }
        if self.manners.token.is_some() && self.manners.token.as_deref() != token {
            return Reply::said(401, "Bad credentials");
        }
        if let Some(former) = &self.manners.former_name
            && let Some(rest) = path.strip_prefix(&format!("/repos/{former}"))
        {
            let status = if asked.verb == "GET" { 301 } else { 307 };
            let mut reply = Reply::said(status, "Moved Permanently");
            let query = asked
                .target
                .split_once('?')
                .map_or(String::new(), |(_, q)| format!("?{q}"));
            let there = format!("{}/repositories/{}{rest}{query}", self.api, self.forge.id);
            reply.headers.insert("location", there);
            return reply;
        }
        let Some(rest) = path.strip_prefix(&format!("/repos/{}", self.forge.full_name)) else {
            return Reply::said(404, "Not Found");
        };
        let rest: Vec<String> = rest.split('/').skip(1).map(unescaped).collect();
        let body = asked.body.as_ref().unwrap_or(&Value::Null);
        match routes::route(self, &asked.verb, &rest, query, body) {
            Outcome::One(status, value) => Self::tagged(asked, status, &value),
            Outcome::List(entries) => self.page(asked, query, &entries),
            Outcome::No(status, message) => Reply::said(status, message),
            Outcome::Exists => {
                let error = json!({
                    "message": "Validation Failed",
                    "errors": [{ "resource": "X", "field": "name", "code": "already_exists" }],
                });
                Reply::json(422, &error)
            }
        }
    }

    /// One page of a list, with where the others are.
    fn page(&self, asked: &Asked, query: &[(String, String)], entries: &[Value]) -> Reply {
        let number = |name: &str, otherwise: usize| {
            let found = query.iter().find(|(own, _)| own == name);
            found
                .and_then(|(_, value)| value.parse().ok())
                .unwrap_or(otherwise)
        };
        let size = number("per_page", 30).min(self.manners.page_limit);
        let page = number("page", 1).max(1);
        let shown: Vec<&Value> = entries.iter().skip((page - 1) * size).take(size).collect();
        let mut reply = Self::tagged(asked, 200, &json!(shown));
        if page * size < entries.len() {
            let others = query.iter().filter(|(name, _)| name != "page");
            let others: Vec<String> = others
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            let others = others.join("&");
            let path = asked.target.split('?').next().unwrap_or_default();
            let rest = path
                .strip_prefix(&format!("/repos/{}", self.forge.full_name))
                .map_or_else(
                    || path.to_owned(),
                    |rest| format!("/repositories/{}{rest}", self.forge.id),
                );
            let next = format!("{}{rest}?{others}&page={}", self.api, page + 1);
            reply.headers.insert(
                "link",
                format!("<{next}>; rel=\"next\", <{next}>; rel=\"last\""),
            );
        }
        reply
    }

    /// An answer with its tag; nothing but the tag where that is known.
    fn tagged(asked: &Asked, status: u16, value: &Value) -> Reply {
        let mut reply = Reply::json(status, value);
        let mut hasher = DefaultHasher::new();
        reply.body.hash(&mut hasher);
        let tag = format!("W/\"{:016x}\"", hasher.finish());
        if asked.verb == "GET" && asked.known.as_deref() == Some(&tag) {
            reply.status = 304;
            reply.body.clear();
        }
        reply.headers.insert("etag", tag);
        reply
            .headers
            .insert("x-ratelimit-remaining", "4999".to_owned());
        reply
    }
}

impl Reply {
    /// A reply with a value.
    pub fn json(status: u16, value: &Value) -> Self {
        Self {
            status,
            headers: BTreeMap::new(),
            body: value.to_string().into_bytes(),
        }
    }

    /// A reply with a message.
    pub fn said(status: u16, message: &str) -> Self {
        Self::json(status, &json!({ "message": message }))
    }

    /// The same with a header more.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.insert(name, value.to_owned());
        self
    }
}

/// A text without its `%` escapes.
fn unescaped(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((first, others)) = rest.split_first() {
        let escape = (*first == b'%').then(|| others.get(..2)).flatten();
        let byte = escape
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        if let Some(byte) = byte {
            bytes.push(byte);
            rest = &others[2..];
        } else {
            bytes.push(*first);
            rest = others;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
