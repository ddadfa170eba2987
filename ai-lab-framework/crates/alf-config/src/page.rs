//! A configuration laid out for an editor.

use serde_json::{Map, Value};

use crate::key::KeyPath;
use crate::keys::{ConfigKey, config_keys};
use crate::lab_file::{LabFileError, parse_lab_file, to_toml, with_key};

/// How wide a comment is, in characters.
const WIDTH: usize = 96;

/// What is set, as TOML, followed by every other key of the schema as a comment with what it is for and its default.
///
/// `text` is the file as it stands, where there is one; it stays as it is. Secrets are named and not offered.
pub fn edit_page(
    text: Option<&str>,
    values: &Map<String, Value>,
    schema: Option<&Value>,
) -> Result<String, LabFileError> {
    let mut page = match text {
        Some(text) => text.to_owned(),
        None => written(values)?,
    };
    let set = parse_lab_file(&page)?;
    let keys = schema.map(config_keys).unwrap_or_default();
    let mut offers = Vec::new();
    for key in keys.iter().filter(|key| key.key.find(&set).is_none()) {
        offers.push(String::new());
        offers.extend(offer(key)?);
    }
    if !offers.is_empty() && !page.contains(OFFERED) {
        page = format!("{OFFERED}\n{}\n\n{page}", offers.join("\n"));
    }
    Ok(page)
}

/// One key as lines of comment.
fn offer(key: &ConfigKey) -> Result<Vec<String>, LabFileError> {
    let mut lines: Vec<String> = wrapped(&key.description)
        .iter()
        .map(|line| format!("# {line}"))
        .collect();
    let name = toml_key(&key.key);
    lines.push(match (&key.default, key.secret) {
        (_, true) => format!("# {name} is a secret: `ai-lab-framework secret set` keeps it."),
        (Some(value), false) => format!("# {name} = {}", to_toml(value, key.key.to_string())?),
        (None, false) => format!("# {name} ="),
    });
    Ok(lines)
}

/// Says that the offers stand here already; they come first, since what follows a table belongs to it.
const OFFERED: &str = "# What can be set; take the `#` away to set it.";

fn written(values: &Map<String, Value>) -> Result<String, LabFileError> {
    let mut text = String::new();
    for (name, value) in values {
        text = with_key(&text, &KeyPath::top(name), value)?;
    }
    Ok(text)
}

/// The key as TOML writes it: `router."host name"`.
fn toml_key(key: &KeyPath) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let parts: Vec<String> = key
        .parts()
        .iter()
        .map(|part| {
            if part.chars().all(bare) {
                part.clone()
            } else {
                Value::String(part.clone()).to_string()
            }
        })
        .collect();
    parts.join(".")
}

fn wrapped(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + word.chars().count() < WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            Some(_) | None => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_page_has_what_is_set_and_offers_the_rest() {
        let schema = json!({ "properties": {
            "depth": { "description": "How deep to look.", "default": 3 },
            "host": { "type": "string" },
            "router": { "properties": { "pin": { "format": "password" }, "port": { "default": 80 } } },
        } });
        let values = json!({ "host": "nas" });
        let values: Map<String, Value> = serde_json::from_value(values).expect("an object");
        let page = edit_page(None, &values, Some(&schema)).expect("TOML");
        assert_eq!(
            page,
            "# What can be set; take the `#` away to set it.\n\n# How deep to look.\n# depth = 3\n\n\
             # router.pin is a secret: `ai-lab-framework secret set` keeps it.\n\n# router.port = 80\n\nhost = \"nas\"\n"
        );
        assert_eq!(parse_lab_file(&page).expect("TOML"), values);
        let again = edit_page(Some(&page), &Map::new(), Some(&schema));
        assert_eq!(again.expect("TOML"), page);
    }
}
