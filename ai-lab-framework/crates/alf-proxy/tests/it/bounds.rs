//! What a tool cannot do to the proxy, and that nothing is left of it.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use alf_proxy::Bounds;

use crate::names::silent_server;
use crate::scene::{Names, Scene, host, listener, read_all};

const SHORT: Duration = Duration::from_millis(200);

fn within(bounds: Bounds) -> Scene {
    Scene::within(&[], Names::default(), bounds)
}

#[test]
fn a_head_that_is_too_long_is_refused() {
    let scene = within(Bounds {
        head_bytes: 500,
        ..Bounds::default()
    });
    let line = "HTTP/1.1 431 the head of the request is longer than 500 bytes";
    let whole = format!(
        "CONNECT a.example:80 HTTP/1.1\r\nA: {}\r\n\r\n",
        "a".repeat(600)
    );
    let endless = "CONNECT ".to_owned() + &"a".repeat(20_000);
    for asked in [whole, endless] {
        assert_eq!(scene.say_text(&asked).lines().next(), Some(line));
    }
    let told = scene.proxy.refusals().take();
    assert_eq!(
        told,
        ["the head of the request is longer than 500 bytes (2 times)"]
    );
}

#[test]
fn a_tool_that_says_where_it_wants_to_go_too_slowly_loses_its_place() {
    let scene = within(Bounds {
        head: SHORT,
        ..Bounds::default()
    });
    for (first, answer) in [
        (&b"CONNECT a"[..], "HTTP/1.1 408 the request took too long"),
        (b"\x05\x01", ""),
        (b"", ""),
    ] {
        let before = Instant::now();
        let mut stream = scene.connect();
        stream.write_all(first).expect("it listens");
        let told = read_all(&mut stream);
        let told = String::from_utf8_lossy(&told);
        assert_eq!(told.lines().next().unwrap_or_default(), answer);
        assert!(before.elapsed() >= SHORT);
    }
    // A byte now and then does not lengthen it.
    let mut stream = scene.connect();
    stream
        .set_read_timeout(Some(SHORT / 10))
        .expect("it is ours");
    let before = Instant::now();
    let mut answer = [0; 64];
    let cut = loop {
        let still = stream.write_all(b"C").is_ok();
        match stream.read(&mut answer) {
            Ok(count) => break count > 0,
            Err(_) if still && before.elapsed() < SHORT * 50 => {}
            Err(_) => break false,
        }
    };
    assert!(cut && before.elapsed() < SHORT * 50);
}

#[test]
fn a_tunnel_that_carries_nothing_for_too_long_is_closed() {
    let quiet = listener();
    let at = quiet.local_addr().expect("bound");
    let bounds = Bounds {
        idle: SHORT,
        ..Bounds::default()
    };
    let scene = Scene::within(&[at.to_string()], Names::default(), bounds);
    let mut stream = scene.connect();
    let asked = format!("CONNECT {at} HTTP/1.1\r\n\r\n");
    stream.write_all(asked.as_bytes()).expect("it listens");
    let (mut host, _) = quiet.accept().expect("it came");
    assert!(read_all(&mut stream).ends_with(b"established\r\n\r\n"));
    assert_eq!(read_all(&mut host), b"");
}

#[test]
fn more_connections_than_are_served_at_once_wait_for_a_place() {
    let (at, heard) = host(b"served");
    let bounds = Bounds {
        connections: 4,
        ..Bounds::default()
    };
    let scene = Scene::within(&[at.to_string()], Names::default(), bounds);
    let mut silent: Vec<TcpStream> = (0..4).map(|_| scene.connect()).collect();
    // Each has its place once it was answered in part: SOCKS says which login it takes.
    for stream in &mut silent {
        stream.write_all(&[5, 1, 0]).expect("it listens");
        stream.read_exact(&mut [0; 2]).expect("it answers");
    }
    let mut waits = scene.connect();
    let asked = format!("CONNECT {at} HTTP/1.1\r\n\r\n");
    waits
        .write_all(asked.as_bytes())
        .expect("the kernel keeps it");
    waits.set_read_timeout(Some(SHORT)).expect("it is ours");
    assert!(waits.read(&mut [0; 1]).is_err(), "there is no place");
    drop(silent.pop());
    waits.set_read_timeout(None).expect("it is ours");
    waits
        .shutdown(std::net::Shutdown::Write)
        .expect("it is ours");
    assert!(read_all(&mut waits).ends_with(b"served"));
    heard.join().expect("no panic");
}

#[test]
fn a_host_that_does_not_answer_is_given_up() {
    let names = silent_server();
    let bounds = Bounds {
        connect: SHORT,
        ..Bounds::default()
    };
    let scene = Scene::within(&["slow.example:80".into()], names.servers(), bounds);
    assert_eq!(
        scene.asked_for("slow.example:80"),
        "HTTP/1.1 502 the name of host slow.example:80 cannot be looked up"
    );
}

#[test]
fn nothing_is_left_of_a_proxy_that_was_dropped() {
    let far = listener();
    let at = far.local_addr().expect("bound");
    let names = silent_server();
    let grants = [at.to_string(), "slow.example:80".to_owned()];
    let Scene { proxy, at: door } = Scene::within(&grants, names.servers(), Bounds::default());
    let scene = Scene { proxy, at: door };
    let mut tunnel = scene.connect();
    let asked = format!("CONNECT {at} HTTP/1.1\r\n\r\n");
    tunnel.write_all(asked.as_bytes()).expect("it listens");
    let (mut host, _) = far.accept().expect("it came");
    let mut head = [0; 39];
    tunnel.read_exact(&mut head).expect("it answers");
    // One that has said nothing, one that waits for a name, one that has said half.
    let mut silent = scene.connect();
    let mut looking = scene.connect();
    looking
        .write_all(b"CONNECT slow.example:80 HTTP/1.1\r\n\r\n")
        .expect("it listens");
    names.wait_until_asked();
    let mut half = scene.connect();
    half.write_all(b"CONNECT ").expect("it listens");
    let before = Instant::now();
    drop(scene.proxy);
    assert!(before.elapsed() < Duration::from_secs(5));
    let mut rest = Vec::new();
    for stream in [&mut tunnel, &mut host, &mut silent, &mut looking, &mut half] {
        // An end or a break, and not a byte more.
        let _broken = stream.read_to_end(&mut rest);
    }
    assert_eq!(rest, b"");
    assert!(TcpStream::connect(door).is_err(), "nobody listens any more");
    far.set_nonblocking(true).expect("it is ours");
    assert!(far.accept().is_err(), "nobody came after it");
}
