//! Which release it is, and how it comes into the store.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use ai_lab_contract::ErrorClass;
use ai_lab_contract::v1::{LockedFramework, UpdatePhase};
use serde::Deserialize;

use crate::error::{Cut, Refusal, disk};
use crate::framework::{Answer, Question, ask, one_line};
use crate::history::read_history;
use crate::journal::Placed;
use crate::limits::SHOWN;
use crate::preflight::{Found, preflight};
use crate::request::{Asked, Target, Until};
use crate::sequence::{Outcome, Turn, Update};

/// What `release resolve` answers.
#[derive(Deserialize)]
struct Resolved {
    chosen: Option<Chosen>,
    others: Vec<WhyNot>,
}

/// The newest that will do.
#[derive(Deserialize)]
struct Chosen {
    version: String,
    #[serde(default)]
    changes: Vec<String>,
}

/// One that is not the one.
#[derive(Deserialize)]
struct WhyNot {
    version: String,
    reason: String,
    detail: Option<String>,
}

/// Reasons that somebody should hear of: the release would be wanted, and something is wrong with it.
const TROUBLES: &[&str] = &["not_believed", "withdrawn", "platform"];

impl WhyNot {
    /// Why it is not the one, in a sentence that begins with its version.
    fn sentence(&self) -> String {
        let reason = match self.reason.as_str() {
            "not_believed" => "is not believed".to_owned(),
            "withdrawn" => "was withdrawn".to_owned(),
            "platform" => "has nothing for this machine".to_owned(),
            other => format!("is {}", other.replace('_', " ")),
        };
        let version = &self.version;
        one_line(&match &self.detail {
            Some(detail) => format!("{version} {reason}: {detail}"),
            None => format!("{version} {reason}"),
        })
    }
}

impl Resolved {
    /// Those that are passed over although they are wanted; the first few.
    fn passed_over(&self) -> Vec<String> {
        let troubled = self
            .others
            .iter()
            .filter(|it| TROUBLES.contains(&it.reason.as_str()));
        troubled.take(SHOWN).map(WhyNot::sentence).collect()
    }

    /// Why none will do, with the first few.
    fn none(&self, range: &str) -> Refusal {
        let others: Vec<String> = self
            .others
            .iter()
            .take(SHOWN)
            .map(WhyNot::sentence)
            .collect();
        let told = format!("no release fits {range}: {}", others.join("; "));
        Refusal::new(ErrorClass::NotFound, one_line(&told))
    }
}

/// What `release fetch` answers.
#[derive(Deserialize)]
struct Fetched {
    version: String,
    place: PathBuf,
    name: String,
    lock: LockedFramework,
}

