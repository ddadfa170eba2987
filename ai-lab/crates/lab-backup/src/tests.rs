//! Archives that are whole, changed, cut, made up, sealed.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::pack::SKIPPED;
use crate::{
    ArchiveError, BackupKind, Manifest, PackError, SealError, Source, pack, seal, unpack, unseal,
};

struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder is made"))
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    #[expect(clippy::disallowed_methods, reason = "the test writes what it packs")]
    fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.at(name);
        fs::write(&path, bytes).expect("it is written");
        path
    }

    fn source(&self, path: &str, bytes: &[u8]) -> Source {
        let file = self.write(&path.replace('/', "_"), bytes);
        Source {
            path: path.to_owned(),
            file,
        }
    }

    fn packed(&self, name: &str) -> PathBuf {
        let archive = self.at(name);
        let sources = [
            self.source("data/ai_lab.db", &[7; 3_000]),
            self.source("config/tools/ä b.toml", b"x = 1\n"),
            self.source("ai-lab.toml", b""),
        ];
        let made = pack(manifest(), &sources, &archive).expect("it is packed");
        assert_eq!(made.files.len(), 3);
        archive
    }

    /// Nothing at that path is left over for a second attempt.
    fn unpacked(&self, archive: &Path) -> Result<Manifest, ArchiveError> {
        let into = self.at("into");
        let _ = fs::remove_dir_all(&into);
        unpack(archive, &into)
    }
}

fn manifest() -> Manifest {
    Manifest {
        format: crate::FORMAT,
        kind: BackupKind::Regular,
        created_at: "2026-02-03T04:05:06Z".to_owned(),
        software: "0.1.0".to_owned(),
        framework: None,
        files: Vec::new(),
    }
}

#[test]
fn what_was_packed_comes_out() {
    let desk = Desk::new();
    let archive = desk.packed("a.tar.zst");
    let manifest = desk.unpacked(&archive).expect("it is whole");
    let paths: Vec<&str> = manifest
        .files
        .iter()
        .map(|file| file.path.as_str())
        .collect();
    assert_eq!(
        paths,
        ["data/ai_lab.db", "config/tools/ä b.toml", "ai-lab.toml"]
    );
    assert_eq!(
        fs::read(desk.at("into/data/ai_lab.db")).expect("there"),
        [7; 3_000]
    );
    assert_eq!(
        fs::read(desk.at("into/config/tools/ä b.toml")).expect("there"),
        b"x = 1\n"
    );
    assert_eq!(manifest.file("ai-lab.toml").map(|file| file.bytes), Some(0));
    let again = pack(manifest, &[], &archive).expect_err("it is taken");
    assert!(matches!(again, PackError::Occupied(path) if path == archive));
    let gone = [Source {
        path: "x".to_owned(),
        file: desk.at("nothing"),
    }];
    let none = pack(self::manifest(), &gone, &desk.at("b.tar.zst"));
    assert!(matches!(none, Err(PackError::Read { .. })));
    assert!(!desk.at("b.tar.zst").exists() && !desk.at("b.tar.zst.part").exists());
}

#[test]
fn a_flipped_bit_anywhere_is_found_before_anything_is_unpacked() {
    let desk = Desk::new();
    let whole = fs::read(desk.packed("a.tar.zst")).expect("there");
    for at in 0..whole.len() {
        let mut changed = whole.clone();
        changed[at] ^= 1 << (at % 8);
        let archive = desk.write("changed.tar.zst", &changed);
        let error = desk
            .unpacked(&archive)
            .expect_err("it is not what was written");
        assert!(
            matches!(error, ArchiveError::Damaged(_) | ArchiveError::Cut(_)),
            "byte {at}: {error}"
        );
        assert!(!desk.at("into").exists(), "byte {at}");
    }
}

#[test]
fn a_cut_archive_is_found_before_anything_is_unpacked() {
    let desk = Desk::new();
    let whole = fs::read(desk.packed("a.tar.zst")).expect("there");
    for length in 0..whole.len() {
        let archive = desk.write("cut.tar.zst", &whole[..length]);
        let error = desk.unpacked(&archive).expect_err("it is cut");
        assert!(
            matches!(error, ArchiveError::Cut(_) | ArchiveError::Damaged(_)),
            "{length}: {error}"
        );
        assert!(!desk.at("into").exists(), "{length}");
    }
}

