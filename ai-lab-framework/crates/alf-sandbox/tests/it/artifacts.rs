//! What a tool puts out is taken, and nothing that only looks like it.

use std::fs::{self, File};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use alf_sandbox::{ArtifactBounds, TakenArtifacts, WorkFolder};
use rustix::fs::{CWD, FileType, Mode, RenameFlags, mkdirat, mknodat, openat, renameat_with};

use crate::scene::Stage;

/// A work folder, its folder for artifacts, and a bound that a test can reach.
struct Scene {
    stage: Stage,
    work: WorkFolder,
    bounds: ArtifactBounds,
}

impl Scene {
    fn new() -> Self {
        let stage = Stage::new();
        let place = WorkFolder::place(&stage.path("home"), &"e-1".parse().expect("a valid id"));
        Self {
            work: WorkFolder::make(&place).expect("it can be made"),
            stage,
            bounds: ArtifactBounds {
                entries: 12,
                depth: 2,
                name_bytes: 300,
                file_bytes: 1_000,
                all_bytes: 1_500,
            },
        }
    }

    fn put(&self, name: &str, bytes: usize) {
        let path = self.folder().join(name);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("a folder");
        self.stage.write(
            path.strip_prefix(self.stage.path(""))
                .expect("on the stage")
                .to_str()
                .expect("UTF-8"),
            &"x".repeat(bytes),
        );
    }

    fn folder(&self) -> std::path::PathBuf {
        self.work.path().join("artifacts")
    }

    fn take(&self) -> TakenArtifacts {
        self.work.take_artifacts(&self.bounds)
    }
}

fn names(taken: &TakenArtifacts) -> Vec<&str> {
    taken
        .artifacts
        .iter()
        .map(|one| one.name.as_str())
        .collect()
}

fn refusals(taken: &TakenArtifacts) -> Vec<(&str, &str)> {
    let refused = taken.refused.iter();
    refused
        .map(|one| (one.name.as_str(), one.why.as_str()))
        .collect()
}

#[test]
fn files_are_taken_by_name_with_what_they_hold() {
    let scene = Scene::new();
    assert_eq!(scene.take(), TakenArtifacts::default());
    for (name, bytes) in [("b", 3), ("a/c", 0), ("a/.d e", 1_000)] {
        scene.put(name, bytes);
    }
    let taken = scene.take();
    assert_eq!(names(&taken), ["a/.d e", "a/c", "b"]);
    let sizes: Vec<usize> = taken
        .artifacts
        .iter()
        .map(|one| one.contents.len())
        .collect();
    assert_eq!((sizes, refusals(&taken)), (vec![1_000, 0, 3], vec![]));
}

type Make = fn(&Scene, &Path);

fn link(at: &Path, target: &str) {
    symlink(target, at.join("link")).expect("a link");
}

fn long(at: &Path, bytes: u64) {
    let file = File::create(at.join("long")).expect("a file");
    file.set_len(bytes).expect("without holding anything");
}

fn empty(at: &Path, name: &[u8]) {
    File::create(at.join(std::ffi::OsStr::from_bytes(name))).expect("a file");
}

const LINK: (&str, &str) = ("link", "a link, not a file");
const LONG: (&str, &str) = ("long", "larger than 1000 bytes");

/// What is put beside a good file, and how it is refused.
const BAD: &[(Make, (&str, &str))] = &[
    (|_, at| link(at, "../../../home/framework.db"), LINK),
    (|_, at| link(at, "/etc/passwd"), LINK),
    (|_, at| link(at, "good"), LINK),
    (|_, at| link(at, ".."), LINK),
    (|_, at| link(at, "/proc/self/fd/0"), LINK),
    (|_, at| long(at, 1 << 40), LONG),
    (|_, at| long(at, 1_001), LONG),
    (
        |_, at| mknodat(CWD, at.join("p"), FileType::Fifo, Mode::from(0o600), 0).expect("a pipe"),
        ("p", "a named pipe, not a file"),
    ),
    (
        |_, at| drop(UnixListener::bind(at.join("s")).expect("a socket")),
        ("s", "a socket, not a file"),
    ),
    (
        |_, at| empty(at, b"\xff"),
        ("\u{fffd}", "its name is not UTF-8"),
    ),
    (
        |_, at| empty(at, b"\x1b[2J"),
        ("\u{fffd}[2J", "its name has a control character"),
    ),
    (
        |scene, at| fs::hard_link(scene.stage.path("beside/kept"), at.join("h")).expect("a name"),
        ("h", "a hard link: the file has other names"),
    ),
    (
        |_, at| fs::create_dir_all(at.join("1/2/3")).expect("folders"),
        ("1/2/3", "deeper than 2 folders"),
    ),
];

