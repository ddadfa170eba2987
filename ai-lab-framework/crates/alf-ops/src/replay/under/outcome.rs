//! What three answers to one call say of the release that gave the third.

use super::super::compare::{Answered, Comparison, compare};

/// What is said of it.
#[derive(Debug, PartialEq)]
pub(super) struct Judged {
    /// The third answer beside the one of the first two that it is more like.
    pub(super) comparison: Comparison,
    /// The places at which the first two differ.
    pub(super) varies: Vec<String>,
}

/// Compares the other release's answer with two of this one. What differs between these two varies by nature: at those
/// places, and at the same place of every row of a list, a difference is cosmetic.
pub(super) fn judge(
    once: &Answered,
    again: &Answered,
    there: &Answered,
    volatile: &[String],
) -> Judged {
    let between = compare(once, again, volatile);
    let mut varies: Vec<String> = between
        .differences
        .iter()
        .filter(|place| !place.cosmetic)
        .map(|place| of_every_row(&place.pointer))
        .collect();
    varies.sort();
    varies.dedup();
    let volatile = [volatile, &varies].concat();
    // An action that sometimes fails: what it did once it may do again.
    let with_once = compare(once, there, &volatile);
    let with_again = compare(again, there, &volatile);
    let comparison = if with_again.likeness < with_once.likeness {
        with_again
    } else {
        with_once
    };
    Judged { comparison, varies }
}

/// The same place in every row of a list: the number of a row is no name.
fn of_every_row(pointer: &str) -> String {
    let part = |part: &str| {
        let is_number = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if is_number {
            "*".to_owned()
        } else {
            part.to_owned()
        }
    };
    let parts: Vec<String> = pointer.split('/').map(part).collect();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replay::Likeness;
    use ai_lab_contract::ErrorClass;
    use serde_json::{Value, json};

    fn error(class: ErrorClass) -> Answered {
        Answered::Error {
            class,
            kind: class.as_str().to_owned(),
            message: "no".to_owned(),
        }
    }

    fn outcome([once, again, there]: [Answered; 3]) -> (Likeness, Vec<String>) {
        let judged = judge(&once, &again, &there, &[]);
        (judged.comparison.likeness, judged.varies)
    }

    #[test]
    fn what_varies_under_one_release_is_not_the_other_ones_doing() {
        let data = |load: u64, name: &str| {
            Answered::Data(
                json!({ "disks": [{ "load": load, "name": name }, { "load": load + 1, "name": name }] }),
            )
        };
        let varies = vec!["/disks/*/load".to_owned()];
        assert_eq!(
            outcome([data(1, "a"), data(2, "a"), data(7, "a")]),
            (Likeness::Cosmetic, varies.clone())
        );
        assert_eq!(
            outcome([data(1, "a"), data(2, "a"), data(7, "b")]),
            (Likeness::Changed, varies)
        );
        assert_eq!(
            outcome([data(1, "a"), data(1, "a"), data(7, "a")]),
            (Likeness::Changed, Vec::new())
        );
        assert_eq!(
            outcome([data(1, "a"), data(1, "a"), data(1, "a")]),
            (Likeness::Same, Vec::new())
        );
    }

    #[test]
    fn failures_are_new_fixed_or_as_they_were() {
        let data = || Answered::Data(Value::Null);
        let timeout = || error(ErrorClass::Timeout);
        let outcome = |answers| outcome(answers).0;
        assert_eq!(outcome([data(), data(), timeout()]), Likeness::NewError);
        assert_eq!(outcome([timeout(), timeout(), data()]), Likeness::Fixed);
        assert_eq!(outcome([timeout(), timeout(), timeout()]), Likeness::Same);
        assert_eq!(
            outcome([timeout(), timeout(), error(ErrorClass::Crashed)]),
            Likeness::Changed
        );
        // It fails now and then: nothing is new about that.
        assert_eq!(outcome([data(), timeout(), timeout()]), Likeness::Same);
        assert_eq!(outcome([timeout(), data(), data()]), Likeness::Same);
    }
}
