//! Writes a lab: folders, files, and the managed sections of files that it shares with a person.
//!
//! [`survey`] looks at the folder, [`plan_init`] decides, [`carry_out`] acts with nothing left to
//! choose; a dry run prints the plan. What a person wrote is never changed: files that are there stay,
//! and in shared files only the lines between the lab's own markers are ours ([`section`]).
//!
//! It refuses to know the command line, the lab's database and the framework. Start reading at
//! [`plan_init`]; what a lab consists of is in `blueprint.rs`, its texts under `templates/`.

mod answers;
mod atomic_file;
mod blueprint;
mod carry_out;
mod merge_driver;
mod plan;
pub mod section;
mod survey;

pub use answers::{Answers, FrameworkPin, LabName, NameError};
pub use carry_out::{CarryOutError, carry_out};
pub use merge_driver::has_merge_driver;
pub use plan::{Act, BrokenSection, DriverAct, GitAct, InitPlan, PlanError, Step, plan_init};
pub use survey::{Entry, Existing, SurveyError, git_program, repository, survey};
