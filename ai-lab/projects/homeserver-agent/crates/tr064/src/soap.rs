//! SOAP: the body of a call, and what its answer says.

use std::collections::BTreeMap;

use roxmltree::{Document, Node, ParsingOptions};
use thiserror::Error;

use crate::Fault;
use crate::legacy::Challenge;

/// The longest text of one argument that is kept, in bytes. Stops one answer from filling the memory.
const ARGUMENT_BYTES: usize = 1024 * 1024;

/// How many arguments of one answer are kept.
const ARGUMENTS: usize = 256;

/// The longest words of a fault that are kept, in characters.
const FAULT_CHARS: usize = 200;

/// How many nodes of a document are read: a thousand hosts take fifty thousand. Stops an answer of brackets alone.
const NODES: u32 = 200_000;

/// The arguments of an answer, by name without the leading `New`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arguments(BTreeMap<String, String>);

impl Arguments {
    /// A text as it came; `None` where this firmware does not send it.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// A text that says something: empty ones are `None` too.
    pub fn filled(&self, name: &str) -> Option<&str> {
        self.text(name)
            .map(str::trim)
            .filter(|text| !text.is_empty())
    }

    /// A number; `None` also where it is no whole number that is not negative.
    pub fn number(&self, name: &str) -> Option<u64> {
        self.filled(name)?.parse().ok()
    }

    /// A number that may be negative.
    pub fn signed(&self, name: &str) -> Option<i64> {
        self.filled(name)?.parse().ok()
    }

    /// Adds what another answer said.
    pub fn take_from(&mut self, other: &Self) {
        self.0.extend(other.0.clone());
    }

    /// A boolean: `0` and `1`, and the words that some firmware sends.
    pub fn flag(&self, name: &str) -> Option<bool> {
        match self.filled(name)? {
            "1" | "true" | "yes" => Some(true),
            "0" | "false" | "no" => Some(false),
            _ => None,
        }
    }
}

impl<const N: usize> From<[(&str, &str); N]> for Arguments {
    fn from(pairs: [(&str, &str); N]) -> Self {
        Self(
            pairs
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
        )
    }
}

/// What stands in an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// The next challenge of the legacy login, where there is one.
    pub challenge: Option<Challenge>,
    /// The arguments, or why there are none.
    pub outcome: Result<Arguments, Fault>,
}

/// An answer that is no SOAP answer to this action.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SoapError {
    /// It is no XML.
    #[error("the answer is no XML: {0}")]
    Xml(String),
    /// It is XML, and neither an answer to the action nor a fault.
    #[error("the answer is neither to {0} nor a fault")]
    Unexpected(String),
}

/// The body of a call. `arguments` are named without the leading `New`; `headers` are whole elements.
pub fn envelope(
    kind: &str,
    action: &str,
    arguments: &[(&str, &str)],
    headers: &[String],
) -> String {
    let mut body = String::from(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\
         <s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" \
         s:encodingStyle=\"http://schemas.xmlsoap.org/soap/encoding/\">",
    );
    if !headers.is_empty() {
        body.push_str("<s:Header>");
        body.push_str(&headers.concat());
        body.push_str("</s:Header>");
    }
    body.push_str("<s:Body><u:");
    body.push_str(action);
    body.push_str(" xmlns:u=\"");
    body.push_str(kind);
    body.push_str("\">");
    for (name, value) in arguments {
        body.push_str("<New");
        body.push_str(name);
        body.push('>');
        body.push_str(&escaped(value));
        body.push_str("</New");
        body.push_str(name);
        body.push('>');
    }
    body.push_str("</u:");
    body.push_str(action);
    body.push_str("></s:Body></s:Envelope>");
    body
}

/// The header that carries the second factor's token.
pub fn token_header(token: &str) -> String {
    format!(
        "<avm:token xmlns:avm=\"avm.de\" s:mustUnderstand=\"1\">{}</avm:token>",
        escaped(token)
    )
}

/// The text as the content of an element. What XML cannot hold is left out.
pub fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\t' | '\n' | '\r' => escaped.push(letter),
            letter if letter.is_control() => {}
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// Reads an answer to an action.
pub fn parse_envelope(text: &str, action: &str) -> Result<Envelope, SoapError> {
    let document = document(text)?;
    let unexpected = || SoapError::Unexpected(action.to_owned());
    let part = |name: &str| child(document.root_element(), name);
    let challenge = part("Header").and_then(Challenge::of);
    let body = part("Body").ok_or_else(unexpected)?;
    let wanted = format!("{action}Response");
    let outcome = if let Some(answer) = child(body, &wanted) {
        Ok(arguments(answer))
    } else {
        let fault = child(body, "Fault").ok_or_else(unexpected)?;
        Err(fault_of(fault).ok_or_else(unexpected)?)
    };
    Ok(Envelope { challenge, outcome })
}

/// Parses a document from the router: no document type, so that nothing in it grows or is fetched.
pub(crate) fn document(text: &str) -> Result<Document<'_>, SoapError> {
    let options = ParsingOptions {
        allow_dtd: false,
        nodes_limit: NODES,
        ..ParsingOptions::default()
    };
    Document::parse_with_options(text, options).map_err(|error| SoapError::Xml(error.to_string()))
}

fn child<'a, 'input>(node: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    node.children()
        .find(|child| child.is_element() && child.tag_name().name() == name)
}

fn arguments(answer: Node<'_, '_>) -> Arguments {
    let elements = answer.children().filter(Node::is_element).take(ARGUMENTS);
    Arguments(
        elements
            .map(|element| {
                let name = element.tag_name().name();
                let name = name.strip_prefix("New").unwrap_or(name);
                let text = element.text().unwrap_or_default();
                let end = text.floor_char_boundary(ARGUMENT_BYTES);
                (name.to_owned(), text[..end].to_owned())
            })
            .collect(),
    )
}

fn fault_of(fault: Node<'_, '_>) -> Option<Fault> {
    let error = fault
        .descendants()
        .find(|node| node.tag_name().name() == "UPnPError")?;
    let text = |name: &str| child(error, name).and_then(|node| node.text());
    let description = text("errorDescription").unwrap_or_default();
    Some(Fault {
        code: text("errorCode")?.trim().parse().ok()?,
        description: description
            .chars()
            .filter(|letter| !letter.is_control())
            .take(FAULT_CHARS)
            .collect(),
        is_upnp: error.tag_name().namespace() == Some("urn:schemas-upnp-org:control-1-0"),
    })
}

#[cfg(test)]
mod tests;
