//! `release list`.

use std::path::PathBuf;

use alf_ops::{Framework, list_releases};
use clap::Args;

use crate::output::{Ended, Output};
use crate::render::amount::instant;
use crate::render::style::harmless;
use crate::render::table::{table, text};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The folder of releases: the one that holds `index.json`
    #[arg(long, value_name = "FOLDER")]
    from: PathBuf,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let list = list_releases(framework, &self.from)?;
        if output.is_json() {
            output.say_json(&list)?;
            return Ok(0);
        }
        let mut rows = table(&["version", "in the store", "withdrawn"]);
        for release in &list.releases {
            rows.add_row([
                release.version.to_string(),
                release.place.clone().unwrap_or_default(),
                harmless(release.withdrawn.as_deref().unwrap_or_default()),
            ]);
        }
        output.say(text(&rows))?;
        output.note(format_args!(
            "index {}, signed by `{}`, valid until {}",
            list.index.counter,
            harmless(&list.index.signed_by),
            instant(list.index.until_ms)
        ))?;
        Ok(0)
    }
}
