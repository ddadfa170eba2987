//! A program, run to its end within its bounds.

use std::io::{self, Read};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

use crate::effects::{Ended, ProcessCall, ProcessError};
use crate::limits::{ANSWER_BYTES, WHOLE};

/// The variable that moves the framework's home.
const HOME: &str = "AI_LAB_HOME";

/// Which of a program's two outputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stream {
    Answer,
    Rest,
}

/// What a reader of an output tells.
#[derive(Debug)]
enum Heard {
    Bytes(Stream, Vec<u8>),
    End,
}

/// Runs it; the deadline moves on with all that it says.
pub(super) fn run(call: &ProcessCall<'_>) -> Result<Ended, ProcessError> {
    let lost = |source| ProcessError::Start {
        program: call.program.to_owned(),
        source,
    };
    let mut child = start(call).map_err(lost)?;
    let heard = listen(&mut child);
    let collected = collect(call, &heard);
    if collected.is_err() {
        end(&child);
    }
    let status = child.wait().map_err(lost)?;
    let (stdout, stderr) = collected?;
    Ok(Ended {
        code: status.code(),
        stdout,
        stderr,
    })
}

fn start(call: &ProcessCall<'_>) -> io::Result<Child> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the framework is met at its command line, and systemd at its own"
    )]
    let mut command = Command::new(call.program);
    command
        .args(&call.arguments)
        .current_dir(call.folder)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        // Its group is ended with it.
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    if let Some(home) = call.home {
        command.env(HOME, home);
    }
    command.spawn()
}

fn listen(child: &mut Child) -> Receiver<Heard> {
    let (sender, receiver) = mpsc::channel();
    let answer = child.stdout.take().expect("because a pipe was asked for");
    let rest = child.stderr.take().expect("because a pipe was asked for");
    let other = sender.clone();
    thread::spawn(move || read(answer, Stream::Answer, &sender));
    thread::spawn(move || read(rest, Stream::Rest, &other));
    receiver
}

fn read(mut from: impl Read, stream: Stream, to: &Sender<Heard>) {
    let mut buffer = [0; 8192];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        if to
            .send(Heard::Bytes(stream, buffer[..count].to_vec()))
            .is_err()
        {
            return;
        }
    }
    // Who listened may have given up.
    let _ = to.send(Heard::End);
}

fn collect(
    call: &ProcessCall<'_>,
    heard: &Receiver<Heard>,
) -> Result<(Vec<u8>, Vec<u8>), ProcessError> {
    let (mut answer, mut rest) = (Vec::new(), Vec::new());
    let begun = Instant::now();
    let mut open = 2;
    while open > 0 {
        let left = WHOLE.saturating_sub(begun.elapsed());
        let patience = call.silence.min(left).max(Duration::from_millis(1));
        match heard.recv_timeout(patience) {
            Ok(Heard::Bytes(Stream::Answer, bytes)) => answer.extend(bytes),
            Ok(Heard::Bytes(Stream::Rest, bytes)) => rest.extend(bytes),
            Ok(Heard::End) => open -= 1,
            Err(_) => {
                return Err(ProcessError::Silent {
                    program: call.program.to_owned(),
                    after: patience,
                });
            }
        }
        if answer.len() + rest.len() > ANSWER_BYTES {
            let program = call.program.to_owned();
            return Err(ProcessError::TooLong { program });
        }
    }
    Ok((answer, rest))
}

/// Ends the program and what it has started.
fn end(child: &Child) {
    let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    if let Some(group) = group {
        // One that has ended meanwhile cannot be ended again.
        let _ = kill_process_group(group, Signal::KILL);
    }
}
