//! Where the token comes from: the environment, then GitHub's own program. It is kept nowhere.

use std::process::{Command, Stdio};

use ai_lab_contract::ErrorClass;
use lab_github::Token;

use crate::Failure;

/// GitHub's own program, which keeps the token of whoever has logged in.
const GH: &str = "gh";

/// What the environment says of tokens.
#[derive(Clone, Copy, Debug, Default)]
pub struct TokenSources<'a> {
    /// `AI_LAB_GITHUB_TOKEN`.
    pub own: Option<&'a str>,
    /// `GITHUB_TOKEN`.
    pub usual: Option<&'a str>,
    /// Whether GitHub's own program is asked where both are missing.
    pub ask_gh: bool,
}

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// Nobody has one.
    #[error("there is no token for GitHub")]
    Missing,
    /// What was found cannot be one.
    #[error("{0} holds no token: it has characters that no token has")]
    Malformed(&'static str),
}

impl Failure for TokenError {
    fn class(&self) -> ErrorClass {
        ErrorClass::Config
    }

    fn hint(&self) -> Option<String> {
        Some(
            "`gh auth login`, or put a token with the right to issues into AI_LAB_GITHUB_TOKEN"
                .to_owned(),
        )
    }
}

/// Finds the token.
pub fn token(sources: &TokenSources<'_>) -> Result<Token, TokenError> {
    let named = [
        ("AI_LAB_GITHUB_TOKEN", sources.own),
        ("GITHUB_TOKEN", sources.usual),
    ];
    for (name, text) in named {
        if let Some(text) = text {
            return Token::parse(text).ok_or(TokenError::Malformed(name));
        }
    }
    if sources.ask_gh
        && let Some(text) = said_by_gh()
    {
        return Token::parse(&text).ok_or(TokenError::Malformed("gh auth token"));
    }
    Err(TokenError::Missing)
}

/// What `gh auth token` says; `None` where it is not there or nobody has logged in.
fn said_by_gh() -> Option<String> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the token is in GitHub's own program's keeping"
    )]
    let mut command = Command::new(GH);
    let output = command
        .args(["auth", "token"])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    (output.status.success() && !text.trim().is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_labs_own_variable_comes_before_the_usual_one() {
        let shown = |own, usual| {
            let sources = TokenSources {
                own,
                usual,
                ask_gh: false,
            };
            token(&sources).map(|found| found == Token::parse("a").expect("a token"))
        };
        assert!(matches!(shown(Some("a"), Some("b")), Ok(true)));
        assert!(matches!(shown(None, Some("a")), Ok(true)));
        assert!(matches!(shown(None, None), Err(TokenError::Missing)));
        let wrong = shown(Some("two words"), Some("a")).map_err(|error| error.to_string());
        let told = "AI_LAB_GITHUB_TOKEN holds no token: it has characters that no token has";
        assert_eq!(wrong, Err(told.to_owned()));
    }
}
