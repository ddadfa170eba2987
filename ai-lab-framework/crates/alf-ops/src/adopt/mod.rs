//! `tool new --mcp` and `tool refresh`: the tools of an MCP server as actions of a manifest that stays as it is.

mod dialect;
mod draft;
mod listing;
mod naming;
mod refresh;
mod text;

use std::fs;
use std::path::PathBuf;

use ai_lab_contract::{ActionName, ErrorClass, Grants, Manifest, Profile, ToolName};
use alf_generator::write_new_tool;
use serde::Serialize;
use serde_json::json;

use crate::failure::Failure;
use crate::framework::Framework;
use crate::new_tool::{free_place, unwritten};
use draft::{Choice, draft};
use listing::list_tools_of;

pub use draft::RefusedTool;
pub use refresh::{Drift, Part, Refreshed, refresh_tool};

/// A server to adopt.
#[derive(Clone, Debug)]
pub struct Adoption {
    /// The tool's name, and its folder's.
    pub name: ToolName,
    /// The stage it begins in.
    pub profile: Profile,
    /// What it is for; made from the command where it is not said.
    pub description: Option<String>,
    /// The server's program, on PATH, and its arguments.
    pub command: Vec<String>,
    /// Patterns of the tools to adopt; all of them where there is none.
    pub include: Vec<String>,
    /// Patterns of tools to leave out.
    pub exclude: Vec<String>,
    /// What every action's name begins with.
    pub prefix: String,
    /// What the server may reach, when it is asked for its tools and later.
    pub grants: Grants,
}

/// One tool of the server as an action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AdoptedAction {
    /// The action.
    pub action: ActionName,
    /// The server's name of it.
    pub tool: String,
    /// What was rewritten in its schemas, for 2020-12.
    pub rewritten: Vec<String>,
}

/// A server that was adopted.
#[derive(Debug, Serialize)]
pub struct Adopted {
    /// The form of this answer: 1.
    pub format: u32,
    /// The tool's name.
    pub name: ToolName,
    /// Its folder.
    pub folder: PathBuf,
    /// Its files, relative to the folder.
    pub files: Vec<String>,
    /// Its actions.
    pub actions: Vec<AdoptedAction>,
    /// The server's tools that cannot be actions.
    pub refused: Vec<RefusedTool>,
}

/// The most actions that a manifest takes.
const ACTIONS: usize = 128;

/// Starts the server once, within the limits and grants of the tool to be, and writes its tools down as actions.
pub fn adopt_server(framework: &Framework, adoption: &Adoption) -> Result<Adopted, Failure> {
    let folder = free_place(framework, &adoption.name)?;
    let description = adoption.description.clone().unwrap_or_else(|| {
        let command = adoption.command.join(" ");
        naming::describe(
            Some(&format!("The tools of the MCP server `{command}`.")),
            &adoption.name.to_string(),
        )
    });
    let manifest: Manifest = serde_json::from_value(json!({
        "contract": 1, "name": adoption.name, "version": "0.1.0", "description": description,
        "profile": adoption.profile, "run": { "kind": "mcp", "command": adoption.command },
        "grants": adoption.grants, "actions": {},
    }))
    .map_err(|error| Failure::caused(ErrorClass::Usage, "cannot make such a tool", error))?;
    let beside = folder.with_file_name(format!(".{}.{}.adopt", adoption.name, std::process::id()));
    fs::create_dir_all(&beside).map_err(|error| unwritten(&beside, error))?;
    let listed = list_tools_of(framework, &manifest, &beside);
    // Nothing of ours is in it.
    let _left = fs::remove_dir_all(&beside);
    let choice = Choice {
        include: &adoption.include,
        exclude: &adoption.exclude,
        prefix: &adoption.prefix,
        ..Choice::default()
    };
    let drafted = draft(&listed?, &choice);
    check_count(drafted.actions.len(), &drafted.refused)?;
    let files = text::files(adoption, &description, &drafted.actions);
    write_new_tool(&folder, &files).map_err(|error| unwritten(&folder, error))?;
    let action = |action: draft::DraftAction| AdoptedAction {
        action: action.name,
        tool: action.tool,
        rewritten: action.rewritten,
    };
    Ok(Adopted {
        format: 1,
        name: adoption.name.clone(),
        folder,
        files: files
            .iter()
            .map(|file| file.path.display().to_string())
            .collect(),
        actions: drafted.actions.into_iter().map(action).collect(),
        refused: drafted.refused,
    })
}

fn check_count(count: usize, refused: &[RefusedTool]) -> Result<(), Failure> {
    if (1..=ACTIONS).contains(&count) {
        return Ok(());
    }
    if count > ACTIONS {
        let told = format!("the server has {count} tools, a manifest takes {ACTIONS} actions");
        return Err(Failure::new(ErrorClass::Refused, told)
            .with_hint("Choose some: `--include 'get_*'`, `--exclude 'admin_*'`."));
    }
    let told = match refused {
        [] => "the server has no tool that is meant".to_owned(),
        [first, ..] => format!(
            "none of the server's tools can be an action: {}: {}",
            first.tool, first.why
        ),
    };
    Err(Failure::new(ErrorClass::Incompatible, told))
}
