//! The manifest part of the catalogue of bad input (M1 to M24). What needs a file system (2, 3, 10, 14,
//! 15, 22, 23) is tested where files are read.

use std::path::Path;

use super::*;

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
#[expect(clippy::too_many_lines, reason = "one table")]
fn m1_to_m9_the_text_and_its_keys() {
    check(&[
        // M5
        (
            "input = { type = \"object\" }",
            &format!("input = {}1{}", "[".repeat(100), "]".repeat(100)),
            &["35:89 syntax: the TOML nests too deep"],
        ),
        // M6
        (
            "version =",
            "verson =",
            &[
                "1:1 missing-key: missing key `version`",
                "3:1 unknown-key: unknown key `verson` (Did you mean `version`?)",
            ],
        ),
        (
            "run_ms",
            "run-ms",
            &["13:1 unknown-key: unknown key `run-ms` (Did you mean `run_ms`?)"],
        ),
        (
            "[limits]",
            "[limit]",
            &["12:2 unknown-key: unknown key `limit` (Did you mean `limits`?)"],
        ),
        (
            "read_only",
            "readonly",
            &["37:1 unknown-key: unknown key `readonly` (Did you mean `read_only`?)"],
        ),
        (
            "last_good_s = 60",
            "last_god_s = 60",
            &["28:1 unknown-key: unknown key `last_god_s` (Did you mean `last_good_s`?)"],
        ),
        (
            "contract = 1",
            "contract = 1\ncolour = \"red\"",
            &["2:1 unknown-key: unknown key `colour`"],
        ),
        // M7
        (
            "name = \"fritzbox\"\n",
            "",
            &["1:1 missing-key: missing key `name`"],
        ),
        (
            "command = [\"bin/fritzbox\", \"--serve\"]\n",
            "",
            &["8:2 missing-key: missing key `command`"],
        ),
        (
            "attempts = 3\n",
            "",
            &["22:2 missing-key: missing key `attempts`"],
        ),
        (
            "last_good_s = 60\n",
            "",
            &[
                "27:1 bad-value: fits none of the 2 allowed forms: missing key `action`; or: missing key `last_good_s`",
            ],
        ),
        (
            "output = \"schemas/hosts.output.json\"\n",
            "",
            &["33:10 missing-key: missing key `output`"],
        ),
        // M8
        (
            "name = \"fritzbox\"",
            "name = 3",
            &["2:8 wrong-type: expected text, found the number 3"],
        ),
        (
            "name = \"fritzbox\"",
            "name = 2026-01-01",
            &["2:8 wrong-type: `2026-01-01` is a date: write it as text, in quotes"],
        ),
        (
            "[\"bin/fritzbox\", \"--serve\"]",
            "\"bin/fritzbox\"",
            &["9:11 wrong-type: expected a list, found the text `bin/fritzbox`"],
        ),
        (
            "\"--serve\"",
            "7",
            &["9:28 wrong-type: expected text, found the number 7"],
        ),
        (
            "read_only = true",
            "read_only = \"yes\"",
            &["37:13 wrong-type: expected true or false, found the text `yes`"],
        ),
        (
            "output = \"schemas/hosts.output.json\"",
            "output = 3",
            &["36:10 wrong-type: expected text or an object, found the number 3"],
        ),
        (
            "framework = \">=0.1, <1\"",
            "framework = 1",
            &["5:13 wrong-type: expected text, found the number 1"],
        ),
        (
            "framework = \">=0.1, <1\"",
            "profile = \"prodution\"",
            &[
                "5:11 bad-value: `prodution` is none of `experimental`, `standard` or `production` (Did you mean `production`?)",
            ],
        ),
        (
            "[run]\n",
            "[run]\nkind = \"deamon\"\n",
            &["9:8 bad-value: `deamon` is none of `exec`, `worker` or `mcp`"],
        ),
        // M9
        (
            "name = \"fritzbox\"",
            "name = \"fritzbox\"\nname = \"other\"",
            &["3:1 duplicate: the key `name` is there twice (The first one is on line 2.)"],
        ),
        (
            "[actions.reboot]",
            "[actions.hosts]",
            &["39:10 duplicate: the action `hosts` is there twice (The first one is on line 33.)"],
        ),
        (
            "[grants]",
            "[limits]\n[grants]",
            &["15:2 duplicate: the table `[limits]` is there twice (The first one is on line 12.)"],
        ),
        (
            "LANG = \"C\"",
            "LANG = \"C\", LANG = \"D\"",
            &["10:29 duplicate: the key `LANG` is there twice"],
        ),
        (
            "name = \"fritzbox\"",
            "name = \"fritzbox",
            &["2:17 syntax: no TOML: invalid basic string, expected `\"`"],
        ),
        (
            "[run]",
            "[run",
            &["8:5 syntax: no TOML: unclosed table, expected `]`"],
        ),
        (
            "tags = [\"router\"]",
            "tags = [\"router\"",
            &["8:1 syntax: no TOML: missing comma between array elements, expected `,`"],
        ),
    ]);
    assert_eq!(
        findings(""),
        [
            "1:1 missing-key: missing key `actions`",
            "1:1 missing-key: missing key `contract`",
            "1:1 missing-key: missing key `description`",
            "1:1 missing-key: missing key `name`",
            "1:1 missing-key: missing key `run`",
            "1:1 missing-key: missing key `version`"
        ]
    );
    assert_eq!(
        findings("\n# nothing\n"),
        [
            "1:1 missing-key: missing key `actions`",
            "1:1 missing-key: missing key `contract`",
            "1:1 missing-key: missing key `description`",
            "1:1 missing-key: missing key `name`",
            "1:1 missing-key: missing key `run`",
            "1:1 missing-key: missing key `version`"
        ]
    );
    assert_eq!(
        findings("\u{FEFF}"),
        ["1:1 syntax: the manifest begins with a byte order mark (Save it as UTF-8 without one.)"]
    );
    assert_eq!(
        findings(&format!("# {}", "a".repeat(MANIFEST_BYTES))),
        ["1:1 too-long: the manifest is longer than 262144 bytes"]
    );
}

