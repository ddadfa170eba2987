//! `profile rules`.

use ai_lab_contract::Profile;
use alf_profiles::{RULES, Rule};
use clap::Args;
use serde_json::json;

use crate::output::{Ended, Output};
use crate::render::table::{table, text};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Only the rules that bind at this profile
    #[arg(long, value_name = "PROFILE")]
    profile: Option<Profile>,
}

impl Arguments {
    pub(crate) fn carry_out(self, output: &mut Output) -> Ended {
        let binds = |rule: &&Rule| self.profile.is_none_or(|profile| rule.from <= profile);
        let rules: Vec<&Rule> = RULES.iter().filter(binds).collect();
        if output.is_json() {
            let rows: Vec<_> = rules
                .iter()
                .map(|rule| {
                    json!({
                        "id": rule.id, "from": rule.from, "title": rule.title, "why": rule.why,
                        "how_checked": rule.how_checked, "how_mended": rule.how_mended,
                        "exemptable": rule.no_exemption.is_none(), "no_exemption": rule.no_exemption,
                    })
                })
                .collect();
            output.say_json(&json!({ "format": 1, "rules": rows }))?;
            return Ok(0);
        }
        let mut drawn = table(&["rule", "from", "what is owed", "how it is checked"]);
        for rule in rules {
            let exempt = if rule.no_exemption.is_some() { "!" } else { "" };
            drawn.add_row([
                format!("{}{exempt}", rule.id),
                rule.from.to_string(),
                rule.title.to_owned(),
                rule.how_checked.to_owned(),
            ]);
        }
        output.say(text(&drawn))?;
        output.note("! no tool can be exempted from it")?;
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;
    use std::path::Path;

    use alf_profiles::RULES;

    fn page() -> String {
        let mut page = "| rule | from | what is owed | why | how it is checked | how it is mended | exemption |\n\
                        |---|---|---|---|---|---|---|\n"
            .to_owned();
        for rule in RULES {
            let exempt = rule
                .no_exemption
                .map_or("with a reason".to_owned(), |why| format!("none: {why}"));
            writeln!(
                page,
                "| {} | {} | {} | {} | {} | {} | {exempt} |",
                rule.id, rule.from, rule.title, rule.why, rule.how_checked, rule.how_mended
            )
            .expect("a String takes it");
        }
        page
    }

    /// Compares the table in the committed page; `AI_LAB_BLESS=1` writes it anew.
    #[test]
    #[expect(
        clippy::disallowed_methods,
        reason = "blessing the page is this test's own door"
    )]
    fn the_committed_table_is_the_programs() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/PROFILES.md");
        let committed = std::fs::read_to_string(&path).expect("the page is there");
        let (before, rest) = committed
            .split_once("<!-- rules -->\n")
            .expect("its mark is there");
        let (_, after) = rest
            .split_once("<!-- end -->\n")
            .expect("its mark is there");
        let right = format!("{before}<!-- rules -->\n{}<!-- end -->\n{after}", page());
        if std::env::var_os("AI_LAB_BLESS").is_some() {
            std::fs::write(&path, &right).expect("the page is writable");
        }
        let committed = std::fs::read_to_string(&path).expect("the page is there");
        assert!(
            committed == right,
            "docs/PROFILES.md differs: run with AI_LAB_BLESS=1"
        );
    }
}
