//! The world, cut at one point.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use ai_lab_contract::ErrorClass;
use lab_update::{
    Disk, Effects, Ended, Held, LabRefusal, LabWork, ProcessCall, ProcessError, Room,
};
use rustix::process::{Signal, getpid, kill_process};

use crate::ledger::{Ledger, Loss};

/// How a point is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// Not at all.
    Nowhere,
    /// The process is killed before it.
    Before(u32),
    /// The process is killed in the middle of it: half a file is written, a program is left running.
    Within(u32),
    /// The power is cut before it.
    Power(u32, Loss),
    /// The disk is full from there on; a program that runs at that point finds it so.
    Full(u32),
}

impl Cut {
    /// As one word of a command line.
    pub(crate) fn word(self) -> String {
        match self {
            Self::Nowhere => "nowhere".to_owned(),
            Self::Before(point) => format!("before:{point}"),
            Self::Within(point) => format!("within:{point}"),
            Self::Power(point, Loss::Names) => format!("names:{point}"),
            Self::Power(point, Loss::Bytes) => format!("bytes:{point}"),
            Self::Full(point) => format!("full:{point}"),
        }
    }

    /// The cut of that word.
    pub(crate) fn of(word: &str) -> Option<Self> {
        let (kind, point) = word.split_once(':').unwrap_or((word, "0"));
        let point = point.parse().ok()?;
        Some(match kind {
            "nowhere" => Self::Nowhere,
            "before" => Self::Before(point),
            "within" => Self::Within(point),
            "names" => Self::Power(point, Loss::Names),
            "bytes" => Self::Power(point, Loss::Bytes),
            "full" => Self::Full(point),
            _ => return None,
        })
    }
}

/// Everything that an update does, counted, and cut where it is said.
#[derive(Debug)]
pub(crate) struct Cutting<'a> {
    pub(crate) disk: Disk<'a>,
    pub(crate) cut: Cut,
    pub(crate) points: u32,
    pub(crate) ledger: Ledger,
}

/// What is left to do at a point.
enum Now {
    /// All of it.
    Go,
    /// Half of it: then the process is gone.
    Half,
    /// Nothing: there is no room.
    Full,
}

fn gone() -> ! {
    // What has been said so far is said.
    let _ = io::stdout().flush();
    let killed = kill_process(getpid(), Signal::KILL);
    unreachable!("because a process cannot survive that: {killed:?}")
}

fn full() -> io::Error {
    io::Error::from_raw_os_error(rustix::io::Errno::NOSPC.raw_os_error())
}

impl Cutting<'_> {
    fn point(&mut self) -> Now {
        self.points += 1;
        let here = self.points;
        match self.cut {
            Cut::Before(point) if point == here => gone(),
            Cut::Power(point, loss) if point == here => {
                self.ledger.lose(loss).expect("the test's own files");
                gone()
            }
            Cut::Within(point) if point == here => Now::Half,
            Cut::Full(point) if here >= point => Now::Full,
            Cut::Nowhere | Cut::Before(_) | Cut::Power(..) | Cut::Within(_) | Cut::Full(_) => {
                Now::Go
            }
        }
    }

    /// Whether this very point is the one from which the disk is full.
    fn is_first_full(&self) -> bool {
        self.cut == Cut::Full(self.points)
    }
}

