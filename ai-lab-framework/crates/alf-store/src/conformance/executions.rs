//! Facts about executions.

use ai_lab_contract::{ActionName, ErrorClass, ExecutionId, Metric, Profile};

use super::examples::{ended, id, started};
use crate::error::{FindError, RecordError};
use crate::execution::{
    Answered, EndStatus, Ended, Execution, ExecutionEnd, ExecutionStart, RecordedError, Status,
};
use crate::listing::{ExecutionFilter, MOST_ROWS, USUAL_ROWS};
use crate::log::LogFilter;
use crate::store::Store;

const WORKS: &str = "because the store works";
const NAME: &str = "because the name holds to its rule";

/// Records `count` starts with numbers from 1.
fn start_many(store: &dyn Store, count: u32) {
    for number in 1..=count {
        store.start_execution(&started(number)).expect(WORKS);
    }
}

fn read(store: &dyn Store, number: u32) -> Execution {
    let found = store.execution(&id(number)).expect(WORKS);
    found.expect("because it was recorded")
}

fn numbers(executions: &[Execution]) -> Vec<String> {
    executions
        .iter()
        .map(|one| one.start.execution_id.to_string())
        .collect()
}

/// What an end must look like when it is read; the link is the backend's to choose.
fn kept(end: &ExecutionEnd, read: &Execution) -> Ended {
    let link = read.ended.as_ref().map(|ended| ended.link.clone());
    Ended {
        error: end.error.clone(),
        answered: end.answered.clone(),
        output: end.output.clone(),
        output_bytes: end.output_bytes,
        log_bytes: end.log_bytes,
        exit: end.exit.clone(),
        ended_at_ms: end.ended_at_ms,
        start_us: end.start_us,
        run_us: end.run_us,
        record_us: end.record_us,
        link: link.expect("because it has ended"),
    }
}

pub(super) fn what_is_recorded_is_read_back_whole(store: &dyn Store) {
    assert_eq!(store.execution(&id(1)).expect(WORKS), None);
    start_many(store, 1);
    let before = read(store, 1);
    assert_eq!(
        (&before.start, before.status, &before.ended),
        (&started(1), Status::Started, &None)
    );
    let end = ended(1, EndStatus::Succeeded);
    store.end_execution(&end).expect(WORKS);
    let after = read(store, 1);
    assert_eq!(
        (&after.start, after.status, after.ended.clone()),
        (&started(1), Status::Succeeded, Some(kept(&end, &after)))
    );
    assert_eq!(store.metrics(&id(1)).expect(WORKS), end.metrics);
}

/// A start in which everything that may be absent is there, and numbers are as big as they get.
fn full(number: u32) -> ExecutionStart {
    ExecutionStart {
        parent_id: Some(id(1)),
        session_id: Some("s-1".parse().expect(NAME)),
        idempotency_key: Some("once: \u{1F512} 'quoted'".to_owned()),
        profile: Profile::Production,
        client_name: String::new(),
        attempt: u32::MAX,
        started_at_ms: -1,
        queue_us: i64::MAX.cast_unsigned(),
        ..started(number)
    }
}

pub(super) fn every_status_and_optional_field_survives(store: &dyn Store) {
    let statuses = [
        EndStatus::Succeeded,
        EndStatus::Failed,
        EndStatus::Interrupted,
    ];
    for (number, status) in (1..).zip(statuses) {
        store.start_execution(&full(number)).expect(WORKS);
        let mut end = ended(number, status);
        end.error = Some(RecordedError {
            class: ErrorClass::ALL[number as usize],
            kind: String::new(),
            message: "a\nb".to_owned(),
            retryable: number == 2,
            detail: String::new(),
        });
        end.answered = match status {
            EndStatus::Succeeded => Some(Answered::InPlaceOf(id(9))),
            EndStatus::Failed => Some(Answered::Stale(id(8))),
            EndStatus::Interrupted => None,
        };
        store.end_execution(&end).expect(WORKS);
        let found = read(store, number);
        assert_eq!(
            (&found.start, found.status, found.ended.clone()),
            (
                &full(number),
                Status::from(status),
                Some(kept(&end, &found))
            )
        );
    }
    assert_eq!(store.verify_chain().expect(WORKS), []);
}

