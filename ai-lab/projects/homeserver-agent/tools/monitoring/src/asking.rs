//! Asking what may never answer, as a network share whose server is gone or a disk that died: in a thread, with a
//! deadline for each.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

/// Small: the thread makes one system call after the other.
const STACK_BYTES: usize = 64 * 1024;

/// How long to wait, and how often in vain.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// How long one may take to answer.
    pub(crate) deadline: Duration,
    /// How many may hang until the rest is not asked. Stops many dead ones from costing a deadline each.
    pub(crate) most_stuck: usize,
}

/// What came of asking one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Answer<A> {
    /// It answered.
    Told(A),
    /// It did not within the deadline.
    Stuck,
    /// It was not asked: too many before it were stuck, or no thread could be had.
    NotAsked,
}

/// Asks one after the other; the answers are in the same order. That no thread can be had is told to `note`.
///
/// A thread that hangs is left behind; it ends with the process.
pub(crate) fn ask_in_turn<T, A, F>(
    asked: &[T],
    ask: &F,
    patience: Patience,
    mut note: impl FnMut(String),
) -> Vec<Answer<A>>
where
    T: Clone + Send + 'static,
    A: Send + 'static,
    F: Fn(&T) -> A + Clone + Send + 'static,
{
    let mut told: Vec<Answer<A>> = Vec::with_capacity(asked.len());
    let mut stuck = 0;
    while told.len() < asked.len() && stuck < patience.most_stuck {
        let left = asked[told.len()..].to_vec();
        let (sender, answers) = mpsc::sync_channel(left.len());
        let ask = ask.clone();
        let asking = thread::Builder::new()
            .stack_size(STACK_BYTES)
            .spawn(move || {
                for one in left {
                    if sender.send(ask(&one)).is_err() {
                        return;
                    }
                }
            });
        if let Err(why) = asking {
            note(format!("no thread to ask with: {why}"));
            break;
        }
        while told.len() < asked.len() {
            match answers.recv_timeout(patience.deadline) {
                Ok(answer) => told.push(Answer::Told(answer)),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    stuck += 1;
                    told.push(Answer::Stuck);
                    break;
                }
            }
        }
    }
    told.resize_with(asked.len(), || Answer::NotAsked);
    told
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};

    /// What comes of asking these; one with `hang` never answers.
    fn asked(names: &[&'static str]) -> Vec<Answer<String>> {
        let (never, hangs) = mpsc::channel::<()>();
        let hangs = Arc::new(Mutex::new(hangs));
        let ask = move |name: &&str| {
            if name.contains("hang") {
                let _until_the_test_ends = hangs.lock().map(|hangs| hangs.recv());
            }
            name.to_uppercase()
        };
        let patience = Patience {
            deadline: Duration::from_millis(200),
            most_stuck: 2,
        };
        let told = ask_in_turn(names, &ask, patience, |note| panic!("{note}"));
        drop(never);
        told
    }

    #[test]
    fn one_that_hangs_does_not_hide_the_next_and_many_cost_a_bounded_time() {
        let told = |name: &str| Answer::Told(name.to_owned());
        assert_eq!(asked(&[]), []);
        assert_eq!(
            asked(&["a", "hang", "b"]),
            [told("A"), Answer::Stuck, told("B")]
        );
        assert_eq!(
            asked(&["hang", "a", "hang", "b", "c"]),
            [
                Answer::Stuck,
                told("A"),
                Answer::Stuck,
                Answer::NotAsked,
                Answer::NotAsked
            ]
        );
    }

    #[test]
    fn a_question_that_panics_is_as_one_that_hangs() {
        let patience = Patience {
            deadline: Duration::from_secs(5),
            most_stuck: 1,
        };
        let ask = |_: &u8| -> u8 { panic!("as a test wants it") };
        assert_eq!(ask_in_turn(&[1], &ask, patience, |_| ()), [Answer::Stuck]);
    }
}
