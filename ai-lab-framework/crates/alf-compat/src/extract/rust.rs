//! Rust sources: paths that begin with a published crate, by `use` or in full.

use std::collections::BTreeMap;

use syn::visit::{self, Visit};
use syn::{Path, UseTree};

use super::cargo::CRATES;
use crate::contract::Area;
use crate::uses::Uses;

/// The longest source, in bytes, that is taken apart. Stops a generated one from filling the stack.
const SOURCE_BYTES: usize = 1_048_576;

/// Finds the paths.
pub(super) fn read(text: &str, uses: &mut Uses) {
    if !CRATES
        .iter()
        .any(|name| text.contains(&name.replace('-', "_")))
    {
        return;
    }
    let file = if text.len() > SOURCE_BYTES {
        None
    } else {
        syn::parse_file(text).ok()
    };
    let Some(file) = file else {
        return uses.unclear(
            "this Rust cannot be read",
            "See what `cargo check` says of it.",
            0..0,
        );
    };
    let mut paths = Paths {
        aliases: BTreeMap::new(),
        uses,
    };
    for item in &file.items {
        if let syn::Item::Use(using) = item {
            paths.take(&using.tree, &mut Vec::new());
        }
    }
    paths.visit_file(&file);
}

struct Paths<'a> {
    /// What a name in this file stands for.
    aliases: BTreeMap<String, Vec<String>>,
    uses: &'a mut Uses,
}

fn is_published(name: &str) -> bool {
    CRATES
        .iter()
        .any(|published| published.replace('-', "_") == name)
}

impl Paths<'_> {
    fn take(&mut self, tree: &UseTree, above: &mut Vec<String>) {
        let with = |above: &[String], name: &syn::Ident| {
            let mut path = above.to_vec();
            path.extend((name != "self").then(|| name.to_string()));
            path
        };
        match tree {
            UseTree::Path(path) => {
                above.push(path.ident.to_string());
                self.take(&path.tree, above);
                above.pop();
            }
            UseTree::Name(name) => {
                let path = with(above, &name.ident);
                let last = path.last().cloned().unwrap_or_default();
                self.taken(last, path, name.ident.span(), name.ident != "self");
            }
            UseTree::Rename(name) => {
                let path = with(above, &name.ident);
                self.taken(name.rename.to_string(), path, name.ident.span(), false);
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.take(tree, above);
                }
            }
            UseTree::Glob(_) => {}
        }
    }

    fn taken(&mut self, name: String, path: Vec<String>, span: proc_macro2::Span, binds: bool) {
        if path.first().is_some_and(|first| is_published(first)) {
            if binds {
                self.uses
                    .take(Area::Rust, path.join("::"), span.byte_range());
            } else {
                self.uses
                    .name(Area::Rust, path.join("::"), span.byte_range(), true);
            }
            self.aliases.insert(name, path);
        }
    }
}

impl<'ast> Visit<'ast> for Paths<'_> {
    fn visit_path(&mut self, path: &'ast Path) {
        let segments: Vec<String> = path
            .segments
            .iter()
            .map(|part| part.ident.to_string())
            .collect();
        let whole = match segments.split_first() {
            Some((first, _)) if is_published(first) => Some((segments.clone(), true)),
            // By itself it was noted where it was taken.
            Some((first, rest)) if !rest.is_empty() && path.leading_colon.is_none() => self
                .aliases
                .get(first)
                .map(|alias| (alias.iter().chain(rest).cloned().collect(), false)),
            Some(_) | None => None,
        };
        if let (Some((whole, owned)), Some(last)) = (whole, path.segments.last()) {
            let span = last.ident.span().byte_range();
            let whole: Vec<String> = whole;
            self.uses.name(Area::Rust, whole.join("::"), span, owned);
        }
        visit::visit_path(self, path);
    }
}