#[test]
#[expect(clippy::too_many_lines, reason = "one table")]
fn m11_to_m13_names_and_versions() {
    check(&[
        (
            "\"fritzbox\"",
            "\"a/b\"",
            &["2:8 bad-name: `a/b` is no tool name: 1 to 32 of a-z, 0-9, `_`, `-`, a letter first"],
        ),
        (
            "\"fritzbox\"",
            "\"..\"",
            &["2:8 bad-name: `..` is no tool name: 1 to 32 of a-z, 0-9, `_`, `-`, a letter first"],
        ),
        (
            "\"fritzbox\"",
            "\"a\\u0007b\"",
            &[
                "2:8 bad-name: `a\\u{7}b` is no tool name: 1 to 32 of a-z, 0-9, `_`, `-`, a letter first",
            ],
        ),
        (
            "\"fritzbox\"",
            "\"\\u202Exobztirf\"",
            &[
                "2:8 bad-name: `\\u{202e}xobztirf` is no tool name: 1 to 32 of a-z, 0-9, `_`, `-`, a letter first",
            ],
        ),
        (
            "\"fritzbox\"",
            "\"fr\u{456}tzbox\"",
            &[
                "2:8 bad-name: `frіtzbox` is no tool name: 1 to 32 of a-z, 0-9, `_`, `-`, a letter first",
            ],
        ),
        (
            "\"fritzbox\"",
            &format!("\"{}\"", "f".repeat(300)),
            &[
                "2:8 bad-name: `ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff…` is no tool name: 1 to 32 of a-z, 0-9, `_`, `-`, a letter first",
            ],
        ),
        (
            "\"fritzbox\"",
            "\"\"",
            &["2:8 bad-name: `` is no tool name: 1 to 32 of a-z, 0-9, `_`, `-`, a letter first"],
        ),
        (
            "\"fritzbox\"",
            "\"help\"",
            &["2:8 bad-name: the tool name `help` is reserved"],
        ),
        (
            "[actions.hosts]",
            "[actions.Hosts]",
            &[
                "31:10 unknown-action: `hosts` is no action of this tool (Did you mean `Hosts`?)",
                "33:10 bad-name: `Hosts` is no action name: 1 to 24 of a-z, 0-9, `_`, `-`, a letter first",
            ],
        ),
        (
            "[actions.reboot]",
            "[actions.\"../reboot\"]",
            &[
                "39:10 bad-name: `../reboot` is no action name: 1 to 24 of a-z, 0-9, `_`, `-`, a letter first",
            ],
        ),
        (
            "\"1.2.0\"",
            "\"1.2\"",
            &[
                "3:11 bad-version: `1.2` is no version: unexpected end of input while parsing minor version number (Write three numbers, such as `1.2.0` or `1.2.0-rc.1`.)",
            ],
        ),
        (
            "\"1.2.0\"",
            "\"v1.2.0\"",
            &[
                "3:11 bad-version: `v1.2.0` is no version: unexpected character 'v' while parsing major version number (Write three numbers, such as `1.2.0` or `1.2.0-rc.1`.)",
            ],
        ),
        (
            "\"1.2.0\"",
            "\"01.2.0\"",
            &[
                "3:11 bad-version: `01.2.0` is no version: invalid leading zero in major version number (Write three numbers, such as `1.2.0` or `1.2.0-rc.1`.)",
            ],
        ),
        (
            "\">=0.1, <1\"",
            "\"about one\"",
            &[
                "5:13 bad-version: `about one` is no range of versions: unexpected character 'a' while parsing major version number (Write it as `>=0.1, <1`.)",
            ],
        ),
        (
            "contract = 1",
            "contract = 2",
            &[
                "1:12 contract: the manifest follows contract 2, this framework speaks 1 (Update the framework, or take the tool's version for this contract.)",
            ],
        ),
        (
            "contract = 1",
            "contract = 0",
            &["1:12 out-of-range: 0 is outside 1 to 1"],
        ),
        (
            "action = \"hosts\"",
            "action = \"host\"",
            &["31:10 unknown-action: `host` is no action of this tool (Did you mean `hosts`?)"],
        ),
        (
            "action = \"hosts\"",
            "action = \"zzz\"",
            &["31:10 unknown-action: `zzz` is no action of this tool (It has: hosts, reboot.)"],
        ),
        (
            "last_good_s = 60",
            "action = \"rebot\"",
            &["28:10 unknown-action: `rebot` is no action of this tool (Did you mean `reboot`?)"],
        ),
        (
            "\"router-password\"",
            "\"router password\"",
            &[
                "20:12 bad-name: `router password` is no name of a secret: 1 to 64 of letters, digits, `_`, `-`, `.`",
            ],
        ),
        (
            "\"TZ\"",
            "\"1TZ\"",
            &[
                "19:16 bad-variable: `1TZ` is no environment variable: letters, digits and `_`, no digit first",
            ],
        ),
        (
            "LANG =",
            "\"LA=NG\" =",
            &[
                "10:17 bad-variable: `LA=NG` is no environment variable: letters, digits and `_`, no digit first",
            ],
        ),
        (
            "\"TZ\"",
            "\"AI_LAB_HOME\"",
            &["19:16 bad-variable: the variable `AI_LAB_HOME` belongs to the framework"],
        ),
        (
            "LANG = \"C\"",
            "LANG = \"C\\u0000\"",
            &["10:17 bad-variable: the value of `LANG` contains a NUL"],
        ),
    ]);
}

