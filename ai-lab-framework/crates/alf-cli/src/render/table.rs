//! Tables that fit the terminal: no frame, aligned columns.

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use crate::output::Output;
use crate::render::style::{HEAD, styled};

/// An empty table with a head.
pub(crate) fn table(head: &[&str]) -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(Output::width())
        .set_header(head.iter().map(|cell| styled(HEAD, cell)));
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    table
}

/// Aligns these columns to the right, for numbers.
pub(crate) fn right(table: &mut Table, columns: &[usize]) {
    for index in columns {
        if let Some(column) = table.column_mut(*index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
}

/// The table's text without the blanks at the ends of lines.
pub(crate) fn text(table: &Table) -> String {
    table
        .lines()
        .map(|line| line.trim_end().to_owned())
        .collect::<Vec<_>>()
        .join("\n")
}
