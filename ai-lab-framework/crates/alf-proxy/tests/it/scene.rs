//! A proxy in this machine's own network, with hosts on its loopback.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use alf_proxy::{Bounds, Lookup, Proxy, Reachable, Resolve};

/// How long a test waits for bytes that must come.
const PATIENCE: Duration = Duration::from_secs(20);

/// Names that lead where the test says.
#[derive(Debug, Default)]
pub(crate) struct Names(pub(crate) BTreeMap<&'static str, Vec<IpAddr>>);

impl Resolve for Names {
    fn addresses(&self, name: &str, _: &Lookup<'_>) -> Vec<IpAddr> {
        self.0.get(name).cloned().unwrap_or_default()
    }
}

/// A proxy and where it is.
pub(crate) struct Scene {
    pub(crate) proxy: Proxy,
    pub(crate) at: SocketAddr,
}

impl Scene {
    pub(crate) fn new(grants: &[String]) -> Self {
        Self::within(grants, Names::default(), Bounds::default())
    }

    pub(crate) fn within(grants: &[String], names: impl Resolve + 'static, bounds: Bounds) -> Self {
        let hosts = grants.iter().map(|text| text.parse().expect("a host"));
        let reachable = Reachable {
            hosts: hosts.collect(),
            sockets: Vec::new(),
        };
        Self::reaching(reachable, names, bounds)
    }

    pub(crate) fn reaching(
        reachable: Reachable,
        names: impl Resolve + 'static,
        bounds: Bounds,
    ) -> Self {
        let listener = listener();
        let at = listener.local_addr().expect("bound");
        let proxy = Proxy::start_within(listener, reachable, Arc::new(names), bounds);
        Self {
            proxy: proxy.expect("it starts"),
            at,
        }
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.at).expect("the proxy is there");
        stream.set_read_timeout(Some(PATIENCE)).expect("it is ours");
        stream
    }

    /// Sends bytes, says no more, and gives the whole answer.
    pub(crate) fn say(&self, bytes: &[u8]) -> Vec<u8> {
        let mut stream = self.connect();
        stream.write_all(bytes).expect("it listens");
        stream
            .shutdown(std::net::Shutdown::Write)
            .expect("it is ours");
        read_all(&mut stream)
    }

    pub(crate) fn say_text(&self, text: &str) -> String {
        String::from_utf8_lossy(&self.say(text.as_bytes())).into_owned()
    }

    /// The first line of the answer to a `CONNECT`.
    pub(crate) fn asked_for(&self, to: &str) -> String {
        let answer = self.say_text(&format!("CONNECT {to} HTTP/1.1\r\n\r\n"));
        answer.lines().next().unwrap_or_default().to_owned()
    }
}

pub(crate) fn read_all(stream: &mut TcpStream) -> Vec<u8> {
    let mut all = Vec::new();
    stream.read_to_end(&mut all).expect("it comes to an end");
    all
}

pub(crate) fn listener() -> TcpListener {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port")
}

/// A host that says what it has to say after it has heard all; gives what it heard.
pub(crate) fn host(answer: &'static [u8]) -> (SocketAddr, JoinHandle<Vec<u8>>) {
    let listener = listener();
    let at = listener.local_addr().expect("bound");
    let heard = thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("somebody comes");
        stream.set_read_timeout(Some(PATIENCE)).expect("it is ours");
        let heard = read_all(&mut stream);
        stream.write_all(answer).expect("somebody listens");
        heard
    });
    (at, heard)
}
