//! Measures what the framework adds, each figure with its baseline in the same run.
//!
//! `alf-bench FOLDER [ROUNDS [WORD]]`, `alf-bench FOLDER scale [SHORT LONG]`, `alf-bench FOLDER mcp-soak` and
//! `alf-bench FOLDER fill HOME SIZE END_MS`, which fills the record of a home, where
//! FOLDER holds the programs as built for release: `ai-lab-framework`, `trivial-tool`, `bare-mcp` and `empty`. With a
//! WORD, only what has it in its name. Measured and baseline take turns, so that a change of the machine's speed meets
//! both. The ratio is the median of the ratios of neighbours.

mod cold_start;
mod hand_over;
mod mcp;
mod recording;
mod redaction;
mod run_overhead;
mod scale;
mod turns;

use std::error::Error;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use ai_lab_contract::Profile;
use run_overhead::Kept;
use turns::Turns;

/// Calls of each kind unless said otherwise.
const ROUNDS: usize = 1_000;

/// How a benchmark can fail: the programs are not there, or one of them does not do what is measured.
type Measured = Result<Turns, Box<dyn Error>>;

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

fn measure(
    mut tell: impl FnMut(String) -> Result<(), Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(
        arguments
            .next()
            .ok_or("name the folder with the release programs")?,
    );
    let rest: Vec<String> = arguments.collect();
    let (rounds, word) = match &rest[..] {
        [] => (ROUNDS, ""),
        [word, sizes @ ..] if word == "scale" => return scale::measure(sizes, tell),
        [word, home, size, end_ms] if word == "fill" => {
            return scale::fill_home(Path::new(home), size.parse()?, end_ms.parse()?);
        }
        [word] if word == "mcp-soak" => return mcp::soak(&folder, &mut tell),
        [rounds] => (rounds.parse()?, ""),
        [rounds, word, ..] => (rounds.parse()?, word.as_str()),
    };
    tell(Turns::heading())?;
    for kept in [Kept::Exec, Kept::Worker] {
        let what = match kept {
            Kept::Exec => "run / bare start",
            Kept::Worker => "worker / bare pipe",
        };
        for profile in Profile::ALL {
            let name = format!("{what}, {profile}");
            if name.contains(word) {
                let called = run_overhead::measure(&folder, profile, kept, rounds)?;
                tell(
                    called
                        .turns
                        .line(&format!("{name}, sandbox {}", called.level)),
                )?;
                tell(called.stages())?;
            }
        }
    }
    for profile in [Profile::Standard, Profile::Production] {
        for callers in [1, 32] {
            let name = |what| format!("record {what} / bare row, {profile}, {callers} callers");
            if name("a start").contains(word) || name("an end").contains(word) {
                let recorded = recording::measure(profile, callers, rounds)?;
                tell(recorded.starts.line(&name("a start")))?;
                tell(recorded.ends.line(&name("an end")))?;
            }
        }
    }
    starts(&folder, rounds, word, &mut tell)?;
    if "mcp".contains(word) || word.contains("mcp") {
        mcp::measure(&folder, rounds, &mut tell)?;
    }
    for secrets in [1, 16, 64] {
        let name = format!("1 MiB without {secrets} secrets / a copy of it");
        if name.contains(word) {
            tell(redaction::measure(secrets, rounds)?.line(&name))?;
        }
    }
    Ok(())
}

/// What a command costs from the start of its program to its end.
fn starts(
    folder: &Path,
    rounds: usize,
    word: &str,
    tell: &mut dyn FnMut(String) -> Result<(), Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    let name = "tool list, 20 tools / empty static program";
    if name.contains(word) {
        tell(cold_start::measure(folder, rounds)?.line(name))?;
    }
    let name = "version by hand-over / by the pinned program";
    if name.contains(word) {
        tell(hand_over::measure(folder, rounds)?.line(name))?;
    }
    Ok(())
}
