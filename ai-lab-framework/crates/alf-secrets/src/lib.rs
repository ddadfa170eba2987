//! Keeps a person's secrets: sealed on disk, granted to tools, handed over once, taken out of all that is written.
//!
//! Owns where values lie ([`SecretStore`]), who gets one ([`plan_hand_over`], a decision without effects), how it
//! reaches a tool ([`HandOver`]) and how it is found again in any of its forms ([`Redactor`]). Refuses to know what
//! a manifest, a record and a command line are. No function prints a value, and no type that holds one can be
//! serialized. Start reading at [`SecretStore`].

mod credentials;
mod document;
mod forms;
mod grant;
mod hand_over;
mod limits;
mod private_place;
mod redactor;
mod seal;
mod shapes;
mod store;
mod stream;
mod value;

pub use credentials::{CREDENTIALS_VARIABLE, CredentialsUnreadable};
pub use grant::{
    Grant, HandOverPlan, HandOverRefused, Reason, ToolIdentity, Verdict, decide, plan_hand_over,
};
pub use hand_over::{HandOver, SECRETS_FD, SECRETS_FD_VARIABLE, hand_over, sealed_file};
pub use limits::{MOST_SECRETS, TOTAL_BYTES, VALUE_BYTES};
pub use private_place::{Exposure, Lock, PlaceError, PrivateFolder};
pub use redactor::Redactor;
pub use shapes::{Mark, Shape, marks};
pub use store::{Kept, KeptIn, SecretStore, Secrets, SecretsError, Stamp};
pub use stream::RedactingWriter;
pub use value::{SecretValue, ValueRefused};
