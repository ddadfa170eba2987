use std::os::unix::fs::PermissionsExt;

use serde_json::json;
use tempfile::TempDir;

use super::*;
use crate::machine::tests::{machine, put};

const NOW: i64 = 1_795_000_000;

/// A folder with a journal, and a program that plays journalctl.
fn scene(script: &str) -> (TempDir, Journal) {
    let root = machine(&[("journal/machine/system.journal", "")]);
    let program = root.path().join("journalctl");
    put(
        &program,
        &format!("#!/bin/sh\n[ \"$1\" != --probe ] || exit 0\n{script}\n"),
    );
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("a mode");
    // While another test's thread starts a program, that one holds the file open for a moment.
    let probe = ["--probe".to_owned()];
    while child::run(&program, &probe, BOUNDS)
        .is_err_and(|error| error.kind() == io::ErrorKind::ExecutableFileBusy)
    {}
    let programs = vec![program];
    (root, Journal { programs })
}

fn told(script: &str, input: &JournalInput) -> JournalOutput {
    let (root, journal) = scene(script);
    let now = Timestamp::from_second(NOW).expect("a time");
    journal.read(&root.path().join("journal"), input, now)
}

fn row(seconds: i64, change: impl FnOnce(&mut Value)) -> String {
    let mut row = json!({
        "__REALTIME_TIMESTAMP": (seconds * 1_000_000).to_string(), "PRIORITY": "3", "MESSAGE": "it failed",
        "SYSLOG_IDENTIFIER": "backup", "_SYSTEMD_UNIT": "backup.service",
    });
    change(&mut row);
    row.to_string()
}

fn expected(message: &str) -> Entry {
    Entry {
        at: "2026-11-18T10:26:40Z".to_owned(),
        priority: Some(Priority::Error),
        unit: Some("backup.service".to_owned()),
        program: Some("backup".to_owned()),
        message: message.to_owned(),
        times: 1,
    }
}

#[test]
fn each_line_is_told_in_whatever_form_it_comes() {
    let lines = [
        row(1_794_997_600, |row| {
            row["MESSAGE"] = json!("login with password=hunter2");
        }),
        row(1_794_997_600, |row| row["MESSAGE"] = json!([97, 255, 98])),
        row(1_794_997_600, |row| {
            row["MESSAGE"] = json!(["first", "second"]);
        }),
        row(1_794_997_600, |row| {
            row["UNIT"] = json!("web.service");
            row["_SYSTEMD_UNIT"] = json!("init.scope");
            row["PRIORITY"] = json!("nine");
        }),
        // Too long for journalctl, without a time, and cut in the middle.
        row(1_794_997_600, |row| row["MESSAGE"] = json!(null)),
        json!({"MESSAGE": "when?"}).to_string(),
        "{\"MESSAGE\": \"cu".to_owned(),
    ];
    let (entries, more) = entries(lines.join("\n").as_bytes(), 50);
    let of_web = Entry {
        unit: Some("web.service".to_owned()),
        priority: None,
        ..expected("it failed")
    };
    assert_eq!(
        entries,
        [
            expected("login with password=***"),
            expected("a\u{fffd}b"),
            expected("first"),
            of_web
        ]
    );
    assert!(!more);
}

#[test]
fn lines_alike_in_a_row_are_one_and_more_than_asked_for_are_said() {
    let lines: Vec<String> = (0..5).map(|_| row(1_794_997_600, |_| ())).collect();
    let all = entries(lines.join("\n").as_bytes(), 5);
    let times = |times| Entry {
        times,
        ..expected("it failed")
    };
    assert_eq!(all, (vec![times(5)], false));
    assert_eq!(
        entries(lines.join("\n").as_bytes(), 4),
        (vec![times(4)], true)
    );
    let long: Vec<String> = (0..200)
        .map(|at| {
            row(1_794_997_600, |row| {
                row["MESSAGE"] = json!(format!("{at}{}", "€".repeat(500)));
            })
        })
        .collect();
    let (shown, more) = entries(long.join("\n").as_bytes(), 200);
    let bytes: usize = shown.iter().map(|entry| entry.message.len()).sum();
    assert!(more && bytes < ALL_BYTES + 2000, "{bytes}");
}

