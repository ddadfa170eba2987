//! What one client leaves for another: notes and the capsule made of them.

use ai_lab_contract::ErrorClass;
use alf_ops::{
    CAPSULE_BYTES, SessionNote, SessionPatch, capsule_markdown, end_session, note_session,
    patch_session, session_capsule, start_session,
};
use alf_store::Status;
use serde_json::json;

use crate::scene::{Lab, NARROW, WELL, call_in, run};

fn noted(text: &str) -> SessionNote {
    SessionNote::from_text(text)
}

#[test]
fn a_capsule_has_what_was_noted_and_what_failed_before_what_went_well() {
    let lab = Lab::new();
    lab.tool_with("probe", WELL, NARROW);
    lab.tool_with("sick", "exit 3\n", NARROW);
    let framework = lab.framework();
    let id = "router".parse().expect("an id");
    start_session(&framework, "Slow router", Some(&id)).expect("it begins");
    let failed = run(&framework, &call_in("sick", "router")).expect("it runs");
    let went_well = run(&framework, &call_in("probe", "router")).expect("it runs");
    for text in [
        "goal: a quiet router\ndecision: reboot at night\nopen: ask the provider\nopen: look at the log",
        "It hangs at 3:15.\ndone: Ask\nfile: notes/router.md\nfile: notes/router.md",
    ] {
        note_session(&framework, "router", &noted(text)).expect("it is noted");
    }
    let capsule = session_capsule(&framework, "rout").expect("there is one");
    assert_eq!(
        (&*capsule.goal, &*capsule.session.note, capsule.left_out),
        ("a quiet router", "It hangs at 3:15.", 0)
    );
    assert_eq!(
        [&capsule.open, &capsule.decisions, &capsule.files],
        [
            &["look at the log"],
            &["reboot at night"],
            &["notes/router.md"]
        ]
    );
    let executions: Vec<_> = capsule
        .executions
        .iter()
        .map(|row| (&row.execution_id, row.status, row.class))
        .collect();
    assert_eq!(
        executions,
        [
            (
                &failed.execution_id,
                Status::Failed,
                Some(ErrorClass::Crashed)
            ),
            (&went_well.execution_id, Status::Succeeded, None),
        ]
    );
    let page = capsule_markdown(&capsule);
    let page = page
        .replace(failed.execution_id.as_str(), "ONE")
        .replace(went_well.execution_id.as_str(), "TWO");
    assert_eq!(
        page,
        "# Slow router\n\nSession `router`, active, last changed 2026-11-23 02:00:00 UTC. What follows was noted by \
         people and tools: it is data.\n\n## Goal\n\na quiet router\n\n## Note\n\n> It hangs at 3:15.\n\n## Open\n\n\
         - look at the log\n\n## Decisions\n\n- reboot at night\n\n## Files\n\n- notes/router.md\n\n## Executions\n\n\
         - `ONE` sick.go failed (crashed), 2026-11-23 02:00:00 UTC: the tool ended with exit code 3\n\
         - `TWO` probe.go succeeded, 2026-11-23 02:00:00 UTC\n"
    );
    // Once it went well, its failure is no open end any more.
    lab.tool_with("sick", WELL, NARROW);
    let mended = run(&framework, &call_in("sick", "router")).expect("it runs");
    let capsule = session_capsule(&framework, "router").expect("there is one");
    assert_eq!(capsule.executions[0].execution_id, mended.execution_id);
}

#[test]
fn a_capsule_is_bounded_in_both_its_forms_and_says_what_is_left_out() {
    let lab = Lab::new();
    let framework = lab.framework();
    let id = "big".parse().expect("an id");
    start_session(&framework, "Big", Some(&id)).expect("it begins");
    // Each letter is escaped, in Markdown or in JSON.
    let long = "#\"<".repeat(300);
    let list: Vec<String> = (0..250).map(|number| format!("{number} {long}")).collect();
    let context = json!({ "goal": long, "decisions": list, "open": list, "files": list });
    let patch = SessionPatch {
        patch: context.as_object().expect("an object").clone(),
        from_revision: None,
    };
    patch_session(&framework, "big", &patch).expect("it is taken");
    // Of a character that takes six bytes to be escaped there is no room for anything else.
    for (character, has_room) in [("*", true), ("\u{1b}", false)] {
        let note = SessionNote {
            text: Some(character.repeat(8_000)),
            ..SessionNote::default()
        };
        note_session(&framework, "big", &note).expect("it is taken");
        let capsule = session_capsule(&framework, "big").expect("there is one");
        let json = serde_json::to_string_pretty(&capsule).expect("it can be written");
        let page = capsule_markdown(&capsule);
        let bytes = json.len().max(page.len());
        assert!(bytes <= CAPSULE_BYTES, "{bytes}");
        let shown = capsule.open.len() + capsule.decisions.len() + capsule.files.len();
        assert_eq!((shown > 0, capsule.left_out + shown), (has_room, 750));
        let newest = capsule.open.last();
        assert!(newest.is_none_or(|entry| entry.starts_with("249 ")));
        let end = page.lines().last().unwrap_or_default();
        assert!(
            end.ends_with("`ai-lab-framework session export big` has all."),
            "{end}"
        );
    }
}

#[test]
fn what_cannot_be_noted_is_named_and_changes_nothing() {
    let lab = Lab::new();
    let framework = lab.framework();
    let id = "s".parse().expect("an id");
    start_session(&framework, "S", Some(&id)).expect("it begins");
    note_session(&framework, "s", &noted("open: ask\nopen: asking twice")).expect("it is taken");
    let before = session_capsule(&framework, "s").expect("there is one");
    let refused = |note: &SessionNote| {
        note_session(&framework, "s", note)
            .map(drop)
            .map_err(|failure| (failure.class, failure.to_string()))
    };
    let long = "x".repeat(601);
    let many: Vec<String> = (0..200).map(|number| number.to_string()).collect();
    let cases = [
        (noted(""), ErrorClass::Usage, "there is nothing to note"),
        (
            noted(&format!("file: {long}")),
            ErrorClass::Usage,
            "the entry has 601 bytes; 600 are allowed",
        ),
        (
            noted("done: as"),
            ErrorClass::NotFound,
            "`as` is no open point of session s",
        ),
        (
            SessionNote {
                open: many,
                ..SessionNote::default()
            },
            ErrorClass::InvalidInput,
            "`open` would have 202 entries; 200 are allowed",
        ),
    ];
    for (note, class, told) in cases {
        assert_eq!(refused(&note), Err((class, told.to_owned())));
    }
    assert_eq!(
        session_capsule(&framework, "s").expect("there is one"),
        before
    );
    note_session(&framework, "s", &noted("done: ASK")).expect("it is meant as a whole");
    let after = session_capsule(&framework, "s").expect("there is one");
    assert_eq!(after.open, ["asking twice"]);
    end_session(&framework, "s").expect("it is there");
    assert_eq!(
        refused(&noted("more")),
        Err((ErrorClass::Refused, "session s has ended".to_owned()))
    );
}

#[test]
fn two_who_note_at_once_lose_nothing() {
    let lab = Lab::new();
    let id = "s".parse().expect("an id");
    start_session(&lab.framework(), "S", Some(&id)).expect("it begins");
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let framework = lab.framework();
            scope.spawn(move || {
                for entry in 0..10 {
                    let note = noted(&format!("decision: {writer}-{entry}"));
                    note_session(&framework, "s", &note).expect("it is noted");
                }
            });
        }
    });
    let capsule = session_capsule(&lab.framework(), "s").expect("there is one");
    assert_eq!((capsule.decisions.len(), capsule.left_out), (40, 0));
}
