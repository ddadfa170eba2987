//! Closes a tool in.
//!
//! Owns what this machine's kernel gives ([`probe_machine`]), the paths a tool needs ([`look_up`]), the embedded helper
//! that applies a [`Confinement`](alf_policy::Confinement) and becomes the tool ([`start`]), and an execution's private
//! work folder ([`WorkFolder`]), out of which it takes what the tool leaves to be kept. Where hosts or sockets are granted it has
//! [`alf_proxy`] serve the tool's own network, as long as the [`Process`] is held. Refuses to decide: levels and lists come from `alf-policy`, and what a tool answers is
//! nobody's business here. Start reading at [`start`].
//!
//! It never forks from this process. The helper is a part of this program, handed to the kernel from a sealed memory
//! file: there is no second file that could be missing, old or exchanged.

mod artifacts;
mod caretaker;
mod embedded;
mod filter;
mod gate;
mod group;
mod landlock;
mod orders;
mod probe;
mod reach;
mod spawn;
mod start;
mod work;

pub use alf_proxy::Refusals;
pub use artifacts::{Artifact, ArtifactBounds, RefusedArtifact, TakenArtifacts};
pub use caretaker::Caretaker;
pub use probe::{Depth, probe_machine};
pub use reach::{Asked, look_up};
pub use spawn::keep_descriptors;
pub use start::{Process, Start, StartError, Starting, start};
pub use work::{WorkError, WorkFolder, sweep_leftovers};
