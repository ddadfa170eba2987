//! What a Rust tool links: typed actions, derived schemas, and the loop that serves them.
//!
//! Owns the tool's side of the contract: reading request lines, choosing the action, answering. Refuses to
//! know profiles, records, limits and the sandbox: those are the framework's, around this process.
//! Start reading at [`AiTool`] and [`Action`]; the protocol is in [`serve_lines`].
//!
//! A complete tool:
//!
//! ```
//! use std::process::ExitCode;
//!
//! use ai_lab_tool::{Action, Actions, AiTool, Effects, ToolContext, ToolFailure};
//! use schemars::JsonSchema;
//! use serde::{Deserialize, Serialize};
//!
//! /// Whom to greet.
//! #[derive(Deserialize, JsonSchema)]
//! #[serde(deny_unknown_fields)]
//! struct Guest {
//!     /// The guest's name, as it is spoken.
//!     name: String,
//! }
//!
//! /// What to say.
//! #[derive(Serialize, JsonSchema)]
//! struct Greeting {
//!     /// One sentence.
//!     text: String,
//! }
//!
//! struct Hello;
//!
//! impl Action for Hello {
//!     const NAME: &'static str = "hello";
//!     const DESCRIPTION: &'static str = "Greets a guest by name.";
//!     const EFFECTS: Effects = Effects::READ_ONLY;
//!     type Input = Guest;
//!     type Output = Greeting;
//!
//!     fn run(&self, guest: Guest, context: &ToolContext) -> Result<Greeting, ToolFailure> {
//!         if guest.name.is_empty() {
//!             return Err(ToolFailure::new("nameless_guest", "the guest has no name"));
//!         }
//!         context.info("a guest has come");
//!         context.metric("letters", guest.name.chars().count() as f64, "");
//!         Ok(Greeting { text: format!("Good day, {}.", guest.name) })
//!     }
//! }
//!
//! struct Greeter;
//!
//! impl AiTool for Greeter {
//!     const NAME: &'static str = "greeter";
//!     const DESCRIPTION: &'static str = "Greets guests.";
//!
//!     fn actions(self) -> Actions {
//!         Actions::new().with(Hello)
//!     }
//! }
//!
//! fn main() -> ExitCode {
//!     # if true { return ExitCode::SUCCESS; }
//!     Greeter.serve()
//! }
//! ```

mod action;
mod command_line;
mod context;
mod failure;
mod lines;
mod log;
mod panics;
mod secrets;
mod serve;
mod stdout;
mod tool;

pub use action::{Action, Effects};
pub use ai_lab_contract as contract;
pub use context::ToolContext;
pub use failure::ToolFailure;
pub use log::{Level, Log};
pub use serve::{REQUEST_BYTES, serve_lines};
pub use tool::{Actions, AiTool, Description};
