//! What the sealed file holds, as JSON.

use std::collections::BTreeMap;

use ai_lab_contract::SecretName;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::grant::Grant;
use crate::seal::{hex, hex_digit};
use crate::value::SecretValue;

/// The form of the document: 1.
const FORMAT: u32 = 1;

/// One secret of the file.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) value: SecretValue,
    /// When its value was set: milliseconds since 1970, UTC.
    pub(crate) set_at_ms: i64,
}

/// All that the file holds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Document {
    pub(crate) secrets: BTreeMap<SecretName, Entry>,
    pub(crate) grants: Vec<Grant>,
}

/// A document that says something else than it should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DocumentBroken {
    /// A later framework wrote it.
    Newer(u32),
    /// It is not the JSON it should be.
    Form,
}

#[derive(Serialize, Deserialize)]
struct WrittenDocument<'a> {
    format: u32,
    #[serde(borrow)]
    secrets: BTreeMap<SecretName, WrittenEntry<'a>>,
    grants: Vec<Grant>,
}

/// The value in hexadecimal digits: a text without escapes is read in place, without a copy that nobody zeroes.
#[derive(Serialize, Deserialize)]
struct WrittenEntry<'a> {
    value: &'a str,
    set_at_ms: i64,
}

#[derive(Deserialize)]
struct Version {
    format: u32,
}

impl Document {
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, DocumentBroken> {
        let version: Version = serde_json::from_slice(bytes).map_err(|_| DocumentBroken::Form)?;
        if version.format != FORMAT {
            return Err(DocumentBroken::Newer(version.format));
        }
        let written: WrittenDocument<'_> =
            serde_json::from_slice(bytes).map_err(|_| DocumentBroken::Form)?;
        let entries = written.secrets.into_iter().map(|(name, entry)| {
            let value = value_of_hex(entry.value).ok_or(DocumentBroken::Form)?;
            let set_at_ms = entry.set_at_ms;
            Ok((name, Entry { value, set_at_ms }))
        });
        Ok(Self {
            secrets: entries.collect::<Result<_, _>>()?,
            grants: written.grants,
        })
    }

    pub(crate) fn text(&self) -> Zeroizing<Vec<u8>> {
        let values: BTreeMap<&SecretName, Zeroizing<String>> = self
            .secrets
            .iter()
            .map(|(name, entry)| (name, Zeroizing::new(hex(entry.value.expose().as_bytes()))))
            .collect();
        let written = WrittenDocument {
            format: FORMAT,
            secrets: self
                .secrets
                .iter()
                .map(|(name, entry)| {
                    let (value, set_at_ms) = (values[name].as_str(), entry.set_at_ms);
                    (name.clone(), WrittenEntry { value, set_at_ms })
                })
                .collect(),
            grants: self.grants.clone(),
        };
        exact_json(&written)
    }
}

/// The value as JSON in a buffer that had its size from the start: a growing one would leave copies behind that
/// nobody zeroes.
pub(crate) fn exact_json(value: &impl Serialize) -> Zeroizing<Vec<u8>> {
    let in_json = "because names are texts and nothing here fails";
    let mut size = Count(0);
    serde_json::to_writer(&mut size, value).expect(in_json);
    let mut text = Zeroizing::new(Vec::with_capacity(size.0));
    serde_json::to_writer(&mut *text, value).expect(in_json);
    text
}

fn value_of_hex(text: &str) -> Option<SecretValue> {
    let digits = text.as_bytes();
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(digits.len() / 2));
    for pair in digits.chunks_exact(2) {
        bytes.push(hex_digit(pair[0])? << 4 | hex_digit(pair[1])?);
    }
    SecretValue::new(std::str::from_utf8(&bytes).ok()?).ok()
}

/// Counts what is written and keeps nothing.
struct Count(usize);

impl std::io::Write for Count {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first form, for ever readable.
    const FIRST: &str = r#"{"format":1,"secrets":{"router":{"value":"c3a4726765722031","set_at_ms":5}},"grants":[{"secret":"router","tool":"fritzbox","folder":"/lab/tools/fritzbox","digest":"sha256:00","profile":"production","granted_at_ms":6}]}"#;

    #[test]
    fn the_first_form_is_read_and_written() {
        let document = Document::parse(FIRST.as_bytes()).expect("it is right");
        let entry = &document.secrets[&"router".parse().expect("a valid name")];
        assert_eq!((entry.value.expose(), entry.set_at_ms), ("ärger 1", 5));
        assert_eq!(String::from_utf8_lossy(&document.text()), FIRST);
    }

    #[test]
    fn what_is_not_the_form_is_told_apart_from_what_is_newer() {
        let check = |text: &str| Document::parse(text.as_bytes()).map(|_| ());
        assert_eq!(
            [
                check(r#"{"format":2,"vaults":[]}"#),
                check("{}"),
                check(&FIRST.replace("c3a4", "c3")),
                check(&FIRST.replace("c3a4", "zz")),
                check(&FIRST.replace("c3a47", "c3a4")),
                check(&FIRST[..40]),
            ],
            [
                Err(DocumentBroken::Newer(2)),
                Err(DocumentBroken::Form),
                Err(DocumentBroken::Form),
                Err(DocumentBroken::Form),
                Err(DocumentBroken::Form),
                Err(DocumentBroken::Form),
            ]
        );
    }
}
