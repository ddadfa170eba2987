//! `ai-lab board`

use lab_board::{Board, Card, Column, Desk, Details, Found, Step, Wish};
use lab_model::when::parse_day;
use lab_model::{Day, Patch, Priority};
use lab_ops::history::{TookBack, Undo, redo, undo};
use lab_ops::item::{self, BoardCard, BoardColumn, ItemEdit, Move, NewItem};
use lab_ops::{By, Lab, Search, search};

use crate::commands::item::{as_lines, edit_in_editor};
use crate::context::Context;
use crate::failure::CommandError;

/// How many cards of a column are loaded: nobody goes through more by keys.
const CARDS: u32 = 300;

/// How many hits a search shows.
const HITS: u32 = 100;

/// Show the work items as a board, to be moved, changed and filtered by keys; ? tells them
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Which items, in the words of `ai-lab item list`, such as project:HS prio:high..
    #[arg(value_name = "WORDS")]
    words: Vec<String>,
}

pub(crate) fn run(args: &Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    if !context.environment.is_on_a_terminal() {
        let problem = "a board needs a terminal; `ai-lab item list` does without";
        return Err(CommandError::argument("ai-lab board", &problem));
    }
    // Before the screen is taken: where there is no lab, or a word is wrong, it is told as by any other command.
    let lab = context.lab()?;
    let words = args.words.join(" ");
    item::board(&lab, &context.by()?, &words, 1)?;
    let mut desk = LabDesk { lab, context };
    lab_board::run(Board::new(&words), &mut desk).map_err(CommandError::Output)
}

/// The lab behind a board.
struct LabDesk<'a, 'b> {
    lab: Lab,
    context: &'a mut Context<'b>,
}

impl Desk for LabDesk<'_, '_> {
    fn carry_out(&mut self, wish: &Wish, board: &mut Board) {
        if let Err(error) = self.try_to(wish, board) {
            let mut told = error.messages().join(": ");
            if let Some(hint) = error.hint() {
                told = format!("{told}; {hint}");
            }
            board.refuse(&told);
            // What is shown may be what was wrong.
            let words = board.first();
            if words != *wish {
                let _ = self.try_to(&words, board);
            }
        }
    }
}

impl LabDesk<'_, '_> {
    fn try_to(&mut self, wish: &Wish, board: &mut Board) -> Result<(), CommandError> {
        let by = self.context.by_now()?;
        let lab = &self.lab;
        match wish {
            Wish::Load(words) => {
                let columns = item::board(lab, &by, words, CARDS)?;
                board.filtered(words.clone());
                board.show(columns.into_iter().map(column).collect());
                return Ok(());
            }
            Wish::Open(label) => {
                let view = item::show(lab, by.at, label)?;
                board.open(Details {
                    label: view.row.label.clone(),
                    lines: as_lines(&view),
                });
                return Ok(());
            }
            Wish::Search(text) => {
                board.found(found(lab, &by, text)?);
                return Ok(());
            }
            Wish::Quit => return Ok(()),
            Wish::Change {
                label,
                revision,
                step,
            } => {
                let by = By {
                    seen_revision: Some(*revision),
                    ..by
                };
                let told = change(lab, &by, label, step)?;
                board.tell(&told);
            }
            Wish::Add(title) => {
                let new = NewItem {
                    title: title.clone(),
                    ..NewItem::default()
                };
                let row = item::add(lab, &by, new)?;
                board.tell(&format!("{} is new", row.label));
            }
            Wish::Edit(label) => {
                let told = edit_in_editor(label, lab, self.context)?;
                board.tell(&told);
            }
            Wish::Undo => board.tell(&taken_back(&undo(lab, &by, Undo::Last(1))?)),
            Wish::Redo => board.tell(&taken_back(&redo(lab, &by, 1)?)),
        }
        let notices = self.context.notices.take();
        if !notices.is_empty() {
            board.refuse(&notices.join("; "));
        }
        let words = board.first();
        self.try_to(&words, board)
    }
}

