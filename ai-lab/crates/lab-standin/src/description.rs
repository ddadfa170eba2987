//! GitHub's published description of its API, cut down to what is used.

use std::collections::BTreeMap;

use jsonschema::Validator;
use serde_json::{Map, Value, json};

/// What does not fit the description.
pub type Violation = String;

/// The description, ready to hold requests and answers against.
#[derive(Debug)]
pub struct Description {
    operations: Vec<Operation>,
}

#[derive(Debug)]
struct Operation {
    verb: String,
    path: Vec<String>,
    body: Option<(Validator, bool)>,
    query: BTreeMap<String, Validator>,
    answers: BTreeMap<u16, Option<Validator>>,
}

impl Description {
    /// Reads the description that lies beside this crate.
    ///
    /// # Panics
    ///
    /// Where it cannot be read: the test cannot go on.
    pub fn read() -> Self {
        let text = include_str!("../description/github_api.json");
        let document: Value = serde_json::from_str(text).expect("the description is JSON");
        let paths = document["paths"].as_object().expect("it has paths");
        let mut operations = Vec::new();
        for (path, verbs) in paths {
            for (verb, node) in verbs.as_object().expect("a path has verbs") {
                operations.push(operation(path, verb, node, &document["$defs"]));
            }
        }
        Self { operations }
    }

    /// Holds a request against the description; what it tells as a violation GitHub would refuse or pass over.
    pub fn check_request(
        &self,
        verb: &str,
        path: &str,
        query: &[(String, String)],
        body: Option<&Value>,
    ) -> Vec<Violation> {
        let Some(operation) = self.find(verb, path) else {
            return vec![format!("{verb} {path}: GitHub describes no such call")];
        };
        let mut found = Vec::new();
        for (name, text) in query {
            let number = text.parse::<u64>().map(Value::from);
            let value = number.unwrap_or_else(|_| Value::from(text.as_str()));
            match operation.query.get(name) {
                None => found.push(format!("{verb} {path}: no parameter `{name}`")),
                Some(schema) if !schema.is_valid(&value) => {
                    found.push(format!("{verb} {path}: `{name}` cannot be `{text}`"));
                }
                Some(_) => {}
            }
        }
        match (&operation.body, body) {
            (None | Some((_, false)), None) => {}
            (None, Some(_)) => found.push(format!("{verb} {path}: takes no body")),
            (Some((_, true)), None) => found.push(format!("{verb} {path}: has no body")),
            (Some((schema, _)), Some(body)) => {
                let errors = schema.iter_errors(body);
                found.extend(errors.map(|error| format!("{verb} {path}: {error}")));
            }
        }
        found
    }

    /// Holds the stand-in's own answer against the description.
    pub fn check_answer(
        &self,
        verb: &str,
        path: &str,
        status: u16,
        body: &Value,
    ) -> Vec<Violation> {
        let Some(operation) = self.find(verb, path) else {
            return Vec::new();
        };
        match operation.answers.get(&status) {
            // Limits, lost tokens and failing servers are described in words alone.
            None if matches!(status, 304 | 307 | 401 | 403 | 429 | 500..) => Vec::new(),
            None => vec![format!("{verb} {path}: answers no {status}")],
            Some(None) => Vec::new(),
            Some(Some(schema)) => {
                let errors = schema.iter_errors(body);
                let told = |error| format!("answer to {verb} {path}: {error}");
                errors.map(told).take(3).collect()
            }
        }
    }

    fn find(&self, verb: &str, path: &str) -> Option<&Operation> {
        let parts: Vec<&str> = path.split('/').collect();
        let fits = |operation: &&Operation| {
            operation.verb == verb
                && operation.path.len() == parts.len()
                && operation
                    .path
                    .iter()
                    .zip(&parts)
                    .all(|(own, part)| own.starts_with('{') || own == part)
        };
        // A path without places comes before one that has a place there.
        let places = |operation: &&Operation| {
            operation
                .path
                .iter()
                .filter(|part| part.starts_with('{'))
                .count()
        };
        self.operations.iter().filter(fits).min_by_key(places)
    }
}

fn operation(path: &str, verb: &str, node: &Value, shared: &Value) -> Operation {
    let schema = |schema: &Value| {
        let mut whole = schema.as_object().cloned().unwrap_or_else(Map::new);
        whole.insert("$defs".to_owned(), shared.clone());
        jsonschema::options()
            .should_validate_formats(true)
            .build(&Value::Object(whole))
            .expect("the description has good schemas")
    };
    let parameters = node["parameters"].as_array().expect("it names parameters");
    let query = parameters
        .iter()
        .filter(|parameter| parameter["in"] == "query")
        .map(|parameter| {
            let name = parameter["name"].as_str().unwrap_or_default().to_owned();
            (name, schema(&parameter["schema"]))
        });
    let answers = node["answers"].as_object().expect("it names answers");
    let required = node["body_required"] == json!(true);
    Operation {
        verb: verb.to_uppercase(),
        path: path.split('/').map(str::to_owned).collect(),
        body: node.get("body").map(|body| (schema(body), required)),
        query: query.collect(),
        answers: answers
            .iter()
            .filter_map(|(status, answer)| {
                let schema = (!answer.is_null()).then(|| schema(answer));
                Some((status.parse().ok()?, schema))
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(
        description: &Description,
        verb: &str,
        path: &str,
        query: &[(&str, &str)],
        body: Option<&Value>,
    ) -> usize {
        let query: Vec<(String, String)> = query
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        description.check_request(verb, path, &query, body).len()
    }

    #[test]
    fn what_is_asked_for_must_be_described() {
        let description = Description::read();
        let issues = "/repos/o/n/issues";
        for (path, query, problems) in [
            (issues, vec![("state", "all"), ("per_page", "100")], 0),
            (issues, vec![("state", "done")], 1),
            (issues, vec![("since", "2026-01-01")], 1),
            (issues, vec![("status", "open")], 1),
            ("/repos/o/n/pulls/9/x", vec![], 1),
        ] {
            assert_eq!(
                told(&description, "GET", path, &query, None),
                problems,
                "{path} {query:?}"
            );
        }
        assert_eq!(
            told(
                &description,
                "GET",
                "/repos/o/n/issues/7",
                &[],
                Some(&json!({}))
            ),
            1
        );
    }

    #[test]
    fn what_is_sent_must_be_described() {
        let description = Description::read();
        let (issues, one) = ("/repos/o/n/issues", "/repos/o/n/issues/7");
        let closed = json!({"state": "closed", "state_reason": "completed"});
        for (verb, path, body, problems) in [
            ("POST", issues, json!({"title": "a", "milestone": null}), 0),
            ("POST", issues, json!({"body": "no title"}), 1),
            ("POST", issues, json!({"title": "a", "status": "x"}), 1),
            ("PATCH", one, json!({"state": "done"}), 1),
            ("PATCH", one, closed, 0),
            (
                "POST",
                "/repos/o/n/issues/7/sub_issues",
                json!({"sub_issue_id": "12"}),
                1,
            ),
            (
                "POST",
                "/repos/o/n/milestones",
                json!({"title": "M", "due_on": "2025-12-15"}),
                1,
            ),
        ] {
            assert_eq!(
                told(&description, verb, path, &[], Some(&body)),
                problems,
                "{verb} {path} {body}"
            );
        }
        assert_eq!(told(&description, "POST", issues, &[], None), 1);
    }
}
