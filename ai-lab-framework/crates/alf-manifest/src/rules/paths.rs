//! The command, the schema files and the granted paths.

use std::path::{Component, Path};

use super::{Rules, shown};
use crate::FindingCode;

/// The framework's home, wherever it lies, when nobody has moved it.
pub(super) const HOME: &str = ".ai-lab";

impl<'a> Rules<'a> {
    pub(super) fn check_paths(&mut self) {
        self.check_command();
        self.check_schema_files();
        for (path, span) in self.texts_at(&["grants", "read"]) {
            if let Some(why) = no_single_place(path) {
                self.report(FindingCode::BadGrant, span, granted(path, why));
            }
        }
        for (path, span) in self.texts_at(&["grants", "write"]) {
            let own = self.own_files();
            if let Some(why) = no_single_place(path) {
                self.report(FindingCode::BadGrant, span, granted(path, why));
            } else if let Some(file) = own.iter().find(|file| lies_in(file, path)) {
                let message = format!(
                    "the grant `{}` would let the tool change its own `{}`",
                    shown(path),
                    shown(file)
                );
                let help = "Grant a folder of its own, such as `data`.";
                self.report_with_help(FindingCode::BadGrant, span, message, help);
            }
        }
    }

    fn check_command(&mut self) {
        let words = self.texts_at(&["run", "command"]);
        if let Some((program, span)) = words.first().cloned() {
            let shown = shown(program);
            if program.is_empty() {
                let message = "the program is empty".to_owned();
                self.report(FindingCode::BadCommand, span, message);
            } else if program.starts_with('~') {
                let message = format!("the program `{shown}`: `~` is not expanded");
                self.report(FindingCode::BadCommand, span, message);
            } else if Path::new(program).is_absolute() {
                let message = format!("the program `{shown}` lies outside the tool's folder");
                let help =
                    "Put it into the folder, or name it without a path to take it from PATH.";
                self.report_with_help(FindingCode::OutsideFolder, span, message, help);
            } else if goes_up(program) {
                let message = format!("the program `{shown}` leaves the tool's folder");
                self.report(FindingCode::OutsideFolder, span, message);
            }
        }
        for (word, span) in words {
            if word.contains('\0') {
                let message = "a word of the command contains a NUL".to_owned();
                self.report(FindingCode::BadCommand, span, message);
            }
        }
    }

    fn check_schema_files(&mut self) {
        for (file, span) in self.schema_files() {
            let shown = shown(file);
            if file.is_empty() || file.contains('\0') {
                let message = format!("the schema file `{shown}` has no name");
                self.report(FindingCode::BadSchema, span, message);
            } else if Path::new(file).is_absolute() || goes_up(file) {
                let message = format!("the schema file `{shown}` lies outside the tool's folder");
                self.report(FindingCode::OutsideFolder, span, message);
            }
        }
    }

    fn schema_files(&self) -> Vec<super::Placed<'a>> {
        let mut files: Vec<_> = self.text_at(&["config"]).into_iter().collect();
        for name in self.action_names() {
            files.extend(self.text_at(&["actions", name, "input"]));
            files.extend(self.text_at(&["actions", name, "output"]));
        }
        files
    }

    /// The files that say what the tool is: it must not write them.
    fn own_files(&self) -> Vec<String> {
        let mut files = vec!["tool.toml".to_owned()];
        let program = self.texts_at(&["run", "command"]).into_iter().next();
        files.extend(
            program
                .filter(|(program, _)| program.contains('/'))
                .map(|(program, _)| program.to_owned()),
        );
        files.extend(
            self.schema_files()
                .into_iter()
                .map(|(file, _)| file.to_owned()),
        );
        files
    }
}

fn granted(path: &str, why: &str) -> String {
    format!("the grant `{}` {why}", shown(path))
}

/// Why a granted path names no single place that may be granted.
fn no_single_place(path: &str) -> Option<&'static str> {
    let parts = || Path::new(path).components();
    if path.is_empty() {
        Some("is empty")
    } else if path.contains(char::is_control) {
        Some("has a control character")
    } else if path.starts_with('~') || path.contains('$') {
        Some("is taken as it stands: `~` and `$` are not expanded")
    } else if path.contains(['*', '?', '[', '{']) {
        Some("is taken as it stands: patterns are not expanded")
    } else if goes_up(path) {
        Some("goes up by `..`")
    } else if Path::new(path).is_absolute() && parts().all(|part| part == Component::RootDir) {
        Some("is the whole machine")
    } else if parts().any(|part| part.as_os_str() == HOME) {
        Some("reaches the framework's home")
    } else {
        None
    }
}

fn goes_up(path: &str) -> bool {
    Path::new(path)
        .components()
        .any(|part| part == Component::ParentDir)
}

/// Whether a file of the tool's folder is, or lies in, the granted path.
fn lies_in(file: &str, granted: &str) -> bool {
    let here = Path::new("/tool");
    let plain = |path: &str| -> std::path::PathBuf {
        let parts = Path::new(path).components();
        here.join(
            parts
                .filter(|part| *part != Component::CurDir)
                .collect::<std::path::PathBuf>(),
        )
    };
    plain(file).starts_with(plain(granted))
}
