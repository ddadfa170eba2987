//! Which of a lab's tools are offered.

use ai_lab_contract::{ActionName, Manifest, Profile};

/// What a person asked for; within one list any is enough, of the lists all must hold, and an empty one asks nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Tools of these profiles.
    pub profiles: Vec<Profile>,
    /// Tools with one of these tags.
    pub tags: Vec<String>,
    /// Tools or actions whose name fits: `*` for any characters, `?` for one; `TOOL` or `TOOL.ACTION`.
    pub names: Vec<String>,
}

impl Filter {
    /// Whether this action is asked for.
    pub fn takes(&self, manifest: &Manifest, action: &ActionName) -> bool {
        let tool = manifest.name.as_str();
        let address = format!("{tool}.{action}");
        let is_named = |pattern: &String| fits(pattern, tool) || fits(pattern, &address);
        (self.profiles.is_empty() || self.profiles.contains(&manifest.profile))
            && (self.tags.is_empty() || self.tags.iter().any(|tag| manifest.tags.contains(tag)))
            && (self.names.is_empty() || self.names.iter().any(is_named))
    }
}

/// Whether a text fits a pattern of letters, `*` and `?`; in time of their product at most.
fn fits(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    // Where the last `*` stands, and how much of the text it has taken so far.
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(c) if *c == '?' || *c == text[t] => (p, t) = (p + 1, t + 1),
            Some(_) | None => {
                let Some((at, taken)) = star else {
                    return false;
                };
                star = Some((at, taken + 1));
                (p, t) = (at + 1, taken + 1);
            }
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_fits_as_a_shell_would_have_it() {
        let yes = [
            ("*", "a.b"),
            ("mon*", "monitoring"),
            ("*.disk", "a.disk"),
            ("a?c", "abc"),
            ("", ""),
            ("a*b*c", "axxbyyc"),
        ];
        let no = [
            ("mon", "monitoring"),
            ("*.disk", "a.disks"),
            ("a?c", "ac"),
            ("", "a"),
            ("a*b*c", "acb"),
        ];
        assert!(yes.iter().all(|(pattern, text)| fits(pattern, text)));
        assert!(no.iter().all(|(pattern, text)| !fits(pattern, text)));
    }

    #[test]
    fn every_list_must_hold() {
        let manifest: Manifest = serde_json::from_value(serde_json::json!({
            "contract": 1, "name": "disk", "version": "1.0.0", "description": "Looks.", "tags": ["home"],
            "run": { "command": ["sh"] }, "actions": {},
        }))
        .expect("a manifest");
        let takes = |profiles: &[Profile], tags: &[&str], names: &[&str]| {
            let own = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
            let filter = Filter {
                profiles: profiles.to_vec(),
                tags: own(tags),
                names: own(names),
            };
            filter.takes(&manifest, &"free".parse().expect("a name"))
        };
        assert!(takes(&[], &[], &[]));
        assert!(takes(
            &[Profile::Standard],
            &["home", "work"],
            &["x", "disk.f*"]
        ));
        assert!(!takes(&[Profile::Production], &[], &[]));
        assert!(!takes(&[], &["work"], &[]));
        assert!(!takes(&[], &[], &["free"]));
    }
}
