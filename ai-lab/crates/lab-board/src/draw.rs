//! A state as a screen.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Position, Rect};
use ratatui::style::{Color, Modifier, Style, Stylize as _};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear, Paragraph};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use crate::board::{Asked, Board, Mode};
use crate::card::{Card, Column};
use crate::help;
use crate::line as typing;

/// The narrowest column, in cells: beyond it a title cannot be read. Columns that do not fit are beside the screen.
const NARROWEST: u16 = 24;

/// How many lines a card takes: its title, what there is to know, and what keeps it from the next.
const CARD: usize = 3;

/// How many lines what was told may take.
const TOLD: usize = 4;

/// Draws the board.
pub fn draw(board: &Board, frame: &mut Frame<'_>) {
    let told = foot_lines(board, usize::from(frame.area().width));
    let rows = u16::try_from(told.len()).unwrap_or(1);
    let [head, body, foot] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Min(0),
        Constraint::Length(rows),
    ])
    .areas(frame.area());
    frame.render_widget(heading(board, head.width), head);
    cards(board, frame, body);
    match &board.mode {
        Mode::Cards | Mode::Typing(..) => {}
        Mode::Details(details, down) => {
            let width = usize::from(body.width).saturating_sub(2);
            let lines = details
                .lines
                .iter()
                .flat_map(|line| wrapped(&plain(line), width));
            over(
                frame,
                body,
                &details.label,
                &lines.collect::<Vec<_>>(),
                *down,
                None,
            );
        }
        Mode::Found(found, at) => {
            let lines: Vec<String> = found
                .iter()
                .map(|it| format!("{}  {}", plain(&it.label), plain(&it.line)))
                .collect();
            over(frame, body, "found", &lines, 0, Some(*at));
        }
        Mode::Help(down) => {
            let line = |(key, does): &(&str, &str)| format!("{key:<20} {does}");
            let lines: Vec<String> = help::KEYS.iter().map(line).collect();
            over(frame, body, "keys", &lines, *down, None);
        }
    }
    match &board.mode {
        Mode::Typing(asked, line) => typed(*asked, line, frame, foot),
        Mode::Cards | Mode::Details(..) | Mode::Found(..) | Mode::Help(_) => {
            frame.render_widget(Paragraph::new(told), foot);
        }
    }
}

/// The columns with their totals, from the first that leaves room for the chosen one, and the filter.
fn heading(board: &Board, width: u16) -> Line<'static> {
    let width = usize::from(width);
    let names: Vec<String> = board
        .columns
        .iter()
        .map(|column| format!(" {} {} ", column.status, column.total))
        .collect();
    let up_to_chosen = names.iter().take(board.column + 1);
    let mut used: usize = up_to_chosen.map(|name| name.width()).sum();
    let mut first = 0;
    while used > width && first < board.column {
        used -= names[first].width();
        first += 1;
    }
    let mut spans = Vec::new();
    for (at, name) in names.into_iter().enumerate().skip(first) {
        spans.push(if at == board.column {
            name.reversed()
        } else {
            name.into()
        });
    }
    if !board.filter.is_empty() {
        let used: usize = spans.iter().map(Span::width).sum();
        let room = width.saturating_sub(used + 1);
        let filter = cut(&format!("[{}]", plain(&board.filter)), room);
        spans.push(Span::from(format!(" {filter}")).cyan());
    }
    Line::from(spans)
}

fn cards(board: &Board, frame: &mut Frame<'_>, area: Rect) {
    let count = board.columns.len();
    if count == 0 || area.width == 0 {
        return;
    }
    let fit = usize::from((area.width / NARROWEST).max(1)).min(count);
    // The chosen column is among those that fit, and no more of them are beside the screen than must be.
    let first = board.column.saturating_sub(fit - 1).min(count - fit);
    let areas = Layout::horizontal(vec![Constraint::Fill(1); fit]).split(area);
    for (at, area) in (first..first + fit).zip(areas.iter()) {
        let row = board.rows.get(at).copied().unwrap_or_default();
        let chosen = (at == board.column).then_some(row);
        column(&board.columns[at], chosen, row, frame, *area);
    }
}

fn column(column: &Column, chosen: Option<usize>, row: usize, frame: &mut Frame<'_>, area: Rect) {
    let width = usize::from(area.width).saturating_sub(1);
    if column.cards.is_empty() {
        frame.render_widget(Paragraph::new(cut("nothing", width)).dim(), area);
        return;
    }
    let fit = (usize::from(area.height) / CARD).max(1);
    let first = row.saturating_sub(fit - 1);
    let mut lines = Vec::new();
    for (at, card) in column.cards.iter().enumerate().skip(first).take(fit) {
        lines.extend(card_lines(card, chosen == Some(at), width));
        lines.push(Line::default());
    }
    frame.render_widget(Paragraph::new(lines), area);
}