pub(super) fn a_second_start_or_end_is_refused_and_changes_nothing(store: &dyn Store) {
    let early = store.end_execution(&ended(1, EndStatus::Failed));
    assert!(matches!(early, Err(RecordError::NotStarted(found)) if found == id(1)));
    start_many(store, 1);
    let other = ExecutionStart {
        input: "2".to_owned(),
        ..started(1)
    };
    let again = store.start_execution(&other);
    assert!(matches!(again, Err(RecordError::AlreadyStarted(found)) if found == id(1)));
    store
        .end_execution(&ended(1, EndStatus::Succeeded))
        .expect(WORKS);
    let once = (
        read(store, 1),
        store.logs(&LogFilter::default()).expect(WORKS),
    );
    let again = store.end_execution(&ended(1, EndStatus::Failed));
    assert!(matches!(again, Err(RecordError::AlreadyEnded(found)) if found == id(1)));
    let twice = (
        read(store, 1),
        store.logs(&LogFilter::default()).expect(WORKS),
    );
    assert_eq!(
        (twice, once.0.start.input.clone()),
        (once, started(1).input)
    );
    assert_eq!(store.verify_chain().expect(WORKS), []);
}

pub(super) fn a_refused_metric_leaves_no_end_behind(store: &dyn Store) {
    start_many(store, 1);
    for value in [f64::NAN, f64::INFINITY] {
        let mut end = ended(1, EndStatus::Succeeded);
        end.metrics.push(Metric {
            name: "load".to_owned(),
            value,
            unit: String::new(),
        });
        let refused = store.end_execution(&end);
        assert!(matches!(refused, Err(RecordError::NotFinite(name)) if name == "load"));
    }
    assert_eq!(
        (read(store, 1).status, store.metrics(&id(1)).expect(WORKS)),
        (Status::Started, Vec::new())
    );
}

pub(super) fn listings_are_newest_first_in_bounded_pages_with_a_total(store: &dyn Store) {
    start_many(store, USUAL_ROWS + 5);
    let usual = store.executions(&ExecutionFilter::default()).expect(WORKS);
    assert_eq!(
        (usual.executions.len(), usual.total),
        (USUAL_ROWS as usize, 105)
    );
    let mut filter = ExecutionFilter {
        limit: 40,
        ..ExecutionFilter::default()
    };
    let mut seen = Vec::new();
    loop {
        let page = store.executions(&filter).expect(WORKS);
        assert_eq!(page.total, 105);
        seen.extend(numbers(&page.executions));
        filter.before = page.next;
        if page.next.is_none() {
            break;
        }
    }
    let newest_first: Vec<String> = (1..=105)
        .rev()
        .map(|number| id(number).to_string())
        .collect();
    assert_eq!(seen, newest_first);
    filter.limit = u32::MAX;
    filter.before = None;
    let all = store.executions(&filter).expect(WORKS);
    assert!(all.executions.len() <= MOST_ROWS as usize);
    assert_eq!((all.executions.len(), all.next), (105, None));
}

fn listed(store: &dyn Store, filter: &ExecutionFilter) -> (Vec<String>, u64) {
    let page = store.executions(filter).expect(WORKS);
    (numbers(&page.executions), page.total)
}

/// Each filter that only one of three executions passes, and all of them together.
fn filters_of(one: &ExecutionStart) -> Vec<ExecutionFilter> {
    let all = ExecutionFilter {
        tool: Some(one.tool.clone()),
        action: Some(one.action.clone()),
        status: Some(Status::Failed),
        session: one.session_id.clone(),
        correlation: Some(one.correlation_id.clone()),
        parent: one.parent_id.clone(),
        idempotency_key: one.idempotency_key.clone(),
        since_ms: Some(one.started_at_ms),
        ..ExecutionFilter::default()
    };
    let narrow: [fn(&mut ExecutionFilter, &ExecutionFilter); 9] = [
        |filter, all| filter.tool.clone_from(&all.tool),
        |filter, all| filter.action.clone_from(&all.action),
        |filter, all| filter.status = all.status,
        |filter, all| filter.session.clone_from(&all.session),
        |filter, all| filter.correlation.clone_from(&all.correlation),
        |filter, all| filter.parent.clone_from(&all.parent),
        |filter, all| filter.idempotency_key.clone_from(&all.idempotency_key),
        |filter, all| filter.since_ms = all.since_ms,
        |filter, all| filter.clone_from(all),
    ];
    let narrowed = |set: fn(&mut ExecutionFilter, &ExecutionFilter)| {
        let mut filter = ExecutionFilter::default();
        set(&mut filter, &all);
        filter
    };
    narrow.into_iter().map(narrowed).collect()
}

