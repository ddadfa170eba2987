//! What every tool owes.

use ai_lab_contract::ErrorClass;

use crate::Evidence;
use crate::rules::Verdict::{self, Broken, Kept};

pub(crate) fn loads(evidence: &Evidence) -> Verdict {
    match evidence.errors.as_slice() {
        [] => Kept("nothing is wrong with it".to_owned()),
        [one] => Broken(one.clone()),
        [first, rest @ ..] => Broken(format!("{first} (and {} more)", rest.len())),
    }
}

pub(crate) fn answers(evidence: &Evidence) -> Verdict {
    let probe = match &evidence.probe {
        Ok(probe) => probe,
        Err(why) => return Broken(why.clone()),
    };
    match &probe.error {
        None => Kept(format!("`{}` answered with data", probe.address)),
        Some((ErrorClass::ToolFailed, told)) => Kept(format!(
            "`{}` refused in its own words: {told}",
            probe.address
        )),
        Some((class, told)) => Broken(format!(
            "`{}` failed: {told} ({})",
            probe.address,
            class.as_str()
        )),
    }
}
