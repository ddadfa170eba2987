//! Facts about figures.

use ai_lab_contract::Metric;

use super::examples::{ended, id, started};
use crate::execution::{EndStatus, ExecutionStart};
use crate::figures::{ActionFigures, FiguresFilter, MetricFigures, TimeBucket};
use crate::run_times::PERCENTILE_ERROR;
use crate::store::Store;

const WORKS: &str = "because the store works";
const NAME: &str = "because the name holds to its rule";

/// A hundred executions of `fritzbox.devices`: numbers 1 to 94 succeed, 95 to 98 fail, 99 and 100 are
/// interrupted; run times are 1001 µs and up.
fn hundred(store: &dyn Store) {
    for number in 1..=100 {
        store.start_execution(&started(number)).expect(WORKS);
        let status = match number {
            1..=94 => EndStatus::Succeeded,
            95..=98 => EndStatus::Failed,
            _ => EndStatus::Interrupted,
        };
        store.end_execution(&ended(number, status)).expect(WORKS);
    }
}

pub(super) fn rates_and_percentiles_are_those_of_the_rows(store: &dyn Store) {
    hundred(store);
    let other = ExecutionStart {
        action: "reboot".parse().expect(NAME),
        ..started(101)
    };
    store.start_execution(&other).expect(WORKS);
    store
        .end_execution(&ended(101, EndStatus::Interrupted))
        .expect(WORKS);
    store.start_execution(&started(102)).expect(WORKS);
    let devices = ActionFigures {
        tool: "fritzbox".parse().expect(NAME),
        action: "devices".parse().expect(NAME),
        count: 100,
        failed: 6,
        interrupted: 2,
        error_rate: 0.06,
        sum_us: (1_001..=1_098).sum(),
        // Nearest rank among 98 run times: the 49th, 94th (93.1 rounded up), 98th and 98th.
        p50_us: 1049,
        p95_us: 1094,
        p99_us: 1098,
        max_us: 1098,
        last_at_ms: 1_700_000_000_100,
    };
    let reboot = ActionFigures {
        action: "reboot".parse().expect(NAME),
        count: 1,
        failed: 1,
        interrupted: 1,
        error_rate: 1.0,
        sum_us: 0,
        p50_us: 0,
        p95_us: 0,
        p99_us: 0,
        max_us: 0,
        last_at_ms: 1_700_000_000_101,
        ..devices.clone()
    };
    let figures = |filter: FiguresFilter| {
        let figures = store.action_figures(&filter).expect(WORKS);
        near(figures, &devices)
    };
    let all = FiguresFilter::default();
    assert_eq!(figures(all.clone()), [devices.clone(), reboot.clone()]);
    let narrow = FiguresFilter {
        tool: Some(reboot.tool.clone()),
        action: Some(reboot.action.clone()),
        since_ms: Some(reboot.last_at_ms),
    };
    assert_eq!(figures(narrow), [reboot]);
    let nobody = FiguresFilter {
        tool: Some("monitoring".parse().expect(NAME)),
        ..all
    };
    assert_eq!(figures(nobody), []);
}

/// The same figures with exact percentiles where those told are as near as they promise to be.
fn near(mut figures: Vec<ActionFigures>, exact: &ActionFigures) -> Vec<ActionFigures> {
    let near = |told: &mut u64, exact: u64| {
        #[expect(clippy::cast_precision_loss, reason = "the values are small")]
        let bound = exact as f64 * PERCENTILE_ERROR;
        #[expect(clippy::cast_precision_loss, reason = "the values are small")]
        if told.abs_diff(exact) as f64 <= bound {
            *told = exact;
        }
    };
    for one in figures.iter_mut().filter(|one| one.action == exact.action) {
        near(&mut one.p50_us, exact.p50_us);
        near(&mut one.p95_us, exact.p95_us);
        near(&mut one.p99_us, exact.p99_us);
    }
    figures
}

/// Executions at these instants, every second one failed; all are ended a day later.
fn at(store: &dyn Store, instants: &[i64]) {
    for (number, started_at_ms) in (1..).zip(instants) {
        let start = ExecutionStart {
            started_at_ms: *started_at_ms,
            ..started(number)
        };
        store.start_execution(&start).expect(WORKS);
        let status = if number % 2 == 0 {
            EndStatus::Failed
        } else {
            EndStatus::Succeeded
        };
        store.end_execution(&ended(number, status)).expect(WORKS);
    }
}

const HOUR_MS: i64 = 3_600_000;
/// Midnight of a day.
const MIDNIGHT_MS: i64 = 1_700_006_400_000;

