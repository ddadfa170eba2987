//! `Cargo.toml`: which versions of the published crates a package asks for.

use super::tree::{Node, of_toml};
use crate::uses::{Asker, Uses, VersionRange};

/// The published crates.
pub(super) const CRATES: [&str; 3] = ["ai-lab-client", "ai-lab-contract", "ai-lab-tool"];

/// Finds the ranges.
pub(super) fn read(text: &str, uses: &mut Uses) {
    match of_toml(text) {
        Ok(root) => tables(&root, 4, uses),
        Err((at, why)) => uses.unclear(
            format!("this is no TOML: {why}"),
            "Mend the file; then ask again.",
            at..at,
        ),
    }
}

/// `dependencies` and its kin, also below `workspace` and `target`.
fn tables(node: &Node, depth: usize, uses: &mut Uses) {
    let Node::Table(members) = node else { return };
    for member in members {
        if member.name.ends_with("dependencies") {
            for name in CRATES {
                if let Some(found) = member.value.member(name) {
                    asked(name, &found.value, uses);
                }
            }
        } else if depth > 0 {
            tables(&member.value, depth - 1, uses);
        }
    }
}

fn asked(name: &str, node: &Node, uses: &mut Uses) {
    let version = match node {
        Node::Text(..) => Some(node),
        Node::Plain(..) | Node::List(_) | Node::Table(_) => {
            node.member("version").map(|member| &member.value)
        }
    };
    // Without one it comes from a path or from the workspace.
    if let Some(Node::Text(text, span)) = version {
        let asker = Asker::Crate(name.to_owned());
        uses.ranges.push(VersionRange {
            asker,
            text: text.clone(),
            span: span.clone(),
        });
    }
}
