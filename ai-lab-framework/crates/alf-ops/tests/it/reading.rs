//! What the record, the database and the machine are told to be.

use std::os::unix::fs::PermissionsExt as _;

use ai_lab_contract::ErrorClass;
use alf_ops::{
    Framework, Health, examine, figures, list_executions, list_logs, migrate_database,
    show_execution, verify_executions,
};
use alf_store::{ExecutionFilter, FiguresFilter, LogFilter, LogLevel, MigrateMode, Status};
use serde_json::json;

use crate::scene::{Lab, WELL, call, run, told};

/// What `doctor` has to say of one thing.
fn seen(framework: &Framework, lab: &Lab, what: &str) -> (Health, String, String) {
    let diagnosis = examine(framework);
    let check = diagnosis
        .checks
        .iter()
        .find(|check| check.what == what)
        .expect("it is looked at");
    let hint = check.hint.as_deref().unwrap_or_default();
    (
        check.health,
        lab.without_root(&check.seen),
        lab.without_root(hint),
    )
}

#[test]
fn without_a_database_there_is_nothing_to_read_and_nothing_is_made() {
    let lab = Lab::new();
    let framework = lab.framework();
    let failures = [
        list_executions(&framework, &ExecutionFilter::default()).map(drop),
        show_execution(&framework, "0").map(drop),
        verify_executions(&framework).map(drop),
        list_logs(&framework, &LogFilter::default()).map(drop),
        figures(&framework, &FiguresFilter::default()).map(drop),
    ]
    .map(|outcome| told(&lab, &outcome.expect_err("because nothing ran yet")));
    let expected = (
        ErrorClass::NotFound,
        vec![
            "cannot open the framework's database".to_owned(),
            "there is no framework database at /home/framework.db".to_owned(),
        ],
        "Run a tool first: `ai-lab-framework tool run TOOL.ACTION`.".to_owned(),
    );
    assert_eq!(failures.to_vec(), vec![expected; 5]);
    assert!(!lab.path("home").exists());
}

#[test]
fn the_record_adds_up() {
    let lab = Lab::new();
    lab.tool("probe", &format!("echo note >&2\n{WELL}"));
    lab.tool("torn", "echo bad >&2\nexit 1");
    let framework = lab.framework();
    for tool in ["probe", "probe", "torn"] {
        run(&framework, &call(tool, json!({}))).expect("it is recorded");
    }
    let filter = ExecutionFilter {
        status: Some(Status::Failed),
        ..ExecutionFilter::default()
    };
    let failed = list_executions(&framework, &filter).expect("it can be read");
    let names: Vec<&str> = failed
        .executions
        .iter()
        .map(|row| row.start.tool.as_str())
        .collect();
    assert_eq!((names, failed.total, failed.next), (vec!["torn"], 1, None));
    let counted: Vec<(String, u64, f64)> = figures(&framework, &FiguresFilter::default())
        .expect("they can be read")
        .actions
        .into_iter()
        .map(|row| (row.tool.to_string(), row.count, row.error_rate))
        .collect();
    assert_eq!(
        counted,
        [("probe".to_owned(), 2, 0.0), ("torn".to_owned(), 1, 1.0)]
    );
    let lines: Vec<(LogLevel, String)> = list_logs(&framework, &LogFilter::default())
        .expect("they can be read")
        .into_iter()
        .map(|entry| (entry.line.level, entry.line.text))
        .collect();
    let line = |text: &str| (LogLevel::Info, text.to_owned());
    assert_eq!(lines, [line("note"), line("note"), line("bad")]);
}

#[test]
fn an_id_that_leads_nowhere_or_to_several_is_named() {
    let lab = Lab::new();
    lab.tool("probe", WELL);
    let framework = lab.framework();
    for _ in 0..2 {
        run(&framework, &call("probe", json!({}))).expect("it runs");
    }
    let classes = ["", "zzz", "0"].map(|prefix| {
        show_execution(&framework, prefix)
            .expect_err("because it is not one")
            .class
    });
    assert_eq!(
        classes,
        [ErrorClass::Usage, ErrorClass::NotFound, ErrorClass::Usage]
    );
}

