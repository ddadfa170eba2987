//! The walk along the chain: sorted streams of starts, of ends and of what was pruned, merged by position.

use rusqlite::{Connection, Row, Rows};

use super::chain_head::read_head;
use super::fault::Fault;
use super::row::{COLUMN_LIST, END, NO_END, NO_NOTE, NOTE, OWN, START, end_hash};
use super::seat::Seat;
use crate::chain::{Cell, link_hash};
use crate::chain_finding::{ChainFinding, ChainProblem, LinkKind};
use crate::error::StoreError;
use crate::listing::MOST_ROWS;

/// Where in a row selected as `COLUMN_LIST` the hash of its start is.
const STARTED_HASH: usize = START.len();
/// Where the position of its end is; the rest of the end's columns and `row_hash` follow.
const ENDED_POSITION: usize = STARTED_HASH + 1;
const ROW_HASH: usize = ENDED_POSITION + END.len() - OWN;
/// Where an end's note begins.
const NOTE_AT: usize = ROW_HASH + 1;
/// Where in [`START`] the id is.
const EXECUTION_ID: usize = 2;

/// One link as it was read, checked against itself.
pub(super) struct Found {
    /// Which of a row's two links; `None` for a range that was pruned.
    kind: Option<LinkKind>,
    /// Where it is, or where the range begins.
    pub(super) position: i64,
    /// Where the range ends; the position itself for a link.
    last: i64,
    /// The row.
    pub(super) execution_id: String,
    /// The hash of the link before.
    pub(super) previous_hash: Vec<u8>,
    /// The hash of the link, or of the last of the range.
    pub(super) hash: Vec<u8>,
    /// Whether the row is as it was hashed.
    pub(super) intact: bool,
}

/// Walks the whole chain.
pub(super) fn verify(seat: &Seat) -> Result<Vec<ChainFinding>, StoreError> {
    seat.read("walk the chain", |connection| {
        let mut walk = Walk::default();
        let starts = format!(
            "SELECT {} FROM tool_executions ORDER BY started_position",
            *COLUMN_LIST
        );
        let ends = format!(
            "SELECT {} FROM tool_executions WHERE ended_position IS NOT NULL \
             ORDER BY ended_position",
            *COLUMN_LIST
        );
        let pruned = "SELECT first_position, last_position, previous_hash, hash FROM chain_pruned \
                      ORDER BY first_position";
        let mut starts = connection.prepare(&starts)?;
        let mut ends = connection.prepare(&ends)?;
        let mut pruned = connection.prepare(pruned)?;
        let mut streams = [
            Stream::new(starts.query([])?, start_link)?,
            Stream::new(ends.query([])?, end_link)?,
            Stream::new(pruned.query([])?, pruned_range)?,
        ];
        while !walk.is_full() {
            let nearest = streams.iter_mut().filter(|stream| stream.next.is_some());
            let Some(stream) = nearest.min_by_key(|stream| stream.position()) else {
                break;
            };
            if let Some(found) = stream.take()? {
                walk.step(found);
            }
        }
        walk.finish(connection)
    })
}

/// Links of one kind, sorted by position.
struct Stream<'s> {
    rows: Rows<'s>,
    read: fn(&Row<'_>) -> Result<Found, Fault>,
    next: Option<Found>,
}

impl<'s> Stream<'s> {
    fn new(mut rows: Rows<'s>, read: fn(&Row<'_>) -> Result<Found, Fault>) -> Result<Self, Fault> {
        let next = rows.next()?.map(read).transpose()?;
        Ok(Self { rows, read, next })
    }

    fn position(&self) -> i64 {
        self.next.as_ref().map_or(i64::MAX, |next| next.position)
    }

    fn take(&mut self) -> Result<Option<Found>, Fault> {
        let after = self.rows.next()?.map(self.read).transpose()?;
        Ok(std::mem::replace(&mut self.next, after))
    }
}

/// What was seen so far.
#[derive(Default)]
struct Walk {
    findings: Vec<ChainFinding>,
    /// The position of the last link.
    position: i64,
    /// Its hash, unless what came before is missing.
    hash: Option<Vec<u8>>,
    /// The row it was read from.
    execution_id: String,
}

impl Walk {
    const fn is_full(&self) -> bool {
        self.findings.len() >= MOST_ROWS as usize
    }

    fn tell(&mut self, position: i64, link: Option<LinkKind>, id: &str, problem: ChainProblem) {
        if !self.is_full() {
            self.findings.push(ChainFinding {
                position: u64::try_from(position).unwrap_or_default(),
                link,
                execution_id: id.to_owned(),
                problem,
            });
        }
    }

