//! What the framework promises, and whether a lab fits it.

mod later;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::scene::Lab;

fn half() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn own_contract() -> String {
    fs::read_to_string(half().join("contract.json")).expect("it is committed")
}

/// Every file below a folder, by its path there.
fn files(folder: &Path, below: &str, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let entry = entry.expect("an entry");
        let name = format!("{below}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            files(&entry.path(), &format!("{name}/"), found);
        } else {
            found.push((name, fs::read_to_string(entry.path()).expect("a text")));
        }
    }
}

/// The seeded lab: each line that does not fit says so, but for one that cannot.
fn seeded() -> (Lab, BTreeSet<(String, u64)>) {
    let mut found = Vec::new();
    files(
        &half().join("crates/alf-cli/tests/seeded-lab"),
        "",
        &mut found,
    );
    let lab = Lab::empty();
    let mut lines = BTreeSet::from([("units/scan.service".to_owned(), 4)]);
    for (path, text) in &found {
        // Here it would be a package of this workspace.
        let path = path.trim_end_matches(".in");
        lab.write(&format!("lab/{path}"), text);
        let seeded = text
            .lines()
            .zip(1..)
            .filter(|(line, _)| line.contains("seeded:"));
        lines.extend(seeded.map(|(_, line)| (path.to_owned(), line)));
    }
    lab.write("later.json", later::later(&own_contract()));
    (lab, lines)
}

/// The findings of a check, and its exit code.
fn checked(lab: &Lab, arguments: &str) -> (Vec<Value>, Option<i32>) {
    let output = lab.shell(&format!(
        "ai-lab-framework check-compatibility --json {arguments}"
    ));
    let told: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let findings = told["findings"].as_array().expect("a list").clone();
    (findings, output.status.code())
}

fn places(findings: &[Value]) -> BTreeSet<(String, u64)> {
    let place = |finding: &Value| {
        (
            finding["file"].as_str().expect("a file").to_owned(),
            finding["line"].as_u64().expect("a line"),
        )
    };
    findings.iter().map(place).collect()
}

