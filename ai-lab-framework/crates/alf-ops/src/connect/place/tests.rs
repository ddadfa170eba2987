use super::*;
use std::os::unix::fs::symlink;

/// A folder with a lab in it.
fn scene() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let lab = folder
        .path()
        .canonicalize()
        .expect("it is there")
        .join("lab");
    fs::create_dir(&lab).expect("a folder");
    (folder, lab)
}

fn put(path: &Path, text: &str) {
    let mut file = File::create(path).expect("a file");
    file.write_all(text.as_bytes()).expect("room on the disk");
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut names: Vec<String> = entries
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .into_string()
                .expect("text")
        })
        .collect();
    names.sort();
    names
}

fn told(read: Result<ClientFile, Failure>) -> String {
    read.expect_err("it is refused").chain().join(": ")
}

#[test]
fn a_file_is_replaced_as_a_whole_and_keeps_its_mode() {
    let (_folder, lab) = scene();
    let path = lab.join("a.json");
    put(&path, "old");
    fs::set_permissions(&path, Permissions::from_mode(0o640)).expect("it is ours");
    let file = ClientFile::read(&path, &lab).expect("it is read");
    assert_eq!(file.text.as_deref(), Some("old"));
    file.replace(Some("new"), 0o600).expect("it is written");
    assert_eq!(fs::read_to_string(&path).expect("a file"), "new");
    let mode = |path: &Path| fs::metadata(path).expect("a file").permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o640);

    let new = ClientFile::read(&lab.join("deep/er/b.json"), &lab).expect("there is none");
    assert_eq!(new.text, None);
    new.replace(Some("b"), 0o600).expect("it is written");
    assert_eq!(mode(&lab.join("deep/er/b.json")), 0o600);
    assert_eq!(mode(&lab.join("deep")), 0o700);
    let again = ClientFile::read(&lab.join("deep/er/b.json"), &lab).expect("it is read");
    again.replace(None, 0o600).expect("it is taken away");
    assert_eq!(names(&lab.join("deep/er")), Vec::<String>::new());
}

#[test]
fn what_somebody_else_wrote_meanwhile_stays() {
    let (_folder, lab) = scene();
    let path = lab.join("a.json");
    put(&path, "old");
    let file = ClientFile::read(&path, &lab).expect("it is read");
    put(&path, "theirs");
    let failure = file.replace(Some("new"), 0o600).expect_err("it changed");
    assert_eq!(failure.class, ErrorClass::Conflict);
    assert_eq!(fs::read_to_string(&path).expect("a file"), "theirs");
    let none = ClientFile::read(&lab.join("b.json"), &lab).expect("there is none");
    put(&lab.join("b.json"), "theirs");
    assert!(none.replace(Some("new"), 0o600).is_err());
    assert_eq!(names(&lab), ["a.json", "b.json"]);
}

#[test]
fn a_link_is_followed_within_its_root_and_stays_a_link() {
    let (folder, lab) = scene();
    fs::create_dir(lab.join("kept")).expect("a folder");
    put(&lab.join("kept/a.json"), "old");
    symlink("kept/a.json", lab.join("a.json")).expect("a link");
    let file = ClientFile::read(&lab.join("a.json"), &lab).expect("it is read");
    file.replace(Some("new"), 0o600).expect("it is written");
    assert_eq!(
        fs::read_to_string(lab.join("kept/a.json")).expect("a file"),
        "new"
    );
    assert!(
        fs::symlink_metadata(lab.join("a.json"))
            .expect("a link")
            .is_symlink()
    );

    let outside = folder
        .path()
        .canonicalize()
        .expect("it is there")
        .join("outside.json");
    put(&outside, "theirs");
    symlink(&outside, lab.join("out.json")).expect("a link");
    symlink(folder.path(), lab.join("up")).expect("a link");
    symlink("nowhere", lab.join("gone.json")).expect("a link");
    for name in ["out.json", "up/outside.json", "up/new/x.json"] {
        let told = told(ClientFile::read(&lab.join(name), &lab));
        assert!(told.contains("is left alone: it leads out of"), "{told}");
    }
    let gone = told(ClientFile::read(&lab.join("gone.json"), &lab));
    assert_eq!(
        gone,
        format!(
            "{} is left alone: it is a link that leads nowhere",
            lab.join("gone.json").display()
        )
    );
    assert_eq!(fs::read_to_string(&outside).expect("a file"), "theirs");
}

#[test]
fn what_is_no_text_file_is_named() {
    let (_folder, lab) = scene();
    fs::create_dir(lab.join("folder.json")).expect("a folder");
    File::create(lab.join("bytes.json"))
        .and_then(|mut file| file.write_all(b"a\xff"))
        .expect("a file");
    put(&lab.join("file"), "");
    for (name, why) in [
        ("folder.json", "it is a folder, not a file"),
        ("bytes.json", "it is not UTF-8 (byte 1)"),
        ("file/a.json", "Not a directory (os error 20)"),
    ] {
        let path = lab.join(name);
        let expected = format!("cannot read {}: {why}", path.display());
        assert_eq!(told(ClientFile::read(&path, &lab)), expected);
    }
}

#[test]
fn a_folder_that_cannot_be_written_loses_nothing() {
    let (_folder, lab) = scene();
    let path = lab.join("a.json");
    put(&path, "old");
    let file = ClientFile::read(&path, &lab).expect("it is read");
    // Something of another kind stands where the new text is written first.
    let beside = lab.join(format!(".a.json.{}.new", std::process::id()));
    fs::create_dir(&beside).expect("a folder");
    let failure = file
        .replace(Some("new"), 0o600)
        .expect_err("there is no room for it");
    assert_eq!(
        failure.to_string(),
        format!("cannot write {}", path.display())
    );
    assert_eq!(fs::read_to_string(&path).expect("a file"), "old");
}

#[test]
fn copies_are_few_and_never_written_over() {
    let (_folder, lab) = scene();
    let path = lab.join("a.json");
    put(&path, "old");
    put(&lab.join("a.json.mine.bak"), "mine");
    let file = ClientFile::read(&path, &lab).expect("it is read");
    let second = 1_763_863_200_000;
    for nth in 0..3 {
        let copy = file
            .keep(second + 7)
            .expect("it is kept")
            .expect("there is a file");
        let suffix = if nth == 0 {
            String::new()
        } else {
            format!("-{nth}")
        };
        assert_eq!(
            copy,
            lab.join(format!("a.json.20251123T020000Z{suffix}.bak"))
        );
        assert_eq!(fs::read_to_string(&copy).expect("a copy"), "old");
    }
    for minute in 1..=4 {
        file.keep(second + minute * 60_000).expect("it is kept");
    }
    assert_eq!(
        names(&lab),
        [
            "a.json",
            "a.json.20251123T020000Z-2.bak",
            "a.json.20251123T020100Z.bak",
            "a.json.20251123T020200Z.bak",
            "a.json.20251123T020300Z.bak",
            "a.json.20251123T020400Z.bak",
            "a.json.mine.bak",
        ]
    );
    let none = ClientFile::read(&lab.join("b.json"), &lab).expect("there is none");
    assert_eq!(none.keep(second).expect("nothing to keep"), None);
}
