//! Engines that play what Docker and Podman answered, behind what plays the framework's proxy.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread;

use state_files::StateFolder;
use tempfile::TempDir;

use super::*;
use crate::machine::tests::machine;

/// Docker's containers as they were recorded.
const WEB: &str = "4fa6e0f0c6786287e131c3852c58a2e01cc697a68231826813597e4994f1d6e2";
const DB: &str = "70cf4c0e2f1b5e4d1d0a8a4a2f6a0f4e6c1b2a3948576655443322110ffeeddc";
const JOB: &str = "c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00";
const GRAFANA: &str = "ab12cd34ab12cd34ab12cd34ab12cd34ab12cd34ab12cd34ab12cd34ab12cd34";

/// What is answered to a path: the first, then the next; the last again and again.
type Answers = BTreeMap<String, Vec<Vec<u8>>>;

fn whole(json: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        json.len()
    );
    [head.as_bytes(), json].concat()
}

fn in_chunks(json: &[u8]) -> Vec<u8> {
    let mut answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    for chunk in json.chunks(100) {
        answer.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        answer.extend_from_slice(chunk);
        answer.extend_from_slice(b"\r\n");
    }
    answer.extend_from_slice(b"0\r\n\r\n");
    answer
}

fn says(code: u16, why: &str) -> Vec<u8> {
    format!("HTTP/1.1 {code} {why}\r\nContent-Type: text/plain\r\n\r\n{why}\n").into_bytes()
}

fn docker() -> Answers {
    let stats = || {
        vec![
            whole(include_bytes!("recorded/docker-stats-1.json")),
            whole(include_bytes!("recorded/docker-stats-2.json")),
        ]
    };
    let url = |path: &str| format!("http://docker.socket/containers/{path}");
    let usage = |id: &str| url(&format!("{id}/stats?stream=false&one-shot=true"));
    let page = |id: &str| url(&format!("{id}/json"));
    BTreeMap::from([
        (
            url("json?all=true"),
            vec![in_chunks(include_bytes!("recorded/docker-list.json"))],
        ),
        (usage(WEB), stats()),
        (usage(DB), stats()),
        (
            page(WEB),
            vec![whole(include_bytes!("recorded/docker-inspect-web.json"))],
        ),
        (
            page(DB),
            vec![whole(include_bytes!("recorded/docker-inspect-db.json"))],
        ),
        (
            page(JOB),
            vec![whole(include_bytes!("recorded/docker-inspect-job.json"))],
        ),
    ])
}

fn podman() -> Answers {
    let url = |path: &str| format!("http://podman.socket/containers/{path}");
    BTreeMap::from([
        (
            url("json?all=true"),
            vec![whole(include_bytes!("recorded/podman-list.json"))],
        ),
        (
            url(&format!("{GRAFANA}/stats?stream=false&one-shot=true")),
            vec![
                whole(include_bytes!("recorded/podman-stats-1.json")),
                whole(include_bytes!("recorded/podman-stats-2.json")),
            ],
        ),
        (
            url(&format!("{GRAFANA}/json")),
            vec![whole(include_bytes!(
                "recorded/podman-inspect-grafana.json"
            ))],
        ),
    ])
}

