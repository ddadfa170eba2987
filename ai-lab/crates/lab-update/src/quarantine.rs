//! Releases that are not offered again.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// The form that this version writes and reads.
const FORMAT: u32 = 1;

/// One release that is not to be offered again. The shape of `--json`: fields are added, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quarantined {
    /// Its version.
    pub version: String,
    /// Since when, in milliseconds since 1970, UTC.
    pub since_ms: i64,
    /// Why.
    pub why: String,
    /// Where the evidence is kept; `None` where there is none.
    pub evidence: Option<PathBuf>,
}

#[derive(Serialize, Deserialize)]
struct Document {
    format: u32,
    versions: Vec<Quarantined>,
}

/// Why nobody knows what is in quarantine.
#[derive(Debug, thiserror::Error)]
pub enum QuarantineError {
    /// It is no such document.
    #[error("the quarantine cannot be read: {0}")]
    Unreadable(#[from] serde_json::Error),
    /// A later form.
    #[error("the quarantine has the form {0}, and this version reads {FORMAT}")]
    Newer(u32),
}

/// Reads it; an empty text is an empty one.
pub fn read_quarantine(text: &[u8]) -> Result<Vec<Quarantined>, QuarantineError> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let document: Document = serde_json::from_slice(text)?;
    if document.format > FORMAT {
        return Err(QuarantineError::Newer(document.format));
    }
    Ok(document.versions)
}

fn written(versions: Vec<Quarantined>) -> String {
    let format = FORMAT;
    let document = Document { format, versions };
    let mut text = serde_json::to_string_pretty(&document).expect("because its keys are texts");
    text.push('\n');
    text
}

/// The text with one release more; what was said of it before is said anew.
pub(crate) fn with(text: &[u8], one: Quarantined) -> Result<String, QuarantineError> {
    let mut versions = read_quarantine(text)?;
    versions.retain(|known| known.version != one.version);
    versions.push(one);
    Ok(written(versions))
}

/// The text without that release, or without any; `None` where it was not in it.
pub fn without(text: &[u8], version: Option<&str>) -> Result<Option<String>, QuarantineError> {
    let mut versions = read_quarantine(text)?;
    let before = versions.len();
    versions.retain(|known| version.is_some_and(|version| version != known.version));
    Ok((versions.len() < before).then(|| written(versions)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(version: &str, why: &str) -> Quarantined {
        Quarantined {
            version: version.to_owned(),
            since_ms: 7,
            why: why.to_owned(),
            evidence: None,
        }
    }

    #[test]
    fn a_release_is_in_it_once_and_is_let_out() {
        let text = with(b"", one("1.1.0", "it crashed")).expect("written");
        let text = with(text.as_bytes(), one("1.2.0", "it lied")).expect("written");
        let text = with(text.as_bytes(), one("1.1.0", "again")).expect("written");
        let expected = [one("1.2.0", "it lied"), one("1.1.0", "again")];
        assert_eq!(read_quarantine(text.as_bytes()).expect("read"), expected);
        let out = without(text.as_bytes(), Some("1.2.0"))
            .expect("read")
            .expect("it was in it");
        assert_eq!(
            read_quarantine(out.as_bytes()).expect("read"),
            expected[1..]
        );
        assert_eq!(without(out.as_bytes(), Some("1.2.0")).expect("read"), None);
        let none = without(text.as_bytes(), None)
            .expect("read")
            .expect("there were some");
        assert_eq!(read_quarantine(none.as_bytes()).expect("read"), []);
    }

    #[test]
    fn what_cannot_be_read_is_an_error_and_lets_nothing_out() {
        assert!(read_quarantine(b"{").is_err());
        let newer = read_quarantine(b"{\"format\":2,\"versions\":[]}").expect_err("newer");
        assert_eq!(
            newer.to_string(),
            "the quarantine has the form 2, and this version reads 1"
        );
    }
}
