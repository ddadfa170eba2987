//! Three versions of one entity become one, field by field; what both changed differently is named.

mod document;
mod list;
mod prose;
mod record;

pub use document::{Merged, merge_documents};
pub use record::merge_records;

/// What one value becomes where two sides start from the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome<T> {
    /// Nobody disagrees.
    Agreed(T),
    /// Both changed it, differently.
    Disputed,
}

/// The rule for everything that is one value.
pub(crate) fn three_way<'a, T: PartialEq>(base: &T, ours: &'a T, theirs: &'a T) -> Outcome<&'a T> {
    if ours == theirs || theirs == base {
        Outcome::Agreed(ours)
    } else if ours == base {
        Outcome::Agreed(theirs)
    } else {
        Outcome::Disputed
    }
}
