//! The schema's history, and who a database is.

use rusqlite::{Connection, OptionalExtension, params};

use crate::opening::{Opening, SchemaVersion, Stranger};
use crate::plan::{MigrationPlan, PlannedMigration};

/// `AILb`: this file is a lab's own database.
pub(super) const APPLICATION_ID: i32 = 0x4149_4c62;

/// Changed by a migration that takes something away; such a one works on a copy, elsewhere.
const MAJOR: u32 = 1;

/// One additive step. Landed ones are never edited: a test pins their bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Migration {
    /// What it does, as its file is called.
    pub(super) name: &'static str,
    /// Its statements.
    pub(super) sql: &'static str,
}

/// Every step so far, in order: the first brings a new database to schema 1.1.
pub(super) const MIGRATIONS: &[Migration] = &[
    Migration {
        name: "0001_keep_the_tracker",
        sql: include_str!("../../migrations/0001_keep_the_tracker.sql"),
    },
    Migration {
        name: "0002_list_by_index",
        sql: include_str!("../../migrations/0002_list_by_index.sql"),
    },
    Migration {
        name: "0003_take_back",
        sql: include_str!("../../migrations/0003_take_back.sql"),
    },
    Migration {
        name: "0004_keep_files",
        sql: include_str!("../../migrations/0004_keep_files.sql"),
    },
    Migration {
        name: "0005_keep_rivals",
        sql: include_str!("../../migrations/0005_keep_rivals.sql"),
    },
    Migration {
        name: "0006_keep_github",
        sql: include_str!("../../migrations/0006_keep_github.sql"),
    },
];

/// The schema that a list of migrations leads to.
pub(super) fn target(migrations: &[Migration]) -> SchemaVersion {
    let minor = u32::try_from(migrations.len()).expect("migrations are far fewer than 999");
    SchemaVersion {
        major: MAJOR,
        minor,
    }
}

/// Who a database is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Identity {
    /// Nobody yet: not a single table.
    Blank,
    /// A lab's.
    Ours(SchemaVersion),
    /// Not a lab's.
    Strange(Stranger),
}

/// Reads the two marks of a database's header.
pub(super) fn identity(connection: &Connection) -> rusqlite::Result<Identity> {
    let application_id: i32 = pragma(connection, "application_id")?;
    let user_version: i64 = pragma(connection, "user_version")?;
    if application_id == APPLICATION_ID {
        let version = SchemaVersion::from_user_version(user_version);
        let bad = Identity::Strange(Stranger::BadVersion { user_version });
        return Ok(version.map_or(bad, Identity::Ours));
    }
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if application_id == 0 && user_version == 0 && tables == 0 {
        return Ok(Identity::Blank);
    }
    Ok(Identity::Strange(Stranger::Foreign { application_id }))
}

fn pragma<T: rusqlite::types::FromSql>(connection: &Connection, name: &str) -> rusqlite::Result<T> {
    connection.pragma_query_value(None, name, |row| row.get(0))
}

impl Migration {
    /// Its statements, one by one: each ends with `;` at the end of a line, a trigger's with `END;`.
    fn statements(&self) -> Vec<String> {
        let (mut statements, mut statement, mut is_body) = (Vec::new(), String::new(), false);
        for line in self.sql.lines() {
            statement.push_str(line);
            is_body = line == "BEGIN" || is_body && line != "END;";
            let is_comment = line.trim_start().starts_with("--");
            if line.ends_with(';') && !is_body && !is_comment {
                let whole = std::mem::take(&mut statement);
                statements.push(whole.trim().trim_end_matches(';').to_owned());
            } else {
                statement.push('\n');
            }
        }
        statements
    }
}

/// What lies between a database and the last migration; its drift is not looked for.
pub(super) fn planned(
    connection: &Connection,
    migrations: &[Migration],
) -> rusqlite::Result<MigrationPlan> {
    let from = match identity(connection)? {
        Identity::Ours(version) => Some(version),
        Identity::Blank | Identity::Strange(_) => None,
    };
    let to = target(migrations);
    let missing = (1..)
        .zip(migrations)
        .filter(|(minor, _)| *minor > from.map_or(0, |version| version.minor))
        .map(|(minor, migration)| PlannedMigration {
            version: SchemaVersion { minor, ..to },
            name: told_name(migration.name),
            statements: migration.statements(),
        });
    Ok(MigrationPlan {
        from,
        to,
        missing: missing.collect(),
        strangers: strangers(connection, migrations)?,
        drift: Vec::new(),
    })
}

/// A migration's name in words, without its number.
fn told_name(name: &str) -> String {
    let words = name.trim_start_matches(|c: char| c.is_ascii_digit() || c == '_');
    words.replace('_', " ")
}

/// Landed migrations that bear another name than here.
fn strangers(connection: &Connection, migrations: &[Migration]) -> rusqlite::Result<Vec<String>> {
    let is_listed: bool = connection.query_row(
        "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'migrations')",
        [],
        |row| row.get(0),
    )?;
    if !is_listed {
        // A new database, or one whose list somebody took away: that is told as drift.
        return Ok(Vec::new());
    }
    let mut statement =
        connection.prepare("SELECT number, name FROM migrations ORDER BY number")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let landed = rows.collect::<rusqlite::Result<Vec<(u32, String)>>>()?;
    let is_strange = |(number, name): &(u32, String)| {
        let known = (1..).zip(migrations).find(|(known, _)| known == number);
        known.is_some_and(|(_, migration)| migration.name != name)
    };
    let strange = landed.into_iter().filter(is_strange);
    Ok(strange.map(|(_, name)| name).collect())
}

/// Brings a database to the last migration; the caller holds the transaction.
pub(super) fn migrate(
    connection: &Connection,
    from: Option<SchemaVersion>,
    migrations: &[Migration],
    opening: &Opening,
) -> rusqlite::Result<()> {
    let done = from.map_or(0, |version| version.minor);
    for (number, migration) in (1..).zip(migrations) {
        if number <= done {
            continue;
        }
        connection.execute_batch(migration.sql)?;
        connection.execute(
            "INSERT INTO migrations (number, name, applied_by, applied_ms) VALUES (?1, ?2, ?3, ?4)",
            params![
                number,
                migration.name,
                opening.software_version,
                opening.at.ms()
            ],
        )?;
    }
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    connection.pragma_update(None, "user_version", target(migrations).user_version())
}

/// The version of the software that applied the last migration.
pub(super) fn written_by(connection: &Connection) -> rusqlite::Result<String> {
    let sql = "SELECT applied_by FROM migrations ORDER BY number DESC LIMIT 1";
    let version = connection.query_row(sql, [], |row| row.get(0)).optional()?;
    Ok(version.unwrap_or_else(|| "of a later major".to_owned()))
}
