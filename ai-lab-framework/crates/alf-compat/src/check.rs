//! Holds what a file uses against a contract.

use std::collections::BTreeSet;
use std::ops::Range;

use alf_manifest::{FindingCode, check_against, position};
use alf_schema::nearest;
use semver::VersionReq;

use crate::contract::{Area, Item};
use crate::extract::{FileKind, extract};
use crate::finding::{Finding, Replacement, Rule, Severity};
use crate::grammar::Contracts;
use crate::symbols::{self, Standing};
use crate::uses::{Asker, Call, Unclear, Use, Uses, VersionRange};

/// One file of a lab.
#[derive(Clone, Copy, Debug)]
pub struct SourceFile<'a> {
    /// Its path, as findings name it.
    pub path: &'a str,
    /// What it is.
    pub kind: FileKind,
    /// Its text.
    pub text: &'a str,
}

/// What was found out about a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// What does not fit, by place.
    pub findings: Vec<Finding>,
    /// What it uses: areas and names, each once.
    pub used: BTreeSet<(Area, String)>,
}

/// Holds a file against a contract.
pub fn check_file(file: SourceFile<'_>, contracts: Contracts<'_>) -> Checked {
    let uses = extract(file.kind, file.text, contracts);
    let checker = Checker { file, contracts };
    let mut found = checker.findings(&uses);
    if file.kind == FileKind::Manifest {
        found.extend(checker.manifest(&found));
    }
    found.sort_by_key(|(span, finding)| (span.start, finding.rule));
    found.dedup_by(|a, b| (a.0.start, a.1.rule, &a.1.what) == (b.0.start, b.1.rule, &b.1.what));
    Checked {
        findings: found.into_iter().map(|(_, finding)| finding).collect(),
        used: uses
            .named
            .into_iter()
            .map(|used| (used.area, used.item))
            .collect(),
    }
}

/// A finding with the bytes that it is about.
type Placed = (Range<usize>, Finding);

struct Checker<'a> {
    file: SourceFile<'a>,
    contracts: Contracts<'a>,
}

