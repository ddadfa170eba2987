//! The one writer: everything that people and programs read comes from here.

use std::fmt::Display;
use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};

use anstream::AutoStream;
use anstyle::{AnsiColor, Style};
use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;

use crate::failure::CommandError;

/// The version that every `--json` answer carries as `format`.
const FORMAT: u32 = 1;

/// Standard output, its width, and what its listings look like.
#[derive(Debug)]
pub(crate) struct Output {
    // Buffered: a list of 10,000 lines is a handful of writes.
    out: BufWriter<AutoStream<StdoutLock<'static>>>,
    width: Option<u16>,
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
    pub(crate) fn of_this_process(columns: Option<u16>) -> Self {
        let stdout = io::stdout();
        let of_terminal = || {
            let size = rustix::termios::tcgetwinsize(&stdout).ok()?;
            (stdout.is_terminal() && size.ws_col > 0).then_some(size.ws_col)
        };
        let width = columns.filter(|columns| *columns > 0).or_else(of_terminal);
        Self {
            out: BufWriter::new(AutoStream::auto(stdout.lock())),
            width,
        }
    }

    /// Writes one line.
    pub(crate) fn line(&mut self, line: impl Display) -> Result<(), CommandError> {
        writeln!(self.out, "{line}").map_err(CommandError::writing)
    }

    /// Writes bytes as they are.
    pub(crate) fn raw(&mut self, bytes: &[u8]) -> Result<(), CommandError> {
        self.out.write_all(bytes).map_err(CommandError::writing)
    }

    /// Writes rows under a head, without borders, within the width.
    pub(crate) fn table(
        &mut self,
        head: &[&str],
        rows: Vec<Vec<String>>,
    ) -> Result<(), CommandError> {
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        if let Some(width) = self.width {
            table
                .set_width(width)
                .set_content_arrangement(ContentArrangement::Dynamic);
        }
        if !head.is_empty() {
            table.set_header(head.iter().map(|cell| cell.to_uppercase()));
        }
        table.add_rows(rows);
        for column in table.column_iter_mut() {
            column.set_padding((0, 2));
        }
        for line in table.lines() {
            self.line(line.trim_end())?;
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
