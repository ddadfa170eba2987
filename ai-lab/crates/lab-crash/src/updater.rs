//! The process that is cut: an update, or what goes on after one.

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use lab_model::Moment;
use lab_ops::framework::{Here, side};
use lab_ops::{Lab, Places};
use lab_update::{
    Asked, Disk, Done, Kind, Layout, Placed, Report, Source, Target, Until, Update, UpdateError,
    Watch, recover,
};

use crate::cutting::{Cut, Cutting};
use crate::ledger::Ledger;
use crate::say;
use crate::scene::{Plot, Scene, natures};
use crate::standin::Nature;

/// When everything happens.
const NOW_MS: i64 = 1_700_000_000_000;

#[derive(Debug)]
struct Nobody;

impl Watch for Nobody {
    fn begins(&mut self, _step: &str) {}

    fn done(&mut self, _done: &Done) {}
}

#[derive(Debug)]
struct Folder(std::path::PathBuf);

impl Source for Folder {
    fn index(&mut self) -> Result<std::path::PathBuf, lab_update::Refusal> {
        Ok(self.0.clone())
    }

    fn version(&mut self, _version: &str) -> Result<std::path::PathBuf, lab_update::Refusal> {
        Ok(self.0.clone())
    }
}

/// `updater begin|recover FOLDER PLOT CUT`: answers with the number of points, and how it ended.
pub(crate) fn run(words: &[&str]) -> ExitCode {
    let [act, folder, plot, cut] = words else {
        return ExitCode::from(2);
    };
    let (Some(plot), Some(cut)) = (Plot::of(plot), Cut::of(cut)) else {
        return ExitCode::from(2);
    };
    let scene = Scene::at(Path::new(folder));
    let Ok(lab) = Lab::at(&scene.lab()) else {
        return ExitCode::from(3);
    };
    let (home, units) = (scene.home(), scene.folder.join("units"));
    let program =
        std::ffi::OsString::from(scene.place(&natures(plot).0).join("bin/ai-lab-framework"));
    let here = Here {
        places: Places {
            variable: Some(&program),
            ..Places::default()
        },
        home: &home,
        units: &units,
        at: Moment::from_ms(NOW_MS).expect("a moment"),
        clock: &|| NOW_MS,
    };
    let mut side = side(&lab, &here);
    let mut effects = Cutting {
        disk: Disk::new(&mut side, here.clock),
        cut,
        points: 0,
        ledger: Ledger::new(scene.folder.join(format!("aside-{}", std::process::id())))
            .expect("the test's own folder"),
    };
    let layout = Layout::of(&scene.lab());
    let ended = if *act == "recover" {
        recover(&layout, &mut effects, &mut Nobody, false)
    } else {
        begin(&layout, &scene, plot, &mut effects).map(Some)
    };
    say(&format!("{} {}", effects.points, word(ended)));
    ExitCode::SUCCESS
}

fn word(ended: Result<Option<Report>, UpdateError>) -> String {
    match ended {
        Ok(None) => "nothing".to_owned(),
        Ok(Some(report)) => format!("{:?}", report.outcome),
        Err(UpdateError::TakenBack { .. }) => "TakenBack".to_owned(),
        Err(UpdateError::Refused { refusal, .. }) => format!("Refused {refusal}"),
        Err(error) => {
            let why = std::error::Error::source(&error).map(ToString::to_string);
            format!("Failed {error}: {}", why.unwrap_or_default())
        }
    }
}

fn begin(
    layout: &Layout,
    scene: &Scene,
    plot: Plot,
    effects: &mut Cutting<'_>,
) -> Result<Report, UpdateError> {
    let (old, new) = natures(plot);
    let placed = |nature: &Nature| Placed {
        name: nature.name(),
        place: scene.place(nature),
        version: nature.version.clone(),
        lock: serde_json::from_value(nature.lock()).ok(),
    };
    let (kind, target) = match plot {
        Plot::Good | Plot::Unhealthy | Plot::NoMigration => {
            let range = "~1".to_owned();
            (
                Kind::Update,
                Target::Newest {
                    range,
                    excluded: Vec::new(),
                },
            )
        }
        Plot::RollBack => (Kind::RollBack, Target::Before(Box::new(placed(&new)))),
        Plot::Install => {
            let lock = placed(&new).lock.expect("it has one");
            (Kind::Install, Target::Locked(Box::new(lock)))
        }
    };
    let mut source = Folder(scene.releases());
    let is_there = plot != Plot::Install;
    let asked = Asked {
        kind,
        target,
        source: Some(&mut source),
        program: scene.place(&old).join("bin/ai-lab-framework"),
        home: scene.home(),
        old: is_there.then(|| placed(&old)),
        services: None,
        drain: Duration::from_secs(5),
        accept_changes: false,
        until: Until::End,
    };
    Update::run(layout, effects, &mut Nobody, asked)
}
