//! Managed sections: the lines between two markers are the lab's, all others the person's.
//!
//! Works on bytes, so that whatever stands outside the markers stays byte for byte: another encoding, a
//! byte order mark, either line ending, a missing last newline.

use thiserror::Error;

/// How a kind of file writes a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comment {
    /// `<!-- … -->`
    Markdown,
    /// `# …`
    Hash,
}

/// What the lab wants to stand in a shared file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// How its markers are written.
    pub comment: Comment,
    /// The lines between the markers, each ended by `\n`.
    pub body: String,
}

/// Why a file's section cannot be found. Lines count from 1.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SectionError {
    /// Everything to the end of the file could be the lab's or the person's.
    #[error("the section that begins in line {begin} has lost its end marker `{marker}`")]
    LostEnd {
        /// The line of the begin marker.
        begin: usize,
        /// The marker that is missing.
        marker: &'static str,
    },
    /// Everything from the start of the file could be the lab's or the person's.
    #[error("the end marker in line {end} has lost its begin marker")]
    LostBegin {
        /// The line of the end marker.
        end: usize,
    },
    /// It cannot be told which of them is meant.
    #[error("there are two sections, in line {first} and in line {second}: remove one")]
    Two {
        /// The line of the first begin marker.
        first: usize,
        /// The line of the second.
        second: usize,
    },
}

const NOTE: &str = "written by `ai-lab init`, your own text goes outside";

impl Comment {
    /// How a line that begins a section starts.
    const fn begin(self) -> &'static str {
        match self {
            Self::Markdown => "<!-- ai-lab:begin",
            Self::Hash => "# ai-lab:begin",
        }
    }

    /// The line that ends a section.
    const fn end(self) -> &'static str {
        match self {
            Self::Markdown => "<!-- ai-lab:end -->",
            Self::Hash => "# ai-lab:end",
        }
    }

    const fn close(self) -> &'static str {
        match self {
            Self::Markdown => " -->",
            Self::Hash => "",
        }
    }
}

impl Section {
    /// The section with its markers, lines ended by `eol`, the last one not ended.
    fn lines(&self, eol: &str) -> Vec<u8> {
        let (begin, close) = (self.comment.begin(), self.comment.close());
        let body = self.body.replace('\n', eol);
        format!("{begin} ({NOTE}){close}{eol}{body}{}", self.comment.end()).into_bytes()
    }

    /// A new file: what goes before the section, and the section.
    pub fn new_file(&self, preamble: &str) -> Vec<u8> {
        let mut bytes = preamble.as_bytes().to_vec();
        bytes.extend(self.lines("\n"));
        bytes.push(b'\n');
        bytes
    }

    /// The file with the section brought up to date, or added at its end; equal bytes when it was.
    pub fn merged_into(&self, file: &[u8]) -> Result<Vec<u8>, SectionError> {
        let eol = line_ending(file);
        let section = self.lines(eol);
        let mut merged = Vec::with_capacity(file.len() + section.len() + 4);
        if let Some((start, end)) = find(file, self.comment)? {
            merged.extend_from_slice(&file[..start]);
            merged.extend(section);
            merged.extend_from_slice(&file[end..]);
            return Ok(merged);
        }
        merged.extend_from_slice(file);
        if !without_mark(file).is_empty() {
            if !file.ends_with(b"\n") {
                merged.extend_from_slice(eol.as_bytes());
            }
            merged.extend_from_slice(eol.as_bytes());
        }
        merged.extend(section);
        merged.extend_from_slice(eol.as_bytes());
        Ok(merged)
    }
}

/// The ending of the file's first line; `\n` for a file of one line.
fn line_ending(file: &[u8]) -> &'static str {
    let first = file.iter().position(|byte| *byte == b'\n');
    match first {
        Some(at) if at > 0 && file[at - 1] == b'\r' => "\r\n",
        Some(_) | None => "\n",
    }
}

fn without_mark(file: &[u8]) -> &[u8] {
    file.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(file)
}

/// Where the section starts and ends: the first byte of its begin marker, the byte after its end marker.
fn find(file: &[u8], comment: Comment) -> Result<Option<(usize, usize)>, SectionError> {
    let mut open: Option<(usize, usize)> = None;
    let mut found: Option<(usize, usize, usize)> = None;
    let mut offset = file.len() - without_mark(file).len();
    for (index, line) in without_mark(file)
        .split_inclusive(|b| *b == b'\n')
        .enumerate()
    {
        let number = index + 1;
        let text = line.trim_ascii_end();
        if is_begin(text, comment) {
            if let Some(first) = open.map(|(n, _)| n).or(found.map(|(n, ..)| n)) {
                return Err(SectionError::Two {
                    first,
                    second: number,
                });
            }
            open = Some((number, offset));
        } else if text == comment.end().as_bytes() {
            let (begin, start) = open.take().ok_or(SectionError::LostBegin { end: number })?;
            found = Some((begin, start, offset + text.len()));
        }
        offset += line.len();
    }
    match open {
        Some((begin, _)) => Err(SectionError::LostEnd {
            begin,
            marker: comment.end(),
        }),
        None => Ok(found.map(|(_, start, end)| (start, end))),
    }
}

