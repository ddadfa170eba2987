//! What each action answers and does. One that is described and not known here answers with nothing known.

mod device;
mod line;
mod network;

use crate::descriptions::Service;
use crate::fritz_box::{FritzBox, User};
use crate::message::{Asked, Fault};

/// Names and values.
type Values = Vec<(&'static str, String)>;

/// Who asks, and from where.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Caller<'a> {
    pub(crate) user: Option<&'a User>,
    pub(crate) ip: &'a str,
}

const INVALID_ACTION: Fault = (401, "Invalid Action");
const INVALID_ARGS: Fault = (402, "Invalid Args");
const VALUE_INVALID: Fault = (600, "Argument Value Invalid");
const NOT_AUTHORIZED: Fault = (606, "Action not authorized");
const INDEX_INVALID: Fault = (713, "SpecifiedArrayIndexInvalid");
const NO_SUCH_ENTRY: Fault = (714, "NoSuchEntryInArray");

/// Answers a call: by the description first, then by what is known.
pub(crate) fn answer(
    fritz_box: &mut FritzBox,
    service: &Service,
    asked: &Asked,
    caller: Caller<'_>,
) -> Result<Vec<(String, String)>, Fault> {
    let action = service.actions.get(&asked.action).ok_or(INVALID_ACTION)?;
    let is_right_set = action.takes.len() == asked.arguments.len()
        && action
            .takes
            .iter()
            .all(|takes| asked.arguments.iter().any(|(name, _)| *name == takes.name));
    if !is_right_set {
        return Err(INVALID_ARGS);
    }
    let is_allowed = action.takes.iter().all(|takes| {
        takes.allowed.is_empty()
            || takes
                .allowed
                .iter()
                .any(|value| value == asked.get(&takes.name))
    });
    if !is_allowed {
        return Err(VALUE_INVALID);
    }
    if let Some(user) = caller.user
        && !may(user, &service.name, &asked.action)
    {
        return Err(NOT_AUTHORIZED);
    }
    confirmed(fritz_box, asked)?;
    let known = device::answer(fritz_box, &service.name, asked, caller)
        .or_else(|| line::answer(fritz_box, &service.name, asked))
        .or_else(|| network::answer(fritz_box, &service.name, asked, caller));
    let is_read = asked.action.contains("Get");
    let known = match known {
        Some(known) => known?,
        // An entry of a list that nothing is known of: past the last one, or a client would ask for ever.
        None if asked.action.contains("Generic") => return Err(INDEX_INVALID),
        None if is_read => Vec::new(),
        None => return Err((501, "Action Failed")),
    };
    let gives = action.gives.iter().map(|argument| {
        let told = known.iter().find(|(name, _)| *name == argument.name);
        let value = told.map_or(argument.empty, |(_, value)| value);
        (argument.name.clone(), value.to_owned())
    });
    Ok(gives.collect())
}

/// Whether a user's rights let them; AVM's table, as far as it is used.
fn may(user: &User, service: &str, action: &str) -> bool {
    let name = service.split(':').next().unwrap_or_default();
    let needed = match (name, action) {
        ("Hosts", "X_AVM-DE_GetHostListPath" | "X_AVM-DE_GetMeshListPath")
        | ("WLANConfiguration", "GetInfo") => "CAP",
        ("WLANConfiguration", _) => "CA",
        ("DeviceInfo", "GetInfo") => "CAPNH",
        (
            "DeviceInfo"
            | "DeviceConfig"
            | "UserInterface"
            | "WANCommonInterfaceConfig"
            | "WANIPConnection"
            | "WANPPPConnection",
            _,
        ) => "C",
        ("X_AVM-DE_OnTel", _) => "P",
        ("X_AVM-DE_Homeauto", _) => "H",
        _anybody => return true,
    };
    needed.chars().any(|right| user.rights.contains(right))
}

/// Whether the second factor is there where it is needed.
fn confirmed(fritz_box: &mut FritzBox, asked: &Asked) -> Result<(), Fault> {
    let factor = &mut fritz_box.second_factor;
    if !factor.needed_for.contains(&asked.action) {
        return Ok(());
    }
    let is_confirmed = factor.is_confirmed && asked.token.is_some() && asked.token == factor.token;
    if is_confirmed {
        return Ok(());
    }
    Err((866, "Second Factor Authentication Required"))
}

fn flag(is: bool) -> String {
    u8::from(is).to_string()
}
