//! Long texts, line by line.

/// The longest text that is merged line by line, in bytes: beyond it, comparing takes longer than a person waits.
const LONGEST: usize = 64 * 1024;

/// One text of three where both changed it; `None` where the same lines were changed.
pub(crate) fn merge_prose(base: &str, ours: &str, theirs: &str) -> Option<String> {
    if [base, ours, theirs].iter().any(|text| text.len() > LONGEST) {
        return None;
    }
    // Whoever adds a line at the end must not meet the missing newline of the last one.
    let ended = |text: &str| format!("{text}\n");
    let merged = diffy::merge(&ended(base), &ended(ours), &ended(theirs)).ok()?;
    Some(merged.strip_suffix('\n').unwrap_or(&merged).to_owned())
}

/// The same for a text that people only write on to: what both added stands one after the other.
pub(crate) fn merge_notes(base: &str, ours: &str, theirs: &str) -> Option<String> {
    let added = |text: &str| text.strip_prefix(base).map(str::to_owned);
    let (Some(mine), Some(other)) = (added(ours), added(theirs)) else {
        return merge_prose(base, ours, theirs);
    };
    // The same whichever side merges.
    let (first, second) = if mine <= other {
        (mine, other)
    } else {
        (other, mine)
    };
    let (first, second) = (
        first.trim_end_matches('\n'),
        second.trim_start_matches('\n'),
    );
    let between = if base.is_empty() && first.is_empty() {
        ""
    } else {
        "\n"
    };
    Some(format!("{base}{first}{between}{second}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_only_one_side_changed_are_taken() {
        let merged = merge_prose("a\nb\nc\nd\ne", "A\nb\nc\nd\ne", "a\nb\nc\nd\nE\nf");
        assert_eq!(merged.as_deref(), Some("A\nb\nc\nd\nE\nf"));
        assert_eq!(merge_prose("a", "b", "c"), None);
        let long = "x\n".repeat(LONGEST);
        assert_eq!(merge_prose(&long, "a", &long), None);
    }

    #[test]
    fn what_both_wrote_on_to_notes_stands_there_in_one_order() {
        for (base, ours, theirs, merged) in [
            ("a", "a\nb", "a\nc", "a\nb\nc"),
            ("", "b", "c", "b\nc"),
            ("a\n", "a\nb\n", "a\nc\n", "a\nb\nc\n"),
        ] {
            assert_eq!(merge_notes(base, ours, theirs).as_deref(), Some(merged));
            assert_eq!(merge_notes(base, theirs, ours).as_deref(), Some(merged));
        }
        assert_eq!(merge_notes("a", "b", "c"), None);
        let both = merge_notes("1\n2\n3\n4", "0\n2\n3\n4", "1\n2\n3\n5");
        assert_eq!(both.as_deref(), Some("0\n2\n3\n5"));
    }
}
