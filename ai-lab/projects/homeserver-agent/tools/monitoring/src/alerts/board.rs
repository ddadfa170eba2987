//! All alerts together: what is remembered of them, and what a run makes of it.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::episode::{Episode, Phase};
use super::limits::{Limit, Severity};
use super::observation::Observation;
use super::rule::Rule;
use crate::clock::rfc3339;

/// How many alerts are remembered. Stops names that change with each look from filling the folder.
pub(crate) const MOST_KEPT: usize = 512;

/// One alert.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Alert {
    /// `rule:subject`: the same as long as both are.
    pub(crate) key: String,
    /// What is looked at.
    pub(crate) rule: Rule,
    /// Of what: a mount point, a check's name, `machine`.
    pub(crate) subject: String,
    /// How bad it is.
    pub(crate) severity: Severity,
    /// Where it is in its course.
    pub(crate) state: Phase,
    /// Since when it is bad (RFC 3339); of a resolved one, since when it was.
    pub(crate) since: String,
    /// When it ended; `null` while it has not.
    pub(crate) resolved_at: Option<String>,
    /// The value when it was last measured.
    pub(crate) value: f64,
    /// What value and thresholds are: `percent`, `celsius`, `days`, `failures`, `per_core`; `state` is 1 or 0.
    pub(crate) unit: String,
    /// The threshold that the value crossed.
    pub(crate) threshold: f64,
    /// Where it is well again.
    pub(crate) clears_at: f64,
    /// How often it fired since it was first listed.
    pub(crate) times_fired: u32,
    /// Whether it comes and goes; then it has to be well for half an hour until it is over.
    pub(crate) flapping: bool,
    /// What it is, in a sentence.
    pub(crate) sentence: String,
    /// What to look at next: a command.
    pub(crate) next: String,
}

/// What is remembered of one alert.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub(crate) struct Entry {
    rule: Rule,
    subject: String,
    episode: Episode,
    severity: Severity,
    value: f64,
    unit: String,
    threshold: f64,
    clears_at: f64,
    sentence: String,
    next: String,
}

impl Entry {
    /// It was looked for and not found bad; whether it is still to be remembered.
    fn is_well(&mut self, limit: &Limit, now: i64) -> bool {
        self.value = limit.clears_at;
        self.sentence = format!("{} is well again", self.subject);
        self.episode.measured(limit.clears_at, limit, now)
    }
}

/// What is remembered of all.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
pub(crate) struct Board {
    #[serde(default)]
    format: Format,
    #[serde(default)]
    entries: BTreeMap<String, Entry>,
    /// How often each check failed on end.
    #[serde(default)]
    pub(crate) failures: BTreeMap<String, u32>,
}

/// The form of the file. Another one, of a later version, is not read and so never written over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "u32", into = "u32")]
struct Format;

const FORMAT: u32 = 1;

impl TryFrom<u32> for Format {
    type Error = String;

    fn try_from(found: u32) -> Result<Self, String> {
        (found == FORMAT).then_some(Self).ok_or_else(|| {
            format!("it has the form {found}, and this version knows the form {FORMAT}")
        })
    }
}

impl From<Format> for u32 {
    fn from(_: Format) -> Self {
        FORMAT
    }
}

/// What a run brings.
#[derive(Debug)]
pub(crate) struct Run<'a> {
    pub(crate) seen: &'a [Observation],
    /// Of the rules that are on.
    pub(crate) limits: &'a BTreeMap<Rule, Limit>,
    /// Rules of which everything bad was seen, so that whatever was not is well.
    pub(crate) complete: &'a [Rule],
    /// Keys that the person does not want to hear of.
    pub(crate) quiet: &'a [String],
    /// Seconds since 1970.
    pub(crate) now: i64,
}

