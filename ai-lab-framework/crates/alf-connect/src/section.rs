//! Our lines in a file that a client gives its model to read, between two markers.

use thiserror::Error;

use crate::edit::{CONFIG_BYTES, Edited, Made, Removed};

/// How the line before our lines begins. A lab has a section of its own, with other markers, in the same file.
const BEGIN: &str = "<!-- ai-lab-framework:begin";
/// What the line before our lines tells a person.
const NOTE: &str = " (written by `ai-lab-framework connect`, your own text goes outside) -->";
/// The line behind our lines.
const END: &str = "<!-- ai-lab-framework:end -->";

/// Why a file's section cannot be found. Lines count from 1.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SectionError {
    /// It is longer than [`CONFIG_BYTES`].
    #[error("it is longer than {CONFIG_BYTES} bytes")]
    TooLong,
    /// All that follows could be ours or the person's.
    #[error("the section that begins in line {0} has lost its end marker `{END}`")]
    LostEnd(usize),
    /// All that stands before could be ours or the person's.
    #[error("the end marker in line {0} has lost its begin marker")]
    LostBegin(usize),
    /// It cannot be told which of them is meant.
    #[error("there are two sections, in line {0} and in line {1}: remove one")]
    Two(usize, usize),
}

/// Whether a text has the section.
pub fn has_section(text: &str) -> Result<bool, SectionError> {
    Ok(find(text)?.is_some())
}

/// The text with these lines, each ended by `\n`, between the markers; `None` for a file that is not there.
pub fn with_section(text: Option<&str>, body: &str) -> Result<Edited, SectionError> {
    let whole = text.unwrap_or_default();
    let eol = if whole.contains("\r\n") { "\r\n" } else { "\n" };
    let section = format!("{BEGIN}{NOTE}\n{body}{END}").replace('\n', eol);
    if let Some((start, end)) = find(whole)? {
        return Ok(Edited {
            text: format!("{}{section}{}", &whole[..start], &whole[end..]),
            made: None,
        });
    }
    let gap = match whole {
        "" => String::new(),
        whole if whole.ends_with('\n') => eol.to_owned(),
        _ => eol.repeat(2),
    };
    Ok(Edited {
        text: format!("{whole}{gap}{section}{eol}"),
        made: Some(Made {
            file: text.is_none(),
            gap: Some(gap),
            ..Made::default()
        }),
    })
}

/// The text without the section; `made` is what [`with_section`] said.
pub fn without_section(text: &str, made: &Made) -> Result<Removed, SectionError> {
    let Some((mut start, mut end)) = find(text)? else {
        return Ok(Removed::NotThere);
    };
    let behind = &text[end..];
    end += behind.len()
        - behind
            .strip_prefix("\r\n")
            .or(behind.strip_prefix('\n'))
            .unwrap_or(behind)
            .len();
    let gap = made.gap.as_deref().unwrap_or_default();
    if text[..start].ends_with(gap) {
        let is_last = text[end..].trim().is_empty();
        start -= if is_last { gap.len() } else { 0 };
    }
    let left = format!("{}{}", &text[..start], &text[end..]);
    if made.file && left.trim().is_empty() {
        return Ok(Removed::File);
    }
    Ok(Removed::Text(left))
}

/// Where the begin marker starts and the end marker ends.
fn find(text: &str) -> Result<Option<(usize, usize)>, SectionError> {
    if text.len() > CONFIG_BYTES {
        return Err(SectionError::TooLong);
    }
    let mut open: Option<(usize, usize)> = None;
    let mut found: Option<(usize, usize, usize)> = None;
    let mut offset = 0;
    for (number, line) in (1..).zip(text.split_inclusive('\n')) {
        let said = line.trim_end();
        if is_begin(said) {
            if let Some(first) = open.map(|(line, _)| line).or(found.map(|(line, ..)| line)) {
                return Err(SectionError::Two(first, number));
            }
            open = Some((number, offset));
        } else if said == END {
            let (begin, start) = open.take().ok_or(SectionError::LostBegin(number))?;
            found = Some((begin, start, offset + said.len()));
        }
        offset += line.len();
    }
    match open {
        Some((begin, _)) => Err(SectionError::LostEnd(begin)),
        None => Ok(found.map(|(_, start, end)| (start, end))),
    }
}

