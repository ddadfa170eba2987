//! What became of the connections: those in the ledger, and entries of ours that stand in the clients' files.

use std::path::Path;
use std::time::Duration;

use alf_connect::{
    Client, Form, SERVER, Scope, Server, command_of, folder_trust, other_starters, read_entry,
    read_values, troubles,
};
use alf_mcp_client::{Probe, probe_server};
use serde_json::{Map, Value};

use super::ledger::Ledger;
use super::place::ClientFile;
use super::plan::{broken, entry_file, places, server};
use crate::doctor::{Check, Health};
use crate::failure::Failure;
use crate::framework::Framework;

/// How long the server may take to begin and to list its tools.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// A connection as it is.
#[derive(Debug)]
pub(super) struct Standing {
    pub(super) client: Client,
    pub(super) scope: Scope,
    pub(super) file: std::path::PathBuf,
    /// What is wrong with it, and how bad that is.
    pub(super) troubles: Vec<(Health, String)>,
    /// How the server is started as far as nothing is wrong with that.
    pub(super) server: Option<Server>,
    /// What to do, where writing the entry anew does not help.
    hint: Option<String>,
}

/// Every connection of this lab and of the person.
pub(super) fn standings(framework: &Framework) -> Result<Vec<Standing>, Failure> {
    let ledger = Ledger::read(framework)?;
    let instance = framework.surroundings.instance.as_ref();
    let lab = instance.and_then(|lab| lab.canonicalize().ok());
    let mut standings = Vec::new();
    for client in Client::ALL {
        for scope in lab.iter().cloned().map(Scope::Lab).chain([Scope::Global]) {
            let known = ledger
                .connection(client, &scope)
                .map(|row| row.file.clone());
            match standing(framework, client, &scope, known.is_some()) {
                Ok(found) => standings.extend(found),
                // A file that was never ours is not ours to complain about.
                Err(failure) => {
                    standings.extend(known.map(|file| Standing {
                        client,
                        scope,
                        file,
                        troubles: vec![(Health::Broken, failure.chain().join(": "))],
                        server: None,
                        hint: failure.hint().map(str::to_owned),
                    }));
                }
            }
        }
    }
    Ok(standings)
}

fn standing(
    framework: &Framework,
    client: Client,
    scope: &Scope,
    is_known: bool,
) -> Result<Option<Standing>, Failure> {
    let places = places(framework)?;
    let (file, is_there) = entry_file(&places, client, scope)?;
    if !is_there && !is_known {
        return Ok(None);
    }
    let mut standing = Standing {
        client,
        scope: scope.clone(),
        file: file.path.clone(),
        troubles: Vec::new(),
        server: None,
        hint: None,
    };
    if !is_there {
        let told = format!("its entry `{SERVER}` is gone");
        standing.troubles.push((Health::Broken, told));
        return Ok(Some(standing));
    }
    let text = file.text.as_deref().unwrap_or_default();
    let values = read_values(client.form(), text).map_err(|error| broken(&file, error))?;
    let found = read_entry(client.form(), text, client.table(), SERVER)
        .map_err(|error| broken(&file, error))?
        .unwrap_or_default();
    let is_ours = command_of(&found).is_some_and(|command| command.is_ours());
    if !is_known && !is_ours {
        return Ok(None);
    }
    let wanted = standing.look_at_entry(framework, &values, &found)?;
    if let (Client::GeminiCli, Scope::Lab(lab), []) = (client, scope, &standing.troubles[..])
        && let Some(trouble) = gemini_trust(&places.gemini_trust(), lab)
    {
        standing.troubles.push(trouble);
        let hint = format!(
            "Start `gemini` in {} and use `/permissions`.",
            lab.display()
        );
        standing.hint = Some(hint);
    }
    let is_broken = |(health, _): &(Health, String)| *health == Health::Broken;
    standing.server = (!standing.troubles.iter().any(is_broken)).then_some(wanted);
    let twice = other_starters(&values, client.table(), SERVER);
    standing.troubles.extend(twice.iter().map(|other| {
        let told =
            format!("`{other}` starts a framework's server as well: its tools are there twice");
        (Health::Doubtful, told)
    }));
    Ok(Some(standing))
}

