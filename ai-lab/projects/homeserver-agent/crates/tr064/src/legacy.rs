//! The older login, in the header of the call: for a router that does not offer the digest.

use md5::{Digest as _, Md5};
use roxmltree::Node;

use crate::soap::escaped;

const SPACE: &str = "http://soap-authentication.org/digest/2001/10/";

/// What the router wants answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// Used once.
    pub nonce: String,
    /// Where it is asked for.
    pub realm: String,
    /// Whether the call that it came with was carried out as that of a known user.
    pub is_authenticated: bool,
}

impl Challenge {
    /// The challenge in an answer's header.
    pub(crate) fn of(header: Node<'_, '_>) -> Option<Self> {
        let challenge = header.children().find(|node| {
            node.is_element() && matches!(node.tag_name().name(), "Challenge" | "NextChallenge")
        })?;
        let text = |name: &str| {
            let mut children = challenge.children();
            children
                .find(|node| node.tag_name().name() == name)?
                .text()
                .map(|text| text.trim().to_owned())
        };
        Some(Self {
            nonce: text("Nonce")?,
            realm: text("Realm")?,
            is_authenticated: text("Status").as_deref() == Some("Authenticated"),
        })
    }
}

/// The header of a first call: asks for a challenge.
pub fn first_header(user: &str) -> String {
    format!(
        "<h:InitChallenge xmlns:h=\"{SPACE}\" s:mustUnderstand=\"1\"><UserID>{}</UserID></h:InitChallenge>",
        escaped(user)
    )
}

/// The header that answers a challenge.
pub fn answer_header(challenge: &Challenge, user: &str, password: &str) -> String {
    format!(
        "<h:ClientAuth xmlns:h=\"{SPACE}\" s:mustUnderstand=\"1\"><Nonce>{}</Nonce><Auth>{}</Auth>\
         <UserID>{}</UserID><Realm>{}</Realm></h:ClientAuth>",
        escaped(&challenge.nonce),
        answer(challenge, user, password),
        escaped(user),
        escaped(&challenge.realm)
    )
}

/// MD5(MD5(user:realm:password):nonce), in hexadecimal.
pub fn answer(challenge: &Challenge, user: &str, password: &str) -> String {
    let secret = hex(&Md5::digest(format!(
        "{user}:{}:{password}",
        challenge.realm
    )));
    hex(&Md5::digest(format!("{secret}:{}", challenge.nonce)))
}

/// Small letters, two a byte.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        for half in [byte >> 4, byte & 15] {
            text.push(char::from_digit(u32::from(half), 16).unwrap_or('0'));
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::soap::parse_envelope;

    fn challenge() -> Challenge {
        Challenge {
            nonce: "F758BE72FB999CEA".to_owned(),
            realm: "F!Box SOAP-Auth".to_owned(),
            is_authenticated: false,
        }
    }

    /// The example of AVM's First Steps.
    #[test]
    fn the_answer_is_that_of_avms_example() {
        assert_eq!(
            answer(&challenge(), "admin", "gurkensalat"),
            "b4f67585f22b0af7c4615db5a18faa14"
        );
        let header = answer_header(&challenge(), "admin", "gurkensalat");
        assert!(
            header.contains(
                "<Nonce>F758BE72FB999CEA</Nonce><Auth>b4f67585f22b0af7c4615db5a18faa14</Auth>"
            ),
            "{header}"
        );
        assert!(!header.contains("gurkensalat"));
        assert!(first_header("a&b").contains("<UserID>a&amp;b</UserID>"));
    }

    #[test]
    fn a_challenge_is_read_from_the_header() {
        let text = |name: &str, status: &str| {
            format!(
                "<s:Envelope xmlns:s=\"x\"><s:Header><h:{name} xmlns:h=\"{SPACE}\"><Status>{status}</Status>\
                 <Nonce>F758BE72FB999CEA</Nonce><Realm>F!Box SOAP-Auth</Realm></h:{name}></s:Header>\
                 <s:Body><u:AResponse xmlns:u=\"y\"/></s:Body></s:Envelope>"
            )
        };
        let read = |text: &str| {
            parse_envelope(text, "A")
                .expect("it is an answer")
                .challenge
        };
        assert_eq!(
            read(&text("Challenge", "Unauthenticated")),
            Some(challenge())
        );
        let next = Challenge {
            is_authenticated: true,
            ..challenge()
        };
        assert_eq!(read(&text("NextChallenge", "Authenticated")), Some(next));
        assert_eq!(read(&text("Other", "x")), None);
    }
}
