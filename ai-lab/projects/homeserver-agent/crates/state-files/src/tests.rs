use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::thread;

use super::*;

type Counts = BTreeMap<String, u64>;

fn folder() -> (tempfile::TempDir, StateFolder) {
    let at = tempfile::tempdir().expect("a folder is made");
    let state = StateFolder::at(at.path().join("state"));
    (at, state)
}

fn put(path: &Path, text: &[u8]) {
    fs::create_dir_all(path.parent().expect("it has one")).expect("a folder is made");
    File::create(path)
        .and_then(|mut file| file.write_all(text))
        .expect("it is written");
}

#[test]
fn what_is_kept_is_found_again_and_private() {
    let (at, state) = folder();
    let read = || state.read::<Counts>("totals.json").expect("it is read");
    assert_eq!(read(), Counts::new());
    for number in [1, 2] {
        let before = state.change("totals.json", |kept: &mut Counts| {
            kept.insert("a".to_owned(), number)
        });
        assert_eq!(before.expect("it is kept"), (number == 2).then_some(1));
    }
    assert_eq!(read(), Counts::from([("a".to_owned(), 2)]));
    let mode = |name: &str| {
        let path = at.path().join("state").join(name);
        fs::metadata(path)
            .expect("it is there")
            .permissions()
            .mode()
            & 0o777
    };
    assert_eq!((mode(""), mode("totals.json")), (0o700, 0o600));
}

#[test]
fn what_cannot_be_read_is_told_and_left_alone() {
    let (at, state) = folder();
    let path = at.path().join("state/alerts.json");
    put(&path, b"{\"a\":");
    let error = state.change("alerts.json", |kept: &mut Counts| kept.clear());
    let error = error.expect_err("it is broken").to_string();
    let start = format!("cannot use {}: EOF", path.display());
    assert!(error.starts_with(&start), "{error}");
    assert_eq!(fs::read_to_string(&path).expect("it is there"), "{\"a\":");
    let nowhere = StateFolder::at(PathBuf::from("/proc/nothing/here"));
    assert!(nowhere.change("a", |_: &mut Counts| ()).is_err());
}

#[test]
fn what_is_too_long_is_neither_read_nor_written() {
    let (at, state) = folder();
    let path = at.path().join("state/long.json");
    put(&path, &vec![b' '; FILE_BYTES + 1]);
    let read = state.read::<Counts>("long.json").map_err(|e| e.to_string());
    let why = format!(
        "cannot use {}: it is longer than 4194304 bytes",
        path.display()
    );
    assert_eq!(read, Err(why));
    let written = state.change("new.json", |kept: &mut String| {
        *kept = "x".repeat(FILE_BYTES);
    });
    assert!(written.is_err());
    assert!(!at.path().join("state/new.json").exists());
}

#[test]
fn a_half_written_file_of_a_killed_process_is_of_no_account() {
    let (at, state) = folder();
    put(&at.path().join("state/counts.json.new"), b"{\"half\":");
    let set = |number| {
        state.change("counts.json", |kept: &mut Counts| {
            kept.insert("n".to_owned(), number);
        })
    };
    set(7).expect("it is kept");
    assert_eq!(
        state.read::<Counts>("counts.json").expect("it is read"),
        Counts::from([("n".to_owned(), 7)])
    );
}

#[test]
fn writers_at_once_lose_nothing() {
    let (_at, state) = folder();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..25 {
                    state
                        .change("counts.json", |kept: &mut Counts| {
                            *kept.entry("n".to_owned()).or_default() += 1;
                        })
                        .expect("it is kept");
                }
            });
        }
    });
    assert_eq!(
        state.read::<Counts>("counts.json").expect("it is read"),
        Counts::from([("n".to_owned(), 100)])
    );
}
