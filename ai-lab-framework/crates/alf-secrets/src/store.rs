//! Where secrets lie, and who was granted what.
//!
//! The framework's home holds two private folders: `secrets/` with the sealed file, `keys/` with its key. A copy of
//! one without the other reveals nothing. Credentials of systemd stand beside them, read-only, and win over a secret
//! of the same name.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ai_lab_contract::{SecretName, ToolName};
use rustix::process::{DumpableBehavior, set_dumpable_behavior};
use serde::Serialize;

use crate::credentials::{Credentials, CredentialsUnreadable, read_credentials};
use crate::document::{Document, DocumentBroken, Entry};
use crate::grant::Grant;
use crate::limits::{MOST_GRANTS, MOST_SECRETS, SEALED_BYTES, TOTAL_BYTES};
use crate::private_place::{PlaceError, PrivateFolder};
use crate::redactor::Redactor;
use crate::seal::{SealBroken, SealKey};
use crate::value::{SecretValue, ValueRefused};

const SEALED: &str = "secrets.sealed";
const KEY: &str = "secrets.key";
const KEY_BYTES: u64 = 128;

/// Where one secret is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum KeptIn {
    /// In the sealed file below the framework's home.
    File,
    /// In a credential that systemd gave to this process; cannot be changed here.
    Credential,
}

impl KeptIn {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Credential => "credential",
        }
    }
}

/// One secret as it is kept.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Its value.
    pub value: SecretValue,
    /// Where.
    pub kept_in: KeptIn,
    /// When its value was set, in milliseconds since 1970, UTC; `None` for a credential.
    pub set_at_ms: Option<i64>,
}

/// All secrets and all grants, as they were when they were read.
#[derive(Clone, Debug, Default)]
pub struct Secrets {
    kept: BTreeMap<SecretName, Kept>,
    unusable: BTreeMap<SecretName, ValueRefused>,
    grants: Vec<Grant>,
}

impl Secrets {
    /// Every secret, by name.
    pub fn kept(&self) -> impl Iterator<Item = (&SecretName, &Kept)> {
        self.kept.iter()
    }

    /// One secret's value; `None` where it is not kept.
    pub fn value(&self, name: &SecretName) -> Option<&SecretValue> {
        self.kept.get(name).map(|kept| &kept.value)
    }

    /// Credentials that are no secrets, with the reason: neither granted nor redacted.
    pub const fn unusable(&self) -> &BTreeMap<SecretName, ValueRefused> {
        &self.unusable
    }

    /// Every grant, in the order they were given.
    pub fn grants(&self) -> &[Grant] {
        &self.grants
    }

    /// The grant of a secret to the tool in that folder; `None` where there is none.
    pub fn grant(&self, secret: &SecretName, tool: &ToolName, folder: &Path) -> Option<&Grant> {
        self.grants
            .iter()
            .find(|grant| grant.secret == *secret && grant.tool == *tool && grant.folder == folder)
    }

    /// Takes every one of these secrets out of what is written.
    pub fn redactor(&self) -> Redactor {
        Redactor::new(self.kept.iter().map(|(name, kept)| (name, &kept.value)))
    }
}

/// Secrets that cannot be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    /// A folder or file is not as private as it must be, or cannot be reached.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// The credentials cannot be read.
    #[error(transparent)]
    Credentials(#[from] CredentialsUnreadable),
    /// The sealed file is there and its key is not.
    #[error("the key of the secrets is missing: {}", .0.display())]
    KeyMissing(PathBuf),
    /// The sealed file does not open with its key.
    #[error("the secrets in {} do not open: the key is another one, or the file is damaged", .0.display())]
    DoesNotOpen(PathBuf),
    /// A later framework wrote the file.
    #[error("a later framework version wrote {}", .0.display())]
    Newer(PathBuf),
    /// There is no secret of that name.
    #[error("there is no secret `{0}`")]
    NotThere(SecretName),
    /// There is one of that name.
    #[error("there is a secret `{0}` already")]
    AlreadyThere(SecretName),
    /// It is a credential, which only the service's unit changes.
    #[error("the secret `{0}` is a credential of systemd and cannot be changed here")]
    IsCredential(SecretName),
    /// More is kept than can be searched for.
    #[error(
        "no more can be kept: at most {MOST_SECRETS} secrets of {TOTAL_BYTES} bytes together, and {MOST_GRANTS} grants"
    )]
    Full,
    /// The kernel gives no randomness.
    #[error("the kernel gives no randomness")]
    Randomness(#[source] std::io::Error),
}

