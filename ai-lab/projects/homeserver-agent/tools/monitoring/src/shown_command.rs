//! A command line as it may be shown: bounded, without control characters, without what looks like a secret.

/// The longest command line shown, in characters.
const MOST: usize = 200;

/// Words in an option's or a variable's name whose value is not shown.
const SECRET_NAMES: [&str; 9] = [
    "passw",
    "passphrase",
    "secret",
    "token",
    "apikey",
    "api-key",
    "api_key",
    "credential",
    "auth",
];

/// Shows the arguments of `/proc/PID/cmdline` (ended by zero bytes) as one line. `None` of nothing, as for
/// kernel threads.
pub(crate) fn shown_command(cmdline: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(cmdline);
    let mut shown = String::new();
    let mut hide_next = false;
    for argument in text.split('\0').filter(|argument| !argument.is_empty()) {
        if !shown.is_empty() {
            shown.push(' ');
        }
        let (visible, next_too) = if hide_next {
            ("***".to_owned(), false)
        } else {
            without_secret(argument)
        };
        hide_next = next_too;
        push_shown(&mut shown, &visible);
        if shown.len() > MOST && shown.chars().count() > MOST {
            break;
        }
    }
    (!shown.is_empty()).then(|| bounded(shown, MOST))
}

/// The argument without a secret's value, and whether the next argument is one.
fn without_secret(argument: &str) -> (String, bool) {
    let argument = without_url_password(argument);
    match argument.split_once('=') {
        Some((name, _)) if is_secret_name(name) => (format!("{name}=***"), false),
        None if argument.starts_with('-') && is_secret_name(&argument) => (argument, true),
        Some(_) | None => (argument, false),
    }
}

fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SECRET_NAMES.iter().any(|secret| name.contains(secret))
}

/// `scheme://user:password@host` with the password taken out.
pub(crate) fn without_url_password(argument: &str) -> String {
    let hidden = || {
        let (scheme, rest) = argument.split_once("://")?;
        let authority = rest.split(['/', '?', '#']).next()?;
        let (user_info, _) = authority.rsplit_once('@')?;
        let (user, _) = user_info.split_once(':')?;
        Some(format!("{scheme}://{user}:***{}", &rest[user_info.len()..]))
    };
    hidden().unwrap_or_else(|| argument.to_owned())
}

/// Adds a text without control characters.
fn push_shown(shown: &mut String, text: &str) {
    if text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        shown.push_str(text);
    } else {
        shown.extend(text.chars().flat_map(escaped));
    }
}

/// A control character, and what turns text around, as its escape.
fn escaped(character: char) -> impl Iterator<Item = char> {
    let harmful = character.is_control()
        || matches!(character, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let (escape, plain) = if harmful {
        (Some(character.escape_default()), None)
    } else {
        (None, Some(character))
    };
    escape.into_iter().flatten().chain(plain)
}

fn bounded(text: String, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

/// A process's name without control characters.
pub(crate) fn shown_name(name: &str) -> String {
    shown_text(name, MOST)
}

/// A text on one line, without control characters, cut at `most` characters.
pub(crate) fn shown_text(text: &str, most: usize) -> String {
    let mut shown = String::with_capacity(text.len());
    push_shown(&mut shown, text);
    bounded(shown, most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_one_line_of_plain_text() {
        let cases = [
            (
                &b"/bin/sh\0-c\0echo\n\x1b[31mred\0"[..],
                Some(r"/bin/sh -c echo\n\u{1b}[31mred"),
            ),
            (b"\xffx\0", Some("\u{fffd}x")),
            ("a\u{202e}b\0".as_bytes(), Some(r"a\u{202e}b")),
            (b"", None),
            (b"\0\0", None),
        ];
        for (cmdline, expected) in cases {
            assert_eq!(shown_command(cmdline).as_deref(), expected);
        }
    }

    #[test]
    fn what_looks_like_a_secret_is_not_shown() {
        let cases = [
            (
                "mysql\0--password=hunter2\0-h\0db\0",
                "mysql --password=*** -h db",
            ),
            (
                "tool\0--token\0abc\0--verbose\0",
                "tool --token *** --verbose",
            ),
            ("env\0API_KEY=abc\0run\0", "env API_KEY=*** run"),
            (
                "curl\0https://ada:hunter2@host/x@y\0",
                "curl https://ada:***@host/x@y",
            ),
            ("curl\0https://host/a:b@c\0", "curl https://host/a:b@c"),
            ("cat\0secrets.txt\0", "cat secrets.txt"),
        ];
        for (cmdline, expected) in cases {
            assert_eq!(shown_command(cmdline.as_bytes()).as_deref(), Some(expected));
        }
    }

    #[test]
    fn a_long_command_is_cut_between_characters() {
        let shown = shown_command("ä".repeat(5000).as_bytes()).expect("because it is not empty");
        assert_eq!(shown.chars().count(), MOST + 1);
        assert!(shown.ends_with('…'));
    }
}
