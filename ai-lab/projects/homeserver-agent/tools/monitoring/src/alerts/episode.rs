//! The course of one alert: `pending`, `firing`, `resolved`. Decides by values and moments alone.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::limits::Limit;

/// How long an alert that is over stays listed, in seconds: whoever asks now and then sees its end.
pub(crate) const LISTED_S: i64 = 24 * 3600;

/// How often it has to fire within [`FLAPPING_WITHIN_S`] to be called flapping.
const FLAPPING_TIMES: usize = 3;

/// See [`FLAPPING_TIMES`], in seconds.
const FLAPPING_WITHIN_S: i64 = 6 * 3600;

/// How long what flaps has to be well until it is over, in seconds. Stops an alert a minute.
const FLAPPING_CLEAR_S: i64 = 30 * 60;

/// How long a firing alert stays without a measurement, in seconds: the disk is gone, the check is no more.
const GONE_S: i64 = 3600;

/// Where an alert is in its course.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Phase {
    /// It is well, and was bad within the last day.
    Resolved,
    /// It is bad, not yet for long enough.
    Pending,
    /// It is bad.
    Firing,
}

/// One alert's course, as it is remembered. Moments are seconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) struct Episode {
    pub(crate) phase: Phase,
    /// Since when it is bad; of a resolved one, since when it was.
    pub(crate) since: i64,
    /// The stage that is told: an index into the limit's.
    pub(crate) stage: usize,
    /// When that stage or a worse one was last seen.
    stage_seen: i64,
    /// Since when it is well while it still fires.
    clear_since: Option<i64>,
    pub(crate) resolved_at: Option<i64>,
    /// `since` of the time before, to which a pending one that does not fire returns.
    earlier: Option<i64>,
    /// When it was last measured.
    pub(crate) measured_at: i64,
    /// When it last fired, the latest last; as many as flapping needs.
    fired_at: Vec<i64>,
    /// How often it fired since it was first listed.
    pub(crate) times_fired: u32,
}

impl Episode {
    /// One that begins; `None` while the value is not bad.
    pub(crate) fn begin(value: f64, limit: &Limit, now: i64) -> Option<Self> {
        let stage = limit.stage(value)?;
        let mut begun = Self {
            phase: Phase::Pending,
            since: now,
            stage,
            stage_seen: now,
            clear_since: None,
            resolved_at: None,
            earlier: None,
            measured_at: now,
            fired_at: Vec::new(),
            times_fired: 0,
        };
        begun.fire_in_time(limit, now);
        Some(begun)
    }

    /// Whether it fires too often.
    pub(crate) fn is_flapping(&self, now: i64) -> bool {
        let recent = self
            .fired_at
            .iter()
            .filter(|at| now - **at <= FLAPPING_WITHIN_S);
        recent.count() >= FLAPPING_TIMES
    }

    /// Takes a value; whether the alert is still to be remembered.
    pub(crate) fn measured(&mut self, value: f64, limit: &Limit, now: i64) -> bool {
        self.not_after(now);
        self.measured_at = now;
        // A configuration that names fewer stages than there were.
        self.stage = self.stage.min(limit.stages.len().saturating_sub(1));
        match (self.phase, limit.stage(value)) {
            (Phase::Resolved, None) => {}
            (Phase::Resolved, Some(stage)) => {
                self.phase = Phase::Pending;
                self.earlier = Some(self.since);
                self.since = now;
                self.reach(stage, now);
                self.fire_in_time(limit, now);
            }
            (Phase::Pending, None) => return self.back_to_well(),
            (Phase::Pending, Some(stage)) => {
                self.reach(stage, now);
                self.fire_in_time(limit, now);
            }
            (Phase::Firing, Some(stage)) => {
                self.clear_since = None;
                if stage >= self.stage || now - self.stage_seen >= limit.clear_for_s {
                    self.reach(stage, now);
                }
            }
            (Phase::Firing, None) if limit.is_clear(value) => self.clear_in_time(limit, now),
            // Neither bad nor well: it goes on.
            (Phase::Firing, None) => self.clear_since = None,
        }
        self.is_listed(now)
    }

    /// Takes that there is no value; whether the alert is still to be remembered. Whether a rule that is off or a
    /// subject that is gone: without anybody to measure it, it ends.
    pub(crate) fn not_measured(&mut self, is_off: bool, now: i64) -> bool {
        self.not_after(now);
        match self.phase {
            Phase::Resolved => {}
            Phase::Pending => return self.back_to_well(),
            Phase::Firing if is_off || now - self.measured_at >= GONE_S => self.resolve(now),
            // Whoever does not answer is not well.
            Phase::Firing => self.clear_since = None,
        }
        self.is_listed(now)
    }

    fn is_listed(&self, now: i64) -> bool {
        self.phase != Phase::Resolved
            || self.resolved_at.is_some_and(|at| now - at < LISTED_S)
            || self.is_flapping(now)
    }

    fn reach(&mut self, stage: usize, now: i64) {
        self.stage = stage;
        self.stage_seen = now;
    }

    fn fire_in_time(&mut self, limit: &Limit, now: i64) {
        if now - self.since < limit.for_s {
            return;
        }
        self.phase = Phase::Firing;
        self.resolved_at = None;
        self.earlier = None;
        self.clear_since = None;
        self.times_fired = self.times_fired.saturating_add(1);
        if self.fired_at.len() == FLAPPING_TIMES {
            self.fired_at.remove(0);
        }
        self.fired_at.push(now);
    }

    fn clear_in_time(&mut self, limit: &Limit, now: i64) {
        let since = *self.clear_since.get_or_insert(now);
        let wanted = if self.is_flapping(now) {
            limit.clear_for_s.max(FLAPPING_CLEAR_S)
        } else {
            limit.clear_for_s
        };
        if now - since >= wanted {
            self.resolve(now);
        }
    }

    fn resolve(&mut self, now: i64) {
        self.phase = Phase::Resolved;
        self.resolved_at = Some(now);
        self.clear_since = None;
    }

    /// A pending one that did not fire: as if nothing had been.
    fn back_to_well(&mut self) -> bool {
        self.phase = Phase::Resolved;
        let earlier = self.earlier.take();
        self.since = earlier.unwrap_or(self.since);
        earlier.is_some()
    }

    /// A clock that was set back must not make anything wait for the old time to come again.
    fn not_after(&mut self, now: i64) {
        let optional = [
            &mut self.clear_since,
            &mut self.resolved_at,
            &mut self.earlier,
        ];
        let moments = [&mut self.since, &mut self.stage_seen, &mut self.measured_at];
        let all = optional
            .into_iter()
            .flatten()
            .chain(moments)
            .chain(&mut self.fired_at);
        for moment in all {
            *moment = (*moment).min(now);
        }
    }
}

#[cfg(test)]
mod tests;
