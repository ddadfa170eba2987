use super::*;
use crate::{Criterion, Dependency, Head};

fn at(ms: i64) -> Moment {
    Moment::from_ms(ms).expect("in range")
}

fn uid(number: u8) -> Uid {
    Uid::from_parts(u64::from(number), [number; 10])
}

fn item(status: ItemStatus) -> WorkItem {
    let label = "FRM-001".parse().expect("a label");
    let mut item = WorkItem::new(Head::new(uid(0), label, at(0)), "t".to_owned());
    item.status = status;
    item
}

fn nobody(_: &Uid) -> Option<ItemStatus> {
    None
}

/// Which status a step leads to from each, in the order of the statuses; `-` where it is refused.
fn from_every_status(step: impl Fn(WorkItem) -> Result<WorkItem, StepError>) -> String {
    let lead = |status: &ItemStatus| match step(item(*status)) {
        Ok(after) => after.status.to_string(),
        Err(_) => "-".to_owned(),
    };
    ItemStatus::ALL
        .iter()
        .map(lead)
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn each_step_leads_on_from_where_it_may() {
    // From:                   todo        in_progress review  done   blocked cancelled
    let start = from_every_status(|item| start(item, at(1)));
    assert_eq!(start, "in_progress - in_progress in_progress - in_progress");
    let done = from_every_status(|item| done(item, at(1), nobody, None));
    assert_eq!(done, "done done done - - -");
    let block = from_every_status(|item| block(item, at(1), uid(9), "rain"));
    assert_eq!(block, "blocked blocked blocked - blocked -");
    let unblock = from_every_status(|item| unblock(item, at(1), None));
    assert_eq!(unblock, "- - - - todo -");
    assert_eq!(from_every_status(review), "review review - - - -");
    let cancel = from_every_status(|item| cancel(item, at(1)));
    assert_eq!(cancel, "cancelled cancelled cancelled - cancelled -");
    assert_eq!(from_every_status(reopen), "- todo todo todo - todo");
}

#[test]
fn the_first_start_is_remembered() {
    let started = start(item(ItemStatus::Todo), at(1)).expect("may start");
    let done = done(started, at(2), nobody, None).expect("may be done");
    assert_eq!(
        (done.started_at, done.settled_at),
        (Some(at(1)), Some(at(2)))
    );
    let again = start(done, at(3)).expect("may start again");
    assert_eq!((again.started_at, again.settled_at), (Some(at(1)), None));
}

#[test]
fn an_item_goes_on_where_it_was_blocked() {
    let review = item(ItemStatus::Review);
    let blocked = block(review.clone(), at(1), uid(8), " rain ").expect("may be blocked");
    let blocked = block(blocked, at(2), uid(9), "snow").expect("twice too");
    let texts: Vec<&str> = blocked.open_blockers().map(|it| it.text.as_str()).collect();
    assert_eq!(
        (texts, blocked.blocked_from),
        (vec!["rain", "snow"], Some(ItemStatus::Review))
    );
    assert_eq!(
        start(blocked.clone(), at(3)),
        Err(StepError::Blocked(vec![
            "rain".to_owned(),
            "snow".to_owned()
        ]))
    );
    let free = unblock(blocked, at(4), Some("spring")).expect("may go on");
    assert_eq!((free.status, free.blocked_from), (ItemStatus::Review, None));
    let closed: Vec<_> = free
        .blockers
        .iter()
        .map(|it| (it.open, it.closed_at, it.resolution.as_deref()))
        .collect();
    assert_eq!(closed, [(false, Some(at(4)), Some("spring")); 2]);
    assert_eq!(unblock(free, at(5), None), Err(StepError::NotBlocked));
    assert_eq!(block(review, at(1), uid(8), "  "), Err(StepError::NoReason));
}

#[test]
fn an_imported_blocker_holds_whatever_the_status() {
    let mut held = item(ItemStatus::Todo);
    held.blockers = block(item(ItemStatus::Todo), at(1), uid(9), "rain")
        .expect("may be blocked")
        .blockers;
    assert_eq!(
        start(held.clone(), at(2)),
        Err(StepError::Blocked(vec!["rain".to_owned()]))
    );
    assert_eq!(
        done(held.clone(), at(2), nobody, None),
        Err(StepError::Blocked(vec!["rain".to_owned()]))
    );
    assert_eq!(
        unblock(held, at(2), None).map(|it| it.status),
        Ok(ItemStatus::Todo)
    );
}

#[test]
fn done_is_refused_while_something_is_open_unless_someone_says_why() {
    let mut open = item(ItemStatus::InProgress);
    let criterion = |number, text: &str, done| Criterion {
        uid: uid(number),
        text: text.to_owned(),
        done,
        evidence: None,
    };
    open.criteria = vec![criterion(1, "a", true), criterion(2, "b", false)];
    open.dependencies = [Dependency::On(uid(5))].into();
    let refused = done(open.clone(), at(1), nobody, None);
    assert_eq!(refused, Err(StepError::OpenCriteria(vec!["b".to_owned()])));
    let why = Override::because(" it is late ").expect("a reason");
    assert_eq!(why.reason(), "it is late");
    assert_eq!(
        done(open.clone(), at(1), nobody, Some(&why)).map(|it| it.status),
        Ok(ItemStatus::Done)
    );
    open.criteria[1].done = true;
    let refused = done(open.clone(), at(1), nobody, None);
    assert_eq!(
        refused,
        Err(StepError::OpenDependencies(vec![Hindrance::Waits(uid(5))]))
    );
    let settled = |_: &Uid| Some(ItemStatus::Cancelled);
    assert_eq!(
        done(open.clone(), at(1), settled, None).map(|it| it.status),
        Ok(ItemStatus::Done)
    );
    open.parent = Some(uid(5));
    assert_eq!(
        done(open, at(1), nobody, None).map(|it| it.status),
        Ok(ItemStatus::Done)
    );
    assert_eq!(Override::because(" "), Err(StepError::NoReason));
}

#[test]
fn a_refusal_says_what_is_open() {
    let texts = |count: usize| vec!["x".to_owned(); count];
    for (error, told) in [
        (
            StepError::OpenCriteria(texts(1)),
            "1 acceptance criterion is open: x",
        ),
        (
            StepError::OpenCriteria(texts(2)),
            "2 acceptance criteria are open: x; x",
        ),
        (
            StepError::OpenDependencies(vec![Hindrance::Draft]),
            "1 dependency is not done",
        ),
        (
            StepError::Status {
                status: ItemStatus::Done,
            },
            "it is done",
        ),
        (StepError::Blocked(texts(2)), "it is blocked: x; x"),
    ] {
        assert_eq!(error.to_string(), told);
    }
}
