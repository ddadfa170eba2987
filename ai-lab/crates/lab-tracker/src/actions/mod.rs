//! What an agent can call: a file an action, in the order in which work goes.

mod create;
mod done;
mod fields;
mod link;
mod list;
mod next;
mod note;
mod prime;
mod search;
mod show;
mod split;
mod update;

pub(crate) use create::Create;
pub(crate) use done::Done;
pub(crate) use link::Link;
pub(crate) use list::List;
pub(crate) use next::Next;
pub(crate) use note::Note;
pub(crate) use prime::Prime;
pub(crate) use search::Search;
pub(crate) use show::Show;
pub(crate) use split::Split;
pub(crate) use update::Update;

use ai_lab_tool::ToolFailure;
use lab_ops::Lab;
use lab_ops::item::{ItemView, show};

use crate::answers::Item;
use crate::budget::{ANSWER_BYTES, Room, STATE_BYTES, fitted};
use crate::door::Door;
use crate::refusal::{Refused, refused, refused_as_it_is};

/// An item as an answer.
fn told(view: &ItemView) -> Item {
    told_with(view, |_, _| {})
}

/// The same with more.
fn told_with(view: &ItemView, more: impl Fn(Room, &mut Item)) -> Item {
    fitted(ANSWER_BYTES, |room| {
        let mut item = Item::of(view, room);
        more(room, &mut item);
        item
    })
}

/// A refused change; of a stale one the item as it is now goes along.
fn refused_change(error: &dyn Refused, lab: &Lab, door: &Door, id: &str) -> ToolFailure {
    if error.kind() != "stale" {
        return refused(error);
    }
    let now = door.now().ok().and_then(|at| show(lab, at, id).ok());
    let item = now.map(|view| fitted(STATE_BYTES, |room| Item::of(&view, room)));
    match item.map(serde_json::to_value) {
        Some(Ok(now)) => refused_as_it_is(error, &now),
        Some(Err(_)) | None => refused(error),
    }
}
