//! `config`: layers, their origins and what does not fit.

use insta::assert_snapshot;

use crate::scene::Lab;

/// A configuration with nested keys, defaults and a secret.
const SCHEMA: &str = r#"{
  "type": "object", "additionalProperties": false, "required": ["host"],
  "properties": {
    "depth": { "type": "integer", "minimum": 1, "default": 3, "description": "How deep to look." },
    "host": { "type": "string", "description": "Whom to ask." },
    "pin": { "type": "string", "writeOnly": true, "description": "What opens it." },
    "router": { "type": "object", "properties": {
      "port": { "type": "integer", "default": 80 }, "name": { "type": "string" } } }
  }
}"#;

/// A lab whose tool `echo` answers with the configuration it was given.
fn lab() -> Lab {
    let lab = Lab::new();
    let script = "read -r line; config=${line#*'\"config\":'}\n\
                  printf '{\"data\":{\"config\":%s}}\\n' \"${config%%,'\"context'*}\"";
    lab.tool("echo", script, "config = \"config.json\"");
    lab.write("lab/tools/echo/config.json", SCHEMA);
    lab
}

#[test]
fn the_strongest_layer_wins_and_every_value_says_where_it_is_from() {
    let lab = lab();
    assert_snapshot!(lab.play("
        ai-lab-framework config list
        ai-lab-framework tool run echo.go
        ai-lab-framework config set echo host nas --lab
        ai-lab-framework config set echo router.port 8080 --lab
        cat config/tools/echo.toml
        ai-lab-framework config set echo router.name 0815
        AI_LAB_CONFIG_ECHO_DEPTH=5 AI_LAB_CONFIG_ECHO_ROUTER__PORT=81 ai-lab-framework config list echo
        AI_LAB_CONFIG_ECHO_DEPTH=5 ai-lab-framework tool run echo.go --config router.port=82 --config host=box
        ai-lab-framework config get echo router.name
        ai-lab-framework config get echo router
        ai-lab-framework config get echo depth --json
        AI_LAB_CONFIG_ECHO_DEPTH=5 ai-lab-framework config set echo depth 4
        ai-lab-framework config unset echo router.name
        ai-lab-framework config unset echo router.port --lab
        cat config/tools/echo.toml
        ai-lab-framework config list echo --json
    "), @r#"
    $ ai-lab-framework config list
    echo
    key          value  from      default  what it is for
    depth        3      default   3        How deep to look.
    host         –      –         –        Whom to ask.
    pin          –      a secret  –        What opens it.
    router.name  –      –         –
    router.port  80     default   80
    ✗ missing key `host`
    exit 3

    $ ai-lab-framework tool run echo.go
    2> ✗ echo.go: the configuration does not fit: missing key `host`; `ai-lab-framework config list echo` shows every value and its origin (config)  recorded as ID
    exit 3

    $ ai-lab-framework config set echo host nas --lab
    ✓ echo: host = "nas" for the lab
    exit 0

    $ ai-lab-framework config set echo router.port 8080 --lab
    ✓ echo: router.port = 8080 for the lab
    exit 0

    $ cat config/tools/echo.toml
    host = "nas"

    [router]
    port = 8080
    exit 0

    $ ai-lab-framework config set echo router.name 0815
    ✓ echo: router.name = "0815" for you
    exit 0

    $ AI_LAB_CONFIG_ECHO_DEPTH=5 AI_LAB_CONFIG_ECHO_ROUTER__PORT=81 ai-lab-framework config list echo
    echo
    key          value   from                              default  what it is for
    depth        5       $AI_LAB_CONFIG_ECHO_DEPTH         3        How deep to look.
    host         "nas"   the lab                           –        Whom to ask.
    pin          –       a secret                          –        What opens it.
    router.name  "0815"  the user                          –
    router.port  81      $AI_LAB_CONFIG_ECHO_ROUTER__PORT  80
    exit 0

    $ AI_LAB_CONFIG_ECHO_DEPTH=5 ai-lab-framework tool run echo.go --config router.port=82 --config host=box
    config
      depth  5
      host   box
      router
        name  0815
        port  82
    2> ✓ echo.go in TIME  recorded as ID
    exit 0

    $ ai-lab-framework config get echo router.name
    0815
    exit 0

    $ ai-lab-framework config get echo router
    router.name = "0815"
    router.port = 8080
    exit 0

    $ ai-lab-framework config get echo depth --json
    {
      "findings": [],
      "format": 1,
      "keys": [
        {
          "default": 3,
          "description": "How deep to look.",
          "key": "depth",
          "origin": {
            "layer": "default"
          },
          "secret": false,
          "value": 3
        }
      ],
      "tool": "echo"
    }
    exit 0

    $ AI_LAB_CONFIG_ECHO_DEPTH=5 ai-lab-framework config set echo depth 4
    ✓ echo: depth = 4 for you
    2> ! $AI_LAB_CONFIG_ECHO_DEPTH sets it as well, and goes first
    exit 0

    $ ai-lab-framework config unset echo router.name
    ✓ echo: router.name is no longer set for you
    exit 0

    $ ai-lab-framework config unset echo router.port --lab
    ✓ echo: router.port is no longer set for the lab
    exit 0

    $ cat config/tools/echo.toml
    host = "nas"

    [router]
    exit 0

    $ ai-lab-framework config list echo --json
    {
      "format": 1,
      "tools": [
        {
          "tool": "echo",
          "keys": [
            {
              "key": "depth",
              "value": 4,
              "origin": {
                "layer": "user"
              },
              "default": 3,
              "description": "How deep to look.",
              "secret": false
            },
            {
              "key": "host",
              "value": "nas",
              "origin": {
                "layer": "lab"
              },
              "default": null,
              "description": "Whom to ask.",
              "secret": false
            },
            {
              "key": "pin",
              "value": null,
              "origin": null,
              "default": null,
              "description": "What opens it.",
              "secret": true
            },
            {
              "key": "router.name",
              "value": null,
              "origin": null,
              "default": null,
              "description": "",
              "secret": false
            },
            {
              "key": "router.port",
              "value": 80,
              "origin": {
                "layer": "default"
              },
              "default": 80,
              "description": "",
              "secret": false
            }
          ],
          "findings": []
        }
      ],
      "problems": []
    }
    exit 0
    "#);
}

#[test]
fn what_does_not_fit_is_refused_before_it_is_written() {
    let lab = lab();
    assert_snapshot!(lab.play("
        ai-lab-framework config set echo depth 0
        ai-lab-framework config set echo depht 1
        ai-lab-framework config set echo pin 0000
        ai-lab-framework config set echo a..b 1
        ai-lab-framework config set ecko depth 1
        ai-lab-framework config get echo hots
        ai-lab-framework config get echo host
        ai-lab-framework config unset echo depth
        cd /; ai-lab-framework config set echo depth 4 --lab
        AI_LAB_CONFIG_ECHO_DEPHT=1 ai-lab-framework tool run echo.go
        mkdir -p config/tools; echo 'depth = \"deep\"' >config/tools/echo.toml; ai-lab-framework tool run echo.go --config host=nas
        ai-lab-framework config list echo
        echo 'depth = ' >config/tools/echo.toml; ai-lab-framework tool run echo.go
        ai-lab-framework config set echo depth 4 --lab
        ai-lab-framework tool run echo.go --config depth
        ls ../home/.ai-lab
    "), @r#"
    $ ai-lab-framework config set echo depth 0
    2> error: the configuration of `echo` would not fit
    2>   because `depth` from the user: 0 is less than 1
    2> hint: `ai-lab-framework config list echo` shows every key; a secret is kept by `ai-lab-framework secret set`.
    exit 11

    $ ai-lab-framework config set echo depht 1
    2> error: the configuration of `echo` would not fit
    2>   because `depht` from the user: unknown key `depht`; did you mean `depth`
    2> hint: `ai-lab-framework config list echo` shows every key; a secret is kept by `ai-lab-framework secret set`.
    exit 11

    $ ai-lab-framework config set echo pin 0000
    2> error: the configuration of `echo` would not fit
    2>   because `pin` from the user: it is a secret, and configuration is no place for one: `ai-lab-framework secret set` keeps it
    2> hint: `ai-lab-framework config list echo` shows every key; a secret is kept by `ai-lab-framework secret set`.
    exit 11

    $ ai-lab-framework config set echo a..b 1
    2> error: `a..b` is no key: names joined by `.`, at most 8 of them and 256 bytes
    exit 2

    $ ai-lab-framework config set ecko depth 1
    2> error: there is no tool `ecko`
    2> hint: Did you mean `echo`?
    exit 4

    $ ai-lab-framework config get echo hots
    2> error: tool `echo` has no key `hots`
    2> hint: Did you mean `host`?
    exit 4

    $ ai-lab-framework config get echo host
    2> error: the configuration of `echo` does not fit: missing key `host`
    2> hint: `ai-lab-framework config list echo` shows all of it.
    exit 3

    $ ai-lab-framework config unset echo depth
    2> error: tool `echo` has no key `depth`
    2> hint: `ai-lab-framework config list echo` shows its keys.
    exit 4

    $ cd /; ai-lab-framework config set echo depth 4 --lab
    2> error: there is no tool `echo`
    2> hint: This folder belongs to no lab: go to one, or make one with `ai-lab init DIR`.
    exit 4

    $ AI_LAB_CONFIG_ECHO_DEPHT=1 ai-lab-framework tool run echo.go
    2> ✗ echo.go: the configuration does not fit: `AI_LAB_CONFIG_ECHO_DEPHT`: it names no key of this tool; did you mean `AI_LAB_CONFIG_ECHO_DEPTH`; `ai-lab-framework config list echo` shows every value and its origin (config)  recorded as ID
    exit 3

    $ mkdir -p config/tools; echo 'depth = "deep"' >config/tools/echo.toml; ai-lab-framework tool run echo.go --config host=nas
    2> ✗ echo.go: the configuration does not fit: `depth` from the lab: expected a whole number, found the text `deep`; `ai-lab-framework config list echo` shows every value and its origin (config)  recorded as ID
    exit 3

    $ ai-lab-framework config list echo
    echo
    key          value   from      default  what it is for
    depth        "deep"  the lab   3        How deep to look.
    host         –       –         –        Whom to ask.
    pin          –       a secret  –        What opens it.
    router.name  –       –         –
    router.port  80      default   80
    ✗ `depth` from the lab: expected a whole number, found the text `deep`
    ✗ missing key `host`
    exit 3

    $ echo 'depth = ' >config/tools/echo.toml; ai-lab-framework tool run echo.go
    2> error: /lab/config/tools/echo.toml is no configuration
    2>   because line 1 is no TOML: string values must be quoted, expected literal string
    2> hint: `ai-lab-framework config edit echo --lab` opens it and checks what you write.
    exit 3

    $ ai-lab-framework config set echo depth 4 --lab
    2> error: /lab/config/tools/echo.toml is no configuration
    2>   because line 1 is no TOML: string values must be quoted, expected literal string
    2> hint: `ai-lab-framework config edit echo --lab` opens it and checks what you write.
    exit 3

    $ ai-lab-framework tool run echo.go --config depth
    2> error: `depth` is no KEY=VALUE
    2> hint: Give it as `--config router.host=nas`.
    exit 2

    $ ls ../home/.ai-lab
    cache
    framework.db
    framework.db-shm
    framework.db-wal
    framework.db.lock
    framework.reserve
    gate
    exit 0
    "#);
}

#[test]
fn an_editor_is_offered_every_key_and_a_mistake_loses_nothing() {
    let lab = lab();
    assert_snapshot!(lab.play(r#"
        EDITOR=cat ai-lab-framework config edit echo
        EDITOR='sed -i s/^#.host.=/host="nas"/' ai-lab-framework config edit echo
        EDITOR='sed -i s/nas/box/' ai-lab-framework config edit echo
        EDITOR='sed -i s/^host/hots/' ai-lab-framework config edit echo 2>&1 | sed 's/echo-[0-9]*/echo-PID/'
        tail -n 2 ../home/.ai-lab/edit/*.toml
        EDITOR='sed -i $atag=' ai-lab-framework config edit echo 2>&1 | grep -v kept
        EDITOR=false ai-lab-framework config edit echo 2>&1 | grep -v kept
        EDITOR=nowhere ai-lab-framework config edit echo
        EDITOR='sed -i s/^#.depth.=/depth=/' ai-lab-framework config edit echo --lab
        echo 'depth = ' >config/tools/echo.toml; EDITOR='sed -i s/=.*/=7/' ai-lab-framework config edit echo --lab
        ai-lab-framework config get echo
    "#), @r#"
    $ EDITOR=cat ai-lab-framework config edit echo
    # What can be set; take the `#` away to set it.

    # How deep to look.
    # depth = 3

    # Whom to ask.
    # host =

    # What opens it.
    # pin is a secret: `ai-lab-framework secret set` keeps it.

    # router.name =

    # router.port = 80

    2> nothing was changed
    exit 0

    $ EDITOR='sed -i s/^#.host.=/host="nas"/' ai-lab-framework config edit echo
    ✓ echo: host = "nas" for you
    exit 0

    $ EDITOR='sed -i s/nas/box/' ai-lab-framework config edit echo
    ✓ echo: host = "box" for you
    exit 0

    $ EDITOR='sed -i s/^host/hots/' ai-lab-framework config edit echo 2>&1 | sed 's/echo-[0-9]*/echo-PID/'
    error: the configuration of `echo` would not fit
      because `hots` from the user: unknown key `hots`; did you mean `host`
    hint: What you wrote is kept in /home/.ai-lab/edit/echo-PID.toml.
    exit 0

    $ tail -n 2 ../home/.ai-lab/edit/*.toml

    hots = "box"
    exit 0

    $ EDITOR='sed -i $atag=' ai-lab-framework config edit echo 2>&1 | grep -v kept
    error: the text is no configuration
      because line 14 is no TOML: string values must be quoted, expected literal string
    exit 0

    $ EDITOR=false ai-lab-framework config edit echo 2>&1 | grep -v kept
    error: the editor `false` ended with exit status: 1: nothing was changed
    exit 0

    $ EDITOR=nowhere ai-lab-framework config edit echo
    2> error: cannot start the editor `nowhere`
    2>   because No such file or directory (os error 2)
    2> hint: Set EDITOR to the editor you use.
    exit 8

    $ EDITOR='sed -i s/^#.depth.=/depth=/' ai-lab-framework config edit echo --lab
    ✓ echo: depth = 3 for the lab
    exit 0

    $ echo 'depth = ' >config/tools/echo.toml; EDITOR='sed -i s/=.*/=7/' ai-lab-framework config edit echo --lab
    ✓ echo: depth = 7 for the lab
    exit 0

    $ ai-lab-framework config get echo
    depth = 7
    host = "box"
    router.port = 80
    exit 0
    "#);
}

#[test]
fn a_tool_without_a_schema_takes_what_it_is_given() {
    let lab = Lab::new();
    assert_snapshot!(lab.play("
        ai-lab-framework config list
        ai-lab-framework config list probe
        ai-lab-framework config set probe colours '[1, 2]'
        AI_LAB_CONFIG_PROBE_A__B=x ai-lab-framework config list
    "), @r#"
    $ ai-lab-framework config list
    2> no tool has anything to configure
    exit 0

    $ ai-lab-framework config list probe
    probe
      nothing to configure
    exit 0

    $ ai-lab-framework config set probe colours '[1, 2]'
    ✓ probe: colours = [1,2] for you
    exit 0

    $ AI_LAB_CONFIG_PROBE_A__B=x ai-lab-framework config list
    probe
    key      value  from                       default  what it is for
    a.b      "x"    $AI_LAB_CONFIG_PROBE_A__B  –
    colours  [1,2]  the user                   –
    exit 0
    "#);
}
