//! A writer is killed at random moments, and what it acknowledged is looked for.
//!
//! A test run plays some rounds of each kind; `scripts/kill-rounds store` plays hundreds.

use std::hash::{BuildHasher as _, RandomState};

use ai_lab_contract::Profile;

use super::Home;
use super::processes::{last_before_kill, told, writer};
use crate::conformance::id;
use crate::execution::Status;
use crate::store::Store as _;

/// How many rounds of each kind are played, where a test run's few are not enough.
const ROUNDS: &str = "ALF_STORE_KILL_ROUNDS";

/// Rounds of a test run.
const FEW: usize = 12;

/// Rounds on one database: its whole chain is walked after each.
const A_DATABASE: usize = 20;

/// The most acknowledgements that are waited for, and moments after the last of them: some milliseconds.
const MOST_WAITED: usize = 30;
const MOST_MOMENTS: usize = 400_000;

/// What came of some rounds.
#[derive(Debug, Default)]
struct Figures {
    rounds: usize,
    acknowledged: usize,
    /// Acknowledged executions that the record does not have as succeeded.
    missing: usize,
    /// Databases that were damaged or whose chain was broken.
    corrupt: usize,
    /// Rows left as started: at most one a kill.
    open: usize,
}

fn rounds() -> usize {
    told(ROUNDS).map_or(FEW, |rounds| {
        rounds.parse().expect("because it is a number")
    })
}

fn below(bound: usize) -> usize {
    let throw = RandomState::new().hash_one(bound);
    usize::try_from(throw % bound as u64).expect("because it is below a usize")
}

fn play(rounds: usize, profile: Profile, hasty: bool) -> Figures {
    let mut figures = Figures::default();
    while figures.rounds < rounds {
        let home = Home::new();
        let mut first = 1;
        for _ in 0..A_DATABASE.min(rounds - figures.rounds) {
            // With the database there: a control that dies before it is made would prove nothing.
            drop(home.store());
            let child = writer(&home.database(), first, profile, hasty);
            let last = last_before_kill(child, 1 + below(MOST_WAITED), below(MOST_MOMENTS));
            let last = last.unwrap_or(first - 1);
            let store = home.store();
            let is_missing = |number: &u32| {
                let found = store.execution(&id(*number));
                !matches!(found, Ok(Some(found)) if found.status == Status::Succeeded)
            };
            figures.rounds += 1;
            figures.acknowledged += (first..=last).count();
            figures.missing += (first..=last).filter(is_missing).count();
            figures.corrupt +=
                usize::from(!matches!(store.verify_chain(), Ok(found) if found.is_empty()));
            // Room for those that it had begun and not acknowledged.
            first = last + 1_000;
        }
        let store = home.store();
        figures.corrupt +=
            usize::from(!matches!(store.quick_check(), Ok(found) if found.is_empty()));
        figures.open += store.unfinished().map_or(usize::MAX, |open| open.len());
    }
    println!(
        "{profile}{} {figures:?}",
        if hasty { ", hastily" } else { "" }
    );
    figures
}

fn check(profile: Profile) {
    let figures = play(rounds(), profile, false);
    assert_eq!((figures.missing, figures.corrupt), (0, 0), "{figures:?}");
    assert!(figures.acknowledged >= figures.rounds, "{figures:?}");
    assert!(figures.open <= figures.rounds, "{figures:?}");
}

#[test]
fn a_kill_at_any_moment_loses_nothing_that_was_acknowledged() {
    check(Profile::Standard);
}

#[test]
fn a_kill_at_any_moment_loses_nothing_that_was_acknowledged_in_production() {
    check(Profile::Production);
}

/// The rounds can tell: who acknowledges before the commit is found out.
#[test]
fn what_is_acknowledged_before_its_commit_is_lost() {
    let figures = play(rounds(), Profile::Production, true);
    assert!(figures.missing > 0, "{figures:?}");
    assert_eq!(figures.corrupt, 0, "{figures:?}");
}
