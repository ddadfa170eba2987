//! From a plan to the lab: compared first, then written in one go.

mod carry_out;
mod decide;
mod drafts;
mod fill;
mod names;
mod three_way;

pub use carry_out::carry_out;
pub use decide::{Decision, FILE_PREFIX, Step, decide, kept_in};

pub(crate) use drafts::Entities;
pub(crate) use names::Names;
pub(crate) use three_way::ThreeWay;
