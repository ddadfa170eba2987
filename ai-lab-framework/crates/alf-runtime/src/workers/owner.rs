//! The thread that owns one process: starts it, lets the engine speak with it, ends it, says what became of its calls.

use std::io;
use std::os::fd::AsFd as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ai_lab_contract::ErrorClass;
use alf_policy::RunPlan;
use alf_sandbox::{StartError, WorkFolder};
use alf_secrets::HandOverPlan;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{PidfdFlags, pidfd_open};

use super::call::Outcome;
use super::desk::{Desk, Message, hand_back};
use super::engine::{Ended, Ending, Seat, Unanswered};
use super::log::KeptLog;
use crate::pump::{Reading, read_some, set_nonblocking};
use crate::report::{EndedProcess, Exit, Stop};
use crate::supervisor::{Started, Supervisor};

/// How much is read at once while a process ends, in bytes.
const CHUNK: usize = 16_384;
/// How many chunks of log are still read after the process is gone: what its pipe can hold.
const LAST_READS: usize = 64;
/// From so many deaths in a row on, the log of a call says so.
const DEATHS_TOLD: u32 = 3;

/// Owns one process from start to end. Runs on a thread of its own: the kernel ties a process's end to its parent's
/// thread, so that thread must live as long.
pub(super) fn own(
    supervisor: &Supervisor,
    plan: &RunPlan,
    secrets: &HandOverPlan,
    desk: &Arc<Desk>,
) {
    let started = WorkFolder::make(&plan.confinement.work)
        .map_err(StartError::from)
        .and_then(|work| Ok((work, supervisor.start(plan, secrets)?)));
    // The folder is removed when nothing of the process runs any more.
    let (_work, mut started) = match started {
        Ok(started) => started,
        Err(error) => return not_started(desk, &error),
    };
    desk.tell_of(started.process.refusals());
    let seat = take_seat(&mut started, plan, desk);
    let served = seat.map(|mut seat| {
        let ended = seat.desk.pool.engine.serve(&mut seat);
        // From here on a call goes to another process.
        desk.pool.remove(desk);
        desk.close().into_iter().for_each(hand_back);
        let (by_itself, last_log) = wind_down(&mut seat, ended.how, plan.limits.grace);
        (by_itself, last_log, ended, seat)
    });
    match served {
        Ok((by_itself, last_log, ended, seat)) => {
            let gone = supervisor.end(started, by_itself);
            // Only now its pipes: a closed one would let it end otherwise than it is ended.
            drop(seat);
            let deaths = desk.pool.gone(ended.died);
            report(ended, gone, last_log, deaths);
        }
        Err(error) => {
            let _status = supervisor.end(started, false);
            not_started(desk, &StartError::Program(error));
        }
    }
}

fn take_seat<'a>(started: &mut Started, plan: &'a RunPlan, desk: &'a Desk) -> io::Result<Seat<'a>> {
    let ended = pidfd_open(started.pid, PidfdFlags::empty())?;
    let missing = || io::Error::other("a pipe of the process is not there");
    let child = &mut started.process;
    let stdin = child.stdin.take().ok_or_else(missing)?;
    let stdout = child.stdout.take().ok_or_else(missing)?;
    let stderr = child.stderr.take().ok_or_else(missing)?;
    set_nonblocking(stdin.as_fd())?;
    set_nonblocking(stdout.as_fd())?;
    set_nonblocking(stderr.as_fd())?;
    Ok(Seat {
        plan,
        worker: &desk.pool.worker,
        desk,
        stdin: Some(stdin),
        stdout,
        stderr,
        ended,
        pid: started.pid,
    })
}

/// Lets the process end as the engine wants it. True when it ended by itself; with what it still said.
fn wind_down(seat: &mut Seat<'_>, how: Ending, grace: Duration) -> (bool, KeptLog) {
    let mut log = KeptLog::new(seat.plan.limits.log_bytes);
    let by_itself = match how {
        Ending::Gone => true,
        Ending::Kill => false,
        Ending::Close => {
            seat.stdin = None;
            ends_within(seat, grace, &mut log) || asked_ends(seat, grace, &mut log)
        }
        Ending::Ask => asked_ends(seat, grace, &mut log),
    };
    for _ in 0..LAST_READS {
        if !read_log(seat, &mut log) {
            break;
        }
    }
    (by_itself, log)
}

