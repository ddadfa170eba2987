//! The connection to the internet, in both trees.

use super::{INVALID_ACTION, Values};
use crate::fritz_box::{FritzBox, Line};
use crate::message::{Asked, Fault};

/// The answer, if the action is one of these.
pub(super) fn answer(
    fritz_box: &mut FritzBox,
    service: &str,
    asked: &Asked,
) -> Option<Result<Values, Fault>> {
    let (is_open, name) = service
        .strip_prefix("igd ")
        .map_or((false, service), |name| (true, name));
    match name {
        "Layer3Forwarding:1" if asked.action == "GetDefaultConnectionService" => Some(Ok(vec![(
            "DefaultConnectionService",
            fritz_box.line.service.clone(),
        )])),
        "WANCommonInterfaceConfig:1" => common(&fritz_box.line, asked),
        "WANIPConnection:1" | "WANPPPConnection:1" => {
            let kind = name.trim_end_matches(":1");
            let is_live = is_open || fritz_box.line.service.contains(kind);
            if !is_live {
                // The service that does not carry the connection is there and answers nothing.
                return Some(Err(INVALID_ACTION));
            }
            connection(fritz_box, asked)
        }
        "WANDSLInterfaceConfig:1" if fritz_box.line.access != "DSL" => Some(Err(INVALID_ACTION)),
        _other => None,
    }
}

fn common(line: &Line, asked: &Asked) -> Option<Result<Values, Fault>> {
    // Counters of 32 bits start over.
    let narrow = |bytes: u64| (bytes & 0xffff_ffff).to_string();
    let wide = |bytes: u64| if line.has_wide_counters { bytes } else { 0 }.to_string();
    Some(Ok(match asked.action.as_str() {
        "GetCommonLinkProperties" => vec![
            ("WANAccessType", line.access.clone()),
            ("Layer1UpstreamMaxBitRate", "46720000".to_owned()),
            ("Layer1DownstreamMaxBitRate", "292030000".to_owned()),
            ("PhysicalLinkStatus", "Up".to_owned()),
        ],
        "GetTotalBytesSent" => vec![("TotalBytesSent", narrow(line.sent))],
        "GetTotalBytesReceived" => vec![("TotalBytesReceived", narrow(line.received))],
        "GetAddonInfos" => vec![
            ("ByteSendRate", "12000".to_owned()),
            ("ByteReceiveRate", "340000".to_owned()),
            ("TotalBytesSent", narrow(line.sent)),
            ("TotalBytesReceived", narrow(line.received)),
            ("DNSServer1", "203.0.113.53".to_owned()),
            ("DNSServer2", "203.0.113.54".to_owned()),
            ("X_AVM_DE_TotalBytesSent64", wide(line.sent)),
            ("X_AVM_DE_TotalBytesReceived64", wide(line.received)),
            ("X_AVM_DE_WANAccessType", line.access.clone()),
        ],
        _other => return None,
    }))
}

fn connection(fritz_box: &mut FritzBox, asked: &Asked) -> Option<Result<Values, Fault>> {
    let clock_s = fritz_box.clock_s;
    let line = &mut fritz_box.line;
    let is_question = matches!(asked.action.as_str(), "GetInfo" | "GetStatusInfo");
    let is_connecting = is_question && line.connecting_for > 0;
    if is_connecting {
        line.connecting_for -= 1;
    }
    let status = if is_connecting {
        "Connecting".to_owned()
    } else {
        line.status.clone()
    };
    let up_s = (clock_s - line.up_since_s).to_string();
    let ipv4 = if status == "Connected" {
        line.ipv4.clone()
    } else {
        "0.0.0.0".to_owned()
    };
    Some(Ok(match asked.action.as_str() {
        "GetInfo" => vec![
            ("Enable", "1".to_owned()),
            ("ConnectionStatus", status),
            ("Name", "internet".to_owned()),
            ("Uptime", up_s),
            ("LastConnectionError", "ERROR_NONE".to_owned()),
            ("ExternalIPAddress", ipv4),
            ("DNSServers", "203.0.113.53, 203.0.113.54".to_owned()),
            ("UserName", "anschluss@provider.example".to_owned()),
        ],
        "GetStatusInfo" => vec![
            ("ConnectionStatus", status),
            ("LastConnectionError", "ERROR_NONE".to_owned()),
            ("Uptime", up_s),
        ],
        "GetExternalIPAddress" => vec![("ExternalIPAddress", ipv4)],
        "X_AVM_DE_GetExternalIPv6Address" => vec![
            ("ExternalIPv6Address", line.ipv6.clone()),
            ("PrefixLength", "64".to_owned()),
        ],
        "ForceTermination" => {
            fritz_box.reconnect();
            Vec::new()
        }
        _other => return None,
    }))
}
