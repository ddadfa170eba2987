//! The framework's own release, which a tool may read and nobody may change.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::Command;

use alf_policy::SandboxLevel::{self, L1, L2};
use serde_json::json;

use crate::scene::Stage;

/// Where the release lies below the stage.
const STORE: &str = "home/framework/1.4.2-3f9a0c51d2e47b60";

/// Each says `bites` when it succeeds: `$S` is the release's folder, `$F` a file of it that the tool may read, `$P` a
/// process of the framework.
const ATTACKS: &[(&str, &str)] = &[
    ("write", "echo x >$F && echo bites"),
    ("append", "echo x >>$F && echo bites"),
    ("truncate", "truncate -s 0 $F && echo bites"),
    ("add a file", "echo x >$S/python/evil.pyc && echo bites"),
    ("add a folder", "mkdir $S/python/__pycache__ && echo bites"),
    ("rename", "mv $F $F.old && echo bites"),
    ("rename the release", "mv $S $S.old && echo bites"),
    (
        "rename over it",
        "cp $F $WORK/evil && mv -f $WORK/evil $F && echo bites",
    ),
    ("unlink", "rm -f $F && [ ! -e $F ] && echo bites"),
    (
        "a symbolic link in its place",
        "ln -sfn /bin/true $F && echo bites",
    ),
    ("a hard link out", "ln $F $WORK/out && echo bites"),
    (
        "write by its descriptor",
        "exec 3<$F; echo x >/proc/self/fd/3 && echo bites",
    ),
    (
        "exchange",
        "python3 -c 'import ctypes, os; ctypes.CDLL(None).renameat2(-100, os.environ[\"F\"].encode(), -100, (os.environ[\"S\"] + \"/python/other\").encode(), 2) and exit(1)' && echo bites",
    ),
    (
        "through the framework's root",
        "echo x >>/proc/$P/root$F && echo bites",
    ),
    (
        "the framework's memory",
        "python3 -c 'import os; open(\"/proc/%s/mem\" % os.environ[\"P\"], \"r+b\")' && echo bites",
    ),
    (
        "trace the framework",
        "python3 -c 'import ctypes, os; ctypes.CDLL(None).ptrace(0x4206, int(os.environ[\"P\"]), 0, 0) and exit(1); print(\"bites\", flush=True); os._exit(0)'",
    ),
    (
        "bind over it",
        "unshare -m sh -c 'mount --bind $WORK $S/python && echo bites'",
    ),
    (
        "bind without a namespace",
        "mount --bind $S/python $S/python && { umount $S/python; echo bites; }",
    ),
    (
        "mount over it",
        "unshare -m sh -c 'mount -t tmpfs none $S/python && echo bites'",
    ),
    (
        "remount",
        "unshare -m sh -c 'mount --bind $S $S && mount -o remount,rw,bind $S && echo x >>$F && echo bites'",
    ),
    (
        "open by handle",
        "python3 -c 'import ctypes, os, struct\nc = ctypes.CDLL(None, use_errno=True)\nh = ctypes.create_string_buffer(struct.pack(\"Ii\", 128, 0) + bytes(128))\nm = ctypes.c_int()\nc.name_to_handle_at(-100, os.environ[\"F\"].encode(), h, ctypes.byref(m), 0) and exit(1)\nd = os.open(\"/\" if os.environ.get(\"AT\") is None else os.environ[\"AT\"], os.O_RDONLY)\nf = c.open_by_handle_at(d, h, 1)\nexit(f < 0)' && echo bites",
    ),
    (
        "the immutable flag",
        "chattr +i $F && { chattr -i $F; echo bites; }",
    ),
];

/// What Landlock does not see: at level L1 the owner may do these; the next look at the release finds them by their
/// change time.
const METADATA: &[(&str, &str)] = &[
    ("chmod", "chmod 777 $F && echo bites"),
    ("chown", "chown 1234 $F && echo bites"),
    ("utimes", "touch -c -d 2001-01-01 $F && echo bites"),
    (
        "xattr",
        "python3 -c 'import os; os.setxattr(os.environ[\"F\"], \"user.x\", b\"1\")' && echo bites",
    ),
];

/// A stage with a release on it, sealed as the store seals it.
fn stage() -> Stage {
    let stage = Stage::new();
    for folder in ["bin", "python"] {
        fs::create_dir_all(stage.path(&format!("{STORE}/{folder}"))).expect("a folder");
    }
    for file in ["bin/ai-lab-framework", "python/sdk.py", "python/other"] {
        stage.write(&format!("{STORE}/{file}"), "as it was");
    }
    stage
}

