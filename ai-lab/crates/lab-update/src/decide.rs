//! What comes next: from the journal and what is in force, with no effect.

use ai_lab_contract::v1::UpdatePhase;

use crate::journal::{Journal, Kind};
use crate::limits::MOST_STEPS;

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The process that began it: it holds what it needs to go on.
    Going,
    /// Another one, after the first is gone.
    Resumed,
}

/// Where the switch leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InForce {
    /// To the release that was in force; or nowhere, where none was.
    Old,
    /// To the new one.
    New,
    /// Elsewhere: somebody moved it.
    Other,
}

/// One step of an update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Find out which release is wanted, and put it into the store.
    Fetch,
    /// Try it on copies.
    Rehearse,
    /// Make a backup.
    BackUp,
    /// Stop services, and wait until no execution runs.
    Drain,
    /// Bring the databases to its schema.
    Migrate,
    /// Write down that it is on trial: from here on a kill goes on with it.
    BeginTrial,
    /// Turn the switch.
    Switch,
    /// Look whether it is healthy.
    Examine,
    /// Write the lock and what follows from it, and close the journal.
    Settle,
    /// Give up: nothing was changed that anybody sees.
    Abandon,
    /// Write down that it is taken back.
    BeginRollBack,
    /// Turn the switch back.
    SwitchBack,
    /// Look whether the old one is healthy.
    ExamineOld,
    /// Keep the evidence, quarantine the version, close the journal.
    SettleBack,
    /// Neither is healthy, or the journal leads nowhere: a person decides.
    Stop,
}

/// The step that follows.
pub fn next(journal: &Journal, standing: Standing, in_force: InForce) -> Step {
    use UpdatePhase as P;
    let phase = journal.head.phase;
    let is_at_its_end = matches!(phase, P::Committed | P::RolledBack | P::SafeMode);
    if journal.steps >= MOST_STEPS && !is_at_its_end {
        return Step::Stop;
    }
    match phase {
        P::Resolving | P::Fetched | P::Rehearsed | P::BackedUp | P::Drained | P::Migrated => {
            match standing {
                Standing::Going => forward(phase, journal.kind),
                // Nothing was switched, and what was added to a database is read by every release of its major.
                Standing::Resumed => Step::Abandon,
            }
        }
        P::Trial if journal.tries == 0 => Step::BeginRollBack,
        P::Trial => match in_force {
            InForce::New => Step::Examine,
            InForce::Old | InForce::Other => Step::Switch,
        },
        P::Committed => Step::Settle,
        P::RollingBack => match in_force {
            InForce::Old => Step::ExamineOld,
            InForce::New | InForce::Other => Step::SwitchBack,
        },
        P::RolledBack => Step::SettleBack,
        P::SafeMode => Step::Stop,
    }
}

/// The way ahead, where nothing went wrong. One that was in force before was rehearsed and backed up then, and its schema
/// is an older one of the same major: databases stay as they are.
fn forward(phase: UpdatePhase, kind: Kind) -> Step {
    use UpdatePhase as P;
    match (phase, kind) {
        (P::Resolving, _) => Step::Fetch,
        (P::Fetched, Kind::Update) => Step::Rehearse,
        (P::Rehearsed, _) => Step::BackUp,
        (P::Fetched, Kind::RollBack | Kind::Install) | (P::BackedUp, _) => Step::Drain,
        (P::Drained, Kind::Update | Kind::Install) => Step::Migrate,
        (P::Drained, Kind::RollBack) | (P::Migrated, _) => Step::BeginTrial,
        (P::Trial, _) => Step::Switch,
        (P::Committed, _) => Step::Settle,
        (P::RollingBack, _) => Step::SwitchBack,
        (P::RolledBack, _) => Step::SettleBack,
        (P::SafeMode, _) => Step::Stop,
    }
}

