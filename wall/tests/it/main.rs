//! The wall in force: every check against this checkout, and every check fed a violation.

mod doors;
mod map;
mod promises;
mod published;
mod split;
mod tidy;

use wall::{Finding, report};

/// Fails with every finding, one a line.
fn assert_none(findings: &[Finding]) {
    assert!(findings.is_empty(), "{}", report(findings));
}

/// The findings as texts, to compare whole.
fn texts(findings: &[Finding]) -> Vec<String> {
    findings.iter().map(ToString::to_string).collect()
}
