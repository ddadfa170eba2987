//! Another framework is brought in force, or one that was is brought back.

use std::fs;
use std::path::Path;
use std::time::Duration;

use ai_lab_client::Places;
use ai_lab_contract::v1::UpdatePhase;
use lab_model::Moment;
use lab_pin::{Auto, Wanted};
use lab_update::{
    Asked, Disk, Kind, Layout, Outcome, Placed, Report, Source, Target, Until, Update, Watch,
    before, of_version,
};
use semver::Version;

use super::error::FrameworkError;
use super::found::{in_force, in_quarantine, locked, wanted};
use super::locate::program_of;
use super::services::installed;
use super::side::Side;
use super::source::AnySource;
use crate::Lab;

/// What an update needs to know of this machine.
#[derive(Clone, Copy)]
pub struct Here<'a> {
    /// Where the framework is looked for.
    pub places: Places<'a>,
    /// The framework's home.
    pub home: &'a Path,
    /// The folder of the person's own systemd units.
    pub units: &'a Path,
    /// When.
    pub at: Moment,
    /// The clock, in milliseconds since 1970.
    pub clock: &'a dyn Fn() -> i64,
}

impl std::fmt::Debug for Here<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Here")
            .field("home", &self.home)
            .finish_non_exhaustive()
    }
}

/// What is asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct UpdateWish<'a> {
    /// Exactly this version; the newest that is wanted where `None`.
    pub to: Option<&'a str>,
    /// Where releases come from, instead of what the lab says: a folder, a bundle or a URL.
    pub from: Option<&'a str>,
    /// How far to go.
    pub until: Until,
    /// Only what `[update] auto` allows.
    pub auto: bool,
    /// Whether executions that end otherwise than before are no reason to stop.
    pub accept_changes: bool,
    /// How long running executions are waited for, in seconds; a usual time where `None`.
    pub wait: Option<u64>,
}

/// How far the update is that was left in the middle; `None` where none was. One look at one file.
pub fn is_left_over(lab: &Lab) -> Option<UpdatePhase> {
    let layout = Layout::of(lab.root());
    let text = fs::read(layout.journal()).ok()?;
    let journal = lab_update::Journal::read(&text).ok()?;
    Some(journal.head.phase)
}

/// Carries to its end what a kill left in the middle; `None` where nothing was.
pub fn recover(
    lab: &Lab,
    here: &Here<'_>,
    watch: &mut dyn Watch,
    by_hand: bool,
) -> Result<Option<Report>, FrameworkError> {
    let mut side = side(lab, here);
    let mut disk = Disk::new(&mut side, here.clock);
    let layout = Layout::of(lab.root());
    Ok(lab_update::recover(&layout, &mut disk, watch, by_hand)?)
}

/// The lab's database, as an update needs it.
pub fn side<'a>(lab: &'a Lab, here: &Here<'a>) -> Side<'a> {
    Side {
        lab,
        places: here.places,
        at: here.at,
    }
}

/// Brings the newest release that is wanted in force.
pub fn update(
    lab: &Lab,
    here: &Here<'_>,
    wish: &UpdateWish<'_>,
    watch: &mut dyn Watch,
) -> Result<Report, FrameworkError> {
    let wanted = wanted(lab)?;
    let quarantine = in_quarantine(lab)?;
    let old = in_force(lab)?;
    let mut excluded: Vec<String> = quarantine.iter().map(|it| it.version.clone()).collect();
    let range = match wish.to {
        Some(version) => {
            if let Some(known) = quarantine.into_iter().find(|it| it.version == version) {
                let (version, why) = (known.version, known.why);
                return Err(FrameworkError::Quarantined { version, why });
            }
            exactly(&wanted, old.as_ref(), version)?
        }
        None => range_of(&wanted, old.as_ref(), wish.auto)?,
    };
    if wish.auto && wanted.auto == Auto::Off {
        return Ok(unchanged(
            old.as_ref(),
            Some("`[update] auto` is off".to_owned()),
        ));
    }
    excluded.sort();
    let task = Task {
        kind: Kind::Update,
        target: Target::Newest { range, excluded },
        from: wish.from,
        until: wish.until,
        accept_changes: wish.accept_changes,
        wait: wish.wait,
    };
    carry_out(lab, here, task, old, watch)
}

