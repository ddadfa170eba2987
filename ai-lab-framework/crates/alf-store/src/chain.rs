//! The hash of a link: pure, so that any reader can compute it again.
//!
//! Format 1: SHA-256 over the tag, then for every field in the given order its name's length (4 bytes,
//! little-endian), its name, one byte for its type, its value's length (8 bytes, little-endian) and its
//! value. Lengths stand before values, so no two different rows make the same bytes. Released formats
//! never change: columns that a later schema adds to a row need a link format of their own.

use sha2::{Digest, Sha256};

/// Stands before the fields, so that no other use of SHA-256 makes the same bytes.
const TAG: &[u8] = b"ai-lab-framework execution link 1\n";

/// One value of a row as it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cell<'a> {
    /// Text as its bytes, which need not be UTF-8 in a damaged row.
    Text(&'a [u8]),
    /// A whole number.
    Integer(i64),
    /// A type that no column of ours holds; never equal to what was hashed.
    Stray,
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text.as_bytes())
    }
}

impl From<i64> for Cell<'_> {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<u64> for Cell<'_> {
    /// Numbers past `i64::MAX` become it: 292,000 years in microseconds, 9 exabytes.
    fn from(number: u64) -> Self {
        Self::Integer(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<u32> for Cell<'_> {
    fn from(number: u32) -> Self {
        Self::Integer(i64::from(number))
    }
}

/// The hash of a link in hexadecimal: `names` and `cells` go pair by pair.
pub(crate) fn link_hash(names: &[&str], cells: &[Cell<'_>]) -> String {
    debug_assert_eq!(names.len(), cells.len());
    let mut hasher = Sha256::new_with_prefix(TAG);
    for (name, cell) in names.iter().zip(cells) {
        hasher.update(u32::try_from(name.len()).unwrap_or(u32::MAX).to_le_bytes());
        hasher.update(name.as_bytes());
        let number;
        let (kind, bytes): (u8, &[u8]) = match cell {
            Cell::Text(bytes) => (b't', bytes),
            Cell::Integer(value) => {
                number = value.to_le_bytes();
                (b'i', &number)
            }
            Cell::Stray => (b'?', &[]),
        };
        hasher.update([kind]);
        hasher.update((bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    }
    hexadecimal(&hasher.finalize())
}

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// Bytes as hexadecimal digits, lower case.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    let digits = |byte: &u8| [byte >> 4, byte & 0xf].map(|half| DIGITS[usize::from(half)]);
    bytes.iter().flat_map(digits).map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(names: &[&str], cells: &[Cell<'_>]) -> String {
        link_hash(names, cells)
    }

    #[test]
    fn the_format_is_the_one_of_the_first_release() {
        let rows: [(&[&str], &[Cell<'_>], &str); 2] = [
            (&[], &[], EMPTY),
            (
                &["tool", "attempt"],
                &[Cell::from("fritzbox"), Cell::from(1_u32)],
                TWO_FIELDS,
            ),
        ];
        for (names, cells, expected) in rows {
            assert_eq!(hash(names, cells), expected);
        }
    }

    // Computed by another program from the format above, not by this code.
    const EMPTY: &str = "ecc8a936d6141db89fc6436089bd295b6259aae3fd04278e75b1a87eb43c199f";
    const TWO_FIELDS: &str = "c1a884d216de4f432321bc32eb3bb426f7331b7663084604afb49f8244565343";

    #[test]
    fn different_rows_never_make_the_same_bytes() {
        let rows = [
            hash(&["a", "b"], &[Cell::from("xy"), Cell::from("")]),
            hash(&["a", "b"], &[Cell::from("x"), Cell::from("y")]),
            hash(&["ab", ""], &[Cell::from("x"), Cell::from("y")]),
            hash(&["a", "b"], &[Cell::from(1_i64), Cell::from("")]),
            hash(&["a", "b"], &[Cell::from("1"), Cell::from("")]),
            hash(&["a", "b"], &[Cell::Stray, Cell::from("")]),
            hash(&["a", "b"], &[Cell::from(""), Cell::from("")]),
        ];
        let different: std::collections::BTreeSet<_> = rows.iter().collect();
        assert_eq!(different.len(), rows.len());
    }

    #[test]
    fn a_number_past_the_column_is_kept_as_its_greatest() {
        assert_eq!(Cell::from(u64::MAX), Cell::Integer(i64::MAX));
    }
}
