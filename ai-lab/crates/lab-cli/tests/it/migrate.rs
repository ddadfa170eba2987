//! `ai-lab migrate-db`: both databases, with the framework played by a shell script.

use std::fs::OpenOptions;
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;
use std::sync::MutexGuard;

use insta::assert_snapshot;

use crate::program::{script, turn};
use crate::scene::Scene;

/// A framework whose database is at 1.4 until it is migrated; a file beside the script says that it was, another that the
/// database is a newer framework's, a third with which code it ends without an answer.
const FRAMEWORK: &str = r#"
at=$(dirname "$0")
[ "$1" = version ] && { echo '{"format":1,"name":"ai-lab-framework","version":"0.1.0","contract":1,"schema":"1.5"}'; exit; }
echo "$*" >> "$at/asked"
if [ -e "$at/newer" ]; then
    echo '{"format":1,"error":{"class":"incompatible","message":"framework.db has schema 2.1, this framework reads 1.5; framework 3.0.0 can read it","causes":[],"hint":null}}'
    exit 9
fi
[ -e "$at/mute" ] && { echo 'no answer'; exit "$(cat "$at/mute")"; }
step='{"version":"1.5","name":"retention","statements":["CREATE TABLE kept (\n    number INTEGER\n) STRICT"]}'
from=1.4 applied=false ends=0
[ -e "$at/migrated" ] && { from=1.5; step=; }
[ "$2" = --check ] && [ -n "$step" ] && ends=10
[ "$2" = --json ] && [ -n "$step" ] && { touch "$at/migrated"; applied=true; }
printf '%s' "{\"format\":1,\"database\":\"HOME/framework.db\",\"plan\":{\"from\":\"$from\",\"to\":\"1.5\",\"missing\":[$step],\"strangers\":[],
\"drift\":[\"table mine was added\"]},\"applied\":$applied}"
exit $ends
"#;

/// A lab and such a framework beside its database.
struct Stage {
    scene: Scene,
    _turn: MutexGuard<'static, ()>,
}

impl Stage {
    fn new() -> Self {
        let turn = turn();
        let scene = Scene::new();
        let stage = Self { scene, _turn: turn };
        script(&stage.at("framework"), FRAMEWORK);
        stage
    }

    fn at(&self, path: &str) -> PathBuf {
        self.scene.folder().join(path)
    }

    /// Runs a command with that framework, or with none.
    fn run_with(&self, framework: &str, command: &str) -> String {
        let program = self.at(framework).display().to_string();
        let found = [
            ("AI_LAB_FRAMEWORK", program.as_str()),
            ("PATH", "/usr/bin:/bin"),
        ];
        let variables = if framework.is_empty() {
            &found[1..]
        } else {
            &found[..]
        };
        let words: Vec<&str> = command.split(' ').collect();
        let ended = self.scene.run_with(variables, &words);
        let code = ended.code.expect("nobody killed it");
        format!(
            "$ ai-lab {command}\n{}{}[exit {code}]\n",
            ended.stdout, ended.stderr
        )
    }

    fn play(&self, commands: &[&str]) -> String {
        let run = |command: &&str| self.run_with("framework", command);
        commands.iter().map(run).collect()
    }

    /// Sets the version that the lab's database says to have.
    fn set_version(&self, version: u32) {
        let database = OpenOptions::new()
            .write(true)
            .open(self.at("data/ai_lab.db"))
            .expect("it is there");
        // Where SQLite's file format keeps it.
        database
            .write_all_at(&version.to_be_bytes(), 60)
            .expect("there is room");
    }
}

