//! Calls as they come in, answers as they go out.

use roxmltree::{Document, Node};

/// A fault: code and words.
pub(crate) type Fault = (u16, &'static str);

/// The header's login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum HeaderLogin {
    /// Asks for a challenge.
    Begin,
    /// Answers one.
    Answer {
        user: String,
        nonce: String,
        auth: String,
    },
}

/// A call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) action: String,
    /// Without the leading `New`, in the order of the call.
    pub(crate) arguments: Vec<(String, String)>,
    pub(crate) login: Option<HeaderLogin>,
    pub(crate) token: Option<String>,
}

impl Asked {
    /// An argument's text.
    pub(crate) fn get(&self, name: &str) -> &str {
        let found = self.arguments.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value)
    }

    /// For the journal: the action and what it was given.
    pub(crate) fn line(&self) -> String {
        let arguments = self
            .arguments
            .iter()
            .map(|(name, value)| format!(" {name}={value}"));
        let token = self.token.as_ref().map(|_| " with token".to_owned());
        format!(
            "{}{}",
            self.action,
            arguments.chain(token).collect::<String>()
        )
    }
}

/// Reads a call.
pub(crate) fn parse(body: &str) -> Option<Asked> {
    let document = Document::parse(body).ok()?;
    let named = |name: &str| {
        document
            .descendants()
            .find(|node| node.tag_name().name() == name)
    };
    let action = named("Body")?.children().find(Node::is_element)?;
    let text = |node: Option<Node<'_, '_>>| {
        node.and_then(|node| node.text())
            .unwrap_or_default()
            .trim()
            .to_owned()
    };
    let login = if let Some(answer) = named("ClientAuth") {
        let part = |name: &str| {
            text(
                answer
                    .children()
                    .find(|node| node.tag_name().name() == name),
            )
        };
        Some(HeaderLogin::Answer {
            user: part("UserID"),
            nonce: part("Nonce"),
            auth: part("Auth"),
        })
    } else {
        named("InitChallenge").map(|_| HeaderLogin::Begin)
    };
    Some(Asked {
        action: action.tag_name().name().to_owned(),
        arguments: action
            .children()
            .filter(Node::is_element)
            .map(|argument| {
                let name = argument.tag_name().name();
                let name = name.strip_prefix("New").unwrap_or(name).to_owned();
                (name, argument.text().unwrap_or_default().to_owned())
            })
            .collect(),
        login,
        token: named("token").map(|token| text(Some(token))),
    })
}

/// An answer's envelope around a header and a body.
fn envelope(header: &str, body: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?>\n<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" \
         s:encodingStyle=\"http://schemas.xmlsoap.org/soap/encoding/\">{header}<s:Body>{body}</s:Body></s:Envelope>"
    )
}

/// An answer.
pub(crate) fn answer(
    kind: &str,
    action: &str,
    values: &[(String, String)],
    header: &str,
) -> String {
    let values: Vec<String> = values
        .iter()
        .map(|(name, value)| format!("<New{name}>{}</New{name}>\n", escaped(value)))
        .collect();
    let values = values.concat();
    envelope(
        header,
        &format!("<u:{action}Response xmlns:u=\"{kind}\">\n{values}</u:{action}Response>"),
    )
}

/// A fault's answer, on several lines: there are clients that count on it. `space` is that of TR-064, or of `UPnP` when the whole interface is off.
pub(crate) fn fault((code, words): Fault, space: &str, header: &str) -> String {
    envelope(
        header,
        &format!(
            "<s:Fault><faultcode>s:Client</faultcode><faultstring>UPnPError</faultstring><detail>\n\
             <UPnPError xmlns=\"{space}\">\n<errorCode>{code}</errorCode>\n\
             <errorDescription>{words}</errorDescription>\n</UPnPError>\n</detail></s:Fault>"
        ),
    )
}

/// The header's challenge.
pub(crate) fn challenge_header(nonce: &str, realm: &str, is_known: bool) -> String {
    let (name, status) = if is_known {
        ("NextChallenge", "Authenticated")
    } else {
        ("Challenge", "Unauthenticated")
    };
    format!(
        "<s:Header><h:{name} xmlns:h=\"http://soap-authentication.org/digest/2001/10/\" s:mustUnderstand=\"1\">\
         <Status>{status}</Status><Nonce>{nonce}</Nonce><Realm>{realm}</Realm></h:{name}></s:Header>"
    )
}

/// The text as an element's content.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
