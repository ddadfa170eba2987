//! What would be written for a connection, with nothing left to choose.

use std::path::{Path, PathBuf};

use ai_lab_contract::ErrorClass;
use alf_catalog::find_instance;
use alf_connect::{
    Before, Client, EditError, Made, Places, Removed, SERVER, Scope, SectionError, Server,
    command_of, entry, read_entry, with_entry, with_section, without_entry, without_section,
};
use alf_handover::{LINK, PROGRAM, lies_in_store};
use alf_lock::difference;
use serde::Serialize;

use super::guide::LINES;
use super::ledger::Ledger;
use super::place::ClientFile;
use crate::failure::Failure;
use crate::framework::Framework;
use crate::tool_lock::by_a_person;

/// For whom a client is to be connected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConnectionScope {
    /// Whoever starts it in that lab; `None` for the lab of the working folder.
    Lab(Option<PathBuf>),
    /// The person, in every folder.
    Global,
}

/// What is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionRequest {
    /// Which client.
    pub client: Client,
    /// For whom.
    pub scope: ConnectionScope,
    /// Whether Gemini CLI calls the tools without asking the person each time.
    pub trust: bool,
    /// Whether the lab's guide for the client's model gets its lines.
    pub guide: bool,
}

/// What becomes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FileChange {
    /// It is made.
    Made,
    /// It is changed.
    Changed,
    /// It is taken away: nothing but ours was in it.
    Removed,
    /// Nothing is to do.
    AsItWas,
}

/// One file of a plan.
#[derive(Clone, Debug, Serialize)]
pub struct PlannedFile {
    /// Which.
    pub path: PathBuf,
    /// What becomes of it.
    pub change: FileChange,
    /// The difference of its lines, with three around each change.
    pub diff: Vec<String>,
    /// How many more lines there would be.
    pub diff_cut: usize,
    #[serde(skip)]
    pub(super) file: ClientFile,
    #[serde(skip)]
    pub(super) after: Option<String>,
    #[serde(skip)]
    pub(super) made: Option<Made>,
}

/// All that would be written.
#[derive(Clone, Debug, Serialize)]
pub struct ConnectionPlan {
    /// The form of this answer: 1.
    pub format: u32,
    /// Which client.
    pub client: Client,
    /// For whom.
    pub scope: Scope,
    /// Whether the connection is taken away.
    pub removes: bool,
    /// The client's own file.
    pub file: PlannedFile,
    /// The guide; `None` where it is left alone.
    pub guide: Option<PlannedFile>,
    /// What the person does next, as sentences.
    pub next: Vec<String>,
}

/// The home folder of the person, and the variables that move their programs' configuration.
pub(super) fn places(framework: &Framework) -> Result<Places, Failure> {
    let variables = &framework.surroundings.variables;
    let home = variables.get("HOME").filter(|home| !home.is_empty());
    let home = home.ok_or_else(|| {
        Failure::new(
            ErrorClass::Environment,
            "there is no home folder: HOME is not set",
        )
        .with_hint("Set HOME: clients keep their configuration there.")
    })?;
    Ok(Places::new(Path::new(home), variables))
}

/// The server as that client is to start it.
pub(super) fn server(
    framework: &Framework,
    client: Client,
    scope: &Scope,
    trust: bool,
) -> Result<Server, Failure> {
    let surroundings = &framework.surroundings;
    let usual = surroundings
        .variables
        .get("HOME")
        .map(|home| Path::new(home).join(".ai-lab"));
    let moved = (usual.as_ref() != Some(&surroundings.home)).then_some(&surroundings.home);
    let lab = match scope {
        Scope::Lab(lab) => Some(word(client, lab)?),
        Scope::Global => None,
    };
    Ok(Server {
        program: word(client, &stable_program(framework, scope))?,
        lab,
        home: moved.map(|home| word(client, home)).transpose()?,
        trust,
    })
}

/// The framework's program by the path that outlives an update: that of the lab's link, if it leads to it; the one on
/// PATH that leads to it, or that hands over to it; else its own.
fn stable_program(framework: &Framework, scope: &Scope) -> PathBuf {
    let own = &framework.surroundings.executable;
    let really = own.canonicalize().ok();
    let lies_in_store = really.as_deref().is_some_and(lies_in_store);
    if let (true, Scope::Lab(lab)) = (lies_in_store, scope) {
        let linked = lab.join(LINK).join(PROGRAM);
        if linked.canonicalize().ok() == really {
            return linked;
        }
    }
    let folders = framework.surroundings.path.split(':');
    let named = folders
        .map(|folder| Path::new(folder).join("ai-lab-framework"))
        .filter(|path| path.is_absolute());
    named
        .into_iter()
        .find(|path| match path.canonicalize() {
            // Any program outside of the store hands over, in a lab, to the one that the lab is held to.
            Ok(leads) => lies_in_store || Some(leads) == really,
            Err(_) => false,
        })
        .unwrap_or_else(|| own.clone())
}

