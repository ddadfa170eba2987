//! Who links what.

use std::fs;
use std::path::Path;

use wall::checkout::{metadata, root, write};
use wall::doors::{check_lock, check_packages};
use wall::packages::{LockedPackage, Package, parse_lock, parse_metadata};
use wall::rules::Half;

use crate::{assert_none, texts};

fn packages(half: Half) -> Vec<Package> {
    let text = metadata(&root().join(half.folder())).expect("the workspace is read");
    parse_metadata(&text).expect("its metadata is read")
}

#[test]
fn every_package_keeps_to_its_row() {
    for half in Half::ALL {
        assert_none(&check_packages(root(), half, &packages(half)));
    }
}

#[test]
fn the_locks_hold_no_stranger_and_no_idle_patch() {
    for half in Half::ALL {
        let lock = root().join(half.folder()).join("Cargo.lock");
        let text = fs::read_to_string(lock).expect("the lock is there");
        let (locked, unused) = parse_lock(&text).expect("the lock is read");
        assert_none(&check_lock(half, &packages(half), &locked, &unused));
    }
    let own = fs::read_to_string(root().join("wall/Cargo.lock")).expect("the lock is there");
    assert_eq!(parse_lock(&own).expect("the lock is read").1, [""; 0]);
}

/// A package of a checkout at `/c`, with one dependency as `cargo metadata` writes it.
fn package(name: &str, folder: &str, dependency: &str) -> Package {
    let text = format!(
        r#"{{"packages":[{{"name":"{name}","manifest_path":"/c/{folder}/Cargo.toml","publish":[],
            "dependencies":[{dependency}]}}]}}"#
    );
    parse_metadata(&text)
        .expect("the text is metadata")
        .remove(0)
}

/// What is said of that package alone; the missing rest of the half is left out.
fn said(half: Half, package: Package) -> Vec<String> {
    let findings = check_packages(Path::new("/c"), half, &[package]);
    let mut said = texts(&findings);
    said.retain(|line| !line.ends_with("has a row but does not exist"));
    said
}

/// Half, package with its folder, the dependency, and what is said of it.
type Case = (
    Half,
    (&'static str, &'static str),
    &'static str,
    &'static [&'static str],
);

fn check(cases: &[Case]) {
    for (half, (name, folder), dependency, expected) in cases {
        assert_eq!(said(*half, package(name, folder, dependency)), *expected);
    }
}

#[test]
fn a_link_across_the_wall_is_found() {
    check(&[
        (
            Half::Instance,
            ("lab-ops", "ai-lab/crates/lab-ops"),
            r#"{"name":"alf-store","kind":null,"path":"/c/ai-lab-framework/crates/alf-store"}"#,
            &["lab-ops: links `alf-store` by a path that leaves ai-lab/"],
        ),
        (
            Half::Instance,
            ("lab-ops", "ai-lab/crates/lab-ops"),
            r#"{"name":"alf-store","kind":"dev"}"#,
            &["lab-ops: names `alf-store`, which is inside the other half"],
        ),
        (
            Half::Instance,
            ("lab-ops", "ai-lab/crates/lab-ops"),
            r#"{"name":"ai-lab-client","kind":null,"path":"/c/ai-lab-framework/published/ai-lab-client"}"#,
            &["lab-ops: links `ai-lab-client` by a path that leaves ai-lab/"],
        ),
    ]);
}

#[test]
fn a_link_against_the_table_is_found() {
    check(&[
        (
            Half::Instance,
            ("lab-model", "ai-lab/crates/lab-model"),
            r#"{"name":"lab-store","kind":null,"path":"/c/ai-lab/crates/lab-store"}"#,
            &["lab-model: may not use `lab-store` (wall/src/rules.rs)"],
        ),
        (
            Half::Instance,
            ("weather", "ai-lab/projects/p/tools/weather"),
            r#"{"name":"ai-lab-client","kind":null}"#,
            &["weather: may not use `ai-lab-client` (wall/src/rules.rs)"],
        ),
        (
            Half::Framework,
            ("alf-policy", "ai-lab-framework/crates/alf-policy"),
            r#"{"name":"alf-runtime","kind":"build","path":"/c/ai-lab-framework/crates/alf-runtime"}"#,
            &["alf-policy: may not use `alf-runtime` (wall/src/rules.rs)"],
        ),
        (
            Half::Framework,
            ("alf-ops", "ai-lab-framework/crates/alf-ops"),
            r#"{"name":"rusqlite","kind":null}"#,
            &[
                "alf-ops: links `rusqlite`, which belongs to alf-store, lab-store, lab-import, lab-crash",
            ],
        ),
        (
            Half::Framework,
            ("alf-drawer", "ai-lab-framework/crates/alf-drawer"),
            r#"{"name":"serde","kind":null}"#,
            &["alf-drawer: has no row in wall/src/rules.rs: say there what it may use"],
        ),
        (
            Half::Framework,
            (
                "ai-lab-contract",
                "ai-lab-framework/published/ai-lab-contract",
            ),
            r#"{"name":"alf-schema","kind":"dev","path":"/c/ai-lab-framework/crates/alf-schema"}"#,
            &[
                "ai-lab-contract: may not use `alf-schema` (wall/src/rules.rs)",
                "ai-lab-contract: is to be published but may not be",
            ],
        ),
    ]);
}

