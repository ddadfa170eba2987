//! Finding executions by words: what is asked, what is found. Pure.

use ai_lab_contract::{ActionName, ExecutionId, ToolName};
use serde::Serialize;

use crate::execution::Status;

/// The most words and phrases of one search.
const MOST_TERMS: usize = 32;
/// Characters of text around what was found.
const SHOWN: usize = 120;

/// What to look for; every field that is set narrows the choice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchFilter {
    /// In executions of one tool.
    pub tool: Option<ToolName>,
    /// In those that started at this instant or later: milliseconds since 1970, UTC.
    pub since_ms: Option<i64>,
    /// In those before this position: a page's `next`.
    pub before: Option<u64>,
    /// At most so many, within [`MOST_ROWS`](crate::MOST_ROWS); 0 stands for [`USUAL_ROWS`](crate::USUAL_ROWS).
    pub limit: u32,
}

/// An execution in which every word was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SearchHit {
    /// Which.
    pub execution_id: ExecutionId,
    /// Its tool.
    pub tool: ToolName,
    /// Which of the tool's actions.
    pub action: ActionName,
    /// How it ended.
    pub status: Status,
    /// When it started: milliseconds since 1970, UTC.
    pub started_at_ms: i64,
    /// Where the first word was found: `error`, `output`, `input` or `log`.
    pub field: &'static str,
    /// The text around it, on one line.
    pub snippet: String,
    /// Where in the snippet the words are, as bytes from and to.
    pub marks: Vec<(usize, usize)>,
}

/// What was found, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SearchPage {
    /// The executions.
    pub hits: Vec<SearchHit>,
    /// What to ask for as `before` to read on; `None` on the last page.
    pub next: Option<u64>,
    /// How many writes of the record, at most, the search does not know yet; search again to take more in.
    pub behind: u64,
}

/// One word, one phrase, or the beginning of a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Term {
    /// Its words, in lower case.
    words: Vec<String>,
    /// Whether it is the beginning of the last word.
    begins: bool,
}

/// What a person typed: words, `"phrases"` and `beginnings*`; everything else only separates them.
pub(crate) fn parse(text: &str) -> Vec<Term> {
    let mut terms = Vec::new();
    for (at, part) in text.split('"').enumerate() {
        if at % 2 == 1 {
            terms.extend(term(part, false));
            continue;
        }
        for word in part.split_whitespace() {
            let bare = word.trim_end_matches('*');
            terms.extend(term(bare, bare.len() < word.len()));
        }
    }
    terms.truncate(MOST_TERMS);
    terms
}

fn term(text: &str, begins: bool) -> Option<Term> {
    let words: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    (!words.is_empty()).then_some(Term { words, begins })
}

/// The terms in the language of FTS5: nothing of what was typed is left unquoted.
pub(crate) fn expression(terms: &[Term], tool: Option<&ToolName>) -> String {
    let mut parts: Vec<String> = Vec::new();
    if let Some(tool) = tool {
        parts.push(format!("tool : \"{tool}\""));
    }
    for term in terms {
        let star = if term.begins { " *" } else { "" };
        let words = term.words.join(" ");
        parts.push(format!("{{input output error log}} : \"{words}\"{star}"));
    }
    parts.join(" AND ")
}

/// The text around the first of the terms, and where they are in it; `None` if none is there.
pub(crate) fn snippet(text: &str, terms: &[Term]) -> Option<(String, Vec<(usize, usize)>)> {
    let first = terms
        .iter()
        .flat_map(|term| &term.words)
        .find_map(|word| places(text, word).first().copied())?;
    let before = text[..first.0].char_indices().rev();
    let from = before.take(SHOWN / 3).last().map_or(first.0, |(at, _)| at);
    let after = text[first.0..].char_indices();
    let to = after
        .take(SHOWN)
        .last()
        .map_or(text.len(), |(at, c)| first.0 + at + c.len_utf8());
    let shown: String = text[from..to]
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let mut marks: Vec<(usize, usize)> = terms
        .iter()
        .flat_map(|term| &term.words)
        .flat_map(|word| places(&shown, word))
        .collect();
    marks.sort_unstable();
    marks.dedup_by(|next, last| next.0 < last.1);
    Some((shown, marks))
}

/// Where words of the text begin with `word`, letters' case aside.
fn places(text: &str, word: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut begins = true;
    for (at, c) in text.char_indices() {
        if begins && let Some(length) = begins_with(&text[at..], word) {
            found.push((at, at + length));
        }
        begins = !c.is_alphanumeric();
    }
    found
}

fn begins_with(text: &str, word: &str) -> Option<usize> {
    let mut rest = word.chars();
    let mut length = 0;
    for c in text.chars() {
        if rest.as_str().is_empty() {
            break;
        }
        for lower in c.to_lowercase() {
            if plain(rest.next()?) != plain(lower) {
                return None;
            }
        }
        length += c.len_utf8();
    }
    rest.as_str().is_empty().then_some(length)
}

/// The letter without its mark, as far as the languages around us have them.
const fn plain(c: char) -> char {
    match c {
        'à'..='å' => 'a',
        'ç' => 'c',
        'è'..='ë' => 'e',
        'ì'..='ï' => 'i',
        'ñ' => 'n',
        'ò'..='ö' => 'o',
        'ù'..='ü' => 'u',
        'ý' | 'ÿ' => 'y',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(typed: &str, expected: &str) {
        assert_eq!(expression(&parse(typed), None), expected, "{typed}");
    }

    #[test]
    fn whatever_is_typed_becomes_words_phrases_and_beginnings() {
        let column = "{input output error log} : ";
        check("Küche", &format!("{column}\"küche\""));
        check(
            "a \"b  c\" d*",
            &format!("{column}\"a\" AND {column}\"b c\" AND {column}\"d\" *"),
        );
        check(
            "x OR y",
            &format!("{column}\"x\" AND {column}\"or\" AND {column}\"y\""),
        );
        for nothing in ["", "   ", "\"", "*", "^()-:+", "\"\" \"", "\u{0}"] {
            check(nothing, "");
        }
        check("no-route:(", &format!("{column}\"no route\""));
        assert_eq!(parse(&"a ".repeat(100)).len(), MOST_TERMS);
        let tool = "fritzbox".parse().ok();
        let with_tool = expression(&parse("a"), tool.as_ref());
        assert_eq!(with_tool, format!("tool : \"fritzbox\" AND {column}\"a\""));
    }

    #[test]
    fn a_snippet_marks_the_words_where_they_are() {
        let told = snippet(
            "The ROUTER said:\nno route to Küche",
            &parse("kuche route*"),
        );
        let expected = "The ROUTER said: no route to Küche".to_owned();
        assert_eq!(told, Some((expected, vec![(4, 9), (20, 25), (29, 35)])));
        assert_eq!(snippet("nothing here", &parse("else")), None);
        let long = format!("{}needle{}", "ä ".repeat(500), " ö".repeat(500));
        let (shown, marks) = snippet(&long, &parse("needle")).expect("because it is there");
        assert!(
            shown.chars().count() <= SHOWN * 4 / 3 && marks.len() == 1,
            "{shown}"
        );
    }
}
