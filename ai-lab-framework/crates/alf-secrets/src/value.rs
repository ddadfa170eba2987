//! One secret's value.

use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

use crate::limits::VALUE_BYTES;

/// A secret's value: text of 8 bytes to 64 KiB. Cannot be printed or serialized; zeroed when dropped.
#[derive(Clone)]
pub struct SecretValue(SecretString);

/// A value that cannot be kept. Says nothing of the value but its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ValueRefused {
    /// It would be found by chance in innocent text, and guessed.
    #[error("the value has {given} bytes; a secret has at least {}", VALUE_BYTES.start())]
    TooShort {
        /// Its length in bytes.
        given: usize,
    },
    /// It is longer than a secret may be.
    #[error("the value is longer than {} bytes", VALUE_BYTES.end())]
    TooLong,
    /// It is not UTF-8.
    #[error("the value is no UTF-8 text")]
    NotText,
}

impl SecretValue {
    /// Takes a value as it is.
    pub fn new(text: &str) -> Result<Self, ValueRefused> {
        if text.len() < *VALUE_BYTES.start() {
            return Err(ValueRefused::TooShort { given: text.len() });
        }
        if text.len() > *VALUE_BYTES.end() {
            return Err(ValueRefused::TooLong);
        }
        // Copied at its exact size: making it smaller later would leave a copy behind that nobody zeroes.
        Ok(Self(SecretString::from(Box::<str>::from(text))))
    }

    /// Takes what a prompt, a file or standard input gave; one line end behind the value is no part of it.
    pub fn of_input(bytes: &Zeroizing<Vec<u8>>) -> Result<Self, ValueRefused> {
        let text = std::str::from_utf8(bytes).map_err(|_| ValueRefused::NotText)?;
        let text = text.strip_suffix('\n').unwrap_or(text);
        Self::new(text.strip_suffix('\r').unwrap_or(text))
    }

    /// The value itself: for handing over, sealing and searching.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for SecretValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretValue(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_text_of_a_bounded_length() {
        let check = |bytes: &[u8]| {
            let taken = SecretValue::of_input(&Zeroizing::new(bytes.to_vec()));
            taken.map(|value| value.expose().to_owned())
        };
        assert_eq!(
            [
                check(b"1234567"),
                check(b"12345678"),
                check("ä23456\r\n".as_bytes()),
                check(b"12345678\n\n"),
                check(b"1234567\n"),
                check(b"1234567\xff"),
                check(&vec![b'x'; 65_537]),
            ],
            [
                Err(ValueRefused::TooShort { given: 7 }),
                Ok("12345678".to_owned()),
                Err(ValueRefused::TooShort { given: 7 }),
                Ok("12345678\n".to_owned()),
                Err(ValueRefused::TooShort { given: 7 }),
                Err(ValueRefused::NotText),
                Err(ValueRefused::TooLong),
            ]
        );
        assert!(SecretValue::new(&"x".repeat(65_536)).is_ok());
    }

    #[test]
    fn a_value_is_not_shown_for_debugging() {
        let value = SecretValue::new("correct horse").expect("long enough");
        assert_eq!(format!("{value:?}"), "SecretValue(…)");
    }
}
