//! Which service carries the connection to the internet.

use ai_lab_tool::ToolFailure;
use tr064::{Service, services};

use crate::session::Session;

/// The live one of the two connection services: the other is there and answers nothing.
pub(super) fn live_service(session: &mut Session) -> Result<Service, ToolFailure> {
    let answer = session.read(&services::LAYER3, "GetDefaultConnectionService", &[])?;
    // Such as `1.WANPPPConnection.1`.
    let named = answer.text("DefaultConnectionService").unwrap_or_default();
    if named.contains("WANPPPConnection") {
        Ok(services::WAN_PPP)
    } else if named.contains("WANIPConnection") {
        Ok(services::WAN_IP)
    } else {
        let why =
            "this device has no connection to the internet of its own, as a repeater has none";
        Err(ToolFailure::new("unsupported", why))
    }
}
