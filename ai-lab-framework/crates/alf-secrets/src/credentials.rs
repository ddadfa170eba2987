//! Secrets that systemd hands to the framework as credentials.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use ai_lab_contract::SecretName;
use rustix::fs::{FileType, Mode, OFlags, fstat, open, openat};
use rustix::io::Errno;
use zeroize::Zeroizing;

use crate::limits::{MOST_SECRETS, VALUE_BYTES};
use crate::value::{SecretValue, ValueRefused};

/// The variable in which systemd tells a service where its credentials are (systemd.exec(5)).
pub const CREDENTIALS_VARIABLE: &str = "CREDENTIALS_DIRECTORY";

/// The credentials' folder or a file of it cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read the credentials in {}", path.display())]
pub struct CredentialsUnreadable {
    /// Where.
    path: PathBuf,
    /// Why.
    #[source]
    source: io::Error,
}

/// What a folder of credentials holds.
#[derive(Debug, Default)]
pub(crate) struct Credentials {
    pub(crate) values: BTreeMap<SecretName, SecretValue>,
    /// Those that are meant for something else: too short, too long or no text.
    pub(crate) unusable: BTreeMap<SecretName, ValueRefused>,
}

/// All credentials of a folder whose file name is a name of a secret.
///
/// The service manager owns folder and files; they are read as they are, links and special files left out.
pub(crate) fn read_credentials(folder: &Path) -> Result<Credentials, CredentialsUnreadable> {
    let unreadable = |source| CredentialsUnreadable {
        path: folder.to_owned(),
        source,
    };
    let flags = OFlags::DIRECTORY | OFlags::CLOEXEC | OFlags::RDONLY;
    let opened = match open(folder, flags, Mode::empty()) {
        Ok(opened) => opened,
        Err(Errno::NOENT) => return Ok(Credentials::default()),
        Err(error) => return Err(unreadable(error.into())),
    };
    let mut credentials = Credentials::default();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let file_name = entry.map_err(unreadable)?.file_name();
        let Some(name) = file_name.to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = match openat(&opened, &file_name, flags, Mode::empty()) {
            Ok(file) => file,
            Err(Errno::LOOP | Errno::NXIO) => continue,
            Err(error) => return Err(unreadable(error.into())),
        };
        let stat = fstat(&file).map_err(|error| unreadable(error.into()))?;
        if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
            continue;
        }
        let bytes = read_bounded(file.into()).map_err(unreadable)?;
        match SecretValue::of_input(&bytes) {
            Ok(value) => drop(credentials.values.insert(name, value)),
            Err(refused) => drop(credentials.unusable.insert(name, refused)),
        }
        if credentials.values.len() + credentials.unusable.len() > MOST_SECRETS {
            return Err(unreadable(io::Error::other(format!(
                "there are more than {MOST_SECRETS}"
            ))));
        }
    }
    Ok(credentials)
}

fn read_bounded(file: File) -> io::Result<Zeroizing<Vec<u8>>> {
    // One line end may follow the longest value; one byte more tells that there is more.
    let most = *VALUE_BYTES.end() + 3;
    let mut bytes = Zeroizing::new(Vec::with_capacity(most));
    file.take(most as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}
