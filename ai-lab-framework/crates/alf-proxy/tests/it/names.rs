//! Name servers of files, as the proxy asks them.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::path::Path;
use std::thread;

use alf_proxy::{Bounds, NameServers};
use tempfile::TempDir;

use crate::scene::{Scene, host};

/// A name server with a file that names it.
pub(crate) struct Server {
    folder: TempDir,
    socket: UdpSocket,
    by_tcp: TcpListener,
}

#[expect(clippy::disallowed_methods, reason = "a test's own file")]
fn write(path: &Path, text: &str) {
    std::fs::write(path, text).expect("room on the disk");
}

/// One that never answers.
pub(crate) fn silent_server() -> Server {
    let folder = tempfile::tempdir().expect("a folder");
    write(&folder.path().join("hosts"), "127.0.0.1 listed.example\n");
    write(
        &folder.path().join("resolv.conf"),
        "nameserver 127.0.0.1\nsearch lan\n",
    );
    // One port for both; somebody else may have the one or the other.
    let (socket, by_tcp) = (0..100)
        .find_map(|_| {
            let by_tcp = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).ok()?;
            let socket = UdpSocket::bind(by_tcp.local_addr().ok()?).ok()?;
            Some((socket, by_tcp))
        })
        .expect("a port");
    Server {
        folder,
        socket,
        by_tcp,
    }
}

impl Server {
    pub(crate) fn servers(&self) -> NameServers {
        let file = |name: &str| self.folder.path().join(name);
        let port = self.socket.local_addr().expect("bound").port();
        NameServers::of_files(file("hosts"), file("resolv.conf"), port)
    }

    pub(crate) fn wait_until_asked(&self) {
        self.socket.peek(&mut [0; 512]).expect("somebody asks");
    }

    /// Answers as many questions with these flags and records.
    fn answer(&self, answers: Vec<([u8; 2], Vec<u8>)>) -> thread::JoinHandle<Vec<String>> {
        let socket = self.socket.try_clone().expect("it is ours");
        thread::spawn(move || {
            let mut asked = Vec::new();
            for (flags, record) in answers {
                let mut message = [0; 512];
                let (length, from) = socket.recv_from(&mut message).expect("somebody asks");
                asked.push(name_of(&message[12..length - 4]));
                // First what nobody asked for, which must not be believed.
                socket.send_to(&[0; 40], from).expect("it is there");
                let answer = answer_to(&message[..length], flags, &record);
                socket.send_to(&answer, from).expect("it is there");
            }
            asked
        })
    }
}

fn answer_to(question: &[u8], flags: [u8; 2], record: &[u8]) -> Vec<u8> {
    let mut answer = question.to_vec();
    answer[2..4].copy_from_slice(&flags);
    answer[7] = u8::from(!record.is_empty());
    answer.extend_from_slice(record);
    answer
}

fn name_of(mut labels: &[u8]) -> String {
    let mut name = Vec::new();
    while let Some((length, rest)) = labels.split_first().filter(|(length, _)| **length > 0) {
        let (label, rest) = rest.split_at((*length).into());
        name.push(String::from_utf8_lossy(label).into_owned());
        labels = rest;
    }
    name.join(".")
}

const OK: [u8; 2] = [0x81, 0x80];
const CUT: [u8; 2] = [0x83, 0x80];
const NO_SUCH_NAME: [u8; 2] = [0x81, 0x83];

fn loopback() -> Vec<u8> {
    vec![0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 127, 0, 0, 1]
}

/// The granted name leads to the loopback, which is granted too.
fn reaches(server: &Server, name: &str) -> String {
    let (at, heard) = host(b"reached");
    let grants = [format!("{name}:{}", at.port()), at.to_string()];
    let scene = Scene::within(&grants, server.servers(), Bounds::default());
    let told = scene.say_text(&format!("CONNECT {name}:{} HTTP/1.1\r\n\r\n", at.port()));
    heard.join().expect("no panic");
    told.lines().last().unwrap_or_default().to_owned()
}

#[test]
fn a_name_is_looked_up_at_the_name_server_and_only_a_granted_one() {
    let server = silent_server();
    let asked = server.answer(vec![(OK, loopback()), (OK, Vec::new())]);
    assert_eq!(reaches(&server, "far.example"), "reached");
    assert_eq!(asked.join().expect("no panic"), ["far.example"; 2]);
    let scene = Scene::within(&[], server.servers(), Bounds::default());
    let told = scene.asked_for("secret-of-the-house.example:443");
    assert!(told.contains("not granted"), "{told}");
    server.socket.set_nonblocking(true).expect("it is ours");
    assert!(
        server.socket.recv(&mut [0; 9]).is_err(),
        "nobody is asked about it"
    );
}

#[test]
fn a_name_without_a_dot_is_looked_up_in_the_place_first() {
    let server = silent_server();
    let none = (NO_SUCH_NAME, Vec::new());
    let asked = server.answer(vec![none, (OK, loopback()), (OK, Vec::new())]);
    assert_eq!(reaches(&server, "nas"), "reached");
    assert_eq!(asked.join().expect("no panic"), ["nas.lan", "nas", "nas"]);
}

#[test]
fn an_answer_that_is_too_long_for_a_message_is_had_by_tcp() {
    let server = silent_server();
    let by_tcp = server.by_tcp.try_clone().expect("it is ours");
    let asked = server.answer(vec![(CUT, Vec::new()), (OK, Vec::new())]);
    let answered = thread::spawn(move || {
        let (mut stream, _) = by_tcp.accept().expect("somebody comes");
        let mut length = [0; 2];
        stream.read_exact(&mut length).expect("a question");
        let mut question = vec![0; u16::from_be_bytes(length).into()];
        stream.read_exact(&mut question).expect("a question");
        let answer = answer_to(&question, OK, &loopback());
        let length = u16::try_from(answer.len()).expect("short");
        let all = [&length.to_be_bytes(), answer.as_slice()].concat();
        stream.write_all(&all).expect("somebody listens");
    });
    assert_eq!(reaches(&server, "many.example"), "reached");
    answered.join().expect("no panic");
    assert_eq!(asked.join().expect("no panic"), ["many.example"; 2]);
}

#[test]
fn a_name_in_the_file_of_hosts_leads_there_as_strictly() {
    let server = silent_server();
    assert_eq!(reaches(&server, "listed.example"), "reached");
    let grants = ["listed.example:1".to_owned(), "localhost:1".to_owned()];
    let scene = Scene::within(&grants, server.servers(), Bounds::default());
    for name in ["listed.example:1", "localhost:1"] {
        let told = format!("host {name} leads to 127.0.0.1:1, which is not granted itself");
        assert_eq!(scene.asked_for(name), format!("HTTP/1.1 403 {told}"));
    }
}
