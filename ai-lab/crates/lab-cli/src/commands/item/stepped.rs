//! What the commands that move an item answer.

use lab_ops::item::Stepped;

use crate::context::Context;
use crate::failure::CommandError;

/// Shows where the item stood and stands.
pub(super) fn show(
    stepped: &Stepped,
    json: bool,
    context: &mut Context<'_>,
) -> Result<(), CommandError> {
    if json {
        return context.output.json(stepped);
    }
    context.output.title(&stepped.label, &stepped.title)?;
    context
        .output
        .line(format!("  {} → {}", stepped.was, stepped.status))
}
