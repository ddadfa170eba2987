//! `execution list`, `execution show`, `execution verify`, `logs`, `metrics`.

use alf_store::{
    ActionFigures, BucketFigures, ChainFinding, Execution, ExecutionFilter, ExecutionPage,
    FiguresFilter, KeptReport, LogEntry, LogFilter, MetricFigures, PrunedLinks, Store, TimeBucket,
};
use serde::Serialize;

use crate::failure::Failure;
use crate::framework::Framework;

/// One execution with its log.
#[derive(Debug, Serialize)]
pub struct ExecutionDetail {
    /// The form of this answer: 1.
    pub format: u32,
    /// The whole row.
    pub execution: Execution,
    /// Its log, oldest first.
    pub logs: Vec<LogEntry>,
}

/// A page of the record, newest first.
pub fn list_executions(
    framework: &Framework,
    filter: &ExecutionFilter,
) -> Result<ExecutionPage, Failure> {
    Ok(framework.existing_store()?.executions(filter)?)
}

/// The one execution whose id begins so.
pub fn show_execution(framework: &Framework, prefix: &str) -> Result<ExecutionDetail, Failure> {
    let store = framework.existing_store()?;
    let mut execution = store.find_execution(prefix)?;
    make_whole(store, &mut execution);
    let filter = LogFilter {
        execution: Some(execution.start.execution_id.clone()),
        ..LogFilter::default()
    };
    let mut logs = store.logs(&filter)?;
    logs.reverse();
    Ok(ExecutionDetail {
        format: 1,
        execution,
        logs,
    })
}

/// Puts what is kept in files in the place of its reference, where it can still be read.
pub(crate) fn make_whole(store: &dyn Store, execution: &mut Execution) {
    if let Ok(whole) = store.whole_text(&execution.start.input) {
        execution.start.input = whole;
    }
    if let Some(output) = execution
        .ended
        .as_mut()
        .and_then(|ended| ended.output.as_mut())
        && let Ok(whole) = store.whole_text(output)
    {
        *output = whole;
    }
}

/// What a walk along the record's chain found.
#[derive(Debug, Serialize)]
pub struct ChainReport {
    /// The form of this answer: 1.
    pub format: u32,
    /// How many links the chain has.
    pub links: u64,
    /// The hash of the last one; keep it elsewhere to notice a cut end.
    pub head: String,
    /// What of it was pruned; the rest hangs together across it.
    pub pruned: PrunedLinks,
    /// What is wrong, by position; nothing in a record that nobody touched.
    pub findings: Vec<ChainFinding>,
    /// Inputs and outputs that are kept in files, each read back.
    pub outputs: KeptReport,
}

impl ChainReport {
    /// Whether nothing was touched.
    pub fn is_whole(&self) -> bool {
        self.findings.is_empty() && self.outputs.findings.is_empty()
    }
}

/// Walks the whole record and names each row and each kept output that was touched.
pub fn verify_executions(framework: &Framework) -> Result<ChainReport, Failure> {
    let store = framework.existing_store()?;
    let facts = store.facts()?;
    let findings = store.verify_chain()?;
    Ok(ChainReport {
        format: 1,
        links: facts.chain_length,
        head: facts.chain_head,
        pruned: store.pruned_links()?,
        findings,
        outputs: store.verify_outputs()?,
    })
}

/// Log lines, oldest first.
pub fn list_logs(framework: &Framework, filter: &LogFilter) -> Result<Vec<LogEntry>, Failure> {
    let mut logs = framework.existing_store()?.logs(filter)?;
    logs.reverse();
    Ok(logs)
}

/// What the record adds up to.
#[derive(Debug, Serialize)]
pub struct Figures {
    /// The form of this answer: 1.
    pub format: u32,
    /// By tool and action.
    pub actions: Vec<ActionFigures>,
    /// What tools measured themselves.
    pub metrics: Vec<MetricFigures>,
}

/// Counts, error rates and percentiles.
pub fn figures(framework: &Framework, filter: &FiguresFilter) -> Result<Figures, Failure> {
    let store = framework.existing_store()?;
    Ok(Figures {
        format: 1,
        actions: store.action_figures(filter)?,
        metrics: store.metric_figures(filter)?,
    })
}

/// What the record adds up to, hour by hour or day by day.
#[derive(Debug, Serialize)]
pub struct BucketList {
    /// The form of this answer: 1.
    pub format: u32,
    /// How long each part of time is.
    pub by: TimeBucket,
    /// Oldest first, then by tool and action.
    pub buckets: Vec<BucketFigures>,
}

/// Counts, error rates and percentiles for each hour or day.
pub fn bucket_figures(
    framework: &Framework,
    filter: &FiguresFilter,
    by: TimeBucket,
) -> Result<BucketList, Failure> {
    let buckets = framework.existing_store()?.figures_by_bucket(filter, by)?;
    Ok(BucketList {
        format: 1,
        by,
        buckets,
    })
}
