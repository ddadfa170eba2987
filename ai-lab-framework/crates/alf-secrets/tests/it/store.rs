//! The sealed file: what it keeps, what it refuses, what a copy of it reveals.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use ai_lab_contract::{Profile, SecretWanted};
use alf_secrets::{
    Grant, KeptIn, SecretStore, SecretValue, SecretsError, ToolIdentity, plan_hand_over,
};
use tempfile::TempDir;

pub(crate) fn name(text: &str) -> ai_lab_contract::SecretName {
    text.parse().expect("a valid name")
}

pub(crate) fn value(text: &str) -> SecretValue {
    SecretValue::new(text).expect("a valid value")
}

fn grant(secret: &str, tool: &str, folder: &str, digest: &str) -> Grant {
    Grant {
        secret: name(secret),
        tool: tool.parse().expect("a valid name"),
        folder: PathBuf::from(folder),
        digest: digest.to_owned(),
        profile: Profile::Experimental,
        granted_at_ms: 7,
    }
}

pub(crate) fn home() -> (TempDir, SecretStore) {
    let home = TempDir::new().expect("a temporary folder");
    let store = SecretStore::new(home.path(), None);
    (home, store)
}

/// Every secret as `name=value where`.
pub(crate) fn listed(store: &SecretStore) -> Vec<String> {
    let secrets = store.load().expect("it opens");
    let one = |(name, kept): (&ai_lab_contract::SecretName, &alf_secrets::Kept)| {
        let place = match kept.kept_in {
            KeptIn::File => "file",
            KeptIn::Credential => "credential",
        };
        format!("{name}={} {place}", kept.value.expose())
    };
    secrets.kept().map(one).collect()
}

#[test]
fn a_secret_is_kept_replaced_and_removed() {
    let (_home, store) = home();
    assert!(store.stamp().is_nothing());
    store
        .add(&name("router"), &value("first value"), 5)
        .expect("kept");
    let before = store.stamp();
    let again = store.add(&name("router"), &value("other value"), 6);
    assert!(matches!(again, Err(SecretsError::AlreadyThere(_))));
    assert_eq!(store.stamp(), before);
    let old = store
        .replace(&name("router"), &value("second value"), 6)
        .expect("there is one");
    assert_eq!(old.expose(), "first value");
    assert_ne!(store.stamp(), before);
    assert_eq!(listed(&store), ["router=second value file"]);
    assert!(matches!(
        store.replace(&name("token"), &value("any value"), 6),
        Err(SecretsError::NotThere(_))
    ));
    store.remove(&name("router")).expect("there is one");
    assert!(matches!(
        store.remove(&name("router")),
        Err(SecretsError::NotThere(_))
    ));
    assert!(store.stamp().is_nothing());
}

#[test]
fn everything_is_for_this_user_alone_and_a_copy_of_one_folder_reveals_nothing() {
    let (home, store) = home();
    store
        .add(&name("router-name"), &value("correct horse"), 5)
        .expect("kept");
    let mode = |path: &str| {
        let found = fs::metadata(home.path().join(path)).expect("it is there");
        found.permissions().mode() & 0o777
    };
    assert_eq!(
        [
            "secrets",
            "keys",
            "secrets/secrets.sealed",
            "keys/secrets.key"
        ]
        .map(mode),
        [0o700, 0o700, 0o600, 0o600]
    );
    let sealed = fs::read(home.path().join("secrets/secrets.sealed")).expect("readable");
    for clear in ["correct horse", "636f727265637420686f727365", "router-name"] {
        assert!(
            !sealed
                .windows(clear.len())
                .any(|part| part == clear.as_bytes()),
            "{clear}"
        );
    }
    let key = home.path().join("keys/secrets.key");
    fs::rename(&key, home.path().join("keys/away")).expect("moved");
    assert!(matches!(store.load(), Err(SecretsError::KeyMissing(path)) if path == key));
    // Nor is a new key put in its place, which would make the file unreadable for ever.
    let added = store.add(&name("token"), &value("other value"), 5);
    assert!(matches!(added, Err(SecretsError::KeyMissing(_))) && !key.exists());
    let other = TempDir::new().expect("a temporary folder");
    let theirs = SecretStore::new(other.path(), None);
    theirs
        .add(&name("token"), &value("other value"), 5)
        .expect("kept");
    fs::copy(other.path().join("keys/secrets.key"), &key).expect("copied");
    assert!(matches!(store.load(), Err(SecretsError::DoesNotOpen(_))));
}

