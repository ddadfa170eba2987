//! The state of a board, and what each key makes of it.

use crate::card::{Card, Column, Details, Found};
use crate::help;
use crate::key::Key;
use crate::line::Line;

/// How many cards a page key goes.
const PAGE: usize = 10;

/// What someone at the board wants to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Show the items that these words say.
    Load(String),
    /// Tell everything about an item.
    Open(String),
    /// Look for words.
    Search(String),
    /// Change an item, of which this revision was seen.
    Change {
        /// Which.
        label: String,
        /// The revision.
        revision: u64,
        /// How.
        step: Step,
    },
    /// Add an item of this title.
    Add(String),
    /// Change the whole item in an editor.
    Edit(String),
    /// Take the last change back.
    Undo,
    /// Take the last undo back.
    Redo,
    /// Leave.
    Quit,
}

/// How an item is to change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// To the column of this status, which needs no word.
    To(String),
    /// It cannot go on, and why.
    Block(String),
    /// It is finished although something is open, and why.
    Force(String),
    /// It is given up.
    Cancel,
    /// Another title.
    Title(String),
    /// Another priority.
    Priority(String),
    /// By another day, as people say it; an empty text takes it away.
    Due(String),
    /// Someone else does it; an empty text means nobody.
    Assignee(String),
}

/// What is being typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    Filter,
    Search,
    Add,
    Title,
    Priority,
    Due,
    Assignee,
    Block,
    Force,
}

impl Asked {
    /// What stands before the line.
    pub(crate) const fn prompt(self) -> &'static str {
        match self {
            Self::Filter => "filter",
            Self::Search => "search",
            Self::Add => "new item",
            Self::Title => "title",
            Self::Priority => "priority",
            Self::Due => "due",
            Self::Assignee => "assignee",
            Self::Block => "blocked by",
            Self::Force => "done although",
        }
    }
}

/// What the keys are about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// The cards.
    Cards,
    /// A line that is typed.
    Typing(Asked, Line),
    /// One item, scrolled down by so many lines.
    Details(Details, usize),
    /// What was found, and which of it is chosen.
    Found(Vec<Found>, usize),
    /// The keys, scrolled down by so many lines.
    Help(usize),
}

/// A board: columns of cards, one of which is chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Board {
    pub(crate) columns: Vec<Column>,
    pub(crate) filter: String,
    pub(crate) column: usize,
    /// The chosen card of each column.
    pub(crate) rows: Vec<usize>,
    pub(crate) mode: Mode,
    /// What was told last.
    pub(crate) message: String,
    /// Whether that is that something was refused.
    pub(crate) is_refusal: bool,
}

impl Board {
    /// A board with nothing on it yet; its first wish is [`Board::first`].
    pub fn new(filter: &str) -> Self {
        Self {
            columns: Vec::new(),
            filter: filter.to_owned(),
            column: 0,
            rows: Vec::new(),
            mode: Mode::Cards,
            message: String::new(),
            is_refusal: false,
        }
    }

    /// What has to be loaded now: the words that it shows.
    pub fn first(&self) -> Wish {
        Wish::Load(self.filter.clone())
    }

    /// What is wanted while nobody presses anything: to see what others do, unless something else is being looked at.
    pub fn idle(&self) -> Option<Wish> {
        (self.mode == Mode::Cards).then(|| self.first())
    }

    /// Takes loaded columns over; the chosen card stays chosen, wherever it went.
    pub fn show(&mut self, columns: Vec<Column>) {
        let chosen = self.chosen().map(|card| card.label.clone());
        let find = |columns: &[Column], label: &str| {
            columns.iter().enumerate().find_map(|(at, column)| {
                let row = column.cards.iter().position(|card| card.label == label);
                row.map(|row| (at, row))
            })
        };
        self.rows.resize(columns.len(), 0);
        for (row, column) in self.rows.iter_mut().zip(&columns) {
            *row = (*row).min(column.cards.len().saturating_sub(1));
        }
        self.column = self.column.min(columns.len().saturating_sub(1));
        if let Some((at, row)) = chosen.and_then(|label| find(&columns, &label)) {
            self.column = at;
            self.rows[at] = row;
        }
        self.columns = columns;
    }

    /// Takes over which words are shown.
    pub fn filtered(&mut self, filter: String) {
        self.filter = filter;
    }

    /// Chooses the card of a label, where it is shown.
    pub fn choose(&mut self, label: &str) {
        for (at, column) in self.columns.iter().enumerate() {
            if let Some(row) = column.cards.iter().position(|card| card.label == label) {
                self.column = at;
                self.rows[at] = row;
            }
        }
    }