pub(super) fn buckets_hold_what_started_in_them(store: &dyn Store) {
    let instants = [
        MIDNIGHT_MS - 1,
        MIDNIGHT_MS,
        MIDNIGHT_MS + HOUR_MS - 1,
        MIDNIGHT_MS + HOUR_MS,
        MIDNIGHT_MS + 26 * HOUR_MS,
    ];
    at(store, &instants);
    let told = |bucket, since_ms| {
        let filter = FiguresFilter {
            since_ms,
            ..FiguresFilter::default()
        };
        let buckets = store.figures_by_bucket(&filter, bucket).expect(WORKS);
        let told = buckets.iter().map(|one| {
            let from = (one.starts_at_ms - MIDNIGHT_MS) / HOUR_MS;
            let to = (one.ends_at_ms - MIDNIGHT_MS) / HOUR_MS;
            (from, to, one.figures.count, one.figures.failed)
        });
        told.collect::<Vec<_>>()
    };
    let hours = [(-1, 0, 1, 0), (0, 1, 2, 1), (1, 2, 1, 1), (26, 27, 1, 0)];
    let days = [(-24, 0, 1, 0), (0, 24, 3, 2), (24, 48, 1, 0)];
    assert_eq!(told(TimeBucket::Hour, None), hours);
    assert_eq!(told(TimeBucket::Day, None), days);
    // A bucket that the instant lies in is told whole.
    let since = Some(MIDNIGHT_MS + HOUR_MS - 1);
    assert_eq!(told(TimeBucket::Hour, since), hours[1..]);
    assert_eq!(told(TimeBucket::Day, since), days[1..]);
}

pub(super) fn figures_since_an_instant_are_exact(store: &dyn Store) {
    let instants: Vec<i64> = (0..60)
        .map(|n| MIDNIGHT_MS + n * 3 * HOUR_MS / 4 + n)
        .collect();
    at(store, &instants);
    for since in instants.iter().flat_map(|at| [*at - 1, *at, *at + 1]) {
        let filter = FiguresFilter {
            since_ms: Some(since),
            ..FiguresFilter::default()
        };
        let expected = instants.iter().filter(|at| **at >= since).count() as u64;
        let figures = store.action_figures(&filter).expect(WORKS);
        let metrics = store.metric_figures(&filter).expect(WORKS);
        let told = (
            figures.iter().map(|one| one.count).sum::<u64>(),
            metrics.iter().map(|one| one.count).sum::<u64>(),
        );
        assert_eq!(told, (expected, expected), "{since}");
        if let (Some(figures), Some(metrics)) = (figures.first(), metrics.first()) {
            assert_eq!((figures.last_at_ms, figures.max_us), (instants[59], 1_060));
            #[expect(clippy::float_cmp, reason = "small whole numbers are exact")]
            let last = metrics.last == 60.0;
            assert!(last, "{metrics:?}");
        }
    }
}

pub(super) fn metrics_add_up_by_name_and_unit(store: &dyn Store) {
    for (number, value) in [(1, 4.0), (2, -1.5), (3, 2.5)] {
        store.start_execution(&started(number)).expect(WORKS);
        let mut end = ended(number, EndStatus::Succeeded);
        let metric = |unit: &str| Metric {
            name: "latency".to_owned(),
            value,
            unit: unit.to_owned(),
        };
        end.metrics = vec![metric("ms")];
        if number == 3 {
            end.metrics.push(metric("s"));
        }
        store.end_execution(&end).expect(WORKS);
        assert_eq!(store.metrics(&id(number)).expect(WORKS), end.metrics);
    }
    let milliseconds = MetricFigures {
        tool: "fritzbox".parse().expect(NAME),
        action: "devices".parse().expect(NAME),
        name: "latency".to_owned(),
        unit: "ms".to_owned(),
        count: 3,
        sum: 5.0,
        min: -1.5,
        max: 4.0,
        last: 2.5,
    };
    let seconds = MetricFigures {
        unit: "s".to_owned(),
        count: 1,
        sum: 2.5,
        min: 2.5,
        max: 2.5,
        ..milliseconds.clone()
    };
    let all = store
        .metric_figures(&FiguresFilter::default())
        .expect(WORKS);
    assert_eq!(all, [milliseconds, seconds]);
    let later = FiguresFilter {
        since_ms: Some(1_700_000_000_003),
        ..FiguresFilter::default()
    };
    let counts = store.metric_figures(&later).expect(WORKS);
    let counts: Vec<u64> = counts.iter().map(|figures| figures.count).collect();
    assert_eq!(counts, [1, 1]);
}

pub(super) fn an_empty_store_has_no_figures(store: &dyn Store) {
    let filter = FiguresFilter::default();
    assert_eq!(store.action_figures(&filter).expect(WORKS), []);
    assert_eq!(store.metric_figures(&filter).expect(WORKS), []);
}
