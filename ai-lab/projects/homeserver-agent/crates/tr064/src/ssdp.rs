//! Discovery: a question to the whole network, answered by routers.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

/// Where the question goes.
pub const GROUP: SocketAddr = SocketAddr::new(
    std::net::IpAddr::V4(Ipv4Addr::new(239, 255, 255, 250)),
    1900,
);

/// What is asked for: routers that speak TR-064.
const WANTED: &str = "urn:dslforum-org:device:InternetGatewayDevice:1";

/// How many routers are told. Stops a network of liars from flooding the answer.
pub const MOST_FOUND: usize = 16;

/// The longest answer that is read, in bytes.
const ANSWER_BYTES: usize = 2048;

/// A router that answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The address that the answer came from.
    pub from: SocketAddr,
    /// The host and port in its `LOCATION`; only told where the host is the one that answered.
    pub port: u16,
    /// What it says it is, such as `FRITZ!Box 7590 UPnP/1.0 AVM FRITZ!Box 7590 154.07.29`.
    pub server: Option<String>,
}

/// The question. `wait` is how long a router may take to answer, in whole seconds.
pub fn question(wait: Duration) -> String {
    format!(
        "M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: \"ssdp:discover\"\r\nMX: {}\r\nST: {WANTED}\r\n\r\n",
        wait.as_secs().max(1)
    )
}

/// Reads an answer; `None` if it is none, or points to another host than the one it came from.
pub fn parse_answer(bytes: &[u8], from: SocketAddr) -> Option<Found> {
    let mut headers = [httparse::EMPTY_HEADER; 32];
    let mut answer = httparse::Response::new(&mut headers);
    answer
        .parse(bytes)
        .ok()
        .filter(httparse::Status::is_complete)?;
    (answer.code == Some(200)).then_some(())?;
    let named = |name: &str| {
        let mut found = answer.headers.iter();
        let header = found.find(|header| header.name.eq_ignore_ascii_case(name))?;
        std::str::from_utf8(header.value).ok().map(str::trim)
    };
    (named("st") == Some(WANTED)).then_some(())?;
    let location = named("location")?.strip_prefix("http://")?;
    let address: SocketAddr = location.split('/').next()?.parse().ok()?;
    (address.ip() == from.ip()).then_some(())?;
    let server = named("server").map(|server| {
        let shown = server.chars().filter(|letter| !letter.is_control());
        shown.take(120).collect()
    });
    Some(Found {
        from,
        port: address.port(),
        server,
    })
}

/// Asks `to` and gathers answers until the time is over.
pub fn discover(to: SocketAddr, wait: Duration) -> io::Result<Vec<Found>> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
    socket.send_to(question(wait).as_bytes(), to)?;
    let until = Instant::now() + wait;
    let mut found: Vec<Found> = Vec::new();
    let mut bytes = [0; ANSWER_BYTES];
    while found.len() < MOST_FOUND {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            break;
        }
        socket.set_read_timeout(Some(left))?;
        match socket.recv_from(&mut bytes) {
            Ok((length, from)) => {
                let answer = parse_answer(&bytes[..length], from);
                found.extend(answer.filter(|new| found.iter().all(|one| one.from != new.from)));
            }
            Err(error) if is_late(&error) => break,
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

fn is_late(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &str = "HTTP/1.1 200 OK\r\nLOCATION: http://192.168.178.1:49000/tr64desc.xml\r\n\
        SERVER: FRITZ!Box 7590 UPnP/1.0 AVM FRITZ!Box 7590 154.07.29\r\nCACHE-CONTROL: max-age=1800\r\nEXT:\r\n\
        ST: urn:dslforum-org:device:InternetGatewayDevice:1\r\n\r\n";

    #[test]
    fn an_answer_counts_only_for_the_host_that_sent_it() {
        let from = |address: &str| -> SocketAddr { address.parse().expect("an address") };
        let router = from("192.168.178.1:1900");
        let found = parse_answer(ANSWER.as_bytes(), router).expect("it is an answer");
        assert_eq!((found.from, found.port), (router, 49000));
        assert_eq!(
            parse_answer(ANSWER.as_bytes(), from("192.168.178.66:1900")),
            None
        );
        for text in [
            "",
            "HTTP/1.1 404 Not found\r\n\r\n",
            &ANSWER.replace("dslforum", "other"),
        ] {
            assert_eq!(parse_answer(text.as_bytes(), router), None, "{text}");
        }
    }

    #[test]
    fn routers_that_answer_in_time_are_gathered_once_each() {
        let router = UdpSocket::bind("127.0.0.1:0").expect("a socket");
        let to = router.local_addr().expect("it is bound");
        let answering = std::thread::spawn(move || {
            let mut bytes = [0; 512];
            let (length, from) = router.recv_from(&mut bytes).expect("it is asked");
            let location =
                ANSWER.replace("192.168.178.1:49000", &format!("127.0.0.1:{}", to.port()));
            for answer in [location.as_str(), "rubbish", &location] {
                router.send_to(answer.as_bytes(), from).expect("it is sent");
            }
            String::from_utf8_lossy(&bytes[..length]).into_owned()
        });
        let found = discover(to, Duration::from_millis(200)).expect("it is asked");
        let ports: Vec<_> = found.iter().map(|one| one.port).collect();
        assert_eq!(ports, [to.port()]);
        let asked = answering.join().expect("it answered");
        assert_eq!(asked, question(Duration::from_millis(200)));
        assert!(asked.contains("\r\nMX: 1\r\n"), "{asked}");
    }
}
