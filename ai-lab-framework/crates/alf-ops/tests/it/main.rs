//! Operations in a real lab: real tools, real processes, a real database.

mod access;
mod artifacts;
mod bad_manifest;
mod bad_output;
mod callers;
mod capsule;
mod catalogue;
mod context;
mod gate;
mod hand_off;
mod killed;
mod lasting;
mod locked;
mod misbehaviour;
mod own_files;
mod profiles;
mod promote;
mod reading;
mod recorded;
mod resilience;
mod scene;
mod secrets;
mod sessions;
mod tool_lock;
mod tools;
mod unrecorded;
