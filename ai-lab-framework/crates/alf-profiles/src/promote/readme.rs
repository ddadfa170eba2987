//! Writes the sections that a README lacks, from what the manifest says.

use std::fmt::Write as _;

use ai_lab_contract::{ErrorClass, Fallback, Manifest, Profile, SecretWanted, SocketGrant};

use super::{FileEdit, Steps};
use crate::checks::{LIMITS, RUNBOOK, SECURITY, USAGE};
use crate::read_document;

/// One section: its rule, the headings that stand for it, its text.
type Section = (
    &'static str,
    &'static [&'static str],
    fn(&Manifest) -> String,
);

/// The sections by the profile that asks for them.
const SECTIONS: [(Profile, Section); 4] = [
    (Profile::Standard, ("P201", USAGE, usage)),
    (Profile::Production, ("P308", LIMITS, limits)),
    (Profile::Production, ("P309", SECURITY, security)),
    (Profile::Production, ("P307", RUNBOOK, runbook)),
];

/// The README with the sections that it lacks, at its end; `None` where it lacks none. A heading that is there is
/// left alone, whatever stands under it: those are a person's words.
pub(super) fn complete(
    to: Profile,
    manifest: &Manifest,
    readme: Option<&str>,
    steps: &mut Steps,
) -> Option<FileEdit> {
    let before = readme.map(str::to_owned);
    let mut text = match readme {
        Some(text) => text.trim_end().to_owned(),
        None => format!("# {}\n{}", manifest.name, manifest.description.trim()),
    };
    let document = read_document(&text);
    let mut lacked = false;
    for (from, (rule, titles, write)) in SECTIONS {
        if from > to || document.words_under(titles).is_some() {
            continue;
        }
        let section = write(manifest);
        let title = section.lines().next().unwrap_or_default();
        steps.add(
            rule,
            format!("README.md gains a section{}", title.trim_start_matches('#')),
        );
        text = format!("{text}\n\n{}", section.trim_end());
        lacked = true;
    }
    lacked.then(|| FileEdit {
        path: "README.md".to_owned(),
        before,
        after: text + "\n",
    })
}

/// A text in one cell of a table.
fn cell(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").replace('|', "\\|")
}

/// Rows of a table, after its head.
fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let mut text = format!("| {} |\n|{}\n", head.join(" | "), "---|".repeat(head.len()));
    for row in rows {
        let row: Vec<String> = row.iter().map(|text| cell(text)).collect();
        writeln!(text, "| {} |", row.join(" | ")).expect("a String takes it");
    }
    text
}

fn usage(manifest: &Manifest) -> String {
    let rows: Vec<Vec<String>> = manifest
        .actions
        .iter()
        .map(|(name, action)| {
            let effects = [
                (action.read_only, "changes nothing"),
                (action.destructive, "may destroy something"),
                (action.idempotent, "twice is the same as once"),
                (action.open_world, "reaches beyond this machine"),
            ];
            let effects = effects.into_iter().filter(|(holds, _)| *holds);
            let effects: Vec<&str> = effects.map(|(_, effect)| effect).collect();
            vec![
                format!("`{}.{name}`", manifest.name),
                action.description.clone(),
                effects.join("; "),
            ]
        })
        .collect();
    let tool = &manifest.name;
    let actions = table(&["action", "what it does", "effects"], &rows);
    let call = health_call(manifest)
        .map(|call| format!("```console\n$ {call}\n```\n\n"))
        .unwrap_or_default();
    format!(
        "## Usage\n{actions}\n{call}`ai-lab-framework tool show {tool}` shows its actions, its limits and what it may \
         reach; the schemas\nof what each action takes and gives are named in `tool.toml`.\n"
    )
}

/// The health action as a person types it.
fn health_call(manifest: &Manifest) -> Option<String> {
    let health = manifest.health.as_ref()?;
    let input = serde_json::Value::Object(health.input.clone()).to_string();
    Some(format!(
        "ai-lab-framework tool run {}.{} --input '{}'",
        manifest.name,
        health.action,
        input.replace('\'', r"'\''")
    ))
}

fn limits(manifest: &Manifest) -> String {
    let limits = &manifest.limits;
    let mut rows = vec![
        vec!["one call may run".to_owned(), time(limits.run_ms.get())],
        vec![
            "then it has to end within".to_owned(),
            time(limits.grace_ms.get()),
        ],
        vec![
            "the longest answer".to_owned(),
            size(limits.output_bytes.get()),
        ],
        vec![
            "kept of its log, a call".to_owned(),
            size(limits.log_bytes.get()),
        ],
        vec![
            "memory of its processes together".to_owned(),
            size(limits.memory_bytes.get()),
        ],
        vec![
            "processes at once".to_owned(),
            limits.processes.get().to_string(),
        ],
    ];
    if let Some(load) = manifest
        .evidence
        .as_ref()
        .and_then(|source| source.load.as_ref())
    {
        rows.push(vec![
            "load that validation measures".to_owned(),
            format!(
                "{} calls, {} at once, 95 of 100 answered within {}",
                load.calls.get(),
                load.at_once.get(),
                time(load.p95_ms.get())
            ),
        ]);
    }
    format!("## Limits\n{}", table(&["what", "at most"], &rows))
}

