//! What a tool puts out is kept with its digest, without secrets, and told.

use alf_ops::{Framework, KeptArtifact, RecordBounds, prune_executions, show_execution, tend};
use alf_policy::Digest;
use alf_store::{Collected, LogLevel, Retention};
use serde_json::json;

use crate::scene::{Lab, call, run};

/// Far ahead of any file's time, and of the floor of every profile.
const FAR_MS: i64 = 4_000_000_000_000;

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

/// Two tools' artifacts, the older first.
fn two_kept(lab: &Lab, framework: &Framework) -> [KeptArtifact; 2] {
    lab.tool(
        "painter",
        &format!("printf page >$AI_LAB_ARTIFACTS/a.txt\n{OK}"),
    );
    [(); 2].map(|()| {
        let completed = run(framework, &call("painter", json!({}))).expect("it runs");
        completed.artifacts[0].clone()
    })
}

fn there(kept: &[KeptArtifact]) -> Vec<bool> {
    kept.iter().map(|one| one.path.exists()).collect()
}

#[test]
fn artifacts_go_with_their_execution() {
    let lab = Lab::new();
    let kept = two_kept(&lab, &lab.framework());
    lab.write("home/artifacts/notes/mine.txt", "not an execution's");
    let later = lab.framework_at(FAR_MS);
    let bounds = RecordBounds {
        retention: Retention {
            most_executions: 1,
            keep_for_ms: i64::MAX,
            ..Retention::default()
        },
        ..RecordBounds::default()
    };
    let pruning = prune_executions(&later, &bounds, true).expect("it is counted");
    assert_eq!(
        (pruning.artifacts.files, there(&kept)),
        (0, vec![true, true])
    );
    let pruning = prune_executions(&later, &bounds, false).expect("it is pruned");
    let gone = Collected { files: 1, bytes: 4 };
    assert_eq!((pruning.pruned.executions, pruning.artifacts), (1, gone));
    assert_eq!(there(&kept), [false, true]);
    assert!(lab.path("home/artifacts/notes/mine.txt").exists());
}

#[test]
fn of_too_many_artifacts_the_oldest_go_but_none_of_the_last_day() {
    let lab = Lab::new();
    let now = lab.framework();
    let kept = two_kept(&lab, &now);
    let bounds = RecordBounds {
        most_artifact_bytes: 7,
        ..RecordBounds::default()
    };
    prune_executions(&now, &bounds, false).expect("it is pruned");
    assert_eq!(there(&kept), [true, true]);
    lab.write(
        "home/config.toml",
        "[retention]\nmost_artifact_bytes = 7\nkeep_days = 36500\n",
    );
    tend(&lab.framework_at(FAR_MS));
    assert_eq!(there(&kept), [false, true]);
    // Once a day; and not while the settings cannot be read.
    lab.write(
        "home/config.toml",
        "[retention]\nmost_artifact_bytes = 0\nkeep_days = 36500\n",
    );
    tend(&lab.framework_at(FAR_MS + 3_600_000));
    assert_eq!(there(&kept), [false, true]);
    lab.write(
        "home/config.toml",
        "[retention]\nmost_artifact_bytes = \"none\"\n",
    );
    tend(&lab.framework_at(FAR_MS + 90_000_000));
    assert_eq!(there(&kept), [false, true]);
    lab.write(
        "home/config.toml",
        "[retention]\nmost_artifact_bytes = 0\nkeep_days = 36500\n",
    );
    tend(&lab.framework_at(FAR_MS + 90_000_000));
    assert_eq!(there(&kept), [false, false]);
}
