//! The manifest part of the catalogue of bad input (M1 to M24). What needs a file system (2, 3, 10, 14,
//! 15, 22, 23) is tested where files are read.

use std::path::Path;

use super::*;

mod text_and_names;
mod values;

const GOOD: &str = r#"contract = 1
name = "fritzbox"
version = "1.2.0"
description = "Asks the router."
framework = ">=0.1, <1"
tags = ["router"]

[run]
command = ["bin/fritzbox", "--serve"]
environment = { LANG = "C" }

[limits]
run_ms = 5000

[grants]
read = ["/etc/hosts", "data"]
write = ["data"]
tcp = [49000]
environment = ["TZ"]
secrets = ["router-password"]

[retry]
attempts = 3
backoff_ms = 100
max_backoff_ms = 1000

[fallback]
last_good_s = 60

[health]
action = "hosts"

[actions.hosts]
description = "Lists the devices."
input = { type = "object" }
output = "schemas/hosts.output.json"
read_only = true

[actions.reboot]
description = "Restarts the router."
input = { type = "object" }
output = { type = "object" }
destructive = true
"#;

/// `line:column code: message (help)`, one line a finding.
fn findings(text: &str) -> Vec<String> {
    let told = check_manifest(text);
    let parsed = parse_manifest(text, Path::new("tool.toml"));
    assert_eq!(
        parsed
            .map_err(|broken| broken.findings)
            .err()
            .unwrap_or_default(),
        told
    );
    told.iter()
        .map(|one| {
            let help = one.help.as_ref().map(|help| format!(" ({help})"));
            format!(
                "{}:{} {}: {}{}",
                one.line,
                one.column,
                one.code,
                one.message,
                help.unwrap_or_default()
            )
        })
        .collect()
}

/// What the good manifest tells with one piece of its text replaced.
fn with(piece: &str, other: &str) -> Vec<String> {
    assert!(
        GOOD.contains(piece),
        "`{piece}` is not in the good manifest"
    );
    findings(&GOOD.replacen(piece, other, 1))
}

fn check(table: &[(&str, &str, &[&str])]) {
    for (piece, other, expected) in table {
        let told = with(piece, other);
        assert_eq!(told, *expected, "{piece:?} -> {other:?}");
    }
}

#[test]
fn a_right_manifest_is_read_with_its_defaults() {
    let manifest = parse_manifest(GOOD, Path::new("tool.toml")).expect("because it is right");
    assert_eq!(manifest.name.as_str(), "fritzbox");
    assert_eq!(
        (manifest.limits.run_ms.get(), manifest.limits.grace_ms.get()),
        (5_000, 1_000)
    );
    assert_eq!(manifest.profile, ai_lab_contract::Profile::Standard);
    assert_eq!(manifest.actions.len(), 2);
    let crlf = GOOD.replace('\n', "\r\n");
    assert_eq!(parse_manifest(&crlf, Path::new("tool.toml")), Ok(manifest));
}

#[test]
fn everything_is_told_at_once_in_the_order_of_the_text() {
    let text = GOOD
        .replace("name = \"fritzbox\"", "nme = \"fritzbox\"")
        .replace("\"1.2.0\"", "\"1\"")
        .replace("\"bin/fritzbox\"", "\"/bin/sh\"")
        .replace("run_ms = 5000", "run_ms = 0")
        .replace("\"/etc/hosts\"", "\"/\"")
        .replace("action = \"hosts\"", "action = \"hots\"");
    assert_eq!(
        findings(&text),
        [
            "1:1 missing-key: missing key `name`",
            "2:1 unknown-key: unknown key `nme` (Did you mean `name`?)",
            "3:11 bad-version: `1` is no version: unexpected end of input while parsing major version number (Write three numbers, such as `1.2.0` or `1.2.0-rc.1`.)",
            "9:12 outside-folder: the program `/bin/sh` lies outside the tool's folder (Put it into the folder, or name it without a path to take it from PATH.)",
            "13:10 out-of-range: 0 is outside 1 to 86400000",
            "16:9 bad-grant: the grant `/` is the whole machine",
            "31:10 unknown-action: `hots` is no action of this tool (Did you mean `hosts`?)"
        ]
    );
}
