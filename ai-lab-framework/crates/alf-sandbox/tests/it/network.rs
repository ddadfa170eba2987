//! A network of the tool's own: granted hosts through the proxy, and no other way.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::net::{SocketAddr, UnixListener};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use alf_policy::SandboxLevel::{self, L3};
use serde_json::json;

use crate::scene::{Said, Stage};

/// How long a host waits for bytes that must come.
const PATIENCE: Option<Duration> = Some(Duration::from_secs(20));

/// Ends a script's lines for a shell.
fn python(script: &str) -> String {
    format!("exec python3 - <<'END'\n{script}\nEND")
}

fn listener() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("bound").port();
    (listener, port)
}

/// A host that answers one request by HTTP; gives what it heard.
fn web(listener: TcpListener) -> JoinHandle<String> {
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("somebody comes");
        stream.set_read_timeout(PATIENCE).expect("it is ours");
        let mut heard = String::new();
        while !heard.ends_with("\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).expect("a request");
            heard.push(byte[0].into());
        }
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nserved";
        stream.write_all(answer).expect("somebody listens");
        heard
    })
}

fn run(grant: &str, script: &str) -> Said {
    let stage = Stage::new();
    let confinement = stage.confinement(L3, &json!({ "hosts": [grant] }));
    stage.run_in(&confinement, &python(script))
}

const BY_URL: &str = "
import urllib.request
proxy = urllib.request.ProxyHandler({'http': 'http://127.0.0.1:3128'})
try: print(urllib.request.build_opener(proxy).open('http://127.0.0.1:PORT/a').read().decode())
except urllib.error.HTTPError as error: print(error)";

const BY_TUNNEL: &str = "
import http.client
connection = http.client.HTTPConnection('127.0.0.1', 3128)
connection.set_tunnel('127.0.0.1', PORT)
try:
  connection.request('GET', '/a')
  print(connection.getresponse().read().decode())
except OSError as error: print(error)";

const BY_SOCKS: &str = "
import socket
s = socket.create_connection(('127.0.0.1', 3128))
s.sendall(b'\\x05\\x01\\x00')
assert s.recv(2) == b'\\x05\\x00'
s.sendall(b'\\x05\\x01\\x00\\x01\\x7f\\x00\\x00\\x01' + (PORT).to_bytes(2, 'big'))
reply = s.recv(10)
if reply[1]: print('reply', reply[1])
else:
  s.sendall(b'GET /a HTTP/1.0\\r\\n\\r\\n')
  print(s.makefile('rb').read().split(b'\\r\\n\\r\\n')[1].decode())";

#[test]
fn a_granted_host_is_reached_by_url_by_tunnel_and_by_socks() {
    for script in [BY_URL, BY_TUNNEL, BY_SOCKS] {
        let (listener, port) = listener();
        let heard = web(listener);
        let script = script.replace("PORT", &port.to_string());
        let said = run(&format!("127.0.0.1:{port}"), &script);
        assert_eq!(
            (said.out.as_str(), said.code, said.refused.len()),
            ("served\n", Some(0), 0),
            "{said:?}"
        );
        let heard = heard.join().expect("no panic");
        assert!(heard.starts_with("GET /a HTTP/1."), "{heard}");
    }
}

#[test]
fn a_host_that_is_not_granted_is_refused_with_its_name_to_tool_and_person() {
    for (script, told) in [
        (BY_URL, "HTTP Error 403: host 127.0.0.1:PORT not granted\n"),
        (
            BY_TUNNEL,
            "Tunnel connection failed: 403 host 127.0.0.1:PORT not granted\n",
        ),
        (BY_SOCKS, "reply 2\n"),
    ] {
        let (listener, port) = listener();
        listener.set_nonblocking(true).expect("it is ours");
        let port = port.to_string();
        let said = run("127.0.0.1:9", &script.replace("PORT", &port));
        assert_eq!(said.out, told.replace("PORT", &port), "{said:?}");
        assert_eq!(said.refused, [format!("host 127.0.0.1:{port} not granted")]);
        assert!(listener.accept().is_err(), "nobody came");
    }
}

