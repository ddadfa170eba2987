//! Python sources as trees. What cannot be read as Python is read as far as it can be.

use tree_sitter::{Node, Parser, Tree};

/// The tree of a source.
pub(crate) fn parse(source: &str) -> Option<Tree> {
    let mut parser = Parser::new();
    parser
        .set_language(&tree_sitter_python::LANGUAGE.into())
        .expect("because the grammar is made for this parser");
    parser.parse(source, None)
}

/// The named children of a node, in their order.
pub(crate) fn children(node: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    let count = node.named_child_count();
    (0..count).filter_map(move |index| node.named_child(index.try_into().ok()?))
}

/// The bytes of a node as text.
pub(crate) fn text_of<'a>(node: Node<'_>, source: &'a str) -> &'a str {
    source.get(node.byte_range()).unwrap_or_default()
}
