//! What runs, and as what, when a tool is no longer what was pinned.

use std::fs;
use std::os::unix::fs::symlink;

use ai_lab_contract::{ErrorClass, Profile, ToolName};
use alf_ops::{Completed, Framework, Pinning, approve_tool, diff_tool, lock_tools, show_execution};
use serde_json::json;

use crate::scene::{Lab, WELL, call, read, run, shown, told};

fn name(tool: &str) -> ToolName {
    tool.parse().expect("a valid name")
}

/// A lab with one tool of that profile, pinned as it is.
fn pinned(profile: &str) -> (Lab, Framework) {
    let lab = Lab::new();
    lab.tool_with("probe", WELL, &format!("profile = \"{profile}\""));
    let framework = lab.framework();
    let report = lock_tools(&framework, &[]).expect("it can be pinned");
    assert_eq!(report.tools[0].pinning, Pinning::Pinned);
    (lab, framework)
}

fn went(framework: &Framework) -> Completed {
    run(framework, &call("probe", json!({}))).expect("it is recorded")
}

/// The profile it ran under, and the class of its error.
fn outcome(completed: &Completed) -> (Profile, Option<ErrorClass>) {
    (
        completed.profile,
        completed.error.as_ref().map(|error| error.class),
    )
}

const CHANGED: &str = "# another\necho '{\"data\":{\"ok\":true}}'\n";

#[test]
fn a_pinned_tool_runs_as_what_it_claims() {
    for profile in Profile::ALL {
        let (_lab, framework) = pinned(profile.as_str());
        let completed = went(&framework);
        assert_eq!(outcome(&completed), (profile, None));
        assert_eq!(completed.warnings, Vec::<String>::new());
    }
}

#[test]
fn a_changed_tool_runs_as_experimental_until_a_person_approves_it() {
    let (lab, framework) = pinned("standard");
    lab.write("lab/tools/probe/run.sh", CHANGED);
    let completed = went(&framework);
    assert_eq!(outcome(&completed), (Profile::Experimental, None));
    let warning = "tool `probe` has changed since it was pinned: it ran as experimental; see what changed by \
                   `ai-lab-framework tool diff probe`, then type `ai-lab-framework tool approve probe`";
    assert_eq!(completed.warnings, [warning]);
    let detail = shown(&framework, &completed);
    assert_eq!(detail.execution.start.profile, Profile::Experimental);
    assert_eq!(
        detail.logs.last().map(|entry| entry.line.text.as_str()),
        Some(warning)
    );

    let diff = diff_tool(&framework, &name("probe")).expect("it can be compared");
    assert_eq!(diff.diff.files[0].path, "run.sh");
    approve_tool(&framework, &name("probe"), &diff.digest).expect("it is what was seen");
    assert_eq!(outcome(&went(&framework)), (Profile::Standard, None));
}

#[test]
fn production_runs_only_what_is_pinned() {
    let lab = Lab::new();
    lab.tool_with("probe", WELL, "profile = \"production\"");
    let framework = lab.framework();
    let refused = (Profile::Production, Some(ErrorClass::Refused));
    let without = went(&framework);
    assert_eq!(outcome(&without), refused);
    let told = &without.error.as_ref().expect("it was refused").message;
    assert!(
        told.ends_with("type `ai-lab-framework tool lock probe`"),
        "{told}"
    );
    // The refusal is in the record as any other end.
    let detail = show_execution(&framework, without.execution_id.as_str()).expect("recorded");
    assert!(detail.execution.ended.is_some());

    lock_tools(&framework, &[name("probe")]).expect("it can be pinned");
    assert_eq!(outcome(&went(&framework)), (Profile::Production, None));
    lab.write("lab/tools/probe/run.sh", CHANGED);
    assert_eq!(outcome(&went(&framework)), refused);
    lab.write("lab/tools.lock", "no lock");
    assert_eq!(outcome(&went(&framework)), refused);
}

#[test]
fn pinning_again_never_approves() {
    let (lab, framework) = pinned("standard");
    let before = read(&lab.path("lab/tools.lock"));
    lab.write("lab/tools/probe/run.sh", CHANGED);
    let report = lock_tools(&framework, &[]).expect("it is compared");
    assert_eq!(report.tools[0].pinning, Pinning::Changed);
    assert_eq!(read(&lab.path("lab/tools.lock")), before);
}

