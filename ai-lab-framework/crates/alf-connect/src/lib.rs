//! The entry of the framework's server in the configuration of other programs (MCP clients).
//!
//! Owns where each client keeps its servers, what an entry says, how it is put into a file and taken out of it with
//! everything else left as it is, byte for byte, and what is wrong with one. Refuses to know files and processes: text
//! and values come in, text and values go out. Start reading at [`Client`], then [`with_entry`].

mod client;
mod edit;
mod entry;
mod examine;
mod jsonc;
mod layout;
mod section;
mod toml;

pub use client::{Client, Form, Places, Scope, UnknownClient};
pub use edit::{
    Before, CONFIG_BYTES, EditError, Edited, Made, Removed, read_entry, read_values, with_entry,
    without_entry,
};
pub use entry::{Command, SERVER, Server, command_of, entry};
pub use examine::{Trouble, folder_trust, other_starters, troubles};
pub use section::{SectionError, has_section, with_section, without_section};
