//! `connect`.

use std::io;
use std::path::PathBuf;

use ai_lab_contract::ErrorClass;
use alf_connect::{Client, Scope};
use alf_ops::{
    ConnectionPlan, ConnectionRequest, ConnectionScope, FileChange, Framework, PlannedFile,
    carry_out_connection, list_connections, plan_connection, plan_disconnection,
};
use clap::Args;

use crate::output::{Ended, Output};
use crate::render::style::{BAD, FAINT, GOOD, HINT, WARN, harmless, styled};
use crate::render::table::{table, text};

#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the command line"
)]
#[command(after_help = "What is written where, for each client: docs/CONNECT.md.")]
pub(crate) struct Arguments {
    /// opencode, gemini-cli, claude-code, codex or vscode
    #[arg(required_unless_present = "list")]
    client: Option<Client>,
    /// Write the configuration of this lab; the one of the working folder unless said
    #[arg(long, value_name = "DIR", conflicts_with = "global")]
    lab: Option<PathBuf>,
    /// Write your own configuration: the server serves the lab of the folder that the client is started in
    #[arg(long)]
    global: bool,
    /// Let gemini-cli call the tools without asking each time; what destroys something asks all the same
    #[arg(long, conflicts_with = "remove")]
    trust: bool,
    /// Leave AGENTS.md, GEMINI.md and CLAUDE.md alone
    #[arg(long)]
    no_guide: bool,
    /// Show what would be written, as a difference; write nothing
    #[arg(long)]
    dry_run: bool,
    /// Take the connection away; each file is then what it was, but for what others wrote
    #[arg(long)]
    remove: bool,
    /// List the connections of this lab and your own
    #[arg(long, conflicts_with_all = ["client", "lab", "global", "trust", "no_guide", "dry_run", "remove"])]
    list: bool,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let Some(client) = self.client.filter(|_| !self.list) else {
            return list(framework, output);
        };
        let request = ConnectionRequest {
            client,
            scope: if self.global {
                ConnectionScope::Global
            } else {
                ConnectionScope::Lab(self.lab)
            },
            trust: self.trust,
            guide: !self.no_guide,
        };
        let plan = if self.remove {
            plan_disconnection(framework, &request)?
        } else {
            plan_connection(framework, &request)?
        };
        let copy = if self.dry_run {
            None
        } else {
            carry_out_connection(framework, &plan)?.copy
        };
        if output.is_json() {
            let mut answer = serde_json::to_value(&plan).map_err(io::Error::other)?;
            answer["written"] = (!self.dry_run).into();
            answer["copy"] = copy.map(|copy| copy.display().to_string()).into();
            output.say_json(&answer)?;
            return Ok(0);
        }
        for file in std::iter::once(&plan.file).chain(&plan.guide) {
            show(file, self.dry_run, output)?;
        }
        if let Some(copy) = copy {
            let kept = format!("  as it was: {}", harmless(&copy.display().to_string()));
            output.say(styled(FAINT, kept))?;
        }
        told_next(&plan, self.dry_run, output)?;
        Ok(0)
    }
}

fn show(file: &PlannedFile, is_dry: bool, output: &mut Output) -> io::Result<()> {
    let path = harmless(&file.path.display().to_string());
    let (mark, what) = match (file.change, is_dry) {
        (FileChange::AsItWas, _) => (styled(FAINT, "="), "as it was"),
        (FileChange::Made, true) => (styled(WARN, "+"), "would be made"),
        (FileChange::Changed, true) => (styled(WARN, "~"), "would be changed"),
        (FileChange::Removed, true) => (styled(WARN, "-"), "would be taken away"),
        (FileChange::Made, false) => (styled(GOOD, "✓"), "made"),
        (FileChange::Changed, false) => (styled(GOOD, "✓"), "changed"),
        (FileChange::Removed, false) => (styled(GOOD, "✓"), "taken away"),
    };
    output.say(format_args!("{mark} {path}: {what}"))?;
    for line in file.diff.iter().filter(|_| is_dry) {
        let shown = harmless(line);
        let shown = match line.as_bytes().first() {
            Some(b'+') => styled(GOOD, shown),
            Some(b'-') => styled(BAD, shown),
            Some(_) | None => shown,
        };
        output.say(format_args!("    {shown}"))?;
    }
    if is_dry && file.diff_cut > 0 {
        output.say(styled(FAINT, format!("    … {} more lines", file.diff_cut)))?;
    }
    Ok(())
}

fn told_next(plan: &ConnectionPlan, is_dry: bool, output: &mut Output) -> io::Result<()> {
    if is_dry {
        return output.note("nothing was written");
    }
    for sentence in &plan.next {
        output.note(format_args!(
            "{} {}",
            styled(HINT, "next:"),
            harmless(sentence)
        ))?;
    }
    Ok(())
}

fn list(framework: &Framework, output: &mut Output) -> Ended {
    let list = list_connections(framework)?;
    let is_well = list.connections.iter().all(|row| row.troubles.is_empty());
    if output.is_json() {
        output.say_json(&list)?;
    } else if list.connections.is_empty() {
        output.note("no client is connected")?;
    } else {
        let mut drawn = table(&["client", "for", "file", "state"]);
        for row in &list.connections {
            let whom = match &row.scope {
                Scope::Lab(_) => "this lab",
                Scope::Global => "you",
            };
            let state = if row.troubles.is_empty() {
                styled(GOOD, "✓")
            } else {
                styled(BAD, harmless(&row.troubles.join("; ")))
            };
            let file = harmless(&row.file.display().to_string());
            drawn.add_row([row.client.to_string(), whom.to_owned(), file, state]);
        }
        output.say(text(&drawn))?;
    }
    Ok(if is_well {
        0
    } else {
        ErrorClass::Config.exit_code()
    })
}
