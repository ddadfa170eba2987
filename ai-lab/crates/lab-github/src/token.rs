//! The token, which nothing shows.

use std::fmt;

/// What GitHub knows a person by. Goes into one header and nowhere else: it has no `Display`, and `Debug`
/// leaves it out.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// Takes a token as it was found, without the space around it; `None` where that is no token: empty, or with
    /// characters that no header takes.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let fits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        fits.then(|| Self(text.to_owned()))
    }

    /// The header's value.
    pub(crate) fn header(&self) -> String {
        format!("Bearer {}", self.0)
    }

    /// Takes the token out of a text that somebody else wrote.
    pub(crate) fn hidden_in(&self, text: &str) -> String {
        text.replace(&self.0, "[token]")
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token([hidden])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_shows_a_token() {
        let token = Token::parse(" ghp_secret\n").expect("a token");
        assert_eq!(format!("{token:?}"), "Token([hidden])");
        assert_eq!(token.header(), "Bearer ghp_secret");
        assert_eq!(token.hidden_in("bad ghp_secret!"), "bad [token]!");
        for text in ["", "  ", "a b", "a\nb", "ä"] {
            assert_eq!(Token::parse(text), None, "{text:?}");
        }
    }
}
