//! What an update's errors tell beside their message.

use ai_lab_contract::ErrorClass;
use lab_update::UpdateError;

use crate::Failure;

impl Failure for UpdateError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Busy => ErrorClass::Conflict,
            Self::Journal(_) | Self::TakenBack { .. } => ErrorClass::Incompatible,
            Self::Refused { refusal, .. } => refusal.class,
            Self::SafeMode { .. } => ErrorClass::Unavailable,
            Self::Disk { .. } => ErrorClass::Environment,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Busy => Some("`ai-lab framework status` shows how far it is".to_owned()),
            Self::Journal(_) => {
                Some("`pip install --upgrade ai-lab` brings the version that can".to_owned())
            }
            Self::Refused { refusal, .. } => refusal.hint.clone(),
            Self::TakenBack { evidence, .. } => Some(format!(
                "{} has the evidence; `ai-lab framework quarantine clear VERSION` lets it be tried again",
                evidence.display()
            )),
            Self::SafeMode { .. } => Some(
                "the tracker works, tools do not: mend what was found, then `ai-lab update --recover`"
                    .to_owned(),
            ),
            Self::Disk { .. } => {
                Some("mend the disk; any command in the lab goes on with the update".to_owned())
            }
        }
    }
}
