//! Everything about a tool that can be known without running it.

use std::error::Error;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use ai_lab_contract::{Profile, SchemaSource};
use alf_manifest::{Finding, FindingCode, Severity, Spans, grant_covers, hidden_in, order_in};
use alf_schema::CompiledSchema;
use semver::{Version, VersionReq};
use serde_json::Value;

use crate::digest::digest_tree;
use crate::loaded::written_data;
use crate::schemas::read_schema;
use crate::{FoundTool, Program, ProgramError};

/// The names under which a README is looked for.
const READMES: [&str; 4] = ["README.md", "README", "README.txt", "README.rst"];

/// How many properties without a description are named. Stops a big schema from filling the screen.
const NAMED_PROPERTIES: usize = 8;

/// What a tool is held against.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// The framework's own version.
    pub framework: Version,
    /// The framework's home, such as `~/.ai-lab`, absolute: no grant may reach it. `None` skips that check.
    pub home: Option<PathBuf>,
    /// The value of `PATH` for programs without a `/`.
    pub search_path: OsString,
}

/// Finds everything that is wrong with a tool whose manifest is right, in the order of the manifest.
///
/// Nothing is run. The places are in the manifest, also for what is wrong in other files.
pub fn check_tool(found: &FoundTool, surroundings: &Surroundings) -> Vec<Finding> {
    let mut check = Check {
        found,
        spans: Spans::read(&found.source),
        folder: found
            .folder
            .canonicalize()
            .unwrap_or_else(|_| found.folder.clone()),
        findings: Vec::new(),
    };
    check.framework(&surroundings.framework);
    check.program(surroundings);
    check.words();
    check.schemas();
    if let Some(home) = &surroundings.home {
        check.grants(home);
    }
    check.readme();
    check.files();
    let mut findings = check.findings;
    findings.sort_by(|a, b| {
        (a.span.start, a.code, &a.message).cmp(&(b.span.start, b.code, &b.message))
    });
    findings
}

struct Check<'a> {
    found: &'a FoundTool,
    spans: Spans,
    folder: PathBuf,
    findings: Vec<Finding>,
}

impl Check<'_> {
    fn report(
        &mut self,
        code: FindingCode,
        pointer: &str,
        message: impl Into<String>,
    ) -> &mut Finding {
        let span = self.spans.value(pointer);
        let finding = Finding::error(code, message, &self.found.source, span);
        self.findings.push(finding);
        self.findings
            .last_mut()
            .expect("because it was pushed just now")
    }

    /// What the profile only asks for: an error in production, a warning in standard, else nothing.
    fn expect(&mut self, code: FindingCode, pointer: &str, message: String) {
        let severity = match self.found.manifest.profile {
            Profile::Experimental => return,
            Profile::Standard => Severity::Warning,
            Profile::Production => Severity::Error,
        };
        self.report(code, pointer, message).severity = severity;
    }

    fn framework(&mut self, framework: &Version) {
        let Some(range) = &self.found.manifest.framework else {
            return;
        };
        if VersionReq::parse(range).is_ok_and(|range| !range.matches(framework)) {
            let message = format!("the tool needs framework `{range}`, this is {framework}");
            self.report(FindingCode::FrameworkVersion, "/framework", message);
        }
    }

    fn program(&mut self, surroundings: &Surroundings) {
        let command = &self.found.manifest.run.command;
        let name = command.first().map_or("", |name| name.as_str());
        if let Err(error) = Program::resolve(name, &self.folder, &surroundings.search_path) {
            let help = advice(&error, command.len());
            let finding = self.report(FindingCode::Program, "/run/command/0", chain(&error));
            finding.help = help;
        }
    }

    fn schemas(&mut self) {
        let manifest = &self.found.manifest;
        for (name, action) in &manifest.actions {
            let which = format!("input schema of the action `{name}`");
            self.schema(&action.input, &format!("/actions/{name}/input"), &which);
            let which = format!("output schema of the action `{name}`");
            self.schema(&action.output, &format!("/actions/{name}/output"), &which);
        }
        if let Some(config) = &manifest.config {
            self.schema(config, "/config", "configuration schema");
        }
    }

    fn schema(&mut self, source: &SchemaSource, pointer: &str, which: &str) {
        let schema = match read_schema(source, &self.folder) {
            Ok(schema) => schema,
            Err(error) => {
                let message = format!("the {which} cannot be used: {}", chain(&error));
                self.report(FindingCode::BadSchema, pointer, message);
                return;
            }
        };
        if let Err(error) = CompiledSchema::compile(&schema) {
            let message = format!("the {which} cannot be used: {}", chain(&error));
            self.report(FindingCode::BadSchema, pointer, message);
            return;
        }
        if let Some(hidden) = hidden_in(&schema) {
            let message = format!("the {which} is not offered to agents: {hidden}");
            let finding = self.report(FindingCode::HiddenCharacters, pointer, message);
            finding.help =
                Some("Take it out: people and agents must read the same text.".to_owned());
        }
        self.orders(&schema.to_string(), pointer, which);
        if followed(&schema, &schema).get("type") != Some(&Value::from("object")) {
            let message = format!("the {which} describes no object");
            let finding = self.report(FindingCode::NoObject, pointer, message);
            finding.help = Some("Begin it with `type = \"object\"`.".to_owned());
        }
        let silent = undescribed(&schema);
        if !silent.is_empty() {
            let named: Vec<_> = silent
                .iter()
                .take(NAMED_PROPERTIES)
                .map(|p| format!("`{p}`"))
                .collect();
            let more = if silent.len() > named.len() {
                ", …"
            } else {
                ""
            };
            let message = format!(
                "the {which} has properties without a description: {}{more}",
                named.join(", ")
            );
            self.expect(FindingCode::NoDescription, pointer, message);
        }
    }

    fn words(&mut self) {
        let manifest = &self.found.manifest;
        self.orders(&manifest.description, "/description", "description");
        for (name, action) in &manifest.actions {
            let which = format!("description of the action `{name}`");
            let pointer = format!("/actions/{name}/description");
            self.orders(&action.description, &pointer, &which);
        }
    }

    /// An agent reads descriptions before anybody else does.
    fn orders(&mut self, text: &str, pointer: &str, which: &str) {
        if let Some(order) = order_in(text) {
            let message = format!("the {which} gives an agent orders: `{order}`");
            let finding = self.report(FindingCode::GivesOrders, pointer, message);
            finding.severity = Severity::Warning;
            finding.help = Some("Tell what the tool does, and nothing else.".to_owned());
        }
    }

    fn grants(&mut self, home: &Path) {
        let home = home.canonicalize().unwrap_or_else(|_| home.to_owned());
        let grants = &self.found.manifest.grants;
        for (index, socket) in grants.sockets.iter().enumerate() {
            if Path::new(socket.path.as_str()).starts_with(&home) {
                let message = format!("the grant `{}` reaches the framework's home", socket.path);
                let pointer = format!("/grants/sockets/{index}/path");
                self.report(FindingCode::BadGrant, &pointer, message);
            }
        }
        for (kind, paths) in [("read", &grants.read), ("write", &grants.write)] {
            for (index, path) in paths.iter().enumerate() {
                let place = self.folder.join(path);
                let place = place.canonicalize().unwrap_or(place);
                if grant_covers(&place.to_string_lossy(), &self.folder, &home) {
                    let message = format!(
                        "the grant `{}` reaches the framework's home",
                        path.escape_debug()
                    );
                    self.report(
                        FindingCode::BadGrant,
                        &format!("/grants/{kind}/{index}"),
                        message,
                    );
                }
            }
        }
    }

    fn readme(&mut self) {
        if !READMES.iter().any(|name| self.folder.join(name).is_file()) {
            let profile = self.found.manifest.profile;
            let message = format!("no README.md, which the profile {profile} asks for");
            self.expect(FindingCode::NoReadme, "/profile", message);
        }
    }

    fn files(&mut self) {
        if let Err(error) = digest_tree(&self.folder, &written_data(self.found)) {
            self.report(FindingCode::Unreadable, "", chain(&error));
        }
    }
}

