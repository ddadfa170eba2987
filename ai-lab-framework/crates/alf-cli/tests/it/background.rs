//! Calls in the background: begun, waited for, withdrawn, killed.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::fd::AsFd as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Child, Command};
use std::time::Duration;

use ai_lab_contract::{ErrorClass, ExecutionId, SessionId};
use alf_ops::{
    Call, Client, Clock, ExecutionOutcome, Failure, Framework, Surroundings, cancel_execution,
    execution_outcome, new_execution_id, show_execution, start_in_background, wait_for_execution,
};
use insta::assert_snapshot;
use rustix::fs::{FlockOperation, flock};
use serde_json::{Value, json};

use crate::scene::Lab;

/// A lab with a tool that leaves a daemon, tells through the pipe `../begun` that it runs, and then never ends.
fn slow_lab() -> Lab {
    let lab = Lab::new();
    lab.tool(
        "slow",
        "setsid sh -c 'echo >../../../begun; exec sleep 1000' & exec sleep 1000",
        "",
    );
    lab.shell("mkfifo ../begun");
    lab
}

/// Begins the slow call and waits until its tool runs; gives its id.
fn begun(lab: &Lab) -> String {
    let line = "ai-lab-framework tool run --background slow.go && read x <../begun";
    let output = lab.shell(line);
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout)
        .expect("an id")
        .trim()
        .to_owned()
}

fn note_of(lab: &Lab, id: &str) -> PathBuf {
    lab.path(&format!("home/.ai-lab/background/{id}.json"))
}

fn note(lab: &Lab, id: &str) -> Value {
    let text = fs::read(note_of(lab, id)).expect("there is a note");
    serde_json::from_slice(&text).expect("a note is JSON")
}

fn carrier(lab: &Lab, id: &str) -> u64 {
    note(lab, id)["pid"].as_u64().expect("a process's number")
}

/// The processes that name the execution.
fn left_of(id: &str) -> Vec<String> {
    let marker = format!("AI_LAB_EXECUTION_ID={id}");
    let names = |environment: &[u8]| {
        let mut entries = environment.split(|byte| *byte == 0);
        entries.any(|entry| entry == marker.as_bytes())
    };
    fs::read_dir("/proc")
        .expect("/proc is mounted")
        .flatten()
        .filter(|entry| fs::read(entry.path().join("environ")).is_ok_and(|text| names(&text)))
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}

