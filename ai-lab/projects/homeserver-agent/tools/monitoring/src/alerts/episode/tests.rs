use proptest::prelude::*;

use super::*;
use crate::alerts::limits::{Severity, Stage};
use crate::alerts::rule::Side;

/// Bad from 90 on, worse from 97 on, well at 85.
fn limit(for_s: i64, clear_for_s: i64) -> Limit {
    let stage = |at, severity| Stage { at, severity };
    Limit {
        unit: "percent",
        side: Side::Above,
        stages: vec![
            stage(90.0, Severity::Warning),
            stage(97.0, Severity::Critical),
        ],
        clears_at: 85.0,
        for_s,
        clear_for_s,
    }
}

/// Phase, stage and how often it fired after each value, a minute apart; `None` where nothing is remembered.
fn course(limit: &Limit, values: &[f64]) -> Vec<Option<(Phase, usize, u32)>> {
    let mut episode = None;
    let step = |(minute, value): (usize, &f64)| {
        let now = i64::try_from(minute).expect("it is small") * 60;
        take(&mut episode, Some(*value), limit, now);
        episode
            .as_ref()
            .map(|one: &Episode| (one.phase, one.stage, one.times_fired))
    };
    values.iter().enumerate().map(step).collect()
}

fn take(episode: &mut Option<Episode>, value: Option<f64>, limit: &Limit, now: i64) {
    let is_kept = match (episode.as_mut(), value) {
        (None, None) => false,
        (None, Some(value)) => {
            *episode = Episode::begin(value, limit, now);
            true
        }
        (Some(one), None) => one.not_measured(false, now),
        (Some(one), Some(value)) => one.measured(value, limit, now),
    };
    if !is_kept {
        *episode = None;
    }
}

#[test]
fn it_fires_after_its_time_and_ends_after_its_time_below_the_lower_threshold() {
    use Phase::{Firing, Pending, Resolved};
    assert_eq!(
        course(
            &limit(120, 60),
            &[
                80.0, 91.0, 91.0, 91.0, 87.0, 84.0, 87.0, 84.0, 84.0, 91.0, 80.0
            ]
        ),
        [
            None,
            Some((Pending, 0, 0)),
            Some((Pending, 0, 0)),
            Some((Firing, 0, 1)),
            // Between the thresholds it goes on, and being well begins anew.
            Some((Firing, 0, 1)),
            Some((Firing, 0, 1)),
            Some((Firing, 0, 1)),
            Some((Firing, 0, 1)),
            Some((Resolved, 0, 1)),
            // Bad for too short a time: as if nothing had been.
            Some((Pending, 0, 1)),
            Some((Resolved, 0, 1)),
        ]
    );
}

#[test]
fn a_short_peak_leaves_nothing() {
    assert_eq!(
        course(&limit(120, 0), &[95.0, 84.0]),
        [Some((Phase::Pending, 0, 0)), None]
    );
}

#[test]
fn it_gets_worse_at_once_and_better_only_after_a_while_and_counts_as_one() {
    use Phase::Firing;
    let values = [91.0, 98.0, 92.0, 98.0, 92.0, 92.0, 92.0];
    assert_eq!(
        course(&limit(0, 120), &values),
        [0, 1, 1, 1, 1, 0, 0].map(|stage| Some((Firing, stage, 1)))
    );
}

#[test]
fn what_comes_and_goes_is_flapping_and_then_has_to_be_well_for_half_an_hour() {
    let limit = limit(0, 0);
    let mut episode = None;
    let mut now = 0;
    for value in [95.0, 80.0, 95.0, 80.0, 95.0] {
        take(&mut episode, Some(value), &limit, now);
        now += 60;
    }
    let begun_well = now;
    let mut resolved_after = None;
    while resolved_after.is_none() && now < 100_000 {
        take(&mut episode, Some(80.0), &limit, now);
        let one = episode.as_ref().expect("it is remembered");
        assert_eq!(one.times_fired, 3);
        resolved_after = (one.phase == Phase::Resolved).then_some(now - begun_well);
        now += 60;
    }
    assert_eq!(resolved_after, Some(FLAPPING_CLEAR_S));
    let one = episode.expect("it is remembered");
    assert!(one.is_flapping(now) && !one.is_flapping(now + FLAPPING_WITHIN_S));
}

