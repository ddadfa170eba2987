//! The repository of a new lab, with a git that says what it was told.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use lab_scaffold::{Answers, DriverAct, GitAct, InitPlan, carry_out, plan_init, survey};

use crate::{answers, folder, program, write};

/// One test at a time: a script whose writer is copied into another test's child cannot be started.
fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn planned(lab: &Path, search_path: Option<&OsStr>) -> InitPlan {
    let wanted = Answers {
        git: true,
        ..answers()
    };
    let existing = survey(lab, search_path).expect("the folder is read");
    plan_init(&wanted, &existing).expect("it can be planned")
}

#[test]
fn a_new_lab_outside_a_repository_becomes_one() {
    let _turn = turn();
    let (at, bin) = (folder(), folder());
    let git = bin.path().join("git");
    program(&git, "#!/bin/sh\necho \"$@\" >> told\n");
    let lab = at.path().join("home");
    let plan = planned(&lab, Some(bin.path().as_os_str()));
    assert_eq!(plan.git, GitAct::Init { program: git });
    assert!(plan.changes_anything());
    carry_out(&plan, &lab).expect("it is carried out");
    let told = fs::read_to_string(lab.join("told")).expect("git has run in the lab");
    assert_eq!(
        told,
        "init --quiet --initial-branch=main .\n\
         config --local merge.ai-lab.name fields of a lab's files\n\
         config --local merge.ai-lab.driver ai-lab merge-file %O %A %B %P\n"
    );
}

#[test]
fn a_folder_inside_a_repository_stays_in_it() {
    let _turn = turn();
    let (at, bin) = (folder(), folder());
    program(&bin.path().join("git"), "#!/bin/sh\nexit 1\n");
    write(&at.path().join(".git/HEAD"), "ref: refs/heads/main\n");
    let lab = at.path().join("deep/home");
    let plan = planned(&lab, Some(bin.path().as_os_str()));
    assert_eq!(plan.git, GitAct::Present);
}

#[test]
fn without_a_git_program_the_lab_is_written_all_the_same() {
    let at = folder();
    let plan = planned(at.path(), Some(OsStr::new("/nowhere:/neither")));
    assert_eq!(plan.git, GitAct::NoProgram);
    carry_out(&plan, at.path()).expect("it is carried out");
    assert!(at.path().join("ai-lab.toml").is_file());
    assert_eq!(planned(folder().path(), None).git, GitAct::NoProgram);
}

#[test]
fn a_git_that_fails_is_told_in_its_own_words_and_nothing_is_written() {
    let _turn = turn();
    let (at, bin) = (folder(), folder());
    let git = bin.path().join("git");
    program(&git, "#!/bin/sh\necho 'fatal: no room' >&2\nexit 128\n");
    let plan = planned(at.path(), Some(bin.path().as_os_str()));
    let error = carry_out(&plan, at.path()).expect_err("git fails");
    assert_eq!(error.to_string(), "`git init` failed: fatal: no room");
    fs::remove_file(&git).expect("git is removed");
    let error = carry_out(&plan, at.path()).expect_err("git is gone");
    assert_eq!(
        error.to_string(),
        format!("cannot start `{}`", git.display())
    );
    assert_eq!(crate::tree(at.path()).len(), 0);
}

#[test]
fn a_clone_that_does_not_know_the_merge_driver_is_told_once() {
    let _turn = turn();
    let (at, bin) = (folder(), folder());
    let git = bin.path().join("git");
    program(
        &git,
        "#!/bin/sh\nif [ \"$2\" = --get ]; then cat known 2>/dev/null || exit 1; else echo x > known; fi\n",
    );
    write(&at.path().join(".git/HEAD"), "ref: refs/heads/main\n");
    let path = Some(bin.path().as_os_str());
    carry_out(&planned(at.path(), path), at.path()).expect("it is carried out");
    // A fresh clone has the files and not the settings.
    fs::remove_file(at.path().join("known")).expect("it was told");
    let plan = planned(at.path(), path);
    assert_eq!(
        plan.merge_driver,
        DriverAct::Install {
            program: git.clone()
        }
    );
    assert!(plan.changes_anything());
    carry_out(&plan, at.path()).expect("it is carried out");
    let again = planned(at.path(), path);
    assert_eq!(again.merge_driver, DriverAct::Present);
    assert!(!again.changes_anything());
    // A git that cannot say is left alone.
    program(&git, "#!/bin/sh\nexit 128\n");
    assert_eq!(
        planned(at.path(), path).merge_driver,
        DriverAct::NoRepository
    );
}
