//! What a lab's lock says of the framework.

use std::io::Read as _;
use std::path::Path;

use ai_lab_contract::{ErrorClass, LabLock, LockedFramework};
use alf_handover::parse_lock;
use alf_release::{Sha256, TARGET};

use crate::failure::Failure;
use crate::framework::Framework;

/// How many bytes a lock may have. Stops another file in its place from being read whole.
const LOCK_BYTES: u64 = 1024 * 1024;

/// What a lab is held to.
pub(super) struct Pin {
    pub(super) framework: LockedFramework,
    pub(super) release_sha256: Sha256,
    /// The name of the folder in the store.
    pub(super) name: String,
}

/// The pin of that lock, or of the lab's; `None` for a lab that has none and outside any lab.
pub(super) fn pin(framework: &Framework, lock: Option<&Path>) -> Result<Option<Pin>, Failure> {
    if let Some(lock) = lock {
        return read(lock).map(Some);
    }
    let instance = framework.surroundings.instance.as_deref();
    let Some(lock) = instance.map(|lab| lab.join(LabLock::FILE)) else {
        return Ok(None);
    };
    if lock.symlink_metadata().is_ok() {
        read(&lock).map(Some)
    } else {
        Ok(None)
    }
}

fn read(path: &Path) -> Result<Pin, Failure> {
    let shown = path.display();
    let unusable = |class, error: Box<dyn std::error::Error + Send + Sync>| {
        let told = Failure::caused_by(class, format!("cannot use the lock {shown}"), error);
        told.with_hint("Restore it from git; `ai-lab lock --check` looks at it.")
    };
    let mut text = String::new();
    let file = std::fs::File::open(path);
    let read = file.and_then(|file| file.take(LOCK_BYTES + 1).read_to_string(&mut text));
    match read {
        Err(error) => return Err(unusable(ErrorClass::Environment, error.into())),
        Ok(bytes) if bytes as u64 > LOCK_BYTES => {
            let told = format!("it is longer than {LOCK_BYTES} bytes");
            return Err(unusable(ErrorClass::Config, told.into()));
        }
        Ok(_) => {}
    }
    let lock = parse_lock(&text).map_err(|error| unusable(ErrorClass::Config, error.into()))?;
    let framework = lock.framework;
    let name = framework.place(TARGET).ok_or_else(|| {
        let told = format!("version {} has nothing for {TARGET}", framework.version);
        unusable(ErrorClass::Incompatible, told.into())
    })?;
    let digest = framework.release_sha256.as_str().parse::<Sha256>();
    let release_sha256 = digest.map_err(|error| unusable(ErrorClass::Config, error.into()))?;
    Ok(Pin {
        framework,
        release_sha256,
        name,
    })
}

impl Pin {
    /// The digest of the tree that it should be.
    pub(super) fn tree(&self) -> Option<&str> {
        let archive = self.framework.archive(TARGET)?;
        Some(archive.tree.as_str())
    }
}
