//! What the command line says of itself.

use insta::assert_snapshot;

use crate::scene::Lab;

/// What each says is pinned by the reference page that is generated from it.
#[test]
fn every_command_has_its_help() {
    let lab = Lab::empty();
    let commands = [
        "",
        "tool",
        "tool list",
        "tool show",
        "tool check",
        "tool run",
        "execution",
        "execution list",
        "execution show",
        "execution verify",
        "logs",
        "metrics",
        "migrate-db",
        "doctor",
        "completions",
        "version",
    ];
    for command in commands {
        let output = lab.shell(&format!("ai-lab-framework {command} --help"));
        let usage = format!("Usage: {}", format!("ai-lab-framework {command}").trim());
        let told = String::from_utf8_lossy(&output.stdout);
        assert!(told.contains(&usage), "{told}");
        assert_eq!(
            (output.status.code(), output.stderr),
            (Some(0), Vec::new()),
            "{command}"
        );
    }
    assert_snapshot!(lab.play("ai-lab-framework tool run --help"), @r#"
    $ ai-lab-framework tool run --help
    Run one action and record it

    Usage: ai-lab-framework tool run [OPTIONS] <TOOL.ACTION> [KEY=VALUE]...

    Arguments:
      <TOOL.ACTION>   Which action: TOOL.ACTION
      [KEY=VALUE]...  Fields of the input: KEY=VALUE, the value as JSON if it is JSON, else as text

    Options:
      -i, --input <JSON>        The whole input: JSON, @FILE, or - for standard input
          --json                Print JSON for a program to read
          --session <ID>        Keep context in this session
          --correlation <ID>    Record it as part of this piece of work
          --config <KEY=VALUE>  Configure this call alone: KEY=VALUE, over every other layer
          --timeout <SECONDS>   Wait at most so many seconds; shortens the tool's own limit
          --plan                Show what would be done, with nothing left to choose; run and record
                                nothing
          --background          Print the execution's id as soon as it has begun, and let it run in a
                                process of its own
          --yes                 Do not ask at the terminal before a destructive action
      -h, --help                Print help
      -V, --version             Print version
    exit 0
    "#);
}

#[test]
fn a_mistake_on_the_command_line_is_told_to_a_person_and_to_a_program() {
    let lab = Lab::empty();
    assert_snapshot!(lab.play("
        ai-lab-framework 2>&1 | head -n 3
        ai-lab-framework >/dev/null 2>&1
        ai-lab-framework tools
        ai-lab-framework tool run
        ai-lab-framework tool run probe.look --timeout soon
        ai-lab-framework tool list --profile stable
        ai-lab-framework execution list --status done
        ai-lab-framework migrate-db --check --dry-run
    "), @r"
    $ ai-lab-framework 2>&1 | head -n 3
    Run your own tools for you and for your agents: checked, limited, recorded

    Usage: ai-lab-framework [OPTIONS] <COMMAND>
    exit 0

    $ ai-lab-framework >/dev/null 2>&1
    exit 2

    $ ai-lab-framework tools
    2> error: unrecognized subcommand 'tools'
    2> 
    2>   tip: a similar subcommand exists: 'tool'
    2> 
    2> Usage: ai-lab-framework [OPTIONS] <COMMAND>
    2> 
    2> For more information, try '--help'.
    exit 2

    $ ai-lab-framework tool run
    2> error: the following required arguments were not provided:
    2>   <TOOL.ACTION>
    2> 
    2> Usage: ai-lab-framework tool run <TOOL.ACTION> [KEY=VALUE]...
    2> 
    2> For more information, try '--help'.
    exit 2

    $ ai-lab-framework tool run probe.look --timeout soon
    2> error: invalid value 'soon' for '--timeout <SECONDS>': invalid float literal
    2> 
    2> For more information, try '--help'.
    exit 2

    $ ai-lab-framework tool list --profile stable
    2> error: invalid value 'stable' for '--profile <PROFILE>': `stable` is no profile: experimental, standard or production
    2> 
    2> For more information, try '--help'.
    exit 2

    $ ai-lab-framework execution list --status done
    2> error: invalid value 'done' for '--status <STATUS>': started, succeeded, failed or interrupted
    2> 
    2> For more information, try '--help'.
    exit 2

    $ ai-lab-framework migrate-db --check --dry-run
    2> error: the argument '--check' cannot be used with '--dry-run'
    2> 
    2> Usage: ai-lab-framework migrate-db --check
    2> 
    2> For more information, try '--help'.
    exit 2
    ");
    assert_snapshot!(lab.play("
        ai-lab-framework --json
        ai-lab-framework tools --json
        ai-lab-framework --json tool run
    "), @r#"
    $ ai-lab-framework --json
    {
      "format": 1,
      "error": {
        "class": "usage",
        "message": "'ai-lab-framework' requires a subcommand but one was not provided",
        "causes": [],
        "hint": "`ai-lab-framework help` names the commands and their arguments."
      }
    }
    exit 2

    $ ai-lab-framework tools --json
    {
      "format": 1,
      "error": {
        "class": "usage",
        "message": "unrecognized subcommand 'tools'",
        "causes": [],
        "hint": "`ai-lab-framework help` names the commands and their arguments."
      }
    }
    exit 2

    $ ai-lab-framework --json tool run
    {
      "format": 1,
      "error": {
        "class": "usage",
        "message": "the following required arguments were not provided: <TOOL.ACTION>",
        "causes": [],
        "hint": "`ai-lab-framework help` names the commands and their arguments."
      }
    }
    exit 2
    "#);
}

#[test]
fn the_version_names_contract_and_schema() {
    let lab = Lab::empty();
    assert_snapshot!(lab.play("
        ai-lab-framework version
        ai-lab-framework version --json
        ai-lab-framework --version
    "), @r#"
    $ ai-lab-framework version
    ai-lab-framework 0.1.0 (contract 1, schema 1.5)
    exit 0

    $ ai-lab-framework version --json
    {
      "contract": 1,
      "format": 1,
      "name": "ai-lab-framework",
      "schema": "1.5",
      "version": "0.1.0"
    }
    exit 0

    $ ai-lab-framework --version
    ai-lab-framework 0.1.0
    exit 0
    "#);
}

#[test]
fn completions_are_scripts_their_shells_accept() {
    let lab = Lab::empty();
    assert_snapshot!(lab.play("
        ai-lab-framework completions bash | bash -n
        ai-lab-framework completions bash | grep -c -e --correlation
        ai-lab-framework completions zsh | head -n 1
        ai-lab-framework completions fish | grep migrate-db | head -n 1
        ai-lab-framework completions dos
    "), @r#"
    $ ai-lab-framework completions bash | bash -n
    exit 0

    $ ai-lab-framework completions bash | grep -c -e --correlation
    6
    exit 0

    $ ai-lab-framework completions zsh | head -n 1
    #compdef ai-lab-framework
    exit 0

    $ ai-lab-framework completions fish | grep migrate-db | head -n 1
    complete -c ai-lab-framework -n "__fish_ai_lab_framework_needs_command" -f -a "migrate-db" -d 'Bring the framework\'s database to this version\'s schema'
    exit 0

    $ ai-lab-framework completions dos
    2> error: invalid value 'dos' for '<SHELL>'
    2>   [possible values: bash, elvish, fish, powershell, zsh]
    2> 
    2> For more information, try '--help'.
    exit 2
    "#);
}
