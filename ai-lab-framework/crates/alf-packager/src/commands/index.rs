//! `index`.

use std::path::PathBuf;

use alf_packager::index_folder::{NewIndex, index};
use alf_packager::signer::Signer;
use clap::Args;
use semver::Version;

use super::Failed;

/// A day.
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The folder of releases
    folder: PathBuf,
    /// The time at which it is signed: seconds since 1970, UTC
    #[arg(long, value_name = "SECONDS")]
    epoch: u32,
    /// How many days it may be believed
    #[arg(long, value_name = "DAYS", default_value_t = 90)]
    days: u32,
    /// A version that must not be used any more: VERSION=WHY; may be given again
    #[arg(long, value_name = "VERSION=WHY", value_parser = withdrawn)]
    withdraw: Vec<(Version, String)>,
    /// The key that signs
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
}

fn withdrawn(text: &str) -> Result<(Version, String), String> {
    let (version, why) = text.split_once('=').ok_or("VERSION=WHY is wanted")?;
    let version = version.parse::<Version>();
    Ok((version.map_err(|error| error.to_string())?, why.to_owned()))
}

impl Arguments {
    pub(crate) fn carry_out(self) -> Result<String, Failed> {
        let signer = Signer::open(&self.key)?;
        let signed_at_ms = i64::from(self.epoch) * 1_000;
        let new = NewIndex {
            signed_at_ms,
            until_ms: signed_at_ms + i64::from(self.days) * DAY_MS,
            withdrawn: self.withdraw,
        };
        let index = index(&self.folder, &new, &signer)?;
        Ok(format!(
            "index {}, {} releases\n",
            index.counter,
            index.releases.len()
        ))
    }
}
