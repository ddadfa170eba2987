//! Executions in a process of their own, which outlive whoever asked for them.
//!
//! [`start`](start_in_background) hands the call to a new process ([`errand`]), which carries it out as `tool run` does
//! ([`carry_out_errand`]) and leaves a [`note`] beside the record. Whoever knows the id asks how it stands
//! ([`execution_outcome`]), waits ([`wait_for_execution`]) or withdraws it ([`cancel_execution`]), from any process.

mod cancelling;
mod carrying;
mod errand;
mod note;
mod outcome;
mod starting;
mod waiting;

pub use cancelling::cancel_execution;
pub use carrying::carry_out_errand;
pub use errand::{ERRAND_BYTES, Errand};
pub use note::MOST_IN_BACKGROUND;
pub use outcome::{ExecutionOutcome, execution_outcome};
pub use starting::start_in_background;
pub use waiting::wait_for_execution;
