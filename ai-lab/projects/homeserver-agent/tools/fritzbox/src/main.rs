//! `fritzbox`: reads and steers a FRITZ!Box.
//!
//! Owns the actions and their words, what is told of an answer and what is not, the two steps of a change, and
//! what is remembered between calls. How a router is spoken with is `tr064`'s. Start reading at [`session`], the
//! frame of every call, and [`change`], the frame of every call that changes something.

mod actions;
mod change;
mod clock;
mod failure;
mod memory;
mod redact;
mod second_factor;
mod session;
mod settings;
mod surroundings;
mod table;

use std::process::ExitCode;

use ai_lab_tool::{Actions, AiTool};

use crate::surroundings::Surroundings;

/// The tool.
#[derive(Debug)]
struct Fritzbox(Surroundings);

impl AiTool for Fritzbox {
    const NAME: &'static str = "fritzbox";
    const DESCRIPTION: &'static str =
        "Reads and steers a FRITZ!Box: line, devices, Wi-Fi, forwardings, calls, smart home.";

    fn actions(self) -> Actions {
        actions::all(&self.0)
    }
}

fn main() -> ExitCode {
    Fritzbox(Surroundings::of_process()).serve()
}

#[cfg(test)]
mod tests;