#[test]
fn what_others_could_reach_is_refused() {
    let set = |path: &Path, mode| {
        fs::set_permissions(path, Permissions::from_mode(mode)).expect("it is ours");
    };
    for (path, mode) in [
        ("secrets", 0o750),
        ("keys", 0o701),
        ("secrets/secrets.sealed", 0o640),
        ("keys/secrets.key", 0o604),
    ] {
        let (home, store) = home();
        store
            .add(&name("router"), &value("correct horse"), 5)
            .expect("kept");
        set(&home.path().join(path), mode);
        let told = store.load().map(|_| ()).map_err(|error| error.to_string());
        let place = home.path().join(path);
        let expected = format!("{} can be reached by other accounts", place.display());
        assert_eq!(told, Err(expected));
        assert!(store.remove(&name("router")).is_err(), "nor is it written");
    }
}

#[test]
fn a_link_a_pipe_and_a_folder_are_no_file_of_secrets() {
    let away = TempDir::new().expect("a temporary folder");
    for kind in ["link", "folder", "pipe"] {
        let (home, store) = home();
        store
            .add(&name("router"), &value("correct horse"), 5)
            .expect("kept");
        let sealed = home.path().join("secrets/secrets.sealed");
        let moved = away.path().join(kind);
        fs::rename(&sealed, &moved).expect("moved");
        let mode = rustix::fs::Mode::from(0o600);
        match kind {
            "link" => symlink(&moved, &sealed).expect("linked"),
            "folder" => fs::create_dir(&sealed).expect("made"),
            _ => rustix::fs::mknodat(
                rustix::fs::CWD,
                &sealed,
                rustix::fs::FileType::Fifo,
                mode,
                0,
            )
            .expect("made"),
        }
        let told = store.load().map(|_| ()).map_err(|error| error.to_string());
        let expected = format!(
            "{} is not a plain file or folder of its own",
            sealed.display()
        );
        assert_eq!(told, Err(expected), "{kind}");
    }
    let (home, store) = home();
    store
        .add(&name("router"), &value("correct horse"), 5)
        .expect("kept");
    let folder = home.path().join("secrets");
    fs::rename(&folder, home.path().join("elsewhere")).expect("moved");
    symlink(home.path().join("elsewhere"), &folder).expect("linked");
    assert!(store.load().is_err());
}

#[test]
fn another_users_file_is_refused() {
    if !rustix::process::geteuid().is_root() {
        // Only root can give a file away; the rule is one comparison, beside the one of the mode above.
        println!("not shown: needs root");
        return;
    }
    let (home, store) = home();
    store
        .add(&name("router"), &value("correct horse"), 5)
        .expect("kept");
    let sealed = home.path().join("secrets/secrets.sealed");
    std::os::unix::fs::chown(&sealed, Some(65_534), None).expect("root may");
    let told = store.load().map(|_| ()).map_err(|error| error.to_string());
    assert_eq!(
        told,
        Err(format!("{} belongs to another account", sealed.display()))
    );
}

#[test]
fn a_damaged_or_later_file_is_told_and_left_as_it_is() {
    let (home, store) = home();
    store
        .add(&name("router"), &value("correct horse"), 5)
        .expect("kept");
    let path = home.path().join("secrets/secrets.sealed");
    let whole = fs::read(&path).expect("readable");
    for place in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[place] ^= 4;
        overwrite(&path, &damaged);
        assert!(store.load().is_err(), "byte {place}");
    }
    overwrite(&path, b"ai-lab sealed 2 other\n");
    assert!(matches!(store.load(), Err(SecretsError::Newer(_))));
    let added = store.add(&name("token"), &value("other value"), 5);
    assert!(matches!(added, Err(SecretsError::Newer(_))));
    overwrite(&path, &whole);
    assert_eq!(listed(&store), ["router=correct horse file"]);
}

fn overwrite(path: &Path, bytes: &[u8]) {
    use std::io::Write as _;
    let mut file = fs::OpenOptions::new()
        .write(true)
        .truncate(true)
        .open(path)
        .expect("ours");
    file.write_all(bytes).expect("room on the disk");
}

#[test]
fn what_a_crash_left_beside_the_file_is_in_nobodys_way() {
    let (home, store) = home();
    store
        .add(&name("router"), &value("correct horse"), 5)
        .expect("kept");
    fs::File::create(home.path().join("secrets/secrets.sealed.new")).expect("made");
    store
        .add(&name("token"), &value("other value"), 5)
        .expect("kept");
    assert_eq!(
        listed(&store),
        ["router=correct horse file", "token=other value file"]
    );
    assert!(!home.path().join("secrets/secrets.sealed.new").exists());
}

