//! Runs real programs that misbehave, and looks at what is left of them.

mod behaviour;
mod detached;
mod hosts;
mod leftovers;
mod scene;
mod workers;
