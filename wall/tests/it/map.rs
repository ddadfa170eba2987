//! The maps.

use std::fs;

use wall::checkout::{metadata, root};
use wall::map::check_map;
use wall::packages::parse_metadata;
use wall::rules::Half;

use crate::{assert_none, texts};

fn names(half: Half) -> Vec<String> {
    let text = metadata(&root().join(half.folder())).expect("the workspace is read");
    let packages = parse_metadata(&text).expect("its metadata is read");
    packages.into_iter().map(|package| package.name).collect()
}

fn check(path: &str, names: &[String]) {
    let text = fs::read_to_string(root().join(path)).expect("the map is there");
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    assert_none(&check_map(path, &text, &names));
}

#[test]
fn every_map_lists_the_crates_that_exist() {
    let (framework, instance) = (names(Half::Framework), names(Half::Instance));
    check("ai-lab-framework/ARCHITECTURE.md", &framework);
    check("ai-lab/ARCHITECTURE.md", &instance);
    let all = [framework, instance, vec!["wall".to_owned()]].concat();
    check("ARCHITECTURE.md", &all);
}

#[test]
fn a_map_that_lies_is_found() {
    let text = "- `alf-store` — rows\n  - `alf-gone` — was here\n- `docs/adr` — a folder\n- `alf-store` — again\n";
    assert_eq!(
        texts(&check_map("A.md", text, &["alf-store", "alf-new"])),
        [
            "A.md: lists `alf-gone`, which does not exist",
            "A.md: does not list `alf-new`",
            "A.md: lists a crate twice",
        ]
    );
    assert_eq!(
        texts(&check_map("A.md", &"\n".repeat(151), &[])),
        ["A.md: has 151 lines, 150 at most"]
    );
}
