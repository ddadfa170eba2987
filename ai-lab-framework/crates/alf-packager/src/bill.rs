//! The bill of materials: every crate that a release's program is made of, as `CycloneDX` 1.6 in JSON.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Value, json};

/// What `cargo metadata --format-version 1` says, as far as it is wanted here.
#[derive(Debug, Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    resolve: Resolve,
}

#[derive(Debug, Deserialize)]
struct Package {
    id: String,
    name: String,
    version: String,
    license: Option<String>,
    source: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Debug, Deserialize)]
struct Node {
    id: String,
    deps: Vec<Dependency>,
}

#[derive(Debug, Deserialize)]
struct Dependency {
    pkg: String,
    dep_kinds: Vec<DependencyKind>,
}

#[derive(Debug, Deserialize)]
struct DependencyKind {
    /// Nothing for one that is linked, else `dev` or `build`.
    kind: Option<String>,
}

/// Why there is no bill.
#[derive(Debug, thiserror::Error)]
pub enum BillError {
    /// It is not what cargo says.
    #[error("no metadata of cargo: {0}")]
    Metadata(#[from] serde_json::Error),
    /// The program's own package is not among them.
    #[error("there is no package `{0}` in it")]
    Root(String),
}

/// The bill of the program of one package: what it links, and what those link. `at_ms` is milliseconds since 1970, UTC.
pub fn bill(metadata: &str, root: &str, version: &str, at_ms: i64) -> Result<String, BillError> {
    let metadata: Metadata = serde_json::from_str(metadata)?;
    let by_id: BTreeMap<&str, &Package> = metadata
        .packages
        .iter()
        .map(|package| (package.id.as_str(), package))
        .collect();
    let top = metadata.packages.iter().find(|one| one.name == root);
    let top = top.ok_or_else(|| BillError::Root(root.to_owned()))?;
    let linked = linked(&metadata.resolve, &top.id);
    let mut components = Vec::new();
    let mut dependencies = Vec::new();
    for id in linked.keys() {
        let Some(package) = by_id.get(id) else {
            continue;
        };
        if *id != top.id {
            components.push(component(package));
        }
        let of = linked[id].iter().filter_map(|id| by_id.get(id));
        let on: BTreeSet<String> = of.map(|package| url(package)).collect();
        dependencies.push((url(package), on));
    }
    components.sort_by_key(|component| component["purl"].to_string());
    dependencies.sort();
    let at = jiff::Timestamp::from_millisecond(at_ms).unwrap_or_default();
    let document = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": at.to_string(),
            "component": {
                "type": "application",
                "name": "ai-lab-framework",
                "version": version,
                "bom-ref": url(top),
                "licenses": [{ "expression": "MIT" }],
            },
        },
        "components": components,
        "dependencies": dependencies
            .into_iter()
            .map(|(of, on)| json!({ "ref": of, "dependsOn": on }))
            .collect::<Vec<_>>(),
    });
    let mut text = serde_json::to_string_pretty(&document)?;
    text.push('\n');
    Ok(text)
}

/// Every package that is linked, with what it links itself.
fn linked<'a>(resolve: &'a Resolve, root: &'a str) -> BTreeMap<&'a str, Vec<&'a str>> {
    let nodes: BTreeMap<&str, &Node> = resolve
        .nodes
        .iter()
        .map(|node| (node.id.as_str(), node))
        .collect();
    let mut found = BTreeMap::new();
    let mut open = vec![root];
    while let Some(id) = open.pop() {
        if found.contains_key(id) {
            continue;
        }
        let of = nodes.get(id).map_or(&[][..], |node| node.deps.as_slice());
        let is_linked = |one: &&Dependency| one.dep_kinds.iter().any(|kind| kind.kind.is_none());
        let on: Vec<&str> = of
            .iter()
            .filter(is_linked)
            .map(|one| one.pkg.as_str())
            .collect();
        open.extend(&on);
        found.insert(id, on);
    }
    found
}

/// The address by which every tool knows a crate.
fn url(package: &Package) -> String {
    format!("pkg:cargo/{}@{}", package.name, package.version)
}

fn component(package: &Package) -> Value {
    let mut component = json!({
        "type": "library",
        "name": package.name,
        "version": package.version,
        "purl": url(package),
        "bom-ref": url(package),
    });
    if let Some(license) = &package.license {
        // What crates of another time write for `OR`.
        component["licenses"] = json!([{ "expression": license.replace('/', " OR ") }]);
    }
    if package.source.is_none() {
        component["scope"] = json!("required");
        component["group"] = json!("ai-lab");
    }
    component
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metadata() -> Value {
        let package = |id: &str, license: Option<&str>| {
            json!({
                "id": id, "name": id, "version": "1.0.0", "license": license,
                "source": license.map(|_| "registry"),
            })
        };
        let on =
            |id: &str, kind: Option<&str>| json!({ "pkg": id, "dep_kinds": [{ "kind": kind }] });
        json!({
            "packages": [
                package("cli", None), package("used", Some("MIT/Apache-2.0")),
                package("below", Some("MIT")), package("tested", Some("MIT")), package("builds", Some("MIT")),
            ],
            "resolve": { "nodes": [
                { "id": "cli", "deps": [on("used", None), on("tested", Some("dev")), on("builds", Some("build"))] },
                { "id": "used", "deps": [on("below", None)] },
                { "id": "below", "deps": [on("used", None)] },
                { "id": "tested", "deps": [] },
            ]},
        })
    }

    #[test]
    fn what_is_linked_is_named_and_what_only_builds_or_tests_is_not() {
        let text = bill(&metadata().to_string(), "cli", "1.2.3", 0).expect("a bill");
        let bill: Value = serde_json::from_str(&text).expect("JSON");
        let names: Vec<&Value> = bill["components"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|component| &component["name"])
            .collect();
        assert_eq!(names, ["below", "used"]);
        assert_eq!(
            bill["components"][1]["licenses"],
            json!([{ "expression": "MIT OR Apache-2.0" }])
        );
        assert_eq!(bill["metadata"]["component"]["version"], "1.2.3");
        assert_eq!(bill["metadata"]["timestamp"], "1970-01-01T00:00:00Z");
        assert_eq!(
            bill["dependencies"][1],
            json!({ "ref": "pkg:cargo/cli@1.0.0", "dependsOn": ["pkg:cargo/used@1.0.0"] })
        );
    }

    #[test]
    fn what_is_no_metadata_is_named() {
        let told = |metadata: &str, root: &str| {
            bill(metadata, root, "1.0.0", 0)
                .expect_err("none")
                .to_string()
        };
        assert!(told("{}", "cli").starts_with("no metadata of cargo: "));
        assert_eq!(
            told(&metadata().to_string(), "other"),
            "there is no package `other` in it"
        );
    }
}
