//! `doctor`: looks at everything a run depends on and says what to do about what is wrong.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;

use ai_lab_contract::Profile;
use alf_catalog::Discovery;
use alf_policy::{Machine, Network, Proxied, decide};
use alf_sandbox::Depth;
use alf_store::{Facts, OpenError, OpenMode, Opening, SqliteStore};
use serde::Serialize;

use crate::connect::connection_checks;
use crate::failure::Failure;
use crate::framework::{FRAMEWORK_VERSION, Framework};
use crate::protection::tiers_of;
use crate::retention::record_bounds;
use crate::secrets::secrets_check;

/// How one thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Health {
    /// As it should be.
    Well,
    /// Works, and is worth a look.
    Doubtful,
    /// Does not work.
    Broken,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What was looked at, in a word or two.
    pub what: &'static str,
    /// How it is.
    pub health: Health,
    /// What was seen.
    pub seen: String,
    /// What to do, as a sentence; `None` when all is well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl Check {
    pub(crate) fn well(what: &'static str, seen: impl Into<String>) -> Self {
        Self {
            what,
            health: Health::Well,
            seen: seen.into(),
            hint: None,
        }
    }

    pub(crate) fn bad(
        what: &'static str,
        health: Health,
        seen: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self {
            what,
            health,
            seen: seen.into(),
            hint: Some(hint.into()),
        }
    }
}

/// All that was looked at.
#[derive(Debug, Serialize)]
pub struct Diagnosis {
    /// The form of this answer: 1.
    pub format: u32,
    /// The worst of the checks.
    pub health: Health,
    /// One after the other.
    pub checks: Vec<Check>,
    /// The database in figures; `None` when there is none yet or it cannot be opened.
    pub database: Option<Facts>,
}

/// Looks at the framework, its home, its database, the lab, its tools and the machine. Changes nothing.
pub fn examine(framework: &Framework) -> Diagnosis {
    let surroundings = &framework.surroundings;
    let mut checks = vec![program(framework), home(&surroundings.home)];
    checks.extend(settings(framework));
    let (database, facts) = database(framework);
    checks.extend(database);
    checks.push(match &surroundings.instance {
        Some(folder) => Check::well("lab", folder.display().to_string()),
        None => Check::bad(
            "lab",
            Health::Doubtful,
            "this folder belongs to no lab",
            "Go to one, or make one with `ai-lab init DIR`.",
        ),
    });
    let discovery = framework.discover();
    checks.push(tools(&discovery));
    checks.extend(secrets_check(framework, &discovery.tools));
    checks.push(python(framework));
    checks.push(processes());
    if let Ok(supervisor) = Framework::supervisor() {
        let machine = supervisor.probe_machine(Depth::Network);
        checks.push(sandbox(machine));
        let tiers = tiers_of(framework, machine);
        checks.extend(tiers.map(|tiers| Check::well("store", tiers.told())));
    }
    checks.extend(connection_checks(framework));
    let health = checks
        .iter()
        .map(|check| check.health)
        .max()
        .unwrap_or(Health::Well);
    Diagnosis {
        format: 1,
        health,
        checks,
        database: facts,
    }
}

fn program(framework: &Framework) -> Check {
    match framework.origin() {
        Ok(origin) => {
            let path = framework.surroundings.executable.display();
            let digest = &origin.framework_digest.as_str()[.."sha256:".len() + 12];
            Check::well(
                "framework",
                format!("{FRAMEWORK_VERSION} ({digest}…) at {path}"),
            )
        }
        Err(failure) => Check::bad(
            "framework",
            Health::Broken,
            failure.chain().join(": "),
            "Install the framework anew.",
        ),
    }
}

/// The home holds the record of everything a person's tools did: nobody else reads it.
fn home(home: &Path) -> Check {
    let shown = home.display();
    match fs::metadata(home) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Check::well("home", format!("{shown} is made by the first run"))
        }
        Err(error) => Check::bad(
            "home",
            Health::Broken,
            format!("{shown}: {error}"),
            "Set AI_LAB_HOME to a folder you own.",
        ),
        Ok(found) if !found.is_dir() => Check::bad(
            "home",
            Health::Broken,
            format!("{shown} is no folder"),
            "Move that file away, or set AI_LAB_HOME to another folder.",
        ),
        Ok(found) if found.permissions().mode() & 0o077 != 0 => Check::bad(
            "home",
            Health::Doubtful,
            format!(
                "{shown} is open to other users (mode {:03o})",
                found.permissions().mode() & 0o777
            ),
            format!("`chmod 700 {shown}` closes it."),
        ),
        Ok(found) if found.uid() != rustix::process::geteuid().as_raw() => Check::bad(
            "home",
            Health::Doubtful,
            format!("{shown} belongs to another user ({})", found.uid()),
            "What is written there now may be closed to them: run as that user, or set AI_LAB_HOME.",
        ),
        Ok(found) => Check::well("home", format!("{shown} (owner {})", found.uid())),
    }
}

/// The framework's own settings, where the person has any.
fn settings(framework: &Framework) -> Option<Check> {
    let path = framework.surroundings.settings_file();
    match record_bounds(framework) {
        Ok(_) if !path.exists() => None,
        Ok(_) => Some(Check::well("settings", path.display().to_string())),
        Err(failure) => {
            let hint = failure.hint().unwrap_or_default().to_owned();
            let seen = failure.chain().join(": ");
            Some(Check::bad("settings", Health::Broken, seen, hint))
        }
    }
}

