//! `tracker`: a lab's work items for agents, called through the framework.
//!
//! Owns what an agent is asked and told: actions, their schemas, how much of an answer fits its budget, and the next
//! step after a refusal. Refuses to know rules and databases: each action calls one operation of `lab-ops`. The lab is
//! the one that the working folder, the tool's own, lies in. Start reading at [`actions`].

mod actions;
mod answers;
mod budget;
mod door;
#[cfg(test)]
mod manifest;
mod refusal;
#[cfg(test)]
mod tests;

use std::process::ExitCode;

use ai_lab_tool::{Actions, AiTool};

use crate::door::Door;

/// The tool.
struct Tracker {
    door: Door,
}

impl AiTool for Tracker {
    const NAME: &'static str = "tracker";
    const DESCRIPTION: &'static str = "This lab's work items: what is ready, what one needs to begin, and how the work stands. Begin with `prime`.";

    fn actions(self) -> Actions {
        let door = || self.door.clone();
        Actions::new()
            .with(actions::Prime(door()))
            .with(actions::Next(door()))
            .with(actions::Show(door()))
            .with(actions::List(door()))
            .with(actions::Search(door()))
            .with(actions::Create(door()))
            .with(actions::Update(door()))
            .with(actions::Split(door()))
            .with(actions::Link(door()))
            .with(actions::Note(door()))
            .with(actions::Done(door()))
    }
}

fn main() -> ExitCode {
    let door = Door::of_this_process();
    Tracker { door }.serve()
}
