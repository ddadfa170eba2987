//! Backups made, checked and put back, with every way in which they can be wrong.

use std::fs;
use std::path::{Path, PathBuf};

use lab_backup::BackupKind;
use lab_model::Moment;

use super::finish::{READY, RESTORE};
use super::{
    Archive, CreateBackup, Policy, ReadBackupError, RestoreError, create, find, list, prune,
    restore_over, restore_to, verify,
};
use crate::item::{ItemQuery, NewItem, Paging, add};
use crate::{By, Failure as _, Lab, Places, item};

struct Desk(tempfile::TempDir);

fn at(second: i64) -> Moment {
    Moment::from_ms(1_770_091_506_000 + second * 1_000).expect("in range")
}

impl Desk {
    fn new() -> Self {
        let desk = Self(tempfile::tempdir().expect("a folder is made"));
        fs::create_dir(desk.0.path().join("lab")).expect("made");
        desk.write("lab/ai-lab.toml", "format = 1\n");
        desk
    }

    fn at(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn lab(&self) -> Lab {
        Lab::at(&self.at("lab")).expect("a lab")
    }

    #[expect(clippy::disallowed_methods, reason = "the test writes its own lab")]
    fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.at(path);
        fs::create_dir_all(path.parent().expect("it has one")).expect("made");
        fs::write(path, text).expect("written");
    }

    fn add(&self, title: &str) {
        let by = By {
            actor: "person:jo".parse().expect("an actor"),
            at: at(0),
            seen_revision: None,
        };
        let new = NewItem {
            title: title.to_owned(),
            ..NewItem::default()
        };
        add(&self.lab(), &by, new).expect("added");
    }

    fn backup(&self, second: i64) -> Archive {
        let made = create(&self.lab(), at(second), &plain()).expect("it is made");
        archive(&made.archive)
    }
}

const fn plain<'a>() -> CreateBackup<'a> {
    CreateBackup {
        into: None,
        key: None,
        places: None,
        kind: BackupKind::Regular,
    }
}

fn archive(path: &Path) -> Archive {
    Archive {
        path: path.to_owned(),
        key: None,
    }
}

fn titles(lab: &Lab) -> Vec<String> {
    let by = By {
        actor: "person:jo".parse().expect("an actor"),
        at: at(99),
        seen_revision: None,
    };
    let rows = item::list(lab, &by, &[], ItemQuery::default(), Paging::default()).expect("listed");
    rows.items.into_iter().map(|row| row.title).collect()
}

#[test]
fn a_backup_is_put_back_at_a_new_place() {
    let desk = Desk::new();
    desk.add("one");
    desk.write("lab/config/tools/monitoring.toml", "top = 3\n");
    desk.write("lab/tools.lock", "{}");
    let backup = desk.backup(1);
    desk.add("two");
    let found = verify(&backup, at(2), &Places::default()).expect("it is sound");
    assert_eq!(
        (found.files, found.entities["item"], found.writes),
        (4, 1, 1)
    );
    let restored = restore_to(&backup, &desk.at("else/new"), at(3)).expect("it is put back");
    assert_eq!((restored.files, restored.replaced), (4, None));
    let new = Lab::at(&desk.at("else/new")).expect("a lab");
    assert_eq!(titles(&new), ["one"]);
    assert_eq!(titles(&desk.lab()), ["one", "two"]);
    let read = |path: &str| fs::read_to_string(desk.at(path)).expect("there");
    assert_eq!(read("else/new/config/tools/monitoring.toml"), "top = 3\n");
    let again = restore_to(&backup, &desk.at("else/new"), at(3)).expect_err("it is taken");
    assert!(matches!(&again, RestoreError::Occupied(path) if *path == desk.at("else/new")));
    assert_eq!(
        fs::read_dir(desk.at("else")).expect("listed").count(),
        1,
        "nothing is left over"
    );
    assert_eq!(list(&desk.lab(), None).expect("listed").backups.len(), 1);
}