#[test]
fn m14_commands_and_schema_files() {
    check(&[
        (
            "\"bin/fritzbox\"",
            "\"/usr/bin/env\"",
            &[
                "9:12 outside-folder: the program `/usr/bin/env` lies outside the tool's folder (Put it into the folder, or name it without a path to take it from PATH.)",
            ],
        ),
        (
            "\"bin/fritzbox\"",
            "\"bin/../../x\"",
            &["9:12 outside-folder: the program `bin/../../x` leaves the tool's folder"],
        ),
        (
            "\"bin/fritzbox\"",
            "\"..\"",
            &["9:12 outside-folder: the program `..` leaves the tool's folder"],
        ),
        (
            "\"bin/fritzbox\"",
            "\"~/bin/x\"",
            &["9:12 bad-command: the program `~/bin/x`: `~` is not expanded"],
        ),
        (
            "\"bin/fritzbox\"",
            "\"\"",
            &["9:12 bad-command: the program is empty"],
        ),
        (
            "\"--serve\"",
            "\"a\\u0000b\"",
            &["9:28 bad-command: a word of the command contains a NUL"],
        ),
        (
            "[\"bin/fritzbox\", \"--serve\"]",
            "[]",
            &["9:11 out-of-range: `run.command` has 0 words, allowed are 1 to 256"],
        ),
        (
            "schemas/hosts",
            "/schemas/hosts",
            &[
                "36:10 outside-folder: the schema file `/schemas/hosts.output.json` lies outside the tool's folder",
            ],
        ),
        (
            "schemas/hosts",
            "../hosts",
            &[
                "36:10 outside-folder: the schema file `../hosts.output.json` lies outside the tool's folder",
            ],
        ),
        (
            "\"schemas/hosts.output.json\"",
            "\"\"",
            &["36:10 bad-schema: the schema file `` has no name"],
        ),
    ]);
}

