//! `connect`: a client of the person's starts the framework's server, because its own configuration says so.
//!
//! What is written where is decided by `alf-connect`; here are the files, the ledger of what was written, and the look
//! at what became of it.

mod carry_out;
mod examine;
mod guide;
mod ledger;
mod listing;
mod place;
mod plan;

pub use carry_out::{CarriedOut, carry_out_connection};
pub(crate) use examine::connection_checks;
pub use listing::{ConnectionList, ConnectionRow, list_connections};
pub(crate) use place::write_whole;
pub use plan::{
    ConnectionPlan, ConnectionRequest, ConnectionScope, FileChange, PlannedFile, plan_connection,
    plan_disconnection,
};