#[test]
fn both_databases_are_looked_at_migrated_once_and_left_alone_afterwards() {
    let stage = Stage::new();
    assert_snapshot!(stage.play(&["migrate-db --check"]), @r#"
    $ ai-lab migrate-db --check
    LAB/data/ai_lab.db: no schema yet, to 1.6:
      1.1 keep the tracker (35 statements)
      1.2 list by index (55 statements)
      1.3 take back (6 statements)
      1.4 keep files (5 statements)
      1.5 keep rivals (1 statements)
      1.6 keep github (11 statements)
    HOME/framework.db: schema 1.4 to 1.5:
      1.5 retention (1 statements)
      not by a migration: table mine was added
    [exit 10]
    "#);
    assert!(!stage.at("data").exists() && !stage.at("migrated").exists());
    let whole = stage.play(&["migrate-db --dry-run"]);
    assert!(
        whole.contains("\nCREATE TABLE migrations (\n    number INTEGER PRIMARY KEY,\n"),
        "{whole}"
    );
    assert!(
        whole.contains("\nCREATE TABLE kept (\n    number INTEGER\n) STRICT;\n[exit 0]"),
        "{whole}"
    );
    assert!(!stage.at("data").exists() && !stage.at("migrated").exists());
    assert_snapshot!(stage.play(&["migrate-db", "migrate-db", "migrate-db --check", "migrate-db --json"]), @r#"
    $ ai-lab migrate-db
    LAB/data/ai_lab.db: no schema yet, to 1.6:
      1.1 keep the tracker (35 statements)
      1.2 list by index (55 statements)
      1.3 take back (6 statements)
      1.4 keep files (5 statements)
      1.5 keep rivals (1 statements)
      1.6 keep github (11 statements)
    HOME/framework.db: schema 1.4 to 1.5:
      1.5 retention (1 statements)
      not by a migration: table mine was added
    [exit 0]
    $ ai-lab migrate-db
    LAB/data/ai_lab.db: schema 1.6: nothing to do
    HOME/framework.db: schema 1.5: nothing to do
      not by a migration: table mine was added
    [exit 0]
    $ ai-lab migrate-db --check
    LAB/data/ai_lab.db: schema 1.6: nothing to do
    HOME/framework.db: schema 1.5: nothing to do
      not by a migration: table mine was added
    [exit 0]
    $ ai-lab migrate-db --json
    {
      "format": 1,
      "lab": {
        "database": "LAB/data/ai_lab.db",
        "plan": {
          "from": "1.6",
          "to": "1.6",
          "missing": [],
          "strangers": [],
          "drift": []
        },
        "applied": false
      },
      "framework": {
        "database": "HOME/framework.db",
        "plan": {
          "from": "1.5",
          "to": "1.5",
          "missing": [],
          "strangers": [],
          "drift": [
            "table mine was added"
          ]
        },
        "applied": false
      },
      "framework_problem": null
    }
    [exit 0]
    "#);
    let asked = std::fs::read_to_string(stage.at("asked")).expect("it was asked");
    assert_eq!(
        asked.lines().collect::<Vec<_>>(),
        [
            "migrate-db --check --json",
            "migrate-db --dry-run --json",
            "migrate-db --json",
            "migrate-db --json",
            "migrate-db --check --json",
            "migrate-db --json",
        ]
    );
}

#[test]
fn work_of_the_framework_alone_is_work_and_one_that_is_not_there_stops_nothing() {
    let stage = Stage::new();
    assert_snapshot!(
        stage.run_with("", "migrate-db") + &stage.run_with("", "migrate-db --check") + &stage.run_with("", "migrate-db --json")
            + &stage.play(&["migrate-db --check"]),
        @r#"
    $ ai-lab migrate-db
    LAB/data/ai_lab.db: no schema yet, to 1.6:
      1.1 keep the tracker (35 statements)
      1.2 list by index (55 statements)
      1.3 take back (6 statements)
      1.4 keep files (5 statements)
      1.5 keep rivals (1 statements)
      1.6 keep github (11 statements)
    the framework is not found: its database was not looked at
    [exit 0]
    $ ai-lab migrate-db --check
    LAB/data/ai_lab.db: schema 1.6: nothing to do
    the framework is not found: its database was not looked at
    [exit 0]
    $ ai-lab migrate-db --json
    {
      "format": 1,
      "lab": {
        "database": "LAB/data/ai_lab.db",
        "plan": {
          "from": "1.6",
          "to": "1.6",
          "missing": [],
          "strangers": [],
          "drift": []
        },
        "applied": false
      },
      "framework": null,
      "framework_problem": {
        "class": "environment",
        "message": "the framework is not found",
        "hint": "`pip install -r requirements.txt` in the lab installs it; AI_LAB_FRAMEWORK names another place"
      }
    }
    [exit 0]
    $ ai-lab migrate-db --check
    LAB/data/ai_lab.db: schema 1.6: nothing to do
    HOME/framework.db: schema 1.4 to 1.5:
      1.5 retention (1 statements)
      not by a migration: table mine was added
    [exit 10]
    "#
    );
}

#[test]
fn a_newer_major_of_either_is_refused_with_who_can_read_it() {
    let stage = Stage::new();
    let newer = stage.at("newer");
    std::fs::File::create(&newer).expect("made");
    assert_snapshot!(stage.play(&["migrate-db", "migrate-db --check --json"]), @r#"
    $ ai-lab migrate-db
    LAB/data/ai_lab.db: no schema yet, to 1.6:
      1.1 keep the tracker (35 statements)
      1.2 list by index (55 statements)
      1.3 take back (6 statements)
      1.4 keep files (5 statements)
      1.5 keep rivals (1 statements)
      1.6 keep github (11 statements)
    error: framework.db has schema 2.1, this framework reads 1.5; framework 3.0.0 can read it
    [exit 9]
    $ ai-lab migrate-db --check --json
    {
      "format": 1,
      "lab": {
        "database": "LAB/data/ai_lab.db",
        "plan": {
          "from": "1.6",
          "to": "1.6",
          "missing": [],
          "strangers": [],
          "drift": []
        },
        "applied": false
      },
      "framework": null,
      "framework_problem": {
        "class": "incompatible",
        "message": "framework.db has schema 2.1, this framework reads 1.5; framework 3.0.0 can read it",
        "hint": null
      }
    }
    error: framework.db has schema 2.1, this framework reads 1.5; framework 3.0.0 can read it
    [exit 9]
    "#);
    std::fs::remove_file(newer).expect("it is there");
    stage.set_version(2_000 + 1);
    assert_snapshot!(stage.play(&["migrate-db --check", "migrate-db"]), @r#"
    $ ai-lab migrate-db --check
    error: LAB/data/ai_lab.db has schema 2.1, this version reads 1.6; ai-lab 0.1.0 can read it
    [exit 9]
    $ ai-lab migrate-db
    error: LAB/data/ai_lab.db has schema 2.1, this version reads 1.6; ai-lab 0.1.0 can read it
    [exit 9]
    "#);
    assert!(!stage.at("migrated").exists());
    stage.set_version(1_005);
    assert_snapshot!(stage.play(&["migrate-db --check"]), @r#"
    $ ai-lab migrate-db --check
    LAB/data/ai_lab.db: schema 1.5 to 1.6:
      1.6 keep github (11 statements)
      not by a migration: index github_comments_by_issue was added
      not by a migration: index github_conflicts_open was added
      not by a migration: index github_outbox_by_repo was added
      not by a migration: table github_comments was added
      not by a migration: table github_conflicts was added
      not by a migration: table github_facts was added
      not by a migration: table github_labels was added
      not by a migration: table github_outbox was added
      not by a migration: table github_pages was added
      not by a migration: table github_states was added
      not by a migration: table github_things was added
    HOME/framework.db: schema 1.4 to 1.5:
      1.5 retention (1 statements)
      not by a migration: table mine was added
    [exit 10]
    "#);
}

#[test]
fn a_framework_that_gives_no_answer_is_told_and_the_labs_own_database_is_migrated() {
    let stage = Stage::new();
    let _ = stage.run_with("", "migrate-db");
    for (code, ends) in [("0", 19), ("8", 8), ("10", 19)] {
        #[expect(clippy::disallowed_methods, reason = "the test tells its script")]
        std::fs::write(stage.at("mute"), code).expect("written");
        assert_eq!(
            stage.play(&["migrate-db --check"]),
            format!(
                "$ ai-lab migrate-db --check\nLAB/data/ai_lab.db: schema 1.6: nothing to do\n\
                 error: `ai-lab-framework migrate-db --check --json` did not end well\n[exit {ends}]\n"
            )
        );
    }
}
