//! The framework at work in one process: its surroundings, its database, its children.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use ai_lab_contract::{ErrorClass, Profile, ToolName};
use alf_catalog::{
    Catalog, Discovery, FoundTool, LoadError, LoadedTool, Problem, Roots, without_shims,
};
use alf_mcp_client::McpEngine;
use alf_policy::{Digest, Inherited};
use alf_runtime::{ProcessIdentity, Runner, Supervisor, WorkerBounds, end_orphaned_workers};
use alf_sandbox::sweep_leftovers;
use alf_schema::nearest;
use alf_secrets::{CREDENTIALS_VARIABLE, Redactor, SecretStore};
use alf_store::{OpenError, OpenMode, Opening, Owner, SqliteStore, StoreError};

use crate::failure::Failure;
use crate::program_digest::program_digest;
use crate::recover::close_interrupted;
use crate::secrets::KnownSecrets;
use crate::surroundings::Surroundings;

/// This framework's version.
pub const FRAMEWORK_VERSION: &str = env!("CARGO_PKG_VERSION");

/// [`FRAMEWORK_VERSION`], taken apart.
pub(crate) fn framework_version() -> semver::Version {
    FRAMEWORK_VERSION
        .parse()
        .expect("because Cargo takes no other version")
}

/// One a process, as the kernel has it: of two, each would take the other's tools for leftovers.
static SUPERVISOR: OnceLock<Supervisor> = OnceLock::new();

/// What every execution of this process is recorded with.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    pub(crate) framework_digest: Digest,
    pub(crate) owner: Owner,
    pub(crate) version: semver::Version,
}

/// The framework at work. Opens what an operation needs when it needs it: a listing of tools opens no database.
#[derive(Debug)]
pub struct Framework {
    pub(crate) surroundings: Surroundings,
    pub(crate) inherited: Inherited,
    store: OnceLock<SqliteStore>,
    /// Held while one of the lasting parts is made: of many calls that begin at once, one makes it.
    making: Mutex<()>,
    reading: OnceLock<SqliteStore>,
    origin: OnceLock<Origin>,
    loaded: Mutex<Vec<Arc<LoadedTool>>>,
    runner: OnceLock<Runner>,
    pub(crate) secret_store: SecretStore,
    known_secrets: Mutex<Option<Arc<KnownSecrets>>>,
    /// Under which profile every tool runs, pinned or not; `None` outside a rehearsal.
    rehearsal: Option<Profile>,
    /// A copy that stands for the tool of its name; `None` outside a promotion.
    staged: Option<FoundTool>,
}

impl Framework {
    /// A framework in these surroundings; nothing is opened yet.
    pub fn new(mut surroundings: Surroundings) -> Self {
        surroundings.path = without_shims(&surroundings.path);
        let inherited = Inherited {
            variables: surroundings.variables.clone(),
            path: surroundings.path.clone(),
            python_sdk: python_sdk(&surroundings),
        };
        let credentials = surroundings.variables.get(CREDENTIALS_VARIABLE);
        let secret_store = SecretStore::new(&surroundings.home, credentials.map(Path::new));
        Self {
            surroundings,
            inherited,
            store: OnceLock::new(),
            making: Mutex::default(),
            reading: OnceLock::new(),
            origin: OnceLock::new(),
            loaded: Mutex::default(),
            runner: OnceLock::new(),
            secret_store,
            known_secrets: Mutex::default(),
            rehearsal: None,
            staged: None,
        }
    }

    /// A framework that runs every tool under this profile, for a person to see how it would do.
    pub(crate) fn rehearsing(surroundings: Surroundings, profile: Profile) -> Self {
        Self {
            rehearsal: Some(profile),
            ..Self::new(surroundings)
        }
    }

    /// The same with this copy in the place of the tool of its name.
    pub(crate) fn with_staged(self, tool: FoundTool) -> Self {
        Self {
            staged: Some(tool),
            ..self
        }
    }

    /// Whether a copy stands for a tool.
    pub(crate) const fn is_staged(&self) -> bool {
        self.staged.is_some()
    }

    /// The same in another home: with a record of its own, and with the secrets and grants of this one, without which a
    /// tool that needs one could not show how it does.
    pub(crate) fn beside(&self, home: &Path) -> Self {
        let surroundings = Surroundings {
            home: home.to_owned(),
            ..self.surroundings.clone()
        };
        let credentials = self.surroundings.variables.get(CREDENTIALS_VARIABLE);
        Self {
            rehearsal: self.rehearsal,
            staged: self.staged.clone(),
            secret_store: SecretStore::new(&self.surroundings.home, credentials.map(Path::new)),
            ..Self::new(surroundings)
        }
    }

