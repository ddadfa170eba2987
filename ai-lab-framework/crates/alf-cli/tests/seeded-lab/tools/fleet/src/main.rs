//! Counts machines.

use ai_lab_tool::contract::ErrorClass;
use ai_lab_tool::{ToolContext, ToolFailure};
use ai_lab_tool::REQUEST_BYTES; // seeded: the constant is gone

fn count(context: &ToolContext) -> Result<u64, ToolFailure> {
    let most = REQUEST_BYTES as u64;
    let _level = ai_lab_tool::Level::Debug; // seeded: the variant is gone
    let _class = ErrorClass::Timeout;
    context.log().info("counting");
    Ok(most)
}

fn main() {}
