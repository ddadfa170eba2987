//! A stand-in for GitHub in tests: keeps a repository, follows what is known of GitHub's manners, and holds each
//! request and answer against GitHub's own published description.
//!
//! Owns the rules that the sync has to live with: whole seconds, tags of answers, pages, limits, refusals, labels
//! that are dropped, what a lost answer leaves. Refuses to know the crates it tests. Linked by tests alone. Start
//! reading at [`Github`]; [`Server`] puts it behind HTTP on this machine.

mod description;
mod forge;
mod github;
mod routes;
mod server;

pub use description::{Description, Violation};
pub use forge::{Comment, Forge, Issue, Label, Milestone};
pub use github::{Asked, Github, Manners, Reply};
pub use server::Server;
