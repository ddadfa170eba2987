//! `secret set`, `secret remove`, `secret rotate`.

use ai_lab_contract::{ErrorClass, SecretName};
use alf_secrets::SecretValue;
use serde::Serialize;
use zeroize::Zeroizing;

use super::by_a_person;
use super::rescan::{StillThere, rescan};
use crate::failure::Failure;
use crate::framework::Framework;

/// A secret that was kept or taken away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SecretChange {
    /// The form of this answer: 1.
    pub format: u32,
    /// Which secret.
    pub name: SecretName,
}

/// A secret that has another value now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rotated {
    /// The form of this answer: 1.
    pub format: u32,
    /// Which secret.
    pub name: SecretName,
    /// Where the old value still stands, in any form; nothing of it was changed.
    pub old_value: StillThere,
}

/// Takes a value as a prompt, a file or standard input gave it; one line end behind it is no part of it.
pub fn secret_value(bytes: Vec<u8>) -> Result<SecretValue, Failure> {
    SecretValue::of_input(&Zeroizing::new(bytes)).map_err(|refused| {
        let what = "the value cannot be kept as a secret";
        Failure::caused(ErrorClass::InvalidInput, what, refused).with_hint(
            "A secret is a text of 8 bytes to 64 KiB; what is no text is kept as base64 of it.",
        )
    })
}

/// Keeps a new secret; one that is there is not written over.
pub fn set_secret(
    framework: &Framework,
    name: &SecretName,
    value: &SecretValue,
) -> Result<SecretChange, Failure> {
    by_a_person(framework)?;
    let now = framework.surroundings.clock.now_ms();
    framework.secret_store.add(name, value, now)?;
    Ok(change(name))
}

/// Takes a secret away, and all its grants.
pub fn remove_secret(framework: &Framework, name: &SecretName) -> Result<SecretChange, Failure> {
    by_a_person(framework)?;
    framework.secret_store.remove(name)?;
    Ok(change(name))
}

/// Gives a secret another value, and tells where the old one still stands in the record and below the home.
pub fn rotate_secret(
    framework: &Framework,
    name: &SecretName,
    value: &SecretValue,
) -> Result<Rotated, Failure> {
    by_a_person(framework)?;
    let known = framework.known_secrets()?;
    let is_same = |old: &SecretValue| old.expose() == value.expose();
    if known.secrets.value(name).is_some_and(is_same) {
        let told = format!("the new value of `{name}` is the old one");
        return Err(Failure::new(ErrorClass::InvalidInput, told)
            .with_hint("Change it first where it is used, then here."));
    }
    let now = framework.surroundings.clock.now_ms();
    let old = framework.secret_store.replace(name, value, now)?;
    Ok(Rotated {
        format: 1,
        name: name.clone(),
        old_value: rescan(framework, name, &old)?,
    })
}

fn change(name: &SecretName) -> SecretChange {
    SecretChange {
        format: 1,
        name: name.clone(),
    }
}
