//! Templates: texts with marks that a tool's facts replace.
//!
//! Two kinds of marks. `@name@` becomes a fact. A line `@if FACT, FACT@` up to its line `@end@` stays if all the
//! facts hold and goes with its marks if not; such parts do not nest.

use ai_lab_contract::Profile;

use crate::{Kind, Language, NewTool};

/// The template with the tool's facts.
pub(crate) fn filled(template: &str, new: &NewTool) -> String {
    let facts = [
        ("@name@", new.name.as_str().to_owned()),
        // A JSON string is a string of TOML, Python and Rust too, as control characters were refused.
        (
            "@quoted_description@",
            serde_json::Value::from(new.description.as_str()).to_string(),
        ),
        ("@description@", new.description.clone()),
        ("@profile@", new.profile.as_str().to_owned()),
        ("@type@", type_name(new.name.as_str())),
    ];
    let mut text = String::with_capacity(template.len());
    let mut kept = true;
    for line in template.lines() {
        if let Some(fact) = line
            .strip_prefix("@if ")
            .and_then(|rest| rest.strip_suffix('@'))
        {
            kept = fact.split(", ").all(|fact| holds(fact, new));
        } else if line == "@end@" {
            kept = true;
        } else if kept {
            text.push_str(&replaced(line, &facts));
            text.push('\n');
        }
    }
    text
}

/// Replaces marks from left to right: a mark within a fact is text.
fn replaced(line: &str, facts: &[(&str, String)]) -> String {
    let mut text = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find('@') {
        let (before, from) = rest.split_at(at);
        text.push_str(before);
        if let Some((mark, fact)) = facts.iter().find(|(mark, _)| from.starts_with(mark)) {
            text.push_str(fact);
            rest = &from[mark.len()..];
        } else {
            text.push('@');
            rest = &from[1..];
        }
    }
    text + rest
}

fn holds(fact: &str, new: &NewTool) -> bool {
    match fact {
        "rust" => new.language == Language::Rust,
        "python" => new.language == Language::Python,
        "shell" => new.language == Language::Shell,
        "worker" => new.kind == Kind::Worker,
        "standard or production" => new.profile >= Profile::Standard,
        "production" => new.profile == Profile::Production,
        _ => false,
    }
}

/// `home-server` as the name of a type: `HomeServer`.
fn type_name(name: &str) -> String {
    let words = name.split(['-', '_']).filter(|word| !word.is_empty());
    words
        .map(|word| {
            let (first, rest) = word.split_at(1);
            first.to_ascii_uppercase() + rest
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tool(language: Language, profile: Profile, description: &str) -> NewTool {
        NewTool {
            name: "home-server_2".parse().expect("a good name"),
            language,
            kind: Kind::Exec,
            profile,
            description: description.to_owned(),
        }
    }

    #[test]
    fn marks_become_facts_and_marks_in_facts_stay() {
        let new = tool(
            Language::Shell,
            Profile::Standard,
            r#"Says "hi" to @name@ \o/."#,
        );
        assert_eq!(
            filled(
                "@name@ @type@ @profile@: @quoted_description@ ada@home",
                &new
            ),
            "home-server_2 HomeServer2 standard: \"Says \\\"hi\\\" to @name@ \\\\o/.\" ada@home\n"
        );
        assert_eq!(
            filled("# @description@", &new),
            "# Says \"hi\" to @name@ \\o/.\n"
        );
    }

    #[test]
    fn parts_stay_where_their_fact_holds() {
        let text = "a\n@if python@\nb\n@end@\n@if standard or production@\nc\n@end@\n\
                    @if production@\nd\n@end@\n@if unheard of@\ne\n@end@\nf\n";
        let kept =
            |language, profile| filled(text, &tool(language, profile, "x")).replace('\n', "");
        assert_eq!(kept(Language::Python, Profile::Experimental), "abf");
        assert_eq!(kept(Language::Rust, Profile::Standard), "acf");
        assert_eq!(kept(Language::Shell, Profile::Production), "acdf");
    }
}
