//! The record's figures in the Prometheus text format (version 0.0.4).

use std::fmt::{self, Write as _};

use alf_store::{ActionFigures, MetricFigures};

use crate::executions::Figures;
use crate::framework::FRAMEWORK_VERSION;

/// What every name begins with.
const PREFIX: &str = "ai_lab";

/// The page that a Prometheus server reads. Durations are in seconds, as its conventions have it; the order is stable.
///
/// The counters count since the record began and stay when executions are pruned.
pub fn exposition(figures: &Figures) -> String {
    let mut page = String::new();
    let written = write_all(&mut page, figures);
    debug_assert!(written.is_ok(), "a String takes everything");
    page
}

fn write_all(page: &mut String, figures: &Figures) -> fmt::Result {
    let build = "framework_build_info";
    head(page, build, "gauge", "The framework that wrote this page.")?;
    sample(page, build, &[("version", FRAMEWORK_VERSION)], "1")?;

    let executions = "tool_executions_total";
    head(
        page,
        executions,
        "counter",
        "Executions that have ended, by how they ended.",
    )?;
    for row in &figures.actions {
        let failed = row.failed.saturating_sub(row.interrupted);
        let succeeded = row.count.saturating_sub(row.failed);
        for (status, count) in [
            ("failed", failed),
            ("interrupted", row.interrupted),
            ("succeeded", succeeded),
        ] {
            let labels = [
                ("tool", row.tool.as_str()),
                ("action", row.action.as_str()),
                ("status", status),
            ];
            sample(page, executions, &labels, &count.to_string())?;
        }
    }

    let duration = "tool_execution_duration_seconds";
    let help = "How long executions ran, interrupted ones left out; quantiles are of all time.";
    head(page, duration, "summary", help)?;
    for row in &figures.actions {
        write_duration(page, duration, row)?;
    }

    let last = "tool_execution_last_start_timestamp_seconds";
    head(page, last, "gauge", "When the last execution started.")?;
    for row in &figures.actions {
        let labels = of_action(row.tool.as_str(), row.action.as_str());
        sample(page, last, &labels, &thousandths(row.last_at_ms))?;
    }
    write_measured(page, &figures.metrics)
}

fn write_duration(page: &mut String, name: &str, row: &ActionFigures) -> fmt::Result {
    let (tool, action) = (row.tool.as_str(), row.action.as_str());
    let quantiles = [
        ("0.5", row.p50_us),
        ("0.95", row.p95_us),
        ("0.99", row.p99_us),
    ];
    for (quantile, us) in quantiles {
        let labels = [("tool", tool), ("action", action), ("quantile", quantile)];
        sample(page, name, &labels, &seconds(us))?;
    }
    let labels = of_action(tool, action);
    sample(page, &format!("{name}_sum"), &labels, &seconds(row.sum_us))?;
    let ran = row.count.saturating_sub(row.interrupted);
    sample(page, &format!("{name}_count"), &labels, &ran.to_string())
}

/// What is told of a metric.
type Told = fn(&MetricFigures) -> String;

/// What tools measured themselves: their names and units are labels, for they are not ours to make names of.
fn write_measured(page: &mut String, metrics: &[MetricFigures]) -> fmt::Result {
    let figures: [(&str, &str, &str, Told); 3] = [
        (
            "tool_measured_last",
            "gauge",
            "The last value that a tool measured.",
            |row| real(row.last),
        ),
        (
            "tool_measured_sum",
            "gauge",
            "The sum of the values that a tool measured.",
            |row| real(row.sum),
        ),
        (
            "tool_measured_total",
            "counter",
            "How many values a tool measured.",
            |row| row.count.to_string(),
        ),
    ];
    for (name, kind, help, value) in figures {
        head(page, name, kind, help)?;
        for row in metrics {
            let labels = [
                ("tool", row.tool.as_str()),
                ("action", row.action.as_str()),
                ("name", &row.name),
                ("unit", &row.unit),
            ];
            sample(page, name, &labels, &value(row))?;
        }
    }
    Ok(())
}

const fn of_action<'a>(tool: &'a str, action: &'a str) -> [(&'static str, &'a str); 2] {
    [("tool", tool), ("action", action)]
}

fn head(page: &mut String, name: &str, kind: &str, help: &str) -> fmt::Result {
    writeln!(page, "# HELP {PREFIX}_{name} {help}")?;
    writeln!(page, "# TYPE {PREFIX}_{name} {kind}")
}

fn sample(page: &mut String, name: &str, labels: &[(&str, &str)], value: &str) -> fmt::Result {
    write!(page, "{PREFIX}_{name}")?;
    for (index, (label, text)) in labels.iter().enumerate() {
        let before = if index == 0 { '{' } else { ',' };
        write!(page, "{before}{label}=\"{}\"", escaped(text))?;
    }
    writeln!(page, "}} {value}")
}

/// The three characters that a label's value must not hold as they are.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

fn seconds(us: u64) -> String {
    format!("{}.{:06}", us / 1_000_000, us % 1_000_000)
}

fn thousandths(ms: i64) -> String {
    format!("{}.{:03}", ms.div_euclid(1_000), ms.rem_euclid(1_000))
}

