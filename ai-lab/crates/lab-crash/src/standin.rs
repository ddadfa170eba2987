//! The framework, played: its commands as an update calls them, over a real database of its own.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::say;

/// The variable that moves the framework's home.
const HOME: &str = "AI_LAB_HOME";

/// What a played release is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Nature {
    /// Its version.
    pub(crate) version: String,
    /// The digits of its tree.
    pub(crate) tree: String,
    /// How many migrations it knows.
    pub(crate) schema: u32,
    /// What is wrong with it: `trial`, `migrate-db`, or nothing.
    pub(crate) bad: String,
}

impl Nature {
    /// The name of its folder in the store.
    pub(crate) fn name(&self) -> String {
        format!("{}-{}", self.version, &self.tree[..16])
    }

    /// What a lock says of it.
    pub(crate) fn lock(&self) -> Value {
        json!({
            "version": self.version,
            "release_sha256": self.tree,
            "contract": { "major": 1, "minor": self.schema },
            "schemas": { "framework": { "major": 1, "minor": self.schema } },
            "archive": [{
                "target": "x86_64-unknown-linux-gnu", "file": "a.tar.gz", "bytes": 1,
                "sha256": self.tree, "tree": self.tree,
            }],
            "wheel": [{ "file": "w.whl", "bytes": 1, "sha256": self.tree }],
        })
    }
}

/// Where a release lies, seen from its program.
fn nature(called: &Path) -> io::Result<Nature> {
    let place = called.parent().and_then(Path::parent).unwrap_or(called);
    let text = fs::read_to_string(place.join("nature.json"))?;
    Ok(serde_json::from_str(&text)?)
}

/// Answers one command.
pub(crate) fn run(called: &Path, words: &[&str]) -> ExitCode {
    let nature = match nature(called) {
        Ok(nature) => nature,
        Err(error) => return refuse(8, &error.to_string()),
    };
    match answer(&nature, words) {
        Ok(value) => {
            say(&value.to_string());
            ExitCode::SUCCESS
        }
        Err(error) => refuse(8, &error.to_string()),
    }
}

fn refuse(code: u8, message: &str) -> ExitCode {
    let class = "environment";
    say(&json!({ "error": { "class": class, "message": message } }).to_string());
    ExitCode::from(code)
}

type Answer = Result<Value, Box<dyn std::error::Error>>;

fn answer(nature: &Nature, words: &[&str]) -> Answer {
    let home = home()?;
    let record = home.join("framework.db");
    match words {
        ["version", ..] => Ok(json!({
            "format": 1, "name": "ai-lab-framework", "version": nature.version, "contract": 1, "schema": "1.1",
        })),
        [
            "release",
            "resolve",
            "--from",
            from,
            "--wanted",
            _,
            rest @ ..,
        ] => resolve(Path::new(from), rest),
        ["release", "fetch", version, "--from", from, ..] => fetch(Path::new(from), version, &home),
        ["verify", "--place", name, ..] => {
            fs::metadata(home.join("framework").join(name))?;
            Ok(json!({ "format": 1, "changed": [] }))
        }
        ["backup", to, ..] => {
            Connection::open(&record)?.execute("VACUUM INTO ?1", [to])?;
            Ok(json!({ "format": 1 }))
        }
        ["migrate-db", ..] => migrate(nature, &record),
        // The one that is bad in force only passes its rehearsal.
        ["self-test", ..] if nature.bad == "trial" && !home.ends_with("scratch/home") => {
            Err("the canary died".into())
        }
        ["self-test", ..] => self_test(nature, &record),
        ["check-compatibility", ..] => Ok(json!({ "format": 1, "findings": [] })),
        ["execution", "compare", ..] => {
            Ok(json!({ "format": 1, "executions": [{ "outcome": "same" }] }))
        }
        ["store", "collect", ..] => Ok(json!({ "format": 1, "removed": [] })),
        other => Err(format!("no such command: {other:?}").into()),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the stand-in reads the one variable that the framework reads"
)]
fn home() -> io::Result<PathBuf> {
    let home = std::env::var_os(HOME).map(PathBuf::from);
    home.ok_or_else(|| io::Error::other("AI_LAB_HOME is not set"))
}

/// The newest of what is offered, if it is not excluded.
fn resolve(from: &Path, rest: &[&str]) -> Answer {
    let mut versions: Vec<String> = fs::read_dir(from)?
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|version| !rest.contains(&version.as_str()))
        .collect();
    versions.sort();
    Ok(json!({ "format": 1, "chosen": { "version": versions.pop() }, "others": [] }))
}

/// Copies a release beside its place, then gives it its name.
fn fetch(from: &Path, version: &str, home: &Path) -> Answer {
    let text = fs::read_to_string(from.join(version).join("nature.json"))?;
    let nature: Nature = serde_json::from_str(&text)?;
    let store = home.join("framework");
    let place = store.join(nature.name());
    if !place.exists() {
        let stage = store.join(format!(".stage-{}", std::process::id()));
        fs::create_dir_all(stage.join("bin"))?;
        fs::copy(
            from.join(version).join("nature.json"),
            stage.join("nature.json"),
        )?;
        std::os::unix::fs::symlink(std::env::current_exe()?, stage.join("bin/ai-lab-framework"))?;
        fs::rename(&stage, &place)?;
    }
    Ok(json!({
        "format": 1, "version": nature.version, "place": place, "name": nature.name(),
        "release_sha256": nature.tree, "lock": nature.lock(),
    }))
}

/// One migration, one transaction: each adds a table.
fn migrate(nature: &Nature, record: &Path) -> Answer {
    let mut connection = open(record)?;
    let tx = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let has: u32 = tx.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    for minor in has + 1..=nature.schema {
        tx.execute_batch(&format!(
            "CREATE TABLE added_{minor} (id INTEGER PRIMARY KEY) STRICT; PRAGMA user_version = {minor};"
        ))?;
        if nature.bad == "migrate-db" {
            return Err("migration 2 failed: no such column".into());
        }
    }
    tx.commit()?;
    Ok(json!({ "format": 1 }))
}

/// Opens, writes and reads; the row stays: a release that was taken back has written too.
fn self_test(nature: &Nature, record: &Path) -> Answer {
    let connection = open(record)?;
    connection.execute(
        "INSERT INTO executions (said) VALUES (?1)",
        [&nature.version],
    )?;
    let count: i64 =
        connection.query_row("SELECT count(*) FROM executions", [], |row| row.get(0))?;
    Ok(json!({ "format": 1, "checks": [{ "name": "database", "ok": count > 0 }] }))
}

/// The played record; a new one has one table.
pub(crate) fn open(record: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(record)?;
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; CREATE TABLE IF NOT EXISTS executions (id INTEGER PRIMARY KEY, said TEXT NOT NULL) STRICT;",
    )?;
    Ok(connection)
}
