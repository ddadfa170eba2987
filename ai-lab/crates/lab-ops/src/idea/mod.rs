//! Ideas.

mod add;
mod edit;
mod list;
mod show;
mod step;
mod view;

pub use add::{NewIdea, add};
pub use edit::{EditIdeaError, IdeaEdit, edit};
pub use list::{IdeaQuery, list};
pub use show::show;
pub use step::{Conversion, Converted, Refinement, StepIdeaError, convert, refine};
pub use view::{IdeaRow, IdeaView};