    /// Shows one item.
    pub fn open(&mut self, details: Details) {
        self.mode = Mode::Details(details, 0);
    }

    /// Shows what was found.
    pub fn found(&mut self, found: Vec<Found>) {
        if found.is_empty() {
            self.tell("nothing was found");
        } else {
            self.mode = Mode::Found(found, 0);
        }
    }

    /// Tells what came of a wish.
    pub fn tell(&mut self, message: &str) {
        message.clone_into(&mut self.message);
        self.is_refusal = false;
    }

    /// Tells that a wish was refused, and why.
    pub fn refuse(&mut self, message: &str) {
        message.clone_into(&mut self.message);
        self.is_refusal = true;
    }

    /// The chosen card.
    pub(crate) fn chosen(&self) -> Option<&Card> {
        let row = *self.rows.get(self.column)?;
        self.columns.get(self.column)?.cards.get(row)
    }

    /// Presses a key. Answers with what someone wants by it.
    pub fn press(&mut self, key: Key) -> Option<Wish> {
        if key == Key::Control('c') {
            return Some(Wish::Quit);
        }
        match std::mem::replace(&mut self.mode, Mode::Cards) {
            Mode::Cards => {
                self.tell("");
                self.press_cards(key)
            }
            Mode::Typing(asked, line) => self.press_typing(asked, line, key),
            Mode::Details(details, down) => self.press_details(details, down, key),
            Mode::Found(found, at) => self.press_found(found, at, key),
            Mode::Help(down) => {
                if let Some(down) = scrolled(down, help::KEYS.len(), key) {
                    self.mode = Mode::Help(down);
                }
                None
            }
        }
    }

    fn press_cards(&mut self, key: Key) -> Option<Wish> {
        if self.choose_by(key) {
            return None;
        }
        match key {
            Key::Char('q') => Some(Wish::Quit),
            Key::Char('?') => {
                self.mode = Mode::Help(0);
                None
            }
            Key::Char('r') => Some(self.first()),
            Key::Char('u') => Some(Wish::Undo),
            Key::Control('r') | Key::Char('U') => Some(Wish::Redo),
            Key::Char('f') => self.ask(Asked::Filter, &self.filter.clone()),
            Key::Escape if !self.filter.is_empty() => Some(Wish::Load(String::new())),
            Key::Char('/') => self.ask(Asked::Search, ""),
            Key::Char('n') => self.ask(Asked::Add, ""),
            key => self.press_card(key),
        }
    }

    /// Keys about the chosen card.
    fn press_card(&mut self, key: Key) -> Option<Wish> {
        let card = self.chosen()?.clone();
        match key {
            Key::Enter => Some(Wish::Open(card.label)),
            Key::ShiftRight | Key::Char('L' | '>') => self.go(&card, 1),
            Key::ShiftLeft | Key::Char('H' | '<') => self.go(&card, -1),
            Key::Char('b') => self.ask(Asked::Block, ""),
            Key::Char('!') => self.ask(Asked::Force, ""),
            Key::Char('X') => Some(change(&card, Step::Cancel)),
            Key::Char('D') => Some(change(&card, Step::To("done".to_owned()))),
            Key::Char('e') => self.ask(Asked::Title, &card.title),
            Key::Char('E') => Some(Wish::Edit(card.label)),
            Key::Char('p') => self.ask(Asked::Priority, &card.priority),
            Key::Char('d') => self.ask(Asked::Due, card.due.as_deref().unwrap_or_default()),
            Key::Char('a') => self.ask(
                Asked::Assignee,
                card.assignee.as_deref().unwrap_or_default(),
            ),
            Key::Char(_)
            | Key::Control(_)
            | Key::Escape
            | Key::Backspace
            | Key::Delete
            | Key::Left
            | Key::Right
            | Key::Up
            | Key::Down
            | Key::Home
            | Key::End
            | Key::PageUp
            | Key::PageDown => None,
        }
    }

    fn ask(&mut self, asked: Asked, before: &str) -> Option<Wish> {
        self.mode = Mode::Typing(asked, Line::of(before));
        None
    }

    /// The chosen card goes to the next column on one side.
    fn go(&mut self, card: &Card, by: isize) -> Option<Wish> {
        let to = self.column.checked_add_signed(by);
        let to = to
            .and_then(|to| self.columns.get(to))
            .map(|column| column.status.clone());
        match to {
            None => {
                self.refuse("there is no column on that side");
                None
            }
            // Why is part of the move.
            Some(status) if status == "blocked" => self.ask(Asked::Block, ""),
            Some(status) => Some(change(card, Step::To(status))),
        }
    }

