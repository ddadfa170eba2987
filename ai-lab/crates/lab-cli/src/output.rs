//! The one writer: everything that people and programs read comes from here.

use std::fmt::Display;
use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};

use anstream::AutoStream;
use anstyle::{AnsiColor, Style};
use serde::Serialize;
use unicode_width::UnicodeWidthStr as _;

use lab_ops::framework::{Done, Watch};

use crate::failure::CommandError;

/// The version that every `--json` answer carries as `format`.
const FORMAT: u32 = 1;

/// Standard output, its width, and what its listings look like.
#[derive(Debug)]
pub(crate) struct Output {
    // Buffered: a list of 10,000 lines is a handful of writes.
    out: BufWriter<AutoStream<StdoutLock<'static>>>,
    width: Option<u16>,
    rows: Option<u16>,
}

/// What goes with `format` into one JSON document.
#[derive(Serialize)]
struct Envelope<'a, T> {
    format: u32,
    #[serde(flatten)]
    body: &'a T,
}

impl Output {
    /// Standard output; `columns` beats the terminal's own width. Elsewhere lines are as long as they are.
    ///
    /// `rows` beats the terminal's own height in the same way.
    pub(crate) fn of_this_process(columns: Option<u16>, rows: Option<u16>) -> Self {
        let stdout = io::stdout();
        let size = stdout
            .is_terminal()
            .then(|| rustix::termios::tcgetwinsize(&stdout).ok())
            .flatten();
        let known = |said: Option<u16>, terminal: Option<u16>| {
            said.filter(|cells| *cells > 0)
                .or(terminal.filter(|cells| *cells > 0))
        };
        Self {
            out: BufWriter::new(AutoStream::auto(stdout.lock())),
            width: known(columns, size.map(|size| size.ws_col)),
            rows: known(rows, size.map(|size| size.ws_row)),
        }
    }

    /// How many lines the terminal shows; `None` elsewhere.
    pub(crate) const fn rows(&self) -> Option<u16> {
        self.rows
    }

    /// Tells that a listing goes on behind an item.
    pub(crate) fn more(
        &mut self,
        shown: usize,
        total: u64,
        is_exact: bool,
        next: &str,
    ) -> Result<(), CommandError> {
        let next = format!("--after {}", one_line(next));
        self.left(shown as u64, total, is_exact, &next)
    }

    /// Tells how much was shown, and what to add to the command for more.
    pub(crate) fn left(
        &mut self,
        shown: u64,
        total: u64,
        is_exact: bool,
        next: &str,
    ) -> Result<(), CommandError> {
        let more = if is_exact { "" } else { "at least " };
        self.dim(&format!("{shown} of {more}{total}; {next} goes on"))
    }

    /// Writes a line of less weight.
    pub(crate) fn dim(&mut self, line: &str) -> Result<(), CommandError> {
        let dim = Style::new().dimmed();
        self.line(format!("{dim}{}{dim:#}", one_line(line)))
    }

    /// Writes one line.
    pub(crate) fn line(&mut self, line: impl Display) -> Result<(), CommandError> {
        writeln!(self.out, "{line}").map_err(CommandError::writing)
    }

    /// Writes bytes as they are.
    pub(crate) fn raw(&mut self, bytes: &[u8]) -> Result<(), CommandError> {
        self.out.write_all(bytes).map_err(CommandError::writing)
    }

    /// Writes rows under a head, a line a row: what is too wide for the terminal ends in `…`, and on a narrow one
    /// other columns make room for the first and the widest.
    pub(crate) fn table(
        &mut self,
        head: &[&str],
        rows: &[Vec<String>],
    ) -> Result<(), CommandError> {
        let head: Vec<String> = head.iter().map(|cell| cell.to_uppercase()).collect();
        let lines = || (!head.is_empty()).then_some(&head).into_iter().chain(rows);
        let mut widths: Vec<usize> = Vec::new();
        for line in lines() {
            widths.resize(widths.len().max(line.len()), 0);
            for (width, cell) in widths.iter_mut().zip(line) {
                *width = (*width).max(one_line(cell).width());
            }
        }
        if let Some(room) = self.width {
            fit(&mut widths, usize::from(room));
        }
        for line in lines() {
            let mut text = String::new();
            let shown = widths.iter().zip(line).filter(|(width, _)| **width > 0);
            for (width, cell) in shown {
                let cell = cut(&one_line(cell), *width);
                let padding = width + BETWEEN - cell.width();
                text.push_str(&cell);
                text.extend(std::iter::repeat_n(' ', padding));
            }
            self.line(text.trim_end())?;
        }
        Ok(())
    }