/// What tells that something changed since the secrets were read; equal stamps, equal secrets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stamp {
    sealed: Option<FileStamp>,
    credentials: Option<FileStamp>,
}

impl Stamp {
    /// Whether there was no file of secrets and no credential.
    pub const fn is_nothing(&self) -> bool {
        self.sealed.is_none() && self.credentials.is_none()
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct FileStamp([i128; 6]);

/// The place of the secrets. Opens nothing until asked.
#[derive(Clone, Debug)]
pub struct SecretStore {
    folder: PathBuf,
    keys: PathBuf,
    credentials: Option<PathBuf>,
}

impl SecretStore {
    /// The secrets below this home; `credentials` is the value of [`CREDENTIALS_VARIABLE`](crate::CREDENTIALS_VARIABLE).
    pub fn new(home: &Path, credentials: Option<&Path>) -> Self {
        Self {
            folder: home.join("secrets"),
            keys: home.join("keys"),
            credentials: credentials.map(Path::to_owned),
        }
    }

    /// The two private folders: no tool may be granted anything in them.
    pub fn folders(&self) -> [&Path; 2] {
        [&self.folder, &self.keys]
    }

    /// Tells whether anything has changed, without reading a secret.
    pub fn stamp(&self) -> Stamp {
        Stamp {
            sealed: file_stamp(&self.folder.join(SEALED)),
            credentials: self.credentials.as_deref().and_then(file_stamp),
        }
    }

    /// Reads all secrets and grants; opens and decrypts nothing where there are none.
    ///
    /// Once it has read a secret, this process cannot be traced or dumped by others of the same user.
    pub fn load(&self) -> Result<Secrets, SecretsError> {
        let document = match PrivateFolder::open(&self.folder)? {
            None => Document::default(),
            Some(folder) => self.read(&folder)?,
        };
        self.with_credentials(document)
    }

    fn with_credentials(&self, document: Document) -> Result<Secrets, SecretsError> {
        let mut kept: BTreeMap<SecretName, Kept> = document
            .secrets
            .into_iter()
            .map(|(name, entry)| {
                let Entry { value, set_at_ms } = entry;
                let kept = Kept {
                    value,
                    kept_in: KeptIn::File,
                    set_at_ms: Some(set_at_ms),
                };
                (name, kept)
            })
            .collect();
        let credentials = self.read_credentials()?;
        for (name, value) in credentials.values {
            let credential = Kept {
                value,
                kept_in: KeptIn::Credential,
                set_at_ms: None,
            };
            kept.insert(name, credential);
        }
        if kept
            .values()
            .map(|kept| kept.value.expose().len())
            .sum::<usize>()
            > 2 * TOTAL_BYTES
        {
            return Err(SecretsError::Full);
        }
        if !kept.is_empty() {
            // Where the kernel refuses, the secrets are as safe as the account is.
            let _best_effort = set_dumpable_behavior(DumpableBehavior::NotDumpable);
        }
        Ok(Secrets {
            kept,
            unusable: credentials.unusable,
            grants: document.grants,
        })
    }

    fn read_credentials(&self) -> Result<Credentials, SecretsError> {
        match &self.credentials {
            None => Ok(Credentials::default()),
            Some(folder) => Ok(read_credentials(folder)?),
        }
    }

    fn read(&self, folder: &PrivateFolder) -> Result<Document, SecretsError> {
        let Some(sealed) = folder.read(SEALED, SEALED_BYTES)? else {
            return Ok(Document::default());
        };
        let path = self.folder.join(SEALED);
        let key = self
            .key()?
            .ok_or_else(|| SecretsError::KeyMissing(self.keys.join(KEY)))?;
        let plain = key.open(&sealed).map_err(|broken| match broken {
            SealBroken::Form => SecretsError::Newer(path.clone()),
            SealBroken::KeyOrBytes => SecretsError::DoesNotOpen(path.clone()),
        })?;
        Document::parse(&plain).map_err(|broken| match broken {
            DocumentBroken::Newer(_) => SecretsError::Newer(path),
            DocumentBroken::Form => SecretsError::DoesNotOpen(path),
        })
    }

    fn key(&self) -> Result<Option<SealKey>, SecretsError> {
        let Some(folder) = PrivateFolder::open(&self.keys)? else {
            return Ok(None);
        };
        let Some(text) = folder.read(KEY, KEY_BYTES)? else {
            return Ok(None);
        };
        let broken = || SecretsError::DoesNotOpen(self.keys.join(KEY));
        SealKey::parse(&text).ok_or_else(broken).map(Some)
    }

    /// Keeps a new secret.
    pub fn add(
        &self,
        name: &SecretName,
        value: &SecretValue,
        now_ms: i64,
    ) -> Result<(), SecretsError> {
        self.refuse_credential(name)?;
        self.change(|document| {
            if document.secrets.contains_key(name) {
                return Err(SecretsError::AlreadyThere(name.clone()));
            }
            let value = value.clone();
            let set_at_ms = now_ms;
            document
                .secrets
                .insert(name.clone(), Entry { value, set_at_ms });
            Ok(())
        })
    }

    /// Puts another value in the place of a secret's, and gives the old one; grants stay.
    pub fn replace(
        &self,
        name: &SecretName,
        value: &SecretValue,
        now_ms: i64,
    ) -> Result<SecretValue, SecretsError> {
        self.refuse_credential(name)?;
        self.change(|document| {
            let entry = document.secrets.get_mut(name);
            let entry = entry.ok_or_else(|| SecretsError::NotThere(name.clone()))?;
            entry.set_at_ms = now_ms;
            Ok(std::mem::replace(&mut entry.value, value.clone()))
        })
    }

    /// Takes a secret away, and its grants with it.
    pub fn remove(&self, name: &SecretName) -> Result<(), SecretsError> {
        self.refuse_credential(name)?;
        self.change(|document| {
            document.grants.retain(|grant| grant.secret != *name);
            let removed = document.secrets.remove(name);
            removed
                .map(|_| ())
                .ok_or_else(|| SecretsError::NotThere(name.clone()))
        })
    }

    /// Keeps a grant, in the place of an older one to the same tool.
    pub fn grant(&self, grant: &Grant) -> Result<(), SecretsError> {
        let is_credential = self.read_credentials()?.values.contains_key(&grant.secret);
        self.change(|document| {
            if !is_credential && !document.secrets.contains_key(&grant.secret) {
                return Err(SecretsError::NotThere(grant.secret.clone()));
            }
            document.grants.retain(|older| {
                (&older.secret, &older.tool, &older.folder)
                    != (&grant.secret, &grant.tool, &grant.folder)
            });
            document.grants.push(grant.clone());
            Ok(())
        })
    }

    /// Takes every grant of a secret to a tool of that name away, wherever it lies; says how many there were.
    pub fn revoke(&self, secret: &SecretName, tool: &ToolName) -> Result<usize, SecretsError> {
        self.change(|document| {
            let before = document.grants.len();
            document
                .grants
                .retain(|grant| grant.secret != *secret || grant.tool != *tool);
            Ok(before - document.grants.len())
        })
    }

    fn refuse_credential(&self, name: &SecretName) -> Result<(), SecretsError> {
        if self.read_credentials()?.values.contains_key(name) {
            return Err(SecretsError::IsCredential(name.clone()));
        }
        Ok(())
    }

    /// One change, alone among all processes: all of it is kept, or nothing.
    fn change<T>(
        &self,
        change: impl FnOnce(&mut Document) -> Result<T, SecretsError>,
    ) -> Result<T, SecretsError> {
        let folder = PrivateFolder::make(&self.folder)?;
        let _alone = folder.lock()?;
        let mut document = self.read(&folder)?;
        let told = change(&mut document)?;
        let bytes = document
            .secrets
            .values()
            .map(|entry| entry.value.expose().len());
        if document.secrets.len() > MOST_SECRETS
            || bytes.sum::<usize>() > TOTAL_BYTES
            || document.grants.len() > MOST_GRANTS
        {
            return Err(SecretsError::Full);
        }
        if document.secrets.is_empty() && document.grants.is_empty() {
            folder.remove(SEALED)?;
            return Ok(told);
        }
        let random = |error: rustix::io::Errno| SecretsError::Randomness(error.into());
        let key = if let Some(key) = self.key()? {
            key
        } else {
            let key = SealKey::random().map_err(random)?;
            // Before the file that needs it.
            PrivateFolder::make(&self.keys)?.replace(KEY, key.text().as_bytes())?;
            key
        };
        folder.replace(SEALED, &key.seal(&document.text()).map_err(random)?)?;
        Ok(told)
    }
}

fn file_stamp(path: &Path) -> Option<FileStamp> {
    let stat = rustix::fs::lstat(path).ok()?;
    Some(FileStamp([
        i128::from(stat.st_ino),
        i128::from(stat.st_size),
        i128::from(stat.st_mtime),
        i128::from(stat.st_mtime_nsec),
        i128::from(stat.st_ctime),
        i128::from(stat.st_ctime_nsec),
    ]))
}
