//! What is not granted does not work, and would work without the sandbox.

use alf_policy::SandboxLevel::{self, L1, L2};
use serde_json::json;

use crate::scene::Stage;

/// Each says `bites` when it succeeds. Those behind the bar need level L2.
const ATTACKS: &[(&str, &str)] = &[
    (
        "read the database",
        "cat $ROOT/home/framework.db >/dev/null && echo bites",
    ),
    ("list the home", "ls $ROOT/home >/dev/null && echo bites"),
    (
        "write the database",
        "echo x >>$ROOT/home/framework.db && echo bites",
    ),
    ("write the lock", "echo x >>$ROOT/ai-lab.lock && echo bites"),
    (
        "remove the lock",
        "mv $ROOT/ai-lab.lock $ROOT/gone && echo bites",
    ),
    (
        "write another tool",
        "echo x >>$ROOT/tools/other/run.sh && echo bites",
    ),
    (
        "read another tool",
        "cat $ROOT/tools/other/run.sh >/dev/null && echo bites",
    ),
    ("write its own code", "echo x >>run.sh && echo bites"),
    (
        "read beside its grants",
        "cat $ROOT/beside/kept >/dev/null && echo bites",
    ),
    (
        "link to beside its grants",
        "ln -s $ROOT/beside/kept $WORK/l && cat $WORK/l >/dev/null && echo bites",
    ),
    ("list all processes", "ls /proc/1 >/dev/null && echo bites"),
    (
        "read the parent's variables",
        "tr -d '\\0' </proc/$PPID/environ >/dev/null && echo bites",
    ),
    ("signal the framework", "kill -0 $FRAMEWORK && echo bites"),
    (
        "a UNIX socket",
        "python3 -c 'import socket; socket.socket(socket.AF_UNIX)' && echo bites",
    ),
    (
        "UDP",
        "python3 -c 'import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM)' && echo bites",
    ),
    (
        "TCP",
        "python3 -c 'import socket; socket.socket()' && echo bites",
    ),
    (
        "MPTCP",
        "python3 -c 'import socket; socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262)' && echo bites",
    ),
    (
        "netlink",
        "python3 -c 'import socket; socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)' && echo bites",
    ),
    (
        "a set-id bit",
        "cp /bin/true $WORK/t && chmod 4755 $WORK/t && echo bites",
    ),
    (
        "io_uring",
        "python3 -c 'import ctypes; r = ctypes.CDLL(None, use_errno=True); r.syscall(425, 1, ctypes.create_string_buffer(120)) >= 0 or exit(1)' && echo bites",
    ),
    ("a user namespace", "unshare -U true && echo bites"),
    (
        "the framework's limits",
        "prlimit --pid $FRAMEWORK --core=0 && echo bites",
    ),
    (
        "memory",
        "python3 -c 'x = bytearray(512 << 20)' && echo bites",
    ),
];

/// What Landlock alone does not see.
const METADATA: &[(&str, &str)] = &[
    ("chmod", "chmod 600 $ROOT/ai-lab.lock && echo bites"),
    ("utime", "touch -d 2001-01-01 run.sh -c && echo bites"),
    (
        "chattr or setxattr",
        "python3 -c 'import os; os.setxattr(\"run.sh\", \"user.x\", b\"1\")' && echo bites",
    ),
];

fn bites(stage: &Stage, level: SandboxLevel, attack: &str) -> bool {
    let mut confinement = stage.confinement(level, &json!({}));
    if level == SandboxLevel::None {
        // Without the sandbox, and without the one limit that is looked at here.
        confinement.memory_bytes = 8 << 30;
    }
    let framework = std::process::id();
    let said = stage.run_in(&confinement, &format!("FRAMEWORK={framework}; {attack}"));
    said.out.contains("bites")
}

/// The names of those that bite, each on a stage of its own.
fn biting(level: SandboxLevel, attacks: &[(&'static str, &str)]) -> Vec<&'static str> {
    let played = attacks
        .iter()
        .filter(|(_, attack)| bites(&Stage::new(), level, attack));
    played.map(|(name, _)| *name).collect()
}

#[test]
fn no_attack_bites_at_l1() {
    assert_eq!(biting(L1, ATTACKS), Vec::<&str>::new());
}

#[test]
fn no_attack_bites_at_l2_and_no_metadata_is_changed() {
    assert_eq!(biting(L2, ATTACKS), Vec::<&str>::new());
    assert_eq!(biting(L2, METADATA), Vec::<&str>::new());
}

/// The control: otherwise the tests above would pass for attacks that never bite.
#[test]
fn without_the_sandbox_they_bite() {
    let bite = biting(SandboxLevel::None, ATTACKS);
    let all: Vec<&str> = ATTACKS.iter().map(|(name, _)| *name).collect();
    // The kernel itself may refuse these to a plain user, or lack them; root's tools have lost the capability that the
    // last one needs.
    let may_not = [
        "MPTCP",
        "a user namespace",
        "io_uring",
        "list all processes",
        "read the parent's variables",
    ];
    let missing: Vec<&&str> = all
        .iter()
        .filter(|name| !bite.contains(name) && !may_not.contains(name))
        .collect();
    assert_eq!(missing, Vec::<&&str>::new());
    assert!(biting(SandboxLevel::None, METADATA).contains(&"chmod"));
}

#[test]
fn nothing_is_inherited_but_the_three_pipes() {
    for level in [L1, L2] {
        let stage = Stage::new();
        let grants = json!({ "read": ["/proc"] });
        let said = stage.run(level, &grants, "exec python3 -c \"import os\nfor n in range(3, 64):\n  try: os.fstat(n); print(n)\n  except OSError: pass\"");
        assert_eq!((said.out.as_str(), said.code), ("", Some(0)), "{said:?}");
    }
}

#[test]
fn at_l2_a_daemon_ends_with_its_tool() {
    let stage = Stage::new();
    let grants = json!({ "write": [stage.path("beside")] });
    let daemon = "(setsid sh -c 'sleep 1; echo alive >$ROOT/beside/kept' >/dev/null 2>&1 </dev/null &) ; exit 0";
    let mut confinement = stage.confinement(L2, &grants);
    confinement.processes = 24;
    assert_eq!(stage.run_in(&confinement, daemon).code, Some(0));
    // The kernel ends the namespace before the outer process is told of the first one's end.
    let left = std::fs::read_dir("/proc")
        .expect("it is mounted")
        .flatten()
        .any(|entry| {
            std::fs::read(entry.path().join("environ")).is_ok_and(|text| {
                let root = format!("ROOT={}", stage.path("").display());
                String::from_utf8_lossy(&text).contains(root.trim_end_matches('/'))
            })
        });
    assert!(!left, "a process of the tool is left");
}
