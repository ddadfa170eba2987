//! Cuts updates at each of their points, and looks what is left.
//!
//! Owns a stand-in for the framework with a real database (`standin`), the world that is cut at a point (`cutting`), what must
//! hold afterwards (`verdict`), and the matrix of all of it (`matrix`). Nothing links it, and no release has it: the
//! program starts itself as the framework, as the updater that is killed, and as the one that goes on. Start reading at
//! `matrix`.

mod case;
mod cutting;
mod ledger;
mod matrix;
mod scene;
mod standin;
mod updater;
mod verdict;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

/// How the program is called when it plays the framework.
const FRAMEWORK: &str = "ai-lab-framework";

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let called = PathBuf::from(arguments.first().cloned().unwrap_or_default());
    let words: Vec<String> = arguments
        .iter()
        .skip(1)
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    if called.file_name().is_some_and(|name| name == FRAMEWORK) {
        return standin::run(&called, &words);
    }
    match words.as_slice() {
        ["updater", rest @ ..] => updater::run(rest),
        ["matrix"] => matrix::run(matrix::Extent::Whole),
        ["matrix", "--sample"] => matrix::run(matrix::Extent::Sample),
        _ => {
            say("usage: lab-crash matrix [--sample]");
            ExitCode::from(2)
        }
    }
}

/// The one writer.
#[expect(clippy::print_stdout, reason = "this is the writer")]
pub(crate) fn say(text: &str) {
    println!("{text}");
}
