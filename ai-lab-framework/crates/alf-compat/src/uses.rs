//! What one file uses of the framework, with the place of each use.

use std::ops::Range;

use crate::contract::Area;

/// Everything that was found in one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Uses {
    /// Items of the contract by name.
    pub(crate) named: Vec<Use>,
    /// Calls of the command line.
    pub(crate) calls: Vec<Call>,
    /// Ranges of versions.
    pub(crate) ranges: Vec<VersionRange>,
    /// What could not be made out.
    pub(crate) unclear: Vec<Unclear>,
}

/// One item of the contract that is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Use {
    /// What it is part of.
    pub(crate) area: Area,
    /// Its name in the contract.
    pub(crate) item: String,
    /// The value that it is given; `None` where it has none or none that can be told.
    pub(crate) value: Option<(String, Range<usize>)>,
    /// The bytes of the word that names it.
    pub(crate) span: Range<usize>,
    /// Whether a name that no contract knows is a mistake; else it may be the person's own.
    pub(crate) owned: bool,
    /// Whether the rest of the file calls it by this word, too: another word has to be given that name.
    pub(crate) binds: bool,
}

/// One call of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    /// The command's words: `tool run`.
    pub(crate) command: String,
    /// Its arguments, by their names in the contract.
    pub(crate) given: Vec<String>,
    /// Whether all of it can be told: no part of it is made up when it runs.
    pub(crate) whole: bool,
    /// The bytes of the last word of the command.
    pub(crate) span: Range<usize>,
}

/// A range of versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct VersionRange {
    /// Who asks for it.
    pub(crate) asker: Asker,
    /// The range as it is written.
    pub(crate) text: String,
    /// Its bytes.
    pub(crate) span: Range<usize>,
}

/// Who asks for a range of versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Asker {
    /// The lab, of the framework.
    Lab,
    /// A tool, of the framework.
    Tool,
    /// A Rust package, of this published crate.
    Crate(String),
}

/// Something that could not be made out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unclear {
    /// Why, as a phrase.
    pub(crate) why: String,
    /// What would make it clear, as a sentence.
    pub(crate) fix: &'static str,
    /// Its bytes.
    pub(crate) span: Range<usize>,
}

impl Uses {
    /// Notes an item.
    pub(crate) fn name(
        &mut self,
        area: Area,
        item: impl Into<String>,
        span: Range<usize>,
        owned: bool,
    ) {
        let item = item.into();
        self.named.push(Use {
            area,
            item,
            value: None,
            span,
            owned,
            binds: false,
        });
    }

    /// Notes a symbol that is taken into the file under its own name.
    pub(crate) fn take(&mut self, area: Area, item: impl Into<String>, span: Range<usize>) {
        self.name(area, item, span, true);
        if let Some(used) = self.named.last_mut() {
            used.binds = true;
        }
    }

    /// Notes that something cannot be made out.
    pub(crate) fn unclear(
        &mut self,
        why: impl Into<String>,
        fix: &'static str,
        span: Range<usize>,
    ) {
        let why = why.into();
        self.unclear.push(Unclear { why, fix, span });
    }
}
