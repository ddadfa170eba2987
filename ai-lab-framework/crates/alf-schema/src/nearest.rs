//! The nearest right word.

/// Finds the candidate that `word` was most likely meant to be.
///
/// Letter case is ignored and two swapped neighbours count once. `None` when nothing is near: more than
/// a third of the longer word (at least one letter) would have to change.
pub fn nearest<'a, I>(word: &str, candidates: I) -> Option<&'a str>
where
    I: IntoIterator<Item = &'a str>,
{
    // Distances are quadratic in length; no right word is that long.
    const LONGEST: usize = 64;
    if word.len() > LONGEST {
        return None;
    }
    let lower = word.to_lowercase();
    candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= LONGEST)
        .filter_map(|candidate| {
            let apart = strsim::osa_distance(&lower, &candidate.to_lowercase());
            let most = (lower.chars().count().max(candidate.chars().count()) / 3).max(1);
            (apart <= most).then_some((apart, candidate))
        })
        .min()
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_fingers_finds_its_word_and_a_strange_word_finds_none() {
        let words = ["run_ms", "grace_ms", "name", "description"];
        let check = |word: &str| nearest(word, words);
        assert_eq!(
            ["run-ms", "naem", "Name", "descripton", "colour", "", "x"].map(check),
            [
                Some("run_ms"),
                Some("name"),
                Some("name"),
                Some("description"),
                None,
                None,
                None
            ]
        );
        assert_eq!(check(&"n".repeat(65)), None);
    }

    #[test]
    fn of_two_equally_near_the_first_in_the_alphabet_is_named() {
        assert_eq!(nearest("cat", ["hat", "bat"]), Some("bat"));
    }
}