fn change(lab: &Lab, by: &By, label: &str, step: &Step) -> Result<String, CommandError> {
    let mut edit = ItemEdit::default();
    let mut to = None;
    match step {
        Step::To(status) => to = Some(move_to(lab, by, label, status)?),
        Step::Block(reason) => to = Some(Move::Block(reason.clone())),
        Step::Force(reason) => to = Some(Move::Done(Some(reason.clone()))),
        Step::Cancel => to = Some(Move::Cancel),
        Step::Title(title) => edit.patch.title = Some(title.clone()),
        Step::Priority(word) => edit.patch.priority = Some(priority(word)?),
        Step::Due(text) => edit.patch.due = due(text, by.at.day_utc())?,
        Step::Assignee(who) if who.is_empty() => edit.patch.assignee = Patch::Clear,
        Step::Assignee(who) => edit.patch.assignee = Patch::Set(who.clone()),
    }
    let changed = item::change(lab, by, label, edit, to.as_ref())?;
    let row = &changed.now.row;
    Ok(if changed.was == row.status {
        format!("{} {}", row.label, row.title)
    } else {
        format!("{} {} → {}", row.label, changed.was, row.status)
    })
}

/// The step that leads to a column.
fn move_to(lab: &Lab, by: &By, label: &str, status: &str) -> Result<Move, CommandError> {
    let is_blocked = item::show(lab, by.at, label)?.row.status == "blocked";
    Ok(match status {
        "in_progress" if !is_blocked => Move::Start,
        "review" if !is_blocked => Move::Review,
        "done" => Move::Done(None),
        "cancelled" => Move::Cancel,
        // From where it is blocked the one way leads back to where it stood.
        _ if is_blocked => Move::Unblock(None),
        _ => Move::Reopen,
    })
}

/// A priority, or as much of its word as no other has.
fn priority(word: &str) -> Result<Priority, CommandError> {
    let lower = word.to_lowercase();
    let found: Vec<Priority> = Priority::ALL
        .iter()
        .copied()
        .filter(|it| it.as_str().starts_with(&lower))
        .collect();
    match found[..] {
        [only] => Ok(only),
        [] | [..] => Err(CommandError::argument(
            "priority",
            &"low, medium, high or critical",
        )),
    }
}

fn due(text: &str, today: Day) -> Result<Patch<Day>, CommandError> {
    if text.is_empty() {
        return Ok(Patch::Clear);
    }
    let day = parse_day(text, today).map_err(|error| CommandError::argument("due", &error))?;
    Ok(Patch::Set(day))
}

fn taken_back(took_back: &TookBack) -> String {
    let writes = took_back.took_back.iter().map(|write| {
        let of = write.changed.join(", ");
        format!("taken back: {} {} of {of}", write.id, write.verb)
    });
    writes.collect::<Vec<_>>().join("; ")
}

fn found(lab: &Lab, by: &By, text: &str) -> Result<Vec<Found>, CommandError> {
    let wanted = Search {
        text: text.to_owned(),
        kind: Some(lab_model::EntityKind::Item),
        skip: 0,
        limit: HITS,
    };
    let rows = search(lab, by.at, &wanted)?.found.into_iter();
    Ok(rows
        .map(|row| Found {
            label: row.label,
            line: format!("{} ({})", row.title, row.status),
        })
        .collect())
}

fn column(column: BoardColumn) -> Column {
    let more = if column.total_is_exact { "" } else { "+" };
    Column {
        status: column.status.to_owned(),
        total: format!("{}{more}", column.total),
        cards: column.cards.into_iter().map(card).collect(),
    }
}

fn card(card: BoardCard) -> Card {
    Card {
        label: card.label,
        title: card.title,
        priority: card.priority.to_owned(),
        due: card.due,
        is_late: card.is_late,
        assignee: card.assignee,
        is_ready: card.is_ready,
        revision: card.revision,
    }
}