    /// The same in another home and in no lab: with a record of its own, and no tools but those of that home.
    pub(crate) fn alone_in(&self, home: &Path) -> Self {
        let surroundings = Surroundings {
            home: home.to_owned(),
            instance: None,
            ..self.surroundings.clone()
        };
        Self::new(surroundings)
    }

    /// The profile that is rehearsed.
    pub(crate) const fn rehearsal(&self) -> Option<Profile> {
        self.rehearsal
    }

    /// What it stands in.
    pub fn surroundings(&self) -> &Surroundings {
        &self.surroundings
    }

    /// The database for writing, created where there is none; executions whose framework died are closed first.
    pub fn store(&self) -> Result<&SqliteStore, Failure> {
        if let Some(store) = self.store.get() {
            return Ok(store);
        }
        let _making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(store) = self.store.get() {
            return Ok(store);
        }
        let opened = self.open(OpenMode::Create)?;
        // First what is left of dead frameworks' long-lived processes: calls in them are closed below.
        end_orphaned_workers(&self.surroundings.worker_marks());
        close_interrupted(&opened, &self.surroundings.clock)?;
        sweep_leftovers(&self.surroundings.home);
        Ok(self.store.get_or_init(|| opened))
    }

    /// The database for what begins nothing; there must be one. Where the file cannot be written it is read, and what
    /// would write says so.
    pub fn existing_store(&self) -> Result<&SqliteStore, Failure> {
        if let Some(store) = self.store.get().or_else(|| self.reading.get()) {
            return Ok(store);
        }
        let opened = match self.open(OpenMode::Existing) {
            Err(OpenError::Store(StoreError::ReadOnly { .. })) => self.open(OpenMode::ReadOnly),
            opened => opened,
        }?;
        Ok(self.reading.get_or_init(|| opened))
    }

    fn open(&self, mode: OpenMode) -> Result<SqliteStore, OpenError> {
        let opening = Opening {
            mode,
            framework_version: FRAMEWORK_VERSION.to_owned(),
            now_ms: self.surroundings.clock.now_ms(),
        };
        SqliteStore::open(&self.surroundings.database(), &opening)
    }

