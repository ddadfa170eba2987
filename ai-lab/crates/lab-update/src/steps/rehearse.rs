//! The release tried on copies of the person's own databases, and a backup of them.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use ai_lab_contract::ErrorClass;
use ai_lab_contract::v1::UpdatePhase;
use serde_json::Value;

use crate::effects::LabWork;
use crate::error::{Cut, Refusal, disk};
use crate::framework::{Answer, one_line};
use crate::layout::program_in;
use crate::limits::COMPARED;
use crate::promises::{CONTRACT, taken_away};
use crate::request::Until;
use crate::sequence::{Outcome, Turn, Update};

/// What `check-compatibility` ends with where the lab fits with warnings.
const WARNINGS: i32 = 10;

impl Update<'_> {
    /// Migrates copies, examines the release on them, looks at the lab with its eyes, and carries recorded executions out
    /// again under both.
    pub(crate) fn rehearse(&mut self) -> Result<Turn, Cut> {
        let scratch = self.layout.scratch();
        let home = scratch.join("home");
        // What a killed rehearsal left.
        self.effects
            .remove_folder(&scratch)
            .map_err(disk("remove", &scratch))?;
        self.effects
            .make_folder(&home)
            .map_err(disk("make", &home))?;
        let new = program_in(
            &self
                .journal
                .new
                .as_ref()
                .expect("because it is fetched")
                .place,
        );
        self.copy_databases(&scratch, &home)?;
        self.migrate_copies(&scratch, &home, &new)?;
        self.examine_copies(&home, &new)?;
        self.hold_to_promises()?;
        self.look_at_the_lab(&home, &new)?;
        self.compare(&new)?;
        self.effects
            .remove_folder(&scratch)
            .map_err(disk("remove", &scratch))?;
        if self.until() == Until::Rehearse {
            self.abandon()?;
            return Ok(Turn::Over(Outcome::Rehearsed));
        }
        self.enter(UpdatePhase::Rehearsed)?;
        Ok(Turn::On)
    }

    fn copy_databases(&mut self, scratch: &Path, home: &Path) -> Result<(), Cut> {
        let old = self.old_program();
        self.part("copy both databases", |update| {
            let to = scratch.join("ai_lab.db");
            update.effects.lab(&LabWork::Copy { to })?;
            let Some(old) = old else {
                return Ok(((), "the lab's; the framework has none yet".to_owned()));
            };
            let record = home.join("framework.db");
            let arguments: [&OsStr; 2] = ["backup".as_ref(), record.as_os_str()];
            let answer = update.ask(&old, None, &arguments)?;
            let said = match answer.code {
                Some(0) => "both, as they are now",
                Some(_) if answer.is(ErrorClass::NotFound) => {
                    "the lab's; the framework has none yet"
                }
                Some(_) | None => return Err(answer.refusal().into()),
            };
            Ok(((), said.to_owned()))
        })
    }

    fn migrate_copies(&mut self, scratch: &Path, home: &Path, new: &Path) -> Result<(), Cut> {
        self.part("migrate the copies", |update| {
            let arguments: [&OsStr; 1] = ["migrate-db".as_ref()];
            update.demand(new, Some(home), &arguments)?;
            let database = scratch.join("ai_lab.db");
            let said = update.effects.lab(&LabWork::TryOut { database })?;
            Ok((
                (),
                format!("the framework's as the release wants it; the lab's: {said}"),
            ))
        })
    }

    fn examine_copies(&mut self, home: &Path, new: &Path) -> Result<(), Cut> {
        self.part("self-test on the copies", |update| {
            let root = update.layout.root().to_owned();
            let arguments: [&OsStr; 3] = ["self-test".as_ref(), "--lab".as_ref(), root.as_os_str()];
            let answer = update.ask(new, Some(home), &arguments)?;
            Ok(((), healthy(&answer)?))
        })
    }

    /// Within a major a newer release only adds, whether the lab uses it or not: tomorrow's tool may.
    fn hold_to_promises(&mut self) -> Result<(), Cut> {
        let (Some(old), Some(new)) = (self.journal.old.clone(), self.journal.new.clone()) else {
            return Ok(());
        };
        if !is_newer(&new.version, &old.version) {
            return Ok(());
        }
        self.part("contract", |update| {
            let older = update.contract_in(&old.place)?;
            let newer = update.contract_in(&new.place)?;
            let gone = taken_away(&older, &newer);
            let Some(first) = gone.first() else {
                return Ok(((), format!("it promises what {} does", old.version)));
            };
            let message = format!(
                "{} does not promise all that {} does: {first}{}",
                new.version,
                old.version,
                match gone.len() {
                    1 => String::new(),
                    several => format!(" and {} more", several - 1),
                }
            );
            Err(Refusal::new(ErrorClass::Incompatible, one_line(&message))
                .hinting("a release of the same major may only add: another one is needed")
                .into())
        })
    }

    /// What a release promises; nothing where it does not say.
    fn contract_in(&mut self, place: &Path) -> Result<Value, Cut> {
        let path = place.join(CONTRACT);
        let text = self.effects.read(&path).map_err(disk("read", &path))?;
        Ok(text
            .and_then(|text| serde_json::from_slice(&text).ok())
            .unwrap_or_default())
    }

    fn look_at_the_lab(&mut self, home: &Path, new: &Path) -> Result<(), Cut> {
        self.part("compatibility", |update| {
            let arguments: [&OsStr; 1] = ["check-compatibility".as_ref()];
            let answer = update.ask(new, Some(home), &arguments)?;
            let findings = answer.value["findings"].as_array().map_or(0, Vec::len);
            match answer.code {
                Some(0) => Ok(((), "the lab fits".to_owned())),
                Some(WARNINGS) => Ok(((), format!("the lab fits, with {findings} warnings"))),
                Some(20 | 30) => {
                    let message = format!("the lab does not fit: {}", first_finding(&answer));
                    Err(Refusal::new(ErrorClass::Incompatible, message)
                        .hinting(
                            "`ai-lab-framework check-compatibility` names each place and its fix",
                        )
                        .into())
                }
                Some(_) | None => Err(answer.refusal().into()),
            }
        })
    }

    /// Recorded executions of read-only actions, carried out under both.
    fn compare(&mut self, new: &Path) -> Result<(), Cut> {
        let Some(old) = self.old_program() else {
            return Ok(());
        };
        let accepts = self
            .asked
            .as_ref()
            .is_some_and(|asked| asked.accept_changes);
        self.part("compare recorded executions", |update| {
            let last = COMPARED.to_string();
            let arguments: [&OsStr; 6] = [
                "execution".as_ref(),
                "compare".as_ref(),
                "--under".as_ref(),
                new.as_os_str(),
                "--last".as_ref(),
                last.as_ref(),
            ];
            let answer = update.ask(&old, None, &arguments)?;
            let is_known = !answer.is(ErrorClass::Usage);
            if !is_known {
                return Ok(((), "the release in force cannot".to_owned()));
            }
            let counted = Compared::of(&answer.value);
            if answer.code != Some(0) && counted.all() == 0 {
                return Err(answer.refusal().into());
            }
            if counted.new_error > 0 && !accepts {
                let message = format!("recorded executions end otherwise: {counted}");
                return Err(Refusal::new(ErrorClass::Incompatible, message)
                    .hinting("`--accept-changes` takes the release nevertheless")
                    .into());
            }
            Ok(((), counted.to_string()))
        })
    }

    /// Keeps both databases, configuration and locks in one archive.
    pub(crate) fn back_up(&mut self) -> Result<Turn, Cut> {
        let archive = self.part("backup", |update| {
            let archive = update.effects.lab(&LabWork::BackUp)?;
            let said = archive.clone();
            Ok((archive, said))
        })?;
        self.journal.backup = Some(PathBuf::from(archive));
        self.enter(UpdatePhase::BackedUp)?;
        Ok(Turn::On)
    }

    /// The program in force; `None` where none is.
    pub(crate) fn old_program(&self) -> Option<PathBuf> {
        self.journal.old.as_ref().map(|old| program_in(&old.place))
    }
}

