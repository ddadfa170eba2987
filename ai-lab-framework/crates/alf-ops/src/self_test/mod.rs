//! `self-test`: whether this framework can do its work in this lab and this home, part by part.
//!
//! What an update asks of a release before and after it is put in force. The person's database is opened, written and
//! read; the canary runs in a home that is thrown away, so that no record of theirs has it.

mod canary;

use std::time::Instant;

use ai_lab_contract::{CONTRACT, ErrorClass};
use alf_catalog::Problem;
use alf_store::{ExecutionFilter, Setting, SqliteStore, Status, Store as _};
use serde::Serialize;

use crate::failure::Failure;
use crate::framework::{FRAMEWORK_VERSION, Framework};
use crate::releases::{assure_place, own_place};
use crate::surroundings::new_execution_id;

/// Under which name the test writes into the database. No tool has it: `tool new` would have to be told to.
const TESTED_TOOL: &str = "self-test";

/// One part of the test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TestedPart {
    /// What was tried: `version`, `files`, `database`, `writing`, `tools` or `canary`.
    pub name: &'static str,
    /// Whether it does its work.
    pub ok: bool,
    /// What was seen, or what failed and why.
    pub said: String,
    /// The class of the failure; `None` for a part that does its work.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<ErrorClass>,
    /// How long it took, in milliseconds.
    pub ms: u64,
}

/// The whole test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SelfTest {
    /// The form of this answer: 1.
    pub format: u32,
    /// Whether every part does its work.
    pub ok: bool,
    /// The framework's version.
    pub version: &'static str,
    /// The major version of the contract that it speaks.
    pub contract: u32,
    /// The schema that it writes, such as `1.5`.
    pub schema: String,
    /// One part after the other; a part is tried although one before it failed.
    pub checks: Vec<TestedPart>,
}

impl SelfTest {
    /// 0, or the exit code of the first part that failed.
    pub fn exit_code(&self) -> u8 {
        let failed = self.checks.iter().find_map(|part| part.class);
        failed.map_or(0, ErrorClass::exit_code)
    }
}

/// Tries every part.
pub fn self_test(framework: &Framework) -> SelfTest {
    type Part = (&'static str, fn(&Framework) -> Result<String, Failure>);
    const PARTS: [Part; 6] = [
        ("version", version),
        ("files", files),
        ("database", database),
        ("writing", writing),
        ("tools", tools),
        ("canary", canary::sing),
    ];
    let checks: Vec<TestedPart> = PARTS
        .into_iter()
        .map(|(name, test)| part(name, || test(framework)))
        .collect();
    SelfTest {
        format: 1,
        ok: checks.iter().all(|part| part.ok),
        version: FRAMEWORK_VERSION,
        contract: CONTRACT,
        schema: SqliteStore::schema().to_string(),
        checks,
    }
}

fn part(name: &'static str, test: impl FnOnce() -> Result<String, Failure>) -> TestedPart {
    let began = Instant::now();
    let seen = test();
    let ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    let (ok, class, said) = match seen {
        Ok(said) => (true, None, said),
        Err(failure) => (false, Some(failure.class), failure.chain().join(": ")),
    };
    TestedPart {
        name,
        ok,
        said,
        class,
        ms,
    }
}

fn version(framework: &Framework) -> Result<String, Failure> {
    let digest = &framework.origin()?.framework_digest;
    let schema = SqliteStore::schema();
    Ok(format!(
        "{FRAMEWORK_VERSION}, contract {CONTRACT}, schema {schema}, {digest}"
    ))
}

fn files(framework: &Framework) -> Result<String, Failure> {
    let Some(place) = own_place(framework) else {
        return Ok("not in the store: there is nothing to hold it against".to_owned());
    };
    assure_place(framework, &place, None)?;
    Ok(format!("`{place}` is what was signed"))
}

fn database(framework: &Framework) -> Result<String, Failure> {
    let store = framework.store()?;
    // Not every page of it: how long a health check takes must not grow with the record.
    let page = store.executions(&ExecutionFilter {
        limit: 1,
        ..ExecutionFilter::default()
    })?;
    let total = page.total;
    let more = if page.total_is_more { "more than " } else { "" };
    Ok(format!("opens; executions: {more}{total}"))
}

/// A row is written, read and taken away again.
fn writing(framework: &Framework) -> Result<String, Failure> {
    let store = framework.store()?;
    let written = Setting {
        tool: TESTED_TOOL
            .parse()
            .expect("because it keeps the rule of names"),
        key: new_execution_id().to_string(),
        value: "true".to_owned(),
        origin: "self-test".to_owned(),
        changed_at_ms: framework.surroundings.clock.now_ms(),
    };
    store.set_setting(&written)?;
    let read = store.setting(&written.tool, &written.key)?;
    store.remove_setting(&written.tool, &written.key)?;
    if read.as_ref() == Some(&written) {
        return Ok("a row was written, read and taken away".to_owned());
    }
    let told = "what was written to the database is not what is read from it";
    Err(Failure::new(ErrorClass::Environment, told))
}

/// Every tool is found. A manifest that is wrong fails the test only where its tool has worked before: then this
/// framework reads it otherwise, or it was broken since.
fn tools(framework: &Framework) -> Result<String, Failure> {
    let discovery = framework.discover();
    let store = framework.store()?;
    for problem in &discovery.problems {
        if let Some(name) = worked_before(store, problem)? {
            let told = format!("`{name}` worked before and cannot be used: {problem}");
            return Err(Failure::new(ErrorClass::Config, told));
        }
    }
    let count = discovery.tools.len();
    Ok(match discovery.problems.len() {
        0 => format!("{count} found"),
        problems => format!("{count} found, {problems} that never worked cannot be used"),
    })
}

fn worked_before(store: &SqliteStore, problem: &Problem) -> Result<Option<String>, Failure> {
    for place in problem.places() {
        let folder = place.parent().and_then(|folder| folder.file_name());
        let name = folder.and_then(|name| name.to_str()?.parse().ok());
        let Some(name) = name else {
            continue;
        };
        let page = store.executions(&ExecutionFilter {
            tool: Some(name),
            status: Some(Status::Succeeded),
            limit: 1,
            ..ExecutionFilter::default()
        })?;
        if let Some(execution) = page.executions.first() {
            return Ok(Some(execution.start.tool.to_string()));
        }
    }
    Ok(None)
}
