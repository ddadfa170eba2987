use std::collections::BTreeMap;

use ai_lab_contract::MajorMinor;
use semver::Version;

use super::*;
use crate::contract::{Contract, Item};

/// A contract with a few commands, keys and symbols.
fn contract() -> Contract {
    let items = |rows: &[(&str, &str)]| {
        let rows = rows
            .iter()
            .map(|(name, what)| ((*name).to_owned(), Item::of(*what)));
        rows.collect::<BTreeMap<_, _>>()
    };
    let commands = items(&[
        ("tool", "command"),
        ("tool run", "command"),
        ("version", "command"),
    ]);
    let arguments = items(&[
        ("--json", "flag"),
        ("tool run --input", "value"),
        ("tool run -i", "value"),
        ("tool run --colour", "value or none"),
        ("tool run <1>", "value"),
        ("tool run <2>", "values"),
    ]);
    Contract {
        format: 1,
        name: "ai-lab-framework".to_owned(),
        version: Version::new(1, 0, 0),
        contract: MajorMinor { major: 1, minor: 0 },
        schemas: BTreeMap::new(),
        items: BTreeMap::from([(Area::Command, commands), (Area::Argument, arguments)]),
        documents: BTreeMap::new(),
    }
}

/// What is named in a text, each with the bytes that name it and its value.
fn named(kind: FileKind, text: &str) -> Vec<String> {
    let contract = contract();
    let contracts = Contracts {
        target: &contract,
        present: None,
    };
    let uses = extract(kind, text, contracts);
    let told = uses.named.iter().map(|used| {
        let word = &text[used.span.clone()];
        let value = used.value.as_ref().map(|(value, span)| {
            assert!(
                text[span.clone()].contains(value.as_str()),
                "a value stands where it is said to"
            );
            format!(" = {value}")
        });
        format!("{} @{word}{}", used.item, value.unwrap_or_default())
    });
    told.collect()
}

/// The commands of the calls in a text, and whether all of each can be told.
fn calls(kind: FileKind, text: &str) -> Vec<String> {
    let contract = contract();
    let uses = extract(
        kind,
        text,
        Contracts {
            target: &contract,
            present: None,
        },
    );
    uses.calls
        .iter()
        .map(|call| format!("{}{}", call.command, if call.whole { "" } else { " …" }))
        .collect()
}

#[test]
fn a_call_is_found_wherever_a_shell_would_start_it() {
    for script in [
        "ai-lab-framework tool run",
        "  /opt/bin/ai-lab-framework tool run &",
        "A=1 B='x y' ai-lab-framework tool run",
        "sudo -u ada env A=1 ai-lab-framework tool run",
        "if ! ai-lab-framework tool run; then :; fi",
        "true && ai-lab-framework tool run || false",
        "cat x | ai-lab-framework tool run >out 2>&1 <in",
        "x=$(ai-lab-framework tool run)",
        "x=\"a $(ai-lab-framework tool run) b\"",
        "x=`ai-lab-framework tool run`",
        "( ai-lab-framework tool \\\n  run )",
        "\"${AI_LAB_FRAMEWORK:-ai-lab-framework}\" tool run",
        "timeout 5 ai-lab-framework tool run # ai-lab-framework version",
        "cat <<END\nai-lab-framework version\nEND\nai-lab-framework tool run",
        "cat <<-'END' >x\n\tai-lab-framework version\n\tEND\nai-lab-framework tool run",
    ] {
        assert_eq!(calls(FileKind::Shell, script), ["tool run"], "{script}");
    }
}

#[test]
fn what_only_names_the_program_is_no_call() {
    for script in [
        "echo ai-lab-framework tool run",
        "which ai-lab-framework",
        "# ai-lab-framework tool run",
        "echo 'x; ai-lab-framework tool run'",
        "cp target/ai-lab-framework bin/",
        "my-ai-lab-framework tool run",
        "x=ai-lab-framework",
    ] {
        assert_eq!(
            calls(FileKind::Shell, script),
            Vec::<String>::new(),
            "{script}"
        );
    }
}

