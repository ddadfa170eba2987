//! One update from its beginning, or from where a kill left it, to its end.

use std::path::{Path, PathBuf};
use std::time::Duration;

use ai_lab_contract::v1::UpdatePhase;
use serde::Serialize;

use crate::decide::{InForce, Standing, Step, after_failure, next};
use crate::effects::{Effects, Held};
use crate::error::{Cut, UpdateError, disk};
use crate::history::read_history;
use crate::journal::{Done, Journal, Kind};
use crate::layout::Layout;
use crate::limits::MOST_STEPS;
use crate::request::{Asked, Until, Watch};

/// How an update ended, where it did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The release that is wanted is in force already.
    Unchanged,
    /// It would be brought in force.
    Planned,
    /// It lies in the store, and the lock names it.
    Locked,
    /// It was tried on copies, and nothing speaks against it.
    Rehearsed,
    /// It is in force.
    InForce,
    /// What was begun was given up; nothing was changed.
    Abandoned,
    /// The one before is in force again.
    TakenBack,
}

/// What was done. The shape of `--json`: fields are added, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// How it ended.
    pub outcome: Outcome,
    /// The version that was in force; `null` where none was.
    pub from: Option<String>,
    /// The version that it is about; `null` where it is not known.
    pub to: Option<String>,
    /// What has changed in the new one, a sentence each.
    pub changes: Vec<String>,
    /// Releases that the range lets through and that cannot be taken, a sentence each.
    pub passed_over: Vec<String>,
    /// What was done, and how long each took.
    pub steps: Vec<Done>,
    /// The backup that was made.
    pub backup: Option<PathBuf>,
    /// Why it was taken back or given up.
    pub why: Option<String>,
}

/// Whether one step leads to the next.
pub(crate) enum Turn {
    /// It does.
    On,
    /// It was the last.
    Over(Outcome),
}

/// One update at work. It holds the lab's guard: no other process updates this lab meanwhile.
#[derive(Debug)]
pub struct Update<'a> {
    pub(crate) effects: &'a mut dyn Effects,
    pub(crate) layout: Layout,
    pub(crate) journal: Journal,
    pub(crate) watch: &'a mut dyn Watch,
    /// What was asked for; `None` where another process began it.
    pub(crate) asked: Option<Asked<'a>>,
    /// No execution begins while these are held.
    pub(crate) gate: Vec<Held>,
    /// Why it is being given up or taken back.
    pub(crate) failed: Option<(String, Cut)>,
    _guard: Held,
}

impl std::fmt::Debug for dyn Effects + '_ {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Effects")
    }
}

/// How far the update is that was left in the middle; `None` where none was, or it cannot be told. One look at one file.
pub fn is_to_recover(layout: &Layout, effects: &mut dyn Effects) -> Option<UpdatePhase> {
    let text = effects.read(&layout.journal()).ok()??;
    Journal::read(&text).ok().map(|journal| journal.head.phase)
}

/// Goes on with what a kill left in the middle; `None` where nothing was. `by_hand` looks again where neither release was
/// healthy.
pub fn recover(
    layout: &Layout,
    effects: &mut dyn Effects,
    watch: &mut dyn Watch,
    by_hand: bool,
) -> Result<Option<Report>, UpdateError> {
    if !effects.is_there(&layout.journal()) {
        return Ok(None);
    }
    let guard = guard(layout, effects)?;
    let Some(mut journal) = read(layout, effects)? else {
        return Ok(None);
    };
    if by_hand && (journal.head.phase == UpdatePhase::SafeMode || journal.steps >= MOST_STEPS) {
        journal.head.phase = UpdatePhase::RollingBack;
        journal.steps = 0;
    }
    let mut update = Update {
        effects,
        layout: layout.clone(),
        journal,
        watch,
        asked: None,
        gate: Vec::new(),
        failed: None,
        _guard: guard,
    };
    update.go(Standing::Resumed).map(Some)
}

fn read(layout: &Layout, effects: &mut dyn Effects) -> Result<Option<Journal>, UpdateError> {
    let path = layout.journal();
    let text = effects.read(&path).map_err(|source| UpdateError::Disk {
        what: "read",
        path,
        source,
    })?;
    let Some(text) = text else {
        return Ok(None);
    };
    Journal::read(&text).map(Some).map_err(UpdateError::Journal)
}

/// One process at a time. The folders that all else lies in are on the disk before anything is.
fn guard(layout: &Layout, effects: &mut dyn Effects) -> Result<Held, UpdateError> {
    let (state, updates) = (layout.state(), layout.updates());
    for (folder, above) in [(&state, layout.root()), (&updates, state.as_path())] {
        make(effects, folder, above).map_err(|source| UpdateError::Disk {
            what: "make",
            path: folder.clone(),
            source,
        })?;
    }
    let path = layout.guard();
    let held = effects.lock(&path, Duration::ZERO);
    let held = held.map_err(|source| UpdateError::Disk {
        what: "lock",
        path,
        source,
    })?;
    held.ok_or(UpdateError::Busy)
}

