//! M14 to M21: commands, files, numbers, grants and texts.

use super::*;

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
            "read = [\"/etc/hosts\", \"data\"]",
            "handoff = [\"notes.*\", \"notes\", \"*\"]",
            &[
                "16:23 bad-grant: `notes` names no action of a tool (Write `TOOL.ACTION`, or `TOOL.*` for all actions of one tool.)",
                "16:32 bad-grant: `*` names no action of a tool (Write `TOOL.ACTION`, or `TOOL.*` for all actions of one tool.)",
            ],
        ),
        (
            "tcp = [49000]",
            "hosts = [\"fritz.box:49000\", \"fritz.box\", \"*:80\"]",
            &[
                "18:29 bad-grant: `fritz.box` names no host with a port (Write `api.example.org:443`, `*.example.org:443`, `192.168.1.4:80` or `[fd00::4]:80`.)",
                "18:42 bad-grant: `*:80` names no host with a port (Write `api.example.org:443`, `*.example.org:443`, `192.168.1.4:80` or `[fd00::4]:80`.)",
            ],
        ),
        ("tcp = [49000]", "hosts = [\"fritz.box:49000\"]", &[]),
        (
            "tcp = [49000]",
            "tcp = []\nhosts = [\"*.fritz.box:49000\"]",
            &[],
        ),
        (
            "tcp = [49000]",
            "tcp = [49000]\nhosts = [\"fritz.box:49000\"]",
            &[
                "19:9 contradiction: `hosts` beside `tcp`, which grants its ports on every host (Take `tcp` out, and name each host with its port.)",
            ],
        ),
        (
            "tcp = [49000]",
            "hosts = [49000]",
            &["18:10 wrong-type: expected text, found the number 49000"],
        ),
        (
            "tcp = [49000]",
            "sockets = [{ name = \"docker\", path = \"/run/docker.sock\", get = [\"/containers/*/json\"] }]",
            &[],
        ),
        (
            "tcp = [49000]",
            "tcp = [49000]\nsockets = [{ name = \"a\", path = \"/run/a\", get = [\"/a\"] }]",
            &[
                "19:11 contradiction: `sockets` beside `tcp`: they are asked from a network of the tool's own (Take `tcp` out, and name each host with its port in `hosts`.)",
            ],
        ),
        (
            "tcp = [49000]",
            "sockets = [{ name = \"a.b\", path = \"run/../a\", get = [\"/*\", \"/a?b\"] }]",
            &[
                "18:21 bad-name: `a.b` is no name of a socket (Write 1 to 32 of a-z, 0-9 and `-`, a letter first and no `-` last.)",
                "18:35 bad-grant: `run/../a` is no path of a socket (Write an absolute path of at most 107 bytes, without `.`, `..`, `//` and control characters.)",
                "18:54 bad-grant: `/*` is no pattern of paths (Write `/containers/json` or `/containers/*/stats`: letters, digits, `.`, `_`, `~`, `-` between slashes, `*` for a whole segment that is not the first, no query.)",
                "18:60 bad-grant: `/a?b` is no pattern of paths (Write `/containers/json` or `/containers/*/stats`: letters, digits, `.`, `_`, `~`, `-` between slashes, `*` for a whole segment that is not the first, no query.)",
            ],
        ),
        (
            "tcp = [49000]",
            "sockets = [{ name = \"a\", path = \"/home/me/.ai-lab/a\", get = [] }, { name = \"a\", path = \"/b\", get = [7], post = 1 }]",
            &[
                "18:33 bad-grant: the grant `/home/me/.ai-lab/a` reaches the framework's home",
                "18:61 out-of-range: `get` has 0 patterns, allowed are 1 to 32",
                "18:76 duplicate: two sockets are named `a` (Name each by a word of its own: the tool asks for it by that.)",
                "18:101 wrong-type: expected text, found the number 7",
                "18:105 unknown-key: unknown key `post`",
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
