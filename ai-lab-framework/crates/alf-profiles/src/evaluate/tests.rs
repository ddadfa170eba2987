use ai_lab_contract::{ErrorClass, Exemption, Profile};
use serde_json::{Value, json};

use crate::{
    BadInput, BreakerShown, Coverage, DeadlineShown, Evidence, LoadFigures, NamedSchema, Probe,
    RULES, Ran, Report, Side, evaluate, read_document, sarif,
};

const README: &str = "# probe\n\n## Usage\n\nCall the action look with the name of a host and read its answer.\n\n\
    ## Limits\n\nA call may run for ten seconds.\n\n## Security notes\n\nIt reads nothing outside its folder and \
    connects to no port at all.\n\n## Runbook\n\nWhen the breaker is open, look at the last failures, mend the \
    host, and call the health action again by hand.\n";

fn manifest() -> Value {
    json!({
        "contract": 1, "name": "probe", "version": "0.1.0", "description": "probes",
        "run": { "command": ["sh"] },
        "retry": { "attempts": 3, "backoff_ms": 1, "max_backoff_ms": 1 },
        "breaker": { "failures": 2, "window_s": 60, "open_s": 30 },
        "fallback": { "last_good_s": 60 },
        "health": { "action": "look" },
        "actions": { "look": { "description": "looks", "input": {}, "output": {}, "idempotent": true } },
        "evidence": { "load": { "calls": 10, "at_once": 2, "p95_ms": 100 } },
    })
}

fn ran(passed: bool) -> Ran {
    Ran {
        command: "sh test.sh".to_owned(),
        passed,
        end: if passed { "exit 0" } else { "exit 1" }.to_owned(),
        last: "expected 1".to_owned(),
    }
}

/// Evidence of a tool that keeps every rule.
fn good() -> Evidence {
    let closed = json!({
        "type": "object", "additionalProperties": false,
        "properties": { "host": { "type": "string", "description": "Which." } },
    });
    let schema = |name: &str, side| NamedSchema {
        name: name.to_owned(),
        side,
        schema: closed.clone(),
    };
    Evidence {
        manifest: serde_json::from_value(manifest()).expect("a manifest"),
        errors: Vec::new(),
        schemas: vec![
            schema("look.input", Side::Input),
            schema("look.output", Side::Output),
        ],
        probe: Ok(Probe {
            address: "probe.look".to_owned(),
            error: None,
            metrics: 1,
        }),
        log: Ok(vec![
            r#"{"level":"info","message":"m","correlation_id":"c-1"}"#.to_owned(),
        ]),
        log_correlation: "c-1".to_owned(),
        bad_inputs: vec![BadInput {
            address: "probe.look".to_owned(),
            refused: Some(ErrorClass::InvalidInput),
        }],
        tests: Ok(ran(true)),
        coverage: Ok(Coverage {
            covered: 8,
            total: 10,
        }),
        faults: Ok(ran(true)),
        is_unchanged: true,
        readme: Ok(read_document(README)),
        examples: vec![("tool run probe.look".to_owned(), Ok(()))],
        pinned: Ok(()),
        sandbox: Ok("l2".to_owned()),
        deadline: Ok(DeadlineShown {
            given_ms: 1,
            grace_ms: 1_000,
            took_ms: 12,
        }),
        breaker: Ok(BreakerShown {
            failures: 2,
            opened: true,
        }),
        fallback: Ok("the last good answer".to_owned()),
        load: Ok(LoadFigures {
            calls: 10,
            failed: 0,
            p95_ms: 100,
        }),
    }
}

/// What is found in production after `spoil`: rule and message.
fn found(spoil: impl FnOnce(&mut Evidence)) -> Vec<(String, String)> {
    let mut evidence = good();
    spoil(&mut evidence);
    let report = evaluate(Profile::Production, &evidence, &[]);
    let findings = report.findings.into_iter();
    findings
        .map(|finding| (finding.rule, finding.message))
        .collect()
}

fn report(
    profile: Profile,
    exemptions: &[(&str, &str)],
    spoil: impl FnOnce(&mut Evidence),
) -> Report {
    let mut evidence = good();
    spoil(&mut evidence);
    let exemptions: Vec<Exemption> = exemptions
        .iter()
        .map(|(rule, reason)| Exemption {
            rule: (*rule).to_owned(),
            reason: (*reason).to_owned(),
        })
        .collect();
    evaluate(profile, &evidence, &exemptions)
}

#[test]
fn a_tool_that_keeps_every_rule_fits_every_profile() {
    for profile in Profile::ALL {
        let report = report(profile, &[], |_| {});
        let bound = RULES.iter().filter(|rule| rule.from <= profile).count();
        assert!(report.fits());
        assert_eq!(report.passed.len(), bound);
    }
}

type Spoil = fn(&mut Evidence);

