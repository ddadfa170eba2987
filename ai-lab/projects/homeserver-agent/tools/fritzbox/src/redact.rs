//! What no record may hold: telephone numbers and sessions. A number becomes a name that stays the same.

use sha2::{Digest as _, Sha256};

/// How many digits make a telephone number. Fewer are years, ports and internal numbers; a speed or a serial number
/// that is taken for one is the price.
const DIGITS: usize = 5;

/// Makes names of telephone numbers: the same number has the same name here, and another one elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Names {
    salt: String,
}

impl Names {
    /// With what nobody else has.
    pub(crate) const fn new(salt: String) -> Self {
        Self { salt }
    }

    /// The name of a number: `number-` and eight letters of a digest. `None` for no number at all.
    pub(crate) fn of_number(&self, number: &str) -> Option<String> {
        let digits: String = number
            .chars()
            .filter(|letter| letter.is_alphanumeric() || *letter == '+')
            .collect();
        if digits.is_empty() {
            return None;
        }
        let digest = Sha256::digest(format!("{}:{digits}", self.salt));
        let letters: Vec<String> = digest
            .iter()
            .take(4)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Some(format!("number-{}", letters.concat()))
    }
}

/// The text without telephone numbers and sessions, on one line and without control characters.
pub(crate) fn without_numbers(text: &str) -> String {
    let text = without_sessions(text);
    let mut shown = String::with_capacity(text.len());
    let mut run = String::new();
    for letter in text
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
    {
        if letter.is_numeric() || (is_joint(letter) && !run.is_empty()) || letter == '+' {
            run.push(letter);
        } else {
            flush(&mut shown, &mut run);
            shown.push(letter);
        }
    }
    flush(&mut shown, &mut run);
    shown
}

/// What stands between the digits of one number.
const fn is_joint(letter: char) -> bool {
    matches!(letter, ' ' | '-' | '/' | '(' | ')' | '*' | '#')
}

/// Shows a run of digits, or that there was one.
fn flush(shown: &mut String, run: &mut String) {
    let is_number =
        |part: &str| part.chars().filter(|letter| letter.is_numeric()).count() >= DIGITS;
    // Two short numbers beside each other are no telephone number only if each stands alone: better one too many.
    if is_number(run) {
        let tail: String = run
            .chars()
            .rev()
            .take_while(|letter| is_joint(*letter))
            .collect();
        shown.push_str("[number]");
        shown.extend(tail.chars().rev());
    } else {
        shown.push_str(run);
    }
    run.clear();
}

/// `sid=…` without what follows.
fn without_sessions(text: &str) -> String {
    let mut parts = text.split("sid=");
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        shown.push_str("sid=[session]");
        shown.push_str(part.trim_start_matches(|letter: char| letter.is_ascii_alphanumeric()));
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_log_line_keeps_its_time_and_addresses_and_loses_its_numbers() {
        let cases = [
            (
                "23.11.26 09:15:00 Anmeldung der Internetrufnummer 4930123456 war nicht erfolgreich",
                "23.11.26 09:15:00 Anmeldung der Internetrufnummer [number] war nicht erfolgreich",
            ),
            (
                "Anruf von 030 / 1234-567 an **610",
                "Anruf von [number] an **610",
            ),
            ("Rückruf +49 (30) 12345, dann", "Rückruf [number], dann"),
            (
                "von IP-Adresse 192.168.178.20 MAC 02:00:5E:00:F7:B0",
                "von IP-Adresse 192.168.178.20 MAC 02:00:5E:00:F7:B0",
            ),
            (
                "/a.lua?sid=5e55104e5e55104e&x=1",
                "/a.lua?sid=[session]&x=1",
            ),
            ("zwei\nZeilen\u{9b}31m", "zwei Zeilen 31m"),
            ("", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(without_numbers(text), expected);
        }
    }

    #[test]
    fn a_number_has_the_same_name_however_it_is_written() {
        let names = Names::new("here".to_owned());
        let name = names.of_number("030 1234567");
        assert_eq!(name, names.of_number("0301234567"));
        assert_ne!(name, names.of_number("0301234568"));
        assert_ne!(name, Names::new("there".to_owned()).of_number("0301234567"));
        assert_eq!(name.map(|name| name.len()), Some(15));
        assert_eq!((names.of_number(""), names.of_number(" ")), (None, None));
    }

    proptest! {
        #[test]
        fn no_run_of_five_digits_is_left(text in "[ a-z.0-9+/()-]{0,60}") {
            let shown = without_numbers(&text);
            let longest = shown.split(|letter: char| !letter.is_ascii_digit()).map(str::len).max();
            prop_assert!(longest < Some(DIGITS), "{}", shown);
        }
    }
}
