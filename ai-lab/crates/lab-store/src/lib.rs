//! The instance's own database and its operation log.
//!
//! Owns `data/ai_lab.db`: its schema, its migrations and every SQL statement. Refuses to know the command
//! line, the clock, files other than the database, and the framework's database. Start reading at
//! [`Store`], then [`Reader`] and [`Writer`].

mod error;
mod store;

pub use error::StoreError;
pub use store::{ItemFilter, MOST_CANDIDATES, Reader, Store, Writer};