#[test]
fn what_is_made_up_when_it_runs_is_not_guessed() {
    assert_eq!(calls(FileKind::Shell, "ai-lab-framework \"$@\""), [" …"]);
    assert_eq!(
        calls(FileKind::Shell, "ai-lab-framework tool $verb"),
        ["tool …"]
    );
    assert_eq!(
        calls(FileKind::Shell, "ai-lab-framework tool run $x"),
        ["tool run …"]
    );
    assert_eq!(
        calls(FileKind::Shell, "ai-lab-framework tool run --help"),
        ["tool run …"]
    );
    assert_eq!(calls(FileKind::Shell, "ai-lab-framework help tool"), [" …"]);
    assert_eq!(
        calls(FileKind::Shell, "ai-lab-framework frob"),
        Vec::<String>::new()
    );
}

#[test]
fn arguments_are_told_with_their_values_and_places() {
    let text =
        "ai-lab-framework tool run a.b --input='{}' -i@file --colour x=1 y=2 --json -- --odd";
    assert_eq!(
        named(FileKind::Shell, text),
        [
            "tool @tool",
            "tool run @run",
            "tool run <1> @a.b = a.b",
            "tool run --input @--input = {}",
            "tool run -i @-i = @file",
            "tool run --colour @--colour",
            "tool run <2> @x=1 = x=1",
            "--json @--json",
        ]
    );
}

#[test]
fn calls_stand_in_units_makefiles_yaml_json_toml_and_python() {
    let check = |kind, text: &str| assert_eq!(calls(kind, text), ["tool run"], "{text}");
    check(
        FileKind::Unit,
        "[Service]\nExecStartPre=-/usr/bin/ai-lab-framework tool \\\n  run\nUser=ai-lab-framework\n",
    );
    check(
        FileKind::Makefile,
        "ai-lab-framework: x\n\t@-ai-lab-framework tool run\n",
    );
    check(
        FileKind::Yaml,
        "a:\n  - run: ai-lab-framework tool run\n    name: ai-lab-framework version\n",
    );
    check(
        FileKind::Yaml,
        "a:\n  run: |\n    ai-lab-framework tool run\n",
    );
    check(
        FileKind::Json,
        "{ // the server\n \"mcp\": { \"command\": [\"/opt/ai-lab-framework\", \"tool\", \"run\"], } }",
    );
    check(
        FileKind::Json,
        "{\"a\":[{\"command\":\"ai-lab-framework\",\"args\":[\"tool\",\"run\"]}]}",
    );
    check(
        FileKind::Json,
        "{\"hooks\":[{\"command\":\"cd x && ai-lab-framework tool run\"}]}",
    );
    check(
        FileKind::Toml,
        "[mcp_servers.lab]\ncommand = \"ai-lab-framework\"\nargs = ['tool', \"run\"]\n",
    );
    check(
        FileKind::Python,
        "run(['ai-lab-framework', 'tool', \"run\"])\n",
    );
    assert_eq!(
        calls(FileKind::Python, "run(('ai-lab-framework', *words))"),
        [" …"]
    );
    assert_eq!(
        calls(FileKind::Python, "run(['ai-lab-framework', f'{x}'])"),
        [" …"]
    );
}

#[test]
fn variables_are_found_by_their_whole_names() {
    let text = "AI_LAB_HOME=x MY_AI_LAB_HOME=y exec $AI_LAB_CONFIG_A_B \"$AI_LAB_WORK\"\n";
    assert_eq!(
        named(FileKind::Shell, text),
        [
            "AI_LAB_HOME @AI_LAB_HOME",
            "AI_LAB_CONFIG_A_B @AI_LAB_CONFIG_A_B",
            "AI_LAB_WORK @AI_LAB_WORK"
        ]
    );
}

#[test]
fn python_names_are_followed_through_imports_hints_and_subclasses() {
    let text = "import ai_lab_framework as sdk\nfrom ai_lab_framework.context import ToolContext as Ctx, other\nimport os\n\
                class T(sdk.BaseAITool):\n    def go(self, c: Ctx, n: int = 1) -> None:\n        c.log('x')\n        self.serve(limit=3)\n        os.path\n\
                def outside(c):\n    c.log('y')\n    other(depth=2).more\n";
    assert_eq!(
        named(FileKind::Python, text),
        [
            "ai_lab_framework @ai_lab_framework",
            "ai_lab_framework.context @ai_lab_framework.context",
            "ai_lab_framework.context.ToolContext @ToolContext",
            "ai_lab_framework.context.other @other",
            "ai_lab_framework.BaseAITool @BaseAITool",
            "ai_lab_framework.context.ToolContext.log @log",
            "ai_lab_framework.BaseAITool.serve(limit) @limit",
            "ai_lab_framework.BaseAITool.serve @serve",
            "ai_lab_framework.context.other(depth) @depth",
        ]
    );
}