impl Standing {
    /// Adds what is wrong with the entry, and says what it would be.
    fn look_at_entry(
        &mut self,
        framework: &Framework,
        values: &Map<String, Value>,
        found: &Map<String, Value>,
    ) -> Result<Server, Failure> {
        let mut wanted = server(framework, self.client, &self.scope, false)?;
        if let Some(command) = command_of(found) {
            let same = same_program(framework, &command.program);
            if !matches!(same, Ok(false)) {
                wanted.program = command.program;
            }
            self.troubles
                .extend(same.err().map(|gone| (Health::Broken, gone)));
        }
        let wrong = troubles(self.client, values, (SERVER, found), &wanted);
        let broken = wrong
            .iter()
            .map(|trouble| (Health::Broken, trouble.to_string()));
        self.troubles.extend(broken);
        Ok(wanted)
    }
}

/// Whether a program is this framework's; what is wrong with one that cannot be started.
fn same_program(framework: &Framework, program: &str) -> Result<bool, String> {
    let own = framework.surroundings.executable.canonicalize().ok();
    match Path::new(program).canonicalize() {
        Ok(program) => Ok(Some(program) == own),
        Err(error) => Err(format!("its program {program} cannot be started: {error}")),
    }
}

fn gemini_trust(file: &Path, lab: &Path) -> Option<(Health, String)> {
    let root = file.parent().and_then(Path::parent)?;
    let text = ClientFile::read(file, root).ok()?.text.unwrap_or_default();
    let values = read_values(Form::Jsonc, &text).unwrap_or_default();
    match folder_trust(&values, lab) {
        Some(true) => None,
        Some(false) => {
            let told =
                "Gemini CLI was told not to trust this folder: it reads none of its settings";
            Some((Health::Broken, told.to_owned()))
        }
        None => {
            let told = "Gemini CLI has not been told to trust this folder: it asks at its next start there";
            Some((Health::Doubtful, told.to_owned()))
        }
    }
}

/// What `doctor` says of them; each that can be is started once and asked for its tools.
pub(crate) fn connection_checks(framework: &Framework) -> Vec<Check> {
    let standings = match standings(framework) {
        Ok(standings) => standings,
        Err(failure) => {
            let hint = failure.hint().unwrap_or_default().to_owned();
            let seen = failure.chain().join(": ");
            return vec![Check::bad("connection", Health::Doubtful, seen, hint)];
        }
    };
    standings
        .into_iter()
        .map(|standing| check(framework, standing))
        .collect()
}

fn check(framework: &Framework, mut standing: Standing) -> Check {
    let place = format!("{} in {}", standing.client, standing.file.display());
    let mut listed = String::new();
    if let Some(server) = &standing.server {
        match handshake(framework, standing.client, &standing.scope, server) {
            Ok(tools) => listed = format!("; {tools} tools"),
            Err(why) => standing.troubles.push((Health::Broken, why)),
        }
    }
    let told: Vec<&str> = standing
        .troubles
        .iter()
        .map(|(_, told)| told.as_str())
        .collect();
    let seen = match told.as_slice() {
        [] => format!("{place}{listed}"),
        told => format!("{place}: {}{listed}", told.join("; ")),
    };
    let Some(health) = standing.troubles.iter().map(|(health, _)| *health).max() else {
        return Check::well("connection", seen);
    };
    let scope = match standing.scope {
        Scope::Lab(_) => "",
        Scope::Global => " --global",
    };
    let client = standing.client;
    let hint = standing.hint.unwrap_or_else(|| {
        format!(
            "`ai-lab-framework connect {client}{scope}` writes it anew, with `--remove` it goes away."
        )
    });
    Check::bad("connection", health, seen, hint)
}

/// Starts the server as the client would and counts its tools.
///
/// Only this framework's own program is started: what else stands in a file of a lab may be anybody's.
fn handshake(
    framework: &Framework,
    client: Client,
    scope: &Scope,
    server: &Server,
) -> Result<usize, String> {
    let wanted = alf_connect::entry(client, server).into_iter();
    let wanted = wanted
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    let arguments = command_of(&wanted)
        .map(|command| command.arguments)
        .unwrap_or_default();
    let folder = match scope {
        Scope::Lab(lab) => lab,
        Scope::Global => &framework.surroundings.home,
    };
    let probe = Probe {
        program: &framework.surroundings.executable,
        arguments: &arguments,
        environment: &framework.surroundings.variables,
        folder,
    };
    let listed = probe_server(&probe, HANDSHAKE);
    listed
        .map(|tools| tools.len())
        .map_err(|error| format!("its server does not work: {error}"))
}
