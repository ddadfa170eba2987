//! Projects.

mod add;
mod edit;
mod list;
mod show;
mod view;

pub use add::{AddProjectError, NewProject, add};
pub(crate) use add::{PROJECT_PREFIX, suggest_prefix};
pub use edit::{EditProjectError, ProjectEdit, edit};
pub use list::list;
pub use show::show;
pub use view::{ProjectRow, ProjectView};
