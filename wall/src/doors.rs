//! Checks who links what, from `cargo metadata` and the locks.

use std::path::Path;

use crate::Finding;
use crate::packages::{Dependency, Kind, LockedPackage, Package};
use crate::rules::{
    FRAMEWORK, Half, INSTANCE, OWNERS, PUBLISHED, Row, TOOL_FOLDERS, TOOL_USES, is_published, rows,
};

/// Checks the packages of one half against the table. `root` is the checkout that their paths lie in.
pub fn check_packages(root: &Path, half: Half, packages: &[Package]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for package in packages {
        match row_of(root, half, package) {
            Some(row) => findings.extend(check_package(root, half, package, &row)),
            None => findings.push(Finding::new(
                &package.name,
                "has no row in wall/src/rules.rs: say there what it may use",
            )),
        }
        findings.extend(check_owners(package));
        findings.extend(check_publish(package));
    }
    for row in rows(half) {
        if !packages.iter().any(|package| package.name == row.package) {
            findings.push(Finding::new(row.package, "has a row but does not exist"));
        }
    }
    findings
}

fn row_of(root: &Path, half: Half, package: &Package) -> Option<Row> {
    let own = rows(half)
        .into_iter()
        .find(|row| row.package == package.name);
    let is_tool = TOOL_FOLDERS
        .iter()
        .any(|folder| Path::new(&package.manifest_path).starts_with(root.join(folder)));
    own.or(is_tool.then_some(Row {
        package: "a tool",
        uses: TOOL_USES,
    }))
}

fn check_package(root: &Path, half: Half, package: &Package, row: &Row) -> Vec<Finding> {
    package
        .dependencies
        .iter()
        .filter_map(|dependency| {
            let what = crossing(root, half, dependency).or_else(|| layering(row, dependency))?;
            Some(Finding::new(&package.name, what))
        })
        .collect()
}

/// Says what is wrong if a dependency of any kind leaves the half, by folder or by name.
fn crossing(root: &Path, half: Half, dependency: &Dependency) -> Option<String> {
    let name = &dependency.name;
    if let Some(path) = &dependency.path
        && !Path::new(path).starts_with(root.join(half.folder()))
    {
        return Some(format!(
            "links `{name}` by a path that leaves {}/",
            half.folder()
        ));
    }
    let other = match half {
        Half::Framework => INSTANCE,
        Half::Instance => FRAMEWORK,
    };
    other
        .iter()
        .any(|row| row.package == name)
        .then(|| format!("names `{name}`, which is inside the other half"))
}

/// Says what is wrong if a dependency outside tests is not in the row.
fn layering(row: &Row, dependency: &Dependency) -> Option<String> {
    let name = dependency.name.as_str();
    let ours = PUBLISHED.iter().chain(FRAMEWORK).chain(INSTANCE);
    let is_ours = dependency.path.is_some() || ours.clone().any(|row| row.package == name);
    // Tests may reach sideways, never out of the half; a published crate's tests stay among their like,
    // since they are built from the package too.
    let is_bound = dependency.kind != Kind::Dev || is_published(row.package);
    (is_ours && is_bound && !row.uses.contains(&name))
        .then(|| format!("may not use `{name}` (wall/src/rules.rs)"))
}

fn check_owners(package: &Package) -> Vec<Finding> {
    package
        .dependencies
        .iter()
        .filter(|dependency| dependency.kind != Kind::Dev)
        .filter_map(|dependency| {
            let (name, owners) = OWNERS.iter().find(|(name, _)| *name == dependency.name)?;
            (!owners.contains(&package.name.as_str())).then(|| {
                Finding::new(
                    &package.name,
                    format!("links `{name}`, which belongs to {}", owners.join(", ")),
                )
            })
        })
        .collect()
}

fn check_publish(package: &Package) -> Option<Finding> {
    let may_leave = package.publish.as_ref().is_none_or(|to| !to.is_empty());
    match (is_published(&package.name), may_leave) {
        (true, false) => Some(Finding::new(
            &package.name,
            "is to be published but may not be",
        )),
        (false, true) => Some(Finding::new(&package.name, "lacks `publish = false`")),
        (true, true) | (false, false) => None,
    }
}

/// Checks a half's lock: whatever comes from a folder is its own or published, and no patch is idle.
///
/// `own` are the half's packages. This sees what a dependency's dependency drags in.
pub fn check_lock(
    half: Half,
    own: &[Package],
    locked: &[LockedPackage],
    unused_patches: &[String],
) -> Vec<Finding> {
    let place = format!("{}/Cargo.lock", half.folder());
    let strangers = locked
        .iter()
        .filter(|package| package.source.is_none())
        .filter(|package| !is_published(&package.name))
        .filter(|package| own.iter().all(|ours| ours.name != package.name))
        .map(|package| format!("holds `{}`, which is not of this half", package.name));
    strangers
        .chain(
            unused_patches
                .iter()
                .map(|name| format!("carries the idle patch `{name}`")),
        )
        .map(|what| Finding::new(&place, what))
        .collect()
}