/// The moment that it begins; the next that names no other update, where a clock stands or was set back.
fn fresh_id(layout: &Layout, effects: &mut dyn Effects) -> Result<String, UpdateError> {
    let path = layout.history();
    let text = effects.read(&path).map_err(|source| UpdateError::Disk {
        what: "read",
        path,
        source,
    })?;
    let history = read_history(&String::from_utf8_lossy(&text.unwrap_or_default()));
    let mut id = effects.now_ms();
    while history.iter().any(|entry| entry.id == id.to_string()) {
        id += 1;
    }
    Ok(id.to_string())
}

/// Makes a folder whose name survives a power cut.
fn make(effects: &mut dyn Effects, folder: &Path, above: &Path) -> std::io::Result<()> {
    if effects.is_there(folder) {
        return Ok(());
    }
    effects.make_folder(folder)?;
    effects.sync(above)
}

impl<'a> Update<'a> {
    /// Brings a release in force. What a kill left in the middle is carried to its end first.
    pub fn run(
        layout: &Layout,
        effects: &'a mut dyn Effects,
        watch: &'a mut dyn Watch,
        asked: Asked<'a>,
    ) -> Result<Report, UpdateError> {
        let guard = guard(layout, effects)?;
        if effects.is_there(&layout.journal()) {
            // Whoever calls has recovered already; what is left there waits for a person.
            let why = "an earlier update is not at its end";
            let refusal = crate::Refusal::new(ai_lab_contract::ErrorClass::Conflict, why)
                .hinting("`ai-lab update --recover` looks at it again");
            return Err(Cut::from(refusal).refused("begin"));
        }
        let mut journal = Journal::begin(asked.kind, asked.old.clone(), effects.now_ms());
        journal.id = fresh_id(layout, effects)?;
        let mut update = Self {
            effects,
            layout: layout.clone(),
            journal,
            watch,
            asked: Some(asked),
            gate: Vec::new(),
            failed: None,
            _guard: guard,
        };
        update.go(Standing::Going)
    }

    fn go(&mut self, standing: Standing) -> Result<Report, UpdateError> {
        let mut forced = None;
        loop {
            let in_force = self.in_force()?;
            let decided = next(&self.journal, standing, in_force);
            let step = forced.take().unwrap_or(decided);
            self.journal.steps += 1;
            match self.perform(step) {
                Ok(Turn::On) => {}
                Ok(Turn::Over(outcome)) => return self.end(outcome),
                Err(cut) => forced = Some(self.after(step, cut)?),
            }
        }
    }

    /// What a step that was cut leads to.
    fn after(&mut self, step: Step, cut: Cut) -> Result<Step, UpdateError> {
        let is_of_the_disk = matches!(cut, Cut::Disk { .. });
        let goes_on = after_failure(step).filter(|then| !is_of_the_disk || *then == Step::Abandon);
        let Some(then) = goes_on else {
            return Err(match cut {
                Cut::Disk { what, path, source } => UpdateError::Disk { what, path, source },
                Cut::Refused(_) => cut.refused(name(step)),
            });
        };
        self.journal.why = Some(cut.told());
        self.failed = Some((name(step).to_owned(), cut));
        Ok(then)
    }

    fn perform(&mut self, step: Step) -> Result<Turn, Cut> {
        match step {
            Step::Fetch => self.fetch(),
            Step::Rehearse => self.rehearse(),
            Step::BackUp => self.back_up(),
            Step::Drain => self.drain(),
            Step::Migrate => self.migrate(),
            Step::BeginTrial => self.begin_trial(),
            Step::Switch => self.switch(),
            Step::Examine => self.examine(),
            Step::Settle => self.settle(),
            Step::Abandon => self.abandon(),
            Step::BeginRollBack => self.begin_roll_back(),
            Step::SwitchBack => self.switch_back(),
            Step::ExamineOld => self.examine_old(),
            Step::SettleBack => self.settle_back(),
            Step::Stop => self.stop(),
        }
    }

    fn in_force(&mut self) -> Result<InForce, UpdateError> {
        let path = self.layout.switch();
        let target = self.effects.link_target(&path);
        let target = target.map_err(|source| UpdateError::Disk {
            what: "read",
            path,
            source,
        })?;
        let leads_to =
            |placed: &Option<crate::Placed>| placed.as_ref().map(|it| &it.place) == target.as_ref();
        Ok(if leads_to(&self.journal.old) {
            InForce::Old
        } else if leads_to(&self.journal.new) {
            InForce::New
        } else {
            InForce::Other
        })
    }

