//! `session …`.

mod capsule;
mod end;
mod export;
mod list;
mod note;
mod patch;
mod pause;
mod resume;
mod show;
mod start;
mod summary;

use alf_ops::Framework;
use clap::Subcommand;

use crate::output::{Ended, Output};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Begin a session: calls made with --session share its context
    Start(start::Arguments),
    /// List sessions, the last changed first
    List(list::Arguments),
    /// Show one session: note, context, last executions
    Show(show::Arguments),
    /// Put a session aside with a note; it takes no calls until it is resumed
    Pause(pause::Arguments),
    /// Note what whoever takes the work up has to know: goal, decisions, open points, files
    Note(note::Arguments),
    /// Show what another client needs to take the work up: goal, open points, decisions, files, executions
    Capsule(capsule::Arguments),
    /// Take a session up again: shows the note and where it stood
    Resume(resume::Arguments),
    /// End a session; it can still be read
    End(end::Arguments),
    /// Add a session up: calls, errors, times, context, what is open
    Summary(summary::Arguments),
    /// Write a session with all its executions as Markdown or JSON
    Export(export::Arguments),
    /// Change a session's context by a JSON Merge Patch
    Patch(patch::Arguments),
}

impl Command {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        match self {
            Self::Start(arguments) => arguments.carry_out(framework, output),
            Self::List(arguments) => arguments.carry_out(framework, output),
            Self::Show(arguments) => arguments.carry_out(framework, output),
            Self::Pause(arguments) => arguments.carry_out(framework, output),
            Self::Note(arguments) => arguments.carry_out(framework, output),
            Self::Capsule(arguments) => arguments.carry_out(framework, output),
            Self::Resume(arguments) => arguments.carry_out(framework, output),
            Self::End(arguments) => arguments.carry_out(framework, output),
            Self::Summary(arguments) => arguments.carry_out(framework, output),
            Self::Export(arguments) => arguments.carry_out(framework, output),
            Self::Patch(arguments) => arguments.carry_out(framework, output),
        }
    }
}
