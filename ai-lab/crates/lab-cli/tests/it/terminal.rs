//! A real terminal: tmux, its keys and its screen.

use std::path::{Path, PathBuf};
use std::process::Command;

/// How often a screen is looked at until it shows what is expected: a look takes some milliseconds, so this is some
/// minutes on a machine with much else to do.
const LOOKS: usize = 20_000;

/// A terminal with one program in it; gone when dropped.
pub(crate) struct Terminal {
    socket: PathBuf,
}

impl Terminal {
    /// Starts a command of `ai-lab` in a folder, on a screen of this size, with variables.
    pub(crate) fn start(
        folder: &Path,
        socket: &Path,
        (width, height): (u16, u16),
        variables: &[(&str, &str)],
        command: &str,
    ) -> Self {
        let terminal = Self {
            socket: socket.to_owned(),
        };
        let variables: Vec<String> = variables
            .iter()
            .map(|(name, value)| format!("{name}='{value}'"))
            .collect();
        let program = env!("CARGO_BIN_EXE_ai-lab");
        // What is left behind shows whether the program gave the terminal back.
        let line = format!(
            "env {} {program} {command}; echo ended $?; exec cat",
            variables.join(" ")
        );
        let (width, height) = (width.to_string(), height.to_string());
        terminal.tmux(&[
            "new-session",
            "-d",
            "-x",
            &width,
            "-y",
            &height,
            "-c",
            &folder.display().to_string(),
            &line,
        ]);
        terminal
    }

    /// Presses keys, in tmux's words.
    pub(crate) fn press(&self, keys: &[&str]) {
        self.tmux(&[&["send-keys"], keys].concat());
    }

    /// Types a text as it is.
    pub(crate) fn type_text(&self, text: &str) {
        self.tmux(&["send-keys", "-l", text]);
    }

    /// Gives the terminal another size.
    pub(crate) fn resize(&self, (width, height): (u16, u16)) {
        self.tmux(&[
            "resize-window",
            "-x",
            &width.to_string(),
            "-y",
            &height.to_string(),
        ]);
    }

    /// The screen once it shows a text.
    #[expect(
        clippy::panic,
        reason = "a screen that never comes is the test's failure"
    )]
    pub(crate) fn once_it_shows(&self, text: &str) -> String {
        let mut screen = String::new();
        for _ in 0..LOOKS {
            screen = self.tmux(&["capture-pane", "-p"]);
            if screen.contains(text) {
                return screen.trim_end().to_owned();
            }
        }
        panic!("`{text}` never came:\n{screen}");
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the test has a terminal of its own"
    )]
    fn tmux(&self, arguments: &[&str]) -> String {
        let output = Command::new("tmux")
            .args(["-u", "-f", "/dev/null", "-S"])
            .arg(&self.socket)
            .args(arguments)
            .env("LC_ALL", "C.UTF-8")
            .output()
            .expect("the package `tmux` is installed");
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).expect("a screen is text")
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.tmux(&["kill-server"]);
    }
}
