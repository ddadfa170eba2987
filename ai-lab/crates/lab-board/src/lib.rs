//! The board in the terminal: keys become wishes, a state becomes a screen.
//!
//! Owns what each key means ([`Board::press`]), what is shown ([`draw`]) and the terminal's loop ([`run`]). Refuses to
//! know items' rules and the database: whoever runs a board carries its wishes out as a [`Desk`] and tells what came of
//! them. Start reading at [`Board::press`].

mod board;
mod card;
mod draw;
mod help;
mod key;
mod line;
mod terminal;
#[cfg(test)]
mod tests;

pub use board::{Board, Step, Wish};
pub use card::{Card, Column, Details, Found};
pub use draw::draw;
pub use key::Key;
pub use terminal::{Desk, run};
