//! Secrets from the store to a tool, and nowhere else.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use ai_lab_contract::{ErrorClass, Profile, SecretName};
use alf_ops::{
    Completed, Framework, GrantState, ImportFrom, Where, grant_secret, import_secrets,
    list_secrets, lock_tools, remove_secret, revoke_secret, rotate_secret, secret_value,
    set_secret,
};
use alf_store::LogLevel;
use serde_json::json;
use zeroize::Zeroizing;

use crate::scene::{Lab, WELL, call, call_in, configure, data, log_of, run, shown, told};

/// Reads its secret `canary` into `$v`, as a tool without a JSON reader does.
const READ: &str = r#"v=$(cat "/proc/self/fd/$AI_LAB_SECRETS_FD"); v=${v#*:\"}; v=${v%\"*}
"#;

fn name(text: &str) -> SecretName {
    text.parse().expect("a valid name")
}

fn keep(framework: &Framework, secret: &str, value: &str) {
    let value = secret_value(value.as_bytes().to_vec()).expect("a valid value");
    set_secret(framework, &name(secret), &value).expect("kept");
}

fn grant(framework: &Framework, secret: &str, tool: &str) {
    let tool = tool.parse().expect("a valid name");
    grant_secret(framework, &name(secret), &tool).expect("granted");
}

/// The files below a folder that hold one of these texts, the two folders of the secrets left out.
fn holding(folder: &Path, needles: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("it is there").flatten() {
        let path = entry.path();
        if path.ends_with("home/secrets") || path.ends_with("home/keys") {
            continue;
        }
        if path.is_dir() {
            found.extend(holding(&path, needles));
            continue;
        }
        let bytes = fs::read(&path).expect("it can be read");
        let holds = |needle: &&String| {
            let mut places = bytes.windows(needle.len());
            places.any(|part| part == needle.as_bytes())
        };
        let told = |needle| format!("{needle} in {}", path.display());
        found.extend(needles.iter().filter(holds).map(told));
    }
    found
}

/// Ways to spill, each a tool of its own: the script once `$v` is there, and a line of its manifest's top level.
const SPILLS: [(&str, &str, &str); 10] = [
    (
        "answers",
        r#"b=$(printf %s "$v" | base64 -w0); u=$(printf 'user:%s' "$v" | base64 -w0)
h=$(printf %s "$v" | od -An -tx1 | tr -d ' \n')
a=$(printf %s "$v" | sed 's,/,%2F,g; s, ,%20,g; s,+,%2B,g; s,=,%3D,g')
printf '{"level":"info","message":"got %s"}\n%s\n' "$v" "$v" >&2
printf '{"data":{"ok":true,"v":"%s","%s":1,"b":"%s","u":"Basic %s","h":"%s","a":"https://x/?p=%s","in":[{"%s":["%s"]}]},' "$v" "$v" "$b" "$u" "$h" "$a" "$v" "$v"
printf '"context_patch":{"kept":"%s","%s":{"b":"%s"}},"metrics":[{"name":"%s","value":1,"unit":"%s"}]}\n' "$v" "$v" "$b" "$v" "$v"
"#,
        "",
    ),
    (
        "fails",
        r#"printf '{"error":{"kind":"%s","message":"login %s failed","retryable":false,"detail":{"%s":["%s"]}}}\n' "$v" "$v" "$v" "$v"
"#,
        "",
    ),
    (
        "crashes",
        "echo \"cannot log in with $v\" >&2; exit 3\n",
        "",
    ),
    ("babbles", "echo \"$v\"; echo \"$v\"\n", ""),
    (
        "misfits",
        "printf '{\"data\":{\"ok\":\"%s\",\"%s\":1}}\\n' \"$v\" \"$v\"\n",
        "",
    ),
    (
        "in-pieces",
        r#"half=${v%?????}; printf 'it is %s' "$half" >&2; sleep 0.05; printf '%s\n' "${v#"$half"}" >&2
echo '{"data":{"ok":true}}'
"#,
        "",
    ),
    // What is kept of its log ends within the value.
    (
        "floods",
        r#"printf '%0119d' 0 >&2; printf '%s' "$v" >&2; printf '%0999d' 0 >&2; echo '{"data":{"ok":true}}'
"#,
        "limits = { log_bytes = 128 }",
    ),
    (
        "hands-over",
        r#"printf '{"data":{"ok":true},"handoff":{"tool":"listens","action":"go","input":{"text":"%s"}}}\n' "$v"
"#,
        "",
    ),
    // Into files: a text, no text, a name.
    (
        "puts-out",
        r#"printf 'it is %s\n' "$v" >$AI_LAB_ARTIFACTS/text; printf '\377%s' "$v" >$AI_LAB_ARTIFACTS/binary
mkdir -p "$AI_LAB_ARTIFACTS/${v%/*}"; echo x >"$AI_LAB_ARTIFACTS/$v"; echo '{"data":{"ok":true}}'
"#,
        "",
    ),
    // Joined again by whoever takes control characters out.
    (
        "hides",
        r#"half=${v%"${v#????}"}; printf 'x\001%s\002%s\n' "$half" "${v#"$half"}" >&2; exit 3
"#,
        "",
    ),
];

