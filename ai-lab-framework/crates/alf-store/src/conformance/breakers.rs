//! Facts about breakers.

use ai_lab_contract::ToolName;

use crate::breaker::{Breaker, BreakerState};
use crate::store::Store;

const WORKS: &str = "because the store works";

fn tool(name: &str) -> ToolName {
    name.parse().expect("because the name holds to its rule")
}

fn open(breaker: &Breaker) -> Breaker {
    Breaker {
        state: BreakerState::Open,
        failures: 5,
        failures_before: 2,
        window_from_ms: 1_000,
        opened_at_ms: 1_500,
        probe_owner: "process 7".to_owned(),
        probe_until_ms: 9_000,
        changed_at_ms: 1_500,
        ..breaker.clone()
    }
}

pub(super) fn a_breaker_is_untouched_until_it_is_changed(store: &dyn Store) {
    let name = tool("fritzbox");
    let untouched = Breaker::untouched(name.clone());
    assert_eq!(store.breaker(&name).expect(WORKS), untouched);
    let same = store.change_breaker(&name, &|_| None).expect(WORKS);
    assert_eq!(
        (same, store.breakers().expect(WORKS)),
        (untouched.clone(), vec![])
    );
    let changed = store
        .change_breaker(&name, &|now| Some(open(now)))
        .expect(WORKS);
    let expected = Breaker {
        revision: 1,
        ..open(&untouched)
    };
    assert_eq!(
        (&changed, store.breaker(&name).expect(WORKS)),
        (&expected, expected.clone())
    );
    assert_eq!(store.breakers().expect(WORKS), [expected]);
}

pub(super) fn exactly_one_of_many_gets_the_probe(store: &dyn Store) {
    let name = tool("fritzbox");
    store
        .change_breaker(&name, &|now| Some(open(now)))
        .expect(WORKS);
    let take = |who: usize| {
        let who = format!("thread {who}");
        let after = store.change_breaker(&name, &|now| {
            (now.state == BreakerState::Open).then(|| Breaker {
                state: BreakerState::HalfOpen,
                probe_owner: who.clone(),
                ..now.clone()
            })
        });
        after.expect(WORKS).probe_owner == who
    };
    let winners = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|who| scope.spawn(move || take(who))).collect();
        let won = threads
            .into_iter()
            .map(|thread| thread.join().expect("because it does not panic"));
        won.filter(|won| *won).count()
    });
    assert_eq!(
        (winners, store.breaker(&name).expect(WORKS).revision),
        (1, 2)
    );
}
