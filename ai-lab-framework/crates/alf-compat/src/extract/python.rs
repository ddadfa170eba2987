//! Python sources: what is imported from the package, and what is named of it. Nothing is imported here.

use std::collections::BTreeMap;

use tree_sitter::Node;

use crate::contract::Area;
use crate::extract::shell;
use crate::grammar::{Contracts, Word};
use crate::python_tree::{children, parse, text_of};
use crate::uses::Uses;

/// The package.
const PACKAGE: &str = "ai_lab_framework";

/// How deep a tree is gone into. Stops a text that only opens brackets.
const DEPTH: usize = 200;

/// Finds what a source uses.
pub(super) fn read(text: &str, contracts: Contracts<'_>, uses: &mut Uses) {
    let Some(tree) = parse(text) else { return };
    let root = tree.root_node();
    if root.has_error() && text.contains(PACKAGE) {
        let at = first_error(root).unwrap_or(0..0);
        uses.unclear(
            "this Python cannot be read here",
            "See what `python3 -m py_compile` says of it.",
            at,
        );
    }
    let mut reader = Reader {
        text,
        names: BTreeMap::new(),
        contracts,
        uses,
    };
    reader.imports(root, DEPTH);
    reader.walk(root, DEPTH);
}

fn first_error(node: Node<'_>) -> Option<std::ops::Range<usize>> {
    if node.is_error() || node.is_missing() {
        return Some(node.byte_range());
    }
    (0..node.child_count())
        .filter_map(|index| node.child(index))
        .filter(Node::has_error)
        .find_map(first_error)
}

struct Reader<'a> {
    text: &'a str,
    /// What a name in this file stands for.
    names: BTreeMap<String, String>,
    contracts: Contracts<'a>,
    uses: &'a mut Uses,
}

