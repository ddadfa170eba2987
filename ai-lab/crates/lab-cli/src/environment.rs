//! The one door for environment variables, the working folder and the clock.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use lab_model::{Actor, ActorKind, Moment};

use crate::failure::CommandError;

/// What the process was started with.
#[derive(Debug)]
pub(crate) struct Environment {
    variables: BTreeMap<OsString, OsString>,
    working_folder: Option<PathBuf>,
    program: Option<PathBuf>,
    started: SystemTime,
}

impl Environment {
    /// Reads everything once.
    #[expect(clippy::disallowed_methods, reason = "this is the door")]
    pub(crate) fn of_this_process() -> Self {
        Self {
            variables: std::env::vars_os().collect(),
            working_folder: std::env::current_dir().ok(),
            program: std::env::current_exe().ok(),
            started: SystemTime::now(),
        }
    }

    /// The folder that the command was called in.
    pub(crate) fn working_folder(&self) -> Result<&Path, CommandError> {
        self.working_folder
            .as_deref()
            .ok_or(CommandError::NoWorkingFolder)
    }

    /// This program's own file.
    pub(crate) fn program(&self) -> Result<&Path, CommandError> {
        let gone = || CommandError::variable("this program", &"its file is gone");
        self.program.as_deref().ok_or_else(gone)
    }

    /// The folder of the person's own systemd units.
    pub(crate) fn units(&self) -> Result<PathBuf, CommandError> {
        let below = "systemd/user";
        if let Some(config) = self.text("XDG_CONFIG_HOME")? {
            return Ok(Path::new(config).join(below));
        }
        let home = self.text("HOME")?;
        let home = home.ok_or_else(|| CommandError::variable("HOME", &"it is not set"))?;
        Ok(Path::new(home).join(".config").join(below))
    }

    /// The framework's home: `AI_LAB_HOME`, else `.ai-lab` in the person's own.
    pub(crate) fn framework_home(&self) -> Result<PathBuf, CommandError> {
        if let Some(home) = self.text("AI_LAB_HOME")? {
            return Ok(self.working_folder()?.join(home));
        }
        let home = self.text("HOME")?;
        let home = home.ok_or_else(|| CommandError::variable("HOME", &"it is not set"))?;
        Ok(Path::new(home).join(".ai-lab"))
    }

    /// Whether a person sits before input and output.
    #[expect(clippy::unused_self, reason = "it is part of the surroundings")]
    pub(crate) fn is_on_a_terminal(&self) -> bool {
        io::stdin().is_terminal() && io::stdout().is_terminal()
    }

    /// The time of the command; `AI_LAB_CLOCK` (RFC 3339) fixes it.
    pub(crate) fn now(&self) -> Result<Moment, CommandError> {
        self.moment(self.started)
    }

    /// This very moment, for commands that last.
    #[expect(clippy::disallowed_methods, reason = "this is the door")]
    pub(crate) fn this_moment(&self) -> Result<Moment, CommandError> {
        self.moment(SystemTime::now())
    }

    fn moment(&self, time: SystemTime) -> Result<Moment, CommandError> {
        if let Some(fixed) = self.text("AI_LAB_CLOCK")? {
            return fixed
                .parse()
                .map_err(|error| CommandError::variable("AI_LAB_CLOCK", &error));
        }
        let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
        let ms = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
        Moment::from_ms(ms).map_err(|error| CommandError::variable("the clock", &error))
    }

    /// Now, for a command that goes on: the clock as it is by then.
    #[expect(clippy::disallowed_methods, reason = "this is the door")]
    pub(crate) fn later(&self) -> Result<Moment, CommandError> {
        let since = SystemTime::now().duration_since(self.started);
        let ms = i64::try_from(since.unwrap_or_default().as_millis()).unwrap_or(0);
        let begun = self.now()?;
        Moment::from_ms(begun.ms().saturating_add(ms))
            .map_err(|error| CommandError::variable("the clock", &error))
    }

    /// Who acts: `AI_LAB_ACTOR` such as `agent:reviewer`, else the person who is logged in.
    pub(crate) fn actor(&self) -> Result<Actor, CommandError> {
        if let Some(text) = self.text("AI_LAB_ACTOR")? {
            return text
                .parse()
                .map_err(|error| CommandError::variable("AI_LAB_ACTOR", &error));
        }
        let name = self
            .text("USER")?
            .or(self.text("LOGNAME")?)
            .unwrap_or("unknown");
        format!("{}:{name}", ActorKind::Person)
            .parse()
            .map_err(|error| CommandError::variable("USER", &error))
    }

    /// How wide to write, where `COLUMNS` says so.
    pub(crate) fn columns(&self) -> Option<u16> {
        self.text("COLUMNS").ok().flatten()?.parse().ok()
    }

    /// How many lines to show at once, where `LINES` says so.
    pub(crate) fn lines(&self) -> Option<u16> {
        self.text("LINES").ok().flatten()?.parse().ok()
    }

    /// A variable as text; `None` where it is not set or empty.
    pub(crate) fn text(&self, name: &'static str) -> Result<Option<&str>, CommandError> {
        match self.variables.get(OsString::from(name).as_os_str()) {
            None => Ok(None),
            Some(value) if value.is_empty() => Ok(None),
            Some(value) => match value.to_str() {
                Some(text) => Ok(Some(text)),
                None => Err(CommandError::variable(name, &"it is not UTF-8")),
            },
        }
    }
}
