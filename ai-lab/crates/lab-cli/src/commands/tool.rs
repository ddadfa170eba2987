//! `ai-lab tool`

use std::ffi::OsStr;

use ai_lab_contract::ErrorClass;
use lab_ops::{Places, hand_over};

use crate::context::Context;
use crate::failure::CommandError;

/// List, show, check and make this lab's tools: `ai-lab-framework tool` in the lab's folder
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What follows `ai-lab-framework tool`, such as `list --json`.
    #[arg(
        value_name = "ARGUMENTS",
        trailing_var_arg = true,
        allow_hyphen_values = true,
        default_value = "list"
    )]
    arguments: Vec<String>,
}

pub(crate) fn run(args: &Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let lab = context.lab()?;
    let mut arguments = vec!["tool"];
    arguments.extend(args.arguments.iter().map(String::as_str));
    match hand_over(&lab, &places(context)?, &arguments)? {
        Some(0) => Ok(()),
        Some(code) => Err(CommandError::Told(class(code))),
        None => Err(CommandError::Told(ErrorClass::Interrupted)),
    }
}

/// The class of the framework's exit code; both halves read the one table.
fn class(code: i32) -> ErrorClass {
    ErrorClass::ALL
        .into_iter()
        .find(|class| i32::from(class.exit_code()) == code)
        .unwrap_or(ErrorClass::Internal)
}

/// Where the framework is looked for.
pub(crate) fn places<'a>(context: &Context<'a>) -> Result<Places<'a>, CommandError> {
    Ok(Places {
        named: None,
        variable: context
            .environment
            .text("AI_LAB_FRAMEWORK")?
            .map(OsStr::new),
        search_path: context.environment.text("PATH")?.map(OsStr::new),
    })
}
