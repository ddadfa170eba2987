//! What becomes of a thing that one side does not have, or no longer has.

/// Whether a side has a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It never had it, as far as anyone knows.
    Never,
    /// It has it.
    Here,
    /// It had it; its tombstone says so.
    Gone,
}

/// What is to be done about a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Merge the two copies.
    Merge,
    /// Make it on this side.
    CreateLocal,
    /// Make it on the other side.
    CreateRemote,
    /// It was put away here: close it there, delete nothing.
    CloseRemote,
    /// It is gone there: keep it here, never make it again unasked.
    Keep,
    /// Neither side has it.
    Nothing,
}

/// Decides by who has the thing. Nothing is ever deleted on either side.
pub const fn fate(local: Presence, remote: Presence) -> Fate {
    match (local, remote) {
        (Presence::Here, Presence::Here) => Fate::Merge,
        (Presence::Never, Presence::Here) => Fate::CreateLocal,
        (Presence::Here, Presence::Never) => Fate::CreateRemote,
        (Presence::Gone, Presence::Here) => Fate::CloseRemote,
        (Presence::Here, Presence::Gone) => Fate::Keep,
        (Presence::Never | Presence::Gone, Presence::Never | Presence::Gone) => Fate::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::Presence::{Gone, Here, Never};
    use super::*;

    #[test]
    fn nothing_is_deleted_and_nothing_gone_comes_back_by_itself() {
        for (local, remote, expected) in [
            (Here, Here, Fate::Merge),
            (Never, Here, Fate::CreateLocal),
            (Here, Never, Fate::CreateRemote),
            (Gone, Here, Fate::CloseRemote),
            (Here, Gone, Fate::Keep),
            (Gone, Gone, Fate::Nothing),
            (Gone, Never, Fate::Nothing),
            (Never, Gone, Fate::Nothing),
            (Never, Never, Fate::Nothing),
        ] {
            assert_eq!(fate(local, remote), expected, "{local:?} {remote:?}");
        }
    }
}
