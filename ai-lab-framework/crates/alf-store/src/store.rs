//! The verbs that every backend has.

use ai_lab_contract::{ExecutionId, Metric, Profile, SessionId, ToolName};

use crate::breaker::Breaker;
use crate::chain_finding::ChainFinding;
use crate::error::{EndInSessionError, FindError, RecordError, SessionError, StoreError};
use crate::execution::{Execution, ExecutionEnd, ExecutionStart};
use crate::figures::{ActionFigures, BucketFigures, FiguresFilter, MetricFigures, TimeBucket};
use crate::listing::{ExecutionFilter, ExecutionPage};
use crate::log::{LogEntry, LogFilter, LogLine};
use crate::output::{Collected, KeptReport, OutputError, OutputRef};
use crate::retention::{Pruned, PrunedLinks, Retention};
use crate::search::{SearchFilter, SearchPage};
use crate::session::{NewSession, Session, SessionChange, SessionFilter};
use crate::setting::Setting;

/// The framework's memory. Every verb is one transaction: done and committed when it returns `Ok`,
/// without a trace when it returns an error. All of them block; call them from a thread that may.
pub trait Store: Send + Sync + std::fmt::Debug {
    /// Records that an execution is about to start.
    fn start_execution(&self, start: &ExecutionStart) -> Result<(), RecordError>;

    /// Records an execution's end with its logs and metrics.
    fn end_execution(&self, end: &ExecutionEnd) -> Result<(), RecordError>;

    /// Records an execution's end and what it changed in its session: both, or neither.
    ///
    /// A session that has moved on refuses; read it anew, apply the change to it and call again.
    fn end_execution_in_session(
        &self,
        end: &ExecutionEnd,
        change: &SessionChange,
    ) -> Result<(), EndInSessionError>;

    /// The execution of exactly that id; `None` if there is none.
    fn execution(&self, id: &ExecutionId) -> Result<Option<Execution>, StoreError>;

    /// The one execution whose id begins with `prefix`; a whole id wins over longer ones.
    fn find_execution(&self, prefix: &str) -> Result<Execution, FindError>;

    /// A page of executions, newest first.
    fn executions(&self, filter: &ExecutionFilter) -> Result<ExecutionPage, StoreError>;

    /// Executions without an end, oldest first, at most [`MOST_ROWS`](crate::MOST_ROWS) of them: those
    /// that run, and those whose owner is gone. Closing the latter and asking again leads to the rest.
    fn unfinished(&self) -> Result<Vec<Execution>, StoreError>;

    /// What an execution measured itself, in the order that it was told; empty for an unknown id.
    fn metrics(&self, id: &ExecutionId) -> Result<Vec<Metric>, StoreError>;

    /// Keeps lines of the framework's own.
    fn add_logs(&self, lines: &[LogLine]) -> Result<(), StoreError>;

    /// Log lines, newest first.
    fn logs(&self, filter: &LogFilter) -> Result<Vec<LogEntry>, StoreError>;

    /// Every action's figures, by tool and action.
    fn action_figures(&self, filter: &FiguresFilter) -> Result<Vec<ActionFigures>, StoreError>;

    /// Every action's figures for each hour or day in which it was called, oldest first, then by tool and
    /// action; of more than [`MOST_ROWS`](crate::MOST_ROWS) the newest. A bucket that began before
    /// `since_ms` and reaches past it is told whole.
    ///
    /// These and [`action_figures`](Self::action_figures) are counted up as executions end: they cost no
    /// walk through the record, and stay when executions are pruned.
    fn figures_by_bucket(
        &self,
        filter: &FiguresFilter,
        bucket: TimeBucket,
    ) -> Result<Vec<BucketFigures>, StoreError>;

    /// The figures of what tools measured themselves, by tool, action, name and unit.
    fn metric_figures(&self, filter: &FiguresFilter) -> Result<Vec<MetricFigures>, StoreError>;

    /// Writes one key of a tool's configuration over what was there.
    fn set_setting(&self, setting: &Setting) -> Result<(), StoreError>;

    /// One key of a tool's configuration; `None` if it was never set.
    fn setting(&self, tool: &ToolName, key: &str) -> Result<Option<Setting>, StoreError>;

    /// A tool's configuration by key, or every tool's, by tool and key.
    fn settings(&self, tool: Option<&ToolName>) -> Result<Vec<Setting>, StoreError>;

    /// Takes one key away; `false` if it was not there.
    fn remove_setting(&self, tool: &ToolName, key: &str) -> Result<bool, StoreError>;

