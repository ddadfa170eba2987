//! The public names of a Python package: modules, classes, functions, parameters, constants.

use std::collections::BTreeMap;

use tree_sitter::Node;

use crate::contract::Item;
use crate::python_tree::{children, parse, text_of};

/// One module of a package.
#[derive(Clone, Debug)]
pub struct PythonModule {
    /// Its name with the package's: `ai_lab_framework.context`; the package itself for `__init__`.
    pub name: String,
    /// Its source.
    pub source: String,
}

/// Every public name, as it is written by whoever imports it. What is imported from a sibling stands under both names.
pub fn python_symbols(modules: &[PythonModule]) -> BTreeMap<String, Item> {
    let mut items = BTreeMap::new();
    let mut borrowed = Vec::new();
    for module in modules {
        items.insert(module.name.clone(), Item::of("module"));
        let Some(tree) = parse(&module.source) else {
            continue;
        };
        let mut listed = Listed {
            module,
            items: &mut items,
            borrowed: &mut borrowed,
        };
        for statement in children(tree.root_node()) {
            listed.statement(statement);
        }
    }
    for (name, from) in borrowed {
        let below: Vec<(String, Item)> = items
            .iter()
            .filter_map(|(known, item)| {
                let rest = known.strip_prefix(from.as_str())?;
                let is_part = rest.is_empty() || rest.starts_with(['.', '(']);
                is_part.then(|| (format!("{name}{rest}"), item.clone()))
            })
            .collect();
        items.extend(below);
    }
    items
}

struct Listed<'a> {
    module: &'a PythonModule,
    items: &'a mut BTreeMap<String, Item>,
    borrowed: &'a mut Vec<(String, String)>,
}

