//! The words of a text, as the index of words takes them; and the same question asked of a few texts alone.

use rusqlite::{Connection, params};

use crate::MOST_WORDS;

/// How the index of words cuts a text; the migration that made the index says the same.
const TOKENIZER: &str = "unicode61 remove_diacritics 2";

/// Words of which each has to be there, or to begin one that is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Words(Vec<String>);

impl Words {
    /// Those of a text. `None` where it has no letter and no digit.
    pub(super) fn of(text: &str) -> Option<Self> {
        let words: Vec<String> = text
            .split_whitespace()
            .filter(|word| word.chars().any(char::is_alphanumeric))
            .take(MOST_WORDS)
            // In quotes a word is one however it is written: `frm-001` is `frm` with `001` behind it.
            .map(|word| format!("\"{}\"", word.replace('"', "\"\"").replace('\0', " ")))
            .collect();
        (!words.is_empty()).then_some(Self(words))
    }

    /// A question for what has each word whole: what it finds is found quickly however many there are.
    pub(super) fn whole(&self) -> String {
        self.0.join(" ")
    }

    /// A question for what has each word or one that it begins: the index gathers all who have one before it tells the first.
    pub(super) fn begun(&self) -> String {
        let words: Vec<String> = self.0.iter().map(|word| format!("{word}*")).collect();
        words.join(" ")
    }

    /// Whether more than so many have them; where many have them whole that is known without asking what they begin.
    pub(super) fn are_had_by_more_than(
        &self,
        connection: &Connection,
        most: u32,
    ) -> rusqlite::Result<bool> {
        let mut statement = connection.prepare_cached(
            "SELECT count(*) FROM (SELECT 1 FROM search_words WHERE search_words MATCH ?1 LIMIT ?2)",
        )?;
        let mut more = |question: String| {
            statement
                .query_row(params![question, most + 1], |row| row.get(0))
                .map(|n: u32| n > most)
        };
        Ok(more(self.whole())? || more(self.begun())?)
    }
}

/// The four texts of an item that are searched.
#[derive(Clone, Debug)]
pub(super) struct Texts {
    pub(super) label: String,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) notes: String,
}

/// Tests texts for words exactly as the index of words does: a small index in memory.
#[derive(Debug)]
pub(super) struct WordTest {
    connection: Connection,
    question: String,
}

impl WordTest {
    /// A test for these words.
    pub(super) fn new(words: &Words) -> rusqlite::Result<Self> {
        let connection = Connection::open_in_memory()?;
        connection.execute_batch(&format!(
            "CREATE VIRTUAL TABLE tested USING fts5 (label, title, description, notes, \
             content = '', contentless_delete = 1, tokenize = '{TOKENIZER}')"
        ))?;
        Ok(Self {
            connection,
            question: words.begun(),
        })
    }

    /// The places in the row of those that have the words, in order.
    pub(super) fn having(&self, row: &[Texts]) -> rusqlite::Result<Vec<usize>> {
        let transaction = self.connection.unchecked_transaction()?;
        transaction.execute("DELETE FROM tested", [])?;
        let mut insert = transaction.prepare_cached(
            "INSERT INTO tested (rowid, label, title, description, notes) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?;
        for (place, texts) in row.iter().enumerate() {
            insert.execute(params![
                i64::try_from(place).unwrap_or(i64::MAX),
                texts.label,
                texts.title,
                texts.description,
                texts.notes
            ])?;
        }
        drop(insert);
        let places = transaction
            .prepare_cached("SELECT rowid FROM tested WHERE tested MATCH ?1 ORDER BY rowid")?
            .query_map([&self.question], |row| row.get::<_, i64>(0))?
            .map(|place| place.map(|place| usize::try_from(place).unwrap_or(usize::MAX)))
            .collect::<rusqlite::Result<Vec<usize>>>()?;
        transaction.commit()?;
        Ok(places)
    }
}
