//! What looks like a secret that nobody keeps here: told, never replaced.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use serde::Serialize;

/// What a stretch of text looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// A GitHub token: `ghp_` and its kin with 36 characters, `github_pat_` with 22 or more.
    GithubToken,
    /// The id of an AWS access key: `AKIA` and 16 characters.
    AwsKeyId,
    /// A JSON Web Token: three base64 parts, the first two being JSON.
    JsonWebToken,
    /// A private key as certificates are written.
    PrivateKey,
    /// `password=` with something behind it.
    Password,
}

impl Shape {
    /// What it looks like, as a person says it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::GithubToken => "a GitHub token",
            Self::AwsKeyId => "an AWS access key",
            Self::JsonWebToken => "a JSON Web Token",
            Self::PrivateKey => "a private key",
            Self::Password => "a password",
        }
    }
}

/// A place that looks like a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Mark {
    /// Like what.
    pub shape: Shape,
    /// Where it begins, in bytes.
    pub at: usize,
}

/// How many places one text tells of. Stops a text of nothing else from filling the record.
const MOST_MARKS: usize = 16;

/// How far behind `-----BEGIN ` the words of a key are looked for, in bytes.
const PEM_WORDS: usize = 48;

/// What each shape begins with, and how many bytes of which kind must follow.
const STARTS: [(&str, Shape); 10] = [
    ("ghp_", Shape::GithubToken),
    ("gho_", Shape::GithubToken),
    ("ghu_", Shape::GithubToken),
    ("ghs_", Shape::GithubToken),
    ("ghr_", Shape::GithubToken),
    ("github_pat_", Shape::GithubToken),
    ("AKIA", Shape::AwsKeyId),
    ("eyJ", Shape::JsonWebToken),
    ("-----BEGIN ", Shape::PrivateKey),
    ("password=", Shape::Password),
];

static SEARCH: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(STARTS.map(|(start, _)| start))
        .expect("because ten short patterns always build")
});

/// The places of a text that look like a secret, at most sixteen.
pub fn marks(text: &str) -> Vec<Mark> {
    SEARCH
        .find_iter(text)
        .filter_map(|found| {
            let (start, shape) = STARTS[found.pattern().as_usize()];
            let exact = &text[found.range()] == start || shape == Shape::Password;
            let rest = &text.as_bytes()[found.end()..];
            let holds = exact && follows(start, shape, rest);
            holds.then_some(Mark {
                shape,
                at: found.start(),
            })
        })
        .take(MOST_MARKS)
        .collect()
}

fn follows(start: &str, shape: Shape, rest: &[u8]) -> bool {
    match shape {
        Shape::GithubToken if start == "github_pat_" => {
            run(rest, |byte| byte.is_ascii_alphanumeric() || byte == b'_') >= 22
        }
        Shape::GithubToken => run(rest, |byte| byte.is_ascii_alphanumeric()) >= 36,
        Shape::AwsKeyId => {
            run(rest, |byte| {
                byte.is_ascii_uppercase() || byte.is_ascii_digit()
            }) == 16
        }
        Shape::JsonWebToken => is_token(rest),
        Shape::PrivateKey => {
            let words = &rest[..rest.len().min(PEM_WORDS)];
            let line = words
                .split(|byte| *byte == b'\n')
                .next()
                .unwrap_or_default();
            line.windows(16).any(|part| part == b"PRIVATE KEY-----")
        }
        Shape::Password => {
            !rest.starts_with(b"[secret:")
                && !rest.starts_with(b"***")
                && run(rest, |byte| {
                    byte.is_ascii_graphic() && !b"&,;'\"".contains(&byte)
                }) >= 4
        }
    }
}

/// What follows `eyJ`: the rest of the head, the body, the signature.
fn is_token(rest: &[u8]) -> bool {
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let head = run(rest, is_base64);
    let Some(body) = rest[head..].strip_prefix(b".eyJ") else {
        return false;
    };
    let length = run(body, is_base64);
    let signature = body[length..].strip_prefix(b".");
    head >= 8 && signature.is_some_and(|signature| run(signature, is_base64) >= 16)
}

fn run(bytes: &[u8], holds: impl Fn(u8) -> bool) -> usize {
    bytes.iter().take_while(|byte| holds(**byte)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_secret_is_told_by_its_shape() {
        let many = "x".repeat(40);
        let token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJlc2lnbmF0dXJl";
        let cases = [
            (format!("use ghp_{many}"), Some((Shape::GithubToken, 4))),
            (
                format!("github_pat_11A_{many}"),
                Some((Shape::GithubToken, 0)),
            ),
            (
                "AKIAIOSFODNN7EXAMPLE".to_owned(),
                Some((Shape::AwsKeyId, 0)),
            ),
            (format!("Bearer {token}"), Some((Shape::JsonWebToken, 7))),
            (
                "-----BEGIN RSA PRIVATE KEY-----\nMII".to_owned(),
                Some((Shape::PrivateKey, 0)),
            ),
            ("?Password=abcd&x=1".to_owned(), Some((Shape::Password, 1))),
            ("password=[secret:router]".to_owned(), None),
            ("password=***".to_owned(), None),
            ("password=".to_owned(), None),
            ("ghp_short".to_owned(), None),
            (format!("GHP_{many}"), None),
            ("AKIAIOSFODNN7EXAMPLE1".to_owned(), None),
            ("-----BEGIN CERTIFICATE-----".to_owned(), None),
            ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIi".to_owned(), None),
            ("nothing".to_owned(), None),
        ];
        for (text, expected) in cases {
            let told = marks(&text).first().map(|mark| (mark.shape, mark.at));
            assert_eq!(told, expected, "{text}");
        }
        assert_eq!(marks(&"password=abcd ".repeat(100)).len(), MOST_MARKS);
    }
}
