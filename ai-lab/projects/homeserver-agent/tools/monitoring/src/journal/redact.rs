//! A log line without what looks like a secret.
//!
//! A secret that looks like any other word is not recognised.

use crate::shown_command::{shown_text, without_url_password};

/// The most of a line that is looked at, in bytes: what is longer is cut first.
const MOST_BYTES: usize = 4096;

/// What stands for a secret.
const HIDDEN: &str = "***";

/// How names end whose value is not shown, in small letters.
const SECRET_NAMES: [&str; 17] = [
    "password",
    "passwd",
    "passphrase",
    "passwort",
    "pwd",
    "psk",
    "secret",
    "token",
    "apikey",
    "api-key",
    "api_key",
    "credential",
    "credentials",
    "authorization",
    "cookie",
    "private_key",
    "access_key",
];

/// How tokens begin that say by themselves what they are.
const TOKEN_STARTS: [&str; 12] = [
    "ghp_",
    "gho_",
    "ghs_",
    "ghu_",
    "ghr_",
    "github_pat_",
    "glpat-",
    "xoxb-",
    "xoxp-",
    "AKIA",
    "AIza",
    "eyJ",
];

/// A run of letters and digits of this length with large, small and digits in it is taken for a key.
const KEY_LENGTH: usize = 40;

/// What becomes of the next word.
enum Next {
    Shown,
    Hidden,
    HiddenUntil(char),
}

/// The line without secrets, on one line, without control characters, cut at `most` characters.
pub(crate) fn without_secrets(text: &str, most: usize) -> String {
    let text = &text[..text.floor_char_boundary(MOST_BYTES)];
    let mut shown = String::with_capacity(text.len());
    let mut next = Next::Shown;
    for word in text.split_inclusive(char::is_whitespace) {
        let bare = word.trim_end_matches(char::is_whitespace);
        if bare.is_empty() {
            shown.push_str(word);
            continue;
        }
        let (visible, then) = match next {
            Next::Shown => shown_word(bare),
            Next::Hidden => hidden_word(bare),
            Next::HiddenUntil(quote) if bare.contains(quote) => (String::new(), Next::Shown),
            Next::HiddenUntil(quote) => (String::new(), Next::HiddenUntil(quote)),
        };
        shown.push_str(&visible);
        shown.push_str(&word[bare.len()..]);
        next = then;
    }
    shown_text(shown.trim(), most)
}

/// A word that follows a secret's name. `Bearer` and its kin are not the secret itself.
fn hidden_word(word: &str) -> (String, Next) {
    const SCHEMES: [&str; 4] = ["bearer", "basic", "digest", "token"];
    if SCHEMES.contains(&word.to_ascii_lowercase().as_str()) {
        return (word.to_owned(), Next::Hidden);
    }
    (HIDDEN.to_owned(), after_value(word))
}

/// Whether a value goes on in the next word: its quote is still open.
fn after_value(value: &str) -> Next {
    let quote = value
        .chars()
        .next()
        .filter(|first| matches!(first, '"' | '\''));
    match quote {
        Some(quote) if !value[1..].contains(quote) => Next::HiddenUntil(quote),
        Some(_) | None => Next::Shown,
    }
}

fn shown_word(word: &str) -> (String, Next) {
    if word.eq_ignore_ascii_case("bearer") || (word.starts_with('-') && is_secret_name(word)) {
        return (word.to_owned(), Next::Hidden);
    }
    let mut shown = String::with_capacity(word.len());
    let mut next = Next::Shown;
    for part in without_url_password(word).split_inclusive(['?', '&', ';', ',', '{']) {
        let (visible, then) = without_value(part);
        shown.push_str(&visible);
        next = then;
    }
    (without_tokens(&shown), next)
}

/// `password=abc`, `"token":"abc"` without the value, and whether it comes with the next word.
fn without_value(part: &str) -> (String, Next) {
    let Some(at) = part
        .find(['=', ':'])
        .filter(|at| is_secret_name(&part[..*at]))
    else {
        return (part.to_owned(), Next::Shown);
    };
    let (name, value) = part.split_at(at + 1);
    if value.is_empty() {
        return (part.to_owned(), Next::Hidden);
    }
    let end = value.trim_end_matches(['&', ';', ',', '}', '?']);
    (
        format!("{name}{HIDDEN}{}", &value[end.len()..]),
        after_value(end),
    )
}

