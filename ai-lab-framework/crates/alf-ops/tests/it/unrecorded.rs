//! A record that cannot be written, and what each profile makes of it.

use ai_lab_contract::ErrorClass;
use alf_ops::run_tool;
use serde_json::json;

use crate::scene::{Lab, call, read};

/// Leaves a trace that it ran.
const TRACE: &str = "echo ran >>state/trace\necho '{\"data\":{\"ok\":true}}'\n";

fn traced(lab: &Lab, profile: &str) {
    let more = format!("profile = \"{profile}\"\ngrants = {{ write = [\"state\"] }}\n");
    lab.tool_with("tracer", TRACE, &more);
    lab.write("lab/tools/tracer/state/trace", "");
}

fn trace(lab: &Lab) -> String {
    read(&lab.path("lab/tools/tracer/state/trace"))
}

#[test]
fn a_prototype_runs_with_a_warning_where_nothing_can_be_recorded() {
    let lab = Lab::new();
    traced(&lab, "experimental");
    lab.write("home", "a file where the home should be");
    let completed = run_tool(&lab.framework(), &call("tracer", json!({})), None).expect("it runs");
    assert_eq!(
        (completed.data, completed.error, completed.recorded),
        (Some(json!({ "ok": true })), None, false)
    );
    let warnings: Vec<_> = completed
        .warnings
        .iter()
        .map(|warning| lab.without_root(warning))
        .collect();
    let [warning] = warnings.as_slice() else {
        unreachable!("one warning: {warnings:?}");
    };
    assert!(
        warning.starts_with("not recorded: cannot open the framework's database: "),
        "{warning}"
    );
    assert_eq!(trace(&lab), "ran\n");
}

#[test]
fn what_others_rely_on_does_not_begin_unrecorded() {
    for profile in ["standard", "production"] {
        let lab = Lab::new();
        traced(&lab, profile);
        lab.write("home", "a file where the home should be");
        let failure = run_tool(&lab.framework(), &call("tracer", json!({})), None)
            .expect_err("because nothing can be recorded");
        assert_eq!(
            (failure.class, failure.to_string()),
            (
                ErrorClass::Environment,
                "cannot open the framework's database".to_owned()
            ),
            "{profile}"
        );
        assert_eq!(trace(&lab), "", "{profile}");
    }
}
