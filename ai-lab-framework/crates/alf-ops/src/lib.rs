//! What the framework does: one operation a file.
//!
//! The command line, MCP and tests are skins over these; no skin has a rule of its own. This is the only crate that
//! sees policy, runtime and store together. Start reading at [`Framework`], then [`run_tool`].

mod doctor;
mod executions;
mod failure;
mod framework;
mod merge_patch;
mod migrate;
mod new_tool;
mod program_digest;
mod recover;
mod run_tool;
mod surroundings;
mod tools;

pub use doctor::{Check, Diagnosis, Health, examine};
pub use executions::{
    ChainReport, ExecutionDetail, Figures, figures, list_executions, list_logs, show_execution,
    verify_executions,
};
pub use failure::Failure;
pub use framework::{FRAMEWORK_VERSION, Framework};
pub use merge_patch::merge_patch;
pub use migrate::{Migration, migrate_database};
pub use new_tool::{CreatedTool, create_tool};
pub use run_tool::{
    Call, CallPlan, Completed, Durations, ExecutionError, Resilience, StandIn, Step, StoodIn,
    plan_tool, read_result, run_tool,
};
pub use surroundings::{Client, Clock, Surroundings};
pub use tools::{
    CheckedTool, ToolCheck, ToolDetail, ToolList, ToolRow, check_tools, list_tools, show_tool,
};
