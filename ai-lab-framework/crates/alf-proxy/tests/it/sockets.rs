//! What of a UNIX socket is let through: one question of the listed ones, and its answer within bounds.

use std::io::{Read as _, Write as _};
use std::os::unix::fs::symlink;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use alf_proxy::{Bounds, Reachable};
use serde_json::json;
use tempfile::TempDir;

use crate::scene::{Names, Scene, read_all};

const SHORT: Duration = Duration::from_millis(200);

/// What a container engine asked through the proxy would be: it keeps every head it heard.
struct Engine {
    folder: TempDir,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Engine {
    /// One that gives every question to `answers`, which may say anything for as long as it likes.
    fn new(answers: fn(&mut UnixStream)) -> Self {
        let engine = Self::absent();
        let listener = UnixListener::bind(engine.path()).expect("nobody is there");
        let keeps = Arc::clone(&engine.heard);
        thread::spawn(move || {
            while let Ok((mut stream, _)) = listener.accept() {
                let keeps = Arc::clone(&keeps);
                thread::spawn(move || {
                    let mut question = Vec::new();
                    let mut byte = [0];
                    while !question.ends_with(b"\r\n\r\n")
                        && stream.read(&mut byte).is_ok_and(|count| count == 1)
                    {
                        question.push(byte[0]);
                    }
                    let question = String::from_utf8_lossy(&question).into_owned();
                    keeps.lock().expect("no panic").push(question);
                    answers(&mut stream);
                });
            }
        });
        engine
    }

    fn absent() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a folder"),
            heard: Arc::default(),
        }
    }

    fn path(&self) -> PathBuf {
        let folder = self.folder.path().canonicalize().expect("it is there");
        folder.join("engine.sock")
    }

    fn scene(&self, bounds: Bounds) -> Scene {
        scene(&self.path(), &[], bounds)
    }

    fn heard(&self) -> Vec<String> {
        self.heard.lock().expect("no panic").clone()
    }
}

fn scene(path: &Path, hosts: &[&str], bounds: Bounds) -> Scene {
    let get = ["/containers/json", "/containers/*/stats"];
    let socket = json!({ "name": "docker", "path": path, "get": get });
    let reachable = Reachable {
        hosts: hosts
            .iter()
            .map(|host| host.parse().expect("a host"))
            .collect(),
        sockets: vec![serde_json::from_value(socket).expect("a grant")],
    };
    Scene::reaching(reachable, Names::default(), bounds)
}

fn lists(stream: &mut UnixStream) {
    let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\nServer: engine\r\n\r\n[]";
    stream.write_all(answer).expect("somebody listens");
}

fn first_line(answer: &str) -> &str {
    answer.lines().next().unwrap_or_default()
}

const ASKED: &str = "GET http://docker.socket/containers/json?all=true HTTP/1.1\r\n";

#[test]
fn a_listed_path_is_asked_with_nothing_of_the_tools_but_path_and_query() {
    let engine = Engine::new(lists);
    let scene = engine.scene(Bounds::default());
    let answer = scene.say_text(&format!(
        "{ASKED}Host: evil.example\r\nX-Registry-Auth: c2VjcmV0\r\nExpect: 100-continue\r\nContent-Length: 0\r\n\r\n"
    ));
    assert_eq!(
        answer,
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nServer: engine\r\nConnection: close\r\n\r\n[]"
    );
    let question = "GET /containers/json?all=true HTTP/1.1\r\nHost: localhost\r\nUser-Agent: ai-lab-framework\r\n\
                    Accept: */*\r\nConnection: close\r\n\r\n";
    assert_eq!(engine.heard(), [question]);
    assert_eq!(scene.proxy.refusals().take(), Vec::<String>::new());
}

