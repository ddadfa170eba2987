//! `store list`.

use alf_ops::{Framework, MarkState, list_stored};

use crate::output::{Ended, Output};
use crate::render::amount::bytes;
use crate::render::table::{right, table, text};

pub(crate) fn carry_out(framework: &Framework, output: &mut Output) -> Ended {
    let list = list_stored(framework)?;
    if output.is_json() {
        output.say_json(&list)?;
        return Ok(0);
    }
    if list.releases.is_empty() {
        output.note(format_args!("no releases in {}", list.root))?;
        return Ok(0);
    }
    let mut rows = table(&[
        "name",
        "size",
        "since the last look",
        "archive",
        "runs this",
    ]);
    right(&mut rows, &[1]);
    for release in &list.releases {
        let mark = match release.mark {
            MarkState::Untouched => "untouched",
            MarkState::Unmarked => "never looked at",
            MarkState::Touched => "touched",
        };
        rows.add_row([
            release.name.clone(),
            release.bytes.map_or_else(|| "unknown".to_owned(), sized),
            mark.to_owned(),
            if release.archive_kept { "kept" } else { "gone" }.to_owned(),
            if release.runs_this { "yes" } else { "" }.to_owned(),
        ]);
    }
    output.say(text(&rows))?;
    Ok(0)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "shown with one digit after the point"
)]
fn sized(size: u64) -> String {
    bytes(size as f64)
}
