//! The table: profile and machine to a level, or a refusal.

use ai_lab_contract::{ErrorClass, Grants, Profile};
use serde::Serialize;

use super::machine::{ControlGroups, Machine, SandboxLevel};

/// From here on Landlock bounds TCP.
const NETWORK_ABI: u32 = 4;
/// From here on Landlock bounds signals and abstract sockets.
const SCOPE_ABI: u32 = 6;

/// How a tool's network is bounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Network {
    /// Not at all: the kernel has no means, and the profile takes that.
    Open,
    /// To the granted TCP ports; with none granted there is no network.
    Ports,
    /// To the ports of the granted hosts: the hosts are not checked.
    PortOnly,
    /// To the granted hosts and sockets, through the framework's proxy.
    Hosts,
}

/// What a tool is granted through the framework's proxy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Proxied {
    /// Single hosts.
    pub hosts: bool,
    /// UNIX sockets.
    pub sockets: bool,
}

impl Proxied {
    /// Nothing.
    pub const NOTHING: Self = Self {
        hosts: false,
        sockets: false,
    };
    /// Hosts, and no sockets.
    pub const HOSTS: Self = Self {
        hosts: true,
        sockets: false,
    };

    /// What these grants say.
    pub const fn of(grants: &Grants) -> Self {
        Self {
            hosts: !grants.hosts.is_empty(),
            sockets: !grants.sockets.is_empty(),
        }
    }

    const fn is_any(self) -> bool {
        self.hosts || self.sockets
    }
}

/// What is decided for one profile on one machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sandboxing {
    /// How far the tool is closed in.
    pub level: SandboxLevel,
    /// How its network is bounded.
    pub network: Network,
    /// Whether Landlock bounds signals and abstract sockets too.
    pub scoped: bool,
    /// Whether the system call filter is set.
    pub filtered: bool,
    /// Whether the whole tree's processes and memory are bounded by a control group.
    pub grouped: bool,
    /// What the profile asks for and this machine or manifest does not give, a sentence each.
    pub warnings: Vec<String>,
}

/// A profile that may not run on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SandboxRefused {
    /// No Landlock, or one that does not bound the network.
    #[error(
        "the profile {profile} needs Landlock with its network rules (ABI 4, Linux 6.7), this kernel gives ABI {abi}"
    )]
    Landlock {
        /// The profile.
        profile: Profile,
        /// What the kernel gives; 0 for none.
        abi: u32,
    },
    /// No system call filters.
    #[error("the profile {profile} needs system call filters, which this kernel does not give")]
    Seccomp {
        /// The profile.
        profile: Profile,
    },
    /// No own namespaces, while the framework's own files belong to the tools' user.
    #[error(
        "the profile production needs own mount and process namespaces, which this machine does not give"
    )]
    Namespaces,
    /// Root, whose processes only a control group bounds.
    #[error(
        "the profile production does not run as root without control groups for processes and memory"
    )]
    ControlGroups,
    /// Neither a process namespace nor a control group would hold the tool's tree together.
    #[error(
        "the profile production needs an own process namespace or control groups, this machine gives neither"
    )]
    Tree,
    /// Hosts or sockets are granted, and nothing here could hold the tool to them.
    #[error(
        "the profile production needs an own network namespace to hold a tool to its granted hosts and sockets"
    )]
    Hosts,
}

impl SandboxRefused {
    /// The row of the failure table.
    pub const fn class(self) -> ErrorClass {
        ErrorClass::Refused
    }

    /// What mends it, as a sentence.
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::Landlock { .. } => {
                "Boot a kernel of 6.7 or newer with `landlock` in its `lsm=` list, and let the container's filter pass \
                 the three landlock calls; until then only experimental tools run."
            }
            Self::Seccomp { .. } => {
                "Boot a kernel with CONFIG_SECCOMP_FILTER; until then only experimental tools run."
            }
            Self::Namespaces | Self::Tree => {
                "Allow user namespaces (`sysctl user.max_user_namespaces`, \
                 `kernel.unprivileged_userns_clone=1`, `kernel.apparmor_restrict_unprivileged_userns=0`), or install \
                 the framework as another user than the one that runs tools."
            }
            Self::ControlGroups => {
                "Run the framework as a plain user, or give it the `pids` and `memory` control groups."
            }
            Self::Hosts => {
                "Allow network namespaces (`sysctl user.max_net_namespaces`) beside those of users and mounts, or \
                 grant ports by `tcp` instead of `hosts`."
            }
        }
    }
}

/// What a tool of this profile with these grants gets on this machine.
pub fn decide(
    profile: Profile,
    proxied: Proxied,
    machine: &Machine,
) -> Result<Sandboxing, SandboxRefused> {
    match profile {
        Profile::Production => for_production(proxied, machine),
        Profile::Standard => for_standard(proxied, machine),
        Profile::Experimental => Ok(for_experimental(proxied, machine)),
    }
}

