//! `profile promote`: a higher profile is claimed only by a tool that was seen to keep its rules.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use ai_lab_contract::{ErrorClass, Profile, ToolName};
use alf_generator::Language;
use alf_ops::{Framework, TriedPromotion, carry_out_promotion, lock_tools, try_promotion};

use crate::profiles::{made, name, workshop};
use crate::scene::{Lab, WELL, read, told};

/// Every file of the lab's tools with what stands in it, and the lock.
fn state(lab: &Lab) -> BTreeMap<String, String> {
    let mut seen = BTreeMap::new();
    let mut open = vec![lab.path("lab/tools")];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.ends_with(".evidence") {
                continue;
            }
            if path.is_dir() {
                open.push(path);
            } else {
                seen.insert(path.display().to_string(), read(&path));
            }
        }
    }
    let lock = fs::read_to_string(lab.path("lab/tools.lock")).unwrap_or_default();
    seen.insert("tools.lock".to_owned(), lock);
    seen
}

fn tried(framework: &Framework, tool: &ToolName, to: Option<Profile>) -> TriedPromotion {
    try_promotion(framework, tool, to).expect("it can be tried")
}

fn findings(tried: &TriedPromotion) -> Vec<String> {
    let findings = tried.report.findings.iter();
    findings
        .map(|finding| format!("{}: {}", finding.rule, finding.message))
        .collect()
}

fn rules(tried: &TriedPromotion) -> Vec<&str> {
    tried
        .mended
        .iter()
        .map(|mended| mended.rule.as_str())
        .collect()
}

/// Adds lines before a line of a tool's manifest.
fn add(lab: &Lab, tool: &ToolName, before: &str, lines: &str) {
    let place = format!("lab/tools/{tool}/tool.toml");
    let text = read(&lab.path(&place));
    assert!(text.contains(before), "{text}");
    lab.write(
        &place,
        text.replacen(before, &format!("{lines}{before}"), 1),
    );
}

const EVIDENCE: &str = "# How it is shown.\n[evidence]\ntests = [\"bash\", \"tests/test.sh\"]\n\
                        coverage = \".evidence/coverage.lcov\"\n";

/// An experimental tool with tests that pass, in a lab.
fn sketch() -> (Lab, Framework, ToolName) {
    let (lab, framework) = workshop(Language::Shell);
    let tool = made(&lab, &framework, Language::Shell, Profile::Experimental);
    add(&lab, &tool, "[actions.hello]", EVIDENCE);
    fs::remove_file(lab.path("lab/tools.lock")).expect("it was pinned");
    (lab, framework, tool)
}

#[test]
fn a_tool_that_keeps_the_rules_claims_the_profile_and_is_pinned_as_such() {
    let (lab, framework, tool) = sketch();
    let before = state(&lab);
    let promotion = tried(&framework, &tool, None);
    assert_eq!(findings(&promotion), Vec::<String>::new());
    assert_eq!(rules(&promotion), ["P207", "P210"]);
    assert_eq!(state(&lab), before, "what is tried is tried on a copy");
    carry_out_promotion(&framework, &promotion).expect("it is written");

    let manifest = read(&lab.path(&format!("lab/tools/{tool}/tool.toml")));
    for part in [
        "profile = \"standard\"\n",
        "[retry]\nattempts = 3\n",
        "# How it is shown.\n",
        "action = \"hello\"\n",
    ] {
        assert!(manifest.contains(part), "{part}: {manifest}");
    }
    let validated = alf_ops::validate_tool(&framework, &tool, None).expect("it can be validated");
    assert_eq!(
        (validated.report.profile, validated.report.fits()),
        (Profile::Standard, true)
    );
    let lock: serde_json::Value =
        serde_json::from_str(&read(&lab.path("lab/tools.lock"))).expect("JSON");
    let pin = &lock["tools"][tool.as_str()];
    assert_eq!(pin["digest"], validated.digest);
    assert_eq!(
        (&pin["profile"], &pin["validated"]["profile"]),
        (&"standard".into(), &"standard".into())
    );
}

