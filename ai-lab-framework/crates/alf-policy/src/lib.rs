//! Decides what may run and how.
//!
//! Owns the step from *what is wanted* (manifest, profile, call) to *what will be done* ([`RunPlan`]), with nothing
//! left to choose. Takes values and returns values: no file, clock, process or database is touched here.
//! Start reading at [`plan_run`].

mod digest;
mod environment;
mod plan;

pub use digest::{Digest, digest_of_json};
pub use environment::{EXECUTION_MARKER, Inherited};
pub use plan::{PlanRefused, RunLimits, RunPlan, SandboxLevel, Wanted, plan_run};
