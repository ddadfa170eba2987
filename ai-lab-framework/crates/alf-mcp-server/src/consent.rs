//! A person's word on a call that may destroy something, asked for through the client.

use alf_ops::Confirmation;
use rmcp::model::{
    ElicitRequest, ElicitRequestParams, ElicitResult, ElicitationAction, ElicitationSchema,
    InputRequest, InputRequests, InputRequiredResult, InputResponses,
};
use serde_json::{Value, json};

use crate::calls::Consent;

/// The one question, and the one field of its answer.
const QUESTION: &str = "consent";
const FIELD: &str = "do_it";

/// The question that a client shows to a person.
pub(crate) fn question(confirmation: &Confirmation) -> ElicitRequestParams {
    let message = format!(
        "An agent wants to do something that may destroy something.\n{}",
        confirmation.plan.join("\n")
    );
    let schema = json!({
        "type": "object",
        "required": [FIELD],
        "properties": { FIELD: { "type": "boolean", "title": "Do it", "default": false } },
    });
    let requested_schema: ElicitationSchema =
        serde_json::from_value(schema).expect("because it is an object of one boolean");
    ElicitRequestParams::FormElicitationParams {
        meta: None,
        message,
        requested_schema,
    }
}

/// The answer of a call that needs an answer first, in the era without requests of the server's own. The code is its
/// state: it stands for this very call, and is used up by the first that comes back.
pub(crate) fn input_required(confirmation: &Confirmation) -> InputRequiredResult {
    let request = InputRequest::Elicitation(ElicitRequest::new(question(confirmation)));
    let requests = InputRequests::from([(QUESTION.to_owned(), request)]);
    InputRequiredResult::new(Some(requests), Some(confirmation.code.clone()))
}

/// What was said, of a call that came back with its state.
pub(crate) fn came_back(
    state: Option<String>,
    responses: Option<InputResponses>,
) -> Option<Consent> {
    let mut responses = responses?;
    let told = responses.remove(QUESTION)?;
    let told: ElicitResult = serde_json::from_value(told).ok()?;
    Some(consent(&told, state?))
}

/// What a person said to the question that this code stands for.
pub(crate) fn consent(told: &ElicitResult, code: String) -> Consent {
    let field = told.content.as_ref().and_then(|content| content.get(FIELD));
    match (&told.action, field) {
        (ElicitationAction::Accept, Some(Value::Bool(true))) => Consent::Given(code),
        (ElicitationAction::Cancel, _) => {
            Consent::Refused("nobody answered the question whether this may be done")
        }
        _ => Consent::Refused("the person who was asked said no"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_yes_is_a_yes() {
        let said = |action: &str, content: Value| {
            let told = json!({ "action": action, "content": content });
            let responses = InputResponses::from([(QUESTION.to_owned(), told)]);
            came_back(Some("code".to_owned()), Some(responses))
        };
        let yes = json!({ "do_it": true });
        let no = Some(Consent::Refused("the person who was asked said no"));
        assert_eq!(
            said("accept", yes.clone()),
            Some(Consent::Given("code".to_owned()))
        );
        assert_eq!(said("accept", json!({ "do_it": false })), no);
        assert_eq!(said("accept", json!({ "do_it": "true" })), no);
        assert_eq!(said("accept", json!({})), no);
        assert_eq!(said("decline", yes.clone()), no);
        assert_eq!(
            said("cancel", yes.clone()),
            Some(Consent::Refused(
                "nobody answered the question whether this may be done"
            ))
        );
        // Without its state or its question, it is a first call.
        assert_eq!(came_back(None, Some(InputResponses::new())), None);
        let other = InputResponses::from([("other".to_owned(), yes)]);
        assert_eq!(came_back(Some("code".to_owned()), Some(other)), None);
    }

    #[test]
    fn the_question_shows_the_plan_and_asks_for_one_word() {
        let confirmation = Confirmation {
            format: 1,
            code: "c0de".to_owned(),
            plan: vec!["would run disk.wipe: Wipes.".to_owned()],
            expires_at_ms: 0,
        };
        let asked = serde_json::to_value(input_required(&confirmation)).expect("JSON");
        assert_eq!(
            asked,
            json!({
                "resultType": "input_required", "requestState": "c0de",
                "inputRequests": { "consent": { "method": "elicitation/create", "params": {
                    "mode": "form",
                    "message": "An agent wants to do something that may destroy something.\nwould run disk.wipe: Wipes.",
                    "requestedSchema": {
                        "type": "object", "required": ["do_it"],
                        "properties": { "do_it": { "type": "boolean", "title": "Do it", "default": false } },
                    },
                } } },
            })
        );
    }
}