/// A path as a word of a client's file: clients put variables in where they see `$` or `{`.
fn word(client: Client, path: &Path) -> Result<String, Failure> {
    match path.to_str() {
        Some(text) if !text.contains(['$', '{', '%']) => Ok(text.to_owned()),
        Some(_) | None => {
            let told = format!("{client} cannot be told the path {}", path.display());
            Err(Failure::new(ErrorClass::Refused, told).with_hint(
                "Use a path of text without `$`, `{` and `%`: a client would put variables in.",
            ))
        }
    }
}

fn scope(framework: &Framework, wanted: &ConnectionScope) -> Result<Scope, Failure> {
    let lab = match wanted {
        ConnectionScope::Global => return Ok(Scope::Global),
        ConnectionScope::Lab(None) => framework.surroundings.instance.clone(),
        ConnectionScope::Lab(Some(folder)) => {
            let really = folder.canonicalize().map_err(|error| {
                let told = format!("there is no folder {}", folder.display());
                Failure::caused(ErrorClass::NotFound, told, error)
            })?;
            find_instance(&really)
        }
    };
    let lab = lab.and_then(|lab| lab.canonicalize().ok()).ok_or_else(|| {
        let told = match wanted {
            ConnectionScope::Lab(Some(folder)) => format!("{} belongs to no lab", folder.display()),
            ConnectionScope::Lab(None) | ConnectionScope::Global => {
                "this folder belongs to no lab".to_owned()
            }
        };
        Failure::new(ErrorClass::NotFound, told).with_hint(
            "Name one with `--lab DIR`, make one with `ai-lab init DIR`, or connect for every folder with `--global`.",
        )
    })?;
    Ok(Scope::Lab(lab))
}

/// The client's file that has the entry, else the one that it would be put into.
pub(super) fn entry_file(
    places: &Places,
    client: Client,
    scope: &Scope,
) -> Result<(ClientFile, bool), Failure> {
    let root = places.root(client, scope);
    let mut best: Option<ClientFile> = None;
    for path in places.files(client, scope) {
        let file = ClientFile::read(&path, &root)?;
        if let Some(text) = &file.text {
            let found = read_entry(client.form(), text, client.table(), SERVER)
                .map_err(|error| broken(&file, error))?;
            if found.is_some() {
                return Ok((file, true));
            }
        }
        // The last of them is made where there is none.
        if best.as_ref().is_none_or(|best| best.text.is_none()) {
            best = Some(file);
        }
    }
    let best = best.expect("because every client has a file");
    Ok((best, false))
}

pub(super) fn broken(file: &ClientFile, error: EditError) -> Failure {
    let class = match error {
        EditError::WouldChange => ErrorClass::Internal,
        EditError::TooLong
        | EditError::Syntax { .. }
        | EditError::NoTable(_)
        | EditError::Twice(_)
        | EditError::InsideLine(_) => ErrorClass::Config,
    };
    let told = format!("cannot use {}", file.path.display());
    Failure::caused(class, told, error)
        .with_hint("Nothing was written. Mend the file, then ask again.")
}

fn damaged(file: &ClientFile, error: SectionError) -> Failure {
    let told = format!("cannot use {}", file.path.display());
    Failure::caused(ErrorClass::Config, told, error).with_hint(
        "Nothing was written. Mend the markers, or leave the file alone with `--no-guide`.",
    )
}

/// Refuses an entry of our name that is not ours.
fn check_ours(client: Client, file: &ClientFile, is_known: bool) -> Result<(), Failure> {
    let text = file.text.as_deref().unwrap_or_default();
    let found = read_entry(client.form(), text, client.table(), SERVER)
        .map_err(|error| broken(file, error))?;
    let is_ours = |entry| command_of(entry).is_some_and(|command| command.is_ours());
    if is_known || found.as_ref().is_none_or(is_ours) {
        return Ok(());
    }
    let told = format!(
        "{} has another server of the name `{SERVER}`",
        file.path.display()
    );
    Err(Failure::new(ErrorClass::Conflict, told)
        .with_hint("Give that entry another name, then ask again."))
}

