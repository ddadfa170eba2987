//! Checks that the three workspaces hold the same standards.

use anyhow::{Context, Result};
use toml::Table;

use crate::Finding;
use crate::checkout::SourceFile;

/// The workspaces of this checkout.
pub const WORKSPACES: [&str; 3] = ["ai-lab-framework", "ai-lab", "wall"];

/// Files that are equal in every workspace, byte for byte.
const EQUAL_FILES: [&str; 2] = ["rustfmt.toml", "clippy.toml"];

/// Checks lint tables and settings files, and that every package takes its workspace's lints.
pub fn check_settings(files: &[SourceFile]) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for name in EQUAL_FILES {
        let texts = WORKSPACES.map(|workspace| text(files, &format!("{workspace}/{name}")));
        findings.extend(unequal(name, &texts));
    }
    let mut tables = Vec::new();
    for workspace in WORKSPACES {
        tables.push(lints(files, workspace)?);
    }
    findings.extend(unequal("[workspace.lints]", &tables));
    findings.extend(check_packages_take_lints(files)?);
    Ok(findings)
}

fn text<'a>(files: &'a [SourceFile], path: &str) -> Option<&'a str> {
    let file = files.iter().find(|file| file.path == path)?;
    Some(&file.text)
}

fn lints(files: &[SourceFile], workspace: &str) -> Result<Option<Table>> {
    let manifest = format!("{workspace}/Cargo.toml");
    let text = text(files, &manifest).with_context(|| format!("{manifest} is missing"))?;
    let manifest: Table = toml::from_str(text).with_context(|| manifest)?;
    let lints = manifest
        .get("workspace")
        .and_then(|workspace| workspace.get("lints"));
    Ok(lints.and_then(|lints| lints.as_table()).cloned())
}

fn unequal<T: PartialEq>(what: &str, values: &[Option<T>]) -> Option<Finding> {
    let first = values.first()?;
    (first.is_none() || values.iter().any(|value| value != first)).then(|| {
        let folders = WORKSPACES.join(", ");
        Finding::new(what, format!("is not the same in {folders}"))
    })
}

fn check_packages_take_lints(files: &[SourceFile]) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for file in files {
        if !file.path.ends_with("Cargo.toml") {
            continue;
        }
        let manifest: Table = toml::from_str(&file.text).with_context(|| file.path.clone())?;
        let takes = manifest
            .get("lints")
            .and_then(|lints| lints.get("workspace"))
            .and_then(toml::Value::as_bool);
        if manifest.contains_key("package") && takes != Some(true) {
            findings.push(Finding::new(&file.path, "lacks `[lints] workspace = true`"));
        }
    }
    Ok(findings)
}
