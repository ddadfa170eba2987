//! What the helper says when it did not become the tool.

use core::fmt;

/// The length of a report, in bytes. An empty answer means that the program runs.
pub const REPORT_BYTES: usize = 12;

/// The steps in the order in which they are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Step {
    /// Reading the orders.
    Orders = 1,
    /// Binding its life to the framework's.
    Parent,
    /// Closing what it inherited.
    Descriptors,
    /// Entering a control group.
    ControlGroup,
    /// Entering own namespaces.
    Namespaces,
    /// Making the file system read-only.
    Mounts,
    /// Keeping a granted path writable; numbered.
    WritablePath,
    /// Opening the one door of its own network.
    Network,
    /// Starting the first process of its own process namespace.
    Processes,
    /// Going to the tool's folder.
    Folder,
    /// Setting a limit; numbered.
    Limit,
    /// Giving up capabilities.
    Capabilities,
    /// Giving up new privileges.
    NewPrivileges,
    /// Making Landlock's ruleset.
    Ruleset,
    /// Letting a path through; numbered.
    Path,
    /// Letting a TCP port through; numbered.
    Port,
    /// Putting Landlock in force.
    Landlock,
    /// Putting the system call filter in force.
    Filter,
    /// Becoming the program: here nothing of the sandbox failed.
    Program,
}

impl Step {
    const ALL: [Self; 19] = [
        Self::Orders,
        Self::Parent,
        Self::Descriptors,
        Self::ControlGroup,
        Self::Namespaces,
        Self::Mounts,
        Self::WritablePath,
        Self::Network,
        Self::Processes,
        Self::Folder,
        Self::Limit,
        Self::Capabilities,
        Self::NewPrivileges,
        Self::Ruleset,
        Self::Path,
        Self::Port,
        Self::Landlock,
        Self::Filter,
        Self::Program,
    ];

    /// Its failure, where nothing is numbered.
    pub(crate) const fn failed(self, errno: i32) -> Failed {
        Failed {
            step: self,
            index: 0,
            errno,
        }
    }

    /// The step in words, to stand after "applying".
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Orders => "the orders",
            Self::Parent => "the bond to the framework",
            Self::Descriptors => "the closing of descriptors",
            Self::ControlGroup => "the control group",
            Self::Namespaces => "the namespaces",
            Self::Mounts => "the read-only file system",
            Self::WritablePath => "a writable path",
            Self::Network => "the own network",
            Self::Processes => "the process namespace",
            Self::Folder => "the tool's folder",
            Self::Limit => "a limit",
            Self::Capabilities => "the loss of capabilities",
            Self::NewPrivileges => "the bar to new privileges",
            Self::Ruleset => "the Landlock ruleset",
            Self::Path => "a path of the Landlock ruleset",
            Self::Port => "a port of the Landlock ruleset",
            Self::Landlock => "Landlock",
            Self::Filter => "the system call filter",
            Self::Program => "the program",
        }
    }
}

/// A step that failed: nothing was started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failed {
    /// Which step.
    pub step: Step,
    /// Which of the numbered things of that step, from 0; 0 for a step without numbers.
    pub index: u32,
    /// The kernel's error number.
    pub errno: i32,
}

impl Failed {
    /// As it goes through the status pipe.
    pub fn to_bytes(self) -> [u8; REPORT_BYTES] {
        let mut bytes = [0; REPORT_BYTES];
        bytes[..4].copy_from_slice(&(self.step as u32).to_le_bytes());
        bytes[4..8].copy_from_slice(&self.index.to_le_bytes());
        bytes[8..].copy_from_slice(&self.errno.to_le_bytes());
        bytes
    }

    /// Reads a report; `None` for anything else.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let word = |at: usize| -> Option<[u8; 4]> { bytes.get(at..at + 4)?.try_into().ok() };
        if bytes.len() != REPORT_BYTES {
            return None;
        }
        let number = u32::from_le_bytes(word(0)?);
        let step = Step::ALL.into_iter().find(|step| *step as u32 == number)?;
        Some(Self {
            step,
            index: u32::from_le_bytes(word(4)?),
            errno: i32::from_le_bytes(word(8)?),
        })
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (number {})", self.step.as_str(), self.index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_comes_through_the_pipe_as_it_was() {
        for step in Step::ALL {
            let failed = Failed {
                step,
                index: 7,
                errno: -13,
            };
            assert_eq!(Failed::from_bytes(&failed.to_bytes()), Some(failed));
        }
    }

    #[test]
    fn what_is_no_report_is_not_taken_for_one() {
        let mut unknown = [0; REPORT_BYTES];
        unknown[0] = 99;
        assert_eq!(Failed::from_bytes(&unknown), None);
        assert_eq!(Failed::from_bytes(&[1; REPORT_BYTES - 1]), None);
        assert_eq!(Failed::from_bytes(&[1; REPORT_BYTES + 1]), None);
    }
}