/// What plays the proxy and the engines behind it; it keeps every question.
struct Door {
    at: SocketAddr,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Door {
    /// What is not among the answers is a socket that is not there.
    fn answering(answers: Answers) -> Self {
        let answers = Mutex::new(answers);
        Self::playing(move |url, stream| {
            let mut answers = answers.lock().expect("no panic");
            let name = url
                .trim_start_matches("http://")
                .split('.')
                .next()
                .unwrap_or_default();
            let answer = match answers.get_mut(url) {
                Some(all) if all.len() > 1 => all.remove(0),
                Some(all) => all[0].clone(),
                None => says(
                    502,
                    &format!(
                        "socket {name} cannot be asked: No such file or directory (os error 2)"
                    ),
                ),
            };
            stream.write_all(&answer).expect("somebody listens");
        })
    }

    fn playing(play: impl Fn(&str, &mut TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let at = listener.local_addr().expect("bound");
        let heard: Arc<Mutex<Vec<String>>> = Arc::default();
        let (keeps, play) = (Arc::clone(&heard), Arc::new(play));
        thread::spawn(move || {
            while let Ok((mut stream, _)) = listener.accept() {
                let (keeps, play) = (Arc::clone(&keeps), Arc::clone(&play));
                thread::spawn(move || {
                    let mut question = Vec::new();
                    let mut byte = [0];
                    while !question.ends_with(b"\r\n\r\n")
                        && stream.read(&mut byte).is_ok_and(|count| count == 1)
                    {
                        question.push(byte[0]);
                    }
                    let question = String::from_utf8_lossy(&question).into_owned();
                    let url = question.split(' ').nth(1).unwrap_or_default().to_owned();
                    keeps.lock().expect("no panic").push(question);
                    play(&url, &mut stream);
                });
            }
        });
        Self { at, heard }
    }
}

/// The action on a machine of these files, with this way out.
fn asked(root: &TempDir, proxy: Option<SocketAddr>, names: &[&str]) -> ContainersOutput {
    let action = Containers {
        machine: Machine::below(root.path()),
        surroundings: Surroundings {
            proxy,
            state: StateFolder::at(PathBuf::from("nowhere")),
        },
    };
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let input = ContainersInput {
        interval_ms: Bounded::constant(100),
        ..ContainersInput::default()
    };
    action.look(&input, &names)
}

fn bare() -> TempDir {
    machine(&[("proc/meminfo", "MemTotal: 8000000 kB\n")])
}

fn engines(output: &ContainersOutput) -> Vec<(&str, EngineState, usize)> {
    let row = |row: &'_ EngineRow| (row.state, row.containers);
    output
        .engines
        .iter()
        .map(|one| (one.name.as_str(), row(one).0, row(one).1))
        .collect()
}

#[test]
fn both_engines_are_told_in_one_list_the_worst_first() {
    let mut answers = docker();
    answers.extend(podman());
    let door = Door::answering(answers);
    let output = asked(&bare(), Some(door.at), &["docker", "podman"]);
    assert_eq!(
        engines(&output),
        [
            ("docker", EngineState::Answers, 4),
            ("podman", EngineState::Answers, 2)
        ]
    );
    assert_eq!(
        (output.count, output.in_trouble, output.notes.len()),
        (6, 3, 0),
        "{:?}",
        output.notes
    );
    let told: Vec<_> = output
        .containers
        .iter()
        .map(|row| {
            (
                row.name.as_deref().unwrap_or("-"),
                row.cpu_percent,
                row.memory_bytes,
                row.restarts,
                row.problems.len(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("db", Some(80.0), Some(95_000_000), Some(7), 4),
            ("web", Some(80.0), Some(95_000_000), Some(0), 1),
            ("job", None, None, Some(0), 1),
            ("grafana", Some(25.0), Some(20_971_520), Some(0), 0),
            ("-", None, None, None, 0),
            ("old", None, None, None, 0),
        ]
    );
    let heard = door.heard.lock().expect("no panic").clone();
    // A list each, two readings of each running one, one page of each that runs or ended badly.
    assert_eq!(heard.len(), 2 + 2 * 3 + 4, "{heard:#?}");
    assert!(
        heard.iter().all(|head| head.starts_with("GET http://")),
        "{heard:#?}"
    );
}

#[test]
fn of_what_containers_hold_nothing_is_told() {
    let mut answers = docker();
    answers.extend(podman());
    let door = Door::answering(answers);
    let output = asked(&bare(), Some(door.at), &["docker", "podman"]);
    assert!(
        output.containers[3].uptime_s.is_some(),
        "Podman's moments have an offset"
    );
    let shown = serde_json::to_string(&output).expect("JSON");
    for secret in [
        "s3cret",
        "POSTGRES",
        "password",
        "/srv",
        "entrypoint",
        "172.17",
    ] {
        assert!(!shown.contains(secret), "{secret}: {shown}");
    }
}

#[test]
fn what_is_not_granted_is_left_out_and_said() {
    let mut answers = docker();
    for (url, all) in &mut answers {
        if url.ends_with("/json") {
            *all = vec![says(
                403,
                "socket docker: the path /containers/x/json not granted",
            )];
        }
    }
    let url = "http://other.socket/containers/json?all=true".to_owned();
    answers.insert(url, vec![says(403, "socket other: not granted")]);
    let door = Door::answering(answers);
    let output = asked(&bare(), Some(door.at), &["docker", "other", "podman"]);
    assert_eq!(
        engines(&output),
        [
            ("docker", EngineState::Answers, 4),
            ("other", EngineState::NotGranted, 0),
            ("podman", EngineState::Absent, 0)
        ]
    );
    assert_eq!(
        output.notes,
        ["docker: restarts and start: socket docker: the path /containers/x/json not granted"]
    );
    let db = &output.containers[0];
    assert_eq!(
        (db.name.as_deref(), db.restarts, db.uptime_s),
        (Some("db"), None, None)
    );
    // What the list itself says is still known.
    assert_eq!(
        db.problems,
        ["its health check fails", "it takes 95 % of its memory"]
    );
}

#[test]
fn an_engine_that_says_nothing_costs_its_time_and_no_other_engines_answer() {
    let answers = Mutex::new(docker());
    let door = Door::playing(move |url, stream| {
        if url.starts_with("http://podman") {
            // Until the other side has had enough.
            let _gone = stream.read(&mut [0]);
            return;
        }
        let mut answers = answers.lock().expect("no panic");
        let all = answers.get_mut(url).expect("because it was recorded");
        let answer = if all.len() > 1 {
            all.remove(0)
        } else {
            all[0].clone()
        };
        let _gone = stream.write_all(&answer);
    });
    let start = Instant::now();
    let output = asked(&bare(), Some(door.at), &["docker", "podman"]);
    let took = start.elapsed();
    assert!(took >= ENGINES && took < ENGINES * 2, "{took:?}");
    assert_eq!(
        engines(&output),
        [
            ("docker", EngineState::Answers, 4),
            ("podman", EngineState::Silent, 0)
        ]
    );
    assert_eq!(output.notes, ["podman: it did not answer in time"]);
    assert_eq!(output.containers.len(), 4);
}

#[test]
fn an_engine_that_answers_anything_else_is_silent_with_the_reason() {
    for (answer, why) in [
        (says(500, "Internal Server Error"), "it answered 500"),
        (whole(b"{}"), "its list has an unknown form"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n[".to_vec(),
            "its answer was cut off",
        ),
        (b"what?\r\n\r\n".to_vec(), "what it answered is no HTTP"),
        (
            says(
                502,
                "socket docker cannot be asked: Permission denied (os error 13)",
            ),
            "socket docker cannot be asked: Permission denied (os error 13)",
        ),
        (
            [b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), vec![b' '; 3 << 20]].concat(),
            "its answer is longer than 2097152 bytes",
        ),
    ] {
        let door = Door::playing(move |_, stream| {
            let _gone = stream.write_all(&answer);
        });
        let output = asked(&bare(), Some(door.at), &["docker"]);
        assert_eq!(engines(&output), [("docker", EngineState::Silent, 0)]);
        assert_eq!(output.notes, [format!("docker: {why}")]);
    }
    // Nobody is at the proxy's place.
    let gone = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let at = gone.local_addr().expect("bound");
    drop(gone);
    let output = asked(&bare(), Some(at), &["docker"]);
    let told = &output.notes[0];
    assert!(told.starts_with("docker: the connection broke: "), "{told}");
}

#[test]
fn a_container_that_goes_while_it_is_looked_at_is_nothing_wrong() {
    let mut answers = docker();
    for (url, all) in &mut answers {
        if url.contains(WEB) {
            *all = vec![says(404, "Not Found")];
        }
    }
    let door = Door::answering(answers);
    let output = asked(&bare(), Some(door.at), &["docker"]);
    assert_eq!(output.notes, Vec::<String>::new());
    let web = output
        .containers
        .iter()
        .find(|row| row.name.as_deref() == Some("web"));
    assert_eq!(
        web.map(|row| (row.cpu_percent, row.restarts)),
        Some((None, None))
    );
}

#[test]
fn where_no_engine_answers_the_control_groups_tell_that_something_runs() {
    let group = format!("sys/fs/cgroup/system.slice/docker-{DB}.scope");
    let file = |name: &str| format!("{group}/{name}");
    let root = machine(&[
        (&file("cpu.stat"), "usage_usec 1000\n"),
        (&file("memory.current"), "950\n"),
        (&file("memory.max"), "1000\n"),
        (&file("pids.current"), "2\n"),
    ]);
    let said = "docker: some containers are seen by their control groups alone, which tell no name, image, health or restarts";
    let straight =
        "docker: it is asked through the framework only: run this by `ai-lab-framework tool run`";
    let door = Door::answering(Answers::new());
    for (proxy, state, notes) in [
        (Some(door.at), EngineState::Absent, vec![said]),
        (None, EngineState::Silent, vec![straight, said]),
    ] {
        let output = asked(&root, proxy, &["docker"]);
        assert_eq!(engines(&output), [("docker", state, 1)]);
        assert_eq!(output.notes, notes);
        let row = &output.containers[0];
        assert_eq!((row.id.as_str(), row.name.as_deref()), (&DB[..12], None));
        assert_eq!(
            (
                row.cpu_percent,
                row.memory_bytes,
                row.memory_percent,
                row.tasks
            ),
            (Some(0.0), Some(950), Some(95.0), Some(2))
        );
        assert_eq!(row.problems, ["it takes 95 % of its memory"]);
    }
    // With its engine answering it is told once.
    let door = Door::answering(docker());
    let output = asked(&root, Some(door.at), &["docker"]);
    assert_eq!((output.count, output.notes.len()), (4, 0));
}

#[test]
fn of_many_containers_so_many_are_asked_and_so_many_are_shown() {
    let one = |number: usize| {
        format!(
            r#"{{"Id": "{number:012x}", "Names": ["/c{number:04}"], "State": "running", "Status": "Up 1 hour"}}"#
        )
    };
    let all: Vec<String> = (0..600).map(one).collect();
    let list = whole(format!("[{}]", all.join(",")).as_bytes());
    let stats = whole(include_bytes!("recorded/docker-stats-1.json"));
    let page = whole(b"{}");
    let door = Door::playing(move |url, stream| {
        let answer = if url.contains("all=true") {
            &list
        } else if url.contains("/stats?") {
            &stats
        } else {
            &page
        };
        let _gone = stream.write_all(answer);
    });
    let output = asked(&bare(), Some(door.at), &["docker"]);
    assert_eq!((output.count, output.containers.len()), (600, 20));
    assert_eq!(
        output.notes,
        [
            "docker: the first 512 of 600 containers were looked at",
            "docker: 64 of 512 containers were measured",
            "docker: 64 of 512 containers were looked at closely",
            "the first 20 of 600 containers are shown",
        ]
    );
    assert_eq!(door.heard.lock().expect("no panic").len(), 1 + 3 * 64);
    let names = ["a", "b", "c", "d", "e"];
    let output = asked(&bare(), None, &names);
    assert_eq!(output.engines.len(), MOST_ENGINES);
    assert_eq!(output.notes[0], "the first 4 of 5 engines were asked");
}

#[test]
fn who_asks_often_asks_one_question_an_engine_and_a_dead_one_says_nothing() {
    let mut answers = docker();
    answers.extend(podman());
    let door = Door::answering(answers);
    let names = ["docker", "podman", "absent"].map(str::to_owned);
    let told = told(&names, Some(door.at));
    let short: Vec<_> = told
        .iter()
        .map(|one| (one.engine.as_str(), one.name.as_str(), one.condition))
        .collect();
    assert_eq!(
        short,
        [
            ("docker", "web", Condition::Fine),
            ("docker", "db", Condition::Unhealthy),
            ("docker", "job", Condition::Fine),
            ("docker", "old", Condition::Fine),
            ("podman", "grafana", Condition::Fine),
            ("podman", "998877665544", Condition::Fine),
        ]
    );
    assert_eq!(door.heard.lock().expect("no panic").len(), 3);
    assert_eq!(super::told(&names, None), []);
    let other = br#"[{"Id": "a1", "State": "restarting"}, {"Id": "a2", "State": "dead"}]"#.to_vec();
    let door = Door::playing(move |_, stream| {
        stream.write_all(&whole(&other)).expect("somebody listens");
    });
    let told = super::told(&names[..1], Some(door.at));
    let conditions: Vec<_> = told.iter().map(|one| one.condition).collect();
    assert_eq!(conditions, [Condition::Restarting, Condition::Dead]);
}
