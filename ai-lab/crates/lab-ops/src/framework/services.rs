//! Units for systemd: a timer that updates, the lab's MCP server, and a timer that watches the home server.

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

mod texts;

use texts::{Watching, mcp_service, update_service, update_timer, watch_service, watch_timer};

/// What a night's updates wait at most before they begin, in seconds: not all labs at once.
const RANDOM_DELAY: u16 = 900;

/// The program of the project `homeserver-agent`.
const WATCHER: &str = "homeserver-agent";

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

/// Which units are wanted beside those of the update.
#[derive(Clone, Copy, Debug, Default)]
pub struct ServiceWish<'a> {
    /// Where the lab's MCP server listens, where one is wanted.
    pub mcp: Option<&'a str>,
    /// Whether the home server is watched.
    pub watch: bool,
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
    /// There is nothing to watch with.
    #[error("there is no program `{WATCHER}` on the PATH")]
    NoWatcher,
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
            Self::NoWatcher | Self::Remove { .. } => ErrorClass::Environment,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Unit(error) => error.hint(),
            Self::Framework(error) => error.hint(),
            Self::NoWatcher => Some(format!("`pip install {WATCHER}` brings it")),
            Self::Address(_) | Self::Remove { .. } => None,
        }
    }
}

/// The names of a lab's units, as far as they may be there.
struct Names {
    update_timer: String,
    update: String,
    server: String,
    watch_timer: String,
    watch: String,
}

impl Names {
    fn of(lab: &Lab) -> Self {
        let name = |what: &str, ending: &str| format!("{}.{ending}", unit_name(what, lab.root()));
        Self {
            update_timer: name("update", "timer"),
            update: name("update", "service"),
            server: name("mcp", "service"),
            watch_timer: name("watch", "timer"),
            watch: name("watch", "service"),
        }
    }

    fn all(self) -> [String; 5] {
        [
            self.update_timer,
            self.update,
            self.server,
            self.watch_timer,
            self.watch,
        ]
    }
}

/// Writes the units; switching them on is the person's. `program` is this program.
pub fn install_services(
    lab: &Lab,
    here: &Here<'_>,
    program: &Path,
    wish: ServiceWish<'_>,
    carry_out: bool,
) -> Result<Units, ServiceError> {
    let names = Names::of(lab);
    let root = unit_word(lab.root())?;
    let mut switched = vec![names.update_timer.clone()];
    let mut units = update_units(lab, program, &names, &root)?;
    if let Some(address) = wish.mcp {
        let address = address
            .parse()
            .map_err(|_| ServiceError::Address(address.to_owned()))?;
        // The switch, never a place in the store: what is in force when it starts is what runs.
        let framework = unit_word(&Layout::of(lab.root()).program())?;
        let text = mcp_service(&root, lab.root(), &framework, address);
        units.push((names.server.clone(), text));
        switched.push(names.server);
    }
    if wish.watch {
        let search_path = here.places.search_path.ok_or(ServiceError::NoWatcher)?;
        let watcher = on_path(search_path, WATCHER).ok_or(ServiceError::NoWatcher)?;
        let watching = Watching {
            root: &root,
            watcher: &watcher,
            program,
        };
        units.push((names.watch_timer.clone(), watch_timer(&root)));
        units.push((names.watch, watch_service(&watching)?));
        switched.push(names.watch_timer);
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

/// The timer that updates in the lab's window, and what it starts.
fn update_units(
    lab: &Lab,
    program: &Path,
    names: &Names,
    root: &str,
) -> Result<Vec<(String, String)>, ServiceError> {
    let wanted = wanted(lab)?;
    let program = unit_word(program)?;
    let on = wanted.window.map_or_else(
        || "daily".to_owned(),
        |window| format!("*-*-* {:02}:{:02}:00", window.from / 60, window.from % 60),
    );
    // It begins within the window, and by chance: not all labs of a network ask at once.
    let delay = wanted
        .window
        .map_or(RANDOM_DELAY, |it| RANDOM_DELAY.min(it.minutes() * 30));
    Ok(vec![
        (names.update_timer.clone(), update_timer(root, &on, delay)),
        (names.update.clone(), update_service(root, &program)),
    ])
}

/// Removes the units' files.
pub fn remove_services(lab: &Lab, here: &Here<'_>) -> Result<Units, ServiceError> {
    let mut units = Vec::new();
    let mut switched = Vec::new();
    for name in Names::of(lab).all() {
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
    let there = Names::of(lab)
        .all()
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
    let Names { server, .. } = Names::of(lab);
    if !here.units.join(&server).is_file() {
        return None;
    }
    let systemctl = on_path(here.places.search_path?, "systemctl")?;
    Some(Services {
        systemctl,
        units: vec![server],
    })
}

fn on_path(search_path: &OsStr, program: &str) -> Option<PathBuf> {
    let folders = std::env::split_paths(search_path).filter(|folder| folder.is_absolute());
    folders
        .map(|folder| folder.join(program))
        .find(|it| it.is_file())
}