fn for_production(proxied: Proxied, machine: &Machine) -> Result<Sandboxing, SandboxRefused> {
    needed(Profile::Production, machine)?;
    // Without them neither signals nor metadata nor the end of the tree are bounded here, unless the framework's files
    // belong to another user and Landlock bounds the signals.
    let scoped = machine.landlock_abi >= SCOPE_ABI;
    let files_are_safe = machine.foreign_install && scoped;
    if !machine.namespaces && !files_are_safe {
        return Err(SandboxRefused::Namespaces);
    }
    let groups = machine.control_groups != ControlGroups::None;
    if machine.is_root && !groups {
        return Err(SandboxRefused::ControlGroups);
    }
    // Of a tree without an own process namespace only a control group finds every process.
    if !machine.namespaces && !groups {
        return Err(SandboxRefused::Tree);
    }
    if proxied.is_any() && !gives_hosts(machine) {
        return Err(SandboxRefused::Hosts);
    }
    let mut warnings = Vec::new();
    let level = if proxied.is_any() {
        SandboxLevel::L3
    } else if machine.namespaces {
        SandboxLevel::L2
    } else {
        warnings.push(
            "this machine gives no own namespaces: the tool runs at l1, and the framework's files are \
             another user's"
                .to_owned(),
        );
        SandboxLevel::L1
    };
    Ok(Sandboxing {
        level,
        network: if proxied.is_any() {
            Network::Hosts
        } else {
            Network::Ports
        },
        scoped,
        filtered: true,
        grouped: machine.is_root || !machine.namespaces,
        warnings,
    })
}

fn for_standard(proxied: Proxied, machine: &Machine) -> Result<Sandboxing, SandboxRefused> {
    needed(Profile::Standard, machine)?;
    let mut warnings = Vec::new();
    let scoped = scope(machine, &mut warnings);
    let (level, network) = reached(proxied, machine, &mut warnings);
    Ok(Sandboxing {
        level,
        network,
        scoped,
        filtered: true,
        grouped: false,
        warnings,
    })
}

fn for_experimental(proxied: Proxied, machine: &Machine) -> Sandboxing {
    let mut warnings = Vec::new();
    if !machine.seccomp {
        warnings.push(
            "this kernel gives no system call filters: a tool can get around the bounds on its network"
                .to_owned(),
        );
    }
    let (level, network, scoped) = if machine.landlock_abi < NETWORK_ABI {
        warnings.push(format!(
            "this kernel gives Landlock ABI {}, less than {NETWORK_ABI}: files and network stay open to the tool",
            machine.landlock_abi
        ));
        if proxied.sockets {
            warnings
                .push("without a network of its own the granted sockets stay closed".to_owned());
        }
        (SandboxLevel::None, Network::Open, false)
    } else {
        let scoped = scope(machine, &mut warnings);
        let (level, network) = reached(proxied, machine, &mut warnings);
        (level, network, scoped)
    };
    Sandboxing {
        level,
        network,
        scoped,
        filtered: machine.seccomp,
        grouped: false,
        warnings,
    }
}

/// What every profile but the experimental one asks for.
const fn needed(profile: Profile, machine: &Machine) -> Result<(), SandboxRefused> {
    if machine.landlock_abi < NETWORK_ABI {
        return Err(SandboxRefused::Landlock {
            profile,
            abi: machine.landlock_abi,
        });
    }
    if !machine.seccomp {
        return Err(SandboxRefused::Seccomp { profile });
    }
    Ok(())
}

fn scope(machine: &Machine, warnings: &mut Vec<String>) -> bool {
    let scoped = machine.landlock_abi >= SCOPE_ABI;
    if !scoped {
        warnings.push(format!(
            "this kernel gives Landlock ABI {}, less than {SCOPE_ABI}: the tool can signal processes of its user",
            machine.landlock_abi
        ));
    }
    scoped
}

/// Whether a tool can be held to single hosts here.
const fn gives_hosts(machine: &Machine) -> bool {
    machine.namespaces && machine.network_namespace
}

/// What a profile gets that does without own namespaces unless hosts or sockets are granted.
fn reached(
    proxied: Proxied,
    machine: &Machine,
    warnings: &mut Vec<String>,
) -> (SandboxLevel, Network) {
    if !proxied.is_any() {
        return (SandboxLevel::L1, Network::Ports);
    }
    if gives_hosts(machine) {
        return (SandboxLevel::L3, Network::Hosts);
    }
    if proxied.hosts {
        warnings.push(
            "this machine gives no own network namespace: the granted hosts are not checked, only their ports, and \
             port 53 to look names up"
                .to_owned(),
        );
    }
    if proxied.sockets {
        warnings.push(
            "this machine gives no own network namespace: the granted sockets stay closed"
                .to_owned(),
        );
    }
    (SandboxLevel::L1, Network::PortOnly)
}

#[cfg(test)]
mod tests;