#[test]
#[expect(clippy::too_many_lines, reason = "a table is as long as its rows")]
fn each_rule_is_broken_by_what_it_is_about_and_by_nothing_else() {
    let cases: &[(&str, &str, Spoil)] = &[
        ("P101", "no program (and 1 more)", |e| {
            e.errors = vec!["no program".into(), "x".into()];
        }),
        ("P201", "under Usage stand 1 words, not 10", |e| {
            let short = README.replace(
                "Call the action look with the name of a host and read its answer.",
                "Call.",
            );
            e.readme = Ok(read_document(&short));
        }),
        ("P202", "`a`: timeout", |e| {
            e.examples[0] = ("a".into(), Err("timeout".into()));
        }),
        ("P203", "without a description: look.input.host", |e| {
            e.schemas[0].schema["properties"]["host"] = json!({});
        }),
        (
            "P203",
            "without a description: look.output.host[].name",
            |e| {
                e.schemas[1].schema["properties"]["host"]["items"] =
                    json!({ "properties": { "name": {} } });
            },
        ),
        (
            "P204",
            "`sh test.sh`: exit 1; it wrote last: expected 1",
            |e| e.tests = Ok(ran(false)),
        ),
        ("P204", "none are named", |e| {
            e.tests = Err("none are named".into());
        }),
        ("P204", "the tests changed the tool's own files", |e| {
            e.is_unchanged = false;
        }),
        ("P205", "79 of 100 lines, 79 %, not 80 %", |e| {
            e.coverage = Ok(Coverage {
                covered: 79,
                total: 100,
            });
        }),
        ("P205", "no report", |e| {
            e.coverage = Err("no report".into());
        }),
        ("P206", "the call wrote no line of log", |e| {
            e.log = Ok(vec![]);
        }),
        ("P206", "a line that is no JSON object: plain", |e| {
            e.log = Ok(vec!["plain".into()]);
        }),
        (
            "P206",
            "a line without level and message: {\\\"level\\\":\\\"loud\\\",\\\"message\\\":\\\"\\\"}",
            |e| {
                e.log = Ok(vec!["{\"level\":\"loud\",\"message\":\"\"}".into()]);
            },
        ),
        (
            "P206",
            "a line without the call's correlation_id: {\\\"level\\\":\\\"info\\\",\\\"message\\\":\\\"\\\"}",
            |e| {
                e.log = Ok(vec!["{\"level\":\"info\",\"message\":\"\"}".into()]);
            },
        ),
        (
            "P207",
            "an action is idempotent and nothing says how it is tried again",
            |e| e.manifest.retry = None,
        ),
        (
            "P207",
            "[retry] is there, and no action is idempotent",
            |e| {
                e.manifest
                    .actions
                    .values_mut()
                    .for_each(|action| action.idempotent = false);
            },
        ),
        (
            "P207",
            "the action `look` is both read-only and destructive",
            |e| {
                for action in e.manifest.actions.values_mut() {
                    (action.read_only, action.destructive) = (true, true);
                }
            },
        ),
        ("P208", "open: look.input", |e| {
            e.schemas[0].schema["additionalProperties"] = json!(true);
        }),
        ("P208", "open: look.output", |e| {
            e.schemas[1].schema = json!({ "type": "object" });
        }),
        (
            "P209",
            "`probe.look` took an input that does not fit",
            |e| e.bad_inputs[0].refused = None,
        ),
        ("P209", "`probe.look` refused it as crashed", |e| {
            e.bad_inputs[0].refused = Some(ErrorClass::Crashed);
        }),
        ("P209", "no action could be called", |e| {
            e.bad_inputs.clear();
        }),
        ("P210", "no [health] is declared", |e| {
            e.manifest.health = None;
        }),
        ("P210", "`probe.look`: no route (tool_failed)", |e| {
            let probe = e.probe.as_mut().expect("it was made");
            probe.error = Some((ErrorClass::ToolFailed, "no route".into()));
        }),
        ("P301", "not pinned", |e| {
            e.pinned = Err("not pinned".into());
        }),
        ("P302", "no [breaker] is declared", |e| {
            e.manifest.breaker = None;
        }),
        ("P302", "still closed after 2 failures", |e| {
            e.breaker = Ok(BreakerShown {
                failures: 2,
                opened: false,
            });
        }),
        ("P303", "no [fallback] is declared", |e| {
            e.manifest.fallback = None;
        }),
        ("P303", "nothing answered", |e| {
            e.fallback = Err("nothing answered".into());
        }),
        ("P304", "given 1 ms, over after 3002 ms", |e| {
            e.deadline = Ok(DeadlineShown {
                given_ms: 1,
                grace_ms: 1_000,
                took_ms: 3_002,
            });
        }),
        ("P305", "1 of 10 calls failed", |e| {
            e.load = Ok(LoadFigures {
                calls: 10,
                failed: 1,
                p95_ms: 1,
            });
        }),
        ("P305", "10 calls, p95 101 ms, not 100 ms", |e| {
            e.load = Ok(LoadFigures {
                calls: 10,
                failed: 0,
                p95_ms: 101,
            });
        }),
        ("P305", "no [evidence.load] is declared", |e| {
            e.manifest.evidence = None;
        }),
        ("P306", "none are named", |e| {
            e.faults = Err("none are named".into());
        }),
        ("P307", "README.md has no heading Runbook", |e| {
            e.readme = Ok(read_document(&README.replace("## Runbook", "Runbook")));
        }),
        ("P308", "README.md has no heading Limits", |e| {
            e.readme = Ok(read_document(&README.replace("## Limits", "## Bounds")));
        }),
        ("P309", "README.md has no heading Security notes", |e| {
            e.readme = Ok(read_document(
                &README.replace("## Security notes", "## Notes"),
            ));
        }),
        ("P310", "it may write `/etc/cron.d`", |e| {
            e.manifest.grants.write = vec!["/etc/cron.d".into()];
        }),
        ("P310", "it may read all of `/home/ada`", |e| {
            e.manifest.grants.read = vec!["/proc".into(), "/sys/".into(), "/home/ada".into()];
        }),
        ("P310", "it may write `/proc`", |e| {
            e.manifest.grants.write = vec!["/proc".into()];
        }),
        ("P310", "it may read all of `/etc`", |e| {
            e.manifest.grants.read = vec!["/etc".into()];
        }),
        ("P311", "it ran at `none`", |e| {
            e.sandbox = Ok("none".into());
        }),
        (
            "P312",
            "the answer of `probe.look` carries no figure",
            |e| {
                e.probe.as_mut().expect("it was made").metrics = 0;
            },
        ),
        ("P313", "[run.environment] sets `HOST`", |e| {
            e.manifest
                .run
                .environment
                .insert("HOST".into(), "ghp_0123".into());
        }),
        ("P313", "the variable `ROUTER_PASSWORD` is granted", |e| {
            e.manifest.grants.environment = vec!["ROUTER_PASSWORD".into()];
        }),
    ];
    for (rule, message, spoil) in cases {
        assert_eq!(found(spoil), [((*rule).to_owned(), (*message).to_owned())]);
    }
}