/// The machine's own name for itself leads to it: granted as a name, it must be granted as an address too.
#[test]
fn a_granted_name_that_leads_to_this_machine_is_refused() {
    let (listener, port) = listener();
    listener.set_nonblocking(true).expect("it is ours");
    let script = BY_TUNNEL
        .replace("set_tunnel('127.0.0.1'", "set_tunnel('localhost'")
        .replace("PORT", &port.to_string());
    let said = run(&format!("localhost:{port}"), &script);
    let told =
        format!("host localhost:{port} leads to 127.0.0.1:{port}, which is not granted itself");
    assert_eq!(
        said.out,
        format!("Tunnel connection failed: 403 {told}\n"),
        "{said:?}"
    );
    assert_eq!(said.refused, [told]);
    assert!(listener.accept().is_err(), "nobody came");
}

/// Ways around the proxy. Each is to end without an error when it reaches the machine.
const AROUND: &[(&str, &str)] = &[
    ("TCP", "socket.create_connection(('127.0.0.1', PORT), 3)"),
    (
        "TCP over version 6",
        "socket.create_connection(('::ffff:127.0.0.1', PORT), 3)",
    ),
    (
        "TCP to its address in the network",
        "socket.create_connection((OWN, PORT), 3)",
    ),
    (
        "MPTCP",
        "socket.socket(2, 1, 262).connect(('127.0.0.1', PORT))",
    ),
    (
        "fast open",
        "socket.socket().sendto(b'x', 0x20000000, ('127.0.0.1', PORT))",
    ),
    (
        "UDP",
        "s = socket.socket(2, 2); s.connect(('127.0.0.1', DATAGRAMS)); s.settimeout(3); s.send(b'x'); s.recv(9)",
    ),
    (
        "an abstract socket",
        "s = socket.socket(1, 1); s.connect('\\0ABSTRACT')",
    ),
    (
        "raw packets",
        "s = socket.socket(2, 3, 1); s.settimeout(3); s.sendto(b'\\x08\\x00\\xf7\\xff\\0\\0\\0\\0', ('127.0.0.1', 0)); s.recv(99)",
    ),
    (
        "packets of the link",
        "s = socket.socket(17, 3, 0x300); s.bind(('eth0', 0))",
    ),
    (
        "listening",
        "s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen()",
    ),
];

/// What those attacks reach: everything that the machine could be reached by.
struct Machine {
    stream: TcpListener,
    datagrams: UdpSocket,
    name: String,
    _abstract: UnixListener,
}

impl Machine {
    fn new() -> Self {
        let stream = TcpListener::bind("0.0.0.0:0").expect("a port");
        let datagrams = UdpSocket::bind("127.0.0.1:0").expect("a port");
        let (echo, name) = (
            datagrams.try_clone().expect("it is ours"),
            format!("ai-lab-{}", stream.local_addr().expect("bound").port()),
        );
        echo.set_read_timeout(PATIENCE).expect("it is ours");
        thread::spawn(move || {
            while let Ok((_, from)) = echo.recv_from(&mut [0; 9]) {
                let _gone = echo.send_to(b"y", from);
            }
        });
        let address = SocketAddr::from_abstract_name(&name).expect("a short name");
        let listening = UnixListener::bind_addr(&address).expect("nobody has it");
        Self {
            stream,
            datagrams,
            name,
            _abstract: listening,
        }
    }

    /// The address that the machine has in its network, or its loopback where it has none.
    fn own() -> String {
        let probe = UdpSocket::bind("0.0.0.0:0").expect("a port");
        let own = probe
            .connect("192.0.2.1:9")
            .and_then(|()| probe.local_addr());
        own.map_or("127.0.0.1".into(), |own| own.ip().to_string())
    }

