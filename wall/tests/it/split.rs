//! The split, rehearsed.

use std::fs;
use std::path::Path;

use wall::checkout::{root, write};
use wall::report;
use wall::split::Rehearsal;

use crate::assert_none;

fn rehearsal() -> Rehearsal {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("split");
    Rehearsal::prepare(root(), &target).expect("the instance is copied out")
}

/// Adds a dependency to lab-ops and tells what cargo says when it resolves.
fn resolved_with(dependency: &str) -> String {
    let rehearsal = rehearsal();
    let manifest = rehearsal.instance().join("crates/lab-ops/Cargo.toml");
    let text = fs::read_to_string(&manifest).expect("the manifest is there");
    let broken = text.replace(
        "[dependencies]\n",
        &format!("[dependencies]\n{dependency}\n"),
    );
    assert!(broken.contains(dependency), "the manifest was not changed");
    write(&manifest, &broken).expect("the manifest is written");
    report(&rehearsal.resolve().expect("cargo runs"))
}

#[test]
fn the_instance_builds_without_the_framework_beside_it() {
    let rehearsal = rehearsal();
    assert_none(&rehearsal.compile().expect("cargo runs"));
}

#[test]
fn a_path_across_the_wall_does_not_resolve() {
    let said =
        resolved_with("alf-store = { path = \"../../../ai-lab-framework/crates/alf-store\" }");
    assert!(
        said.contains("failed to load manifest for dependency `alf-store`"),
        "{said}"
    );
    assert!(said.contains("No such file or directory"), "{said}");
}

#[test]
fn a_name_from_inside_the_framework_does_not_resolve() {
    let said = resolved_with("alf-runtime = \"0.0.0\"");
    assert!(
        said.contains("no matching package named `alf-runtime` found"),
        "{said}"
    );
}

/// The lines that make the two tests above fail resolve when they name what may be named.
#[test]
fn a_published_crate_resolves() {
    assert_eq!(resolved_with("ai-lab-tool = \"0.1.0\""), "");
}

#[test]
fn an_included_file_across_the_wall_does_not_compile() {
    let rehearsal = rehearsal();
    let source = rehearsal.instance().join("crates/lab-model/src/lib.rs");
    let crossing =
        "pub const NAMES: &str = include_str!(\"../../../../ai-lab-framework/Cargo.toml\");\n";
    write(&source, crossing).expect("the source is written");
    let said = report(&rehearsal.compile().expect("cargo runs"));
    assert!(
        said.contains("couldn't read `crates/lab-model/src/"),
        "{said}"
    );
}
