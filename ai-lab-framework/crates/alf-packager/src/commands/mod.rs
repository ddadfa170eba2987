//! The command tree. A command's arguments are its help; what it returns is printed.

mod bill;
mod changelog;
mod index;
mod key;
mod release;

use std::error::Error;

use clap::Parser;

/// Whatever went wrong, for whoever stands at the terminal.
pub(crate) type Failed = Box<dyn Error>;

/// Make releases of the framework
#[derive(Debug, Parser)]
#[command(name = "alf-packager")]
pub(crate) enum Command {
    /// Make a key that signs, and print its public half
    Key(key::Arguments),
    /// Write the bill of materials from what `cargo metadata` says
    Bill(bill::Arguments),
    /// Put a release into a folder: archives, wheels, release.json, signature
    Release(Box<release::Arguments>),
    /// Sign an index of every release in a folder
    Index(index::Arguments),
    /// Gather the fragments of `changes/` into a section of the changelog
    Changelog(changelog::Arguments),
}

impl Command {
    pub(crate) fn carry_out(self) -> Result<String, Failed> {
        match self {
            Self::Key(arguments) => arguments.carry_out(),
            Self::Bill(arguments) => arguments.carry_out(),
            Self::Release(arguments) => arguments.carry_out(),
            Self::Index(arguments) => arguments.carry_out(),
            Self::Changelog(arguments) => arguments.carry_out(),
        }
    }
}
