//! What a call leaves in the record.

use ai_lab_contract::{ErrorClass, Metric, Profile};
use alf_ops::lock_tools;
use alf_ops::{
    Completed, ExecutionError, Framework, list_executions, show_execution, verify_executions,
};
use alf_policy::{Digest, Inherited, RunPlan, Wanted, digest_of_json, plan_run};
use alf_store::{
    Ended, Execution, ExecutionFilter, ExecutionStart, LogLevel, Owner, RecordedError, Status,
    Store as _,
};
use serde_json::{Value, json};

use crate::scene::{Lab, NOW_MS, WELL, call, configure, data, log_of, read, run, shown};

/// This process, as proc(5) tells it.
fn this_process() -> Owner {
    let stat = read("/proc/self/stat".as_ref());
    let after_name = stat.rsplit_once(')').expect("the name is in parentheses").1;
    let start_ticks = after_name
        .split_ascii_whitespace()
        .nth(19)
        .expect("field 22");
    Owner {
        pid: std::process::id(),
        start_ticks: start_ticks.parse().expect("a number"),
        boot_id: read("/proc/sys/kernel/random/boot_id".as_ref())
            .trim()
            .to_owned(),
    }
}

fn planned(framework: &Framework, completed: &Completed) -> RunPlan {
    let found = framework
        .find(completed.tool.as_str())
        .expect("it is there");
    plan_run(&Wanted {
        manifest: &found.manifest,
        action: &completed.action,
        execution: &completed.execution_id,
        folder: &found.folder,
        program: &"/usr/bin/sh".into(),
        framework: &semver::Version::new(0, 1, 0),
        inherited: &Inherited::default(),
        machine: alf_sandbox::probe_machine(found.manifest.profile.into()),
        reach: &alf_policy::Reach::default(),
        patience: None,
    })
    .expect("nothing forbids it")
}

/// The row that the call should have left; what only the run can know is taken from it.
fn expected_start(lab: &Lab, framework: &Framework, completed: &Completed) -> ExecutionStart {
    let tool = completed.tool.as_str();
    let shown = alf_ops::show_tool(framework, tool).expect("it is there");
    ExecutionStart {
        execution_id: completed.execution_id.clone(),
        correlation_id: completed.execution_id.as_str().parse().expect("a valid id"),
        parent_id: None,
        session_id: None,
        idempotency_key: None,
        tool: completed.tool.clone(),
        tool_version: "1.2.3".into(),
        tool_digest: shown.digest.expect("it can be loaded"),
        action: "go".parse().expect("a valid name"),
        profile: Profile::Production,
        framework_version: "0.1.0".into(),
        framework_digest: Digest::of(read(&lab.path("bin/ai-lab-framework")).as_bytes())
            .to_string(),
        policy_digest: planned(framework, completed).policy_digest.to_string(),
        configuration_digest: digest_of_json(&json!({ "depth": 3 })).to_string(),
        sandbox: planned(framework, completed).sandbox.as_str().into(),
        client_name: "scene".into(),
        client_version: "7.0.0".into(),
        protocol_version: "scene/7".into(),
        host: "stage".into(),
        owner: this_process(),
        attempt: 1,
        input: r#"{"n":4}"#.into(),
        started_at_ms: NOW_MS,
        queue_us: completed.durations.queue_us,
    }
}

