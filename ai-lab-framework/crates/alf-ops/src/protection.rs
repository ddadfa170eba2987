//! How well a release in the store is kept from being changed on this machine, and what a person may add to that.
//!
//! Four tiers: what is changed is found (T0); no tool can change it (T1); nothing of the person's own can, for it belongs
//! to another user (T2); not even root can without a step more (T3).

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _, lchown};
use std::path::{Path, PathBuf};

use ai_lab_contract::ErrorClass;
use alf_policy::Machine;
use rustix::fs::{IFlags, OFlags, StatVfsMountFlags, ioctl_getflags, ioctl_setflags, statvfs};
use serde::Serialize;

use crate::failure::Failure;
use crate::framework::Framework;
use crate::releases::own_place;

/// Since when Landlock keeps a file from being truncated.
const LANDLOCK_TRUNCATE: u32 = 3;

/// How many files and folders are changed at most. Stops a store that somebody filled.
const MOST: usize = 200_000;

/// Which tiers a release has. T0 each has: its digests are known and its files sealed, so that a change is found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tiers {
    /// The name of its folder in the store.
    pub name: String,
    /// T1: every tool is kept from changing it, root's too.
    pub tools_kept_out: bool,
    /// T2: it belongs to another user, and this process is not root's.
    pub of_another_user: bool,
    /// T3: its files cannot be changed until somebody takes their immutable flag away, or mounts them for writing.
    pub immutable: bool,
}

/// What is added to a release, or taken away from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seal {
    /// The immutable flag of each file and folder of the release; root's to set.
    Immutable,
    /// Takes that flag away again, so that the release can be repaired or removed.
    Lifted,
    /// The whole store belongs to that user from then on; root's to do.
    Owner(u32),
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sealed {
    /// The form of this answer: 1.
    pub format: u32,
    /// What was sealed.
    pub place: PathBuf,
    /// How many files and folders.
    pub entries: usize,
}

/// The tiers of a release in the store, or of none.
pub(crate) fn tiers_of(framework: &Framework, machine: &Machine) -> Option<Tiers> {
    let name = own_place(framework)?;
    let store = framework.surroundings.release_store();
    let place = store.join(&name);
    let is_root = rustix::process::geteuid().is_root();
    let owner = fs::symlink_metadata(&place).map(|meta| meta.uid());
    let own = rustix::process::geteuid().as_raw();
    Some(Tiers {
        tools_kept_out: machine.landlock_abi >= LANDLOCK_TRUNCATE,
        of_another_user: !is_root && owner.is_ok_and(|owner| owner != own),
        immutable: is_immutable(&place) || is_mounted_read_only(&place),
        name,
    })
}

fn is_immutable(place: &Path) -> bool {
    let has = |path: &Path| {
        let flags = open(path).and_then(|file| Ok(ioctl_getflags(&file)?));
        flags.is_ok_and(|flags| flags.contains(IFlags::IMMUTABLE))
    };
    has(place) && has(&place.join("bin")) && has(&place.join("bin/ai-lab-framework"))
}

fn is_mounted_read_only(place: &Path) -> bool {
    statvfs(place).is_ok_and(|found| found.f_flag.contains(StatVfsMountFlags::RDONLY))
}

/// Opens what is there itself, never what a link leads to, and waits for nobody.
fn open(path: &Path) -> io::Result<File> {
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed();
    OpenOptions::new().read(true).custom_flags(flags).open(path)
}

