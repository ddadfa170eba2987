//! From what is wanted to what will be done.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use ai_lab_contract::{ActionName, ErrorClass, ExecutionId, Limits, Manifest, Profile};
use semver::{Version, VersionReq};
use serde::Serialize;
use serde_json::json;

use crate::digest::{Digest, digest_of_json};
use crate::environment::{Inherited, name_process, tool_environment};
use crate::kind::{Kind, plan_kind};
use crate::sandbox::{
    Confinement, GrantRefused, Machine, Proxied, Reach, SandboxLevel, SandboxRefused, confine,
    decide,
};

/// One call, before anything is decided.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// The tool's manifest.
    pub manifest: &'a Manifest,
    /// The action to call.
    pub action: &'a ActionName,
    /// This execution.
    pub execution: &'a ExecutionId,
    /// The tool's folder, where it runs.
    pub folder: &'a PathBuf,
    /// The program, found and checked.
    pub program: &'a PathBuf,
    /// This framework's version.
    pub framework: &'a Version,
    /// What the framework's surroundings lend.
    pub inherited: &'a Inherited,
    /// What the kernel of this machine gives.
    pub machine: &'a Machine,
    /// The paths that the tool needs and is granted, as they were looked up.
    pub reach: &'a Reach,
    /// How long the caller is willing to wait; `None` leaves the manifest's limit.
    pub patience: Option<Duration>,
}

/// The bounds of one run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct RunLimits {
    /// How long it may run until it is asked to end.
    pub run: Duration,
    /// How long it may take to end until it is killed.
    pub grace: Duration,
    /// The longest standard output, in bytes.
    pub output_bytes: usize,
    /// How much of standard error is kept, in bytes.
    pub log_bytes: usize,
}

/// What will be done, with nothing left to choose. Printing it is the dry run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RunPlan {
    /// Names the execution in every process of the tool.
    pub execution: ExecutionId,
    /// The program's path.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// The folder it runs in.
    pub folder: PathBuf,
    /// All its variables.
    pub environment: BTreeMap<String, String>,
    /// How the program serves the call: a process of its own, or one that lives on.
    pub kind: Kind,
    /// Its bounds.
    pub limits: RunLimits,
    /// How far it is closed in.
    pub sandbox: SandboxLevel,
    /// What it may reach and use up.
    pub confinement: Confinement,
    /// The profile it runs under.
    pub profile: Profile,
    /// What the decision rests on; equal for equal manifests, profiles and framework rules.
    pub policy_digest: Digest,
}

impl RunPlan {
    /// The same for a process that outlives the execution and has another name: the mark and the work folder are its
    /// own.
    #[must_use]
    pub fn of_process(&self, name: ExecutionId) -> Self {
        let mut plan = self.clone();
        let own = self.confinement.of_process(name.as_str());
        name_process(&mut plan.environment, &name, &own.work);
        plan.confinement = own;
        plan.execution = name;
        plan
    }
}

/// A call that may not run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanRefused {
    /// The tool has no such action.
    #[error("tool `{tool}` has no action `{action}`")]
    NoSuchAction {
        /// The tool.
        tool: String,
        /// What was asked for.
        action: String,
    },
    /// The tool needs another framework.
    #[error("tool `{tool}` needs framework {needs}, this is {is}")]
    OtherFramework {
        /// The tool.
        tool: String,
        /// The range in its manifest.
        needs: String,
        /// This framework's version.
        is: String,
    },
    /// The machine lacks what the profile asks for.
    #[error(transparent)]
    Sandbox(#[from] SandboxRefused),
    /// A grant would open what no tool may reach.
    #[error(transparent)]
    Grant(#[from] GrantRefused),
}

impl PlanRefused {
    /// The row of the failure table.
    pub const fn class(&self) -> ErrorClass {
        match self {
            Self::NoSuchAction { .. } => ErrorClass::NotFound,
            Self::OtherFramework { .. } => ErrorClass::Incompatible,
            Self::Sandbox(_) | Self::Grant(_) => ErrorClass::Refused,
        }
    }

    /// What mends it, as a sentence; `None` where the message says all there is.
    pub const fn remedy(&self) -> Option<&'static str> {
        match self {
            Self::Sandbox(refused) => Some(refused.remedy()),
            Self::NoSuchAction { .. } | Self::OtherFramework { .. } | Self::Grant(_) => None,
        }
    }
}