impl Effects for Cutting<'_> {
    fn read(&mut self, path: &Path) -> io::Result<Option<Vec<u8>>> {
        self.disk.read(path)
    }

    fn link_target(&mut self, path: &Path) -> io::Result<Option<PathBuf>> {
        self.disk.link_target(path)
    }

    fn is_there(&mut self, path: &Path) -> bool {
        self.disk.is_there(path)
    }

    fn bytes(&mut self, path: &Path) -> u64 {
        self.disk.bytes(path)
    }

    fn room(&mut self, path: &Path) -> io::Result<Room> {
        self.disk.room(path)
    }

    fn now_ms(&mut self) -> i64 {
        self.disk.now_ms()
    }

    fn elapsed_ms(&mut self) -> u64 {
        self.disk.elapsed_ms()
    }

    fn lock(&mut self, path: &Path, wait: Duration) -> io::Result<Option<Held>> {
        self.disk.lock(path, wait)
    }

    fn write(&mut self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        match self.point() {
            Now::Go => {
                self.ledger.writes(path);
                self.disk.write(path, bytes)
            }
            Now::Half => {
                self.disk.write(path, &bytes[..bytes.len() / 2])?;
                gone()
            }
            Now::Full => {
                self.disk.write(path, &[])?;
                Err(full())
            }
        }
    }

    fn sync(&mut self, path: &Path) -> io::Result<()> {
        match self.point() {
            Now::Go => {
                self.disk.sync(path)?;
                self.ledger.synced(path);
                Ok(())
            }
            Now::Half => {
                self.disk.sync(path)?;
                gone()
            }
            Now::Full => self.disk.sync(path),
        }
    }

    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        let now = self.point();
        self.ledger.renames(from, to)?;
        self.disk.rename(from, to)?;
        match now {
            Now::Go | Now::Full => Ok(()),
            Now::Half => gone(),
        }
    }

    fn link(&mut self, target: &Path, path: &Path) -> io::Result<()> {
        let now = self.point();
        if matches!(now, Now::Full) {
            return Err(full());
        }
        self.ledger.makes(path);
        self.disk.link(target, path)?;
        match now {
            Now::Go | Now::Full => Ok(()),
            Now::Half => gone(),
        }
    }

    fn remove(&mut self, path: &Path) -> io::Result<()> {
        let now = self.point();
        self.ledger.removes(path)?;
        match now {
            Now::Go | Now::Full => Ok(()),
            Now::Half => gone(),
        }
    }

    fn make_folder(&mut self, path: &Path) -> io::Result<()> {
        let now = self.point();
        if matches!(now, Now::Full) {
            return Err(full());
        }
        self.ledger.makes(path);
        self.disk.make_folder(path)?;
        match now {
            Now::Go | Now::Full => Ok(()),
            Now::Half => gone(),
        }
    }

    fn remove_folder(&mut self, path: &Path) -> io::Result<()> {
        match self.point() {
            Now::Go | Now::Full => self.ledger.removes(path),
            Now::Half => {
                // One of what is in it is gone, the rest is not.
                if let Some(Ok(first)) = std::fs::read_dir(path).into_iter().flatten().next() {
                    self.ledger.removes(&first.path())?;
                }
                gone()
            }
        }
    }

    fn run(&mut self, call: &ProcessCall<'_>) -> Result<Ended, ProcessError> {
        match self.point() {
            Now::Half => {
                #[expect(
                    clippy::disallowed_methods,
                    reason = "it is left running, as a kill leaves it"
                )]
                let mut command = std::process::Command::new(call.program);
                command.args(&call.arguments).current_dir(call.folder);
                if let Some(home) = call.home {
                    command.env("AI_LAB_HOME", home);
                }
                let null = std::process::Stdio::null;
                let started = command.stdin(null()).stdout(null()).stderr(null()).spawn();
                drop(started);
                gone()
            }
            Now::Full if self.is_first_full() => Ok(Ended {
                code: Some(i32::from(ErrorClass::Environment.exit_code())),
                stdout: Vec::new(),
                stderr: b"no space left on device".to_vec(),
            }),
            Now::Go | Now::Full => self.disk.run(call),
        }
    }

    fn lab(&mut self, work: &LabWork) -> Result<String, LabRefusal> {
        match self.point() {
            Now::Half => {
                // Done, and nobody told.
                let _ = self.disk.lab(work);
                gone()
            }
            Now::Full if self.is_first_full() => Err(LabRefusal {
                message: "no space left on device".to_owned(),
                class: ErrorClass::Environment,
            }),
            Now::Go | Now::Full => self.disk.lab(work),
        }
    }
}
