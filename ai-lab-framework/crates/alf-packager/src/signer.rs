//! Whoever signs releases.

use std::fs::OpenOptions;
use std::io::{Cursor, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use minisign::{KeyPair, PublicKey, SecretKey, SecretKeyBox};

use crate::document::{DiskError, disk, read};

/// A key that signs, as `minisign -G -W` makes it.
#[derive(Debug)]
pub struct Signer {
    secret: SecretKey,
    public: PublicKey,
}

/// Why nothing was signed.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// The file of the key.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// It is no key, or is closed by a password.
    #[error("no key of minisign without a password: {0}")]
    Key(#[from] minisign::PError),
}

impl Signer {
    /// Reads a key. One that is closed by a password has to be opened before: a machine that releases has nobody to ask.
    pub fn open(path: &Path) -> Result<Self, SignError> {
        let text = String::from_utf8_lossy(&read(path)?).into_owned();
        let secret = SecretKeyBox::from_string(&text)?.into_unencrypted_secret_key()?;
        let public = PublicKey::from_secret_key(&secret)?;
        Ok(Self { secret, public })
    }

    /// Makes a new key in a file that only its owner reads; an existing one stays.
    pub fn create(path: &Path) -> Result<Self, SignError> {
        let pair = KeyPair::generate_unencrypted_keypair()?;
        let text = pair.sk.to_box(Some("signs releases"))?.into_string();
        let mut options = OpenOptions::new();
        let mut file = options
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)
            .map_err(disk("make", path))?;
        file.write_all(text.as_bytes())
            .and_then(|()| file.sync_all())
            .map_err(disk("write", path))?;
        Ok(Self {
            secret: pair.sk,
            public: pair.pk,
        })
    }

    /// The public half, as a line of base64.
    pub fn public(&self) -> String {
        self.public.to_base64()
    }

    /// A signature of these bytes. `at_ms` is milliseconds since 1970, UTC. Another one each time, as randomness is mixed in;
    /// what is signed is the same for the same release.
    pub fn sign(&self, bytes: &[u8], at_ms: i64) -> Result<String, SignError> {
        let told = format!("timestamp:{}", at_ms / 1_000);
        let signed = minisign::sign(
            Some(&self.public),
            &self.secret,
            Cursor::new(bytes),
            Some(&told),
            Some("signature of a release"),
        )?;
        Ok(signed.into_string())
    }
}
