//! Operations in a real lab: real tools, real processes, a real database.

mod context;
mod killed;
mod misbehaviour;
mod reading;
mod recorded;
mod scene;
mod tools;
