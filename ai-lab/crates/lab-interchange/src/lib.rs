//! Work items as other programs write them.
//!
//! Owns GitHub-flavoured Markdown task lists, CSV and JSON lines: reading them into rows that say what an entity is to
//! have, and writing documents as them. Refuses to know databases and files: texts come in and go out. Start reading
//! at [`Row`], then [`read`] and [`write()`].

mod csv;
mod lines;
mod markdown;
mod row;

use lab_files::{Document, Names};

pub use row::{Edit, Parent, Row};

/// The largest text that is read, in bytes: more is another program's database, and would fill the memory.
pub const TEXT_BYTES: u64 = 256 * 1024 * 1024;

/// A form of exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A list of tasks in GitHub-flavoured Markdown: items alone, what a person reads.
    Markdown,
    /// Comma-separated values with a head: items alone, a row each.
    Csv,
    /// One JSON document a line: everything, with nothing lost.
    JsonLines,
}

/// Why a text was not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct ExchangeError {
    /// From 1.
    pub line: usize,
    /// What is wrong there.
    pub message: String,
}

/// Reads what a text says of entities, in its order.
pub fn read(form: Form, text: &str) -> Result<Vec<Row>, ExchangeError> {
    if text.len() as u64 > TEXT_BYTES {
        return Err(ExchangeError {
            line: 1,
            message: format!("it is larger than {TEXT_BYTES} bytes"),
        });
    }
    let bare = text.strip_prefix('\u{feff}').unwrap_or(text);
    match form {
        Form::Markdown => markdown::read(bare),
        Form::Csv => csv::read(bare),
        Form::JsonLines => lines::read(bare),
    }
}

/// Writes documents. Markdown and CSV have items alone, and not everything of them.
pub fn write(form: Form, documents: &[Document], names: &Names) -> String {
    match form {
        Form::Markdown => markdown::write(documents, names),
        Form::Csv => csv::write(documents, names),
        Form::JsonLines => lines::write(documents, names),
    }
}

impl Form {
    /// Whether a round trip keeps every field.
    pub const fn is_lossless(self) -> bool {
        match self {
            Self::JsonLines => true,
            Self::Markdown | Self::Csv => false,
        }
    }
}
