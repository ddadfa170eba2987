//! `ai-lab init`

use std::fs;
use std::path::Path;

use crate::program::{Ended, ai_lab, script, turn};

fn home() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder is made")
}

/// Runs `ai-lab init` in that folder; its place is shown as `HOME`.
fn init(folder: &Path, arguments: &[&str]) -> Ended {
    let all = [&["init"], arguments].concat();
    let ended = ai_lab(folder, &[], &all);
    let shown = |text: &str| text.replace(&folder.display().to_string(), "HOME");
    Ended {
        code: ended.code,
        stdout: shown(&ended.stdout),
        stderr: shown(&ended.stderr),
    }
}

const PLAN: &str = "\
create  .gitignore
create  .gitattributes
create  README.md
create  AGENTS.md
create  GEMINI.md
create  .agents/skills/ai-lab-tools/SKILL.md
create  .agents/skills/ai-lab-tracker/SKILL.md
create  requirements.txt
create  config/.gitkeep
create  data/schemas/.gitkeep
create  data/backups/.gitkeep
create  tools/global-tools/.gitkeep
create  tools/tracker/tool.toml
create  tools/tracker/README.md
create  projects/homeserver-agent/README.md
create  projects/homeserver-agent/tools/.gitkeep
create  projects/homeserver-agent/data/work-items/.gitkeep
create  ai-lab.toml
";

/// A listing without its head.
fn rows(stdout: &str) -> &str {
    match stdout.split_once('\n') {
        Some((head, rows)) if head.starts_with("WHAT") => rows,
        Some(_) | None => stdout,
    }
}

#[test]
fn a_plan_a_lab_and_nothing_to_change() {
    let at = home();
    let planned = init(at.path(), &["lab", "--dry-run"]);
    assert_eq!(planned.code, Some(0), "{planned:?}");
    let no_git = "git: there is no git program, so no repository\n";
    assert_eq!(
        rows(&planned.stdout),
        format!("{PLAN}{no_git}this is the plan for HOME/lab: nothing was written\n")
    );
    assert!(!at.path().join("lab").exists());

    let done = init(at.path(), &["lab"]);
    assert_eq!(
        rows(&done.stdout),
        format!("{PLAN}{no_git}HOME/lab is a lab, `lab`\n")
    );

    let again = init(at.path(), &["lab/."]);
    assert_eq!(
        again,
        Ended {
            code: Some(0),
            stdout: "nothing to change: HOME/lab is a lab and up to date\n".to_owned(),
            stderr: String::new(),
        }
    );
}

#[test]
fn a_name_is_taken_and_a_wrong_one_refused() {
    let at = home();
    let named = init(
        at.path(),
        &["lab", "--name", "My lab", "--no-git", "--json"],
    );
    assert!(named.stdout.contains("\"name\": \"My lab\""), "{named:?}");
    assert_eq!(
        init(at.path(), &["other", "--name", "."]),
        Ended {
            code: Some(2),
            stdout: String::new(),
            stderr: "error: the name cannot be used\n\
                     because: `.` is no lab name: 1 to 64 letters, digits, spaces, `.`, `_`, `-`, \
                     a letter or digit at both ends\n\
                     next: `ai-lab init --name NAME` gives it another\n"
                .to_owned(),
        }
    );
}

#[test]
fn a_lost_marker_is_told_and_nothing_is_written() {
    let at = home();
    script(&at.path().join("AGENTS.md"), "<!-- ai-lab:begin -->");
    let ended = init(at.path(), &[".", "--name", "lab"]);
    assert_eq!(
        ended,
        Ended {
            code: Some(6),
            stdout: String::new(),
            stderr: "error: nothing was written\n\
                     because: AGENTS.md: the section that begins in line 2 has lost its end marker \
                     `<!-- ai-lab:end -->`\n\
                     next: mend the markers by hand, then run the same command again\n"
                .to_owned(),
        }
    );
    let entries = fs::read_dir(at.path())
        .expect("the folder is listed")
        .count();
    assert_eq!(entries, 1);
}

#[test]
fn a_repository_is_made_by_the_git_on_the_path() {
    let _turn = turn();
    let (at, bin) = (home(), home());
    script(&bin.path().join("git"), "echo \"$@\" >> told");
    let ended = ai_lab(at.path(), &[("PATH", bin.path())], &["init", "lab"]);
    assert!(
        ended
            .stdout
            .contains("git: a new repository, branch main\n"),
        "{ended:?}"
    );
    let told = fs::read_to_string(at.path().join("lab/told")).expect("git has run");
    assert!(
        told.starts_with("init --quiet --initial-branch=main .\n"),
        "{told}"
    );
    assert!(
        told.ends_with("merge.ai-lab.driver ai-lab merge-file %O %A %B %P\n"),
        "{told}"
    );
}

/// The commands that a text quotes: the words after `ai-lab` that name one, without arguments.
fn quoted_commands(text: &str) -> Vec<Vec<&str>> {
    let spans = text.split('`').skip(1).step_by(2);
    let commands = spans.filter_map(|span| span.strip_prefix("ai-lab "));
    let is_word = |word: &&str| word.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    commands
        .map(|rest| {
            let words = rest.split(' ').take_while(is_word);
            words.filter(|word| !word.starts_with('-')).collect()
        })
        .collect()
}

#[test]
fn every_command_that_a_new_lab_quotes_is_one() {
    let at = home();
    init(at.path(), &[".", "--name", "lab"]);
    let mut seen = 0;
    for path in [
        "AGENTS.md",
        "README.md",
        ".agents/skills/ai-lab-tools/SKILL.md",
        ".agents/skills/ai-lab-tracker/SKILL.md",
    ] {
        let text = fs::read_to_string(at.path().join(path)).expect("it was written");
        for words in quoted_commands(&text) {
            let asked = [words.as_slice(), &["--help"]].concat();
            let help = ai_lab(at.path(), &[], &asked);
            assert_eq!(help.code, Some(0), "{path} quotes {words:?}: {help:?}");
            let usage = format!("Usage: ai-lab {}", words.join(" "));
            assert!(
                help.stdout.contains(&usage),
                "{path} quotes {words:?}: {}",
                help.stdout
            );
            seen += 1;
        }
    }
    assert!(seen >= 10, "only {seen} commands were found");
}
