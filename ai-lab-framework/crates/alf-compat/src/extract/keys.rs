//! TOML and JSON: the keys of files that are ours, and calls in files of others.

use std::ops::Range;

use super::tree::{Member, Node, of_json, of_toml};
use crate::contract::Area;
use crate::extract::shell;
use crate::grammar::{Contracts, Word};
use crate::uses::{Asker, Use, Uses, VersionRange};

/// What would make a file that cannot be read clear.
const MEND: &str = "Mend the file; then ask again.";

/// A TOML file; with an area, one whose keys the contract knows.
pub(super) fn toml(text: &str, area: Option<Area>, contracts: Contracts<'_>, uses: &mut Uses) {
    read(of_toml(text), "TOML", area, contracts, uses);
}

/// A JSON file, as above.
pub(super) fn json(text: &str, area: Option<Area>, contracts: Contracts<'_>, uses: &mut Uses) {
    read(of_json(text), "JSON", area, contracts, uses);
}

fn read(
    tree: Result<Node, (usize, String)>,
    form: &str,
    area: Option<Area>,
    contracts: Contracts<'_>,
    uses: &mut Uses,
) {
    let root = match tree {
        Ok(root) => root,
        Err((at, why)) => return uses.unclear(format!("this is no {form}: {why}"), MEND, at..at),
    };
    match area {
        Some(area) => {
            walk(&root, "", area, contracts, uses);
            ranges(&root, area, uses);
        }
        None => calls(&root, contracts, uses),
    }
}

fn walk(node: &Node, place: &str, area: Area, contracts: Contracts<'_>, uses: &mut Uses) {
    match node {
        Node::Table(members) => {
            for member in members {
                key(member, place, area, contracts, uses);
            }
        }
        Node::List(items) => {
            for item in items {
                walk(item, &format!("{place}[]"), area, contracts, uses);
            }
        }
        Node::Text(..) | Node::Plain(..) => {}
    }
}

fn key(member: &Member, place: &str, area: Area, contracts: Contracts<'_>, uses: &mut Uses) {
    let below = |name: &str| {
        if place.is_empty() {
            name.to_owned()
        } else {
            format!("{place}.{name}")
        }
    };
    let own = below(&member.name);
    let any = below("*");
    let item = match (contracts.item(area, &own), contracts.item(area, &any)) {
        (None, Some(_)) => any,
        (Some(_), _) | (None, None) => own,
    };
    let value = match &member.value {
        Node::Text(says, span) | Node::Plain(says, span) => Some((says.clone(), span.clone())),
        Node::List(_) | Node::Table(_) => None,
    };
    // The lab's own file has keys of the lab's own, too.
    let owned = area != Area::LabFile;
    // What may be anything is the person's own, such as a schema.
    let known = contracts.item(area, &item);
    let goes_on = known.is_some_and(|known| !known.types.is_empty());
    uses.named.push(Use {
        area,
        item: item.clone(),
        value,
        span: member.span.clone(),
        owned,
        binds: false,
    });
    if goes_on {
        walk(&member.value, &item, area, contracts, uses);
    }
}

fn ranges(root: &Node, area: Area, uses: &mut Uses) {
    let asker = match area {
        Area::LabFile => Asker::Lab,
        Area::Manifest => Asker::Tool,
        _ => return,
    };
    if let Some(Node::Text(text, span)) = root.member("framework").map(|member| &member.value) {
        uses.ranges.push(VersionRange {
            asker,
            text: text.clone(),
            span: span.clone(),
        });
    }
}

/// Calls anywhere below: a list of words that begins with the program, or `command` beside `args`.
fn calls(node: &Node, contracts: Contracts<'_>, uses: &mut Uses) {
    if let Node::List(items) = node {
        list(items, contracts, uses);
    }
    let command = node.member("command").map(|member| &member.value);
    let arguments = node.member("args").map(|member| &member.value);
    if let (Some(Node::Text(says, span)), Some(Node::List(items))) = (command, arguments) {
        let program = word(says, span);
        if shell::is_program(&program) {
            contracts.read_call(&words(items), span.clone(), uses);
        }
    } else if let Some(Node::Text(says, span)) = command {
        // A task or a hook: one line, as a shell takes it.
        if span.len() == says.len() {
            shell::read(says, span.start, contracts, uses);
        }
    }
    for inner in node.below() {
        calls(inner, contracts, uses);
    }
}

fn list(items: &[Node], contracts: Contracts<'_>, uses: &mut Uses) {
    let words = words(items);
    if let Some(first) = words.first().filter(|first| shell::is_program(first)) {
        contracts.read_call(&words[1..], first.span.clone(), uses);
    }
}

fn words(items: &[Node]) -> Vec<Word> {
    let words = items.iter().map(|item| match item {
        Node::Text(says, span) => word(says, span),
        Node::Plain(..) | Node::List(_) | Node::Table(_) => Word {
            text: String::new(),
            span: 0..0,
            made_up: true,
        },
    });
    words.collect()
}

fn word(says: &str, span: &Range<usize>) -> Word {
    Word {
        text: says.to_owned(),
        span: span.clone(),
        made_up: says.contains('$'),
    }
}
