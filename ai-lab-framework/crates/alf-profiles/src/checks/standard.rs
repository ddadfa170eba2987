//! What a tool owes from standard on.

use ai_lab_contract::ErrorClass;
use serde_json::Value;

use super::{USAGE, command, section};
use crate::rules::Verdict::{self, Broken, Kept};
use crate::{Evidence, NamedSchema, Side};

/// What share of the lines tests must run, in percent.
const COVERAGE_PERCENT: u64 = 80;

/// How many places one finding names. Stops a big schema from filling the screen.
const NAMED: usize = 8;

pub(crate) fn has_usage(evidence: &Evidence) -> Verdict {
    section(evidence, USAGE, "Usage", 10)
}

pub(crate) fn examples_run(evidence: &Evidence) -> Verdict {
    let failed = evidence
        .examples
        .iter()
        .find_map(|(line, outcome)| outcome.as_ref().err().map(|why| (line, why)));
    match (failed, evidence.examples.len()) {
        (Some((line, why)), _) => Broken(format!("`{line}`: {why}")),
        (None, 0) => Kept("no example is marked".to_owned()),
        (None, count) => Kept(format!("{count} of {count} examples ran")),
    }
}

pub(crate) fn properties_described(evidence: &Evidence) -> Verdict {
    let mut silent = Vec::new();
    for named in &evidence.schemas {
        undescribed(&named.schema, &named.name, &mut silent);
    }
    silent.sort_unstable();
    if silent.is_empty() {
        return Kept(format!(
            "all properties of {} schemas",
            evidence.schemas.len()
        ));
    }
    let more = if silent.len() > NAMED { ", …" } else { "" };
    silent.truncate(NAMED);
    Broken(format!(
        "without a description: {}{more}",
        silent.join(", ")
    ))
}

/// The properties that say nothing of themselves, along what is written here and not along references.
fn undescribed(schema: &Value, path: &str, silent: &mut Vec<String>) {
    let mut open = vec![(path.to_owned(), schema)];
    while let Some((path, here)) = open.pop() {
        let properties = here.get("properties").and_then(Value::as_object);
        for (name, property) in properties.into_iter().flatten() {
            let path = format!("{path}.{}", name.escape_debug());
            let says = |schema: &Value| {
                let text = schema.get("description").and_then(Value::as_str);
                text.is_some_and(|text| !text.trim().is_empty())
            };
            let target = property.get("$ref").and_then(Value::as_str);
            let target = target.and_then(|to| schema.pointer(to.strip_prefix('#')?));
            if !says(property) && !target.is_some_and(says) {
                silent.push(path.clone());
            }
            open.push((path, property));
        }
        if let Some(items) = here.get("items") {
            open.push((format!("{path}[]"), items));
        }
    }
}

pub(crate) fn tests_pass(evidence: &Evidence) -> Verdict {
    match command(&evidence.tests) {
        Kept(_) if !evidence.is_unchanged => {
            Broken("the tests changed the tool's own files".to_owned())
        }
        verdict => verdict,
    }
}

pub(crate) fn lines_covered(evidence: &Evidence) -> Verdict {
    match &evidence.coverage {
        Err(why) => Broken(why.clone()),
        Ok(coverage) => {
            let percent = coverage.percent();
            let told = format!(
                "{} of {} lines, {percent} %",
                coverage.covered, coverage.total
            );
            if percent >= COVERAGE_PERCENT {
                Kept(told)
            } else {
                Broken(format!("{told}, not {COVERAGE_PERCENT} %"))
            }
        }
    }
}

pub(crate) fn logs_correlated(evidence: &Evidence) -> Verdict {
    let lines = match &evidence.log {
        Ok(lines) => lines,
        Err(why) => return Broken(why.clone()),
    };
    if lines.is_empty() {
        return Broken("the call wrote no line of log".to_owned());
    }
    for line in lines {
        if let Err(why) = structured(line, &evidence.log_correlation) {
            let line: String = line.chars().take(120).collect();
            return Broken(format!("{why}: {}", line.escape_debug()));
        }
    }
    Kept(format!("{} lines of a call", lines.len()))
}

