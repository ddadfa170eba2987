//! Work items.

mod add;
mod block;
mod cancel;
mod done;
mod edit;
mod list;
mod reopen;
mod review;
mod show;
mod start;
mod step;
mod unblock;
mod view;

pub use add::{AddItemError, NewItem, add};
pub use block::block;
pub use cancel::cancel;
pub use done::done;
pub use edit::{CriterionEdit, EditItemError, ItemEdit, edit};
pub use lab_model::query::ItemQuery;
pub use list::{ListItemsError, Paging, list, ready};
pub use reopen::reopen;
pub use review::review;
pub use show::show;
pub use start::start;
pub use step::{StepItemError, Stepped};
pub use unblock::unblock;
pub use view::{CriterionView, DependencyView, GithubView, ItemRow, ItemRows, ItemView};