#[test]
fn an_allowed_link_is_not_found() {
    check(&[
        (
            Half::Framework,
            ("alf-ops", "ai-lab-framework/crates/alf-ops"),
            r#"{"name":"rusqlite","kind":"dev"}"#,
            &[],
        ),
        (
            Half::Instance,
            ("lab-model", "ai-lab/crates/lab-model"),
            r#"{"name":"lab-store","kind":"dev","path":"/c/ai-lab/crates/lab-store"}"#,
            &[],
        ),
        (
            Half::Instance,
            ("weather", "ai-lab/projects/p/tools/weather"),
            r#"{"name":"ai-lab-tool","kind":null}"#,
            &[],
        ),
    ]);
}

#[test]
fn a_row_without_its_package_is_found() {
    let mut some = packages(Half::Instance);
    some.retain(|package| package.name != "lab-import");
    assert_eq!(
        texts(&check_packages(root(), Half::Instance, &some)),
        ["lab-import: has a row but does not exist"]
    );
}

#[test]
fn a_package_that_could_be_published_by_mistake_is_found() {
    let mut package = package("lab-model", "ai-lab/crates/lab-model", "");
    package.publish = None;
    assert_eq!(
        said(Half::Instance, package),
        ["lab-model: lacks `publish = false`"]
    );
}

#[test]
fn what_a_lock_drags_in_is_found() {
    let lock = r#"
        version = 4
        [[package]]
        name = "lab-model"
        version = "0.0.0"
        [[package]]
        name = "ai-lab-tool"
        version = "0.1.0"
        [[package]]
        name = "alf-runtime"
        version = "0.0.0"
        [[package]]
        name = "serde"
        version = "1.0.0"
        source = "registry+https://github.com/rust-lang/crates.io-index"
        [[patch.unused]]
        name = "ai-lab-client"
        version = "0.1.0"
    "#;
    let (locked, unused) = parse_lock(lock).expect("the text is a lock");
    let own = [package("lab-model", "ai-lab/crates/lab-model", "")];
    assert_eq!(
        texts(&check_lock(Half::Instance, &own, &locked, &unused)),
        [
            "ai-lab/Cargo.lock: holds `alf-runtime`, which is not of this half",
            "ai-lab/Cargo.lock: carries the idle patch `ai-lab-client`",
        ]
    );
    assert_eq!(locked.len(), 4);
    assert!(matches!(
        &locked[3],
        LockedPackage {
            source: Some(_),
            ..
        }
    ));
}

/// The real cargo tells the check what it needs: a link by path in a workspace on disk.
#[test]
fn a_link_by_path_is_seen_through_cargo() {
    let checkout = tempfile::tempdir().expect("a temporary folder is made");
    let at = |path: &str| checkout.path().join(path);
    let manifest = |name: &str, more: &str| {
        format!(
            "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n{more}"
        )
    };
    let sneaked = "[workspace]\n[dependencies]\nalf-runtime = { path = \"../../../ai-lab-framework/crates/alf-runtime\" }\n";
    for (path, text) in [
        (
            "ai-lab/crates/lab-ops/Cargo.toml",
            manifest("lab-ops", sneaked),
        ),
        ("ai-lab/crates/lab-ops/src/lib.rs", String::new()),
        (
            "ai-lab-framework/crates/alf-runtime/Cargo.toml",
            manifest("alf-runtime", ""),
        ),
        (
            "ai-lab-framework/crates/alf-runtime/src/lib.rs",
            String::new(),
        ),
    ] {
        write(&at(path), &text).expect("the file is written");
    }
    let text = metadata(&at("ai-lab/crates/lab-ops")).expect("cargo reads it");
    let packages = parse_metadata(&text).expect("its metadata is read");
    let findings = check_packages(checkout.path(), Half::Instance, &packages);
    assert_eq!(
        texts(&findings)[0],
        "lab-ops: links `alf-runtime` by a path that leaves ai-lab/"
    );
}