impl Update<'_> {
    /// Finds out which release is wanted and puts it into the store.
    pub(crate) fn fetch(&mut self) -> Result<Turn, Cut> {
        let mut asked = self
            .asked
            .take()
            .expect("because only who began it fetches");
        let fetched = self.fetch_for(&mut asked);
        self.asked = Some(asked);
        fetched
    }

    fn fetch_for(&mut self, asked: &mut Asked<'_>) -> Result<Turn, Cut> {
        self.part("preflight", |update| {
            update.preflight(asked)?;
            Ok(((), "room, owner, clock and switch are sound".to_owned()))
        })?;
        let target = asked.target.clone();
        let new = match &target {
            Target::Newest { range, excluded } => {
                let (version, changes) = self.resolve(asked, range, excluded)?;
                self.journal.changes = changes;
                if asked.old.as_ref().is_some_and(|old| old.version == version) {
                    return Ok(Turn::Over(Outcome::Unchanged));
                }
                if asked.until == Until::Plan {
                    self.journal.aim(Placed {
                        name: String::new(),
                        place: PathBuf::new(),
                        version,
                        lock: None,
                    });
                    return Ok(Turn::Over(Outcome::Planned));
                }
                self.keep()?;
                self.bring(asked, &version, None)?
            }
            Target::Locked(lock) => {
                self.keep()?;
                self.stored_or_brought(asked, None, lock)?
            }
            Target::Before(placed) => {
                self.keep()?;
                match &placed.lock {
                    Some(lock) => self.stored_or_brought(asked, Some(placed.as_ref()), lock)?,
                    None => self.verified(asked, placed)?,
                }
            }
        };
        self.journal.aim(new);
        if asked.until == Until::Lock {
            return self.only_lock();
        }
        self.enter(UpdatePhase::Fetched)?;
        Ok(Turn::On)
    }

    fn preflight(&mut self, asked: &Asked<'_>) -> Result<(), Cut> {
        let state = self.layout.state();
        let switch = self.layout.switch();
        let switch_is_no_link = match self.effects.link_target(&switch) {
            Ok(_) => false,
            Err(error) if error.kind() == std::io::ErrorKind::InvalidInput => true,
            Err(source) => return Err(disk("read", &switch)(source)),
        };
        let history = self.layout.history();
        let text = self
            .effects
            .read(&history)
            .map_err(disk("read", &history))?;
        let text = text.unwrap_or_default();
        let last = read_history(&String::from_utf8_lossy(&text));
        let record = asked.home.join("framework.db");
        let lab = self.layout.root().join("data").join("ai_lab.db");
        let found = Found {
            lab: self.effects.room(&state).map_err(disk("look at", &state))?,
            home: self
                .effects
                .room(&asked.home)
                .map_err(disk("look at", &asked.home))?,
            lab_bytes: self.effects.bytes(&lab),
            record_bytes: self.effects.bytes(&record),
            switch_is_no_link,
            now_ms: self.effects.now_ms(),
            last_ms: last.last().map(|entry| entry.at_ms),
        };
        let missing = preflight(&found);
        if missing.is_empty() {
            return Ok(());
        }
        Err(Refusal::new(ErrorClass::Environment, missing.join("; ")).into())
    }

    fn resolve(
        &mut self,
        asked: &mut Asked<'_>,
        range: &str,
        excluded: &[String],
    ) -> Result<(String, Vec<String>), Cut> {
        let program = asked.program.clone();
        self.part("resolve", |update| {
            let from = source(asked)?.index()?;
            let mut arguments: Vec<&OsStr> = vec!["release".as_ref(), "resolve".as_ref()];
            arguments.extend(["--from".as_ref(), from.as_os_str()]);
            arguments.extend(["--wanted".as_ref(), OsStr::new(range)]);
            for version in excluded {
                arguments.extend(["--excluded".as_ref(), OsStr::new(version)]);
            }
            let answer = update.ask(&program, None, &arguments)?;
            let is_answered = answer.value.get("others").is_some();
            if answer.code != Some(0) && !is_answered {
                return Err(answer.refusal().into());
            }
            let resolved: Resolved = understood(answer.value)?;
            update.journal.passed_over = resolved.passed_over();
            let Some(chosen) = resolved.chosen else {
                return Err(resolved.none(range).into());
            };
            let said = format!("{} is the newest that fits {range}", chosen.version);
            Ok(((chosen.version, chosen.changes), said))
        })
    }

    /// Brings a version from where releases come, verified by the framework before it is unpacked.
    fn bring(
        &mut self,
        asked: &mut Asked<'_>,
        version: &str,
        release_sha256: Option<&str>,
    ) -> Result<Placed, Cut> {
        let program = asked.program.clone();
        self.part("fetch and verify", |update| {
            let from = source(asked)?.version(version)?;
            let mut arguments: Vec<&OsStr> = vec!["release".as_ref(), "fetch".as_ref()];
            arguments.extend([OsStr::new(version), "--from".as_ref(), from.as_os_str()]);
            if let Some(digest) = release_sha256 {
                arguments.extend(["--release-sha256".as_ref(), OsStr::new(digest)]);
            }
            let answer = update.demand(&program, None, &arguments)?;
            let fetched: Fetched = understood(answer.value)?;
            let said = format!("{} lies in the store", fetched.name);
            let placed = Placed {
                name: fetched.name,
                place: fetched.place,
                version: fetched.version,
                lock: Some(fetched.lock),
            };
            Ok((placed, said))
        })
    }

    /// What a lock says: from the store, where it is there and sound, else brought again.
    fn stored_or_brought(
        &mut self,
        asked: &mut Asked<'_>,
        known: Option<&Placed>,
        lock: &LockedFramework,
    ) -> Result<Placed, Cut> {
        if let Some(placed) = known
            && self.effects.is_there(&placed.place)
        {
            return self.verified(asked, placed);
        }
        self.bring(
            asked,
            lock.version.as_str(),
            Some(lock.release_sha256.as_str()),
        )
    }

    fn verified(&mut self, asked: &Asked<'_>, placed: &Placed) -> Result<Placed, Cut> {
        let program = asked.program.clone();
        self.part("verify", |update| {
            let arguments: [&OsStr; 3] =
                ["verify".as_ref(), "--place".as_ref(), placed.name.as_ref()];
            update.demand(&program, None, &arguments)?;
            Ok((
                placed.clone(),
                format!("{} is as it was released", placed.name),
            ))
        })
    }

    /// Asks a program in the lab, with a home of its own or the framework's; whatever the answer is.
    pub(crate) fn ask(
        &mut self,
        program: &Path,
        home: Option<&Path>,
        arguments: &[&OsStr],
    ) -> Result<Answer, Cut> {
        let question = Question {
            program,
            folder: self.layout.root(),
            home,
            arguments,
        };
        ask(self.effects, &question)
    }

    /// The same; an answer that is no success is a refusal.
    pub(crate) fn demand(
        &mut self,
        program: &Path,
        home: Option<&Path>,
        arguments: &[&OsStr],
    ) -> Result<Answer, Cut> {
        let answer = self.ask(program, home, arguments)?;
        match answer.code {
            Some(0) => Ok(answer),
            Some(_) | None => Err(answer.refusal().into()),
        }
    }
}

