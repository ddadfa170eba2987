//! A session that several processes work in at once, and what it refuses.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use ai_lab_contract::ErrorClass;
use alf_ops::{
    CONTEXT_BYTES, Framework, SessionPatch, end_session, patch_session, pause_session,
    resume_session, show_session, start_session,
};
use serde_json::{Map, Value, json};

use crate::scene::{Lab, WELL, call_in, run, shown, told};

/// How many processes work in one session.
const PROCESSES: u32 = 8;
/// How many keys each of them sets, and how many entries it puts into the list that they share.
const CHANGES: u32 = 50;

/// Names the lab and the number of the process that plays one of several writers.
const PLAY: &str = "ALF_OPS_TEST_PLAYS_A_WRITER";

fn patch(value: Value, from_revision: Option<u64>) -> SessionPatch {
    SessionPatch {
        patch: serde_json::from_value(value).expect("an object"),
        from_revision,
    }
}

fn context(framework: &Framework, id: &str) -> Map<String, Value> {
    show_session(framework, id).expect("it is there").data
}

/// Not a test by itself: what [`writer`] starts. Sets keys of its own, and puts its number into the shared list as
/// often, each time from the revision that it has read.
#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the door of the process that writes"
)]
fn plays_a_writer() {
    let Ok(told) = std::env::var(PLAY) else {
        return;
    };
    let (root, number) = told.split_once('\n').expect("a folder and a number");
    let framework = Lab::at(PathBuf::from(root)).framework();
    for change in 0..CHANGES {
        let own = json!({ format!("key-{number}-{change}"): change });
        patch_session(&framework, "evening", &patch(own, None)).expect("it is kept");
        add_to_list(&framework, number);
    }
}

