//! Writes a new tool that runs at once.
//!
//! Owns the templates. Refuses to know where tools are kept and which names are taken: the caller says where.
//! Start reading at [`plan_new_tool`], which decides every file and writes none.

mod plan;
mod template;
mod write;

pub use plan::{GenerateError, GeneratedFile, Kind, Language, NewTool, plan_new_tool};
pub use write::{WriteError, write_new_tool};
