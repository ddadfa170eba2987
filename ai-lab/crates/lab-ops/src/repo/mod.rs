//! Repositories on GitHub.

mod add;
mod edit;
mod list;
mod show;
mod view;

pub use add::{NewRepo, add};
pub use edit::{RepoEdit, edit};
pub use list::list;
pub use show::show;
pub use view::RepoView;
