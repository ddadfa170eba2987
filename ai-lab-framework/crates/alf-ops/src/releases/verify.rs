//! `verify`: whether the releases in the store are still what was signed, file by file.

use std::path::{Path, PathBuf};
use std::time::Instant;

use ai_lab_contract::ErrorClass;
use alf_release::{Archive, Difference, KeptError, Quick, Release, Sha256, Store, TARGET};
use semver::Version;
use serde::Serialize;

use super::pin::{Pin, pin};
use super::refusal::of_kept;
use super::shelf::Shelf;
use crate::failure::Failure;
use crate::framework::Framework;

/// Which releases are meant.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// The folder of that name in the store; `None` for the one that the lab's lock names, and every one where there is no
    /// lock.
    pub place: Option<String>,
    /// A lock in another place than the lab's folder.
    pub lock: Option<PathBuf>,
}

/// How a release was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Look {
    /// Nothing was touched since the last full look.
    Quick,
    /// Every byte was read.
    Full,
}

/// Who says what the release should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Voucher {
    /// The lab's lock, which is in git.
    Lock,
    /// A trusted key.
    Signature,
}

/// One release that was looked at.
#[derive(Debug, Serialize)]
pub struct PlaceReport {
    /// The name of its folder in the store.
    pub name: String,
    /// Where it lies.
    pub path: String,
    /// Its version; `None` where nothing says what it should be.
    pub version: Option<Version>,
    /// The digest of its document; `None` as before.
    pub release_sha256: Option<Sha256>,
    /// Who says what it should be; `None` as before.
    pub vouched_by: Option<Voucher>,
    /// How it was looked at; `None` where it could not be.
    pub look: Option<Look>,
    /// Whether it is what it should be.
    pub whole: bool,
    /// How many files it should have.
    pub files: usize,
    /// Everything that is different, by path.
    pub differences: Vec<Difference>,
    /// Why it could not be looked at; `None` where it was.
    pub problem: Option<String>,
    /// How long that took, in microseconds.
    pub took_us: u64,
}

/// What was looked at.
#[derive(Debug, Serialize)]
pub struct Verification {
    /// The form of this answer: 1.
    pub format: u32,
    /// Whether all is what it should be.
    pub whole: bool,
    /// One after the other, by name.
    pub places: Vec<PlaceReport>,
}

/// Looks at every byte of the releases that are meant; with `quick`, of those that were touched since the last full look.
pub fn verify_releases(
    framework: &Framework,
    selection: &Selection,
    quick: bool,
) -> Result<Verification, Failure> {
    let shelf = Shelf::of(framework)?;
    let subjects = subjects(framework, &shelf, selection)?;
    let reports = subjects.iter().map(|subject| {
        let begun = Instant::now();
        let mut report = report(&shelf, subject, quick);
        report.took_us = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
        report
    });
    let places: Vec<PlaceReport> = reports.collect();
    Ok(Verification {
        format: 1,
        whole: places.iter().all(|place| place.whole),
        places,
    })
}

/// A release that is meant, and the lock that names it.
pub(super) struct Subject {
    pub(super) name: String,
    pub(super) pin: Option<Pin>,
}

/// The releases that are meant, by name.
pub(super) fn subjects(
    framework: &Framework,
    shelf: &Shelf,
    selection: &Selection,
) -> Result<Vec<Subject>, Failure> {
    let pin = pin(framework, selection.lock.as_deref())?;
    let of = |name: String, pin| vec![Subject { name, pin }];
    if let Some(name) = &selection.place {
        // The lab's own lock says nothing of another release; one that was named on purpose has to.
        let other = pin.as_ref().filter(|pin| pin.name != *name);
        if let (Some(pin), Some(lock)) = (other, &selection.lock) {
            let told = format!("the lock {} names `{}`", lock.display(), pin.name);
            return Err(Failure::new(ErrorClass::Conflict, told)
                .with_hint("Leave `--place` or `--lock` away."));
        }
        let pin = pin.filter(|pin| pin.name == *name);
        return Ok(of(plain_name(name)?, pin));
    }
    if let Some(pin) = pin {
        return Ok(of(pin.name.clone(), Some(pin)));
    }
    let names = shelf
        .store
        .names()
        .map_err(|error| unreadable(shelf.store.root(), error))?;
    let subjects = names.into_iter().map(|name| Subject { name, pin: None });
    Ok(subjects.collect())
}

