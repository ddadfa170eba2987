//! Where the token comes from: the environment, the framework's secrets, GitHub's own program. The lab keeps it nowhere.

use std::process::{Command, Stdio};

use ai_lab_contract::ErrorClass;
use lab_github::Token;
use serde_json::Value;

use crate::run::{asked, connect};
use crate::{Failure, Lab, Places, RunError};

/// The secret of the framework that is the token.
const SECRET: &str = "github_token";

/// GitHub's own program, which keeps the token of whoever has logged in.
const GH: &str = "gh";

/// What the environment says of tokens.
#[derive(Clone, Copy, Debug, Default)]
pub struct TokenSources<'a> {
    /// `AI_LAB_GITHUB_TOKEN`.
    pub own: Option<&'a str>,
    /// `GITHUB_TOKEN`.
    pub usual: Option<&'a str>,
    /// The lab whose framework may keep it as a secret, and where that framework is; asked where both are missing.
    pub framework: Option<(&'a Lab, Places<'a>)>,
    /// Whether GitHub's own program is asked at last.
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
    /// The framework keeps one and does not give it.
    #[error("the framework keeps the secret `{SECRET}` and does not lend it")]
    NotLent(#[source] RunError),
}

impl Failure for TokenError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Missing | Self::Malformed(_) => ErrorClass::Config,
            Self::NotLent(error) => error.class(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Missing | Self::Malformed(_) => Some(format!(
                "`ai-lab-framework secret set {SECRET}` keeps a token with the right to issues; \
                 `gh auth login` and AI_LAB_GITHUB_TOKEN do as well"
            )),
            Self::NotLent(error) => error.hint(),
        }
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
    if let Some((lab, places)) = &sources.framework
        && let Some(text) = kept(lab, places)?
    {
        return Token::parse(&text).ok_or(TokenError::Malformed("the secret github_token"));
    }
    if sources.ask_gh
        && let Some(text) = said_by_gh()
    {
        return Token::parse(&text).ok_or(TokenError::Malformed("gh auth token"));
    }
    Err(TokenError::Missing)
}

/// What the framework keeps; `None` where there is no framework to ask, or it keeps no such secret.
fn kept(lab: &Lab, places: &Places<'_>) -> Result<Option<String>, TokenError> {
    let Ok(framework) = connect(lab, places) else {
        return Ok(None);
    };
    let ask = |arguments: &[&str]| asked(&framework, lab, arguments).map_err(TokenError::NotLent);
    let list: Value =
        serde_json::from_slice(&ask(&["secret", "list", "--json"])?).unwrap_or_default();
    let mut secrets = list["secrets"].as_array().into_iter().flatten();
    if !secrets.any(|secret| secret["name"] == SECRET) {
        return Ok(None);
    }
    let text = ask(&["secret", "lend", SECRET, "--", "cat"])?;
    Ok(Some(String::from_utf8_lossy(&text).into_owned()))
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
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::Path;

    fn is(found: Result<Token, TokenError>, text: &str) -> bool {
        matches!(found, Ok(found) if found == Token::parse(text).expect("a token"))
    }

    #[test]
    fn the_labs_own_variable_comes_before_the_usual_one() {
        let found = |own, usual| {
            token(&TokenSources {
                own,
                usual,
                ..TokenSources::default()
            })
        };
        assert!(is(found(Some("a"), Some("b")), "a"));
        assert!(is(found(None, Some("a")), "a"));
        assert!(matches!(found(None, None), Err(TokenError::Missing)));
        let wrong = found(Some("two words"), Some("a")).map_err(|error| error.to_string());
        let told = "AI_LAB_GITHUB_TOKEN holds no token: it has characters that no token has";
        assert_eq!(wrong.err().as_deref(), Some(told));
    }

    /// What is found with a framework that answers `secret list` and `secret lend` so.
    fn from_framework(folder: &Path, list: &str, lend: &str) -> Result<Token, TokenError> {
        let program = folder.join("framework");
        let greeting = r#"{"format":1,"name":"ai-lab-framework","version":"0.1.0","contract":1,"schema":"1.1"}"#;
        let text = format!(
            "#!/bin/sh\ncase \"$*\" in\n*version*) echo '{greeting}';;\n'secret list --json') {list};;\n\
             'secret lend github_token -- cat') {lend};;\nesac\n"
        );
        #[expect(
            clippy::disallowed_methods,
            reason = "the test writes its own framework"
        )]
        fs::write(&program, text).expect("written");
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("set");
        fs::File::create(folder.join("ai-lab.toml")).expect("made");
        let lab = Lab::at(folder).expect("a lab");
        let places = Places {
            named: Some(&program),
            ..Places::default()
        };
        token(&TokenSources {
            framework: Some((&lab, places)),
            ..TokenSources::default()
        })
    }

    #[test]
    fn the_frameworks_secret_is_lent_where_no_variable_has_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let kept = r#"echo '{"format":1,"secrets":[{"name":"other"},{"name":"github_token"}]}'"#;
        let without = r#"echo '{"format":1,"secrets":[{"name":"other"}]}'"#;
        let from = |list, lend| from_framework(folder.path(), list, lend);
        assert!(is(from(kept, "printf 'kept_there'"), "kept_there"));
        assert!(matches!(
            from(without, "printf no"),
            Err(TokenError::Missing)
        ));
        let malformed = from(kept, "printf 'two words'").map_err(|error| error.to_string());
        let told = "the secret github_token holds no token: it has characters that no token has";
        assert_eq!(malformed.err().as_deref(), Some(told));
        let refused = from(kept, "exit 6").map_err(|error| (error.class(), error.to_string()));
        let told = "the framework keeps the secret `github_token` and does not lend it";
        assert_eq!(refused.err(), Some((ErrorClass::Refused, told.to_owned())));
    }
}