/// Plans to connect a client. Reads, and writes nothing. A tool may not ask for it.
pub fn plan_connection(
    framework: &Framework,
    request: &ConnectionRequest,
) -> Result<ConnectionPlan, Failure> {
    by_a_person(framework, "connect a client")?;
    let client = request.client;
    if request.trust && client != Client::GeminiCli {
        let told = format!("{client} has no `trust`: only gemini-cli has");
        return Err(Failure::new(ErrorClass::Usage, told)
            .with_hint("Leave `--trust` out; the client asks as its own settings say."));
    }
    let scope = scope(framework, &request.scope)?;
    let ledger = Ledger::read(framework)?;
    let places = places(framework)?;
    let (file, _) = entry_file(&places, client, &scope)?;
    check_ours(client, &file, ledger.connection(client, &scope).is_some())?;
    let fields = entry(client, &server(framework, client, &scope, request.trust)?);
    let before = file
        .text
        .as_deref()
        .map_or(Before::Blank(client.blank()), Before::File);
    let edited = with_entry(client.form(), before, (client.table(), SERVER), &fields)
        .map_err(|error| broken(&file, error))?;
    let file = planned(file, Some(edited.text), edited.made);
    let guide = match (&scope, request.guide) {
        (Scope::Lab(lab), true) => {
            let file = ClientFile::read(&lab.join(client.guide()), lab)?;
            let edited =
                with_section(file.text.as_deref(), LINES).map_err(|error| damaged(&file, error))?;
            Some(planned(file, Some(edited.text), edited.made))
        }
        (Scope::Lab(_), false) | (Scope::Global, _) => None,
    };
    Ok(ConnectionPlan {
        format: 1,
        client,
        next: next(client, &scope, request.trust),
        scope,
        removes: false,
        file,
        guide,
    })
}

/// Plans to take a connection away. Reads, and writes nothing. A tool may not ask for it.
pub fn plan_disconnection(
    framework: &Framework,
    request: &ConnectionRequest,
) -> Result<ConnectionPlan, Failure> {
    by_a_person(framework, "disconnect a client")?;
    let client = request.client;
    let scope = scope(framework, &request.scope)?;
    let ledger = Ledger::read(framework)?;
    let (file, _) = entry_file(&places(framework)?, client, &scope)?;
    let known = ledger.connection(client, &scope);
    check_ours(client, &file, known.is_some())?;
    let made = known.map(|known| known.made.clone()).unwrap_or_default();
    let removed = match file.text.as_deref() {
        None => Removed::NotThere,
        Some(text) => without_entry(
            client.form(),
            text,
            (client.table(), SERVER),
            &made,
            client.blank(),
        )
        .map_err(|error| broken(&file, error))?,
    };
    let file = without(file, removed);
    let is_needed = ledger.connections.iter().any(|other| {
        other.scope == scope && other.client != client && other.client.guide() == client.guide()
    });
    let guide = match (&scope, request.guide && !is_needed) {
        (Scope::Lab(lab), true) => {
            let file = ClientFile::read(&lab.join(client.guide()), lab)?;
            let made = ledger.guide(&file.path).map(|guide| guide.made.clone());
            let removed = match file.text.as_deref() {
                None => Removed::NotThere,
                Some(text) => without_section(text, &made.unwrap_or_default())
                    .map_err(|error| damaged(&file, error))?,
            };
            Some(without(file, removed))
        }
        (Scope::Lab(_), false) | (Scope::Global, _) => None,
    };
    Ok(ConnectionPlan {
        format: 1,
        client,
        scope,
        removes: true,
        file,
        guide,
        next: Vec::new(),
    })
}

fn without(file: ClientFile, removed: Removed) -> PlannedFile {
    let after = match removed {
        Removed::NotThere => file.text.clone(),
        Removed::Text(text) => Some(text),
        Removed::File => None,
    };
    planned(file, after, None)
}

fn planned(file: ClientFile, after: Option<String>, made: Option<Made>) -> PlannedFile {
    let lines = |text: &Option<String>| -> Vec<String> {
        text.iter()
            .flat_map(|text| text.lines())
            .map(str::to_owned)
            .collect()
    };
    let (before, now) = (lines(&file.text), lines(&after));
    let change = match (&file.text, &after) {
        (before, after) if before == after => FileChange::AsItWas,
        (None, _) => FileChange::Made,
        (Some(_), Some(_)) => FileChange::Changed,
        (Some(_), None) => FileChange::Removed,
    };
    let all = |mark: char, lines: Vec<String>| -> Vec<String> {
        lines
            .into_iter()
            .map(|line| format!("{mark}{line}"))
            .collect()
    };
    let (diff, diff_cut) = match change {
        FileChange::AsItWas => (Vec::new(), 0),
        FileChange::Made => (all('+', now), 0),
        FileChange::Removed => (all('-', before), 0),
        FileChange::Changed => difference(&before, &now),
    };
    PlannedFile {
        path: file.path.clone(),
        change,
        diff,
        diff_cut,
        file,
        after,
        made,
    }
}

fn next(client: Client, scope: &Scope, trust: bool) -> Vec<String> {
    let mut next = vec![client.first_look().to_owned()];
    if client == Client::GeminiCli {
        if let Scope::Lab(lab) = scope {
            next.push(format!(
                "Gemini CLI reads the settings of a folder that you trust: start it in {} and answer its question.",
                lab.display()
            ));
        }
        if !trust {
            next.push(
                "It asks before each call; where nobody can answer, it offers no tool. `connect gemini-cli --trust` \
                 leaves the asking to the framework."
                    .to_owned(),
            );
        }
    }
    next
}
