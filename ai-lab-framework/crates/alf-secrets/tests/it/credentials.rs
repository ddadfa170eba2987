//! Credentials of systemd beside the sealed file.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::symlink;

use alf_secrets::{SecretStore, SecretsError, ValueRefused};
use tempfile::TempDir;

use crate::store::{listed, name, value};

#[test]
fn credentials_are_read_only_and_win_over_the_file() {
    let home = TempDir::new().expect("a temporary folder");
    let credentials = TempDir::new().expect("a temporary folder");
    let put = |name: &str, bytes: &[u8]| {
        let mut file = fs::File::create(credentials.path().join(name)).expect("made");
        file.write_all(bytes).expect("room on the disk");
    };
    let plain = SecretStore::new(home.path(), None);
    plain
        .add(&name("router"), &value("of the file"), 5)
        .expect("kept");
    plain
        .add(&name("token"), &value("of the file too"), 5)
        .expect("kept");
    put("router", b"of the unit\n");
    put("short", b"pin\n");
    put("binary", b"\xff\xfe123456");
    put("not a name", b"left out entirely");
    fs::create_dir(credentials.path().join("folder")).expect("made");
    symlink("/etc/hostname", credentials.path().join("link")).expect("linked");

    let store = SecretStore::new(home.path(), Some(credentials.path()));
    assert_eq!(
        listed(&store),
        [
            "router=of the unit credential",
            "token=of the file too file"
        ]
    );
    let secrets = store.load().expect("it opens");
    let unusable: Vec<(&str, ValueRefused)> = secrets
        .unusable()
        .iter()
        .map(|(name, refused)| (name.as_str(), *refused))
        .collect();
    assert_eq!(
        unusable,
        [
            ("binary", ValueRefused::NotText),
            ("short", ValueRefused::TooShort { given: 3 }),
        ]
    );
    for refused in [
        store.add(&name("router"), &value("another one"), 5),
        store
            .replace(&name("router"), &value("another one"), 5)
            .map(|_| ()),
        store.remove(&name("router")),
    ] {
        assert!(matches!(refused, Err(SecretsError::IsCredential(_))));
    }
    assert_eq!(listed(&plain)[0], "router=of the file file");
}

#[test]
fn a_folder_of_credentials_that_is_not_there_holds_none() {
    let home = TempDir::new().expect("a temporary folder");
    let store = SecretStore::new(home.path(), Some(&home.path().join("absent")));
    assert!(store.stamp().is_nothing());
    assert_eq!(listed(&store), Vec::<String>::new());
    assert!(
        !home.path().join("secrets").exists(),
        "reading makes nothing"
    );
    let file = home.path().join("file");
    fs::File::create(&file).expect("made");
    let store = SecretStore::new(home.path(), Some(&file));
    assert!(matches!(store.load(), Err(SecretsError::Credentials(_))));
}
