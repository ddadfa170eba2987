//! What is let through: everything else is closed.

use std::path::{Component, Path, PathBuf};

use ai_lab_contract::{ErrorClass, GrantedHost, HostGrant, Manifest, SocketGrant};
use serde::Serialize;

use super::decide::{Network, Sandboxing};
use super::hosts::PROXY_PORT;
use super::machine::{ControlGroups, Machine, SandboxLevel};
use super::sockets::{SSH_AGENT, agent_at};

/// The largest file that a tool may write, in bytes. Stops one file from filling the disk.
const FILE_BYTES: u64 = 1 << 30;
/// How many descriptors a process of a tool may have open. Stops one tool from using up the machine's.
const DESCRIPTORS: u64 = 1_024;
/// Where name servers answer by TCP.
const NAME_SERVER_PORT: u16 = 53;

/// What may be done at a path and below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Access {
    /// Read files and list folders.
    Read,
    /// That, and start programs.
    Execute,
    /// Read and write what is there, create and remove nothing: a device such as `/dev/null`.
    Use,
    /// Read, write, create and remove.
    Write,
}

/// A path that is let through: absolute, free of links, there when it was looked up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Opened {
    /// The path.
    pub path: PathBuf,
    /// Whether it is a folder; its rights then hold for all below it.
    pub is_folder: bool,
    /// What may be done there.
    pub access: Access,
}

/// A path grant of a manifest, looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granted {
    /// As the manifest says it.
    pub asked: String,
    /// Whether it may be written.
    pub is_write: bool,
    /// Where it leads, absolute and free of links, and whether that is a folder; `None` when nothing is there.
    pub found: Option<(PathBuf, bool)>,
}

/// A place that no grant may open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Protected {
    /// The place, absolute and free of links.
    pub path: PathBuf,
    /// What it is, as a message names it.
    pub what: &'static str,
    /// Whether what lies in it is closed too; otherwise only grants that hold the whole place are.
    pub within: bool,
    /// Whether it may be read all the same.
    pub readable: bool,
}

/// The paths that a decision rests on, as somebody looked them up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// What every tool may reach: the system's libraries and programs, a few files of `/etc`, a few devices.
    pub system: Vec<Opened>,
    /// The tool's folder.
    pub folder: PathBuf,
    /// What the program, its interpreter and its libraries need.
    pub installation: Vec<Opened>,
    /// The manifest's path grants.
    pub granted: Vec<Granted>,
    /// What no grant may open.
    pub protected: Vec<Protected>,
    /// Where the person's SSH agent listens, free of links; `None` when the machine does not tell.
    pub ssh_agent: Option<PathBuf>,
    /// The execution's private work folder, writable; it is made before the start and removed after the end.
    pub work: PathBuf,
}

/// All that a tool's processes can reach and use up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Confinement {
    /// How far it is closed in, and by what.
    pub sandboxing: Sandboxing,
    /// The version of Landlock's interface that it is closed in by.
    pub landlock_abi: u32,
    /// What it may reach, each path once.
    pub paths: Vec<Opened>,
    /// The TCP ports that it may connect to; with `hosts` the proxy's, in its own network.
    pub ports: Vec<u16>,
    /// The hosts that the framework's proxy lets it reach, at the level `l3` alone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<HostGrant>,
    /// The sockets that the framework's proxy asks for it, at the level `l3` alone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sockets: Vec<SocketGrant>,
    /// Folders of the tool's own that it may write and that are not there yet: made before it starts.
    pub made: Vec<PathBuf>,
    /// Its private work folder.
    pub work: PathBuf,
    /// How much memory it may take, in bytes: a process's data, or the whole tree's memory in a control group.
    pub memory_bytes: u64,
    /// How many processes may live at once.
    pub processes: u64,
    /// The largest file that it may write, in bytes.
    pub file_bytes: u64,
    /// How many descriptors a process may have open.
    pub descriptors: u64,
    /// Where control groups are made, if the level asks for them.
    pub control_groups: ControlGroups,
    /// Whether it runs as root, whose number of processes the kernel's limit does not bound.
    pub as_root: bool,
}