/// An archive with a right digest at its end, whatever is in it.
fn made_up(desk: &Desk, entries: &[(&str, &[u8])]) -> PathBuf {
    let mut tar = tar::Builder::new(Vec::new());
    for (path, content) in entries {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        // By hand: the library refuses to write what it would refuse to unpack.
        header.as_mut_bytes()[..path.len()].copy_from_slice(path.as_bytes());
        header.set_cksum();
        tar.append(&header, *content).expect("it is written");
    }
    let plain = tar.into_inner().expect("it is whole");
    let mut bytes = zstd::encode_all(&plain[..], 1).expect("it is packed");
    let digest: [u8; 32] = Sha256::digest(&bytes).into();
    bytes.write_all(&SKIPPED).expect("a buffer takes it");
    bytes
        .write_all(&32_u32.to_le_bytes())
        .expect("a buffer takes it");
    bytes.write_all(&digest).expect("a buffer takes it");
    desk.write("made-up.tar.zst", &bytes)
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table is as long as its rows")]
fn a_made_up_archive_is_refused_by_what_is_wrong_with_it() {
    let desk = Desk::new();
    let file = |path: &str, bytes: u64| serde_json::json!({ "path": path, "bytes": bytes, "sha256": "0".repeat(64) });
    let with = |files: Vec<serde_json::Value>| {
        let mut value = serde_json::to_value(manifest()).expect("JSON");
        value["files"] = files.into();
        value.to_string().into_bytes()
    };
    let plain = with(vec![]);
    let newer = String::from_utf8(plain.clone())
        .expect("JSON")
        .replace("\"format\":1", "\"format\":7");
    let outside = with(vec![file("../x", 1)]);
    let absolute = with(vec![file("/etc/x", 1)]);
    let huge = with(vec![file("x", u64::MAX), file("y", 2)]);
    let other = with(vec![file("x", 1)]);
    let many = with(vec![file("x", 0); 10_001]);
    let wrong = "is no backup: ";
    for (entries, told) in [
        (vec![], "it is empty"),
        (
            vec![("other.json", &plain[..])],
            "it does not begin with manifest.json",
        ),
        (vec![("manifest.json", &b"{"[..])], "EOF while parsing"),
        (
            vec![("manifest.json", &b"{}"[..])],
            "its manifest has no format",
        ),
        (
            vec![("manifest.json", &b"{\"format\":1}"[..])],
            "missing field",
        ),
        (
            vec![("manifest.json", &outside[..])],
            "`../x` would lie outside",
        ),
        (
            vec![("manifest.json", &absolute[..])],
            "`/etc/x` would lie outside",
        ),
        (
            vec![("manifest.json", &huge[..])],
            "it unpacks to more than 68719476736 bytes",
        ),
        (
            vec![("manifest.json", &many[..])],
            "it has more than 10000 files",
        ),
        (vec![("manifest.json", &other[..])], "`x` is missing"),
        (
            vec![("manifest.json", &other[..]), ("y", b"1")],
            "`x` is missing",
        ),
        (
            vec![("manifest.json", &other[..]), ("x", b"12")],
            "`x` is missing",
        ),
        (
            vec![("manifest.json", &plain[..]), ("x", b"1")],
            "it holds more than its manifest says",
        ),
    ] {
        let archive = made_up(&desk, &entries);
        let error = desk
            .unpacked(&archive)
            .expect_err("it is wrong")
            .to_string();
        let expected = format!("{} {wrong}{told}", archive.display());
        assert!(error.starts_with(&expected), "{error}");
    }
    let archive = made_up(&desk, &[("manifest.json", newer.as_bytes())]);
    assert!(matches!(
        desk.unpacked(&archive),
        Err(ArchiveError::Newer { found: 7, .. })
    ));
    let archive = made_up(&desk, &[("manifest.json", &other[..]), ("x", b"1")]);
    assert!(
        matches!(desk.unpacked(&archive), Err(ArchiveError::Damaged(path)) if path.ends_with("x"))
    );
    assert!(matches!(
        desk.unpacked(&desk.at("nothing")),
        Err(ArchiveError::Read { .. })
    ));
}

/// A pair of keys: the file of the secret one, and the public one.
fn keys(desk: &Desk, name: &str) -> (PathBuf, String) {
    let file = desk.at(name);
    #[expect(clippy::disallowed_methods, reason = "the test makes its own keys")]
    let made = std::process::Command::new("age-keygen")
        .arg("-o")
        .arg(&file)
        .output();
    assert!(
        made.expect("the package `age` is installed")
            .status
            .success()
    );
    let text = fs::read_to_string(&file).expect("there");
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("# public key: "));
    (file.clone(), line.expect("it is told").to_owned())
}

#[test]
fn a_sealed_archive_opens_with_its_own_key_and_with_no_other() {
    let desk = Desk::new();
    let archive = desk.packed("a.tar.zst");
    let (secret, public) = keys(&desk, "key");
    let (other, _) = keys(&desk, "other");
    let sealed = desk.at("a.tar.zst.age");
    seal(&archive, &public, &sealed).expect("it is sealed");
    assert!(matches!(desk.unpacked(&sealed), Err(ArchiveError::Cut(_))));
    let opened = desk.at("opened");
    let refused = unseal(&sealed, &other, &opened).expect_err("it is another's");
    let SealError::Failed {
        done: "opened",
        said,
        ..
    } = &refused
    else {
        panic!("{refused}");
    };
    assert!(said.contains("no identity matched"), "{said}");
    assert!(!opened.exists());
    unseal(&sealed, &secret, &opened).expect("it is ours");
    assert_eq!(
        fs::read(&opened).expect("there"),
        fs::read(&archive).expect("there")
    );
    let refused = seal(&archive, "age1nonsense", &desk.at("b")).expect_err("it is no key");
    assert!(
        matches!(refused, SealError::Failed { done: "sealed", .. }),
        "{refused}"
    );
    // A changed byte of a sealed archive is found when it is opened.
    let mut bytes = fs::read(&sealed).expect("there");
    let last = bytes.len() - 1;
    for at in [0, 40, last / 2, last] {
        bytes[at] ^= 1;
        let changed = desk.write("changed.age", &bytes);
        assert!(
            unseal(&changed, &secret, &desk.at("changed")).is_err(),
            "byte {at}"
        );
        bytes[at] ^= 1;
    }
}