/// Seals the release of that name, or the whole store for another owner.
pub fn protect_store(framework: &Framework, name: &str, seal: Seal) -> Result<Sealed, Failure> {
    let store = framework.surroundings.release_store();
    let release = store.join(name);
    let is_name = !name.is_empty() && !name.starts_with('.') && !name.contains('/');
    if !is_name || !release.join("bin").is_dir() {
        let told = format!("the store has no release `{name}`");
        return Err(Failure::new(ErrorClass::NotFound, told)
            .with_hint("`ai-lab-framework store list` names those that are there."));
    }
    let place = match seal {
        Seal::Immutable | Seal::Lifted => release,
        Seal::Owner(_) => store,
    };
    let mut entries = entries_below(&place).map_err(|error| unsealed(&place, error))?;
    if seal == Seal::Lifted {
        // Nothing below a folder changes while it is immutable itself: from the top.
        entries.reverse();
    }
    for path in &entries {
        seal_one(path, seal).map_err(|error| unsealed(path, error))?;
    }
    Ok(Sealed {
        format: 1,
        place,
        entries: entries.len(),
    })
}

/// What is there, the contents of a folder before the folder. Follows no link.
fn entries_below(place: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = vec![place.to_owned()];
    let mut at = 0;
    while let Some(path) = found.get(at).cloned() {
        if fs::symlink_metadata(&path)?.is_dir() {
            for entry in fs::read_dir(&path)? {
                found.push(entry?.path());
            }
        }
        if found.len() > MOST {
            return Err(io::Error::other(format!("it has more than {MOST} files")));
        }
        at += 1;
    }
    found.reverse();
    Ok(found)
}

fn seal_one(path: &Path, seal: Seal) -> io::Result<()> {
    let meta = fs::symlink_metadata(path)?;
    let on = match seal {
        Seal::Owner(owner) => return give(path, &meta, owner),
        Seal::Immutable => true,
        Seal::Lifted => false,
    };
    if !meta.is_file() && !meta.is_dir() {
        return Ok(());
    }
    let file = open(path)?;
    let flags = ioctl_getflags(&file)?;
    let wanted = if on {
        flags | IFlags::IMMUTABLE
    } else {
        flags - IFlags::IMMUTABLE
    };
    if wanted != flags {
        ioctl_setflags(&file, wanted)?;
    }
    Ok(())
}

/// Gives it to another user. What that user may read, all may: the person still starts what lies there, and reads when it
/// was last found whole.
fn give(path: &Path, meta: &fs::Metadata, owner: u32) -> io::Result<()> {
    lchown(path, Some(owner), None)?;
    if meta.is_symlink() {
        return Ok(());
    }
    let readable = meta.mode() & 0o500;
    let mode = meta.mode() | (readable >> 3) | (readable >> 6);
    fs::set_permissions(path, fs::Permissions::from_mode(mode & 0o7777))
}

fn unsealed(path: &Path, error: io::Error) -> Failure {
    let hint = match error.kind() {
        io::ErrorKind::PermissionDenied => {
            "This is root's to do: run it with `sudo`, and AI_LAB_HOME named."
        }
        io::ErrorKind::Unsupported | io::ErrorKind::InvalidInput => {
            "This file system has no such flag; `--owner` works on every one."
        }
        _ => "`ai-lab-framework doctor` says what this machine gives.",
    };
    let told = format!("cannot seal {}", path.display());
    Failure::caused(ErrorClass::Environment, told, error).with_hint(hint)
}

impl Tiers {
    /// The tiers as a person is told them.
    pub(crate) fn told(&self) -> String {
        let tier = |number: u8, has: bool, what: &str| {
            let mark = if has {
                what.to_owned()
            } else {
                format!("not {what}")
            };
            format!("T{number} {mark}")
        };
        let tiers = [
            tier(0, true, "found when changed"),
            tier(1, self.tools_kept_out, "closed to tools"),
            tier(2, self.of_another_user, "another user's"),
            tier(3, self.immutable, "immutable"),
        ];
        format!("{}: {}", self.name, tiers.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tiers_are_told_with_what_is_missing() {
        let tiers = Tiers {
            name: "1.4.2-3f9a0c51d2e47b60".to_owned(),
            tools_kept_out: true,
            of_another_user: false,
            immutable: false,
        };
        assert_eq!(
            tiers.told(),
            "1.4.2-3f9a0c51d2e47b60: T0 found when changed, T1 closed to tools, T2 not another user's, T3 not immutable"
        );
    }
}
