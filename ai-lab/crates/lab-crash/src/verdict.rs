//! What must hold when an update is over, however it was cut.

use std::fs;
use std::io;

use lab_model::Moment;
use lab_pin::read_lock;
use lab_store::{OpenMode, Opening, SqliteStore};
use lab_update::{Disk, Effects as _, LabRefusal, LabSide, LabWork, Layout};

use crate::scene::{Plot, ROWS, Scene, natures};
use crate::standin;

/// Which release is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verdict {
    /// The one that was; or none, where none was.
    Old,
    /// The new one.
    New,
}

/// Looks at all of it; an error says what does not hold.
pub(crate) fn verdict(scene: &Scene, plot: Plot) -> Result<Verdict, String> {
    let layout = Layout::of(&scene.lab());
    if layout.journal().exists() {
        let text = fs::read_to_string(layout.journal()).unwrap_or_default();
        return Err(format!("the journal is not closed: {text}"));
    }
    let (old, new) = natures(plot);
    let switch = fs::read_link(layout.switch()).ok();
    let was = (plot != Plot::Install).then(|| scene.place(&old));
    let verdict = if switch == Some(scene.place(&new)) {
        Verdict::New
    } else if switch == was {
        Verdict::Old
    } else {
        return Err(format!("the switch leads to {switch:?}"));
    };
    if verdict == Verdict::New && !plot.may_be_new() {
        return Err("a release that is bad is in force".to_owned());
    }
    if switch.is_some_and(|place| !place.join("nature.json").is_file()) {
        return Err("what is in force is not in the store".to_owned());
    }
    let is_new_locked = verdict == Verdict::New || plot == Plot::Install;
    let locked = if is_new_locked { &new } else { &old };
    texts_agree(&layout, &locked.version)?;
    databases_hold(scene)?;
    if layout.scratch().exists() {
        return Err("copies of a rehearsal are left".to_owned());
    }
    nobody_holds_anything(scene).map_err(|error| error.to_string())?;
    Ok(verdict)
}

fn texts_agree(layout: &Layout, version: &str) -> Result<(), String> {
    let text = fs::read_to_string(layout.lock()).map_err(|error| error.to_string())?;
    let lock = read_lock(&text).map_err(|error| format!("the lock: {error}"))?;
    if lock.framework.version.as_str() != version {
        return Err(format!(
            "the lock has {}, not {version}",
            lock.framework.version
        ));
    }
    let pip = fs::read_to_string(layout.requirements()).map_err(|error| error.to_string())?;
    if !pip.contains(&lab_pin::requirements(&lock)) {
        return Err(format!("requirements.txt is not the lock's: {pip}"));
    }
    Ok(())
}

/// Both open, are sound, and have every row.
fn databases_hold(scene: &Scene) -> Result<(), String> {
    let told = |error: rusqlite::Error| format!("the framework's database: {error}");
    let connection = standin::open(&scene.home().join("framework.db")).map_err(told)?;
    let text: String = connection
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .map_err(told)?;
    let rows: i64 = connection
        .query_row(
            "SELECT count(*) FROM executions WHERE said = 'before'",
            [],
            |row| row.get(0),
        )
        .map_err(told)?;
    if text != "ok" || rows != ROWS {
        return Err(format!("the framework's database: {text}, {rows} rows"));
    }
    let opening = Opening {
        mode: OpenMode::Create,
        software_version: "1.0.0".to_owned(),
        at: Moment::from_ms(0).map_err(|error| error.to_string())?,
    };
    let database = scene.lab().join("data/ai_lab.db");
    let store = SqliteStore::open(&database, &opening).map_err(|error| error.to_string())?;
    let found = store.check_up().map_err(|error| error.to_string())?;
    if found.is_sound() {
        Ok(())
    } else {
        Err(format!("the lab's database: {found:?}"))
    }
}

#[derive(Debug)]
struct NoLab;

impl LabSide for NoLab {
    fn work(&mut self, _work: &LabWork) -> Result<String, LabRefusal> {
        unreachable!("because nothing is done with it")
    }
}

fn nobody_holds_anything(scene: &Scene) -> io::Result<()> {
    let mut lab = NoLab;
    let mut disk = Disk::new(&mut lab, &|| 0);
    let home = scene.home();
    let guard = Layout::of(&scene.lab()).guard();
    let paths = [home.join("gate.turnstile"), home.join("gate"), guard];
    for path in paths.into_iter().filter(|path| path.exists()) {
        let held = disk.lock(&path, std::time::Duration::from_secs(5))?;
        if held.is_none() {
            return Err(io::Error::other(format!(
                "{} is still held",
                path.display()
            )));
        }
    }
    Ok(())
}
