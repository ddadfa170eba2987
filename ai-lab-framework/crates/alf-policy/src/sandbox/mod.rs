//! How far a tool is closed in, and what stays open.
//!
//! [`decide`] is the table of levels: profile and machine to [`Sandboxing`], or a refusal that names what is missing.
//! [`confine`] is the list of what is let through: everything else is closed. Both take facts that others looked up
//! ([`Machine`], [`Reach`]) and touch nothing.

mod confinement;
mod decide;
mod machine;

pub use confinement::{
    Access, Confinement, GrantRefused, Granted, Opened, Protected, Reach, confine,
};
pub use decide::{Network, SandboxRefused, Sandboxing, decide};
pub use machine::{ControlGroups, Machine, SandboxLevel};
