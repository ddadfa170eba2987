//! What an action knows of its call, and what it tells besides its output.

use std::sync::{Mutex, MutexGuard, PoisonError};

use ai_lab_contract::{
    ActionName, Answer, Context, CorrelationId, ExecutionId, HandOff, IdError, Metric, Request,
};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::failure::Refusal;
use crate::{Level, Log, ToolFailure, secrets};

/// How many figures one answer carries. Stops a loop from flooding the record.
const METRICS: usize = 64;

/// The surroundings of one call. Shared by reference, also among threads.
#[derive(Debug)]
pub struct ToolContext {
    execution_id: ExecutionId,
    correlation_id: CorrelationId,
    action: ActionName,
    config: Map<String, Value>,
    context: Context,
    log: Log,
    told: Mutex<Told>,
}

/// What the action has told so far besides its output.
#[derive(Debug, Default)]
struct Told {
    patch: Map<String, Value>,
    handoff: Option<HandOff>,
    metrics: Vec<Metric>,
}

impl ToolContext {
    /// The surroundings that a request brings; its input is left to the action.
    pub(crate) fn of(request: Request, log: Log) -> (Self, Value) {
        let context = Self {
            execution_id: request.execution_id,
            correlation_id: request.correlation_id,
            action: request.action,
            config: request.config,
            context: request.context,
            log,
            told: Mutex::default(),
        };
        (context, request.input)
    }

    /// This execution, as recorded.
    pub fn execution_id(&self) -> &ExecutionId {
        &self.execution_id
    }

    /// The piece of work that this execution is part of.
    pub fn correlation_id(&self) -> &CorrelationId {
        &self.correlation_id
    }

    /// The action that was called.
    pub fn action(&self) -> &ActionName {
        &self.action
    }

    /// Session, user, project, deadline and what the session has kept so far.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// The tool's configuration, as the framework layered it.
    pub fn config(&self) -> &Map<String, Value> {
        &self.config
    }

    /// The tool's configuration as a type; fails with `invalid_config`.
    pub fn config_as<T: DeserializeOwned>(&self) -> Result<T, ToolFailure> {
        Ok(T::deserialize(&self.config).map_err(|e| Refusal::Config(e.to_string()))?)
    }

    /// The value of a secret that the manifest names in `grants.secrets`; fails with `missing_secret`.
    ///
    /// One that the manifest asks for in a variable is in that variable alone. By hand: `AI_LAB_SECRETS_FD=3 TOOL
    /// --call … 3<FILE`, where the file is one JSON object of names and values.
    pub fn secret(&self, name: &str) -> Result<&'static str, ToolFailure> {
        Ok(secrets::value_of(name)?)
    }

    /// Writes a log line.
    pub fn log(&self, level: Level, message: &str) {
        let ids = (self.execution_id.as_str(), self.correlation_id.as_str());
        self.log.write(level, message, Some(ids));
    }

    /// Writes a log line that says what happened.
    pub fn info(&self, message: &str) {
        self.log(Level::Info, message);
    }

    /// Writes a log line that says what may become a failure.
    pub fn warn(&self, message: &str) {
        self.log(Level::Warn, message);
    }

    /// Keeps a figure with the execution: `unit` such as `ms` or `bytes`, empty for a bare count.
    ///
    /// A 65th figure and one that is no number (NaN, infinite) are dropped with a log line.
    pub fn metric(&self, name: &str, value: f64, unit: &str) {
        let refused = {
            let mut told = self.told();
            if !value.is_finite() {
                Some(format!("the metric {name} is no finite number: dropped"))
            } else if told.metrics.len() == METRICS {
                Some(format!(
                    "the metric {name} is past the {METRICS} that an answer carries: dropped"
                ))
            } else {
                told.metrics.push(Metric {
                    name: name.to_owned(),
                    value,
                    unit: unit.to_owned(),
                });
                None
            }
        };
        if let Some(why) = refused {
            self.warn(&why);
        }
    }

    /// Changes one key of the session's context; `null` removes it (RFC 7396).
    ///
    /// Kept only if the call succeeds.
    pub fn patch(&self, key: impl Into<String>, value: Value) {
        self.told().patch.insert(key.into(), value);
    }

    /// Asks for another call as the continuation of this one, with its context and correlation.
    ///
    /// Fails if `tool` or `action` is no name. The last one asked for counts.
    pub fn hand_off(&self, tool: &str, action: &str, input: Value) -> Result<(), IdError> {
        let handoff = HandOff {
            tool: tool.parse()?,
            action: action.parse()?,
            input,
        };
        self.told().handoff = Some(handoff);
        Ok(())
    }

    /// The answer to this call: with data, all that was told; with an error, only its figures.
    pub(crate) fn into_answer(self, outcome: Result<Value, ToolFailure>) -> Answer {
        let told = self
            .told
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        let answer = match outcome {
            Ok(data) => Answer {
                context_patch: (!told.patch.is_empty()).then_some(told.patch),
                handoff: told.handoff,
                ..Answer::data(data)
            },
            Err(failure) => Answer::error(failure.into_error()),
        };
        Answer {
            metrics: told.metrics,
            ..answer
        }
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
