//! Carries out a [`RunPlan`](alf_policy::RunPlan): starts the program, feeds it one line, reads within limits and
//! ends the whole process tree.
//!
//! Owns processes, pipes and their clocks. Refuses to know what a result means, what a manifest is and where things
//! are recorded. Start reading at [`Runner`], [`run`], then
//! [`Supervisor`]; processes that live on are in [`Workers`].
//!
//! It never forks from this process: `posix_spawn` costs the same whatever the size of the caller. It needs Linux 5.4
//! (pidfd) and `/proc`.

mod descendants;
mod detached;
mod identity;
mod leftovers;
mod pause;
mod pump;
mod report;
mod run;
mod runner;
mod supervisor;
mod workers;

pub use detached::Detached;
pub use identity::{HeldProcess, ProcessIdentity};
pub use leftovers::end_leftovers;
pub use pause::pause;
pub use report::{EndedProcess, Exit, RunReport, Stop};
pub use run::{RunError, run};
pub use runner::Runner;
pub use supervisor::Supervisor;
pub use workers::{
    Call, Desk, Ended, Ending, Engine, KeptLog, Lines, Message, Order, Seat, Unanswered,
    WorkerBounds, Workers, end_orphaned_workers, shared_fate,
};