#[test]
fn a_call_in_the_background_is_begun_waited_for_and_withdrawn() {
    let lab = slow_lab();
    assert_snapshot!(lab.play("
        ai-lab-framework tool run --background probe.look host=nas >../id
        ai-lab-framework execution wait $(cat ../id)
        ai-lab-framework execution wait $(cat ../id) --json | grep -A 5 data
        ai-lab-framework tool run --background slow.go >../id && read x <../begun
        ai-lab-framework execution wait $(cat ../id) --timeout 0
        ai-lab-framework execution wait $(cat ../id) --timeout 0 --json
        ai-lab-framework execution cancel $(cat ../id)
        ai-lab-framework execution cancel $(cat ../id) --json
        ai-lab-framework execution wait $(cat ../id)
        ai-lab-framework execution list
    "), @r#"
    $ ai-lab-framework tool run --background probe.look host=nas >../id
    2> runs in the background; `ai-lab-framework execution wait ID`
    exit 0

    $ ai-lab-framework execution wait $(cat ../id)
    free bytes  2.0 KiB
    seen
      host  nas
    2> ✓ probe.look in TIME  recorded as ID
    exit 0

    $ ai-lab-framework execution wait $(cat ../id) --json | grep -A 5 data
      "data": {
        "free_bytes": 2048,
        "seen": {
          "host": "nas"
        }
      },
    exit 0

    $ ai-lab-framework tool run --background slow.go >../id && read x <../begun
    2> runs in the background; `ai-lab-framework execution wait ID`
    exit 0

    $ ai-lab-framework execution wait $(cat ../id) --timeout 0
    2> error: execution ID still runs
    2> hint: `ai-lab-framework execution wait ID` waits on; `execution cancel ID` withdraws it.
    exit 13

    $ ai-lab-framework execution wait $(cat ../id) --timeout 0 --json
    {
      "format": 1,
      "error": {
        "class": "timeout",
        "message": "execution ID still runs",
        "causes": [],
        "hint": "`ai-lab-framework execution wait ID` waits on; `execution cancel ID` withdraws it."
      }
    }
    exit 13

    $ ai-lab-framework execution cancel $(cat ../id)
    ✓ slow.go was withdrawn (cancelled)  recorded as ID
    exit 0

    $ ai-lab-framework execution cancel $(cat ../id) --json
    {
      "ended": "cancelled",
      "execution_id": "ID",
      "format": 1,
      "had_ended": true
    }
    exit 0

    $ ai-lab-framework execution wait $(cat ../id)
    2> ✗ slow.go: the call was withdrawn (cancelled)  recorded as ID
    exit 18

    $ ai-lab-framework execution list
    execution  action  status  took  when  what
    ID  slow.go  failed  TIME  0 s ago  cancelled: the call was withdrawn
    ID  probe.look  succeeded  TIME  0 s ago
    2> 2 of 2
    exit 0
    "#);
    let id = fs::read_to_string(lab.path("id")).expect("an id");
    assert_eq!(left_of(id.trim()), Vec::<String>::new());
}

#[test]
fn what_cannot_begin_is_told_as_it_is_in_the_foreground() {
    let lab = Lab::new();
    assert_snapshot!(lab.play(r#"
        ai-lab-framework tool run --background probe.lok host=nas
        ai-lab-framework tool run --background probe.look host=nas --plan
        ai-lab-framework tool run --background probe.look top=0 >../id
        ai-lab-framework execution wait $(cat ../id)
        ai-lab-framework execution wait 0 --timeout -1
        echo '{"format":1}' | ai-lab-framework carry-out-errand
        ai-lab-framework tool run probe.look host=nas --json | sed -n 's/.*"execution_id": "\(.*\)".*/\1/p' >../id
        ai-lab-framework execution wait $(cat ../id)
        ls ../home/.ai-lab/background | grep -c json
    "#), @r#"
    $ ai-lab-framework tool run --background probe.lok host=nas
    2> error: tool `probe` has no action `lok`
    2> hint: Did you mean `probe.look`?
    exit 4

    $ ai-lab-framework tool run --background probe.look host=nas --plan
    2> error: the argument '--background' cannot be used with '--plan'
    2> 
    2> Usage: ai-lab-framework tool run --background <TOOL.ACTION> <KEY=VALUE>...
    2> 
    2> For more information, try '--help'.
    exit 2

    $ ai-lab-framework tool run --background probe.look top=0 >../id
    2> runs in the background; `ai-lab-framework execution wait ID`
    exit 0

    $ ai-lab-framework execution wait $(cat ../id)
    2> ✗ probe.look: the input does not fit at /top: 0 is less than 1 (and 1 more) (invalid_input)  recorded as ID
    exit 11

    $ ai-lab-framework execution wait 0 --timeout -1
    2> error: unexpected argument '-1' found
    2> 
    2>   tip: to pass '-1' as a value, use '-- -1'
    2> 
    2> Usage: ai-lab-framework execution wait [OPTIONS] <ID>
    2> 
    2> For more information, try '--help'.
    exit 2

    $ echo '{"format":1}' | ai-lab-framework carry-out-errand
    exit 2

    $ ai-lab-framework tool run probe.look host=nas --json | sed -n 's/.*"execution_id": "\(.*\)".*/\1/p' >../id
    exit 0

    $ ai-lab-framework execution wait $(cat ../id)
    free bytes  2.0 KiB
    seen
      host  nas
    2> ✓ probe.look in TIME  recorded as ID
    exit 0

    $ ls ../home/.ai-lab/background | grep -c json
    1
    exit 0
    "#);
}

#[test]
fn the_call_outlives_its_caller_and_is_in_a_session_of_its_own() {
    let lab = Lab::new();
    lab.tool(
        "holds",
        "echo >../../../begun; read x <../../../go; echo '{\"data\":{}}'",
        "",
    );
    let grant = format!(
        "grants = {{ write = [\"{}\", \"{}\"] }}",
        lab.path("begun").display(),
        lab.path("go").display()
    );
    let manifest = lab.path("lab/tools/holds/tool.toml");
    let text = fs::read_to_string(&manifest).expect("it is there");
    let text: Vec<&str> = text
        .lines()
        .map(|line| {
            if line.starts_with("grants") {
                grant.as_str()
            } else {
                line
            }
        })
        .collect();
    lab.write("lab/tools/holds/tool.toml", text.join("\n"));
    // The caller's whole session is killed while the tool runs.
    let line = "mkfifo ../begun ../go; setsid sh -c 'ai-lab-framework tool run --background holds.go >../id; \
                read x <../begun; kill -KILL -$$'; ai-lab-framework execution wait $(cat ../id) --timeout 0";
    let line = line.replace(
        "'ai-lab-framework",
        &format!("'{}", env!("CARGO_BIN_EXE_ai-lab-framework")),
    );
    assert_eq!(lab.shell(&line).status.code(), Some(13));
    let id = fs::read_to_string(lab.path("id")).expect("an id");
    let id = id.trim();
    let pid = carrier(&lab, id);
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).expect("it runs");
    let fields = stat.rsplit_once(')').expect("a name").1;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    assert_eq!(
        (fields[2], fields[3]),
        (pid.to_string().as_str(), pid.to_string().as_str())
    );
    let line = format!("echo >../go; ai-lab-framework execution wait {id}");
    assert_eq!(lab.shell(&line).status.code(), Some(0));
}

#[test]
fn neither_arguments_nor_variables_nor_files_hold_the_input_while_it_runs() {
    let lab = slow_lab();
    let line =
        "ai-lab-framework tool run --background slow.go word=xyzzy-plugh && read x <../begun";
    let output = lab.shell(line);
    let id = String::from_utf8(output.stdout)
        .expect("an id")
        .trim()
        .to_owned();
    let pid = carrier(&lab, &id);
    for place in ["cmdline", "environ"] {
        let text = fs::read(format!("/proc/{pid}/{place}")).expect("it runs");
        let text = String::from_utf8_lossy(&text);
        assert!(!text.contains("plugh"), "{place}: {text}");
    }
    let told = fs::read_to_string(note_of(&lab, &id)).expect("there is a note");
    assert!(!told.contains("plugh"), "{told}");
    lab.shell(&format!("ai-lab-framework execution cancel {id}"));
}

#[test]
fn a_killed_carrier_leaves_an_interrupted_execution_and_no_orphan() {
    let lab = slow_lab();
    let id = begun(&lab);
    let pid = carrier(&lab, &id);
    let line = format!("kill -KILL {pid}; ai-lab-framework execution wait {id}");
    let output = lab.shell(&line);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(19), "{told}");
    assert!(
        told.contains("the framework ended before the tool did (interrupted)"),
        "{told}"
    );
    assert_eq!(left_of(&id), Vec::<String>::new());
    // What somebody waits for is told at once as well.
    let id = begun(&lab);
    let line = format!(
        "ai-lab-framework execution wait {id} & kill -KILL {}; wait $!",
        carrier(&lab, &id)
    );
    assert_eq!(lab.shell(&line).status.code(), Some(19));
    assert_eq!(left_of(&id), Vec::<String>::new());
}

/// How often a carrier is killed, each time a little later in its life.
const ROUNDS: usize = 24;

#[test]
fn a_carrier_killed_at_any_moment_leaves_nothing_acknowledged_missing() {
    let lab = Lab::new();
    lab.tool("slow", "exec sleep 1000", "");
    let notes = lab.path("home/.ai-lab/background");
    let mut seen: Vec<PathBuf> = Vec::new();
    let mut acknowledged = 0;
    for round in 0..ROUNDS {
        let mut caller = lab.start("ai-lab-framework tool run --background slow.go");
        // The note is the first that is seen of the carrier.
        let new = loop {
            let found = fs::read_dir(&notes).into_iter().flatten().flatten();
            let mut paths = found.map(|entry| entry.path());
            let is_new = |path: &PathBuf| {
                path.extension().is_some_and(|end| end == "json") && !seen.contains(path)
            };
            if let Some(new) = paths.find(is_new) {
                break new;
            }
        };
        let id = new
            .file_stem()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        let pid = carrier(&lab, &id);
        if round * 4 >= ROUNDS * 3 {
            // The last ones after their id was told.
            caller.wait().expect("it ends");
        }
        for _ in 0..3 * round * round {
            fs::read_dir("/proc")
                .expect("/proc is mounted")
                .for_each(drop);
        }
        lab.shell(&format!("kill -KILL {pid}"));
        let mut told = String::new();
        let stdout = caller.stdout.take().expect("it is piped");
        BufReader::new(stdout).read_line(&mut told).expect("text");
        let was_told = caller.wait().expect("it ended").success();
        assert_eq!(was_told, told.trim() == id, "{told}");
        acknowledged += u32::from(was_told);
        let line = format!("ai-lab-framework execution wait {id} --json");
        let output = lab.shell(&line);
        let ended = output.status.code();
        // One that nobody was told of may have no row.
        let expected: &[Option<i32>] = if was_told {
            &[Some(19)]
        } else {
            &[Some(19), Some(4)]
        };
        assert!(expected.contains(&ended), "round {round}: {output:?}");
        assert_eq!(left_of(&id), Vec::<String>::new(), "round {round}");
        seen.push(new);
    }
    let verified = lab.shell("ai-lab-framework execution verify");
    let started = lab.shell("ai-lab-framework execution list --status started --json");
    let started: Value = serde_json::from_slice(&started.stdout).expect("JSON");
    assert_eq!(
        (verified.status.code(), &started["executions"]),
        (Some(0), &json!([]))
    );
    assert!(acknowledged > 0, "no carrier lived long enough");
}

#[test]
fn a_process_that_has_the_carriers_number_now_is_not_hit() {
    let lab = slow_lab();
    let id = begun(&lab);
    let pid = carrier(&lab, &id);
    // The carrier dies, and a stranger gets its number: the note says it started at another time.
    lab.shell(&format!("kill -KILL {pid}"));
    let mut stranger = begin_stranger();
    let text = fs::read_to_string(note_of(&lab, &id)).expect("there is a note");
    let reused = text.replace(
        &format!("\"pid\":{pid}"),
        &format!("\"pid\":{}", stranger.id()),
    );
    assert_ne!(reused, text);
    lab.write(&format!("home/.ai-lab/background/{id}.json"), reused);
    let output = lab.shell(&format!("ai-lab-framework execution cancel {id}"));
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(stranger.try_wait().expect("it was started here").is_none());
    let line = format!("ai-lab-framework execution wait {id}");
    assert_eq!(lab.shell(&line).status.code(), Some(19));
    assert_eq!(left_of(&id), Vec::<String>::new());
    stranger.kill().expect("it runs");
    stranger.wait().expect("it ended");
}

#[expect(clippy::disallowed_methods, reason = "plays a stranger")]
fn begin_stranger() -> Child {
    Command::new("/bin/sleep")
        .arg("1000")
        .spawn()
        .expect("there is `sleep`")
}

#[test]
fn so_many_run_at_once_and_no_more() {
    let lab = Lab::new();
    lab.shell("ai-lab-framework execution wait $(ai-lab-framework tool run --background probe.look host=nas)");
    let places: Vec<File> = (1..=16)
        .map(|number| {
            let path = lab.path(&format!("home/.ai-lab/background/place-{number:02}"));
            let place = File::create(path).expect("the person's own folder");
            flock(&place, FlockOperation::LockExclusive).expect("nobody has it");
            place
        })
        .collect();
    let screen = lab.play(
        "
        ai-lab-framework tool run --background probe.look host=nas
        ls ../home/.ai-lab/background | grep -c json
    ",
    );
    drop(places);
    assert_snapshot!(screen, @r#"
    $ ai-lab-framework tool run --background probe.look host=nas
    2> error: 16 calls run in the background already
    2> hint: Wait for one of them: `ai-lab-framework execution list --status started` shows them.
    exit 21

    $ ls ../home/.ai-lab/background | grep -c json
    1
    exit 0
    "#);
    let again = lab.shell("ai-lab-framework tool run --background probe.look host=nas");
    assert_eq!(again.status.code(), Some(0));
}

#[test]
fn a_note_that_somebody_else_wrote_or_may_read_is_named() {
    let lab = Lab::new();
    lab.shell("ai-lab-framework tool run --background probe.look host=nas >../id");
    assert_snapshot!(lab.play("
        ai-lab-framework execution wait $(cat ../id) --timeout 60 >/dev/null
        echo '{}' >../home/.ai-lab/background/$(cat ../id).json
        ai-lab-framework execution wait $(cat ../id)
        chmod 644 ../home/.ai-lab/background/$(cat ../id).json
        ai-lab-framework execution wait $(cat ../id)
        rm ../home/.ai-lab/background/$(cat ../id).json
        ai-lab-framework execution wait $(cat ../id)
        chmod 755 ../home/.ai-lab/background
        ai-lab-framework tool run --background probe.look host=nas
    "), @r#"
    $ ai-lab-framework execution wait $(cat ../id) --timeout 60 >/dev/null
    2> ✓ probe.look in TIME  recorded as ID
    exit 0

    $ echo '{}' >../home/.ai-lab/background/$(cat ../id).json
    exit 0

    $ ai-lab-framework execution wait $(cat ../id)
    2> error: /home/.ai-lab/background/ID.json is not what the framework wrote there
    2> hint: Move it away: `ai-lab-framework execution show ID` shows what the record has.
    exit 8

    $ chmod 644 ../home/.ai-lab/background/$(cat ../id).json
    exit 0

    $ ai-lab-framework execution wait $(cat ../id)
    2> error: cannot keep account of calls in the background
    2>   because /home/.ai-lab/background/ID.json can be reached by other accounts
    2> hint: The folder `background` in the framework's home belongs to you alone: mode 700.
    exit 8

    $ rm ../home/.ai-lab/background/$(cat ../id).json
    exit 0

    $ ai-lab-framework execution wait $(cat ../id)
    free bytes  2.0 KiB
    seen
      host  nas
    2> ✓ probe.look in TIME  recorded as ID
    exit 0

    $ chmod 755 ../home/.ai-lab/background
    exit 0

    $ ai-lab-framework tool run --background probe.look host=nas
    2> error: cannot keep account of calls in the background
    2>   because /home/.ai-lab/background can be reached by other accounts
    2> hint: The folder `background` in the framework's home belongs to you alone: mode 700.
    exit 8
    "#);
}

#[test]
fn all_that_a_call_led_to_is_its_answer() {
    let lab = Lab::new();
    let retry = "retry = { attempts = 2, backoff_ms = 1, max_backoff_ms = 1 }";
    lab.tool(
        "flaky",
        "echo '{\"error\":{\"kind\":\"busy\",\"message\":\"busy\",\"retryable\":true}}'",
        retry,
    );
    let manifest = lab.path("lab/tools/flaky/tool.toml");
    let text = fs::read_to_string(&manifest).expect("it is there");
    lab.write(
        "lab/tools/flaky/tool.toml",
        text.replace("[actions.go]", "[actions.go]\nidempotent = true"),
    );
    lab.tool("scout", "echo '{\"data\":{\"found\":1},\"handoff\":{\"tool\":\"probe\",\"action\":\"look\",\"input\":{\"host\":\"nas\"}}}'", "grants = { handoff = [\"probe.look\"] }");
    assert_snapshot!(lab.play("
        ai-lab-framework tool run --background flaky.go >../id
        ai-lab-framework execution wait $(cat ../id)
        ai-lab-framework tool run --background scout.go >../id
        ai-lab-framework execution wait $(cat ../id)
    "), @r#"
    $ ai-lab-framework tool run --background flaky.go >../id
    2> runs in the background; `ai-lab-framework execution wait ID`
    exit 0

    $ ai-lab-framework execution wait $(cat ../id)
    2> tried 2 times
    2> ✗ flaky.go: busy (tool_failed)  recorded as ID
    exit 7

    $ ai-lab-framework tool run --background scout.go >../id
    2> runs in the background; `ai-lab-framework execution wait ID`
    exit 0

    $ ai-lab-framework execution wait $(cat ../id)
    free bytes  2.0 KiB
    seen
      host  nas
    2> scout.go handed over  ID
    2> ✓ probe.look in TIME  recorded as ID
    exit 0
    "#);
}

/// The framework as a server has it.
fn server(lab: &Lab) -> Framework {
    let home = lab.path("home");
    let text = |path: &std::path::Path| path.to_str().expect("UTF-8").to_owned();
    Framework::new(Surroundings {
        home: home.join(".ai-lab"),
        instance: Some(lab.path("lab")),
        variables: BTreeMap::from([
            ("HOME".to_owned(), text(&home)),
            ("PATH".to_owned(), "/usr/bin:/bin".to_owned()),
        ]),
        path: "/usr/bin:/bin".to_owned(),
        executable: env!("CARGO_BIN_EXE_ai-lab-framework").into(),
        client: Client::told("scene", "1", "mcp/1"),
        host: "stage".to_owned(),
        user: None,
        clock: Clock::system(),
    })
}

fn call(id: &ExecutionId) -> Call {
    Call {
        tool: "slow".parse().expect("a name"),
        action: "go".parse().expect("a name"),
        input: json!({}),
        session: Some("work".parse().expect("an id")),
        correlation: None,
        patience: None,
        config: serde_json::Map::new(),
        repeats: None,
        client: Some(Client::told("opencode", "1.18.33", "2025-11-25")),
        execution_id: Some(id.clone()),
    }
}

#[test]
fn a_server_begins_waits_is_called_off_and_withdraws() {
    let lab = slow_lab();
    let framework = server(&lab);
    let id = new_execution_id();
    assert_eq!(
        execution_outcome(&framework, &id).map_err(|failure| failure.class),
        Err(ErrorClass::NotFound)
    );
    assert_eq!(
        start_in_background(&framework, &call(&id)).map_err(|failure| failure.class),
        Ok(id.clone())
    );
    let again = start_in_background(&framework, &call(&id)).expect_err("because the id is taken");
    assert_eq!(
        (again.class, again.to_string()),
        (
            ErrorClass::Conflict,
            format!("execution {id} was begun already")
        )
    );
    lab.shell("read x <../begun");
    let running = Ok(ExecutionOutcome::Running);
    let told =
        |outcome: Result<ExecutionOutcome, Failure>| outcome.map_err(|failure| failure.class);
    let (cancel, mut withdraw) = std::io::pipe().expect("a pipe");
    let moment = Duration::from_millis(60);
    let hour = Duration::from_hours(1);
    assert_eq!(
        told(wait_for_execution(&framework, &id, moment, None)),
        running
    );
    withdraw.write_all(b"x").expect("it is open");
    let called_off = wait_for_execution(&framework, &id, hour, Some(cancel.as_fd()));
    assert_eq!(told(called_off), running);
    let withdrawn = cancel_execution(&framework, &id, hour).expect("it can be told");
    let ExecutionOutcome::Ended(completed) = &withdrawn else {
        panic!("{withdrawn:?}");
    };
    let class = completed.error.as_ref().map(|error| error.class);
    assert_eq!(
        (class, &completed.execution_id),
        (Some(ErrorClass::Cancelled), &id)
    );
    assert_eq!(left_of(id.as_str()), Vec::<String>::new());
    let row = show_execution(&framework, id.as_str())
        .expect("it is recorded")
        .execution;
    assert_eq!(
        (
            row.start.client_name.as_str(),
            row.start.session_id.as_ref().map(SessionId::as_str)
        ),
        ("opencode", Some("work"))
    );
    // The note says what the record says.
    lab.shell(&format!("rm ../home/.ai-lab/background/{id}.json"));
    assert_eq!(told(execution_outcome(&framework, &id)), Ok(withdrawn));
}

#[test]
fn what_is_not_in_the_background_is_waited_for_and_not_withdrawn() {
    let lab = slow_lab();
    let framework = server(&lab);
    let mut person = lab.start("ai-lab-framework tool run slow.go");
    lab.shell("read x <../begun");
    let listed = alf_ops::list_executions(&framework, &alf_store::ExecutionFilter::default());
    let id = listed
        .expect("it lists")
        .executions
        .remove(0)
        .start
        .execution_id;
    let refused = cancel_execution(&framework, &id, Duration::ZERO).expect_err("because it is not");
    assert_eq!(refused.class, ErrorClass::Refused);
    let outcome = std::thread::scope(|scope| {
        let waiting = scope.spawn(|| wait_for_execution(&framework, &id, Duration::MAX, None));
        lab.shell(&format!("kill -TERM {}", person.id()));
        waiting.join().expect("it ends")
    });
    let outcome = outcome.expect("it can be told");
    let ExecutionOutcome::Ended(completed) = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(
        completed.error.map(|error| error.class),
        Some(ErrorClass::Cancelled)
    );
    person.wait().expect("it ended");
}

#[test]
fn in_the_background_a_call_stands_on_what_it_stands_on_in_the_foreground() {
    let lab = Lab::new();
    let rest = |line: &str| {
        let ran = lab.shell(line);
        assert!(ran.status.success(), "{ran:?}");
        let listed = lab.shell("ai-lab-framework execution list --json");
        let page: Value = serde_json::from_slice(&listed.stdout).expect("JSON");
        let row = page["executions"][0].clone();
        [
            "tool_digest",
            "framework_digest",
            "policy_digest",
            "configuration_digest",
            "sandbox",
            "profile",
            "client_name",
            "session_id",
            "input",
            "status",
        ]
        .map(|key| (key, row[key].clone()))
    };
    let foreground = rest("ai-lab-framework tool run probe.look host=nas --session work");
    let background = rest(
        "ai-lab-framework execution wait $(ai-lab-framework tool run --background probe.look host=nas --session work)",
    );
    assert_eq!(background, foreground);
    assert_eq!(background[9].1, json!("succeeded"));
}

/// A worker that tells through the pipe `../begun` that it has a call, and then never answers.
const WORKER: &str = "setsid sleep 1000 & read -r line; echo >../../../begun; exec sleep 1000";

#[test]
fn a_killed_carrier_leaves_no_process_that_lives_on_either() {
    let lab = Lab::new();
    lab.tool("keeps", WORKER, "");
    let manifest = lab.path("lab/tools/keeps/tool.toml");
    let text = fs::read_to_string(&manifest).expect("it is there");
    lab.write(
        "lab/tools/keeps/tool.toml",
        text.replace("[run]\n", "[run]\nkind = \"worker\"\n"),
    );
    let line =
        "mkfifo ../begun; ai-lab-framework tool run --background keeps.go && read x <../begun";
    let id = String::from_utf8(lab.shell(line).stdout)
        .expect("an id")
        .trim()
        .to_owned();
    let pid = carrier(&lab, &id);
    let marker = format!("AI_LAB_EXECUTION_ID=worker:{pid}:");
    let kept = || {
        let of_worker = |environment: &[u8]| {
            let mut entries = environment.split(|byte| *byte == 0);
            entries.any(|entry| entry.starts_with(marker.as_bytes()))
        };
        let processes = fs::read_dir("/proc").expect("/proc is mounted").flatten();
        let environments =
            processes.filter_map(|entry| fs::read(entry.path().join("environ")).ok());
        environments.filter(|text| of_worker(text)).count()
    };
    assert!(kept() > 0, "no worker of {pid}");
    let line = format!("kill -KILL {pid}; ai-lab-framework execution wait {id}");
    assert_eq!(lab.shell(&line).status.code(), Some(19));
    assert_eq!(kept(), 0);
}

#[test]
fn a_carrier_that_is_killed_after_a_hand_over_leaves_what_it_had_come_to() {
    let lab = slow_lab();
    let answer =
        "echo '{\"data\":{},\"handoff\":{\"tool\":\"slow\",\"action\":\"go\",\"input\":{}}}'";
    lab.tool("scout", answer, "grants = { handoff = [\"slow.go\"] }");
    let line = "ai-lab-framework tool run --background scout.go && read x <../begun";
    let id = String::from_utf8(lab.shell(line).stdout)
        .expect("an id")
        .trim()
        .to_owned();
    let pid = carrier(&lab, &id);
    let line = format!("kill -KILL {pid}; ai-lab-framework execution wait {id} --json");
    let output = lab.shell(&line);
    let told: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(
        (output.status.code(), &told["tool"], &told["error"]["class"]),
        (Some(19), &json!("slow"), &json!("interrupted"))
    );
    assert_eq!(
        left_of(told["execution_id"].as_str().expect("an id")),
        Vec::<String>::new()
    );
}

#[test]
fn what_was_killed_before_it_began_is_told_as_interrupted() {
    let lab = slow_lab();
    let id = begun(&lab);
    let text = fs::read_to_string(note_of(&lab, &id)).expect("there is a note");
    let line = format!(
        "kill -KILL {}; ai-lab-framework execution wait {id}",
        carrier(&lab, &id)
    );
    assert_eq!(lab.shell(&line).status.code(), Some(19));
    // A note of a process that has gone, and no row.
    let never = new_execution_id();
    let path = format!("home/.ai-lab/background/{never}.json");
    lab.write(&path, text.replace(&id, never.as_str()));
    fs::set_permissions(lab.path(&path), fs::Permissions::from_mode(0o600)).expect("it is ours");
    let failure = execution_outcome(&server(&lab), &never).expect_err("because it never began");
    assert_eq!(
        (failure.class, failure.to_string()),
        (
            ErrorClass::Interrupted,
            format!("the process that carried execution {never} ended before it began")
        )
    );
}
