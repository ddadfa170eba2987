//! The reference pages, generated from the command tree and the failure table.

use std::fmt::Write as _;
use std::path::Path;

use ai_lab_contract::ErrorClass;
use clap::{Command, CommandFactory as _};

/// The pages of `docs/reference` and their texts.
fn pages() -> [(&'static str, String); 2] {
    [("cli.md", commands()), ("errors.md", errors())]
}

fn commands() -> String {
    let mut page =
        "# The command line\n\nGenerated from the program; a test compares.\n".to_owned();
    let mut root = super::Arguments::command();
    // The width of a terminal must not reach a committed page.
    root = root.term_width(100).version("");
    root.build();
    write_command(&mut page, &mut root, "ai-lab-framework");
    page
}

fn write_command(page: &mut String, command: &mut Command, path: &str) {
    let help = command.render_long_help();
    write!(page, "\n## `{path}`\n\n```text\n").expect("a String takes it");
    for line in help.to_string().lines() {
        writeln!(page, "{}", line.trim_end()).expect("a String takes it");
    }
    page.push_str("```\n");
    let names: Vec<String> = command
        .get_subcommands()
        .filter(|inner| !inner.is_hide_set())
        .map(|inner| inner.get_name().to_owned())
        .filter(|name| name != "help")
        .collect();
    for name in names {
        let inner = command
            .find_subcommand_mut(&name)
            .expect("it was just listed");
        write_command(page, inner, &format!("{path} {name}"));
    }
}

fn errors() -> String {
    let mut page = "# How things fail\n\nGenerated from the contract's one table; a test compares. Rows are only \
                    ever appended.\n\n| class | exit code | JSON-RPC code | HTTP status | the same call may succeed later |\n\
                    |---|---|---|---|---|\n"
        .to_owned();
    for class in ErrorClass::ALL {
        let later = if class.is_retryable() { "yes" } else { "no" };
        let (name, exit) = (class.as_str(), class.exit_code());
        let (rpc, http) = (class.json_rpc_code(), class.http_status());
        writeln!(page, "| `{name}` | {exit} | {rpc} | {http} | {later} |")
            .expect("a String takes it");
    }
    page.push_str(
        "\nExit code 0 says done; 10 says that `migrate-db --check` found something to do. A tool's own error \
         (`tool_failed`) says itself whether the same call may succeed later.\n",
    );
    page
}

/// Compares with the committed pages; `AI_LAB_BLESS=1` writes them anew.
#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "blessing pages is this test's own door"
)]
fn the_committed_reference_is_the_generated_one() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference");
    for (file, text) in pages() {
        let path = folder.join(file);
        if std::env::var_os("AI_LAB_BLESS").is_some() {
            std::fs::write(&path, &text).expect("the folder is writable");
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(committed == text, "{file} differs: run with AI_LAB_BLESS=1");
    }
}