#[test]
fn the_contract_is_printed_as_it_is_committed() {
    let lab = Lab::empty();
    let printed = lab.shell("ai-lab-framework contract --json");
    assert!(
        printed.stdout == own_contract().as_bytes(),
        "what is printed is another"
    );
    assert_snapshot!(lab.play("
        ai-lab-framework contract --area environment
        ai-lab-framework contract --area environment --json
        ai-lab-framework contract --area weather
        ai-lab-framework contract | head -n 1
    "), @r#"
    $ ai-lab-framework contract --area environment
    ai-lab-framework 0.1.0, contract 1.0
    environment       4 items
      AI_LAB_CONFIG_*  sets a key of a tool's configuration
      AI_LAB_FRAMEWORK  names the framework's program to who looks for it
      AI_LAB_HOME  moves the framework's home
      NO_COLOR  drops the colours
    exit 0

    $ ai-lab-framework contract --area environment --json
    {
      "format": 1,
      "name": "ai-lab-framework",
      "version": "0.1.0",
      "contract": {"major":1,"minor":0},
      "schemas": {"framework":{"major":1,"minor":5}},
      "items": {
        "environment": {
          "AI_LAB_CONFIG_*": {"since":"0.1.0","types":["sets a key of a tool's configuration"]},
          "AI_LAB_FRAMEWORK": {"since":"0.1.0","types":["names the framework's program to who looks for it"]},
          "AI_LAB_HOME": {"since":"0.1.0","types":["moves the framework's home"]},
          "NO_COLOR": {"since":"0.1.0","types":["drops the colours"]}
        }
      },
      "documents": {}
    }
    exit 0

    $ ai-lab-framework contract --area weather
    2> error: invalid value 'weather' for '--area <AREA>': one of command, argument, exit_code, error_kind, manifest, request, answer, protocol, tools_lock, lab_file, lab_lock, update_journal, clients_file, framework_file, environment, tool_environment, output, rust, python, database
    2> 
    2> For more information, try '--help'.
    exit 2

    $ ai-lab-framework contract | head -n 1
    ai-lab-framework 0.1.0, contract 1.0
    exit 0
    "#);
}

#[test]
fn every_seeded_line_is_found_and_no_other() {
    let (lab, seeded) = seeded();
    assert!(seeded.len() >= 20, "{} are seeded", seeded.len());
    let (findings, code) = checked(&lab, "--against ../later.json");
    assert_eq!(places(&findings), seeded);
    assert_eq!(
        (findings.len(), code),
        (seeded.len(), Some(20)),
        "one a line"
    );
    assert_snapshot!(lab.play("
        ai-lab-framework check-compatibility --against ../later.json
    "), @r#"
    $ ai-lab-framework check-compatibility --against ../later.json
    ✗ .github/workflows/check.yml:4:62  `profile validate --format` cannot be `sarif` in 2.0.0
        it may be text, json
        Choose one of text, json.
    ✗ .vscode/mcp.json:7:10  the argument `mcp serve --client` is gone in 2.0.0
        0.1.0 has it
        Do without it, or stay with the version that has it.
    ✗ Makefile:3:25  `tool new` has to be given `--language` in 2.0.0
        it does not run without
        `ai-lab-framework tool new --help` says what it is.
    ✗ ai-lab.toml:2:14  2.0.0 is not in the range `~0.1`
        the lab asks for it
        Widen `framework` when you want that version.
    ✗ config/clients.toml:4:1  the key of `clients.toml` `default.deny` is gone in 2.0.0
        0.1.0 has it
        Do without it, or stay with the version that has it.
    ? config/tools/scan.toml:1:9  this is no TOML: extra `=`, expected nothing
        what it uses cannot be told without running it
        Mend the file; then ask again.
    ✗ projects/house/tools/old/tool.toml:5:1  there is no manifest key `colour` in 2.0.0
        no version that is compared here has it
        `ai-lab-framework contract --area manifest` lists what there is.
    ✗ scripts/nightly.sh:4:8  the variable `AI_LAB_HOME` is gone in 2.0.0
        0.1.0 has it
        Do without it, or stay with the version that has it.
    ✗ scripts/nightly.sh:5:33  the command `execution verify` is gone in 2.0.0
        0.1.0 has it
        Do without it, or stay with the version that has it.
    ✗ scripts/nightly.sh:8:41  the argument `execution list --limit` is gone in 2.0.0
        0.1.0 has it
        Do without it, or stay with the version that has it.
    ✗ scripts/nightly.sh:9:30  `completions <1>` cannot be `elvish` in 2.0.0
        it may be bash, fish, powershell, zsh
        Choose one of bash, fish, powershell, zsh.
    ✗ scripts/nightly.sh:10:18  there is no command `frobnicate` in 2.0.0
        no version that is compared here has it
        `ai-lab-framework contract --area command` lists what there is.
    ! tools/fleet/Cargo.toml:7:16  2.0.0 is not in the range `0.1`
        the package, of `ai-lab-tool`, asks for it
        Ask for that version and build it anew, when you next change it.
    ✗ tools/fleet/src/main.rs:5:18  the Rust symbol `ai_lab_tool::REQUEST_BYTES` is gone in 2.0.0
        0.1.0 has it
        Do without it, or stay with the version that has it.
    ✗ tools/fleet/src/main.rs:9:38  the Rust symbol `ai_lab_tool::Level::Debug` is gone in 2.0.0
        0.1.0 has it
        Do without it, or stay with the version that has it.
    ? tools/scan/stars.py:1:1  everything is imported, and what of it is used cannot be told
        what it uses cannot be told without running it
        Name what you import.
    ✗ tools/scan/tool.py:7:6  the Python symbol `ai_lab_framework.measure` is gone in 2.0.0
        0.1.0 has it
        Do without it, or stay with the version that has it.
    ✗ tools/scan/tool.py:8:30  the Python symbol `ai_lab_framework.SchemaError` is gone in 2.0.0
        0.1.0 has it
        Do without it, or stay with the version that has it.
    ! tools/scan/tool.py:9:30  the Python symbol `ai_lab_framework.Length` goes in 3.0.0
        it is deprecated since 1.1.0
        Use `Size`. `--fix` does it.
    ✗ tools/scan/tool.py:18:9  the Python symbol `ai_lab_framework.action(open_world)` is gone in 2.0.0
        0.1.0 has it
        Do without it, or stay with the version that has it.
    ✗ tools/scan/tool.py:22:23  the Python symbol `ai_lab_framework.ToolContext.secret` is gone in 2.0.0
        0.1.0 has it
        Do without it, or stay with the version that has it.
    ✗ tools/scan/tool.py:23:59  the command `execution verify` is gone in 2.0.0
        0.1.0 has it
        Do without it, or stay with the version that has it.
    ✗ tools/scan/tool.toml:5:14  2.0.0 is not in the range `>=0.1, <1`
        the tool asks for it
        Try the tool with that version, then widen `framework`.
    ! tools/scan/tool.toml:6:1  the manifest key `tags` goes in 3.0.0
        it is deprecated since 1.1.0
        Use `labels`. `--fix` does it.
    ✗ tools/scan/tool.toml:9:9  `run.kind` cannot be `worker` in 2.0.0
        it may be exec, mcp
        Choose one of exec, mcp.
    ✗ tools/scan/tool.toml:13:10  90000 is outside 1 to 60000
        the schema of manifests of 2.0.0 says so
        docs/MANIFEST.md tells what may stand there.
    ✗ tools/scan/tool.toml:14:1  the manifest key `limits.log_bytes` is gone in 2.0.0
        0.1.0 has it
        Do without it, or stay with the version that has it.
    ✗ tools/scan/tool.toml:16:2  missing key `probes`
        the schema of manifests of 2.0.0 says so
        docs/MANIFEST.md tells what may stand there.
    ✗ units/scan.service:4:5  the argument `tool run --background` is gone in 2.0.0
        0.1.0 has it
        Do without it, or stay with the version that has it.
    2> ✗ the lab does not fit 2.0.0: 29 findings in 15 files
    exit 20
    "#);
}

/// A contract in which two names are deprecated, as a release of the store.
fn release_in_the_store(lab: &Lab) {
    let mut contract: Value = serde_json::from_str(&own_contract()).expect("JSON");
    contract["version"] = json!("1.1.0");
    for (area, old, new, word) in [
        (
            "python",
            "ai_lab_framework.Length",
            "ai_lab_framework.Size",
            "Size",
        ),
        ("manifest", "tags", "labels", "labels"),
        (
            "argument",
            "execution list --limit",
            "execution list --most",
            "--most",
        ),
        (
            "rust",
            "ai_lab_tool::ToolFailure",
            "ai_lab_tool::Failed",
            "Failed",
        ),
    ] {
        let items = contract["items"][area].as_object_mut().expect("an area");
        let same = items[old].clone();
        items.insert(new.to_owned(), same);
        items[old]["deprecated"] = json!({
            "since": "1.1.0", "remove_in": "2.0.0", "instead": format!("Use `{word}`."), "renamed_to": word,
        });
    }
    let same = contract["documents"]["manifest.schema.json"]["properties"]["tags"].clone();
    contract["documents"]["manifest.schema.json"]["properties"]["labels"] = same;
    let place = "home/.ai-lab/framework/1.1.0-0123456789abcdef/share/contract.json";
    lab.write(place, contract.to_string());
}

/// A lab with a tool that uses what is deprecated in 1.1.0, in comments and odd layout.
fn lab_of_old_names() -> Lab {
    let lab = Lab::new();
    release_in_the_store(&lab);
    lab.write(
        "lab/ai-lab.toml",
        "framework = \">=0.1, <2\" # what it wants\n",
    );
    lab.write(
        "lab/tools/probe/look.py",
        "from ai_lab_framework import Length  # how long\n\nTEXT = Length(1, 2)\n",
    );
    lab.write(
        "lab/tools/probe/src/main.rs",
        "use ai_lab_tool::{ToolContext, ToolFailure}; // both\nfn f(_: ToolFailure) {}\n",
    );
    lab.write(
        "lab/nightly.sh",
        "ai-lab-framework execution list --limit=5 # five\n",
    );
    lab
}

#[test]
fn what_is_renamed_is_put_in_and_the_rest_stays_as_it_is() {
    let lab = lab_of_old_names();
    lab.shell("ai-lab-framework tool run probe.look host=nas");
    assert_snapshot!(lab.play("
        sed -i 's/^version.*/&\\n  tags = [ \"x\" ] # mine/' tools/probe/tool.toml
        ai-lab-framework check-compatibility --against 1.1.0
        ai-lab-framework check-compatibility --against 1.1.0 --fix
        ai-lab-framework check-compatibility --against 1.1.0
        ai-lab-framework check-compatibility --against 1.1.0 --fix --json
    "), @r#"
    $ sed -i 's/^version.*/&\n  tags = [ "x" ] # mine/' tools/probe/tool.toml
    exit 0

    $ ai-lab-framework check-compatibility --against 1.1.0
    ! nightly.sh:1:33  the argument `execution list --limit` goes in 2.0.0
        it is deprecated since 1.1.0
        Use `--most`. `--fix` does it.
    ! tools/probe/look.py:1:30  the Python symbol `ai_lab_framework.Length` goes in 2.0.0
        it is deprecated since 1.1.0
        Use `Size`. `--fix` does it.
        `probe` was used last on 2026-11-23, 1 time in 90 days
    ! tools/probe/src/main.rs:1:32  the Rust symbol `ai_lab_tool::ToolFailure` goes in 2.0.0
        it is deprecated since 1.1.0
        Use `Failed`. `--fix` does it.
        `probe` was used last on 2026-11-23, 1 time in 90 days
    ! tools/probe/tool.toml:4:3  the manifest key `tags` goes in 2.0.0
        it is deprecated since 1.1.0
        Use `labels`. `--fix` does it.
        `probe` was used last on 2026-11-23, 1 time in 90 days
    2> ! the lab fits 1.1.0, with 4 findings in 6 files
    exit 10

    $ ai-lab-framework check-compatibility --against 1.1.0 --fix
    nightly.sh: 1 place changed
    @@ -1 +1 @@
    -ai-lab-framework execution list --limit=5 # five
    +ai-lab-framework execution list --most=5 # five
    tools/probe/look.py: 1 place changed
    @@ -1,3 +1,3 @@
    -from ai_lab_framework import Length  # how long
    +from ai_lab_framework import Size as Length  # how long
     
     TEXT = Length(1, 2)
    tools/probe/src/main.rs: 1 place changed
    @@ -1,2 +1,2 @@
    -use ai_lab_tool::{ToolContext, ToolFailure}; // both
    +use ai_lab_tool::{ToolContext, Failed as ToolFailure}; // both
     fn f(_: ToolFailure) {}
    tools/probe/tool.toml: 1 place changed
    @@ -1,7 +1,7 @@
     contract = 1
     name = "probe"
     version = "1.2.3"
    -  tags = [ "x" ] # mine
    +  labels = [ "x" ] # mine
     description = "Looks at hosts."
     
     [run]
    2> ✓ the lab fits 1.1.0: 6 files read
    exit 0

    $ ai-lab-framework check-compatibility --against 1.1.0
    2> ✓ the lab fits 1.1.0: 6 files read
    exit 0

    $ ai-lab-framework check-compatibility --against 1.1.0 --fix --json
    {
      "format": 1,
      "against": "1.1.0",
      "present": "0.1.0",
      "verdict": "fits",
      "files": 6,
      "used": {
        "command": 2,
        "argument": 1,
        "manifest": 22,
        "lab_file": 1,
        "rust": 2,
        "python": 2
      },
      "record_asked": true,
      "findings": [],
      "mended": []
    }
    exit 0
    "#);
}

#[test]
fn a_version_that_is_not_there_and_a_file_that_is_none_are_named() {
    let lab = Lab::new();
    lab.write("broken.json", "{");
    lab.write("elsewhere/readme", "");
    assert_snapshot!(lab.play("
        ai-lab-framework check-compatibility --against 7.0.0
        ai-lab-framework check-compatibility --against latest
        ai-lab-framework check-compatibility --against ../broken.json
        ai-lab-framework check-compatibility --against ./nowhere.json
        cd ../elsewhere && ai-lab-framework check-compatibility
    "), @r#"
    $ ai-lab-framework check-compatibility --against 7.0.0
    2> error: the store has no version 7.0.0
    2> hint: `ai-lab-framework store list` shows what it has, `release fetch` brings more; a file of a contract does too.
    exit 4

    $ ai-lab-framework check-compatibility --against latest
    2> error: the store has no version latest
    2> hint: `ai-lab-framework store list` shows what it has, `release fetch` brings more; a file of a contract does too.
    exit 4

    $ ai-lab-framework check-compatibility --against ../broken.json
    2> error: cannot read the contract ../broken.json
    2>   because no contract
    2>   because EOF while parsing an object at line 1 column 1
    2> hint: `ai-lab-framework contract --json` writes one.
    exit 9

    $ ai-lab-framework check-compatibility --against ./nowhere.json
    2> error: cannot read the contract ./nowhere.json
    2>   because No such file or directory (os error 2)
    exit 4

    $ cd ../elsewhere && ai-lab-framework check-compatibility
    2> error: there is no lab here: no `ai-lab.toml` up from this folder
    2> hint: Go into the lab's folder; `ai-lab init` makes one.
    exit 4
    "#);
}

/// What the framework writes itself fits it: a tool of each language, its lock, every client, a record.
#[test]
fn a_lab_as_the_framework_writes_it_has_no_finding() {
    let lab = Lab::new();
    lab.write(
        "lab/ai-lab.toml",
        "format = 1\nname = \"house\"\nframework = \"~0.1\"\n",
    );
    let made = lab.shell(
        "set -e
        for language in rust python shell; do ai-lab-framework tool new my-$language --language $language; done
        ai-lab-framework tool new steady --language python --profile production --kind worker
        ai-lab-framework tool lock
        ai-lab-framework tool run my-shell.hello name=Ada
        for client in opencode gemini-cli claude-code codex vscode; do ai-lab-framework connect $client; done",
    );
    assert!(
        made.status.success(),
        "{}",
        String::from_utf8_lossy(&made.stderr)
    );
    let (findings, code) = checked(&lab, "");
    assert_eq!((findings, code), (Vec::new(), Some(0)));
    // And it was read: what of the framework it uses was counted.
    let told = lab.shell("ai-lab-framework check-compatibility --json");
    let told: Value = serde_json::from_slice(&told.stdout).expect("JSON");
    let used = told["used"].as_object().expect("areas");
    let areas: Vec<&str> = used.keys().map(String::as_str).collect();
    assert_eq!(
        areas,
        [
            "argument",
            "command",
            "lab_file",
            "manifest",
            "python",
            "rust",
            "tool_environment",
            "tools_lock"
        ]
    );
}

#[test]
fn the_release_that_the_lab_lives_under_is_what_it_had() {
    let lab = lab_of_old_names();
    lab.write(
        "lab/nightly.sh",
        "ai-lab-framework execution list --most 5\n",
    );
    // Held against this framework, which never had that flag; the release in force has it.
    assert_snapshot!(lab.play("
        mkdir .ai-lab && ln -s ../../home/.ai-lab/framework/1.1.0-0123456789abcdef .ai-lab/framework
        ai-lab-framework check-compatibility
        ai-lab-framework check-compatibility --format sarif | sed -n '/results/,$p'
    "), @r#"
    $ mkdir .ai-lab && ln -s ../../home/.ai-lab/framework/1.1.0-0123456789abcdef .ai-lab/framework
    exit 0

    $ ai-lab-framework check-compatibility
    ✗ nightly.sh:1:33  the argument `execution list --most` is gone in 0.1.0
        1.1.0 has it
        Do without it, or stay with the version that has it.
    2> ✗ the lab does not fit 0.1.0: 1 finding in 6 files
    exit 20

    $ ai-lab-framework check-compatibility --format sarif | sed -n '/results/,$p'
          "results": [
            {
              "level": "error",
              "locations": [
                {
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "nightly.sh",
                      "uriBaseId": "%SRCROOT%"
                    },
                    "region": {
                      "startColumn": 33,
                      "startLine": 1
                    }
                  }
                }
              ],
              "message": {
                "text": "the argument `execution list --most` is gone in 0.1.0: 1.1.0 has it. Do without it, or stay with the version that has it."
              },
              "ruleId": "removed"
            }
          ],
          "tool": {
            "driver": {
              "name": "ai-lab-framework",
              "rules": [
                {
                  "id": "removed",
                  "shortDescription": {
                    "text": "What is used is there."
                  }
                },
                {
                  "id": "unknown",
                  "shortDescription": {
                    "text": "What is used is known."
                  }
                },
                {
                  "id": "deprecated",
                  "shortDescription": {
                    "text": "What is used stays."
                  }
                },
                {
                  "id": "value",
                  "shortDescription": {
                    "text": "Values are among those that can be."
                  }
                },
                {
                  "id": "missing",
                  "shortDescription": {
                    "text": "What has to be given is given."
                  }
                },
                {
                  "id": "manifest",
                  "shortDescription": {
                    "text": "Manifests keep the schema."
                  }
                },
                {
                  "id": "framework-range",
                  "shortDescription": {
                    "text": "The version is in the range that is asked for."
                  }
                },
                {
                  "id": "crate-range",
                  "shortDescription": {
                    "text": "Rust packages ask for crates of the version."
                  }
                },
                {
                  "id": "database",
                  "shortDescription": {
                    "text": "The version reads the database."
                  }
                },
                {
                  "id": "unclear",
                  "shortDescription": {
                    "text": "What is used can be told without running it."
                  }
                }
              ],
              "semanticVersion": "0.1.0"
            }
          }
        }
      ],
      "version": "2.1.0"
    }
    exit 0
    "#);
}

#[test]
fn a_database_of_another_major_does_not_fit() {
    let lab = Lab::new();
    lab.shell("ai-lab-framework tool run probe.look host=nas");
    let contract =
        own_contract().replace("\"framework\":{\"major\":1", "\"framework\":{\"major\":2");
    lab.write(
        "later.json",
        contract.replace("\"version\": \"0.1.0\"", "\"version\": \"2.0.0\""),
    );
    assert_snapshot!(lab.play("
        ai-lab-framework check-compatibility --against ../later.json
        echo no database > ../home/.ai-lab/framework.db; ai-lab-framework check-compatibility
    "), @r#"
    $ ai-lab-framework check-compatibility --against ../later.json
    ✗ /home/.ai-lab/framework.db:1:1  the database has schema 1.5
        2.0.0 reads schemas of major 2
        `ai-lab update` takes the database along to another major; keep the old version until then.
    2> ✗ the lab does not fit 2.0.0: 1 finding in 3 files
    exit 20

    $ echo no database > ../home/.ai-lab/framework.db; ai-lab-framework check-compatibility
    ? /home/.ai-lab/framework.db:1:1  the database cannot be opened
        /home/.ai-lab/framework.db is no framework database: it holds something else
        `ai-lab-framework doctor` looks at it.
    2> ? whether the lab fits 0.1.0 cannot be told: 1 finding in 3 files
    exit 30
    "#);
}
