//! What this machine's kernel gives.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::sync::OnceLock;

use ai_lab_contract::Profile;
use alf_confine::{Namespaces, Orders};
use alf_policy::{ControlGroups, Machine, PROXY_PORT};

use crate::gate::Gate;
use crate::group;
use crate::start::{Given, launch, report};

/// How closely a machine is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// What experimental and standard tools need: three system calls. Namespaces and control groups are said to be
    /// absent.
    Quick,
    /// What production needs: own namespaces are tried in a process that ends at once. An own network is said to be
    /// absent.
    Full,
    /// Everything, as tools with granted hosts or sockets need it: an own network is tried too.
    Network,
}

impl Depth {
    /// What a tool of this profile needs, with anything granted through the framework's proxy or without.
    pub fn of(profile: Profile, proxied: bool) -> Self {
        if proxied {
            Self::Network
        } else {
            profile.into()
        }
    }
}

impl From<Profile> for Depth {
    fn from(profile: Profile) -> Self {
        match profile {
            Profile::Experimental | Profile::Standard => Self::Quick,
            Profile::Production => Self::Full,
        }
    }
}

/// What this machine gives this process; looked up once a process and depth.
///
/// A profile that was decided with [`Depth::Quick`] is decided as with [`Depth::Full`], production excepted, which
/// needs the latter.
pub fn probe_machine(depth: Depth) -> &'static Machine {
    static QUICK: OnceLock<Machine> = OnceLock::new();
    static FULL: OnceLock<Machine> = OnceLock::new();
    static NETWORK: OnceLock<Machine> = OnceLock::new();
    match depth {
        Depth::Quick => QUICK.get_or_init(quick),
        Depth::Full => FULL.get_or_init(|| {
            let quick = probe_machine(Depth::Quick);
            with_namespaces(quick, tried(quick.is_root, None))
        }),
        Depth::Network => NETWORK.get_or_init(|| {
            let quick = probe_machine(Depth::Quick);
            if tried(quick.is_root, Some(PROXY_PORT)) {
                // It came through the other namespaces too: one process told of both.
                let mut whole = with_namespaces(quick, true);
                whole.network_namespace = true;
                whole
            } else {
                probe_machine(Depth::Full).clone()
            }
        }),
    }
}

fn quick() -> Machine {
    Machine {
        landlock_abi: alf_confine::landlock_version(),
        seccomp: alf_confine::has_filters(),
        namespaces: false,
        network_namespace: false,
        control_groups: ControlGroups::None,
        is_root: rustix::process::geteuid().is_root(),
        foreign_install: false,
    }
}

fn with_namespaces(quick: &Machine, namespaces: bool) -> Machine {
    Machine {
        namespaces,
        control_groups: group::available(),
        foreign_install: foreign_install(),
        ..quick.clone()
    }
}

/// Whether this program belongs to another user, who is not the one that tools run as.
fn foreign_install() -> bool {
    let own = rustix::process::geteuid().as_raw();
    let owner = fs::metadata("/proc/self/exe").map(|program| program.uid());
    // Root's tools have root's rights over any owner's files.
    own != 0 && owner.is_ok_and(|owner| owner != own)
}

/// Whether a helper gets through its namespaces and the read-only file system, with an own network if it is to listen
/// there.
fn tried(is_root: bool, network: Option<u16>) -> bool {
    let user = (!is_root).then(|| {
        let user = rustix::process::geteuid().as_raw();
        (user, rustix::process::getegid().as_raw())
    });
    let orders = Orders {
        parent: std::process::id().cast_signed(),
        hands_over: false,
        control_groups: Vec::new(),
        namespaces: Some(Namespaces { user, network }),
        writable: Vec::new(),
        folder: c"/".into(),
        limits: Vec::new(),
        landlock: None,
        filter: Vec::new().into(),
        program: c"".into(),
        arguments: Vec::new(),
        environment: Vec::new(),
    };
    let Ok((gate, helpers_end)) = network.map(|_| Gate::new()).transpose().map(Option::unzip)
    else {
        return false;
    };
    let given = Given {
        gate: helpers_end,
        ..Given::default()
    };
    let Ok((process, mut status)) = launch(&orders.to_bytes(), None, given, Vec::new()) else {
        return false;
    };
    let opened = gate.is_none_or(|gate| {
        let came = gate.listener().is_ok_and(|listener| listener.is_some());
        came && gate.let_go_on().is_ok()
    });
    let told = report(&mut status);
    let ended = process.wait();
    opened && matches!(told, Ok(None)) && ended.is_ok_and(|status| status.success())
}
