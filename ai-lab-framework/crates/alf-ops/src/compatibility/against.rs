//! Finds the contract that a lab is held against.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use ai_lab_contract::ErrorClass;
use alf_compat::{CONTRACT_BYTES, Contract};

use crate::failure::Failure;
use crate::framework::Framework;

/// Where a release keeps its contract.
const IN_RELEASE: &str = "share/contract.json";

/// The contract of that name: a file where there is one, else a version in the store.
pub fn against(framework: &Framework, wanted: &str) -> Result<Contract, Failure> {
    let path = Path::new(wanted);
    let is_file = wanted.contains('/') || path.extension().is_some_and(|ending| ending == "json");
    if is_file {
        return read(path);
    }
    match in_store(framework, wanted) {
        Some(path) => read(&path),
        None => Err(Failure::new(
            ErrorClass::NotFound,
            format!("the store has no version {}", wanted.escape_debug()),
        )
        .with_hint(
            "`ai-lab-framework store list` shows what it has, `release fetch` brings more; a file of a contract does too.",
        )),
    }
}

/// The contract of the release that the lab lives under; `None` where it lives under none of the store.
pub(super) fn of_the_lab(framework: &Framework) -> Option<Contract> {
    let lab = framework.surroundings.instance.as_ref()?;
    read(&lab.join(".ai-lab/framework").join(IN_RELEASE)).ok()
}

fn in_store(framework: &Framework, version: &str) -> Option<PathBuf> {
    let named: semver::Version = version.parse().ok()?;
    let begin = format!("{named}-");
    let listed = fs::read_dir(framework.surroundings.home.join("framework")).ok()?;
    let is_digest = |rest: &str| rest.len() == 16 && rest.bytes().all(|c| c.is_ascii_hexdigit());
    let mut found: Vec<PathBuf> = listed
        .filter_map(Result::ok)
        .filter(|entry| {
            let name = entry.file_name();
            let rest = name.to_str().and_then(|name| name.strip_prefix(&begin));
            rest.is_some_and(is_digest)
        })
        .map(|entry| entry.path().join(IN_RELEASE))
        .collect();
    // Two of one version were built twice; which is told by the lock, not here.
    found.sort();
    found.pop()
}

fn read(path: &Path) -> Result<Contract, Failure> {
    let told = || format!("cannot read the contract {}", path.display());
    let mut bytes = Vec::new();
    let most = CONTRACT_BYTES as u64 + 1;
    fs::File::open(path)
        .and_then(|file| file.take(most).read_to_end(&mut bytes))
        .map_err(|error| {
            let class = match error.kind() {
                std::io::ErrorKind::NotFound => ErrorClass::NotFound,
                _ => ErrorClass::Environment,
            };
            Failure::caused(class, told(), error)
        })?;
    Contract::read(&bytes).map_err(|error| {
        Failure::caused(ErrorClass::Incompatible, told(), error)
            .with_hint("`ai-lab-framework contract --json` writes one.")
    })
}
