//! A file from anywhere, resumed where it was cut, within bounds.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use ureq::http::Response;
use ureq::{Agent, Body};

use crate::address::is_loopback_address;

/// How long the head of an answer may take. Stops a server that accepts and waits.
const ANSWER_LIMIT: Duration = Duration::from_secs(30);

/// How long a whole file may take.
const WHOLE_LIMIT: Duration = Duration::from_mins(30);

/// How many other addresses a server may send to.
const MOST_REDIRECTS: u32 = 5;

/// How often a file that was cut is gone on with.
const MOST_TRIES: u32 = 3;

/// Why a file is not there. What came of it is kept beside its place, and gone on with the next time.
#[derive(Debug, thiserror::Error)]
pub enum DownloadError {
    /// Without TLS only this machine's own addresses are taken.
    #[error("`{}` is no https address", .0.escape_debug())]
    Address(String),
    /// The server answered otherwise.
    #[error("{address} answers with {status}")]
    Status {
        /// What was asked for.
        address: String,
        /// What it answered.
        status: u16,
    },
    /// It could not be reached, or the connection was cut too often.
    #[error("{address}: {why}")]
    Lost {
        /// What was asked for.
        address: String,
        /// Why.
        why: String,
    },
    /// It is longer than it may be.
    #[error("{address} is longer than {most} bytes")]
    TooLong {
        /// What was asked for.
        address: String,
        /// How long it may be.
        most: u64,
    },
    /// It could not be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Brings one file to a path; it is there when it is whole and on the disk. `most` is how many bytes it may have.
///
/// No token goes along: what is brought this way is verified by its digest and signature, not by who gave it.
pub fn download(address: &str, to: &Path, most: u64) -> Result<(), DownloadError> {
    if !address.starts_with("https://") && !is_loopback_address(address) {
        return Err(DownloadError::Address(address.to_owned()));
    }
    let mut draft = to.as_os_str().to_owned();
    draft.push(".part");
    let draft = PathBuf::from(draft);
    let agent: Agent = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(MOST_REDIRECTS)
        .https_only(address.starts_with("https://"))
        .timeout_recv_response(Some(ANSWER_LIMIT))
        .timeout_global(Some(WHOLE_LIMIT))
        .user_agent(concat!("ai-lab/", env!("CARGO_PKG_VERSION")))
        .build()
        .into();
    let mut tries = 1;
    loop {
        match piece(&agent, address, &draft, most) {
            Ok(()) => break,
            Err(DownloadError::Lost { .. }) if tries < MOST_TRIES => tries += 1,
            Err(error) => return Err(error),
        }
    }
    let settle = || -> io::Result<()> {
        File::open(&draft)?.sync_all()?;
        fs::rename(&draft, to)?;
        File::open(to.parent().unwrap_or(Path::new(".")))?.sync_all()
    };
    settle().map_err(|source| DownloadError::Write {
        path: to.to_owned(),
        source,
    })
}

/// Asks for what is missing, and appends it.
fn piece(agent: &Agent, address: &str, draft: &Path, most: u64) -> Result<(), DownloadError> {
    let write = |source| DownloadError::Write {
        path: draft.to_owned(),
        source,
    };
    let lost = |why: String| DownloadError::Lost {
        address: address.to_owned(),
        why,
    };
    let has = draft.metadata().map_or(0, |found| found.len());
    let mut request = agent.get(address);
    if has > 0 {
        request = request.header("Range", format!("bytes={has}-"));
    }
    let response = request.call().map_err(|error| lost(error.to_string()))?;
    let status = response.status().as_u16();
    let goes_on = has > 0 && status == 206 && begins_at(&response, has);
    if status == 416 || (status == 206 && !goes_on) {
        // What is beside the place is no part of this file: it is brought anew.
        fs::remove_file(draft).map_err(write)?;
        return Err(lost("the server's file is another one".to_owned()));
    }
    if !matches!(status, 200 | 206) {
        let address = address.to_owned();
        return Err(DownloadError::Status { address, status });
    }
    let mut options = OpenOptions::new();
    options
        .create(true)
        .append(goes_on)
        .write(true)
        .truncate(!goes_on);
    let mut file = options.open(draft).map_err(write)?;
    let before = if goes_on { has } else { 0 };
    let mut body = response.into_body().into_reader();
    let mut length = before;
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let count = body
            .read(&mut buffer)
            .map_err(|error| lost(error.to_string()))?;
        if count == 0 {
            return Ok(());
        }
        length += count as u64;
        if length > most {
            // Half of something else must not be gone on with.
            fs::remove_file(draft).map_err(write)?;
            let address = address.to_owned();
            return Err(DownloadError::TooLong { address, most });
        }
        file.write_all(&buffer[..count]).map_err(write)?;
    }
}