fn is_secret_name(name: &str) -> bool {
    let name = name
        .trim_matches(['"', '\'', '-', ' ', '(', '['])
        .to_ascii_lowercase();
    SECRET_NAMES.iter().any(|secret| name.ends_with(secret))
}

/// The word without runs that are tokens.
fn without_tokens(word: &str) -> String {
    let in_token = |letter: char| {
        letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '+' | '/' | '=' | '.')
    };
    let mut shown = String::with_capacity(word.len());
    let mut rest = word;
    while let Some(start) = rest.find(in_token) {
        shown.push_str(&rest[..start]);
        let run = &rest[start..];
        let end = run.find(|letter| !in_token(letter)).unwrap_or(run.len());
        shown.push_str(if is_token(&run[..end]) {
            HIDDEN
        } else {
            &run[..end]
        });
        rest = &run[end..];
    }
    shown.push_str(rest);
    shown
}

fn is_token(run: &str) -> bool {
    let named = run.len() >= 16 && TOKEN_STARTS.iter().any(|start| run.starts_with(start));
    let has = |kind: fn(&char) -> bool| run.chars().any(|letter| kind(&letter));
    // A path or a name with dots is no key, however long.
    let is_key = run.len() >= KEY_LENGTH
        && !run.contains(['.', '-'])
        && !run.starts_with('/')
        && has(char::is_ascii_uppercase)
        && has(char::is_ascii_lowercase)
        && has(char::is_ascii_digit);
    named || is_key
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_looks_like_a_secret_is_not_shown() {
        let cases = [
            (
                "login with password=hunter2 failed",
                "login with password=*** failed",
            ),
            ("DB_PASSWORD: hunter2 used", "DB_PASSWORD: *** used"),
            (
                r#"{"user":"ada","password":"hun ter 2","x":1}"#,
                r#"{"user":"ada","password":***"#,
            ),
            ("Authorization: Bearer abc.def", "Authorization: Bearer ***"),
            ("sent bearer abc to x", "sent bearer *** to x"),
            ("start --token abc --verbose", "start --token *** --verbose"),
            ("GET /a?token=abc&x=1 200", "GET /a?token=***&x=1 200"),
            (
                "clone https://ada:hunter2@host/x",
                "clone https://ada:***@host/x",
            ),
            (
                "url=https://ada:hunter2@host/x",
                "url=https://ada:***@host/x",
            ),
            (
                "pushed with ghp_0123456789abcdef0123, done",
                "pushed with ***, done",
            ),
            ("(eyJhbGciOiJIUzI1NiJ9.e30.abc)", "(***)"),
            ("MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIB", "***"),
            ("set psk='a b c' on wlan0", "set psk=*** on wlan0"),
        ];
        for (line, expected) in cases {
            let shown = without_secrets(line, 200);
            let shown = shown.split_whitespace().collect::<Vec<_>>().join(" ");
            assert_eq!(shown, expected, "{line}");
        }
    }

    #[test]
    fn what_is_none_is_shown() {
        for line in [
            "Failed password for root from 192.168.1.4 port 22 ssh2",
            "pam_unix(sshd:auth): authentication failure; logname= uid=0",
            "Reached target Basic System.",
            "container 4f5e6d7c8b9a0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796 died",
            "/usr/lib/Systemd/0123456789/abcdefghijklmnopqrstuvwxyz/x",
            "secrets.txt: no such file",
            "",
        ] {
            assert_eq!(without_secrets(line, 200), line);
        }
    }

    #[test]
    fn a_line_is_one_line_and_bounded() {
        assert_eq!(without_secrets("a\nb\x1b[31m", 200), r"a\nb\u{1b}[31m");
        let long = without_secrets(&"ä ".repeat(9000), 50);
        assert_eq!((long.chars().count(), long.ends_with('…')), (51, true));
    }

    proptest! {
        #[test]
        fn no_line_panics_and_no_value_is_left(before in any::<String>(), value in "[a-z]{12}", after in any::<String>()) {
            let shown = without_secrets(&format!("{before} password={value} {after}"), 8000);
            let cut = before.contains(&value) || after.contains(&value);
            prop_assert!(cut || !shown.contains(&value), "{}", shown);
        }
    }
}
