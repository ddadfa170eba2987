//! Lines with a bound, from a sender that is not trusted.

use std::io::{self, BufRead};

/// One line of the input.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// A line without its end; the last one may lack it in the input too.
    Whole(Vec<u8>),
    /// A line longer than the bound; read to its end and dropped, so that the next line is in step.
    TooLong,
}

/// Reads the next line, holding at most `bound` bytes of it. `None` when the input has ended.
pub(crate) fn read_line(input: &mut impl BufRead, bound: usize) -> io::Result<Option<Line>> {
    let mut line = Vec::new();
    let (mut seen, mut too_long) = (false, false);
    loop {
        let chunk = match input.fill_buf() {
            Ok(chunk) => chunk,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if chunk.is_empty() && !seen {
            return Ok(None);
        }
        seen = true;
        let end = chunk.iter().position(|&byte| byte == b'\n');
        let part = &chunk[..end.unwrap_or(chunk.len())];
        too_long |= line.len() + part.len() > bound;
        if too_long {
            line = Vec::new();
        } else {
            line.extend_from_slice(part);
        }
        let ended = end.is_some() || chunk.is_empty();
        let used = end.map_or(chunk.len(), |at| at + 1);
        input.consume(used);
        if ended {
            return Ok(Some(if too_long {
                Line::TooLong
            } else {
                Line::Whole(line)
            }));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::BufReader;

    fn lines(text: &str, bound: usize) -> Vec<Line> {
        // Chunks of three bytes, so that lines cross them.
        let mut input = BufReader::with_capacity(3, text.as_bytes());
        let mut lines = Vec::new();
        while let Some(line) = read_line(&mut input, bound).expect("memory does not fail") {
            lines.push(line);
        }
        lines
    }

    fn whole(text: &str) -> Line {
        Line::Whole(text.into())
    }

    #[test]
    fn a_long_line_is_dropped_and_the_next_is_in_step() {
        assert_eq!(
            lines("four\nfive5\nfour\n", 4),
            [whole("four"), Line::TooLong, whole("four")]
        );
    }

    #[test]
    fn the_last_line_needs_no_end_and_an_empty_one_counts() {
        assert_eq!(lines("", 4), []);
        assert_eq!(lines("\nab", 4), [whole(""), whole("ab")]);
        assert_eq!(lines("abcdef", 4), [Line::TooLong]);
    }
}
