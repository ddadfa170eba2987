//! What is not granted does not work, and would work without the sandbox.

use std::net::TcpListener;

use alf_policy::SandboxLevel::{self, L1, L2, L3};
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
        "trace the framework",
        "python3 -c 'import ctypes, os; ctypes.CDLL(None).ptrace(0x4206, int(os.environ[\"FRAMEWORK\"]), 0, 0) and exit(1); print(\"bites\", flush=True); os._exit(0)'",
    ),
    (
        "read the framework's memory",
        "python3 -c 'import ctypes, os; b = ctypes.create_string_buffer(8); v = (ctypes.c_void_p * 2)(ctypes.addressof(b), 8); n = ctypes.CDLL(None, use_errno=True).process_vm_readv; n(int(os.environ[\"FRAMEWORK\"]), v, 1, (ctypes.c_void_p * 2)(4096, 8), 1, 0); exit(ctypes.get_errno() != 14)' && echo bites",
    ),
    (
        "read the framework's variables",
        "cat /proc/$FRAMEWORK/environ >/dev/null && echo bites",
    ),
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
    let said = stage.run_in(
        &confinement,
        &format!("export FRAMEWORK={framework}; {attack}"),
    );
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
fn no_attack_bites_at_l3_where_only_a_connection_to_the_proxy_can_be_had() {
    let bite = biting(L3, ATTACKS);
    // A socket is needed to reach the proxy; where it leads is shown beside this.
    assert_eq!(bite, ["TCP"]);
    assert_eq!(biting(L3, METADATA), Vec::<&str>::new());
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
        "trace the framework",
        "read the framework's memory",
        "read the framework's variables",
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

/// The kernel's own check of connections does not see the one that is opened by sending.
#[test]
fn tcp_fast_open_reaches_no_port_that_is_not_granted() {
    let [granted, other] = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").expect("a port"));
    let [port, closed] = [&granted, &other].map(|one| one.local_addr().expect("bound").port());
    other.set_nonblocking(true).expect("it is ours");
    let send = format!(
        "python3 -c 'import socket; socket.socket().sendto(b\"x\", 0x20000000, (\"127.0.0.1\", {closed}))' && echo bites"
    );
    let grants = json!({ "tcp": [port] });
    for level in [L1, L2] {
        let said = Stage::new().run(level, &grants, &send);
        assert_eq!(
            (said.out.as_str(), other.accept().is_err()),
            ("", true),
            "{said:?}"
        );
    }
    let free = Stage::new();
    let mut confinement = free.confinement(SandboxLevel::None, &grants);
    confinement.memory_bytes = 8 << 30;
    assert_eq!(free.run_in(&confinement, &send).out, "bites\n");
    assert!(other.accept().is_ok(), "without the sandbox it comes");
}

/// A folder that is exchanged for a link, or for another folder's name, between the decision and the start.
#[test]
fn a_grant_that_is_exchanged_after_it_was_decided_refuses_the_start() {
    for level in [L1, L2] {
        let stage = Stage::new();
        let granted = stage.path("granted");
        std::fs::create_dir(&granted).expect("a folder");
        let confinement = stage.confinement(level, &json!({ "write": [granted] }));
        std::fs::remove_dir(&granted).expect("it is empty");
        std::os::unix::fs::symlink(stage.path("home"), &granted).expect("a link");
        let told = stage.refused(&confinement, "echo bites >$ROOT/granted/framework.db");
        let path = format!("({})", granted.display());
        assert!(
            told.contains("refused: applying") && told.contains(&path),
            "{told}"
        );
        assert_eq!(stage.read("home/framework.db"), "as it was");
    }
}

/// Forked twice and in a session of its own, it is as closed in as the tool.
#[test]
fn a_process_that_left_its_session_is_still_kept_in() {
    for level in [L1, L2] {
        let stage = Stage::new();
        let script = "(setsid sh -c '(setsid sh -c \"cat $ROOT/beside/kept; echo x >>$ROOT/ai-lab.lock; kill -0 $FRAMEWORK && echo bites; echo done\" &)' &) 2>/dev/null | cat";
        let framework = std::process::id();
        let script = format!("export FRAMEWORK={framework}; {script}");
        let said = stage.run(level, &json!({}), &script);
        assert_eq!(said.out, "done\n", "{said:?}");
        assert_eq!(stage.read("ai-lab.lock"), "as it was");
    }
}

/// Far more processes than are allowed: a control group bounds root's tree, the kernel's limit a plain user's, at level
/// L1 beside as many as the machine has.
#[test]
fn a_fork_bomb_ends_at_the_bound_of_processes() {
    let bomb = |tries: &str| {
        format!(
            "exec python3 -c \"import os, resource, signal
most = resource.getrlimit(resource.RLIMIT_NPROC)[0]
tries = {tries}
made = 0
for n in range(tries):
  try: pid = os.fork()
  except OSError: break
  if pid == 0: signal.pause()
  made += 1
print('bites' if made == tries else 'ended', flush=True)
os.kill(0, 9)\""
        )
    };
    // More than the bound in force, which at level L1 depends on how much the machine runs at that moment.
    let beyond = &bomb("300 + (most if 0 <= most < 10000 else 0)");
    let is_root = rustix::process::geteuid().is_root();
    for level in [L1, L2] {
        let stage = Stage::new();
        let mut confinement = stage.confinement(level, &json!({}));
        confinement.processes = 24;
        if is_root && !confinement.sandboxing.grouped {
            // As the page says: of root's tools at l1 the number is not bounded.
            continue;
        }
        // A plain user's bound counts all processes of that user.
        assert_eq!(
            stage.run_in(&confinement, beyond).out,
            "ended\n",
            "{level:?}"
        );
    }
    let free = Stage::new();
    let mut confinement = free.confinement(SandboxLevel::None, &json!({}));
    confinement.processes = 4_096;
    assert_eq!(free.run_in(&confinement, &bomb("64")).out, "bites\n");
}

/// What other processes keep to themselves, with their entries in `/proc` granted.
const OTHERS_SECRETS: &[(&str, &str)] = &[
    (
        "variables",
        "cat /proc/$FRAMEWORK/environ >/dev/null && echo bites",
    ),
    (
        "memory",
        "head -c 1 /proc/$FRAMEWORK/mem 2>&1 | grep -q 'Input/output' && echo bites",
    ),
    (
        "the place of code",
        "cat /proc/$FRAMEWORK/maps | grep -q . && echo bites",
    ),
    (
        "the working folder",
        "ls /proc/$FRAMEWORK/cwd/ >/dev/null && echo bites",
    ),
    (
        "the root folder",
        "cd /proc/$FRAMEWORK && ls root/ >/dev/null && echo bites",
    ),
];

#[test]
fn who_may_read_all_of_proc_sees_figures_of_others_and_not_what_they_keep() {
    let granted = json!({ "read": ["/proc"] });
    let script = |attack: &str| format!("export FRAMEWORK={}; {attack}", std::process::id());
    for (name, attack) in OTHERS_SECRETS {
        #[expect(
            clippy::disallowed_methods,
            reason = "a shell that nothing holds shows that the attack works"
        )]
        let free = std::process::Command::new("sh")
            .args(["-c", &script(attack)])
            .output()
            .expect("it starts");
        assert_eq!(free.stdout, b"bites\n", "{name}");
        for level in [L1, L2, L3] {
            let said = Stage::new().run(level, &granted, &script(attack));
            assert_eq!(said.out, "", "{name} at {level:?}");
        }
    }
    for level in [L1, L2, L3] {
        let figures = "cat /proc/$FRAMEWORK/stat >/dev/null && echo seen";
        let said = Stage::new().run(level, &granted, &script(figures));
        assert_eq!(said.out, "seen\n", "{level:?}");
    }
}