impl Reader<'_> {
    fn say(&self, node: Node<'_>) -> &str {
        text_of(node, self.text)
    }

    fn imports(&mut self, node: Node<'_>, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else {
            return;
        };
        match node.kind() {
            "import_statement" => self.import(node),
            "import_from_statement" => self.import_from(node),
            _ => children(node).for_each(|inner| self.imports(inner, depth)),
        }
    }

    fn import(&mut self, node: Node<'_>) {
        for name in children(node) {
            let (path, alias) = self.named(name);
            let module = self.say(path).to_owned();
            if !is_ours(&module) {
                continue;
            }
            self.uses
                .name(Area::Python, module.clone(), path.byte_range(), true);
            match alias {
                Some(alias) => self.names.insert(alias, module),
                None => self.names.insert(PACKAGE.to_owned(), PACKAGE.to_owned()),
            };
        }
    }

    fn import_from(&mut self, node: Node<'_>) {
        let Some(from) = node.child_by_field_name("module_name") else {
            return;
        };
        let module = self.say(from).to_owned();
        if !is_ours(&module) {
            return;
        }
        self.uses
            .name(Area::Python, module.clone(), from.byte_range(), true);
        if children(node).any(|inner| inner.kind() == "wildcard_import") {
            let fix = "Name what you import.";
            self.uses.unclear(
                "everything is imported, and what of it is used cannot be told",
                fix,
                node.byte_range(),
            );
        }
        let mut cursor = node.walk();
        let listed: Vec<Node<'_>> = node.children_by_field_name("name", &mut cursor).collect();
        for name in listed {
            let (path, alias) = self.named(name);
            let name = self.say(path).to_owned();
            let symbol = format!("{module}.{name}");
            if alias.is_none() {
                self.uses
                    .take(Area::Python, symbol.clone(), path.byte_range());
            } else {
                self.uses
                    .name(Area::Python, symbol.clone(), path.byte_range(), true);
            }
            self.names.insert(alias.unwrap_or(name), symbol);
        }
    }

    /// The name of an import and what it is called here.
    fn named<'t>(&self, node: Node<'t>) -> (Node<'t>, Option<String>) {
        let name = node
            .child_by_field_name("name")
            .filter(|_| node.kind() == "aliased_import");
        let alias = node
            .child_by_field_name("alias")
            .map(|alias| self.say(alias).to_owned());
        (name.unwrap_or(node), alias)
    }

    /// What an expression stands for, if that is of ours.
    fn symbol(&self, node: Node<'_>) -> Option<String> {
        match node.kind() {
            "identifier" => self.names.get(self.say(node)).cloned(),
            "attribute" => {
                let of = self.symbol(node.child_by_field_name("object")?)?;
                Some(format!(
                    "{of}.{}",
                    self.say(node.child_by_field_name("attribute")?)
                ))
            }
            _ => None,
        }
    }

    fn walk(&mut self, node: Node<'_>, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else {
            return;
        };
        match node.kind() {
            "import_statement" | "import_from_statement" => return,
            "attribute" => self.attribute(node),
            "call" => self.call(node),
            "list" | "tuple" => self.words(node),
            "class_definition" => return self.class(node, depth),
            "function_definition" => return self.function(node, depth),
            _ => {}
        }
        children(node).for_each(|inner| self.walk(inner, depth));
    }

    fn attribute(&mut self, node: Node<'_>) {
        if let (Some(symbol), Some(last)) =
            (self.symbol(node), node.child_by_field_name("attribute"))
        {
            self.uses
                .name(Area::Python, symbol, last.byte_range(), true);
        }
    }

    fn call(&mut self, node: Node<'_>) {
        let (Some(function), Some(list)) = (
            node.child_by_field_name("function"),
            node.child_by_field_name("arguments"),
        ) else {
            return;
        };
        if self.say(function) == "getattr"
            && let Some(of) = children(list).next().and_then(|first| self.symbol(first))
        {
            let fix = "Name it: `module.name`.";
            self.uses.unclear(
                format!("which part of `{of}` is used is decided when it runs"),
                fix,
                node.byte_range(),
            );
        }
        let Some(symbol) = self.symbol(function) else {
            return;
        };
        for argument in children(list).filter(|inner| inner.kind() == "keyword_argument") {
            if let Some(name) = argument.child_by_field_name("name") {
                let item = format!("{symbol}({})", self.say(name));
                self.uses.name(Area::Python, item, name.byte_range(), true);
            }
        }
    }

    /// A subclass names the parts of its base by `self`; for the time of its body.
    fn class(&mut self, node: Node<'_>, depth: usize) {
        let bases = node.child_by_field_name("superclasses");
        let base = bases.and_then(|bases| children(bases).find_map(|base| self.symbol(base)));
        self.within(
            base.map(|base| ("self".to_owned(), base))
                .into_iter()
                .collect(),
            node,
            depth,
        );
    }

    /// Parameters whose hint is a class of ours stand for it; for the time of the body.
    fn function(&mut self, node: Node<'_>, depth: usize) {
        let parameters = node.child_by_field_name("parameters");
        let hinted = parameters
            .into_iter()
            .flat_map(children)
            .filter_map(|parameter| {
                let hint = children(parameter.child_by_field_name("type")?).next()?;
                let name = parameter
                    .child_by_field_name("name")
                    .or_else(|| children(parameter).next())?;
                Some((self.say(name).to_owned(), self.symbol(hint)?))
            });
        let hinted: Vec<(String, String)> = hinted.collect();
        self.within(hinted, node, depth);
    }

    fn within(&mut self, names: Vec<(String, String)>, node: Node<'_>, depth: usize) {
        let before = self.names.clone();
        self.names.extend(names);
        children(node).for_each(|inner| self.walk(inner, depth));
        self.names = before;
    }

    /// A list of words that begins with the program: a process that is started.
    fn words(&mut self, node: Node<'_>) {
        let words: Vec<Word> = children(node).map(|item| self.word(item)).collect();
        if let Some(first) = words.first().filter(|first| shell::is_program(first)) {
            let program = first.span.clone();
            self.contracts.read_call(&words[1..], program, self.uses);
        }
    }

    fn word(&self, node: Node<'_>) -> Word {
        let parts: Vec<Node<'_>> = children(node).collect();
        match (node.kind(), parts.as_slice()) {
            ("string", [_, content, _])
                if content.kind() == "string_content" && content.named_child_count() == 0 =>
            {
                Word {
                    text: self.say(*content).to_owned(),
                    span: content.byte_range(),
                    made_up: false,
                }
            }
            _ => Word {
                text: String::new(),
                span: node.byte_range(),
                made_up: true,
            },
        }
    }
}

fn is_ours(module: &str) -> bool {
    module
        .strip_prefix(PACKAGE)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}
