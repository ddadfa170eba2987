//! A lab with a framework in force and a release on offer, made anew for every case.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use lab_model::Moment;
use lab_pin::{requirements, write_lock};
use lab_store::{OpenMode, Opening, SqliteStore};

use crate::standin::{self, Nature};

/// How many executions the played record begins with.
pub(crate) const ROWS: i64 = 50;

/// What an update meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plot {
    /// A release that is sound.
    Good,
    /// One that is not healthy once it is in force.
    Unhealthy,
    /// One whose migration fails.
    NoMigration,
    /// One is brought back that was in force before.
    RollBack,
    /// A clone: a lock, and nothing in force.
    Install,
}

impl Plot {
    /// All of them.
    pub(crate) const ALL: [Self; 5] = [
        Self::Good,
        Self::Unhealthy,
        Self::NoMigration,
        Self::RollBack,
        Self::Install,
    ];

    /// The word for it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Good => "update to a sound release",
            Self::Unhealthy => "update to one that is not healthy",
            Self::NoMigration => "update to one whose migration fails",
            Self::RollBack => "rollback",
            Self::Install => "install in a clone",
        }
    }

    /// The same as one word of a command line.
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Unhealthy => "unhealthy",
            Self::NoMigration => "no-migration",
            Self::RollBack => "rollback",
            Self::Install => "install",
        }
    }

    /// The plot of that word.
    pub(crate) fn of(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|plot| plot.key() == key)
    }

    /// Whether the new release may be in force at the end.
    pub(crate) const fn may_be_new(self) -> bool {
        matches!(self, Self::Good | Self::RollBack | Self::Install)
    }
}

/// The folders of one case.
#[derive(Clone, Debug)]
pub(crate) struct Scene {
    pub(crate) folder: PathBuf,
}

impl Scene {
    pub(crate) fn at(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
        }
    }

    pub(crate) fn lab(&self) -> PathBuf {
        self.folder.join("lab")
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.folder.join("home")
    }

    pub(crate) fn releases(&self) -> PathBuf {
        self.folder.join("releases")
    }

    pub(crate) fn place(&self, nature: &Nature) -> PathBuf {
        self.home().join("framework").join(nature.name())
    }

    /// Makes all of it.
    pub(crate) fn make(&self, plot: Plot) -> io::Result<()> {
        let (old, new) = natures(plot);
        fs::create_dir_all(self.lab().join("data"))?;
        fs::create_dir_all(self.lab().join(".ai-lab"))?;
        let marker = format!(
            "framework = \"~1\"\n\n[files]\nmirror = false\n\n[update]\nfrom = \"{}\"\n",
            self.releases().display()
        );
        put(&self.lab().join("ai-lab.toml"), &marker)?;
        self.offer(&old)?;
        self.offer(&new)?;
        self.install(&old)?;
        let locked = if plot == Plot::Install { &new } else { &old };
        let lock = lock_of(locked);
        put(&self.lab().join("ai-lab.lock"), &write_lock(&lock))?;
        let section = format!(
            "# ai-lab:begin (written by `ai-lab init`, your own text goes outside)\n{}# ai-lab:end\n",
            requirements(&lock)
        );
        put(&self.lab().join("requirements.txt"), &section)?;
        if plot != Plot::Install {
            symlink(self.place(&old), self.lab().join(".ai-lab/framework"))?;
        }
        self.fill()
    }

    fn offer(&self, nature: &Nature) -> io::Result<()> {
        let folder = self.releases().join(&nature.version);
        fs::create_dir_all(&folder)?;
        put(&folder.join("nature.json"), &serde_json::to_string(nature)?)
    }

    fn install(&self, nature: &Nature) -> io::Result<()> {
        let place = self.place(nature);
        fs::create_dir_all(place.join("bin"))?;
        put(&place.join("nature.json"), &serde_json::to_string(nature)?)?;
        symlink(std::env::current_exe()?, place.join("bin/ai-lab-framework"))
    }

    fn fill(&self) -> io::Result<()> {
        let opening = Opening {
            mode: OpenMode::Create,
            software_version: "1.0.0".to_owned(),
            at: Moment::from_ms(0).map_err(io::Error::other)?,
        };
        let database = self.lab().join("data/ai_lab.db");
        drop(SqliteStore::open(&database, &opening).map_err(io::Error::other)?);
        let connection =
            standin::open(&self.home().join("framework.db")).map_err(io::Error::other)?;
        for _ in 0..ROWS {
            let row = "INSERT INTO executions (said) VALUES ('before')";
            connection.execute(row, []).map_err(io::Error::other)?;
        }
        connection
            .execute_batch("PRAGMA user_version = 1")
            .map_err(io::Error::other)
    }

    /// Runs an update to its end without a cut: the beginning of a rollback.
    pub(crate) fn history(&self, plot: Plot) -> io::Result<()> {
        if plot != Plot::RollBack {
            return Ok(());
        }
        let (new, old) = natures(plot);
        let placed = |nature: &Nature| lab_update::Placed {
            name: nature.name(),
            place: self.place(nature),
            version: nature.version.clone(),
            lock: serde_json::from_value(nature.lock()).ok(),
        };
        let entry = lab_update::HistoryEntry {
            format: 1,
            id: "1".to_owned(),
            kind: lab_update::Kind::Update,
            outcome: lab_update::HistoryOutcome::InForce,
            at_ms: 1,
            old: Some(placed(&old)),
            new: Some(placed(&new)),
            backup: None,
            why: None,
        };
        fs::create_dir_all(self.lab().join(".ai-lab/update"))?;
        let line = serde_json::to_string(&entry)? + "\n";
        put(&self.lab().join(".ai-lab/update/history.jsonl"), &line)?;
        self.install(&old)
    }
}

/// A lock that names that release.
pub(crate) fn lock_of(nature: &Nature) -> ai_lab_contract::v1::LabLock {
    ai_lab_contract::v1::LabLock {
        format: 1,
        framework: serde_json::from_value(nature.lock()).expect("because it is what a lock says"),
    }
}

/// What is in force at the beginning, and what is to be.
pub(crate) fn natures(plot: Plot) -> (Nature, Nature) {
    let nature = |version: &str, digit: &str, schema: u32, bad: &str| Nature {
        version: version.to_owned(),
        tree: digit.repeat(64),
        schema,
        bad: bad.to_owned(),
    };
    let old = nature("1.0.0", "a", 1, "");
    match plot {
        Plot::Good | Plot::Install => (old, nature("1.1.0", "b", 2, "")),
        Plot::Unhealthy => (old, nature("1.1.0", "c", 2, "trial")),
        Plot::NoMigration => (old, nature("1.1.0", "d", 2, "migrate-db")),
        Plot::RollBack => (nature("1.1.0", "b", 2, ""), old),
    }
}

/// Writes a file of a scene, before anything is cut.
fn put(path: &Path, text: &str) -> io::Result<()> {
    let mut file = fs::File::create(path)?;
    io::Write::write_all(&mut file, text.as_bytes())
}
