//! Decisions about single sandboxes.

use super::*;
use crate::sandbox::{Proxied, decide};
use serde_json::{Value, json};

fn manifest(grants: &Value) -> Manifest {
    serde_json::from_value(json!({
        "contract": 1, "name": "probe", "version": "0.1.0", "description": "probes",
        "run": { "command": ["bin/probe"] }, "grants": grants,
        "limits": { "memory_bytes": 1_048_576, "processes": 3 },
        "actions": { "look": { "description": "looks", "input": {}, "output": {} } },
    }))
    .expect("a valid manifest")
}

fn granted(asked: &str, is_write: bool) -> Granted {
    let found = (!asked.contains("absent")).then(|| (PathBuf::from(asked), true));
    Granted {
        asked: asked.into(),
        is_write,
        found,
    }
}

fn reach(granted: Vec<Granted>) -> Reach {
    let protected = |path: &str, what, within, readable| Protected {
        path: path.into(),
        what,
        within,
        readable,
    };
    Reach {
        system: vec![folder(Path::new("/usr"), Access::Execute)],
        folder: "/home/me/.ai-lab/tools/probe".into(),
        installation: vec![folder(Path::new("/usr/lib/python3"), Access::Execute)],
        granted,
        protected: vec![
            protected("/", "the whole file system", false, false),
            protected("/home/me", "the person's home", false, false),
            protected("/home/me/.ai-lab", "the framework's home", true, false),
            protected("/lab/ai-lab.lock", "the lab's lock", true, true),
        ],
        ssh_agent: Some("/tmp/ssh-1/agent.1".into()),
        work: "/home/me/.ai-lab/private/e-1".into(),
    }
}

fn confined(grants: Vec<Granted>) -> Result<Confinement, GrantRefused> {
    let manifest = manifest(&json!({ "tcp": [443] }));
    let machine = Machine::complete();
    let sandboxing =
        decide(manifest.profile, Proxied::NOTHING, &machine).expect("a complete machine");
    confine(&manifest, sandboxing, &reach(grants), &machine)
}

#[test]
fn what_is_let_through_is_the_system_the_tool_its_grants_and_its_work_folder() {
    let given = confined(vec![
        granted("/srv/data", false),
        granted("/home/me/.ai-lab/tools/probe/out", true),
        granted("absent", false),
        granted("/absent", true),
        granted("./absent/data", true),
    ])
    .expect("nothing forbids it");
    assert_eq!(
        given.paths,
        [
            folder(Path::new("/usr"), Access::Execute),
            folder(Path::new("/home/me/.ai-lab/tools/probe"), Access::Execute),
            folder(Path::new("/srv/data"), Access::Read),
            folder(Path::new("/home/me/.ai-lab/tools/probe/out"), Access::Write),
            folder(
                Path::new("/home/me/.ai-lab/tools/probe/absent/data"),
                Access::Write
            ),
            folder(Path::new("/home/me/.ai-lab/private/e-1"), Access::Write),
        ]
    );
    assert_eq!(
        given.made,
        [Path::new("/home/me/.ai-lab/tools/probe/absent/data")]
    );
    assert_eq!(
        given.sandboxing.warnings,
        [
            "the granted path `absent` is not there, so it stays closed",
            "the granted path `/absent` is not there, so it stays closed"
        ]
    );
    assert_eq!(
        (given.ports, given.memory_bytes, given.processes),
        (vec![443], 1_048_576, 3)
    );
}

#[test]
fn hosts_are_reached_by_the_proxy_alone_and_unchecked_only_by_their_ports() {
    let hosts = ["b.example.org:443", "a.example.org:443", "10.0.0.1:80"];
    let of = |hosts: &[&str], machine: &Machine| {
        let manifest = manifest(&json!({ "hosts": hosts }));
        let proxied = Proxied::of(&manifest.grants);
        let sandboxing = decide(manifest.profile, proxied, machine).expect("standard");
        let given = confine(&manifest, sandboxing, &reach(Vec::new()), machine);
        let given = given.expect("nothing forbids it");
        let reached: Vec<String> = given.hosts.iter().map(ToString::to_string).collect();
        (given.ports, reached)
    };
    let complete = Machine::complete();
    let without = Machine {
        network_namespace: false,
        ..Machine::complete()
    };
    let without_any = Machine {
        namespaces: false,
        ..Machine::complete()
    };
    let all = hosts.map(str::to_owned).to_vec();
    assert_eq!(of(&hosts, &complete), (vec![PROXY_PORT], all));
    assert_eq!(of(&hosts, &without), (vec![53, 80, 443], Vec::new()));
    assert_eq!(of(&hosts[2..], &without_any), (vec![80], Vec::new()));
    assert_eq!(of(&[], &complete), (Vec::new(), Vec::new()));
}

