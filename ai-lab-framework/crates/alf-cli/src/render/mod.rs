//! Values as a person reads them.

pub(crate) mod amount;
pub(crate) mod csv;
pub(crate) mod findings;
pub(crate) mod style;
pub(crate) mod table;
pub(crate) mod value;
