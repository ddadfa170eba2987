//! The built program against the stand-in: each action's answer and the exact requests sent, when all is well and
//! with each quirk and fault.

mod changes;
mod client;
mod faults;
mod line;
mod network;
mod scene;
mod secrets;
