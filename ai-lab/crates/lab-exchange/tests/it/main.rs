//! The exchange against the stand-in: every request of every test is held against GitHub's description.

mod both_ways;
mod clashes;
mod cuts;
mod edits;
mod faults;
mod many;
mod scene;
mod wire;