impl Checker<'_> {
    fn findings(&self, uses: &Uses) -> Vec<Placed> {
        let named = uses.named.iter().flat_map(|used| self.named(used));
        let calls = uses.calls.iter().flat_map(|call| self.call(call));
        let ranges = uses.ranges.iter().filter_map(|range| self.range(range));
        let unclear = uses.unclear.iter().map(|unclear| self.unclear(unclear));
        named.chain(calls).chain(ranges).chain(unclear).collect()
    }

    fn placed(
        &self,
        rule: Rule,
        severity: Severity,
        span: &Range<usize>,
        words: [String; 3],
    ) -> Placed {
        let (line, column) = position(self.file.text, span.start);
        let [what, why, fix] = words;
        let finding = Finding {
            rule,
            severity,
            file: self.file.path.to_owned(),
            line,
            column,
            what,
            why,
            fix,
            replacement: None,
            usage: None,
        };
        (span.clone(), finding)
    }

    fn named(&self, used: &Use) -> Vec<Placed> {
        let target = self.contracts.target;
        if !target.has(used.area) {
            return Vec::new();
        }
        let present = self.contracts.present;
        let standing = match used.area {
            Area::Rust | Area::Python => {
                let told_here = used.area == Area::Rust && used.owned;
                symbols::standing(self.contracts, used.area, &used.item, told_here)
            }
            _ if target.item(used.area, &used.item).is_some() => Standing::Stands,
            Area::Environment if used.item.starts_with("AI_LAB_CONFIG_") => Standing::Stands,
            _ if present.is_some_and(|present| present.item(used.area, &used.item).is_some()) => {
                Standing::Gone
            }
            _ if used.owned => Standing::Unknown,
            _ => Standing::Stands,
        };
        match standing {
            Standing::Stands => {
                let item = target.item(used.area, &used.item);
                let item = item.map(|item| self.standing(used, item));
                item.unwrap_or_default()
            }
            Standing::Gone => vec![self.gone(used)],
            Standing::Unknown => vec![self.unknown(used)],
        }
    }

    fn standing(&self, used: &Use, item: &Item) -> Vec<Placed> {
        let mut found = Vec::new();
        if let Some(deprecated) = &item.deprecated {
            let words = [
                format!(
                    "the {} `{}` goes in {}",
                    used.area.noun(),
                    used.item,
                    deprecated.remove_in
                ),
                format!("it is deprecated since {}", deprecated.since),
                deprecated.instead.clone(),
            ];
            let placed = self.placed(Rule::Deprecated, Severity::Warning, &used.span, words);
            found.push(self.replaced(placed, used, deprecated.renamed_to.as_deref()));
        }
        if let Some((value, span)) = &used.value
            && !item.values.is_empty()
            && !item.values.contains(value)
        {
            found.push(self.value(used, item, value, span));
        }
        found
    }

    fn value(&self, used: &Use, item: &Item, value: &str, span: &Range<usize>) -> Placed {
        let version = &self.contracts.target.version;
        let near = nearest(value, item.values.iter().map(String::as_str));
        let fix = near.map_or_else(
            || format!("Choose one of {}.", item.values.join(", ")),
            |near| format!("Did you mean `{near}`?"),
        );
        let words = [
            format!("`{}` cannot be `{value}` in {version}", used.item),
            format!("it may be {}", item.values.join(", ")),
            fix,
        ];
        self.placed(Rule::Value, Severity::Incompatible, span, words)
    }

    fn gone(&self, used: &Use) -> Placed {
        let version = &self.contracts.target.version;
        let before = self.contracts.present.and_then(|present| {
            let item = present.item(used.area, &used.item)?;
            Some((&present.version, item))
        });
        let why = before.map_or_else(String::new, |(version, item)| {
            let deprecated = item.deprecated.as_ref();
            let told = deprecated.map_or_else(String::new, |told| {
                format!(", deprecated since {}", told.since)
            });
            format!("{version} has it{told}")
        });
        let deprecated = before.and_then(|(_, item)| item.deprecated.as_ref());
        let stay = || "Do without it, or stay with the version that has it.".to_owned();
        let words = [
            format!(
                "the {} `{}` is gone in {version}",
                used.area.noun(),
                used.item
            ),
            why,
            deprecated.map_or_else(stay, |deprecated| deprecated.instead.clone()),
        ];
        let placed = self.placed(Rule::Removed, Severity::Incompatible, &used.span, words);
        let word = deprecated.and_then(|deprecated| deprecated.renamed_to.as_deref());
        self.replaced(placed, used, word)
    }

    fn unknown(&self, used: &Use) -> Placed {
        let version = &self.contracts.target.version;
        let names = self
            .contracts
            .target
            .area(used.area)
            .map(|(name, _)| name.as_str());
        let fix = nearest(&used.item, names).map_or_else(
            || {
                format!(
                    "`ai-lab-framework contract --area {}` lists what there is.",
                    used.area.as_str()
                )
            },
            |near| format!("Did you mean `{near}`?"),
        );
        let words = [
            format!(
                "there is no {} `{}` in {version}",
                used.area.noun(),
                used.item
            ),
            "no version that is compared here has it".to_owned(),
            fix,
        ];
        self.placed(Rule::Unknown, Severity::Incompatible, &used.span, words)
    }

    /// What a command of the target has to be given and is not.
    fn call(&self, call: &Call) -> Vec<Placed> {
        let target = self.contracts.target;
        if !call.whole
            || call.command.is_empty()
            || target.item(Area::Command, &call.command).is_none()
        {
            return Vec::new();
        }
        let owed = target.area(Area::Argument).filter(|(name, item)| {
            let of = name.rsplit_once(' ').map_or("", |(command, _)| command);
            // A short flag stands beside its long one.
            let is_short = name
                .rsplit(' ')
                .next()
                .is_some_and(|word| word.len() == 2 && word.starts_with('-'));
            item.required && of == call.command && !is_short && !call.given.contains(name)
        });
        owed.map(|(name, _)| {
            let words = [
                format!(
                    "`{}` has to be given `{}` in {}",
                    call.command,
                    &name[call.command.len() + 1..],
                    target.version
                ),
                "it does not run without".to_owned(),
                format!(
                    "`ai-lab-framework {} --help` says what it is.",
                    call.command
                ),
            ];
            self.placed(Rule::Missing, Severity::Incompatible, &call.span, words)
        })
        .collect()
    }

    fn range(&self, range: &VersionRange) -> Option<Placed> {
        let version = &self.contracts.target.version;
        let Ok(wanted) = VersionReq::parse(&range.text) else {
            let words = [
                format!("`{}` is no range of versions", range.text),
                "a range is like `~1.4` or `>=1.2, <2`".to_owned(),
                "Mend it; then ask again.".to_owned(),
            ];
            return Some(self.placed(Rule::Unclear, Severity::CannotTell, &range.span, words));
        };
        if wanted.matches(version) {
            return None;
        }
        let (rule, severity, who, fix) = match &range.asker {
            Asker::Lab => (
                Rule::FrameworkRange,
                Severity::Incompatible,
                "the lab".to_owned(),
                "Widen `framework` when you want that version.",
            ),
            Asker::Tool => (
                Rule::FrameworkRange,
                Severity::Incompatible,
                "the tool".to_owned(),
                "Try the tool with that version, then widen `framework`.",
            ),
            Asker::Crate(name) => (
                Rule::CrateRange,
                Severity::Warning,
                format!("the package, of `{name}`,"),
                "Ask for that version and build it anew, when you next change it.",
            ),
        };
        let words = [
            format!("{version} is not in the range `{}`", range.text),
            format!("{who} asks for it"),
            fix.to_owned(),
        ];
        Some(self.placed(rule, severity, &range.span, words))
    }

    fn unclear(&self, unclear: &Unclear) -> Placed {
        let words = [
            unclear.why.clone(),
            "what it uses cannot be told without running it".to_owned(),
            unclear.fix.to_owned(),
        ];
        self.placed(Rule::Unclear, Severity::CannotTell, &unclear.span, words)
    }

    /// What the target's schema of manifests refuses beside what was found already.
    fn manifest(&self, found: &[Placed]) -> Vec<Placed> {
        let target = self.contracts.target;
        let schema = target.documents.get("manifest.schema.json");
        let refused = schema.and_then(|schema| check_against(self.file.text, schema));
        let is_told = |span: &Range<usize>, code: FindingCode| {
            code != FindingCode::MissingKey
                && found.iter().any(|(told, finding)| {
                    finding.rule != Rule::Deprecated
                        && told.start <= span.end
                        && span.start <= told.end
                })
        };
        let refused = refused.unwrap_or_default().into_iter();
        let refused = refused.filter(|refused| !is_told(&refused.span, refused.code));
        refused
            .map(|refused| {
                let words = [
                    refused.message,
                    format!("the schema of manifests of {} says so", target.version),
                    refused.help.unwrap_or_else(|| {
                        "docs/MANIFEST.md tells what may stand there.".to_owned()
                    }),
                ];
                self.placed(Rule::Manifest, Severity::Incompatible, &refused.span, words)
            })
            .collect()
    }

    /// The finding with the word to put there; where the rest of the file goes on with the old one, under that name.
    fn replaced(&self, (span, finding): Placed, used: &Use, word: Option<&str>) -> Placed {
        let old = self.file.text.get(span.clone()).unwrap_or_default();
        let replacement = word.map(|word| Replacement {
            span: span.clone(),
            text: if used.binds {
                format!("{word} as {old}")
            } else {
                word.to_owned()
            },
        });
        let finding = Finding {
            replacement,
            ..finding
        };
        (span, finding)
    }
}
