//! What every operation's error can tell beside its message.

use ai_lab_contract::ErrorClass;

/// An operation's error, as the skins need it: class for exit code and status, and what to do next.
pub trait Failure: std::error::Error + Send + Sync + 'static {
    /// Which row of the table of failures.
    fn class(&self) -> ErrorClass;

    /// A sentence naming the next command; `None` where there is none.
    fn hint(&self) -> Option<String> {
        None
    }
}