/// Whether a version comes behind another; `false` where one is none.
fn is_newer(version: &str, than: &str) -> bool {
    let parsed = |text: &str| text.parse::<semver::Version>().ok();
    matches!((parsed(version), parsed(than)), (Some(version), Some(than)) if version > than)
}

/// What an examination says; a refusal where it found something.
pub(crate) fn healthy(answer: &Answer) -> Result<String, Refusal> {
    let checks = answer.value["checks"].as_array();
    if answer.code == Some(0) {
        let count = checks.map_or(0, Vec::len);
        return Ok(format!("{count} checks passed"));
    }
    let failed = checks.into_iter().flatten().find(|check| {
        let passed = check["ok"].as_bool().or(check["passed"].as_bool());
        passed == Some(false)
    });
    let Some(failed) = failed else {
        return Err(answer.refusal());
    };
    let text = |key: &str| failed[key].as_str().unwrap_or_default().to_owned();
    let said = [text("said"), text("message"), text("detail")];
    let said = said.iter().find(|text| !text.is_empty());
    let message = format!("{}: {}", text("name"), said.map_or("", String::as_str));
    let refusal = answer.refusal();
    Err(Refusal {
        message: one_line(&message),
        ..refusal
    })
}

fn first_finding(answer: &Answer) -> String {
    let Some(finding) = answer.value["findings"].as_array().and_then(|all| {
        let is_it = |it: &&Value| it["severity"].as_str() != Some("warning");
        all.iter().find(is_it)
    }) else {
        return answer.refusal().message;
    };
    let text = |key: &str| finding[key].as_str().unwrap_or_default();
    let line = finding["line"].as_u64().unwrap_or(1);
    one_line(&format!("{}:{line}: {}", text("file"), text("what")))
}

