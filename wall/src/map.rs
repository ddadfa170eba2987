//! Checks that the maps in the `ARCHITECTURE.md` files list the crates that exist.

use std::collections::BTreeSet;

use crate::Finding;

/// The longest map: what a newcomer reads in one sitting.
pub const MAP_LINES: usize = 150;

/// Checks one map against the packages that exist. A crate is listed as `` - `alf-store` — … ``.
pub fn check_map(place: &str, text: &str, packages: &[&str]) -> Vec<Finding> {
    let listed: Vec<&str> = text.lines().filter_map(listed_crate).collect();
    let unique: BTreeSet<&str> = listed.iter().copied().collect();
    let existing: BTreeSet<&str> = packages.iter().copied().collect();
    let mut findings = Vec::new();
    for gone in unique.difference(&existing) {
        findings.push(Finding::new(
            place,
            format!("lists `{gone}`, which does not exist"),
        ));
    }
    for missing in existing.difference(&unique) {
        findings.push(Finding::new(place, format!("does not list `{missing}`")));
    }
    if listed.len() > unique.len() {
        findings.push(Finding::new(place, "lists a crate twice"));
    }
    let lines = text.lines().count();
    if lines > MAP_LINES {
        findings.push(Finding::new(
            place,
            format!("has {lines} lines, {MAP_LINES} at most"),
        ));
    }
    findings
}

/// The crate that a line lists; folders and files have a `/` or a dot in their name and are none.
fn listed_crate(line: &str) -> Option<&str> {
    let (name, _) = line.trim_start().strip_prefix("- `")?.split_once("` — ")?;
    let is_crate = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (!name.is_empty() && name.chars().all(is_crate)).then_some(name)
}
