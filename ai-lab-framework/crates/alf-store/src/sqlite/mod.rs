//! The store on `SQLite`: one file, any number of processes.

#[cfg(any(test, feature = "bulk"))]
mod bare;
mod breakers;
mod chain_head;
mod conditions;
mod connect;
mod drift;
mod fault;
mod figures;
mod group;
mod kept;
mod listing;
mod logs;
mod migrations;
mod open;
mod outputs;
mod patience;
mod place;
mod pruning;
mod reading;
mod recording;
mod reserve;
mod row;
mod searching;
mod seat;
mod sessions;
mod settings;
mod spans;
#[cfg(test)]
mod tests;
mod under_way;
mod upkeep;
mod walk;

use std::path::Path;
use std::time::Duration;

use ai_lab_contract::{ExecutionId, Metric, Profile, SessionId, ToolName};

#[cfg(any(test, feature = "bulk"))]
pub use self::bare::BareTable;
pub use self::upkeep::SnapshotError;

use self::migrations::MIGRATIONS;
use self::open::Door;
use self::outputs::Outputs;
use self::patience::BUSY_WAIT;
use self::seat::Seat;
use crate::breaker::Breaker;
use crate::chain_finding::ChainFinding;
use crate::error::{EndInSessionError, FindError, RecordError, SessionError, StoreError};
use crate::execution::{Execution, ExecutionEnd, ExecutionStart};
use crate::facts::{Facts, Snapshot};
use crate::figures::{ActionFigures, BucketFigures, FiguresFilter, MetricFigures, TimeBucket};
use crate::listing::{ExecutionFilter, ExecutionPage};
use crate::log::{LogEntry, LogFilter, LogLine};
use crate::opening::{OpenError, OpenMode, Opening, SchemaVersion};
use crate::output::{Collected, KeptReport, OutputError, OutputRef};
use crate::plan::{MigrateMode, MigrationPlan};
use crate::retention::{Pruned, PrunedLinks, Retention};
use crate::search::{SearchFilter, SearchPage};
use crate::session::{NewSession, Session, SessionChange, SessionFilter};
use crate::setting::Setting;
use crate::store::Store;

/// A store on one `SQLite` file, for all threads of a process.
#[derive(Debug)]
pub struct SqliteStore {
    seat: Seat,
    outputs: Outputs,
}

impl SqliteStore {
    /// Opens `path` as `opening` says. [`OpenMode::Create`] makes what is missing: the folder for this
    /// user alone, the file with the whole schema or not at all.
    pub fn open(path: &Path, opening: &Opening) -> Result<Self, OpenError> {
        Self::open_waiting(path, opening, BUSY_WAIT)
    }

    fn open_waiting(path: &Path, opening: &Opening, wait: Duration) -> Result<Self, OpenError> {
        let connection = door(path, opening, wait).open()?;
        Ok(Self {
            seat: Seat::new(path, wait, connection),
            outputs: Outputs::default(),
        })
    }

    /// Opens an empty database that is gone with the store: for tests and rehearsals.
    pub fn in_memory() -> Result<Self, OpenError> {
        let opening = Opening {
            mode: OpenMode::Create,
            framework_version: "0.0.0".to_owned(),
            now_ms: 0,
        };
        let path = Path::new("");
        let connection = door(path, &opening, BUSY_WAIT).open_in_memory()?;
        Ok(Self {
            seat: Seat::new(path, BUSY_WAIT, connection),
            outputs: Outputs::default(),
        })
    }

    /// The schema that this framework writes and reads.
    pub fn schema() -> SchemaVersion {
        migrations::target(MIGRATIONS)
    }

    /// Tells what the schema of the file at `path` lacks and brings it there as far as `mode` says. Where
    /// nothing is there, `opening`'s mode decides whether that is an error or a first migration.
    pub fn migrate(
        path: &Path,
        opening: &Opening,
        mode: MigrateMode,
    ) -> Result<MigrationPlan, OpenError> {
        door(path, opening, BUSY_WAIT).migrate(mode)
    }

    /// Copies the database as it is at one moment to `to`, where nothing may be yet; one file, for this
    /// user alone, synced to the disk. Others go on writing meanwhile.
    pub fn snapshot(&self, to: &Path) -> Result<Snapshot, SnapshotError> {
        upkeep::snapshot(&self.seat, to)
    }

    /// What is wrong with the file's pages, references and schema, in sentences; empty for nothing. Takes
    /// as long as reading the whole file, and finds no change of a value: [`Store::verify_chain`] does.
    pub fn quick_check(&self) -> Result<Vec<String>, StoreError> {
        upkeep::quick_check(&self.seat)
    }

    /// Records executions from start to end, all of them in one transaction, each by the verbs' own writing:
    /// the chain and the figures are those of as many calls. For benchmarks that need a long record.
    #[cfg(any(test, feature = "bulk"))]
    pub fn record_together(
        &self,
        executions: &[(ExecutionStart, ExecutionEnd)],
    ) -> Result<(), RecordError> {
        recording::together(&self.seat, executions)
    }

    /// The database in facts.
    pub fn facts(&self) -> Result<Facts, StoreError> {
        upkeep::facts(&self.seat)
    }
}

const fn door<'a>(path: &'a Path, opening: &'a Opening, wait: Duration) -> Door<'a> {
    Door {
        path,
        opening,
        wait,
        migrations: MIGRATIONS,
    }
}

impl Store for SqliteStore {
    fn start_execution(&self, start: &ExecutionStart) -> Result<(), RecordError> {
        recording::start(&self.seat, start)
    }

    fn end_execution(&self, end: &ExecutionEnd) -> Result<(), RecordError> {
        recording::end(&self.seat, end)
    }

