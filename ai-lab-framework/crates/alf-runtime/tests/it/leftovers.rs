//! What a framework that died left running is found by its marker.

use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};

use alf_policy::EXECUTION_MARKER;
use alf_runtime::end_leftovers;

use crate::scene::alone;

#[test]
#[expect(clippy::disallowed_methods, reason = "plays the framework that died")]
fn marked_processes_are_ended_and_others_are_not() {
    // Children started here are unknown to the supervisor of the other tests.
    let _alone = alone();
    let start = |marker: &str| {
        Command::new("/bin/sleep")
            .arg("997")
            .env_clear()
            .env(EXECUTION_MARKER, marker)
            .process_group(0)
            .stdin(Stdio::null())
            .spawn()
            .expect("sleep starts")
    };
    let marker = format!("dead-{}", std::process::id());
    let mut left = start(&marker);
    let mut other = start(&format!("{marker}-other"));
    let ended = end_leftovers(&[marker.parse().expect("a valid id")]);
    let names: Vec<(i32, &str)> = ended.iter().map(|p| (p.pid, p.name.as_str())).collect();
    let status = left.wait().expect("it was started here");
    let spared = other.try_wait().expect("it was started here").is_none();
    other
        .kill()
        .and_then(|()| other.wait().map(drop))
        .expect("it was started here");
    assert_eq!(
        names,
        [(i32::try_from(left.id()).expect("a pid fits"), "sleep")]
    );
    assert_eq!(
        (
            std::os::unix::process::ExitStatusExt::signal(&status),
            spared
        ),
        (Some(9), true)
    );
}

#[test]
fn without_executions_nothing_is_looked_for() {
    assert_eq!(end_leftovers(&[]), Vec::new());
}