#[test]
fn rust_paths_are_followed_through_use() {
    let text = "use ai_lab_tool::{self, contract::ErrorClass as Class, ToolContext};\nuse other::Thing;\n\
                fn f(c: &ToolContext) -> ai_lab_client::Call { Class::Timeout; Thing::new(); ai_lab_tool::serve_lines() }\n";
    assert_eq!(
        named(FileKind::Rust, text),
        [
            "ai_lab_tool @self",
            "ai_lab_tool::contract::ErrorClass @ErrorClass",
            "ai_lab_tool::ToolContext @ToolContext",
            "ai_lab_client::Call @Call",
            "ai_lab_tool::contract::ErrorClass::Timeout @Timeout",
            "ai_lab_tool::serve_lines @serve_lines",
        ]
    );
}

#[test]
fn what_cannot_be_read_is_told_and_what_does_not_name_us_is_not_read() {
    let contract = contract();
    let unclear = |kind, text: &str| -> Vec<String> {
        let uses = extract(
            kind,
            text,
            Contracts {
                target: &contract,
                present: None,
            },
        );
        uses.unclear
            .into_iter()
            .map(|unclear| unclear.why)
            .collect()
    };
    assert_eq!(
        unclear(FileKind::Manifest, "a = "),
        ["this is no TOML: string values must be quoted, expected literal string"]
    );
    assert_eq!(unclear(FileKind::ToolsLock, "<<<<<<< main").len(), 1);
    assert_eq!(
        unclear(FileKind::Python, "import ai_lab_framework\ndef (:\n"),
        ["this Python cannot be read here"]
    );
    assert_eq!(
        unclear(
            FileKind::Python,
            "import ai_lab_framework as a\ngetattr(a, name)\n"
        ),
        ["which part of `ai_lab_framework` is used is decided when it runs"]
    );
    assert_eq!(
        unclear(FileKind::Rust, "use ai_lab_tool::;"),
        ["this Rust cannot be read"]
    );
    assert_eq!(unclear(FileKind::Cargo, "ai-lab-tool = ").len(), 1);
    assert_eq!(
        unclear(FileKind::Python, "print 'x'\n"),
        Vec::<String>::new()
    );
    assert_eq!(unclear(FileKind::Json, "{"), Vec::<String>::new());
}

#[test]
fn a_file_is_what_its_name_or_its_first_line_says() {
    let check = |path: &str, text: &str| FileKind::of(path, text);
    assert_eq!(
        check("projects/a/tools/b/tool.toml", ""),
        Some(FileKind::Manifest)
    );
    assert_eq!(check("ai-lab.toml", ""), Some(FileKind::LabFile));
    assert_eq!(check("x/ai-lab.toml", ""), Some(FileKind::Toml));
    assert_eq!(
        check("config/tools/a.toml", ""),
        Some(FileKind::Configuration)
    );
    assert_eq!(
        check("bin/go", "#!/usr/bin/env python3\n"),
        Some(FileKind::Python)
    );
    assert_eq!(check("bin/go", "#!/bin/sh -e\n"), Some(FileKind::Shell));
    assert_eq!(check("bin/go", "#!/bin/sh\n"), Some(FileKind::Shell));
    assert_eq!(check("README.md", "# x"), None);
}

proptest::proptest! {
    /// Whatever a file holds, it is read to its end, and every place lies in it.
    #[test]
    fn no_text_makes_a_reader_panic(text in "(ai-lab-framework |tool|run|--input|[\"'`$(){}\\\\;|<>#=\n\t ]|AI_LAB_|ä|import |ai_lab_framework|use ai_lab_tool::|\\[|\\]){0,40}") {
        let contract = contract();
        let contracts = Contracts { target: &contract, present: None };
        for kind in [
            FileKind::Manifest, FileKind::LabFile, FileKind::ClientsFile, FileKind::Configuration, FileKind::ToolsLock,
            FileKind::LabLock, FileKind::Cargo, FileKind::Rust, FileKind::Python, FileKind::Shell, FileKind::Unit,
            FileKind::Makefile, FileKind::Yaml, FileKind::Json, FileKind::Toml,
        ] {
            let uses = extract(kind, &text, contracts);
            for used in &uses.named {
                proptest::prop_assert!(text.get(used.span.clone()).is_some(), "{kind:?} {used:?}");
            }
        }
    }
}
