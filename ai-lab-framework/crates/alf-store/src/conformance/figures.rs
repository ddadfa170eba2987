//! Facts about figures.

use ai_lab_contract::Metric;

use super::examples::{ended, id, started};
use crate::execution::{EndStatus, ExecutionStart};
use crate::figures::{ActionFigures, FiguresFilter, MetricFigures};
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
        error_rate: 0.06,
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
        error_rate: 1.0,
        p50_us: 0,
        p95_us: 0,
        p99_us: 0,
        max_us: 0,
        last_at_ms: 1_700_000_000_101,
        ..devices.clone()
    };
    let figures = |filter: FiguresFilter| store.action_figures(&filter).expect(WORKS);
    let all = FiguresFilter::default();
    assert_eq!(figures(all.clone()), [devices, reboot.clone()]);
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
