//! `ai-lab import` and `ai-lab export`

use std::fs;
use std::path::Path;

use crate::program::{Ended, ai_lab};

/// A lab and, beside it, a predecessor's.
struct Bench {
    folder: tempfile::TempDir,
}

fn put(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::File::create(path)
        .and_then(|mut file| std::io::Write::write_all(&mut file, text.as_bytes()))
        .expect("written");
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        put(&folder.path().join("lab/ai-lab.toml"), "");
        let bench = Self { folder };
        bench.write(
            "work-items/A-1.json",
            "{\"id\": \"A-1\", \"title\": \"Größe 🎉\", \"status\": \"completed\", \"tags\": []}",
        );
        bench
    }

    fn write(&self, source: &str, text: &str) {
        put(&self.folder.path().join("old/data").join(source), text);
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        let ended = ai_lab(&self.folder.path().join("lab"), &[], arguments);
        let shown = |text: &str| text.replace(&self.folder.path().display().to_string(), "HOME");
        Ended {
            code: ended.code,
            stdout: shown(&ended.stdout),
            stderr: shown(&ended.stderr),
        }
    }
}

fn ended(code: i32, stdout: &str, stderr: &str) -> Ended {
    Ended {
        code: Some(code),
        stdout: stdout.to_owned(),
        stderr: stderr.to_owned(),
    }
}

#[test]
fn a_lab_is_planned_taken_over_proved_and_given_back() {
    let bench = Bench::new();
    let plan = "\
mapped    work-items/A-1.json /id → item A-1 label
mapped    work-items/A-1.json /title → item A-1 title
converted work-items/A-1.json /status → item A-1 status (`completed` is done here)
empty     work-items/A-1.json /tags → item A-1 labels (an empty list)

4 fields of 1 record: 1 converted, 1 empty, 2 mapped
would be: 1 item created, 4 values kept, 0 files kept whole
";
    assert_eq!(
        bench.run(&["import", "../old", "--plan"]),
        ended(0, plan, "")
    );
    assert_eq!(
        bench.run(&["import", "../old", "--dry-run"]),
        ended(0, plan, "")
    );
    assert!(!bench.folder.path().join("lab/data").exists());
    let done = "\
4 fields of 1 record: 1 converted, 1 empty, 2 mapped
1 item created, 4 values kept, 0 files kept whole
";
    assert_eq!(bench.run(&["import", "../old"]), ended(0, done, ""));
    let again = "\
4 fields of 1 record: 1 converted, 1 empty, 2 mapped
nothing changes: the lab holds all of it
";
    assert_eq!(bench.run(&["import", "../old"]), ended(0, again, ""));
    let proof = "3 values of 1 record and 0 whole files compared, 0 missing\n";
    assert_eq!(
        bench.run(&["import", "../old", "--verify"]),
        ended(0, proof, "")
    );
    let back = "HOME/lab/../back: 1 JSON file, 0 other files, 0 databases with 0 rows\n";
    assert_eq!(
        bench.run(&["export", "--as", "predecessor", "../back"]),
        ended(0, back, "")
    );
    assert_eq!(
        fs::read_to_string(bench.folder.path().join("back/data/work-items/A-1.json"))
            .expect("a file"),
        "{\n  \"id\": \"A-1\",\n  \"title\": \"Größe 🎉\",\n  \"status\": \"completed\",\n  \"tags\": []\n}\n"
    );
}

#[test]
fn what_is_broken_is_named_and_cannot_command_the_terminal() {
    let bench = Bench::new();
    bench.write("work-items/CUT.json", "{\"id\": \"CUT");
    bench.write("ideas/\u{1b}]0;x.json", "[]");
    let told = bench.run(&["import", "../old"]);
    assert_eq!(
        told,
        ended(
            11,
            "\
problem: ideas/\u{fffd}]0;x.json: expected an object, found a list; kept whole
problem: work-items/CUT.json line 1, column 11: EOF while parsing a string; kept whole, nothing of it imported
4 fields of 1 record: 1 converted, 1 empty, 2 mapped
1 item created, 4 values kept, 2 files kept whole
",
            "\
error: 2 parts of the input could not be taken
next: mend what is named above, then import again
"
        )
    );
}

#[test]
fn what_is_missing_is_named() {
    let bench = Bench::new();
    let told = bench.run(&["import", "../old", "--verify"]);
    assert_eq!(
        told,
        ended(
            5,
            "\
missing: work-items/A-1.json : the record is not in the lab; `ai-lab import` takes it
changed since: item A-1: all: it is not in the lab
0 values of 1 record and 0 whole files compared, 1 missing
",
            "\
error: the lab lacks 1 value of its sources
next: `ai-lab import DIR` takes what is missing
"
        )
    );
    assert_eq!(bench.run(&["import", "../nowhere"]).code, Some(4));
    assert_eq!(
        bench
            .run(&["import", "../old", "--zone", "Nowhere/Else"])
            .code,
        Some(2)
    );
    assert_eq!(
        bench.run(&["import", "../old", "--plan", "--verify"]).code,
        Some(2)
    );
    assert_eq!(
        bench
            .run(&["export", "--as", "predecessor", "../back"])
            .code,
        Some(4)
    );
}

#[test]
fn json_answers_hold_every_decision() {
    let bench = Bench::new();
    let told = bench.run(&["import", "../old", "--plan", "--json"]);
    let answer: serde_json::Value = serde_json::from_str(&told.stdout).expect("JSON");
    assert_eq!(
        (
            &answer["format"],
            &answer["dry_run"],
            &answer["changes"]["created"]["item"]
        ),
        (&1.into(), &true.into(), &1.into())
    );
    assert_eq!(
        answer["decisions"][2],
        serde_json::json!({
            "source": "work-items/A-1.json", "record": "", "pointer": "/status", "outcome": "converted",
            "target": "item A-1 status", "reason": "`completed` is done here",
        })
    );
    bench.run(&["import", "../old"]);
    for arguments in [
        &["import", "../old", "--verify", "--json"][..],
        &["export", "--as", "predecessor", "../back", "--json"],
    ] {
        let told = bench.run(arguments);
        let answer: serde_json::Value = serde_json::from_str(&told.stdout).expect("JSON");
        assert_eq!((&answer["format"], told.code), (&1.into(), Some(0)));
    }
}