    /// Creates a session; refused if the id is taken.
    fn create_session(&self, new: &NewSession) -> Result<Session, SessionError>;

    /// The session of that id as it is, created first where there is none.
    fn open_session(&self, new: &NewSession) -> Result<Session, StoreError>;

    /// The session of that id; `None` if there is none.
    fn session(&self, id: &SessionId) -> Result<Option<Session>, StoreError>;

    /// Sessions, the last changed first.
    fn sessions(&self, filter: &SessionFilter) -> Result<Vec<Session>, StoreError>;

    /// Changes a session that is still at the revision the change was made from.
    fn change_session(&self, change: &SessionChange) -> Result<Session, SessionError>;

    /// A tool's breaker; one that was never written is [untouched](Breaker::untouched).
    fn breaker(&self, tool: &ToolName) -> Result<Breaker, StoreError>;

    /// The breakers that were ever written, by tool, at most [`MOST_ROWS`](crate::MOST_ROWS).
    fn breakers(&self) -> Result<Vec<Breaker>, StoreError>;

    /// Reads a tool's breaker, asks `decide` and writes what it wants, all in one transaction: of any
    /// number of processes that want the probe of a half-open breaker, one gets it. Gives the breaker as
    /// it is afterwards.
    ///
    /// `decide` is pure and may be asked more than once; `None` changes nothing. The store sets tool and
    /// revision.
    fn change_breaker(
        &self,
        tool: &ToolName,
        decide: &dyn Fn(&Breaker) -> Option<Breaker>,
    ) -> Result<Breaker, StoreError>;

    /// Keeps an input or output that is too big for a row, under the digest of its bytes; as durable as the
    /// profile's rows. Record its reference as the text of the row.
    ///
    /// A kill between this and the row leaves at most a file that nobody refers to.
    fn keep_output(&self, bytes: &[u8], profile: Profile) -> Result<OutputRef, OutputError>;

    /// Reads back what was kept; refused if it is not what was kept.
    fn read_output(&self, kept: &OutputRef) -> Result<Vec<u8>, OutputError>;

    /// A row's input or output as it was handed in: what a [reference](OutputRef) stands for, any other text
    /// itself.
    fn whole_text(&self, text: &str) -> Result<String, OutputError> {
        let Ok(kept) = text.parse::<OutputRef>() else {
            return Ok(text.to_owned());
        };
        String::from_utf8(self.read_output(&kept)?)
            .map_err(|_| OutputError::NoText(kept.digest().into()))
    }

    /// Takes away kept outputs that no row refers to and that are older than an hour.
    fn collect_outputs(&self, now_ms: i64) -> Result<Collected, OutputError>;

    /// Reads every kept output that a row refers to and tells those that are not what was kept.
    fn verify_outputs(&self) -> Result<KeptReport, StoreError>;

    /// Takes away the oldest executions that a bound of `retention` leaves no room for, a few hundred at a
    /// time, in one transaction; call again while it says that there is more.
    ///
    /// Those without an end stay, those within the [floor](Retention::floor_ms) of their profile, and those
    /// that were touched. What goes leaves its place in the chain, so that the rest stays provable, and
    /// stays in the figures.
    fn prune(&self, now_ms: i64, retention: &Retention) -> Result<Pruned, StoreError>;

    /// How many executions are due, in all and at most; nothing goes.
    fn plan_prune(&self, now_ms: i64, retention: &Retention) -> Result<Pruned, StoreError>;

    /// What of the chain was pruned.
    fn pruned_links(&self) -> Result<PrunedLinks, StoreError>;

    /// Executions whose input, output, error or log has every word of `words`, newest first: words,
    /// `"phrases"` and `beginnings*`; whatever else is typed separates words. The first 16 KiB of each text
    /// are found, and none of a text that is kept in a file.
    fn search(&self, words: &str, filter: &SearchFilter) -> Result<SearchPage, StoreError>;

    /// One small step of what keeps the store quick and bounded, to be taken off the path of an answer: texts
    /// for the search, [pruning](Self::prune), and whatever the backend does not leave to its writers. Says
    /// whether there is more to do.
    fn tend(&self, now_ms: i64, retention: &Retention) -> Result<bool, StoreError>;

    /// Walks the whole chain and tells all that is wrong with it, by position; an empty list says that
    /// every start and every end is as it was written. At most [`MOST_ROWS`](crate::MOST_ROWS) findings.
    fn verify_chain(&self) -> Result<Vec<ChainFinding>, StoreError>;
}
