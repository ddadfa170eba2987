//! Takes values out of what comes in pieces.

use std::io::{self, Write};
use std::sync::Arc;

use crate::redactor::{Patterns, Redactor};

/// Writes on what it is given without any secret, wherever the pieces are cut.
///
/// Holds back as many bytes as the longest form is long; [`Self::finish`] writes them.
#[derive(Debug)]
pub struct RedactingWriter<W: Write> {
    inner: W,
    patterns: Option<Arc<Patterns>>,
    held: Vec<u8>,
    /// How many of the held bytes are written or replaced already, and kept to see what goes on behind them.
    done: usize,
    replaced: u64,
}

impl<W: Write> RedactingWriter<W> {
    /// Before this writer.
    pub fn new(redactor: &Redactor, inner: W) -> Self {
        Self {
            inner,
            patterns: redactor.patterns().cloned(),
            held: Vec::new(),
            done: 0,
            replaced: 0,
        }
    }

    /// Writes what was held back and tells how many secrets were replaced in all.
    pub fn replaced_in_all(mut self) -> io::Result<u64> {
        self.settle(self.held.len())?;
        self.inner.flush()?;
        Ok(self.replaced)
    }

    /// Writes what was held back and gives the writer back.
    pub fn finish(mut self) -> io::Result<W> {
        self.settle(self.held.len())?;
        self.inner.flush()?;
        Ok(self.inner)
    }

    /// Writes everything before `safe`: no secret that is still to come begins there.
    fn settle(&mut self, safe: usize) -> io::Result<()> {
        let Some(patterns) = &self.patterns else {
            return Ok(());
        };
        for stretch in patterns.stretches(&self.held) {
            if stretch.start >= safe {
                break;
            }
            if stretch.end <= self.done {
                continue;
            }
            // One that began before was told already and only goes on here.
            if stretch.start >= self.done {
                self.inner.write_all(&self.held[self.done..stretch.start])?;
                self.inner.write_all(patterns.marker(stretch.marker))?;
                self.replaced += 1;
            }
            self.done = stretch.end;
        }
        if self.done < safe {
            self.inner.write_all(&self.held[self.done..safe])?;
            self.done = safe;
        }
        self.held.drain(..safe);
        self.done -= safe;
        Ok(())
    }
}

impl<W: Write> Write for RedactingWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(patterns) = &self.patterns else {
            return self.inner.write(bytes);
        };
        let reach = patterns.reach();
        self.held.extend_from_slice(bytes);
        // Not for every byte of a slow writer: searching begins anew at the held bytes each time.
        if self.held.len() > 2 * reach {
            self.settle(self.held.len() - reach)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::SecretValue;

    fn redactor(secrets: &[(&str, &str)]) -> Redactor {
        let secrets: Vec<_> = secrets
            .iter()
            .map(|(name, value)| {
                let value = SecretValue::new(value).expect("a valid value");
                (name.parse().expect("a valid name"), value)
            })
            .collect();
        Redactor::new(secrets.iter().map(|(name, value)| (name, value)))
    }

    #[test]
    fn wherever_it_is_cut_the_same_comes_out_as_in_one_piece() {
        let redactor = redactor(&[("a", "12345678"), ("b", "56789012345")]);
        let text = "begin 12345678 then 123456789012345 and 31323334353637380 MTIzNDU2Nzg= \
                    aaaaaaaa 1234567 1234567812345678 end 12345678"
            .repeat(20);
        let whole = redactor.text(&text).into_owned();
        for size in [1, 2, 7, 8, 13, 64, 1000] {
            let mut writer = RedactingWriter::new(&redactor, Vec::new());
            for piece in text.as_bytes().chunks(size) {
                writer.write_all(piece).expect("a vector takes all");
            }
            let written = writer.finish().expect("a vector takes all");
            assert_eq!(String::from_utf8_lossy(&written), whole, "pieces of {size}");
        }
    }

    #[test]
    fn a_secret_that_repeats_without_end_is_told_once_and_held_in_bounds() {
        let redactor = redactor(&[("a", "aaaaaaaa")]);
        let mut writer = RedactingWriter::new(&redactor, Vec::new());
        for _ in 0..1_000 {
            writer.write_all(&[b'a'; 33]).expect("a vector takes all");
            assert!(writer.held.len() < 200);
        }
        assert_eq!(writer.replaced, 1);
        let written = writer.finish().expect("a vector takes all");
        assert_eq!(String::from_utf8_lossy(&written), "[secret:a]");
    }

    #[test]
    fn without_secrets_everything_passes_at_once() {
        let mut writer = RedactingWriter::new(&Redactor::default(), Vec::new());
        writer.write_all(b"12345678").expect("a vector takes all");
        assert_eq!(
            (writer.inner.as_slice(), writer.held.len()),
            (&b"12345678"[..], 0)
        );
    }
}