/// An error with its causes, in one line.
fn chain(error: &dyn Error) -> String {
    let mut told = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        told = format!("{told}: {inner}");
        cause = inner.source();
    }
    told
}

fn advice(error: &ProgramError, words: usize) -> Option<String> {
    match error {
        ProgramError::NotExecutable(program) => Some(format!("Run `chmod +x {program}`.")),
        ProgramError::Missing(program) | ProgramError::NotOnPath(program)
            if words == 1 && program.contains(' ') =>
        {
            Some("Each word of the command is an item of its own.".to_owned())
        }
        ProgramError::Missing(_) => Some("Build the tool, or mend its command.".to_owned()),
        ProgramError::Empty
        | ProgramError::NotOnPath(_)
        | ProgramError::NotAFile { .. }
        | ProgramError::OutsideFolder(_)
        | ProgramError::NoInterpreter { .. }
        | ProgramError::Io { .. } => None,
    }
}

/// The schema that a chain of `$ref` leads to; a compiled schema's chains end.
fn followed<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    let mut here = schema;
    for _ in 0..alf_schema::limits::SCHEMA_LEVELS {
        let reference = here.get("$ref").and_then(Value::as_str);
        match reference.and_then(|reference| root.pointer(reference.strip_prefix('#')?)) {
            Some(target) => here = target,
            None => break,
        }
    }
    here
}

/// The properties that say nothing of themselves, as `outer.inner`.
fn undescribed(schema: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![(String::new(), schema)];
    while let Some((path, here)) = open.pop() {
        let Some(properties) = here.get("properties").and_then(Value::as_object) else {
            continue;
        };
        for (name, property) in properties {
            let name = name.escape_debug();
            let path = if path.is_empty() {
                name.to_string()
            } else {
                format!("{path}.{name}")
            };
            let says = |schema: &Value| {
                schema
                    .get("description")
                    .and_then(Value::as_str)
                    .is_some_and(|text| !text.trim().is_empty())
            };
            if !says(property) && !says(followed(schema, property)) {
                found.push(path.clone());
            }
            // Into what is written here, not along references: those may come back.
            open.push((path, property));
        }
    }
    found.sort_unstable();
    found
}
