//! What the locks say of tools, for listings: read once a lock, no tool digested.

use std::collections::HashMap;
use std::path::PathBuf;

use ai_lab_contract::Profile;
use alf_catalog::FoundTool;
use alf_lock::ToolsLock;
use serde::Serialize;

use super::file::LockFile;
use crate::framework::Framework;

/// What a lock says of a tool.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// Whether it is in the lock, changed since or not.
    pub pinned: bool,
    /// Whose rules it was seen to keep as it was pinned; `None` when nobody has looked.
    pub validated: Option<Profile>,
}

impl Standing {
    /// Whether others may take a pinned tool's claim for more than was seen. An experimental tool claims nothing.
    pub fn is_unproven(self, claimed: Profile) -> bool {
        let is_enough = self.validated.is_some_and(|profile| profile >= claimed);
        self.pinned && claimed > Profile::Experimental && !is_enough
    }
}

/// The locks that were read so far.
#[derive(Debug, Default)]
pub(crate) struct Standings {
    locks: HashMap<PathBuf, ToolsLock>,
}

impl Standings {
    /// What the tool's lock says of it. A lock that cannot be used says nothing: each call says why.
    pub(crate) fn of(&mut self, framework: &Framework, tool: &FoundTool) -> Standing {
        let lock = LockFile::of(framework, &tool.origin);
        let read = self
            .locks
            .entry(lock.path())
            .or_insert_with(|| lock.read().unwrap_or_default());
        let pin = read.tools.get(&tool.manifest.name);
        pin.map_or_else(Standing::default, |pin| Standing {
            pinned: true,
            validated: pin.validated.as_ref().map(|seen| seen.profile),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_pinned_claim_that_nobody_has_seen_is_unproven() {
        let check = |pinned, validated, claimed, expected| {
            let standing = Standing { pinned, validated };
            assert_eq!(
                standing.is_unproven(claimed),
                expected,
                "{standing:?} {claimed}"
            );
        };
        check(true, None, Profile::Standard, true);
        check(true, Some(Profile::Standard), Profile::Standard, false);
        check(true, Some(Profile::Standard), Profile::Production, true);
        check(true, Some(Profile::Production), Profile::Standard, false);
        check(true, None, Profile::Experimental, false);
        check(false, None, Profile::Standard, false);
    }
}