    /// The report of what ended well, or the error of what was taken back in the process that began it.
    fn end(&mut self, outcome: Outcome) -> Result<Report, UpdateError> {
        let evidence = self.layout.evidence(&self.journal.id);
        let why = self.journal.why.clone();
        let version = |placed: &Option<crate::Placed>| placed.as_ref().map(|it| it.version.clone());
        let (from, to) = (version(&self.journal.old), version(&self.journal.new));
        if self.journal.head.phase == UpdatePhase::SafeMode {
            let why = why.unwrap_or_default();
            return Err(UpdateError::SafeMode { why, evidence });
        }
        match (self.failed.take(), outcome) {
            (Some((step, cut)), Outcome::Abandoned) => Err(cut.refused(&step)),
            (Some(_), Outcome::TakenBack) if self.asked.is_some() => Err(UpdateError::TakenBack {
                version: to.unwrap_or_default(),
                why: why.unwrap_or_default(),
                back_to: from,
                evidence,
            }),
            (_, outcome) => Ok(Report {
                outcome,
                from,
                to,
                changes: self.journal.changes.clone(),
                passed_over: self.journal.passed_over.clone(),
                steps: self.journal.done.clone(),
                backup: self.journal.backup.clone(),
                why,
            }),
        }
    }

    /// How far to go.
    pub(crate) fn until(&self) -> Until {
        self.asked.as_ref().map_or(Until::End, |asked| asked.until)
    }

    /// Whether it is an update, and so rehearsed and backed up.
    pub(crate) fn kind(&self) -> Kind {
        self.journal.kind
    }

    /// Writes the journal: beside its place, then in it.
    pub(crate) fn keep(&mut self) -> Result<(), Cut> {
        let path = self.layout.journal();
        let text = self.journal.text();
        self.put(&path, text.as_bytes())
    }

    /// Enters a phase: from here on, whoever comes after a kill finds it.
    pub(crate) fn enter(&mut self, phase: UpdatePhase) -> Result<(), Cut> {
        let before = std::mem::replace(&mut self.journal.head.phase, phase);
        let kept = self.keep();
        if kept.is_err() {
            self.journal.head.phase = before;
        }
        kept
    }

    /// Writes a file so that it is whole or as it was, whatever happens.
    pub(crate) fn put(&mut self, path: &Path, bytes: &[u8]) -> Result<(), Cut> {
        let mut draft = path.as_os_str().to_owned();
        draft.push(".ai-lab-new");
        let draft = PathBuf::from(draft);
        let folder = path.parent().unwrap_or(path);
        self.effects
            .write(&draft, bytes)
            .map_err(disk("write", &draft))?;
        self.effects.sync(&draft).map_err(disk("sync", &draft))?;
        self.effects
            .rename(&draft, path)
            .map_err(disk("rename", &draft))?;
        self.effects.sync(folder).map_err(disk("sync", folder))
    }

    /// Makes the folder of what is kept of this update.
    pub(crate) fn evidence_folder(&mut self) -> Result<PathBuf, Cut> {
        let folder = self.layout.evidence(&self.journal.id);
        let all = folder.parent().unwrap_or(&folder).to_owned();
        let updates = self.layout.updates();
        make(self.effects, &all, &updates).map_err(disk("make", &all))?;
        make(self.effects, &folder, &all).map_err(disk("make", &folder))?;
        Ok(folder)
    }

    /// Does a part of a step, and tells what it did and how long it took.
    pub(crate) fn part<T>(
        &mut self,
        name: &str,
        act: impl FnOnce(&mut Self) -> Result<(T, String), Cut>,
    ) -> Result<T, Cut> {
        self.watch.begins(name);
        let begun = self.effects.elapsed_ms();
        let (value, said) = act(self)?;
        let done = Done {
            step: name.to_owned(),
            said,
            ms: self.effects.elapsed_ms().saturating_sub(begun),
        };
        self.watch.done(&done);
        self.journal.done.push(done);
        Ok(value)
    }
}

/// A step's name for people.
const fn name(step: Step) -> &'static str {
    match step {
        Step::Fetch => "fetch",
        Step::Rehearse => "rehearsal",
        Step::BackUp => "backup",
        Step::Drain => "drain",
        Step::Migrate => "migration",
        Step::BeginTrial | Step::Examine => "trial",
        Step::Switch => "switch",
        Step::Settle => "settling",
        Step::Abandon => "giving up",
        Step::BeginRollBack | Step::SwitchBack | Step::ExamineOld | Step::SettleBack => "rollback",
        Step::Stop => "stop",
    }
}
