//! The digest of HTTP (RFC 7616), as far as a FRITZ!Box asks for it: MD5 and `qop=auth`.

use md5::{Digest as _, Md5};
use thiserror::Error;

use crate::legacy::hex;

/// What the router wants answered; used for many calls, until it sends another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// Such as `HTTPS Access`.
    pub realm: String,
    /// Answered with a counter that rises.
    pub nonce: String,
    /// Handed back as it came; a FRITZ!Box sends none.
    pub opaque: Option<String>,
    /// Whether `qop="auth"` was offered; without it the answer is that of RFC 2069.
    pub has_qop: bool,
    /// Whether the router says that the answer was right and its nonce too old.
    pub is_stale: bool,
}

/// A challenge that this client cannot answer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ChallengeError {
    /// Another way to log in.
    #[error("the router asks for the login `{0}`, not for a digest")]
    Scheme(String),
    /// Another digest than MD5.
    #[error("the router asks for the digest {0}, and MD5 is all that is known here")]
    Algorithm(String),
    /// Realm or nonce is missing.
    #[error("the router's challenge has no {0}")]
    Missing(&'static str),
}

/// Reads the header `WWW-Authenticate`.
pub fn parse_challenge(header: &str) -> Result<Challenge, ChallengeError> {
    let header = header.trim();
    let (scheme, rest) = header.split_once(' ').unwrap_or((header, ""));
    if !scheme.eq_ignore_ascii_case("digest") {
        return Err(ChallengeError::Scheme(scheme.chars().take(40).collect()));
    }
    let parts = parts(rest);
    let part = |name: &str| {
        let found = parts.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.clone())
    };
    if let Some(algorithm) = part("algorithm").filter(|name| !name.eq_ignore_ascii_case("md5")) {
        return Err(ChallengeError::Algorithm(algorithm));
    }
    Ok(Challenge {
        realm: part("realm").ok_or(ChallengeError::Missing("realm"))?,
        nonce: part("nonce").ok_or(ChallengeError::Missing("nonce"))?,
        opaque: part("opaque"),
        has_qop: part("qop").is_some_and(|offers| {
            let mut offers = offers.split(',');
            offers.any(|offer| offer.trim().eq_ignore_ascii_case("auth"))
        }),
        is_stale: part("stale").is_some_and(|stale| stale.eq_ignore_ascii_case("true")),
    })
}

/// `name=value` and `name="value"`, with or without blanks; a comma within quotes is part of the value.
fn parts(text: &str) -> Vec<(String, String)> {
    let mut parts = Vec::new();
    let mut rest = text.trim_start_matches([',', ' ']);
    while let Some((name, after)) = rest.split_once('=') {
        let (value, left) = if let Some(quoted) = after.trim_start().strip_prefix('"') {
            let end = quoted.find('"').unwrap_or(quoted.len());
            (&quoted[..end], quoted.get(end + 1..).unwrap_or_default())
        } else {
            let end = after.find(',').unwrap_or(after.len());
            (after[..end].trim(), &after[end..])
        };
        parts.push((name.trim().to_owned(), value.to_owned()));
        rest = left.trim_start_matches([',', ' ']);
    }
    parts
}

/// What an answer is made for.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Such as `POST`.
    pub method: &'a str,
    /// The path with its query.
    pub path: &'a str,
    /// The how manieth use of this nonce, from 1.
    pub count: u32,
    /// Made up by the client, anew for each call.
    pub client_nonce: &'a str,
}

/// The header `Authorization`.
pub fn authorization(
    challenge: &Challenge,
    user: &str,
    password: &str,
    asked: Asked<'_>,
) -> String {
    let Asked {
        method,
        path,
        count,
        client_nonce,
    } = asked;
    let Challenge { realm, nonce, .. } = challenge;
    let secret = hex(&Md5::digest(format!("{user}:{realm}:{password}")));
    let what = hex(&Md5::digest(format!("{method}:{path}")));
    let response = if challenge.has_qop {
        format!("{secret}:{nonce}:{count:08x}:{client_nonce}:auth:{what}")
    } else {
        format!("{secret}:{nonce}:{what}")
    };
    let response = hex(&Md5::digest(response));
    let start = format!(
        "Digest username=\"{}\", realm=\"{realm}\", nonce=\"{nonce}\", uri=\"{path}\", response=\"{response}\", \
         algorithm=MD5",
        user.replace(['"', '\\'], "")
    );
    let counted = if challenge.has_qop {
        format!(", qop=auth, nc={count:08x}, cnonce=\"{client_nonce}\"")
    } else {
        String::new()
    };
    let opaque = challenge.opaque.as_ref();
    let handed_back = opaque.map(|opaque| format!(", opaque=\"{opaque}\""));
    start + &counted + &handed_back.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The example of RFC 2617, 3.5.
    #[test]
    fn the_answer_is_that_of_the_rfcs_example() {
        let challenge = parse_challenge(
            "Digest realm=\"testrealm@host.com\", qop=\"auth,auth-int\", \
             nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"",
        )
        .expect("it is a challenge");
        let asked = Asked {
            method: "GET",
            path: "/dir/index.html",
            count: 1,
            client_nonce: "0a4f113b",
        };
        assert_eq!(
            authorization(&challenge, "Mufasa", "Circle Of Life", asked),
            "Digest username=\"Mufasa\", realm=\"testrealm@host.com\", \
             nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", uri=\"/dir/index.html\", \
             response=\"6629fae49393a05397450978507c4ef1\", algorithm=MD5, qop=auth, nc=00000001, \
             cnonce=\"0a4f113b\", opaque=\"5ccc069c403ebaf9f0171e9517f40e41\""
        );
        let old = Challenge {
            has_qop: false,
            opaque: None,
            ..challenge
        };
        let header = authorization(&old, "Mufasa", "CircleOfLife", asked);
        assert!(
            header.contains("response=\"1949323746fe6a43ef61f9606e7febea\"")
                && !header.contains("nc="),
            "{header}"
        );
    }

    #[test]
    fn a_fritz_box_leaves_out_blanks_and_quotes() {
        let told =
            "Digest realm=\"HTTPS Access\",nonce=\"E7A1C81B4D1B0B35\",algorithm=MD5,qop=\"auth\"";
        let expected = Challenge {
            realm: "HTTPS Access".to_owned(),
            nonce: "E7A1C81B4D1B0B35".to_owned(),
            opaque: None,
            has_qop: true,
            is_stale: false,
        };
        assert_eq!(parse_challenge(told), Ok(expected.clone()));
        let stale = Challenge {
            is_stale: true,
            ..expected
        };
        assert_eq!(parse_challenge(&format!("{told},stale=TRUE")), Ok(stale));
    }

    #[test]
    fn what_cannot_be_answered_is_named() {
        let cases = [
            (
                "Basic realm=\"x\"",
                ChallengeError::Scheme("Basic".to_owned()),
            ),
            (
                "Digest realm=\"x\",nonce=\"y\",algorithm=SHA-256",
                ChallengeError::Algorithm("SHA-256".to_owned()),
            ),
            ("Digest nonce=\"y\"", ChallengeError::Missing("realm")),
            ("Digest realm=\"a,b\"", ChallengeError::Missing("nonce")),
            ("Digest", ChallengeError::Missing("realm")),
        ];
        for (header, error) in cases {
            assert_eq!(parse_challenge(header), Err(error), "{header}");
        }
    }

    proptest! {
        #[test]
        fn no_header_makes_the_reader_panic(text in "(Digest )?[a-z=\", äß]{0,60}") {
            let _ = parse_challenge(&text);
        }
    }
}