fn asked_ends(seat: &mut Seat<'_>, grace: Duration, log: &mut KeptLog) -> bool {
    seat.ask_to_end();
    ends_within(seat, grace, log);
    // What of its group is left is killed with it, as after a run of its own.
    false
}

/// Waits for the end, reading on so that nobody waits for room in a pipe.
fn ends_within(seat: &mut Seat<'_>, grace: Duration, log: &mut KeptLog) -> bool {
    let until = Instant::now() + grace;
    let mut open = (true, true);
    loop {
        let left = until.saturating_duration_since(Instant::now());
        let mut fds = vec![PollFd::new(&seat.ended, PollFlags::IN)];
        if open.0 {
            fds.push(PollFd::new(&seat.stdout, PollFlags::IN));
        }
        if open.1 {
            fds.push(PollFd::new(&seat.stderr, PollFlags::IN));
        }
        let timeout = Timespec::try_from(left).ok();
        let waited = poll(&mut fds, timeout.as_ref());
        let is_gone = !fds[0].revents().is_empty();
        drop(fds);
        if is_gone {
            return true;
        }
        if left.is_zero() || waited.is_err_and(|error| error != rustix::io::Errno::INTR) {
            return false;
        }
        let mut dropped = [0; CHUNK];
        open.0 = open.0 && !matches!(read_some(&mut seat.stdout, &mut dropped), Reading::End);
        let mut chunk = [0; CHUNK];
        match read_some(&mut seat.stderr, &mut chunk) {
            Reading::Bytes(count) => log.write(&chunk[..count]),
            Reading::Later => {}
            Reading::End => open.1 = false,
        }
    }
}

fn read_log(seat: &mut Seat<'_>, log: &mut KeptLog) -> bool {
    let mut chunk = [0; CHUNK];
    match read_some(&mut seat.stderr, &mut chunk) {
        Reading::Bytes(count) => {
            log.write(&chunk[..count]);
            true
        }
        Reading::Later | Reading::End => false,
    }
}

/// Says what became of the calls that the process did not answer.
fn report(
    ended: Ended,
    gone: io::Result<(std::process::ExitStatus, Vec<EndedProcess>)>,
    last_log: KeptLog,
    deaths: u32,
) {
    let (exit, mut left_behind) = match gone {
        Ok((status, left_behind)) => (Exit::from(status), left_behind),
        Err(error) => {
            for mut unanswered in ended.unanswered {
                unanswered.call.give(Outcome::Lost(io::Error::new(
                    error.kind(),
                    error.to_string(),
                )));
            }
            return;
        }
    };
    let mut last_log = Some(last_log);
    for Unanswered {
        mut call,
        stop,
        output,
    } in ended.unanswered
    {
        // What it said last and what it left are told once.
        if let Some(log) = last_log.take() {
            let (bytes, _) = log.into_parts();
            call.log.write(&bytes);
        }
        if deaths >= DEATHS_TOLD {
            let told = format!(
                "the tool's processes ended {deaths} times in a row before any had answered a call"
            );
            call.log.note("warn", &told);
        }
        call.end(exit, stop, output, std::mem::take(&mut left_behind));
    }
}

/// Tells the callers that wait at the desk that nothing started.
fn not_started(desk: &Arc<Desk>, error: &StartError) {
    desk.pool.remove(desk);
    desk.pool.gone(true);
    for message in desk.close() {
        match message {
            Message::Call(mut call) => {
                call.give(Outcome::NotStarted(error.copy()));
            }
            Message::Cancel(_) | Message::Close => {}
        }
    }
}

/// Why a call ended that shared its process with one that had to be ended.
pub fn shared_fate(culprit: &str, why: &str) -> Stop {
    Stop::Failed {
        class: ErrorClass::Crashed,
        why: format!("its process was ended because another call in it, {culprit}, {why}"),
    }
}