const LISTENS: &str = r#"read -r line; echo "$line" >&2; t=${line#*'"text":"'}; t=${t%%'"'*}
printf '{"data":{"ok":true,"heard":"%s"}}\n' "$t"
"#;

/// All that came out of one call of each spilling tool.
struct Spilled {
    lab: Lab,
    answers: Vec<Completed>,
    /// The same as text.
    text: String,
}

impl Spilled {
    /// Calls each tool, with the canary as its secret or as a literal that nobody knows to be one.
    fn of(profile: Profile, canary: &str, is_kept: bool) -> Self {
        let lab = Lab::new();
        let framework = lab.framework();
        lab.tool("listens", LISTENS);
        let read = if is_kept {
            READ.to_owned()
        } else {
            format!("v='{canary}'\n")
        };
        let secrets = if is_kept { "\"canary\"" } else { "" };
        for (tool, script, more) in SPILLS {
            let manifest = format!(
                "profile = \"{profile}\"\n{more}\ngrants = {{ handoff = [\"listens.*\"], secrets = [{secrets}] }}"
            );
            lab.tool_with(tool, &format!("{read}{script}"), &manifest);
        }
        if is_kept {
            keep(&framework, "canary", canary);
            for (tool, _, _) in SPILLS {
                grant(&framework, "canary", tool);
            }
        }
        lock_tools(&framework, &[]).expect("pinned");
        let calls = SPILLS.iter().map(|(tool, _, _)| call_in(tool, "s-1"));
        let answers: Vec<Completed> = calls
            .map(|call| run(&framework, &call).expect("it is recorded"))
            .collect();
        let text = serde_json::to_string(&answers).expect("JSON");
        Self { lab, answers, text }
    }
}

#[test]
fn a_canary_is_nowhere_after_a_tool_has_spilled_it_in_every_way() {
    for profile in Profile::ALL {
        let canary = format!("c4nary/{profile} +=7q");
        // Without redaction first: what the tools then leave is what must not be found.
        let open = Spilled::of(profile, &canary, false);
        let answer = open.answers[0].data.as_ref().expect("it answers");
        let left = |key: &str| answer[key].as_str().expect("a text").to_owned();
        let (alone, header) = (left("b"), left("u"));
        let needles = vec![
            // Nor the longest beginning that the limit of a log leaves of it.
            canary[..8].to_owned(),
            left("h"),
            left("a"),
            alone.trim_end_matches('=')[..20].to_owned(),
            header["Basic dXNlcjo".len()..header.len() - 3].to_owned(),
        ];
        let home = "home";
        let seen = holding(&open.lab.path(home), &needles);
        for needle in &needles {
            assert!(
                open.text.contains(needle),
                "{needle} is in no answer: {}",
                open.text
            );
            assert!(
                seen.iter().any(|seen| seen.starts_with(needle)),
                "{needle}: {seen:?}"
            );
        }
        let heard = open.answers[7]
            .data
            .as_ref()
            .map(|data| data["heard"].clone());
        assert_eq!(heard, Some(json!(canary)), "the hand-off is followed");
        // The name of a file, and in its path: kept, there is no such file.
        let said = open.text.matches(&canary).count() - 2;
        // A lab keeps others out: two at once would wait for one another.
        drop(open);

        let kept = Spilled::of(profile, &canary, true);
        assert_eq!(
            holding(&kept.lab.path(home), &needles),
            Vec::<String>::new(),
            "{profile}"
        );
        let told: Vec<&String> = needles
            .iter()
            .filter(|form| kept.text.contains(*form))
            .collect();
        assert_eq!(told, Vec::<&String>::new(), "{profile}: {}", kept.text);
        let marks = |text: &str| text.matches("[secret:canary]").count();
        assert_eq!(marks(&kept.text), said + 4, "{}", kept.text);
    }
}

