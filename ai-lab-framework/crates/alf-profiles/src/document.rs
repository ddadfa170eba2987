//! Reads a document as Markdown is read: its headings, what stands under them, and its marked examples.

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};

/// The word after the language of a code block that marks it as an example to run.
const MARK: &str = "runs";

/// A document by its headings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// Each heading with what stands under it up to the next.
    pub sections: Vec<Section>,
    /// The marked examples: code blocks with `runs` after their language, such as `console runs`.
    pub examples: Vec<Example>,
}

/// One heading and what stands under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// The heading's text.
    pub title: String,
    /// How many words stand under it, code included, the text of deeper headings too.
    pub words: usize,
    /// How deep it is: 1 for the document's title.
    pub level: u8,
}

/// One marked code block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// Its lines.
    pub lines: Vec<String>,
}

impl Document {
    /// How many words stand under a heading of one of these titles, whatever its case; `None` without such a heading.
    pub fn words_under(&self, titles: &[&str]) -> Option<usize> {
        let is_one = |title: &str| {
            let title = title.trim().to_lowercase();
            titles.iter().any(|wanted| title == *wanted)
        };
        let at = self
            .sections
            .iter()
            .position(|section| is_one(&section.title))?;
        let level = self.sections[at].level;
        let below = self.sections[at + 1..]
            .iter()
            .take_while(|section| section.level > level);
        Some(self.sections[at].words + below.map(|section| section.words).sum::<usize>())
    }
}

/// Reads a document.
pub fn read_document(text: &str) -> Document {
    let mut document = Document::default();
    let mut heading: Option<(u8, String)> = None;
    let mut example: Option<String> = None;
    for event in Parser::new_ext(text, pulldown_cmark::Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                heading = Some((level as u8, String::new()));
            }
            Event::End(TagEnd::Heading(_)) => {
                if let Some((level, title)) = heading.take() {
                    document.sections.push(Section {
                        title,
                        words: 0,
                        level,
                    });
                }
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) if is_marked(&info) => {
                example = Some(String::new());
            }
            Event::End(TagEnd::CodeBlock) => {
                let lines = |text: String| text.lines().map(str::to_owned).collect();
                let ended = example.take().map(|text| Example { lines: lines(text) });
                document.examples.extend(ended);
            }
            Event::Text(text) | Event::Code(text) => {
                if let Some(example) = &mut example {
                    example.push_str(&text);
                }
                match (&mut heading, document.sections.last_mut()) {
                    (Some((_, title)), _) => title.push_str(&text),
                    (None, Some(section)) => section.words += text.split_whitespace().count(),
                    (None, None) => {}
                }
            }
            _ => {}
        }
    }
    document
}

fn is_marked(info: &str) -> bool {
    info.split_whitespace().skip(1).any(|word| word == MARK)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# tool\n\nSays hello.\n\n## Usage\n\n```console runs\n$ tool run\n$ again\n```\n\n\
                        ```sh\nnot marked\n```\n\n## Limits\n\n### Time\n\nTen `seconds` a call.\n\n## Runbook\n\n\
                        Not a heading: ## Security\n\n```\n# Security notes\n```\n";

    #[test]
    fn headings_count_what_stands_under_them() {
        let document = read_document(TEXT);
        let words = |title: &str| document.words_under(&[title]);
        assert_eq!(words("tool"), Some(21));
        assert_eq!(words("usage"), Some(7));
        assert_eq!(
            words("limits"),
            Some(4),
            "what deeper headings say counts too"
        );
        assert_eq!(words("security notes"), None, "a heading in code is none");
        assert_eq!(document.words_under(&["betrieb", "runbook"]), Some(8));
    }

    #[test]
    fn only_marked_examples_are_run() {
        let example = Example {
            lines: vec!["$ tool run".to_owned(), "$ again".to_owned()],
        };
        assert_eq!(read_document(TEXT).examples, [example]);
    }

    #[test]
    fn an_empty_heading_has_no_words() {
        assert_eq!(
            read_document("## Runbook\n## Limits\n").words_under(&["runbook"]),
            Some(0)
        );
        assert_eq!(read_document("no heading"), Document::default());
    }
}
