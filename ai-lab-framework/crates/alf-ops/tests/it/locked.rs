//! A database that another process keeps to itself, and what each profile makes of it.

use ai_lab_contract::{ErrorClass, Profile};
use alf_ops::{Completed, Failure, run_tool};
use alf_store::{Status, Store as _};
use rusqlite::{Connection, TransactionBehavior};
use serde_json::json;

use crate::scene::{Lab, call, data, still_running};

/// Tells that it runs, and answers when it is told to.
const WAITS: &str =
    "echo >../../../pipes/begun\nread x <../../../pipes/go\necho '{\"data\":{\"ok\":true}}'\n";

fn lab(profile: Profile, script: &str) -> Lab {
    let lab = Lab::new();
    lab.tool_with(
        "tool",
        script,
        &format!("profile = \"{}\"", profile.as_str()),
    );
    lab.tool("probe", crate::scene::WELL);
    // The database is there before somebody takes it.
    data(&lab.framework(), &call("probe", json!({})));
    alf_ops::lock_tools(&lab.framework(), &[]).expect("production runs what is pinned");
    lab
}

/// Keeps every writer away for as long as the connection lives.
fn take(lab: &Lab) -> Connection {
    let path = lab.path("home/framework.db");
    let mut connection = Connection::open(path).expect("it is there");
    let taken = connection.transaction_with_behavior(TransactionBehavior::Immediate);
    std::mem::forget(taken.expect("nobody writes"));
    connection
}

fn call_it(lab: &Lab) -> Result<Completed, Failure> {
    run_tool(&lab.framework(), &call("tool", json!({})), None)
}

/// What a call came to: its class or whether the record has it, and whether it warned.
#[derive(Debug, PartialEq)]
enum Came {
    Refused(ErrorClass),
    Answered { recorded: bool, warned: bool },
}

fn came(called: Result<Completed, Failure>) -> Came {
    match called {
        Err(failure) => Came::Refused(failure.class),
        Ok(completed) => Came::Answered {
            recorded: completed.recorded,
            warned: completed
                .warnings
                .iter()
                .any(|text| text.contains("busy") || text.contains("locked")),
        },
    }
}

/// The database is taken before the call.
fn locked_at_the_start(profile: Profile) -> Came {
    let lab = lab(profile, crate::scene::WELL);
    let framework = lab.framework();
    framework.store().expect("it opens");
    let taken = take(&lab);
    let called = run_tool(&framework, &call("tool", json!({})), None);
    drop(taken);
    came(called)
}

/// The database is taken while the tool runs. Gives also what the next start makes of the row.
fn locked_at_the_end(profile: Profile) -> (Came, Status) {
    let lab = lab(profile, WAITS);
    let (mut begun, go) = (lab.pipe("begun"), lab.pipe("go"));
    let (called, taken) = std::thread::scope(|scope| {
        let called = scope.spawn(|| call_it(&lab));
        begun.wait();
        let taken = take(&lab);
        rustix::io::write(&go, b"\n").expect("a pipe takes a byte");
        (called.join().expect("no panic"), taken)
    });
    drop(taken);
    let framework = lab.framework();
    let store = framework.store().expect("it opens");
    let rows = store
        .executions(&alf_store::ExecutionFilter::default())
        .expect("it can be read");
    let row = rows
        .executions
        .into_iter()
        .find(|row| row.start.tool.as_str() == "tool");
    let row = row.expect("its start was recorded");
    assert_eq!(
        still_running(row.start.execution_id.as_str()),
        Vec::<String>::new()
    );
    (came(called), row.status)
}

#[test]
fn a_locked_database_is_named_and_treated_as_the_profile_says() {
    let told = std::thread::scope(|scope| {
        let starts = Profile::ALL.map(|profile| scope.spawn(move || locked_at_the_start(profile)));
        let ends = Profile::ALL.map(|profile| scope.spawn(move || locked_at_the_end(profile)));
        (
            starts.map(|one| one.join().expect("no panic")),
            ends.map(|one| one.join().expect("no panic")),
        )
    });
    let warned = |recorded| Came::Answered {
        recorded,
        warned: true,
    };
    let refused = || Came::Refused(ErrorClass::Environment);
    assert_eq!(told.0, [warned(false), refused(), refused()]);
    // The framework that ran it lives on in this process: its row is its own to end.
    let open = Status::Started;
    assert_eq!(
        told.1,
        [
            (warned(true), open),
            (warned(true), open),
            (refused(), open)
        ]
    );
}
