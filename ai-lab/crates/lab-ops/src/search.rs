//! Looks for words in items and ideas.

use lab_model::{EntityKind, Moment};
use lab_store::{SearchHit, SearchRequest, Total};
use serde::Serialize;

use crate::{Lab, LabError};

/// How many characters of a text are shown around the first word that was found.
const AROUND: usize = 90;

/// How far into a text a word is looked for, in characters: a document of megabytes would take longer to show than
/// to find.
const FARTHEST: usize = 20_000;

/// What to look for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    /// Each of these words, or what they begin, has to be there.
    pub text: String,
    /// Items or ideas only.
    pub kind: Option<EntityKind>,
    /// So many of the best are skipped.
    pub skip: u32,
    /// At most so many.
    pub limit: u32,
}

/// What was found, the best first. The shape of `--json`: fields are added, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Found {
    /// Those of the page.
    pub found: Vec<FoundRow>,
    /// How many there are in all; so many or more where [`Found::total_is_exact`] is false.
    pub total: u64,
    /// Whether counting went to the end.
    pub total_is_exact: bool,
}

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FoundRow {
    /// `item` or `idea`.
    pub kind: &'static str,
    /// What people call it.
    pub label: String,
    /// Its title.
    pub title: String,
    /// Where it stands.
    pub status: String,
    /// Where a word was found in its description or notes; empty where only the title or label has one.
    pub snippet: String,
}

/// Looks for words; settled and put-away things are found too.
pub fn search(lab: &Lab, at: Moment, search: &Search) -> Result<Found, LabError> {
    let request = SearchRequest {
        text: search.text.clone(),
        kind: search.kind,
        skip: search.skip,
        limit: search.limit,
    };
    lab.read(at, |tx| {
        let page = tx.search(&request)?;
        let (total, total_is_exact) = counted(page.total);
        let found = page.hits.into_iter().map(|hit| row(hit, &search.text));
        Ok(Found {
            found: found.collect(),
            total,
            total_is_exact,
        })
    })
}

/// A total as a number, and whether it is all of it.
pub(crate) const fn counted(total: Total) -> (u64, bool) {
    match total {
        Total::Exactly(count) => (count, true),
        Total::AtLeast(count) => (count, false),
    }
}

fn row(hit: SearchHit, text: &str) -> FoundRow {
    let snippet = [&hit.description, &hit.notes]
        .into_iter()
        .find_map(|of| snippet(of, text));
    FoundRow {
        kind: hit.kind.as_str(),
        label: hit.label.to_string(),
        title: hit.title,
        status: hit.status,
        snippet: snippet.unwrap_or_default(),
    }
}

/// A piece of a text around the first word that begins with a word looked for; `None` where none does.
fn snippet(of: &str, text: &str) -> Option<String> {
    let fold = |text: &str| text.to_lowercase();
    let wanted: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(fold)
        .collect();
    let chars: Vec<char> = of.chars().take(FARTHEST).collect();
    let begins =
        |at: usize| chars[at].is_alphanumeric() && (at == 0 || !chars[at - 1].is_alphanumeric());
    let found = (0..chars.len()).filter(|at| begins(*at)).find(|at| {
        let word: String = chars[*at..]
            .iter()
            .take_while(|c| c.is_alphanumeric())
            .collect();
        let word = fold(&word);
        wanted
            .iter()
            .any(|wanted| word.starts_with(wanted.as_str()))
    })?;
    let from = found.saturating_sub(AROUND / 3);
    // From the beginning of a word, so that none is cut in two.
    let from = (from..=found)
        .find(|at| begins(*at))
        .filter(|_| from > 0)
        .unwrap_or(from);
    let to = (from + AROUND).min(chars.len());
    let piece: String = chars[from..to].iter().collect();
    let words: Vec<&str> = piece.split_whitespace().collect();
    let before = if from > 0 { "… " } else { "" };
    let after = if to < chars.len() { " …" } else { "" };
    Some(format!("{before}{}{after}", words.join(" ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snippet_shows_the_first_word_found_with_what_is_around_it() {
        let long = format!(
            "{} the Pümpe is\nloud {}",
            "before ".repeat(20),
            "after ".repeat(20)
        );
        for (of, text, expected) in [
            ("The pump is loud", "PUM", Some("The pump is loud")),
            ("The pump is loud", "ump", None),
            ("", "pump", None),
            ("🏠ä pump", "pump nothing", Some("🏠ä pump")),
            (
                &long,
                "pümp",
                Some(
                    "… before before before the Pümpe is loud after after after after after after after after af …",
                ),
            ),
        ] {
            assert_eq!(snippet(of, text).as_deref(), expected, "{text}");
        }
    }
}
