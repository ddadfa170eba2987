//! A process of the framework's own beside the tools of its supervisor.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read as _, Write as _, pipe};
use std::os::fd::OwnedFd;
use std::path::Path;

use alf_runtime::{Detached, HeldProcess, run};
use alf_secrets::HandOverPlan;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{FdFlags, fcntl_setfd};

use crate::scene::{LIMITS, SUPERVISOR, alone, plan};

/// Starts a shell; gives its handle, where it reads and what it writes.
fn detached(script: &str) -> (HeldProcess, File, File) {
    let (input, to_it) = pipe().expect("a pipe");
    let (from_it, output) = pipe().expect("a pipe");
    let process = SUPERVISOR
        .start_detached(Detached {
            program: Path::new("/bin/sh"),
            arguments: &["-c", script],
            environment: &BTreeMap::from([("PATH".to_owned(), "/usr/bin:/bin".to_owned())]),
            input: input.into(),
            output: output.into(),
        })
        .expect("there is a shell");
    let file = |end: OwnedFd| File::from(end);
    (process, file(to_it.into()), file(from_it.into()))
}

fn has_ended(process: &HeldProcess, patience_s: i64) -> bool {
    let patience = Timespec {
        tv_sec: patience_s,
        tv_nsec: 0,
    };
    let ended = poll(&mut [PollFd::new(process, PollFlags::IN)], Some(&patience));
    ended == Ok(1)
}

#[test]
fn it_is_no_tools_leftover_and_is_waited_for_when_it_has_ended() {
    // It has no marker: the last execution to end would take it.
    let _alone = alone();
    let (process, mut to_it, mut from_it) = detached("echo $$; read line; echo \"$line\"");
    let mut number = Vec::new();
    let mut byte = [0];
    while from_it.read_exact(&mut byte).is_ok() && byte != *b"\n" {
        number.extend(byte);
    }
    let number = String::from_utf8(number).expect("a number");
    let place = Path::new("/proc").join(&number);
    // Its end has a leftover, so that the children of this process are looked through.
    let leaves = plan("setsid sleep 1000 >/dev/null 2>&1 & echo {}", LIMITS);
    let run_it = || run(&leaves, &HandOverPlan::default(), b"", &SUPERVISOR, None);
    let left = run_it().expect("a shell starts").left_behind;
    assert_eq!((left.len(), has_ended(&process, 0)), (1, false));
    to_it.write_all(b"done\n").expect("it reads");
    let mut said = String::new();
    from_it.read_to_string(&mut said).expect("it ends");
    assert!(has_ended(&process, 60));
    assert_eq!((said.as_str(), place.exists()), ("done\n", true));
    // The next start waits for it, and so does the next end of a tool.
    let (next, ..) = detached("exit");
    assert!(has_ended(&next, 60) && !place.exists());
    run_it().expect("a shell starts");
}

#[test]
fn it_inherits_nothing_but_its_two_ends() {
    let _alone = alone();
    let (_mine, passed_on) = pipe().expect("a pipe");
    fcntl_setfd(&passed_on, FdFlags::empty()).expect("it is open");
    let (_process, _to_it, mut from_it) = detached("cd /proc/self/fd; echo *");
    let mut open = String::new();
    from_it.read_to_string(&mut open).expect("it ends");
    // The shell's own look at the folder is the fourth.
    assert!(["0 1 2\n", "0 1 2 3\n"].contains(&open.as_str()), "{open}");
}

#[test]
fn it_can_be_asked_to_end_and_killed() {
    let _alone = alone();
    let (process, _to_it, mut from_it) =
        detached("trap 'echo asked' TERM; echo on; read line; read line");
    let mut on = [0; 3];
    from_it.read_exact(&mut on).expect("it began");
    process.ask_to_end();
    let mut asked = [0; 6];
    from_it.read_exact(&mut asked).expect("it answers");
    process.kill();
    assert!(has_ended(&process, 60));
    assert_eq!((&on, &asked), (b"on\n", b"asked\n"));
}
