//! The step between the framework and a tool: it takes [`Orders`], closes itself in, and becomes the tool.
//!
//! Owns the order in which the kernel's means are applied, and every raw system call of that. Refuses to decide
//! anything: paths, rights, numbers and the filter's program come ready in the orders, out of one sealed memory file;
//! arguments and environment say nothing to it. Whatever fails, nothing is started, and the step is reported.
//! Start reading at [`obey_and_end`], then [`Orders`] and [`Failed`].
//!
//! It needs neither the standard library nor the C library: the program is one without both, see `bare.rs`.

#![cfg_attr(not(test), no_std)]

extern crate alloc;

mod confine;
mod landlock;
mod limits;
mod namespaces;
mod network;
mod orders;
mod privileges;
mod report;
mod sys;
mod tree;

pub use confine::{GATE_FD, HANDED_FD, ORDERS_FD, STATUS_FD, obey_and_end, report_mistake};
pub use orders::{Landlock, Limit, Namespaces, Orders, OrdersError, PathRule};
pub use report::{Failed, REPORT_BYTES, Step};

/// The version of Landlock's interface that this kernel gives; 0 where there is none.
pub fn landlock_version() -> u32 {
    sys::landlock_version()
}

/// Whether this kernel gives system call filters.
pub fn has_filters() -> bool {
    sys::has_filters()
}

/// New memory for good, zeroed; `None` where the kernel has none left.
pub fn more_memory(bytes: usize) -> Option<*mut u8> {
    sys::memory(bytes).ok()
}
