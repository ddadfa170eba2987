//! Checks that links between documents lead somewhere, and stay in their half.

use std::collections::BTreeSet;

use crate::Finding;
use crate::checkout::SourceFile;
use crate::rules::Half;

/// Checks every relative link of every Markdown file. `paths` are all files and folders of the checkout.
pub fn check_links(files: &[SourceFile], paths: &BTreeSet<String>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files.iter().filter(|file| file.is("md")) {
        let mut in_code = false;
        for (index, line) in file.text.lines().enumerate() {
            if line.trim_start().starts_with("```") {
                in_code = !in_code;
            } else if !in_code {
                let problems = links(line).filter_map(|link| problem(&file.path, link, paths));
                let place = format!("{}:{}", file.path, index + 1);
                findings.extend(problems.map(|what| Finding::new(&place, what)));
            }
        }
    }
    findings
}

/// The targets of a line's links, `[text](target)`.
fn links(line: &str) -> impl Iterator<Item = &str> {
    line.split("](").skip(1).filter_map(|rest| {
        let target = rest.split(')').next()?;
        // A title may follow the target.
        target.split_whitespace().next()
    })
}

fn problem(from: &str, link: &str, paths: &BTreeSet<String>) -> Option<String> {
    let target = link.split('#').next().unwrap_or_default();
    let is_elsewhere = link.contains("://") || link.starts_with("mailto:");
    if target.is_empty() || is_elsewhere {
        return None;
    }
    let Some(path) = resolved(from, target) else {
        return Some(format!("`{link}` leaves the checkout"));
    };
    let crosses = Half::ALL.into_iter().any(|half| {
        let folder = format!("{}/", half.folder());
        from.starts_with(&folder) && !format!("{path}/").starts_with(&folder)
    });
    if crosses {
        return Some(format!("`{link}` leads out of its half"));
    }
    (!paths.contains(&path)).then(|| format!("`{link}` leads nowhere"))
}

/// The target's path from the checkout's root; `None` if it climbs out of it.
fn resolved(from: &str, target: &str) -> Option<String> {
    let mut parts: Vec<&str> = if target.starts_with('/') {
        Vec::new()
    } else {
        from.split('/').collect()
    };
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}