#[test]
fn many_at_once_lose_nothing() {
    let (home, _) = home();
    let path = home.path();
    std::thread::scope(|scope| {
        for number in 0..8 {
            scope.spawn(move || {
                let store = SecretStore::new(path, None);
                for round in 0..8 {
                    let name = name(&format!("s{number}-{round}"));
                    store.add(&name, &value("correct horse"), 5).expect("kept");
                }
            });
        }
    });
    assert_eq!(listed(&SecretStore::new(path, None)).len(), 64);
}

#[test]
fn no_more_is_kept_than_can_be_searched() {
    let (_home, store) = home();
    let long = value(&"x".repeat(65_536));
    for number in 0..4 {
        store
            .add(&name(&format!("s{number}")), &long, 5)
            .expect("kept");
    }
    let more = store.add(&name("one-more"), &value("12345678"), 5);
    assert!(matches!(more, Err(SecretsError::Full)));
    assert_eq!(store.load().expect("it opens").kept().count(), 4);
}

#[test]
fn a_grant_is_for_one_tool_in_one_folder_and_goes_with_its_secret() {
    use alf_secrets::Reason::{NotGranted, NotThere};
    let (_home, store) = home();
    let none = store.grant(&grant("router", "fritzbox", "/lab/t", "d1"));
    assert!(matches!(none, Err(SecretsError::NotThere(_))));
    store
        .add(&name("router"), &value("correct horse"), 5)
        .expect("kept");
    for (folder, digest) in [("/lab/t", "d1"), ("/lab/t", "d2"), ("/other/t", "d1")] {
        store
            .grant(&grant("router", "fritzbox", folder, digest))
            .expect("kept");
    }
    let decided = |folder: &str, digest: &str| {
        let secrets = store.load().expect("it opens");
        let tool = ToolIdentity {
            name: &"fritzbox".parse().expect("a valid name"),
            folder: Path::new(folder),
            digest,
            profile: Profile::Standard,
        };
        plan_hand_over(&secrets, tool, &[SecretWanted::Named(name("router"))])
            .map(|plan| (plan.secrets.len(), plan.changed_since.len()))
            .map_err(|refused| refused.reason)
    };
    assert_eq!(
        [
            decided("/lab/t", "d2"),
            decided("/lab/t", "d1"),
            decided("/other/t", "d1"),
            decided("/third/t", "d1"),
        ],
        [Ok((1, 0)), Ok((1, 1)), Ok((1, 0)), Err(NotGranted)]
    );
    let tool = "fritzbox".parse().expect("a valid name");
    assert_eq!(store.revoke(&name("router"), &tool).expect("done"), 2);
    assert_eq!(store.revoke(&name("router"), &tool).expect("done"), 0);
    assert_eq!(decided("/lab/t", "d2"), Err(NotGranted));
    store
        .grant(&grant("router", "fritzbox", "/lab/t", "d1"))
        .expect("kept");
    store.remove(&name("router")).expect("there is one");
    assert_eq!(decided("/lab/t", "d1"), Err(NotThere));
    // A later secret of the same name is not granted by what was said of the earlier.
    store
        .add(&name("router"), &value("other value"), 5)
        .expect("kept");
    assert_eq!(decided("/lab/t", "d1"), Err(NotGranted));
}

#[test]
fn a_tool_that_changed_is_held_to_the_stricter_of_its_profiles() {
    let (_home, store) = home();
    store
        .add(&name("router"), &value("correct horse"), 5)
        .expect("kept");
    let decided = |granted: Profile, now: Profile| {
        let grant = Grant {
            profile: granted,
            ..grant("router", "fritzbox", "/lab/t", "d1")
        };
        store.grant(&grant).expect("kept");
        let tool = ToolIdentity {
            name: &grant.tool,
            folder: Path::new("/lab/t"),
            digest: "d2",
            profile: now,
        };
        let secrets = store.load().expect("it opens");
        plan_hand_over(&secrets, tool, &[SecretWanted::Named(name("router"))])
            .map(|plan| plan.changed_since.len())
            .is_ok()
    };
    let table = Profile::ALL.map(|granted| Profile::ALL.map(|now| decided(granted, now)));
    assert_eq!(
        table,
        [[true, true, false], [true, true, false], [false; 3]]
    );
}

#[test]
fn a_process_that_read_a_secret_cannot_be_traced_by_others() {
    use rustix::process::{DumpableBehavior, dumpable_behavior};
    let (_home, store) = home();
    store
        .add(&name("router"), &value("correct horse"), 5)
        .expect("kept");
    store.load().expect("it opens");
    assert_eq!(dumpable_behavior(), Ok(DumpableBehavior::NotDumpable));
}
