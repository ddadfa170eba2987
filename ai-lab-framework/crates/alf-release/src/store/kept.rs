//! What is kept beside the unpacked releases: their documents, so that whoever verifies knows every file, and their
//! archives, so that what was changed is unpacked again without a network.

use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use semver::Version;

use super::{PlaceError, Store, disk};
use crate::atomic_file;
use crate::digest::Sha256;
use crate::limits::{ARCHIVE_BYTES, DOCUMENT_BYTES, SIGNATURE_BYTES};
use crate::offer::{OfferError, SIGNATURE_ENDING, VerifiedRelease, verified};
use crate::release::{Archive, Release};
use crate::trust::Trust;

/// The folder of documents, in the store's folder.
const RELEASES: &str = ".releases";

/// The folder of archives, in the store's folder.
const ARCHIVES: &str = ".archives";

/// How many documents are read to find the one of a place. Stops a folder that somebody filled.
const MOST: usize = 1_000;

/// Why no kept document of a place is used.
#[derive(Debug, thiserror::Error)]
pub enum KeptError {
    /// There is none.
    #[error("no release is kept that says what `{0}` should be")]
    None(String),
    /// The one with that digest is not there.
    #[error("the release {0} is not kept here")]
    NotThere(Sha256),
    /// The one with that digest is of another place.
    #[error("the release {sha256} is not that of `{name}`")]
    OfAnother {
        /// Its digest.
        sha256: Sha256,
        /// The place.
        name: String,
    },
    /// It was changed since it was kept.
    #[error("the kept release `{}` was changed", .0.display())]
    Changed(PathBuf),
    /// Nobody trusted signed it.
    #[error(transparent)]
    Offer(#[from] OfferError),
    /// The disk.
    #[error("cannot read `{}`", .path.display())]
    Disk {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl Store {
    /// Keeps a release's document and signature.
    pub fn keep_release(&self, release: &VerifiedRelease) -> Result<(), PlaceError> {
        let path = self.release_path(&release.sha256);
        let mut signature = path.as_os_str().to_owned();
        signature.push(SIGNATURE_ENDING);
        let signature = PathBuf::from(signature);
        atomic_file::replace(&signature, release.signature.as_bytes(), 0o444)
            .map_err(disk("keep", &signature))?;
        atomic_file::replace(&path, &release.text, 0o444).map_err(disk("keep", &path))
    }

    /// Keeps an archive, if it is the one that its release names; where it is then.
    pub fn keep_archive(&self, from: File, archive: &Archive) -> Result<PathBuf, PlaceError> {
        let place = self.archive_path(&archive.sha256);
        if is_whole(&place, archive) {
            return Ok(place);
        }
        let folder = self.root.join(ARCHIVES);
        fs::create_dir_all(&folder).map_err(disk("make", &folder))?;
        let beside = folder.join(format!(".{}.new", std::process::id()));
        let kept = copy(from, &beside, archive).and_then(|()| {
            fs::rename(&beside, &place).map_err(disk("rename", &beside))?;
            let opened = File::open(&folder).map_err(disk("open", &folder))?;
            opened.sync_all().map_err(disk("sync", &folder))
        });
        if kept.is_err() {
            // The first error is the one that is told.
            let _stays = fs::remove_file(&beside);
        }
        kept.map(|()| place)
    }

    /// Where a kept archive lies; `None` when it is gone or was changed.
    pub fn kept_archive(&self, archive: &Archive) -> Option<PathBuf> {
        let place = self.archive_path(&archive.sha256);
        is_whole(&place, archive).then_some(place)
    }

    /// The kept release with that digest, which the lab's lock vouches for: no signature is asked.
    pub fn release_of_digest(&self, sha256: &Sha256) -> Result<Release, KeptError> {
        let path = self.release_path(sha256);
        let text = match atomic_file::read(&path, DOCUMENT_BYTES) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(KeptError::NotThere(sha256.clone()));
            }
            read => read.map_err(|source| unreadable(&path, source))?,
        };
        if Sha256::of(&text) != *sha256 {
            return Err(KeptError::Changed(path));
        }
        Release::read(&text).map_err(|_| KeptError::Changed(path))
    }

    /// The kept release of a place, if a trusted key signed it, and its digest.
    pub fn release_of_place(
        &self,
        name: &str,
        target: &str,
        trust: &Trust,
    ) -> Result<(Release, Sha256), KeptError> {
        for sha256 in self.kept_digests()? {
            let Ok(release) = self.release_of_digest(&sha256) else {
                continue;
            };
            if is_of(&release, name, target) {
                return self.looked_at(&sha256, &release.version, trust);
            }
        }
        Err(KeptError::None(name.to_owned()))
    }

    fn looked_at(
        &self,
        sha256: &Sha256,
        version: &Version,
        trust: &Trust,
    ) -> Result<(Release, Sha256), KeptError> {
        let path = self.release_path(sha256);
        let mut beside = path.as_os_str().to_owned();
        beside.push(SIGNATURE_ENDING);
        let beside = PathBuf::from(beside);
        let read =
            |path: &Path, most| atomic_file::read(path, most).map_err(|e| unreadable(path, e));
        let text = read(&path, DOCUMENT_BYTES)?;
        let signature = read(&beside, SIGNATURE_BYTES)?;
        let signature = String::from_utf8_lossy(&signature).into_owned();
        let found = verified(&path, version, text, signature, trust)?;
        Ok((found.release, found.sha256))
    }

    /// The digests of every kept release.
    pub(super) fn kept_digests(&self) -> Result<Vec<Sha256>, KeptError> {
        names_in(&self.root.join(RELEASES), ".json")
    }

    /// The digests of every kept archive.
    pub(super) fn kept_archives(&self) -> Result<Vec<Sha256>, KeptError> {
        names_in(&self.root.join(ARCHIVES), ".tar.gz")
    }

    /// Where a release's document is kept.
    pub(super) fn release_path(&self, sha256: &Sha256) -> PathBuf {
        self.root.join(RELEASES).join(format!("{sha256}.json"))
    }

    /// Where an archive is kept.
    pub(super) fn archive_path(&self, sha256: &Sha256) -> PathBuf {
        self.root.join(ARCHIVES).join(format!("{sha256}.tar.gz"))
    }
}

/// Whether a release is what lies in the place of that name.
pub(super) fn is_of(release: &Release, name: &str, target: &str) -> bool {
    let archive = release.archive(target);
    archive.is_some_and(|archive| Store::name(&release.version, &archive.tree) == name)
}

fn unreadable(path: &Path, source: io::Error) -> KeptError {
    KeptError::Disk {
        path: path.to_owned(),
        source,
    }
}

/// The digests that files of that ending are named by; others are passed over.
fn names_in(folder: &Path, ending: &str) -> Result<Vec<Sha256>, KeptError> {
    let listed = match fs::read_dir(folder) {
        Ok(listed) => listed,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(unreadable(folder, error)),
    };
    let mut found = Vec::new();
    for entry in listed.take(MOST) {
        let entry = entry.map_err(|error| unreadable(folder, error))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let digest = name.strip_suffix(ending).and_then(|name| name.parse().ok());
        found.extend(digest);
    }
    found.sort();
    Ok(found)
}

fn is_whole(place: &Path, archive: &Archive) -> bool {
    let read = atomic_file::open_plain(place).and_then(|mut file| Sha256::of_reader(&mut file));
    read.is_ok_and(|(found, bytes)| found == archive.sha256 && bytes == archive.bytes)
}

/// Copies an archive and looks at what was written, not at what was read.
fn copy(from: File, beside: &Path, archive: &Archive) -> Result<(), PlaceError> {
    let mut options = fs::OpenOptions::new();
    let opened = options
        .read(true)
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o444)
        .open(beside);
    let mut written = opened.map_err(disk("make", beside))?;
    // One byte more than there may be tells a file that goes on.
    let mut from = from.take(archive.bytes.min(ARCHIVE_BYTES) + 1);
    io::copy(&mut from, &mut written).map_err(disk("write", beside))?;
    written.flush().map_err(disk("write", beside))?;
    written.sync_all().map_err(disk("sync", beside))?;
    written.rewind().map_err(disk("read", beside))?;
    let (found, bytes) = Sha256::of_reader(&mut written).map_err(disk("read", beside))?;
    if found == archive.sha256 && bytes == archive.bytes {
        return Ok(());
    }
    let wanted = archive.sha256.clone();
    Err(PlaceError::Archive { found, wanted })
}
