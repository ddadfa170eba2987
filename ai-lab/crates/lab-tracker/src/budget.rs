//! How much of an answer is given.

use serde::Serialize;

/// The largest answer, in bytes as an agent reads it: more fills its memory with what it did not ask for.
pub(crate) const ANSWER_BYTES: usize = 8_000;

/// The largest answer of `prime`, in bytes: 600 tokens of 4 bytes.
pub(crate) const PRIME_BYTES: usize = 2_400;

/// How much of an item goes along with a refusal, in bytes: an agent is shown no more of an error.
pub(crate) const STATE_BYTES: usize = 2_500;

/// How much room each text and each list of an answer has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Room {
    /// Characters a text.
    pub(crate) text: usize,
    /// Entries a list.
    pub(crate) entries: usize,
}

/// From the widest to the narrowest; the narrowest fits any item.
const ROOMS: [Room; 9] = [
    Room {
        text: 6_000,
        entries: 100,
    },
    Room {
        text: 4_000,
        entries: 60,
    },
    Room {
        text: 2_500,
        entries: 40,
    },
    Room {
        text: 1_200,
        entries: 30,
    },
    Room {
        text: 600,
        entries: 20,
    },
    Room {
        text: 250,
        entries: 12,
    },
    Room {
        text: 120,
        entries: 8,
    },
    Room {
        text: 60,
        entries: 5,
    },
    Room {
        text: 24,
        entries: 2,
    },
];

/// The answer with the most room that is not over the budget.
pub(crate) fn fitted<T: Serialize>(budget: usize, build: impl Fn(Room) -> T) -> T {
    let mut last = build(ROOMS[0]);
    for room in &ROOMS[1..] {
        if size(&last) <= budget {
            break;
        }
        last = build(*room);
    }
    last
}

/// How many bytes an agent reads: JSON, indented.
pub(crate) fn size<T: Serialize>(answer: &T) -> usize {
    serde_json::to_vec_pretty(answer).map_or(usize::MAX, |bytes| bytes.len())
}

/// A text of at most so many characters, with how many were left out; control characters but line ends and tabs
/// become `\u{fffd}`.
pub(crate) fn cut(text: &str, most: usize) -> String {
    let harmless = |c: char| match c {
        '\n' | '\t' => c,
        c if c.is_control() => char::REPLACEMENT_CHARACTER,
        c => c,
    };
    let count = text.chars().count();
    let kept: String = text.chars().take(most).map(harmless).collect();
    if count > most {
        format!("{kept}… (+{} characters)", count - most)
    } else {
        kept
    }
}

/// At most so many entries, the last saying how many were left out.
pub(crate) fn entries<T>(all: &[T], room: Room, text: impl Fn(&T) -> String) -> Vec<String> {
    let shown = all.iter().take(room.entries);
    let mut lines: Vec<String> = shown.map(|it| cut(&text(it), room.text)).collect();
    if all.len() > room.entries {
        lines.push(format!("(+{} more)", all.len() - room.entries));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_between_characters_and_says_by_how_much() {
        assert_eq!(cut("Größe 🏠", 7), "Größe 🏠");
        assert_eq!(cut("Größe 🏠!", 7), "Größe 🏠… (+1 characters)");
        assert_eq!(cut("a\u{1b}[2J\tb\n", 99), "a\u{fffd}[2J\tb\n");
    }

    #[test]
    fn a_list_ends_in_how_many_are_left() {
        let room = Room {
            text: 2,
            entries: 2,
        };
        let all = ["one", "2", "3", "4"];
        assert_eq!(
            entries(&all, room, |it| (*it).to_owned()),
            ["on… (+1 characters)", "2", "(+2 more)"]
        );
    }

    #[test]
    fn the_widest_room_that_fits_is_taken() {
        let text = "x".repeat(5_000);
        assert_eq!(fitted(6_000, |room| cut(&text, room.text)).len(), 5_000);
        let cut_text = fitted(3_000, |room| cut(&text, room.text));
        assert!(cut_text.starts_with(&"x".repeat(2_500)), "{cut_text}");
        assert!(size(&cut_text) <= 3_000);
    }
}
