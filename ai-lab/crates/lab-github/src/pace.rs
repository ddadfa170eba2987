//! The clock and all waiting, handed in.

use std::time::Duration;

use lab_model::Moment;

/// Why a call waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// Writes keep a second between them.
    BetweenWrites,
    /// GitHub said: no more for now.
    Limit,
    /// GitHub or the connection failed; another try comes.
    Again,
    /// An answer was lost; what it would have told takes a moment to be seen in a list.
    Settling,
}

/// Tells the time and lets it pass.
pub trait Pace: std::fmt::Debug {
    /// Now.
    fn now(&self) -> Moment;

    /// Lets time pass, and shows why where someone looks.
    fn wait(&mut self, time: Duration, why: Wait);
}