#[test]
fn only_what_was_shown_is_approved() {
    let (lab, framework) = pinned("standard");
    lab.write("lab/tools/probe/run.sh", CHANGED);
    let seen = diff_tool(&framework, &name("probe")).expect("it can be compared");
    lab.write("lab/tools/probe/run.sh", "# swapped after the look\n");
    let failure = approve_tool(&framework, &name("probe"), &seen.digest).expect_err("it changed");
    assert_eq!(
        told(&lab, &failure),
        (
            ErrorClass::Conflict,
            vec!["the tool `probe` changed after its difference was shown".to_owned()],
            "Look again: `ai-lab-framework tool diff probe`.".to_owned()
        )
    );
}

#[test]
fn a_tool_may_neither_pin_nor_approve() {
    let (lab, _) = pinned("standard");
    let mut within = lab.surroundings();
    within
        .variables
        .insert("AI_LAB_EXECUTION_ID".to_owned(), "e-1".to_owned());
    let framework = Framework::new(within);
    let pin = lock_tools(&framework, &[]).expect_err("it is a tool");
    let approve = approve_tool(&framework, &name("probe"), "sha256:00").expect_err("it is a tool");
    assert_eq!([pin.class, approve.class], [ErrorClass::Refused; 2]);
}

#[test]
fn a_grant_that_reaches_the_lock_stops_the_tool() {
    let lab = Lab::new();
    let grant = format!("grants = {{ write = [\"{}\"] }}", lab.path("lab").display());
    lab.tool_with(
        "probe",
        WELL,
        &format!("profile = \"experimental\"\n{grant}"),
    );
    let completed = went(&lab.framework());
    let refused = Some(ErrorClass::Refused);
    assert_eq!(outcome(&completed), (Profile::Experimental, refused));
}

#[test]
fn a_link_in_the_place_of_the_lock_is_not_followed() {
    let (lab, framework) = pinned("standard");
    let (place, elsewhere) = (lab.path("lab/tools.lock"), lab.path("elsewhere"));
    fs::rename(&place, &elsewhere).expect("it is ours");
    symlink(&elsewhere, &place).expect("a link");
    let completed = went(&framework);
    assert_eq!(outcome(&completed), (Profile::Experimental, None));
    let failure = lock_tools(&framework, &[]).expect_err("it is a link");
    assert_eq!(
        told(&lab, &failure).1,
        [
            "cannot use /lab/tools.lock",
            "the tool lock cannot be read",
            "it is a symbolic link"
        ]
    );
}

#[test]
fn the_homes_own_tools_are_pinned_in_the_home() {
    let lab = Lab::new();
    lab.write(
        "home/tools/probe/tool.toml",
        crate::scene::manifest("probe", ""),
    );
    lab.write("home/tools/probe/run.sh", WELL);
    let report = lock_tools(&lab.framework(), &[]).expect("it can be pinned");
    assert_eq!(report.tools[0].lock, lab.path("home/tools.lock"));
    assert!(!lab.path("lab/tools.lock").exists());
}

#[test]
fn two_who_pin_at_once_lose_nothing() {
    let lab = Lab::new();
    let names: Vec<ToolName> = (0..8).map(|n| name(&format!("t{n}"))).collect();
    for tool in &names {
        lab.tool(tool.as_str(), WELL);
    }
    std::thread::scope(|scope| {
        for tool in &names {
            let lab = &lab;
            scope.spawn(move || {
                lock_tools(&lab.framework(), std::slice::from_ref(tool)).expect("it can be pinned")
            });
        }
    });
    let report = lock_tools(&lab.framework(), &[]).expect("they are compared");
    assert_eq!(report.tools.len(), 8);
    assert!(report.tools.iter().all(|row| row.pinning == Pinning::Same));
    let left: Vec<_> = fs::read_dir(lab.path("lab"))
        .expect("a folder")
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| name.contains(".new"))
        .collect();
    assert_eq!(left, Vec::<String>::new());
}
