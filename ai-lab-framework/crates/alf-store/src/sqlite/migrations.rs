//! The schema's history and how a database is brought along it.

use rusqlite::Connection;
use sha2::{Digest, Sha256};

use super::connect::APPLICATION_ID;
use super::fault::Fault;
use super::row::Reader;
use crate::chain::hexadecimal;
use crate::opening::{Opening, SchemaVersion};
use crate::plan::{MigrationPlan, PlannedMigration};

/// One step of the schema's history. Landed files never change.
#[derive(Clone, Copy, Debug)]
pub(super) struct Migration {
    /// The minor version that it leads to: 1 for the first.
    pub(super) minor: u32,
    /// The file's name without number and ending.
    pub(super) name: &'static str,
    /// The file: every statement ends with `;` at the end of a line.
    pub(super) text: &'static str,
}

/// The major version; a database of another one is not opened.
pub(super) const MAJOR: u32 = 1;

/// `user_version` is the major times this plus the minor.
const MINORS: i64 = 1000;

/// Every migration, in order.
pub(super) const MIGRATIONS: &[Migration] = &[
    Migration {
        minor: 1,
        name: "record",
        text: include_str!("../../migrations/0001_record.sql"),
    },
    Migration {
        minor: 2,
        name: "breakers",
        text: include_str!("../../migrations/0002_breakers.sql"),
    },
    Migration {
        minor: 3,
        name: "figures",
        text: include_str!("../../migrations/0003_figures.sql"),
    },
    Migration {
        minor: 4,
        name: "outputs",
        text: include_str!("../../migrations/0004_outputs.sql"),
    },
    Migration {
        minor: 5,
        name: "retention",
        text: include_str!("../../migrations/0005_retention.sql"),
    },
];

/// The schema that these migrations lead to.
pub(super) fn target(migrations: &[Migration]) -> SchemaVersion {
    SchemaVersion {
        major: MAJOR,
        minor: migrations.last().map_or(0, |last| last.minor),
    }
}

impl Migration {
    /// The file's digest; line ends do not count, so that no checkout changes it.
    pub(super) fn digest(&self) -> String {
        hexadecimal(&Sha256::digest(self.text.replace("\r\n", "\n")))
    }

    fn statements(&self) -> Vec<String> {
        let text = self.text.replace("\r\n", "\n");
        let statements = text
            .split(";\n")
            .map(str::trim)
            .filter(|statement| !statement.is_empty());
        statements.map(str::to_owned).collect()
    }

    fn version(&self) -> SchemaVersion {
        SchemaVersion {
            major: MAJOR,
            minor: self.minor,
        }
    }
}

/// What a `SQLite` database says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Identity {
    /// It has no table and no mark yet.
    Blank,
    /// Our mark, with a version.
    Ours(SchemaVersion),
    /// Our mark, with a version that was never given out.
    BadVersion(i64),
    /// Another program's mark, or tables without a mark.
    Foreign(u32),
}

/// Reads what a database says of itself.
pub(super) fn identity(connection: &Connection) -> Result<Identity, Fault> {
    let number = |sql| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
    let application_id = number("PRAGMA application_id")?;
    let user_version = number("PRAGMA user_version")?;
    if application_id != i64::from(APPLICATION_ID) {
        let blank = application_id == 0
            && user_version == 0
            && number("SELECT COUNT(*) FROM sqlite_schema")? == 0;
        // The pragma gives the 32 bits as a signed number.
        let [.., a, b, c, d] = application_id.to_be_bytes();
        let id = u32::from_be_bytes([a, b, c, d]);
        return Ok(if blank {
            Identity::Blank
        } else {
            Identity::Foreign(id)
        });
    }
    let parts = (
        u32::try_from(user_version / MINORS),
        u32::try_from(user_version % MINORS),
    );
    Ok(match parts {
        (Ok(major), Ok(minor)) if major >= 1 => Identity::Ours(SchemaVersion { major, minor }),
        _ => Identity::BadVersion(user_version),
    })
}

/// The framework version that migrated the file last.
pub(super) fn written_by(connection: &Connection) -> Result<String, Fault> {
    Ok(connection.query_row(
        "SELECT framework_version FROM schema_migrations ORDER BY version DESC LIMIT 1",
        [],
        |row| row.get(0),
    )?)
}

/// What lies between a database and the last migration.
pub(super) fn plan(
    connection: &Connection,
    from: Option<SchemaVersion>,
    migrations: &[Migration],
) -> Result<MigrationPlan, Fault> {
    let done = from.map_or(0, |version| version.minor);
    Ok(MigrationPlan {
        from,
        to: target(migrations),
        missing: migrations
            .iter()
            .filter(|migration| migration.minor > done)
            .map(|migration| PlannedMigration {
                version: migration.version(),
                name: migration.name.to_owned(),
                statements: migration.statements(),
            })
            .collect(),
        drift: Vec::new(),
        strangers: if from.is_some() {
            strangers(connection, migrations)?
        } else {
            Vec::new()
        },
    })
}

/// Landed migrations whose text is not the one known here.
fn strangers(connection: &Connection, migrations: &[Migration]) -> Result<Vec<String>, Fault> {
    let mut statement = connection
        .prepare("SELECT version, name, digest FROM schema_migrations ORDER BY version")?;
    let mut rows = statement.query([])?;
    let mut strangers = Vec::new();
    while let Some(row) = rows.next()? {
        let mut reader = Reader::new(row, &["version", "name", "digest"]);
        let (version, name) = (reader.integer()?, reader.text()?.to_owned());
        let digest = reader.text()?;
        let known = migrations
            .iter()
            .find(|migration| number_of(migration) == version);
        if known.is_some_and(|migration| migration.digest() != digest) {
            strangers.push(format!("{version} {name}"));
        }
    }
    Ok(strangers)
}

fn number_of(migration: &Migration) -> i64 {
    i64::from(MAJOR) * MINORS + i64::from(migration.minor)
}

/// Carries a plan out; the caller holds the transaction.
pub(super) fn carry_out(
    connection: &Connection,
    plan: &MigrationPlan,
    migrations: &[Migration],
    opening: &Opening,
) -> Result<(), Fault> {
    for step in &plan.missing {
        for statement in &step.statements {
            connection.execute(statement, [])?;
        }
        let Some(migration) = migrations
            .iter()
            .find(|known| known.minor == step.version.minor)
        else {
            continue;
        };
        connection.execute(
            "INSERT INTO schema_migrations (version, name, digest, applied_at_ms, framework_version) \
             VALUES ($1, $2, $3, $4, $5)",
            (
                number_of(migration),
                migration.name,
                migration.digest(),
                opening.now_ms,
                &opening.framework_version,
            ),
        )?;
        connection.pragma_update(None, "user_version", number_of(migration))?;
    }
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    Ok(())
}
