//! The committed schema, and migrations that never change again.

use std::fs;
use std::path::{Path, PathBuf};

use lab_store::{OpenMode, SqliteStore};
use rusqlite::Connection;

use crate::scene::opening;

fn here(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Everything that a new database's schema says, by kind and name.
fn schema_of_a_new_database() -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ai_lab.db");
    drop(SqliteStore::open(&path, &opening(OpenMode::Create)).expect("opens"));
    let raw = Connection::open(&path).expect("opens");
    let sql = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL \
               ORDER BY type = 'trigger', type = 'index', name";
    let mut statement = raw.prepare(sql).expect("prepares");
    let rows = statement
        .query_map([], |row| row.get::<_, String>(0))
        .expect("reads");
    rows.map(|sql| format!("{};\n", sql.expect("text")))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Compares with the committed file; `AI_LAB_BLESS=1` writes it anew.
#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "blessing the schema is this test's own door"
)]
fn the_migrations_add_up_to_the_committed_schema() {
    let built = schema_of_a_new_database();
    if std::env::var_os("AI_LAB_BLESS").is_some() {
        fs::write(here("schema.sql"), &built).expect("the folder can be written");
    }
    assert_eq!(
        fs::read_to_string(here("schema.sql")).unwrap_or_default(),
        built
    );
}

/// FNV-1a, 64 bits: enough to notice an edit.
fn digest(bytes: &[u8]) -> u64 {
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, step)
}

/// A landed migration has run on someone's data: a change comes as a new file and a new line here.
#[test]
fn landed_migrations_are_never_edited() {
    let landed = [
        ("0001_keep_the_tracker.sql", 0xfeca_90a0_4df4_cbc8),
        ("0002_list_by_index.sql", 0x6580_7e21_1f58_afdb),
        ("0003_take_back.sql", 0xe34d_8e6d_f455_6e28),
        ("0004_keep_files.sql", 0x2cf5_7d74_93be_a393),
        ("0005_keep_rivals.sql", 0xb577_6fb1_c480_8cec),
        ("0006_keep_github.sql", 0xd3f5_775b_3b83_21bc),
    ];
    let mut found: Vec<(String, u64)> = fs::read_dir(here("migrations"))
        .expect("a folder")
        .map(|entry| {
            let path = entry.expect("an entry").path();
            let name = path
                .file_name()
                .expect("a name")
                .to_str()
                .expect("text")
                .to_owned();
            (name, digest(&fs::read(path).expect("reads")))
        })
        .collect();
    found.sort();
    assert_eq!(
        found,
        landed.map(|(name, digest)| (name.to_owned(), digest))
    );
}

#[test]
fn no_column_holds_json_and_every_table_is_strict() {
    let schema = schema_of_a_new_database();
    let tables: Vec<&str> = schema
        .split(";\n")
        .filter(|sql| sql.contains("CREATE TABLE"))
        // The tables behind an index of words are SQLite's own.
        .filter(|sql| !sql.contains("'search_words_"))
        .collect();
    assert_eq!(tables.len(), 37);
    for table in tables {
        assert!(table.contains(") STRICT"), "{table}");
        assert!(
            !table.to_lowercase().contains("json(") && !table.contains(" JSON"),
            "{table}"
        );
    }
}
