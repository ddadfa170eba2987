//! The checks behind the rules, by the profile that they begin with.

pub(crate) mod experimental;
pub(crate) mod production;
pub(crate) mod standard;

use crate::rules::Verdict;
use crate::{Evidence, Ran, Tried};

/// The headings that a rule takes for the same: the first is the one that is asked for.
pub(crate) const USAGE: &[&str] = &["usage", "how to use it", "benutzung", "verwendung"];
/// The same for what an operator reads.
pub(crate) const RUNBOOK: &[&str] = &["runbook", "betrieb"];
/// The same for what it may use up.
pub(crate) const LIMITS: &[&str] = &["limits", "grenzen"];
/// The same for what it may reach.
pub(crate) const SECURITY: &[&str] = &["security notes", "security", "sicherheit"];

/// Kept when the section has at least so many words.
fn section(evidence: &Evidence, titles: &[&str], name: &str, least: usize) -> Verdict {
    let readme = match &evidence.readme {
        Ok(readme) => readme,
        Err(why) => return Verdict::Broken(format!("no README.md to read: {why}")),
    };
    match readme.words_under(titles) {
        None => Verdict::Broken(format!("README.md has no heading {name}")),
        Some(words) if words < least => {
            Verdict::Broken(format!("under {name} stand {words} words, not {least}"))
        }
        Some(words) => Verdict::Kept(format!("{words} words under {name}")),
    }
}

/// Kept when the command ended with 0.
fn command(ran: &Tried<Ran>) -> Verdict {
    match ran {
        Err(why) => Verdict::Broken(why.clone()),
        Ok(ran) if ran.passed => Verdict::Kept(format!("`{}` ended with 0", ran.command)),
        Ok(ran) => {
            let last = if ran.last.is_empty() {
                String::new()
            } else {
                format!("; it wrote last: {}", ran.last)
            };
            Verdict::Broken(format!("`{}`: {}{last}", ran.command, ran.end))
        }
    }
}
