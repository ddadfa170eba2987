//! A client of the person's is connected, looked at, and disconnected.

use std::fs;

use insta::assert_snapshot;

use crate::scene::Lab;

const OPENCODE: &str = r#"{
  // Mine.
  "model": "local/small",
  "mcp": {
    "files": { "type": "local", "command": ["npx", "files"] } // theirs
  },
}
"#;

impl Lab {
    fn read(&self, relative: &str) -> String {
        fs::read_to_string(self.path(relative)).expect("a file")
    }
}

#[test]
fn a_client_is_connected_once_and_taken_away_without_a_trace() {
    let lab = Lab::new();
    lab.write("lab/opencode.jsonc", OPENCODE);
    lab.write("lab/AGENTS.md", "# Agents\n");
    assert_snapshot!(lab.play("
        ai-lab-framework connect opencode --dry-run
        ai-lab-framework connect opencode
        ai-lab-framework connect opencode
        cat AGENTS.md
    "), @r#"
    $ ai-lab-framework connect opencode --dry-run
    ~ /lab/opencode.jsonc: would be changed
        @@ -2,6 +2,12 @@
           // Mine.
           "model": "local/small",
           "mcp": {
        -    "files": { "type": "local", "command": ["npx", "files"] } // theirs
        +    "files": { "type": "local", "command": ["npx", "files"] }, // theirs
        +    "ai-lab": {
        +      "type": "local",
        +      "command": ["PROGRAM", "mcp", "serve", "--client", "opencode", "--lab", "/lab"],
        +      "enabled": true,
        +      "timeout": 120000
        +    }
           },
         }
    ~ /lab/AGENTS.md: would be changed
        @@ -1 +1,10 @@
         # Agents
        +
        +<!-- ai-lab-framework:begin (written by `ai-lab-framework connect`, your own text goes outside) -->
        +## Tools of this lab
        +
        +- The tools of the MCP server `ai-lab` are this lab's: checked, limited, and recorded. Use them rather than a shell for what they do.
      +- A call that takes longer than TIME answers with an execution id: ask `lab_result` for the rest. So does a long output.
        +- What destroys something first answers with a plan and a code. Show the plan to the person; pass the code as `confirm` only when they agree.
        +- `lab_session` with `do` = `show` tells where the work stopped; keep decisions and open points there with `do` = `note`.
        +<!-- ai-lab-framework:end -->
    2> nothing was written
    exit 0

    $ ai-lab-framework connect opencode
    ✓ /lab/opencode.jsonc: changed
    ✓ /lab/AGENTS.md: changed
      as it was: /lab/opencode.jsonc.20261123T020000Z.bak
    2> next: `opencode mcp list` starts the server and shows its state.
    exit 0

    $ ai-lab-framework connect opencode
    = /lab/opencode.jsonc: as it was
    = /lab/AGENTS.md: as it was
    2> next: `opencode mcp list` starts the server and shows its state.
    exit 0

    $ cat AGENTS.md
    # Agents

    <!-- ai-lab-framework:begin (written by `ai-lab-framework connect`, your own text goes outside) -->
    ## Tools of this lab

    - The tools of the MCP server `ai-lab` are this lab's: checked, limited, and recorded. Use them rather than a shell for what they do.
    - A call that takes longer than TIME answers with an execution id: ask `lab_result` for the rest. So does a long output.
    - What destroys something first answers with a plan and a code. Show the plan to the person; pass the code as `confirm` only when they agree.
    - `lab_session` with `do` = `show` tells where the work stopped; keep decisions and open points there with `do` = `note`.
    <!-- ai-lab-framework:end -->
    exit 0
    "#);
    assert_snapshot!(lab.play("
        ai-lab-framework connect opencode --remove --dry-run 2>&1 | sed -n 1,3p
        ai-lab-framework connect opencode --remove
        ai-lab-framework connect opencode --remove
        ls -A
    "), @r#"
    $ ai-lab-framework connect opencode --remove --dry-run 2>&1 | sed -n 1,3p
    ~ /lab/opencode.jsonc: would be changed
        @@ -2,12 +2,6 @@
           // Mine.
    exit 0

    $ ai-lab-framework connect opencode --remove
    ✓ /lab/opencode.jsonc: changed
    ✓ /lab/AGENTS.md: changed
      as it was: /lab/opencode.jsonc.20261123T020000Z-1.bak
    exit 0

    $ ai-lab-framework connect opencode --remove
    = /lab/opencode.jsonc: as it was
    = /lab/AGENTS.md: as it was
    exit 0

    $ ls -A
    AGENTS.md
    ai-lab.toml
    opencode.jsonc
    opencode.jsonc.20261123T020000Z-1.bak
    opencode.jsonc.20261123T020000Z.bak
    tools
    exit 0
    "#);
    assert_eq!(lab.read("lab/opencode.jsonc"), OPENCODE);
    assert_eq!(lab.read("lab/AGENTS.md"), "# Agents\n");
    assert_eq!(
        lab.read("lab/opencode.jsonc.20261123T020000Z.bak"),
        OPENCODE
    );
}

#[test]
fn each_client_has_its_file_in_the_lab_and_of_the_persons_own() {
    let lab = Lab::new();
    let mut screens = Vec::new();
    for client in ["opencode", "gemini-cli", "claude-code", "codex", "vscode"] {
        screens.push(lab.play(&format!("ai-lab-framework connect {client} 2>/dev/null")));
        screens.push(lab.play(&format!(
            "ai-lab-framework connect {client} --global 2>/dev/null"
        )));
    }
    assert_snapshot!(screens.join("\n"), @r#"
    $ ai-lab-framework connect opencode 2>/dev/null
    ✓ /lab/opencode.json: made
    ✓ /lab/AGENTS.md: made
    exit 0
    $ ai-lab-framework connect opencode --global 2>/dev/null
    ✓ /home/.config/opencode/opencode.json: made
    exit 0
    $ ai-lab-framework connect gemini-cli 2>/dev/null
    ✓ /lab/.gemini/settings.json: made
    ✓ /lab/GEMINI.md: made
    exit 0
    $ ai-lab-framework connect gemini-cli --global 2>/dev/null
    ✓ /home/.gemini/settings.json: made
    exit 0
    $ ai-lab-framework connect claude-code 2>/dev/null
    ✓ /lab/.mcp.json: made
    ✓ /lab/CLAUDE.md: made
    exit 0
    $ ai-lab-framework connect claude-code --global 2>/dev/null
    ✓ /home/.claude.json: made
    exit 0
    $ ai-lab-framework connect codex 2>/dev/null
    ✓ /lab/.codex/config.toml: made
    = /lab/AGENTS.md: as it was
    exit 0
    $ ai-lab-framework connect codex --global 2>/dev/null
    ✓ /home/.codex/config.toml: made
    exit 0
    $ ai-lab-framework connect vscode 2>/dev/null
    ✓ /lab/.vscode/mcp.json: made
    = /lab/AGENTS.md: as it was
    exit 0
    $ ai-lab-framework connect vscode --global 2>/dev/null
    ✓ /home/.config/Code/User/mcp.json: made
    exit 0
    "#);
    assert_snapshot!(lab.play("
        cat .gemini/settings.json
        cat .mcp.json
        cat .codex/config.toml
        cat .vscode/mcp.json
        cat ../home/.config/opencode/opencode.json
        stat -c '%a %n' .mcp.json ../home/.claude.json
    "), @r#"
    $ cat .gemini/settings.json
    {
      "mcpServers": {
        "ai-lab": {
          "command": "PROGRAM",
          "args": ["mcp", "serve", "--client", "gemini-cli", "--lab", "/lab"],
          "timeout": 120000
        }
      }
    }
    exit 0

    $ cat .mcp.json
    {
      "mcpServers": {
        "ai-lab": {
          "type": "stdio",
          "command": "PROGRAM",
          "args": ["mcp", "serve", "--client", "claude-code", "--lab", "/lab"],
          "timeout": 120000
        }
      }
    }
    exit 0

    $ cat .codex/config.toml
    [mcp_servers.ai-lab]
    command = "PROGRAM"
    args = ["mcp", "serve", "--client", "codex", "--lab", "/lab"]
    startup_timeout_sec = 30
    tool_timeout_sec = 120
    exit 0

    $ cat .vscode/mcp.json
    {
      "servers": {
        "ai-lab": {
          "type": "stdio",
          "command": "PROGRAM",
          "args": ["mcp", "serve", "--client", "vscode", "--lab", "/lab"]
        }
      }
    }
    exit 0

    $ cat ../home/.config/opencode/opencode.json
    {
      "$schema": "https://opencode.ai/config.json",
      "mcp": {
        "ai-lab": {
          "type": "local",
          "command": ["PROGRAM", "mcp", "serve", "--client", "opencode"],
          "enabled": true,
          "timeout": 120000
        }
      }
    }
    exit 0

    $ stat -c '%a %n' .mcp.json ../home/.claude.json
    644 .mcp.json
    600 ../home/.claude.json
    exit 0
    "#);
    for client in ["opencode", "gemini-cli", "claude-code", "codex", "vscode"] {
        lab.play(&format!("ai-lab-framework connect {client} --remove"));
        lab.play(&format!(
            "ai-lab-framework connect {client} --remove --global"
        ));
    }
    assert_snapshot!(lab.play("
        find . ../home -type f | grep -v '^./tools' | sort
        cat ../home/.ai-lab/connections.json
    "), @r#"
    $ find . ../home -type f | grep -v '^./tools' | sort
    ../home/.ai-lab/connections.json
    ../home/.profile
    ./ai-lab.toml
    exit 0

    $ cat ../home/.ai-lab/connections.json
    {
      "format": 1,
      "connections": [],
      "guides": []
    }
    exit 0
    "#);
}

#[test]
fn a_guide_stays_while_another_client_reads_it() {
    let lab = Lab::new();
    assert_snapshot!(lab.play("
        ai-lab-framework connect opencode 2>&1 | grep AGENTS
        ai-lab-framework connect codex 2>&1 | grep AGENTS
        ai-lab-framework connect opencode --remove
        ai-lab-framework connect codex --remove
        ai-lab-framework connect vscode --no-guide 2>/dev/null
    "), @r#"
    $ ai-lab-framework connect opencode 2>&1 | grep AGENTS
    ✓ /lab/AGENTS.md: made
    exit 0

    $ ai-lab-framework connect codex 2>&1 | grep AGENTS
    = /lab/AGENTS.md: as it was
    exit 0

    $ ai-lab-framework connect opencode --remove
    ✓ /lab/opencode.json: taken away
    exit 0

    $ ai-lab-framework connect codex --remove
    ✓ /lab/.codex/config.toml: taken away
    ✓ /lab/AGENTS.md: taken away
    exit 0

    $ ai-lab-framework connect vscode --no-guide 2>/dev/null
    ✓ /lab/.vscode/mcp.json: made
    exit 0
    "#);
}

#[test]
fn gemini_cli_is_trusted_only_when_told() {
    let lab = Lab::new();
    assert_snapshot!(lab.play("
        ai-lab-framework connect gemini-cli --no-guide
        ai-lab-framework connect gemini-cli --no-guide --trust --dry-run
        ai-lab-framework connect gemini-cli --no-guide --trust
        ai-lab-framework connect codex --trust
    "), @r#"
    $ ai-lab-framework connect gemini-cli --no-guide
    ✓ /lab/.gemini/settings.json: made
    2> next: `gemini mcp list` starts the server and shows its state.
    2> next: Gemini CLI reads the settings of a folder that you trust: start it in /lab and answer its question.
    2> next: It asks before each call; where nobody can answer, it offers no tool. `connect gemini-cli --trust` leaves the asking to the framework.
    exit 0

    $ ai-lab-framework connect gemini-cli --no-guide --trust --dry-run
    ~ /lab/.gemini/settings.json: would be changed
        @@ -3,7 +3,8 @@
             "ai-lab": {
               "command": "PROGRAM",
               "args": ["mcp", "serve", "--client", "gemini-cli", "--lab", "/lab"],
        -      "timeout": 120000
        +      "timeout": 120000,
        +      "trust": true
             }
           }
         }
    2> nothing was written
    exit 0

    $ ai-lab-framework connect gemini-cli --no-guide --trust
    ✓ /lab/.gemini/settings.json: changed
      as it was: /lab/.gemini/settings.json.20261123T020000Z.bak
    2> next: `gemini mcp list` starts the server and shows its state.
    2> next: Gemini CLI reads the settings of a folder that you trust: start it in /lab and answer its question.
    exit 0

    $ ai-lab-framework connect codex --trust
    2> error: codex has no `trust`: only gemini-cli has
    2> hint: Leave `--trust` out; the client asks as its own settings say.
    exit 2
    "#);
}

#[test]
fn what_cannot_be_changed_is_named_and_left_alone() {
    let lab = Lab::new();
    lab.write(
        "lab/.mcp.json",
        "{\n  \"mcpServers\": {\n    \"x\": 1\n    \"y\": 2\n  }\n}\n",
    );
    lab.write("lab/.codex/config.toml", "mcp_servers = {}\n");
    lab.write(
        "lab/.gemini/settings.json",
        r#"{"mcpServers": {"ai-lab": {"command": "npx", "args": ["theirs"]}}}"#,
    );
    lab.write("outside/mcp.json", "{}");
    lab.write("lab/.vscode/x", "");
    lab.write("lab/AGENTS.md", "<!-- ai-lab-framework:begin -->\n");
    assert_snapshot!(lab.play("
        ai-lab-framework connect claude-code
        ai-lab-framework connect codex
        ai-lab-framework connect gemini-cli
        ai-lab-framework connect gemini-cli --remove
        ln -s ../../outside/mcp.json .vscode/mcp.json
        ai-lab-framework connect vscode
        ai-lab-framework connect opencode
        ai-lab-framework connect cursor
        ai-lab-framework connect
        ai-lab-framework connect opencode --lab ../outside
        ai-lab-framework connect opencode --lab nowhere
        cd ..; ai-lab-framework connect opencode
        cd ..; unset HOME; ai-lab-framework connect opencode --global
        AI_LAB_EXECUTION_ID=1 ai-lab-framework connect opencode --no-guide
        ls -A . ../home
    "), @r#"
    $ ai-lab-framework connect claude-code
    2> error: cannot use /lab/.mcp.json
    2>   because line 3: expected comma (column 11)
    2> hint: Nothing was written. Mend the file, then ask again.
    exit 3

    $ ai-lab-framework connect codex
    2> error: cannot use /lab/.codex/config.toml
    2>   because `mcp_servers` is written inside of a line; write it as `[mcp_servers.NAME]`
    2> hint: Nothing was written. Mend the file, then ask again.
    exit 3

    $ ai-lab-framework connect gemini-cli
    2> error: /lab/.gemini/settings.json has another server of the name `ai-lab`
    2> hint: Give that entry another name, then ask again.
    exit 5

    $ ai-lab-framework connect gemini-cli --remove
    2> error: /lab/.gemini/settings.json has another server of the name `ai-lab`
    2> hint: Give that entry another name, then ask again.
    exit 5

    $ ln -s ../../outside/mcp.json .vscode/mcp.json
    exit 0

    $ ai-lab-framework connect vscode
    2> error: /lab/.vscode/mcp.json is left alone: it leads out of /lab, to /outside/mcp.json
    2> hint: Change that file by hand, or put one of its own in the place of the link.
    exit 6

    $ ai-lab-framework connect opencode
    2> error: cannot use /lab/AGENTS.md
    2>   because the section that begins in line 1 has lost its end marker `<!-- ai-lab-framework:end -->`
    2> hint: Nothing was written. Mend the markers, or leave the file alone with `--no-guide`.
    exit 3

    $ ai-lab-framework connect cursor
    2> error: invalid value 'cursor' for '[CLIENT]': `cursor` is none of opencode, gemini-cli, claude-code, codex, vscode
    2> 
    2> For more information, try '--help'.
    exit 2

    $ ai-lab-framework connect
    2> error: the following required arguments were not provided:
    2>   <CLIENT>
    2> 
    2> Usage: ai-lab-framework connect <CLIENT>
    2> 
    2> For more information, try '--help'.
    exit 2

    $ ai-lab-framework connect opencode --lab ../outside
    2> error: ../outside belongs to no lab
    2> hint: Name one with `--lab DIR`, make one with `ai-lab init DIR`, or connect for every folder with `--global`.
    exit 4

    $ ai-lab-framework connect opencode --lab nowhere
    2> error: there is no folder nowhere
    2>   because No such file or directory (os error 2)
    exit 4

    $ cd ..; ai-lab-framework connect opencode
    2> error: this folder belongs to no lab
    2> hint: Name one with `--lab DIR`, make one with `ai-lab init DIR`, or connect for every folder with `--global`.
    exit 4

    $ cd ..; unset HOME; ai-lab-framework connect opencode --global
    2> error: there is no home folder: HOME is not set
    2> hint: Set HOME: clients keep their configuration there.
    exit 8

    $ AI_LAB_EXECUTION_ID=1 ai-lab-framework connect opencode --no-guide
    2> error: a tool may not connect a client
    2> hint: A person does that, at a shell of their own.
    exit 6

    $ ls -A . ../home
    .:
    .codex
    .gemini
    .mcp.json
    .vscode
    AGENTS.md
    ai-lab.toml
    tools

    ../home:
    .profile
    exit 0
    "#);
}

#[test]
fn the_program_is_named_by_the_path_that_outlives_an_update() {
    let lab = Lab::new();
    let program = env!("CARGO_BIN_EXE_ai-lab-framework");
    lab.play(&format!(
        "mkdir ../home/bin && ln -s {program} ../home/bin/ai-lab-framework"
    ));
    assert_snapshot!(lab.play("
        PATH=$HOME/bin:$PATH AI_LAB_HOME=$HOME/moved ai-lab-framework connect codex --dry-run --no-guide
        mkdir ../home/a{b; AI_LAB_HOME=$HOME/a{b ai-lab-framework connect codex --no-guide
    "), @r#"
    $ PATH=$HOME/bin:$PATH AI_LAB_HOME=$HOME/moved ai-lab-framework connect codex --dry-run --no-guide
    + /lab/.codex/config.toml: would be made
        +[mcp_servers.ai-lab]
        +command = "/home/bin/ai-lab-framework"
        +args = ["mcp", "serve", "--client", "codex", "--lab", "/lab"]
        +startup_timeout_sec = 30
        +tool_timeout_sec = 120
        +env = { AI_LAB_HOME = "/home/moved" }
    2> nothing was written
    exit 0

    $ mkdir ../home/a{b; AI_LAB_HOME=$HOME/a{b ai-lab-framework connect codex --no-guide
    2> error: codex cannot be told the path /home/a{b
    2> hint: Use a path of text without `$`, `{` and `%`: a client would put variables in.
    exit 6
    "#);
}

#[test]
fn a_program_reads_the_same() {
    let lab = Lab::new();
    assert_snapshot!(lab.play("
        ai-lab-framework connect vscode --no-guide --json
        ai-lab-framework connect --list --json
        ai-lab-framework connect --list --global
    "), @r#"
    $ ai-lab-framework connect vscode --no-guide --json
    {
      "client": "vscode",
      "copy": null,
      "file": {
        "change": "made",
        "diff": [
          "+{",
          "+  \"servers\": {",
          "+    \"ai-lab\": {",
          "+      \"type\": \"stdio\",",
          "+      \"command\": \"PROGRAM\",",
          "+      \"args\": [\"mcp\", \"serve\", \"--client\", \"vscode\", \"--lab\", \"/lab\"]",
          "+    }",
          "+  }",
          "+}"
        ],
        "diff_cut": 0,
        "path": "/lab/.vscode/mcp.json"
      },
      "format": 1,
      "guide": null,
      "next": [
        "`MCP: List Servers` in the command palette shows and starts it."
      ],
      "removes": false,
      "scope": {
        "lab": "/lab"
      },
      "written": true
    }
    exit 0

    $ ai-lab-framework connect --list --json
    {
      "format": 1,
      "connections": [
        {
          "client": "vscode",
          "scope": {
            "lab": "/lab"
          },
          "file": "/lab/.vscode/mcp.json",
          "troubles": []
        }
      ]
    }
    exit 0

    $ ai-lab-framework connect --list --global
    2> error: the argument '--list' cannot be used with '--global'
    2> 
    2> Usage: ai-lab-framework connect --list [CLIENT]
    2> 
    2> For more information, try '--help'.
    exit 2
    "#);
}

#[test]
fn what_is_wrong_with_a_connection_is_listed() {
    let lab = Lab::new();
    lab.play(
        "
        ai-lab-framework connect opencode --no-guide
        ai-lab-framework connect gemini-cli --no-guide
        ai-lab-framework connect claude-code --no-guide
        ai-lab-framework connect codex --no-guide
        ai-lab-framework connect vscode --no-guide
    ",
    );
    let opencode = lab.read("lab/opencode.json");
    let opencode = opencode.replace("\"enabled\": true", "\"enabled\": false");
    lab.write("lab/opencode.json", opencode.replace("120000", "5000"));
    lab.write("lab/.mcp.json", "{}");
    let codex = lab.read("lab/.codex/config.toml");
    let program = env!("CARGO_BIN_EXE_ai-lab-framework");
    lab.write(
        "lab/.codex/config.toml",
        codex.replace(program, "/gone/ai-lab-framework"),
    );
    lab.write(
        "lab/.vscode/mcp.json",
        lab.read("lab/.vscode/mcp.json").replace(program, "/bin/sh"),
    );
    assert_snapshot!(lab.play("ai-lab-framework connect --list --json"), @r#"
    $ ai-lab-framework connect --list --json
    {
      "format": 1,
      "connections": [
        {
          "client": "opencode",
          "scope": {
            "lab": "/lab"
          },
          "file": "/lab/opencode.json",
          "troubles": [
            "it is switched off by `enabled`",
      "`timeout` lets the client give up after TIME: a long call is handed back after TIME"
          ]
        },
        {
          "client": "gemini-cli",
          "scope": {
            "lab": "/lab"
          },
          "file": "/lab/.gemini/settings.json",
          "troubles": [
            "Gemini CLI has not been told to trust this folder: it asks at its next start there"
          ]
        },
        {
          "client": "claude-code",
          "scope": {
            "lab": "/lab"
          },
          "file": "/lab/.mcp.json",
          "troubles": [
            "its entry `ai-lab` is gone"
          ]
        },
        {
          "client": "codex",
          "scope": {
            "lab": "/lab"
          },
          "file": "/lab/.codex/config.toml",
          "troubles": [
            "its program /gone/ai-lab-framework cannot be started: No such file or directory (os error 2)"
          ]
        },
        {
          "client": "vscode",
          "scope": {
            "lab": "/lab"
          },
          "file": "/lab/.vscode/mcp.json",
          "troubles": [
            "it starts /bin/sh, which is not this framework"
          ]
        }
      ]
    }
    exit 3
    "#);
    let trust = format!("{{\"{}\": \"DO_NOT_TRUST\"}}", lab.path("lab").display());
    lab.write("home/.gemini/trustedFolders.json", trust);
    lab.write("lab/opencode.json", "{");
    assert_snapshot!(lab.play("
        ai-lab-framework connect --list --json | grep -A 2 troubles
        ai-lab-framework connect --list | grep -c gemini-cli
        ai-lab-framework doctor | grep -A 1 connection
    "), @r#"
    $ ai-lab-framework connect --list --json | grep -A 2 troubles
          "troubles": [
            "cannot use /lab/opencode.json: line 1: unterminated object (column 1)"
          ]
    --
          "troubles": [
            "Gemini CLI was told not to trust this folder: it reads none of its settings"
          ]
    --
          "troubles": [
            "its entry `ai-lab` is gone"
          ]
    --
          "troubles": [
            "its program /gone/ai-lab-framework cannot be started: No such file or directory (os error 2)"
          ]
    --
          "troubles": [
            "it starts /bin/sh, which is not this framework"
          ]
    exit 0

    $ ai-lab-framework connect --list | grep -c gemini-cli
    1
    exit 0

    $ ai-lab-framework doctor | grep -A 1 connection
    ✗ connection  opencode in /lab/opencode.json: cannot use /lab/opencode.json: line 1: unterminated object (column 1)
                  Nothing was written. Mend the file, then ask again.
    ✗ connection  gemini-cli in /lab/.gemini/settings.json: Gemini CLI was told not to trust this folder: it reads none of its settings
                  Start `gemini` in /lab and use `/permissions`.
    ✗ connection  claude-code in /lab/.mcp.json: its entry `ai-lab` is gone
                  `ai-lab-framework connect claude-code` writes it anew, with `--remove` it goes away.
    ✗ connection  codex in /lab/.codex/config.toml: its program /gone/ai-lab-framework cannot be started: No such file or directory (os error 2)
                  `ai-lab-framework connect codex` writes it anew, with `--remove` it goes away.
    ✗ connection  vscode in /lab/.vscode/mcp.json: it starts /bin/sh, which is not this framework
                  `ai-lab-framework connect vscode` writes it anew, with `--remove` it goes away.
    exit 0
    "#);
}
