//! Lists that are fetched by address, behind a session.

use crate::fritz_box::FritzBox;
use crate::message::escaped;

/// The list at a path; `None` if there is none, an error's status if the session is none.
pub(crate) fn list(fritz_box: &FritzBox, path: &str) -> Option<Result<String, u16>> {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let text = match path {
        "/devicehostlist.lua" => hosts(fritz_box),
        "/calllist.lua" => calls(fritz_box, query),
        _other => return None,
    };
    let is_open = query
        .split('&')
        .any(|part| part.strip_prefix("sid=") == Some(&fritz_box.session));
    Some(if is_open { Ok(text) } else { Err(403) })
}

fn hosts(fritz_box: &FritzBox) -> String {
    let items: Vec<String> = fritz_box
        .hosts
        .iter()
        .enumerate()
        .map(|(index, host)| {
            format!(
                "<Item><Index>{}</Index><IPAddress>{}</IPAddress><MACAddress>{}</MACAddress><Active>{}</Active>\
                 <HostName>{}</HostName><InterfaceType>{}</InterfaceType><X_AVM-DE_Port>0</X_AVM-DE_Port>\
                 <X_AVM-DE_Speed>100</X_AVM-DE_Speed><X_AVM-DE_Guest>{}</X_AVM-DE_Guest>\
                 <X_AVM-DE_WANAccess>granted</X_AVM-DE_WANAccess></Item>",
                index + 1,
                host.ip,
                host.mac,
                u8::from(host.is_active),
                escaped(&host.name),
                host.interface,
                u8::from(host.is_guest),
            )
        })
        .collect();
    let items = items.concat();
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?><List>{items}</List>")
}

fn calls(fritz_box: &FritzBox, query: &str) -> String {
    let most = query
        .split('&')
        .find_map(|part| part.strip_prefix("max=")?.parse().ok());
    let calls: Vec<String> = fritz_box
        .calls
        .iter()
        .take(most.unwrap_or(999))
        .enumerate()
        .map(|(index, call)| {
            let (from, to) = if call.kind == 3 {
                (&call.own, &call.number)
            } else {
                (&call.number, &call.own)
            };
            format!(
                "<Call><Id>{}</Id><Type>{}</Type><Caller>{}</Caller><Called>{}</Called><CallerNumber>{}</CallerNumber>\
                 <CalledNumber>{}</CalledNumber><Name>{}</Name><Numbertype/><Device>Telefon {}</Device><Port>10</Port>\
                 <Date>{}</Date><Duration>{}</Duration><Count/><Path>/download.lua?path=/data/tam/rec/rec.0.000</Path></Call>",
                index + 1,
                call.kind,
                escaped(from),
                escaped(to),
                escaped(from),
                escaped(to),
                escaped(&call.name),
                escaped(&call.own),
                call.date,
                call.duration
            )
        })
        .collect();
    let calls = calls.concat();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><root><timestamp>1</timestamp>{calls}</root>"
    )
}
