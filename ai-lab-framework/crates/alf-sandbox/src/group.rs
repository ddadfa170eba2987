//! Control groups: a bound on the processes and the memory of a whole tree.

use std::borrow::Cow;
use std::ffi::{CStr, CString};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use alf_policy::{Confinement, ControlGroups};
use rustix::fs::{Access, access};

/// Every group of ours is named so, with its execution behind it.
const NAME: &str = "ai-lab-";
/// Where control groups are mounted.
const MOUNT: &str = "/sys/fs/cgroup";

/// One group of one execution. Removed when this value goes; then nothing may be in it any more.
#[derive(Debug)]
pub(crate) struct Group {
    folder: PathBuf,
    procs: CString,
}

impl Group {
    /// Makes what the confinement asks for; an execution without a name is given one by its framework's number.
    pub(crate) fn make_all(
        confinement: &Confinement,
        execution: Option<&String>,
    ) -> io::Result<Vec<Self>> {
        if !confinement.sandboxing.grouped {
            return Ok(Vec::new());
        }
        let name = match execution {
            Some(id) => format!("{NAME}{id}"),
            None => format!("{NAME}{}", std::process::id()),
        };
        let processes = confinement.processes.to_string();
        let memory = confinement.memory_bytes.to_string();
        match &confinement.control_groups {
            ControlGroups::None => Err(io::ErrorKind::Unsupported.into()),
            ControlGroups::Unified(parent) => Ok(vec![Self::make(
                &Path::new(parent).join(name),
                &[("pids.max", &processes), ("memory.max", &memory)],
            )?]),
            ControlGroups::Split {
                pids,
                memory: folder,
            } => Ok(vec![
                Self::make(&Path::new(pids).join(&name), &[("pids.max", &processes)])?,
                Self::make(
                    &Path::new(folder).join(&name),
                    &[("memory.limit_in_bytes", &memory)],
                )?,
            ]),
        }
    }

    fn make(folder: &Path, settings: &[(&str, &str)]) -> io::Result<Self> {
        use std::os::unix::ffi::OsStrExt as _;
        match fs::create_dir(folder) {
            // Left by a framework that died: it is empty, or its processes would be ended by now.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            made => made?,
        }
        let group = Self {
            folder: folder.to_owned(),
            procs: CString::new(folder.join("cgroup.procs").as_os_str().as_bytes())?,
        };
        for (file, value) in settings {
            set(&folder.join(file), value)?;
        }
        Ok(group)
    }

    /// The file by which a process enters it.
    pub(crate) fn procs(&self) -> Cow<'static, CStr> {
        Cow::Owned(self.procs.clone())
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // One that cannot be removed yet is empty soon, and removed by a later start.
        let _still_used = fs::remove_dir(&self.folder);
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a file of the kernel, which takes a value whole"
)]
fn set(file: &Path, value: &str) -> io::Result<()> {
    fs::write(file, value)
}

/// What groups this process can make.
pub(crate) fn available() -> ControlGroups {
    let Ok(own) = fs::read_to_string("/proc/self/cgroup") else {
        return ControlGroups::None;
    };
    if let (Some(pids), Some(memory)) = (split(&own, "pids"), split(&own, "memory")) {
        return ControlGroups::Split { pids, memory };
    }
    unified(&own).map_or(ControlGroups::None, ControlGroups::Unified)
}

/// The group of the older hierarchy of that controller, if groups can be made in it.
fn split(own: &str, controller: &str) -> Option<String> {
    let path = own.lines().find_map(|line| {
        let (_, rest) = line.split_once(':')?;
        let (controllers, path) = rest.split_once(':')?;
        let has = controllers.split(',').any(|one| one == controller);
        has.then_some(path)
    })?;
    writable(
        Path::new(MOUNT)
            .join(controller)
            .join(path.trim_start_matches('/')),
    )
}

/// The group beside this process's own one, if its groups have both controllers: in its own none can be made, because
/// a group with processes hands no controllers down.
fn unified(own: &str) -> Option<String> {
    let path = own.lines().find_map(|line| line.strip_prefix("0::/"))?;
    let parent = Path::new(MOUNT).join(path).parent()?.to_owned();
    let handed_down = fs::read_to_string(parent.join("cgroup.subtree_control")).ok()?;
    let has = |controller| handed_down.split_whitespace().any(|one| one == controller);
    (has("pids") && has("memory"))
        .then(|| writable(parent))
        .flatten()
}

fn writable(folder: PathBuf) -> Option<String> {
    access(&folder, Access::WRITE_OK | Access::EXEC_OK).ok()?;
    folder.into_os_string().into_string().ok()
}

/// Removes the groups of an execution whose framework is gone; its processes must be.
pub(crate) fn remove_leftover(groups: &ControlGroups, execution: &str) {
    let name = format!("{NAME}{execution}");
    let folders = match groups {
        ControlGroups::None => Vec::new(),
        ControlGroups::Unified(parent) => vec![parent],
        ControlGroups::Split { pids, memory } => vec![pids, memory],
    };
    for folder in folders {
        let _not_there = fs::remove_dir(Path::new(folder).join(&name));
    }
}
