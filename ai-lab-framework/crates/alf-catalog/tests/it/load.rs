use std::error::Error as _;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use alf_catalog::{EntryKind, LoadError, LoadedTool};

use crate::lab::{Lab, manifest};

const NO_PATH: &str = "";

/// What is done to the lab's one tool, with its name.
type Change<'a> = (&'a str, &'a dyn Fn(&Lab));

/// What is done to the lab's one tool, and what is told of it.
type Refusal<'a> = (&'a dyn Fn(&Lab), &'a str);

fn load(lab: &Lab) -> LoadedTool {
    LoadedTool::load(&lab.found(), OsStr::new(NO_PATH)).expect("the tool is right")
}

/// The error with its causes.
fn refused(lab: &Lab) -> String {
    let Err(error) = LoadedTool::load(&lab.found(), OsStr::new(NO_PATH)) else {
        return "loads".to_owned();
    };
    let mut told = vec![error.to_string()];
    let mut cause = error.source();
    while let Some(inner) = cause {
        told.push(inner.to_string());
        cause = inner.source();
    }
    lab.without_root(&told.join(" <- "))
}

fn one_tool() -> Lab {
    let lab = Lab::new();
    lab.tool("lab/tools/one", "one");
    lab
}

#[test]
fn a_loaded_tool_has_its_schemas_program_and_digest() {
    let lab = one_tool();
    let tool = load(&lab);
    assert_eq!(tool.folder, lab.path("lab/tools/one"));
    assert_eq!(tool.program.path, lab.path("lab/tools/one/bin/run"));
    assert_eq!(tool.actions.len(), 1);
    let go = tool.actions.values().next().expect("there is one");
    assert!(go.input.fits(&serde_json::json!({})) && !go.output.fits(&serde_json::json!(3)));
    assert!(tool.config.is_none() && tool.is_current());
    assert_eq!(tool.digest.to_string().len(), "sha256:".len() + 64);
    assert_eq!(
        serde_json::to_value(tool.digest).ok(),
        Some(tool.digest.to_string().into())
    );
}

