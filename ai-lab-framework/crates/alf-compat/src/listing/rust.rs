//! The public names of a Rust crate, read from its sources.
//!
//! Follows `mod`, `pub use` and inherent and trait implementations. What a macro makes is known by name only.

use std::collections::BTreeMap;

use quote::ToTokens;
use syn::{ImplItem, Item as RustItem, TraitItem, UseTree, Visibility};

use crate::contract::Item;

/// How often names are followed from module to module. Stops two that take from each other.
const ROUNDS: usize = 4;

/// A crate's sources.
#[derive(Clone, Debug)]
pub struct RustSources {
    /// Its name as it is written in paths: `ai_lab_tool`.
    pub name: String,
    /// Each module's source by its path below the crate: the empty text for the crate, `v1::manifest`.
    pub modules: BTreeMap<String, String>,
}

/// Every public name, as a path: `ai_lab_tool::AiTool::run`.
pub fn rust_symbols(sources: &RustSources) -> BTreeMap<String, Item> {
    let mut crate_ = Crate::default();
    for (module, source) in &sources.modules {
        if let Ok(file) = syn::parse_file(source) {
            crate_.module(module, &file.items);
        }
    }
    let mut open = vec![(String::new(), sources.name.clone())];
    let mut public = BTreeMap::from([(sources.name.clone(), Item::of("crate"))]);
    while let Some((module, shown)) = open.pop() {
        for (name, found) in crate_.names(&module, ROUNDS) {
            let shown = format!("{shown}::{name}");
            match found {
                Found::Module(inner) if shown.matches("::").count() < ROUNDS => {
                    public.insert(shown.clone(), Item::of("module"));
                    open.push((inner, shown));
                }
                Found::Module(_) => {}
                Found::Items(items) => {
                    public.extend(
                        items
                            .into_iter()
                            .map(|(below, item)| (format!("{shown}{below}"), item)),
                    );
                }
            }
        }
    }
    public
}

/// What a name leads to.
#[derive(Clone)]
enum Found {
    /// A module, by its path below the crate.
    Module(String),
    /// An item and its parts, by what stands behind the name: the empty text, `::run`.
    Items(Vec<(String, Item)>),
}

#[derive(Default)]
struct Crate {
    /// Items of each module, public or not: others may take them out of it.
    items: BTreeMap<(String, String), Found>,
    /// Which of them the module itself offers.
    offered: BTreeMap<String, Vec<String>>,
    /// What the module takes from elsewhere and offers: name, or `*`, and path.
    taken: BTreeMap<String, Vec<(String, String)>>,
    /// Methods and traits of types, by the type's name.
    parts: BTreeMap<String, Vec<(String, Item)>>,
}

impl Crate {
    fn module(&mut self, module: &str, items: &[RustItem]) {
        for item in items {
            if is_test(attributes(item)) {
                continue;
            }
            match item {
                RustItem::Impl(block) => self.implementation(block),
                RustItem::Use(using) if is_public(&using.vis) => {
                    take(&using.tree, "", &mut |name, path| {
                        self.taken
                            .entry(module.to_owned())
                            .or_default()
                            .push((name, path));
                    });
                }
                RustItem::Mod(inner) => {
                    let path = joined(module, &inner.ident.to_string());
                    if let Some((_, items)) = &inner.content {
                        self.module(&path, items);
                    }
                    self.put(
                        module,
                        &inner.ident.to_string(),
                        is_public(&inner.vis),
                        Found::Module(path),
                    );
                }
                other => self.plain(module, other),
            }
        }
    }

    fn put(&mut self, module: &str, name: &str, is_public: bool, found: Found) {
        self.items
            .insert((module.to_owned(), name.to_owned()), found);
        if is_public {
            self.offered
                .entry(module.to_owned())
                .or_default()
                .push(name.to_owned());
        }
    }

    fn plain(&mut self, module: &str, item: &RustItem) {
        let one = |what: String| vec![(String::new(), Item::of(what))];
        let (name, public, parts) = match item {
            RustItem::Struct(it) => (&it.ident, &it.vis, struct_parts(it)),
            RustItem::Enum(it) => (&it.ident, &it.vis, enum_parts(it)),
            RustItem::Trait(it) => (&it.ident, &it.vis, trait_parts(it)),
            RustItem::Fn(it) => (&it.sig.ident, &it.vis, one(text(&it.sig))),
            RustItem::Const(it) => (&it.ident, &it.vis, one(format!("const {}", text(&it.ty)))),
            RustItem::Static(it) => (&it.ident, &it.vis, one(format!("static {}", text(&it.ty)))),
            RustItem::Type(it) => (&it.ident, &it.vis, one(format!("type {}", text(&it.ty)))),
            _ => return,
        };
        let found = Found::Items(parts);
        self.put(module, &name.to_string(), is_public(public), found);
    }

