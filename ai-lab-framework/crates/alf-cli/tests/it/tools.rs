//! `tool list`, `tool show`, `tool check`.

use insta::assert_snapshot;

use crate::scene::Lab;

#[test]
fn a_lab_without_tools_says_how_to_get_one() {
    let lab = Lab::empty();
    assert_snapshot!(lab.play("
        ai-lab-framework tool list
        ai-lab-framework tool list --json
        ai-lab-framework tool check
    "), @r#"
    $ ai-lab-framework tool list
    2> no tools here
    2> `ai-lab-framework tool new NAME` writes one.
    exit 0

    $ ai-lab-framework tool list --json
    {
      "format": 1,
      "tools": [],
      "problems": []
    }
    exit 0

    $ ai-lab-framework tool check
    2> 0 checked, 0 errors, 0 warnings
    exit 0
    "#);
}

#[test]
fn tools_are_listed_and_shown() {
    let lab = Lab::new();
    lab.tool("sketch", "", "profile = \"experimental\"");
    assert_snapshot!(lab.play("
        ai-lab-framework tool list
        ai-lab-framework tool list --profile experimental
        ai-lab-framework tool show probe
        ai-lab-framework tool show prob
    "), @r"
    $ ai-lab-framework tool list
    tool    version  profile       actions      from    description
    probe   1.2.3    standard      forget look  global  Looks at hosts.
    sketch  0.1.0    experimental  go           global  Plays sketch.
    exit 0

    $ ai-lab-framework tool list --profile experimental
    tool    version  profile       actions  from    description
    sketch  0.1.0    experimental  go       global  Plays sketch.
    exit 0

    $ ai-lab-framework tool show probe
    probe 1.2.3  standard, global
    Looks at hosts.

    probe.forget  destructive
      Forgets all that was seen.
    probe.look  read-only, idempotent
      Looks at one host.

    command      sh, run.sh
    digest       sha256:HASH
    environment  EDITOR
    folder       /lab/tools/probe
    hosts        –
    limits  TIME run, 1.0 MiB output, 256.0 KiB log
    reads        –
    secrets      –
    sockets      –
    tcp ports    –
    writes       data
    exit 0

    $ ai-lab-framework tool show prob
    2> error: there is no tool `prob`
    2> hint: Did you mean `probe`?
    exit 4
    ");
    assert_snapshot!(lab.play("
        ai-lab-framework tool list --json --profile experimental
        ai-lab-framework tool show sketch --json
        ai-lab-framework tool show prob --json
    "), @r#"
    $ ai-lab-framework tool list --json --profile experimental
    {
      "format": 1,
      "tools": [
        {
          "name": "sketch",
          "version": "0.1.0",
          "profile": "experimental",
          "kind": "exec",
          "origin": "global",
          "actions": [
            "go"
          ],
          "description": "Plays sketch.",
          "pinned": false,
          "validated": null
        }
      ],
      "problems": []
    }
    exit 0

    $ ai-lab-framework tool show sketch --json
    {
      "format": 1,
      "manifest": {
        "contract": 1,
        "name": "sketch",
        "version": "0.1.0",
        "description": "Plays sketch.",
        "profile": "experimental",
        "run": {
          "kind": "exec",
          "command": [
            "sh",
            "run.sh"
          ]
        },
        "limits": {
          "run_ms": 30000,
          "grace_ms": 1000,
          "output_bytes": 1048576,
          "log_bytes": 262144,
          "memory_bytes": 536870912,
          "processes": 64
        },
        "grants": {
          "read": [],
          "write": [],
          "tcp": [],
          "environment": [],
          "secrets": []
        },
        "actions": {
          "go": {
            "description": "Goes.",
            "input": {
              "type": "object"
            },
            "output": {
              "type": "object"
            },
            "read_only": false,
            "destructive": false,
            "idempotent": false,
            "open_world": false
          }
        }
      },
      "origin": {
        "kind": "global"
      },
      "folder": "/lab/tools/sketch",
      "manifest_path": "/lab/tools/sketch/tool.toml",
      "digest": "sha256:HASH",
      "not_loaded": null,
      "pinned": false,
      "validated": null
    }
    exit 0

    $ ai-lab-framework tool show prob --json
    {
      "format": 1,
      "error": {
        "class": "not_found",
        "message": "there is no tool `prob`",
        "causes": [],
        "hint": "Did you mean `probe`?"
      }
    }
    exit 4
    "#);
}

#[test]
fn a_broken_manifest_is_shown_where_it_is_wrong() {
    let lab = Lab::new();
    lab.tool("torn", "", "profil = \"standard\"\ntags = [\"a\", 7]");
    assert_snapshot!(lab.play("
        ai-lab-framework tool check
        ai-lab-framework tool check torn
        ai-lab-framework tool check probe
        ai-lab-framework tool check tron
        ai-lab-framework tool list
        ai-lab-framework tool run torn.go
    "), @r#"
    $ ai-lab-framework tool check
    unknown-key

      × unknown key `profil`
       ╭─[/lab/tools/torn/tool.toml:5:1]
     4 │ description = "Plays torn."
     5 │ profil = "standard"
       · ──────
     6 │ tags = ["a", 7]
       ╰────
      help: Did you mean `profile`?

    wrong-type

      × expected text, found the number 7
       ╭─[/lab/tools/torn/tool.toml:6:14]
     5 │ profil = "standard"
     6 │ tags = ["a", 7]
       ·              ─
     7 │ [run]
       ╰────

    no-readme

      ⚠ no README.md, which the profile standard asks for
       ╭─[/lab/tools/probe/tool.toml:1:1]
     1 │ contract = 1
       · ▲
     2 │ name = "probe"
       ╰────

    no-description

      ⚠ the input schema of the action `look` has properties without a description: `host`, `top`
        ╭─[/lab/tools/probe/tool.toml:22:1]
     21 │ 
     22 │ [actions.look.input]
        · ────────────────────
     23 │ type = "object"
        ╰────

    2> 2 checked, 2 errors, 2 warnings
    exit 3

    $ ai-lab-framework tool check torn
    unknown-key

      × unknown key `profil`
       ╭─[/lab/tools/torn/tool.toml:5:1]
     4 │ description = "Plays torn."
     5 │ profil = "standard"
       · ──────
     6 │ tags = ["a", 7]
       ╰────
      help: Did you mean `profile`?

    wrong-type

      × expected text, found the number 7
       ╭─[/lab/tools/torn/tool.toml:6:14]
     5 │ profil = "standard"
     6 │ tags = ["a", 7]
       ·              ─
     7 │ [run]
       ╰────

    2> 1 checked, 2 errors, 0 warnings
    exit 3

    $ ai-lab-framework tool check probe
    no-readme

      ⚠ no README.md, which the profile standard asks for
       ╭─[/lab/tools/probe/tool.toml:1:1]
     1 │ contract = 1
       · ▲
     2 │ name = "probe"
       ╰────

    no-description

      ⚠ the input schema of the action `look` has properties without a description: `host`, `top`
        ╭─[/lab/tools/probe/tool.toml:22:1]
     21 │ 
     22 │ [actions.look.input]
        · ────────────────────
     23 │ type = "object"
        ╰────

    2> 1 checked, 0 errors, 2 warnings
    exit 0

    $ ai-lab-framework tool check tron
    2> error: there is no tool `tron`
    2> hint: `ai-lab-framework tool list` shows the tools there are.
    exit 4

    $ ai-lab-framework tool list
    tool   version  profile   actions      from    description
    probe  1.2.3    standard  forget look  global  Looks at hosts.
    2> ! /lab/tools/torn/tool.toml:5:1: unknown key `profil` (Did you mean `profile`?), and 1 more
    exit 0

    $ ai-lab-framework tool run torn.go
    2> error: /lab/tools/torn/tool.toml:5:1: unknown key `profil` (Did you mean `profile`?), and 1 more
    2> hint: `ai-lab-framework tool check torn` names everything that is wrong.
    exit 3
    "#);
    assert_snapshot!(lab.play("
        ai-lab-framework tool check torn --json
    "), @r#"
    $ ai-lab-framework tool check torn --json
    {
      "format": 1,
      "tools": [
        {
          "file": "/lab/tools/torn/tool.toml",
          "findings": [
            {
              "severity": "error",
              "code": "unknown-key",
              "message": "unknown key `profil`",
              "help": "Did you mean `profile`?",
              "span": {
                "start": 73,
                "end": 79
              },
              "line": 5,
              "column": 1
            },
            {
              "severity": "error",
              "code": "wrong-type",
              "message": "expected text, found the number 7",
              "span": {
                "start": 106,
                "end": 107
              },
              "line": 6,
              "column": 14
            }
          ]
        }
      ],
      "problems": []
    }
    exit 3
    "#);
}

#[test]
fn a_warning_fails_only_where_it_is_asked_to() {
    let lab = Lab::empty();
    lab.tool("bare", "", "profile = \"production\"");
    assert_snapshot!(lab.play("
        ai-lab-framework tool check bare
        ai-lab-framework tool check bare --strict 2>&1 | tail -n 1
        ai-lab-framework tool check bare --strict >/dev/null
    "), @r#"
    $ ai-lab-framework tool check bare
    no-readme

      × no README.md, which the profile production asks for
       ╭─[/lab/tools/bare/tool.toml:5:11]
     4 │ description = "Plays bare."
     5 │ profile = "production"
       ·           ────────────
     6 │ [run]
       ╰────

    2> 1 checked, 1 error, 0 warnings
    exit 3

    $ ai-lab-framework tool check bare --strict 2>&1 | tail -n 1
    1 checked, 1 error, 0 warnings
    exit 0

    $ ai-lab-framework tool check bare --strict >/dev/null
    2> 1 checked, 1 error, 0 warnings
    exit 3
    "#);
}

#[test]
fn a_manifest_cannot_tell_the_terminal_what_to_do() {
    let lab = Lab::empty();
    lab.tool("sly", "", "tags = [\"\\u001b[2J\"]");
    lab.tool("bad\u{1b}[2Jname", "", "");
    assert_snapshot!(lab.play("
        ai-lab-framework tool list
        ai-lab-framework tool check
        ai-lab-framework doctor | grep '^. tools'
    "), @r#"
    $ ai-lab-framework tool list
    2> no tools here
    2> `ai-lab-framework tool new NAME` writes one.
    2> ! /lab/tools/bad\u{1b}[2Jname/tool.toml:2:12: no TOML: invalid basic string, expected non-double-quote visible characters, `\`
    2> ! /lab/tools/sly/tool.toml:5:9: a hidden character: U+001B (Take it out: people and agents must read the same text.)
    exit 0

    $ ai-lab-framework tool check
    syntax

      × no TOML: invalid basic string, expected non-double-quote visible characters, `\`
       ╭─[/lab/tools/bad\u{1b}[2Jname/tool.toml:2:12]
     1 │ contract = 1
     2 │ name = "bad?[2Jname"
       ·            ─
     3 │ version = "0.1.0"
       ╰────

    hidden-characters

      × a hidden character: U+001B
       ╭─[/lab/tools/sly/tool.toml:5:9]
     4 │ description = "Plays sly."
     5 │ tags = ["\u001b[2J"]
       ·         ───────────
     6 │ [run]
       ╰────
      help: Take it out: people and agents must read the same text.

    2> 2 checked, 2 errors, 0 warnings
    exit 3

    $ ai-lab-framework doctor | grep '^. tools'
    ! tools       0, and 2 with problems: /lab/tools/bad\u{1b}[2Jname/tool.toml:2:12: no TOML: invalid basic string, expected non-double-quote visible characters, `\`
    exit 0
    "#);
}

#[test]
fn tools_that_do_not_run_are_told_with_the_reason() {
    let lab = Lab::empty();
    lab.tool("twin", "", "");
    lab.tool("other", "", "");
    lab.shell("cp -r tools/twin ../home/.ai-lab/tools-copy 2>/dev/null; mkdir -p projects/nas/tools; cp -r tools/twin projects/nas/tools/twin");
    lab.tool("lost", "", "");
    lab.shell("sed -i 's/\"sh\", \"run.sh\"/\".\\/absent\"/' tools/lost/tool.toml");
    assert_snapshot!(lab.play("
        ai-lab-framework tool list
        ai-lab-framework tool check twin
        ai-lab-framework tool run twin.go
        ai-lab-framework tool show lost
        ai-lab-framework tool run lost.go
    "), @r"
    $ ai-lab-framework tool list
    tool   version  profile   actions  from    description
    lost   0.1.0    standard  go       global  Plays lost.
    other  0.1.0    standard  go       global  Plays other.
    2> ! the tool name `twin` is taken more than once, so none of them runs: /lab/projects/nas/tools/twin, /lab/tools/twin
    exit 0

    $ ai-lab-framework tool check twin
    ✗ the tool name `twin` is taken more than once, so none of them runs: /lab/projects/nas/tools/twin, /lab/tools/twin
    2> 0 checked, 1 error, 0 warnings
    exit 3

    $ ai-lab-framework tool run twin.go
    2> error: the tool name `twin` is taken more than once, so none of them runs: /lab/projects/nas/tools/twin, /lab/tools/twin
    2> hint: `ai-lab-framework tool check twin` names everything that is wrong.
    exit 3

    $ ai-lab-framework tool show lost
    lost 0.1.0  standard, global
    Plays lost.

    lost.go
      Goes.

    command      ./absent
    digest       –
    environment  –
    folder       /lab/tools/lost
    hosts        –
    limits  TIME run, 1.0 MiB output, 256.0 KiB log
    reads        –
    secrets      –
    sockets      –
    tcp ports    –
    writes       –
    2> ! cannot load the tool `lost`
    2> ! the tool `lost` cannot be started
    2> ! the program `./absent` is not there
    exit 0

    $ ai-lab-framework tool run lost.go
    2> error: cannot load the tool `lost`
    2>   because the tool `lost` cannot be started
    2>   because the program `./absent` is not there
    2> hint: `ai-lab-framework tool check lost` names everything that is wrong.
    exit 8
    ");
}

#[test]
fn a_new_tool_runs_at_once() {
    let lab = Lab::empty();
    assert_snapshot!(lab.play("
        ai-lab-framework tool new hello --language shell | grep hello$
        ai-lab-framework tool check hello --strict
        ai-lab-framework tool list
        ai-lab-framework tool new hello
        ai-lab-framework tool new Hello
        cd / && ai-lab-framework tool new everywhere --language shell --json | head -n 4
        cd / && ai-lab-framework tool list
        stat -c '%a %n' ../home/.ai-lab
        cd / && AI_LAB_HOME=/dev/null ai-lab-framework tool new nowhere --language shell
    "), @r#"
    $ ai-lab-framework tool new hello --language shell | grep hello$
    ✓ /lab/tools/hello
    2> `ai-lab-framework tool show hello` names its actions.
    exit 0

    $ ai-lab-framework tool check hello --strict
    ✓ /lab/tools/hello/tool.toml
    2> 1 checked, 0 errors, 0 warnings
    exit 0

    $ ai-lab-framework tool list
    tool   version  profile   actions  from    description
    hello  0.1.0    standard  hello    global  Says hello.
    exit 0

    $ ai-lab-framework tool new hello
    2> error: there is a tool `hello` already, in /lab/tools/hello
    exit 5

    $ ai-lab-framework tool new Hello
    2> error: invalid value 'Hello' for '<NAME>': `Hello` is no tool name: 1 to 32 of a-z, 0-9, `_`, `-`, a letter first
    2> 
    2> For more information, try '--help'.
    exit 2

    $ cd / && ai-lab-framework tool new everywhere --language shell --json | head -n 4
    {
      "format": 1,
      "name": "everywhere",
      "folder": "/home/.ai-lab/tools/everywhere",
    exit 0

    $ cd / && ai-lab-framework tool list
    tool        version  profile   actions  from  description
    everywhere  0.1.0    standard  hello    home  Says hello.
    exit 0

    $ stat -c '%a %n' ../home/.ai-lab
    700 ../home/.ai-lab
    exit 0

    $ cd / && AI_LAB_HOME=/dev/null ai-lab-framework tool new nowhere --language shell
    2> error: cannot make /dev/null
    2>   because File exists (os error 17)
    2> hint: Set AI_LAB_HOME to a folder you own.
    exit 8
    "#);
}

#[test]
fn a_promotion_that_does_not_fit_changes_nothing() {
    let lab = Lab::new();
    assert_snapshot!(lab.play("
        sed -i 's/^contract = 1/contract = 1\\nprofile = \"experimental\"/' tools/probe/tool.toml
        ai-lab-framework profile promote probe --to experimental
        ai-lab-framework profile promote probe --yes | sed -n 1,30p
        ai-lab-framework profile promote probe --json | tail -n 2
        grep profile tools/probe/tool.toml; ls -A tools
    "), @r#"
    $ sed -i 's/^contract = 1/contract = 1\nprofile = "experimental"/' tools/probe/tool.toml
    exit 0

    $ ai-lab-framework profile promote probe --to experimental
    2> error: cannot promote the tool `probe` to experimental
    2>   because the tool claims experimental already
    2> hint: `ai-lab-framework profile validate probe` says whether it keeps its rules.
    exit 2

    $ ai-lab-framework profile promote probe --yes | sed -n 1,30p
    probe: experimental → standard
    + P201 README.md gains a section Usage
    + P207 [retry]: 3 attempts of idempotent actions
    README.md
        @@ -1 +1,11 @@
        +# probe
        +Looks at hosts.
        +
        +## Usage
        +| action | what it does | effects |
        +|---|---|---|
        +| `probe.forget` | Forgets all that was seen. | may destroy something |
        +| `probe.look` | Looks at one host. | changes nothing; twice is the same as once |
         
        +`ai-lab-framework tool show probe` shows its actions, its limits and what it may reach; the schemas
        +of what each action takes and gives are named in `tool.toml`.
    tool.toml
        @@ -1,5 +1,5 @@
         contract = 1
        -profile = "experimental"
        +profile = "standard"
         name = "probe"
         version = "1.2.3"
         description = "Looks at hosts."
        @@ -31,3 +31,9 @@
         destructive = true
         input = { type = "object" }
         output = { type = "object" }
        +
        +# Calls of idempotent actions that fail with a retryable error are made again.
    2> ✗ probe does not fit standard: 8 findings
    2> nothing was changed: what is left is for you to mend
    exit 0

    $ ai-lab-framework profile promote probe --json | tail -n 2
      "written": false
    }
    exit 0

    $ grep profile tools/probe/tool.toml; ls -A tools
    profile = "experimental"
    probe
    exit 0
    "#);
}