fn variables(stage: &Stage) -> BTreeMap<&'static str, String> {
    let store = stage.path(STORE).display().to_string();
    BTreeMap::from([
        ("F", format!("{store}/python/sdk.py")),
        ("S", store),
        ("P", std::process::id().to_string()),
    ])
}

/// What of the release is there: each path with mode, owner, times and contents.
fn seen(folder: &Path) -> Vec<String> {
    let mut seen = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(path) = open.pop() {
        let Ok(meta) = fs::symlink_metadata(&path) else {
            continue;
        };
        let contents = fs::read(&path).unwrap_or_default();
        let times = (meta.mtime(), meta.ctime(), meta.ctime_nsec());
        seen.push(format!(
            "{} {:o} {} {} {times:?} {contents:?}",
            path.display(),
            meta.mode(),
            meta.uid(),
            meta.nlink()
        ));
        if meta.is_dir() {
            let entries = fs::read_dir(&path).expect("it is ours").flatten();
            open.extend(entries.map(|entry| entry.path()));
        }
    }
    seen.sort();
    seen
}

/// Whether the attack says that it bit, or left anything behind.
fn bites(level: SandboxLevel, attack: &str) -> bool {
    let stage = stage();
    let before = seen(&stage.path(STORE));
    let confinement = stage.confinement(level, &json!({}));
    let exports: Vec<String> = variables(&stage)
        .iter()
        .map(|(name, value)| format!("export {name}={value}; "))
        .collect();
    let said = stage.run_in(&confinement, &(exports.concat() + attack));
    said.out.contains("bites") || seen(&stage.path(STORE)) != before
}

fn biting(level: SandboxLevel, attacks: &[(&'static str, &str)]) -> Vec<&'static str> {
    let played = attacks.iter().filter(|(_, attack)| bites(level, attack));
    played.map(|(name, _)| *name).collect()
}

#[test]
fn no_tool_changes_the_release_that_runs_it() {
    assert_eq!(biting(L1, ATTACKS), Vec::<&str>::new());
    assert_eq!(biting(L2, ATTACKS), Vec::<&str>::new());
}

#[test]
fn under_production_not_even_a_time_or_a_mode_of_it_is_changed() {
    assert_eq!(biting(L2, METADATA), Vec::<&str>::new());
}

#[test]
fn at_l1_modes_and_times_are_the_owners_and_a_change_of_them_shows() {
    let stage = stage();
    let before = seen(&stage.path(STORE));
    let exports = variables(&stage);
    let file = &exports["F"];
    let confinement = stage.confinement(L1, &json!({}));
    let said = stage.run_in(
        &confinement,
        &format!("touch -c -d 2001-01-01 {file} && echo bites"),
    );
    // Wherever it bites, what the framework looks at before each call is another.
    let changed = seen(&stage.path(STORE)) != before;
    assert_eq!(said.out.contains("bites"), changed, "{said:?}");
}

/// The control: outside the sandbox, as root, each of them succeeds. Otherwise the tests above would pass for attacks that
/// never bite.
#[test]
fn outside_the_sandbox_they_bite() {
    if !rustix::process::geteuid().is_root() {
        // What a plain user may not do anyway proves nothing; as root this has been played.
        return;
    }
    #[expect(
        clippy::disallowed_methods,
        reason = "plays the attacker outside the sandbox"
    )]
    let bites = |attack: &str| {
        let stage = stage();
        let work = stage.path("beside");
        let output = Command::new("/bin/sh")
            .arg("-c")
            .arg(attack)
            .envs(variables(&stage))
            .env("WORK", &work)
            .env("AT", &work)
            .output()
            .expect("there is a shell");
        String::from_utf8_lossy(&output.stdout).contains("bites")
    };
    let failed: Vec<&str> = ATTACKS
        .iter()
        .chain(METADATA)
        .filter(|(_, attack)| !bites(attack))
        .map(|(name, _)| *name)
        .collect();
    // A process cannot trace its own parent's thread group while that is in this very call on some kernels; memory of a
    // process of the same user is another way in, and is in the list.
    let may_not = ["trace the framework"];
    let missing: Vec<&str> = failed
        .into_iter()
        .filter(|name| !may_not.contains(name))
        .collect();
    assert_eq!(missing, Vec::<&str>::new());
}