    /// Whether the key chose another card.
    fn choose_by(&mut self, key: Key) -> bool {
        let last_column = self.columns.len().saturating_sub(1);
        let last = self
            .columns
            .get(self.column)
            .map_or(0, |it| it.cards.len().saturating_sub(1));
        let row = self.rows.get(self.column).copied().unwrap_or_default();
        let row = match key {
            Key::Left | Key::Char('h') => {
                self.column = self.column.saturating_sub(1);
                return true;
            }
            Key::Right | Key::Char('l') => {
                self.column = (self.column + 1).min(last_column);
                return true;
            }
            Key::Up | Key::Char('k') => row.saturating_sub(1),
            Key::Down | Key::Char('j') => row + 1,
            Key::PageUp => row.saturating_sub(PAGE),
            Key::PageDown => row + PAGE,
            Key::Home | Key::Char('g') => 0,
            Key::End | Key::Char('G') => last,
            Key::Char(_)
            | Key::Control(_)
            | Key::Enter
            | Key::Escape
            | Key::Backspace
            | Key::Delete
            | Key::ShiftLeft
            | Key::ShiftRight => return false,
        };
        if let Some(chosen) = self.rows.get_mut(self.column) {
            *chosen = row.min(last);
        }
        true
    }

    fn press_typing(&mut self, asked: Asked, mut line: Line, key: Key) -> Option<Wish> {
        match key {
            Key::Escape => None,
            Key::Enter => self.answer(asked, line.text().trim()),
            key => {
                line.press(key);
                self.mode = Mode::Typing(asked, line);
                None
            }
        }
    }

    /// What a typed line means.
    fn answer(&mut self, asked: Asked, text: &str) -> Option<Wish> {
        let text = text.to_owned();
        let is_missing = text.is_empty();
        let step = match asked {
            Asked::Filter => return Some(Wish::Load(text)),
            Asked::Search => return (!is_missing).then_some(Wish::Search(text)),
            Asked::Add => return (!is_missing).then_some(Wish::Add(text)),
            Asked::Due => Step::Due(text),
            Asked::Assignee => Step::Assignee(text),
            Asked::Title => Step::Title(text),
            Asked::Priority => Step::Priority(text),
            Asked::Block => Step::Block(text),
            Asked::Force => Step::Force(text),
        };
        let may_be_empty = matches!(asked, Asked::Due | Asked::Assignee);
        if is_missing && !may_be_empty {
            self.refuse(&format!(
                "{}: nothing was said, so nothing was done",
                asked.prompt()
            ));
            return None;
        }
        Some(change(self.chosen()?, step))
    }

    fn press_details(&mut self, details: Details, down: usize, key: Key) -> Option<Wish> {
        if key == Key::Char('E') {
            return Some(Wish::Edit(details.label));
        }
        // Long lines take several on the screen; how many, the screen knows.
        let most = details
            .lines
            .iter()
            .map(|line| line.chars().count() / 10 + 1)
            .sum();
        if let Some(down) = scrolled(down, most, key) {
            self.mode = Mode::Details(details, down);
        }
        None
    }

    fn press_found(&mut self, found: Vec<Found>, at: usize, key: Key) -> Option<Wish> {
        if key == Key::Enter {
            let label = found.get(at)?.label.clone();
            self.choose(&label);
            return Some(Wish::Open(label));
        }
        let last = found.len().saturating_sub(1);
        if let Some(at) = scrolled(at, found.len(), key) {
            self.mode = Mode::Found(found, at.min(last));
        }
        None
    }
}

fn change(card: &Card, step: Step) -> Wish {
    Wish::Change {
        label: card.label.clone(),
        revision: card.revision,
        step,
    }
}

/// Where a list of lines is scrolled to; `None` for a key that leaves it.
fn scrolled(down: usize, lines: usize, key: Key) -> Option<usize> {
    let last = lines.saturating_sub(1);
    Some(match key {
        Key::Up | Key::Char('k') => down.saturating_sub(1),
        Key::Down | Key::Char('j') => (down + 1).min(last),
        Key::PageUp => down.saturating_sub(PAGE),
        Key::PageDown => (down + PAGE).min(last),
        Key::Home | Key::Char('g') => 0,
        Key::End | Key::Char('G') => last,
        Key::Escape | Key::Enter | Key::Char('q' | '?') => return None,
        Key::Char(_)
        | Key::Control(_)
        | Key::Backspace
        | Key::Delete
        | Key::Left
        | Key::Right
        | Key::ShiftLeft
        | Key::ShiftRight => down,
    })
}