fn real(value: f64) -> String {
    if value.is_nan() {
        "NaN".to_owned()
    } else if value.is_infinite() {
        if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned()
    } else {
        value.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn figures() -> Figures {
        Figures {
            format: 1,
            actions: ["look", "mend"]
                .map(|action| ActionFigures {
                    tool: "probe".parse().expect("a name"),
                    action: action.parse().expect("a name"),
                    count: 10,
                    failed: 3,
                    interrupted: 1,
                    error_rate: 0.3,
                    sum_us: 12_000_345,
                    p50_us: 1_000_000,
                    p95_us: 2_500_000,
                    p99_us: 3_000_001,
                    max_us: 3_000_001,
                    last_at_ms: 1_795_399_200_123,
                })
                .to_vec(),
            metrics: vec![MetricFigures {
                tool: "probe".parse().expect("a name"),
                action: "look".parse().expect("a name"),
                name: "a\\b\"c\nd".to_owned(),
                unit: String::new(),
                count: 2,
                sum: 2.5,
                min: 1.0,
                max: 1.5,
                last: f64::INFINITY,
            }],
        }
    }

    /// Reads a page as the format's description has it, and says what is wrong first.
    fn check(page: &str) -> Result<Vec<(String, String)>, String> {
        let mut samples = Vec::new();
        let mut series = BTreeSet::new();
        let mut families = BTreeSet::new();
        let mut family = (String::new(), String::new());
        let mut helped = String::new();
        if !page.ends_with('\n') {
            return Err("the last line has no end".to_owned());
        }
        for line in page.lines() {
            let wrong = |why: &str| format!("{why}: {line}");
            if let Some(help) = line.strip_prefix("# HELP ") {
                help.split_once(' ')
                    .ok_or_else(|| wrong("no help"))?
                    .0
                    .clone_into(&mut helped);
                continue;
            }
            if let Some(kind) = line.strip_prefix("# TYPE ") {
                let (name, kind) = kind.split_once(' ').ok_or_else(|| wrong("no type"))?;
                if name != helped || !families.insert(name.to_owned()) {
                    return Err(wrong("a family without help, or twice"));
                }
                if !["counter", "gauge", "summary"].contains(&kind) {
                    return Err(wrong("no kind of metric"));
                }
                if (kind == "counter") != name.ends_with("_total") {
                    return Err(wrong("only counters end with _total"));
                }
                family = (name.to_owned(), kind.to_owned());
                continue;
            }
            let (name, rest) = line.split_once('{').ok_or_else(|| wrong("no labels"))?;
            let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            let base = match family.1.as_str() {
                "summary" => name.trim_end_matches("_sum").trim_end_matches("_count"),
                _ => name,
            };
            if base != family.0 || !name.chars().all(is_name) {
                return Err(wrong("not of its family"));
            }
            let (labels, value) =
                labels(rest).ok_or_else(|| wrong("labels that cannot be read"))?;
            if !series.insert(format!("{name}{labels:?}")) {
                return Err(wrong("twice"));
            }
            let is_value = ["+Inf", "-Inf", "NaN"].contains(&value) || value.parse::<f64>().is_ok();
            if !is_value {
                return Err(wrong("no number"));
            }
            samples.push((name.to_owned(), value.to_owned()));
        }
        Ok(samples)
    }

    /// The labels up to the closing brace, unescaped, and the value behind it.
    fn labels(mut rest: &str) -> Option<(Vec<(String, String)>, &str)> {
        let mut labels = Vec::new();
        loop {
            let (name, after) = rest.split_once("=\"")?;
            let mut text = String::new();
            let mut chars = after.char_indices();
            let end = loop {
                match chars.next()? {
                    (_, '\\') => text.push(match chars.next()?.1 {
                        'n' => '\n',
                        c @ ('\\' | '"') => c,
                        _ => return None,
                    }),
                    (at, '"') => break at,
                    (_, c) => text.push(c),
                }
            };
            labels.push((name.to_owned(), text));
            rest = &after[end + 1..];
            match rest.strip_prefix(',') {
                Some(next) => rest = next,
                None => return Some((labels, rest.strip_prefix("} ")?)),
            }
        }
    }

    #[test]
    fn a_page_is_what_the_format_says_and_adds_up() {
        let page = exposition(&figures());
        let samples = check(&page).expect("a page");
        let of = |name: &str| -> Vec<&str> {
            let named = samples.iter().filter(|(other, _)| other == name);
            named.map(|(_, value)| value.as_str()).collect()
        };
        assert_eq!(
            of("ai_lab_tool_executions_total"),
            ["2", "1", "7", "2", "1", "7"]
        );
        assert_eq!(
            of("ai_lab_tool_execution_duration_seconds")[..3],
            ["1.000000", "2.500000", "3.000001"]
        );
        assert_eq!(
            of("ai_lab_tool_execution_duration_seconds_sum"),
            ["12.000345", "12.000345"]
        );
        assert_eq!(
            of("ai_lab_tool_execution_duration_seconds_count"),
            ["9", "9"]
        );
        assert_eq!(
            of("ai_lab_tool_execution_last_start_timestamp_seconds")[0],
            "1795399200.123"
        );
        assert_eq!(of("ai_lab_tool_measured_last"), ["+Inf"]);
        assert!(page.contains(r#"name="a\\b\"c\nd",unit="""#), "{page}");
        assert_eq!(exposition(&figures()), page);
    }

    #[test]
    fn the_check_of_a_page_finds_what_is_wrong() {
        let page = exposition(&figures());
        for (from, to) in [
            ("# HELP ai_lab_tool_executions_total ", "# HELP other "),
            ("status=\"interrupted\"", "status=\"failed\""),
            ("1.000000", "one"),
            ("a\\\\b", "a\\b"),
        ] {
            assert!(check(&page.replacen(from, to, 1)).is_err(), "{from}");
        }
    }
}
