//! Who may call what, and in whose name: lists of clients, tokens, confirmations, and the session of each client.
//!
//! What the framework writes of it lies in the folder `access` of its home, for its owner alone ([`kept`]); the lists
//! are the person's own files.

mod binding;
mod clients;
mod confirmation;
mod kept;
mod tokens;

pub use binding::{bind_session, bound_session, rebind_session, session_of_client};
pub use clients::{ClientRow, ClientsReport, UnmatchedPattern, client_allows, list_clients};
pub use confirmation::{Confirmation, destructive_plan, propose_call, redeem_confirmation};
pub use tokens::{
    CreatedToken, RevokedToken, TokenList, TokenRow, TokenScope, authenticate, create_token,
    list_tokens, revoke_token,
};
