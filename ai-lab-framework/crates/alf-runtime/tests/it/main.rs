//! Runs real programs that misbehave, and looks at what is left of them.

mod behaviour;
mod detached;
mod leftovers;
mod scene;
mod workers;
