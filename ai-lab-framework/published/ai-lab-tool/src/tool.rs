//! A tool and the set of its actions.

use std::collections::BTreeMap;
use std::fmt;
use std::process::ExitCode;

use ai_lab_contract as contract;
use contract::{Answer, CONTRACT};
use serde::Serialize;
use serde_json::Value;

use crate::action::{Action, AnyAction};
use crate::failure::Refusal;
use crate::{Log, ToolFailure, command_line, serve};

/// A tool: a name, a description and its actions. One `main` serves it.
///
/// The crate's documentation shows a complete one.
pub trait AiTool: Sized {
    /// The tool's name, the manifest's too: 1 to 32 of `a-z 0-9 _ -`, a letter first.
    const NAME: &'static str;
    /// What the tool is for, for a person and an agent. 1 to 1,000 characters.
    const DESCRIPTION: &'static str;

    /// The tool's actions; what they share is moved into them here.
    fn actions(self) -> Actions;

    /// Is the whole `main`: answers request lines until the input ends, or does what the arguments say.
    ///
    /// `--describe` prints name, actions and schemas; `--call ACTION [JSON]` runs one action. Exits with 0
    /// if every line was answered, also with an error; with 7 if a `--call` failed; with 2 on arguments
    /// that it does not know; with 8 if standard input or output broke.
    fn serve(self) -> ExitCode {
        const { assert!(is_name(Self::NAME, 32), "AiTool::NAME is no tool name") };
        command_line::run(self)
    }
}

/// The actions of a tool, by name.
#[derive(Default)]
pub struct Actions(BTreeMap<&'static str, Box<dyn AnyAction>>);

impl fmt::Debug for Actions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Actions {
    /// No action yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an action. One with a name that breaks the rule does not compile.
    ///
    /// # Panics
    /// If an action of that name is there already: a mistake that the tool's first start shows.
    #[must_use]
    pub fn with<A: Action>(mut self, action: A) -> Self {
        const { assert!(is_name(A::NAME, 24), "Action::NAME is no action name") };
        let before = self.0.insert(A::NAME, Box::new(action));
        assert!(before.is_none(), "two actions are named {}", A::NAME);
        self
    }

    /// Answers one call made up here: for tests and by hand. Log lines go to standard error.
    ///
    /// A name that breaks the rule is an unknown action.
    pub fn call(&self, action: &str, input: Value) -> Answer {
        let Ok(action) = action.parse() else {
            let refusal = Refusal::Action(action.to_owned(), self.names());
            return Answer::error(ToolFailure::from(refusal).into_error());
        };
        serve::answer(self, serve::made_up(action, input), &Log::stderr())
    }

    /// The action of that name.
    pub(crate) fn get(&self, name: &str) -> Option<&dyn AnyAction> {
        self.0.get(name).map(AsRef::as_ref)
    }

    /// The names, for a sentence.
    pub(crate) fn names(&self) -> String {
        self.0.keys().copied().collect::<Vec<_>>().join(", ")
    }

    /// What the tool says of itself.
    pub fn describe<T: AiTool>(&self) -> Description {
        Description {
            contract: CONTRACT,
            name: T::NAME,
            description: T::DESCRIPTION,
            actions: self
                .0
                .iter()
                .map(|(name, action)| (*name, action.describe()))
                .collect(),
        }
    }
}

/// What a tool says of itself; `actions` is written as a manifest has them, with inline schemas.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Description {
    /// The contract's major version.
    pub contract: u32,
    /// The tool's name.
    pub name: &'static str,
    /// What the tool is for.
    pub description: &'static str,
    /// What the tool can do.
    pub actions: BTreeMap<&'static str, contract::Action>,
}

/// The contract's rule of names, at compile time.
const fn is_name(text: &str, most: usize) -> bool {
    let bytes = text.as_bytes();
    if bytes.is_empty() || bytes.len() > most || !bytes[0].is_ascii_lowercase() {
        return false;
    }
    let mut at = 1;
    while at < bytes.len() {
        if !matches!(bytes[at], b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-') {
            return false;
        }
        at += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::{ActionName, ToolName};

    #[test]
    fn names_are_judged_as_the_contract_judges_them() {
        let long = "a".repeat(33);
        for name in [
            "a",
            "home-server_2",
            "",
            "1st",
            "-x",
            "Big",
            "a b",
            "ä",
            &long[1..],
            &long,
        ] {
            assert_eq!(
                is_name(name, 32),
                name.parse::<ToolName>().is_ok(),
                "{name}"
            );
            assert_eq!(
                is_name(name, 24),
                name.parse::<ActionName>().is_ok(),
                "{name}"
            );
        }
    }
}
