//! Which files a new tool has and what is in them.

use std::path::PathBuf;

use ai_lab_contract::{Profile, ToolName};

use crate::template::filled;

/// The longest description that a manifest takes, in characters.
const DESCRIPTION_CHARACTERS: usize = 1000;

/// A tool to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTool {
    /// Its name, and its folder's.
    pub name: ToolName,
    /// What it is written in.
    pub language: Language,
    /// How it runs.
    pub kind: Kind,
    /// The stage it begins in.
    pub profile: Profile,
    /// What it is for: one line of 1 to 1,000 characters.
    pub description: String,
}

/// What a tool can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// A Cargo package; needs to be built before it runs.
    Rust,
    /// A script for Python 3.11 and later, on the package `ai-lab-framework`.
    Python,
    /// A script for any POSIX shell; reads JSON by `jq`.
    Shell,
}

/// How a new tool can run. What is written serves both: it answers line by line until there are no more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// One process a call.
    #[default]
    Exec,
    /// One long-lived process for many calls.
    Worker,
}

impl Language {
    /// The programs, beside a POSIX system's own, that what is written starts with each call.
    pub const fn programs(self) -> &'static [&'static str] {
        match self {
            Self::Rust => &[],
            Self::Python => &["python3"],
            Self::Shell => &["jq"],
        }
    }
}

/// One file of a new tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GeneratedFile {
    /// Where it lies in the tool's folder.
    pub path: PathBuf,
    /// What is in it.
    pub content: String,
    /// Whether it may be started.
    pub executable: bool,
}

/// Why a tool cannot be planned.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GenerateError {
    /// The description has no character or too many.
    #[error(
        "a description has 1 to {DESCRIPTION_CHARACTERS} characters, this one has {characters}"
    )]
    DescriptionLength {
        /// How many it has.
        characters: usize,
    },
    /// The description has a line break or another control character.
    #[error("a description is one line of plain text, this one has the character {character:?}")]
    DescriptionControl {
        /// The first such character.
        character: char,
    },
}

/// One template: where its file goes, its text, whether it may be started.
type Template = (&'static str, &'static str, bool);

const PYTHON: &[Template] = &[
    ("tool.py", include_str!("../templates/python/tool.py"), true),
    (
        "tests/test_tool.py",
        include_str!("../templates/python/test_tool.py"),
        false,
    ),
    (
        "tests/faults.py",
        include_str!("../templates/python/faults.py"),
        false,
    ),
];
const SHELL: &[Template] = &[
    ("tool.sh", include_str!("../templates/shell/tool.sh"), true),
    (
        "tests/test.sh",
        include_str!("../templates/shell/test.sh"),
        true,
    ),
    (
        "tests/faults.sh",
        include_str!("../templates/shell/faults.sh"),
        true,
    ),
];
const RUST: &[Template] = &[
    (
        "Cargo.toml",
        include_str!("../templates/rust/Cargo.toml.in"),
        false,
    ),
    (
        "src/main.rs",
        include_str!("../templates/rust/main.rs.in"),
        false,
    ),
    (
        "tests/answers.rs",
        include_str!("../templates/rust/answers.rs.in"),
        false,
    ),
    (
        "tests/faults.rs",
        include_str!("../templates/rust/faults.rs.in"),
        false,
    ),
    (
        ".gitignore",
        include_str!("../templates/rust/gitignore"),
        false,
    ),
];
const ANY: &[Template] = &[
    (
        "tool.toml",
        include_str!("../templates/any/tool.toml.in"),
        false,
    ),
    (
        "schemas/hello.input.json",
        include_str!("../templates/any/hello.input.json"),
        false,
    ),
    (
        "schemas/hello.output.json",
        include_str!("../templates/any/hello.output.json"),
        false,
    ),
    (
        "README.md",
        include_str!("../templates/any/README.md.in"),
        false,
    ),
    (
        ".evidence/.gitignore",
        include_str!("../templates/any/evidence.gitignore"),
        false,
    ),
];

/// Decides every file of a new tool, sorted by path. Writes nothing.
pub fn plan_new_tool(new: &NewTool) -> Result<Vec<GeneratedFile>, GenerateError> {
    check_description(&new.description)?;
    let own = match new.language {
        Language::Rust => RUST,
        Language::Python => PYTHON,
        Language::Shell => SHELL,
    };
    let mut files: Vec<GeneratedFile> = ANY
        .iter()
        .chain(own)
        .map(|&(path, text, executable)| GeneratedFile {
            path: PathBuf::from(path),
            content: filled(text, new),
            executable,
        })
        .collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

fn check_description(description: &str) -> Result<(), GenerateError> {
    let characters = description.chars().count();
    if !(1..=DESCRIPTION_CHARACTERS).contains(&characters) {
        return Err(GenerateError::DescriptionLength { characters });
    }
    match description.chars().find(|c| c.is_control()) {
        Some(character) => Err(GenerateError::DescriptionControl { character }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planned(description: &str) -> Result<usize, GenerateError> {
        plan_new_tool(&NewTool {
            name: "notes".parse().expect("a good name"),
            language: Language::Shell,
            kind: Kind::Exec,
            profile: Profile::Standard,
            description: description.to_owned(),
        })
        .map(|files| files.len())
    }

    #[test]
    fn a_description_is_one_line_within_its_length() {
        let long = "ä".repeat(1001);
        assert_eq!(planned(&long[2..]), Ok(8));
        assert_eq!(
            planned(&long),
            Err(GenerateError::DescriptionLength { characters: 1001 })
        );
        assert_eq!(
            planned(""),
            Err(GenerateError::DescriptionLength { characters: 0 })
        );
        let control = planned("a\nb").expect_err("because it has two lines");
        assert_eq!(
            control.to_string(),
            r"a description is one line of plain text, this one has the character '\n'"
        );
    }
}