#[test]
#[expect(clippy::too_many_lines, reason = "one table")]
fn m17_to_m19_numbers_and_grants() {
    check(&[
        (
            "run_ms = 5000",
            "run_ms = 0",
            &["13:10 out-of-range: 0 is outside 1 to 86400000"],
        ),
        (
            "run_ms = 5000",
            "run_ms = -1",
            &["13:10 out-of-range: -1 is outside 1 to 86400000"],
        ),
        (
            "run_ms = 5000",
            "run_ms = nan",
            &["13:10 wrong-type: `nan` is not taken: a number must be finite"],
        ),
        (
            "run_ms = 5000",
            "run_ms = 1.5",
            &["13:10 wrong-type: expected a whole number, found the number 1.5"],
        ),
        (
            "run_ms = 5000",
            "run_ms = 1000000000000",
            &["13:10 out-of-range: 1000000000000 is outside 1 to 86400000"],
        ),
        (
            "run_ms = 5000",
            "run_ms = 99999999999999999999",
            &["13:10 wrong-type: `99999999999999999999` is no whole number of 64 bits"],
        ),
        (
            "run_ms = 5000",
            "run_ms = \"5s\"",
            &["13:10 wrong-type: expected a whole number, found the text `5s`"],
        ),
        (
            "max_backoff_ms = 1000",
            "max_backoff_ms = 50",
            &[
                "25:18 contradiction: `max_backoff_ms` (50) is less than `backoff_ms` (100), the first pause",
            ],
        ),
        (
            "\"/etc/hosts\"",
            "\"/\"",
            &["16:9 bad-grant: the grant `/` is the whole machine"],
        ),
        (
            "\"/etc/hosts\"",
            "\"//\"",
            &["16:9 bad-grant: the grant `//` is the whole machine"],
        ),
        (
            "\"/etc/hosts\"",
            "\"~/x\"",
            &[
                "16:9 bad-grant: the grant `~/x` is taken as it stands: `~` and `$` are not expanded",
            ],
        ),
        (
            "\"/etc/hosts\"",
            "\"$HOME\"",
            &[
                "16:9 bad-grant: the grant `$HOME` is taken as it stands: `~` and `$` are not expanded",
            ],
        ),
        (
            "\"/etc/hosts\"",
            "\"/home/me/.ai-lab/framework.db\"",
            &[
                "16:9 bad-grant: the grant `/home/me/.ai-lab/framework.db` reaches the framework's home",
            ],
        ),
        (
            "\"/etc/hosts\"",
            "\"../other\"",
            &["16:9 bad-grant: the grant `../other` goes up by `..`"],
        ),
        (
            "\"/etc/hosts\"",
            "\"/etc/*.conf\"",
            &[
                "16:9 bad-grant: the grant `/etc/*.conf` is taken as it stands: patterns are not expanded",
            ],
        ),
        (
            "\"/etc/hosts\"",
            "\"\"",
            &["16:9 bad-grant: the grant `` is empty"],
        ),
        (
            "\"/etc/hosts\"",
            "\"a\\nb\"",
            &["16:9 bad-grant: the grant `a\\nb` has a control character"],
        ),
        (
            "write = [\"data\"]",
            "write = [\".\"]",
            &[
                "17:10 bad-grant: the grant `.` would let the tool change its own `tool.toml` (Grant a folder of its own, such as `data`.)",
            ],
        ),
        (
            "write = [\"data\"]",
            "write = [\"bin\"]",
            &[
                "17:10 bad-grant: the grant `bin` would let the tool change its own `bin/fritzbox` (Grant a folder of its own, such as `data`.)",
            ],
        ),
        (
            "write = [\"data\"]",
            "write = [\"./schemas/\"]",
            &[
                "17:10 bad-grant: the grant `./schemas/` would let the tool change its own `schemas/hosts.output.json` (Grant a folder of its own, such as `data`.)",
            ],
        ),
        (
            "write = [\"data\"]",
            "write = [\"/\"]",
            &["17:10 bad-grant: the grant `/` is the whole machine"],
        ),
        (
            "[49000]",
            "[0]",
            &["18:8 out-of-range: 0 is outside 1 to 65535"],
        ),
        (
            "[49000]",
            "[65536]",
            &["18:8 out-of-range: 65536 is outside 1 to 65535"],
        ),
        (
            "[49000]",
            "[\"ssh\"]",
            &["18:8 wrong-type: expected a whole number, found the text `ssh`"],
        ),
        (
            "destructive = true",
            "destructive = true\nread_only = true",
            &["43:15 contradiction: the action `reboot` is both read-only and destructive"],
        ),
    ]);
}

