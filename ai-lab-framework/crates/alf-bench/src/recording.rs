//! Recording alone: a start and an end, each until it is committed, against a row of a bare table.

use std::error::Error;
use std::thread;
use std::time::{Duration, Instant};

use ai_lab_contract::Profile;
use alf_store::{BareTable, ExecutionEnd, ExecutionStart, OpenMode, Opening, SqliteStore, Store};

use crate::scale::filler::execution;
use crate::turns::Turns;

/// How many rows each caller writes until it is the other side's turn.
const A_TURN: u32 = 10;

/// The times of starts and of ends, each beside as many rows of the bare table.
pub(crate) struct Recorded {
    pub(crate) starts: Turns,
    pub(crate) ends: Turns,
}

/// Records as so many callers at once, who all wait for their commits.
pub(crate) fn measure(
    profile: Profile,
    callers: u32,
    rounds: usize,
) -> Result<Recorded, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let opening = Opening {
        mode: OpenMode::Create,
        framework_version: "0.1.0".to_owned(),
        now_ms: 0,
    };
    let store = SqliteStore::open(&folder.path().join("framework.db"), &opening)?;
    let bare = BareTable::make(&folder.path().join("bare.db"), profile)?;
    let a_round = callers * A_TURN;
    let turns = u32::try_from(rounds)?.div_ceil(A_TURN).max(2);
    let mut times: [Vec<Duration>; 4] = Default::default();
    // The first turn does not count: files grow and statements are made ready.
    for turn in 0..=turns {
        let of_turn = (turn * a_round)..((turn + 1) * a_round);
        let rows: Vec<(ExecutionStart, ExecutionEnd)> = of_turn
            .map(|number| execution(number, (turns + 1) * a_round))
            .collect::<Result<_, _>>()?;
        let rows: Vec<Row> = rows.into_iter().map(|row| Row::new(row, profile)).collect();
        let taken = [
            at_once(&rows, |row| Ok(store.start_execution(&row.start)?))?,
            at_once(&rows, |row| row.insert(&bare, "start"))?,
            at_once(&rows, |row| Ok(store.end_execution(&row.end)?))?,
            at_once(&rows, |row| row.insert(&bare, "end"))?,
        ];
        for (all, taken) in times.iter_mut().zip(taken).filter(|_| turn > 0) {
            all.extend(taken);
        }
    }
    let [starts, beside_starts, ends, beside_ends] = times;
    Ok(Recorded {
        starts: Turns::of(starts, beside_starts),
        ends: Turns::of(ends, beside_ends),
    })
}

/// One execution, and a row of the bare table of about the same size.
struct Row {
    start: ExecutionStart,
    end: ExecutionEnd,
    body: String,
}

impl Row {
    fn new((mut start, end): (ExecutionStart, ExecutionEnd), profile: Profile) -> Self {
        start.profile = profile;
        Self {
            body: "x".repeat(1_000),
            start,
            end,
        }
    }

    fn insert(&self, bare: &BareTable, half: &str) -> Written {
        let id = format!("{}-{half}", self.start.execution_id);
        Ok(bare.insert(&id, self.start.started_at_ms, &self.body)?)
    }
}

type Written = Result<(), Box<dyn Error + Send + Sync>>;

/// Every caller writes its rows one after another, all callers at once; how long each row took, and where there are
/// several callers, what a row took of the time of all: who gets the lock first says nothing.
fn at_once(
    rows: &[Row],
    write: impl Fn(&Row) -> Written + Sync,
) -> Result<Vec<Duration>, Box<dyn Error>> {
    let write = &write;
    let one_caller = move |rows: &[Row]| -> Result<Vec<Duration>, Box<dyn Error + Send + Sync>> {
        let timed = |row: &Row| {
            let begun = Instant::now();
            write(row)?;
            Ok(begun.elapsed())
        };
        rows.iter().map(timed).collect()
    };
    let begun = Instant::now();
    let mut times = Vec::with_capacity(rows.len());
    thread::scope(|scope| {
        let callers: Vec<_> = rows
            .chunks(A_TURN as usize)
            .map(|rows| scope.spawn(move || one_caller(rows)))
            .collect();
        for caller in callers {
            let written = caller.join().map_err(|_| "a caller panicked")?;
            times.extend(written.map_err(|error| error as Box<dyn Error>)?);
        }
        Ok::<_, Box<dyn Error>>(())
    })?;
    if rows.len() > A_TURN as usize {
        times = vec![begun.elapsed() / u32::try_from(rows.len())?];
    }
    Ok(times)
}
