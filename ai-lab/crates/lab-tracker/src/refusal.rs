//! What an agent is told when nothing was done: what, why, and what to do next.

use std::error::Error;

use ai_lab_tool::ToolFailure;
use ai_lab_tool::contract::ErrorClass;
use lab_model::steps::StepError;
use lab_ops::item::{
    AddItemError, ChangeItemError, EditItemError, ListItemsError, NextItemError, SplitItemError,
    StepItemError,
};
use lab_ops::{Failure, FindLabError, LabError};

use serde_json::Value;

use crate::budget::cut;

/// The longest message, in characters: a cause may quote a whole text.
const MESSAGE_CHARACTERS: usize = 1_500;

/// An operation's error that knows what an agent can do about it.
pub(crate) trait Refused: Failure {
    /// A sentence that names the next call; `None` where there is none.
    fn next(&self) -> Option<String>;

    /// What the error calls the failure: the word of its class, or a finer one.
    fn kind(&self) -> &'static str {
        self.class().as_str()
    }
}

/// The failure of an operation as a tool's.
pub(crate) fn refused(error: &dyn Refused) -> ToolFailure {
    let failure = ToolFailure::new(error.kind(), message(error));
    if error.class() == ErrorClass::Environment {
        failure.retryable()
    } else {
        failure
    }
}

/// The same with the item as it is now: in the message, as that is all that an agent may be shown.
pub(crate) fn refused_as_it_is(error: &dyn Refused, now: &Value) -> ToolFailure {
    let message = format!("{}; it is now {now}", message(error));
    ToolFailure::new(error.kind(), message).with_detail(now.clone())
}

fn message(error: &dyn Refused) -> String {
    let mut message = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        message.push_str(": ");
        message.push_str(&cause.to_string());
        source = cause.source();
    }
    let mut message = cut(&message, MESSAGE_CHARACTERS);
    if let Some(next) = error.next() {
        message.push_str("; ");
        message.push_str(&next);
    }
    message
}

/// An input that the schema let through and the tracker cannot take.
pub(crate) fn wrong(field: &str, problem: &dyn Error) -> ToolFailure {
    let kind = ErrorClass::InvalidInput.as_str();
    ToolFailure::new(
        kind,
        format!("{field}: {}", cut(&problem.to_string(), MESSAGE_CHARACTERS)),
    )
}

fn of_class(class: ErrorClass) -> Option<String> {
    const NEXT: [(ErrorClass, &str); 3] = [
        (
            ErrorClass::NotFound,
            "`list` and `search` tell what there is",
        ),
        (ErrorClass::InvalidInput, "`search` tells labels apart"),
        (
            ErrorClass::Environment,
            "the same call may work in a moment",
        ),
    ];
    let next = NEXT.iter().find(|(of, _)| *of == class);
    next.map(|(_, next)| (*next).to_owned())
}

impl Refused for FindLabError {
    fn next(&self) -> Option<String> {
        Some("the tool has to lie in a lab, as `ai-lab init` puts it".to_owned())
    }
}

impl Refused for LabError {
    fn next(&self) -> Option<String> {
        match self {
            Self::Stale { stored, .. } => Some(format!(
                "if the call is still right, make it again with version {stored}"
            )),
            Self::Open(_) | Self::Store(_) => of_class(self.class()),
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::Stale { .. } => "stale",
            Self::Open(_) | Self::Store(_) => self.class().as_str(),
        }
    }
}

impl Refused for EditItemError {
    fn next(&self) -> Option<String> {
        match self {
            Self::Lab(error) => error.next(),
            Self::NoSuchCriterion { .. } => Some("`show` numbers them from 1".to_owned()),
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::Lab(error) => error.kind(),
            Self::NoSuchCriterion { .. } => self.class().as_str(),
        }
    }
}

impl Refused for StepItemError {
    fn next(&self) -> Option<String> {
        let (source, details) = match self {
            Self::Lab(error) => return error.next(),
            Self::NotAllowed {
                source, details, ..
            } => (source, details),
        };
        Some(match source {
            StepError::Blocked(_) => {
                "`update` with move `unblock` and what became of it lets it go on".to_owned()
            }
            StepError::OpenCriteria(_) => {
                "`update` with `met` ticks a criterion off, with what shows it".to_owned()
            }
            StepError::OpenDependencies(_) => {
                format!("it {}; those come first", cut(&details.join(", "), 300))
            }
            StepError::NoReason => "give `reason`".to_owned(),
            StepError::Claimed { .. } => "`next` gives another item".to_owned(),
            StepError::Status { .. } | StepError::NotBlocked | StepError::NotClaimed => {
                "`show` tells where it stands".to_owned()
            }
        })
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::Lab(error) => error.kind(),
            Self::NotAllowed { .. } => self.class().as_str(),
        }
    }
}

impl Refused for ChangeItemError {
    fn next(&self) -> Option<String> {
        match self {
            Self::Edit(error) => error.next(),
            Self::Step(error) => error.next(),
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::Edit(error) => error.kind(),
            Self::Step(error) => error.kind(),
        }
    }
}

impl Refused for AddItemError {
    fn next(&self) -> Option<String> {
        match self {
            Self::Edit(error) => error.next(),
            Self::NoPrefix { .. } => {
                Some("a person gives it one with `ai-lab project edit`".to_owned())
            }
        }
    }
}

impl Refused for SplitItemError {
    fn next(&self) -> Option<String> {
        match self {
            Self::Whole(error) => error.next(),
            Self::Part(error) => error.next(),
            Self::Count(_) => None,
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::Whole(error) => error.kind(),
            Self::Part(error) => error.kind(),
            Self::Count(_) => self.class().as_str(),
        }
    }
}

impl Refused for ListItemsError {
    fn next(&self) -> Option<String> {
        match self {
            Self::Lab(error) => error.next(),
            Self::Query(_) => Some(
                "a filter is words such as `status:todo,review prio:high.. due:<14d pump`"
                    .to_owned(),
            ),
        }
    }
}

impl Refused for NextItemError {
    fn next(&self) -> Option<String> {
        match self {
            Self::List(error) => error.next(),
            Self::Step(error) => error.next(),
        }
    }
}
