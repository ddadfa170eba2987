//! What goes wrong on demand.

use std::time::Duration;

/// How it goes wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TroubleKind {
    /// The answer comes this much later.
    Delay(Duration),
    /// The connection ends, and nothing was done.
    CutBefore,
    /// The connection ends, and what was asked for was done.
    CutAfter,
    /// Half of the answer comes, then the connection ends.
    CutWithin,
    /// HTTP 503: busy.
    Busy,
    /// A page with status 200.
    Page,
    /// A broken XML.
    Broken,
    /// A fault of this code.
    Fault(u16, &'static str),
    /// This HTTP status and nothing else.
    Status(u16),
    /// No answer at all until the caller leaves.
    Silence,
    /// An answer that never ends: as many bytes as the caller takes.
    Endless,
}

/// A trouble, for whom, and how often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// What has to stand in the journal's line of the request, such as `GetInfo`.
    pub when: &'static str,
    /// How it goes wrong.
    pub kind: TroubleKind,
    /// How often it still does.
    pub times: u32,
}

impl Trouble {
    /// Once.
    pub const fn once(when: &'static str, kind: TroubleKind) -> Self {
        Self::times(when, kind, 1)
    }

    /// So many times.
    pub const fn times(when: &'static str, kind: TroubleKind, times: u32) -> Self {
        Self { when, kind, times }
    }
}

/// Takes the trouble that is due for this request.
pub(crate) fn due(troubles: &mut [Trouble], line: &str) -> Option<TroubleKind> {
    let found = troubles
        .iter_mut()
        .find(|trouble| trouble.times > 0 && line.contains(trouble.when))?;
    found.times -= 1;
    Some(found.kind.clone())
}