/// What a step that did not succeed leads to; `None` where whoever comes next tries the same step again.
pub(crate) const fn after_failure(step: Step) -> Option<Step> {
    match step {
        Step::Fetch
        | Step::Rehearse
        | Step::BackUp
        | Step::Drain
        | Step::Migrate
        | Step::BeginTrial => Some(Step::Abandon),
        Step::Switch | Step::Examine => Some(Step::BeginRollBack),
        Step::ExamineOld => Some(Step::Stop),
        Step::Settle
        | Step::Abandon
        | Step::BeginRollBack
        | Step::SwitchBack
        | Step::SettleBack
        | Step::Stop => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use UpdatePhase as P;

    fn at(phase: UpdatePhase, kind: Kind) -> Journal {
        let mut journal = Journal::begin(kind, None, 0);
        journal.head.phase = phase;
        journal
    }

    /// The steps of one kind from its beginning to its end, as if each succeeded.
    fn way(kind: Kind) -> Vec<Step> {
        let mut steps = Vec::new();
        let (mut phase, mut in_force) = (P::Resolving, InForce::Old);
        loop {
            let step = next(&at(phase, kind), Standing::Going, in_force);
            steps.push(step);
            phase = match step {
                Step::Fetch => P::Fetched,
                Step::Rehearse => P::Rehearsed,
                Step::BackUp => P::BackedUp,
                Step::Drain => P::Drained,
                Step::Migrate => P::Migrated,
                Step::BeginTrial | Step::Switch => P::Trial,
                Step::Examine => P::Committed,
                Step::Settle => return steps,
                other => panic!("{other:?}"),
            };
            if step == Step::Switch {
                in_force = InForce::New;
            }
        }
    }

    #[test]
    fn the_way_ahead() {
        use Step as S;
        let end = [S::BeginTrial, S::Switch, S::Examine, S::Settle];
        assert_eq!(
            way(Kind::Update),
            [
                &[S::Fetch, S::Rehearse, S::BackUp, S::Drain, S::Migrate][..],
                &end
            ]
            .concat()
        );
        assert_eq!(
            way(Kind::Install),
            [&[S::Fetch, S::Drain, S::Migrate][..], &end].concat()
        );
        assert_eq!(
            way(Kind::RollBack),
            [&[S::Fetch, S::Drain][..], &end].concat()
        );
    }

    #[test]
    fn after_a_kill_it_is_given_up_before_the_trial_and_gone_on_with_from_there() {
        for phase in [
            P::Resolving,
            P::Fetched,
            P::Rehearsed,
            P::BackedUp,
            P::Drained,
            P::Migrated,
        ] {
            let step = next(&at(phase, Kind::Update), Standing::Resumed, InForce::Old);
            assert_eq!(step, Step::Abandon, "{phase:?}");
        }
        for (phase, in_force, expected) in [
            (P::Trial, InForce::Old, Step::Switch),
            (P::Trial, InForce::Other, Step::Switch),
            (P::Trial, InForce::New, Step::Examine),
            (P::Committed, InForce::New, Step::Settle),
            (P::RollingBack, InForce::New, Step::SwitchBack),
            (P::RollingBack, InForce::Other, Step::SwitchBack),
            (P::RollingBack, InForce::Old, Step::ExamineOld),
            (P::RolledBack, InForce::Old, Step::SettleBack),
            (P::SafeMode, InForce::Old, Step::Stop),
        ] {
            let step = next(&at(phase, Kind::Update), Standing::Resumed, in_force);
            assert_eq!(step, expected, "{phase:?} {in_force:?}");
        }
    }

    #[test]
    fn a_trial_ends_and_so_does_a_journal_that_leads_in_a_circle() {
        let mut journal = at(P::Trial, Kind::Update);
        journal.tries = 0;
        let step = next(&journal, Standing::Resumed, InForce::New);
        assert_eq!(step, Step::BeginRollBack);
        journal.steps = MOST_STEPS;
        assert_eq!(next(&journal, Standing::Resumed, InForce::New), Step::Stop);
        let mut journal = at(P::Committed, Kind::Update);
        journal.steps = MOST_STEPS;
        assert_eq!(
            next(&journal, Standing::Resumed, InForce::New),
            Step::Settle
        );
    }
}
