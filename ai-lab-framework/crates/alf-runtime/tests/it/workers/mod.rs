//! Long-lived processes: shared, bounded, replaced, ended; each way to misbehave is named and leaves nothing.

mod ends;
mod health;
mod lives;
mod several;

use std::os::fd::AsFd as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use ai_lab_contract::{CONTRACT, Context, ErrorClass, Request};
use alf_policy::{Kind, RunLimits, RunPlan, WorkerPlan};
use alf_runtime::{Exit, Lines, Order, RunError, RunReport, Stop, WorkerBounds, Workers};
use serde_json::{Map, json};

use crate::scene::{LIMITS, SUPERVISOR, in_company, plan};

/// Answers each line with its number, the process's id and the action; `$id` holds the call's execution id.
const COUNTS: &str = r#"n=0
while IFS= read -r line; do
  n=$((n+1)); id=${line#*execution_id\":\"}; id=${id%%\"*}; action=${line#*action\":\"}; action=${action%%\"*}
  echo "log $n" >&2
  BEFORE
  echo "{\"data\":\"$n $action\"}"
done"#;

static COUNT: AtomicU32 = AtomicU32::new(0);

const KEPT: WorkerPlan = WorkerPlan {
    in_flight: 1,
    processes: 1,
    idle: Duration::from_mins(1),
    max_calls: 1_000,
    start: Duration::from_secs(20),
    cancels: false,
    health: None,
};

/// One tool of kind `worker` with a pool of its own.
struct Scene {
    workers: Workers,
    plan: RunPlan,
    kept: WorkerPlan,
    folder: PathBuf,
    /// A line for each call that [`HOLDS`] holds.
    held: tempfile::NamedTempFile,
}

fn bounds() -> WorkerBounds {
    WorkerBounds {
        first_backoff: Duration::from_millis(1),
        longest_backoff: Duration::from_millis(4),
        ..WorkerBounds::default()
    }
}

impl Scene {
    fn new(script: &str, kept: WorkerPlan, limits: RunLimits) -> Self {
        Self::bounded(script, kept, limits, bounds())
    }

    fn bounded(script: &str, kept: WorkerPlan, limits: RunLimits, bounds: WorkerBounds) -> Self {
        let mut plan = plan(script, limits);
        plan.kind = Kind::Worker(kept.clone());
        let folder = plan.folder.clone();
        let held = tempfile::NamedTempFile::new().expect("a file");
        let place = held.path().to_str().expect("text").to_owned();
        plan.environment.insert("HELD".into(), place);
        Self {
            workers: Workers::new(&SUPERVISOR, bounds, None),
            plan,
            kept,
            folder,
            held,
        }
    }

    fn counting(before: &str, kept: WorkerPlan, limits: RunLimits) -> Self {
        Self::new(&COUNTS.replace("BEFORE", before), kept, limits)
    }

    fn try_call(&self, action: &str) -> Result<RunReport, RunError> {
        self.call_from("digest", action, None)
    }

    fn call(&self, action: &str) -> RunReport {
        self.try_call(action).expect("the program starts")
    }

    fn call_from(
        &self,
        origin: &str,
        action: &str,
        cancel: Option<&std::io::PipeReader>,
    ) -> Result<RunReport, RunError> {
        let _company = in_company();
        let order = Order {
            secrets: &alf_secrets::HandOverPlan::default(),
            plan: &self.plan,
            request: &request(action),
            origin,
        };
        let engine = std::sync::Arc::new(Lines) as std::sync::Arc<dyn alf_runtime::Engine>;
        self.workers.run(
            order,
            (&self.kept, None),
            &engine,
            cancel.map(|pipe| pipe.as_fd()),
        )
    }

    /// Waits until so many calls are in the hands of the process.
    fn wait_for_held(&self, count: usize) {
        let held = || std::fs::read_to_string(self.held.path()).expect("text");
        eventually("the calls are held", || held().lines().count() >= count);
    }

    /// The output of a call that succeeds.
    fn said(&self, action: &str) -> String {
        let report = self.call(action);
        assert_eq!(
            (report.exit, &report.stop),
            (Exit::Lives, &None),
            "{report:?}"
        );
        String::from_utf8(report.output).expect("text")
    }
}

fn request(action: &str) -> Request {
    let id = format!("call-{}", COUNT.fetch_add(1, Ordering::Relaxed));
    Request {
        contract: CONTRACT,
        execution_id: id.parse().expect("a valid id"),
        correlation_id: id.parse().expect("a valid id"),
        action: action.parse().expect("a valid name"),
        input: json!({}),
        config: Map::new(),
        context: Context::default(),
    }
}

fn class(report: &RunReport) -> Option<(ErrorClass, &str)> {
    match &report.stop {
        Some(Stop::Failed { class, why }) => Some((*class, why)),
        Some(Stop::Timeout | Stop::Cancelled | Stop::OutputLimit) | None => None,
    }
}

fn short() -> RunLimits {
    RunLimits {
        run: Duration::from_millis(150),
        ..LIMITS
    }
}

/// Processes that this test process's long-lived processes are, by their mark and the text in their arguments.
fn alive(text: &str) -> Vec<String> {
    let mark = format!("AI_LAB_EXECUTION_ID=worker:{}:", std::process::id());
    running(&mark, text)
}

fn running(mark: &str, text: &str) -> Vec<String> {
    std::fs::read_dir("/proc")
        .expect("/proc is mounted")
        .flatten()
        .filter(|entry| {
            let read = |name| std::fs::read(entry.path().join(name)).unwrap_or_default();
            contains(&read("environ"), mark.as_bytes())
                && contains(&read("cmdline"), text.as_bytes())
        })
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// Waits for what another thread brings about.
fn eventually(what: &str, holds: impl Fn() -> bool) {
    let until = Instant::now() + Duration::from_secs(20);
    while !holds() {
        assert!(Instant::now() < until, "never: {what}");
        std::thread::yield_now();
    }
}