    fn script(&self, attack: &str) -> String {
        let port = |address: std::io::Result<std::net::SocketAddr>| {
            address.expect("bound").port().to_string()
        };
        let attack = attack
            .replace("PORT", &port(self.stream.local_addr()))
            .replace("DATAGRAMS", &port(self.datagrams.local_addr()))
            .replace("OWN", &format!("'{}'", Self::own()))
            .replace("ABSTRACT", &self.name);
        python(&format!("import socket\n{attack}\nprint('bites')"))
    }
}

fn biting(change: fn(&mut alf_policy::Confinement), level: SandboxLevel) -> Vec<&'static str> {
    let machine = Machine::new();
    let bites = |attack: &str| {
        let stage = Stage::new();
        let mut confinement = stage.confinement(level, &json!({ "hosts": ["127.0.0.1:9"] }));
        change(&mut confinement);
        stage.run_in(&confinement, &machine.script(attack)).out == "bites\n"
    };
    let bite = AROUND.iter().filter(|(_, attack)| bites(attack));
    bite.map(|(name, _)| *name).collect()
}

#[test]
fn there_is_no_way_around_the_proxy() {
    assert_eq!(biting(|_| {}, L3), Vec::<&str>::new());
}

/// Each of the three layers bars the way: here the network is alone.
#[test]
fn without_filter_and_landlocks_network_the_own_network_still_leads_nowhere() {
    let alone = |confinement: &mut alf_policy::Confinement| {
        confinement.sandboxing.filtered = false;
        confinement.sandboxing.scoped = false;
        // From the next version on Landlock bounds the network.
        confinement.landlock_abi = 3;
        confinement.ports.clear();
    };
    // It may listen then, in its own network, where nobody is.
    assert_eq!(biting(alone, L3), ["listening"]);
}

/// The control: otherwise the tests above would pass for attacks that never bite.
#[test]
fn without_the_sandbox_they_reach_the_machine() {
    let bite = biting(
        |confinement| confinement.memory_bytes = 8 << 30,
        SandboxLevel::None,
    );
    // The kernel may lack the first or refuse the others to a plain user; the helper has given up what they need.
    let may_not = ["MPTCP", "raw packets", "packets of the link"];
    let missing: Vec<&str> = AROUND
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| !bite.contains(name) && !may_not.contains(name))
        .collect();
    assert_eq!(missing, Vec::<&str>::new());
}

/// Forked twice and in a session of its own, it holds a connection that it has opened by the proxy.
#[test]
fn what_the_tool_leaves_behind_cannot_go_on_using_the_proxy() {
    let (listener, port) = listener();
    let grant = format!("127.0.0.1:{port}");
    let said = run(
        &grant,
        &format!(
            "
import os, socket
s = socket.create_connection(('127.0.0.1', 3128))
s.sendall(b'CONNECT {grant} HTTP/1.1\\r\\n\\r\\n')
assert b' 200 ' in s.recv(99)
for _ in range(2):
  if os.fork(): os._exit(0)
  os.setsid()
os.closerange(0, 3)
while True: s.sendall(b'x')"
        ),
    );
    assert_eq!(said.code, Some(0), "{said:?}");
    let (mut host, _) = listener.accept().expect("it came");
    host.set_read_timeout(PATIENCE).expect("it is ours");
    // What was on its way comes, then an end or a break.
    let mut rest = Vec::new();
    let end = host.read_to_end(&mut rest).map_err(|error| error.kind());
    assert_ne!(
        end,
        Err(std::io::ErrorKind::WouldBlock),
        "it still holds the connection"
    );
    listener.set_nonblocking(true).expect("it is ours");
    assert!(listener.accept().is_err(), "nobody came after it");
}

/// The port in the tool's network is no port of the machine.
#[test]
fn nobody_else_reaches_the_proxy() {
    let stage = Stage::new();
    let confinement = stage.confinement(L3, &json!({ "hosts": ["127.0.0.1:9"] }));
    let reached = thread::scope(|scope| {
        let said = scope.spawn(|| stage.run_in(&confinement, "read line; echo end"));
        let reached = TcpStream::connect("127.0.0.1:3128");
        said.join().expect("no panic");
        reached
    });
    assert!(reached.is_err(), "{reached:?}");
}