impl Listed<'_> {
    fn text(&self, node: Node<'_>) -> &str {
        text_of(node, &self.module.source)
    }

    fn put(&mut self, name: String, item: Item) {
        self.items.insert(name, item);
    }

    fn statement(&mut self, node: Node<'_>) {
        let above = self.module.name.clone();
        match node.kind() {
            "class_definition" => self.class(&above, node, false),
            "function_definition" => self.function(&above, node, 0),
            "decorated_definition" => self.decorated(&above, node),
            "expression_statement" => {
                for inner in children(node).filter(|inner| inner.kind() == "assignment") {
                    self.assigned(&above, inner, "constant");
                }
            }
            "import_from_statement" => self.import(node),
            _ => {}
        }
    }

    fn decorated(&mut self, above: &str, node: Node<'_>) {
        let marks: Vec<String> = children(node)
            .filter(|inner| inner.kind() == "decorator")
            .map(|inner| self.text(inner).trim_start_matches('@').to_owned())
            .collect();
        let is = |word: &str| {
            marks
                .iter()
                .any(|mark| mark == word || mark.starts_with(&format!("{word}(")))
        };
        let Some(inner) = node.child_by_field_name("definition") else {
            return;
        };
        match inner.kind() {
            "class_definition" => self.class(above, inner, is("dataclass")),
            _ if is("property") => {
                if let Some(name) = self.public_name(inner) {
                    let returns = self.annotation(inner, "return_type");
                    self.put(
                        format!("{above}.{name}"),
                        Item::of(format!("property {returns}")),
                    );
                }
            }
            _ => self.function(
                above,
                inner,
                usize::from(!is("staticmethod") && above != self.module.name),
            ),
        }
    }

    fn public_name(&self, node: Node<'_>) -> Option<String> {
        let name = self.text(node.child_by_field_name("name")?);
        (!name.starts_with('_')).then(|| name.to_owned())
    }

    fn annotation(&self, node: Node<'_>, field: &str) -> String {
        let said = node
            .child_by_field_name(field)
            .map_or("", |node| self.text(node));
        said.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn class(&mut self, above: &str, node: Node<'_>, is_dataclass: bool) {
        let Some(name) = self.public_name(node) else {
            return;
        };
        let name = format!("{above}.{name}");
        let bases = node
            .child_by_field_name("superclasses")
            .map_or("", |bases| self.text(bases));
        self.put(name.clone(), Item::of(format!("class{bases}")));
        let Some(body) = node.child_by_field_name("body") else {
            return;
        };
        for inner in children(body) {
            match inner.kind() {
                "function_definition" => self.method(&name, inner),
                "decorated_definition" => self.decorated(&name, inner),
                "expression_statement" => {
                    for inner in children(inner).filter(|inner| inner.kind() == "assignment") {
                        if is_dataclass {
                            self.field(&name, inner);
                        }
                        self.assigned(&name, inner, "attribute");
                    }
                }
                _ => {}
            }
        }
    }

    fn method(&mut self, class: &str, node: Node<'_>) {
        let name = node
            .child_by_field_name("name")
            .map_or("", |name| self.text(name));
        if name == "__init__" {
            self.parameters(class, node, 1);
        } else {
            self.function(class, node, 1);
        }
    }

    /// A field of a dataclass is a parameter of its making.
    fn field(&mut self, class: &str, node: Node<'_>) {
        let name = node
            .child_by_field_name("left")
            .map_or("", |name| self.text(name))
            .to_owned();
        let kind = self.annotation(node, "type");
        if !name.starts_with('_') && !kind.starts_with("ClassVar") {
            let owed = node.child_by_field_name("right").is_none();
            self.put(format!("{class}({name})"), Item::of(kind).required(owed));
        }
    }

    fn assigned(&mut self, above: &str, node: Node<'_>, what: &str) {
        let name = node
            .child_by_field_name("left")
            .map_or("", |name| self.text(name))
            .to_owned();
        let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic());
        if is_name && name.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'_') {
            let kind = self.annotation(node, "type");
            self.put(
                format!("{above}.{name}"),
                Item::of(format!("{what} {kind}").trim()),
            );
        }
    }

    /// `bound` says how many parameters the caller does not give: one for `self`.
    fn function(&mut self, above: &str, node: Node<'_>, bound: usize) {
        let Some(name) = self.public_name(node) else {
            return;
        };
        let name = format!("{above}.{name}");
        let returns = self.annotation(node, "return_type");
        self.put(name.clone(), Item::of(format!("function {returns}").trim()));
        self.parameters(&name, node, bound);
    }

    fn parameters(&mut self, function: &str, node: Node<'_>, bound: usize) {
        let Some(list) = node.child_by_field_name("parameters") else {
            return;
        };
        let named = children(list)
            .filter(|inner| inner.kind() != "comment")
            .skip(bound);
        for (index, parameter) in named.enumerate() {
            let owed = parameter.child_by_field_name("value").is_none();
            let kind = self.annotation(parameter, "type");
            let name = match parameter.child_by_field_name("name") {
                Some(name) => self.text(name).to_owned(),
                None => match parameter.kind() {
                    "identifier" => self.text(parameter).to_owned(),
                    "typed_parameter" => {
                        let inner = children(parameter).next();
                        inner.map_or_else(String::new, |inner| self.text(inner).to_owned())
                    }
                    _ => continue,
                },
            };
            if name.starts_with('_') {
                continue;
            }
            let owed = owed && !name.starts_with('*');
            let kind = if kind.is_empty() {
                format!("parameter {}", index + 1)
            } else {
                kind
            };
            self.put(format!("{function}({name})"), Item::of(kind).required(owed));
        }
    }

    /// Names that the package takes from its own modules are its own.
    fn import(&mut self, node: Node<'_>) {
        let from = node
            .child_by_field_name("module_name")
            .map_or("", |from| self.text(from))
            .to_owned();
        let package = self
            .module
            .name
            .split('.')
            .next()
            .unwrap_or_default()
            .to_owned();
        let Some(sibling) = from
            .strip_prefix('.')
            .filter(|_| self.module.name == package)
        else {
            return;
        };
        let mut cursor = node.walk();
        for name in node.children_by_field_name("name", &mut cursor) {
            let name = text_of(name, &self.module.source);
            let ours = format!("{package}.{name}");
            self.borrowed
                .push((ours, format!("{package}.{sibling}.{name}")));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = r#"
import os
LIMIT: int = 5
_hidden = 1

@dataclass(frozen=True)
class Point(Base):
    """Text."""
    x: int
    y: int = 0
    kind: ClassVar[str] = "p"

class Tool:
    name: ClassVar[str]
    def __init__(self, lab: Path, *, depth: int = 1) -> None: ...
    def run(self, what, *rest: str, **more: Any) -> dict[str,
        int]: ...
    def _inner(self): ...
    @property
    def fits(self) -> bool: ...
    @staticmethod
    def make(one): ...

def action(*, description: str, read_only: bool = False) -> Callable[..., Any]: ...
"#;

    #[test]
    fn names_parameters_and_what_is_taken_from_a_sibling_are_listed() {
        let module = |name: &str, source: &str| PythonModule {
            name: name.to_owned(),
            source: source.to_owned(),
        };
        let modules = [
            module(
                "p",
                "from .a import Tool, LIMIT\nfrom os import path\n__all__ = ['Tool']\n",
            ),
            module("p.a", SOURCE),
        ];
        let told: Vec<String> = python_symbols(&modules)
            .iter()
            // They stand above already, as what the package itself offers.
            .filter(|(name, _)| !name.starts_with("p.a.Tool"))
            .map(|(name, item)| {
                format!(
                    "{name}: {}{}",
                    item.types.join("|"),
                    if item.required { "!" } else { "" }
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                "p: module",
                "p.LIMIT: constant int",
                "p.Tool: class",
                "p.Tool(depth): int",
                "p.Tool(lab): Path!",
                "p.Tool.fits: property bool",
                "p.Tool.make: function",
                "p.Tool.make(one): parameter 1!",
                "p.Tool.name: attribute ClassVar[str]",
                "p.Tool.run: function dict[str, int]",
                "p.Tool.run(**more): Any",
                "p.Tool.run(*rest): str",
                "p.Tool.run(what): parameter 1!",
                "p.a: module",
                "p.a.LIMIT: constant int",
                "p.a.Point: class(Base)",
                "p.a.Point(x): int!",
                "p.a.Point(y): int",
                "p.a.Point.kind: attribute ClassVar[str]",
                "p.a.Point.x: attribute int",
                "p.a.Point.y: attribute int",
                "p.a.action: function Callable[..., Any]",
                "p.a.action(description): str!",
                "p.a.action(read_only): bool",
            ]
        );
    }
}