/// What is asked for, and the first line of the answer.
const REFUSED: &[(&str, &str)] = &[
    (
        "POST http://docker.socket/containers/json",
        "403 socket docker: POST not granted, only GET",
    ),
    (
        "DELETE http://docker.socket/containers/a",
        "403 socket docker: DELETE not granted, only GET",
    ),
    (
        "HEAD http://docker.socket/containers/json",
        "403 socket docker: HEAD not granted, only GET",
    ),
    (
        "GET http://docker.socket/containers/a/json",
        "403 socket docker: the path /containers/a/json not granted",
    ),
    (
        "GET http://docker.socket/v1.43/containers/json",
        "403 socket docker: the path /v1.43/containers/json not granted",
    ),
    (
        "GET http://docker.socket",
        "403 socket docker: the path / is not in plain letters",
    ),
    (
        "GET http://docker.socket/containers/../containers/json",
        "403 socket docker: the path /containers/../containers/json is not in plain letters",
    ),
    (
        "GET http://docker.socket/containers/%2e%2e/containers/json",
        "403 socket docker: the path /containers/%2e%2e/containers/json is not in plain letters",
    ),
    (
        "GET http://docker.socket/containers/a%2fstats",
        "403 socket docker: the path /containers/a%2fstats is not in plain letters",
    ),
    (
        "GET http://docker.socket/containers/a%00/stats",
        "403 socket docker: the path /containers/a%00/stats is not in plain letters",
    ),
    (
        "GET http://docker.socket//containers/json",
        "403 socket docker: the path //containers/json is not in plain letters",
    ),
    (
        "GET http://docker.socket/containers\\json",
        "403 socket docker: the path /containers\\json is not in plain letters",
    ),
    (
        "GET http://docker.socket/containers/json#?x",
        "403 socket docker: the path /containers/json# is not in plain letters",
    ),
    (
        "GET http://docker.socket:2375/containers/json",
        "403 socket docker: it has no port 2375",
    ),
    (
        "CONNECT docker.socket:80",
        "403 socket docker: CONNECT not granted, only GET",
    ),
    (
        "CONNECT docker.socket:443",
        "403 socket docker: CONNECT not granted, only GET",
    ),
    (
        "GET http://podman.socket/containers/json",
        "403 socket podman: not granted",
    ),
    (
        "GET http://a.docker.socket/containers/json",
        "403 host a.docker.socket:80 not granted",
    ),
    (
        "GET http://evil.example/containers/json",
        "403 host evil.example:80 not granted",
    ),
    (
        "GET http://me@docker.socket/containers/json",
        "400 the request names no host",
    ),
    (
        "GET /containers/json",
        "400 this is a proxy: ask by CONNECT or with the whole http:// URL",
    ),
    (
        "GET https://docker.socket/containers/json",
        "400 this is a proxy: ask by CONNECT or with the whole http:// URL",
    ),
    (
        "GET unix://docker.socket/containers/json",
        "400 this is a proxy: ask by CONNECT or with the whole http:// URL",
    ),
];

#[test]
fn whatever_else_is_asked_is_refused_told_and_never_reaches_the_socket() {
    let engine = Engine::new(lists);
    let scene = engine.scene(Bounds::default());
    for (asked, told) in REFUSED {
        let answer = scene.say_text(&format!("{asked} HTTP/1.1\r\nHost: docker.socket\r\n\r\n"));
        assert_eq!(first_line(&answer), format!("HTTP/1.1 {told}"), "{asked}");
    }
    assert_eq!(engine.heard(), Vec::<String>::new());
    // Three of them look alike: what is no whole URL.
    let told = scene.proxy.refusals().take();
    let different: std::collections::BTreeSet<_> =
        REFUSED.iter().map(|(_, told)| &told[4..]).collect();
    assert_eq!(told.len(), different.len(), "{told:#?}");
}

