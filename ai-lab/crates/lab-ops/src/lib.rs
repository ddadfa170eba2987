//! What the command line calls: one operation a file.
//!
//! Owns finding a lab and the sequence of reading, deciding and writing that makes an operation. Refuses to
//! know arguments, terminals, the environment and the clock: an operation takes a [`Lab`], [`By`] and its
//! own arguments, and answers with values to show. Start reading at [`Lab`], then [`item::start`].

pub mod backup;
mod check_up;
pub mod export;
mod failure;
pub mod files;
pub mod framework;
pub mod github;
pub mod history;
pub mod idea;
pub mod import;
mod init;
pub mod interchange;
pub mod item;
mod lab;
mod lines;
mod migrate;
pub mod milestone;
mod names;
pub mod project;
pub mod repo;
mod run;
mod search;
mod status;

pub use ai_lab_client::Places;
pub use check_up::{CheckupView, check_up};
pub use failure::Failure;
pub use init::{InitError, InitReport, InitRequest, init};
pub use lab::{By, FindLabError, Lab, LabError, Since};
pub use lab_scaffold::{Act, DriverAct, GitAct, InitPlan, Step};
pub use lab_store::MigrateMode;
pub use lines::{LineChange, LineEdit, LineEditError};
pub use migrate::{Migration, Migrations, PlanView, StepView, migrate_databases};
pub use names::DependencyEdit;
pub use run::{ExecutionFailed, RunError, RunRequest, failure_of, hand_over, harmless, run};
pub(crate) use search::counted;
pub use search::{Found, FoundRow, Search, search};
pub use status::{MilestoneDue, ProjectStanding, StatusItem, StatusView, status};
