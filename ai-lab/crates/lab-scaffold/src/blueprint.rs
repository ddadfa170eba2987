//! What a lab consists of.

use std::path::Path;

use crate::answers::Answers;
use crate::section::{Comment, Section};

/// One thing of a new lab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    /// Its path below the lab's folder, `/` between the parts.
    pub(crate) path: &'static str,
    /// What it is.
    pub(crate) kind: PieceKind,
}

/// What a piece is, and so what happens when it is there already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PieceKind {
    /// Written once; afterwards the person's.
    Whole(String),
    /// Shared: the section is the lab's for good, the rest the person's.
    Shared {
        /// What a new file starts with.
        preamble: String,
        /// The lab's part.
        section: Section,
    },
}

/// The file that makes a folder a lab.
pub(crate) const MARKER: &str = "ai-lab.toml";

/// Every path of the blueprint, in the order of writing: parents are made on the way, and [`MARKER`]
/// comes last, so that a folder whose writing was cut short is no lab yet.
pub(crate) const PATHS: [&str; 18] = [
    ".gitignore",
    ".gitattributes",
    "README.md",
    "AGENTS.md",
    "GEMINI.md",
    ".agents/skills/ai-lab-tools/SKILL.md",
    ".agents/skills/ai-lab-tracker/SKILL.md",
    "requirements.txt",
    "config/.gitkeep",
    "data/schemas/.gitkeep",
    "data/backups/.gitkeep",
    "tools/global-tools/.gitkeep",
    "tools/tracker/tool.toml",
    "tools/tracker/README.md",
    "projects/homeserver-agent/README.md",
    "projects/homeserver-agent/tools/.gitkeep",
    "projects/homeserver-agent/data/work-items/.gitkeep",
    MARKER,
];

/// The lab of these answers.
pub(crate) fn blueprint(answers: &Answers) -> Vec<Piece> {
    PATHS
        .into_iter()
        .map(|path| Piece {
            path,
            kind: kind(path, answers),
        })
        .collect()
}

fn kind(path: &str, answers: &Answers) -> PieceKind {
    let name = answers.name.as_str();
    let markdown = |preamble: &str, body: &str| PieceKind::Shared {
        preamble: preamble.replace("{name}", name),
        section: Section {
            comment: Comment::Markdown,
            body: body.to_owned(),
        },
    };
    let hash = |body: &str| PieceKind::Shared {
        preamble: String::new(),
        section: Section {
            comment: Comment::Hash,
            body: body.replace("{version}", answers.framework.version),
        },
    };
    match path {
        ".gitignore" => hash(include_str!("../templates/gitignore")),
        ".gitattributes" => hash(include_str!("../templates/gitattributes")),
        "tools/tracker/tool.toml" => hash(
            &include_str!("../templates/tracker.toml").replace("{lab}", &in_toml(&answers.folder)),
        ),
        "tools/tracker/README.md" => markdown(
            "# tracker\n\n",
            include_str!("../templates/tracker.readme.md"),
        ),
        "requirements.txt" => hash(include_str!("../templates/requirements.txt")),
        "AGENTS.md" => markdown("# {name}\n\n", include_str!("../templates/agents.md")),
        "GEMINI.md" => markdown("# {name}\n\n", include_str!("../templates/gemini.md")),
        ".agents/skills/ai-lab-tools/SKILL.md" => markdown(
            include_str!("../templates/skill-tools.head.md"),
            include_str!("../templates/skill-tools.md"),
        ),
        ".agents/skills/ai-lab-tracker/SKILL.md" => markdown(
            include_str!("../templates/skill-tracker.head.md"),
            include_str!("../templates/skill-tracker.md"),
        ),
        "README.md" => {
            PieceKind::Whole(include_str!("../templates/readme.md").replace("{name}", name))
        }
        "projects/homeserver-agent/README.md" => {
            PieceKind::Whole(include_str!("../templates/homeserver-agent.md").to_owned())
        }
        MARKER => PieceKind::Whole(
            include_str!("../templates/ai-lab.toml")
                .replace("{name}", name)
                .replace("{range}", answers.framework.range),
        ),
        // What is left are the folders that start empty: git keeps no folder without a file.
        _ => PieceKind::Whole(String::new()),
    }
}

/// A path between the quotes of a TOML string.
fn in_toml(path: &Path) -> String {
    let escaped = |c: char| match c {
        '"' | '\\' => format!("\\{c}"),
        c if c.is_control() => format!("\\u{:04X}", u32::from(c)),
        c => c.to_string(),
    };
    path.to_string_lossy().chars().map(escaped).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::FrameworkPin;

    fn answers() -> Answers {
        Answers {
            folder: "/home/jo/lab".into(),
            name: "Home".parse().expect("a name"),
            framework: FrameworkPin {
                range: "~0.1",
                version: "0.1.0",
            },
            git: true,
        }
    }

    #[test]
    fn only_the_empty_folders_have_an_empty_file() {
        for piece in blueprint(&answers()) {
            let is_empty = piece.kind == PieceKind::Whole(String::new());
            assert_eq!(
                is_empty,
                piece.path.ends_with("/.gitkeep"),
                "{}",
                piece.path
            );
        }
    }

    #[test]
    fn nothing_is_left_to_fill_in_and_every_text_ends_its_last_line() {
        for piece in blueprint(&answers()) {
            let text = match piece.kind {
                PieceKind::Whole(text) => text,
                PieceKind::Shared { preamble, section } => preamble + &section.body,
            };
            assert!(!text.contains("{name}"), "{}", piece.path);
            assert!(!text.contains("{range}"), "{}", piece.path);
            assert!(!text.contains("{version}"), "{}", piece.path);
            assert!(!text.contains("{lab}"), "{}", piece.path);
            assert!(text.is_empty() || text.ends_with('\n'), "{}", piece.path);
        }
    }

    /// What Agent Skills asks for: the folder's name as `name`, a description of 1 to 1024 characters.
    #[test]
    fn a_skill_is_named_as_its_folder_and_says_when_it_is_meant() {
        let skills = blueprint(&answers())
            .into_iter()
            .filter(|piece| piece.path.ends_with("/SKILL.md"));
        for piece in skills {
            let PieceKind::Shared { preamble, .. } = piece.kind else {
                panic!("a skill is shared");
            };
            let folder = piece
                .path
                .split('/')
                .nth_back(1)
                .expect("it lies in a folder");
            let lines: Vec<&str> = preamble.lines().collect();
            assert_eq!(lines[0], "---");
            assert_eq!(lines[1], format!("name: {folder}"));
            let description = lines[2].strip_prefix("description: ").expect("it has one");
            assert!((1..=1024).contains(&description.len()), "{description}");
            assert_eq!(lines[3], "---");
        }
    }

    #[test]
    fn a_path_with_quotes_stays_within_its_own() {
        let path = Path::new("/home/jo/a \"b\"\\c\n ä");
        assert_eq!(in_toml(path), "/home/jo/a \\\"b\\\"\\\\c\\u000A ä");
    }

    #[test]
    fn the_file_that_makes_it_a_lab_is_written_last() {
        assert_eq!(PATHS.last(), Some(&MARKER));
    }
}