/// How many executions did what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Compared {
    same: u64,
    cosmetic: u64,
    changed: u64,
    new_error: u64,
    fixed: u64,
}

impl Compared {
    /// Counted from the rows of the report.
    fn of(value: &Value) -> Self {
        let mut counted = Self::default();
        for row in value["executions"].as_array().into_iter().flatten() {
            match row["outcome"].as_str() {
                Some("same") => counted.same += 1,
                Some("cosmetic") => counted.cosmetic += 1,
                Some("changed") => counted.changed += 1,
                Some("fixed") => counted.fixed += 1,
                Some("new_error") => counted.new_error += 1,
                // Rows that were passed over, and outcomes of later versions.
                Some(_) | None => {}
            }
        }
        counted
    }

    const fn all(self) -> u64 {
        self.same + self.cosmetic + self.changed + self.new_error + self.fixed
    }
}

impl std::fmt::Display for Compared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.all() == 0 {
            return f.write_str("none is recorded that could be carried out again");
        }
        let Self {
            same,
            cosmetic,
            changed,
            new_error,
            fixed,
        } = self;
        write!(
            f,
            "{same} same, {cosmetic} cosmetic, {changed} changed, {new_error} new errors, {fixed} fixed"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn executions_are_counted_by_what_became_of_them() {
        let rows = [
            "same",
            "same",
            "cosmetic",
            "changed",
            "new_error",
            "fixed",
            "skipped",
        ];
        let rows: Vec<Value> = rows.iter().map(|it| json!({ "outcome": it })).collect();
        let counted = Compared::of(&json!({ "executions": rows }));
        assert_eq!(
            counted.to_string(),
            "2 same, 1 cosmetic, 1 changed, 1 new errors, 1 fixed"
        );
        assert_eq!(
            Compared::of(&Value::Null).to_string(),
            "none is recorded that could be carried out again"
        );
    }

    #[test]
    fn the_first_thing_that_is_wrong_is_told() {
        let answer = |code, value| Answer {
            code: Some(code),
            value,
            all: String::new(),
        };
        let checks = json!({ "checks": [
            { "name": "version", "ok": true },
            { "name": "database", "ok": false, "said": "it is\nlocked" },
        ] });
        assert_eq!(
            healthy(&answer(0, checks.clone())),
            Ok("2 checks passed".to_owned())
        );
        let refused = healthy(&answer(8, checks)).expect_err("it is not");
        assert_eq!(
            refused,
            Refusal::new(ErrorClass::Environment, "database: it is locked")
        );
        let crashed = healthy(&answer(101, Value::Null)).expect_err("it is not");
        assert_eq!(crashed.message, "it ended with 101");
        let findings = json!({ "findings": [
            { "severity": "warning", "file": "a", "line": 1, "what": "old" },
            { "severity": "incompatible", "file": "tools/x/tool.toml", "line": 7, "what": "gone" },
        ] });
        assert_eq!(
            first_finding(&answer(20, findings)),
            "tools/x/tool.toml:7: gone"
        );
        assert_eq!(first_finding(&answer(30, Value::Null)), "it ended with 30");
    }
}