#[test]
fn m21_texts_that_people_and_agents_read() {
    check(&[
        (
            "Asks the router.",
            "Asks\\u200B the router.",
            &[
                "4:15 hidden-characters: a hidden character: U+200B (Take it out: people and agents must read the same text.)",
            ],
        ),
        (
            "Asks the router.",
            "\\u001b[31mAsks",
            &[
                "4:15 hidden-characters: a hidden character: U+001B (Take it out: people and agents must read the same text.)",
            ],
        ),
        (
            "Lists the devices.",
            "\\u202Esecived",
            &[
                "34:15 hidden-characters: a hidden character: U+202E (Take it out: people and agents must read the same text.)",
            ],
        ),
        (
            "\"router\"",
            "\"rou\\u00ADter\"",
            &[
                "6:9 hidden-characters: a hidden character: U+00AD (Take it out: people and agents must read the same text.)",
            ],
        ),
        (
            "Asks the router.",
            "",
            &["4:15 out-of-range: `description` has 0 characters, allowed are 1 to 1000"],
        ),
        (
            "Asks the router.",
            "  ",
            &["4:15 bad-value: the text is blank"],
        ),
        (
            "Asks the router.",
            "Asks.\\n\\tThe router: \u{E4}\u{1F600}",
            &[],
        ),
    ]);
    let long = "a".repeat(1001);
    assert_eq!(
        with("Lists the devices.", &long),
        [
            "34:15 out-of-range: `actions.hosts.description` has 1001 characters, allowed are 1 to 1000"
        ]
    );
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
