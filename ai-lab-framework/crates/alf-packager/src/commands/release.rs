//! `release`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use alf_packager::archive::{Parts, make};
use alf_packager::changes::fragments;
use alf_packager::publish::{Plan, publish};
use alf_packager::signer::Signer;
use alf_release::{PRODUCT, SchemaVersion};
use clap::Args;
use semver::Version;

use super::Failed;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The folder of releases
    #[arg(long, value_name = "FOLDER")]
    index: PathBuf,
    /// The version that is released
    #[arg(long = "of", value_name = "VERSION")]
    of: Version,
    /// The time of the release: seconds since 1970, UTC
    #[arg(long, value_name = "SECONDS")]
    epoch: u32,
    /// The files of one platform: TARGET=FOLDER; may be given again
    #[arg(long, value_name = "TARGET=FOLDER", value_parser = pair)]
    tree: Vec<(String, String)>,
    /// A file that pip installs; may be given again
    #[arg(long, value_name = "FILE")]
    wheel: Vec<PathBuf>,
    /// The contract: MAJOR.MINOR
    #[arg(long, value_name = "MAJOR.MINOR", value_parser = schema)]
    contract: SchemaVersion,
    /// The schema of a database: NAME=MAJOR.MINOR; may be given again
    #[arg(long, value_name = "NAME=MAJOR.MINOR", value_parser = pair)]
    schema: Vec<(String, String)>,
    /// The folder of fragments that say what has changed
    #[arg(long, value_name = "FOLDER")]
    changes: Option<PathBuf>,
    /// The key that signs
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Where archives are made
    #[arg(long, value_name = "FOLDER")]
    scratch: PathBuf,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("NAME=VALUE is wanted")?;
    Ok((name.to_owned(), value.to_owned()))
}

fn schema(text: &str) -> Result<SchemaVersion, String> {
    let version = text.split_once('.').and_then(|(major, minor)| {
        Some(SchemaVersion {
            major: major.parse().ok()?,
            minor: minor.parse().ok()?,
        })
    });
    version.ok_or_else(|| "MAJOR.MINOR is wanted".to_owned())
}

impl Arguments {
    pub(crate) fn carry_out(self) -> Result<String, Failed> {
        let signer = Signer::open(&self.key)?;
        let mut archives = Vec::new();
        for (target, folder) in &self.tree {
            let top = format!("{PRODUCT}-{}", self.of);
            let to = self.scratch.join(format!("{top}-{target}.tar.gz"));
            let parts = Parts {
                folder: folder.as_ref(),
                top: &top,
                target,
                epoch: u64::from(self.epoch),
            };
            archives.push((make(&parts, &to)?, to));
        }
        let mut schemas = BTreeMap::new();
        for (name, version) in &self.schema {
            schemas.insert(name.clone(), schema(version)?);
        }
        let changes = match &self.changes {
            None => Vec::new(),
            Some(folder) => fragments(folder)?.into_iter().map(|one| one.text).collect(),
        };
        let plan = Plan {
            version: self.of,
            released_at_ms: i64::from(self.epoch) * 1_000,
            contract: self.contract,
            schemas,
            changes,
            archives,
            wheels: self.wheel,
        };
        let release = publish(&plan, &signer, &self.index)?;
        let told = release.archives.iter().map(|archive| {
            let (files, bytes) = (archive.files.files().len(), archive.bytes);
            format!(
                "{} {files} files, {bytes} bytes, tree {}\n",
                archive.file, archive.tree
            )
        });
        Ok(told.collect())
    }
}
