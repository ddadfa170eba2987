//! One thing a tool can do, with its types.

use ai_lab_contract as contract;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::failure::Refusal;
use crate::{ToolContext, ToolFailure};

/// One thing a tool can do: typed input, typed output, schemas derived from both.
pub trait Action: Send + Sync + 'static {
    /// The action's name: 1 to 24 of `a-z 0-9 _ -`, a letter first. Another name does not compile.
    const NAME: &'static str;
    /// What it does, for a person and an agent. 1 to 1,000 characters.
    const DESCRIPTION: &'static str;
    /// What a call may change; a client decides by it whether to ask the person first.
    const EFFECTS: Effects;
    /// What a call takes. The doc comments of its fields become the schema's descriptions.
    type Input: DeserializeOwned + JsonSchema;
    /// What a call gives. A float that is no finite number becomes `null`, as JSON has no such numbers.
    type Output: Serialize + JsonSchema;

    /// Does it. Standard output is closed to it: a `println!` lands on standard error.
    fn run(&self, input: Self::Input, context: &ToolContext) -> Result<Self::Output, ToolFailure>;
}

/// What a call may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "these four are MCP's annotations, independent of one another"
)]
pub struct Effects {
    read_only: bool,
    destructive: bool,
    idempotent: bool,
    open_world: bool,
}

impl Effects {
    /// It changes nothing, so twice is the same as once.
    pub const READ_ONLY: Self = Self {
        read_only: true,
        destructive: false,
        idempotent: true,
        open_world: false,
    };
    /// It adds or changes, and destroys nothing.
    pub const CHANGES: Self = Self {
        read_only: false,
        destructive: false,
        idempotent: false,
        open_world: false,
    };
    /// It may destroy something.
    pub const DESTROYS: Self = Self {
        read_only: false,
        destructive: true,
        idempotent: false,
        open_world: false,
    };

    /// Adds that twice is the same as once; only such actions are retried.
    #[must_use]
    pub const fn idempotent(self) -> Self {
        Self {
            idempotent: true,
            ..self
        }
    }

    /// Adds that it reaches beyond this machine.
    #[must_use]
    pub const fn open_world(self) -> Self {
        Self {
            open_world: true,
            ..self
        }
    }
}

/// An action with its types forgotten, so that a tool can hold many.
pub(crate) trait AnyAction: Send + Sync {
    /// Reads the input, runs, writes the output.
    fn call(&self, input: Value, context: &ToolContext) -> Result<Value, ToolFailure>;

    /// The action's entry of a manifest, schemas inline.
    fn describe(&self) -> contract::Action;
}

impl<A: Action> AnyAction for A {
    fn call(&self, input: Value, context: &ToolContext) -> Result<Value, ToolFailure> {
        let input = serde_json::from_value(input).map_err(|e| Refusal::Input(e.to_string()))?;
        let output = self.run(input, context)?;
        Ok(serde_json::to_value(output).map_err(|e| Refusal::Output(e.to_string()))?)
    }

    fn describe(&self) -> contract::Action {
        contract::Action {
            description: A::DESCRIPTION.to_owned(),
            input: contract::SchemaSource::Inline(schema_map(
                &SchemaSettings::draft2020_12()
                    .into_generator()
                    .into_root_schema_for::<A::Input>(),
            )),
            output: contract::SchemaSource::Inline(schema_map(
                &SchemaSettings::draft2020_12()
                    .for_serialize()
                    .into_generator()
                    .into_root_schema_for::<A::Output>(),
            )),
            read_only: A::EFFECTS.read_only,
            destructive: A::EFFECTS.destructive,
            idempotent: A::EFFECTS.idempotent,
            open_world: A::EFFECTS.open_world,
            mcp_tool: None,
            mcp_digest: None,
        }
    }
}

/// The schema as an object; `true`, the schema of a bare JSON value, becomes `{}`.
fn schema_map(schema: &Schema) -> Map<String, Value> {
    schema.as_object().cloned().unwrap_or_default()
}