#[test]
fn the_digest_is_of_names_contents_and_rights_and_of_nothing_else() {
    let lab = one_tool();
    let before = load(&lab).digest;
    // The same tree elsewhere has the same digest, whatever its times.
    let copy = one_tool();
    assert_eq!(load(&copy).digest, before);
    for left_out in [
        ".git/config",
        "target/debug/x",
        "node_modules/x.js",
        "src/__pycache__/x.bin",
        "x.pyc",
        "data/state.db",
    ] {
        lab.write(&format!("lab/tools/one/{left_out}"), "anything");
    }
    assert_eq!(load(&lab).digest, before);
    let changes: [Change; 8] = [
        ("a changed byte", &|lab| {
            drop(lab.program("lab/tools/one/bin/run", "#!/bin/sh\n\n"));
        }),
        ("a new file", &|lab| {
            drop(lab.write("lab/tools/one/src/a", ""));
        }),
        ("a renamed file", &|lab| {
            fs::rename(
                lab.path("lab/tools/one/README.md"),
                lab.path("lab/tools/one/README"),
            )
            .expect("renamed");
        }),
        ("the right to execute", &|lab| {
            let path = lab.path("lab/tools/one/README.md");
            fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("it is ours");
        }),
        ("a changed schema", &|lab| {
            drop(lab.write("lab/tools/one/schemas/out.json", r#"{"type":"object"}"#));
        }),
        ("a changed manifest", &|lab| {
            drop(lab.write(
                "lab/tools/one/tool.toml",
                manifest("one").replace("1.0.0", "1.0.1"),
            ));
        }),
        ("a link", &|lab| lab.link("lab/tools/one/link", "README.md")),
        ("data of another tool", &|lab| {
            drop(lab.write("lab/tools/one/src/data/x", "x"));
        }),
    ];
    for (change, apply) in changes {
        let lab = one_tool();
        apply(&lab);
        assert_ne!(load(&lab).digest, before, "{change}");
    }
}

#[test]
fn where_a_byte_stands_matters_to_the_digest() {
    let digest = |files: &[(&str, &str)]| {
        let lab = one_tool();
        for (name, text) in files {
            lab.write(&format!("lab/tools/one/{name}"), text);
        }
        load(&lab).digest
    };
    assert_ne!(digest(&[("a", "bc")]), digest(&[("ab", "c")]));
    assert_ne!(
        digest(&[("a", "x"), ("b", "")]),
        digest(&[("a", ""), ("b", "x")])
    );
    assert_ne!(digest(&[("a/b", "x")]), digest(&[("a-b", "x")]));
}

#[test]
fn every_change_of_the_folder_makes_a_loaded_tool_old() {
    let changes: [Change; 5] = [
        ("written again", &|lab| {
            drop(lab.write("lab/tools/one/README.md", "# B tool\n"));
        }),
        ("a new file", &|lab| {
            drop(lab.write("lab/tools/one/bin/new", ""));
        }),
        ("a file gone", &|lab| {
            fs::remove_file(lab.path("lab/tools/one/README.md")).expect("removed");
        }),
        ("other rights", &|lab| {
            let path = lab.path("lab/tools/one/README.md");
            fs::set_permissions(path, fs::Permissions::from_mode(0o700)).expect("it is ours");
        }),
        ("swapped for an equal one", &|lab| {
            let path = lab.path("lab/tools/one/README.md");
            let times = fs::metadata(&path).expect("it is there");
            lab.write("lab/other", "# A tool\n");
            fs::rename(lab.path("lab/other"), &path).expect("renamed");
            let file = fs::File::open(&path).expect("it is there");
            file.set_modified(times.modified().expect("a time"))
                .expect("it is ours");
        }),
    ];
    for (change, apply) in changes {
        let lab = one_tool();
        let tool = load(&lab);
        assert!(tool.is_current());
        apply(&lab);
        assert!(!tool.is_current(), "{change}");
    }
}

#[test]
fn data_that_the_tool_writes_leaves_it_current() {
    let lab = one_tool();
    lab.write("lab/tools/one/data/state", "1");
    let tool = load(&lab);
    lab.write("lab/tools/one/data/state", "2");
    lab.write("lab/tools/one/data/more/deep", "3");
    assert!(tool.is_current());
    assert_eq!(load(&lab).digest, tool.digest);
}

#[test]
fn a_manifest_changed_after_discovery_is_refused() {
    let lab = one_tool();
    let found = lab.found();
    lab.write("lab/tools/one/tool.toml", manifest("one") + "\n");
    let error = LoadedTool::load(&found, OsStr::new(NO_PATH)).expect_err("it has changed");
    assert_eq!(
        error.to_string(),
        "the manifest of the tool `one` has changed since it was found"
    );
    fs::remove_file(lab.path("lab/tools/one/tool.toml")).expect("removed");
    let error = LoadedTool::load(&found, OsStr::new(NO_PATH)).expect_err("it is gone");
    assert!(matches!(error, LoadError::Manifest { .. }), "{error:?}");
    fs::remove_dir_all(lab.path("lab/tools/one")).expect("removed");
    let error = LoadedTool::load(&found, OsStr::new(NO_PATH)).expect_err("all is gone");
    assert!(matches!(error, LoadError::Digest { .. }), "{error:?}");
}

#[test]
fn a_schema_that_cannot_be_used_is_refused_with_its_file_and_place() {
    let out = "lab/tools/one/schemas/out.json";
    let remove = |lab: &Lab| fs::remove_file(lab.path(out)).expect("removed");
    let table: [Refusal; 7] = [
        (
            &remove,
            "the output schema of the action `go` of the tool `one` cannot be used <- the schema file `schemas/out.json` cannot be read <- No such file or directory (os error 2)",
        ),
        (
            &|lab| drop(lab.write(out, "{\"a\":1,\n\"a\":2}")),
            "the output schema of the action `go` of the tool `one` cannot be used <- the schema file `schemas/out.json` is wrong <- the key `a` is there twice (line 2, column 3)",
        ),
        (
            &|lab| drop(lab.write(out, r#"{"type": "objct"}"#)),
            "the output schema of the action `go` of the tool `one` cannot be used <- the schema does not compile <- `/type` is no JSON Schema: `objct` is none of `array`, `boolean`, `integer`, `null`, `number`, `object` or `string`",
        ),
        (
            &|lab| drop(lab.write(out, r#"{"$ref": "file:///etc/passwd"}"#)),
            "the output schema of the action `go` of the tool `one` cannot be used <- the schema does not compile <- `/$ref` refers to `file:///etc/passwd`: only references inside the schema (`#/…`) are followed",
        ),
        (
            &|lab| {
                remove(lab);
                lab.write("secret.json", "{}");
                lab.link(out, lab.path("secret.json"));
            },
            "the output schema of the action `go` of the tool `one` cannot be used <- the schema file `schemas/out.json` lies outside the tool's folder",
        ),
        (
            &|lab| drop(lab.write(out, " ".repeat(1_048_577))),
            "the output schema of the action `go` of the tool `one` cannot be used <- the schema file `schemas/out.json` cannot be read <- it is longer than 1048576 bytes",
        ),
        (
            &|lab| {
                remove(lab);
                lab.write(&format!("{out}/x"), "");
            },
            "the output schema of the action `go` of the tool `one` cannot be used <- the schema file `schemas/out.json` cannot be read <- it is a folder, not a file",
        ),
    ];
    for (index, (apply, expected)) in table.into_iter().enumerate() {
        let lab = one_tool();
        apply(&lab);
        assert_eq!(refused(&lab), expected, "row {index}");
    }
}

#[test]
fn files_that_cannot_be_digested_are_refused_by_name() {
    let lab = one_tool();
    lab.fifo("lab/tools/one/pipe");
    assert_eq!(
        refused(&lab),
        "the files of the tool `one` cannot be digested <- `/lab/tools/one/pipe` cannot be read <- it is a named pipe, not a file"
    );
    let lab = one_tool();
    let deep = "d/".repeat(33);
    lab.write(&format!("lab/tools/one/{deep}x"), "");
    assert!(
        refused(&lab).ends_with("larger than 20000 entries or 32 levels"),
        "{}",
        refused(&lab)
    );
    let lab = one_tool();
    let file = fs::File::create(lab.path("lab/tools/one/big")).expect("a file");
    file.set_len(268_435_457).expect("a sparse file");
    assert_eq!(
        refused(&lab),
        "the files of the tool `one` cannot be digested <- `/lab/tools/one/big` makes the tool's files larger than 268435456 bytes"
    );
}

#[test]
fn the_listing_has_the_digest_that_executions_cite_and_every_file() {
    let lab = one_tool();
    lab.link("lab/tools/one/here", "bin/run");
    lab.write("lab/tools/one/target/left-out", "x");
    let listed = lab.found().list_files().expect("it can be listed");
    assert_eq!(listed.digest, load(&lab).digest);
    let entries: Vec<_> = listed
        .entries
        .iter()
        .map(|entry| (entry.path.as_str(), entry.kind, entry.bytes))
        .collect();
    let manifest = lab.found().source.len() as u64;
    let program = fs::read(lab.path("lab/tools/one/bin/run")).expect("it is there");
    assert_eq!(
        entries,
        [
            ("README.md", EntryKind::File, 9),
            ("bin/run", EntryKind::Program, program.len() as u64),
            ("here", EntryKind::Link, 7),
            ("schemas/out.json", EntryKind::File, 18),
            ("tool.toml", EntryKind::File, manifest),
        ]
    );
    // `printf bin/run | sha256sum`
    assert_eq!(
        listed.entries[2].digest.to_string(),
        "sha256:57b94356302c85712d33811d8bda2a57b5181e3b496466db149873f6ed118265"
    );
}
