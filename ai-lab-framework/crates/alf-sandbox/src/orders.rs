//! From a confinement to the helper's orders.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ffi::{CStr, CString, NulError, OsStr};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::sync::OnceLock;

use alf_confine::{Landlock, Limit, Namespaces, Orders, PathRule};
use alf_policy::{Access, Confinement, Network, PROXY_PORT, SandboxLevel};

use crate::filter::{Sockets, program};
use crate::landlock;

/// What is to be started, beside its confinement.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target<'a> {
    /// The program; `None` applies everything and ends.
    pub(crate) program: Option<&'a Path>,
    pub(crate) arguments: &'a [String],
    pub(crate) environment: &'a BTreeMap<String, String>,
    pub(crate) folder: &'a Path,
    pub(crate) hands_over: bool,
}

/// The helper's orders; an error names a text that no program could be given.
pub(crate) fn orders(
    target: &Target<'_>,
    confinement: &Confinement,
) -> Result<Orders<'static>, NulError> {
    let mut arguments = Vec::with_capacity(target.arguments.len() + 1);
    if let Some(program) = target.program {
        arguments.push(text(program.as_os_str())?);
    }
    for argument in target.arguments {
        arguments.push(text(OsStr::new(argument))?);
    }
    let mut environment = Vec::with_capacity(target.environment.len());
    for (name, value) in target.environment {
        environment.push(text(OsStr::new(&format!("{name}={value}")))?);
    }
    let level = confinement.level();
    let is_inside = level >= SandboxLevel::L2;
    Ok(Orders {
        parent: std::process::id().cast_signed(),
        hands_over: target.hands_over,
        control_groups: Vec::new(),
        namespaces: is_inside.then(|| namespaces(confinement)),
        writable: if is_inside {
            writable(confinement)?
        } else {
            Vec::new()
        },
        folder: text(target.folder.as_os_str())?,
        limits: limits(confinement),
        landlock: (level >= SandboxLevel::L1)
            .then(|| ruleset(confinement))
            .transpose()?,
        filter: Cow::Borrowed(filter(confinement)),
        program: target
            .program
            .map_or(Ok(Cow::Borrowed(c"")), |program| text(program.as_os_str()))?,
        arguments,
        environment,
    })
}

fn text(text: &OsStr) -> Result<Cow<'static, CStr>, NulError> {
    Ok(Cow::Owned(CString::new(text.as_bytes())?))
}

fn namespaces(confinement: &Confinement) -> Namespaces {
    let user = (!confinement.as_root).then(|| {
        let user = rustix::process::geteuid().as_raw();
        (user, rustix::process::getegid().as_raw())
    });
    Namespaces {
        user,
        network: (confinement.level() >= SandboxLevel::L3).then_some(PROXY_PORT),
    }
}

/// Outer folders first: what is put over an inner one must not be hidden by the outer one.
fn writable(confinement: &Confinement) -> Result<Vec<Cow<'static, CStr>>, NulError> {
    let mut paths: Vec<&Path> = confinement
        .paths
        .iter()
        .filter(|opened| opened.access == Access::Write)
        .map(|opened| opened.path.as_path())
        .collect();
    paths.sort_unstable();
    paths
        .into_iter()
        .map(|path| text(path.as_os_str()))
        .collect()
}

fn limits(confinement: &Confinement) -> Vec<Limit> {
    let limit = |resource: u32, most| Limit { resource, most };
    vec![
        limit(libc::RLIMIT_CORE, 0),
        limit(libc::RLIMIT_DATA, confinement.memory_bytes),
        limit(libc::RLIMIT_FSIZE, confinement.file_bytes),
        limit(libc::RLIMIT_NOFILE, confinement.descriptors),
        limit(libc::RLIMIT_NPROC, processes(confinement)),
    ]
}

/// The kernel counts all tasks of the user, and so must what is allowed: in an own user namespace those of the tool
/// with the helper's two, else at most those of the whole machine.
fn processes(confinement: &Confinement) -> u64 {
    let others = if confinement.level() >= SandboxLevel::L2 && !confinement.as_root {
        2
    } else {
        u64::from(rustix::system::sysinfo().procs)
    };
    confinement.processes.saturating_add(others)
}

fn ruleset(confinement: &Confinement) -> Result<Landlock<'static>, NulError> {
    let abi = confinement.landlock_abi;
    let mut paths = Vec::with_capacity(confinement.paths.len());
    for opened in &confinement.paths {
        paths.push(PathRule {
            rights: landlock::rights(opened, abi),
            path: text(opened.path.as_os_str())?,
        });
    }
    Ok(Landlock {
        files: landlock::files(abi),
        network: landlock::network(abi),
        scopes: landlock::scopes(confinement.sandboxing.scoped),
        paths,
        ports: confinement.ports.clone(),
    })
}

/// There are three filters, each made once.
fn filter(confinement: &Confinement) -> &'static [u8] {
    static ANY: OnceLock<Vec<u8>> = OnceLock::new();
    static TCP: OnceLock<Vec<u8>> = OnceLock::new();
    static NONE: OnceLock<Vec<u8>> = OnceLock::new();
    if !confinement.sandboxing.filtered {
        return &[];
    }
    let sockets = match confinement.sandboxing.network {
        Network::Open => Sockets::Any,
        Network::Ports | Network::PortOnly | Network::Hosts if confinement.ports.is_empty() => {
            Sockets::None
        }
        Network::Ports | Network::PortOnly | Network::Hosts => Sockets::Tcp,
    };
    let made = match sockets {
        Sockets::Any => &ANY,
        Sockets::Tcp => &TCP,
        Sockets::None => &NONE,
    };
    made.get_or_init(|| program(sockets))
}
