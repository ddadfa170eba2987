//! Whose signatures are believed: minisign keys, each for a time, with a counter that never goes back.

use minisign_verify::{PublicKey, Signature};
use serde::{Deserialize, Serialize};

/// A key that signs releases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// What people call it.
    pub name: String,
    /// The key, as minisign writes it: 56 characters of base64.
    pub public: String,
    /// From when on it is believed: milliseconds since 1970, UTC.
    pub from_ms: i64,
    /// Until when.
    pub until_ms: i64,
}

/// A key that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the key `{name}` is no minisign key: {why}")]
pub struct KeyError {
    /// Its name.
    pub name: String,
    /// What is wrong with it.
    pub why: String,
}

/// The keys that are believed.
#[derive(Debug)]
pub struct Trust {
    keys: Vec<(Key, PublicKey)>,
}

/// Why a signature is not believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrustError {
    /// It is no signature.
    #[error("no signature of minisign: {0}")]
    Unreadable(String),
    /// None of the keys made it.
    #[error("not signed by a key that is trusted here")]
    Stranger,
    /// A key made it that is not believed at this time.
    #[error("signed by the key `{name}`, which is not valid at this time")]
    OutOfTime {
        /// The key's name.
        name: String,
    },
    /// What was signed is something else.
    #[error("the signature of the key `{name}` is of something else: the file was changed")]
    Changed {
        /// The key's name.
        name: String,
    },
}

impl Trust {
    /// Trust in these keys.
    pub fn of(keys: Vec<Key>) -> Result<Self, KeyError> {
        let keys: Result<Vec<_>, KeyError> = keys
            .into_iter()
            .map(|key| match PublicKey::from_base64(&key.public) {
                Ok(public) => Ok((key, public)),
                Err(error) => Err(KeyError {
                    name: key.name,
                    why: error.to_string(),
                }),
            })
            .collect();
        Ok(Self { keys: keys? })
    }

    /// Who is trusted.
    pub fn keys(&self) -> impl Iterator<Item = &Key> {
        self.keys.iter().map(|(key, _)| key)
    }

    /// Whether nobody is trusted.
    pub const fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The key that signed these bytes, if it is one that is believed at this instant.
    pub fn signer(&self, bytes: &[u8], signature: &str, now_ms: i64) -> Result<&Key, TrustError> {
        let signature = Signature::decode(signature)
            .map_err(|error| TrustError::Unreadable(error.to_string()))?;
        let mut refused = TrustError::Stranger;
        for (key, public) in &self.keys {
            match public.verify(bytes, &signature, false) {
                Ok(()) if (key.from_ms..key.until_ms).contains(&now_ms) => return Ok(key),
                Ok(()) => {
                    refused = TrustError::OutOfTime {
                        name: key.name.clone(),
                    };
                }
                Err(minisign_verify::Error::UnexpectedKeyId) => {}
                Err(_) => {
                    refused = TrustError::Changed {
                        name: key.name.clone(),
                    };
                }
            }
        }
        Err(refused)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use minisign::KeyPair;

    use super::*;

    fn pair() -> KeyPair {
        KeyPair::generate_unencrypted_keypair().expect("a key")
    }

    fn key(name: &str, pair: &KeyPair, from_ms: i64, until_ms: i64) -> Key {
        Key {
            name: name.to_owned(),
            public: pair.pk.to_base64(),
            from_ms,
            until_ms,
        }
    }

    fn signed(pair: &KeyPair, bytes: &[u8]) -> String {
        minisign::sign(Some(&pair.pk), &pair.sk, Cursor::new(bytes), None, None)
            .expect("signed")
            .into_string()
    }

    #[test]
    fn only_a_trusted_key_in_its_time_signs_and_only_what_it_signed() {
        let (old, new, stranger) = (pair(), pair(), pair());
        let keys = vec![key("old", &old, 0, 100), key("new", &new, 50, 200)];
        let trust = Trust::of(keys).expect("keys");
        let signer = |pair: &KeyPair, bytes: &[u8], now_ms| {
            let signature = signed(pair, b"release");
            trust
                .signer(bytes, &signature, now_ms)
                .map(|key| key.name.clone())
        };
        // While one takes over from the other, both are believed.
        assert_eq!(signer(&old, b"release", 99), Ok("old".to_owned()));
        assert_eq!(signer(&new, b"release", 99), Ok("new".to_owned()));
        let out_of_time = |name: &str| {
            Err(TrustError::OutOfTime {
                name: name.to_owned(),
            })
        };
        assert_eq!(signer(&old, b"release", 100), out_of_time("old"));
        assert_eq!(signer(&new, b"release", 49), out_of_time("new"));
        assert_eq!(signer(&stranger, b"release", 99), Err(TrustError::Stranger));
        let changed = TrustError::Changed {
            name: "new".to_owned(),
        };
        assert_eq!(signer(&new, b"another", 99), Err(changed));
    }

    #[test]
    fn what_is_no_signature_or_no_key_is_named() {
        let trust = Trust::of(vec![key("one", &pair(), 0, 1)]).expect("keys");
        let told = trust.signer(b"", "hello", 0).expect_err("refused");
        assert!(
            told.to_string().starts_with("no signature of minisign: "),
            "{told}"
        );
        let mut broken = key("broken", &pair(), 0, 1);
        broken.public.truncate(8);
        let told = Trust::of(vec![broken]).expect_err("refused").to_string();
        assert!(
            told.starts_with("the key `broken` is no minisign key: "),
            "{told}"
        );
    }
}
