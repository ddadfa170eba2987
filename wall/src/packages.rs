//! The packages of a workspace, as `cargo metadata` tells them.

use anyhow::{Context, Result};
use serde::Deserialize;

/// One package of a workspace.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Package {
    /// Such as `alf-store`.
    pub name: String,
    /// Its `Cargo.toml`, absolute.
    pub manifest_path: String,
    /// The registries it may go to: `None` is any, an empty list none (`publish = false`).
    pub publish: Option<Vec<String>>,
    /// What it declares; features do not matter here.
    pub dependencies: Vec<Dependency>,
}

/// One declared dependency.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Dependency {
    /// The package's own name, whatever it is renamed to.
    pub name: String,
    /// When it is linked.
    #[serde(default, deserialize_with = "kind_or_normal")]
    pub kind: Kind,
    /// The folder it comes from, absolute; absent when it comes from a registry.
    #[serde(default)]
    pub path: Option<String>,
}

/// When a dependency is linked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Into the package itself.
    #[default]
    Normal,
    /// Into its build script.
    Build,
    /// Into its tests only.
    Dev,
}

/// Cargo writes `null` for a normal dependency.
fn kind_or_normal<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Kind, D::Error> {
    Option::<Kind>::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// Reads the answer of `cargo metadata --no-deps`: the workspace's own packages.
pub fn parse_metadata(text: &str) -> Result<Vec<Package>> {
    #[derive(Deserialize)]
    struct Metadata {
        packages: Vec<Package>,
    }
    let metadata: Metadata =
        serde_json::from_str(text).context("cargo metadata is not as known")?;
    Ok(metadata.packages)
}

/// One package of a `Cargo.lock`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct LockedPackage {
    /// Such as `serde`.
    pub name: String,
    /// Where it comes from; absent for packages that come from a folder.
    #[serde(default)]
    pub source: Option<String>,
}

/// Reads a `Cargo.lock`: its packages, and the names of patches that nothing uses.
pub fn parse_lock(text: &str) -> Result<(Vec<LockedPackage>, Vec<String>)> {
    #[derive(Deserialize)]
    struct Lock {
        #[serde(default)]
        package: Vec<LockedPackage>,
        #[serde(default)]
        patch: Patch,
    }
    #[derive(Default, Deserialize)]
    struct Patch {
        #[serde(default)]
        unused: Vec<LockedPackage>,
    }
    let lock: Lock = toml::from_str(text).context("Cargo.lock is not as known")?;
    let unused = lock.patch.unused.into_iter().map(|p| p.name).collect();
    Ok((lock.package, unused))
}
