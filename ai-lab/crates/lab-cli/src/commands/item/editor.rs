//! An item in the person's own editor.

use std::fs::{self, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use lab_ops::item::{self, ItemEdit};
use lab_ops::{By, Lab};

use crate::context::Context;
use crate::failure::CommandError;

/// What is started where neither `VISUAL` nor `EDITOR` says.
const EDITOR: &str = "vi";

/// The longest sheet that is read back, in bytes: more is no item.
const SHEET_BYTES: u64 = 16 * 1024 * 1024;

/// Lets the person change an item on a sheet. Answers with what came of it; what cannot be taken over is kept.
pub(crate) fn edit_in_editor(
    label: &str,
    lab: &Lab,
    context: &Context<'_>,
) -> Result<String, CommandError> {
    let by = context.by_now()?;
    let view = item::show(lab, by.at, label)?;
    let place = place(context, &view.row.label)?;
    write(&place, &item::sheet(&view)).map_err(CommandError::Output)?;
    let edited = edit(context, &place, &view, by.at.day_utc());
    let (label, title) = (&view.row.label, &view.row.title);
    let done = match edited {
        Ok(edit) if edit == ItemEdit::default() => {
            Ok(format!("{label} {title}: nothing was changed"))
        }
        Ok(edit) => {
            let by = By {
                seen_revision: Some(view.revision),
                ..context.by_now()?
            };
            let changed = item::change(lab, &by, &view.uid, edit, None);
            changed
                .map(|changed| format!("{} {}", changed.now.row.label, changed.now.row.title))
                .map_err(CommandError::from)
        }
        Err(error) => Err(error),
    };
    match done {
        Ok(told) => {
            // Of no use to anybody any more.
            let _ = fs::remove_file(&place);
            Ok(told)
        }
        Err(error) => Err(CommandError::Kept(Box::new(error), place)),
    }
}

fn edit(
    context: &Context<'_>,
    place: &Path,
    view: &item::ItemView,
    today: lab_model::Day,
) -> Result<ItemEdit, CommandError> {
    start(context, place)?;
    let mut text = String::new();
    let file = fs::File::open(place).map_err(CommandError::Output)?;
    file.take(SHEET_BYTES)
        .read_to_string(&mut text)
        .map_err(CommandError::Output)?;
    Ok(item::read_sheet(&text, view, today)?)
}

/// Starts the editor on a file and waits for it.
fn start(context: &Context<'_>, place: &Path) -> Result<(), CommandError> {
    let environment = context.environment;
    let (name, editor) = match (environment.text("VISUAL")?, environment.text("EDITOR")?) {
        (Some(editor), _) => ("VISUAL", editor),
        (None, Some(editor)) => ("EDITOR", editor),
        (None, None) => ("EDITOR", EDITOR),
    };
    let mut words = editor.split_whitespace();
    let program = words.next().unwrap_or(EDITOR);
    #[expect(
        clippy::disallowed_methods,
        reason = "the person's editor is theirs to use"
    )]
    let ended = Command::new(program).args(words).arg(place).status();
    match ended {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(CommandError::variable(
            name,
            &format!("`{editor}` ended with {status}"),
        )),
        Err(error) => Err(CommandError::variable(
            name,
            &format!("`{editor}` does not start: {error}"),
        )),
    }
}

/// A private file that is not there yet.
fn place(context: &Context<'_>, label: &str) -> Result<PathBuf, CommandError> {
    let folder = context.environment.text("TMPDIR")?.unwrap_or("/tmp");
    let plain: String = label
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
        .collect();
    let id = std::process::id();
    let free = (0..64).map(|n| Path::new(folder).join(format!("ai-lab-{plain}-{id}-{n}.txt")));
    let mut free = free.filter(|path| path.symlink_metadata().is_err());
    free.next().ok_or_else(|| {
        CommandError::Output(io::Error::new(
            io::ErrorKind::AlreadyExists,
            "no free name for the sheet",
        ))
    })
}

fn write(place: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(place)?;
    file.write_all(text.as_bytes())
}
