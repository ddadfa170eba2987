//! Sizes, names, words, settings.

use std::io::Write as _;

use wall::checkout::{SourceFile, files, paths, root};
use wall::tidy::links::check_links;
use wall::tidy::names::check_names;
use wall::tidy::settings::check_settings;
use wall::tidy::sizes::{Table, check_sizes, long_files, measure};
use wall::tidy::words::check_words;

use crate::{assert_none, texts};

/// Functions that may be longer than the rest, each with its reason.
const TABLES: &[Table] = &[];

fn checkout() -> Vec<SourceFile> {
    files(root()).expect("the checkout is read")
}

#[test]
fn files_and_functions_stay_short() {
    let files = checkout();
    let mut out = std::io::stdout();
    for (lines, path) in long_files(&files) {
        writeln!(out, "{lines:>5} {path}").expect("standard output is open");
    }
    assert_none(&check_sizes(&files, TABLES));
}

#[test]
fn no_file_is_a_drawer() {
    assert_none(&check_names(&checkout()));
}

#[test]
fn no_file_holds_a_forbidden_word() {
    assert_none(&check_words(&checkout()));
}

#[test]
fn every_link_between_documents_leads_somewhere() {
    let paths = paths(root()).expect("the checkout is listed");
    assert_none(&check_links(&checkout(), &paths));
}

#[test]
fn the_workspaces_hold_the_same_standards() {
    assert_none(&check_settings(&checkout()).expect("the manifests are read"));
}

/// A function of that many lines of code, with a blank line and a comment that do not count.
fn function(lines: usize) -> String {
    format!(
        "fn long() {{\n\n    // why\n{}}}\n",
        "    step();\n".repeat(lines)
    )
}

#[test]
fn a_long_function_is_found_unless_it_is_a_table() {
    let at = |text: &str| [SourceFile::new("a/src/x.rs", text)];
    let table = |function| Table {
        path: "a/src/x.rs",
        function,
        reason: "one row a line",
    };
    let too_long = ["a/src/x.rs:1: `long` has 61 lines, 60 at most"];
    assert_eq!(texts(&check_sizes(&at(&function(61)), &[])), too_long);
    assert_eq!(texts(&check_sizes(&at(&function(60)), &[])), [""; 0]);
    assert_eq!(
        texts(&check_sizes(&at(&function(61)), &[table("long")])),
        [""; 0]
    );
    assert_eq!(
        texts(&check_sizes(&at(&function(60)), &[table("long")])),
        ["a/src/x.rs: `long` needs no exception any more"]
    );
    let method = format!(
        "impl X {{\n{}}}\ntrait Y {{\n{}}}\n",
        function(61),
        function(61)
    );
    assert_eq!(check_sizes(&at(&method), &[]).len(), 2);
    let test = format!("#[cfg(test)]\nmod tests {{\n{}}}\n", function(61));
    assert_eq!(texts(&check_sizes(&at(&test), &[])), [""; 0]);
}

#[test]
fn a_long_python_function_is_found() {
    let python = |lines| {
        let body = "        step()\n".repeat(lines);
        let text = format!(
            "class A:\n    def long(\n        self,\n    ):\n{body}\n    def next(self):\n        pass\n"
        );
        [SourceFile::new("a/x.py", &text)]
    };
    // The signature's two lines count.
    assert_eq!(
        texts(&check_sizes(&python(59), &[])),
        ["a/x.py:2: `long` has 61 lines, 60 at most"]
    );
    assert_eq!(texts(&check_sizes(&python(58), &[])), [""; 0]);
}

#[test]
fn a_long_file_is_found_and_its_tests_do_not_count() {
    let code = "const A: u8 = 1;\n".repeat(500);
    let with_tests = format!("{code}#[cfg(test)]\nmod tests {{\n\n}}\n");
    let file = SourceFile::new("a/src/x.rs", &with_tests);
    let measured = measure(&file).expect("it is Rust").expect("it is measured");
    assert_eq!(measured.lines, 500);
    assert_eq!(
        long_files(std::slice::from_ref(&file)),
        [(500, "a/src/x.rs")]
    );
    assert_eq!(texts(&check_sizes(&[file], &[])), [""; 0]);
    let longer = SourceFile::new("a/src/x.rs", &format!("{code}{with_tests}"));
    assert_eq!(
        texts(&check_sizes(&[longer], &[])),
        ["a/src/x.rs: has 1000 lines, 500 at most"]
    );
    let in_tests = SourceFile::new("a/tests/it/x.rs", &code.repeat(2));
    assert_eq!(texts(&check_sizes(&[in_tests], &[])), [""; 0]);
    let broken = SourceFile::new("a/src/x.rs", "fn (");
    assert_eq!(check_sizes(&[broken], &[]).len(), 1);
}

#[test]
fn a_drawer_is_found_by_its_words() {
    let paths = [
        "a/src/utils.rs",
        "a/src/git_helpers.rs",
        "a/common/mod.rs",
        "a/update_manager.py",
        "a/base.py",
        "a/base_ai_tool.py",
        "a/src/commonplace.rs",
        "a/utils.md",
        "a/cores.rs",
    ];
    let files: Vec<_> = paths.iter().map(|path| SourceFile::new(path, "")).collect();
    let found: Vec<_> = check_names(&files).into_iter().map(|f| f.place).collect();
    assert_eq!(found, paths[..5]);
}

