//! The order in which a tool is closed in.

use crate::orders::Orders;
use crate::report::{Failed, Step};
use crate::sys::Descriptor;
use crate::{landlock, limits, namespaces, network, privileges, sys, tree};

/// Where the orders are found. The tool finds here what it is handed, if it is handed anything.
pub const ORDERS_FD: i32 = 3;
/// Where a failure is told. It closes when the helper becomes the program, which tells that all went well.
pub const STATUS_FD: i32 = 4;
/// Where lies what is handed to the tool, if the orders say so; it moves to number 3.
pub const HANDED_FD: i32 = 5;
/// Through which the listener of the tool's own network goes to the framework, if it has one; it moves to number 5.
pub const GATE_FD: i32 = 6;

/// The exit code of a helper that did not become its program; what happened is in the report.
const FAILED: i32 = 126;

/// Does what the orders say: becomes the program, or ends when there is none or it could not be.
pub fn obey_and_end() -> ! {
    match carry_out() {
        Ok(()) => sys::end(0),
        Err(failed) => tell_and_end(failed),
    }
}

/// Ends a helper that found a mistake of its own; that is reported as orders that could not be carried out.
pub fn report_mistake() -> ! {
    tell_and_end(Step::Orders.failed(libc::EFAULT))
}

fn tell_and_end(failed: Failed) -> ! {
    sys::say(STATUS_FD, &failed.to_bytes());
    sys::end(FAILED)
}

fn carry_out() -> Result<(), Failed> {
    let bytes = sys::take_sealed(ORDERS_FD).map_err(|errno| Step::Orders.failed(errno))?;
    let orders = Orders::from_bytes(bytes).map_err(|_| Step::Orders.failed(libc::EBADMSG))?;
    bind_to_framework(orders.parent)?;
    let port = orders.namespaces.and_then(|wanted| wanted.network);
    close_descriptors(orders.hands_over, port.is_some())?;
    for (index, procs) in (0..).zip(&orders.control_groups) {
        sys::tell(procs, b"0").map_err(|errno| Failed {
            step: Step::ControlGroup,
            index,
            errno,
        })?;
    }
    if let Some(wanted) = orders.namespaces {
        namespaces::enter(wanted).map_err(|errno| Step::Namespaces.failed(errno))?;
        namespaces::close_file_system(&orders.writable)?;
        if let Some(port) = port {
            let gate = Descriptor::given(HANDED_FD);
            network::open_door(&gate, port).map_err(|errno| Step::Network.failed(errno))?;
        }
        tree::continue_inside()?;
    }
    close_in(&orders)
}

/// From here on this process dies with the framework, and it is sure that the framework still lives.
fn bind_to_framework(parent: i32) -> Result<(), Failed> {
    let kill = u64::from(libc::SIGKILL.cast_unsigned());
    sys::control(libc::PR_SET_PDEATHSIG, kill, 0).map_err(|errno| Step::Parent.failed(errno))?;
    let own = sys::parent().map_err(|errno| Step::Parent.failed(errno))?;
    if own == parent {
        Ok(())
    } else {
        Err(Step::Parent.failed(libc::ESRCH))
    }
}

fn close_descriptors(hands_over: bool, has_gate: bool) -> Result<(), Failed> {
    let closed = if hands_over {
        sys::duplicate(HANDED_FD, ORDERS_FD)
    } else {
        Ok(())
    };
    let first_closed = if has_gate { HANDED_FD } else { STATUS_FD } + 1;
    closed
        .and_then(|()| {
            if has_gate {
                sys::duplicate(GATE_FD, HANDED_FD)
            } else {
                Ok(())
            }
        })
        .and_then(|()| sys::close_from(first_closed))
        .and_then(|()| sys::close_at_exec(STATUS_FD))
        .map_err(|errno| Step::Descriptors.failed(errno))
}

/// The process that becomes the program, or that ends after it could have.
fn close_in(orders: &Orders<'_>) -> Result<(), Failed> {
    sys::go_to(&orders.folder).map_err(|errno| Step::Folder.failed(errno))?;
    limits::apply(&orders.limits)?;
    privileges::give_up()?;
    if let Some(landlock) = &orders.landlock {
        landlock::apply(landlock)?;
    }
    if !orders.filter.is_empty() {
        sys::filter(&orders.filter).map_err(|errno| Step::Filter.failed(errno))?;
    }
    if orders.program.is_empty() {
        return Ok(());
    }
    let errno = sys::become_program(&orders.program, &orders.arguments, &orders.environment);
    Err(Step::Program.failed(errno))
}