/// Whether a part begins where ours ends.
fn begins_at(response: &Response<Body>, has: u64) -> bool {
    let range = response.headers().get("content-range");
    let text = range.and_then(|range| range.to_str().ok());
    text.is_some_and(|text| text.starts_with(&format!("bytes {has}-")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;
    use std::thread::{self, JoinHandle};

    /// A server that gives these answers, one a connection; it tells the heads that it was sent.
    fn server(answers: Vec<Vec<u8>>) -> (String, JoinHandle<Vec<String>>) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}/releases", listener.local_addr().expect("bound"));
        let served = thread::spawn(move || {
            let serve = |answer: Vec<u8>| {
                let (mut stream, _) = listener.accept().expect("somebody asks");
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    let mut byte = [0];
                    stream.read_exact(&mut byte).expect("a head");
                    head.push(byte[0]);
                }
                stream.write_all(&answer).expect("answered");
                String::from_utf8(head).expect("text").to_lowercase()
            };
            answers.into_iter().map(serve).collect()
        });
        (address, served)
    }

    fn answer(head: &str, body: &[u8]) -> Vec<u8> {
        let length = body.len();
        let head =
            format!("HTTP/1.1 {head}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n");
        [head.as_bytes(), body].concat()
    }

    fn cut(length: usize, body: &[u8]) -> Vec<u8> {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
        [head.as_bytes(), body].concat()
    }

    #[test]
    fn a_file_that_was_cut_is_gone_on_with() {
        let folder = tempfile::tempdir().expect("a folder");
        let to = folder.path().join("file");
        let rest = answer("206 Partial Content\r\nContent-Range: bytes 4-7/8", b"efgh");
        let (address, served) = server(vec![cut(8, b"abcd"), rest]);
        download(&format!("{address}/a"), &to, 100).expect("brought");
        assert_eq!(fs::read(&to).expect("there"), b"abcdefgh");
        let heads = served.join().expect("served");
        assert!(
            heads[0].starts_with("get /releases/a http/1.1\r\n"),
            "{heads:?}"
        );
        assert!(
            !heads[0].contains("range:") && heads[1].contains("range: bytes=4-\r\n"),
            "{heads:?}"
        );
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);
    }

    #[test]
    fn a_part_of_another_file_is_brought_anew() {
        let folder = tempfile::tempdir().expect("a folder");
        let to = folder.path().join("file");
        let (address, served) = server(vec![
            cut(8, b"abcd"),
            answer("416 Range Not Satisfiable", b""),
            answer("200 OK", b"xy"),
        ]);
        download(&address, &to, 100).expect("brought");
        assert_eq!(fs::read(&to).expect("there"), b"xy");
        served.join().expect("served");
    }

    #[test]
    fn what_is_too_long_missing_or_unsafe_is_refused_by_name() {
        let folder = tempfile::tempdir().expect("a folder");
        let to = folder.path().join("file");
        let told = |address: &str| download(address, &to, 3).expect_err("refused").to_string();
        let (address, served) = server(vec![
            answer("200 OK", b"abcd"),
            answer("404 Not Found", b""),
        ]);
        assert_eq!(told(&address), format!("{address} is longer than 3 bytes"));
        assert_eq!(told(&address), format!("{address} answers with 404"));
        served.join().expect("served");
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0);
        for address in [
            "http://example.org/a",
            "ftp://a",
            "http://127.0.0.1.example.org/a",
            "http:/",
            "",
        ] {
            assert_eq!(told(address), format!("`{address}` is no https address"));
        }
        let lost = download("http://127.0.0.1:1/a", &to, 3).expect_err("nobody is there");
        assert!(matches!(lost, DownloadError::Lost { .. }), "{lost}");
    }
}