#[test]
fn a_migration_is_planned_carried_out_once_and_then_done() {
    let lab = Lab::new();
    let framework = lab.framework();
    let step = |mode| {
        let migration = migrate_database(&framework, mode).expect("it can be planned");
        let there = lab.path("home/framework.db").exists();
        (migration.plan.is_empty(), migration.applied, there)
    };
    assert_eq!(
        [
            MigrateMode::Check,
            MigrateMode::DryRun,
            MigrateMode::Apply,
            MigrateMode::Check,
            MigrateMode::Apply
        ]
        .map(step),
        [
            (false, false, false),
            (false, false, false),
            (false, true, true),
            (true, false, true),
            (true, false, true),
        ]
    );
}

#[test]
fn doctor_changes_nothing_and_is_well_before_the_first_run() {
    let lab = Lab::new();
    let framework = lab.framework();
    assert_eq!(
        seen(&framework, &lab, "home"),
        (
            Health::Well,
            "/home is made by the first run".into(),
            String::new()
        )
    );
    assert_eq!(
        seen(&framework, &lab, "database"),
        (
            Health::Well,
            "/home/framework.db is made by the first run".into(),
            String::new()
        )
    );
    assert!(!lab.path("home").exists());
}

#[test]
fn doctor_names_what_is_wrong_and_what_to_do() {
    let lab = Lab::new();
    lab.tool("probe", WELL);
    let framework = lab.framework();
    run(&framework, &call("probe", json!({}))).expect("it runs");
    std::fs::set_permissions(lab.path("home"), std::fs::Permissions::from_mode(0o755))
        .expect("it is ours");
    assert_eq!(
        seen(&framework, &lab, "home"),
        (
            Health::Doubtful,
            "/home is open to other users (mode 755)".into(),
            "`chmod 700 /home` closes it.".into()
        )
    );
    assert_eq!(examine(&framework).health, Health::Doubtful);
    let hint = "Move that file away, or set AI_LAB_HOME to another folder.";
    lab.write(
        "home/framework.db",
        "no database at all, but long enough to be looked at",
    );
    assert_eq!(
        seen(&lab.framework(), &lab, "database"),
        (
            Health::Broken,
            "/home/framework.db is no framework database: it holds something else".into(),
            hint.into()
        )
    );
    std::fs::remove_dir_all(lab.path("home")).expect("it is ours");
    lab.write("home", "a file");
    assert_eq!(
        seen(&lab.framework(), &lab, "home"),
        (
            Health::Broken,
            "/home is no folder".into(),
            "Move that file away, or set AI_LAB_HOME to another folder.".into()
        )
    );
    assert_eq!(examine(&lab.framework()).health, Health::Broken);
}

#[test]
fn doctor_looks_for_the_program_python_and_the_lab() {
    let lab = Lab::new();
    let mut surroundings = lab.surroundings();
    surroundings.path = lab.path("empty").display().to_string();
    surroundings.instance = None;
    surroundings.executable = lab.path("gone");
    let framework = Framework::new(surroundings);
    assert_eq!(seen(&framework, &lab, "python").0, Health::Doubtful);
    assert_eq!(
        seen(&framework, &lab, "lab"),
        (
            Health::Doubtful,
            "this folder belongs to no lab".into(),
            "Go to one, or make one with `ai-lab init DIR`.".into()
        )
    );
    assert_eq!(seen(&framework, &lab, "framework").0, Health::Broken);

    lab.write("python/ai_lab_framework/__init__.py", "");
    lab.write("path/python3", "");
    let mut surroundings = lab.surroundings();
    surroundings.path = lab.path("path").display().to_string();
    assert_eq!(
        seen(&Framework::new(surroundings), &lab, "python"),
        (
            Health::Well,
            "/path/python3, SDK at /python".into(),
            String::new()
        )
    );
}