fn source<'s>(asked: &'s mut Asked<'_>) -> Result<&'s mut dyn crate::Source, Refusal> {
    let none = || {
        Refusal::new(
            ErrorClass::Config,
            "the lab does not say where releases come from",
        )
        .hinting("`[update] from = \"FOLDER or URL\"` in ai-lab.toml, or `--from`, says it")
    };
    match asked.source.as_deref_mut() {
        Some(source) => Ok(source),
        None => Err(none()),
    }
}

/// An answer of the form that is known.
fn understood<T: for<'de> Deserialize<'de>>(value: serde_json::Value) -> Result<T, Refusal> {
    serde_json::from_value(value).map_err(|error| {
        let told = format!("the framework's answer is not understood: {error}");
        Refusal::new(ErrorClass::Incompatible, told)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_a_release_is_told_and_an_older_one_is_no_news() {
        let answer = serde_json::json!({ "chosen": null, "others": [
            { "version": "1.1.6", "reason": "not_believed", "detail": "signed by\nnobody" },
            { "version": "1.1.7", "reason": "platform", "detail": null },
            { "version": "1.1.8", "reason": "withdrawn", "detail": "it forgets" },
            { "version": "1.0.0", "reason": "older", "detail": null },
            { "version": "2.0.0", "reason": "out_of_range", "detail": null },
        ]});
        let resolved: Resolved = understood(answer).expect("an answer");
        assert_eq!(
            resolved.passed_over(),
            [
                "1.1.6 is not believed: signed by nobody",
                "1.1.7 has nothing for this machine",
                "1.1.8 was withdrawn: it forgets",
            ]
        );
        assert_eq!(
            resolved.none("~1").message,
            "no release fits ~1: 1.1.6 is not believed: signed by nobody; 1.1.7 has nothing for this machine; \
             1.1.8 was withdrawn: it forgets; 1.0.0 is older; 2.0.0 is out of range"
        );
    }
}
