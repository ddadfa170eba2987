//! The lab's framework: locked, installed, updated, taken back, looked at.

mod bundle;
mod error;
mod found;
mod locate;
mod lock;
mod pin;
mod quarantine;
mod refusals;
mod services;
mod side;
mod source;
mod status;
mod update;

pub use ai_lab_contract::v1::UpdatePhase;
pub use bundle::{BundleError, Bundled, bundle};
pub use error::FrameworkError;
pub use lab_pin::{Auto, Drift};
pub use lab_update::{
    Done, HistoryEntry, HistoryOutcome, Kind, Outcome, Placed, Quarantined, Report, Until,
    UpdateError, Watch,
};
pub(crate) use locate::program_of;
pub use lock::{CheckLockError, LockState, check_lock};
pub use pin::{PinError, Pinned, pin};
pub use quarantine::{QuarantineFailure, clear_quarantine, quarantined};
pub use services::{
    ServiceError, ServiceState, ServiceWish, Unit, Units, install_services, remove_services,
    services,
};
pub use side::Side;
pub use status::{FrameworkStatus, history, status};
pub use update::{
    Here, UpdateWish, install, is_left_over, recover, roll_back, side, update, write_lock,
};
