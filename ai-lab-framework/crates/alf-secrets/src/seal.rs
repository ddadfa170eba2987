//! Seals bytes with a key: whoever has only one of the two has nothing.

use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{Key, KeyInit as _, XChaCha20Poly1305, XNonce};
use rustix::rand::{GetRandomFlags, getrandom};
use zeroize::Zeroizing;

/// What a sealed file begins with: the form's version, so that a later form is refused by name.
const HEAD: &[u8] = b"ai-lab sealed 1 xchacha20-poly1305\n";
const NONCE: usize = 24;
const KEY: usize = 32;

/// The key of the file of secrets.
pub(crate) struct SealKey(Zeroizing<[u8; KEY]>);

/// Bytes that this key does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SealBroken {
    /// Not a sealed file, or one of a later form.
    Form,
    /// Another key, or a byte was changed.
    KeyOrBytes,
}

impl SealKey {
    /// A new key from the kernel.
    pub(crate) fn random() -> Result<Self, rustix::io::Errno> {
        let mut key = Zeroizing::new([0; KEY]);
        fill(key.as_mut())?;
        Ok(Self(key))
    }

    /// Reads the text of [`Self::text`]; `None` for anything else.
    pub(crate) fn parse(text: &[u8]) -> Option<Self> {
        let digits = text.strip_suffix(b"\n").unwrap_or(text);
        let mut key = Zeroizing::new([0; KEY]);
        if digits.len() != 2 * KEY {
            return None;
        }
        for (byte, pair) in key.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = hex_digit(pair[0])? << 4 | hex_digit(pair[1])?;
        }
        Some(Self(key))
    }

    /// The key as 64 hexadecimal digits and a line end.
    pub(crate) fn text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(hex(self.0.as_ref()));
        text.push('\n');
        text
    }

    /// Seals bytes under a nonce of their own.
    pub(crate) fn seal(&self, plain: &[u8]) -> Result<Vec<u8>, rustix::io::Errno> {
        let mut nonce = [0; NONCE];
        fill(&mut nonce)?;
        let payload = Payload {
            msg: plain,
            aad: HEAD,
        };
        let sealed = self
            .cipher()
            .encrypt(&XNonce::from(nonce), payload)
            .expect("because a file of secrets is far below what the cipher takes");
        Ok([HEAD, &nonce, &sealed].concat())
    }

    /// Opens what [`Self::seal`] made.
    pub(crate) fn open(&self, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealBroken> {
        let rest = sealed.strip_prefix(HEAD).ok_or(SealBroken::Form)?;
        let (nonce, msg) = rest
            .split_first_chunk::<NONCE>()
            .ok_or(SealBroken::KeyOrBytes)?;
        let payload = Payload { msg, aad: HEAD };
        let plain = self.cipher().decrypt(&XNonce::from(*nonce), payload);
        plain
            .map(Zeroizing::new)
            .map_err(|_| SealBroken::KeyOrBytes)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&Key::from(*self.0))
    }
}

/// Lower-case hexadecimal, written into a buffer that has its size from the start.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(2 * bytes.len() + 1);
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

/// The value of one hexadecimal digit; `None` for anything else.
pub(crate) fn hex_digit(digit: u8) -> Option<u8> {
    let value = char::from(digit).to_digit(16)?;
    u8::try_from(value).ok()
}

fn fill(mut bytes: &mut [u8]) -> Result<(), rustix::io::Errno> {
    while !bytes.is_empty() {
        match getrandom(&mut *bytes, GetRandomFlags::empty()) {
            Ok(count) => bytes = &mut bytes[count..],
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_with_its_key_alone_and_only_unchanged() {
        let key = SealKey::random().expect("the kernel has randomness");
        let again = SealKey::parse(key.text().as_bytes()).expect("a key reads its own text");
        let sealed = key.seal(b"correct horse").expect("sealed");
        assert_eq!(
            again.open(&sealed).expect("opens").as_slice(),
            b"correct horse"
        );
        assert!(!sealed.windows(7).any(|part| part == b"correct"));
        let other = SealKey::random().expect("the kernel has randomness");
        assert_eq!(other.open(&sealed), Err(SealBroken::KeyOrBytes));
        for place in [HEAD.len(), HEAD.len() + NONCE, sealed.len() - 1] {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert_eq!(
                key.open(&changed),
                Err(SealBroken::KeyOrBytes),
                "byte {place}"
            );
        }
        assert_eq!(key.open(b"ai-lab sealed 2 \n"), Err(SealBroken::Form));
        assert_eq!(key.open(HEAD), Err(SealBroken::KeyOrBytes));
    }

    #[test]
    fn equal_bytes_are_sealed_differently_each_time() {
        let key = SealKey::random().expect("the kernel has randomness");
        assert_ne!(
            key.seal(b"same").expect("sealed"),
            key.seal(b"same").expect("sealed")
        );
    }

    #[test]
    fn only_a_key_is_read_as_one() {
        let refused: [&[u8]; 4] = [b"", b"00", &[b'g'; 64], &[b'0'; 65]];
        for text in refused {
            assert!(SealKey::parse(text).is_none());
        }
    }
}
