//! Units for systemd: a timer that updates, and the lab's MCP server.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use ai_lab_contract::ErrorClass;
use lab_update::{Layout, Services};
use serde::Serialize;

use super::error::FrameworkError;
use super::found::wanted;
use super::update::Here;
use crate::backup::{ScheduleError, unit_name, unit_word, write_unit};
use crate::{Failure, Lab};

/// What a night's updates wait at most before they begin, in seconds: not all labs at once.
const RANDOM_DELAY: u16 = 900;

/// One unit. The shape of `--json`: fields are added, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unit {
    /// Its file.
    pub file: PathBuf,
    /// What is in it.
    pub text: String,
}

/// The units that are there, or would be. The shape of `--json`: fields are added, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Units {
    /// Each of them.
    pub units: Vec<Unit>,
    /// The command that switches them on, or off.
    pub next: String,
    /// Whether they were written, or removed.
    pub is_done: bool,
}

/// Which of the lab's units are there. The shape of `--json`: fields are added, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ServiceState {
    /// The units that are there, by name.
    pub units: Vec<String>,
    /// Which updates the timer makes: `off`, `patch`, `minor`.
    pub auto: &'static str,
    /// When; any time where `null`.
    pub window: Option<String>,
}

/// Why there are no units.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// A unit cannot name something, or cannot be written.
    #[error(transparent)]
    Unit(#[from] ScheduleError),
    /// What the lab wants cannot be read.
    #[error(transparent)]
    Framework(#[from] FrameworkError),
    /// It is no address to listen at.
    #[error("`{}` is no address such as 127.0.0.1:8765", .0.escape_debug())]
    Address(String),
    /// A unit could not be removed.
    #[error("cannot remove {}", path.display())]
    Remove {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl Failure for ServiceError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Unit(error) => error.class(),
            Self::Framework(error) => error.class(),
            Self::Address(_) => ErrorClass::Usage,
            Self::Remove { .. } => ErrorClass::Environment,
        }
    }
}

/// The names of a lab's units: the timer, what it starts, the server.
fn names(lab: &Lab) -> [String; 3] {
    let update = unit_name("update", lab.root());
    let mcp = unit_name("mcp", lab.root());
    [
        format!("{update}.timer"),
        format!("{update}.service"),
        format!("{mcp}.service"),
    ]
}

/// Writes the units; switching them on is the person's. `program` is this program, `mcp` where the server listens, where one
/// is wanted.
pub fn install_services(
    lab: &Lab,
    here: &Here<'_>,
    program: &Path,
    mcp: Option<&str>,
    carry_out: bool,
) -> Result<Units, ServiceError> {
    let wanted = wanted(lab)?;
    let [timer, service, server] = names(lab);
    let (program, root) = (unit_word(program)?, unit_word(lab.root())?);
    let on = wanted.window.map_or_else(
        || "daily".to_owned(),
        |window| format!("*-*-* {:02}:{:02}:00", window.from / 60, window.from % 60),
    );
    // It begins within the window, and by chance: not all labs of a network ask at once.
    let delay = wanted
        .window
        .map_or(RANDOM_DELAY, |it| RANDOM_DELAY.min(it.minutes() * 30));
    let mut units = vec![
        (
            timer.clone(),
            format!(
                "[Unit]\nDescription=Updates of the lab {root}\n\n[Timer]\nOnCalendar={on}\n\
             RandomizedDelaySec={delay}\n\n[Install]\nWantedBy=timers.target\n"
            ),
        ),
        (
            service,
            format!(
                "[Unit]\nDescription=Update of the lab {root}\n\n[Service]\nType=oneshot\n\
             ExecStart={program} --lab {root} update --auto\nNice=10\nIOSchedulingClass=idle\n"
            ),
        ),
    ];
    let mut switched = vec![timer];
    if let Some(address) = mcp {
        let address: std::net::SocketAddr = address
            .parse()
            .map_err(|_| ServiceError::Address(address.to_owned()))?;
        // The switch, never a place in the store: what is in force when it starts is what runs.
        let framework = unit_word(&Layout::of(lab.root()).program())?;
        // A path alone, to the end of its line: quotes would be part of it.
        let folder = lab.root().display().to_string().replace('%', "%%");
        units.push((server.clone(), format!(
            "[Unit]\nDescription=MCP server of the lab {root}\n\n[Service]\nWorkingDirectory={folder}\n\
             ExecStart={framework} mcp serve --http {address}\nRestart=on-failure\nRestartSec=2\n\n\
             [Install]\nWantedBy=default.target\n"
        )));
        switched.push(server);
    }
    let mut written = Vec::new();
    for (name, text) in units {
        let file = here.units.join(name);
        if carry_out {
            write_unit(&file, &text)?;
        }
        written.push(Unit { file, text });
    }
    let switched = switched.join(" ");
    Ok(Units {
        units: written,
        next: format!("systemctl --user daemon-reload && systemctl --user enable --now {switched}"),
        is_done: carry_out,
    })
}

/// Removes the units' files.
pub fn remove_services(lab: &Lab, here: &Here<'_>) -> Result<Units, ServiceError> {
    let mut units = Vec::new();
    let mut switched = Vec::new();
    for name in names(lab) {
        let file = here.units.join(&name);
        let Ok(text) = fs::read_to_string(&file) else {
            continue;
        };
        fs::remove_file(&file).map_err(|source| ServiceError::Remove {
            path: file.clone(),
            source,
        })?;
        units.push(Unit { file, text });
        switched.push(name);
    }
    let is_done = !units.is_empty();
    let next = format!(
        "systemctl --user disable --now {}; systemctl --user daemon-reload",
        switched.join(" ")
    );
    Ok(Units {
        units,
        next,
        is_done,
    })
}

/// Which are there.
pub fn services(lab: &Lab, here: &Here<'_>) -> Result<ServiceState, ServiceError> {
    let wanted = wanted(lab)?;
    let there = names(lab)
        .into_iter()
        .filter(|name| here.units.join(name).is_file());
    Ok(ServiceState {
        units: there.collect(),
        auto: wanted.auto.as_str(),
        window: wanted.window.map(|window| window.to_string()),
    })
}

/// What is stopped while the switch is made: the server, where it is installed and there is a systemd to ask.
pub(super) fn installed(lab: &Lab, here: &Here<'_>) -> Option<Services> {
    let [_, _, server] = names(lab);
    if !here.units.join(&server).is_file() {
        return None;
    }
    let systemctl = on_path(here.places.search_path?)?;
    Some(Services {
        systemctl,
        units: vec![server],
    })
}

fn on_path(search_path: &OsStr) -> Option<PathBuf> {
    let folders = std::env::split_paths(search_path).filter(|folder| folder.is_absolute());
    folders
        .map(|folder| folder.join("systemctl"))
        .find(|it| it.is_file())
}
