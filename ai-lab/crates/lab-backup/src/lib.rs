//! Backups of a lab: one checked archive, its name, which of them to keep, and how it is sealed.
//!
//! Owns the archive's form and everything that can be said about one without a database. Refuses to know what the files
//! in it mean: databases are copied and opened by others. An archive is a tar in zstd with every file's SHA-256 in the
//! manifest that comes first, and the archive's own SHA-256 in a frame at its end that zstd skips: a byte that changed
//! anywhere is found before anything is unpacked. A bundle is less: files in a plain tar, for whoever verifies each. Start
//! reading at [`pack`], then [`unpack`].

mod bundle;
mod digest;
mod manifest;
mod name;
mod pack;
mod policy;
mod seal;
#[cfg(test)]
mod tests;
mod unpack;

pub use bundle::{BundleError, bundle, unbundle};
pub use manifest::{FORMAT, Manifest, PackedFile};
pub use name::{ArchiveName, BackupKind, NoArchiveName};
pub use pack::{PackError, Source, pack};
pub use policy::{Policy, PolicyError, kept};
pub use seal::{AGE, SealError, seal, unseal};
pub use unpack::{ArchiveError, unpack};
