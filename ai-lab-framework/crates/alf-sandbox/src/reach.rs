//! The paths a tool needs, as they lie on this machine.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use ai_lab_contract::Grants;
use alf_policy::{Access, Granted, Opened, Protected, Reach};

/// Libraries and programs of the system.
const SYSTEM: &[&str] = &["/usr", "/lib", "/lib32", "/lib64", "/bin", "/sbin"];

/// Of `/etc`, what libraries and interpreters read; nothing that holds a password or names a service's secret.
const SETTINGS: &[&str] = &[
    "/etc/alternatives",
    "/etc/ca-certificates",
    "/etc/gai.conf",
    "/etc/group",
    "/etc/host.conf",
    "/etc/hosts",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/ld.so.preload",
    "/etc/localtime",
    "/etc/mime.types",
    "/etc/nsswitch.conf",
    "/etc/os-release",
    "/etc/passwd",
    "/etc/pki/tls/certs",
    "/etc/protocols",
    "/etc/resolv.conf",
    "/etc/services",
    "/etc/ssl/certs",
    "/etc/ssl/openssl.cnf",
    "/etc/timezone",
];

/// Devices that every program may read and write.
const DEVICES: &[&str] = &["/dev/null", "/dev/zero", "/dev/full"];
/// Devices that every program may read.
const SOURCES: &[&str] = &["/dev/random", "/dev/urandom"];

/// Beside a `bin` folder, what an installed interpreter or program reads.
const BESIDE_BIN: &[&str] = &["bin", "include", "lib", "lib64", "libexec", "pyvenv.cfg"];

/// How many links a program's path may lead over. Stops a ring.
const MOST_HOPS: usize = 16;

/// Whose paths are looked up.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The tool's folder, absolute and free of links.
    pub folder: &'a Path,
    /// Its program.
    pub program: &'a Path,
    /// What its `#!` line starts; `None` for a binary.
    pub interpreter: Option<&'a Path>,
    /// Its arguments: files that they name with their whole path are the program's too.
    pub arguments: &'a [String],
    /// The Python SDK; `None` when it comes with the person's own Python.
    pub python_sdk: Option<&'a Path>,
    /// The manifest's grants.
    pub grants: &'a Grants,
    /// The framework's home.
    pub home: &'a Path,
    /// The person's home; `None` when the machine does not tell.
    pub person: Option<&'a Path>,
    /// Where the person's SSH agent listens; `None` when the machine does not tell.
    pub ssh_agent: Option<&'a Path>,
    /// The lab's folder; `None` outside any.
    pub instance: Option<&'a Path>,
    /// The execution's work folder, absolute and free of links.
    pub work: &'a Path,
}

/// Looks up where everything lies that the tool needs and is granted.
///
/// What is not there is left out, a grant excepted, of which that is said.
pub fn look_up(asked: &Asked<'_>) -> Reach {
    let programs = [Some(asked.program), asked.interpreter];
    let mut installation: Vec<Opened> =
        programs.into_iter().flatten().flat_map(installed).collect();
    installation.extend(asked.python_sdk.and_then(|sdk| opened(sdk, Access::Read)));
    let named = asked.arguments.iter().map(Path::new);
    installation.extend(
        named
            .filter(|path| path.is_absolute() && path.is_file())
            .filter_map(|path| opened(path, Access::Execute)),
    );
    let granted = |paths: &[String], is_write| -> Vec<Granted> {
        let look = |path: &String| Granted {
            asked: path.clone(),
            is_write,
            found: place(&asked.folder.join(path)),
        };
        paths.iter().map(look).collect()
    };
    let mut grants = granted(&asked.grants.read, false);
    grants.extend(granted(&asked.grants.write, true));
    Reach {
        system: system().to_vec(),
        folder: asked.folder.to_owned(),
        installation,
        // Only grants are held against it.
        protected: if grants.is_empty() && asked.grants.sockets.is_empty() {
            Vec::new()
        } else {
            protected(asked)
        },
        granted: grants,
        ssh_agent: asked
            .ssh_agent
            .map(|socket| socket.canonicalize().unwrap_or_else(|_| socket.to_owned())),
        work: asked.work.to_owned(),
    }
}

