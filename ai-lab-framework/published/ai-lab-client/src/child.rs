//! Starts the framework's program, feeds it, reads what it answers within limits.

use std::error::Error;
use std::fmt;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// Why a program gave no answer to read.
#[derive(Debug)]
pub enum ChildError {
    /// It could not be started.
    Start {
        /// The program.
        program: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Its answer could not be read, or its end not awaited.
    Lost(io::Error),
    /// It wrote more than this many bytes and was ended.
    TooLong(usize),
    /// It took longer than this and was ended.
    TooSlow(Duration),
}

impl fmt::Display for ChildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start { program, .. } => write!(f, "cannot start `{}`", program.display()),
            Self::Lost(_) => f.write_str("its answer was lost"),
            Self::TooLong(bytes) => write!(f, "it wrote more than {bytes} bytes"),
            Self::TooSlow(limit) => write!(f, "it said nothing within {limit:?}"),
        }
    }
}

impl Error for ChildError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Start { source, .. } | Self::Lost(source) => Some(source),
            Self::TooLong(_) | Self::TooSlow(_) => None,
        }
    }
}

/// What is asked of one process.
#[derive(Debug)]
pub(crate) struct Question<'a> {
    pub(crate) program: &'a Path,
    /// The working folder; this process's own where `None`.
    pub(crate) folder: Option<&'a Path>,
    pub(crate) arguments: &'a [&'a str],
    pub(crate) input: Vec<u8>,
    /// The longest answer, in bytes.
    pub(crate) most: usize,
    /// How long the answer may take; `None` waits for ever.
    pub(crate) patience: Option<Duration>,
}

/// What a process answered.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) stdout: Vec<u8>,
    /// The exit code; `None` if a signal ended it.
    pub(crate) code: Option<i32>,
}

fn command(program: &Path, folder: Option<&Path>, arguments: &[&str]) -> Command {
    #[expect(
        clippy::disallowed_methods,
        reason = "the client's one door: it starts the framework and nothing else"
    )]
    let mut command = Command::new(program);
    command.args(arguments);
    if let Some(folder) = folder {
        command.current_dir(folder);
    }
    command
}

fn start(program: &Path, mut command: Command) -> Result<Child, ChildError> {
    command.spawn().map_err(|source| ChildError::Start {
        program: program.to_path_buf(),
        source,
    })
}

/// Asks and reads the answer; its standard error is this process's own.
pub(crate) fn ask(question: Question<'_>) -> Result<Reply, ChildError> {
    let mut command = command(question.program, question.folder, question.arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = start(question.program, command)?;
    let stdin = child.stdin.take().expect("because it was asked for a pipe");
    let stdout = child
        .stdout
        .take()
        .expect("because it was asked for a pipe");
    feed(stdin, question.input);
    let read = read(stdout, question.most, question.patience);
    if read.is_err() {
        // Whatever it still does, nobody reads it; a process that has ended already cannot be killed.
        let _ = child.kill();
    }
    let status = child.wait().map_err(ChildError::Lost)?;
    Ok(Reply {
        stdout: read?,
        code: status.code(),
    })
}

/// Writes beside the reading, so that neither side waits for the other with a full pipe.
fn feed(mut stdin: ChildStdin, input: Vec<u8>) {
    // A program that ends without reading its input says so by its answer, not here.
    thread::spawn(move || stdin.write_all(&input).is_ok());
}

fn read(
    stdout: ChildStdout,
    most: usize,
    patience: Option<Duration>,
) -> Result<Vec<u8>, ChildError> {
    let Some(patience) = patience else {
        return read_all(stdout, most);
    };
    let (sender, receiver) = mpsc::channel();
    // Nobody listens any more once the patience is over.
    thread::spawn(move || sender.send(read_all(stdout, most)).is_ok());
    receiver
        .recv_timeout(patience)
        .unwrap_or(Err(ChildError::TooSlow(patience)))
}

fn read_all(stdout: ChildStdout, most: usize) -> Result<Vec<u8>, ChildError> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    stdout
        .take(limit)
        .read_to_end(&mut bytes)
        .map_err(ChildError::Lost)?;
    if bytes.len() > most {
        return Err(ChildError::TooLong(most));
    }
    Ok(bytes)
}

/// Runs with this process's own standard streams.
pub(crate) fn hand_over(
    program: &Path,
    folder: &Path,
    arguments: &[&str],
) -> Result<Option<i32>, ChildError> {
    let mut child = start(program, command(program, Some(folder), arguments))?;
    let status = child.wait().map_err(ChildError::Lost)?;
    Ok(status.code())
}
