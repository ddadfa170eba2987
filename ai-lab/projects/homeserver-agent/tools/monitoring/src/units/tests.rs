use serde_json::json;

use super::*;
use crate::collected::tests::{collected, written_at};
use crate::machine::tests::machine;

/// Files, the list's age, and what is said.
type Case<'a> = (&'a [(&'a str, &'a str)], u64, Vec<&'a str>);

const LIST: &str = r#"{"format": 1, "units": [
    {"unit": "ssh.service", "load": "loaded", "active": "active", "sub": "running", "description": "SSH"},
    {"unit": "backup.service", "load": "loaded", "active": "failed", "sub": "failed", "description": "Backup"},
    {"unit": "web.service", "load": "loaded", "active": "activating", "sub": "auto-restart", "description": "Web"},
    {"unit": "home.mount", "load": "loaded", "active": "active", "sub": "mounted", "description": "/home"}],
  "failed": [{"Id": "backup.service", "Result": "exit-code", "ExecMainStatus": "1", "NRestarts": "0"}]}"#;

/// A machine with the services `ssh` and `db`, and that list.
fn files(list: &str) -> Vec<(&str, &str)> {
    vec![
        ("sys/fs/cgroup/system.slice/cgroup.controllers", "cpu\n"),
        (
            "sys/fs/cgroup/system.slice/ssh.service/cgroup.events",
            "populated 1\n",
        ),
        (
            "sys/fs/cgroup/system.slice/ssh.service/memory.current",
            "4096\n",
        ),
        (
            "sys/fs/cgroup/system.slice/ssh.service/cpu.stat",
            "usage_usec 10\n",
        ),
        (
            "sys/fs/cgroup/system.slice/db.service/cgroup.events",
            "populated 1\n",
        ),
        (
            "sys/fs/cgroup/system.slice/db.service/memory.events",
            "oom 3\noom_kill 2\n",
        ),
        ("collected/units.json", list),
    ]
}

fn told(files: &[(&str, &str)], age_s: u64, input: UnitsInput) -> (UnitsOutput, Vec<String>) {
    let root = machine(files);
    let list = root.path().join("collected/units.json");
    if list.exists() {
        written_at(&list, 5000 - age_s);
    }
    let collected = collected(&root.path().join("collected"), 5000);
    let input = UnitsInput {
        interval_ms: Bounded::constant(50),
        ..input
    };
    let output = read_units(&Machine::below(root.path()), &collected, &input);
    let names = output.units.iter().map(|unit| unit.name.clone()).collect();
    (output, names)
}

#[test]
fn trouble_comes_first_and_each_unit_has_what_both_know() {
    let (output, names) = told(&files(LIST), 30, UnitsInput::default());
    assert_eq!(
        names,
        [
            "backup.service",
            "web.service",
            "db.service",
            "ssh.service",
            "home.mount"
        ]
    );
    let count = Count {
        total: 5,
        failed: 1,
        starting: 1,
        running: 2,
    };
    assert_eq!((output.count, output.list_age_s), (count, Some(30)));
    assert_eq!(output.notes, Vec::<String>::new());
    let backup = &output.units[0];
    assert_eq!(
        (backup.result.as_deref(), backup.exit_status, backup.running),
        (Some("exit-code"), Some(1), None)
    );
    let ssh = &output.units[3];
    assert_eq!(
        (
            ssh.active.as_deref(),
            ssh.running,
            ssh.memory_bytes,
            ssh.cpu_percent
        ),
        (Some("active"), Some(true), Some(4096), Some(0.0))
    );
    assert_eq!(output.units[2].active, None);
}

#[test]
fn fewer_are_shown_when_fewer_are_asked_for_and_all_are_counted() {
    let input = UnitsInput {
        most: Bounded::constant(1),
        contains: Some(".service".to_owned()),
        ..UnitsInput::default()
    };
    let (output, names) = told(&files(LIST), 30, input);
    assert_eq!(
        (names, output.count.total),
        (vec!["backup.service".to_owned()], 4)
    );
}

#[test]
fn what_is_not_known_is_said() {
    let (all, list_alone) = (files(LIST), [("collected/units.json", LIST)]);
    let nobody = "what failed is not known: F/units.json is not there; `homeserver-agent collect` writes it, run by a \
                  timer as whoever may ask";
    let broken = files("{}");
    let cases: [Case<'_>; 5] = [
        (
            &[],
            0,
            vec![
                nobody,
                "no systemd is seen here: neither services among the control groups (version 2) nor its list",
            ],
        ),
        (&all[..6], 0, vec![nobody]),
        (
            &list_alone,
            0,
            vec!["the control groups show no services: processor, memory and tasks are not known"],
        ),
        (&all, 3600, vec!["systemd's list is stale: 60 minutes old"]),
        (&broken, 0, vec!["units.json: it is no list of units"]),
    ];
    for (files, age_s, expected) in cases {
        let (output, _) = told(files, age_s, UnitsInput::default());
        let notes: Vec<String> = output
            .notes
            .iter()
            .map(|note| {
                let start = note.find('/').filter(|_| note.contains("units.json is"));
                let end = note.find("/units.json");
                start.zip(end).map_or(note.clone(), |(start, end)| {
                    format!("{}F{}", &note[..start], &note[end..])
                })
            })
            .collect();
        assert_eq!(notes, expected);
    }
    let (broken, _) = told(&files("{"), 0, UnitsInput::default());
    assert!(broken.notes[0].contains("is no JSON"), "{:?}", broken.notes);
}

#[test]
fn a_counter_that_was_set_back_says_nothing() {
    let interval = Duration::from_millis(500);
    assert_eq!(share(1_000_000, 1_250_000, interval), Some(50.0));
    assert_eq!(share(1_000_000, 7, interval), None);
    assert_eq!(share(0, 1, Duration::ZERO), None);
}

#[test]
fn an_input_has_defaults_and_bounds() {
    let input: UnitsInput = serde_json::from_value(json!({})).expect("it fits");
    assert_eq!((input.most.get(), input.interval_ms.get()), (20, 250));
    assert!(serde_json::from_value::<UnitsInput>(json!({"most": 0})).is_err());
}
