//! SHA-256 as it is written in releases: 64 hexadecimal digits, small.

use std::fmt::{self, Write as _};
use std::io::{self, Read};
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256 as Hasher};

/// A SHA-256.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(try_from = "String", into = "String")]
pub struct Sha256(String);

/// A text that is no SHA-256.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no SHA-256: 64 hexadecimal digits in small letters are wanted")]
pub struct NoDigest;

impl Sha256 {
    /// That of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self::from_bytes(&Hasher::digest(bytes))
    }

    /// That of all that is read, and how many bytes it was.
    pub fn of_reader(reader: &mut impl Read) -> io::Result<(Self, u64)> {
        let mut hasher = Hasher::new();
        let mut bytes = 0;
        let mut piece = vec![0; 65_536];
        loop {
            match reader.read(&mut piece) {
                Ok(0) => return Ok((Self::from_bytes(&hasher.finalize()), bytes)),
                Ok(length) => {
                    hasher.update(&piece[..length]);
                    bytes += length as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// That of all that a hasher was given.
    pub(crate) fn of_hasher(hasher: Hasher) -> Self {
        Self::from_bytes(&hasher.finalize())
    }

    fn from_bytes(bytes: &[u8]) -> Self {
        let mut digits = String::with_capacity(64);
        for byte in bytes {
            let _never = write!(digits, "{byte:02x}");
        }
        Self(digits)
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Sha256 {
    type Err = NoDigest;

    fn from_str(text: &str) -> Result<Self, NoDigest> {
        let is_digit = |c: u8| c.is_ascii_digit() || (b'a'..=b'f').contains(&c);
        if text.len() == 64 && text.bytes().all(is_digit) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NoDigest)
        }
    }
}

impl TryFrom<String> for Sha256 {
    type Error = NoDigest;

    fn try_from(text: String) -> Result<Self, NoDigest> {
        text.parse()
    }
}

impl From<Sha256> for String {
    fn from(digest: Sha256) -> Self {
        digest.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_what_every_other_program_says() {
        let of_abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(Sha256::of(b"abc").as_str(), of_abc);
        let read = Sha256::of_reader(&mut b"abc".as_slice()).expect("bytes");
        assert_eq!((read.0.to_string().as_str(), read.1), (of_abc, 3));
        assert_eq!(of_abc.parse(), Ok(Sha256::of(b"abc")));
        assert_eq!(of_abc.to_uppercase().parse::<Sha256>(), Err(NoDigest));
        assert_eq!(of_abc[1..].parse::<Sha256>(), Err(NoDigest));
    }
}
