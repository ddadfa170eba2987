//! Releases of the framework: what is in one, who signed it, how it comes into the store, whether it is still what it was.
//!
//! Owns the form of `release.json` and of an index of releases, the keys that are trusted, the digest of a tree, and the
//! store of unpacked releases. Refuses to know databases, labs and updates: which release is wanted and when it is
//! switched to is decided by others. Start reading at [`Release`], then [`Trust`].

mod atomic_file;
mod digest;
mod index;
mod keyring;
pub mod limits;
mod offer;
mod platform;
mod release;
mod seen;
mod store;
mod tree;
mod trust;
mod unpack;

pub use digest::{NoDigest, Sha256};
pub use index::{Index, IndexError, Listed};
pub use keyring::{KeySource, Keyring, KeyringError, TrustedKey};
pub use offer::{
    INDEX_FILE, Offer, OfferError, PRODUCT, RELEASE_FILE, SIGNATURE_ENDING, Staleness,
    VerifiedRelease,
};
pub use platform::TARGET;
pub use release::{Archive, Release, ReleaseError, SchemaVersion, Wheel};
pub use seen::{Seen, SeenError};
pub use store::{
    CollectError, CollectPlan, Difference, Held, Kept, KeptError, KeptFor, PlaceError, Quick,
    RepairError, Repaired, Store, look,
};
pub use tree::{NoTree, NoTreePath, Tree, TreeFile, TreePath};
pub use trust::{Key, KeyError, Trust, TrustError};
pub use unpack::{UnpackError, unpack};