fn structured(line: &str, correlation: &str) -> Result<(), &'static str> {
    let Ok(Value::Object(line)) = serde_json::from_str(line) else {
        return Err("a line that is no JSON object");
    };
    let text = |key: &str| line.get(key).and_then(Value::as_str);
    let levels = ["debug", "info", "warn", "error"];
    if !text("level").is_some_and(|level| levels.contains(&level)) || text("message").is_none() {
        Err("a line without level and message")
    } else if text("correlation_id") != Some(correlation) {
        Err("a line without the call's correlation_id")
    } else {
        Ok(())
    }
}

pub(crate) fn retries(evidence: &Evidence) -> Verdict {
    let actions = &evidence.manifest.actions;
    let both = actions
        .iter()
        .find(|(_, action)| action.read_only && action.destructive);
    if let Some((name, _)) = both {
        return Broken(format!(
            "the action `{name}` is both read-only and destructive"
        ));
    }
    let twice = actions.values().any(|action| action.idempotent);
    match (&evidence.manifest.retry, twice) {
        (None, false) => Kept("no action is idempotent, nothing is tried again".to_owned()),
        (None, true) => {
            Broken("an action is idempotent and nothing says how it is tried again".to_owned())
        }
        (Some(_), false) => Broken("[retry] is there, and no action is idempotent".to_owned()),
        (Some(retry), true) => Kept(format!(
            "{} attempts of idempotent actions",
            retry.attempts.get()
        )),
    }
}

pub(crate) fn schemas_closed(evidence: &Evidence) -> Verdict {
    let open: Vec<&str> = evidence
        .schemas
        .iter()
        .filter(|named| !is_closed(named))
        .map(|named| named.name.as_str())
        .collect();
    if open.is_empty() {
        Kept(format!("{} schemas", evidence.schemas.len()))
    } else {
        Broken(format!("open: {}", open.join(", ")))
    }
}

fn is_closed(named: &NamedSchema) -> bool {
    let mut here = &named.schema;
    if let Some(target) = here
        .get("$ref")
        .and_then(Value::as_str)
        .and_then(|to| named.schema.pointer(to.strip_prefix('#')?))
    {
        here = target;
    }
    let refuses = |key: &str| here.get(key) == Some(&Value::Bool(false));
    match named.side {
        Side::Input => refuses("additionalProperties") || refuses("unevaluatedProperties"),
        Side::Output => [
            "properties",
            "oneOf",
            "anyOf",
            "allOf",
            "additionalProperties",
        ]
        .iter()
        .any(|key| {
            here.get(*key)
                .is_some_and(|value| *value != Value::Bool(true))
        }),
    }
}

pub(crate) fn bad_input_refused(evidence: &Evidence) -> Verdict {
    for bad in &evidence.bad_inputs {
        match bad.refused {
            Some(ErrorClass::InvalidInput) => {}
            Some(class) => {
                return Broken(format!(
                    "`{}` refused it as {}",
                    bad.address,
                    class.as_str()
                ));
            }
            None => return Broken(format!("`{}` took an input that does not fit", bad.address)),
        }
    }
    match evidence.bad_inputs.len() {
        0 => Broken("no action could be called".to_owned()),
        count => Kept(format!("{count} of {count} actions")),
    }
}

pub(crate) fn is_well(evidence: &Evidence) -> Verdict {
    if evidence.manifest.health.is_none() {
        return Broken("no [health] is declared".to_owned());
    }
    match &evidence.probe {
        Err(why) => Broken(why.clone()),
        Ok(probe) => match &probe.error {
            None => Kept(format!("`{}` answered with data", probe.address)),
            Some((class, told)) => {
                Broken(format!("`{}`: {told} ({})", probe.address, class.as_str()))
            }
        },
    }
}
