//! One case: made, cut, cut again, gone on with, judged.

use std::fs;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

use ai_lab_contract::v1::{JournalHead, UpdatePhase};

use crate::cutting::Cut;
use crate::scene::{Plot, Scene, natures};
use crate::verdict::{Verdict, verdict};

/// What became of one case.
#[derive(Clone, Debug)]
pub(crate) struct Ended {
    /// How far the update was when it was cut first; `None` before there is a journal, or after.
    pub(crate) phase: Option<UpdatePhase>,
    /// What was in force at the end, or what does not hold.
    pub(crate) verdict: Result<Verdict, String>,
}

/// Makes a case in that folder.
pub(crate) fn make(folder: &Path, plot: Plot) -> io::Result<Scene> {
    let scene = Scene::at(folder);
    fs::create_dir_all(folder)?;
    scene.make(plot)?;
    scene.history(plot)?;
    Ok(scene)
}

/// Runs the updater; how many points it met, and how it ended. `None` where it was killed.
pub(crate) fn updater(
    scene: &Scene,
    act: &str,
    plot: Plot,
    cut: Cut,
) -> io::Result<Option<(u32, String)>> {
    #[expect(clippy::disallowed_methods, reason = "it starts itself as the updater")]
    let mut command = Command::new(std::env::current_exe()?);
    let output = command
        .args(["updater", act])
        .arg(&scene.folder)
        .args([plot.key(), &cut.word()])
        .env("AI_LAB_HOME", scene.home())
        .env_remove("AI_LAB_FRAMEWORK")
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let Some((points, word)) = text.trim().split_once(' ') else {
        return Ok(None);
    };
    let points = points.parse().map_err(io::Error::other)?;
    Ok(Some((points, word.to_owned())))
}

/// One case from its beginning to its verdict. `again` cuts the first recovery.
pub(crate) fn play(folder: &Path, plot: Plot, cut: Cut, again: Cut) -> io::Result<Ended> {
    let scene = make(folder, plot)?;
    updater(&scene, "begin", plot, cut)?;
    let phase = phase(&scene);
    if again != Cut::Nowhere {
        updater(&scene, "recover", plot, again)?;
    }
    let last = updater(&scene, "recover", plot, Cut::Nowhere)?;
    let verdict = verdict(&scene, plot).map_err(|what| {
        let (plot, cut, again) = (natures(plot).1.version, cut.word(), again.word());
        format!("{plot} cut {cut}, then {again}, in phase {phase:?}, ended as {last:?}: {what}")
    });
    fs::remove_dir_all(folder)?;
    Ok(Ended { phase, verdict })
}

/// How many points a recovery meets after that cut.
pub(crate) fn points_of_recovery(folder: &Path, plot: Plot, cut: Cut) -> io::Result<u32> {
    let scene = make(folder, plot)?;
    updater(&scene, "begin", plot, cut)?;
    let ended = updater(&scene, "recover", plot, Cut::Nowhere)?;
    fs::remove_dir_all(folder)?;
    Ok(ended.map_or(0, |(points, _)| points))
}

fn phase(scene: &Scene) -> Option<UpdatePhase> {
    let text = fs::read(scene.lab().join(JournalHead::PLACE)).ok()?;
    let head: JournalHead = serde_json::from_slice(&text).ok()?;
    Some(head.phase)
}