pub(super) fn every_filter_narrows_and_all_of_them_together(store: &dyn Store) {
    start_many(store, 2);
    let other = ExecutionStart {
        correlation_id: "work-2".parse().expect(NAME),
        tool: "monitoring".parse().expect(NAME),
        action: "check".parse().expect(NAME),
        started_at_ms: 1_800_000_000_000,
        ..full(3)
    };
    store.start_execution(&other).expect(WORKS);
    store
        .end_execution(&ended(3, EndStatus::Failed))
        .expect(WORKS);
    for filter in filters_of(&other) {
        assert_eq!(
            listed(store, &filter),
            (vec![id(3).to_string()], 1),
            "{filter:?}"
        );
    }
    let nothing = ExecutionFilter {
        tool: Some("fritzbox".parse().expect(NAME)),
        status: Some(Status::Failed),
        ..ExecutionFilter::default()
    };
    assert_eq!(listed(store, &nothing), (Vec::new(), 0));
}

/// Of two tools, the second with many actions, in every status; the newest of an action never ended.
fn varied(number: u32) -> (ExecutionStart, Option<EndStatus>) {
    let (tool, action) = match number {
        120 => ("alpha".to_owned(), "never_ended".to_owned()),
        n if n % 3 == 0 => ("alpha".to_owned(), format!("a{}", n % 5)),
        n => ("beta".to_owned(), format!("b{}", n % 40)),
    };
    let start = ExecutionStart {
        tool: tool.parse().expect(NAME),
        action: action.parse().expect(NAME),
        // The clock jumps back and forth across hours.
        started_at_ms: 1_700_000_000_000 + i64::from(number * 37 % 50) * 1_000_000,
        ..started(number)
    };
    let status = match number % 7 {
        0 => None,
        1..=3 => Some(EndStatus::Succeeded),
        4 | 5 => Some(EndStatus::Failed),
        _ => Some(EndStatus::Interrupted),
    };
    (start, status.filter(|_| number != 120))
}

pub(super) fn filters_find_what_a_walk_finds(store: &dyn Store) {
    let rows: Vec<_> = (1..=120).map(varied).collect();
    for (number, (start, status)) in (1..).zip(&rows) {
        store.start_execution(start).expect(WORKS);
        if let Some(status) = status {
            store.end_execution(&ended(number, *status)).expect(WORKS);
        }
    }
    let some = |text: &str| Some(text.parse().expect(NAME));
    let tools = [None, some("alpha"), some("beta"), some("gamma")];
    let actions = [None, Some("a0"), Some("b4"), Some("never_ended")];
    let actions = actions.map(|name| name.map(|text| text.parse::<ActionName>().expect(NAME)));
    let statuses = Status::ALL.into_iter().map(Some).chain([None]);
    let since = [
        None,
        Some(1_700_000_000_000 + 25_000_000),
        Some(1_800_000_000_000),
    ];
    for status in statuses {
        for (tool, action) in tools
            .iter()
            .flat_map(|tool| actions.iter().map(move |one| (tool, one)))
        {
            for (since_ms, before) in since.iter().flat_map(|one| [(one, None), (one, Some(60))]) {
                let filter = ExecutionFilter {
                    tool: tool.clone(),
                    action: action.clone(),
                    status,
                    since_ms: *since_ms,
                    before,
                    limit: 1_000,
                    ..ExecutionFilter::default()
                };
                check_walk(store, &rows, &filter);
            }
        }
    }
}

fn check_walk(
    store: &dyn Store,
    rows: &[(ExecutionStart, Option<EndStatus>)],
    filter: &ExecutionFilter,
) {
    let fits = |(start, status): &&(ExecutionStart, Option<EndStatus>)| {
        let status = status.map_or(Status::Started, Status::from);
        filter.tool.as_ref().is_none_or(|tool| *tool == start.tool)
            && filter
                .action
                .as_ref()
                .is_none_or(|one| *one == start.action)
            && filter.status.is_none_or(|one| one == status)
            && filter
                .since_ms
                .is_none_or(|since| start.started_at_ms >= since)
    };
    let all: Vec<String> = rows
        .iter()
        .rev()
        .filter(fits)
        .map(|(start, _)| start.execution_id.to_string())
        .collect();
    let page = store.executions(filter).expect(WORKS);
    assert_eq!(
        (page.total, page.total_is_more),
        (all.len() as u64, false),
        "{filter:?}"
    );
    let whole = ExecutionFilter {
        before: None,
        ..filter.clone()
    };
    let whole = store.executions(&whole).expect(WORKS).executions;
    assert_eq!(numbers(&whole), all, "{filter:?}");
    let before = filter.before.unwrap_or(u64::MAX);
    let rest: Vec<Execution> = whole
        .into_iter()
        .filter(|one| one.link.position < before)
        .collect();
    assert_eq!(page.executions, rest, "{filter:?}");
}

