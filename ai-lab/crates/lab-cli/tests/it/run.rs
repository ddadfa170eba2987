//! `ai-lab run` and `ai-lab tool`, with a framework played by a shell script.

use std::path::{Path, PathBuf};
use std::sync::MutexGuard;

use tempfile::TempDir;

use crate::program::{Ended, ai_lab, script, turn};

const GREETING: &str =
    r#"{"format":1,"name":"ai-lab-framework","version":"0.1.0","contract":1,"schema":"1.1"}"#;

/// A lab and a framework that answers every call with these lines of shell.
struct Scene {
    at: TempDir,
    framework: PathBuf,
    _turn: MutexGuard<'static, ()>,
}

impl Scene {
    fn new(lines: &str) -> Self {
        let turn = turn();
        let at = tempfile::tempdir().expect("a temporary folder is made");
        let made = ai_lab(at.path(), &[], &["init", ".", "--name", "lab", "--no-git"]);
        assert_eq!(made.code, Some(0), "{made:?}");
        let framework = at.path().join("framework");
        let greet = format!("[ \"$1\" = version ] && {{ echo '{GREETING}'; exit; }}");
        script(&framework, &format!("{greet}\n{lines}"));
        Self {
            at,
            framework,
            _turn: turn,
        }
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        let variables = [
            ("AI_LAB_FRAMEWORK", self.framework.as_path()),
            ("PATH", Path::new("/usr/bin:/bin")),
        ];
        ai_lab(&self.at.path().join("data"), &variables, arguments)
    }
}

/// What the framework says of an execution that ended with this.
fn answer(end: &str, code: u8) -> String {
    format!(
        "cat > input; cat <<'END'\n{{\"format\":1,\"execution_id\":\"e-1\",\"correlation_id\":\"c-1\",\
         \"tool\":\"monitoring\",\"action\":\"host\",\"profile\":\"standard\",{end}}}\nEND\nexit {code}"
    )
}

fn ended(code: i32, stdout: &str, stderr: &str) -> Ended {
    Ended {
        code: Some(code),
        stdout: stdout.to_owned(),
        stderr: stderr.to_owned(),
    }
}

#[test]
fn data_is_shown_and_cannot_move_the_cursor() {
    let scene = Scene::new(&answer("\"data\":{\"load\":0.5,\"name\":\"a\u{9b}b\"}", 0));
    assert_eq!(
        scene.run(&["run", "monitoring.host", "--input", "{\"top\":5}"]),
        ended(0, "{\n  \"load\": 0.5,\n  \"name\": \"a\\u{9b}b\"\n}\n", "")
    );
    let input = std::fs::read_to_string(scene.at.path().join("input"));
    assert_eq!(input.expect("the framework has read it"), "{\"top\":5}");
}

#[test]
fn a_failed_execution_has_its_class_as_exit_code_and_its_id_in_json() {
    let failed = "\"error\":{\"class\":\"timeout\",\"kind\":\"timeout\",\"message\":\"too late\"}";
    let scene = Scene::new(&answer(failed, 13));
    let told = "error: monitoring.host: too late\n\
                next: `ai-lab-framework execution show e-1` shows what is recorded\n";
    assert_eq!(scene.run(&["run", "monitoring.host"]), ended(13, "", told));
    let json = scene.run(&["run", "monitoring.host", "--json"]);
    assert!(
        json.stdout.contains("\"execution_id\": \"e-1\""),
        "{json:?}"
    );
    assert_eq!((json.code, json.stderr.as_str()), (Some(13), told));
}

#[test]
fn an_input_that_is_no_json_is_refused_before_anything_starts() {
    let scene = Scene::new("exit 99");
    for (arguments, problem) in [
        (
            vec!["--input", "{"],
            "EOF while parsing an object at line 1 column 1",
        ),
        (
            vec!["-i", "-"],
            "EOF while parsing a value at line 1 column 0",
        ),
    ] {
        let all = [vec!["run", "monitoring.host"], arguments].concat();
        let told =
            format!("error: --input: {problem}\nnext: `--help` shows what the command takes\n");
        assert_eq!(scene.run(&all), ended(2, "", &told));
    }
}

#[test]
fn a_command_is_handed_over_with_streams_and_exit_code() {
    let scene = Scene::new("echo \"$*\"; echo beside >&2; [ $# = 2 ] && kill -9 $$; exit 4");
    let handed = scene.run(&["tool", "show", "monitoring", "--json"]);
    assert_eq!(
        handed,
        ended(4, "tool show monitoring --json\n", "beside\n")
    );
    // Killed by a signal: nobody knows what became of it.
    let killed = scene.run(&["tool"]);
    assert_eq!(killed, ended(19, "tool list\n", "beside\n"));
}

#[test]
fn without_a_framework_the_next_step_is_named() {
    let scene = Scene::new("");
    let nowhere = [("PATH", Path::new("/nowhere"))];
    assert_eq!(
        ai_lab(scene.at.path(), &nowhere, &["tool", "list"]),
        ended(
            8,
            "",
            "error: the framework is not found\n\
             because: there is no `ai-lab-framework` on the PATH\n\
             next: `pip install -r requirements.txt` in the lab installs it; \
             AI_LAB_FRAMEWORK names another place\n"
        )
    );
}
