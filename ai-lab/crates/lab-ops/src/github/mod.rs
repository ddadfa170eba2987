//! The exchange with GitHub.

mod comment;
mod conflicts;
mod link;
mod named;
mod status;
mod sync;
mod token;

pub use comment::{CommentRow, QueuedComment, comment, comments};
pub use conflicts::{ConflictRow, ResolveError, Whose, conflicts, resolve};
pub use lab_exchange::issue_fields;
pub use lab_github::{
    ApiAddress, ApiAddressError, Delivery, Exchange, Pace, Receiver, Refusal, Secret, Token, Wait,
    Wire,
};
pub use lab_merge::{Policy, Side};
pub use link::{LinkError, link};
pub use named::NoSuchLink;
pub use status::{Standing, status};
pub use sync::{SyncError, SyncLine, SyncReport, SyncRequest, sync};
pub use token::{TokenError, TokenSources, token};
