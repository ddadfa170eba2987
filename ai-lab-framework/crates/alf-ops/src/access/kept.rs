//! One small document in a file for its owner alone, changed by one process at a time.

use std::path::Path;

use ai_lab_contract::ErrorClass;
use alf_secrets::{Exposure, PlaceError, PrivateFolder};
use rustix::rand::{GetRandomFlags, getrandom};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::failure::Failure;

/// Below the framework's home, where these documents are.
const FOLDER: &str = "access";

/// The longest document, in bytes. Each has a bound of entries far below; this one stops a file that is none of ours
/// from filling the memory.
const DOCUMENT_BYTES: u64 = 4_194_304;

/// The form of every document.
pub(super) const FORMAT: u32 = 1;

/// A document with a name and a form.
pub(super) trait Kept: Default + Serialize + DeserializeOwned {
    /// The name of its file.
    const FILE: &'static str;

    /// The form that it names itself.
    fn format(&self) -> u32;
}

/// The document as it is; an empty one where there is none.
pub(super) fn read<T: Kept>(home: &Path) -> Result<T, Failure> {
    match PrivateFolder::open(&home.join(FOLDER)).map_err(unusable)? {
        Some(folder) => read_in(&folder),
        None => Ok(T::default()),
    }
}

/// Changes the document: a crash leaves the old one or the new one, and of two processes each sees the other's change.
///
/// `decide` says what comes of it, and whether anything is to be written.
pub(super) fn change<T: Kept, R>(
    home: &Path,
    decide: impl FnOnce(&mut T) -> Result<(R, Write), Failure>,
) -> Result<R, Failure> {
    let folder = PrivateFolder::make(&home.join(FOLDER)).map_err(unusable)?;
    let _one_at_a_time = folder.lock().map_err(unusable)?;
    let mut document: T = read_in(&folder)?;
    let (told, write) = decide(&mut document)?;
    match write {
        Write::Nothing => {}
        Write::Document => {
            let text = serde_json::to_vec_pretty(&document)
                .expect("because these documents have text keys only");
            folder.replace(T::FILE, &text).map_err(unusable)?;
        }
    }
    Ok(told)
}

/// What a change comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Write {
    Nothing,
    Document,
}

fn read_in<T: Kept>(folder: &PrivateFolder) -> Result<T, Failure> {
    let Some(bytes) = folder.read(T::FILE, DOCUMENT_BYTES).map_err(unusable)? else {
        return Ok(T::default());
    };
    let path = || folder.path().join(T::FILE).display().to_string();
    let hint = format!(
        "Move it away: what it granted is gone then, and nothing else ({}).",
        T::FILE
    );
    let document: T = serde_json::from_slice(&bytes).map_err(|error| {
        let told = format!("{} is not what the framework wrote there", path());
        Failure::caused(ErrorClass::Environment, told, error).with_hint(hint.clone())
    })?;
    if document.format() == FORMAT {
        return Ok(document);
    }
    let told = format!(
        "{} has the form {}, this framework reads {FORMAT}",
        path(),
        document.format()
    );
    Err(Failure::new(ErrorClass::Incompatible, told).with_hint(hint))
}

fn unusable(error: PlaceError) -> Failure {
    let hint = match &error {
        PlaceError::Exposed { path, exposure } => match exposure {
            Exposure::OpenToOthers => {
                format!("`chmod go= {}` makes it yours alone.", path.display())
            }
            Exposure::OfAnotherUser | Exposure::WrongKind => {
                format!("Move {} away: the framework makes its own.", path.display())
            }
        },
        PlaceError::TooLong { path, .. } => {
            format!("Move {} away.", path.display())
        }
        PlaceError::System { .. } => {
            "`ai-lab-framework doctor` looks at the home and the disk.".to_owned()
        }
    };
    let told = "cannot use what the framework keeps of clients";
    Failure::caused(ErrorClass::Environment, told, error).with_hint(hint)
}

/// So many bytes that nobody can guess, as hexadecimal digits.
pub(super) fn random_digits<const BYTES: usize>() -> Result<String, Failure> {
    use std::fmt::Write as _;
    let mut bytes = [0_u8; BYTES];
    let mut filled = 0;
    while filled < BYTES {
        filled += match getrandom(&mut bytes[filled..], GetRandomFlags::empty()) {
            Ok(more) => more,
            Err(rustix::io::Errno::INTR) => 0,
            Err(error) => {
                let told = "the kernel gives no random bytes";
                let error = std::io::Error::from(error);
                return Err(Failure::caused(ErrorClass::Environment, told, error));
            }
        };
    }
    let mut digits = String::with_capacity(BYTES * 2);
    for byte in bytes {
        write!(digits, "{byte:02x}").expect("because a String takes everything");
    }
    Ok(digits)
}

/// Whether two digests are the same, in a time that does not tell where they differ.
pub(super) fn same_digest(one: &str, other: &str) -> bool {
    let differing = one
        .bytes()
        .zip(other.bytes())
        .fold(0, |differing, (one, other)| differing | (one ^ other));
    // Their lengths are no secret.
    one.len() == other.len() && std::hint::black_box(differing) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_the_same_or_not_and_random_bytes_are_never() {
        assert!(same_digest("sha256:00", "sha256:00"));
        for other in ["sha256:01", "sha256:10", "sha256:0", "sha256:000", ""] {
            assert!(!same_digest("sha256:00", other), "{other}");
        }
        let digits = || random_digits::<32>().expect("the kernel gives them");
        assert_eq!(digits().len(), 64);
        assert_ne!(digits(), digits());
    }
}
