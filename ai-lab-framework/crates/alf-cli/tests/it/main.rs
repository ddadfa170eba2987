//! The command line as a person, a script and a shell meet it: scenes of what is typed and what is then on the screen.
#![expect(clippy::too_many_lines, reason = "a scene is as long as its screen")]

mod access;
mod background;
mod bad_call;
mod compatibility;
mod config;
mod connect;
mod degraded;
mod gate;
mod hand_over;
mod help;
mod hosts;
mod interrupt;
mod kill_rounds;
mod machine;
mod mcp;
mod record;
mod record_lost;
mod redact;
mod rehearsal;
mod releases;
mod replay;
mod run;
mod scene;
mod screen;
mod secrets;
mod sessions;
mod taken_out;
mod tool_lock;
mod tools;
mod upkeep;