/// Decides one run.
pub fn plan_run(wanted: &Wanted<'_>) -> Result<RunPlan, PlanRefused> {
    let manifest = wanted.manifest;
    if !manifest.actions.contains_key(wanted.action) {
        return Err(PlanRefused::NoSuchAction {
            tool: manifest.name.to_string(),
            action: wanted.action.to_string(),
        });
    }
    if let Some(needs) = &manifest.framework
        && !VersionReq::parse(needs).is_ok_and(|range| range.matches(wanted.framework))
    {
        return Err(PlanRefused::OtherFramework {
            tool: manifest.name.to_string(),
            needs: needs.clone(),
            is: wanted.framework.to_string(),
        });
    }
    let proxied = Proxied::of(&manifest.grants);
    let sandboxing = decide(manifest.profile, proxied, wanted.machine)?;
    let confinement = confine(manifest, sandboxing, wanted.reach, wanted.machine)?;
    let sandbox = confinement.level();
    Ok(RunPlan {
        execution: wanted.execution.clone(),
        program: wanted.program.clone(),
        arguments: manifest.run.command.iter().skip(1).cloned().collect(),
        folder: wanted.folder.clone(),
        environment: tool_environment(manifest, wanted.inherited, wanted.execution, &confinement),
        kind: plan_kind(manifest, wanted.action),
        limits: run_limits(&manifest.limits, wanted.patience),
        sandbox,
        confinement,
        profile: manifest.profile,
        policy_digest: policy_digest(manifest, sandbox),
    })
}

fn run_limits(limits: &Limits, patience: Option<Duration>) -> RunLimits {
    let run = Duration::from_millis(limits.run_ms.get());
    let bytes = |value: u64| usize::try_from(value).unwrap_or(usize::MAX);
    RunLimits {
        // A caller may shorten the limit, never lengthen it.
        run: patience.map_or(run, |patience| patience.min(run)),
        grace: Duration::from_millis(limits.grace_ms.get()),
        output_bytes: bytes(limits.output_bytes.get()),
        log_bytes: bytes(limits.log_bytes.get()),
    }
}

