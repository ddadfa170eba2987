//! The instance's own database and its operation log.
//!
//! Owns `data/ai_lab.db`: its schema, its migrations and every SQL statement. Refuses to know the command
//! line, the clock, files other than the database, and the framework's database. Start reading at
//! [`Store`], then [`Reader`] and [`Writer`].

mod checkup;
mod error;
mod files;
mod github;
mod listing;
mod opening;
mod plan;
mod record;
mod sqlite;
mod store;

pub use checkup::{Checkup, MOST_FINDINGS};
pub use error::{DatabaseFault, StoreError};
pub use files::{DisputeSource, FileBase, FileStamp, OpenDispute, Standing};
pub use github::{
    GithubComment, GithubConflict, GithubFact, GithubPage, GithubReader, GithubState, GithubThing,
    GithubWriter, Numbering, Order, OrderKind,
};
pub use listing::{
    DueFilter, ItemFilter, ItemLine, ItemOrder, ItemPage, MOST_COUNTED, MOST_RANKED, MOST_WORDS,
    PageRequest, SearchHit, SearchPage, SearchRequest, Tallies, Total,
};
pub use opening::{OpenError, OpenMode, Opening, SchemaVersion, Stranger};
pub use plan::{MigrateMode, MigrationPlan, PlannedMigration};
pub use record::{WriteRecord, WritesRequest};
pub use sqlite::{SnapshotError, SqliteStore};
pub use store::{MOST_CANDIDATES, Reader, Store, Writer};

/// How long an operation waits for another process to finish writing.
pub const PATIENCE: std::time::Duration = std::time::Duration::from_secs(5);
