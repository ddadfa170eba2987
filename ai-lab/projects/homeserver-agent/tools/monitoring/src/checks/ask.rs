//! One check carried out: connects, asks, and holds the answer against what is expected.

use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::dns;
use super::http::{self, Answer, BODY_BYTES, HEAD_BYTES, Url, has_text, parse_answer};
use super::outcome::{Failure, Findings, Outcome};
use super::target::{Place, Probe, RecordKind};
use super::tls::{Trust, shake_hands};
use super::way::{Line, connect};

/// How a check gets to its target, and until when.
#[derive(Clone, Debug)]
pub(crate) struct Way {
    pub(crate) proxy: Option<SocketAddr>,
    pub(crate) trust: Trust,
    pub(crate) deadline: Instant,
}

/// Carries it out; what was found out is written to `findings` as it is found.
pub(crate) fn ask(probe: &Probe, way: &Way, findings: &mut Findings) -> Result<(), Failure> {
    match probe {
        Probe::Http {
            url,
            status,
            contains,
            redirects,
        } => {
            let page = Page {
                status: *status,
                contains: contains.as_deref(),
                redirects: u32::try_from(redirects.get()).unwrap_or(0),
            };
            let url = Url::parse(url).ok_or_else(|| bad_target(url))?;
            page.ask(url, way, findings)
        }
        Probe::Tcp { host, port } => reach(&place(host, *port)?, way, findings).map(drop),
        Probe::Tls { host, port } => {
            let to = place(host, *port)?;
            let line = reach(&to, way, findings)?;
            let handshake = shake_hands(line, &to, &way.trust);
            findings.certificate = handshake.certificate;
            handshake.outcome.map(drop)
        }
        Probe::Dns {
            server,
            port,
            name,
            record,
            expect,
        } => {
            let asked = dns::question(name, *record).ok_or_else(|| bad_target(name))?;
            let line = reach(&place(server, *port)?, way, findings)?;
            look_up(line, &asked, *record, expect.as_deref(), findings)
        }
        Probe::Ping { host, port } => match reach(&place(host, *port)?, way, findings) {
            // Whoever refuses is there.
            Err(failure) if failure.outcome == Outcome::Refused => Ok(()),
            reached => reached.map(drop),
        },
    }
}

fn bad_target(text: &str) -> Failure {
    Failure {
        outcome: Outcome::BadTarget,
        why: format!("`{}` is no address", text.escape_debug()),
        next: Some("ai-lab-framework config edit monitoring".to_owned()),
    }
}

fn place(host: &str, port: u16) -> Result<Place, Failure> {
    Place::new(host, port).ok_or_else(|| bad_target(&format!("{host}:{port}")))
}

fn reach(to: &Place, way: &Way, findings: &mut Findings) -> Result<Line, Failure> {
    let start = Instant::now();
    let line = connect(to, way.proxy, way.deadline)?;
    findings.connect_ms = Some(millis(start.elapsed()));
    Ok(line)
}

/// Whole milliseconds.
pub(crate) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// What a page is expected to be.
#[derive(Clone, Copy, Debug)]
struct Page<'a> {
    status: Option<u16>,
    contains: Option<&'a str>,
    redirects: u32,
}

impl Page<'_> {
    fn ask(self, first: Url, way: &Way, findings: &mut Findings) -> Result<(), Failure> {
        let mut seen = vec![first];
        loop {
            let url = seen.last().expect("because it begins with one");
            let answer = fetch(url, way, findings)?;
            findings.status = Some(answer.status);
            findings.redirects = Some(u32::try_from(seen.len() - 1).unwrap_or(u32::MAX));
            let Some(location) = self.leads_on(&answer) else {
                return self.judge(&answer);
            };
            let next = url
                .follow(location)
                .filter(|next| next.is_secure || !url.is_secure)
                .ok_or_else(|| {
                    let to: String = location
                        .chars()
                        .filter(|letter| !letter.is_control())
                        .take(200)
                        .collect();
                    Failure::new(
                        Outcome::BadRedirect,
                        format!("it redirects to `{to}`, where nothing can be asked without giving up TLS"),
                    )
                })?;
            if seen.contains(&next) {
                return Err(Failure::new(
                    Outcome::RedirectLoop,
                    format!("after {} redirects it leads back to {next}", seen.len()),
                ));
            }
            if seen.len() > self.redirects as usize {
                return Err(Failure::new(
                    Outcome::TooManyRedirects,
                    format!(
                        "it redirects more than {} times, the next to {next}",
                        self.redirects
                    ),
                ));
            }
            seen.push(next);
        }
    }

    /// Where the answer leads, unless it is what was expected.
    fn leads_on(self, answer: &Answer) -> Option<&str> {
        let is_expected = self.status == Some(answer.status);
        let is_redirect = matches!(answer.status, 301 | 302 | 303 | 307 | 308);
        let location = answer.location.as_deref();
        location.filter(|_| is_redirect && !is_expected)
    }

    fn judge(self, answer: &Answer) -> Result<(), Failure> {
        let status = answer.status;
        let is_expected = self
            .status
            .map_or((200..300).contains(&status), |wanted| wanted == status);
        if !is_expected {
            let wanted = self
                .status
                .map_or_else(|| "200 to 299".to_owned(), |wanted| wanted.to_string());
            return Err(Failure::new(
                Outcome::WrongStatus,
                format!("it answered {status}; {wanted} was expected"),
            ));
        }
        match self.contains {
            Some(text) if !has_text(&answer.body, text) => Err(Failure::new(
                Outcome::MissingText,
                format!("its page lacks `{}`", text.escape_debug()),
            )),
            Some(_) | None => Ok(()),
        }
    }
}

