//! What of a command line matters before it is parsed.
//!
//! The release that is handed over to parses it: it may know commands and flags that this one does not.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

/// Commands that any program carries out itself: they look after the store, or must work without any release in force.
const OWN: [&str; 6] = [
    "release",
    "store",
    "repair",
    "verify",
    "completions",
    "carry-out-errand",
];

/// The flag of `version` that asks for the program that was started.
const OWN_FLAG: &str = "--own";

/// Whether this command line is carried out by the program that was started, in every lab.
///
/// `arguments` are those after the program's name.
pub fn stays(arguments: &[OsString]) -> bool {
    let mut words = flags_first(arguments);
    let Some(command) = words.find(|word| !word.as_encoded_bytes().starts_with(b"-")) else {
        return false;
    };
    OWN.iter().any(|own| command == *own)
        || (command == "version" && words.any(|word| word == OWN_FLAG))
}

/// The folder that `--lab` names.
pub fn lab_named(arguments: &[OsString]) -> Option<PathBuf> {
    let mut words = flags_first(arguments);
    while let Some(word) = words.next() {
        if word == "--lab" {
            return words.next().map(PathBuf::from);
        }
        let text = word.to_str().and_then(|word| word.strip_prefix("--lab="));
        if let Some(folder) = text {
            return Some(PathBuf::from(folder));
        }
    }
    None
}

/// The words before `--`: what follows it belongs to somebody else.
fn flags_first(arguments: &[OsString]) -> impl Iterator<Item = &OsStr> {
    arguments
        .iter()
        .map(OsString::as_os_str)
        .take_while(|word| *word != "--")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<OsString> {
        line.split_whitespace().map(OsString::from).collect()
    }

    #[test]
    fn what_looks_after_the_store_is_done_by_whoever_was_started() {
        let cases = [
            ("release fetch 1.4.2", true),
            ("--json store list", true),
            ("verify --quick", true),
            ("repair", true),
            ("completions bash", true),
            ("carry-out-errand", true),
            ("version --own", true),
            ("version --json --own", true),
            ("version", false),
            ("tool run verify.go", false),
            ("execution show release", false),
            ("--help", false),
            ("", false),
            ("-- release", false),
        ];
        for (line, expected) in cases {
            assert_eq!(stays(&words(line)), expected, "{line}");
        }
    }

    #[test]
    fn the_lab_that_is_named_is_the_one_that_counts() {
        let named = |line: &str| lab_named(&words(line)).map(|path| path.display().to_string());
        assert_eq!(named("mcp serve --lab /a"), Some("/a".to_owned()));
        assert_eq!(named("mcp serve --lab=/a"), Some("/a".to_owned()));
        assert_eq!(named("mcp serve"), None);
        assert_eq!(named("mcp serve --lab"), None);
        assert_eq!(named("gate close -- x --lab /a"), None);
    }
}
