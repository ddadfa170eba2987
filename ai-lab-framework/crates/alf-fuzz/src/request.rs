//! The lines that a tool is sent.

use std::collections::BTreeMap;

use ai_lab_contract::Answer;
use ai_lab_tool::{Action, Actions, Effects, Log, ToolContext, ToolFailure, serve_lines};
use alf_schema::strict_json;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the action below takes: one of each kind.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Anything {
    #[serde(default)]
    text: String,
    #[serde(default)]
    count: Option<u32>,
    #[serde(default)]
    ratio: f64,
    #[serde(default)]
    map: BTreeMap<String, Vec<bool>>,
}

struct Echo;

impl Action for Echo {
    const NAME: &'static str = "echo";
    const DESCRIPTION: &'static str = "Gives back what it was given.";
    const EFFECTS: Effects = Effects::READ_ONLY;
    type Input = Anything;
    type Output = Anything;

    fn run(&self, input: Anything, context: &ToolContext) -> Result<Anything, ToolFailure> {
        context.info(&input.text);
        context.metric("ratio", input.ratio, "");
        Ok(input)
    }
}

/// Every line gets one answer line, which the framework can read.
pub(crate) fn check(bytes: &[u8]) {
    let actions = Actions::new().with(Echo);
    let mut output = Vec::new();
    let log = Log::new(std::io::sink());
    serve_lines(&actions, &mut &*bytes, &mut output, &log).expect("because memory does not fail");
    let answers: Vec<&[u8]> = output.split_inclusive(|&byte| byte == b'\n').collect();
    assert_eq!(
        answers.len(),
        bytes.split_inclusive(|&byte| byte == b'\n').count()
    );
    for answer in answers {
        let value = strict_json::parse(answer).expect("because a tool of ours writes JSON");
        let answer: Answer = serde_json::from_value(value).expect("because it is an answer");
        assert!(answer.outcome().is_ok(), "{answer:?}");
    }
}
