//! The least a tool can be: says back what it is told.

use std::process::ExitCode;

use ai_lab_tool::{Action, Actions, AiTool, Effects, ToolContext, ToolFailure};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is said.
#[derive(Serialize, Deserialize, JsonSchema)]
struct Word {
    /// The word itself.
    text: String,
}

struct Echo;

impl Action for Echo {
    const NAME: &'static str = "echo";
    const DESCRIPTION: &'static str = "Says it back.";
    const EFFECTS: Effects = Effects::READ_ONLY;
    type Input = Word;
    type Output = Word;

    fn run(&self, word: Word, _: &ToolContext) -> Result<Word, ToolFailure> {
        Ok(word)
    }
}

struct Trivial;

impl AiTool for Trivial {
    const NAME: &'static str = "trivial";
    const DESCRIPTION: &'static str = "Says back what it is told.";

    fn actions(self) -> Actions {
        Actions::new().with(Echo)
    }
}

fn main() -> ExitCode {
    Trivial.serve()
}
