//! The one program that is started, within bounds of time and bytes.

use std::io::{self, Read};
use std::os::fd::AsFd;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

/// How much of what it complains about is kept, in bytes.
const COMPLAINT_BYTES: usize = 2048;

/// How much it may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// How long it may run.
    pub(crate) deadline: Duration,
    /// How many bytes it may write; what is more is not read.
    pub(crate) bytes: usize,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// By itself, well or not.
    ByItself {
        /// Whether it says that all went well.
        well: bool,
    },
    /// It was ended: it had written all that it may.
    TooMuch,
    /// It was ended: it took too long.
    Late,
}

/// What it wrote.
#[derive(Debug)]
pub(crate) struct Told {
    /// Its standard output, as far as it was read.
    pub(crate) output: Vec<u8>,
    /// The beginning of its standard error.
    pub(crate) complaint: String,
    /// How it ended.
    pub(crate) end: End,
}

/// Starts a program, reads what it writes and sees it gone.
pub(crate) fn run(program: &Path, arguments: &[String], bounds: Bounds) -> io::Result<Told> {
    let mut child = start(program, arguments)?;
    let read = read_both(&mut child, bounds);
    // Whether it has ended or not: afterwards it has.
    let _gone_already = child.kill();
    let status = child.wait()?;
    let (output, complaint, ended) = read?;
    Ok(Told {
        output,
        complaint: String::from_utf8_lossy(&complaint).trim().to_owned(),
        end: ended.unwrap_or(End::ByItself {
            well: status.success(),
        }),
    })
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the tool's one door to another program"
)]
fn start(program: &Path, arguments: &[String]) -> io::Result<Child> {
    Command::new(program)
        .args(arguments)
        .env_clear()
        // What it says is the same everywhere, and it asks no pager.
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
}

/// Reads both of its outputs as they come, until it has closed them; or says why it was not read further.
fn read_both(child: &mut Child, bounds: Bounds) -> io::Result<(Vec<u8>, Vec<u8>, Option<End>)> {
    let end = Instant::now() + bounds.deadline;
    let (mut out, mut err) = (child.stdout.take(), child.stderr.take());
    let (mut output, mut complaint) = (Vec::new(), Vec::new());
    let mut buffer = vec![0; 64 * 1024];
    while out.is_some() || err.is_some() {
        let Some(left) = end
            .checked_duration_since(Instant::now())
            .filter(|left| !left.is_zero())
        else {
            return Ok((output, complaint, Some(End::Late)));
        };
        let (ready_out, ready_err) = ready(out.as_ref(), err.as_ref(), left)?;
        if ready_out && let Some(pipe) = &mut out {
            match pipe.read(&mut buffer)? {
                0 => out = None,
                read => output.extend_from_slice(&buffer[..read]),
            }
        }
        if ready_err && let Some(pipe) = &mut err {
            match pipe.read(&mut buffer)? {
                0 => err = None,
                read => {
                    let room = COMPLAINT_BYTES.saturating_sub(complaint.len());
                    complaint.extend_from_slice(&buffer[..read.min(room)]);
                }
            }
        }
        if output.len() >= bounds.bytes {
            output.truncate(bounds.bytes);
            return Ok((output, complaint, Some(End::TooMuch)));
        }
    }
    // Both are closed; it may still linger, which is its own end all the same.
    Ok((output, complaint, linger(child, end)))
}

/// Waits until it has ended; at the deadline, says that it is late.
fn linger(child: &mut Child, end: Instant) -> Option<End> {
    while let Ok(None) = child.try_wait() {
        if Instant::now() >= end {
            return Some(End::Late);
        }
        crate::timer::wait_until(Instant::now() + Duration::from_millis(2));
    }
    None
}

/// Which of both has something to read, or is closed; neither when the time is over.
fn ready<A: AsFd, B: AsFd>(
    out: Option<&A>,
    err: Option<&B>,
    left: Duration,
) -> io::Result<(bool, bool)> {
    let mut asked = Vec::with_capacity(2);
    asked.extend(out.map(|pipe| PollFd::new(pipe, PollFlags::IN)));
    asked.extend(err.map(|pipe| PollFd::new(pipe, PollFlags::IN)));
    let left = Timespec::try_from(left).map_err(io::Error::other)?;
    match poll(&mut asked, Some(&left)) {
        Ok(_) => {}
        Err(rustix::io::Errno::INTR) => return Ok((false, false)),
        Err(errno) => return Err(errno.into()),
    }
    let mut answers = asked.iter().map(|pipe| !pipe.revents().is_empty());
    let ready_out = out.is_some() && answers.next().unwrap_or(false);
    Ok((ready_out, err.is_some() && answers.next().unwrap_or(false)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, deadline: Duration, bytes: usize) -> Told {
        let arguments = ["-c".to_owned(), script.to_owned()];
        let bounds = Bounds { deadline, bytes };
        run(Path::new("/bin/sh"), &arguments, bounds).expect("a shell can be started")
    }

    const LONG: Duration = Duration::from_secs(30);

    #[test]
    fn what_it_writes_and_how_it_ends_is_told() {
        let told = shell("echo a; echo b >&2; echo c", LONG, 100);
        assert_eq!(told.output, b"a\nc\n");
        assert_eq!(
            (told.complaint.as_str(), told.end),
            ("b", End::ByItself { well: true })
        );
        let told = shell("echo no >&2; exit 3", LONG, 100);
        assert_eq!(
            (told.complaint.as_str(), told.end),
            ("no", End::ByItself { well: false })
        );
        let told = shell("echo \"[$HOME$PATH_OF_MINE]$LC_ALL\"", LONG, 100);
        assert_eq!(told.output, b"[]C\n");
    }

    #[test]
    fn one_that_never_ends_or_writes_without_end_is_ended() {
        let told = shell("echo a; exec sleep 1000", Duration::from_millis(200), 100);
        assert_eq!((told.output.as_slice(), told.end), (&b"a\n"[..], End::Late));
        let told = shell(
            "exec 1>&- 2>&-; exec sleep 1000",
            Duration::from_millis(200),
            100,
        );
        assert_eq!(told.end, End::Late);
        let told = shell("while :; do echo aaaaaaaaaaaaaaaa; done", LONG, 1000);
        assert_eq!((told.output.len(), told.end), (1000, End::TooMuch));
        let told = shell(
            "i=0; while [ $i -lt 3000 ]; do echo complaints; i=$((i+1)); done | tr -d '\\n' >&2",
            LONG,
            9,
        );
        assert_eq!(
            (told.complaint.len(), told.end),
            (COMPLAINT_BYTES, End::ByItself { well: true })
        );
    }

    #[test]
    fn a_program_that_is_not_there_is_an_error() {
        let bounds = Bounds {
            deadline: LONG,
            bytes: 1,
        };
        assert!(run(Path::new("/no/such/program"), &[], bounds).is_err());
    }
}