#[test]
fn what_nobody_measures_any_more_ends_and_is_forgotten_after_a_day() {
    let limit = limit(0, 0);
    let begun = || Episode::begin(95.0, &limit, 0).expect("it is bad");
    let mut one = begun();
    assert!(one.not_measured(false, GONE_S - 1));
    assert_eq!(one.phase, Phase::Firing);
    assert!(one.not_measured(false, GONE_S));
    assert_eq!(
        (one.phase, one.resolved_at),
        (Phase::Resolved, Some(GONE_S))
    );
    assert!(one.not_measured(false, GONE_S + LISTED_S - 1));
    assert!(!one.not_measured(false, GONE_S + LISTED_S));
    let mut off = begun();
    assert!(off.not_measured(true, 1));
    assert_eq!(off.phase, Phase::Resolved);
}

#[test]
fn a_clock_set_back_holds_up_nothing() {
    let limit = limit(120, 60);
    let mut one = Episode::begin(95.0, &limit, 1_000_000).expect("it is bad");
    assert!(one.measured(95.0, &limit, 0));
    assert!(one.measured(95.0, &limit, 120));
    assert_eq!((one.phase, one.since), (Phase::Firing, 0));
}

#[test]
fn fewer_stages_than_before_are_no_surprise() {
    let mut one = Episode::begin(98.0, &limit(0, 0), 0).expect("it is bad");
    let shorter = Limit {
        stages: limit(0, 0).stages[..1].to_vec(),
        ..limit(0, 0)
    };
    assert!(one.measured(98.0, &shorter, 1));
    assert_eq!(one.stage, 0);
}

/// Times between values, and values: well, between, bad, worse, unknown.
fn samples() -> impl Strategy<Value = Vec<(i64, Option<f64>)>> {
    let value = prop_oneof![
        Just(None),
        (0.0..=85.0).prop_map(Some),
        (85.1..89.9).prop_map(Some),
        (90.0..100.0).prop_map(Some),
        Just(Some(f64::NAN)),
    ];
    prop::collection::vec((0_i64..4000, value), 1..60)
}

proptest! {
    #[test]
    fn it_never_fires_before_its_time_never_twice_at_once_and_always_ends(
        samples in samples(), for_s in 0_i64..3000, clear_for_s in 0_i64..3000,
    ) {
        let limit = limit(for_s, clear_for_s);
        let mut episode: Option<Episode> = None;
        let mut now = 0;
        // Since when every value was bad.
        let mut bad_since: Option<i64> = None;
        for (gap, value) in samples {
            now += gap;
            let is_bad = value.is_some_and(|value| value >= 90.0);
            bad_since = if is_bad { bad_since.or(Some(now)) } else { None };
            let before = episode.clone();
            take(&mut episode, value, &limit, now);
            let phase = |one: &Option<Episode>| one.as_ref().map(|one| one.phase);
            let times = |one: &Option<Episode>| one.as_ref().map_or(0, |one| one.times_fired);
            let began = phase(&episode) == Some(Phase::Firing) && phase(&before) != Some(Phase::Firing);
            if began {
                prop_assert!(bad_since.is_some_and(|since| now - since >= for_s), "fired early at {now}");
                prop_assert_eq!(times(&episode), times(&before) + 1);
            } else if episode.is_some() {
                prop_assert_eq!(times(&episode), times(&before));
            }
            if is_bad && bad_since.is_some_and(|since| now - since >= for_s) {
                prop_assert_eq!(phase(&episode), Some(Phase::Firing));
            }
            if phase(&before) == Some(Phase::Firing) && phase(&episode) != Some(Phase::Firing) {
                prop_assert!(!is_bad, "ended while bad at {now}");
                prop_assert_eq!(episode.as_ref().and_then(|one| one.resolved_at), Some(now));
            }
        }
        // Well from now on.
        let wait = clear_for_s.max(FLAPPING_CLEAR_S);
        for _ in 0..2 {
            take(&mut episode, Some(10.0), &limit, now);
            now += wait;
        }
        prop_assert!(episode.as_ref().is_none_or(|one| one.phase == Phase::Resolved), "{episode:?}");
        now += LISTED_S + FLAPPING_WITHIN_S;
        take(&mut episode, Some(10.0), &limit, now);
        prop_assert_eq!(episode, None);
    }
}