impl Confinement {
    /// Limits alone, at the level `none`: for programs that are the framework's own, and for tests.
    pub fn limits_alone(work: PathBuf) -> Self {
        Self {
            sandboxing: Sandboxing {
                level: SandboxLevel::None,
                network: Network::Open,
                scoped: false,
                filtered: false,
                grouped: false,
                warnings: Vec::new(),
            },
            landlock_abi: 0,
            paths: Vec::new(),
            ports: Vec::new(),
            hosts: Vec::new(),
            sockets: Vec::new(),
            made: Vec::new(),
            work,
            memory_bytes: 1 << 30,
            processes: 64,
            file_bytes: FILE_BYTES,
            descriptors: DESCRIPTORS,
            control_groups: ControlGroups::None,
            as_root: false,
        }
    }

    /// How far the tool is closed in.
    pub const fn level(&self) -> SandboxLevel {
        self.sandboxing.level
    }

    /// The same with a work folder of another name, beside the first.
    pub(crate) fn of_process(&self, name: &str) -> Self {
        let mut own = self.clone();
        own.work = self.work.with_file_name(name);
        let places = own.paths.iter_mut();
        for opened in places.filter(|opened| opened.path == self.work) {
            opened.path.clone_from(&own.work);
        }
        own
    }
}

/// A grant that would open what no tool may reach.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the grant `{}` opens {what}", grant.escape_debug())]
pub struct GrantRefused {
    /// As the manifest says it.
    pub grant: String,
    /// What it would open.
    pub what: &'static str,
}

impl GrantRefused {
    /// The row of the failure table.
    pub const fn class(&self) -> ErrorClass {
        ErrorClass::Refused
    }
}

/// Makes the list of what is let through.
///
/// A granted path where nothing is, is left out and warned of: it cannot be opened now, and what is put there later
/// was not looked at. In the tool's own folder, where it may be written, a folder is made of it instead.
pub fn confine(
    manifest: &Manifest,
    mut sandboxing: Sandboxing,
    reach: &Reach,
    machine: &Machine,
) -> Result<Confinement, GrantRefused> {
    let mut paths = reach.system.clone();
    paths.push(folder(&reach.folder, Access::Execute));
    paths.extend(reach.installation.iter().cloned());
    let mut made = Vec::new();
    for granted in &reach.granted {
        if let Some(path) = to_make(granted, &reach.folder) {
            paths.push(folder(&path, Access::Write));
            made.push(path);
            continue;
        }
        let Some((path, is_folder)) = &granted.found else {
            sandboxing.warnings.push(format!(
                "the granted path `{}` is not there, so it stays closed",
                granted.asked.escape_debug()
            ));
            continue;
        };
        check(granted, path, reach)?;
        paths.push(Opened {
            path: path.clone(),
            is_folder: *is_folder,
            access: access(granted.is_write, *is_folder, path),
        });
    }
    check_sockets(&manifest.grants.sockets, reach)?;
    paths.push(folder(&reach.work, Access::Write));
    let network = sandboxing.network;
    let has_proxy = network == Network::Hosts;
    Ok(Confinement {
        sandboxing,
        landlock_abi: machine.landlock_abi,
        paths: without_repetition(paths),
        ports: ports(manifest, network),
        hosts: granted_if(has_proxy, &manifest.grants.hosts),
        sockets: granted_if(has_proxy, &manifest.grants.sockets),
        made,
        work: reach.work.clone(),
        memory_bytes: manifest.limits.memory_bytes.get(),
        processes: manifest.limits.processes.get(),
        file_bytes: FILE_BYTES,
        descriptors: DESCRIPTORS,
        control_groups: machine.control_groups.clone(),
        as_root: machine.is_root,
    })
}

/// Where a folder is to be made for the grant: only below the tool's own, and only as its words say.
fn to_make(granted: &Granted, tool: &Path) -> Option<PathBuf> {
    let words = Path::new(&granted.asked);
    let is_below = words
        .components()
        .all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    let is_wanted = granted.is_write && granted.found.is_none() && is_below;
    is_wanted.then(|| tool.join(words).components().collect())
}