impl Board {
    /// Takes what a run saw. How many new alerts found no room is returned.
    pub(crate) fn take(&mut self, run: &Run<'_>) -> usize {
        let mut seen = BTreeSet::new();
        let mut without_room = 0;
        for observation in run.seen {
            let key = observation.key();
            let is_wanted = !run.quiet.contains(&key);
            let Some(limit) = run.limits.get(&observation.rule).filter(|_| is_wanted) else {
                continue;
            };
            // Of two with one name, as of sensors, the first is the worse.
            if !seen.insert(key.clone()) {
                continue;
            }
            let limit = observation.limit(limit);
            if !self.take_one(&key, observation, &limit, run.now) {
                without_room += 1;
            }
        }
        self.entries.retain(|key, entry| {
            let is_off = run.quiet.contains(key) || !run.limits.contains_key(&entry.rule);
            if seen.contains(key) {
                return true;
            }
            match run.limits.get(&entry.rule) {
                Some(limit) if !is_off && run.complete.contains(&entry.rule) => {
                    entry.is_well(limit, run.now)
                }
                Some(_) | None => entry.episode.not_measured(is_off, run.now),
            }
        });
        without_room
    }

    /// Whether there was room for it.
    fn take_one(&mut self, key: &str, seen: &Observation, limit: &Limit, now: i64) -> bool {
        let mut entry = match self.entries.remove(key) {
            Some(mut entry) => {
                if !entry.episode.measured(seen.value, limit, now) {
                    return true;
                }
                entry.value = seen.value;
                entry.sentence.clone_from(&seen.sentence);
                entry.next.clone_from(&seen.next);
                entry
            }
            None => match Episode::begin(seen.value, limit, now) {
                None => return true,
                Some(_) if self.entries.len() >= MOST_KEPT => return false,
                Some(episode) => Entry {
                    rule: seen.rule,
                    subject: seen.subject.clone(),
                    episode,
                    severity: Severity::Warning,
                    value: seen.value,
                    unit: limit.unit.to_owned(),
                    threshold: 0.0,
                    clears_at: 0.0,
                    sentence: seen.sentence.clone(),
                    next: seen.next.clone(),
                },
            },
        };
        if let Some(stage) = limit.stages.get(entry.episode.stage) {
            entry.severity = stage.severity;
            entry.threshold = stage.at;
        }
        entry.clears_at = limit.clears_at;
        self.entries.insert(key.to_owned(), entry);
        true
    }

    /// All alerts, the worst first: firing before pending before resolved, critical before warning, the latest first.
    pub(crate) fn alerts(&self, now: i64) -> Vec<Alert> {
        let mut entries: Vec<(&String, &Entry)> = self.entries.iter().collect();
        entries.sort_by(|(key, a), (other, b)| {
            let rank = |entry: &Entry| (entry.episode.phase, entry.severity, entry.episode.since);
            rank(b).cmp(&rank(a)).then_with(|| key.cmp(other))
        });
        entries
            .into_iter()
            .map(|(key, entry)| alert(key, entry, now))
            .collect()
    }
}