#[test]
fn a_good_call_is_recorded_with_all_that_it_rests_on() {
    let lab = Lab::new();
    let answer = r#"{"data":{"ok":true},"metrics":[{"name":"rows","value":2.5,"unit":"rows"}]}"#;
    let script =
        format!("echo '{{\"level\":\"debug\",\"message\":\"deep\"}}' >&2\necho '{answer}'\n");
    lab.tool_with("probe", &script, "profile = \"production\"");
    let framework = lab.framework();
    lock_tools(&framework, &[]).expect("it can be pinned");
    configure(&framework, "probe", "depth", "3");

    let completed = run(&framework, &call("probe", json!({ "n": 4 }))).expect("it runs");

    assert_eq!(
        (completed.data.clone(), completed.error.clone()),
        (Some(json!({ "ok": true })), None)
    );
    let detail = shown(&framework, &completed);
    let Execution {
        start,
        link,
        status,
        ended,
    } = &detail.execution;
    let ended = ended.clone().expect("it has ended");
    assert_eq!(*start, expected_start(&lab, &framework, &completed));
    assert_eq!((link.position, *status), (1, Status::Succeeded));
    assert_eq!(
        ended,
        Ended {
            answered: None,
            error: None,
            output: Some(r#"{"ok":true}"#.into()),
            output_bytes: answer.len() as u64 + 1,
            log_bytes: 35,
            exit: "exit 0".into(),
            ended_at_ms: NOW_MS,
            start_us: completed.durations.start_us,
            run_us: completed.durations.run_us,
            record_us: completed.durations.record_us,
            link: ended.link.clone(),
        }
    );
    assert_eq!(
        (ended.link.position, &ended.link.previous_hash),
        (2, &link.hash)
    );
    assert_eq!(log_of(&detail), [(LogLevel::Debug, "deep".to_owned())]);
    let metrics = framework
        .store()
        .and_then(|store| Ok(store.metrics(&completed.execution_id)?));
    let expected = Metric {
        name: "rows".into(),
        value: 2.5,
        unit: "rows".into(),
    };
    assert_eq!(metrics.expect("they are kept"), [expected]);
}

#[test]
fn the_start_is_in_the_record_while_the_tool_runs() {
    let lab = Lab::new();
    let mut begun = lab.pipe("begun");
    let go_on = lab.pipe("go-on");
    let script = format!(
        "echo >{}\nread x <{}\n{WELL}",
        begun.path.display(),
        go_on.path.display()
    );
    lab.tool("slow", &script);
    let framework = lab.framework();
    std::thread::scope(|scope| {
        let running = scope.spawn(|| run(&framework, &call("slow", json!({}))));
        begun.wait();
        let page = list_executions(&lab.framework(), &ExecutionFilter::default());
        let seen: Vec<(String, Status, bool)> = page
            .expect("it can be read")
            .executions
            .into_iter()
            .map(|row| (row.start.tool.to_string(), row.status, row.ended.is_none()))
            .collect();
        std::fs::OpenOptions::new()
            .write(true)
            .open(&go_on.path)
            .and_then(|mut pipe| std::io::Write::write_all(&mut pipe, b"\n"))
            .expect("the tool waits");
        let completed = running.join().expect("no panic").expect("it runs");
        assert_eq!(seen, [("slow".to_owned(), Status::Started, true)]);
        assert_eq!(
            shown(&framework, &completed).execution.status,
            Status::Succeeded
        );
    });
}

#[test]
fn input_that_does_not_fit_is_recorded_and_runs_nothing() {
    let lab = Lab::new();
    let ran = lab.path("ran");
    lab.tool("probe", &format!("echo ran >{}\n{WELL}", ran.display()));
    let framework = lab.framework();

    let completed = run(&framework, &call("probe", json!({ "m": 4 }))).expect("it is recorded");

    let error = completed.error.clone().expect("it does not fit");
    assert_eq!(
        error,
        ExecutionError {
            class: ErrorClass::InvalidInput,
            kind: "invalid_input".into(),
            message: "the input does not fit at /m: unknown key `m`; did you mean `n`".into(),
            retryable: false,
            detail: error.detail.clone(),
        }
    );
    let execution = shown(&framework, &completed).execution;
    let ended = execution.ended.expect("it has ended");
    assert_eq!(
        (execution.status, execution.start.input.as_str()),
        (Status::Failed, r#"{"m":4}"#)
    );
    assert_eq!(
        (ended.exit.as_str(), ended.output, ended.run_us),
        ("", None, 0)
    );
    let kept = ended.error.expect("it failed");
    assert_eq!(
        kept,
        RecordedError {
            class: error.class,
            kind: error.kind,
            message: error.message,
            retryable: false,
            detail: error.detail.to_string(),
        }
    );
    assert!(!ran.exists(), "the tool ran");
}

#[test]
fn what_policy_refuses_is_recorded_and_runs_nothing() {
    let lab = Lab::new();
    lab.tool_with("newer", WELL, "framework = \">=9\"");
    lab.tool_with("secretive", WELL, "grants = { secrets = [\"token\"] }");
    let framework = lab.framework();
    let told = ["newer", "secretive"].map(|tool| {
        let completed = run(&framework, &call(tool, json!({}))).expect("it is recorded");
        let ended = shown(&framework, &completed)
            .execution
            .ended
            .expect("it has ended");
        let kept = ended.error.expect("it failed");
        (kept.class, kept.message, ended.exit)
    });
    assert_eq!(
        told,
        [
            (ErrorClass::Incompatible, "tool `newer` needs framework >=9, this is 0.1.0".into(), String::new()),
            (
                ErrorClass::Refused,
                "tool `secretive` asks for the secret `token`, which is not kept here; next: `ai-lab-framework secret set token`".into(),
                String::new()
            ),
        ]
    );
}

#[test]
fn a_call_that_cannot_begin_leaves_no_database() {
    let lab = Lab::new();
    lab.tool("probe", WELL);
    let framework = lab.framework();
    let mut elsewhere = call("probe", json!({}));
    elsewhere.action = "gone".parse().expect("a valid name");
    let told: Vec<(ErrorClass, String)> = [call("prope", json!({})), elsewhere]
        .iter()
        .map(|call| run(&framework, call).expect_err("because it is not there"))
        .map(|failure| {
            (
                failure.class,
                format!("{failure} | {}", failure.hint().unwrap_or_default()),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (
                ErrorClass::NotFound,
                "there is no tool `prope` | Did you mean `probe`?".into()
            ),
            (
                ErrorClass::NotFound,
                "tool `probe` has no action `gone` | It has: go.".into()
            ),
        ]
    );
    assert!(!lab.path("home").exists());
}

#[test]
fn what_is_too_long_for_a_row_is_kept_in_a_file_and_shown_whole() {
    let lab = Lab::new();
    let script = "printf '{\"data\":{\"ok\":true,\"text\":\"'\nhead -c 300000 /dev/zero | tr '\\0' y\nprintf '\"}}\\n'\n";
    lab.tool("large", script);
    let framework = lab.framework();
    let input = json!({ "text": "x".repeat(300_000) });

    let answer = data(&framework, &call("large", input.clone()));

    assert_eq!(answer, json!({ "ok": true, "text": "y".repeat(300_000) }));
    let page = list_executions(&framework, &ExecutionFilter::default()).expect("it can be read");
    let [execution] = page.executions.as_slice() else {
        panic!("one call is one row")
    };
    let kept = |whole: &Value| {
        let text = whole.to_string();
        format!("@{}:{}", Digest::of(text.as_bytes()), text.len())
    };
    let ended = execution.ended.as_ref().expect("it has ended");
    assert_eq!(execution.start.input, kept(&input));
    assert_eq!(ended.output, Some(kept(&answer)));
    let shown = show_execution(&framework, execution.start.execution_id.as_str());
    let shown = shown.expect("it can be read").execution;
    let output = shown.ended.and_then(|ended| ended.output);
    assert_eq!(
        (shown.start.input, output),
        (input.to_string(), Some(answer.to_string()))
    );
    assert_eq!(
        ended.output_bytes,
        answer.to_string().len() as u64 + "{\"data\":}\n".len() as u64
    );
}

#[test]
fn a_failure_told_at_length_is_answered_whole_and_kept_short() {
    let lab = Lab::new();
    let script = "printf '{\"error\":{\"kind\":\"wordy\",\"message\":\"'\nhead -c 100000 /dev/zero | tr '\\0' y\nprintf '\"}}\\n'\n";
    lab.tool("wordy", script);
    let framework = lab.framework();
    let completed = run(&framework, &call("wordy", json!({}))).expect("it is recorded");
    let execution = shown(&framework, &completed).execution;
    let kept = execution.ended.and_then(|ended| ended.error);
    assert_eq!(
        completed.error.map(|error| error.message),
        Some("y".repeat(100_000))
    );
    assert_eq!(kept.map(|error| error.message), Some("y".repeat(8_192)));
}

#[test]
fn bytes_that_are_no_text_do_not_harm_the_record() {
    let lab = Lab::new();
    let script = format!("printf 'a\\000b\\377c\\r\\n' >&2\n{WELL}");
    lab.tool("noisy", &script);
    let framework = lab.framework();
    let completed = run(&framework, &call("noisy", json!({ "text": "a\u{0}b" }))).expect("it runs");
    let detail = shown(&framework, &completed);
    assert_eq!(
        log_of(&detail),
        [(LogLevel::Info, "a\u{0}b\u{fffd}c".to_owned())]
    );
    assert_eq!(detail.execution.start.input, "{\"text\":\"a\\u0000b\"}");
    let report = verify_executions(&framework).expect("it can be read");
    assert_eq!(report.findings, []);
}

#[test]
fn the_chain_holds_every_start_and_every_end() {
    let lab = Lab::new();
    lab.tool("probe", WELL);
    let framework = lab.framework();
    let runs: Vec<Completed> = (0..3)
        .map(|n| run(&framework, &call("probe", json!({ "n": n }))).expect("it runs"))
        .collect();
    let report = verify_executions(&framework).expect("it can be read");
    let last = shown(&framework, &runs[2])
        .execution
        .ended
        .expect("it has ended")
        .link;
    assert_eq!(
        (report.links, report.head, report.findings),
        (6, last.hash, Vec::new())
    );
}
