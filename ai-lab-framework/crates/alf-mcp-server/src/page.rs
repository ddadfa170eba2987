//! A long text in pages that no client cuts.

use crate::limits::{ANSWER_BYTES, ANSWER_LINES};

/// What is kept free for the line that says how to go on, in bytes.
const ROOM_FOR_THE_NEXT: usize = 512;

/// One page of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Page<'a> {
    /// What it shows.
    pub(crate) text: &'a str,
    /// Where the next one begins, in bytes of the whole; `None` for the last.
    pub(crate) next: Option<usize>,
}

/// The page that begins at this byte: whole lines where they fit, never more than [`ANSWER_BYTES`] with the line that
/// follows it, nor than [`ANSWER_LINES`]. A place in the middle of a character is the place after it.
pub(crate) fn page(whole: &str, from: usize) -> Page<'_> {
    let from = boundary_at_or_after(whole, from);
    let rest = &whole[from..];
    let mut end = 0;
    for line in rest.split_inclusive('\n').take(ANSWER_LINES - 4) {
        if end + line.len() > ANSWER_BYTES - ROOM_FOR_THE_NEXT {
            break;
        }
        end += line.len();
    }
    // A single line longer than a page is cut where a character ends.
    if end == 0 && !rest.is_empty() {
        end = ANSWER_BYTES - ROOM_FOR_THE_NEXT;
        while !rest.is_char_boundary(end) {
            end -= 1;
        }
    }
    Page {
        text: &rest[..end],
        next: (end < rest.len()).then_some(from + end),
    }
}

fn boundary_at_or_after(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages(whole: &str) -> Vec<&str> {
        let mut pages = Vec::new();
        let mut from = Some(0);
        while let Some(at) = from {
            let page = page(whole, at);
            pages.push(page.text);
            from = page.next;
        }
        pages
    }

    #[test]
    fn a_short_text_is_one_page() {
        assert_eq!(pages("one\ntwo"), ["one\ntwo"]);
        assert_eq!(pages(""), [""]);
    }

    #[test]
    fn pages_are_whole_lines_within_both_bounds_and_lose_nothing() {
        let many_lines = "x\n".repeat(4_000);
        let long_lines = format!("{}\n", "y".repeat(900)).repeat(100);
        let one_line = "ü".repeat(40_000);
        for whole in [&many_lines, &long_lines, &one_line] {
            let pages = pages(whole);
            assert!(pages.len() > 1);
            assert_eq!(pages.concat(), **whole);
            for page in &pages {
                assert!(page.len() <= ANSWER_BYTES - ROOM_FOR_THE_NEXT);
                assert!(page.lines().count() < ANSWER_LINES);
            }
        }
        assert!(pages(&long_lines).iter().all(|page| page.ends_with('\n')));
    }

    #[test]
    fn any_place_is_a_place() {
        assert_eq!(
            page("üx", 1),
            Page {
                text: "x",
                next: None
            }
        );
        assert_eq!(
            page("x", 99),
            Page {
                text: "",
                next: None
            }
        );
    }
}
