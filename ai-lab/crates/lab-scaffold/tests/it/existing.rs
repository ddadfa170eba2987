//! A lab where a person has written before.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use lab_scaffold::section::SectionError;
use lab_scaffold::{BrokenSection, PlanError};

use crate::{folder, init, plan, tree, write};

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("it is text")
}

#[test]
fn the_persons_files_stay_byte_for_byte() {
    let at = folder();
    let mine = [
        ("AGENTS.md", "\u{feff}# Mine\r\n\r\nno last newline"),
        ("README.md", "mine\n"),
        (".gitignore", "*.log"),
        ("src/main.rs", "fn main() {}\n"),
    ];
    for (path, text) in mine {
        write(&at.path().join(path), text);
    }
    let told = init(at.path());
    let files = tree(at.path());
    for (path, text) in mine {
        assert!(files[path].starts_with(text), "{path}: {}", files[path]);
    }
    assert_eq!(files["README.md"], "mine\n");
    assert!(
        told.contains(&"keep README.md: it is yours".to_owned()),
        "{told:?}"
    );
    assert!(told.contains(&"update AGENTS.md".to_owned()), "{told:?}");
    assert!(!files["AGENTS.md"].replace("\r\n", "").contains('\n'));
    // Only what is the person's is told the second time.
    assert_eq!(init(at.path()), ["keep README.md: it is yours"]);
}

#[test]
fn an_old_section_is_brought_up_to_date_between_the_persons_lines() {
    let at = folder();
    init(at.path());
    let agents = at.path().join("AGENTS.md");
    let new = read(&agents);
    let begin = new.find("<!-- ai-lab:begin").expect("it has a section");
    let old =
        "above\n<!-- ai-lab:begin (older) -->\nold\n<!-- ai-lab:end -->\nbelow, no last newline";
    write(&agents, old);
    assert_eq!(init(at.path()), ["update AGENTS.md"]);
    let section = new[begin..].trim_end();
    assert_eq!(
        read(&agents),
        format!("above\n{section}\nbelow, no last newline")
    );
}

#[test]
fn what_the_person_removed_from_a_lab_stays_away() {
    let at = folder();
    init(at.path());
    let project = at.path().join("projects/homeserver-agent");
    fs::remove_dir_all(&project).expect("the project is removed");
    assert_eq!(
        init(at.path()),
        [
            "keep projects/homeserver-agent/README.md: you left it out",
            "keep projects/homeserver-agent/tools/.gitkeep: you left it out",
            "keep projects/homeserver-agent/data/work-items/.gitkeep: you left it out",
        ]
    );
    assert!(!project.exists());
}

#[test]
fn markers_that_do_not_pair_stop_everything_before_anything_is_written() {
    let at = folder();
    write(
        &at.path().join("AGENTS.md"),
        "<!-- ai-lab:begin -->\nmine?\n",
    );
    write(&at.path().join(".gitignore"), "# ai-lab:end\n");
    let before = tree(at.path());
    let error = plan(at.path()).expect_err("it cannot be told whose lines these are");
    assert_eq!(
        error,
        PlanError::Sections(vec![
            BrokenSection {
                path: ".gitignore",
                error: SectionError::LostBegin { end: 1 },
            },
            BrokenSection {
                path: "AGENTS.md",
                error: SectionError::LostEnd {
                    begin: 1,
                    marker: "<!-- ai-lab:end -->",
                },
            },
        ])
    );
    assert_eq!(
        error.to_string(),
        ".gitignore: the end marker in line 1 has lost its begin marker\n\
         AGENTS.md: the section that begins in line 1 has lost its end marker `<!-- ai-lab:end -->`"
    );
    assert_eq!(tree(at.path()), before);
}

#[test]
fn a_link_is_neither_followed_nor_replaced() {
    let at = folder();
    let elsewhere = folder();
    let target = elsewhere.path().join("shared.md");
    write(&target, "somebody's\n");
    symlink(&target, at.path().join("GEMINI.md")).expect("the link is made");
    let told = init(at.path());
    assert!(
        told.contains(&"keep GEMINI.md: it is no plain file".to_owned()),
        "{told:?}"
    );
    assert_eq!(read(&target), "somebody's\n");
    assert!(at.path().join("GEMINI.md").is_symlink());
}

#[test]
fn a_file_too_large_to_read_is_kept() {
    let at = folder();
    let large = "x".repeat(1_048_577);
    write(&at.path().join("AGENTS.md"), &large);
    let told = init(at.path());
    let kept = "keep AGENTS.md: it is larger than a megabyte".to_owned();
    assert!(told.contains(&kept), "{told:?}");
    assert_eq!(read(&at.path().join("AGENTS.md")), large);
}

#[test]
fn a_shared_file_keeps_its_permissions() {
    let at = folder();
    let agents = at.path().join("AGENTS.md");
    write(&agents, "mine\n");
    fs::set_permissions(&agents, fs::Permissions::from_mode(0o640)).expect("they are set");
    init(at.path());
    let mode = fs::metadata(&agents)
        .expect("it is there")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o640);
}

#[test]
fn a_file_where_a_folder_is_needed_is_named() {
    let at = folder();
    let data = at.path().join("data");
    write(&data, "mine\n");
    let error = plan(at.path()).expect_err("there is no room");
    assert_eq!(error, PlanError::Blocked(data));
    assert_eq!(tree(at.path()).len(), 1);
}

#[test]
fn a_folder_that_cannot_be_read_is_named() {
    let at = folder();
    let lab = at.path().join("x".repeat(256));
    let error = lab_scaffold::survey(&lab, None).expect_err("no folder has such a name");
    let expected = format!("cannot read `{}`", lab.join(".gitignore").display());
    assert_eq!(error.to_string(), expected);
}
