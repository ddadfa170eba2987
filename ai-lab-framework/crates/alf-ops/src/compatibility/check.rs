//! `check-compatibility`: whether a lab fits what a version promises.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use ai_lab_contract::ErrorClass;
use alf_compat::{
    Area, Contract, Contracts, Finding, Rule, Severity, SourceFile, Verdict, check_file,
};
use alf_store::{MigrateMode, OpenError, OpenMode, Opening, SqliteStore};
use serde::Serialize;

use super::against::of_the_lab;
use super::files::{Gathered, LabText, gather};
use super::ledger::Ledger;
use super::own::own_contract;
use crate::failure::Failure;
use crate::framework::{FRAMEWORK_VERSION, Framework};

/// What a check of a lab found.
#[derive(Debug, Serialize)]
pub struct CheckedLab {
    /// The form of this answer: 1.
    pub format: u32,
    /// The version that the lab was held against.
    pub against: String,
    /// The version that it lives under, where that is another.
    pub present: Option<String>,
    /// Whether it fits, all in all.
    pub verdict: Verdict,
    /// How many files were read.
    pub files: usize,
    /// What the lab uses: how many items of each area.
    pub used: BTreeMap<Area, usize>,
    /// Whether the record was there to say how much of it.
    pub record_asked: bool,
    /// What does not fit, by file and place.
    pub findings: Vec<Finding>,
    /// The texts that the findings point into, by file.
    #[serde(skip)]
    pub(super) texts: Vec<LabText>,
    #[serde(skip)]
    pub(super) lab: PathBuf,
}

/// Holds the lab against a contract; this framework's own unless another is given. Runs nothing and writes nothing.
pub fn check_compatibility(
    framework: &Framework,
    wanted: Option<Contract>,
) -> Result<CheckedLab, Failure> {
    let Some(lab) = framework.surroundings.instance.clone() else {
        return Err(Failure::new(
            ErrorClass::NotFound,
            "there is no lab here: no `ai-lab.toml` up from this folder",
        )
        .with_hint("Go into the lab's folder; `ai-lab init` makes one."));
    };
    let own = own_contract();
    let (target, present) = match wanted {
        Some(target) => (target, Some(own)),
        None => (own, of_the_lab(framework)),
    };
    let present = present.filter(|present| present.version != target.version);
    let contracts = Contracts {
        target: &target,
        present: present.as_ref(),
    };
    let gathered = gather(framework, &lab);
    let ledger = Ledger::of(framework);
    let mut findings = Vec::new();
    let mut used: BTreeSet<(Area, String)> = BTreeSet::new();
    for file in &gathered.files {
        let source = SourceFile {
            path: &file.shown,
            kind: file.kind,
            text: &file.text,
        };
        let checked = check_file(source, contracts);
        used.extend(checked.used);
        findings.extend(
            checked
                .findings
                .into_iter()
                .map(|finding| ledger.told(finding, &file.path)),
        );
    }
    findings.extend(unread(&gathered));
    findings.extend(database(framework, &target));
    let mut areas = BTreeMap::new();
    for (area, _) in used {
        *areas.entry(area).or_default() += 1;
    }
    Ok(CheckedLab {
        format: 1,
        against: target.version.to_string(),
        present: present.map(|present| present.version.to_string()),
        verdict: Verdict::of(&findings),
        files: gathered.files.len(),
        used: areas,
        record_asked: ledger.was_asked(),
        findings,
        texts: gathered.files,
        lab,
    })
}

/// A finding about a file as a whole.
fn whole(rule: Rule, severity: Severity, file: String, words: [&str; 3]) -> Finding {
    let [what, why, fix] = words.map(str::to_owned);
    Finding {
        rule,
        severity,
        file,
        line: 1,
        column: 1,
        what,
        why,
        fix,
        replacement: None,
        usage: None,
    }
}

fn unread(gathered: &Gathered) -> Vec<Finding> {
    let told = |(file, why): &(String, String)| {
        let fix = "Make it a plain text file; then ask again.";
        whole(
            Rule::Unclear,
            Severity::CannotTell,
            file.clone(),
            ["it cannot be read", why, fix],
        )
    };
    let mut findings: Vec<Finding> = gathered.unreadable.iter().map(told).collect();
    if gathered.cut {
        let fix = "Keep data out of the lab's folder.";
        let words = [
            "there are more files than are looked at",
            "the rest may use anything",
            fix,
        ];
        findings.push(whole(
            Rule::Unclear,
            Severity::CannotTell,
            ".".to_owned(),
            words,
        ));
    }
    findings
}

/// Whether the version reads the framework's database. Within a major every release reads what any other wrote.
fn database(framework: &Framework, target: &Contract) -> Option<Finding> {
    let path = framework.surroundings.database();
    let reads = target.schemas.get("framework")?;
    let opening = Opening {
        mode: OpenMode::Existing,
        framework_version: FRAMEWORK_VERSION.to_owned(),
        now_ms: framework.surroundings.clock.now_ms(),
    };
    let found = match SqliteStore::migrate(&path, &opening, MigrateMode::Check) {
        Ok(plan) => plan.from?,
        Err(OpenError::Newer { found, .. } | OpenError::Older { found, .. }) => found,
        Err(OpenError::Missing(_)) => return None,
        Err(error) => {
            let words = [
                "the database cannot be opened",
                &error.to_string(),
                "`ai-lab-framework doctor` looks at it.",
            ];
            return Some(whole(
                Rule::Database,
                Severity::CannotTell,
                shown(&path),
                words,
            ));
        }
    };
    if found.major == reads.major {
        return None;
    }
    let what = format!("the database has schema {found}");
    let why = format!("{} reads schemas of major {}", target.version, reads.major);
    let fix = "`ai-lab update` takes the database along to another major; keep the old version until then.";
    Some(whole(
        Rule::Database,
        Severity::Incompatible,
        shown(&path),
        [&what, &why, fix],
    ))
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