    /// Writes a heading, with an empty line before it.
    pub(crate) fn heading(&mut self, text: &str) -> Result<(), CommandError> {
        let bold = Style::new().bold();
        self.line(format!("\n{bold}{text}{bold:#}"))
    }

    /// Writes what an answer is about: its label and title.
    pub(crate) fn title(&mut self, label: &str, title: &str) -> Result<(), CommandError> {
        let bold = Style::new().bold();
        self.line(format!(
            "{bold}{}{bold:#}  {}",
            one_line(label),
            one_line(title)
        ))
    }

    /// Writes names with their values; what has none is left out.
    pub(crate) fn fields(&mut self, fields: &[(&str, Option<String>)]) -> Result<(), CommandError> {
        let there = fields
            .iter()
            .filter_map(|(name, value)| Some((name, value.as_ref()?)));
        let width = there.clone().map(|(name, _)| name.len()).max().unwrap_or(0);
        let dim = Style::new().dimmed();
        for (name, value) in there {
            self.line(format!("  {dim}{name:width$}{dim:#}  {}", one_line(value)))?;
        }
        Ok(())
    }

    /// Writes entries under a heading; without entries there is no heading.
    pub(crate) fn entries(
        &mut self,
        heading: &str,
        entries: &[String],
    ) -> Result<(), CommandError> {
        if entries.is_empty() {
            return Ok(());
        }
        self.heading(heading)?;
        for entry in entries {
            self.line(format!("  {}", one_line(entry)))?;
        }
        Ok(())
    }

    /// Writes entries that commands name by their number.
    pub(crate) fn numbered(
        &mut self,
        heading: &str,
        entries: &[String],
    ) -> Result<(), CommandError> {
        let numbered = (1..)
            .zip(entries)
            .map(|(number, entry)| format!("{number}. {entry}"));
        self.entries(heading, &numbered.collect::<Vec<_>>())
    }

    /// Writes a text of several lines under a heading, where there is any.
    pub(crate) fn text(&mut self, heading: &str, text: &str) -> Result<(), CommandError> {
        if text.is_empty() {
            return Ok(());
        }
        self.heading(heading)?;
        for line in text.lines() {
            self.line(format!("  {}", one_line(line)).trim_end())?;
        }
        Ok(())
    }

    /// Writes one JSON document: an object with `"format": 1` first.
    pub(crate) fn json(&mut self, body: &impl Serialize) -> Result<(), CommandError> {
        serde_json::to_writer_pretty(
            &mut self.out,
            &Envelope {
                format: FORMAT,
                body,
            },
        )
        .map_err(|error| CommandError::writing(error.into()))?;
        self.line("")
    }

    /// Hands everything over to the reader.
    pub(crate) fn flush(&mut self) -> Result<(), CommandError> {
        self.out.flush().map_err(CommandError::writing)
    }

    /// Tells on standard error what a person should know beside the answer.
    pub(crate) fn show_notices(&mut self, notices: &[String]) {
        if notices.is_empty() {
            return;
        }
        let dim = Style::new().dimmed();
        let lines = notices
            .iter()
            .map(|notice| format!("{dim}note:{dim:#} {}\n", one_line(notice)));
        // The answer comes first; whoever closed both streams wants neither.
        let _ = self.flush();
        let text: String = lines.collect();
        let _ = AutoStream::auto(io::stderr().lock()).write_all(text.as_bytes());
    }

    /// Tells on standard error what failed, why, and what to do next.
    pub(crate) fn show_error(&mut self, error: &CommandError) {
        let red = Style::new().bold().fg_color(Some(AnsiColor::Red.into()));
        let dim = Style::new().dimmed();
        let names = std::iter::once("error:").chain(std::iter::repeat("because:"));
        let mut text: Vec<String> = names
            .zip(error.messages())
            .map(|(name, message)| format!("{red}{name}{red:#} {message}\n"))
            .collect();
        text.extend(
            error
                .hint()
                .map(|hint| format!("{dim}next:{dim:#} {hint}\n")),
        );
        // What was written before the failure comes first; whoever closed both streams wants neither.
        let _ = self.flush();
        let _ = AutoStream::auto(io::stderr().lock()).write_all(text.concat().as_bytes());
    }
}