    pub(crate) fn supervisor() -> Result<&'static Supervisor, Failure> {
        if let Some(supervisor) = SUPERVISOR.get() {
            return Ok(supervisor);
        }
        let installed = Supervisor::install().map_err(|error| {
            Failure::caused(
                ErrorClass::Environment,
                "cannot watch over child processes",
                error,
            )
        })?;
        Ok(SUPERVISOR.get_or_init(|| installed))
    }

    /// What carries plans out. It keeps long-lived processes until the framework is dropped.
    pub(crate) fn runner(&self) -> Result<&Runner, Failure> {
        if let Some(runner) = self.runner.get() {
            return Ok(runner);
        }
        let supervisor = Self::supervisor()?;
        let marks = self.surroundings.worker_marks();
        Ok(self.runner.get_or_init(|| {
            let mcp = Arc::new(McpEngine);
            Runner::new(supervisor, WorkerBounds::default(), mcp, Some(marks))
        }))
    }

    /// Makes everything that the first call would have to wait for: the database, the digest of the program, what
    /// watches over processes. For whoever will be called and has time before.
    pub fn make_ready(&self) -> Result<(), Failure> {
        self.store()?;
        self.origin()?;
        self.runner()?;
        Ok(())
    }

    pub(crate) fn origin(&self) -> Result<&Origin, Failure> {
        if let Some(origin) = self.origin.get() {
            return Ok(origin);
        }
        let _making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(origin) = self.origin.get() {
            return Ok(origin);
        }
        let unreadable = |error| {
            Failure::caused(
                ErrorClass::Environment,
                "cannot read the framework's own program",
                error,
            )
        };
        let Surroundings {
            executable, home, ..
        } = &self.surroundings;
        let framework_digest = program_digest(executable, home).map_err(unreadable)?;
        let this = ProcessIdentity::of_this_process().map_err(unreadable)?;
        let owner = Owner {
            pid: this.pid,
            start_ticks: this.start_ticks,
            boot_id: this.boot_id,
        };
        let origin = Origin {
            framework_digest,
            owner,
            version: framework_version(),
        };
        Ok(self.origin.get_or_init(|| origin))
    }

    /// The secrets as they are now; nothing is opened or decrypted where there are none, and nothing is read again
    /// while nothing has changed.
    pub(crate) fn known_secrets(&self) -> Result<Arc<KnownSecrets>, Failure> {
        let mut known = self
            .known_secrets
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        // Before they are read: a change in between is seen by the next call.
        let stamp = self.secret_store.stamp();
        if let Some(known) = known.as_ref().filter(|known| known.stamp == stamp) {
            return Ok(Arc::clone(known));
        }
        let read = Arc::new(KnownSecrets::read(&self.secret_store, stamp)?);
        *known = Some(Arc::clone(&read));
        Ok(read)
    }

    /// Takes every secret out of what is written or answered; idle where there is none.
    ///
    /// Fails where secrets are kept and cannot be read: what cannot be redacted is not written.
    pub fn redactor(&self) -> Result<Redactor, Failure> {
        Ok(self.known_secrets()?.redactor.clone())
    }

    /// What the lab and the home hold right now.
    pub fn discover(&self) -> Discovery {
        let mut discovery = Catalog::discover(&Roots {
            instance: self.surroundings.instance.clone(),
            home: Some(self.surroundings.home.clone()),
        });
        if let Some(staged) = &self.staged {
            let tools = discovery.tools.iter_mut();
            for tool in tools.filter(|tool| tool.manifest.name == staged.manifest.name) {
                tool.clone_from(staged);
            }
        }
        discovery
    }

    /// The tool of that name.
    pub fn find(&self, name: &str) -> Result<FoundTool, Failure> {
        let mut discovery = self.discover();
        if let Some(place) = discovery
            .tools
            .iter()
            .position(|tool| tool.manifest.name.as_str() == name)
        {
            return Ok(discovery.tools.swap_remove(place));
        }
        let check =
            || format!("`ai-lab-framework tool check {name}` names everything that is wrong.");
        if let Some(problem) = discovery
            .problems
            .iter()
            .find(|problem| concerns(problem, name))
        {
            return Err(Failure::new(ErrorClass::Config, problem.to_string()).with_hint(check()));
        }
        let names = discovery
            .tools
            .iter()
            .map(|tool| tool.manifest.name.as_str());
        let hint = match nearest(name, names) {
            Some(near) => format!("Did you mean `{near}`?"),
            None if self.surroundings.instance.is_none() => {
                "This folder belongs to no lab: go to one, or make one with `ai-lab init DIR`."
                    .to_owned()
            }
            None => "`ai-lab-framework tool list` shows the tools there are.".to_owned(),
        };
        Err(
            Failure::new(ErrorClass::NotFound, format!("there is no tool `{name}`"))
                .with_hint(hint),
        )
    }

    /// The tool with its schemas compiled and its digest taken, anew if anything of it changed since the last call.
    pub(crate) fn load(&self, name: &ToolName) -> Result<Arc<LoadedTool>, Failure> {
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = loaded
            .iter()
            .position(|tool| tool.found.manifest.name == *name)
        {
            if loaded[place].is_current() {
                return Ok(Arc::clone(&loaded[place]));
            }
            loaded.swap_remove(place);
        }
        let found = self.find(name.as_str())?;
        let search_path = OsStr::new(&self.surroundings.path);
        let tool = LoadedTool::load(&found, search_path).map_err(|error| {
            let class = match &error {
                LoadError::Schema { .. } | LoadError::Manifest { .. } => ErrorClass::Config,
                LoadError::Program { .. } | LoadError::Digest { .. } => ErrorClass::Environment,
                LoadError::ManifestChanged { .. } => ErrorClass::Conflict,
            };
            Failure::caused(class, format!("cannot load the tool `{name}`"), error).with_hint(
                format!("`ai-lab-framework tool check {name}` names everything that is wrong."),
            )
        })?;
        let tool = Arc::new(tool);
        loaded.push(Arc::clone(&tool));
        Ok(tool)
    }
}

/// Whether a problem is about the tool of that name: by the name it shares, or by the folder it lies in.
pub(crate) fn concerns(problem: &Problem, name: &str) -> bool {
    match problem {
        Problem::SameName { name: shared, .. } => shared.as_str() == name,
        Problem::Manifest(_)
        | Problem::Unreadable { .. }
        | Problem::Folder { .. }
        | Problem::TooMany { .. } => problem.places().iter().any(|place| {
            let folder = place.parent().and_then(|folder| folder.file_name());
            folder.is_some_and(|folder| folder == name)
        }),
    }
}

/// The SDK that is unpacked beside the program: `bin/ai-lab-framework` and `python/ai_lab_framework`.
fn python_sdk(surroundings: &Surroundings) -> Option<String> {
    let folder: PathBuf = surroundings.executable.parent()?.parent()?.join("python");
    let is_there = folder.join("ai_lab_framework/__init__.py").is_file();
    is_there
        .then(|| folder.to_str().map(str::to_owned))
        .flatten()
}
