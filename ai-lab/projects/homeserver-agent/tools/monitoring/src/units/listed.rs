//! Units as systemd lists them, from the collected `units.json`.

use std::collections::BTreeMap;

use serde_json::Value;

/// How many units are read. Stops a list that somebody made up.
const MOST_UNITS: usize = 4096;

/// One unit as systemd has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Listed {
    /// `loaded`, `not-found`, `masked`.
    pub(crate) load: Option<String>,
    /// `active`, `inactive`, `failed`, `activating`, `deactivating`, `reloading`.
    pub(crate) active: Option<String>,
    /// `running`, `exited`, `auto-restart` and many more.
    pub(crate) sub: Option<String>,
    /// What it is, in words.
    pub(crate) description: Option<String>,
    /// How it failed, such as `exit-code` or `timeout`.
    pub(crate) result: Option<String>,
    /// What its main process ended with.
    pub(crate) exit_status: Option<u64>,
    /// How often systemd has started it anew.
    pub(crate) restarts: Option<u64>,
    /// Since when it is as it is, as systemd writes it.
    pub(crate) since: Option<String>,
}

/// Reads the list: what `systemctl list-units --output=json` prints, alone or as `units`, beside `failed` with what
/// `systemctl show` tells of each that failed. `None` if it is neither.
pub(crate) fn parse_units(value: &Value) -> Option<BTreeMap<String, Listed>> {
    let rows = value
        .as_array()
        .or_else(|| value.get("units")?.as_array())?;
    let mut units: BTreeMap<String, Listed> = rows
        .iter()
        .take(MOST_UNITS)
        .filter_map(|row| {
            let text = |key: &str| text(row.get(key)?.as_str()?);
            let unit = Listed {
                load: text("load"),
                active: text("active"),
                sub: text("sub"),
                description: text("description"),
                ..Listed::default()
            };
            Some((row.get("unit")?.as_str()?.to_owned(), unit))
        })
        .collect();
    let shown = value.get("failed").and_then(Value::as_array);
    for block in shown.into_iter().flatten().take(MOST_UNITS) {
        let field = |key: &str| block.get(key).and_then(Value::as_str);
        let Some(unit) = field("Id").and_then(|id| units.get_mut(id)) else {
            continue;
        };
        unit.result = field("Result").and_then(text);
        unit.exit_status = field("ExecMainStatus").and_then(|status| status.parse().ok());
        unit.restarts = field("NRestarts").and_then(|count| count.parse().ok());
        unit.since = field("StateChangeTimestamp").and_then(text);
    }
    Some(units)
}

/// A text that says something, on one line.
fn text(text: &str) -> Option<String> {
    let shown: String = text
        .trim()
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .take(200)
        .collect();
    (!shown.is_empty()).then_some(shown)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn units_are_read_with_or_without_what_is_told_of_the_failed() {
        let rows = json!([
            {"unit": "ssh.service", "load": "loaded", "active": "active", "sub": "running", "description": "SSH"},
            {"unit": "backup.service", "load": "loaded", "active": "failed", "sub": "failed", "description": " "},
            {"no unit": 1}, 7,
        ]);
        let failed = json!([
            {"Id": "backup.service", "Result": "exit-code", "ExecMainStatus": "203", "NRestarts": "5",
                "StateChangeTimestamp": "Mon 2026-11-23 10:00:00 UTC"},
            {"Id": "gone.service", "Result": "timeout"}, {"Result": "timeout"}, null,
        ]);
        let word = |word: &str| Some(word.to_owned());
        let ssh = Listed {
            load: word("loaded"),
            active: word("active"),
            sub: word("running"),
            description: word("SSH"),
            ..Listed::default()
        };
        let backup = Listed {
            load: word("loaded"),
            active: word("failed"),
            sub: word("failed"),
            ..Listed::default()
        };
        let shown = Listed {
            result: word("exit-code"),
            exit_status: Some(203),
            restarts: Some(5),
            since: word("Mon 2026-11-23 10:00:00 UTC"),
            ..backup.clone()
        };
        let units = |backup: &Listed| {
            Some(BTreeMap::from([
                ("ssh.service".to_owned(), ssh.clone()),
                ("backup.service".to_owned(), backup.clone()),
            ]))
        };
        assert_eq!(parse_units(&rows), units(&backup));
        let both = json!({"format": 1, "units": rows, "failed": failed});
        assert_eq!(parse_units(&both), units(&shown));
        for odd in [json!({}), json!("x"), json!({"units": {}})] {
            assert_eq!(parse_units(&odd), None, "{odd}");
        }
    }
}