#[test]
fn what_a_restore_replaces_is_kept_and_can_be_put_back_too() {
    let desk = Desk::new();
    desk.add("one");
    desk.write("lab/config/a.toml", "old");
    let backup = desk.backup(1);
    desk.add("two");
    desk.write("lab/config/a.toml", "new");
    desk.write("lab/config/b.toml", "mine");
    let restored = restore_over(&desk.lab(), &backup, at(2)).expect("it is put back");
    assert_eq!(titles(&desk.lab()), ["one"]);
    let read = |path: &str| fs::read_to_string(desk.at(path)).expect("there");
    assert_eq!(
        (
            read("lab/config/a.toml").as_str(),
            read("lab/config/b.toml").as_str()
        ),
        ("old", "mine")
    );
    let kept = restored.replaced.expect("something was there");
    assert_eq!(
        kept,
        desk.at("lab/data/backups/ai-lab-20260203T040508Z-replaced.tar.zst")
    );
    restore_over(&desk.lab(), &archive(&kept), at(3)).expect("it is put back");
    assert_eq!(titles(&desk.lab()), ["one", "two"]);
    assert_eq!(read("lab/config/a.toml"), "new");
    assert_eq!(
        fs::read_dir(desk.at("lab").join(RESTORE))
            .expect("listed")
            .count(),
        0
    );
}

#[test]
fn a_restore_that_was_decided_is_finished_by_the_next_command_and_one_that_was_not_is_nothing() {
    let desk = Desk::new();
    desk.add("one");
    let backup = desk.backup(1);
    desk.add("two");
    // Killed while it was unpacked: nothing was decided.
    desk.write(
        "lab/data/.restore/.scratch-1-0/content/data/ai_lab.db",
        "half of it",
    );
    assert_eq!(titles(&desk.lab()), ["one", "two"]);
    // Killed after the decision.
    restore_to(&backup, &desk.at("lab").join(RESTORE).join(READY), at(2)).expect("unpacked");
    assert_eq!(titles(&desk.lab()), ["one"]);
    assert!(!desk.at("lab").join(RESTORE).join(READY).exists());
    let kept = list(&desk.lab(), None).expect("listed").backups;
    assert_eq!(
        kept.iter().filter(|it| it.kind == "replaced").count(),
        1,
        "{kept:?}"
    );
}

#[test]
fn a_damaged_database_and_a_stale_log_do_the_restored_one_no_harm() {
    for damaged in ["", "no database", "SQLite format 3\0and then nothing"] {
        let desk = Desk::new();
        desk.add("one");
        let backup = desk.backup(1);
        desk.write("lab/data/ai_lab.db", damaged);
        desk.write("lab/data/ai_lab.db-wal", "left over");
        desk.write("lab/data/ai_lab.db-shm", vec![0; 32_768]);
        let restored = restore_over(&desk.lab(), &backup, at(2)).expect("it is put back");
        assert_eq!(titles(&desk.lab()), ["one"], "{damaged}");
        let kept = restored.replaced.expect("something was there");
        let read = |name: &str| fs::read(kept.join(name)).expect("kept");
        assert_eq!(read("ai_lab.db"), damaged.as_bytes());
        // SQLite itself throws a log away that belongs to nothing; what it has not seen is kept.
        if damaged.is_empty() {
            assert_eq!(read("ai_lab.db-wal"), b"left over");
        }
    }
    let desk = Desk::new();
    desk.add("one");
    let backup = desk.backup(1);
    fs::remove_file(desk.at("lab/data/ai_lab.db")).expect("removed");
    desk.write("lab/data/ai_lab.db-wal", "left over");
    restore_over(&desk.lab(), &backup, at(2)).expect("it is put back");
    assert_eq!(titles(&desk.lab()), ["one"]);
}

