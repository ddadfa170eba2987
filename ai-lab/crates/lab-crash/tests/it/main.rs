//! The crash matrix in the tree is the one of today's points, and a part of it holds.

use std::process::{Command, Stdio};

#[test]
fn the_matrix_in_the_tree_has_todays_points_and_a_sample_of_it_holds() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/CRASH_MATRIX.md");
    let kept = std::fs::read_to_string(path).expect("it is there");
    // What follows is played by tests/cuts.
    let (kept, _) = kept
        .split_once("\n## Restores, backups and migrations\n")
        .expect("the other half is there");
    #[expect(clippy::disallowed_methods, reason = "the test starts what it tests")]
    let output = Command::new(env!("CARGO_BIN_EXE_lab-crash"))
        .args(["matrix", "--sample"])
        .stdin(Stdio::null())
        .output()
        .expect("it starts");
    let text = String::from_utf8(output.stdout).expect("text");
    assert!(output.status.success(), "{text}");
    let points = |text: &str| -> Vec<String> {
        let told = |line: &&str| line.starts_with("## ") || line.ends_with(" points.");
        text.lines().filter(told).map(str::to_owned).collect()
    };
    assert_eq!(
        points(kept),
        points(&text),
        "`scripts/crash-matrix` writes it anew"
    );
    assert_eq!(points(kept).len(), 10, "{kept}");
    assert!(
        kept.contains(" 0 that ended as neither old nor new."),
        "{kept}"
    );
}
