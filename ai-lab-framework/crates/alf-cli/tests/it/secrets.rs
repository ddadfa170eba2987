//! `secret`: keeping, granting, renewing; and that no screen and no file of the home shows a value.

use std::fs;
use std::path::Path;

use insta::assert_snapshot;

use crate::scene::Lab;

/// A lab whose tool `asks` wants the secret `router` and says how long it is.
fn lab() -> Lab {
    let lab = Lab::empty();
    let script = "v=$(cat \"/proc/self/fd/$AI_LAB_SECRETS_FD\"); v=${v#*:\\\"}; v=${v%\\\"*}\n\
                  printf '{\"data\":{\"letters\":%s}}\\n' ${#v}\n";
    lab.tool("asks", script, "grants = { secrets = [\"router\"] }");
    lab
}

#[test]
fn a_secret_is_kept_granted_handed_over_renewed_and_taken_away() {
    let lab = lab();
    lab.write("lab/new.txt", "battery staple\n");
    assert_snapshot!(lab.play("
        ai-lab-framework secret list
        ai-lab-framework tool run asks.go
        printf 'correct horse' | ai-lab-framework secret set router -
        ai-lab-framework tool run asks.go
        ai-lab-framework secret grant router asks
        ai-lab-framework tool run asks.go
        ai-lab-framework secret list
        ai-lab-framework secret list --json
        mkdir ../home/.ai-lab/notes; echo 'it is correct horse' >../home/.ai-lab/notes/old
        ai-lab-framework secret rotate router --from-file new.txt
        ai-lab-framework tool run asks.go
        echo '# more' >>tools/asks/run.sh; ai-lab-framework secret list
        ai-lab-framework secret grant router asks
        T='third value' ai-lab-framework secret rotate router --from-env T --json | sed 's/[0-9][0-9]*$/N/'
        ai-lab-framework secret revoke router asks
        ai-lab-framework secret revoke router asks
        ai-lab-framework secret remove router
        ai-lab-framework secret remove router
    "), @r#"
    $ ai-lab-framework secret list
    2> there is no secret; `ai-lab-framework secret set NAME` keeps one
    exit 0

    $ ai-lab-framework tool run asks.go
    2> ✗ asks.go: tool `asks` asks for the secret `router`, which is not kept here; next: `ai-lab-framework secret set router` (refused)  recorded as ID
    exit 6

    $ printf 'correct horse' | ai-lab-framework secret set router -
    ✓ router is kept
    2> `ai-lab-framework secret grant router TOOL` lets a tool have it.
    exit 0

    $ ai-lab-framework tool run asks.go
    2> ✗ asks.go: tool `asks` asks for the secret `router`, which it was not granted; next: `ai-lab-framework secret grant router asks` (refused)  recorded as ID
    exit 6

    $ ai-lab-framework secret grant router asks
    ✓ asks gets router: the tool in /lab/tools/asks as it is now
    exit 0

    $ ai-lab-framework tool run asks.go
    letters  13
    2> ✓ asks.go in TIME  recorded as ID
    exit 0

    $ ai-lab-framework secret list
    secret  kept in  set      granted to
    router  file     0 s ago  asks
    exit 0

    $ ai-lab-framework secret list --json
    {
      "format": 1,
      "secrets": [
        {
          "name": "router",
          "kept_in": "file",
          "set_at_ms": 1795399200000,
          "granted_to": [
            {
              "tool": "asks",
              "folder": "/lab/tools/asks",
              "granted_at_ms": 1795399200000,
              "state": "current"
            }
          ]
        }
      ],
      "unusable": []
    }
    exit 0

    $ mkdir ../home/.ai-lab/notes; echo 'it is correct horse' >../home/.ai-lab/notes/old
    exit 0

    $ ai-lab-framework secret rotate router --from-file new.txt
    ✓ router has another value
    the old one still stands in 1 place:
      /home/.ai-lab/notes/old
    exit 0

    $ ai-lab-framework tool run asks.go
    letters  14
    2> ✓ asks.go in TIME  recorded as ID
    exit 0

    $ echo '# more' >>tools/asks/run.sh; ai-lab-framework secret list
    secret  kept in  set      granted to
    router  file     0 s ago  asks (changed since)
    exit 0

    $ ai-lab-framework secret grant router asks
    ✓ asks gets router anew: the tool in /lab/tools/asks as it is now
    exit 0

    $ T='third value' ai-lab-framework secret rotate router --from-env T --json | sed 's/[0-9][0-9]*$/N/'
    {
      "format": 1,
      "name": "router",
      "old_value": {
        "count": 0,
        "places": [],
        "looked_at": N
      }
    }
    exit 0

    $ ai-lab-framework secret revoke router asks
    ✓ asks gets router no more
    exit 0

    $ ai-lab-framework secret revoke router asks
    asks had no grant of router
    exit 0

    $ ai-lab-framework secret remove router
    ✓ router is no longer kept
    2> From now on its value is not taken out of what is written.
    exit 0

    $ ai-lab-framework secret remove router
    2> error: cannot use the secrets
    2>   because there is no secret `router`
    2> hint: `ai-lab-framework secret list` names those there are.
    exit 4
    "#);
}

#[test]
fn a_value_is_never_taken_from_the_command_line_and_a_refusal_does_not_repeat_it() {
    let lab = lab();
    lab.write("lab/short.txt", "1234567\n");
    assert_snapshot!(lab.play("
        ai-lab-framework secret set router hunter2hunter2
        ai-lab-framework secret set router hunter2 hunter2
        ai-lab-framework secret rotate router hunter2hunter2 --json
        ai-lab-framework secret set router
        ai-lab-framework secret set router --from-env NOWHERE
        ai-lab-framework secret set router --from-file nowhere.txt
        ai-lab-framework secret set router --from-file short.txt
        ai-lab-framework secret set router --from-file /dev/zero
        ai-lab-framework secret set router - --from-file short.txt
        echo correct horse | ai-lab-framework secret set router -
        echo other horse | ai-lab-framework secret set router -
        echo correct horse | ai-lab-framework secret rotate router -
        echo other horse | ai-lab-framework secret rotate nothing -
        ai-lab-framework secret grant router nowhere
        AI_LAB_EXECUTION_ID=e-1 ai-lab-framework secret grant router asks
    "), @r#"
    $ ai-lab-framework secret set router hunter2hunter2
    2> error: a value is never taken from the command line: every account can read it there, and the shell keeps it
    2> hint: If that was the value, change it where it is used. Leave it out to be asked; --from-env, --from-file and - read it.
    exit 2

    $ ai-lab-framework secret set router hunter2 hunter2
    2> error: a value is never taken from the command line: every account can read it there, and the shell keeps it
    2> hint: If that was the value, change it where it is used. Leave it out to be asked; --from-env, --from-file and - read it.
    exit 2

    $ ai-lab-framework secret rotate router hunter2hunter2 --json
    {
      "format": 1,
      "error": {
        "class": "usage",
        "message": "a value is never taken from the command line: every account can read it there, and the shell keeps it",
        "causes": [],
        "hint": "If that was the value, change it where it is used. Leave it out to be asked; --from-env, --from-file and - read it."
      }
    }
    exit 2

    $ ai-lab-framework secret set router
    2> error: there is no terminal to ask at
    2> hint: Say where the value comes from: --from-env VAR, --from-file PATH, or - for standard input.
    exit 2

    $ ai-lab-framework secret set router --from-env NOWHERE
    2> error: the variable `NOWHERE` is not set, or is no text
    2> hint: A variable has to be exported to be seen here.
    exit 4

    $ ai-lab-framework secret set router --from-file nowhere.txt
    2> error: cannot read nowhere.txt
    2>   because No such file or directory (os error 2)
    exit 11

    $ ai-lab-framework secret set router --from-file short.txt
    2> error: the value cannot be kept as a secret
    2>   because the value has 7 bytes; a secret has at least 8
    2> hint: A secret is a text of 8 bytes to 64 KiB; what is no text is kept as base64 of it.
    exit 11

    $ ai-lab-framework secret set router --from-file /dev/zero
    2> error: cannot read /dev/zero
    2>   because it is longer than 131072 bytes
    exit 11

    $ ai-lab-framework secret set router - --from-file short.txt
    2> error: the argument '[-]...' cannot be used with '--from-file <PATH>'
    2> 
    2> Usage: ai-lab-framework secret set <NAME> <->...
    2> 
    2> For more information, try '--help'.
    exit 2

    $ echo correct horse | ai-lab-framework secret set router -
    ✓ router is kept
    2> `ai-lab-framework secret grant router TOOL` lets a tool have it.
    exit 0

    $ echo other horse | ai-lab-framework secret set router -
    2> error: cannot use the secrets
    2>   because there is a secret `router` already
    2> hint: Give it another value with `ai-lab-framework secret rotate router`.
    exit 5

    $ echo correct horse | ai-lab-framework secret rotate router -
    2> error: the new value of `router` is the old one
    2> hint: Change it first where it is used, then here.
    exit 11

    $ echo other horse | ai-lab-framework secret rotate nothing -
    2> error: cannot use the secrets
    2>   because there is no secret `nothing`
    2> hint: `ai-lab-framework secret list` names those there are.
    exit 4

    $ ai-lab-framework secret grant router nowhere
    2> error: there is no tool `nowhere`
    2> hint: `ai-lab-framework tool list` shows the tools there are.
    exit 4

    $ AI_LAB_EXECUTION_ID=e-1 ai-lab-framework secret grant router asks
    2> error: a tool may not change secrets or who gets them
    2> hint: A person keeps and grants secrets, at a shell of their own.
    exit 6
    "#);
}

#[test]
fn doctor_says_which_tool_lacks_what() {
    let lab = lab();
    assert_snapshot!(lab.play("
        ai-lab-framework doctor | grep -A 1 secrets
        printf 'correct horse' | ai-lab-framework secret set router - 2>/dev/null
        ai-lab-framework doctor | grep -A 1 secrets
        ai-lab-framework secret grant router asks 2>/dev/null
        ai-lab-framework doctor | grep secrets
        rm -r ../home/.ai-lab/keys
        ai-lab-framework doctor | grep '✗ secrets'
    "), @r#"
    $ ai-lab-framework doctor | grep -A 1 secrets
    ! secrets     `asks` asks for `router`, which is not kept
                  `ai-lab-framework secret set router`
    exit 0

    $ printf 'correct horse' | ai-lab-framework secret set router - 2>/dev/null
    ✓ router is kept
    exit 0

    $ ai-lab-framework doctor | grep -A 1 secrets
    ! secrets     `asks` asks for `router`, which is not granted to it
                  `ai-lab-framework secret grant router asks`
    exit 0

    $ ai-lab-framework secret grant router asks 2>/dev/null
    ✓ asks gets router: the tool in /lab/tools/asks as it is now
    exit 0

    $ ai-lab-framework doctor | grep secrets
    ✓ secrets     1 kept, 1 asked for
    exit 0

    $ rm -r ../home/.ai-lab/keys
    exit 0

    $ ai-lab-framework doctor | grep '✗ secrets'
    ✗ secrets     cannot use the secrets: the key of the secrets is missing: /home/.ai-lab/keys/secrets.key
    exit 0
    "#);
}

#[test]
fn a_secret_is_refused_as_configuration_in_any_form() {
    let lab = lab();
    lab.write("lab/spoil", "echo '# correct%20horse' >>$1");
    assert_snapshot!(lab.play(r#"
        ai-lab-framework config set asks note 'it is correct horse'
        ai-lab-framework config unset asks note
        echo correct horse | ai-lab-framework secret set router -
        ai-lab-framework config set asks note 'it is correct horse'
        ai-lab-framework config set asks note '["Y29ycmVjdCBob3JzZQ=="]' --lab
        EDITOR='sh spoil' ai-lab-framework config edit asks --lab 2>&1 | sed 's/asks-[0-9]*/asks-PID/'
        ai-lab-framework config set asks note 'it is another horse'
        ls config
    "#), @r#"
    $ ai-lab-framework config set asks note 'it is correct horse'
    ✓ asks: note = "it is correct horse" for you
    exit 0

    $ ai-lab-framework config unset asks note
    ✓ asks: note is no longer set for you
    exit 0

    $ echo correct horse | ai-lab-framework secret set router -
    ✓ router is kept
    2> `ai-lab-framework secret grant router TOOL` lets a tool have it.
    exit 0

    $ ai-lab-framework config set asks note 'it is correct horse'
    2> error: the value of a secret stands in it: configuration is no place for one
    2> hint: A tool gets a secret by its name: `secrets` below `[grants]` of its manifest, then `ai-lab-framework secret grant NAME TOOL`. `ai-lab-framework secret set NAME` keeps a further one.
    exit 6

    $ ai-lab-framework config set asks note '["Y29ycmVjdCBob3JzZQ=="]' --lab
    2> error: the value of a secret stands in it: configuration is no place for one
    2> hint: A tool gets a secret by its name: `secrets` below `[grants]` of its manifest, then `ai-lab-framework secret grant NAME TOOL`. `ai-lab-framework secret set NAME` keeps a further one.
    exit 6

    $ EDITOR='sh spoil' ai-lab-framework config edit asks --lab 2>&1 | sed 's/asks-[0-9]*/asks-PID/'
    error: the value of a secret stands in it: configuration is no place for one
    hint: What you wrote is kept in /home/.ai-lab/edit/asks-PID.toml.
    exit 0

    $ ai-lab-framework config set asks note 'it is another horse'
    ✓ asks: note = "it is another horse" for you
    exit 0

    $ ls config
    2> ls: cannot access 'config': No such file or directory
    exit 2
    "#);
}

#[test]
fn an_import_names_what_it_keeps_and_never_a_line_of_a_value() {
    let lab = lab();
    let file = "# mine\nROUTER='correct horse'\nPIN=1234\nKEY=\"-----BEGIN KEY\nMII+abcdefgh==\n";
    lab.write("lab/.env", file);
    assert_snapshot!(lab.play("
        ai-lab-framework secret import --from-file .env
        LAB_TOKEN=battery-staple LAB_PIN=1 ai-lab-framework secret import --from-env LAB_ --json
        ai-lab-framework secret import --from-env NOWHERE_
        ai-lab-framework secret import --from-env ''
        ai-lab-framework secret import
        ai-lab-framework secret list
    "), @r#"
    $ ai-lab-framework secret import --from-file .env
    ✓ router is kept
    2> ! line 3: the value has 4 bytes; a secret has at least 8
    2> ! line 4: its quote is not closed on its line; `ai-lab-framework secret set NAME --from-file FILE` keeps a value of many lines
    2> ! line 5: its name is no name of a secret: 1 to 64 of letters, digits, `_`, `-`, `.`, a letter or digit first
    exit 0

    $ LAB_TOKEN=battery-staple LAB_PIN=1 ai-lab-framework secret import --from-env LAB_ --json
    {
      "format": 1,
      "imported": [
        "token"
      ],
      "left_out": [
        {
          "entry": "LAB_PIN",
          "why": "the value has 1 bytes; a secret has at least 8"
        }
      ]
    }
    exit 0

    $ ai-lab-framework secret import --from-env NOWHERE_
    2> there is nothing to import
    exit 0

    $ ai-lab-framework secret import --from-env ''
    2> error: without a prefix every variable would be a secret
    exit 2

    $ ai-lab-framework secret import
    2> error: the following required arguments were not provided:
    2>   <--from-env <PREFIX>|--from-file <PATH>>
    2> 
    2> Usage: ai-lab-framework secret import <--from-env <PREFIX>|--from-file <PATH>>
    2> 
    2> For more information, try '--help'.
    exit 2

    $ ai-lab-framework secret list
    secret  kept in  set      granted to
    router  file     0 s ago  nobody
    token   file     0 s ago  nobody
    exit 0
    "#);
}

#[test]
fn a_prompt_shows_nothing_of_what_is_typed() {
    let lab = lab();
    let program = env!("CARGO_BIN_EXE_ai-lab-framework");
    // Types once the question is on the screen, as a person does.
    let typed = |command: &str, keys: &str| {
        let line = format!(
            "mkfifo keys; : >seen; timeout 60 script -qfec '{program} {command}' seen <keys >/dev/null & exec 3>keys; \
             timeout 60 sh -c 'until grep -q shown seen; do :; done' || echo never asked; printf '{keys}' >&3; wait $!; \
             echo \"exit $?\"; grep -v ^Script seen | tr -d '\\r'; rm keys"
        );
        let output = lab.shell(&line);
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let set = typed("secret set router", "correct horsf\\177e\\n");
    assert_eq!(
        set,
        "exit 0\nValue of router (not shown): \n✓ router is kept\n`ai-lab-framework secret grant router TOOL` lets a tool have it.\n\n"
    );
    let withdrawn = typed("secret rotate router", "batt\\003");
    assert_eq!(
        withdrawn,
        "exit 18\nValue of router (not shown): \nerror: nothing was changed\n\n"
    );
    let run = lab.shell(&format!(
        "{program} secret grant router asks >/dev/null; {program} tool run asks.go --json"
    ));
    let answer = String::from_utf8_lossy(&run.stdout).into_owned();
    assert!(answer.contains("\"letters\": 13"), "{answer}");
}

/// Reads its secret into `$v`, as a tool without a JSON reader does.
const READ: &str = r#"v=$(cat "/proc/self/fd/$AI_LAB_SECRETS_FD"); v=${v#*:\"}; v=${v%\"*}
b=$(printf %s "$v" | base64 -w0); u=$(printf %s "$v" | sed 's,/,%2F,g; s, ,%20,g')
"#;

/// Ways to spill it: answered and kept in the session, told as an error, left by a crash.
const SPILLS: [(&str, &str); 3] = [
    (
        "answers",
        r#"printf '{"level":"info","message":"got %s"}\n%s\n' "$v" "$b" >&2
printf '{"data":{"v":"%s","%s":"%s","u":"%s"},"context_patch":{"kept":"%s","%s":"%s"}}\n' "$v" "$v" "$b" "$u" "$v" "$b" "$u"
"#,
    ),
    (
        "fails",
        r#"printf '{"error":{"kind":"login","message":"login %s failed","retryable":false,"detail":{"%s":"%s"}}}\n' "$v" "$b" "$u"
"#,
    ),
    (
        "crashes",
        "echo \"no way in with $v ($b, $u)\" >&2; exit 3\n",
    ),
];

/// Everything that one spilling lab shows on screens, and its home.
struct Spilled {
    lab: Lab,
    screens: String,
}

impl Spilled {
    fn of(canary: &str, is_kept: bool) -> Self {
        let lab = Lab::empty();
        lab.write("canary", canary);
        let grants = if is_kept { "[\"canary\"]" } else { "[]" };
        let mut lines = vec!["session start --id s-1".to_owned()];
        if is_kept {
            lines.push("secret set canary --from-file ../canary".to_owned());
        }
        for (tool, script) in SPILLS {
            let script = if is_kept {
                format!("{READ}{script}")
            } else {
                let (_, coded) = READ.split_once('\n').expect("two lines");
                format!("v='{canary}'\n{coded}{script}")
            };
            let more = format!("profile = \"standard\"\ngrants = {{ secrets = {grants} }}");
            lab.tool(tool, &script, &more);
            if is_kept {
                lines.push(format!("secret grant canary {tool}"));
            }
        }
        lines.push("tool lock".to_owned());
        for (tool, _) in SPILLS {
            lines.push(format!("tool run {tool}.go --session s-1"));
            lines.push(format!("tool run {tool}.go --session s-1 --json"));
        }
        // A person writes it down.
        lines.push(format!("session start 'on {canary}' --id s-2"));
        lines.push(format!(
            "session patch s-2 '{{\"of\":\"{canary}\",\"{canary}\":1}}'"
        ));
        lines.push(format!("session pause s-2 --note 'off {canary}'"));
        for command in [
            "execution list",
            "session list",
            "logs",
            "session show s-1",
            "session show s-2",
            "session summary s-1",
        ] {
            lines.push(command.to_owned());
            lines.push(format!("{command} --json"));
        }
        lines.push("session export s-1".to_owned());
        lines.push("secret list --json".to_owned());
        let mut screens = String::new();
        let mut play = |line: &str| {
            let output = lab.shell(line);
            for told in [output.stdout, output.stderr] {
                screens += &String::from_utf8_lossy(&told);
            }
        };
        for line in lines {
            play(&format!("ai-lab-framework {line}"));
        }
        // Each execution by itself, in both forms.
        play(
            "for id in $(ai-lab-framework execution list --json | sed -n 's/.*\"execution_id\": \"\\(.*\\)\".*/\\1/p'); \
             do ai-lab-framework execution show $id; ai-lab-framework execution show $id --json; echo shown; done",
        );
        Self { lab, screens }
    }

    /// How often each needle is on a screen, and the files below the home that hold it.
    fn hits(&self, needles: &[&str]) -> Vec<(usize, usize)> {
        let mut files = Vec::new();
        read_all(&self.lab.path("home"), &mut files);
        let holds = |bytes: &[u8], needle: &str| {
            let mut places = bytes.windows(needle.len());
            places.any(|part| part == needle.as_bytes())
        };
        let hits = needles.iter().map(|needle| {
            let in_files = files.iter().filter(|bytes| holds(bytes, needle)).count();
            (self.screens.matches(needle).count(), in_files)
        });
        hits.collect()
    }
}

/// Every file below a folder, the two folders of the secrets left out.
fn read_all(folder: &Path, files: &mut Vec<Vec<u8>>) {
    for entry in fs::read_dir(folder).expect("it is there").flatten() {
        let path = entry.path();
        if path.ends_with(".ai-lab/secrets") || path.ends_with(".ai-lab/keys") {
            continue;
        }
        if path.is_dir() {
            read_all(&path, files);
        } else {
            files.push(fs::read(&path).expect("it can be read"));
        }
    }
}

#[test]
fn a_canary_is_on_no_screen_and_in_no_file_of_the_home() {
    let canary = "c4nary/of the 7 seas";
    // The value, its base64 and its URL form; the beginning of each is enough.
    let needles = ["c4nary/of", "YzRuYXJ5L29mIHRoZSA3", "c4nary%2Fof%20the"];
    let open = Spilled::of(canary, false);
    for (needle, (on_screens, in_files)) in needles.iter().zip(open.hits(&needles)) {
        assert!(
            on_screens >= 12 && in_files > 0,
            "{needle}: {on_screens}, {in_files}"
        );
    }
    let executions = SPILLS.len() * 2;
    assert_eq!(open.screens.matches("shown\n").count(), executions);
    let kept = Spilled::of(canary, true);
    assert_eq!(kept.hits(&needles), [(0, 0); 3], "{}", kept.screens);
    for written in [
        "on [secret:canary]",
        "off [secret:canary]",
        "\"[secret:canary]\": 1",
    ] {
        assert!(
            kept.screens.contains(written),
            "{written}: {}",
            kept.screens
        );
    }
    let told = [open.screens, kept.screens].map(|screens| {
        let told = screens.matches("[secret:canary]").count();
        (told > 30, screens.matches("shown\n").count())
    });
    assert_eq!(told, [(false, executions), (true, executions)]);
}

#[test]
fn a_program_that_a_person_starts_reads_a_secret_and_the_log_says_so() {
    let lab = lab();
    assert_snapshot!(lab.play("
        ai-lab-framework secret lend router -- wc -c
        printf 'correct horse' | ai-lab-framework secret set router -
        ai-lab-framework secret lend router -- wc -c
        ai-lab-framework secret lend router -- sh -c 'cat >/dev/null; exit 7'
        ai-lab-framework secret lend router -- correct-horse-less
        ai-lab-framework secret lend router
        ai-lab-framework logs --json | grep -o '[^\"]*was lent[^\"]*'
        AI_LAB_EXECUTION_ID=e-1 ai-lab-framework secret lend router -- cat
    "), @r#"
    $ ai-lab-framework secret lend router -- wc -c
    2> error: cannot use the secrets
    2>   because there is no secret `router`
    2> hint: `ai-lab-framework secret list` names those there are.
    exit 4

    $ printf 'correct horse' | ai-lab-framework secret set router -
    ✓ router is kept
    2> `ai-lab-framework secret grant router TOOL` lets a tool have it.
    exit 0

    $ ai-lab-framework secret lend router -- wc -c
    13
    exit 0

    $ ai-lab-framework secret lend router -- sh -c 'cat >/dev/null; exit 7'
    exit 7

    $ ai-lab-framework secret lend router -- correct-horse-less
    2> error: cannot start `correct-horse-less`
    2>   because No such file or directory (os error 2)
    exit 4

    $ ai-lab-framework secret lend router
    2> error: the following required arguments were not provided:
    2>   <PROGRAM>...
    2> 
    2> Usage: ai-lab-framework secret lend <NAME> -- <PROGRAM>...
    2> 
    2> For more information, try '--help'.
    exit 2

    $ ai-lab-framework logs --json | grep -o '[^"]*was lent[^"]*'
    the secret `router` was lent to `wc`
    the secret `router` was lent to `sh`
    the secret `router` was lent to `correct-horse-less`
    exit 0

    $ AI_LAB_EXECUTION_ID=e-1 ai-lab-framework secret lend router -- cat
    2> error: a tool may not change secrets or who gets them
    2> hint: A person keeps and grants secrets, at a shell of their own.
    exit 6
    "#);
}
