//! What an update asks of a release before it is put in force: `self-test`, and `execution compare`.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use insta::assert_snapshot;
use serde_json::Value;

use crate::scene::Lab;

/// A program beside the lab that stands for another release.
fn release(lab: &Lab, name: &str, script: &str) {
    let program = env!("CARGO_BIN_EXE_ai-lab-framework");
    lab.write(name, script.replace("PROGRAM", program));
    let mode = fs::Permissions::from_mode(0o755);
    fs::set_permissions(lab.path(name), mode).expect("it is ours");
}

/// A lab with recorded calls: of an action that may be repeated, of one whose answer differs from run to run, and of one
/// that may not be repeated.
fn recorded() -> Lab {
    let lab = Lab::new();
    lab.write(
        "lab/tools/load/tool.toml",
        "contract = 1\nname = \"load\"\nversion = \"1.0.0\"\ndescription = \"Reads the load.\"\n\
         [run]\ncommand = [\"sh\", \"run.sh\"]\n[actions.read]\ndescription = \"Reads.\"\nread_only = true\n\
         idempotent = true\ninput = { type = \"object\" }\noutput = { type = \"object\" }\n",
    );
    lab.write(
        "lab/tools/load/run.sh",
        "printf '{\"data\":{\"name\":\"nas\",\"load\":[%s]}}\\n' $$$(date +%N)\n",
    );
    for call in [
        "probe.look host=nas",
        "probe.look host=nas",
        "load.read",
        "probe.forget",
    ] {
        let output = lab.shell(&format!("ai-lab-framework tool run {call}"));
        assert!(output.status.success(), "{output:?}");
    }
    lab
}

