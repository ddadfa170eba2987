//! A shell program, a plan to run it and a look at the process table.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{LazyLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use ai_lab_contract::Profile;
use alf_policy::{Confinement, Digest, EXECUTION_MARKER, Kind, RunLimits, RunPlan, SandboxLevel};
use alf_runtime::{RunError, RunReport, Supervisor, run};
use alf_secrets::HandOverPlan;

pub(crate) static SUPERVISOR: LazyLock<Supervisor> =
    LazyLock::new(|| Supervisor::install().expect("a subreaper can be installed on Linux"));
/// What has no marker is taken by the last execution to end: tests that leave such a process run alone.
static COMPANY: RwLock<()> = RwLock::new(());
static COUNT: AtomicU32 = AtomicU32::new(0);

/// Limits wide enough for a loaded machine, narrow enough to pass in a test.
pub(crate) const LIMITS: RunLimits = RunLimits {
    run: Duration::from_mins(1),
    grace: Duration::from_millis(50),
    output_bytes: 100_000,
    log_bytes: 1_000,
};

/// A plan to run a shell script, with an execution id of its own.
pub(crate) fn plan(script: &str, limits: RunLimits) -> RunPlan {
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let execution = format!("test-{}-{number}", std::process::id());
    RunPlan {
        execution: execution.parse().expect("a valid id"),
        program: PathBuf::from("/bin/sh"),
        arguments: vec!["-c".into(), script.into()],
        folder: std::env::temp_dir(),
        environment: BTreeMap::from([
            ("PATH".to_owned(), "/usr/bin:/bin".to_owned()),
            (EXECUTION_MARKER.to_owned(), execution.clone()),
        ]),
        kind: Kind::Exec,
        limits,
        sandbox: SandboxLevel::None,
        confinement: unconfined(&execution),
        profile: Profile::Standard,
        policy_digest: Digest::of(b""),
    }
}

/// Limits alone: what the sandbox stops is looked at where the sandbox is.
fn unconfined(execution: &str) -> Confinement {
    // A folder of its own for the work folders: long-lived processes of two scenes may have one name.
    let scene = std::env::temp_dir()
        .join("alf-runtime-scenes")
        .join(execution);
    Confinement::limits_alone(scene.join("work"))
}

pub(crate) fn run_plan(plan: &RunPlan, line: &[u8]) -> Result<RunReport, RunError> {
    let _company = in_company();
    run(plan, &HandOverPlan::default(), line, &SUPERVISOR, None)
}

pub(crate) fn run_script(script: &str, limits: RunLimits) -> (RunPlan, RunReport) {
    let plan = plan(script, limits);
    let report = run_plan(&plan, b"{}\n").expect("a shell starts");
    (plan, report)
}

pub(crate) fn alone() -> RwLockWriteGuard<'static, ()> {
    COMPANY.write().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn in_company() -> RwLockReadGuard<'static, ()> {
    COMPANY.read().unwrap_or_else(PoisonError::into_inner)
}

/// Processes that still carry the plan's execution in their environment.
pub(crate) fn still_running(plan: &RunPlan) -> Vec<String> {
    let marker = format!("{EXECUTION_MARKER}={}", plan.execution);
    std::fs::read_dir("/proc")
        .expect("/proc is mounted")
        .flatten()
        .filter(|entry| {
            std::fs::read(entry.path().join("environ")).is_ok_and(|environment| {
                environment
                    .split(|byte| *byte == 0)
                    .any(|entry| entry == marker.as_bytes())
            })
        })
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}
