//! Lab and files: everything written, nothing to do, one change, everything made again.

use std::fs;
use std::path::Path;

use crate::Outcome;
use crate::processes::{Usage, median, run};

/// Measures in the order in which a lab lives, a line each; what happens once is measured once.
pub(crate) fn measure(
    program: &Path,
    lab: &Path,
    item: &str,
    rounds: usize,
) -> Outcome<Vec<String>> {
    let few = rounds.clamp(1, 5);
    let sync = |rounds: usize| take(program, lab, &[&["sync"]], rounds);
    let edits: [&[&str]; 2] = [
        &["item", "edit", item, "--priority", "low"],
        &["item", "edit", item, "--priority", "high"],
    ];
    let mut lines = vec![
        line("sync, every file is written", &sync(1)?),
        line("sync, nothing changed", &sync(few)?),
        line("  find, looking at every file", &find(lab, few)?),
        line("update with its file", &take(program, lab, &edits, rounds)?),
    ];
    settings(lab, false)?;
    lines.push(line(
        "update, its file left to a sync",
        &take(program, lab, &edits, rounds)?,
    ));
    lines.push(line("sync, one item changed", &sync(1)?));
    settings(lab, true)?;
    for ending in ["", "-wal", "-shm"] {
        let path = lab.join(format!("data/ai_lab.db{ending}"));
        if path.exists() {
            fs::remove_file(path)?;
        }
    }
    lines.push(line("sync, the lab is made again", &sync(1)?));
    Ok(lines)
}

#[expect(
    clippy::disallowed_methods,
    reason = "a setting of a lab that lives as long as its measurement"
)]
fn settings(lab: &Path, mirror: bool) -> Outcome<()> {
    let text = format!("[files]\nmirror = {mirror}\n");
    Ok(fs::write(lab.join("ai-lab.toml"), text)?)
}

/// The same commands in turn.
fn take(program: &Path, lab: &Path, commands: &[&[&str]], rounds: usize) -> Outcome<Vec<Usage>> {
    let turns = commands.iter().cycle().take(rounds);
    turns.map(|command| run(program, command, lab)).collect()
}

/// What a walk over all files takes that looks at each.
fn find(lab: &Path, rounds: usize) -> Outcome<Vec<Usage>> {
    let arguments = [
        "data",
        "projects",
        "-name",
        "*.json",
        "-newermt",
        "2100-01-01",
    ];
    take(Path::new("find"), lab, &[&arguments], rounds)
}

fn line(name: &str, took: &[Usage]) -> String {
    format!(
        "{name:<38} {:>8.1} {:>8.1} {:>8.1}",
        median(took.iter().map(|it| it.wall_ms)),
        median(took.iter().map(|it| it.cpu_ms)),
        median(took.iter().map(|it| it.mebibytes)),
    )
}