    fn implementation(&mut self, block: &syn::ItemImpl) {
        let syn::Type::Path(path) = &*block.self_ty else {
            return;
        };
        let Some(last) = path.path.segments.last() else {
            return;
        };
        let parts = self.parts.entry(last.ident.to_string()).or_default();
        if let Some((of, _)) = &block.trait_ {
            let args = &last.arguments;
            parts.push((
                format!(": {}{}", text(of), text(args)),
                Item::of("implementation"),
            ));
            return;
        }
        for item in &block.items {
            match item {
                ImplItem::Fn(it) if is_public(&it.vis) => {
                    parts.push((format!("::{}", it.sig.ident), Item::of(text(&it.sig))));
                }
                ImplItem::Const(it) if is_public(&it.vis) => {
                    parts.push((
                        format!("::{}", it.ident),
                        Item::of(format!("const {}", text(&it.ty))),
                    ));
                }
                _ => {}
            }
        }
    }

    /// What a module offers, its own and what it took.
    fn names(&self, module: &str, rounds: usize) -> Vec<(String, Found)> {
        let own = self.offered.get(module).into_iter().flatten();
        let mut names: Vec<(String, Found)> = own
            .filter_map(|name| Some((name.clone(), self.whole(module, name)?)))
            .collect();
        let Some(rounds) = rounds.checked_sub(1) else {
            return names;
        };
        for (name, path) in self.taken.get(module).into_iter().flatten() {
            if name == "*" {
                let from = absolute(module, path);
                names.extend(self.names(&from, rounds));
                continue;
            }
            let whole = absolute(module, path);
            let (from, original) = whole.rsplit_once("::").unwrap_or(("", &whole));
            let found = self.whole(from, original).or_else(|| {
                let inner = self
                    .names(from, rounds)
                    .into_iter()
                    .find(|(inner, _)| inner == original);
                inner.map(|(_, found)| found)
            });
            // What a macro made, or another crate: known by name.
            let unknown = || Found::Items(vec![(String::new(), Item::of(format!("use {path}")))]);
            names.push((name.clone(), found.unwrap_or_else(unknown)));
        }
        names
    }

    fn whole(&self, module: &str, name: &str) -> Option<Found> {
        let found = self.items.get(&(module.to_owned(), name.to_owned()))?;
        Some(match found {
            Found::Module(path) => Found::Module(path.clone()),
            Found::Items(items) => {
                let parts = self.parts.get(name).into_iter().flatten();
                Found::Items(items.iter().chain(parts).cloned().collect())
            }
        })
    }
}

/// A path below the crate, as the module that takes from it means it.
fn absolute(module: &str, path: &str) -> String {
    if let Some(path) = path.strip_prefix("crate::") {
        return path.to_owned();
    }
    if let Some(path) = path.strip_prefix("super::") {
        let above = module.rsplit_once("::").map_or("", |(above, _)| above);
        return joined(above, path);
    }
    joined(module, path.strip_prefix("self::").unwrap_or(path))
}

/// An item and its parts, by what stands behind its name.
type Parts = Vec<(String, Item)>;

fn struct_parts(it: &syn::ItemStruct) -> Parts {
    let whole = format!("struct {}", text(&it.generics));
    let mut parts = vec![(String::new(), Item::of(whole.trim_end()))];
    let fields = it.fields.iter().filter(|field| is_public(&field.vis));
    parts.extend(fields.enumerate().map(|(index, field)| {
        let name = field.ident.as_ref();
        let name = name.map_or_else(|| index.to_string(), ToString::to_string);
        (
            format!("::{name}"),
            Item::of(format!("field {}", text(&field.ty))),
        )
    }));
    parts.extend(derived(&it.attrs));
    parts
}

fn enum_parts(it: &syn::ItemEnum) -> Parts {
    let mut parts = vec![(String::new(), Item::of("enum"))];
    parts.extend(it.variants.iter().map(|variant| {
        let what = format!("variant {}", text(&variant.fields));
        (format!("::{}", variant.ident), Item::of(what.trim_end()))
    }));
    parts.extend(derived(&it.attrs));
    parts
}

fn trait_parts(it: &syn::ItemTrait) -> Parts {
    let above = text(&it.supertraits);
    let colon = if above.is_empty() { "" } else { ": " };
    let mut parts = vec![(String::new(), Item::of(format!("trait{colon}{above}")))];
    parts.extend(it.items.iter().filter_map(trait_part));
    parts
}

fn trait_part(item: &TraitItem) -> Option<(String, Item)> {
    match item {
        TraitItem::Fn(it) => Some((
            format!("::{}", it.sig.ident),
            Item::of(text(&it.sig)).required(it.default.is_none()),
        )),
        TraitItem::Type(it) => Some((
            format!("::{}", it.ident),
            Item::of("type").required(it.default.is_none()),
        )),
        TraitItem::Const(it) => Some((
            format!("::{}", it.ident),
            Item::of(format!("const {}", text(&it.ty))).required(it.default.is_none()),
        )),
        _ => None,
    }
}

