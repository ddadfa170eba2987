//! What this framework promises, and whether a lab fits what another promises.

mod own;

pub use own::own_contract;