fn security(manifest: &Manifest) -> String {
    let grants = &manifest.grants;
    let quoted = |names: &[String]| names.iter().map(|name| format!("`{name}`")).collect();
    let secret = |wanted: &SecretWanted| match wanted.environment() {
        Some(variable) => format!("`{}` in the variable `{variable}`", wanted.name()),
        None => format!("`{}` in a sealed file", wanted.name()),
    };
    let ports = grants
        .tcp
        .iter()
        .map(|port| port.get().to_string())
        .collect();
    let hosts = grants.hosts.iter().map(|host| format!("`{host}`"));
    let asked = |socket: &SocketGrant| {
        let get: Vec<String> = socket.get.iter().map(|path| format!("`{path}`")).collect();
        format!("`{}` for {}", socket.path, get.join(", "))
    };
    let all: [(&str, Vec<String>); 8] = [
        ("reads", quoted(&grants.read)),
        ("writes", quoted(&grants.write)),
        ("connects to the TCP ports", ports),
        ("connects to the hosts", hosts.collect()),
        (
            "asks the sockets",
            grants.sockets.iter().map(asked).collect(),
        ),
        ("sees the variables", quoted(&grants.environment)),
        (
            "is handed the secrets",
            grants.secrets.iter().map(secret).collect(),
        ),
        ("hands over to", quoted(&grants.handoff)),
    ];
    let rows: Vec<Vec<String>> = all
        .into_iter()
        .filter(|(_, names)| !names.is_empty())
        .map(|(what, names)| vec![what.to_owned(), names.join(", ")])
        .collect();
    let said = if rows.is_empty() {
        "`tool.toml` grants it nothing: it reads, writes and reaches nothing outside its own folder.\n".to_owned()
    } else {
        let granted = table(&["the tool", "what `tool.toml` grants"], &rows);
        format!("{granted}\nEverything else outside its own folder is closed to it.\n")
    };
    format!("## Security notes\n{said}")
}

fn runbook(manifest: &Manifest) -> String {
    let tool = &manifest.name;
    let seen = |class: ErrorClass| format!("`{}` (exit {})", class.as_str(), class.exit_code());
    let look = "`ai-lab-framework execution list`, then `execution show ID`";
    let mut rows = vec![
        vec![
            seen(ErrorClass::InvalidInput),
            "the input does not fit its schema".to_owned(),
            "the message names the field".to_owned(),
        ],
        vec![
            seen(ErrorClass::ToolFailed),
            "the tool ran and answered with an error of its own".to_owned(),
            look.to_owned(),
        ],
        vec![
            seen(ErrorClass::Timeout),
            format!("it still ran after {}", time(manifest.limits.run_ms.get())),
            look.to_owned(),
        ],
        vec![
            seen(ErrorClass::Refused),
            "it is in no tool lock, or changed since it was pinned".to_owned(),
            format!("`ai-lab-framework tool diff {tool}`, then `tool approve {tool}`"),
        ],
    ];
    if let Some(breaker) = &manifest.breaker {
        rows.push(vec![
            seen(ErrorClass::Unavailable),
            format!(
                "the breaker is open: {} failures within {} s, so calls stop for {} s",
                breaker.failures.get(),
                breaker.window_s.get(),
                breaker.open_s.get()
            ),
            format!("mend the cause; `ai-lab-framework tool breaker --close {tool}` ends the wait"),
        ]);
    }
    let stand_in = match &manifest.fallback {
        Some(Fallback::LastGoodS(seconds)) => Some(format!(
            "the last good answer stood in for a failure; it is at most {} s old",
            seconds.get()
        )),
        Some(Fallback::Action(action)) => Some(format!("`{action}` stood in for a failure")),
        None => None,
    };
    rows.extend(stand_in.map(|means| {
        vec![
            "an answer with `fallback`".to_owned(),
            means,
            look.to_owned(),
        ]
    }));
    let well = health_call(manifest)
        .map(|call| format!("\nWhether it is well: `{call}` answers with data.\n"))
        .unwrap_or_default();
    let table = table(&["what is seen", "what it means", "what to do"], &rows);
    format!("## Runbook\n{table}{well}")
}

/// A span of time as a person reads it.
fn time(milliseconds: u64) -> String {
    if milliseconds >= 1_000 && milliseconds.is_multiple_of(1_000) {
        format!("{} s", milliseconds / 1_000)
    } else {
        format!("{milliseconds} ms")
    }
}

/// A number of bytes as a person reads it, never rounded.
fn size(bytes: u64) -> String {
    for (unit, factor) in [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)] {
        if bytes >= factor && bytes.is_multiple_of(factor) {
            return format!("{} {unit}", bytes / factor);
        }
    }
    format!("{bytes} bytes")
}
