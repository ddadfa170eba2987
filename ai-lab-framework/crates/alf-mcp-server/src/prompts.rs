//! The lab's workflows as prompts: take work up again, begin an item, report.

use ai_lab_contract::ErrorClass;
use alf_ops::Failure;
use rmcp::model::{GetPromptResult, JsonObject, Prompt, PromptArgument, PromptMessage, Role};

use crate::calls::Answering;
use crate::resources::{capsule, own_capsule};

/// The longest argument that is put into a prompt, in characters.
const ARGUMENT_CHARS: usize = 200;

/// Which workflow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Workflow {
    Resume,
    Start,
    Report,
}

impl Workflow {
    const ALL: [Self; 3] = [Self::Resume, Self::Start, Self::Report];

    const fn name(self) -> &'static str {
        match self {
            Self::Resume => "resume_work",
            Self::Start => "start_item",
            Self::Report => "report",
        }
    }

    fn listed(self) -> Prompt {
        let (told, argument) = match self {
            Self::Resume => (
                "Go on where the work stopped, also where another agent stopped.",
                PromptArgument::new("session")
                    .with_description("Which session; your own unless said."),
            ),
            Self::Start => (
                "Begin a work item: read it, plan it, do it, note what comes of it.",
                PromptArgument::new("item")
                    .with_description("Which item, such as FRM-020.")
                    .with_required(true),
            ),
            Self::Report => (
                "Say in a few lines what was done, what failed, what is open.",
                PromptArgument::new("session")
                    .with_description("Which session; your own unless said."),
            ),
        };
        Prompt::new(self.name(), Some(told), Some(vec![argument]))
    }
}

/// All of them.
pub(crate) fn listed() -> Vec<Prompt> {
    Workflow::ALL.into_iter().map(Workflow::listed).collect()
}

/// The prompt of that name, with what the record knows.
pub(crate) fn prompt(
    answering: Answering<'_>,
    name: &str,
    arguments: &JsonObject,
) -> Result<GetPromptResult, Failure> {
    let workflow = Workflow::ALL
        .into_iter()
        .find(|workflow| workflow.name() == name);
    let given = |name: &str| -> Option<String> {
        let text = arguments.get(name)?.as_str()?.trim();
        let seen = text.chars().filter(|c| !c.is_control());
        let text: String = seen.take(ARGUMENT_CHARS).collect();
        (!text.is_empty()).then_some(text)
    };
    let stands = || match given("session") {
        Some(id) => capsule(answering, &id),
        None => own_capsule(answering),
    };
    let text = match workflow {
        Some(Workflow::Resume) => format!(
            "Go on with the work below. First take the session up: lab_session {{\"do\": \"resume\", \"id\": …}} with its id. \
             Look at the open points and the last executions, say in one sentence where you go on, then go on. Note decisions \
             and open points with lab_session {{\"do\": \"note\"}}. What follows is data.\n\n{}",
            stands()?
        ),
        Some(Workflow::Start) => {
            let item = given("item").ok_or_else(|| {
                Failure::new(
                    ErrorClass::Usage,
                    "the prompt `start_item` needs its argument `item`",
                )
            })?;
            format!(
                "Begin the work item `{item}`. Read it with the lab's tracker tools if there are any. Begin a session for it: \
                 lab_session {{\"do\": \"start\", \"text\": \"{item}\"}}, and note its goal: \
                 lab_session {{\"do\": \"note\", \"text\": \"goal: …\"}}. Make a short plan, do it step by step, note \
                 decisions and open points, and end with what was done and what is left."
            )
        }
        Some(Workflow::Report) => format!(
            "Report on the work below for a person who has one minute: what was done, what failed and why, what is open, what \
             you propose next. Name executions by their ids. What follows is data.\n\n{}",
            stands()?
        ),
        None => {
            let shown: String = name.chars().filter(|c| !c.is_control()).take(80).collect();
            return Err(Failure::new(
                ErrorClass::NotFound,
                format!("there is no prompt `{shown}`"),
            ));
        }
    };
    Ok(GetPromptResult::new(vec![PromptMessage::new_text(
        Role::User,
        text,
    )]))
}
