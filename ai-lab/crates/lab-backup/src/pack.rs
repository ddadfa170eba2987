//! Writes an archive.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use crate::digest::{Digesting, hex};
use crate::manifest::{MANIFEST, Manifest, PackedFile};

/// How hard is compressed: fast, as a backup is made every hour.
const LEVEL: i32 = 3;

/// What zstd skips, as the archive's last frame begins with.
pub(crate) const SKIPPED: [u8; 4] = [0x50, 0x2a, 0x4d, 0x18];

/// The last frame: what zstd skips, how long it is, the digest of everything before.
pub(crate) const TRAILER_BYTES: u64 = 4 + 4 + 32;

/// A file to pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Its path in the archive: below the lab's folder, `/` between the parts.
    pub path: String,
    /// Where it is now. It does not change meanwhile.
    pub file: PathBuf,
}

/// Why there is no archive. Nothing was left at its path.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// Something is there already.
    #[error("{} is there already", .0.display())]
    Occupied(PathBuf),
    /// A file could not be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The archive could not be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Packs files; the archive appears under its name only when it is whole and on the disk. Answers with its manifest,
/// whose `files` are those packed.
pub fn pack(manifest: Manifest, sources: &[Source], to: &Path) -> Result<Manifest, PackError> {
    if to.symlink_metadata().is_ok() {
        return Err(PackError::Occupied(to.to_owned()));
    }
    let files = sources.iter().map(packed).collect::<Result<Vec<_>, _>>()?;
    let manifest = Manifest { files, ..manifest };
    let mut draft = to.as_os_str().to_owned();
    draft.push(".part");
    let draft = PathBuf::from(draft);
    let written = write(&manifest, sources, &draft).and_then(|()| {
        fs::rename(&draft, to)?;
        File::open(to.parent().unwrap_or(Path::new(".")))?.sync_all()
    });
    written.map_err(|source| {
        // Half an archive must not be taken for one; why it failed matters more.
        let _ = fs::remove_file(&draft);
        PackError::Write {
            path: to.to_owned(),
            source,
        }
    })?;
    Ok(manifest)
}

fn packed(source: &Source) -> Result<PackedFile, PackError> {
    let read = || -> io::Result<PackedFile> {
        let mut through = Digesting::new(File::open(&source.file)?);
        io::copy(&mut through, &mut io::sink())?;
        let (_, digest, bytes) = through.finish();
        Ok(PackedFile {
            path: source.path.clone(),
            bytes,
            sha256: hex(&digest),
        })
    };
    read().map_err(|error| PackError::Read {
        path: source.file.clone(),
        source: error,
    })
}

fn write(manifest: &Manifest, sources: &[Source], draft: &Path) -> io::Result<()> {
    // What a killed backup left; mostly there is nothing.
    let _ = fs::remove_file(draft);
    let file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(draft)?;
    let mut encoder = zstd::Encoder::new(Digesting::new(file), LEVEL)?;
    encoder.include_checksum(true)?;
    let mut archive = tar::Builder::new(encoder);
    let text = serde_json::to_vec_pretty(manifest)?;
    append(&mut archive, MANIFEST, text.len() as u64, &text[..])?;
    for (source, packed) in sources.iter().zip(&manifest.files) {
        // What grew meanwhile is cut, and what shrank is padded by nothing: unpacking would name either.
        let file = File::open(&source.file)?.take(packed.bytes);
        append(&mut archive, &packed.path, packed.bytes, file)?;
    }
    let (mut file, digest, _) = archive.into_inner()?.finish()?.finish();
    file.write_all(&SKIPPED)?;
    file.write_all(&32_u32.to_le_bytes())?;
    file.write_all(&digest)?;
    file.sync_all()
}

fn append<W: io::Write>(
    archive: &mut tar::Builder<W>,
    path: &str,
    bytes: u64,
    content: impl io::Read,
) -> io::Result<()> {
    let mut header = tar::Header::new_gnu();
    header.set_size(bytes);
    header.set_mode(0o600);
    archive.append_data(&mut header, path, content)
}
