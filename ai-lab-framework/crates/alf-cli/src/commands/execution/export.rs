//! `execution export`.

use std::io::{self, Write};
use std::path::PathBuf;

use alf_ops::{Framework, list_executions, trace_request};
use alf_store::{Execution, ExecutionFilter, MOST_ROWS};
use clap::{Args, ValueEnum};

use super::list::Chosen;
use crate::commands::CommandError;
use crate::new_file::{NewFile, Overwrite};
use crate::output::{Ended, Output};
use crate::render::csv;
use crate::render::style::{GOOD, styled};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    chosen: Chosen,
    /// One JSON object a line, a table for a spreadsheet, or `OpenTelemetry` traces: one request of spans a line
    #[arg(long, value_enum, default_value_t = Format::Jsonl)]
    format: Format,
    /// Write it there instead of to standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Replace the file if it is there
    #[arg(long, requires = "output")]
    force: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Jsonl,
    Csv,
    Otlp,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let filter = ExecutionFilter {
            limit: MOST_ROWS / 10,
            ..self.chosen.filter(framework)?
        };
        let Some(path) = self.output else {
            let mut write = |line: &str| output.say_line(line);
            every_row(framework, filter, self.format, &mut write)?;
            return Ok(0);
        };
        let mut file = NewFile::create(&path, Overwrite::only_if(self.force))?;
        let mut write = |line: &str| writeln!(file, "{line}");
        let rows = every_row(framework, filter, self.format, &mut write)?;
        file.commit()?;
        let told = format!(
            "{} {}: {rows} executions",
            styled(GOOD, "✓"),
            path.display()
        );
        output.note(told)?;
        Ok(0)
    }
}

/// Writes page by page, newest first: what is exported never lies in the memory as a whole.
fn every_row(
    framework: &Framework,
    mut filter: ExecutionFilter,
    format: Format,
    write: &mut dyn FnMut(&str) -> io::Result<()>,
) -> Result<u64, CommandError> {
    if matches!(format, Format::Csv) {
        write(&csv::line(&csv::EXECUTION.map(str::to_owned)))?;
    }
    let mut rows = 0;
    loop {
        let page = list_executions(framework, &filter)?;
        rows += match format {
            Format::Otlp => spans(&page.executions, write)?,
            Format::Jsonl => lines(&page.executions, serde_json::to_string, write)?,
            Format::Csv => lines(
                &page.executions,
                |one| Ok(csv::line(&csv::execution(one))),
                write,
            )?,
        };
        match page.next {
            Some(next) => filter.before = Some(next),
            None => return Ok(rows),
        }
    }
}

/// A line an execution; says how many.
fn lines(
    executions: &[Execution],
    line: impl Fn(&Execution) -> serde_json::Result<String>,
    write: &mut dyn FnMut(&str) -> io::Result<()>,
) -> io::Result<u64> {
    for execution in executions {
        write(&line(execution)?)?;
    }
    Ok(executions.len() as u64)
}

/// One line for those of a page that have ended; says how many they are.
fn spans(
    executions: &[Execution],
    write: &mut dyn FnMut(&str) -> io::Result<()>,
) -> io::Result<u64> {
    if let Some(request) = trace_request(executions) {
        write(&request.to_string())?;
    }
    let ended = executions.iter().filter(|one| one.ended.is_some());
    Ok(ended.count() as u64)
}
