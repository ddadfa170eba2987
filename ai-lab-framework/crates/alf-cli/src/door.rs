//! The one door through which environment, clock and working folder enter.
#![expect(clippy::disallowed_methods, reason = "this is the door")]

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use ai_lab_contract::ErrorClass;
use alf_ops::{Client, Clock, Failure, Surroundings};

/// Where the framework's home is, when it is not `~/.ai-lab`.
const HOME: &str = "AI_LAB_HOME";
/// An RFC 3339 instant at which the clock stands still, for tests and screenshots.
const CLOCK: &str = "AI_LAB_CLOCK";
/// The lowest descriptor that is none of the standard ones.
const FIRST_FREE: i32 = 3;
/// Where programs are looked up when the environment does not say.
const USUAL_PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// Lets the mask of new files take no right from their owner; what it takes from others stays taken.
///
/// Under `umask 777` the first call would make a home that the next cannot enter.
pub(crate) fn keep_own_rights() {
    use rustix::fs::Mode;
    let own = Mode::RWXU;
    // The mask can be read only by setting it.
    let mask = rustix::process::umask(Mode::RWXG | Mode::RWXO);
    rustix::process::umask(mask.difference(own));
}

/// Gathers what the framework stands in.
pub(crate) fn surroundings() -> Result<Surroundings, Failure> {
    let unusable = |what: &str, error| Failure::caused(ErrorClass::Environment, what, error);
    let folder = std::env::current_dir()
        .map_err(|error| unusable("cannot tell the working folder: was it deleted", error))?;
    // A variable whose name or value is no text cannot be granted by a manifest, which is text.
    let variables: BTreeMap<String, String> = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect();
    Ok(Surroundings {
        home: home_in(&folder, &|name| variables.get(name).cloned())?,
        instance: alf_catalog::find_instance(&folder),
        path: variables
            .get("PATH")
            .cloned()
            .unwrap_or_else(|| USUAL_PATH.to_owned()),
        executable: own_program()?,
        client: Client {
            name: "cli".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            protocol: "cli/1".to_owned(),
        },
        host: fs::read_to_string("/proc/sys/kernel/hostname")
            .map_or_else(|_| "localhost".to_owned(), |name| name.trim().to_owned()),
        user: variables
            .get("USER")
            .or_else(|| variables.get("LOGNAME"))
            .cloned(),
        clock: clock(variables.get(CLOCK).map(String::as_str))?,
        variables,
    })
}

/// The program of this process.
pub(crate) fn own_program() -> Result<PathBuf, Failure> {
    std::env::current_exe().map_err(|error| {
        let told = "cannot tell the framework's own program";
        Failure::caused(ErrorClass::Environment, told, error)
    })
}

/// The framework's home for whoever works in that folder with these variables.
pub(crate) fn home_in(
    folder: &Path,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<PathBuf, Failure> {
    match (variable(HOME), variable("HOME")) {
        (Some(home), _) if !home.is_empty() => Ok(folder.join(home)),
        (_, Some(home)) if !home.is_empty() => Ok(folder.join(home).join(".ai-lab")),
        _ => Err(Failure::new(
            ErrorClass::Environment,
            "there is no home folder: HOME is not set",
        )
        .with_hint(format!(
            "Set {HOME} to the folder that holds the framework's record."
        ))),
    }
}

fn clock(fixed: Option<&str>) -> Result<Clock, Failure> {
    let Some(text) = fixed else {
        return Ok(Clock::system());
    };
    let instant: jiff::Timestamp = text.parse().map_err(|error| {
        Failure::caused(
            ErrorClass::Usage,
            format!("{CLOCK} is no RFC 3339 instant: `{text}`"),
            error,
        )
    })?;
    Ok(Clock::fixed(instant.as_millisecond()))
}

/// Reads a file or standard input named on the command line.
pub(crate) fn read_input(place: &Place, most: u64) -> std::io::Result<Vec<u8>> {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    match place {
        Place::Stdin => std::io::stdin()
            .lock()
            .take(most + 1)
            .read_to_end(&mut bytes)?,
        Place::File(path) => fs::File::open(path)?
            .take(most + 1)
            .read_to_end(&mut bytes)?,
    };
    if bytes.len() as u64 > most {
        return Err(std::io::Error::other(format!(
            "it is longer than {most} bytes"
        )));
    }
    Ok(bytes)
}

/// Where an input comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Stdin,
    File(PathBuf),
}

