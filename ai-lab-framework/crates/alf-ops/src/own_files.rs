//! Whether the framework's own files are what was signed, asked at each call.
//!
//! Between two calls anybody with the person's rights may have changed them; a stamp of each file tells in a fraction of a
//! millisecond. A program that lies in no store, such as one that was just built, has nothing to be held against.

use ai_lab_contract::Profile;

use crate::failure::Failure;
use crate::framework::Framework;
use crate::releases::{assure_place, own_place};
use crate::run_tool::ExecutionError;

/// What the state of the framework's files means for a call.
#[derive(Debug)]
pub(crate) enum OwnFiles {
    /// They are whole, or there is nothing to hold them against.
    Whole,
    /// They were changed, and the call goes on: what is written into its log.
    Changed(String),
    /// They were changed, and the call may not run.
    Refused(ExecutionError),
}

/// Looks at them, and says what that means under the profile: production refuses, others go on with a warning.
pub(crate) fn look_at_own_files(framework: &Framework, profile: Profile) -> OwnFiles {
    let Some(place) = own_place(framework) else {
        return OwnFiles::Whole;
    };
    match assure_place(framework, &place, None) {
        Ok(()) => OwnFiles::Whole,
        Err(failure) => judged(&failure, profile),
    }
}

fn judged(failure: &Failure, profile: Profile) -> OwnFiles {
    let mut told = failure.chain().join(": ");
    if let Some(hint) = failure.hint() {
        told.push_str(". ");
        told.push_str(hint);
    }
    match profile {
        Profile::Production => OwnFiles::Refused(ExecutionError::new(failure.class, told)),
        Profile::Standard | Profile::Experimental => OwnFiles::Changed(told),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ai_lab_contract::ErrorClass;

    #[test]
    fn production_refuses_on_changed_files_and_others_say_so() {
        let failure =
            Failure::new(ErrorClass::Integrity, "`bin/x` was changed").with_hint("Repair it.");
        let told = Profile::ALL.map(|profile| match judged(&failure, profile) {
            OwnFiles::Whole => ("whole", String::new()),
            OwnFiles::Changed(told) => ("changed", told),
            OwnFiles::Refused(error) => (error.class.as_str(), error.message),
        });
        let text = || "`bin/x` was changed. Repair it.".to_owned();
        assert_eq!(
            told,
            [
                ("changed", text()),
                ("changed", text()),
                ("integrity", text())
            ]
        );
    }
}