/// Every file of the lab but its backups, with what is in it.
fn state(desk: &Desk) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![desk.at("lab")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("listed") {
            let path = entry.expect("read").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push((path.clone(), fs::read(&path).expect("read")));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn a_backup_that_is_not_whole_is_named_and_changes_nothing() {
    let desk = Desk::new();
    desk.add("one");
    let whole = fs::read(&desk.backup(1).path).expect("read");
    desk.add("two");
    let step = whole.len() / 40;
    let mut wrong: Vec<Vec<u8>> = (0..whole.len())
        .step_by(step)
        .map(|at| {
            let mut changed = whole.clone();
            changed[at] ^= 0x10;
            changed
        })
        .collect();
    wrong.extend(
        (0..whole.len())
            .step_by(step)
            .map(|length| whole[..length].to_vec()),
    );
    desk.write("wrong.tar.zst", "");
    // Once, so that the place for restores is there before the states are compared.
    let refused = restore_over(&desk.lab(), &archive(&desk.at("wrong.tar.zst")), at(2));
    assert!(refused.is_err());
    let before = state(&desk);
    for bytes in wrong {
        desk.write("wrong.tar.zst", &bytes);
        let wrong = archive(&desk.at("wrong.tar.zst"));
        let refused = restore_over(&desk.lab(), &wrong, at(2)).expect_err("it is not whole");
        let told = refused.to_string();
        assert!(
            told.contains("is damaged") || told.contains("is cut short"),
            "{told}"
        );
        assert!(told.contains("wrong.tar.zst"), "{told}");
        assert!(verify(&wrong, at(2), &Places::default()).is_err());
        assert!(restore_to(&wrong, &desk.at("new"), at(2)).is_err());
        assert!(!desk.at("new").exists());
    }
    assert!(state(&desk) == before, "something was changed");
    assert_eq!(titles(&desk.lab()), ["one", "two"]);
}

#[test]
#[expect(clippy::too_many_lines, reason = "a scene is as long as its steps")]
fn a_sealed_backup_needs_its_key() {
    let desk = Desk::new();
    desk.add("one");
    let key = |name: &str| {
        #[expect(clippy::disallowed_methods, reason = "the test makes its own keys")]
        let made = std::process::Command::new("age-keygen")
            .arg("-o")
            .arg(desk.at(name))
            .output();
        assert!(
            made.expect("the package `age` is installed")
                .status
                .success()
        );
        let text = fs::read_to_string(desk.at(name)).expect("there");
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix("# public key: "));
        line.expect("it is told").to_owned()
    };
    let (public, _other) = (key("secret"), key("other"));
    let asked = CreateBackup {
        key: Some(&public),
        ..plain()
    };
    let made = create(&desk.lab(), at(1), &asked).expect("it is made");
    assert!(made.is_sealed && made.archive.extension().is_some_and(|it| it == "age"));
    desk.add("two");
    let with = |key: Option<&str>| Archive {
        path: made.archive.clone(),
        key: key.map(|name| desk.at(name)),
    };
    let refused = restore_over(&desk.lab(), &with(None), at(2)).expect_err("it is sealed");
    assert!(matches!(
        refused,
        RestoreError::Read(ReadBackupError::NoKey(_))
    ));
    let refused = restore_over(&desk.lab(), &with(Some("other")), at(2)).expect_err("another's");
    assert!(
        refused
            .to_string()
            .contains("cannot be opened: no identity matched"),
        "{refused}"
    );
    assert!(
        refused
            .hint()
            .is_some_and(|hint| hint.contains("age-keygen"))
    );
    assert_eq!(titles(&desk.lab()), ["one", "two"]);
    restore_over(&desk.lab(), &with(Some("secret")), at(2)).expect("it is ours");
    assert_eq!(titles(&desk.lab()), ["one"]);
    let wrong = CreateBackup {
        key: Some("age1nobody"),
        ..plain()
    };
    let before = list(&desk.lab(), None).expect("listed").backups.len();
    assert!(create(&desk.lab(), at(3), &wrong).is_err());
    assert_eq!(
        list(&desk.lab(), None).expect("listed").backups.len(),
        before
    );
}

#[test]
fn a_backup_is_found_by_name_path_and_age_and_pruned_by_policy() {
    let desk = Desk::new();
    desk.add("one");
    let first = desk.backup(0);
    let second = desk.backup(1);
    let later = desk.backup(7_200);
    desk.write("lab/data/backups/mine.txt", "not a backup");
    restore_over(&desk.lab(), &later, at(7_201)).expect("it is put back");
    let lab = desk.lab();
    let found = |given: &str| find(Some(&lab), given, desk.0.path()).map_err(|it| it.to_string());
    let name = later
        .path
        .file_name()
        .expect("it has one")
        .to_str()
        .expect("text");
    assert_eq!(found(name), Ok(later.path.clone()));
    assert_eq!(
        found(&format!("lab/data/backups/{name}")),
        Ok(later.path.clone())
    );
    assert_eq!(
        found("nothing"),
        Err("there is no backup `nothing`".to_owned())
    );
    assert!(
        found("latest")
            .expect("there")
            .to_str()
            .expect("text")
            .contains("replaced")
    );
    let policy = Policy {
        hourly: 2,
        daily: 0,
        weekly: 0,
        monthly: 0,
    };
    let planned = prune(&lab, None, policy, false).expect("planned");
    let gone = first
        .path
        .file_name()
        .expect("it has one")
        .to_str()
        .expect("text");
    assert_eq!(
        (planned.removed.clone(), planned.kept),
        (vec![gone.to_owned()], 3)
    );
    assert!(first.path.exists());
    prune(&lab, None, policy, true).expect("pruned");
    assert!(
        !first.path.exists()
            && second.path.exists()
            && desk.at("lab/data/backups/mine.txt").exists()
    );
    let nothing = Policy {
        hourly: 0,
        ..policy
    };
    assert!(prune(&lab, None, nothing, true).is_err());
}