/// A name in the store's folder and nowhere else.
fn plain_name(name: &str) -> Result<String, Failure> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+');
    if !name.is_empty() && !name.starts_with('.') && name.chars().all(is_plain) {
        return Ok(name.to_owned());
    }
    let told = format!("`{name}` is no name of a release's folder");
    Err(Failure::new(ErrorClass::Usage, told)
        .with_hint("`ai-lab-framework store list` names them."))
}

fn unreadable(path: &Path, error: std::io::Error) -> Failure {
    let told = format!("cannot look at {}", path.display());
    Failure::caused(ErrorClass::Environment, told, error)
        .with_hint("Look at that place: its owner, its mode.")
}

/// What a release should be, and who says so.
pub(super) fn known(
    shelf: &Shelf,
    subject: &Subject,
) -> Result<(Release, Sha256, Voucher), KeptError> {
    let Some(pin) = &subject.pin else {
        let (release, sha256) =
            shelf
                .store
                .release_of_place(&subject.name, TARGET, &shelf.trust)?;
        return Ok((release, sha256, Voucher::Signature));
    };
    let release = shelf.store.release_of_digest(&pin.release_sha256)?;
    let archive = release.archive(TARGET);
    let is_it = archive.is_some_and(|archive| {
        Store::name(&release.version, &archive.tree) == subject.name
            && pin.tree() == Some(archive.tree.as_str())
    });
    if is_it {
        Ok((release, pin.release_sha256.clone(), Voucher::Lock))
    } else {
        Err(KeptError::OfAnother {
            sha256: pin.release_sha256.clone(),
            name: subject.name.clone(),
        })
    }
}

fn report(shelf: &Shelf, subject: &Subject, quick: bool) -> PlaceReport {
    let mut report = PlaceReport {
        path: shelf.store.root().join(&subject.name).display().to_string(),
        name: subject.name.clone(),
        version: None,
        release_sha256: None,
        vouched_by: None,
        look: None,
        whole: false,
        files: 0,
        differences: Vec::new(),
        problem: None,
        took_us: 0,
    };
    let (release, sha256, voucher) = match known(shelf, subject) {
        Ok(known) => known,
        Err(error) => {
            report.problem = Some(of_kept(error).chain().join(": "));
            return report;
        }
    };
    report.version = Some(release.version.clone());
    report.release_sha256 = Some(sha256);
    report.vouched_by = Some(voucher);
    let Some(archive) = release.archive(TARGET) else {
        report.problem = Some(format!("its release has nothing for {TARGET}"));
        return report;
    };
    report.files = archive.files.files().len();
    let touched = shelf.store.quick(&subject.name, Some(&archive.tree));
    if quick && touched.is_ok_and(|quick| quick == Quick::Untouched) {
        report.look = Some(Look::Quick);
        report.whole = true;
        return report;
    }
    match shelf.store.verify(&release.version, archive) {
        Ok(differences) => {
            report.look = Some(Look::Full);
            report.whole = differences.is_empty();
            report.differences = differences;
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            report.look = Some(Look::Full);
            report.differences = vec![Difference::Removed(".".to_owned())];
        }
        Err(error) => report.problem = Some(error.to_string()),
    }
    report
}

/// Looks at every byte of one release and names what is different first.
pub(super) fn whole(store: &Store, version: &Version, archive: &Archive) -> Result<(), Failure> {
    let name = Store::name(version, &archive.tree);
    let found = store
        .verify(version, archive)
        .map_err(|error| unreadable(&store.root().join(&name), error))?;
    match found.as_slice() {
        [] => Ok(()),
        [first, rest @ ..] => Err(changed(&name, first, rest.len())),
    }
}

/// What is told of a release that is not what it should be.
pub(super) fn changed(name: &str, first: &Difference, more: usize) -> Failure {
    let more = match more {
        0 => String::new(),
        1 => " and 1 more".to_owned(),
        more => format!(" and {more} more"),
    };
    let told = format!("the framework's own files were changed: in `{name}`, {first}{more}");
    Failure::new(ErrorClass::Integrity, told).with_hint(format!(
        "`ai-lab-framework repair --place {name}` unpacks it again; `ai-lab-framework verify --place {name}` names every file."
    ))
}
