//! The exchange against the stand-in: every request of every test is held against GitHub's description.

mod both_ways;
mod cuts;
mod many;
mod scene;
