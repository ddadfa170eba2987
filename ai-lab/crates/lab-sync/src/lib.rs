//! Lab and files made alike.
//!
//! Owns the comparison of a lab's database with its files against what both were last alike in, the decisions, and
//! carrying them out: through the store's writes on one side, whole files on the other. Refuses to know the command
//! line, the clock and git. Start reading at [`sync`], then `decide`.

mod apply;
mod bring;
mod decide;
mod entity;
mod labels;
mod mirror;
mod picture;
mod report;
mod resolve;
mod sync;
mod write_out;

pub use bring::{BringError, Brought, bring, document_of, names_in};
pub use mirror::{MirrorError, mirror};
pub use report::{Did, DidKind, DisputeRow, Problem, ProblemKind, SyncReport};
pub use resolve::{ResolveError, Settlement, Take, disputes, resolve};
pub use sync::{SyncError, SyncRequest, plan, sync};

/// Who makes the changes that come from files.
pub fn file_actor() -> lab_model::Actor {
    lab_model::Actor {
        kind: lab_model::ActorKind::Sync,
        name: "files".to_owned(),
    }
}
