use std::collections::BTreeMap;

use ai_lab_contract::{Manifest, Profile};

use super::*;
use crate::read_document;

const MANIFEST: &str = r#"# A tool of mine.
contract = 1
name = "probe"
version = "1.2.3"
description = "Looks."
profile = "experimental" # for now

[run]
command = ["sh", "run.sh"] # no shell in between

[grants]
read = ["/srv/a|b"]
secrets = ["router", { name = "token", environment = "TOKEN" }]

[actions.look]
description = "Looks | around."
read_only = true
idempotent = true
input = { type = "object", properties = { host = { type = "string" } } }
output = { type = "object", properties = {} }

[actions.set]
description = "Sets."
input = "schemas/set.json"
output = "schemas/out.json"
# the end
"#;

fn parsed(text: &str) -> Manifest {
    toml::from_str(text).expect("a manifest")
}

fn planned(text: &str, to: Profile, readme: Option<&str>) -> Result<Promotion, PromoteError> {
    let manifest = parsed(text);
    let open = r#"{ "type": "object", "properties": {} }"#;
    let files =
        ["schemas/set.json", "schemas/out.json"].map(|path| (path.to_owned(), open.to_owned()));
    plan_promotion(
        to,
        &PromotionFacts {
            manifest: &manifest,
            manifest_text: text,
            readme,
            schema_files: &BTreeMap::from(files),
            takes_nothing: manifest.actions.keys().next(),
        },
    )
}

fn steps(promotion: &Promotion) -> Vec<String> {
    let mended = promotion.mended.iter();
    mended
        .map(|mended| format!("{}: {}", mended.rule, mended.what))
        .collect()
}

fn text<'a>(promotion: &'a Promotion, path: &str) -> &'a str {
    let edit = promotion.files.iter().find(|edit| edit.path == path);
    &edit.expect("it is written").after
}

#[test]
fn all_that_the_manifest_bears_out_is_added_and_no_comment_lost() {
    let promotion = planned(MANIFEST, Profile::Production, None).expect("it can be planned");
    assert_eq!(
        steps(&promotion),
        [
            "P201: README.md gains a section Usage",
            "P207: [retry]: 3 attempts of idempotent actions",
            "P208: `schemas/set.json` refuses unknown keys",
            "P208: `actions.look.input` refuses unknown keys",
            "P210: [health]: `look`, which changes nothing and takes an empty input",
            "P302: [breaker]: 5 failures in 60 s stop calls for 30 s",
            "P303: [fallback]: the last good answer of a read-only action, at most 300 s old",
            "P307: README.md gains a section Runbook",
            "P308: README.md gains a section Limits",
            "P309: README.md gains a section Security notes",
        ]
    );
    let paths: Vec<&str> = promotion
        .files
        .iter()
        .map(|edit| edit.path.as_str())
        .collect();
    assert_eq!(
        paths,
        ["schemas/set.json", "README.md", "tool.toml"],
        "the claim comes last"
    );
    let written = text(&promotion, "tool.toml");
    for comment in [
        "# A tool of mine.\n",
        "profile = \"production\" # for now\n",
        "# no shell in between\n",
        "# the end\n",
    ] {
        assert!(written.contains(comment), "{comment}: {written}");
    }
    let mut expected = parsed(MANIFEST);
    let added = "[retry]\nattempts = 3\nbackoff_ms = 200\nmax_backoff_ms = 2000\n[health]\naction = \"look\"\n\
                 [breaker]\nfailures = 5\nwindow_s = 60\nopen_s = 30\n[fallback]\nlast_good_s = 300\n";
    let more = parsed(&format!("{MANIFEST}{added}"));
    (expected.retry, expected.health) = (more.retry, more.health);
    (expected.breaker, expected.fallback) = (more.breaker, more.fallback);
    expected.profile = Profile::Production;
    let mut now = parsed(written);
    for (name, action) in &mut now.actions {
        if name.as_str() == "look" {
            let ai_lab_contract::SchemaSource::Inline(schema) = &mut action.input else {
                panic!("it stands in the manifest");
            };
            assert_eq!(schema.remove("additionalProperties"), Some(false.into()));
        }
    }
    assert_eq!(now, expected, "and nothing else");
}

#[test]
fn a_section_says_what_the_manifest_says() {
    let promotion = planned(MANIFEST, Profile::Production, None).expect("it can be planned");
    let readme = text(&promotion, "README.md");
    for line in [
        "# probe\nLooks.\n\n## Usage\n",
        "| `probe.look` | Looks \\| around. | changes nothing; twice is the same as once |\n",
        "$ ai-lab-framework tool run probe.look --input '{}'\n",
        "| one call may run | 30 s |\n",
        "| the longest answer | 1 MiB |\n",
        "| reads | `/srv/a\\|b` |\n",
        "| is handed the secrets | `router` in a sealed file, `token` in the variable `TOKEN` |\n",
        "| `unavailable` (exit 21) | the breaker is open: 5 failures within 60 s, so calls stop for 30 s |",
        "| `timeout` (exit 13) | it still ran after 30 s |",
    ] {
        assert!(readme.contains(line), "{line}: {readme}");
    }
    let document = read_document(readme);
    for (title, least) in [
        ("usage", 10),
        ("limits", 5),
        ("security notes", 10),
        ("runbook", 15),
    ] {
        assert!(document.words_under(&[title]) >= Some(least), "{title}");
    }
}

#[test]
fn a_persons_words_stay_as_they_are() {
    let readme = "# mine\n\n## How to use it\nAsk me.\n\n## Limits\n";
    let promotion = planned(MANIFEST, Profile::Standard, Some(readme)).expect("it can be planned");
    assert!(promotion.files.iter().all(|edit| edit.path != "README.md"));
    let promotion =
        planned(MANIFEST, Profile::Production, Some(readme)).expect("it can be planned");
    let written = text(&promotion, "README.md");
    assert!(written.starts_with(readme.trim_end()), "{written}");
    assert_eq!(written.matches("## Limits").count(), 1);
}

#[test]
fn nothing_is_repeated_or_answered_from_memory_that_acts() {
    let acting = MANIFEST.replace("read_only = true\nidempotent = true\n", "");
    let manifest = parsed(&acting);
    let promotion = plan_promotion(
        Profile::Production,
        &PromotionFacts {
            manifest: &manifest,
            manifest_text: &acting,
            readme: None,
            schema_files: &BTreeMap::new(),
            takes_nothing: None,
        },
    );
    let now = parsed(text(&promotion.expect("it can be planned"), "tool.toml"));
    assert_eq!((now.retry, now.health, now.fallback), (None, None, None));
}

#[test]
fn what_is_declared_is_kept_and_a_word_is_enough_to_claim() {
    let told = "retry = { attempts = 2, backoff_ms = 1, max_backoff_ms = 2 }\n";
    let plain = MANIFEST.replace("profile = \"experimental\" # for now\n", told);
    let claimed = planned(&plain, Profile::Production, None).expect("it can be planned");
    let now = parsed(text(&claimed, "tool.toml"));
    assert_eq!(
        (now.profile, now.retry),
        (Profile::Production, parsed(&plain).retry)
    );
    assert_eq!(
        planned(&plain, Profile::Standard, None),
        Err(PromoteError::NotHigher {
            claimed: Profile::Standard
        })
    );
}
