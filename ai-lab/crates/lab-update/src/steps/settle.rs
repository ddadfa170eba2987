//! The ends of an update: settled, given up, settled back.

use std::ffi::OsStr;

use ai_lab_contract::v1::{LabLock, UpdatePhase};
use lab_pin::{requirements, write_lock};
use lab_scaffold::section::{Comment, Section};

use crate::error::{Cut, disk};
use crate::history::{HistoryEntry, HistoryOutcome, read_history, with_entry};
use crate::journal::Kind;
use crate::layout::program_in;
use crate::limits::KEPT;
use crate::quarantine::{Quarantined, with};
use crate::sequence::{Outcome, Turn, Update};

impl Update<'_> {
    /// Writes the lock and what follows from it, then closes the journal.
    pub(crate) fn settle(&mut self) -> Result<Turn, Cut> {
        self.part("settle", |update| {
            update.write_lock()?;
            if update.kind() == Kind::RollBack {
                update.quarantine_old()?;
            }
            Ok(((), "ai-lab.lock and requirements.txt say so".to_owned()))
        })?;
        self.close(HistoryOutcome::InForce)?;
        Ok(Turn::Over(Outcome::InForce))
    }

    /// Writes the lock alone: what it names lies in the store, and is not in force.
    pub(crate) fn only_lock(&mut self) -> Result<Turn, Cut> {
        self.part("lock", |update| {
            update.write_lock()?;
            Ok(((), "ai-lab.lock and requirements.txt name it".to_owned()))
        })?;
        self.clear()?;
        Ok(Turn::Over(Outcome::Locked))
    }

    fn write_lock(&mut self) -> Result<(), Cut> {
        let new = self.journal.new.as_ref().expect("because it is in force");
        let Some(framework) = new.lock.clone() else {
            return Ok(());
        };
        let lock = LabLock {
            format: LabLock::FORMAT,
            framework,
        };
        let path = self.layout.lock();
        self.put_if_other(&path, write_lock(&lock).as_bytes())?;
        let path = self.layout.requirements();
        let before = self.effects.read(&path).map_err(disk("read", &path))?;
        let section = Section {
            comment: Comment::Hash,
            body: requirements(&lock),
        };
        // Lines of the person's stay; markers that nobody can tell apart are the person's to mend: `lock --check` names them.
        let text = match before {
            None => section.new_file(""),
            Some(before) => section.merged_into(&before).unwrap_or(before),
        };
        self.put_if_other(&path, &text)
    }

    fn put_if_other(&mut self, path: &std::path::Path, bytes: &[u8]) -> Result<(), Cut> {
        let before = self.effects.read(path).map_err(disk("read", path))?;
        if before.as_deref() == Some(bytes) {
            return Ok(());
        }
        self.put(path, bytes)
    }

    /// What a person went back from is not offered again.
    fn quarantine_old(&mut self) -> Result<(), Cut> {
        let old = self.journal.old.as_ref().map(|old| old.version.clone());
        match old {
            Some(version) => self.quarantine(version, "it was rolled back by hand".to_owned()),
            None => Ok(()),
        }
    }

    fn quarantine(&mut self, version: String, why: String) -> Result<(), Cut> {
        let path = self.layout.quarantine();
        let text = self.effects.read(&path).map_err(disk("read", &path))?;
        let folder = self.layout.evidence(&self.journal.id);
        let one = Quarantined {
            version,
            since_ms: self.journal.started_at_ms,
            why,
            evidence: self.effects.is_there(&folder).then_some(folder),
        };
        let known = text.unwrap_or_default();
        let text = if let Ok(text) = with(&known, one.clone()) {
            text
        } else {
            // What nobody can read keeps nothing out; it is kept for whoever wonders.
            let aside = path.with_extension("unreadable");
            self.effects
                .rename(&path, &aside)
                .map_err(disk("rename", &path))?;
            with(b"", one).expect("because nothing is always read")
        };
        self.put_if_other(&path, text.as_bytes())
    }

    /// Gives up what nobody has seen yet.
    pub(crate) fn abandon(&mut self) -> Result<Turn, Cut> {
        self.gate.clear();
        self.start_services()?;
        if self.journal.new.is_some() && self.until() == crate::Until::End {
            self.journal
                .why
                .get_or_insert_with(|| "it was cut short".to_owned());
            self.close(HistoryOutcome::Abandoned)?;
        } else {
            self.clear()?;
        }
        Ok(Turn::Over(Outcome::Abandoned))
    }

    /// Keeps the evidence, quarantines the version, closes the journal.
    pub(crate) fn settle_back(&mut self) -> Result<Turn, Cut> {
        self.part("settle", |update| {
            let folder = update.evidence_folder()?;
            let text = update.journal.text();
            update.put(&folder.join("journal.json"), text.as_bytes())?;
            let new = update.journal.new.as_ref().map(|new| new.version.clone());
            let why = update.journal.why.clone().unwrap_or_default();
            if let Some(version) = new {
                update.quarantine(version, why)?;
            }
            Ok(((), format!("evidence in {}", folder.display())))
        })?;
        self.close(HistoryOutcome::TakenBack)?;
        Ok(Turn::Over(Outcome::TakenBack))
    }

    /// Writes the history, then takes the journal away: with it the update is over.
    fn close(&mut self, outcome: HistoryOutcome) -> Result<(), Cut> {
        let path = self.layout.history();
        let text = self.effects.read(&path).map_err(disk("read", &path))?;
        let text = String::from_utf8_lossy(&text.unwrap_or_default()).into_owned();
        let at_ms = self.effects.now_ms();
        let entry = HistoryEntry::of(&self.journal, outcome, at_ms);
        let with = with_entry(&text, &entry);
        if with != text {
            self.put(&path, with.as_bytes())?;
        }
        self.clear()
    }

    fn clear(&mut self) -> Result<(), Cut> {
        let scratch = self.layout.scratch();
        self.effects
            .remove_folder(&scratch)
            .map_err(disk("remove", &scratch))?;
        let path = self.layout.journal();
        self.effects.remove(&path).map_err(disk("remove", &path))?;
        let folder = self.layout.updates();
        self.effects.sync(&folder).map_err(disk("sync", &folder))?;
        if self.journal.head.phase == UpdatePhase::Committed {
            self.collect();
        }
        Ok(())
    }

    /// Lets the framework take releases out of the store that nobody goes back to. That it cannot is no failure.
    fn collect(&mut self) {
        let Some(new) = self.journal.new.clone() else {
            return;
        };
        let program = program_in(&new.place);
        let mut arguments: Vec<String> = vec!["store".to_owned(), "collect".to_owned()];
        for name in self.worth_keeping(&new.name) {
            arguments.extend(["--keep".to_owned(), name]);
        }
        let arguments: Vec<&OsStr> = arguments.iter().map(OsStr::new).collect();
        // What is left in the store costs room and nothing else; the next update tries again.
        let _ = self.demand(&program, None, &arguments);
    }

    /// The release in force and the last few that were.
    fn worth_keeping(&mut self, in_force: &str) -> Vec<String> {
        let path = self.layout.history();
        let text = self.effects.read(&path).ok().flatten().unwrap_or_default();
        let history = read_history(&String::from_utf8_lossy(&text));
        let mut names = vec![in_force.to_owned()];
        let placed = history
            .iter()
            .rev()
            .filter(|entry| entry.outcome == HistoryOutcome::InForce)
            .flat_map(|entry| entry.new.iter().chain(&entry.old));
        for one in placed {
            if names.len() <= KEPT && !names.contains(&one.name) {
                names.push(one.name.clone());
            }
        }
        names
    }
}