    fn end_execution_in_session(
        &self,
        end: &ExecutionEnd,
        change: &SessionChange,
    ) -> Result<(), EndInSessionError> {
        recording::end_in_session(&self.seat, end, change)
    }

    fn execution(&self, id: &ExecutionId) -> Result<Option<Execution>, StoreError> {
        reading::by_id(&self.seat, id)
    }

    fn find_execution(&self, prefix: &str) -> Result<Execution, FindError> {
        reading::by_prefix(&self.seat, prefix)
    }

    fn executions(&self, filter: &ExecutionFilter) -> Result<ExecutionPage, StoreError> {
        listing::page(&self.seat, filter)
    }

    fn unfinished(&self) -> Result<Vec<Execution>, StoreError> {
        reading::unfinished(&self.seat)
    }

    fn metrics(&self, id: &ExecutionId) -> Result<Vec<Metric>, StoreError> {
        reading::metrics(&self.seat, id)
    }

    fn add_logs(&self, lines: &[LogLine]) -> Result<(), StoreError> {
        logs::add(&self.seat, lines)
    }

    fn logs(&self, filter: &LogFilter) -> Result<Vec<LogEntry>, StoreError> {
        logs::list(&self.seat, filter)
    }

    fn action_figures(&self, filter: &FiguresFilter) -> Result<Vec<ActionFigures>, StoreError> {
        figures::actions(&self.seat, filter)
    }

    fn figures_by_bucket(
        &self,
        filter: &FiguresFilter,
        bucket: TimeBucket,
    ) -> Result<Vec<BucketFigures>, StoreError> {
        figures::by_bucket(&self.seat, filter, bucket)
    }

    fn metric_figures(&self, filter: &FiguresFilter) -> Result<Vec<MetricFigures>, StoreError> {
        figures::metrics(&self.seat, filter)
    }

    fn set_setting(&self, setting: &Setting) -> Result<(), StoreError> {
        settings::set(&self.seat, setting)
    }

    fn setting(&self, tool: &ToolName, key: &str) -> Result<Option<Setting>, StoreError> {
        Ok(settings::list(&self.seat, Some(tool), Some(key))?.pop())
    }

    fn settings(&self, tool: Option<&ToolName>) -> Result<Vec<Setting>, StoreError> {
        settings::list(&self.seat, tool, None)
    }

    fn remove_setting(&self, tool: &ToolName, key: &str) -> Result<bool, StoreError> {
        settings::remove(&self.seat, tool, key)
    }

    fn create_session(&self, new: &NewSession) -> Result<Session, SessionError> {
        sessions::create(&self.seat, new)
    }

    fn open_session(&self, new: &NewSession) -> Result<Session, StoreError> {
        sessions::open(&self.seat, new)
    }

    fn session(&self, id: &SessionId) -> Result<Option<Session>, StoreError> {
        sessions::by_id(&self.seat, id)
    }

    fn sessions(&self, filter: &SessionFilter) -> Result<Vec<Session>, StoreError> {
        sessions::list(&self.seat, filter)
    }

    fn change_session(&self, change: &SessionChange) -> Result<Session, SessionError> {
        sessions::change(&self.seat, change)
    }

    fn breaker(&self, tool: &ToolName) -> Result<Breaker, StoreError> {
        breakers::by_tool(&self.seat, tool)
    }

    fn breakers(&self) -> Result<Vec<Breaker>, StoreError> {
        breakers::list(&self.seat)
    }

    fn change_breaker(
        &self,
        tool: &ToolName,
        decide: &dyn Fn(&Breaker) -> Option<Breaker>,
    ) -> Result<Breaker, StoreError> {
        breakers::change(&self.seat, tool, decide)
    }

    fn keep_output(&self, bytes: &[u8], profile: Profile) -> Result<OutputRef, OutputError> {
        outputs::keep(&self.seat, &self.outputs, bytes, profile.into())
    }

    fn read_output(&self, kept: &OutputRef) -> Result<Vec<u8>, OutputError> {
        outputs::read(&self.seat, &self.outputs, kept)
    }

    fn verify_outputs(&self) -> Result<KeptReport, StoreError> {
        kept::verify(&self.seat, &self.outputs)
    }

    fn collect_outputs(&self, now_ms: i64) -> Result<Collected, OutputError> {
        outputs::collect(&self.seat, now_ms)
    }

    fn prune(&self, now_ms: i64, retention: &Retention) -> Result<Pruned, StoreError> {
        pruning::prune(&self.seat, now_ms, retention)
    }

    fn plan_prune(&self, now_ms: i64, retention: &Retention) -> Result<Pruned, StoreError> {
        pruning::plan(&self.seat, now_ms, retention)
    }

    fn pruned_links(&self) -> Result<PrunedLinks, StoreError> {
        pruning::links(&self.seat)
    }

    fn search(&self, words: &str, filter: &SearchFilter) -> Result<SearchPage, StoreError> {
        searching::search(&self.seat, words, filter)
    }

    fn tend(&self, now_ms: i64, retention: &Retention) -> Result<bool, StoreError> {
        let more = searching::take_in(&self.seat)?;
        let pruned = pruning::prune(&self.seat, now_ms, retention)?;
        upkeep::checkpoint(&self.seat)?;
        // What cannot be collected is tried again by the next upkeep; `execution prune` tells why.
        let _ = outputs::collect_if_due(&self.seat, now_ms);
        // Where none can be made, an end on a full disk is refused by name, as every other write.
        let _ = reserve::make(&self.seat);
        Ok(more || pruned.more)
    }

    fn verify_chain(&self) -> Result<Vec<ChainFinding>, StoreError> {
        walk::verify(&self.seat)
    }
}
