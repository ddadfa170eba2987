//! Who is asking: nonces that age and count, and both ways to log in.

use std::collections::BTreeMap;

use md5::{Digest as _, Md5};

use crate::fritz_box::{FritzBox, User};

/// The nonces that were given out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Nonces {
    given: BTreeMap<String, Nonce>,
    count: u64,
}

#[derive(Clone, Copy, Debug)]
struct Nonce {
    given_s: u64,
    last_count: u32,
}

impl Nonces {
    pub(crate) fn give(&mut self, now_s: u64) -> String {
        self.count += 1;
        let name = hex(&Md5::digest(format!("nonce {}", self.count)))[..16].to_uppercase();
        let nonce = Nonce {
            given_s: now_s,
            last_count: 0,
        };
        self.given.insert(name.clone(), nonce);
        name
    }

    /// Whether a nonce is one of ours, young enough, and its count has risen.
    fn takes(&mut self, name: &str, count: u32, now_s: u64, lives_s: u64) -> bool {
        let Some(nonce) = self.given.get_mut(name) else {
            return false;
        };
        let is_good = now_s - nonce.given_s < lives_s && count > nonce.last_count;
        nonce.last_count = nonce.last_count.max(count);
        is_good
    }
}

/// The realm of HTTP's digest.
const REALM: &str = "HTTPS Access";

/// The realm of the login in the header.
pub(crate) const LEGACY_REALM: &str = "F!Box SOAP-Auth";

/// The challenge, as a real one writes it: no blanks, the algorithm without quotes.
pub(crate) fn challenge(fritz_box: &mut FritzBox) -> String {
    let nonce = fritz_box.nonces.give(fritz_box.clock_s);
    format!("Digest realm=\"{REALM}\",nonce=\"{nonce}\",algorithm=MD5,qop=\"auth\"")
}

/// The user whose digest this is.
pub(crate) fn digest_user(
    fritz_box: &mut FritzBox,
    header: &str,
    method: &str,
    path: &str,
) -> Option<User> {
    let parts: BTreeMap<&str, &str> = header
        .strip_prefix("Digest ")?
        .split(',')
        .filter_map(|part| part.trim().split_once('='))
        .map(|(name, value)| (name, value.trim_matches('"')))
        .collect();
    let part = |name: &str| parts.get(name).copied();
    let user = fritz_box
        .users
        .iter()
        .find(|user| Some(user.name.as_str()) == part("username"))?
        .clone();
    let (nonce, count, client) = (part("nonce")?, part("nc")?, part("cnonce")?);
    let is_fresh = {
        let (now_s, lives_s) = (fritz_box.clock_s, fritz_box.nonce_s);
        let number = u32::from_str_radix(count, 16).ok()?;
        fritz_box.nonces.takes(nonce, number, now_s, lives_s)
    };
    let secret = md5(&format!("{}:{REALM}:{}", user.name, user.password));
    let what = md5(&format!("{method}:{path}"));
    let response = md5(&format!("{secret}:{nonce}:{count}:{client}:auth:{what}"));
    (is_fresh && part("uri") == Some(path) && part("response") == Some(&response)).then_some(user)
}

/// The user whose answer in a call's header this is.
pub(crate) fn legacy_user(
    fritz_box: &mut FritzBox,
    name: &str,
    nonce: &str,
    answer: &str,
) -> Option<User> {
    let user = fritz_box
        .users
        .iter()
        .find(|user| user.name == name)?
        .clone();
    let is_fresh = fritz_box
        .nonces
        .takes(nonce, 1, fritz_box.clock_s, fritz_box.nonce_s);
    let secret = md5(&format!("{name}:{LEGACY_REALM}:{}", user.password));
    (is_fresh && md5(&format!("{secret}:{nonce}")) == answer).then_some(user)
}

fn md5(text: &str) -> String {
    hex(&Md5::digest(text))
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect::<Vec<_>>()
        .concat()
}