#[test]
fn a_secret_shows_neither_in_the_environment_nor_in_the_arguments() {
    let lab = Lab::new();
    let framework = lab.framework();
    let script = format!(
        "{READ}if tr '\\0' '\\n' </proc/$$/environ | grep -qF \"$v\" || tr '\\0' '\\n' </proc/$$/cmdline | grep -qF \"$v\"
then ok=false; else ok=true; fi
[ \"$v\" = 'correct horse' ] || ok=false
printf '{{\"data\":{{\"ok\":%s}}}}\\n' $ok\n"
    );
    lab.tool_with("looks", &script, "grants = { secrets = [\"canary\"] }");
    let asks = "[ \"$PASSWORD\" = 'correct horse' ] && [ -z \"${AI_LAB_SECRETS_FD:-}\" ] && ok=true || ok=false
printf '{\"data\":{\"ok\":%s}}\\n' $ok\n";
    let grants = "grants = { secrets = [{ name = \"canary\", environment = \"PASSWORD\" }] }";
    lab.tool_with("asks", asks, grants);
    keep(&framework, "canary", "correct horse");
    for tool in ["looks", "asks"] {
        grant(&framework, "canary", tool);
        assert_eq!(
            data(&framework, &call(tool, json!({}))),
            json!({ "ok": true }),
            "{tool}"
        );
    }
}

/// Says whether it inherited anything beside its three streams.
const INHERITED: &str =
    "for fd in /proc/$$/fd/*; do case $(readlink \"$fd\") in *ai-lab-secrets*) leak=1;; esac; done
[ -z \"${leak:-}${AI_LAB_SECRETS_FD:-}\" ] && ok=true || ok=false
printf '{\"data\":{\"ok\":%s}}\\n' $ok\n";

#[test]
fn a_tool_that_was_not_granted_gets_nothing_also_beside_one_that_was() {
    let lab = Lab::new();
    let framework = lab.framework();
    let granted = format!(
        "{READ}[ \"$v\" = 'correct horse' ] && ok=true || ok=false\nprintf '{{\"data\":{{\"ok\":%s}}}}\\n' $ok\n"
    );
    lab.tool_with("granted", &granted, "grants = { secrets = [\"canary\"] }");
    lab.tool("other", INHERITED);
    keep(&framework, "canary", "correct horse");
    grant(&framework, "canary", "granted");
    std::thread::scope(|scope| {
        for tool in ["granted", "other", "granted", "other"] {
            let framework = &framework;
            scope.spawn(move || {
                for _ in 0..10 {
                    let completed = alf_ops::run_tool(framework, &call(tool, json!({})), None);
                    let completed = completed.expect("it is recorded");
                    assert_eq!(completed.data, Some(json!({ "ok": true })), "{tool}");
                }
            });
        }
    });
}

/// Class and message of a run that gave no data.
fn refusal(framework: &Framework, tool: &str) -> (ErrorClass, String) {
    let completed = run(framework, &call(tool, json!({}))).expect("it is recorded");
    let error = completed.error.expect("it is refused");
    (error.class, error.message)
}

#[test]
fn what_is_not_there_or_not_granted_is_refused_with_the_next_command() {
    let lab = Lab::new();
    let framework = lab.framework();
    lab.tool_with("asks", WELL, "grants = { secrets = [\"router\"] }");
    let refused = |message: &str| (ErrorClass::Refused, message.to_owned());
    assert_eq!(
        refusal(&framework, "asks"),
        refused(
            "tool `asks` asks for the secret `router`, which is not kept here; next: `ai-lab-framework secret set router`"
        )
    );
    keep(&framework, "router", "correct horse");
    let ungranted = refused(
        "tool `asks` asks for the secret `router`, which it was not granted; next: `ai-lab-framework secret grant router asks`",
    );
    assert_eq!(refusal(&framework, "asks"), ungranted);
    grant(&framework, "router", "asks");
    assert_eq!(
        data(&framework, &call("asks", json!({}))),
        json!({ "ok": true })
    );
    let tool = "asks".parse().expect("a valid name");
    assert_eq!(
        revoke_secret(&framework, &name("router"), &tool)
            .expect("done")
            .before,
        1
    );
    assert_eq!(refusal(&framework, "asks"), ungranted);
    grant(&framework, "router", "asks");
    // Another lab's tool of the same name, with the same bytes.
    let moved = lab.path("lab/projects/p/tools/asks");
    fs::create_dir_all(moved.parent().expect("it has one")).expect("made");
    fs::rename(lab.path("lab/tools/asks"), moved).expect("moved");
    assert_eq!(refusal(&lab.framework(), "asks"), ungranted);
}

#[test]
fn a_tool_that_changed_since_the_grant_is_refused_in_production_and_told_in_standard() {
    for profile in Profile::ALL {
        let lab = Lab::new();
        let framework = lab.framework();
        let manifest = format!("profile = \"{profile}\"\ngrants = {{ secrets = [\"router\"] }}");
        lab.tool_with("asks", WELL, &manifest);
        keep(&framework, "router", "correct horse");
        grant(&framework, "router", "asks");
        lab.write("lab/tools/asks/more.sh", "# added later\n");
        let framework = lab.framework();
        // Approved as it is now; that says nothing of its secrets.
        lock_tools(&framework, &[]).expect("pinned");
        let listed = list_secrets(&framework).expect("it is there");
        assert_eq!(listed.secrets[0].granted_to[0].state, GrantState::Changed);
        let completed = run(&framework, &call("asks", json!({}))).expect("it is recorded");
        let warned = log_of(&shown(&framework, &completed));
        let told = completed.error.map(|error| error.message);
        let warning = "`asks` has changed since it was granted the secret `router`; `ai-lab-framework secret grant router asks` renews the grant";
        let expected = match profile {
            Profile::Experimental => (None, vec![]),
            Profile::Standard => (None, vec![(LogLevel::Warn, warning.to_owned())]),
            Profile::Production => (
                Some("tool `asks` asks for the secret `router`, and has changed since it was granted; next: `ai-lab-framework secret grant router asks`".to_owned()),
                vec![],
            ),
        };
        assert_eq!((told, warned), expected, "{profile}");
        grant(&framework, "router", "asks");
        let listed = list_secrets(&framework).expect("it is there");
        assert_eq!(listed.secrets[0].granted_to[0].state, GrantState::Current);
        assert_eq!(
            data(&framework, &call("asks", json!({}))),
            json!({ "ok": true })
        );
    }
}

#[test]
fn while_secrets_cannot_be_read_nothing_runs() {
    let lab = Lab::new();
    let framework = lab.framework();
    lab.tool("probe", WELL);
    keep(&framework, "router", "correct horse");
    let sealed = lab.path("home/secrets/secrets.sealed");
    let mode = |mode| fs::set_permissions(&sealed, fs::Permissions::from_mode(mode)).expect("ours");
    mode(0o644);
    let failure = run(&framework, &call("probe", json!({}))).expect_err("it cannot be redacted");
    let (class, chain, hint) = told(&lab, &failure);
    assert_eq!(class, ErrorClass::Environment);
    assert_eq!(
        chain[1],
        "/home/secrets/secrets.sealed can be reached by other accounts"
    );
    assert!(
        hint.contains("chmod go= /home/secrets/secrets.sealed"),
        "{hint}"
    );
    mode(0o600);
    assert_eq!(
        data(&framework, &call("probe", json!({}))),
        json!({ "ok": true })
    );
}

#[test]
fn an_input_with_a_secret_reaches_the_tool_and_not_the_record() {
    let lab = Lab::new();
    let framework = lab.framework();
    lab.tool(
        "probe",
        "grep -q 'correct horse' && ok=true || ok=false\nprintf '{\"data\":{\"ok\":%s}}\\n' $ok\n",
    );
    keep(&framework, "router", "correct horse");
    let call = call("probe", json!({ "text": "it is correct horse" }));
    let completed = run(&framework, &call).expect("it is recorded");
    assert_eq!(completed.data, Some(json!({ "ok": true })));
    let input = shown(&framework, &completed).execution.start.input;
    assert_eq!(input, r#"{"text":"it is [secret:router]"}"#);
}

#[test]
fn another_process_sees_a_new_secret_at_its_next_call() {
    let lab = Lab::new();
    let (one, other) = (lab.framework(), lab.framework());
    lab.tool(
        "probe",
        "echo 'correct horse' >&2; echo '{\"data\":{\"ok\":true}}'\n",
    );
    let logged = || {
        let completed = run(&one, &call("probe", json!({}))).expect("it is recorded");
        log_of(&shown(&one, &completed))[0].1.clone()
    };
    assert_eq!(logged(), "correct horse");
    keep(&other, "router", "correct horse");
    assert_eq!(logged(), "[secret:router]");
    remove_secret(&other, &name("router")).expect("there is one");
    assert_eq!(logged(), "correct horse");
}

#[test]
fn a_rotation_tells_where_the_old_value_still_stands() {
    let lab = Lab::new();
    let framework = lab.framework();
    // Before it was kept as a secret, a tool spilled it.
    let spill = "printf 'b: Y29ycmVjdCBob3JzZQ==\\n' >&2; printf '{\"data\":{\"ok\":true,\"v\":\"correct%%20horse\"}}\\n'\n";
    lab.tool("spills", spill);
    let completed = run(&framework, &call("spills", json!({}))).expect("it is recorded");
    configure(&framework, "spills", "password", "\"correct horse\"");
    lab.write("home/notes/old.txt", "636f727265637420686f727365");
    keep(&framework, "router", "correct horse");
    let rotate = |value: &str| {
        let value = secret_value(value.as_bytes().to_vec()).expect("a valid value");
        rotate_secret(&framework, &name("router"), &value)
    };
    let same = rotate("correct horse").expect_err("it is the same");
    assert_eq!(same.class, ErrorClass::InvalidInput);
    let told = rotate("battery staple").expect("there is one").old_value;
    let in_rows: Vec<&Where> = told
        .places
        .iter()
        .filter(|place| !matches!(place, Where::File(path) if path.to_string_lossy().contains("framework.db")))
        .collect();
    let notes = lab.path("home/notes/old.txt");
    assert_eq!(
        in_rows,
        [
            &Where::Execution(completed.execution_id.to_string()),
            &Where::Log(1),
            &Where::Setting("spills.password".to_owned()),
            &Where::File(notes),
        ]
    );
    // The grants stay, and the next rotation finds nothing of a value that nobody spilled.
    assert_eq!(
        rotate("third value").expect("there is one").old_value.count,
        0
    );
}

#[test]
fn an_import_keeps_what_it_can_and_names_the_rest() {
    let lab = Lab::new();
    let mut surroundings = lab.surroundings();
    for (variable, value) in [
        ("LAB_ROUTER", "correct horse"),
        ("LAB_PIN", "1234"),
        ("OTHER", "not for us"),
    ] {
        surroundings
            .variables
            .insert(variable.to_owned(), value.to_owned());
    }
    let framework = Framework::new(surroundings);
    let file = Zeroizing::new(
        b"ROUTER=other value\nbad name=12345678\nTOKEN='abcdefgh'\nKEY=\"-----BEGIN\nMII abcd==\n"
            .to_vec(),
    );
    let told = [ImportFrom::Environment("LAB_"), ImportFrom::File(&file)].map(|from| {
        let imported = import_secrets(&framework, &from).expect("it is done");
        let left_out = imported.left_out.iter();
        let left_out: Vec<String> = left_out
            .map(|left| format!("{}: {}", left.entry, left.why))
            .collect();
        let names: Vec<String> = imported.imported.iter().map(ToString::to_string).collect();
        (names, left_out)
    });
    let texts = |list: &[&str]| list.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(
        told,
        [
            (
                texts(&["router"]),
                texts(&["LAB_PIN: the value has 4 bytes; a secret has at least 8"])
            ),
            (
                texts(&["token"]),
                texts(&[
                    "line 1: there is a secret `router` already",
                    "line 2: its name is no name of a secret: 1 to 64 of letters, digits, `_`, `-`, `.`, a letter or digit first",
                    "line 4: its quote is not closed on its line; `ai-lab-framework secret set NAME --from-file FILE` keeps a value of many lines",
                    "line 5: its name is no name of a secret: 1 to 64 of letters, digits, `_`, `-`, `.`, a letter or digit first",
                ])
            ),
        ]
    );
}

#[test]
fn a_grant_to_a_tool_that_does_not_ask_is_refused() {
    let lab = Lab::new();
    let framework = lab.framework();
    lab.tool("probe", WELL);
    lab.tool_with("asks", WELL, "grants = { secrets = [\"token\"] }");
    keep(&framework, "router", "correct horse");
    let refused = |tool: &str, secret: &str| {
        let tool = tool.parse().expect("a valid name");
        let failure = grant_secret(&framework, &name(secret), &tool).expect_err("it is refused");
        (
            failure.class,
            format!(
                "{} | {}",
                failure.chain().join(" | "),
                failure.hint().unwrap_or_default()
            ),
        )
    };
    assert_eq!(
        [refused("probe", "router"), refused("asks", "router"), refused("asks", "token")],
        [
            (ErrorClass::Refused, "the tool `probe` does not ask for the secret `router` | Its manifest names none: `secrets` below `[grants]`.".to_owned()),
            (ErrorClass::Refused, "the tool `asks` does not ask for the secret `router` | Its manifest asks for `token`.".to_owned()),
            (ErrorClass::NotFound, "cannot use the secrets | there is no secret `token` | `ai-lab-framework secret list` names those there are.".to_owned()),
        ]
    );
}

#[test]
fn a_tool_cannot_keep_grant_or_take_away() {
    let lab = Lab::new();
    let mut surroundings = lab.surroundings();
    let marker = ("AI_LAB_EXECUTION_ID".to_owned(), "e-1".to_owned());
    surroundings.variables.extend([marker]);
    let framework = Framework::new(surroundings);
    let (secret, tool) = (name("router"), "probe".parse().expect("a valid name"));
    let value = secret_value(b"correct horse".to_vec()).expect("a valid value");
    let nothing = |failure: alf_ops::Failure| (failure.class, failure.to_string());
    let refused = (
        ErrorClass::Refused,
        "a tool may not change secrets or who gets them".to_owned(),
    );
    let told = [
        set_secret(&framework, &secret, &value).map(drop),
        rotate_secret(&framework, &secret, &value).map(drop),
        remove_secret(&framework, &secret).map(drop),
        grant_secret(&framework, &secret, &tool).map(drop),
        revoke_secret(&framework, &secret, &tool).map(drop),
        import_secrets(&framework, &ImportFrom::Environment("A")).map(drop),
    ];
    for told in told {
        assert_eq!(told.map_err(nothing), Err(refused.clone()));
    }
    assert!(!lab.path("home/secrets").exists());
}

#[test]
fn a_process_that_lives_on_is_started_anew_when_its_secret_changes() {
    let lab = Lab::new();
    let framework = lab.framework();
    let script = format!(
        "{READ}while read -r line; do printf '{{\"data\":{{\"ok\":true,\"letters\":%s,\"pid\":%s}}}}\\n' ${{#v}} $$; done\n"
    );
    lab.tool_with("serves", &script, "grants = { secrets = [\"canary\"] }");
    let path = lab.path("lab/tools/serves/tool.toml");
    let manifest = fs::read_to_string(&path).expect("it can be read");
    let worker = manifest.replace("command = ", "kind = \"worker\"\ncommand = ");
    lab.write("lab/tools/serves/tool.toml", worker);
    keep(&framework, "canary", "correct horse");
    grant(&framework, "canary", "serves");
    let asked = || {
        let completed = alf_ops::run_tool(&framework, &call("serves", json!({})), None);
        let data = completed.expect("it is recorded").data.expect("it answers");
        (data["letters"].clone(), data["pid"].clone())
    };
    let (first, second) = (asked(), asked());
    assert_eq!(
        (&first.0, &first),
        (&json!(13), &second),
        "the same process serves"
    );
    let value = secret_value(b"battery staple".to_vec()).expect("a valid value");
    rotate_secret(&framework, &name("canary"), &value).expect("there is one");
    let third = asked();
    assert_eq!(third.0, json!(14));
    assert_ne!(third.1, first.1);
}
