//! Whether what is to be changed is still what was read.

/// The revision that the one who writes has read.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct Seen {
    /// Only if this revision is stored, as `show --json` tells it; else say what changed since.
    #[arg(long, value_name = "REVISION")]
    pub(crate) if_revision: Option<u64>,
}
