//! Where in a text a value of a JSON document stands.

/// One step into a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Into the value of a key.
    Key(String),
    /// Into an entry of an array, from 0.
    Entry(usize),
}

/// Line and column, both from 1, of the value at a path; of the last step that is there where it ends early.
///
/// The text is known to be JSON.
pub(crate) fn locate(text: &str, path: &[Step]) -> (usize, usize) {
    let mut walk = Walk {
        bytes: text.as_bytes(),
        at: 0,
    };
    walk.space();
    let mut found = walk.at;
    for step in path {
        let inside = match step {
            Step::Key(key) => walk.enter_key(key),
            Step::Entry(index) => walk.enter_entry(*index),
        };
        if inside.is_none() {
            break;
        }
        found = walk.at;
    }
    position(text, found)
}

fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = &text.as_bytes()[..offset.min(text.len())];
    let line_start = before
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |at| at + 1);
    let line = before.split(|byte| *byte == b'\n').count();
    let column = 1 + String::from_utf8_lossy(&before[line_start..])
        .chars()
        .count();
    (line, column)
}

/// Goes through JSON without building it.
struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Walk<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn space(&mut self) {
        while self
            .peek()
            .is_some_and(|byte| byte.is_ascii_whitespace() || matches!(byte, 0xef | 0xbb | 0xbf))
        {
            self.at += 1;
        }
    }

    fn take(&mut self, wanted: u8) -> Option<()> {
        self.space();
        (self.peek()? == wanted).then(|| self.at += 1)
    }

    fn enter_key(&mut self, wanted: &str) -> Option<()> {
        self.take(b'{')?;
        loop {
            self.space();
            let start = self.at;
            self.skip()?;
            let key = std::str::from_utf8(self.bytes.get(start..self.at)?).ok()?;
            let key: String = serde_json::from_str(key).ok()?;
            self.take(b':')?;
            self.space();
            if key == wanted {
                return Some(());
            }
            self.skip()?;
            self.take(b',')?;
        }
    }

    fn enter_entry(&mut self, wanted: usize) -> Option<()> {
        self.take(b'[')?;
        for _ in 0..wanted {
            self.skip()?;
            self.take(b',')?;
        }
        self.space();
        Some(())
    }

    /// Over one value.
    fn skip(&mut self) -> Option<()> {
        self.space();
        let mut depth = 0_usize;
        loop {
            match self.peek()? {
                b'"' => self.skip_text()?,
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' if depth == 0 => return None,
                b'}' | b']' => {
                    depth -= 1;
                    self.at += 1;
                }
                b',' | b':' | b' ' | b'\n' | b'\r' | b'\t' => self.at += 1,
                _ => self.skip_bare(),
            }
            if depth == 0 {
                return Some(());
            }
        }
    }

    fn skip_bare(&mut self) {
        while self
            .peek()
            .is_some_and(|byte| !byte.is_ascii_whitespace() && !b",:{}[]\"".contains(&byte))
        {
            self.at += 1;
        }
    }

    fn skip_text(&mut self) -> Option<()> {
        self.at += 1;
        loop {
            match self.peek()? {
                b'"' => {
                    self.at += 1;
                    return Some(());
                }
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_found_by_its_path() {
        let text =
            "{\n  \"a\\u0062\": [1, {\"x\": \"}\\\"\"},\n    {\"größe\": tru}],\n  \"c\": null\n}";
        let key = |key: &str| Step::Key(key.to_owned());
        for (path, place) in [
            (vec![], (1, 1)),
            (vec![key("ab")], (2, 14)),
            (vec![key("ab"), Step::Entry(1), key("x")], (2, 24)),
            (vec![key("ab"), Step::Entry(2), key("größe")], (3, 15)),
            (vec![key("c")], (4, 8)),
            // What is missing is told where it should be.
            (vec![key("ab"), Step::Entry(9)], (2, 14)),
            (vec![key("nothing")], (1, 1)),
        ] {
            assert_eq!(locate(text, &path), place, "{path:?}");
        }
    }
}
