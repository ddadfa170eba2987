//! `ai-lab run`

use std::io::{self, Read as _};

use lab_ops::{RunRequest, failure_of, harmless, run as run_action};
use serde_json::Value;

use crate::commands::tool::places;
use crate::context::Context;
use crate::failure::CommandError;

/// The longest input taken from standard input, in bytes.
const INPUT_BYTES: u64 = 67_108_864;

/// Run one action of a tool through the framework
///
/// The framework checks the input, limits the tool and records the execution. What the tool logs goes to
/// standard error; the exit code tells how it ended.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The action.
    #[arg(value_name = "TOOL.ACTION")]
    address: String,

    /// Its input: JSON, or - for standard input.
    #[arg(long, short, value_name = "JSON", default_value = "{}")]
    input: String,

    /// Answer in JSON: data or error, with the execution's id.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let lab = context.lab()?;
    let request = RunRequest {
        address: &args.address,
        input: input(&args.input)?,
        places: places(context)?,
    };
    let completed = run_action(&lab, &request)?;
    if args.json {
        context.output.json(&completed)?;
    } else if let Some(data) = &completed.data {
        for line in format!("{data:#}").lines() {
            context.output.line(harmless(line))?;
        }
    }
    failure_of(&completed).map_or(Ok(()), |failed| Err(failed.into()))
}

fn input(text: &str) -> Result<Value, CommandError> {
    let wrong = |problem: &dyn std::fmt::Display| CommandError::argument("--input", problem);
    if text != "-" {
        return serde_json::from_str(text).map_err(|error| wrong(&error));
    }
    let mut bytes = Vec::new();
    let read = io::stdin()
        .lock()
        .take(INPUT_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| wrong(&error))?;
    if read as u64 > INPUT_BYTES {
        return Err(wrong(&format_args!(
            "standard input is longer than {INPUT_BYTES} bytes"
        )));
    }
    serde_json::from_slice(&bytes).map_err(|error| wrong(&error))
}