#[test]
fn journalctl_is_asked_for_what_is_wanted_and_no_more() {
    let input = JournalInput {
        lines: Bounded::constant(7),
        since_minutes: Bounded::constant(10),
        priority: Priority::Error,
        unit: Some("ssh.service".to_owned()),
    };
    let asked = arguments(
        Path::new("/j"),
        &input,
        Timestamp::from_second(NOW).expect("a time"),
    );
    assert_eq!(
        asked,
        [
            "--directory=/j",
            "--output=json",
            "--output-fields=MESSAGE,PRIORITY,SYSLOG_IDENTIFIER,_COMM,_SYSTEMD_UNIT,UNIT",
            "--no-pager",
            "--quiet",
            "--reverse",
            "--lines=8",
            "--since=@1794999400",
            "--priority=3",
            "--unit=ssh.service",
        ]
    );
    for (name, fits) in [
        ("ssh.service", true),
        ("dev-disk-by\\x2duuid.swap", true),
        ("a@b.service", true),
        ("*", false),
        ("a b", false),
        ("--boot=1", false),
        ("", false),
    ] {
        assert_eq!(is_unit_name(name), fits, "{name}");
    }
}

#[test]
fn what_journalctl_writes_is_shown_and_what_it_complains_of_is_told() {
    let line = row(1_794_997_600, |_| ());
    let output = told(&format!("echo '{line}'"), &JournalInput::default());
    assert_eq!(
        (output.entries, output.notes),
        (Some(vec![expected("it failed")]), vec![])
    );
    let output = told(
        "echo 'No journal files were opened due to insufficient permissions.' >&2; exit 1",
        &JournalInput::default(),
    );
    assert_eq!(
        (output.entries, output.notes),
        (
            Some(vec![]),
            vec![
                "journalctl: No journal files were opened due to insufficient permissions."
                    .to_owned()
            ]
        )
    );
    let output = told("exit 1", &JournalInput::default());
    assert_eq!((output.entries, output.notes), (Some(vec![]), vec![]));
    let output = told(
        "while :; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done",
        &JournalInput::default(),
    );
    assert_eq!(
        (output.more, output.notes),
        (
            true,
            vec!["the lines are long: not all that were asked for are read".to_owned()]
        )
    );
}

#[test]
fn that_there_is_no_journal_is_said() {
    let (root, journal) = scene("exit 0");
    let now = Timestamp::from_second(NOW).expect("a time");
    let notes = |journal: &Journal, folder: &Path| {
        let output = journal.read(folder, &JournalInput::default(), now);
        assert_eq!(output.entries, None);
        output
            .notes
            .join("; ")
            .replace(&root.path().display().to_string(), "F")
    };
    assert_eq!(
        notes(&journal, &root.path().join("none")),
        "there is no journal in F/none, or it is not granted: systemd keeps it there with Storage=persistent"
    );
    assert_eq!(
        notes(
            &journal,
            &root.path().join("journal/machine/system.journal")
        ),
        "F/journal/machine/system.journal cannot be read: Not a directory (os error 20)"
    );
    std::fs::create_dir(root.path().join("empty")).expect("a folder");
    assert_eq!(
        notes(&journal, &root.path().join("empty")),
        "there is no journal in F/empty: it is empty"
    );
    let nowhere = Journal { programs: vec![] };
    assert_eq!(
        notes(&nowhere, root.path()),
        "this machine has no journalctl: its log is not systemd's"
    );
    let gone = Journal {
        programs: vec![root.path().join("journal/machine/system.journal")],
    };
    assert!(
        notes(&gone, root.path()).starts_with("journalctl could not be started: Permission denied")
    );
}
