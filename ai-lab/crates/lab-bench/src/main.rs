//! Measures whole commands of `ai-lab` on labs of several sizes, each beside the plain `sqlite3` shell.
//!
//! `lab-bench AI_LAB [ROUNDS [SIZE…]]`, where `AI_LAB` is the program as built for release. Command and baseline take
//! turns, so that a change of the machine's speed meets both. `lab-bench fill FOLDER SIZE` writes such a lab; it is a
//! process of its own, as what a starter has of memory is counted for what it starts. The baseline asks the same of plain tables with
//! indexes: what a process that opens a database and does nothing else takes.

mod baseline;
mod files;
mod filler;
mod processes;

use std::error::Error;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use crate::processes::{Usage, median, run};

/// How often each command is run, unless said otherwise.
const ROUNDS: usize = 30;

/// How many items the labs have, unless said otherwise.
const SIZES: [u32; 2] = [10_000, 100_000];

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let mut stdout = anstream::stdout().lock();
    let measured = measure(|line| Ok(writeln!(stdout, "{line}")?));
    match measured {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _lost = writeln!(anstream::stderr().lock(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(mut tell: impl FnMut(String) -> Outcome<()>) -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let program = PathBuf::from(arguments.next().ok_or("name the program ai-lab")?);
    if program.as_os_str() == "fill" {
        let folder = arguments.next().ok_or("name the folder to fill")?;
        let size = arguments.next().ok_or("say how many items")?.parse()?;
        return filler::fill(Path::new(&folder), size);
    }
    let rounds = arguments.next().map_or(Ok(ROUNDS), |text| text.parse())?;
    let sizes = arguments
        .map(|text| text.parse())
        .collect::<Result<Vec<u32>, _>>()?;
    let sizes = if sizes.is_empty() {
        SIZES.to_vec()
    } else {
        sizes
    };
    for size in sizes {
        let folder = tempfile::tempdir()?;
        let begun = Instant::now();
        let path = folder.path().display().to_string();
        run(
            &std::env::current_exe()?,
            &["fill", &path, &size.to_string()],
            folder.path(),
        )?;
        let filled = begun.elapsed();
        let floor = baseline::build(folder.path())?;
        tell(format!(
            "{size} items, written in {:.1} s",
            filled.as_secs_f64()
        ))?;
        tell(format!(
            "  {:<38} {:>8} {:>8} {:>8} {:>9} {:>6}",
            "", "wall ms", "cpu ms", "MiB", "shell ms", "ratio"
        ))?;
        let bench = Bench {
            program: &program,
            lab: folder.path(),
            floor: &floor,
            item: format!("AAA-{:03}", size / 8),
            rounds,
        };
        for (name, command, sql) in COMMANDS {
            tell(format!("  {name:<38} {}", bench.take(command, sql)?))?;
        }
        for line in files::measure(&program, folder.path(), &bench.item, rounds)? {
            tell(format!("  {line}"))?;
        }
    }
    Ok(())
}

/// What is measured: its name, the command, and what the shell does meanwhile. `ITEM` is an item in the middle,
/// `WORD` another priority each time.
const COMMANDS: &[(&str, &str, &str)] = &[
    ("list, the first 20", "item list --limit 20", baseline::LIST),
    (
        "list, three conditions",
        "item list status:todo prio:high.. label:tag3 --limit 20",
        baseline::FILTER,
    ),
    (
        "list, of a project, late",
        "item list project:BBB late --limit 20",
        baseline::FILTER,
    ),
    (
        "list, two words",
        "item list loud pump --limit 20",
        baseline::SEARCH,
    ),
    ("list, JSON", "item list --json", baseline::LIST),
    (
        "list, the last page",
        "item list --limit 20 --after DDD-1",
        baseline::LIST,
    ),
    (
        "ready, the first 20",
        "item ready --limit 20",
        baseline::READY,
    ),
    (
        "search, one word that is everywhere",
        "search pump",
        baseline::SEARCH,
    ),
    ("search, a rare word", "search rare7", baseline::SEARCH),
    ("show", "item show ITEM", baseline::SHOW),
    ("status", "status", baseline::LIST),
    ("project list", "project list", baseline::LIST),
    ("update", "item edit ITEM --priority WORD", baseline::UPDATE),
    ("create", "item add Another --project AAA", baseline::UPDATE),
    (
        "list, everything into a pipe",
        "item list --all",
        baseline::ALL,
    ),
];

/// One lab with its baseline.
struct Bench<'a> {
    program: &'a Path,
    lab: &'a Path,
    floor: &'a Path,
    item: String,
    rounds: usize,
}

impl Bench<'_> {
    /// Runs a command and the shell in turn.
    fn take(&self, command: &str, sql: &str) -> Outcome<String> {
        let (mut ours, mut theirs): (Vec<Usage>, Vec<Usage>) = (Vec::new(), Vec::new());
        // A listing of everything takes long enough to be measured a few times.
        let rounds = if sql == baseline::ALL {
            self.rounds.min(3)
        } else {
            self.rounds
        };
        let database = self.floor.display().to_string();
        for round in 0..=rounds {
            let word = |word| match word {
                "WORD" => ["low", "high"][round % 2],
                "ITEM" => &self.item,
                _ => word,
            };
            let arguments: Vec<&str> = command.split(' ').map(word).collect();
            let mine = run(self.program, &arguments, self.lab)?;
            let shell = run(Path::new("sqlite3"), &[&database, sql], self.lab)?;
            // The first time warms caches.
            if round > 0 {
                ours.push(mine);
                theirs.push(shell);
            }
        }
        let ratios = ours.iter().zip(&theirs).map(|(a, b)| a.wall_ms / b.wall_ms);
        Ok(format!(
            "{:>8.1} {:>8.1} {:>8.1} {:>9.1} {:>6.2}",
            median(ours.iter().map(|it| it.wall_ms)),
            median(ours.iter().map(|it| it.cpu_ms)),
            median(ours.iter().map(|it| it.mebibytes)),
            median(theirs.iter().map(|it| it.wall_ms)),
            median(ratios),
        ))
    }
}
