//! What a tool is sent.

use ai_lab_contract::{CONTRACT, Context, Request};
use alf_catalog::Origin;
use alf_policy::RunPlan;
use serde_json::{Map, Value};

use super::record::Recording;

/// The request.
pub(super) fn request(
    recording: &Recording<'_>,
    plan: &RunPlan,
    config: &Map<String, Value>,
) -> Request {
    let call = recording.call;
    let surroundings = &recording.framework.surroundings;
    let run_ms = i64::try_from(plan.limits.run.as_millis()).unwrap_or(i64::MAX);
    let deadline = surroundings.clock.now_ms().saturating_add(run_ms);
    let data = recording
        .session
        .as_ref()
        .and_then(|session| serde_json::from_str(&session.data).ok());
    Request {
        contract: CONTRACT,
        execution_id: recording.execution.clone(),
        correlation_id: recording.correlation(),
        action: call.action.clone(),
        input: call.input.clone(),
        config: config.clone(),
        context: Context {
            session_id: recording.session_id.cloned(),
            user_id: surroundings.user.clone(),
            project_id: project_of(&recording.tool.found.origin),
            deadline: jiff::Timestamp::from_millisecond(deadline)
                .ok()
                .map(|at| at.to_string()),
            data: data.unwrap_or_default(),
        },
    }
}

fn project_of(origin: &Origin) -> Option<String> {
    match origin {
        Origin::Project(name) => Some(name.clone()),
        Origin::Global | Origin::Home => None,
    }
}
