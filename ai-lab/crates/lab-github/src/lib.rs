//! Speaks with GitHub: typed requests, conditional where an answer is known, paced to its limits.
//!
//! Owns the addresses, bodies and answers of the calls that the sync makes, when a call is made again and when
//! it must not be, the token on its way, and the receiver of webhooks. Refuses to know the tracker, its
//! database and what a field means. The clock and all waiting come in as a [`Pace`], the connection as an
//! [`Exchange`]. Beside it, [`download`] brings a file from anywhere, without the token. Start reading at [`Client`], then [`Call`].

mod address;
mod answer;
mod call;
mod client;
mod download;
mod error;
mod pace;
mod things;
mod token;
mod webhook;
mod wire;

pub use address::{ApiAddress, ApiAddressError};
pub use answer::{Answer, Page};
pub use call::{Call, Effect, PER_PAGE, Verb};
pub use client::{Client, MOST_TRIES};
pub use download::{DownloadError, download};
pub use error::{CallError, Lost};
pub use pace::{Pace, Wait};
pub use things::{
    Account, Comment, Issue, IssueChange, LabelThere, MilestoneChange, MilestoneThere, NewIssue,
    PullRequestMark, RepoThere,
};
pub use token::Token;
pub use webhook::{Delivery, Receiver, Refusal, Secret};
pub use wire::{Exchange, Wire};
