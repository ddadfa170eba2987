//! `contract`.

#[cfg(test)]
mod promised;

use alf_compat::Area;
use alf_ops::own_contract;
use clap::Args;

use crate::output::{Ended, Output};
use crate::render::amount::counted;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Only one area: command, argument, manifest, python and so on
    #[arg(long, value_name = "AREA", value_parser = area)]
    area: Option<Area>,
}

/// The area of that word.
fn area(word: &str) -> Result<Area, String> {
    let known = Area::ALL.iter().copied();
    let words = || {
        known
            .clone()
            .map(Area::as_str)
            .collect::<Vec<_>>()
            .join(", ")
    };
    let found = known.clone().find(|area| area.as_str() == word);
    found.ok_or_else(|| format!("one of {}", words()))
}

impl Arguments {
    pub(crate) fn carry_out(&self, output: &mut Output) -> Ended {
        let mut contract = own_contract();
        if let Some(wanted) = self.area {
            contract.items.retain(|area, _| *area == wanted);
            contract.documents.clear();
        }
        if output.is_json() {
            // As it is committed and released: an item a line.
            for line in contract.text().lines() {
                output.say_line(line)?;
            }
            return Ok(0);
        }
        let (name, version) = (&contract.name, &contract.version);
        let (major, minor) = (contract.contract.major, contract.contract.minor);
        output.say(format_args!("{name} {version}, contract {major}.{minor}"))?;
        for (area, items) in &contract.items {
            output.say(format_args!(
                "{:<16}  {}",
                area.as_str(),
                counted(items.len(), "item")
            ))?;
            if self.area.is_some() {
                for (name, item) in items {
                    output.say(format_args!("  {name}  {}", item.types.join(" | ")))?;
                }
            }
        }
        Ok(0)
    }
}
