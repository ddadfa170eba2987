//! Finds tools by manifest and digests what would run.
