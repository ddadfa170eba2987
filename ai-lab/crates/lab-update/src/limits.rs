//! Every bound of this crate, with the harm that it stops.

use std::time::Duration;

/// How many steps one update may take, recoveries included. Stops a journal that leads in a circle.
pub const MOST_STEPS: u32 = 64;

/// How many examinations a release on trial may begin. More than one, because a machine may go off in the middle of one.
pub const TRIAL_TRIES: u32 = 3;

/// How often a release on trial is examined before it stays. Stops one that fails after a while.
pub(crate) const ROUNDS: u32 = 3;

/// How long running executions are waited for before an update gives up, in seconds.
pub const DRAIN_SECONDS: u64 = 60;

/// How long a program of the framework may say nothing. Stops one that hangs; whoever tells its progress goes on.
pub(crate) const SILENCE: Duration = Duration::from_mins(2);

/// How long it may take at all. Stops one that tells its progress for ever.
pub(crate) const WHOLE: Duration = Duration::from_hours(4);

/// How much of what a program answers is read, in bytes. Stops a flood.
pub(crate) const ANSWER_BYTES: usize = 16 * 1024 * 1024;

/// How much of what went wrong is told, in characters.
pub(crate) const SAID: usize = 600;

/// How many bytes a journal, a history or a quarantine may have. Stops another file in its place.
pub(crate) const RECORD_BYTES: u64 = 16 * 1024 * 1024;

/// How many updates the history keeps; the oldest go.
pub(crate) const HISTORY: usize = 200;

/// How many recorded executions a rehearsal carries out again.
pub(crate) const COMPARED: u32 = 20;

/// What is left free beside all that an update writes, in bytes.
pub(crate) const RESERVE_BYTES: u64 = 64 * 1024 * 1024;

/// How many files a file system must be able to take. A release has some hundred.
pub(crate) const RESERVE_FILES: u64 = 4_096;

/// The largest archive with what it unpacks to, in bytes, where the release's own size is not known yet.
pub(crate) const RELEASE_BYTES: u64 = 192 * 1024 * 1024;

/// How many earlier releases stay in the store beside the one in force.
pub(crate) const KEPT: usize = 3;

/// How many releases that will not do are named with why.
pub(crate) const SHOWN: usize = 5;
