//! `tool list`, `tool show`, `tool check`.

use std::ffi::OsString;

use ai_lab_contract::{Action, ActionName, Manifest, Profile, RunKind, ToolName};
use alf_catalog::{Discovery, FoundTool, Problem, check_tool};
use alf_manifest::{Finding, Severity};
use serde::Serialize;

use crate::failure::Failure;
use crate::framework::{Framework, concerns, framework_version};
use crate::tool_lock::{Standing, Standings};

/// One tool in a listing.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ToolRow {
    /// Its name.
    pub name: ToolName,
    /// Its own version.
    pub version: String,
    /// The stage it claims.
    pub profile: Profile,
    /// How it runs.
    pub kind: RunKind,
    /// Whose it is: `project NAME`, `global` or `home`.
    pub origin: String,
    /// What it can do.
    pub actions: Vec<ActionName>,
    /// What it is for.
    pub description: String,
    /// What its lock says of it.
    #[serde(flatten)]
    pub standing: Standing,
}

/// All tools, and what cannot be used.
#[derive(Debug, Serialize)]
pub struct ToolList {
    /// The form of this listing: 1.
    pub format: u32,
    /// The tools, by name.
    pub tools: Vec<ToolRow>,
    /// Manifests that are wrong and folders that cannot be read.
    pub problems: Vec<Problem>,
}

/// Lists the tools of the lab and of the home.
pub fn list_tools(framework: &Framework) -> ToolList {
    let Discovery { tools, problems } = framework.discover();
    let mut standings = Standings::default();
    let tools = tools
        .into_iter()
        .map(|tool| {
            let standing = standings.of(framework, &tool);
            row(tool, standing)
        })
        .collect();
    ToolList {
        format: 1,
        tools,
        problems,
    }
}

fn row(tool: FoundTool, standing: Standing) -> ToolRow {
    let Manifest {
        name,
        version,
        profile,
        run,
        actions,
        description,
        ..
    } = tool.manifest;
    ToolRow {
        name,
        version,
        profile,
        kind: run.kind,
        origin: tool.origin.to_string(),
        actions: actions.into_keys().collect(),
        description,
        standing,
    }
}

/// One tool in full.
#[derive(Debug, Serialize)]
pub struct ToolDetail {
    /// The form of this answer: 1.
    pub format: u32,
    /// Its manifest, folder and origin.
    #[serde(flatten)]
    pub found: FoundTool,
    /// The digest of its files; `None` when it cannot be loaded.
    pub digest: Option<String>,
    /// Why it cannot be loaded.
    pub not_loaded: Option<Vec<String>>,
    /// What its lock says of it.
    #[serde(flatten)]
    pub standing: Standing,
}

/// Shows one tool.
pub fn show_tool(framework: &Framework, name: &str) -> Result<ToolDetail, Failure> {
    let found = framework.find(name)?;
    let (digest, not_loaded) = match framework.load(&found.manifest.name) {
        Ok(loaded) => (Some(loaded.digest.to_string()), None),
        Err(failure) => (None, Some(failure.chain())),
    };
    let standing = Standings::default().of(framework, &found);
    Ok(ToolDetail {
        format: 1,
        standing,
        found,
        digest,
        not_loaded,
    })
}

impl ToolDetail {
    /// The actions in the order of their names.
    pub fn actions(&self) -> impl Iterator<Item = (&ActionName, &Action)> {
        self.found.manifest.actions.iter()
    }
}

/// What a check of one tool found.
#[derive(Clone, Debug, Serialize)]
pub struct CheckedTool {
    /// The manifest.
    pub file: String,
    /// What is wrong, by place.
    pub findings: Vec<Finding>,
    /// The manifest's text, which the findings point into.
    #[serde(skip)]
    pub source: String,
}

/// What a check found.
#[derive(Debug, Serialize)]
pub struct ToolCheck {
    /// The form of this answer: 1.
    pub format: u32,
    /// The tools that were checked.
    pub tools: Vec<CheckedTool>,
    /// What keeps a folder from being read as a tool at all.
    pub problems: Vec<String>,
}

impl ToolCheck {
    /// How many findings keep a tool from running.
    pub fn errors(&self) -> usize {
        let findings = self.tools.iter().flat_map(|tool| &tool.findings);
        findings
            .filter(|finding| finding.severity == Severity::Error)
            .count()
            + self.problems.len()
    }

    /// How many findings do not.
    pub fn warnings(&self) -> usize {
        let findings = self.tools.iter().flat_map(|tool| &tool.findings);
        findings
            .filter(|finding| finding.severity == Severity::Warning)
            .count()
    }
}

/// What a tool is held against.
pub(crate) fn catalog_surroundings(framework: &Framework) -> alf_catalog::Surroundings {
    alf_catalog::Surroundings {
        framework: framework_version(),
        home: Some(framework.surroundings.home.clone()),
        search_path: OsString::from(&framework.surroundings.path),
    }
}

/// Checks one tool, or all of them, without running anything.
pub fn check_tools(framework: &Framework, name: Option<&str>) -> Result<ToolCheck, Failure> {
    let Discovery { tools, problems } = framework.discover();
    let mut check = ToolCheck {
        format: 1,
        tools: Vec::new(),
        problems: Vec::new(),
    };
    for problem in problems
        .into_iter()
        .filter(|p| name.is_none_or(|name| concerns(p, name)))
    {
        match problem {
            Problem::Manifest(broken) => check.tools.push(CheckedTool {
                file: broken.file.display().to_string(),
                findings: broken.findings,
                source: broken.source,
            }),
            Problem::Unreadable { .. }
            | Problem::Folder { .. }
            | Problem::SameName { .. }
            | Problem::TooMany { .. } => check.problems.push(problem.to_string()),
        }
    }
    let surroundings = catalog_surroundings(framework);
    let wanted = |tool: &FoundTool| name.is_none_or(|name| tool.manifest.name.as_str() == name);
    for tool in tools.into_iter().filter(wanted) {
        check.tools.push(CheckedTool {
            file: tool.manifest_path.display().to_string(),
            findings: check_tool(&tool, &surroundings),
            source: tool.source,
        });
    }
    match name {
        // Nothing of that name at all: the failure names the nearest.
        Some(name) if check.tools.is_empty() && check.problems.is_empty() => {
            framework.find(name).map(|_| check)
        }
        Some(_) | None => Ok(check),
    }
}
