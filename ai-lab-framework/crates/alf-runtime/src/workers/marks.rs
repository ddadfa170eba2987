//! Finds the long-lived processes of a framework that died.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use ai_lab_contract::ExecutionId;

use crate::identity::ProcessIdentity;
use crate::leftovers::end_marked;
use crate::report::EndedProcess;

/// The longest mark that is read, in bytes. A boot's id is a UUID.
const MARK_BYTES: u64 = 64;

/// A file that says: this framework has long-lived processes. It goes with the framework; after a crash it stays.
#[derive(Debug)]
pub(super) struct Mark {
    owner: ProcessIdentity,
    file: Option<PathBuf>,
}

impl Mark {
    pub(super) fn leave(folder: Option<&Path>) -> io::Result<Self> {
        let owner = ProcessIdentity::of_this_process()?;
        let Some(folder) = folder else {
            return Ok(Self { owner, file: None });
        };
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
        let file = folder.join(format!("{}.{}", owner.pid, owner.start_ticks));
        File::create(&file)?.write_all(owner.boot_id.as_bytes())?;
        Ok(Self {
            owner,
            file: Some(file),
        })
    }

    /// What the environment of a long-lived process carries in the place of an execution's id.
    pub(super) fn name(mark: Option<&Self>, number: u64) -> ExecutionId {
        let owner = mark.map_or((std::process::id(), 0), |mark| {
            (mark.owner.pid, mark.owner.start_ticks)
        });
        format!("{}{number}", prefix(owner.0, owner.1))
            .parse()
            .expect("because numbers and colons keep the rule of ids")
    }
}

impl Drop for Mark {
    fn drop(&mut self) {
        if let Some(file) = &self.file {
            // Where it stays, the next start takes it away.
            let _gone = fs::remove_file(file);
        }
    }
}

fn prefix(pid: u32, start_ticks: u64) -> String {
    format!("worker:{pid}:{start_ticks}:")
}

/// Kills every long-lived process whose framework died, waits until it is gone, and says which.
///
/// `marks` is the folder given to [`Workers::new`](super::Workers::new); where there is none, nothing was left.
pub fn end_orphaned_workers(marks: &Path) -> Vec<EndedProcess> {
    let Ok(entries) = fs::read_dir(marks) else {
        return Vec::new();
    };
    let mut ended = Vec::new();
    for entry in entries.flatten() {
        let Some(owner) = owner_of(&entry.path()) else {
            continue;
        };
        if owner.is_alive() {
            continue;
        }
        let of_owner = prefix(owner.pid, owner.start_ticks);
        ended.extend(end_marked(|marker| marker.starts_with(&of_owner)));
        let _gone = fs::remove_file(entry.path());
    }
    ended
}

fn owner_of(file: &Path) -> Option<ProcessIdentity> {
    use std::io::Read as _;
    let (pid, ticks) = file.file_name()?.to_str()?.split_once('.')?;
    let mut boot_id = String::new();
    File::open(file)
        .ok()?
        .take(MARK_BYTES)
        .read_to_string(&mut boot_id)
        .ok()?;
    Some(ProcessIdentity {
        pid: pid.parse().ok()?,
        start_ticks: ticks.parse().ok()?,
        boot_id,
    })
}
