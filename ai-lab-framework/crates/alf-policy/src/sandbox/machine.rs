//! What a machine's kernel gives.

use serde::Serialize;

/// How far a tool is closed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SandboxLevel {
    /// Own process group, own environment, limits; the kernel closes nothing.
    None,
    /// Landlock, the system call filter, limits, no capabilities.
    L1,
    /// L1 in own mount, process and IPC namespaces, on a read-only file system.
    L2,
    /// L2 in an own network namespace, whose only way out is the framework's proxy.
    L3,
}

impl SandboxLevel {
    /// The word in the record.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::L1 => "l1",
            Self::L2 => "l2",
            Self::L3 => "l3",
        }
    }
}

/// What the kernel of this machine gives the user that asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each means of the kernel is there or not, whatever the others"
)]
pub struct Machine {
    /// The version of Landlock's interface; 0 where there is none.
    pub landlock_abi: u32,
    /// Whether system call filters can be set.
    pub seccomp: bool,
    /// Whether own mount, process and IPC namespaces can be had, through a user namespace where not root.
    pub namespaces: bool,
    /// Whether an own network namespace can be had beside them.
    pub network_namespace: bool,
    /// How processes and memory of a whole tree can be bounded.
    pub control_groups: ControlGroups,
    /// Whether tools run as root.
    pub is_root: bool,
    /// Whether the framework's own files belong to another user than the one tools run as.
    pub foreign_install: bool,
}

/// Which control groups can be made, with the controllers of processes and memory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ControlGroups {
    /// None, or without one of the two controllers.
    None,
    /// The unified hierarchy, delegated below this folder.
    Unified(String),
    /// The older hierarchies: the folders of `pids` and of `memory`.
    Split {
        /// Below which groups bound processes.
        pids: String,
        /// Below which groups bound memory.
        memory: String,
    },
}

impl Machine {
    /// What is weaker for every tool because of who runs it here; `None` for a plain user.
    ///
    /// Production needs control groups for it; the other profiles run with the kernel's limits alone.
    pub const fn note_of_root(&self) -> Option<&'static str> {
        if self.is_root {
            Some(
                "tools run as root: of experimental and standard tools the number of processes is not bounded",
            )
        } else {
            None
        }
    }

    /// A machine that gives everything; tests take parts away.
    pub const fn complete() -> Self {
        Self {
            landlock_abi: 7,
            seccomp: true,
            namespaces: true,
            network_namespace: true,
            control_groups: ControlGroups::None,
            is_root: false,
            foreign_install: false,
        }
    }
}
