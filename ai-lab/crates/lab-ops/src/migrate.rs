//! `migrate-db`: brings both databases of a lab, its own and the framework's, to the schemas that are needed.

use std::fmt;

use ai_lab_client::{Places, Refusal};
use ai_lab_contract::ErrorClass;
use lab_model::Moment;
use lab_store::{MigrateMode, MigrationPlan, OpenError, PlannedMigration};
use serde::{Deserialize, Serialize};

use crate::run::{ask_for, connect, ended_badly};
use crate::{Failure as _, Lab, RunError, harmless};

/// What the framework's command exits with when `--check` finds something to do.
const THERE_IS_WORK: i32 = 10;

/// What a migration did, or would do: of either database, in the framework's own form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Migration {
    /// The database.
    pub database: String,
    /// The steps; none for a database that is there already.
    pub plan: PlanView,
    /// Whether they were taken.
    pub applied: bool,
}

/// What lies between a database and the schema that is needed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanView {
    /// The schema of the file; `None` where there is none.
    pub from: Option<String>,
    /// The schema that is needed.
    pub to: String,
    /// What is missing, in order.
    pub missing: Vec<StepView>,
    /// Landed migrations that are not those that are known here.
    pub strangers: Vec<String>,
    /// What somebody added, removed or changed of the schema, by name.
    pub drift: Vec<String>,
}

/// One migration that a database lacks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepView {
    /// The schema that it leads to.
    pub version: String,
    /// What it does, in a few words.
    pub name: String,
    /// Its statements, one a step.
    pub statements: Vec<String>,
}

/// What became of both databases.
#[derive(Debug, Serialize)]
pub struct Migrations {
    /// The lab's own.
    pub lab: Migration,
    /// The framework's; `None` where it gave no answer.
    pub framework: Option<Migration>,
    /// Why the framework gave none.
    #[serde(rename = "framework_problem", serialize_with = "problem")]
    pub silence: Option<RunError>,
}

impl Migration {
    /// Whether something is still to be done.
    pub fn is_due(&self) -> bool {
        !self.applied && !self.plan.missing.is_empty()
    }
}

impl Migrations {
    /// Whether either database has something to be done.
    pub fn is_due(&self) -> bool {
        self.lab.is_due() || self.framework.as_ref().is_some_and(Migration::is_due)
    }
}

impl fmt::Display for PlanView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let to = harmless(&self.to);
        match self.from.as_deref().map(harmless) {
            Some(from) if self.missing.is_empty() => writeln!(f, "schema {from}: nothing to do")?,
            Some(from) => writeln!(f, "schema {from} to {to}:")?,
            None => writeln!(f, "no schema yet, to {to}:")?,
        }
        for step in &self.missing {
            let (version, name) = (harmless(&step.version), harmless(&step.name));
            let count = step.statements.len();
            writeln!(f, "  {version} {name} ({count} statements)")?;
        }
        for name in &self.strangers {
            writeln!(f, "  {} differs from the one known here", harmless(name))?;
        }
        for what in &self.drift {
            writeln!(f, "  not by a migration: {}", harmless(what))?;
        }
        Ok(())
    }
}

impl From<MigrationPlan> for PlanView {
    fn from(plan: MigrationPlan) -> Self {
        Self {
            from: plan.from.map(|from| from.to_string()),
            to: plan.to.to_string(),
            missing: plan.missing.into_iter().map(StepView::from).collect(),
            strangers: plan.strangers,
            drift: plan.drift,
        }
    }
}

impl From<PlannedMigration> for StepView {
    fn from(step: PlannedMigration) -> Self {
        Self {
            version: step.version.to_string(),
            name: step.name,
            statements: step.statements,
        }
    }
}

/// Plans the migration of both databases and, unless asked only to look, carries each out in one transaction of its own.
///
/// The lab's own comes first; where it is refused, the framework is not asked. One that is not there, or that refuses,
/// stops nothing: it is told. A second call finds nothing to do.
pub fn migrate_databases(
    lab: &Lab,
    at: Moment,
    mode: MigrateMode,
    places: &Places<'_>,
) -> Result<Migrations, OpenError> {
    let plan = PlanView::from(lab.migrate(at, mode)?);
    let lab_side = Migration {
        database: lab.database().display().to_string(),
        applied: mode == MigrateMode::Apply && !plan.missing.is_empty(),
        plan,
    };
    let (framework, silence) = match of_the_framework(lab, mode, places) {
        Ok(migration) => (Some(migration), None),
        Err(error) => (None, Some(error)),
    };
    Ok(Migrations {
        lab: lab_side,
        framework,
        silence,
    })
}

/// How the framework says no.
#[derive(Debug, Deserialize)]
struct Refused {
    error: Refusal,
}

/// Asks the framework to do its part.
fn of_the_framework(
    lab: &Lab,
    mode: MigrateMode,
    places: &Places<'_>,
) -> Result<Migration, RunError> {
    let arguments: &[&str] = match mode {
        MigrateMode::Check => &["migrate-db", "--check", "--json"],
        MigrateMode::DryRun => &["migrate-db", "--dry-run", "--json"],
        MigrateMode::Apply => &["migrate-db", "--json"],
    };
    let said = ask_for(&connect(lab, places)?, lab, arguments)?;
    let is_done = said.code == Some(0);
    if is_done || mode == MigrateMode::Check && said.code == Some(THERE_IS_WORK) {
        let answer = serde_json::from_slice(&said.stdout);
        return answer.map_err(|_| ended_badly(said.code, arguments));
    }
    let refused = serde_json::from_slice::<Refused>(&said.stdout);
    Err(refused.map_or_else(
        |_| ended_badly(said.code, arguments),
        |refused| refused.error.into(),
    ))
}

/// A failure as JSON tells it: its class, what failed, what to do next.
#[expect(clippy::ref_option, reason = "serde gives the field as it is")]
fn problem<S: serde::Serializer>(
    failure: &Option<RunError>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Problem {
        class: ErrorClass,
        message: String,
        hint: Option<String>,
    }
    let told = failure.as_ref().map(|failure| Problem {
        class: failure.class(),
        message: failure.to_string(),
        hint: failure.hint(),
    });
    told.serialize(serializer)
}