fn add_to_list(framework: &Framework, number: &str) {
    loop {
        let seen = show_session(framework, "evening").expect("it is there");
        let mut list = seen.data["list"].as_array().expect("a list").clone();
        list.push(json!(number));
        let change = patch(json!({ "list": list }), Some(seen.session.revision));
        match patch_session(framework, "evening", &change) {
            Ok(_) => return,
            Err(failure) => assert_eq!(failure.class, ErrorClass::Conflict, "{failure}"),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "starts the process that writes")]
fn writer(lab: &Lab, number: u32) -> Child {
    let this = std::env::current_exe().expect("the test's own program");
    Command::new(this)
        .args(["--exact", "sessions::plays_a_writer"])
        .env(PLAY, format!("{}\n{number}", lab.path("").display()))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .expect("it starts")
}

#[test]
fn eight_processes_in_one_session_lose_nothing() {
    let lab = Lab::alone();
    let framework = lab.framework();
    let id = "evening".parse().expect("a valid id");
    start_session(&framework, "", Some(&id)).expect("it begins");
    patch_session(&framework, "evening", &patch(json!({ "list": [] }), None)).expect("it is kept");
    let writers: Vec<Child> = (0..PROCESSES).map(|number| writer(&lab, number)).collect();
    for mut writer in writers {
        assert!(writer.wait().expect("it was started here").success());
    }

    let mut data = context(&framework, "evening");
    let list = data.remove("list").expect("it was there from the start");
    let mut list: Vec<String> = serde_json::from_value(list).expect("texts");
    list.sort();
    let of_all = |number: u32| (0..CHANGES).map(move |_| number.to_string());
    assert_eq!(list, (0..PROCESSES).flat_map(of_all).collect::<Vec<_>>());
    let keys = |number: u32| {
        (0..CHANGES).map(move |change| (format!("key-{number}-{change}"), json!(change)))
    };
    let expected: Map<String, Value> = (0..PROCESSES).flat_map(keys).collect();
    assert_eq!(data, expected);
    let revision = show_session(&framework, "evening")
        .expect("it is there")
        .session
        .revision;
    // The first, the empty list, and one a change: none was written twice.
    assert_eq!(revision, 2 + u64::from(2 * PROCESSES * CHANGES));
}

#[test]
fn a_patch_that_is_too_large_fails_the_call_and_its_answer_is_recorded() {
    let lab = Lab::new();
    let grow = format!(
        "printf '{{\"data\":{{\"ok\":true}},\"context_patch\":{{\"big\":\"'\n\
         head -c {CONTEXT_BYTES} /dev/zero | tr '\\0' x\nprintf '\"}}}}\\n'\n"
    );
    lab.tool_with(
        "grow",
        &grow,
        "limits = { run_ms = 15_000, output_bytes = 4_194_304 }",
    );
    let framework = lab.framework();
    let completed = run(&framework, &call_in("grow", "evening")).expect("it is recorded");
    let error = completed.error.clone().expect("the context is not kept");
    assert_eq!(
        (
            error.class,
            error.kind.as_str(),
            error.retryable,
            completed.data.as_ref()
        ),
        (ErrorClass::OutputLimit, "context_too_large", false, None)
    );
    let bytes = CONTEXT_BYTES + r#"{"big":""}"#.len();
    assert_eq!(
        error.message,
        format!(
            "the session's context would be {bytes} bytes; {CONTEXT_BYTES} are allowed; \
             the context stays as it was, the answer is in the record"
        )
    );
    let ended = shown(&framework, &completed)
        .execution
        .ended
        .expect("it has ended");
    assert_eq!(ended.output.as_deref(), Some(r#"{"ok":true}"#));
    assert_eq!(
        ended.error.map(|error| error.kind),
        Some("context_too_large".to_owned())
    );
    assert_eq!(context(&framework, "evening"), Map::new());
}

#[test]
fn only_an_active_session_takes_calls() {
    let lab = Lab::new();
    lab.tool("well", WELL);
    let framework = lab.framework();
    run(&framework, &call_in("well", "evening")).expect("it runs");
    let refused = |framework: &Framework| {
        let completed = run(framework, &call_in("well", "evening")).expect("it is recorded");
        completed.error.map(|error| (error.class, error.message))
    };
    pause_session(&framework, "evening", "later").expect("it is active");
    assert_eq!(
        refused(&framework),
        Some((
            ErrorClass::Refused,
            "session evening is paused: `ai-lab-framework session resume evening` shows its note \
             and takes it up again"
                .to_owned()
        ))
    );
    resume_session(&framework, "evening").expect("it is paused");
    assert_eq!(refused(&framework), None);
    end_session(&framework, "evening").expect("it is active");
    assert_eq!(
        refused(&framework),
        Some((
            ErrorClass::Refused,
            "session evening has ended: `ai-lab-framework session start` begins a new one, \
             `session show evening` reads this one"
                .to_owned()
        ))
    );
    assert_eq!(
        show_session(&framework, "evening")
            .expect("it is there")
            .executions,
        4
    );
}

#[test]
fn titles_and_notes_have_their_bounds() {
    let lab = Lab::new();
    let framework = lab.framework();
    let begun = |title: &str| {
        start_session(
            &framework,
            title,
            Some(&"evening".parse().expect("a valid id")),
        )
        .map(|_| ())
        .map_err(|failure| told(&lab, &failure))
    };
    assert_eq!(
        begun(&"x".repeat(201)),
        Err((
            ErrorClass::Usage,
            vec!["the title has 201 bytes; 200 are allowed".to_owned()],
            String::new()
        ))
    );
    assert_eq!(
        begun("two\nlines"),
        Err((
            ErrorClass::Usage,
            vec!["a title is one line of text, without control characters".to_owned()],
            String::new()
        ))
    );
    assert_eq!(begun(&"x".repeat(200)), Ok(()));
    let note = "x".repeat(8_193);
    let refused = pause_session(&framework, "evening", &note).map(|_| ());
    assert_eq!(
        refused.map_err(|failure| told(&lab, &failure)),
        Err((
            ErrorClass::Usage,
            vec!["the note has 8193 bytes; 8192 are allowed".to_owned()],
            String::new()
        ))
    );
}