#[test]
fn forbidden_words_are_found_with_their_line() {
    let cases = [
        ("a.md", concat!("see /wo", "rk/main"), true),
        ("a.rs", concat!("// TO", "DO later"), true),
        ("a.py", concat!("# FIX", "ME"), true),
        ("a.rs", concat!("unimple", "mented!()"), true),
        ("a.rs", concat!("#[igno", "re = \"slow\"]"), true),
        (
            "a.rs",
            concat!("#[igno", "re = \"runs in a process of its own, for x\"]"),
            false,
        ),
        (
            "a/tests/it/x.rs",
            concat!("std::thread::", "sleep(d)"),
            true,
        ),
        ("a.rs", concat!("std::thread::", "sleep(d)"), false),
        ("tests/test_a.py", "    time.sleep(1)", true),
        ("ai-lab/x.sh", concat!("cd ../ai-lab-", "framework"), true),
        (
            "ai-lab-framework/x.py",
            concat!("open('../ai-", "lab/x')"),
            true,
        ),
        (
            "tests/test_a.py",
            "tool = 'import time; time.sleep(9)'",
            false,
        ),
        ("tool.py", "    time.sleep(1)", false),
        ("a.rs", "Status::parse(\"TODO\")", false),
        (
            "ai-lab/docs/x.md",
            concat!("../ai-lab-", "framework"),
            false,
        ),
    ];
    for (path, line, is_found) in cases {
        let findings = check_words(&[SourceFile::new(path, &format!("\n{line}\n"))]);
        let places: Vec<_> = findings.into_iter().map(|f| f.place).collect();
        let expected: Vec<_> = is_found.then(|| format!("{path}:2")).into_iter().collect();
        assert_eq!(places, expected, "{line}");
    }
}

#[test]
fn a_sleep_is_found_from_where_a_files_tests_begin() {
    let sleep = concat!("std::thread::", "sleep(d);");
    let text = format!("{sleep}\n#[cfg(test)]\nmod tests {{\n{sleep}\n}}\n");
    assert_eq!(
        texts(&check_words(&[SourceFile::new("a.rs", &text)])),
        ["a.rs:4: a test waits for the event, not for the clock"]
    );
}

#[test]
fn settings_that_drift_are_found() {
    let manifest = |lint| format!("[workspace.lints.rust]\nunsafe_code = \"{lint}\"\n");
    let mut files: Vec<SourceFile> = ["ai-lab-framework", "ai-lab", "wall"]
        .iter()
        .flat_map(|folder| {
            [
                SourceFile::new(&format!("{folder}/Cargo.toml"), &manifest("deny")),
                SourceFile::new(&format!("{folder}/rustfmt.toml"), "max_width = 100\n"),
                SourceFile::new(&format!("{folder}/clippy.toml"), ""),
            ]
        })
        .collect();
    let check = |files: &[SourceFile]| texts(&check_settings(files).expect("they are read"));
    assert_eq!(check(&files), [""; 0]);
    files[0].text = manifest("warn");
    files[4].text = "max_width = 80\n".to_owned();
    files.push(SourceFile::new(
        "ai-lab/crates/x/Cargo.toml",
        "[package]\nname = \"x\"\n",
    ));
    assert_eq!(
        check(&files),
        [
            "rustfmt.toml: is not the same in ai-lab-framework, ai-lab, wall",
            "[workspace.lints]: is not the same in ai-lab-framework, ai-lab, wall",
            "ai-lab/crates/x/Cargo.toml: lacks `[lints] workspace = true`",
        ]
    );
}

#[test]
fn a_link_that_leads_nowhere_or_out_of_its_half_is_found() {
    let paths = [
        "README.md",
        "ai-lab/docs/a.md",
        "ai-lab/docs",
        "ai-lab-framework/b.md",
        "x.png",
    ]
    .map(str::to_owned)
    .into();
    let check =
        |path: &str, text: &str| texts(&check_links(&[SourceFile::new(path, text)], &paths));
    let good = "[a](ai-lab/docs/a.md#part \"title\") ![x](./x.png) [d](ai-lab/docs/) [s](#here) \
                [w](https://example.org/x) [m](mailto:a@b)\n```\n[code](gone.md)\n```\n";
    assert_eq!(check("README.md", good), [""; 0]);
    assert_eq!(check("ai-lab/docs/a.md", "[up](../docs/a.md)"), [""; 0]);
    assert_eq!(
        check("README.md", "\n[a](gone.md), [b](../out.md)"),
        [
            "README.md:2: `gone.md` leads nowhere",
            "README.md:2: `../out.md` leaves the checkout"
        ]
    );
    assert_eq!(
        check("ai-lab/docs/a.md", "[b](../../ai-lab-framework/b.md)"),
        ["ai-lab/docs/a.md:1: `../../ai-lab-framework/b.md` leads out of its half"]
    );
}
