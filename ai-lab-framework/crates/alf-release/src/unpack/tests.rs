use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use tar::{Builder, Header};

use super::*;
use crate::store::look;

/// What one entry of an archive is.
enum Made<'a> {
    File(&'a str, &'a str),
    Folder(&'a str),
    Link(&'a str, &'a str),
    HardLink(&'a str, &'a str),
    Device(&'a str),
}

/// An archive as no tool would make it: the names go in as they are.
fn archive(entries: &[Made<'_>]) -> Vec<u8> {
    let mut builder = Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for entry in entries {
        let (name, kind, link, content) = match entry {
            Made::File(name, content) => (name, EntryType::Regular, "", *content),
            Made::Folder(name) => (name, EntryType::Directory, "", ""),
            Made::Link(name, to) => (name, EntryType::Symlink, *to, ""),
            Made::HardLink(name, to) => (name, EntryType::Link, *to, ""),
            Made::Device(name) => (name, EntryType::Char, "", ""),
        };
        let mut header = Header::new_gnu();
        let raw = header.as_gnu_mut().expect("gnu");
        raw.name[..name.len()].copy_from_slice(name.as_bytes());
        raw.linkname[..link.len()].copy_from_slice(link.as_bytes());
        header.set_entry_type(kind);
        header.set_mode(0o777);
        header.set_size(content.len() as u64);
        header.set_cksum();
        builder.append(&header, content.as_bytes()).expect("memory");
    }
    let gzip = builder.into_inner().expect("memory");
    gzip.finish().expect("memory")
}

fn tree(files: &[(&str, &str)]) -> Tree {
    let files = files.iter().map(|(path, text)| TreeFile {
        path: path.parse().expect("a path"),
        program: path.starts_with("bin/"),
        bytes: text.len() as u64,
        sha256: Sha256::of(text.as_bytes()),
    });
    Tree::of(files.collect()).expect("a tree")
}

const FILES: [(&str, &str); 2] = [("bin/run", "#!/bin/sh\n"), ("share/a/text", "hello")];

/// Unpacks into a new folder, and tells what is wrong.
fn told(archive: &[u8]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let into = OwnedFd::from(fs::File::open(folder.path()).expect("a folder"));
    let unpacked = unpack(archive, &tree(&FILES), &into);
    let above = folder.path().parent().expect("a folder");
    assert!(!above.join("escaped").exists());
    if unpacked.is_ok() {
        assert_eq!(look(folder.path(), &tree(&FILES)).expect("a folder"), []);
    }
    unpacked.map_or_else(|error| error.to_string(), |()| String::new())
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path)
        .expect("it is there")
        .permissions()
        .mode()
        & 0o7777
}

#[test]
fn the_files_of_the_release_are_there_read_only_whatever_the_archive_says_of_modes() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = folder.path().join("placed");
    fs::create_dir(&place).expect("a folder");
    let into = OwnedFd::from(fs::File::open(&place).expect("a folder"));
    let made = archive(&[
        Made::Folder("x-1.0.0/"),
        Made::File("x-1.0.0/bin/run", FILES[0].1),
        Made::File("x-1.0.0/share/a/text", FILES[1].1),
    ]);
    unpack(made.as_slice(), &tree(&FILES), &into).expect("unpacked");
    let text = fs::read_to_string(place.join("share/a/text")).expect("a file");
    assert_eq!(text, "hello");
    let modes = ["bin/run", "share/a/text", "share/a", "share", "bin", ""];
    assert_eq!(
        modes.map(|path| mode(&place.join(path))),
        [0o555, 0o444, 0o555, 0o555, 0o555, 0o555]
    );
}

#[test]
fn what_leads_out_or_is_no_file_is_refused_by_name() {
    let paths = [
        ("x/../../escaped", "`../../escaped`"),
        ("x//escaped", "`/escaped`"),
        ("escaped", "``"),
    ];
    for (name, shown) in paths {
        let refused =
            format!("{shown} is no path of a release: a part of it is empty, `.` or `..`");
        assert_eq!(told(&archive(&[Made::File(name, "")])), refused);
    }
    let neither = |name: &str| format!("`{name}` in the archive is neither a file nor a folder");
    let link = archive(&[
        Made::Link("x/bin", "/tmp"),
        Made::File("x/bin/run", FILES[0].1),
    ]);
    assert_eq!(told(&link), neither("x/bin"));
    let link = archive(&[Made::HardLink("x/bin/run", "/etc/passwd")]);
    assert_eq!(told(&link), neither("x/bin/run"));
    assert_eq!(
        told(&archive(&[Made::Device("x/bin/run")])),
        neither("x/bin/run")
    );
}

#[test]
fn what_the_release_does_not_say_is_refused_by_name() {
    let both = [
        Made::File("x/bin/run", FILES[0].1),
        Made::File("x/share/a/text", FILES[1].1),
    ];
    let [run, text] = both;
    let unknown = archive(&[run, text, Made::File("x/more", "")]);
    assert_eq!(
        told(&unknown),
        "`more` in the archive is not in its release"
    );
    let twice = archive(&[
        Made::File("x/bin/run", FILES[0].1),
        Made::File("x/bin/run", FILES[0].1),
    ]);
    assert_eq!(
        told(&twice),
        "`bin/run` in the archive is not in its release"
    );
    for other in ["#!/bin/sj\n", "#!/bin/sh", "#!/bin/sh\n\n"] {
        let other = archive(&[Made::File("x/bin/run", other)]);
        assert_eq!(
            told(&other),
            "`bin/run` in the archive is not what its release says"
        );
    }
    let missing = archive(&[Made::File("x/share/a/text", FILES[1].1)]);
    assert_eq!(told(&missing), "`bin/run` is missing in the archive");
}

#[test]
fn an_archive_that_is_cut_off_or_is_none_is_named() {
    let whole = archive(&[
        Made::File("x/bin/run", FILES[0].1),
        Made::File("x/share/a/text", FILES[1].1),
    ]);
    assert_eq!(told(&whole), "");
    // What comes after the last file need not be there: `told` looks at every byte of what was unpacked.
    let refused = (0..whole.len()).filter(|length| !told(&whole[..*length]).is_empty());
    assert!(refused.count() > whole.len() - 40);
    assert_eq!(told(b"<html>"), "the archive cannot be read");
}