fn folder(path: &Path, access: Access) -> Opened {
    Opened {
        path: path.to_owned(),
        is_folder: true,
        access,
    }
}

fn access(is_write: bool, is_folder: bool, path: &Path) -> Access {
    match (is_write, is_folder) {
        (true, false) if path.starts_with("/dev") => Access::Use,
        (true, _) => Access::Write,
        (false, _) => Access::Read,
    }
}

/// What lies in the tool's own folder is the tool's, wherever that folder lies.
fn check(granted: &Granted, path: &Path, reach: &Reach) -> Result<(), GrantRefused> {
    let is_own = path.starts_with(&reach.folder);
    let opens = |protected: &&Protected| {
        let holds = protected.path.starts_with(path);
        let reaches_in = protected.within && path.starts_with(&protected.path) && !is_own;
        (holds || reaches_in) && (granted.is_write || !protected.readable)
    };
    match reach.protected.iter().find(opens) {
        None => Ok(()),
        Some(protected) => Err(GrantRefused {
            grant: granted.asked.clone(),
            what: protected.what,
        }),
    }
}

/// A socket is the framework's to ask, not the tool's to open; and some are nobody's.
fn check_sockets(sockets: &[SocketGrant], reach: &Reach) -> Result<(), GrantRefused> {
    for socket in sockets {
        let path = Path::new(socket.path.as_str());
        let lies_in = |protected: &&Protected| {
            protected.within && !protected.readable && path.starts_with(&protected.path)
        };
        let protected = reach.protected.iter().find(lies_in).map(|found| found.what);
        let is_ssh_agent = reach.ssh_agent.as_deref() == Some(path);
        let agent = is_ssh_agent.then_some(SSH_AGENT).or_else(|| agent_at(path));
        if let Some(what) = protected.or(agent) {
            let grant = socket.path.to_string();
            return Err(GrantRefused { grant, what });
        }
    }
    Ok(())
}

fn granted_if<T: Clone>(holds: bool, granted: &[T]) -> Vec<T> {
    if holds { granted.to_vec() } else { Vec::new() }
}

/// Leaves out what another entry of the same access holds already.
fn without_repetition(paths: Vec<Opened>) -> Vec<Opened> {
    let mut kept: Vec<Opened> = Vec::with_capacity(paths.len());
    for one in paths {
        let is_held = kept
            .iter()
            .any(|other| other.access == one.access && holds(other, &one.path));
        if !is_held {
            kept.push(one);
        }
    }
    kept
}

/// Whether a path is that of an entry or lies below it. Byte by byte: both are free of links, `.` and `..`, and each
/// entry is held against each other one in every call.
fn holds(entry: &Opened, path: &Path) -> bool {
    let below = path.as_os_str().as_encoded_bytes();
    match below.strip_prefix(entry.path.as_os_str().as_encoded_bytes()) {
        None => false,
        Some([]) => true,
        Some([b'/', ..]) => entry.is_folder,
        Some(_) => entry.is_folder && entry.path == Path::new("/"),
    }
}

fn ports(manifest: &Manifest, network: Network) -> Vec<u16> {
    match network {
        // Nothing bounds ports there.
        Network::Open => Vec::new(),
        Network::Ports => manifest
            .grants
            .tcp
            .iter()
            .filter_map(|port| u16::try_from(port.get()).ok())
            .collect(),
        Network::PortOnly => ports_of(&manifest.grants.hosts),
        Network::Hosts => vec![PROXY_PORT],
    }
}

/// The ports of all hosts, and that of name servers where a host is granted by its name.
fn ports_of(hosts: &[HostGrant]) -> Vec<u16> {
    let by_name = |grant: &HostGrant| match grant.host() {
        GrantedHost::Name(_) | GrantedHost::Below(_) => true,
        GrantedHost::Address(_) => false,
    };
    let mut ports: Vec<u16> = hosts.iter().map(HostGrant::port).collect();
    ports.extend(hosts.iter().any(by_name).then_some(NAME_SERVER_PORT));
    ports.sort_unstable();
    ports.dedup();
    ports
}

#[cfg(test)]
mod tests;