fn fetch(url: &Url, way: &Way, findings: &mut Findings) -> Result<Answer, Failure> {
    let line = reach(&url.at, way, findings)?;
    if !url.is_secure {
        return exchange(line, &url.request(), Line::failure);
    }
    let handshake = shake_hands(line, &url.at, &way.trust);
    findings.certificate = handshake.certificate;
    exchange(*handshake.outcome?, &url.request(), |stream, error| {
        stream.sock.failure(error)
    })
}

/// Sends a request and reads its answer, as much of it as is looked at.
fn exchange<S: Read + Write>(
    mut stream: S,
    request: &[u8],
    failure: impl Fn(&S, &io::Error) -> Failure,
) -> Result<Answer, Failure> {
    let sent = stream.write_all(request).and_then(|()| stream.flush());
    sent.map_err(|error| failure(&stream, &error))?;
    let mut bytes = Vec::new();
    let mut piece = [0; 16 * 1024];
    loop {
        let length = match stream.read(&mut piece) {
            // An end without TLS's own goodbye is an end.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => 0,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read.map_err(|error| failure(&stream, &error))?,
        };
        bytes.extend_from_slice(&piece[..length]);
        let read = parse_answer(&bytes, length == 0)
            .map_err(|error| Failure::new(odd(error), error.to_string()))?;
        match read {
            Some(answer) if answer.is_whole || answer.body.len() >= BODY_BYTES => {
                return Ok(answer);
            }
            Some(_) | None if length == 0 => {
                return Err(failure(&stream, &io::ErrorKind::UnexpectedEof.into()));
            }
            // Chunks without content, which the body does not show.
            Some(_) | None if bytes.len() > 2 * BODY_BYTES + HEAD_BYTES => {
                return Err(Failure::new(
                    Outcome::TooLong,
                    "its answer is longer than is read",
                ));
            }
            Some(_) | None => {}
        }
    }
}

const fn odd(error: http::AnswerError) -> Outcome {
    match error {
        http::AnswerError::NoHttp => Outcome::OddAnswer,
        http::AnswerError::LongHead => Outcome::TooLong,
    }
}

fn look_up(
    mut line: Line,
    asked: &[u8],
    kind: RecordKind,
    expected: Option<&str>,
    findings: &mut Findings,
) -> Result<(), Failure> {
    let mut length = [0; 2];
    let mut message = Vec::new();
    let read = line.write_all(asked).and_then(|()| {
        line.read_exact(&mut length)?;
        message.resize(u16::from_be_bytes(length).into(), 0);
        line.read_exact(&mut message)
    });
    read.map_err(|error| line.failure(&error))?;
    let records = dns::parse_answer(&message, kind).map_err(|error| {
        let outcome = match error {
            dns::AnswerError::NoSuchName => Outcome::NoSuchName,
            dns::AnswerError::Refused(_) => Outcome::DnsError,
            dns::AnswerError::Odd => Outcome::OddAnswer,
        };
        Failure::new(outcome, error.to_string())
    })?;
    let is_expected = expected.is_none_or(|text| dns::has_record(&records, text));
    let is_empty = records.is_empty();
    let told = records.join(", ");
    findings.records = records;
    match expected {
        _ if is_empty => Err(Failure::new(
            Outcome::NoRecord,
            format!("the name server knows the name, and no {kind:?} record of it"),
        )),
        Some(text) if !is_expected => Err(Failure::new(
            Outcome::WrongRecord,
            format!("it says {told}; {text} was expected"),
        )),
        Some(_) | None => Ok(()),
    }
}