fn alert(key: &str, entry: &Entry, now: i64) -> Alert {
    let episode = &entry.episode;
    let is_over = episode.phase == Phase::Resolved;
    Alert {
        key: key.to_owned(),
        rule: entry.rule,
        subject: entry.subject.clone(),
        severity: entry.severity,
        state: episode.phase,
        since: rfc3339(episode.since),
        resolved_at: episode.resolved_at.filter(|_| is_over).map(rfc3339),
        value: entry.value,
        unit: entry.unit.clone(),
        threshold: entry.threshold,
        clears_at: entry.clears_at,
        times_fired: episode.times_fired,
        flapping: episode.is_flapping(now),
        sentence: entry.sentence.clone(),
        next: entry.next.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::alerts::limits::{Thresholds, limits};

    fn disk(point: &str, percent: f64) -> Observation {
        Observation::new(
            Rule::DiskUsed,
            point,
            percent,
            &format!("{point} is {percent} % full"),
            "du",
        )
    }

    fn take(board: &mut Board, seen: &[Observation], now: i64) -> usize {
        let limits = limits(&Thresholds::default()).expect("what is usual is sound");
        board.take(&Run {
            seen,
            limits: &limits,
            complete: &[Rule::UnitFailed],
            quiet: &["disk_used:/quiet".to_owned()],
            now,
        })
    }

    #[test]
    fn an_alert_is_told_as_whoever_acts_on_it_expects() {
        let mut board = Board::default();
        take(
            &mut board,
            &[disk("/", 93.2), disk("/quiet", 99.0), disk("/a", 20.0)],
            0,
        );
        let told = serde_json::to_value(board.alerts(0)).expect("it is JSON");
        assert_eq!(
            told,
            json!([{
                "key": "disk_used:/", "rule": "disk_used", "subject": "/", "severity": "warning",
                "state": "firing", "since": "1970-01-01T00:00:00Z", "resolved_at": null,
                "value": 93.2, "unit": "percent", "threshold": 90.0, "clears_at": 85.0,
                "times_fired": 1, "flapping": false, "sentence": "/ is 93.2 % full", "next": "du",
            }])
        );
        take(&mut board, &[disk("/", 50.0)], 60);
        take(&mut board, &[disk("/", 50.0)], 360);
        let told = &board.alerts(360)[0];
        assert_eq!(
            (
                told.state,
                told.resolved_at.as_deref(),
                told.sentence.as_str()
            ),
            (
                Phase::Resolved,
                Some("1970-01-01T00:06:00Z"),
                "/ is 50 % full"
            )
        );
        take(&mut board, &[disk("/", 50.0)], 360 + 24 * 3600);
        assert_eq!(board.alerts(0), []);
    }

    #[test]
    fn the_worst_comes_first() {
        let mut board = Board::default();
        let memory = |percent| Observation::new(Rule::MemoryAvailable, "machine", percent, "", "");
        take(
            &mut board,
            &[disk("/a", 91.0), disk("/b", 98.0), memory(3.0)],
            0,
        );
        take(
            &mut board,
            &[disk("/a", 20.0), disk("/b", 98.0), disk("/c", 91.0)],
            60,
        );
        take(&mut board, &[disk("/b", 98.0), disk("/c", 91.0)], 400);
        take(&mut board, &[disk("/a", 20.0), memory(3.0)], 401);
        take(&mut board, &[disk("/a", 20.0), memory(3.0)], 701);
        let keys: Vec<String> = board
            .alerts(701)
            .into_iter()
            .map(|one| format!("{} {:?}", one.key, one.state))
            .collect();
        assert_eq!(
            keys,
            [
                "memory_available:machine Firing",
                "disk_used:/b Firing",
                "disk_used:/c Firing",
                "disk_used:/a Resolved",
            ]
        );
    }

    #[test]
    fn a_limit_of_ones_own_goes_before_the_usual_one() {
        let mut board = Board::default();
        let mut cool = Observation::new(Rule::Temperature, "sda", 61.0, "", "");
        cool.own = Some(crate::alerts::observation::OwnLimit {
            warning: 55.0,
            critical: 60.0,
            clears_at: 50.0,
        });
        take(&mut board, &[cool.clone()], 0);
        take(&mut board, &[cool], 200);
        let told = &board.alerts(200)[0];
        assert_eq!(
            (told.severity, told.threshold, told.clears_at, told.state),
            (Severity::Critical, 60.0, 50.0, Phase::Firing)
        );
    }

    #[test]
    fn what_is_not_among_all_that_is_bad_is_well() {
        let mut board = Board::default();
        let failed = Observation::state(Rule::UnitFailed, "a.service", true, "it failed", "");
        take(&mut board, std::slice::from_ref(&failed), 0);
        take(&mut board, &[failed], 60);
        assert_eq!(board.alerts(60)[0].state, Phase::Firing);
        take(&mut board, &[], 120);
        let told = &board.alerts(120)[0];
        assert_eq!(
            (told.state, told.sentence.as_str()),
            (Phase::Resolved, "a.service is well again")
        );
    }

    #[test]
    fn there_is_room_for_so_many_and_for_those_that_are_there() {
        let mut board = Board::default();
        let many: Vec<_> = (0..MOST_KEPT + 3)
            .map(|number| disk(&format!("/{number}"), 95.0))
            .collect();
        assert_eq!(take(&mut board, &many, 0), 3);
        assert_eq!(take(&mut board, &many, 1), 3);
        assert_eq!(board.alerts(1).len(), MOST_KEPT);
    }

    #[test]
    fn a_file_of_a_later_form_is_not_read() {
        let read = |text: &str| serde_json::from_str::<Board>(text).map_err(|e| e.to_string());
        let kept = serde_json::to_string(&Board::default()).expect("it is JSON");
        assert_eq!(read(&kept), Ok(Board::default()));
        let error = read(r#"{"format": 2}"#).expect_err("it is later");
        assert!(error.starts_with("it has the form 2"), "{error}");
    }
}
