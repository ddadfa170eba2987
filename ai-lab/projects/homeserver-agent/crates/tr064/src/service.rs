//! The services that are called, by declared type and by the control path that every FRITZ!OS since 6 has used.

use std::borrow::Cow;

/// A service: whom a call is for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Service {
    /// The declared type, such as `urn:dslforum-org:service:Hosts:1`. Names alone are not unique: both trees have
    /// a `WANIPConnection:1`.
    pub kind: Cow<'static, str>,
    /// The path that calls are posted to.
    pub control: Cow<'static, str>,
}

impl Service {
    /// A service that a description names.
    pub fn new(kind: impl Into<String>, control: impl Into<String>) -> Self {
        Self {
            kind: Cow::Owned(kind.into()),
            control: Cow::Owned(control.into()),
        }
    }

    const fn known(kind: &'static str, control: &'static str) -> Self {
        Self {
            kind: Cow::Borrowed(kind),
            control: Cow::Borrowed(control),
        }
    }
}

/// Services of which a router has one. Where there may be several, the description is asked.
pub mod services {
    use super::Service;

    /// What the device is.
    pub const DEVICE_INFO: Service = Service::known(
        "urn:dslforum-org:service:DeviceInfo:1",
        "/upnp/control/deviceinfo",
    );
    /// Restart, and sessions for the pages.
    pub const DEVICE_CONFIG: Service = Service::known(
        "urn:dslforum-org:service:DeviceConfig:1",
        "/upnp/control/deviceconfig",
    );
    /// Users, and what the present one may do.
    pub const SECURITY: Service = Service::known(
        "urn:dslforum-org:service:LANConfigSecurity:1",
        "/upnp/control/lanconfigsecurity",
    );
    /// Whether there is a newer FRITZ!OS.
    pub const USER_INTERFACE: Service = Service::known(
        "urn:dslforum-org:service:UserInterface:1",
        "/upnp/control/userif",
    );
    /// Which connection carries the default route.
    pub const LAYER3: Service = Service::known(
        "urn:dslforum-org:service:Layer3Forwarding:1",
        "/upnp/control/layer3forwarding",
    );
    /// The connection by IP: cable, fibre, another router.
    pub const WAN_IP: Service = Service::known(
        "urn:dslforum-org:service:WANIPConnection:1",
        "/upnp/control/wanipconnection1",
    );
    /// The connection by PPP: DSL.
    pub const WAN_PPP: Service = Service::known(
        "urn:dslforum-org:service:WANPPPConnection:1",
        "/upnp/control/wanpppconn1",
    );
    /// Link and counters, with a login.
    pub const WAN_COMMON: Service = Service::known(
        "urn:dslforum-org:service:WANCommonInterfaceConfig:1",
        "/upnp/control/wancommonifconfig1",
    );
    /// Link, counters and rates of the `UPnP` tree: no login.
    pub const IGD_COMMON: Service = Service::known(
        "urn:schemas-upnp-org:service:WANCommonInterfaceConfig:1",
        "/igdupnp/control/WANCommonIFC1",
    );
    /// State and addresses of the `UPnP` tree: no login.
    pub const IGD_IP: Service = Service::known(
        "urn:schemas-upnp-org:service:WANIPConnection:1",
        "/igdupnp/control/WANIPConn1",
    );
    /// Devices in the network.
    pub const HOSTS: Service =
        Service::known("urn:dslforum-org:service:Hosts:1", "/upnp/control/hosts");
    /// Calls.
    pub const ON_TEL: Service = Service::known(
        "urn:dslforum-org:service:X_AVM-DE_OnTel:1",
        "/upnp/control/x_contact",
    );
    /// Smart-home devices.
    pub const HOMEAUTO: Service = Service::known(
        "urn:dslforum-org:service:X_AVM-DE_Homeauto:1",
        "/upnp/control/x_homeauto",
    );
    /// The second factor.
    pub const AUTH: Service = Service::known(
        "urn:dslforum-org:service:X_AVM-DE_Auth:1",
        "/upnp/control/x_auth",
    );
}
