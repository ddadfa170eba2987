//! The steps: each does what [`crate::next`] decided, with nothing left to choose, and enters the phase that follows.

mod fetch;
mod force;
mod rehearse;
mod settle;
