//! What a lab wants of the framework, what it is held to, and where both say different things.
//!
//! Owns three texts: the range and the table `[update]` of `ai-lab.toml`, `ai-lab.lock`, and the lines of `requirements.txt`
//! that are written from the lock. Refuses to know files, processes and the network: it takes texts and gives texts. Start
//! reading at [`Wanted`], then [`read_lock`] and [`drift`].

mod drift;
mod lock;
mod requirements;
mod wanted;

pub use drift::{Drift, Texts, drift, first_difference};
pub use lock::{LockError, digest_of, read_lock, write_lock};
pub use requirements::requirements;
pub use wanted::{Auto, Wanted, WantedError, Window, with_range};
