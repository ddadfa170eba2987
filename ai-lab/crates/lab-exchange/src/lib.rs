//! Carries changes between a lab and a repository on GitHub, both ways.
//!
//! Owns what of an item is an issue, how the two are matched, what a run does and in which order, and how it goes on
//! after it was cut off. Refuses to know HTTP, SQL, arguments and output: it speaks through a
//! [`Client`](lab_github::Client) and a [`Store`](lab_store::Store). Every run reads GitHub into the lab's tables
//! first ([`pull`]), then decides from these alone ([`Plan`]), then carries that out ([`sync`]); a change is told
//! by its content, so what the run itself has done is no change. Start reading at [`sync`].

mod canon;
mod change;
mod facts;
mod fields;
mod here;
mod local;
mod outbox;
mod pages;
mod plan;
mod pull;
mod settle;
mod snapshot;
mod standing;
mod step;
mod sync;
mod telling;
mod there;

pub use canon::note_text;
pub use fields::{Policies, issue_fields};
pub use plan::{Clashing, Plan, decide};
pub use pull::pull;
pub use settle::{SettleError, Settlement, settle};
pub use snapshot::Snapshot;
pub use step::{Change, Doing, Step};
pub use sync::{Request, Run, SyncError, sync};
