//! `mcp token …`: bearer tokens for clients that come over HTTP.

use std::time::Duration;

use ai_lab_contract::{ActionName, ErrorClass, ToolName};
use alf_policy::{Digest, ToolPattern};
use serde::{Deserialize, Serialize};

use super::kept::{FORMAT, Kept, Write, change, random_digits, read, same_digest};
use crate::failure::Failure;
use crate::framework::Framework;

/// How many tokens there are at once. Stops a list that each request walks from growing without end.
const MOST_TOKENS: usize = 256;

/// The longest name of a token, in bytes: it stands in every listing, and in the record as the client's.
const NAME_BYTES: usize = 64;

/// The longest text that is looked at as a token, in bytes. Stops a request from costing time by what it sends.
const BEARER_BYTES: usize = 256;

/// What every token begins with, so that a person and a scanner for leaked secrets know one.
const PREFIX: &str = "ail_";

/// How many random bytes a token has.
const RANDOM_BYTES: usize = 32;

#[derive(Debug, Serialize, Deserialize)]
struct Tokens {
    format: u32,
    tokens: Vec<KeptToken>,
}

#[derive(Debug, Serialize, Deserialize)]
struct KeptToken {
    name: String,
    digest: Digest,
    /// Nothing but this; no list lets everything through.
    tools: Option<Vec<ToolPattern>>,
    created_at_ms: i64,
    expires_at_ms: Option<i64>,
}

impl Default for Tokens {
    fn default() -> Self {
        Self {
            format: FORMAT,
            tokens: Vec::new(),
        }
    }
}

impl Kept for Tokens {
    const FILE: &'static str = "tokens.json";

    fn format(&self) -> u32 {
        self.format
    }
}

impl KeptToken {
    fn row(&self, now_ms: i64) -> TokenRow {
        TokenRow {
            name: self.name.clone(),
            tools: self.tools.clone(),
            created_at_ms: self.created_at_ms,
            expires_at_ms: self.expires_at_ms,
            expired: self.has_expired(now_ms),
        }
    }

    fn has_expired(&self, now_ms: i64) -> bool {
        self.expires_at_ms.is_some_and(|at| at <= now_ms)
    }
}

/// One token, without what would let anybody use it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TokenRow {
    /// Its name, which is also the client's.
    pub name: String,
    /// Nothing but this may be called with it; `None` for everything.
    pub tools: Option<Vec<ToolPattern>>,
    /// When it was made: milliseconds since 1970, UTC.
    pub created_at_ms: i64,
    /// From when on it opens nothing: milliseconds since 1970, UTC; `None` for never.
    pub expires_at_ms: Option<i64>,
    /// Whether that has come.
    pub expired: bool,
}

/// The tokens, by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TokenList {
    /// The form of this answer: 1.
    pub format: u32,
    /// The tokens.
    pub tokens: Vec<TokenRow>,
}

/// A new token: the only time that it can be read.
#[derive(Clone, Serialize)]
pub struct CreatedToken {
    /// The form of this answer: 1.
    pub format: u32,
    /// What a client sends as `Authorization: Bearer …`.
    pub token: String,
    /// What of it is kept.
    #[serde(flatten)]
    pub row: TokenRow,
}

impl std::fmt::Debug for CreatedToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CreatedToken")
            .field("row", &self.row)
            .finish_non_exhaustive()
    }
}

/// A token that opens nothing any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RevokedToken {
    /// The form of this answer: 1.
    pub format: u32,
    /// Its name.
    pub name: String,
}

/// What a token lets its bearer do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenScope {
    /// Its name: the client's, in the record and for the lists of clients.
    pub name: String,
    tools: Option<Vec<ToolPattern>>,
}

impl TokenScope {
    /// Whether the action may be called with it; the lists of clients narrow that further.
    pub fn allows(&self, tool: &ToolName, action: &ActionName) -> bool {
        let tools = self.tools.as_deref();
        tools.is_none_or(|tools| tools.iter().any(|pattern| pattern.covers(tool, action)))
    }
}

