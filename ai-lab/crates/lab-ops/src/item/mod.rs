//! Work items.

mod add;
mod block;
mod cancel;
mod claim;
mod done;
mod edit;
mod edit_all;
mod list;
mod reopen;
mod review;
mod show;
mod start;
mod step;
mod unblock;
mod view;
mod why_blocked;

pub use add::{AddItemError, NewItem, add};
pub use block::block;
pub use cancel::cancel;
pub use claim::{LONGEST_CLAIM, claim, release};
pub use done::done;
pub use edit::{CriterionEdit, EditItemError, ItemEdit, edit};
pub use edit_all::{EditAllError, EditedAll, EditedRow, edit_all};
pub use lab_model::query::ItemQuery;
pub use list::{ListItemsError, Paging, list, ready};
pub use reopen::reopen;
pub use review::review;
pub use show::show;
pub use start::start;
pub use step::{StepItemError, Stepped};
pub use unblock::unblock;
pub use view::{ClaimView, CriterionView, DependencyView, GithubView, ItemRow, ItemRows, ItemView};
pub use why_blocked::{Hindered, WhyBlocked, why_blocked};
