//! M1 to M13 of the catalogue of bad manifests: the text, its keys, names and versions.

use super::*;

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
                "20:12 bad-name: `router password` is no name of a secret: 1 to 64 of letters, digits, `_`, `-`, `.`, a letter or digit first",
            ],
        ),
        (
            "\"router-password\"",
            "{ name = \"../x\", environment = \"1X\" }",
            &[
                "20:21 bad-name: `../x` is no name of a secret: 1 to 64 of letters, digits, `_`, `-`, `.`, a letter or digit first",
                "20:43 bad-variable: `1X` is no environment variable: letters, digits and `_`, no digit first",
            ],
        ),
        (
            "\"router-password\"",
            "{ name = \"router\", environment = \"AI_LAB_X\" }",
            &["20:45 bad-variable: the variable `AI_LAB_X` belongs to the framework"],
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