fn database(framework: &Framework) -> (Vec<Check>, Option<Facts>) {
    let path = framework.surroundings.database();
    let opening = Opening {
        mode: OpenMode::ReadOnly,
        framework_version: FRAMEWORK_VERSION.to_owned(),
        now_ms: framework.surroundings.clock.now_ms(),
    };
    let store = match SqliteStore::open(&path, &opening) {
        Ok(store) => store,
        Err(OpenError::Missing(_)) => {
            let seen = format!("{} is made by the first run", path.display());
            return (vec![Check::well("database", seen)], None);
        }
        Err(error) => return (vec![unopened(error)], None),
    };
    match store.facts() {
        Err(error) => (vec![damaged(error.to_string())], None),
        Ok(facts) => (opened(&path, &store, &facts), Some(facts)),
    }
}

fn damaged(seen: String) -> Check {
    let hint = "Restore a backup, or move the file away; the next run begins a new record.";
    Check::bad("database", Health::Broken, seen, hint)
}

fn unopened(error: OpenError) -> Check {
    let health = match &error {
        OpenError::Store(error) => return damaged(error.to_string()),
        OpenError::Older { .. } => Health::Doubtful,
        OpenError::Missing(_)
        | OpenError::NotOurs { .. }
        | OpenError::Newer { .. }
        | OpenError::NetworkFileSystem { .. }
        | OpenError::Unreachable { .. } => Health::Broken,
    };
    let failure = Failure::from(error);
    let why: Vec<String> = failure.chain().into_iter().skip(1).collect();
    let hint = failure.hint().unwrap_or_default();
    Check::bad("database", health, why.join(": "), hint)
}

fn opened(path: &Path, store: &SqliteStore, facts: &Facts) -> Vec<Check> {
    let executions = facts
        .rows
        .iter()
        .find(|rows| rows.table == "tool_executions")
        .map_or(0, |rows| rows.rows);
    let seen = format!(
        "{} (schema {}, {}, executions: {executions})",
        path.display(),
        facts.schema,
        facts.engine,
    );
    let mut checks = match store.quick_check() {
        Ok(wrong) if wrong.is_empty() => vec![Check::well("database", seen)],
        Ok(wrong) => {
            let seen = format!("{} is damaged: {}", path.display(), wrong.join("; "));
            vec![damaged(seen)]
        }
        Err(error) => vec![damaged(error.to_string())],
    };
    if facts.unfinished > 0 {
        checks.push(Check::bad(
            "executions",
            Health::Doubtful,
            format!("{} still running, or interrupted", facts.unfinished),
            "The next `tool run` closes those whose framework is gone.",
        ));
    }
    checks
}

fn tools(discovery: &Discovery) -> Check {
    let count = discovery.tools.len();
    match discovery.problems.as_slice() {
        [] => Check::well("tools", format!("{count}")),
        [first, ..] => Check::bad(
            "tools",
            Health::Doubtful,
            format!(
                "{count}, and {} with problems: {first}",
                discovery.problems.len()
            ),
            "`ai-lab-framework tool check` names everything that is wrong.",
        ),
    }
}

fn python(framework: &Framework) -> Check {
    let path = &framework.surroundings.path;
    let found = path
        .split(':')
        .map(|folder| Path::new(folder).join("python3"))
        .find(|file| file.is_file());
    match (found, &framework.inherited.python_sdk) {
        (None, _) => Check::bad(
            "python",
            Health::Doubtful,
            "there is no `python3` on PATH: tools written in Python cannot run",
            "Install Python 3.11 or newer.",
        ),
        (Some(python), Some(sdk)) => {
            Check::well("python", format!("{}, SDK at {sdk}", python.display()))
        }
        (Some(python), None) => Check::well(
            "python",
            format!(
                "{}, SDK as installed there (`pip install ai-lab-framework`)",
                python.display()
            ),
        ),
    }
}

/// What this machine gives, and what each profile would get of it.
fn sandbox(machine: &Machine) -> Check {
    let decided = Profile::ALL.map(|profile| (profile, decide(profile, Proxied::NOTHING, machine)));
    let told = decided.iter().map(|(profile, decided)| match decided {
        Ok(given) => format!("{profile} {}", given.level.as_str()),
        Err(_) => format!("{profile} refused"),
    });
    let levels: Vec<String> = told.collect();
    let with_hosts = decide(Profile::Standard, Proxied::HOSTS, machine);
    let hosts = match &with_hosts {
        Ok(given) if given.network == Network::Hosts => given.level.as_str(),
        Ok(_) => "not checked",
        Err(_) => "refused",
    };
    let seen = format!(
        "Landlock ABI {}; {}; granted hosts and sockets {hosts}",
        machine.landlock_abi,
        levels.join(", ")
    );
    let wanting = decided.iter().find_map(|(_, decided)| match decided {
        Ok(given) => given.warnings.first().cloned(),
        Err(refused) => Some(format!("{refused}. {}", refused.remedy())),
    });
    let wanting = wanting.or_else(|| {
        let warnings = with_hosts.ok()?.warnings;
        warnings.into_iter().next()
    });
    let note = machine.note_of_root().map(str::to_owned);
    match wanting.or(note) {
        None => Check::well("sandbox", seen),
        Some(wanting) => Check::bad(
            "sandbox",
            Health::Doubtful,
            seen,
            format!("{wanting}.").replace("..", "."),
        ),
    }
}

/// A run's end rests on the kernel telling a process's children.
fn processes() -> Check {
    if Path::new("/proc/self/task").is_dir()
        && fs::read_to_string(format!("/proc/self/task/{}/children", std::process::id())).is_ok()
    {
        return Check::well("processes", "what a tool leaves behind is found and ended");
    }
    Check::bad(
        "processes",
        Health::Broken,
        "/proc does not tell a process's children: what a tool leaves behind is not found",
        "Mount /proc; the kernel needs CONFIG_PROC_CHILDREN.",
    )
}
