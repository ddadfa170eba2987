//! The device itself: what it is, who asks, its second factor, its restart, its calls and switches.

use super::{Caller, INDEX_INVALID, NO_SUCH_ENTRY, Values, flag};
use crate::fritz_box::{FritzBox, Switch};
use crate::message::{Asked, Fault};

/// The answer, if the action is one of these.
pub(super) fn answer(
    fritz_box: &mut FritzBox,
    service: &str,
    asked: &Asked,
    caller: Caller<'_>,
) -> Option<Result<Values, Fault>> {
    let up_s = fritz_box.clock_s - fritz_box.started_s;
    Some(match (service, asked.action.as_str()) {
        ("DeviceInfo:1", "GetInfo") => Ok(vec![
            ("ManufacturerName", "AVM".to_owned()),
            ("ModelName", "FRITZ!Box 7590".to_owned()),
            ("SerialNumber", "02005E00F7B0".to_owned()),
            ("SoftwareVersion", "154.07.29".to_owned()),
            ("HardwareVersion", "FRITZ!Box 7590".to_owned()),
            ("UpTime", up_s.to_string()),
            ("DeviceLog", fritz_box.log.clone()),
        ]),
        ("DeviceInfo:1", "GetSecurityPort") => {
            Ok(vec![("SecurityPort", fritz_box.tls_port.to_string())])
        }
        ("DeviceInfo:1", "GetDeviceLog") => Ok(vec![("DeviceLog", fritz_box.log.clone())]),
        ("UserInterface:1", "GetInfo") => Ok(vec![
            ("UpgradeAvailable", flag(!fritz_box.update.is_empty())),
            ("X_AVM-DE_Version", fritz_box.update.clone()),
        ]),
        ("DeviceConfig:1", "Reboot") => {
            fritz_box.restart();
            Ok(Vec::new())
        }
        ("LANConfigSecurity:1", "X_AVM-DE_GetUserList") => {
            Ok(vec![("X_AVM-DE_UserList", user_list(fritz_box))])
        }
        ("LANConfigSecurity:1", "X_AVM-DE_GetCurrentUser") => Ok(current_user(caller)),
        ("X_AVM-DE_OnTel:1", "GetCallList") => {
            let address = format!(
                "http://{}/calllist.lua?sid={}",
                fritz_box.list_host, fritz_box.session
            );
            Ok(vec![("CallListURL", address)])
        }
        ("X_AVM-DE_Auth:1", action) => second_factor(fritz_box, action, asked)?,
        ("X_AVM-DE_Homeauto:1", action) => smart_home(fritz_box, action, asked)?,
        _other => return None,
    })
}

fn user_list(fritz_box: &FritzBox) -> String {
    let last = fritz_box.users.len().saturating_sub(1);
    let users: Vec<String> = fritz_box
        .users
        .iter()
        .enumerate()
        .map(|(index, user)| {
            format!(
                "<Username last_user=\"{}\">{}</Username>",
                u8::from(index == last),
                user.name
            )
        })
        .collect();
    let users = users.concat();
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?><List>{users}</List>")
}

fn current_user(caller: Caller<'_>) -> Values {
    let Some(user) = caller.user else {
        return Vec::new();
    };
    let paths = [
        ("C", "BoxAdmin"),
        ("A", "AppRemote"),
        ("P", "Phone"),
        ("N", "NAS"),
        ("H", "HomeAuto"),
    ];
    let rights: Vec<String> = paths
        .into_iter()
        .map(|(letter, path)| {
            let access = if user.rights.contains(letter) {
                "readwrite"
            } else {
                "none"
            };
            format!("<path>{path}</path><access>{access}</access>")
        })
        .collect();
    let rights = rights.concat();
    vec![
        ("X_AVM-DE_CurrentUsername", user.name.clone()),
        (
            "X_AVM-DE_CurrentUserRights",
            format!("<?xml version=\"1.0\"?><rights>{rights}</rights>"),
        ),
    ]
}