/// What a decision rests on: everything in the manifest that permits or bounds, and the level of sandbox.
fn policy_digest(manifest: &Manifest, sandbox: SandboxLevel) -> Digest {
    let mut rests_on = json!({
        "rules": 2,
        "profile": manifest.profile,
        "run": manifest.run,
        "limits": manifest.limits,
        "grants": manifest.grants,
        "sandbox": sandbox,
    });
    if let Some(worker) = &manifest.worker {
        rests_on["worker"] = json!(worker);
    }
    digest_of_json(&rests_on)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> Manifest {
        serde_json::from_value(json!({
            "contract": 1, "name": "probe", "version": "0.1.0", "description": "probes",
            "run": { "command": ["bin/probe", "--fast"], "environment": { "LANG": "de_DE.UTF-8" } },
            "limits": { "run_ms": 500 },
            "grants": { "environment": ["EDITOR", "ABSENT"] },
            "actions": { "look": { "description": "looks", "input": {}, "output": {} } },
        }))
        .expect("a valid manifest")
    }

    fn plan(
        manifest: &Manifest,
        action: &str,
        patience: Option<Duration>,
    ) -> Result<RunPlan, PlanRefused> {
        let variables = [("EDITOR", "vi"), ("TOKEN", "s3cret")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        plan_run(&Wanted {
            manifest,
            action: &action.parse().expect("a valid name"),
            execution: &"e-1".parse().expect("a valid id"),
            folder: &PathBuf::from("/lab/tools/probe"),
            program: &PathBuf::from("/lab/tools/probe/bin/probe"),
            framework: &Version::new(0, 1, 0),
            inherited: &Inherited {
                variables: BTreeMap::from(variables),
                path: "/usr/bin:/bin".into(),
                python_sdk: Some("/sdk".into()),
            },
            machine: &Machine::complete(),
            reach: &Reach {
                work: "/private".into(),
                ..Reach::default()
            },
            patience,
        })
    }

    #[test]
    fn a_tool_sees_what_it_is_granted_and_nothing_else() {
        let plan = plan(&manifest(), "look", None).expect("nothing forbids it");
        let seen: Vec<(&str, &str)> = plan
            .environment
            .iter()
            .map(|(n, v)| (n.as_str(), v.as_str()))
            .collect();
        assert_eq!(
            seen,
            [
                ("AI_LAB_ARTIFACTS", "/private/artifacts"),
                ("AI_LAB_EXECUTION_ID", "e-1"),
                ("AI_LAB_WORK", "/private"),
                ("EDITOR", "vi"),
                ("HOME", "/private"),
                ("LANG", "de_DE.UTF-8"),
                ("PATH", "/usr/bin:/bin"),
                ("PYTHONDONTWRITEBYTECODE", "1"),
                ("PYTHONPATH", "/sdk"),
                ("TMPDIR", "/private"),
            ]
        );
        assert_eq!(plan.arguments, ["--fast"]);
    }

    #[test]
    fn a_tool_with_granted_hosts_is_told_of_the_proxy_and_nothing_else_changes_that() {
        let mut manifest = manifest();
        manifest.grants.hosts = vec!["api.example.org:443".parse().expect("a host")];
        manifest.grants.environment = vec!["HTTP_PROXY".into()];
        manifest
            .run
            .environment
            .insert("no_proxy".into(), "*".into());
        let plan = plan(&manifest, "look", None).expect("nothing forbids it");
        let value = |name: &str| plan.environment.get(name).map_or("", String::as_str);
        for name in ["HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "ALL_PROXY"] {
            assert_eq!(value(name), "http://127.0.0.1:3128", "{name}");
        }
        assert_eq!([value("no_proxy"), value("NO_PROXY")], [""; 2]);
        assert_eq!(plan.sandbox, SandboxLevel::L3);
        assert_eq!(plan.confinement.ports, [3128]);
        assert!(!plan.environment.contains_key("RES_OPTIONS"));
    }

    #[test]
    fn names_are_looked_up_by_tcp_where_that_port_is_granted() {
        let mut manifest = manifest();
        manifest.grants.tcp = vec![ai_lab_contract::Bounded::constant(53)];
        let plan = plan(&manifest, "look", None).expect("nothing forbids it");
        let value = plan.environment.get("RES_OPTIONS").map(String::as_str);
        assert_eq!(value, Some("use-vc"));
    }

    #[test]
    fn a_caller_may_shorten_the_limit_and_never_lengthen_it() {
        let run = |patience_ms: Option<u64>| {
            plan(&manifest(), "look", patience_ms.map(Duration::from_millis))
                .expect("nothing forbids it")
                .limits
                .run
                .as_millis()
        };
        assert_eq!(
            [run(None), run(Some(20)), run(Some(90_000))],
            [500, 20, 500]
        );
    }

    #[test]
    fn what_may_not_run_is_refused_by_name() {
        let mut newer = manifest();
        newer.framework = Some(">=0.2".into());
        let told = |manifest: &Manifest, action: &str| {
            let refused = plan(manifest, action, None).expect_err("because it may not run");
            (refused.class(), refused.to_string())
        };
        assert_eq!(
            [told(&newer, "look"), told(&manifest(), "touch"),],
            [
                (
                    ErrorClass::Incompatible,
                    "tool `probe` needs framework >=0.2, this is 0.1.0".to_owned()
                ),
                (
                    ErrorClass::NotFound,
                    "tool `probe` has no action `touch`".to_owned()
                ),
            ]
        );
    }

    #[test]
    fn the_policy_digest_follows_what_permits_and_not_what_describes() {
        let digest =
            |manifest: &Manifest| plan(manifest, "look", None).expect("allowed").policy_digest;
        let mut described = manifest();
        described.description = "looks closer".into();
        let mut granted = manifest();
        granted.grants.write = vec!["out".into()];
        assert_eq!(digest(&manifest()), digest(&described));
        assert_ne!(digest(&manifest()), digest(&granted));
    }
}
