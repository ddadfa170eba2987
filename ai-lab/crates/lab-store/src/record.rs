//! The log as people read it: write by write.

use lab_model::{Actor, Moment, Operation, Uid};

/// Which part of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WritesRequest {
    /// Only what happened to this entity.
    pub of: Option<Uid>,
    /// Only what came before the write of this number.
    pub before: Option<u64>,
    /// At most so many writes.
    pub limit: u32,
    /// At most so many operations of each.
    pub operations: u32,
}

/// One write: all of it happened or nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteRecord {
    /// Its place in this database's log, from 1.
    pub number: u64,
    /// Its identity.
    pub uid: Uid,
    /// When.
    pub at: Moment,
    /// By whom.
    pub actor: Actor,
    /// What it did, in its order; perhaps not all of it.
    pub operations: Vec<Operation>,
    /// How many operations there are in all.
    pub operation_count: u64,
    /// The writes that it takes back, the latest first.
    pub takes_back: Vec<u64>,
    /// Whether it was taken back, and that still holds.
    pub is_taken_back: bool,
}