#[test]
fn production_asks_for_more_than_a_manifest_can_say() {
    let (lab, framework) = workshop(Language::Shell);
    let tool = made(&lab, &framework, Language::Shell, Profile::Standard);
    let next = tried(&framework, &tool, None);
    assert_eq!(rules(&next), ["P302", "P303", "P307", "P308", "P309"]);
    let left = findings(&next);
    for rule in ["P305", "P306"] {
        let is_left = left.iter().any(|finding| finding.starts_with(rule));
        assert!(is_left, "{rule}: {left:#?}");
    }
    add(
        &lab,
        &tool,
        "coverage = ",
        "faults = [\"sh\", \"tests/faults.sh\"]\n",
    );
    let load = "[evidence.load]\ncalls = 4\nat_once = 2\np95_ms = 60000\n\n";
    add(&lab, &tool, "[actions.hello]", load);
    let digest = alf_ops::diff_tool(&framework, &tool)
        .expect("it was pinned")
        .digest;
    alf_ops::approve_tool(&framework, &tool, &digest).expect("a person has seen it");
    let next = tried(&framework, &tool, Some(Profile::Production));
    assert_eq!(findings(&next), Vec::<String>::new());
    carry_out_promotion(&framework, &next).expect("it is written");
    let validated = alf_ops::validate_tool(&framework, &tool, None).expect("it can be validated");
    assert_eq!(
        (
            validated.report.profile,
            validated.report.fits(),
            validated.remembered
        ),
        (Profile::Production, true, true)
    );
}

#[test]
fn a_tool_that_does_not_keep_them_stays_as_it_is() {
    let lab = Lab::new();
    lab.tool_with("bare", WELL, "profile = \"experimental\"");
    let framework = lab.framework();
    let before = state(&lab);
    let promotion = tried(&framework, &name("bare"), None);
    assert_eq!(rules(&promotion), ["P201"]);
    assert!(!promotion.report.fits());
    let failure = carry_out_promotion(&framework, &promotion).expect_err("it does not fit");
    assert_eq!(
        told(&lab, &failure),
        (
            ErrorClass::Refused,
            vec!["the tool `bare` does not fit standard".to_owned()],
            "Nothing was changed: mend what was found, then promote it again.".to_owned()
        )
    );
    assert_eq!(state(&lab), before);
}

#[test]
fn a_failure_or_a_change_in_between_leaves_all_as_it_was() {
    let (lab, framework, tool) = sketch();
    let promotion = tried(&framework, &tool, None);
    // The lock cannot be written: found out when all else is.
    fs::create_dir(lab.path("lab/tools.lock")).expect("a folder");
    let before = files(&lab.path("lab/tools"));
    let failure = carry_out_promotion(&framework, &promotion).expect_err("it cannot be pinned");
    assert_eq!(failure.class, ErrorClass::Config);
    assert_eq!(files(&lab.path("lab/tools")), before);

    fs::remove_dir(lab.path("lab/tools.lock")).expect("it is empty");
    lab.write(&format!("lab/tools/{tool}/more"), "x");
    let before = state(&lab);
    let failure = carry_out_promotion(&framework, &promotion).expect_err("it has changed");
    let said = format!("the tool `{tool}` changed while it was promoted");
    assert_eq!(
        (failure.class, failure.to_string()),
        (ErrorClass::Conflict, said)
    );
    assert_eq!(state(&lab), before);
}

fn files(folder: &Path) -> BTreeMap<String, String> {
    let mut seen = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            seen.append(&mut files(&path));
        } else {
            seen.insert(path.display().to_string(), read(&path));
        }
    }
    seen
}

#[test]
fn what_nobody_has_seen_is_not_promoted_and_no_tool_may_ask() {
    let lab = Lab::new();
    lab.tool_with("probe", WELL, "profile = \"experimental\"");
    let framework = lab.framework();
    lock_tools(&framework, &[]).expect("it can be pinned");
    lab.write("lab/tools/probe/run.sh", "echo changed\n");
    let check = |framework: &Framework, to, expected: (ErrorClass, &str)| {
        let failure = try_promotion(framework, &name("probe"), to).expect_err("it is refused");
        assert_eq!(
            (failure.class, failure.chain().join(": ").as_str()),
            expected
        );
    };
    check(
        &framework,
        None,
        (
            ErrorClass::Conflict,
            "the tool `probe` is not what its lock has pinned",
        ),
    );
    lab.write("lab/tools/probe/run.sh", WELL);
    check(
        &framework,
        Some(Profile::Experimental),
        (
            ErrorClass::Usage,
            "cannot promote the tool `probe` to experimental: the tool claims experimental already",
        ),
    );
    let mut within = lab.surroundings();
    within
        .variables
        .insert("AI_LAB_EXECUTION_ID".to_owned(), "e-1".to_owned());
    check(
        &Framework::new(within),
        None,
        (ErrorClass::Refused, "a tool may not promote a tool"),
    );
}
