//! What the command line calls: one operation a file.
//!
//! Owns finding a lab and the sequence of reading, deciding and writing that makes an operation. Refuses to
//! know arguments, terminals, the environment and the clock: an operation takes a [`Lab`], [`By`] and its
//! own arguments, and answers with values to show. Start reading at [`Lab`].

mod failure;
mod init;
mod lab;
mod run;

pub use ai_lab_client::Places;
pub use failure::Failure;
pub use init::{InitError, InitReport, InitRequest, init};
pub use lab::{By, FindLabError, Lab};
pub use lab_scaffold::{Act, GitAct, InitPlan, Step};
pub use run::{ExecutionFailed, RunError, RunRequest, failure_of, hand_over, run};
