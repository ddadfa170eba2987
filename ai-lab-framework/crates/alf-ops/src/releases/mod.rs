//! Releases as a person and the updater meet them: offered in a folder, fetched into the store, looked at there, put right.

mod assure;
mod collect;
mod fetch;
mod keys;
mod list;
mod pin;
mod refusal;
mod repair;
mod resolve;
mod shelf;
mod show;
mod stored;
mod verify;

pub use assure::{assure_place, own_place};
pub use collect::{Collection, collect_releases};
pub use fetch::{FetchRequest, FetchStep, FetchedRelease, fetch_release};
pub use keys::{KeyList, KeyRow, KeyState, NewKey, add_key, list_keys, remove_key};
pub use list::{IndexFacts, ReleaseList, ReleaseRow, list_releases};
pub use repair::{RepairOutcome, RepairedPlace, Repairs, repair_releases};
pub use resolve::{ChosenRelease, Reason, Resolution, ResolveRequest, WhyNot, resolve_release};
pub use show::{ShownRelease, show_release};
pub use stored::{MarkState, StoredRelease, StoredReleases, list_stored};
pub use verify::{Look, PlaceReport, Selection, Verification, Voucher, verify_releases};
