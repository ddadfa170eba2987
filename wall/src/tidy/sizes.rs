//! Checks sizes: files and functions outside tests.

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use crate::Finding;
use crate::checkout::SourceFile;

/// The longest file outside tests, in lines.
pub const FILE_LINES: usize = 500;

/// From here on a file is named in the table that a run prints.
pub const LONG_FILE_LINES: usize = 250;

/// The longest function outside tests, in lines of code: blank lines and comments are not counted, as
/// in clippy's `too_many_lines`.
pub const FUNCTION_LINES: usize = 60;

/// A function that may be longer, because it is a table.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// The file.
    pub path: &'static str,
    /// The function.
    pub function: &'static str,
    /// Why splitting it would make it worse.
    pub reason: &'static str,
}

/// What a file measures outside its tests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measure {
    /// Its lines, `#[cfg(test)]` modules left out.
    pub lines: usize,
    /// Its functions: name, line it starts at, lines of code.
    pub functions: Vec<Function>,
}

/// One function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    /// Its name, without its type.
    pub name: String,
    /// The line of its name, from 1.
    pub line: usize,
    /// Its lines of code.
    pub length: usize,
}

/// Checks Rust and Python files; test files are left out. A table that is not needed is a finding too.
pub fn check_sizes(files: &[SourceFile], tables: &[Table]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut used = Vec::new();
    for file in files.iter().filter(|file| !file.is_test()) {
        let measure = match measure(file) {
            Ok(Some(measure)) => measure,
            Ok(None) => continue,
            Err(why) => {
                findings.push(Finding::new(&file.path, why));
                continue;
            }
        };
        if measure.lines > FILE_LINES {
            let what = format!("has {} lines, {FILE_LINES} at most", measure.lines);
            findings.push(Finding::new(&file.path, what));
        }
        for function in measure.functions {
            if function.length <= FUNCTION_LINES {
                continue;
            }
            let table = tables
                .iter()
                .position(|t| t.path == file.path && t.function == function.name);
            match table {
                Some(table) => used.push(table),
                None => findings.push(too_long(file, &function)),
            }
        }
    }
    findings.extend(idle_tables(tables, &used));
    findings
}

fn too_long(file: &SourceFile, function: &Function) -> Finding {
    Finding::new(
        format!("{}:{}", file.path, function.line),
        format!(
            "`{}` has {} lines, {FUNCTION_LINES} at most",
            function.name, function.length
        ),
    )
}

fn idle_tables(tables: &[Table], used: &[usize]) -> Vec<Finding> {
    let idle = |(index, table): (usize, &Table)| {
        let what = format!("`{}` needs no exception any more", table.function);
        (!used.contains(&index)).then(|| Finding::new(table.path, what))
    };
    tables.iter().enumerate().filter_map(idle).collect()
}

/// The files longer than [`LONG_FILE_LINES`] outside tests, the longest first.
pub fn long_files(files: &[SourceFile]) -> Vec<(usize, &str)> {
    let mut long: Vec<(usize, &str)> = files
        .iter()
        .filter(|file| !file.is_test())
        .filter_map(|file| Some((measure(file).ok()??.lines, file.path.as_str())))
        .filter(|(lines, _)| *lines > LONG_FILE_LINES)
        .collect();
    long.sort_by(|a, b| b.cmp(a));
    long
}

/// Measures a Rust or Python file; `None` for any other, an error for Rust that does not parse.
pub fn measure(file: &SourceFile) -> Result<Option<Measure>, String> {
    if file.is("rs") {
        let tree = syn::parse_file(&file.text).map_err(|error| error.to_string())?;
        return Ok(Some(measure_rust(&file.text, &tree)));
    }
    Ok(file.is("py").then(|| measure_python(&file.text)))
}

fn measure_rust(text: &str, tree: &syn::File) -> Measure {
    let lines: Vec<&str> = text.lines().collect();
    let mut visitor = Functions {
        lines: &lines,
        found: Vec::new(),
        test_lines: 0,
    };
    visitor.visit_file(tree);
    Measure {
        lines: lines.len() - visitor.test_lines,
        functions: visitor.found,
    }
}

struct Functions<'a> {
    lines: &'a [&'a str],
    found: Vec<Function>,
    test_lines: usize,
}

impl Functions<'_> {
    fn add(&mut self, name: &syn::Ident, block: &syn::Block) {
        self.found.push(Function {
            name: name.to_string(),
            line: name.span().start().line,
            length: code_lines(self.lines, block.span()),
        });
    }
}

impl<'ast> Visit<'ast> for Functions<'_> {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        if module.content.is_some() && module.attrs.iter().any(is_cfg_test) {
            let span = module.span();
            self.test_lines += span.end().line - span.start().line + 1;
            return;
        }
        visit::visit_item_mod(self, module);
    }

    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        self.add(&function.sig.ident, &function.block);
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.add(&function.sig.ident, &function.block);
        visit::visit_impl_item_fn(self, function);
    }

    fn visit_trait_item_fn(&mut self, function: &'ast syn::TraitItemFn) {
        if let Some(block) = &function.default {
            self.add(&function.sig.ident, block);
        }
        visit::visit_trait_item_fn(self, function);
    }
}

fn is_cfg_test(attribute: &syn::Attribute) -> bool {
    attribute.path().is_ident("cfg")
        && attribute
            .parse_args::<syn::Path>()
            .is_ok_and(|path| path.is_ident("test"))
}

/// The lines between a body's braces that hold code.
fn code_lines(lines: &[&str], span: Span) -> usize {
    let inside = span.start().line..span.end().line.saturating_sub(1);
    lines.get(inside).map_or(0, |body| {
        body.iter().filter(|line| is_code(line, "//")).count()
    })
}

fn is_code(line: &str, comment: &str) -> bool {
    let line = line.trim();
    !line.is_empty() && !line.starts_with(comment)
}

/// A Python function ends where a line of code is not deeper than its `def`; docstrings count.
fn measure_python(text: &str) -> Measure {
    let lines: Vec<&str> = text.lines().collect();
    let functions = lines
        .iter()
        .enumerate()
        .filter_map(|(index, line)| {
            let start = line.trim_start();
            let definition = start.strip_prefix("async ").unwrap_or(start);
            let name = definition.strip_prefix("def ")?.split('(').next()?;
            let depth = line.len() - start.len();
            let body = lines[index + 1..]
                .iter()
                .take_while(|line| {
                    let deeper = line.len() - line.trim_start().len() > depth;
                    // The closing `)` of a signature over several lines is as deep as its `def`.
                    deeper || line.trim().is_empty() || line.trim_start().starts_with(')')
                })
                .filter(|line| is_code(line, "#"));
            Some(Function {
                name: name.to_owned(),
                line: index + 1,
                length: body.count(),
            })
        })
        .collect();
    Measure {
        lines: lines.len(),
        functions,
    }
}
