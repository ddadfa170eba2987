//! A stage with a secret beside it, and a shell program on it.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;

use ai_lab_contract::{Grants, Manifest, Profile};
use alf_policy::{
    Confinement, EXECUTION_MARKER, GrantRefused, Machine, Proxied, Reach, SandboxLevel, confine,
    decide,
};
use alf_sandbox::{
    ArtifactBounds, Asked, Depth, Process, Start, StartError, TakenArtifacts, WorkFolder,
};
use alf_sandbox::{look_up, probe_machine, start};
use serde_json::json;
use tempfile::TempDir;

/// Where a plain user that is played by root may have its stage.
const STAGES: &str = "/tmp";

/// A home with a database, a tool's folder, a folder beside it; gone when dropped.
pub(crate) struct Stage {
    root: PathBuf,
    _folder: TempDir,
}

/// What became of the program.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
    /// What the proxy refused it.
    pub(crate) refused: Vec<String>,
}

impl Stage {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir_in(STAGES).expect("a folder");
        let root = folder.path().canonicalize().expect("it is there");
        let stage = Self {
            root,
            _folder: folder,
        };
        for name in ["home", "tools/own", "tools/other", "beside"] {
            fs::create_dir_all(stage.path(name)).expect("a folder");
        }
        for name in [
            "home/framework.db",
            "ai-lab.lock",
            "tools/other/run.sh",
            "tools/own/run.sh",
            "beside/kept",
        ] {
            stage.write(name, "as it was");
        }
        stage
    }

    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    #[expect(clippy::disallowed_methods, reason = "a test's own file")]
    pub(crate) fn write(&self, relative: &str, text: &str) {
        fs::write(self.path(relative), text).expect("room on the disk");
    }

    pub(crate) fn read(&self, relative: &str) -> String {
        fs::read_to_string(self.path(relative)).unwrap_or_default()
    }

    fn reach(&self, grants: &Grants, work: &Path) -> Reach {
        look_up(&Asked {
            folder: &self.path("tools/own"),
            program: Path::new("/bin/sh"),
            interpreter: None,
            arguments: &[],
            // Of a release in the store a tool reads the SDK.
            python_sdk: Some(&self.path("home/framework/1.4.2-3f9a0c51d2e47b60/python")),
            grants,
            home: &self.path("home"),
            person: None,
            ssh_agent: Some(&self.path("agent/of-mine")),
            instance: Some(&self.root),
            work,
        })
    }

    /// The confinement of that level with these grants; the machine is the real one, taken to be complete.
    pub(crate) fn confinement(
        &self,
        level: SandboxLevel,
        grants: &serde_json::Value,
    ) -> Confinement {
        let manifest = manifest(grants);
        let machine: &Machine = probe_machine(Depth::Network);
        let profile = match level {
            SandboxLevel::L2 | SandboxLevel::L3 => Profile::Production,
            SandboxLevel::None | SandboxLevel::L1 => Profile::Standard,
        };
        let execution = format!(
            "e-{}-{}",
            std::process::id(),
            rustix::thread::gettid().as_raw_nonzero()
        );
        let work = WorkFolder::place(&self.path("home"), &execution.parse().expect("a valid id"));
        if level == SandboxLevel::None {
            return Confinement::limits_alone(work);
        }
        let proxied = Proxied {
            hosts: level == SandboxLevel::L3,
            sockets: false,
        };
        let sandboxing = decide(profile, proxied, machine).expect("this machine gives it");
        assert_eq!(sandboxing.level, level, "this machine gives it");
        confine(
            &manifest,
            sandboxing,
            &self.reach(&manifest.grants, &work),
            machine,
        )
        .expect("nothing forbids it")
    }

    /// Whether these grants may be had at all.
    pub(crate) fn try_confinement(
        &self,
        grants: &serde_json::Value,
    ) -> Result<Confinement, GrantRefused> {
        let manifest = manifest(grants);
        let machine = probe_machine(Depth::Network);
        let proxied = Proxied::of(&manifest.grants);
        let sandboxing =
            decide(Profile::Standard, proxied, machine).expect("this machine gives it");
        let reach = self.reach(&manifest.grants, &self.path("home/work"));
        confine(&manifest, sandboxing, &reach, machine)
    }

    /// Runs a script at that level.
    pub(crate) fn run(
        &self,
        level: SandboxLevel,
        grants: &serde_json::Value,
        script: &str,
    ) -> Said {
        self.run_in(&self.confinement(level, grants), script)
    }

    pub(crate) fn run_in(&self, confinement: &Confinement, script: &str) -> Said {
        self.run_and_take(confinement, script).0
    }

    /// The same, with what the script put out.
    pub(crate) fn run_and_take(
        &self,
        confinement: &Confinement,
        script: &str,
    ) -> (Said, TakenArtifacts) {
        let work = WorkFolder::make(&confinement.work).expect("it can be made");
        let starting = self.start(confinement, &work, script);
        let mut process = starting.expect("it starts");
        drop(process.stdin.take());
        let mut said = [String::new(), String::new()];
        let mut stdout = process.stdout.take().expect("a pipe");
        stdout.read_to_string(&mut said[0]).expect("text");
        let mut stderr = process.stderr.take().expect("a pipe");
        stderr.read_to_string(&mut said[1]).expect("text");
        let status: ExitStatus = process.wait().expect("it is ours");
        let refusals = process.refusals().map(|refusals| refusals.take());
        let [out, err] = said;
        let said = Said {
            code: status.code(),
            out,
            err,
            refused: refusals.unwrap_or_default(),
        };
        (said, work.take_artifacts(&ArtifactBounds::default()))
    }

    /// Why a script is not started.
    pub(crate) fn refused(&self, confinement: &Confinement, script: &str) -> String {
        let work = WorkFolder::make(&confinement.work).expect("it can be made");
        let refused = self.start(confinement, &work, script);
        refused.expect_err("it must not start").to_string()
    }

    fn start(
        &self,
        confinement: &Confinement,
        work: &WorkFolder,
        script: &str,
    ) -> Result<Process, StartError> {
        let environment = BTreeMap::from([
            ("PATH".to_owned(), "/usr/bin:/bin:/usr/local/bin".to_owned()),
            // Names its control groups: tests that share them would remove each other's.
            (
                EXECUTION_MARKER.to_owned(),
                work.path()
                    .file_name()
                    .unwrap_or_default()
                    .to_string_lossy()
                    .into_owned(),
            ),
            ("ROOT".to_owned(), self.root.display().to_string()),
            ("WORK".to_owned(), work.path().display().to_string()),
        ]);
        start(Start {
            program: Path::new("/bin/sh"),
            arguments: &["-c".into(), script.into()],
            environment: &environment,
            folder: &self.path("tools/own"),
            confinement,
            handed: None,
        })?
        .finish()
    }
}

fn manifest(grants: &serde_json::Value) -> Manifest {
    serde_json::from_value(json!({
        "contract": 1, "name": "probe", "version": "0.1.0", "description": "probes",
        "run": { "command": ["sh"] }, "grants": grants,
        "limits": { "memory_bytes": 268_435_456, "processes": 24 },
        "actions": { "look": { "description": "looks", "input": {}, "output": {} } },
    }))
    .expect("a valid manifest")
}
