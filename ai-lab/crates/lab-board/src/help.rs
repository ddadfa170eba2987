//! What each key does, as the board tells it.

/// A line a key.
pub(crate) const KEYS: [(&str, &str); 21] = [
    ("← ↓ ↑ →, h j k l", "choose a card"),
    ("PgUp PgDn, g G", "ten cards on, the first, the last"),
    (
        "Shift+← →, H L, < >",
        "move the card a column; the rules may refuse",
    ),
    ("Enter", "everything about the card"),
    ("D", "done"),
    ("!", "done although something is open, with a reason"),
    ("b", "blocked, with a reason"),
    ("X", "cancelled"),
    ("e", "change the title"),
    ("p", "change the priority: low, medium, high, critical"),
    (
        "d",
        "change the due day: fri, +2w, 2026-12-24; empty is never",
    ),
    ("a", "change who does it; empty is nobody"),
    ("E", "change all of it in $EDITOR"),
    ("n", "a new item"),
    ("f", "filter, in the words of `ai-lab item list`"),
    ("Esc", "no filter any more"),
    ("/", "search items and ideas"),
    ("u", "undo your last change"),
    ("U, Ctrl+R", "redo"),
    ("r", "load again; it does so by itself too"),
    ("?, q", "this help; leave"),
];
