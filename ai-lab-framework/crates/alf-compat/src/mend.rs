//! A text with its replacements in it.

use crate::finding::{Finding, Replacement};

/// The text with every replacement of these findings, from the last to the first. All of it else stays as it is.
///
/// Of two that overlap, the first is put in. Bytes that are not there are left alone.
pub fn mended(text: &str, findings: &[Finding]) -> String {
    let mut replacements: Vec<&Replacement> = findings
        .iter()
        .filter_map(|finding| finding.replacement.as_ref())
        .collect();
    replacements.sort_by_key(|replacement| replacement.span.start);
    replacements.dedup_by(|later, earlier| later.span.start < earlier.span.end);
    let mut text = text.to_owned();
    for replacement in replacements.into_iter().rev() {
        if text.get(replacement.span.clone()).is_some() {
            text.replace_range(replacement.span.clone(), &replacement.text);
        }
    }
    text
}
