//! The framework's own database: executions, sessions, configuration, metrics, logs.
//!
//! Owns `framework.db` and the SQL that it is spoken to in. Refuses to know the clock, the environment,
//! tools and processes: times and owners come in as values. Start reading at [`Store`], then
//! [`ExecutionStart`] and [`SqliteStore`].
//!
//! Promises: what a verb returned `Ok` for survives `kill -9` at any moment, and a power cut for the
//! production profile; every start and every end is a link of one chain of hashes that
//! [`Store::verify_chain`] walks; any number of processes write at once.

mod breaker;
mod chain;
mod chain_finding;
#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
mod error;
mod execution;
mod facts;
mod figures;
mod listing;
mod log;
mod opening;
mod output;
mod plan;
mod retention;
mod run_times;
mod search;
mod session;
mod setting;
mod sqlite;
mod store;

pub use breaker::{Breaker, BreakerState};
pub use chain_finding::{ChainFinding, ChainProblem, LinkKind};
pub use error::{EndInSessionError, FindError, Reason, RecordError, SessionError, StoreError};
pub use execution::{
    Answered, EndStatus, Ended, Execution, ExecutionEnd, ExecutionStart, Link, Owner,
    RecordedError, Status,
};
pub use facts::{Facts, Snapshot, TableRows};
pub use figures::{ActionFigures, BucketFigures, FiguresFilter, MetricFigures, TimeBucket};
pub use listing::{ExecutionFilter, ExecutionPage, MOST_COUNTED, MOST_ROWS, USUAL_ROWS};
pub use log::{LogEntry, LogFilter, LogLevel, LogLine};
pub use opening::{OpenError, OpenMode, Opening, SchemaVersion, Stranger};
pub use output::{
    Collected, KeptFinding, KeptReport, NoReference, OutputError, OutputRef, ROW_BYTES,
};
pub use plan::{MigrateMode, MigrationPlan, PlannedMigration};
pub use retention::{Pruned, PrunedLinks, Retention};
pub use run_times::PERCENTILE_ERROR;
pub use search::{SearchFilter, SearchHit, SearchPage};
pub use session::{NewSession, Session, SessionChange, SessionFilter, SessionStatus};
pub use setting::Setting;
#[cfg(any(test, feature = "bulk"))]
pub use sqlite::BareTable;
pub use sqlite::{SnapshotError, SqliteStore};
pub use store::Store;
