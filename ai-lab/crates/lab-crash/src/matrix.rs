//! The crash matrix: every plot, cut at every point in every way.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use ai_lab_contract::v1::UpdatePhase;

use crate::case::{Ended, make, play, points_of_recovery, updater};
use crate::cutting::Cut;
use crate::ledger::Loss;
use crate::say;
use crate::scene::Plot;
use crate::verdict::Verdict;

/// How many cases run at once.
const AT_ONCE: usize = 3;

/// How much of it is played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// Every case.
    Whole,
    /// Some of them, spread over all.
    Sample,
}

/// In a sample, every so many-th case.
const STRIDE: usize = 29;

/// A way of cutting, as a column of the matrix.
const WAYS: [&str; 6] = [
    "kill before",
    "kill within",
    "kill twice",
    "power, names lost",
    "power, bytes lost",
    "disk full",
];

/// A case to play.
#[derive(Clone, Copy, Debug)]
struct Case {
    way: usize,
    cut: Cut,
    again: Cut,
}

/// How often the old and the new release were in force, by phase and way.
type Counts = BTreeMap<(Option<UpdatePhase>, usize), [u32; 2]>;

/// Plays all of it and prints the matrix; fails where anything does not hold.
pub(crate) fn run(extent: Extent) -> ExitCode {
    match all(extent) {
        Ok((text, wrong)) => {
            say(text.trim_end());
            for what in &wrong {
                say(&format!("WRONG: {what}"));
            }
            u8::from(!wrong.is_empty()).into()
        }
        Err(error) => {
            say(&format!("the cases could not be played: {error}"));
            ExitCode::from(8)
        }
    }
}

fn all(extent: Extent) -> io::Result<(String, Vec<String>)> {
    let folder = room()?;
    let mut text = String::new();
    let mut wrong = Vec::new();
    let mut sum = 0;
    for plot in Plot::ALL {
        let (cases, points) = cases(&folder, plot, extent)?;
        sum += cases.len();
        let played = play_all(&folder, plot, &cases)?;
        let mut counts = Counts::new();
        for (case, ended) in cases.iter().zip(played) {
            match ended.verdict {
                Ok(verdict) => {
                    counts.entry((ended.phase, case.way)).or_default()[verdict as usize] += 1;
                }
                Err(what) => wrong.push(what),
            }
        }
        table(&mut text, plot, points, &counts);
    }
    let bad = wrong.len();
    writeln!(
        text,
        "{sum} cases, {bad} that ended as neither old nor new."
    )
    .expect("a string takes it");
    std::fs::remove_dir_all(folder)?;
    Ok((text, wrong))
}

/// A folder for the cases; in memory where it can be, as what is not synced is played and not real.
fn room() -> io::Result<PathBuf> {
    let memory = Path::new("/dev/shm");
    let above = if memory.is_dir() {
        memory.to_owned()
    } else {
        std::env::temp_dir()
    };
    let folder = above.join(format!("lab-crash-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

fn cases(folder: &Path, plot: Plot, extent: Extent) -> io::Result<(Vec<Case>, u32)> {
    let scene = make(&folder.join("whole"), plot)?;
    let whole = updater(&scene, "begin", plot, Cut::Nowhere)?;
    std::fs::remove_dir_all(&scene.folder)?;
    let (points, _) = whole.ok_or_else(|| io::Error::other("the update did not end"))?;
    let mut cases = Vec::new();
    for point in 1..=points {
        let ways = [
            (0, Cut::Before(point)),
            (1, Cut::Within(point)),
            (3, Cut::Power(point, Loss::Names)),
            (4, Cut::Power(point, Loss::Bytes)),
            (5, Cut::Full(point)),
        ];
        cases.extend(ways.map(|(way, cut)| Case {
            way,
            cut,
            again: Cut::Nowhere,
        }));
    }
    if extent == Extent::Sample {
        return Ok((cases.into_iter().step_by(STRIDE).collect(), points));
    }
    let firsts: Vec<Cut> = (1..=points).map(Cut::Before).collect();
    let lengths = each(folder, &firsts, |folder, cut| {
        points_of_recovery(folder, plot, *cut)
    })?;
    for (cut, length) in firsts.into_iter().zip(lengths) {
        for second in 1..=length {
            let again = if second % 2 == 0 {
                Cut::Before(second)
            } else {
                Cut::Within(second)
            };
            cases.push(Case { way: 2, cut, again });
        }
    }
    Ok((cases, points))
}

fn play_all(folder: &Path, plot: Plot, cases: &[Case]) -> io::Result<Vec<Ended>> {
    each(folder, cases, |folder, case| {
        play(folder, plot, case.cut, case.again)
    })
}

/// Does something with each, a few at once, each in a folder of its own; answers in their order.
fn each<T: Sync, R: Send>(
    folder: &Path,
    things: &[T],
    act: impl Fn(&Path, &T) -> io::Result<R> + Sync,
) -> io::Result<Vec<R>> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for worker in 0..AT_ONCE {
            let (next, done, act) = (&next, &done, &act);
            scope.spawn(move || {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(thing) = things.get(at) else { break };
                    let answer = act(&folder.join(format!("{worker}-{at}")), thing);
                    let mut done = done.lock().expect("because no worker panics");
                    done.push((at, answer));
                }
            });
        }
    });
    let mut done = done.into_inner().expect("because no worker panicked");
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, answer)| answer).collect()
}

fn table(text: &mut String, plot: Plot, points: u32, counts: &Counts) {
    let mut put = |line: String| {
        text.push_str(&line);
        text.push('\n');
    };
    put(format!("## {}\n\n{points} points.\n", plot.as_str()));
    put(format!("| cut in phase | {} |", WAYS.join(" | ")));
    put(format!("|---|{}", "---|".repeat(WAYS.len())));
    let mut phases: Vec<Option<UpdatePhase>> = counts.keys().map(|(phase, _)| *phase).collect();
    phases.dedup();
    for phase in phases {
        let cells: Vec<String> = (0..WAYS.len())
            .map(|way| {
                counts
                    .get(&(phase, way))
                    .map_or_else(String::new, |it| cell(*it))
            })
            .collect();
        let name = phase.map_or_else(|| "none".to_owned(), word);
        put(format!("| {name} | {} |", cells.join(" | ")));
    }
    put(String::new());
}

fn cell([old, new]: [u32; 2]) -> String {
    match (old, new) {
        (old, 0) => format!("{old} old"),
        (0, new) => format!("{new} new"),
        (old, new) => format!("{old} old, {new} new"),
    }
}

fn word(phase: UpdatePhase) -> String {
    let value = serde_json::to_value(phase).unwrap_or_default();
    value.as_str().unwrap_or_default().replace('_', " ")
}

const _: () = assert!(Verdict::Old as usize == 0 && Verdict::New as usize == 1);
