//! Checks against servers on this machine's own loopback: well, broken in each way, and slow.

mod pages;
mod server;
mod trust;

use std::net::{SocketAddr, TcpListener};

use serde_json::{Value, json};

use self::server::{dns_server, hold, lines_of, serve};
use super::*;

/// One check of that probe.
fn check(probe: &Value, timeout_ms: u64) -> Check {
    let text = json!({"name": "it", "timeout_ms": timeout_ms, "probe": probe});
    serde_json::from_value(text).expect("it is a check")
}

fn run_with(probe: &Value, timeout_ms: u64, proxy: Option<SocketAddr>) -> CheckResult {
    let mut notes = Notes::default();
    let mut told = run_all(
        &[check(probe, timeout_ms)],
        proxy,
        Some(trust::AUTHORITY),
        &mut notes,
    );
    assert_eq!(notes.into_sentences(), Vec::<String>::new());
    told.pop().expect("one check, one result")
}

fn run(probe: &Value) -> CheckResult {
    run_with(probe, 5000, None)
}

fn outcome(probe: &Value) -> Outcome {
    run(probe).outcome
}

/// A port on which nothing listens.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    listener.local_addr().expect("it has one").port()
}

#[test]
fn a_port_takes_connections_or_refuses_and_either_shows_that_the_machine_is_there() {
    let tcp = |port: u16| json!({"kind": "tcp", "host": "127.0.0.1", "port": port});
    let ping = |port: u16| json!({"kind": "ping", "host": "127.0.0.1", "port": port});
    let open = serve(hold);
    assert_eq!(outcome(&tcp(open)), Outcome::Ok);
    let told = run(&ping(open));
    assert_eq!(
        (told.outcome, told.sentence),
        (
            Outcome::Ok,
            format!(
                "127.0.0.1:{open}: the machine is there (a TCP connection: the sandbox has no ICMP)"
            )
        )
    );
    let closed = free_port();
    let told = run(&tcp(closed));
    assert_eq!(
        (told.outcome, told.next),
        (
            Outcome::Refused,
            Some(format!("nc -vz -w 5 127.0.0.1 {closed}"))
        )
    );
    assert_eq!(outcome(&ping(closed)), Outcome::Ok);
}

#[test]
fn a_name_that_nobody_knows_is_told_with_the_command_that_shows_it() {
    let told = run_with(
        &json!({"kind": "tcp", "host": "nowhere.invalid", "port": 80}),
        20_000,
        None,
    );
    assert_eq!(
        (told.outcome, told.sentence.as_str(), told.next.as_deref()),
        (
            Outcome::NameUnknown,
            "nowhere.invalid:80: nobody knows an address for nowhere.invalid",
            Some("getent ahosts nowhere.invalid")
        )
    );
}

#[test]
fn what_is_no_address_is_the_configurations_fault() {
    for probe in [
        json!({"kind": "tcp", "host": "a b", "port": 80}),
        json!({"kind": "http", "url": "nas.lan"}),
        json!({"kind": "dns", "server": "127.0.0.1", "name": "a..b"}),
    ] {
        let told = run(&probe);
        assert_eq!(told.outcome, Outcome::BadTarget, "{probe}");
        assert!(!told.outcome.is_about_target());
    }
}

#[test]
fn a_name_servers_records_are_held_against_what_is_expected() {
    let port = serve(|line| dns_server(line, 0, &[[192, 0, 2, 7]]));
    let ask = |port: u16, expect: Value| {
        let mut probe =
            json!({"kind": "dns", "server": "127.0.0.1", "port": port, "name": "nas.example"});
        if expect.is_string() {
            probe["expect"] = expect;
        }
        run(&probe)
    };
    let told = ask(port, Value::Null);
    assert_eq!(
        (told.outcome, told.records),
        (Outcome::Ok, vec!["192.0.2.7".to_owned()])
    );
    assert_eq!(ask(port, json!("192.0.2.7")).outcome, Outcome::Ok);
    let told = ask(port, json!("192.0.2.8"));
    assert_eq!(
        (told.outcome, told.sentence),
        (
            Outcome::WrongRecord,
            format!("nas.example at 127.0.0.1:{port}: it says 192.0.2.7; 192.0.2.8 was expected")
        )
    );
    let none = serve(|line| dns_server(line, 0, &[]));
    assert_eq!(ask(none, Value::Null).outcome, Outcome::NoRecord);
    let unknown = serve(|line| dns_server(line, 3, &[]));
    assert_eq!(ask(unknown, Value::Null).outcome, Outcome::NoSuchName);
    let broken = serve(|line| dns_server(line, 2, &[]));
    assert_eq!(ask(broken, Value::Null).outcome, Outcome::DnsError);
    let odd = serve(lines_of(b"\x00\x02ab"));
    assert_eq!(ask(odd, Value::Null).outcome, Outcome::OddAnswer);
}

#[test]
fn what_is_not_granted_is_told_with_the_line_to_add() {
    let proxy = serve(lines_of(
        b"HTTP/1.1 403 host nas.example:443 not granted\r\nContent-Length: 0\r\n\r\n",
    ));
    let proxy = SocketAddr::from(([127, 0, 0, 1], proxy));
    let told = run_with(
        &json!({"kind": "tls", "host": "nas.example"}),
        5000,
        Some(proxy),
    );
    assert_eq!(
        (told.outcome, told.next.as_deref()),
        (
            Outcome::NotGranted,
            Some(
                "add \"nas.example:443\" to hosts = [...] below [grants] in tool.toml, then `ai-lab-framework tool approve monitoring`"
            )
        )
    );
}

#[test]
fn through_the_proxy_the_servers_answer_is_read_and_a_silent_or_dead_proxy_is_named() {
    let at = |port: u16| Some(SocketAddr::from(([127, 0, 0, 1], port)));
    let probe = json!({"kind": "http", "url": "http://nas.example/", "contains": "well"});
    let answers = serve(lines_of(
        b"HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nwell",
    ));
    assert_eq!(run_with(&probe, 5000, at(answers)).outcome, Outcome::Ok);
    let silent = serve(hold);
    assert_eq!(
        run_with(&probe, 300, at(silent)).outcome,
        Outcome::NoConnection
    );
    assert_eq!(
        run_with(&probe, 5000, at(free_port())).outcome,
        Outcome::NotRun
    );
    let ends = serve(lines_of(b"HTTP/1.1 "));
    assert_eq!(run_with(&probe, 5000, at(ends)).outcome, Outcome::NotRun);
}

#[test]
fn many_silent_servers_take_as_long_as_one_and_failures_come_first() {
    let silent = serve(hold);
    let well = serve(hold);
    let mut checks: Vec<Check> = (0..=MOST_CHECKS)
        .map(|_| {
            check(
                &json!({"kind": "http", "url": format!("http://127.0.0.1:{silent}/")}),
                500,
            )
        })
        .collect();
    checks[0] = check(
        &json!({"kind": "tcp", "host": "127.0.0.1", "port": well}),
        500,
    );
    let start = Instant::now();
    let mut notes = Notes::default();
    let told = run_all(&checks, None, None, &mut notes);
    // One after the other they would take 15 seconds.
    assert!(start.elapsed() < Duration::from_secs(5), "{told:?}");
    let outcomes: Vec<Outcome> = told.iter().map(|one| one.outcome).collect();
    let mut wanted = vec![Outcome::Silent; MOST_CHECKS - 1];
    wanted.push(Outcome::Ok);
    assert_eq!(outcomes, wanted);
    assert_eq!(
        notes.into_sentences(),
        ["the first 32 of 33 checks are run"]
    );
}
