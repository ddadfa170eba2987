use std::collections::BTreeMap;

use ai_lab_contract::MajorMinor;
use semver::Version;

use super::*;
use crate::contract::Deprecation;

fn contract(items: &[(Area, &str, Item)]) -> Contract {
    let mut areas: BTreeMap<Area, BTreeMap<String, Item>> = BTreeMap::new();
    for (area, name, item) in items {
        areas
            .entry(*area)
            .or_default()
            .insert((*name).to_owned(), item.clone());
    }
    Contract {
        format: 1,
        name: "ai-lab-framework".to_owned(),
        version: Version::new(1, 0, 0),
        contract: MajorMinor { major: 1, minor: 0 },
        schemas: BTreeMap::new(),
        items: areas,
        documents: BTreeMap::new(),
    }
}

/// Whether a change breaks, and what it is called.
fn told(area: Area, before: Option<Item>, after: Option<Item>) -> Vec<String> {
    let stands = (area, "run", Item::of("object"));
    let with = |item: Option<Item>| {
        let item = item.map(|item| (area, "run.x", item));
        contract(&[stands.clone()].into_iter().chain(item).collect::<Vec<_>>())
    };
    changes(&with(before), &with(after))
        .into_iter()
        .map(|change| {
            format!(
                "{}: {}",
                if change.breaks { "breaks" } else { "adds" },
                change.what
            )
        })
        .collect()
}

fn text() -> Item {
    Item::of("string")
}

fn values(words: &[&str]) -> Item {
    let values = words.iter().map(|word| (*word).to_owned()).collect();
    Item { values, ..text() }
}

fn range(least: Option<u32>, most: Option<u32>) -> Item {
    Item {
        least: least.map(Number::from),
        most: most.map(Number::from),
        ..Item::of("integer")
    }
}

#[test]
fn what_others_say_must_stay_understood() {
    let check =
        |before: Item, after: Item| told(Area::Manifest, Some(before), Some(after)).join("; ");
    let either = Item {
        types: vec!["object".to_owned(), "string".to_owned()],
        ..Item::default()
    };
    assert_eq!(check(text(), text()), "");
    assert_eq!(check(text(), either.clone()), "adds: may be `object` too");
    assert_eq!(
        check(either, text()),
        "breaks: is `string` and was `object` or `string`"
    );
    assert_eq!(check(text(), values(&["a"])), "breaks: may only be `a`");
    assert_eq!(check(values(&["a"]), text()), "adds: may be any value");
    assert_eq!(
        check(values(&["a", "b"]), values(&["b", "c"])),
        "breaks: cannot be `a` any more; adds: may be `c` too"
    );
    assert_eq!(
        check(range(Some(1), Some(9)), range(Some(0), Some(10))),
        "adds: is at least 0, was 1; adds: is at most 10, was 9"
    );
    assert_eq!(
        check(range(None, None), range(Some(1), Some(9))),
        "breaks: is at least 1, was without bound; breaks: is at most 9, was without bound"
    );
    assert_eq!(
        check(range(Some(1), Some(9)), range(None, None)),
        "adds: is at least without bound, was 1; adds: is at most without bound, was 9"
    );
    let pattern = Item {
        pattern: Some("^a".to_owned()),
        ..text()
    };
    assert_eq!(
        check(text(), pattern.clone()),
        "breaks: its text has to be `^a`"
    );
    assert_eq!(
        check(pattern, text()),
        "adds: its text has to be `any text`"
    );
    assert_eq!(
        check(text(), text().required(true)),
        "breaks: has to be there"
    );
    assert_eq!(check(text().required(true), text()), "adds: may be missing");
    let deprecated = Deprecation {
        since: "1.1.0".to_owned(),
        remove_in: "2.0.0".to_owned(),
        instead: "Use `y`.".to_owned(),
        renamed_to: None,
    };
    let going = Item {
        deprecated: Some(deprecated),
        ..text()
    };
    assert_eq!(check(text(), going), "adds: goes in 2.0.0: Use `y`.");
}

#[test]
fn what_is_said_to_others_must_go_on_being_said() {
    let check =
        |before: Item, after: Item| told(Area::Request, Some(before), Some(after)).join("; ");
    let either = Item {
        types: vec!["null".to_owned(), "string".to_owned()],
        ..Item::default()
    };
    assert_eq!(
        check(text(), either),
        "breaks: is `null` or `string` and was `string`"
    );
    assert_eq!(
        check(values(&["a", "b"]), values(&["b", "c"])),
        "adds: cannot be `a` any more; adds: may be `c` too"
    );
    assert_eq!(
        check(text().required(true), text()),
        "breaks: may be missing"
    );
    assert_eq!(
        check(text(), text().required(true)),
        "adds: has to be there"
    );
    assert_eq!(
        check(range(Some(1), None), range(Some(2), None)),
        "adds: is at least 2, was 1"
    );
}

#[test]
fn what_comes_is_added_unless_it_is_owed_by_what_was_there() {
    assert_eq!(told(Area::Manifest, None, Some(text())), ["adds: is new"]);
    assert_eq!(
        told(Area::Manifest, None, Some(text().required(true))),
        ["breaks: is new and has to be given"]
    );
    assert_eq!(
        told(Area::Request, None, Some(text().required(true))),
        ["adds: is new"]
    );
    assert_eq!(
        told(Area::Manifest, Some(text()), None),
        ["breaks: is gone"]
    );
    let old = contract(&[(Area::Command, "tool", Item::of("command"))]);
    let new = contract(&[
        (Area::Command, "tool", Item::of("command")),
        (Area::Command, "tool pet", Item::of("command")),
        (
            Area::Argument,
            "tool pet <1>",
            Item::of("value").required(true),
        ),
    ]);
    assert_eq!(breaking(&old, &new), []);
}

#[test]
fn another_major_of_the_contract_breaks_everything() {
    let (old, mut new) = (contract(&[]), contract(&[]));
    new.contract.major = 2;
    let told: Vec<String> = breaking(&old, &new)
        .into_iter()
        .map(|change| change.what)
        .collect();
    assert_eq!(told, ["the contract is 2 and was 1"]);
}

#[test]
fn a_part_stands_below_its_whole() {
    let check = |name: &str| parent(name).map(str::to_owned);
    for (name, above) in [
        ("run", None),
        ("run.kind", Some("run")),
        ("grants.read[]", Some("grants")),
        ("tool run --json", Some("tool run")),
        ("--json", None),
        ("ai_lab_tool::AiTool::run", Some("ai_lab_tool::AiTool")),
        (
            "ai_lab_framework.action(description)",
            Some("ai_lab_framework.action"),
        ),
    ] {
        assert_eq!(check(name), above.map(str::to_owned), "{name}");
    }
}
