//! A complete tool: one action that does its work, one that knows a secret and one that never does its work.

use std::process::ExitCode;

use ai_lab_tool::{Action, Actions, AiTool, Effects, ToolContext, ToolFailure};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Whom to greet.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Guest {
    /// The guest's name, as it is spoken.
    name: String,
}

/// What to say.
#[derive(Serialize, JsonSchema)]
struct Greeting {
    /// One sentence.
    text: String,
}

struct Hello;

impl Action for Hello {
    const NAME: &'static str = "hello";
    const DESCRIPTION: &'static str = "Greets a guest by name.";
    const EFFECTS: Effects = Effects::READ_ONLY;
    type Input = Guest;
    type Output = Greeting;

    #[expect(clippy::print_stdout, reason = "shows that printing harms no answer")]
    fn run(&self, guest: Guest, context: &ToolContext) -> Result<Greeting, ToolFailure> {
        println!("a stray print");
        context.info("a guest has come");
        if guest.name.is_empty() {
            return Err(ToolFailure::new("nameless_guest", "the guest has no name"));
        }
        context.patch("last_guest", guest.name.as_str().into());
        Ok(Greeting {
            text: format!("Good day, {}.", guest.name),
        })
    }
}

struct Admit;

impl Action for Admit {
    const NAME: &'static str = "admit";
    const DESCRIPTION: &'static str = "Admits a guest who gives the password as the name.";
    const EFFECTS: Effects = Effects::READ_ONLY;
    type Input = Guest;
    type Output = Greeting;

    fn run(&self, guest: Guest, context: &ToolContext) -> Result<Greeting, ToolFailure> {
        if guest.name != context.secret("password")? {
            return Err(ToolFailure::new(
                "wrong_password",
                "that is not the password",
            ));
        }
        Ok(Greeting {
            text: "Come in.".to_owned(),
        })
    }
}

struct Stumble;

impl Action for Stumble {
    const NAME: &'static str = "stumble";
    const DESCRIPTION: &'static str = "Panics, to show what becomes of it.";
    const EFFECTS: Effects = Effects::READ_ONLY;
    type Input = Guest;
    type Output = Greeting;

    fn run(&self, guest: Guest, _: &ToolContext) -> Result<Greeting, ToolFailure> {
        assert!(guest.name.is_empty(), "{}", guest.name);
        Ok(Greeting {
            text: "Good day.".to_owned(),
        })
    }
}

struct Greeter;

impl AiTool for Greeter {
    const NAME: &'static str = "greeter";
    const DESCRIPTION: &'static str = "Greets guests.";

    fn actions(self) -> Actions {
        Actions::new().with(Hello).with(Admit).with(Stumble)
    }
}

fn main() -> ExitCode {
    Greeter.serve()
}
