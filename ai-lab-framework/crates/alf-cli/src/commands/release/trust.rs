//! `release trust …`.

use std::path::PathBuf;

use ai_lab_contract::ErrorClass;
use alf_ops::{Failure, Framework, KeyList, KeyState, NewKey, add_key, list_keys, remove_key};
use clap::{Args, Subcommand};

use crate::door::{Place, read_input};
use crate::output::{Ended, Output};
use crate::render::amount::instant;
use crate::render::table::{table, text};

/// How many bytes a file with a key may have; minisign writes 113.
const KEY_BYTES: u64 = 4 * 1024;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List the keys whose signatures are believed
    List,
    /// Believe a key from now on
    Add(Add),
    /// Believe a key no more, also one that this release brings along
    Remove(Remove),
}

#[derive(Debug, Args)]
pub(crate) struct Add {
    /// What it is called here
    name: String,
    /// The key: minisign's line of base64, or @FILE
    key: String,
    /// Only what is signed from this day or instant on: 2026-11-23, 2026-11-23T12:00:00Z
    #[arg(long, value_name = "TIME", value_parser = at)]
    since: Option<i64>,
    /// Only what is signed before this day or instant
    #[arg(long, value_name = "TIME", value_parser = at)]
    until: Option<i64>,
}

#[derive(Debug, Args)]
pub(crate) struct Remove {
    /// What it is called here
    name: String,
}

/// An instant, or the beginning of a day, in milliseconds since 1970, UTC.
fn at(text: &str) -> Result<i64, String> {
    let whole = if text.contains('T') {
        text.to_owned()
    } else {
        format!("{text}T00:00:00Z")
    };
    let instant: Result<jiff::Timestamp, _> = whole.parse();
    instant
        .map(jiff::Timestamp::as_millisecond)
        .map_err(|_| "no day and no instant: 2026-11-23 or 2026-11-23T12:00:00Z".to_owned())
}

impl Command {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let list = match self {
            Self::List => list_keys(framework)?,
            Self::Add(arguments) => add_key(framework, &arguments.key()?)?,
            Self::Remove(arguments) => remove_key(framework, &arguments.name)?,
        };
        show(&list, output)
    }
}

impl Add {
    fn key(self) -> Result<NewKey, Failure> {
        let text = match self.key.strip_prefix('@') {
            None => self.key,
            Some(file) => {
                let place = Place::File(PathBuf::from(file));
                let bytes = read_input(&place, KEY_BYTES).map_err(|error| {
                    let told = format!("cannot read the key in {file}");
                    Failure::caused(ErrorClass::Usage, told, error)
                })?;
                String::from_utf8_lossy(&bytes).into_owned()
            }
        };
        Ok(NewKey {
            name: self.name,
            text,
            from_ms: self.since,
            until_ms: self.until,
        })
    }
}

fn show(list: &KeyList, output: &mut Output) -> Ended {
    if output.is_json() {
        output.say_json(list)?;
        return Ok(0);
    }
    if list.keys.is_empty() {
        output.note("no key is trusted here")?;
        return Ok(0);
    }
    let mut rows = table(&["name", "believed", "from", "until", "key"]);
    for row in &list.keys {
        let key = &row.key.key;
        let state = match row.state {
            KeyState::NotYet => "not yet",
            KeyState::Valid => "yes",
            KeyState::Over => "no more",
        };
        let from = if key.from_ms == 0 {
            String::new()
        } else {
            instant(key.from_ms)
        };
        let until = if key.until_ms == i64::MAX {
            String::new()
        } else {
            instant(key.until_ms)
        };
        rows.add_row([
            key.name.clone(),
            state.to_owned(),
            from,
            until,
            key.public.clone(),
        ]);
    }
    output.say(text(&rows))?;
    Ok(0)
}