/// What is in force stays.
fn unchanged(old: Option<&Placed>, why: Option<String>) -> Report {
    let version = old.map(|old| old.version.clone());
    Report {
        outcome: Outcome::Unchanged,
        from: version.clone(),
        to: version,
        changes: Vec::new(),
        passed_over: Vec::new(),
        steps: Vec::new(),
        backup: None,
        why,
    }
}

/// The range of exactly that version, if the lab wants it and it is not an older one.
fn exactly(wanted: &Wanted, old: Option<&Placed>, version: &str) -> Result<String, FrameworkError> {
    let no_way = |what: String| Err(FrameworkError::NoWay(what));
    let Ok(to) = Version::parse(version) else {
        return no_way(format!(
            "`{}` is no version such as 1.4.2",
            version.escape_debug()
        ));
    };
    if !wanted.accepts.matches(&to) {
        let range = wanted.range.as_deref().unwrap_or("*");
        return no_way(format!(
            "the lab wants {range}, which {to} is not: `ai-lab framework pin {to}` wants it"
        ));
    }
    let old = old.and_then(|old| Version::parse(&old.version).ok());
    if let Some(old) = old.filter(|old| *old > to) {
        return no_way(format!(
            "{to} is older than {old}: `ai-lab rollback --to {to}` goes back to one that was in force"
        ));
    }
    Ok(format!("={to}"))
}

/// The range that is asked for: what the lab wants, not older than what it has, by itself only as far as it says.
fn range_of(wanted: &Wanted, old: Option<&Placed>, auto: bool) -> Result<String, FrameworkError> {
    let range = wanted.range.clone().unwrap_or_else(|| "*".to_owned());
    let Some(old) = old else {
        return Ok(range);
    };
    let is_version = Version::parse(&old.version).ok();
    let Some(version) = is_version else {
        return Err(FrameworkError::NoWay(format!(
            "{} in force has no version",
            old.name
        )));
    };
    let bound = match (auto, wanted.auto) {
        (true, Auto::Patch) => format!(", ~{version}"),
        (true, Auto::Minor) => format!(", ^{version}"),
        (true, Auto::Off) | (false, _) => String::new(),
    };
    // `*` takes no other bound beside it.
    let range = if range.trim() == "*" {
        String::new()
    } else {
        format!("{range}, ")
    };
    Ok(format!("{range}>={version}{bound}"))
}

/// What is in force is what the lock says: in a fresh clone, or where git brought another lock.
pub fn install(
    lab: &Lab,
    here: &Here<'_>,
    from: Option<&str>,
    watch: &mut dyn Watch,
) -> Result<Report, FrameworkError> {
    let framework = locked(lab)?.ok_or(FrameworkError::NoLock)?.framework;
    let old = in_force(lab)?;
    if let Some(old) = old
        .as_ref()
        .filter(|old| old.lock.as_ref() == Some(&framework) && is_there(old))
    {
        return Ok(unchanged(Some(old), None));
    }
    let version = framework.version.as_str();
    if let Some(known) = in_quarantine(lab)?
        .into_iter()
        .find(|it| it.version == version)
    {
        let (version, why) = (known.version, known.why);
        return Err(FrameworkError::Quarantined { version, why });
    }
    // What is in force and gone from the store is nothing to go back to.
    let old = old.filter(is_there);
    let task = Task {
        kind: Kind::Install,
        target: Target::Locked(Box::new(framework)),
        from,
        until: Until::End,
        accept_changes: false,
        wait: None,
    };
    carry_out(lab, here, task, old, watch)
}