/// A card in two lines.
fn card_lines(card: &Card, is_chosen: bool, width: usize) -> [Line<'static>; 2] {
    let mark = if card.is_ready { "›" } else { " " };
    let title = format!("{mark}{} {}", plain(&card.label), plain(&card.title));
    let mut style = Style::new().fg(color(&card.priority));
    if is_chosen {
        style = style.add_modifier(Modifier::REVERSED);
    }
    let mut facts: Vec<String> = Vec::new();
    if card.priority != "medium" {
        facts.push(card.priority.clone());
    }
    if let Some(due) = &card.due {
        facts.push(if card.is_late {
            format!("{due} late")
        } else {
            due.clone()
        });
    }
    facts.extend(
        card.assignee
            .as_deref()
            .map(|who| format!("@{}", plain(who))),
    );
    let facts = Line::from(cut(&format!("  {}", facts.join(" ")), width)).dim();
    let facts = if card.is_late { facts.red() } else { facts };
    [
        Line::from(padded(&cut(&title, width), width)).style(style),
        facts,
    ]
}

fn color(priority: &str) -> Color {
    match priority {
        "critical" => Color::Red,
        "high" => Color::Yellow,
        "low" => Color::DarkGray,
        _ => Color::Reset,
    }
}

/// A frame over the cards with lines in it.
fn over(
    frame: &mut Frame<'_>,
    area: Rect,
    title: &str,
    lines: &[String],
    down: usize,
    chosen: Option<usize>,
) {
    let room = usize::from(area.height).saturating_sub(2).max(1);
    let last = lines.len().saturating_sub(room);
    let first = chosen.map_or(down.min(last), |at| at.saturating_sub(room - 1));
    let width = usize::from(area.width).saturating_sub(2);
    let shown = lines
        .iter()
        .enumerate()
        .skip(first)
        .take(room)
        .map(|(at, line)| {
            let line = Line::from(cut(line, width));
            if chosen == Some(at) {
                line.reversed()
            } else {
                line
            }
        });
    let title = cut(&plain(title), width.saturating_sub(2));
    let block = Block::bordered().title(format!(" {title} "));
    frame.render_widget(Clear, area);
    frame.render_widget(Paragraph::new(shown.collect::<Vec<_>>()).block(block), area);
}

/// What was told, or how to go on; one line is left for what is typed.
fn foot_lines(board: &Board, width: usize) -> Vec<Line<'static>> {
    if matches!(board.mode, Mode::Typing(..)) {
        return vec![Line::default()];
    }
    if board.message.is_empty() {
        return vec![Line::from(cut("? keys  f filter  / search  u undo  q leave", width)).dim()];
    }
    let mut lines = wrapped(&plain(&board.message), width);
    if lines.len() > TOLD {
        let rest = lines.split_off(TOLD - 1).join(" ");
        lines.push(cut(&rest, width));
    }
    let line = |line: String| {
        if board.is_refusal {
            Line::from(line).red()
        } else {
            Line::from(line)
        }
    };
    lines.into_iter().map(line).collect()
}

/// A line that is typed, with its cursor.
fn typed(asked: Asked, line: &typing::Line, frame: &mut Frame<'_>, area: Rect) {
    let width = usize::from(area.width);
    let (before, behind) = line.halves();
    let prompt = format!("{}: ", asked.prompt());
    let room = width.saturating_sub(prompt.width() + 1);
    // The end of what is before the cursor, so that what is typed is seen.
    let before = tail(&before, room);
    let cursor = prompt.width() + before.width();
    let text = cut(
        &format!("{before}{behind}"),
        width.saturating_sub(prompt.width()),
    );
    frame.render_widget(
        Line::from(vec![Span::from(prompt).bold(), text.into()]),
        area,
    );
    let x = u16::try_from(cursor)
        .unwrap_or(u16::MAX)
        .min(area.width.saturating_sub(1));
    frame.set_cursor_position(Position::new(area.x.saturating_add(x), area.y));
}

/// A text of one line that moves nothing: what would move the cursor or turn the reading direction is a sign for it.
fn plain(text: &str) -> String {
    let acts = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars()
        .map(|c| match c {
            '\n' | '\r' | '\t' => ' ',
            c if acts(c) => char::REPLACEMENT_CHARACTER,
            c => c,
        })
        .collect()
}

/// At most so many cells; what is left out is told by `…`.
fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = 0;
    for c in text.chars() {
        let cells = c.width().unwrap_or(0);
        if used + cells + 1 > width {
            break;
        }
        used += cells;
        kept.push(c);
    }
    if width > 0 {
        kept.push('…');
    }
    kept
}

/// A line as lines of at most so many cells, broken at spaces where there are any; the first's indent is kept.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut rest = text;
    while rest.width() > width && width > 1 {
        let mut used = 0;
        let fits = rest.char_indices().take_while(|(_, c)| {
            used += c.width().unwrap_or(0);
            used <= width
        });
        let end = fits.last().map_or(0, |(at, c)| at + c.len_utf8());
        // A space at the very beginning is indent and no place to break at.
        let space = rest[..end]
            .rfind(' ')
            .filter(|at| !rest[..*at].trim().is_empty());
        let (line, left) = rest.split_at(space.unwrap_or(end).max(1));
        lines.push(line.to_owned());
        rest = left.trim_start();
    }
    lines.push(rest.to_owned());
    lines
}

/// The last so many cells.
fn tail(text: &str, width: usize) -> String {
    let mut kept: Vec<char> = Vec::new();
    let mut used = 0;
    for c in text.chars().rev() {
        used += c.width().unwrap_or(0);
        if used > width {
            break;
        }
        kept.push(c);
    }
    kept.iter().rev().collect()
}

fn padded(text: &str, width: usize) -> String {
    let missing = width.saturating_sub(text.width());
    format!("{text}{}", " ".repeat(missing))
}
