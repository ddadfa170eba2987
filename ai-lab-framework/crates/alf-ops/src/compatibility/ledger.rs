//! What a lab really used, as the record has it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use alf_compat::{Finding, Usage};
use alf_store::{FiguresFilter, Store as _};

use crate::framework::Framework;

/// How far back uses are counted, in milliseconds: 90 days.
const COUNTED_MS: i64 = 90 * 24 * 60 * 60 * 1000;

/// Uses of tools, by the folder that each lies in.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    tools: Vec<(PathBuf, Usage)>,
    /// Whether the record was there to be asked.
    asked: bool,
}

impl Ledger {
    /// Asks the record; without one nothing is known.
    pub(super) fn of(framework: &Framework) -> Self {
        let ever = counted(framework, None);
        let lately = counted(
            framework,
            Some(framework.surroundings.clock.now_ms() - COUNTED_MS),
        );
        let (Some(ever), Some(lately)) = (ever, lately) else {
            return Self::default();
        };
        let tools = framework.discover().tools.into_iter().map(|tool| {
            let name = tool.manifest.name.to_string();
            let usage = Usage {
                count: lately.get(&name).map_or(0, |(count, _)| *count),
                last_at_ms: ever.get(&name).map(|(_, last)| *last),
                tool: name,
            };
            (tool.folder, usage)
        });
        Self {
            tools: tools.collect(),
            asked: true,
        }
    }

    /// Whether the record was there to be asked.
    pub(super) const fn was_asked(&self) -> bool {
        self.asked
    }

    /// The finding with how much the tool that its file is part of was used.
    pub(super) fn told(&self, finding: Finding, file: &Path) -> Finding {
        let stem = file.file_stem().and_then(|stem| stem.to_str());
        let is_configuration = finding.file.starts_with("config/tools/");
        let found = self.tools.iter().find(|(folder, usage)| {
            file.starts_with(folder) || (is_configuration && stem == Some(&usage.tool))
        });
        let usage = found.map(|(_, usage)| usage.clone());
        Finding { usage, ..finding }
    }
}

/// Of each tool how many executions have ended, and when the last of them began.
fn counted(framework: &Framework, since_ms: Option<i64>) -> Option<BTreeMap<String, (u64, i64)>> {
    let filter = FiguresFilter {
        since_ms,
        ..FiguresFilter::default()
    };
    let figures = framework
        .existing_store()
        .ok()?
        .action_figures(&filter)
        .ok()?;
    let mut tools = BTreeMap::new();
    for row in figures {
        let (count, last) = tools.entry(row.tool.to_string()).or_insert((0, i64::MIN));
        *count += row.count;
        *last = row.last_at_ms.max(*last);
    }
    Some(tools)
}
