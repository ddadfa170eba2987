//! The real world.

mod process;

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, flock, statvfs};

use crate::effects::{
    Effects, Ended, Held, LabRefusal, LabSide, LabWork, ProcessCall, ProcessError, Room,
};
use crate::limits::RECORD_BYTES;

/// How often the removal of a folder is tried.
const REMOVALS: u32 = 5;

/// Files, processes and the clock of this machine.
pub struct Disk<'a> {
    lab: &'a mut dyn LabSide,
    clock: &'a dyn Fn() -> i64,
    begun: Instant,
}

impl std::fmt::Debug for Disk<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Disk").finish_non_exhaustive()
    }
}

impl<'a> Disk<'a> {
    /// With that owner of the lab's database; `clock` tells the milliseconds since 1970.
    pub fn new(lab: &'a mut dyn LabSide, clock: &'a dyn Fn() -> i64) -> Self {
        Self {
            lab,
            clock,
            begun: Instant::now(),
        }
    }
}

/// What is not there is no error.
fn unless_gone<T>(answer: io::Result<T>) -> io::Result<Option<T>> {
    match answer {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

impl Effects for Disk<'_> {
    fn read(&mut self, path: &Path) -> io::Result<Option<Vec<u8>>> {
        let Some(file) = unless_gone(File::open(path))? else {
            return Ok(None);
        };
        let mut bytes = Vec::new();
        file.take(RECORD_BYTES + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > RECORD_BYTES {
            let told = format!("it is longer than {RECORD_BYTES} bytes");
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, told));
        }
        Ok(Some(bytes))
    }

    fn link_target(&mut self, path: &Path) -> io::Result<Option<PathBuf>> {
        unless_gone(fs::read_link(path))
    }

    fn is_there(&mut self, path: &Path) -> bool {
        path.symlink_metadata().is_ok()
    }

    fn bytes(&mut self, path: &Path) -> u64 {
        path.metadata().map_or(0, |found| found.len())
    }

    fn room(&mut self, path: &Path) -> io::Result<Room> {
        let there = path.ancestors().find(|above| above.exists());
        let there = there.unwrap_or(Path::new("/"));
        let system = statvfs(there)?;
        let folder = fs::metadata(there)?;
        Ok(Room {
            bytes: system.f_bavail.saturating_mul(system.f_frsize),
            files: (system.f_files > 0).then_some(system.f_favail),
            device: folder.dev(),
            owner: folder.uid(),
            own: rustix::process::geteuid().as_raw(),
        })
    }

    fn now_ms(&mut self) -> i64 {
        (self.clock)()
    }

    fn elapsed_ms(&mut self) -> u64 {
        u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn lock(&mut self, path: &Path, wait: Duration) -> io::Result<Option<Held>> {
        let mut options = OpenOptions::new();
        // Appended to, never shortened: what it holds is nobody's here.
        let file = options.create(true).append(true).mode(0o600).open(path)?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(Some(Held::of(file))),
            Err(rustix::io::Errno::WOULDBLOCK) if wait.is_zero() => return Ok(None),
            Err(rustix::io::Errno::WOULDBLOCK) => {}
            Err(error) => return Err(error.into()),
        }
        let (sender, receiver) = mpsc::channel();
        // Nobody listens any more once the wait is over: the lock goes with the file that is not taken.
        thread::spawn(move || {
            let held = flock(&file, FlockOperation::LockExclusive).map(|()| file);
            sender.send(held).is_ok()
        });
        match receiver.recv_timeout(wait) {
            Ok(held) => Ok(Some(Held::of(held?))),
            Err(_) => Ok(None),
        }
    }

    fn write(&mut self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(0o644);
        options.open(path)?.write_all(bytes)
    }

    fn sync(&mut self, path: &Path) -> io::Result<()> {
        File::open(path)?.sync_all()
    }

    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn link(&mut self, target: &Path, path: &Path) -> io::Result<()> {
        symlink(target, path)
    }

    fn remove(&mut self, path: &Path) -> io::Result<()> {
        unless_gone(fs::remove_file(path)).map(drop)
    }

    fn make_folder(&mut self, path: &Path) -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(0o755).create(path)
    }

    fn remove_folder(&mut self, path: &Path) -> io::Result<()> {
        let mut removed = unless_gone(fs::remove_dir_all(path));
        // A program that outlived a killed updater may still write there.
        for _ in 1..REMOVALS {
            if removed.is_ok() {
                break;
            }
            removed = unless_gone(fs::remove_dir_all(path));
        }
        removed.map(drop)
    }

    fn run(&mut self, call: &ProcessCall<'_>) -> Result<Ended, ProcessError> {
        process::run(call)
    }

    fn lab(&mut self, work: &LabWork) -> Result<String, LabRefusal> {
        self.lab.work(work)
    }
}