    fn step(&mut self, found: Found) {
        let (position, kind) = (found.position, found.kind);
        if !found.intact {
            self.tell(position, kind, &found.execution_id, ChainProblem::Changed);
        }
        if position <= self.position {
            self.tell(position, kind, &found.execution_id, ChainProblem::Doubled);
            return;
        }
        self.miss_until(position);
        let first = position == 1 && found.previous_hash.is_empty();
        let follows = self
            .hash
            .as_ref()
            .is_none_or(|hash| *hash == found.previous_hash);
        if !(first || follows) {
            self.tell(
                position,
                kind,
                &found.execution_id,
                ChainProblem::LinkBroken,
            );
        }
        self.position = found.last.max(position);
        self.hash = Some(found.hash);
        self.execution_id = found.execution_id;
    }

    /// Tells every position between the last link and this one.
    fn miss_until(&mut self, position: i64) {
        let mut missing = self.position.saturating_add(1);
        if missing < position {
            // What the next link should name went with the missing row.
            self.hash = None;
        }
        while missing < position && !self.is_full() {
            self.tell(missing, None, "", ChainProblem::Missing);
            missing += 1;
        }
    }

    fn finish(mut self, connection: &Connection) -> Result<Vec<ChainFinding>, Fault> {
        let head = read_head(connection)?;
        let remembered = i64::try_from(head.position).unwrap_or(i64::MAX);
        let hash = self.hash.take().unwrap_or_default();
        let same = self.position == remembered && hash == head.hash.as_bytes();
        if !same && !self.is_full() {
            let id = std::mem::take(&mut self.execution_id);
            if self.position < remembered {
                self.miss_until(remembered.saturating_add(1));
            } else {
                self.tell(self.position, None, &id, ChainProblem::Head);
            }
        }
        Ok(self.findings)
    }
}

fn cells<'r>(row: &'r Row<'_>, from: usize, to: usize) -> Result<Vec<Cell<'r>>, Fault> {
    (from..to).map(|at| Ok(row.get_ref(at)?.into())).collect()
}

fn bytes(cell: Cell<'_>) -> Vec<u8> {
    match cell {
        Cell::Text(bytes) => bytes.to_vec(),
        Cell::Integer(_) | Cell::Stray => Vec::new(),
    }
}

fn number(cell: Cell<'_>) -> i64 {
    match cell {
        Cell::Integer(number) => number,
        Cell::Text(_) | Cell::Stray => 0,
    }
}

/// A start, and with it the end's columns while there is no end: no hash covers these yet.
pub(super) fn start_link(row: &Row<'_>) -> Result<Found, Fault> {
    let cells = cells(row, 0, NOTE_AT + NOTE.len())?;
    let (start, hash) = (&cells[..START.len()], bytes(cells[STARTED_HASH]));
    let waits = match cells[ENDED_POSITION] {
        Cell::Stray => cells[ENDED_POSITION + 1..NOTE_AT] == NO_END && cells[NOTE_AT..] == NO_NOTE,
        Cell::Integer(_) | Cell::Text(_) => true,
    };
    Ok(Found {
        kind: Some(LinkKind::Start),
        position: number(start[0]),
        last: number(start[0]),
        execution_id: String::from_utf8_lossy(&bytes(start[EXECUTION_ID])).into_owned(),
        previous_hash: bytes(start[1]),
        intact: waits && link_hash(&START, start).as_bytes() == hash,
        hash,
    })
}

pub(super) fn end_link(row: &Row<'_>) -> Result<Found, Fault> {
    let all = cells(row, 0, NOTE_AT + NOTE.len())?;
    let mut end = vec![all[EXECUTION_ID], all[STARTED_HASH]];
    end.extend_from_slice(&all[ENDED_POSITION..ROW_HASH]);
    let hash = bytes(all[ROW_HASH]);
    Ok(Found {
        kind: Some(LinkKind::End),
        position: number(end[OWN]),
        last: number(end[OWN]),
        execution_id: String::from_utf8_lossy(&bytes(end[0])).into_owned(),
        previous_hash: bytes(end[OWN + 1]),
        intact: end_hash(&end, [all[NOTE_AT], all[NOTE_AT + 1]]).as_bytes() == hash,
        hash,
    })
}

/// What is left of links that were pruned.
fn pruned_range(row: &Row<'_>) -> Result<Found, Fault> {
    let cells = cells(row, 0, 4)?;
    let (position, last) = (number(cells[0]), number(cells[1]));
    Ok(Found {
        kind: None,
        position,
        last,
        execution_id: String::new(),
        previous_hash: bytes(cells[2]),
        hash: bytes(cells[3]),
        intact: position <= last,
    })
}