pub(super) fn a_prefix_finds_one_names_several_or_says_none(store: &dyn Store) {
    start_many(store, 12);
    let whole: ExecutionId = "e-0000001".parse().expect(NAME);
    let start = ExecutionStart {
        execution_id: whole.clone(),
        ..started(13)
    };
    store.start_execution(&start).expect(WORKS);
    let find = |prefix: &str| {
        store
            .find_execution(prefix)
            .map(|found| found.start.execution_id.to_string())
    };
    assert_eq!(find("e-00000009").ok(), Some(id(9).to_string()));
    // A whole id wins over the longer ones that it begins.
    assert_eq!(find("e-0000001").ok(), Some(whole.to_string()));
    let told = |prefix: &str| find(prefix).map_err(|error| error.to_string());
    assert_eq!(
        told("x'; --"),
        Err("no execution has an id that begins with `x'; --`".to_owned())
    );
    let Err(FindError::Several {
        prefix,
        candidates,
        more,
    }) = store.find_execution("e-")
    else {
        unreachable!("because thirteen ids begin so")
    };
    assert_eq!((prefix.as_str(), candidates.len(), more), ("e-", 8, true));
    assert_eq!(candidates[..2], [whole, id(12)]);
}

pub(super) fn the_last_good_answer_to_an_input_is_found(store: &dyn Store) {
    let inputs = ["1", "2", "1", "1", "1"];
    for (number, input) in (1..).zip(inputs) {
        let start = ExecutionStart {
            input: input.to_owned(),
            ..started(number)
        };
        store.start_execution(&start).expect(WORKS);
    }
    for (number, status) in [
        (1, EndStatus::Succeeded),
        (2, EndStatus::Succeeded),
        (3, EndStatus::Succeeded),
        (4, EndStatus::Failed),
    ] {
        store.end_execution(&ended(number, status)).expect(WORKS);
    }
    let filter = ExecutionFilter {
        tool: Some("fritzbox".parse().expect(NAME)),
        action: Some("devices".parse().expect(NAME)),
        status: Some(Status::Succeeded),
        input: Some("1".to_owned()),
        ..ExecutionFilter::default()
    };
    let narrow = ExecutionFilter {
        limit: 1,
        ..filter.clone()
    };
    let newest = store.executions(&narrow).expect(WORKS).executions;
    assert_eq!(numbers(&newest), [id(3).to_string()]);
    assert_eq!(listed(store, &filter).1, 2);
    let other = ExecutionFilter {
        input: Some("3".to_owned()),
        ..filter
    };
    assert_eq!(listed(store, &other), (Vec::new(), 0));
}

pub(super) fn unfinished_are_listed_oldest_first_until_they_end(store: &dyn Store) {
    start_many(store, 3);
    store
        .end_execution(&ended(2, EndStatus::Interrupted))
        .expect(WORKS);
    let open = store.unfinished().expect(WORKS);
    assert_eq!(numbers(&open), [id(1).to_string(), id(3).to_string()]);
    assert_eq!(open.last().map(|one| one.start.owner.pid), Some(4003));
}

pub(super) fn the_chain_is_one_without_gaps_and_verifies(store: &dyn Store) {
    assert_eq!(store.verify_chain().expect(WORKS), []);
    start_many(store, 3);
    for number in [3, 1] {
        store
            .end_execution(&ended(number, EndStatus::Succeeded))
            .expect(WORKS);
    }
    let mut links = Vec::new();
    for execution in store
        .executions(&ExecutionFilter::default())
        .expect(WORKS)
        .executions
    {
        links.push(execution.link);
        links.extend(execution.ended.map(|ended| ended.link));
    }
    links.sort_by_key(|link| link.position);
    let positions: Vec<u64> = links.iter().map(|link| link.position).collect();
    assert_eq!(positions, [1, 2, 3, 4, 5]);
    assert_eq!(links[0].previous_hash, "");
    for pair in links.windows(2) {
        assert_eq!(pair[1].previous_hash, pair[0].hash);
    }
    assert_eq!(store.verify_chain().expect(WORKS), []);
}