#[test]
fn a_probe_that_crashes_breaks_all_that_needs_an_answer() {
    let broken = found(|e| e.probe = Err("it cannot be called".to_owned()));
    let rules: Vec<&str> = broken.iter().map(|(rule, _)| rule.as_str()).collect();
    assert_eq!(rules, ["P102", "P210", "P312"]);
}

#[test]
fn a_tool_that_refuses_in_its_own_words_has_answered() {
    let report = report(Profile::Experimental, &[], |e| {
        let probe = e.probe.as_mut().expect("it was made");
        probe.error = Some((ErrorClass::ToolFailed, "no host".into()));
    });
    assert!(report.fits());
    assert_eq!(
        report.passed[1].seen,
        "`probe.look` refused in its own words: no host"
    );
}

#[test]
fn an_exemption_needs_a_rule_that_has_one() {
    let spoil: Spoil = |e| e.coverage = Err("no report".into());
    let exempt = report(Profile::Standard, &[("P205", "measured elsewhere")], spoil);
    assert!(exempt.fits());
    assert_eq!(exempt.exempted[0].reason, "measured elsewhere");

    let wrong = [
        ("P301", "we trust it anyway"),
        ("P999", "from another time"),
    ];
    let report = report(Profile::Production, &wrong, |e| {
        e.pinned = Err("not pinned".into());
    });
    let told: Vec<_> = report
        .findings
        .iter()
        .map(|f| (f.rule.as_str(), f.message.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (
                "P301",
                "nothing is exempt from it: what others rely on would not hold"
            ),
            ("P301", "not pinned"),
            ("P999", "there is no such rule"),
        ]
    );
}

#[test]
fn a_finding_says_what_to_do_with_this_tool() {
    let report = report(Profile::Production, &[], |e| {
        e.pinned = Err("not pinned".into());
    });
    assert_eq!(
        report.findings[0].fix,
        "`ai-lab-framework tool lock probe`, or `tool approve probe` after a change"
    );
}

#[test]
fn sarif_has_what_its_schema_requires() {
    let report = report(Profile::Standard, &[("P201", "a tool of one line")], |e| {
        e.readme = Err("missing".into());
        e.tests = Err("none are named".into());
    });
    let log = sarif(&report, "tools/my probe/tool.toml", "0.1.0");
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().expect("a list");
    assert_eq!(rules.len(), RULES.len());
    let results = run["results"].as_array().expect("a list");
    assert_eq!(results.len(), 2);
    for result in results {
        let index = result["ruleIndex"]
            .as_u64()
            .and_then(|index| usize::try_from(index).ok());
        assert_eq!(rules[index.expect("a known rule")]["id"], result["ruleId"]);
        assert!(result["message"]["text"].is_string());
        assert!(["error", "note"].contains(&result["level"].as_str().expect("a level")));
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(
            place["artifactLocation"]["uri"],
            "tools/my%20probe/tool.toml"
        );
    }
    let suppression = &results[1]["suppressions"][0];
    assert_eq!(suppression["justification"], "a tool of one line");
    assert_eq!(suppression["kind"], "inSource");
}