/// Number 61 of the catalogue: each alone beside a good file, which is taken all the same.
#[test]
fn whatever_is_no_file_of_its_own_is_refused_by_name() {
    for (make, refused) in BAD {
        let scene = Scene::new();
        scene.put("good", 4);
        make(&scene, &scene.folder());
        let taken = scene.take();
        assert_eq!(names(&taken), ["good"], "{refused:?}");
        assert_eq!(refusals(&taken), [*refused]);
    }
}

/// Only root may make one, and no tool may.
#[test]
fn a_device_is_not_even_opened() {
    if !rustix::process::geteuid().is_root() {
        eprintln!("not shown: only root makes devices");
        return;
    }
    let scene = Scene::new();
    let null = rustix::fs::makedev(1, 3);
    let made = mknodat(
        CWD,
        scene.folder().join("null"),
        FileType::CharacterDevice,
        Mode::from(0o600),
        null,
    );
    made.expect("root may make a device");
    assert_eq!(refusals(&scene.take()), [("null", "a device, not a file")]);
}

#[test]
fn a_name_of_5000_characters_is_refused_and_its_folders_are_followed_no_further() {
    let mut scene = Scene::new();
    scene.bounds.depth = 100;
    let part = "n".repeat(250);
    let flags = rustix::fs::OFlags::DIRECTORY | rustix::fs::OFlags::CLOEXEC;
    let mut at = File::open(scene.folder()).expect("it is there");
    for _ in 0..20 {
        mkdirat(&at, &part, Mode::from(0o700)).expect("a folder");
        at = openat(&at, &part, flags, Mode::empty())
            .expect("a folder")
            .into();
    }
    let told = format!("{}…", "n".repeat(80));
    assert_eq!(
        refusals(&scene.take()),
        [(told.as_str(), "its name is longer than 300 bytes")]
    );
}

#[test]
fn many_files_end_at_each_bound_and_the_rest_is_named() {
    let scene = Scene::new();
    scene.put("a", 900);
    scene.put("b", 601);
    scene.put("c", 600);
    let taken = scene.take();
    assert_eq!(names(&taken), ["a", "c"]);
    assert_eq!(
        refusals(&taken),
        [("b", "all together larger than 1500 bytes")]
    );
    let scene = Scene::new();
    for number in 0..500 {
        scene.put(&format!("f/{number}"), 0);
    }
    let taken = scene.take();
    assert_eq!(
        taken.artifacts.len(),
        11,
        "and their folder is the twelfth entry"
    );
    assert_eq!(refusals(&taken), [(".", "more than 12 entries")]);
}

#[test]
fn a_folder_that_the_tool_exchanged_gives_nothing() {
    let scene = Scene::new();
    fs::remove_dir(scene.folder()).expect("it is empty");
    assert_eq!(scene.take(), TakenArtifacts::default());
    symlink(scene.stage.path("beside"), scene.folder()).expect("a link");
    assert_eq!(refusals(&scene.take()), [(".", "no folder any more")]);
}

/// A link and a file that change places as fast as they can: the file is taken or the link refused, and what the link
/// points to never comes out. At least 200 rounds, and until both were seen.
#[test]
fn a_link_that_races_is_never_followed() {
    let scene = Scene::new();
    scene.put("a", 5);
    let [one, other] = ["a", "b"].map(|name| scene.folder().join(name));
    symlink(scene.stage.path("beside/kept"), &other).expect("a link");
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                renameat_with(CWD, &one, CWD, &other, RenameFlags::EXCHANGE)
                    .expect("both are there");
            }
        });
        let mut seen = std::collections::BTreeSet::new();
        let mut rounds = 0;
        while rounds < 200 || (seen.len() < 2 && rounds < 100_000) {
            rounds += 1;
            for artifact in scene.take().artifacts {
                if artifact.contents != b"xxxxx" {
                    over.store(true, Ordering::Relaxed);
                    panic!("followed in round {rounds}: {artifact:?}");
                }
                seen.insert(artifact.name);
            }
        }
        over.store(true, Ordering::Relaxed);
        assert_eq!(seen.len(), 2, "both names were seen as the file");
    });
}

#[test]
fn what_a_tool_wrote_in_the_sandbox_is_taken() {
    use alf_policy::SandboxLevel::{L1, L2};
    for level in [L1, L2] {
        let stage = Stage::new();
        let confinement = stage.confinement(level, &serde_json::json!({}));
        let script = "mkdir $WORK/artifacts/d; echo a >$WORK/artifacts/d/a; ln -s /etc/passwd $WORK/artifacts/l";
        let (said, taken) = stage.run_and_take(&confinement, script);
        assert_eq!(said.code, Some(0), "{said:?}");
        assert_eq!(names(&taken), ["d/a"]);
        assert_eq!(taken.artifacts[0].contents, b"a\n");
        assert_eq!(refusals(&taken), [("l", "a link, not a file")]);
    }
}
