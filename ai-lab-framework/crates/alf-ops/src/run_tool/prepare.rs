//! From a call to everything that its executions stand on.

use std::sync::Arc;
use std::time::Duration;

use ai_lab_contract::{ActionName, ErrorClass, ExecutionId, Profile};
use alf_catalog::{LoadedAction, LoadedTool};
use alf_lock::Refused;
use alf_policy::{
    BreakerPlan, FallbackPlan, PlanRefused, RetryPlan, RunPlan, Wanted, plan_breaker,
    plan_fallback, plan_retry, plan_run,
};
use alf_sandbox::Depth;
use alf_secrets::{HandOverPlan, HandOverRefused, ToolIdentity, plan_hand_over};
use serde::Serialize;

use super::Call;
use super::verdict::ExecutionError;
use crate::confining::reach_of;
use crate::failure::Failure;
use crate::framework::Framework;
use crate::secrets::KnownSecrets;
use crate::surroundings::new_execution_id;
use crate::tool_lock::{Held, held};

/// A call whose tool and action are there.
pub(super) struct Prepared<'a> {
    pub(super) framework: &'a Framework,
    pub(super) call: &'a Call,
    pub(super) tool: Arc<LoadedTool>,
    /// The secrets, read once: what a tool is handed is what is taken out of its answer.
    pub(super) known: Arc<KnownSecrets>,
    /// The profile in force.
    pub(super) profile: Profile,
    /// Why the tool lock lets the tool run under a lesser profile than it claims.
    pub(super) warning: Option<String>,
    /// Why the tool lock does not let it run.
    refused: Option<Refused>,
}

impl<'a> Prepared<'a> {
    pub(super) fn new(framework: &'a Framework, call: &'a Call) -> Result<Self, Failure> {
        let Held {
            tool,
            warning,
            refused,
        } = held(framework, framework.load(&call.tool)?);
        if !tool.actions.contains_key(&call.action) {
            return Err(no_such_action(&tool, &call.action));
        }
        let profile = tool.found.manifest.profile;
        Ok(Self {
            framework,
            call,
            known: framework.known_secrets()?,
            tool,
            profile,
            warning,
            refused,
        })
    }

    /// Whether the tool lock lets it run, as the error that is recorded where it does not.
    pub(super) fn check_lock(&self) -> Result<(), ExecutionError> {
        self.refused.as_ref().map_or(Ok(()), |refused| {
            let told = refused.to_string();
            Err(ExecutionError::new(ErrorClass::Refused, told))
        })
    }

    /// The compiled schemas of the action.
    pub(super) fn schemas(&self) -> &LoadedAction {
        self.tool
            .actions
            .get(&self.call.action)
            .expect("because a call is prepared only for an action that is there")
    }

    /// Whether the input fits, as the error that is recorded where it does not.
    pub(super) fn check_input(&self) -> Result<(), ExecutionError> {
        let violations = self.schemas().input.check(&self.call.input);
        if violations.is_empty() {
            return Ok(());
        }
        let what = "the input does not fit";
        Err(ExecutionError::of_violations(
            ErrorClass::InvalidInput,
            what,
            &violations,
        ))
    }

    /// One run, with nothing left to choose.
    pub(super) fn plan_run(
        &self,
        execution: &ExecutionId,
        patience: Option<Duration>,
    ) -> Result<Result<RunPlan, PlanRefused>, Failure> {
        Ok(plan_run(&Wanted {
            manifest: &self.tool.found.manifest,
            action: &self.call.action,
            execution,
            folder: &self.tool.folder,
            program: &self.tool.program.path,
            framework: &self.framework.origin()?.version,
            inherited: &self.framework.inherited,
            machine: Framework::supervisor()?.probe_machine(self.depth()),
            reach: &reach_of(
                self.framework,
                &self.tool.found.manifest,
                &self.tool.folder,
                &self.tool.program,
                execution,
            ),
            patience,
        }))
    }

    /// How closely the machine is looked at.
    fn depth(&self) -> Depth {
        let grants = &self.tool.found.manifest.grants;
        Depth::of(self.profile, grants.need_proxy())
    }

    /// The secrets that the run hands over, as the person granted them.
    pub(super) fn plan_secrets(&self) -> Result<HandOverPlan, HandOverRefused> {
        let manifest = &self.tool.found.manifest;
        let digest = self.tool.digest.to_string();
        let identity = ToolIdentity {
            name: &manifest.name,
            folder: &self.tool.folder,
            digest: &digest,
            profile: manifest.profile,
        };
        plan_hand_over(&self.known.secrets, identity, &manifest.grants.secrets)
    }

    /// What is not in the plan and yet decides what a process is: the code that it started from, and its secrets.
    pub(super) fn process_origin(&self, secrets: &HandOverPlan) -> String {
        let digest = &self.tool.digest;
        if secrets.is_empty() {
            return digest.to_string();
        }
        // Any change of a secret or a grant: the process that has the old value ends.
        format!("{digest} {:?}", self.known.stamp)
    }

    /// What is done when a run fails.
    pub(super) fn resilience(&self) -> Resilience {
        let manifest = &self.tool.found.manifest;
        let Some(action) = manifest.actions.get(&self.call.action) else {
            return Resilience::default();
        };
        Resilience {
            retry: plan_retry(manifest, action, self.profile),
            breaker: plan_breaker(manifest, self.profile),
            fallback: plan_fallback(manifest, &self.call.action, action, self.profile),
        }
    }
}

/// What is done when a run fails; nothing where there is nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Resilience {
    /// When it is run again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry: Option<RetryPlan>,
    /// When calls stop for a while.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub breaker: Option<BreakerPlan>,
    /// What answers instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fallback: Option<FallbackPlan>,
}

/// All that a call would do.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CallPlan {
    /// The form of this answer: 1.
    pub format: u32,
    /// What is run; its execution is an example, each run has its own.
    pub run: RunPlan,
    /// What is done when that fails.
    #[serde(flatten)]
    pub resilience: Resilience,
}

/// Decides a call and carries nothing out: nothing is run and nothing recorded.
pub fn plan_tool(framework: &Framework, call: &Call) -> Result<CallPlan, Failure> {
    let prepared = Prepared::new(framework, call)?;
    let told = |error: ExecutionError| Failure::new(error.class, error.message);
    prepared.check_lock().map_err(told)?;
    prepared.check_input().map_err(told)?;
    let run = prepared
        .plan_run(&new_execution_id(), call.patience)?
        .map_err(|refused| {
            let failure = Failure::new(refused.class(), refused.to_string());
            match refused.remedy() {
                Some(remedy) => failure.with_hint(remedy),
                None => failure,
            }
        })?;
    prepared.plan_secrets().map_err(|refused| {
        Failure::new(ErrorClass::Refused, refused.to_string()).with_hint(refused.hint())
    })?;
    Ok(CallPlan {
        format: 1,
        run,
        resilience: prepared.resilience(),
    })
}

fn no_such_action(tool: &LoadedTool, action: &ActionName) -> Failure {
    let name = &tool.found.manifest.name;
    let actions: Vec<&str> = tool
        .found
        .manifest
        .actions
        .keys()
        .map(ActionName::as_str)
        .collect();
    let hint = match alf_schema::nearest(action.as_str(), actions.iter().copied()) {
        Some(near) => format!("Did you mean `{name}.{near}`?"),
        None => format!("It has: {}.", actions.join(", ")),
    };
    Failure::new(
        ErrorClass::NotFound,
        format!("tool `{name}` has no action `{action}`"),
    )
    .with_hint(hint)
}
