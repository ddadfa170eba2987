//! Tokens and lists of clients at the command line, and consent at a terminal.

use insta::assert_snapshot;

use crate::scene::Lab;

#[test]
fn tokens_are_made_listed_and_taken_back() {
    let lab = Lab::new();
    let made = lab.shell(
        "ai-lab-framework mcp token create laptop --tool probe.look --tool 'other*' --expires 90d",
    );
    let token = String::from_utf8(made.stdout).expect("text");
    let digits = token
        .trim()
        .strip_prefix("ail_")
        .expect("it is known by its beginning");
    assert!(
        digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()),
        "{token}"
    );
    assert_snapshot!(lab.play("
        ai-lab-framework mcp token create phone --expires 1s >/dev/null
        ai-lab-framework mcp token create desk --json | grep -v token
        ai-lab-framework mcp token list
        AI_LAB_CLOCK=2026-11-23T02:00:01Z ai-lab-framework mcp token list --json
        ai-lab-framework mcp token revoke lapdop
        ai-lab-framework mcp token revoke laptop
        ai-lab-framework mcp token create desk
        ai-lab-framework mcp token create 'a b'
        ai-lab-framework mcp token create x --tool 'Probe Look'
        ai-lab-framework mcp token create x --expires soon
        chmod 640 ../home/.ai-lab/access/tokens.json
        ai-lab-framework mcp token list
        rm ../home/.ai-lab/access/tokens.json
        ai-lab-framework mcp token list
    "), @r#"
    $ ai-lab-framework mcp token create phone --expires 1s >/dev/null
    2> for `phone` until 2026-11-23 02:00:01 UTC; it is not shown again
    exit 0

    $ ai-lab-framework mcp token create desk --json | grep -v token
    {
      "format": 1,
      "name": "desk",
      "tools": null,
      "created_at_ms": 1795399200000,
      "expires_at_ms": null,
      "expired": false
    }
    exit 0

    $ ai-lab-framework mcp token list
    token   for                 made     until
    desk    every tool          0 s ago  it is taken back
    laptop  probe.look, other*  0 s ago  2027-02-21 02:00:00
    phone   every tool          0 s ago  2026-11-23 02:00:01
    exit 0

    $ AI_LAB_CLOCK=2026-11-23T02:00:01Z ai-lab-framework mcp token list --json
    {
      "format": 1,
      "tokens": [
        {
          "name": "desk",
          "tools": null,
          "created_at_ms": 1795399200000,
          "expires_at_ms": null,
          "expired": false
        },
        {
          "name": "laptop",
          "tools": [
            "probe.look",
            "other*"
          ],
          "created_at_ms": 1795399200000,
          "expires_at_ms": 1803175200000,
          "expired": false
        },
        {
          "name": "phone",
          "tools": null,
          "created_at_ms": 1795399200000,
          "expires_at_ms": 1795399201000,
          "expired": true
        }
      ]
    }
    exit 0

    $ ai-lab-framework mcp token revoke lapdop
    2> error: there is no token `lapdop`
    2> hint: Did you mean `laptop`?
    exit 4

    $ ai-lab-framework mcp token revoke laptop
    ✓ `laptop` opens nothing any more
    exit 0

    $ ai-lab-framework mcp token create desk
    2> error: there is a token `desk` already
    2> hint: `ai-lab-framework mcp token revoke desk` takes that one back.
    exit 5

    $ ai-lab-framework mcp token create 'a b'
    2> error: `a b` is no name of a token: 1 to 64 of letters, digits, `-`, `_`, `.`
    exit 2

    $ ai-lab-framework mcp token create x --tool 'Probe Look'
    2> error: invalid value 'Probe Look' for '--tool <GLOB>': `Probe Look` names no tools: give TOOL or TOOL.ACTION, with `*` for any letters
    2> 
    2> For more information, try '--help'.
    exit 2

    $ ai-lab-framework mcp token create x --expires soon
    2> error: `soon` is no time to last
    2> hint: Give how long: 30m, 12h, 90d.
    exit 2

    $ chmod 640 ../home/.ai-lab/access/tokens.json
    exit 0

    $ ai-lab-framework mcp token list
    2> error: cannot use what the framework keeps of clients
    2>   because /home/.ai-lab/access/tokens.json can be reached by other accounts
    2> hint: `chmod go= /home/.ai-lab/access/tokens.json` makes it yours alone.
    exit 8

    $ rm ../home/.ai-lab/access/tokens.json
    exit 0

    $ ai-lab-framework mcp token list
    2> there is no token; `ai-lab-framework mcp token create NAME` makes one
    exit 0
    "#);
}

#[test]
fn lists_of_clients_are_shown_with_what_means_nothing_in_them() {
    let lab = Lab::new();
    let own = "[clients.opencode]\nallow = [\"prob\", \"probe.look\"]\n\n[clients.gemini-cli]\ndeny = [\"*.forget\"]\n\n[default]\nallow = []\n";
    assert_snapshot!(lab.play("ai-lab-framework mcp clients"), @r#"
    $ ai-lab-framework mcp clients
    2> every client may call everything; /home/.ai-lab/clients.toml can say otherwise
    exit 0
    "#);
    lab.write("home/.ai-lab/clients.toml", own);
    lab.write(
        "lab/config/clients.toml",
        "[default]\ndeny = [\"probe.forget\"]\n",
    );
    assert_snapshot!(lab.play("
        ai-lab-framework mcp clients
        ai-lab-framework mcp clients --json
    "), @r#"
    $ ai-lab-framework mcp clients
    client      may call          never         said in
    gemini-cli  everything        *.forget      /home/.ai-lab/clients.toml
    opencode    prob, probe.look  –             /home/.ai-lab/clients.toml
    any other   nothing           –             /home/.ai-lab/clients.toml
    any other   everything        probe.forget  /lab/config/clients.toml
    2> ! `prob` means no tool here; did you mean `probe`
    exit 0

    $ ai-lab-framework mcp clients --json
    {
      "format": 1,
      "clients": [
        {
          "client": "gemini-cli",
          "allow": null,
          "deny": [
            "*.forget"
          ],
          "file": "/home/.ai-lab/clients.toml"
        },
        {
          "client": "opencode",
          "allow": [
            "prob",
            "probe.look"
          ],
          "deny": [],
          "file": "/home/.ai-lab/clients.toml"
        },
        {
          "client": null,
          "allow": [],
          "deny": [],
          "file": "/home/.ai-lab/clients.toml"
        },
        {
          "client": null,
          "allow": null,
          "deny": [
            "probe.forget"
          ],
          "file": "/lab/config/clients.toml"
        }
      ],
      "unmatched": [
        {
          "pattern": "prob",
          "file": "/home/.ai-lab/clients.toml",
          "nearest": "probe"
        }
      ]
    }
    exit 0
    "#);
    lab.write(
        "lab/config/clients.toml",
        "[clients.opencode]\nallowed = [\"probe\"]\n",
    );
    assert_snapshot!(lab.play("ai-lab-framework mcp clients"), @r#"
    $ ai-lab-framework mcp clients
    2> error: /lab/config/clients.toml does not say what clients may call
    2>   because `clients.opencode.allowed`: unknown key `allowed`; did you mean `allow`
    2> hint: It has `[clients.NAME]` and `[default]`, each with the lists `allow` and `deny`.
    exit 3
    "#);
}

#[test]
fn a_person_at_the_terminal_is_asked_before_a_destructive_action_and_a_script_is_not() {
    let lab = Lab::new();
    let program = env!("CARGO_BIN_EXE_ai-lab-framework");
    let at_the_terminal = |answer: &str, more: &str| {
        let line = format!("echo {answer} | script -qec '{program} tool run {more}' /dev/null");
        let output = lab.shell(&line);
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        (output.status.code(), told)
    };
    let (code, told) = at_the_terminal("n", "probe.forget");
    assert_eq!(code, Some(18), "{told}");
    for line in [
        "would run probe.forget: Forgets all that was seen.",
        "input: {}",
        "may write: data",
        "It may destroy something. Run it? [y/N]",
        "nothing was run",
    ] {
        assert!(told.contains(line), "{line}: {told}");
    }
    let recorded = lab.shell("ai-lab-framework execution list --json");
    assert!(!String::from_utf8_lossy(&recorded.stdout).contains("forget"));
    for (answer, more) in [
        ("y", "probe.forget"),
        ("n", "probe.forget --yes"),
        ("n", "probe.look host=nas"),
    ] {
        let (code, told) = at_the_terminal(answer, more);
        assert_eq!(code, Some(0), "{more}: {told}");
        assert_eq!(told.contains("Run it?"), answer == "y", "{more}: {told}");
    }
    // What cannot run is told as always, and nobody is asked.
    let (code, told) = at_the_terminal("n", "probe.forget --input []");
    assert_eq!(
        (code, told.contains("Run it?")),
        (Some(11), false),
        "{told}"
    );
    assert_eq!(
        lab.shell("ai-lab-framework tool run probe.forget")
            .status
            .code(),
        Some(0)
    );
}