fn is_begin(line: &str) -> bool {
    let rest = line.strip_prefix(BEGIN);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BODY: &str = "Use the tools.\n";

    fn with(text: Option<&str>) -> (String, Made) {
        let edited = with_section(text, BODY).expect("it is put in");
        (edited.text, edited.made.expect("it is new"))
    }

    #[test]
    fn a_section_is_put_behind_brought_up_to_date_and_taken_out() {
        let (text, made) = with(Some("# Mine\r\nText"));
        assert_eq!(
            text,
            "# Mine\r\nText\r\n\r\n<!-- ai-lab-framework:begin (written by `ai-lab-framework connect`, your own text \
             goes outside) -->\r\nUse the tools.\r\n<!-- ai-lab-framework:end -->\r\n"
        );
        let older = text.replace("Use the tools.", "Do.");
        let again = with_section(Some(&older), BODY).expect("it is put in");
        assert_eq!((again.text, again.made), (text.clone(), None));
        assert_eq!(
            without_section(&text, &made),
            Ok(Removed::Text("# Mine\r\nText".to_owned()))
        );
        // What the person wrote behind it keeps its distance from what they wrote before.
        let more = format!("{text}More\r\n");
        assert_eq!(
            without_section(&more, &made),
            Ok(Removed::Text("# Mine\r\nText\r\n\r\nMore\r\n".to_owned()))
        );
        assert_eq!(without_section("text", &made), Ok(Removed::NotThere));
    }

    #[test]
    fn a_file_that_was_made_for_it_goes_with_it() {
        let (text, made) = with(None);
        assert_eq!(without_section(&text, &made), Ok(Removed::File));
        let more = format!("mine\n{text}");
        assert_eq!(
            without_section(&more, &made),
            Ok(Removed::Text("mine\n".to_owned()))
        );
        let (text, made) = with(Some(""));
        assert_eq!(
            without_section(&text, &made),
            Ok(Removed::Text(String::new()))
        );
    }

    #[test]
    fn a_section_that_is_damaged_is_named() {
        let told = |text: &str| {
            with_section(Some(text), BODY)
                .map_err(|error| error.to_string())
                .map(|_| ())
        };
        let lost_end = format!("a\n{BEGIN} -->\nb\n");
        assert_eq!(
            told(&lost_end),
            Err("the section that begins in line 2 has lost its end marker `<!-- ai-lab-framework:end -->`".to_owned())
        );
        assert_eq!(
            told(&format!("{END}\n")),
            Err("the end marker in line 1 has lost its begin marker".to_owned())
        );
        let one = format!("{BEGIN} -->\n{END}\n");
        assert_eq!(
            told(&format!("{one}{one}")),
            Err("there are two sections, in line 1 and in line 3: remove one".to_owned())
        );
        // The lab's own section, and a text that speaks of ours, are none.
        assert_eq!(
            has_section("<!-- ai-lab:begin -->\n<!-- ai-lab:end -->\n"),
            Ok(false)
        );
        assert_eq!(
            has_section(&format!("See `{BEGIN}`.\n{BEGIN}ning\n")),
            Ok(false)
        );
        assert_eq!(
            has_section(&" ".repeat(CONFIG_BYTES + 1)),
            Err(SectionError::TooLong)
        );
    }

    proptest! {
        #[test]
        fn what_is_put_in_is_taken_out_and_nothing_else(text in "[a-z# \r\n]{0,60}") {
            let (written, made) = with(Some(&text));
            prop_assert_eq!(without_section(&written, &made), Ok(Removed::Text(text)));
        }
    }
}
