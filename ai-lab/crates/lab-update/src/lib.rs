//! Puts another framework in force in a lab, or takes it back by itself.
//!
//! Owns the journal and what follows from it ([`next`] decides, the steps act), the one switch (`.ai-lab/framework`), the
//! history and the quarantine. Everything that it does to the world goes through [`Effects`], one call a point at which it
//! may be cut, so that tests cut it at each. Refuses to know databases (the framework's is reached at its command line, the
//! lab's through [`LabWork`]), the network and the command line. Start reading at [`Update`], then [`next`].

mod decide;
mod disk;
mod effects;
mod error;
mod framework;
mod history;
mod journal;
mod layout;
mod limits;
mod preflight;
mod promises;
mod quarantine;
mod request;
mod sequence;
mod steps;

pub use decide::{InForce, Standing, Step, next};
pub use disk::Disk;
pub use effects::{
    Effects, Ended, Held, LabRefusal, LabSide, LabWork, ProcessCall, ProcessError, Room,
};
pub use error::{Refusal, UpdateError};
pub use history::{HistoryEntry, HistoryOutcome, before, of_version, read_history};
pub use journal::{Done, Journal, JournalError, Kind, Placed, Services};
pub use layout::Layout;
pub use limits::{DRAIN_SECONDS, MOST_STEPS, TRIAL_TRIES};
pub use quarantine::{QuarantineError, Quarantined, read_quarantine, without};
pub use request::{Asked, Source, Target, Until, Watch};
pub use sequence::{Outcome, Report, Update, is_to_recover, recover};
