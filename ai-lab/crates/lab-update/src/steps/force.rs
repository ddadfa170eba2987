//! From the closed gate to the verdict over a release on trial, and back.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ai_lab_contract::ErrorClass;
use ai_lab_contract::v1::UpdatePhase;

use super::rehearse::healthy;
use crate::effects::LabWork;
use crate::error::{Cut, Refusal, disk};
use crate::framework::Answer;
use crate::journal::{Placed, Services};
use crate::layout::program_in;
use crate::limits::{MOST_STEPS, ROUNDS};
use crate::sequence::{Turn, Update};

/// The file whose lock every execution shares from before its start until its end is recorded.
const GATE: &str = "gate";

/// The file whose lock keeps new executions out; taken before the gate.
const TURNSTILE: &str = "gate.turnstile";

/// How long whoever goes on after a kill waits for executions: the switch itself is whole at any moment.
const LATE_DRAIN: Duration = Duration::from_secs(5);

/// What is done with services.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    Stop,
    Start,
}

impl Update<'_> {
    /// Stops services and waits until no execution runs; from here on none begins.
    pub(crate) fn drain(&mut self) -> Result<Turn, Cut> {
        let (services, home, wait) = {
            let asked = self
                .asked
                .as_ref()
                .expect("because only who began it drains");
            (asked.services.clone(), asked.home.clone(), asked.drain)
        };
        self.journal.services = services;
        self.part("drain", |update| {
            // What is stopped is written down first: whoever comes after a kill starts it again.
            update.enter(UpdatePhase::Drained)?;
            update.services(Act::Stop)?;
            update.close_gate(&home, wait)?;
            Ok(((), "nothing runs, nothing begins".to_owned()))
        })?;
        Ok(Turn::On)
    }

    fn close_gate(&mut self, home: &Path, wait: Duration) -> Result<(), Cut> {
        if self.try_gate(home, wait)? {
            return Ok(());
        }
        let told = format!("executions still run after {} s", wait.as_secs());
        let next = "`ai-lab-framework gate status` shows them; `ai-lab update --wait SECONDS` waits longer";
        let refusal = Refusal::new(ErrorClass::Conflict, told);
        Err(refusal.hinting(next).into())
    }

    /// Keeps new executions out, then waits for those that run; whether none does.
    fn try_gate(&mut self, home: &Path, wait: Duration) -> Result<bool, Cut> {
        for name in [TURNSTILE, GATE] {
            let path = home.join(name);
            let held = self
                .effects
                .lock(&path, wait)
                .map_err(disk("lock", &path))?;
            let Some(held) = held else {
                self.gate.clear();
                return Ok(false);
            };
            self.gate.push(held);
        }
        Ok(true)
    }

    fn services(&mut self, act: Act) -> Result<(), Cut> {
        let Some(Services { systemctl, units }) = self.journal.services.clone() else {
            return Ok(());
        };
        let verb = match act {
            Act::Stop => "stop",
            Act::Start => "start",
        };
        let mut arguments: Vec<&OsStr> = vec!["--user".as_ref(), verb.as_ref()];
        arguments.extend(units.iter().map(OsStr::new));
        let call = crate::ProcessCall {
            program: &systemctl,
            arguments: arguments.into_iter().map(Into::into).collect(),
            folder: self.layout.root(),
            home: None,
            silence: crate::limits::SILENCE,
        };
        let ended = self.effects.run(&call)?;
        match (ended.code, act) {
            // One that does not start again is the person's to look at: the release is in force all the same.
            (Some(0), _) | (_, Act::Start) => Ok(()),
            (_, Act::Stop) => {
                let told = format!("`systemctl --user stop {}` failed", units.join(" "));
                Err(Refusal::new(ErrorClass::Environment, told).into())
            }
        }
    }

    /// Brings both databases to the release's schema: what it adds, every release of its major reads past.
    pub(crate) fn migrate(&mut self) -> Result<Turn, Cut> {
        let new = self.program();
        self.part("migrate both databases", |update| {
            let arguments: [&OsStr; 1] = ["migrate-db".as_ref()];
            update.demand(&new, None, &arguments)?;
            let said = update.effects.lab(&LabWork::Migrate)?;
            Ok((
                (),
                format!("the framework's as the release wants it; the lab's: {said}"),
            ))
        })?;
        self.enter(UpdatePhase::Migrated)?;
        Ok(Turn::On)
    }

    /// Writes down that it is on trial, before the switch: a kill from here on goes on with it.
    pub(crate) fn begin_trial(&mut self) -> Result<Turn, Cut> {
        self.enter(UpdatePhase::Trial)?;
        Ok(Turn::On)
    }

    /// Turns the one switch to the new release.
    pub(crate) fn switch(&mut self) -> Result<Turn, Cut> {
        let place = self.new_place();
        if self.gate.is_empty() {
            // The switch is whole at any moment: who still runs after a kill goes on under what it was started from.
            self.try_gate(&home_of(&place), LATE_DRAIN)?;
        }
        self.part("switch", |update| {
            update.turn(Some(&place))?;
            update.gate.clear();
            Ok((
                (),
                format!(".ai-lab/framework leads to {}", place.display()),
            ))
        })?;
        self.services(Act::Start)?;
        Ok(Turn::On)
    }

    /// Turns the switch back; away, where nothing was in force.
    pub(crate) fn switch_back(&mut self) -> Result<Turn, Cut> {
        self.keep()?;
        let place = self.journal.old.as_ref().map(|old| old.place.clone());
        self.part("switch back", |update| {
            update.turn(place.as_deref())?;
            let told = place.as_ref().map_or_else(
                || "nothing is in force, as before".to_owned(),
                |place| format!(".ai-lab/framework leads to {}", place.display()),
            );
            Ok(((), told))
        })?;
        Ok(Turn::On)
    }

    fn turn(&mut self, to: Option<&Path>) -> Result<(), Cut> {
        let switch = self.layout.switch();
        let state = self.layout.state();
        if let Some(place) = to {
            let draft = state.join("framework.ai-lab-new");
            self.effects
                .remove(&draft)
                .map_err(disk("remove", &draft))?;
            self.effects
                .link(place, &draft)
                .map_err(disk("link", &draft))?;
            self.effects
                .rename(&draft, &switch)
                .map_err(disk("rename", &draft))?;
        } else {
            self.effects
                .remove(&switch)
                .map_err(disk("remove", &switch))?;
        }
        self.effects.sync(&state).map_err(disk("sync", &state))
    }

    /// Looks several times whether the release on trial is healthy.
    pub(crate) fn examine(&mut self) -> Result<Turn, Cut> {
        // An examination counts from its beginning: one that takes the machine down must not be begun for ever.
        self.journal.tries -= 1;
        self.keep()?;
        let new = self.journal.new.clone().expect("because it is on trial");
        self.part("trial", |update| {
            let said = update.examined(&new)?;
            Ok(((), said))
        })?;
        self.enter(UpdatePhase::Committed)?;
        Ok(Turn::On)
    }

    fn examined(&mut self, placed: &Placed) -> Result<String, Cut> {
        let program = program_in(&placed.place);
        let greeting: [&OsStr; 1] = ["version".as_ref()];
        let answer = self.demand(&program, None, &greeting)?;
        let said = answer.value["version"].as_str().unwrap_or_default();
        if said != placed.version {
            let told = format!(
                "it says that it is {}, not {}",
                said.escape_debug(),
                placed.version
            );
            return Err(Refusal::new(ErrorClass::Incompatible, told).into());
        }
        let root = self.layout.root().to_owned();
        let test: [&OsStr; 3] = ["self-test".as_ref(), "--lab".as_ref(), root.as_os_str()];
        let mut last = String::new();
        for round in 1..=ROUNDS {
            let answer = self.ask(&program, None, &test)?;
            match healthy(&answer) {
                Ok(said) => last = said,
                Err(refusal) => {
                    self.testify(&answer);
                    let message = format!("examination {round} of {ROUNDS}: {}", refusal.message);
                    return Err(Refusal { message, ..refusal }.into());
                }
            }
        }
        Ok(format!("{ROUNDS} times, {last}"))
    }

    /// Keeps what an examination said. That it cannot be kept is less than what it found.
    fn testify(&mut self, answer: &Answer) {
        if let Ok(folder) = self.evidence_folder() {
            let _ = self.put(&folder.join("examination.txt"), answer.all.as_bytes());
        }
    }

    /// Writes down that the release is taken back.
    pub(crate) fn begin_roll_back(&mut self) -> Result<Turn, Cut> {
        let ended = || "no examination came to its end".to_owned();
        self.journal.why.get_or_insert_with(ended);
        self.enter(UpdatePhase::RollingBack)?;
        Ok(Turn::On)
    }

    /// Looks whether the release before is as healthy as it was.
    pub(crate) fn examine_old(&mut self) -> Result<Turn, Cut> {
        self.keep()?;
        if let Some(old) = self.journal.old.clone() {
            self.part("examine the one before", |update| {
                let said = update.examined(&old)?;
                Ok(((), said))
            })?;
        }
        self.gate.clear();
        self.services(Act::Start)?;
        self.enter(UpdatePhase::RolledBack)?;
        Ok(Turn::On)
    }

    /// Leaves all to a person.
    pub(crate) fn stop(&mut self) -> Result<Turn, Cut> {
        self.gate.clear();
        if self.journal.head.phase != UpdatePhase::SafeMode {
            if self.journal.steps >= MOST_STEPS {
                self.journal.why = Some(format!("it came to no end in {MOST_STEPS} steps"));
            }
            self.enter(UpdatePhase::SafeMode)?;
        }
        Ok(Turn::Over(crate::Outcome::TakenBack))
    }

    fn program(&self) -> PathBuf {
        program_in(&self.new_place())
    }

    fn new_place(&self) -> PathBuf {
        let new = self.journal.new.as_ref();
        new.expect("because it is fetched").place.clone()
    }

    /// Starts again what was stopped.
    pub(crate) fn start_services(&mut self) -> Result<(), Cut> {
        self.services(Act::Start)
    }
}

/// The framework's home, from a release's place in its store.
fn home_of(place: &Path) -> PathBuf {
    let home = place.parent().and_then(Path::parent);
    home.unwrap_or(place).to_owned()
}
