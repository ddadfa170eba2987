//! The processes around a tool that has its own process namespace.
//!
//! Three of them: the *outer* one that the framework started and waits for, the *first* of the namespace, and the
//! tool. When the first ends, the kernel ends all others of the namespace: nothing outlives the call.

use core::sync::atomic::{AtomicI32, Ordering};

use crate::report::{Failed, Step};
use crate::sys::{self, Descriptor, Errno};

/// Nobody has told yet how the tool ended.
const UNTOLD: i32 = -1;

/// Starts the namespace's first process and through it the tool, which continues in the caller with `Ok`.
///
/// The outer and the first process never return: they end as the tool ends.
pub(crate) fn continue_inside() -> Result<(), Failed> {
    start_first().map_err(|errno| Step::Processes.failed(errno))
}

fn start_first() -> Result<(), Errno> {
    let told = sys::shared_number(UNTOLD)?;
    let (reading, writing) = sys::lifeline()?;
    sys::hold_signals(true)?;
    if sys::fork()?.is_some() {
        follow_first(told, &writing);
    }
    drop(writing);
    bind_to_outer()?;
    if sys::is_cut(&reading) {
        sys::end(0);
    }
    drop(reading);
    if let Some(tool) = sys::fork()? {
        follow_tool(tool, told);
    }
    sys::lead_group(0)?;
    sys::hold_signals(false)
}

/// This process dies with the one that forked it.
fn bind_to_outer() -> Result<(), Errno> {
    let kill = u64::from(libc::SIGKILL.cast_unsigned());
    sys::control(libc::PR_SET_PDEATHSIG, kill, 0)
}

/// The outer process: waits for the first one, then ends as the tool ended.
///
/// A request to end reaches the first process by itself, which is in the same process group.
fn follow_first(told: &AtomicI32, lifeline: &Descriptor) -> ! {
    // The tool's pipes are the tool's alone: whoever reads them waits for it, not for this process.
    let _none_open = sys::close_but(lifeline);
    loop {
        sys::next_signal();
        if sys::ended_child().is_some() {
            end_as(told.load(Ordering::Acquire));
        }
    }
}

/// The namespace's first process: reaps what is orphaned, passes on the request to end, ends when the tool ends.
fn follow_tool(tool: i32, told: &AtomicI32) -> ! {
    // The tool does the same; whoever comes first, the group is there before anybody is asked.
    let _already = sys::lead_group(tool);
    let _none_open = sys::close_from(0);
    loop {
        if sys::next_signal() == libc::SIGTERM {
            sys::ask_group(tool);
        }
        while let Some((pid, status)) = sys::ended_child() {
            if pid == tool {
                told.store(status, Ordering::Release);
                sys::end(0);
            }
        }
    }
}

fn end_as(status: i32) -> ! {
    if status == UNTOLD {
        // The first process was killed, and all with it.
        sys::end_by(libc::SIGKILL);
    }
    if libc::WIFSIGNALED(status) {
        sys::end_by(libc::WTERMSIG(status));
    }
    sys::end(libc::WEXITSTATUS(status))
}
