//! Milestones.

mod add;
mod edit;
mod list;
mod show;
mod view;

pub use add::{NewMilestone, add};
pub use edit::{MilestoneEdit, edit};
pub use list::list;
pub use show::show;
pub use view::{MilestoneRow, MilestoneView};
