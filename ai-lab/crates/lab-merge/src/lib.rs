//! Merges two copies of a thing field by field, against what both once were.
//!
//! Owns the three-way rule of each kind of field, who wins where both sides changed one, and what becomes of a
//! thing that one side no longer has. Refuses to know what the fields mean, where the copies lie, clocks and
//! authors: a change is told by its content alone, so an echo of an own write is no change. Start reading at
//! [`merge`], then [`fate`].

mod fate;
mod image;
mod three_way;

pub use fate::{Fate, Presence, fate};
pub use image::{Image, Value};
pub use three_way::{Clash, Kind, Merge, Policy, Rule, Side, merge};
