//! What a tool puts out is kept with its digest, without secrets, and told.

use alf_ops::{KeptArtifact, show_execution};
use alf_policy::Digest;
use alf_store::LogLevel;
use serde_json::json;

use crate::scene::{Lab, call, run};

const OK: &str = "echo '{\"data\":{\"ok\":true}}'\n";

#[test]
fn what_a_tool_puts_out_is_kept_and_its_digest_recorded() {
    let lab = Lab::new();
    let script = "mkdir $AI_LAB_ARTIFACTS/d; printf page >$AI_LAB_ARTIFACTS/d/a.txt; ln -s /etc/passwd $AI_LAB_ARTIFACTS/l\n";
    lab.tool("painter", &format!("{script}{OK}"));
    let framework = lab.framework();
    let completed = run(&framework, &call("painter", json!({}))).expect("it runs");
    assert_eq!(completed.error, None);
    let id = &completed.execution_id;
    let kept = KeptArtifact {
        name: "d/a.txt".into(),
        path: lab.path("home/artifacts").join(id.as_str()).join("d/a.txt"),
        bytes: 4,
        digest: Digest::of(b"page"),
    };
    assert_eq!(std::fs::read(&kept.path).expect("it is kept"), b"page");
    assert_eq!(completed.artifacts, std::slice::from_ref(&kept));
    let lines: Vec<(LogLevel, String)> = show_execution(&framework, id.as_str())
        .expect("it is recorded")
        .logs
        .into_iter()
        .map(|entry| (entry.line.level, entry.line.text))
        .collect();
    assert_eq!(
        lines,
        [
            (
                LogLevel::Info,
                format!("artifact `d/a.txt`: 4 bytes, {}", kept.digest)
            ),
            (
                LogLevel::Warn,
                "artifact `l` is not kept: a link, not a file".to_owned()
            ),
        ]
    );
    assert!(!lab.path("home/work").join(id.as_str()).exists());
}

#[test]
fn what_a_tool_that_failed_put_out_is_kept_too_and_without_any_nothing_is_made() {
    let lab = Lab::new();
    lab.tool("fails", "echo why >$AI_LAB_ARTIFACTS/why; exit 3\n");
    lab.tool("plain", OK);
    let framework = lab.framework();
    let completed = run(&framework, &call("plain", json!({}))).expect("it runs");
    assert_eq!(completed.artifacts, []);
    assert!(!lab.path("home/artifacts").exists());
    let completed = run(&framework, &call("fails", json!({}))).expect("it runs");
    assert!(completed.error.is_some());
    let names: Vec<&str> = completed
        .artifacts
        .iter()
        .map(|kept| kept.name.as_str())
        .collect();
    assert_eq!(names, ["why"]);
}

#[test]
fn a_home_that_takes_no_file_changes_nothing_about_the_answer() {
    let lab = Lab::new();
    lab.tool("painter", &format!("echo x >$AI_LAB_ARTIFACTS/a\n{OK}"));
    lab.write("home/artifacts", "in the way");
    let framework = lab.framework();
    let completed = run(&framework, &call("painter", json!({}))).expect("it runs");
    assert_eq!((completed.error, completed.artifacts), (None, vec![]));
    let detail =
        show_execution(&framework, completed.execution_id.as_str()).expect("it is recorded");
    let told = &detail.logs[0].line.text;
    assert!(told.starts_with("artifact `a` is not kept: "), "{told}");
}