/// Makes a token of 256 random bits for the tools named, or for all where none is; it is answered once and kept as its
/// SHA-256 alone. `lifetime` of `None` is for good.
pub fn create_token(
    framework: &Framework,
    name: &str,
    tools: &[ToolPattern],
    lifetime: Option<Duration>,
) -> Result<CreatedToken, Failure> {
    check_name(name)?;
    let now_ms = framework.surroundings.clock.now_ms();
    let expires_at_ms = lifetime.map(|lifetime| {
        let lifetime = i64::try_from(lifetime.as_millis()).unwrap_or(i64::MAX);
        now_ms.saturating_add(lifetime)
    });
    let token = format!("{PREFIX}{}", random_digits::<RANDOM_BYTES>()?);
    let kept = KeptToken {
        name: name.to_owned(),
        digest: Digest::of(token.as_bytes()),
        tools: (!tools.is_empty()).then(|| tools.to_vec()),
        created_at_ms: now_ms,
        expires_at_ms,
    };
    let row = kept.row(now_ms);
    change(&framework.surroundings.home, |document: &mut Tokens| {
        if document.tokens.iter().any(|other| other.name == name) {
            let told = format!("there is a token `{name}` already");
            let hint = format!("`ai-lab-framework mcp token revoke {name}` takes that one back.");
            return Err(Failure::new(ErrorClass::Conflict, told).with_hint(hint));
        }
        if document.tokens.len() >= MOST_TOKENS {
            let told = format!("there are {MOST_TOKENS} tokens already");
            let hint = "`ai-lab-framework mcp token revoke NAME` takes one back.";
            return Err(Failure::new(ErrorClass::Refused, told).with_hint(hint));
        }
        document.tokens.push(kept);
        document
            .tokens
            .sort_by(|one, other| one.name.cmp(&other.name));
        Ok(((), Write::Document))
    })?;
    Ok(CreatedToken {
        format: 1,
        token,
        row,
    })
}

fn check_name(name: &str) -> Result<(), Failure> {
    let may_stand = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if (1..=NAME_BYTES).contains(&name.len()) && name.chars().all(may_stand) {
        return Ok(());
    }
    let told = format!(
        "`{}` is no name of a token: 1 to {NAME_BYTES} of letters, digits, `-`, `_`, `.`",
        name.escape_debug()
    );
    Err(Failure::new(ErrorClass::Usage, told))
}

/// Lists the tokens.
pub fn list_tokens(framework: &Framework) -> Result<TokenList, Failure> {
    let document: Tokens = read(&framework.surroundings.home)?;
    let now_ms = framework.surroundings.clock.now_ms();
    let rows = document.tokens.iter().map(|token| token.row(now_ms));
    Ok(TokenList {
        format: 1,
        tokens: rows.collect(),
    })
}

/// Takes a token back: the next request with it is refused, by every server.
pub fn revoke_token(framework: &Framework, name: &str) -> Result<RevokedToken, Failure> {
    change(&framework.surroundings.home, |document: &mut Tokens| {
        let place = document.tokens.iter().position(|token| token.name == name);
        let Some(place) = place else {
            let names = document.tokens.iter().map(|token| token.name.as_str());
            let told = format!("there is no token `{}`", name.escape_debug());
            let hint = match alf_schema::nearest(name, names) {
                Some(near) => format!("Did you mean `{near}`?"),
                None => "`ai-lab-framework mcp token list` shows the tokens there are.".to_owned(),
            };
            return Err(Failure::new(ErrorClass::NotFound, told).with_hint(hint));
        };
        document.tokens.remove(place);
        Ok(((), Write::Document))
    })?;
    Ok(RevokedToken {
        format: 1,
        name: name.to_owned(),
    })
}

/// What the bearer of a text may do; `None` for a text that is no token, or no longer one.
///
/// The file is read each time: a token that was taken back opens nothing from then on. Every token is compared, each in
/// a time that does not tell how much of it was right.
pub fn authenticate(framework: &Framework, bearer: &str) -> Result<Option<TokenScope>, Failure> {
    if bearer.len() > BEARER_BYTES {
        return Ok(None);
    }
    let document: Tokens = read(&framework.surroundings.home)?;
    let now_ms = framework.surroundings.clock.now_ms();
    let digest = Digest::of(bearer.as_bytes());
    let mut known = None;
    for token in &document.tokens {
        let is_it = same_digest(token.digest.as_str(), digest.as_str());
        if is_it && !token.has_expired(now_ms) {
            known = Some(TokenScope {
                name: token.name.clone(),
                tools: token.tools.clone(),
            });
        }
    }
    Ok(known)
}