fn second_factor(
    fritz_box: &mut FritzBox,
    action: &str,
    asked: &Asked,
) -> Option<Result<Values, Fault>> {
    let factor = &mut fritz_box.second_factor;
    Some(match action {
        "GetInfo" => Ok(vec![("Enabled", flag(!factor.needed_for.is_empty()))]),
        "GetState" => {
            let state = if asked.token.is_none() || asked.token != factor.token {
                "stopped"
            } else if factor.is_confirmed {
                "authenticated"
            } else {
                "waitingforauth"
            };
            Ok(vec![("State", state.to_owned())])
        }
        "SetConfig" if factor.is_blocked => Err((867, "Second Factor Authentication Blocked")),
        "SetConfig" if factor.is_busy => Err((868, "Second Factor Authentication Busy")),
        "SetConfig" if asked.get("Action") == "start" => {
            let token = format!("token-{}", fritz_box.clock_s);
            factor.token = Some(token.clone());
            factor.is_confirmed = false;
            Ok(vec![
                ("State", "waitingforauth".to_owned()),
                ("Token", token),
                ("Methods", "button,dtmf;*11234".to_owned()),
            ])
        }
        "SetConfig" => {
            factor.token = None;
            Ok(vec![("State", "stopped".to_owned())])
        }
        _other => return None,
    })
}

fn smart_home(
    fritz_box: &mut FritzBox,
    action: &str,
    asked: &Asked,
) -> Option<Result<Values, Fault>> {
    let by_ain = |switches: &[Switch]| {
        switches
            .iter()
            .position(|switch| switch.ain == asked.get("AIN"))
    };
    Some(match action {
        "GetGenericDeviceInfos" => {
            let index: Option<usize> = asked.get("Index").parse().ok();
            let found = index.and_then(|index| fritz_box.switches.get(index));
            found.map(switch_values).ok_or(INDEX_INVALID)
        }
        "GetSpecificDeviceInfos" => {
            let found =
                by_ain(&fritz_box.switches).map(|index| switch_values(&fritz_box.switches[index]));
            found.ok_or(NO_SUCH_ENTRY)
        }
        "SetSwitch" => match by_ain(&fritz_box.switches) {
            None => Err(NO_SUCH_ENTRY),
            Some(index) => {
                let state = &mut fritz_box.switches[index].state;
                let wanted = match (asked.get("SwitchState"), state.as_deref()) {
                    ("TOGGLE", Some("ON")) => "OFF",
                    ("TOGGLE", _) => "ON",
                    (wanted, _) => wanted,
                };
                *state = Some(wanted.to_owned());
                Ok(Vec::new())
            }
        },
        _other => return None,
    })
}

fn switch_values(switch: &Switch) -> Values {
    let word = |is: bool, yes: &str, no: &str| if is { yes } else { no }.to_owned();
    let has = switch.state.is_some();
    vec![
        ("AIN", switch.ain.clone()),
        ("DeviceName", switch.name.clone()),
        ("ProductName", "FRITZ!DECT 200".to_owned()),
        (
            "Present",
            word(switch.is_present, "CONNECTED", "DISCONNECTED"),
        ),
        ("SwitchIsEnabled", word(has, "ENABLED", "DISABLED")),
        ("SwitchIsValid", word(has, "VALID", "INVALID")),
        (
            "SwitchState",
            switch
                .state
                .clone()
                .unwrap_or_else(|| "UNDEFINED".to_owned()),
        ),
        ("MultimeterIsEnabled", word(has, "ENABLED", "DISABLED")),
        ("MultimeterIsValid", word(has, "VALID", "INVALID")),
        ("MultimeterPower", switch.power.to_string()),
        ("TemperatureIsEnabled", "ENABLED".to_owned()),
        ("TemperatureIsValid", "VALID".to_owned()),
        ("TemperatureCelsius", switch.temperature.to_string()),
    ]
}