fn is_there(placed: &Placed) -> bool {
    placed.place.is_dir()
}

/// Writes the lock of the newest release that is wanted; what is in force stays.
pub fn write_lock(
    lab: &Lab,
    here: &Here<'_>,
    from: Option<&str>,
    watch: &mut dyn Watch,
) -> Result<Report, FrameworkError> {
    let wanted = wanted(lab)?;
    let target = match locked(lab)? {
        Some(lock) => Target::Locked(Box::new(lock.framework)),
        None => Target::Newest {
            range: range_of(&wanted, None, false)?,
            excluded: in_quarantine(lab)?
                .into_iter()
                .map(|it| it.version)
                .collect(),
        },
    };
    let task = Task {
        kind: Kind::Install,
        target,
        from,
        until: Until::Lock,
        accept_changes: false,
        wait: None,
    };
    carry_out(lab, here, task, None, watch)
}

/// Brings one in force that was: the one before, or that version.
pub fn roll_back(
    lab: &Lab,
    here: &Here<'_>,
    to: Option<&str>,
    from: Option<&str>,
    watch: &mut dyn Watch,
) -> Result<Report, FrameworkError> {
    let old = in_force(lab)?;
    let none = || FrameworkError::NoWay("nothing is in force that could be rolled back".to_owned());
    let old = old.ok_or_else(none)?;
    let history = super::history(lab)?;
    let target = match to {
        Some(version) => of_version(&history, version),
        None => before(&history, &old.name),
    };
    let Some(target) = target.filter(|target| target.name != old.name).cloned() else {
        let told = to.map_or_else(
            || {
                format!(
                    "nothing is known to have been in force before {}",
                    old.version
                )
            },
            |version| {
                let version = version.escape_debug();
                format!(
                    "{version} was not in force in this lab before: see `ai-lab framework history`"
                )
            },
        );
        return Err(FrameworkError::NoWay(told));
    };
    let majors =
        [&target, &old].map(|placed| Version::parse(&placed.version).ok().map(|it| it.major));
    if majors[0] != majors[1] {
        let (to, from) = (&target.version, &old.version);
        let told = format!(
            "{to} is of another major than {from}: `ai-lab backup restore` brings back the data that it reads"
        );
        return Err(FrameworkError::NoWay(told));
    }
    let task = Task {
        kind: Kind::RollBack,
        target: Target::Before(Box::new(target)),
        from,
        until: Until::End,
        accept_changes: false,
        wait: None,
    };
    carry_out(lab, here, task, Some(old), watch)
}

/// What is to be done, beside what the lab and the machine say.
struct Task<'a> {
    kind: Kind,
    target: Target,
    from: Option<&'a str>,
    until: Until,
    accept_changes: bool,
    wait: Option<u64>,
}

fn carry_out(
    lab: &Lab,
    here: &Here<'_>,
    task: Task<'_>,
    old: Option<Placed>,
    watch: &mut dyn Watch,
) -> Result<Report, FrameworkError> {
    let layout = Layout::of(lab.root());
    let named = match task.from {
        Some(from) => Some(from.to_owned()),
        None => wanted(lab)?.from,
    };
    let mut source = match &named {
        Some(from) => Some(AnySource::of(lab, from)?),
        None => None,
    };
    let program = match &old {
        Some(_) => program_of(lab, &here.places)?,
        None => ai_lab_client::locate(&here.places)?,
    };
    let asked = Asked {
        kind: task.kind,
        target: task.target,
        source: source.as_mut().map(|source| source as &mut dyn Source),
        program,
        home: here.home.to_owned(),
        old,
        services: installed(lab, here),
        drain: Duration::from_secs(task.wait.unwrap_or(lab_update::DRAIN_SECONDS)),
        accept_changes: task.accept_changes,
        until: task.until,
    };
    let mut side = side(lab, here);
    let mut disk = Disk::new(&mut side, here.clock);
    Ok(Update::run(&layout, &mut disk, watch, asked)?)
}
