//! What a board shows.

/// A column: items that stand at one status.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Column {
    /// The status.
    pub status: String,
    /// Its cards, from the top.
    pub cards: Vec<Card>,
    /// How many items there are in all, such as `12` or `1000+`.
    pub total: String,
}

/// An item on the board.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Card {
    /// What people call it.
    pub label: String,
    /// What is to be done.
    pub title: String,
    /// How much it matters.
    pub priority: String,
    /// By which day.
    pub due: Option<String>,
    /// Whether that day is over.
    pub is_late: bool,
    /// Who does it.
    pub assignee: Option<String>,
    /// Whether it can be started now.
    pub is_ready: bool,
    /// Which of its revisions is shown; a later one refuses a change.
    pub revision: u64,
}

/// Everything about one item, line by line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Details {
    /// What people call it.
    pub label: String,
    /// What is told.
    pub lines: Vec<String>,
}

/// What a search found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// What people call it.
    pub label: String,
    /// Its title and where it stands.
    pub line: String,
}