#[test]
fn recorded_calls_are_made_again_under_both_and_what_differs_is_told() {
    let lab = recorded();
    release(&lab, "alike", "#!/bin/sh\nexec PROGRAM \"$@\"\n");
    release(
        &lab,
        "other",
        "#!/bin/sh\nPROGRAM \"$@\" | sed 's/2048/4096/'\n",
    );
    release(&lab, "broken", "#!/bin/sh\nexit 1\n");
    assert_snapshot!(lab.play("
        ai-lab-framework execution compare --under ../alike
        ai-lab-framework execution compare --under ../other --last 2
        ai-lab-framework execution compare --under ../broken
        ai-lab-framework execution compare --under ../no-such-program
        ai-lab-framework execution list | wc -l
        ls -A ../home/.ai-lab | grep -c rehearsal
    "), @r#"
    $ ai-lab-framework execution compare --under ../alike
    cosmetic  load.read  ID
    same      probe.look  ID
    not run   probe.forget: it may change something: its action is not `read_only`
    1 same, 1 cosmetic, 0 fixed, 0 changed, 0 new error
    2> 1/2 load.read
    2> 2/2 probe.look
    exit 0

    $ ai-lab-framework execution compare --under ../other --last 2
    cosmetic  load.read  ID
    changed   probe.look  ID
      /free_bytes: 2048 → 4096
    not run   probe.forget: it may change something: its action is not `read_only`
    0 same, 1 cosmetic, 0 fixed, 1 changed, 0 new error
    2> 1/2 load.read
    2> 2/2 probe.look
    exit 5

    $ ai-lab-framework execution compare --under ../broken
    new error load.read  ID
    new error probe.look  ID
    not run   probe.forget: it may change something: its action is not `read_only`
    0 same, 0 cosmetic, 0 fixed, 0 changed, 2 new error
    2> 1/2 load.read
    2> 2/2 probe.look
    exit 5

    $ ai-lab-framework execution compare --under ../no-such-program
    2> error: cannot start ../no-such-program
    2>   because No such file or directory (os error 2)
    2> hint: `--under PROGRAM` names the program of the other release.
    exit 8

    $ ai-lab-framework execution list | wc -l
    5
    2> 4 of 4
    exit 0

    $ ls -A ../home/.ai-lab | grep -c rehearsal
    0
    exit 1
    "#);
    let output =
        lab.shell("ai-lab-framework execution compare --under ../other --json 2>/dev/null");
    let told: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let rows = told["executions"].as_array().expect("rows");
    let outcomes: Vec<[&Value; 4]> = rows
        .iter()
        .map(|row| {
            [
                &row["tool"],
                &row["outcome"],
                &row["varies"],
                &row["differences"][0]["new"],
            ]
        })
        .collect();
    let [load, look] = &outcomes[..] else {
        panic!("{told}");
    };
    assert_eq!(
        (
            load[0], load[1], load[2], look[0], look[1], look[2], look[3]
        ),
        (
            &Value::from("load"),
            &Value::from("cosmetic"),
            &serde_json::json!(["/load/*"]),
            &Value::from("probe"),
            &Value::from("changed"),
            &serde_json::json!([]),
            &Value::from(4096)
        )
    );
}

#[test]
fn a_framework_that_does_its_work_passes_and_leaves_nothing() {
    let lab = Lab::new();
    let screen = lab.play(
        "
        ai-lab-framework self-test | sed 's/sha256:[0-9a-f]*/DIGEST/; s/  *[0-9]* ms$//'
        cd /; ai-lab-framework self-test --lab $OLDPWD --json | grep -c '\"ok\": true'
        ai-lab-framework execution list 2>&1
        ai-lab-framework config list
        ls -A ../home/.ai-lab | grep -c canary
        ai-lab-framework self-test --lab /
    ",
    );
    assert_snapshot!(screen, @r#"
    $ ai-lab-framework self-test | sed 's/sha256:[0-9a-f]*/DIGEST/; s/  *[0-9]* ms$//'
    ✓ version   0.1.0, contract 1, schema 1.5, DIGEST
    ✓ files     not in the store: there is nothing to hold it against
    ✓ database  opens; executions: 0
    ✓ writing   a row was written, read and taken away
    ✓ tools     1 found
    ✓ canary    it was run in the sandbox, answered right and was recorded
    exit 0

    $ cd /; ai-lab-framework self-test --lab $OLDPWD --json | grep -c '"ok": true'
    7
    exit 0

    $ ai-lab-framework execution list 2>&1
    execution  action  status  took  when  what
    0 of 0
    exit 0

    $ ai-lab-framework config list
    2> no tool has anything to configure
    exit 0

    $ ls -A ../home/.ai-lab | grep -c canary
    0
    exit 1

    $ ai-lab-framework self-test --lab /
    2> error: there is no lab in /
    2> hint: A lab is a folder with an `ai-lab.toml`; `ai-lab init DIR` makes one.
    exit 4
    "#);
}

#[test]
fn a_tool_that_worked_and_is_not_understood_any_more_fails_the_test_and_one_that_never_did_does_not()
 {
    let lab = Lab::new();
    lab.tool("never", "exit 1", "nonsense = 1");
    lab.shell("ai-lab-framework tool run probe.look host=nas");
    assert_snapshot!(lab.play("
        ai-lab-framework self-test | grep tools | sed 's/  *[0-9]* ms$//'
        echo 'nonsense = 1' >> tools/probe/tool.toml
        ai-lab-framework self-test | grep tools | sed 's/  *[0-9]* ms$//'
        ai-lab-framework self-test > /dev/null
        rm ../home/.ai-lab/framework.db*; mkdir ../home/.ai-lab/framework.db
        ai-lab-framework self-test --json | grep -A 3 '\"ok\": false' | grep -v ms
    "), @r#"
    $ ai-lab-framework self-test | grep tools | sed 's/  *[0-9]* ms$//'
    ✓ tools     1 found, 1 that never worked cannot be used
    exit 0

    $ echo 'nonsense = 1' >> tools/probe/tool.toml
    exit 0

    $ ai-lab-framework self-test | grep tools | sed 's/  *[0-9]* ms$//'
    ✗ tools     `probe` worked before and cannot be used: /lab/tools/probe/tool.toml:33:1: unknown key `nonsense`
    exit 0

    $ ai-lab-framework self-test > /dev/null
    exit 3

    $ rm ../home/.ai-lab/framework.db*; mkdir ../home/.ai-lab/framework.db
    exit 0

    $ ai-lab-framework self-test --json | grep -A 3 '"ok": false' | grep -v ms
      "ok": false,
      "version": "0.1.0",
      "contract": 1,
      "schema": "1.5",
    --
          "ok": false,
          "said": "cannot open the framework's database: /home/.ai-lab/framework.db is no framework database: it is a folder",
          "class": "config",
    --
          "ok": false,
          "said": "cannot open the framework's database: /home/.ai-lab/framework.db is no framework database: it is a folder",
          "class": "config",
    --
          "ok": false,
          "said": "cannot open the framework's database: /home/.ai-lab/framework.db is no framework database: it is a folder",
          "class": "config",
    exit 0
    "#);
}