#[test]
fn a_grant_that_opens_a_protected_place_is_refused_by_name() {
    let check = |path: &str, is_write: bool| {
        confined(vec![granted(path, is_write)])
            .map(drop)
            .map_err(|refused| refused.to_string())
    };
    let told = |text: &str| Err(text.to_owned());
    assert_eq!(
        check("/", false),
        told("the grant `/` opens the whole file system")
    );
    assert_eq!(
        check("/home", false),
        told("the grant `/home` opens the person's home")
    );
    assert_eq!(
        check("/home/me", true),
        told("the grant `/home/me` opens the person's home")
    );
    assert_eq!(
        check("/home/me/.ai-lab/framework.db", false),
        told("the grant `/home/me/.ai-lab/framework.db` opens the framework's home")
    );
    assert_eq!(
        check("/home/me/.ai-lab/tools/other", false),
        told("the grant `/home/me/.ai-lab/tools/other` opens the framework's home")
    );
    assert_eq!(
        check("/lab", true),
        told("the grant `/lab` opens the lab's lock")
    );
    assert_eq!(check("/lab", false), Ok(()));
    assert_eq!(check("/home/me/music", true), Ok(()));
    // No tool opens a socket by its path, so a folder with one in it may be granted.
    assert_eq!(check("/tmp", true), Ok(()));
}

#[test]
fn a_socket_of_the_framework_or_an_agent_is_refused_by_name_and_another_is_asked_by_the_proxy() {
    let machine = Machine::complete();
    let confined = |path: &str, machine: &Machine| {
        let socket = json!({ "name": "x", "path": path, "get": ["/a"] });
        let manifest = manifest(&json!({ "sockets": [socket] }));
        let mut reach = reach(Vec::new());
        reach.ssh_agent = Some("/tmp/agent-of-mine".into());
        let sandboxing =
            decide(manifest.profile, Proxied::of(&manifest.grants), machine).expect("standard");
        confine(&manifest, sandboxing, &reach, machine)
            .map(|given| (given.ports, given.sockets.len()))
            .map_err(|refused| refused.to_string())
    };
    assert_eq!(
        confined("/run/docker.sock", &machine),
        Ok((vec![PROXY_PORT], 1))
    );
    assert_eq!(
        confined("/home/me/own.sock", &machine),
        Ok((vec![PROXY_PORT], 1))
    );
    for (path, what) in [
        ("/home/me/.ai-lab/x.sock", "the framework's home"),
        ("/tmp/agent-of-mine", "the person's SSH agent"),
        ("/run/user/1000/gnupg/S.gpg-agent", "the person's GPG agent"),
    ] {
        let told = format!("the grant `{path}` opens {what}");
        assert_eq!(confined(path, &machine), Err(told));
    }
    let without = Machine {
        network_namespace: false,
        ..Machine::complete()
    };
    assert_eq!(confined("/run/docker.sock", &without), Ok((Vec::new(), 0)));
}

#[test]
fn a_granted_device_is_used_and_not_replaced() {
    let given = confined(vec![Granted {
        asked: "/dev/ttyUSB0".into(),
        is_write: true,
        found: Some(("/dev/ttyUSB0".into(), false)),
    }])
    .expect("nothing forbids it");
    assert!(given.paths.contains(&Opened {
        path: "/dev/ttyUSB0".into(),
        is_folder: false,
        access: Access::Use
    }));
}

#[test]
fn what_another_entry_holds_is_left_out_and_what_is_beside_it_is_not() {
    let opened = |path: &str, is_folder| Opened {
        path: path.into(),
        is_folder,
        access: Access::Read,
    };
    let kept = |paths: Vec<Opened>| -> Vec<String> {
        let kept = without_repetition(paths).into_iter();
        kept.map(|one| one.path.display().to_string()).collect()
    };
    let folder = |path| opened(path, true);
    assert_eq!(
        kept(vec![
            folder("/a"),
            folder("/a/b"),
            folder("/ab"),
            opened("/a", false)
        ]),
        ["/a", "/ab"]
    );
    assert_eq!(
        kept(vec![opened("/a", false), opened("/a/b", false)]),
        ["/a", "/a/b"]
    );
    assert_eq!(kept(vec![folder("/"), folder("/a")]), ["/"]);
    let written = Opened {
        access: Access::Write,
        ..folder("/a/b")
    };
    assert_eq!(kept(vec![folder("/a"), written]), ["/a", "/a/b"]);
}