fn joined(above: &str, name: &str) -> String {
    if above.is_empty() {
        name.to_owned()
    } else {
        format!("{above}::{name}")
    }
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

fn attributes(item: &RustItem) -> &[syn::Attribute] {
    match item {
        RustItem::Mod(it) => &it.attrs,
        RustItem::Fn(it) => &it.attrs,
        RustItem::Impl(it) => &it.attrs,
        RustItem::Use(it) => &it.attrs,
        _ => &[],
    }
}

fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes
        .iter()
        .any(|attribute| text(&attribute.meta).contains("cfg(test)"))
}

/// The traits that `derive` names.
fn derived(attributes: &[syn::Attribute]) -> Vec<(String, Item)> {
    let lists = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("derive"));
    let names = lists.filter_map(|attribute| {
        let list = attribute.meta.require_list().ok()?;
        Some(text(&list.tokens))
    });
    names
        .flat_map(|names| {
            let names: Vec<String> = names
                .split(',')
                .map(|name| name.trim().to_owned())
                .collect();
            names
        })
        .filter(|name| !name.is_empty())
        .map(|name| (format!(": {name}"), Item::of("implementation")))
        .collect()
}

fn take(tree: &UseTree, above: &str, found: &mut dyn FnMut(String, String)) {
    match tree {
        UseTree::Path(path) => take(&path.tree, &joined(above, &path.ident.to_string()), found),
        UseTree::Name(name) => found(
            name.ident.to_string(),
            joined(above, &name.ident.to_string()),
        ),
        UseTree::Rename(name) => found(
            name.rename.to_string(),
            joined(above, &name.ident.to_string()),
        ),
        UseTree::Glob(_) => found("*".to_owned(), above.to_owned()),
        UseTree::Group(group) => group.items.iter().for_each(|tree| take(tree, above, found)),
    }
}

/// Tokens as one line, with blanks where a person puts them.
fn text(tokens: &impl ToTokens) -> String {
    let mut line = tokens.to_token_stream().to_string();
    for (loose, tight) in [
        (" ::", "::"),
        (":: ", "::"),
        (" <", "<"),
        ("< ", "<"),
        (" >", ">"),
        (" ,", ","),
        (" (", "("),
        ("( ", "("),
        (" )", ")"),
        ("& ", "&"),
        (" ;", ";"),
        (" :", ":"),
        ("[ ", "["),
        (" ]", "]"),
        ("! ", "!"),
        ("' ", "'"),
        (" . ", "."),
        ("->(", "-> ("),
        ("=(", "= ("),
        ("->&", "-> &"),
    ] {
        line = line.replace(loose, tight);
    }
    line.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .replace(",)", ")")
        .replace(",>", ">")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_offered_is_listed_wherever_it_lies() {
        let sources = RustSources {
            name: "krate".to_owned(),
            modules: BTreeMap::from([
                (String::new(), "pub mod v1;\nmod inner;\npub use v1::*;\npub use inner::{Tool, made::Made as Done};\npub use other as contract;\npub const N: u32 = 1;\n#[cfg(test)] mod tests { pub fn not() {} }".to_owned()),
                ("v1".to_owned(), "mod deep; pub use deep::{Kind, Name};\npub fn free(a: &str, b: Vec<u8>) -> Result<(), E> { todo!() }".to_owned()),
                ("v1::deep".to_owned(), "#[derive(Clone, Debug)] pub enum Kind { A, B(u8) }\nimpl Kind { pub const fn word(self) -> &'static str { \"\" } fn hidden() {} }\nnames!(Name);".to_owned()),
                ("inner".to_owned(), "pub struct Tool { pub x: Option<u8>, y: u8 }\nimpl From<u8> for Tool { fn from(_: u8) -> Self { todo!() } }\npub trait Ai: Send { fn run(&self); fn stop(&self) {} }\npub mod made { pub type Made = u8; }".to_owned()),
            ]),
        };
        let told: Vec<String> = rust_symbols(&sources)
            .iter()
            .filter(|(name, _)| !name.starts_with("krate::v1::"))
            .map(|(name, item)| format!("{name} = {}", item.types.join("|")))
            .collect();
        assert_eq!(
            told,
            [
                "krate = crate",
                "krate::Done = type u8",
                "krate::Kind = enum",
                "krate::Kind: Clone = implementation",
                "krate::Kind: Debug = implementation",
                "krate::Kind::A = variant",
                "krate::Kind::B = variant (u8)",
                "krate::Kind::word = const fn word(self) -> &'static str",
                "krate::N = const u32",
                "krate::Name = use deep::Name",
                "krate::Tool = struct",
                "krate::Tool: From<u8> = implementation",
                "krate::Tool::x = field Option<u8>",
                "krate::contract = use other",
                "krate::free = fn free(a: &str, b: Vec<u8>) -> Result<(), E>",
                "krate::v1 = module",
            ]
        );
    }
}