/// Whether a line begins a section; what else it says is a note and may change between versions.
fn is_begin(line: &[u8], comment: Comment) -> bool {
    line.strip_prefix(comment.begin().as_bytes())
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(b" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEGIN: &str =
        "<!-- ai-lab:begin (written by `ai-lab init`, your own text goes outside) -->";

    fn section(body: &str) -> Section {
        Section {
            comment: Comment::Markdown,
            body: body.to_owned(),
        }
    }

    /// Merges twice, since the second time must change nothing.
    fn merge(file: &[u8], body: &str) -> Result<String, SectionError> {
        let once = section(body).merged_into(file)?;
        let twice = section(body).merged_into(&once)?;
        assert_eq!(once, twice, "a second merge changed something");
        Ok(String::from_utf8_lossy(&once).into_owned())
    }

    #[test]
    fn a_missing_section_is_added_and_every_byte_before_it_stays() {
        let lines = format!("{BEGIN}\nnew\n<!-- ai-lab:end -->\n");
        let crlf = lines.replace('\n', "\r\n");
        for (file, expected) in [
            ("", lines.clone()),
            ("mine\n", format!("mine\n\n{lines}")),
            ("no last newline", format!("no last newline\n\n{lines}")),
            ("a\r\nb", format!("a\r\nb\r\n\r\n{crlf}")),
            ("\u{feff}", format!("\u{feff}{lines}")),
            ("\u{feff}a\r\n", format!("\u{feff}a\r\n\r\n{crlf}")),
        ] {
            assert_eq!(merge(file.as_bytes(), "new\n"), Ok(expected), "{file:?}");
        }
    }

    #[test]
    fn a_section_is_replaced_and_every_byte_around_it_stays() {
        for (before, eol, after) in [
            ("", "\n", ""),
            ("mine \t\n\n", "\n", "\nmore, no last newline"),
            ("\u{feff}mine\r\n", "\r\n", "\r\nmore\r\n"),
            ("\u{feff}", "\n", "\n"),
            ("Ã\n", "\n", "  \n\n\n"),
        ] {
            let old = format!(
                "{before}<!-- ai-lab:begin of old -->{eol}old{eol}<!-- ai-lab:end -->{after}"
            );
            let new = format!("{before}{BEGIN}{eol}new{eol}<!-- ai-lab:end -->{after}");
            assert_eq!(merge(old.as_bytes(), "new\n"), Ok(new), "{old:?}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_stay() {
        let file = b"\xff\xfe mine\n";
        let merged = section("new\n")
            .merged_into(file)
            .expect("there is no marker");
        assert!(merged.starts_with(file));
    }

    #[test]
    fn markers_that_do_not_pair_are_refused_with_their_lines() {
        let begin = "<!-- ai-lab:begin -->\n";
        let end = "<!-- ai-lab:end -->\n";
        for (file, expected) in [
            (
                format!("a\n{begin}b\n"),
                SectionError::LostEnd {
                    begin: 2,
                    marker: "<!-- ai-lab:end -->",
                },
            ),
            (format!("a\nb\n{end}"), SectionError::LostBegin { end: 3 }),
            (
                format!("{begin}{end}{end}"),
                SectionError::LostBegin { end: 3 },
            ),
            (
                format!("{begin}{end}mine\n{begin}{end}"),
                SectionError::Two {
                    first: 1,
                    second: 4,
                },
            ),
            (
                format!("{begin}{begin}{end}"),
                SectionError::Two {
                    first: 1,
                    second: 2,
                },
            ),
        ] {
            assert_eq!(merge(file.as_bytes(), "new\n"), Err(expected), "{file:?}");
        }
    }

    #[test]
    fn a_marker_inside_a_sentence_is_the_persons_text() {
        let file = "See `<!-- ai-lab:begin -->` and <!-- ai-lab:end --> there.\n  <!-- ai-lab:beginning -->\n";
        let merged = merge(file.as_bytes(), "new\n").expect("these are no markers");
        assert!(merged.starts_with(file));
    }

    #[test]
    fn a_hash_file_has_hash_markers() {
        let section = Section {
            comment: Comment::Hash,
            body: "*.db\n".to_owned(),
        };
        let text = String::from_utf8(section.new_file("")).expect("it is text");
        assert_eq!(
            text,
            "# ai-lab:begin (written by `ai-lab init`, your own text goes outside)\n*.db\n# ai-lab:end\n"
        );
        assert_eq!(section.merged_into(text.as_bytes()), Ok(text.into_bytes()));
    }
}
