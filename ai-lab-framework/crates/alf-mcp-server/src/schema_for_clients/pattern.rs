//! Regular expressions that every engine reads alike.

/// Whether a pattern means the same in our engine and in a client's: ECMAScript with the `u` flag is the strictest.
pub(super) fn is_known_everywhere(pattern: &str) -> bool {
    let mut in_class = false;
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                let Some(escaped) = chars.next() else {
                    return false;
                };
                let known = "dDwWsSntr.\\/^$*+?()[]{}|".contains(escaped)
                    || (escaped == '-') == in_class && escaped == '-'
                    || "bB".contains(escaped) && !in_class;
                if !known {
                    return false;
                }
            }
            // `(?:` alone; flags, names and looking around differ.
            '(' if !in_class && chars.peek() == Some(&'?') => {
                chars.next();
                if chars.next() != Some(':') {
                    return false;
                }
            }
            // A class in a class, `&&`, `[[:alpha:]]`.
            '[' | '&' if in_class => return false,
            '[' => in_class = true,
            ']' if in_class => in_class = false,
            // A brace that counts nothing is an error in one and a letter in the other.
            '{' if !in_class => {
                let count: String = chars.by_ref().take_while(|c| *c != '}').collect();
                if count.is_empty() || !count.chars().all(|c| c.is_ascii_digit() || c == ',') {
                    return false;
                }
            }
            ']' | '}' => return false,
            _ => {}
        }
    }
    !in_class
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_offered_only_where_all_engines_agree() {
        let known = [
            "^[a-z][a-z0-9_-]*$",
            r"^\d{1,3}(?:\.\d+)?$",
            r"[\w\-]+",
            "a|b",
        ];
        let unknown = [
            "(?i)abc",
            r"\Aabc\z",
            r"a\-b",
            "[[:alpha:]]",
            "(?P<n>a)",
            r"\p{L}",
            "a{",
            "[a",
            r"a\",
            "(?=a)",
            "]",
        ];
        for pattern in known {
            assert!(is_known_everywhere(pattern), "{pattern}");
        }
        for pattern in unknown {
            assert!(!is_known_everywhere(pattern), "{pattern}");
        }
    }
}