#[test]
fn a_body_a_second_request_and_an_upgrade_are_refused_before_the_first_is_asked() {
    let engine = Engine::new(lists);
    let scene = engine.scene(Bounds::default());
    let body = "HTTP/1.1 403 socket docker: a request with a body, or another one behind it, is not passed on";
    let upgrade = "HTTP/1.1 403 socket docker: an upgrade is not passed on";
    for (rest, told) in [
        ("Content-Length: 2\r\n\r\n{}", body),
        ("Content-Length: 2\r\n\r\n", body),
        ("Content-Length: 0\r\nContent-Length: 44\r\n\r\n", body),
        ("Content-Length: +0\r\n\r\n", body),
        ("Transfer-Encoding: chunked\r\n\r\n", body),
        ("transfer-encoding: identity\r\n\r\n", body),
        (
            "\r\nPOST /containers/create HTTP/1.1\r\nHost: localhost\r\n\r\n",
            body,
        ),
        ("\r\nx", body),
        ("Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n", upgrade),
        ("Upgrade: h2c\r\n\r\n", upgrade),
        ("Connection: close, UPGRADE\r\n\r\n", upgrade),
    ] {
        let answer = scene.say_text(&format!("{ASKED}{rest}"));
        assert_eq!(first_line(&answer), told, "{rest:?}");
    }
    assert_eq!(engine.heard(), Vec::<String>::new());
    assert_eq!(scene.proxy.refusals().take().len(), 2);
}

#[test]
fn what_the_tool_says_later_goes_nowhere() {
    let engine = Engine::new(|stream| {
        // Whatever follows the question would have come by then.
        stream
            .write_all(b"HTTP/1.1 200 OK\r\n\r\n")
            .expect("somebody listens");
        stream.set_read_timeout(Some(SHORT)).expect("it is ours");
        let mut more = Vec::new();
        let _ended_or_over = stream.read_to_end(&mut more);
        let told = format!("heard {}", more.len());
        stream.write_all(told.as_bytes()).expect("somebody listens");
    });
    let scene = engine.scene(Bounds::default());
    let mut stream = scene.connect();
    stream
        .write_all(format!("{ASKED}\r\n").as_bytes())
        .expect("it listens");
    let mut head = [0; 38];
    stream.read_exact(&mut head).expect("it answers");
    let second =
        "POST http://docker.socket/containers/create HTTP/1.1\r\nContent-Length: 0\r\n\r\n";
    stream.write_all(second.as_bytes()).expect("it listens");
    assert_eq!(String::from_utf8_lossy(&read_all(&mut stream)), "heard 0");
    assert_eq!(engine.heard().len(), 1);
}

#[test]
fn socks_reaches_no_socket_and_a_huge_head_none_either() {
    let engine = Engine::new(lists);
    let scene = engine.scene(Bounds::default());
    let by_socks = [
        &[5, 1, 0, 5, 1, 0, 3, 13],
        b"docker.socket".as_slice(),
        &[0, 80],
    ]
    .concat();
    assert_eq!(scene.say(&by_socks), [5, 0, 5, 2, 0, 1, 0, 0, 0, 0, 0, 0]);
    let huge = format!("{ASKED}A: {}\r\n\r\n", "a".repeat(40_000));
    assert_eq!(
        first_line(&scene.say_text(&huge)),
        "HTTP/1.1 431 the head of the request is longer than 32768 bytes"
    );
    assert_eq!(engine.heard(), Vec::<String>::new());
}

#[test]
fn a_socket_that_is_not_there_refuses_or_lies_over_a_link_is_told_with_the_reason() {
    let absent = Engine::absent();
    let path = absent.path();
    let told = |path: &Path| {
        let answer = scene(path, &[], Bounds::default()).say_text(&format!("{ASKED}\r\n"));
        first_line(&answer).to_owned()
    };
    let cannot = "HTTP/1.1 502 socket docker cannot be asked:";
    assert_eq!(
        told(&path),
        format!("{cannot} No such file or directory (os error 2)")
    );
    drop(UnixListener::bind(&path).expect("nobody is there"));
    assert_eq!(
        told(&path),
        format!("{cannot} Connection refused (os error 111)")
    );
    let folder = path.parent().expect("it has one");
    assert_eq!(
        told(folder),
        format!("{cannot} {} is no socket", folder.display())
    );
    let engine = Engine::new(lists);
    let link = folder.join("link.sock");
    symlink(engine.path(), &link).expect("a new name");
    let inner = folder.join("inner");
    symlink(engine.folder.path(), &inner).expect("a new name");
    for path in [link, inner.join("engine.sock")] {
        let why = format!(
            "a link lies on the way to {}, grant the path without one",
            path.display()
        );
        assert_eq!(told(&path), format!("{cannot} {why}"));
    }
    assert_eq!(engine.heard(), Vec::<String>::new());
}

