//! The look at the framework's own files that each production call can afford.

use std::fs;
use std::path::Path;

use ai_lab_contract::{ErrorClass, LockedFramework};
use alf_release::{Quick, Sha256, Store, TARGET};

use super::refusal::of_kept;
use super::shelf::Shelf;
use super::verify::whole;
use crate::failure::Failure;
use crate::framework::Framework;

/// The name of the folder in the store that this very program lies in; `None` for a program that lies elsewhere.
pub fn own_place(framework: &Framework) -> Option<String> {
    let root = fs::canonicalize(framework.surroundings.release_store()).ok()?;
    let program = &framework.surroundings.executable;
    let below = program.strip_prefix(&root).ok()?;
    let first = below.components().next()?;
    let name = Path::new(&first).to_str()?;
    (!name.starts_with('.')).then(|| name.to_owned())
}

/// Assures that the release of that name in the store is what was signed; `lock` is what the lab is held to, if anything.
///
/// Untouched since the last full look, it takes a fraction of a millisecond and reads one small file. Anything else means
/// a full look (tens of milliseconds), which makes a new mark when all is well: files that were restored from a backup are
/// looked at once. Fails with [`ErrorClass::Integrity`] and the first difference.
pub fn assure_place(
    framework: &Framework,
    name: &str,
    lock: Option<&LockedFramework>,
) -> Result<(), Failure> {
    let store = Store::at(framework.surroundings.release_store());
    let of_this = lock.filter(|lock| lock.place(TARGET).as_deref() == Some(name));
    let tree = of_this.and_then(|lock| lock.archive(TARGET)?.tree.as_str().parse::<Sha256>().ok());
    let quick = store.quick(name, tree.as_ref());
    if quick.is_ok_and(|quick| quick == Quick::Untouched) {
        return Ok(());
    }
    let pinned = of_this.and_then(|lock| lock.release_sha256.as_str().parse().ok());
    let release = if let Some(sha256) = pinned {
        store.release_of_digest(&sha256)
    } else {
        let shelf = Shelf::of(framework)?;
        let found = store.release_of_place(name, TARGET, &shelf.trust);
        found.map(|(release, _)| release)
    };
    let release = release.map_err(of_kept)?;
    let archive = release.archive(TARGET).filter(|archive| {
        let is_tree = tree.as_ref().is_none_or(|tree| *tree == archive.tree);
        is_tree && Store::name(&release.version, &archive.tree) == name
    });
    let archive = archive.ok_or_else(|| {
        let told = format!("the kept release is not that of `{name}`");
        Failure::new(ErrorClass::Integrity, told)
            .with_hint("`ai-lab-framework release fetch VERSION --from FOLDER` brings it again.")
    })?;
    whole(&store, &release.version, archive)
}