/// What reached this process on standard input, and where it says one line back.
///
/// From here on it is the leader of a session of its own and has nothing of whoever started it: no terminal, no pipe, no
/// folder that could not be taken away.
pub(crate) fn take_errand(most: u64) -> std::io::Result<(Vec<u8>, OwnedFd)> {
    let text = read_input(&Place::Stdin, most)?;
    let said = rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdout(), FIRST_FREE)?;
    let nothing = fs::OpenOptions::new()
        .read(true)
        .write(true)
        .open("/dev/null")?;
    rustix::stdio::dup2_stdin(&nothing)?;
    rustix::stdio::dup2_stdout(&nothing)?;
    rustix::stdio::dup2_stderr(&nothing)?;
    // It fails for the leader of a group alone; whoever starts this by hand from a shell has one.
    let _is_leader = rustix::process::setsid();
    rustix::process::chdir("/")?;
    Ok((text, said))
}

/// Asks the person at the terminal; no where there is none, and for any answer but yes.
pub(crate) fn asked(question: &str) -> std::io::Result<bool> {
    use std::io::{BufRead as _, IsTerminal as _, Write as _};
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        return Ok(false);
    }
    let mut told = std::io::stderr().lock();
    write!(told, "{question} [y/N] ")?;
    told.flush()?;
    let mut answer = String::new();
    stdin.lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

/// Opens a file in the person's editor and waits until it is closed: VISUAL, EDITOR, or `vi`.
///
/// The variable may hold arguments (`code --wait`); it is split at blanks and never goes through a shell.
pub(crate) fn run_editor(file: &std::path::Path) -> Result<(), Failure> {
    let named = ["VISUAL", "EDITOR"]
        .into_iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|editor| !editor.trim().is_empty());
    let editor = named.unwrap_or_else(|| "vi".to_owned());
    let mut words = editor.split_whitespace();
    let program = words.next().unwrap_or("vi");
    let ended = std::process::Command::new(program)
        .args(words)
        .arg(file)
        .status()
        .map_err(|error| {
            Failure::caused(
                ErrorClass::Environment,
                format!("cannot start the editor `{program}`"),
                error,
            )
            .with_hint("Set EDITOR to the editor you use.")
        })?;
    if ended.success() {
        return Ok(());
    }
    let told = format!("the editor `{program}` ended with {ended}: nothing was changed");
    Err(Failure::new(ErrorClass::Cancelled, told)
        .with_hint(format!("What was written is kept in {}.", file.display())))
}

/// Becomes another program, with this as its standard input. Comes back only where that cannot be started.
pub(crate) fn become_program(program: &OsStr, arguments: &[OsString], input: OwnedFd) -> Failure {
    use std::os::unix::process::CommandExt as _;
    let error = std::process::Command::new(program)
        .args(arguments)
        .stdin(input)
        .exec();
    let class = match error.kind() {
        std::io::ErrorKind::NotFound => ErrorClass::NotFound,
        _ => ErrorClass::Environment,
    };
    let told = format!(
        "cannot start `{}`",
        program.to_string_lossy().escape_debug()
    );
    Failure::caused(class, told, error)
}

/// Runs a command with this process's own streams and waits until it ends; its exit code, 128 and the signal's number for
/// one that a signal ended.
pub(crate) fn run_command(command: &[OsString]) -> Result<u8, Failure> {
    use std::os::unix::process::ExitStatusExt as _;
    let (program, arguments) = command.split_first().expect("because one is required");
    let ended = std::process::Command::new(program)
        .args(arguments)
        .status()
        .map_err(|error| {
            let told = format!("cannot start `{}`", program.display());
            Failure::caused(ErrorClass::Environment, told, error)
        })?;
    let code = ended.code().or_else(|| Some(128 + ended.signal()?));
    Ok(code
        .and_then(|code| u8::try_from(code).ok())
        .unwrap_or(u8::MAX))
}

/// Whether somebody sits at the terminal to answer a question.
pub(crate) fn is_a_person_there() -> bool {
    use std::io::IsTerminal as _;
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// Whether standard input is a terminal.
pub(crate) fn is_stdin_a_terminal() -> bool {
    use std::io::IsTerminal as _;
    std::io::stdin().is_terminal()
}

/// One line that a person typed.
pub(crate) fn answer() -> std::io::Result<String> {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    Ok(line)
}
