//! An end together with what the answer changes in its session.

use ai_lab_contract::ErrorClass;
use alf_store::{
    EndInSessionError, EndStatus, ExecutionEnd, Session, SessionChange, SessionError, SqliteStore,
    Store as _,
};
use serde_json::{Map, Value};

use super::ExecutionError;
use super::record::recorded;
use crate::failure::Failure;
use crate::sessions::{PatchRefused, apply_patch};

/// Records the end together with the answer's patch: the record never says that a call succeeded whose context was not
/// kept. A session that moved on meanwhile is read anew.
///
/// A patch that is refused fails the call, whose answer is recorded all the same; the failure is given back.
pub(super) fn end_in_session(
    store: &SqliteStore,
    mut end: ExecutionEnd,
    session: &Session,
    patch: &Map<String, Value>,
) -> Result<Option<ExecutionError>, Failure> {
    let mut current = session.clone();
    loop {
        let data = serde_json::from_str(&current.data).unwrap_or_default();
        let data = match apply_patch(&data, patch) {
            Ok(data) => data,
            Err(refused) => {
                let error = not_kept(&refused);
                end.status = EndStatus::Failed;
                end.error = Some(recorded(&error));
                store.end_execution(&end)?;
                return Ok(Some(error));
            }
        };
        let change = SessionChange {
            id: current.id.clone(),
            from_revision: current.revision,
            title: None,
            status: None,
            note: None,
            data: Some(Value::Object(data).to_string()),
            changed_at_ms: end.ended_at_ms,
        };
        match store.end_execution_in_session(&end, &change) {
            Ok(()) => return Ok(None),
            Err(EndInSessionError::Session(SessionError::MovedOn { id, .. })) => {
                let Some(newer) = store.session(&id)? else {
                    // Nobody is left to keep the context for.
                    store.end_execution(&end)?;
                    return Ok(None);
                };
                current = newer;
            }
            Err(EndInSessionError::Session(error)) => return Err(error.into()),
            Err(EndInSessionError::Record(error)) => return Err(error.into()),
        }
    }
}

/// The failure of a call whose answer is in the record and whose context was not kept.
fn not_kept(refused: &PatchRefused) -> ExecutionError {
    ExecutionError {
        kind: refused.kind().to_owned(),
        ..ExecutionError::new(
            ErrorClass::OutputLimit,
            format!("{refused}; the context stays as it was, the answer is in the record"),
        )
    }
}