/// Where a path leads, and whether that is a folder; `None` when nothing is there.
fn place(path: &Path) -> Option<(PathBuf, bool)> {
    let path = path.canonicalize().ok()?;
    let is_folder = path.is_dir();
    Some((path, is_folder))
}

fn opened(path: &Path, access: Access) -> Option<Opened> {
    let (path, is_folder) = place(path)?;
    Some(Opened {
        path,
        is_folder,
        access,
    })
}

/// The same for every tool: looked up once a process.
fn system() -> &'static [Opened] {
    static SYSTEM_PATHS: OnceLock<Vec<Opened>> = OnceLock::new();
    SYSTEM_PATHS.get_or_init(|| {
        let all = [
            (SYSTEM, Access::Execute),
            (SETTINGS, Access::Read),
            (DEVICES, Access::Use),
            (SOURCES, Access::Read),
        ];
        let listed = all
            .into_iter()
            .flat_map(|(paths, access)| paths.iter().map(move |path| (Path::new(path), access)));
        let mut seen = HashSet::new();
        listed
            .filter_map(|(path, access)| opened(path, access))
            .chain(python_settings())
            .filter(|opened| seen.insert(opened.path.clone()))
            .collect()
    })
}

/// `/etc/python3`, `/etc/python3.11` and the like, which Debian's Python reads at its start.
fn python_settings() -> Vec<Opened> {
    let Ok(entries) = fs::read_dir("/etc") else {
        return Vec::new();
    };
    entries
        .flatten()
        .filter(|entry| entry.file_name().as_encoded_bytes().starts_with(b"python3"))
        .filter_map(|entry| opened(&entry.path(), Access::Read))
        .collect()
}

/// What an installed program reads of its own: for `X/bin/NAME` the usual folders of `X`, never `X` itself.
///
/// A virtual environment's interpreter is a link to another installation's, which is needed as well; so each place on
/// the way is taken.
fn installed(program: &Path) -> Vec<Opened> {
    let mut found = Vec::new();
    let mut at = program.to_owned();
    for _ in 0..MOST_HOPS {
        found.extend(beside_bin(&at));
        match fs::read_link(&at) {
            Ok(target) => {
                let folder = at.parent().unwrap_or(Path::new("/"));
                at = folder.join(target);
            }
            Err(_) => break,
        }
    }
    // Also where folders on the way are links.
    if let Some((path, is_folder)) = place(program) {
        found.extend(beside_bin(&path));
        found.push(Opened {
            path,
            is_folder,
            access: Access::Execute,
        });
    }
    found
}

fn beside_bin(program: &Path) -> Vec<Opened> {
    let Some(bin) = program
        .parent()
        .filter(|folder| folder.file_name() == Some(OsStr::new("bin")))
    else {
        return Vec::new();
    };
    let Some(root) = bin.parent() else {
        return Vec::new();
    };
    BESIDE_BIN
        .iter()
        .filter_map(|name| opened(&root.join(name), Access::Execute))
        .collect()
}

/// What no grant may open.
fn protected(asked: &Asked<'_>) -> Vec<Protected> {
    let whole = |path: &Path, what| Protected {
        path: path.canonicalize().unwrap_or_else(|_| path.to_owned()),
        what,
        within: false,
        readable: false,
    };
    let mut all = vec![
        whole(Path::new("/"), "the whole file system"),
        whole(Path::new("/run"), "the folder of the system's sockets"),
        Protected {
            within: true,
            ..whole(asked.home, "the framework's home")
        },
    ];
    all.extend(asked.person.map(|home| whole(home, "the person's home")));
    for (file, what) in [
        ("ai-lab.lock", "the lab's lock"),
        ("ai-lab.toml", "the lab's settings"),
        ("tools.lock", "the lab's lock of tools"),
    ] {
        all.extend(asked.instance.map(|lab| Protected {
            within: true,
            readable: true,
            ..whole(&lab.join(file), what)
        }));
    }
    all
}
