//! Scenes: a script of commands in, the whole screen with every exit code out.

use std::path::Path;
use std::{fmt::Write as _, fs};

use crate::program::{Ended, ai_lab};

/// A lab of its own, with nothing in it.
pub(crate) struct Scene {
    folder: tempfile::TempDir,
}

impl Scene {
    /// A fresh lab in a temporary folder.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder is made");
        fs::File::create(folder.path().join("ai-lab.toml")).expect("the marker is made");
        Self { folder }
    }

    /// The lab's folder.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Runs one command at a fixed time, as jo, on a terminal of 80 columns.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        self.run_with(&[], arguments)
    }

    /// The same with further variables.
    pub(crate) fn run_with(&self, more: &[(&str, &str)], arguments: &[&str]) -> Ended {
        let fixed = [
            ("USER", "jo"),
            ("AI_LAB_CLOCK", "2026-02-03T04:05:06Z"),
            ("COLUMNS", "80"),
        ];
        let all: Vec<(&str, &Path)> = fixed
            .iter()
            .chain(more)
            .map(|(name, value)| (*name, Path::new(*value)))
            .collect();
        let ended = ai_lab(self.folder(), &all, arguments);
        let home = self.folder().display().to_string();
        Ended {
            code: ended.code,
            stdout: ended.stdout.replace(&home, "LAB"),
            stderr: ended.stderr.replace(&home, "LAB"),
        }
    }

    /// Runs a script, a command a line; words of several words stand in quotes.
    pub(crate) fn play(&self, script: &str) -> String {
        let mut screen = String::new();
        for line in script
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
        {
            let words = words(line);
            let ended = self.run(&words.iter().map(String::as_str).collect::<Vec<_>>());
            writeln!(screen, "$ ai-lab {line}").expect("a string takes it");
            screen.push_str(&ended.stdout);
            screen.push_str(&ended.stderr);
            match ended.code {
                Some(0) => {}
                Some(code) => writeln!(screen, "[exit {code}]").expect("a string takes it"),
                None => screen.push_str(
                    "[killed]
",
                ),
            }
        }
        screen
    }

    /// Runs a script that only prepares: everything in it must succeed.
    pub(crate) fn prepare(&self, script: &str) {
        let screen = self.play(script);
        assert!(!screen.contains("\n["), "{screen}");
    }
}

/// Splits at spaces outside of double quotes.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            c => words.last_mut().expect("there is always one").push(c),
        }
    }
    words
}
