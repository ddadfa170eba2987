//! Checks an archive and unpacks it.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, BufReader, Read, Seek as _, SeekFrom};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use crate::digest::{Digesting, hex};
use crate::manifest::{FORMAT, MANIFEST, MANIFEST_BYTES, Manifest, PackedFile};
use crate::pack::{SKIPPED, TRAILER_BYTES};

/// Why an archive was not unpacked.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// It could not be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Its end is missing, or it never was an archive.
    #[error("{} is cut short, or no backup: its end is not an archive's", .0.display())]
    Cut(PathBuf),
    /// It is not what was written.
    #[error("{} is damaged: its content is not what was written", .0.display())]
    Damaged(PathBuf),
    /// It is whole, and no archive of ours.
    #[error("{} is no backup: {what}", path.display())]
    Strange {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// A later version made it.
    #[error("{} has format {found}, this version reads {FORMAT}", path.display())]
    Newer {
        /// Which.
        path: PathBuf,
        /// Its format.
        found: u64,
    },
    /// Its content could not be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Checks the whole archive, then unpacks it into a folder that is not there yet, for this user alone.
///
/// On an error the folder may hold a part; nobody is to use it.
pub fn unpack(archive: &Path, into: &Path) -> Result<Manifest, ArchiveError> {
    let read = |source| ArchiveError::Read {
        path: archive.to_owned(),
        source,
    };
    let mut file = File::open(archive).map_err(read)?;
    let content = check_whole(archive, &mut file)?;
    file.seek(SeekFrom::Start(0)).map_err(read)?;
    DirBuilder::new()
        .mode(0o700)
        .create(into)
        .map_err(|source| ArchiveError::Write {
            path: into.to_owned(),
            source,
        })?;
    let strange = |what: String| ArchiveError::Strange {
        path: archive.to_owned(),
        what,
    };
    let decoder = zstd::Decoder::new(file.take(content)).map_err(read)?;
    let mut tar = tar::Archive::new(decoder.single_frame());
    let mut entries = tar.entries().map_err(read)?;
    let mut next = || match entries.next() {
        None => Ok(None),
        Some(entry) => entry.map(Some).map_err(|error| strange(error.to_string())),
    };
    let first = next()?.ok_or_else(|| strange("it is empty".to_owned()))?;
    let manifest = manifest(archive, first)?;
    for packed in &manifest.files {
        let missing = || strange(format!("`{}` is missing", packed.path.escape_debug()));
        let mut entry = next()?.ok_or_else(missing)?;
        let is_it = entry.path_bytes().as_ref() == packed.path.as_bytes();
        if !is_it || !entry.header().entry_type().is_file() || entry.size() != packed.bytes {
            return Err(missing());
        }
        place(packed, &mut entry, into)?;
    }
    match next()? {
        None => Ok(manifest),
        Some(_) => Err(strange("it holds more than its manifest says".to_owned())),
    }
}

/// Compares the digest at the end with the content before it; answers with how long that is.
fn check_whole(archive: &Path, file: &mut File) -> Result<u64, ArchiveError> {
    let read = |source| ArchiveError::Read {
        path: archive.to_owned(),
        source,
    };
    let whole = file.metadata().map_err(read)?.len();
    let cut = || ArchiveError::Cut(archive.to_owned());
    let content = whole.checked_sub(TRAILER_BYTES).ok_or_else(cut)?;
    let mut through = Digesting::new(BufReader::new(&mut *file).take(content));
    io::copy(&mut through, &mut io::sink()).map_err(read)?;
    let (rest, digest, _) = through.finish();
    let mut trailer = [0_u8; 40];
    rest.into_inner().read_exact(&mut trailer).map_err(read)?;
    let (mark, expected) = trailer.split_at(8);
    if mark[..4] != SKIPPED || mark[4..] != 32_u32.to_le_bytes() {
        return Err(cut());
    }
    if expected == digest {
        Ok(content)
    } else {
        Err(ArchiveError::Damaged(archive.to_owned()))
    }
}

fn manifest(archive: &Path, entry: impl Read + Named) -> Result<Manifest, ArchiveError> {
    let strange = |what: String| ArchiveError::Strange {
        path: archive.to_owned(),
        what,
    };
    if !entry.is_named(MANIFEST) {
        return Err(strange(format!("it does not begin with {MANIFEST}")));
    }
    let mut text = Vec::new();
    entry
        .take(MANIFEST_BYTES)
        .read_to_end(&mut text)
        .map_err(|error| strange(error.to_string()))?;
    let value: serde_json::Value =
        serde_json::from_slice(&text).map_err(|error| strange(error.to_string()))?;
    match value["format"].as_u64() {
        Some(format) if format == u64::from(FORMAT) => {}
        Some(found) => {
            return Err(ArchiveError::Newer {
                path: archive.to_owned(),
                found,
            });
        }
        None => return Err(strange("its manifest has no format".to_owned())),
    }
    let manifest: Manifest =
        serde_json::from_value(value).map_err(|error| strange(error.to_string()))?;
    match manifest.fault() {
        None => Ok(manifest),
        Some(fault) => Err(strange(fault)),
    }
}

/// What knows its own name within the archive.
trait Named {
    /// Whether it is called so.
    fn is_named(&self, name: &str) -> bool;
}

impl<R: Read> Named for tar::Entry<'_, R> {
    fn is_named(&self, name: &str) -> bool {
        self.path_bytes().as_ref() == name.as_bytes()
    }
}

/// Writes one file and compares its digest.
fn place(packed: &PackedFile, content: &mut impl Read, into: &Path) -> Result<(), ArchiveError> {
    let path = into.join(&packed.path);
    let write = |source| ArchiveError::Write {
        path: path.clone(),
        source,
    };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(write)?;
    }
    let file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path);
    let mut through = Digesting::new(file.map_err(write)?);
    io::copy(content, &mut through).map_err(write)?;
    let (file, digest, bytes) = through.finish();
    if bytes != packed.bytes || hex(&digest) != packed.sha256 {
        return Err(ArchiveError::Damaged(path));
    }
    file.sync_all().map_err(write)
}
