//! Decides what may run and how.
//!
//! Owns the step from *what is wanted* (manifest, profile, call) to *what will be done* ([`RunPlan`]), with nothing
//! left to choose. Takes values and returns values: no file, clock, process or database is touched here.
//! Start reading at [`plan_run`].

mod access;
mod breaker;
mod digest;
mod environment;
mod fallback;
mod hand_off;
mod kind;
mod milliseconds;
mod plan;
mod retry;
mod sandbox;

pub use access::{ClientRule, ClientRules, PatternError, ToolPattern};
pub use breaker::{
    Admission, BreakerPlan, BreakerState, Outcome as BreakerOutcome, outcome_of, plan_breaker,
};
pub use digest::{Digest, digest_of_json};
pub use environment::{
    ARTIFACTS_FOLDER, ARTIFACTS_VARIABLE, EXECUTION_MARKER, Inherited, WORK_VARIABLE, is_of_process,
};
pub use fallback::{FallbackPlan, may_stand_in, plan_fallback};
pub use hand_off::{HandOffRefused, LONGEST_CHAIN, Link, check_hand_off};
pub use kind::{Kind, McpTool, WorkerPlan};
pub use plan::{PlanRefused, RunLimits, RunPlan, Wanted, plan_run};
pub use retry::{RetryPlan, plan_retry};
pub use sandbox::{
    Access, Confinement, ControlGroups, Destination, GrantRefused, Granted, Host, Machine, Network,
    Opened, PROXY_PORT, Protected, Proxied, Reach, SandboxLevel, SandboxRefused, Sandboxing,
    SocketRefused, SocketRequest, confine, decide, is_granted, may_ask, may_lead_to, socket_name,
};
