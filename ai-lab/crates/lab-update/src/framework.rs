//! The framework's programs, asked at their command line.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use ai_lab_contract::ErrorClass;
use serde::Deserialize;
use serde_json::Value;

use crate::effects::{Effects, Ended, ProcessCall};
use crate::error::{Cut, Refusal};
use crate::limits::{SAID, SILENCE};

/// What a program answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    /// How it ended.
    pub(crate) code: Option<i32>,
    /// Its answer; null where it gave none that is JSON.
    pub(crate) value: Value,
    /// All that it said, for the evidence.
    pub(crate) all: String,
}

/// One question to one program.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Question<'a> {
    /// The program, by its full path.
    pub(crate) program: &'a Path,
    /// The lab's folder.
    pub(crate) folder: &'a Path,
    /// The framework's home, where it is not the one of the environment.
    pub(crate) home: Option<&'a Path>,
    /// The command.
    pub(crate) arguments: &'a [&'a OsStr],
}

/// Asks; whatever the answer is.
pub(crate) fn ask(effects: &mut dyn Effects, question: &Question<'_>) -> Result<Answer, Cut> {
    let mut arguments: Vec<OsString> = question.arguments.iter().map(OsString::from).collect();
    arguments.push("--json".into());
    let ended = effects.run(&ProcessCall {
        program: question.program,
        arguments,
        folder: question.folder,
        home: question.home,
        silence: SILENCE,
    })?;
    Ok(answer(&ended))
}

fn answer(ended: &Ended) -> Answer {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Answer {
        code: ended.code,
        value: serde_json::from_slice(&ended.stdout).unwrap_or(Value::Null),
        all: format!("{}{}", text(&ended.stdout), text(&ended.stderr)),
    }
}

/// How the framework tells why nothing was done.
#[derive(Deserialize)]
struct Told {
    message: String,
    #[serde(default)]
    class: String,
    #[serde(default)]
    causes: Vec<String>,
    #[serde(default)]
    hint: Option<String>,
}

impl Answer {
    /// Whether it ended with that class.
    pub(crate) fn is(&self, class: ErrorClass) -> bool {
        self.code == Some(i32::from(class.exit_code()))
    }

    /// Why it did not succeed, in its own words.
    pub(crate) fn refusal(&self) -> Refusal {
        if let Ok(told) = serde_json::from_value::<Told>(self.value["error"].clone()) {
            let mut words = vec![told.message];
            words.extend(told.causes);
            return Refusal {
                message: one_line(&words.join(": ")),
                class: ErrorClass::from_name(&told.class).unwrap_or_else(|| self.class()),
                hint: told.hint.as_deref().map(one_line),
            };
        }
        let how = match self.code {
            Some(code) => format!("it ended with {code}"),
            None => "it was ended by a signal".to_owned(),
        };
        let said = one_line(&self.all);
        let message = if said.is_empty() {
            how
        } else {
            format!("{how}: {said}")
        };
        Refusal::new(self.class(), message)
    }

    fn class(&self) -> ErrorClass {
        let of_code = ErrorClass::ALL.into_iter().find(|class| self.is(*class));
        of_code.unwrap_or(match self.code {
            Some(_) => ErrorClass::Internal,
            None => ErrorClass::Crashed,
        })
    }
}

/// Somebody else's words on one line, within bounds, harmless to a terminal.
pub(crate) fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let acts = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let harmless = |c: char| {
        if acts(c) {
            char::REPLACEMENT_CHARACTER
        } else {
            c
        }
    };
    words.join(" ").chars().map(harmless).take(SAID).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(code: Option<i32>, stdout: &str, stderr: &str) -> Refusal {
        answer(&Ended {
            code,
            stdout: stdout.as_bytes().to_vec(),
            stderr: stderr.as_bytes().to_vec(),
        })
        .refusal()
    }

    #[test]
    fn why_a_program_refused_is_told_in_its_words() {
        let told = r#"{"error":{"class":"incompatible","message":"no","causes":["it is","red"],"hint":"paint it"}}"#;
        assert_eq!(
            ended(Some(9), told, "noise"),
            Refusal::new(ErrorClass::Incompatible, "no: it is: red").hinting("paint it")
        );
        assert_eq!(
            ended(Some(8), "", "error: no\n  room \u{1b}[2J\n"),
            Refusal::new(
                ErrorClass::Environment,
                "it ended with 8: error: no room \u{fffd}[2J"
            )
        );
        assert_eq!(
            ended(None, "", ""),
            Refusal::new(ErrorClass::Crashed, "it was ended by a signal")
        );
        assert_eq!(
            ended(Some(101), "{}", ""),
            Refusal::new(ErrorClass::Internal, "it ended with 101: {}")
        );
        assert_eq!(
            ended(Some(1), &"x".repeat(SAID * 2), "").message.len(),
            SAID + "it ended with 1: ".len()
        );
    }
}