/// Tells on standard error what goes on, a line a step.
#[derive(Debug)]
pub(crate) struct Progress;

impl Watch for Progress {
    fn begins(&mut self, _step: &str) {}

    fn done(&mut self, done: &Done) {
        let dim = Style::new().dimmed();
        let took = match done.ms {
            ms @ 0..10_000 => format!("{ms} ms"),
            ms => format!("{} s", ms / 1_000),
        };
        let (step, said) = (one_line(&done.step), one_line(&done.said));
        let line = format!("  {step}: {said} {dim}({took}){dim:#}\n");
        // Whoever closed the stream does not want to know.
        let _ = AutoStream::auto(io::stderr().lock()).write_all(line.as_bytes());
    }
}

/// Columns between two cells.
const BETWEEN: usize = 2;

/// What the widest column keeps while others are still there.
const LEAST_WIDE: usize = 16;

/// Makes columns fit into a line: the widest gives way first, then the others but the first go, from the right.
fn fit(widths: &mut [usize], room: usize) {
    let widest = (0..widths.len()).max_by_key(|place| widths[*place]);
    let Some(widest) = widest else { return };
    let taken = |widths: &[usize]| -> usize {
        let others = widths
            .iter()
            .enumerate()
            .filter(|(place, width)| *place != widest && **width > 0);
        others.map(|(_, width)| width + BETWEEN).sum()
    };
    let least = widths[widest].min(LEAST_WIDE);
    for place in (1..widths.len()).rev().filter(|place| *place != widest) {
        if taken(widths) + least <= room {
            break;
        }
        widths[place] = 0;
    }
    widths[widest] = widths[widest].min(room.saturating_sub(taken(widths)).max(1));
}

/// A text within so many columns; what is cut off ends in `…`.
fn cut(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let mut cut = String::new();
    for c in text.chars() {
        cut.push(c);
        if cut.width() + 1 > columns {
            cut.pop();
            break;
        }
    }
    cut.push('…');
    cut
}

/// A text on one line, harmless to a terminal: what would move its cursor is shown instead.
pub(crate) fn one_line(text: &str) -> String {
    let harmless = |c: char| match c {
        '\n' | '\r' | '\t' => ' ',
        c if c.is_control() || reorders(c) => char::REPLACEMENT_CHARACTER,
        c => c,
    };
    text.chars().map(harmless).collect()
}

/// Whether a character has its neighbours shown in another order, or ends a line unseen.
const fn reorders(c: char) -> bool {
    matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_by_what_it_takes_on_the_screen() {
        for (text, columns, expected) in [
            ("pump", 4, "pump"),
            ("pumps", 4, "pum…"),
            ("長い題名", 5, "長い…"),
            ("長い題名", 6, "長い…"),
            ("", 0, ""),
            ("ab", 1, "…"),
        ] {
            assert_eq!(cut(text, columns), expected, "{text} {columns}");
        }
    }

    #[test]
    fn other_columns_make_room_for_the_widest() {
        let fitted = |mut widths: Vec<usize>, room| {
            fit(&mut widths, room);
            widths
        };
        assert_eq!(fitted(vec![8, 6, 30], 80), [8, 6, 30]);
        assert_eq!(fitted(vec![8, 6, 30], 40), [8, 6, 22]);
        assert_eq!(fitted(vec![8, 6, 30], 30), [8, 0, 20]);
        assert_eq!(fitted(vec![8, 6, 10], 28), [8, 6, 10]);
        assert_eq!(fitted(vec![8, 6, 10], 5), [8, 0, 1]);
        assert_eq!(fitted(vec![9, 6, 60, 11], 80), [9, 6, 48, 11]);
        assert_eq!(fitted(vec![9, 6, 60, 11], 40), [9, 6, 21, 0]);
        assert_eq!(fitted(vec![], 5), Vec::<usize>::new());
    }

    #[test]
    fn a_text_cannot_steer_the_terminal() {
        assert_eq!(
            one_line("a\nb\x1b[2Jc\u{9b}1m ä🏠 \u{202e}cod.exe שלום"),
            "a b\u{fffd}[2Jc\u{fffd}1m ä🏠 \u{fffd}cod.exe שלום"
        );
    }
}