#[test]
fn an_answer_that_does_not_end_is_cut_and_told() {
    let streams = |stream: &mut UnixStream| {
        let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        let _cut = stream.write_all(head);
        while stream.write_all(b"1\r\nx\r\n").is_ok() {}
    };
    let engine = Engine::new(streams);
    let long = engine.scene(Bounds {
        answer_bytes: 100_000,
        ..Bounds::default()
    });
    let mut stream = long.connect();
    stream
        .write_all(format!("{ASKED}\r\n").as_bytes())
        .expect("it listens");
    let mut passed = Vec::new();
    let broken = stream
        .read_to_end(&mut passed)
        .expect_err("it does not look whole");
    assert_eq!(broken.kind(), std::io::ErrorKind::ConnectionReset);
    assert!(passed.len() <= 100_000, "{}", passed.len());
    let told = long.proxy.refusals().take();
    assert_eq!(
        told,
        ["socket docker: the answer is longer than 100000 bytes"]
    );
    // One that drips has no more time than one that floods.
    let drips = Engine::new(|stream| {
        let _cut = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
        stream
            .set_read_timeout(Some(SHORT / 20))
            .expect("it is ours");
        while stream.write_all(b"x").is_ok() {
            let _over = stream.read(&mut [0]);
        }
    });
    let slow = drips.scene(Bounds {
        answer: Duration::from_secs(1),
        ..Bounds::default()
    });
    let mut stream = slow.connect();
    stream
        .write_all(format!("{ASKED}\r\n").as_bytes())
        .expect("it listens");
    assert!(
        stream.read_to_end(&mut Vec::new()).is_err(),
        "it does not look whole"
    );
    let told = slow.proxy.refusals().take();
    assert_eq!(
        told,
        ["socket docker: the answer did not end within 1 seconds"]
    );
}

#[test]
fn a_socket_that_says_nothing_or_something_else_is_told_within_the_bound() {
    let silent = Engine::new(|stream| {
        let _until_the_other_ends = stream.read(&mut [0]);
    });
    let bounds = Bounds {
        answer: Duration::from_secs(1),
        ..Bounds::default()
    };
    let scene = silent.scene(bounds);
    let told = scene.say_text(&format!("{ASKED}\r\n"));
    assert_eq!(
        first_line(&told),
        "HTTP/1.1 502 socket docker: the answer did not end within 1 seconds"
    );
    let other: [fn(&mut UnixStream); 3] = [
        |stream| {
            stream
                .write_all(b"SSH-2.0-agent\r\n")
                .expect("somebody listens");
        },
        |stream| {
            stream
                .write_all(b"HTTP/1.1 200 OK\r\nhalf")
                .expect("somebody listens");
        },
        |_| {},
    ];
    for says in other {
        let scene = Engine::new(says);
        let told = scene.scene(bounds).say_text(&format!("{ASKED}\r\n"));
        assert_eq!(
            first_line(&told),
            "HTTP/1.1 502 socket docker: what it answers is no HTTP"
        );
    }
}

#[test]
fn a_host_that_is_granted_by_such_a_name_stays_one_until_a_socket_has_the_name() {
    let engine = Engine::new(lists);
    let hosts = ["other.socket:80", "docker.socket:80"];
    let scene = scene(&engine.path(), &hosts, Bounds::default());
    // Nobody knows the name, which was looked up: it is a host.
    let unknown = "HTTP/1.1 502 the name of host other.socket:80 cannot be looked up";
    let told = scene.say_text("GET http://other.socket/ HTTP/1.1\r\n\r\n");
    assert_eq!(first_line(&told), unknown);
    let told = scene.say_text(&format!("{ASKED}\r\n"));
    assert_eq!(first_line(&told), "HTTP/1.1 200 OK");
    assert_eq!(
        scene.asked_for("docker.socket:80"),
        "HTTP/1.1 403 socket docker: CONNECT not granted, only GET"
    );
}
