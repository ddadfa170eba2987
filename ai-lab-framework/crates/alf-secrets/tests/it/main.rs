//! The store on a disk, and redaction against chance.

mod credentials;
mod redaction;
mod store;
