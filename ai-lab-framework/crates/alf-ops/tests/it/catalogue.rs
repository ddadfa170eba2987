//! The catalogue of bad input as pages: what is sent, what becomes of it, compared with what the tests saw.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// One line of a page.
pub(crate) struct Row {
    pub(crate) number: &'static str,
    pub(crate) sent: &'static str,
    pub(crate) becomes: String,
}

/// Compares a page of `docs/bad-input` with the rows that a test has just proven; `AI_LAB_BLESS=1` writes it anew.
#[expect(
    clippy::disallowed_methods,
    reason = "blessing a page is this test's own door"
)]
pub(crate) fn assert_page(name: &str, title: &str, test: &str, rows: &[Row]) {
    let lines: Vec<String> = rows
        .iter()
        .map(|row| {
            let becomes = row.becomes.replace('|', "\\|").replace('<', "&lt;");
            format!("| {} | {} | {becomes} |\n", row.number, row.sent)
        })
        .collect();
    let page = format!(
        "# {title}\n\nWritten by the test `{test}`, which sends each of these and compares. \
         The numbers are those of the catalogue in [BAD_INPUT.md](../BAD_INPUT.md).\n\n\
         | number | what is sent | what becomes of it |\n| --- | --- | --- |\n{}",
        lines.concat()
    );
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs/bad-input")
        .join(name);
    if std::env::var_os("AI_LAB_BLESS").is_some() {
        fs::write(&path, &page).expect("the tree can be written");
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == page, "{name} differs: run with AI_LAB_BLESS=1");
}

/// Every file below a folder with what it holds: what must not have changed.
pub(crate) fn tree(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder").flatten() {
            let kind = entry.file_type().expect("it is there");
            if kind.is_dir() {
                folders.push(entry.path());
            }
            let holds = if kind.is_file() {
                fs::read(entry.path()).expect("it can be read")
            } else {
                format!("{kind:?}").into_bytes()
            };
            found.insert(entry.path(), holds);
        }
    }
    found
}
