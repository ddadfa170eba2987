//! `release trust`: whose signatures are believed on this machine.

use ai_lab_contract::ErrorClass;
use alf_release::{Key, TrustedKey};
use serde::Serialize;

use super::refusal::{of_keys, of_place};
use super::shelf::Shelf;
use crate::failure::Failure;
use crate::framework::Framework;

/// Whether a key is believed now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyState {
    /// Its time has not come.
    NotYet,
    /// It is.
    Valid,
    /// Its time is over; what it signed in its time is believed where a valid key lists it.
    Over,
}

/// One trusted key.
#[derive(Debug, Serialize)]
pub struct KeyRow {
    /// The key and where it comes from.
    #[serde(flatten)]
    pub key: TrustedKey,
    /// Whether it is believed now.
    pub state: KeyState,
}

/// The trusted keys.
#[derive(Debug, Serialize)]
pub struct KeyList {
    /// The form of this answer: 1.
    pub format: u32,
    /// By name.
    pub keys: Vec<KeyRow>,
}

/// A key to be trusted.
#[derive(Clone, Debug)]
pub struct NewKey {
    /// What it is called here.
    pub name: String,
    /// The text of its file, or its line of base64 alone.
    pub text: String,
    /// From when on it is believed: milliseconds since 1970, UTC. `None` for always: what is older than the day on which
    /// somebody came to trust it is believed too.
    pub from_ms: Option<i64>,
    /// Until when; `None` for always.
    pub until_ms: Option<i64>,
}

/// Lists the trusted keys.
pub fn list_keys(framework: &Framework) -> Result<KeyList, Failure> {
    let shelf = Shelf::of(framework)?;
    Ok(listed(&shelf))
}

/// Trusts a key.
pub fn add_key(framework: &Framework, new: &NewKey) -> Result<KeyList, Failure> {
    let mut shelf = Shelf::of(framework)?;
    let _held = shelf.store.hold().map_err(of_place)?;
    let key = Key {
        name: new.name.clone(),
        public: base64_of(&new.text)?,
        from_ms: new.from_ms.unwrap_or(0),
        until_ms: new.until_ms.unwrap_or(i64::MAX),
    };
    if key.from_ms >= key.until_ms {
        let told = "the key's time would be over before it begins";
        return Err(Failure::new(ErrorClass::Usage, told)
            .with_hint("Give `--until` an instant after `--since`."));
    }
    shelf.keyring.add(key).map_err(of_keys)?;
    Ok(listed(&shelf))
}

/// Trusts a key no more.
pub fn remove_key(framework: &Framework, name: &str) -> Result<KeyList, Failure> {
    let mut shelf = Shelf::of(framework)?;
    let _held = shelf.store.hold().map_err(of_place)?;
    shelf.keyring.remove(name).map_err(of_keys)?;
    Ok(listed(&shelf))
}

fn listed(shelf: &Shelf) -> KeyList {
    let row = |one: &TrustedKey| KeyRow {
        key: one.clone(),
        state: match shelf.now_ms {
            now if now < one.key.from_ms => KeyState::NotYet,
            now if now >= one.key.until_ms => KeyState::Over,
            _ => KeyState::Valid,
        },
    };
    KeyList {
        format: 1,
        keys: shelf.keyring.keys().iter().map(row).collect(),
    }
}

/// The key in a file of minisign, whose first line is a comment; a line alone is taken as it is.
fn base64_of(text: &str) -> Result<String, Failure> {
    let mut lines = text.lines().map(str::trim);
    let key = lines.find(|line| !line.is_empty() && !line.starts_with("untrusted comment:"));
    key.map(str::to_owned).ok_or_else(|| {
        Failure::new(ErrorClass::Usage, "there is no key in it")
            .with_hint("Give a file of minisign (`minisign.pub`), or the line of base64 in it.")
    })
}
