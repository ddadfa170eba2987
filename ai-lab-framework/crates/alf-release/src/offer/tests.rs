#![expect(
    clippy::disallowed_methods,
    reason = "plays whoever makes and changes releases, in a throw-away folder"
)]
use std::collections::BTreeMap;
use std::fs;
use std::io::Cursor;

use minisign::KeyPair;

use super::*;
use crate::release::SchemaVersion;
use crate::tree::{Tree, TreeFile};

const NOW_MS: i64 = 1_800_000_000_000;
const DAY_MS: i64 = 86_400_000;

/// An error with everything behind it.
fn chain(error: &dyn std::error::Error) -> String {
    let below = error.source().map(|source| format!(": {}", chain(source)));
    format!("{error}{}", below.unwrap_or_default())
}

/// A folder with an index of one release, and whoever signs both.
struct Scene {
    folder: tempfile::TempDir,
    pair: KeyPair,
    index: Index,
}

fn version() -> Version {
    Version::new(1, 0, 0)
}

fn release() -> Release {
    let files = Tree::of(vec![TreeFile {
        path: "bin/run".parse().expect("a path"),
        program: true,
        bytes: 3,
        sha256: Sha256::of(b"run"),
    }])
    .expect("a tree");
    Release {
        format: 1,
        name: PRODUCT.to_owned(),
        version: version(),
        released_at_ms: NOW_MS - 10 * DAY_MS,
        contract: SchemaVersion { major: 1, minor: 0 },
        schemas: BTreeMap::new(),
        changes: Vec::new(),
        archives: vec![Archive {
            target: "aarch64-unknown-linux-gnu".to_owned(),
            file: "a.tar.gz".to_owned(),
            bytes: 1,
            sha256: Sha256::of(b"a"),
            tree: files.digest(),
            files,
        }],
        wheels: Vec::new(),
    }
}

impl Scene {
    fn new() -> Self {
        let scene = Self {
            folder: tempfile::tempdir().expect("a folder"),
            pair: KeyPair::generate_unencrypted_keypair().expect("a key"),
            index: Index {
                format: 1,
                counter: 7,
                until_ms: NOW_MS + DAY_MS,
                releases: vec![Listed {
                    version: version(),
                    release_sha256: Sha256::of(release().text().as_bytes()),
                    withdrawn: None,
                }],
            },
        };
        scene.put("1.0.0/release.json", &release().text());
        scene.put_index();
        scene
    }

    fn put_index(&self) {
        self.put(INDEX_FILE, &self.index.text());
    }

    /// Writes a document and signs it.
    fn put(&self, name: &str, text: &str) {
        self.put_unsigned(name, text);
        let (pk, sk) = (Some(&self.pair.pk), &self.pair.sk);
        let signature = minisign::sign(pk, sk, Cursor::new(text), None, None).expect("signed");
        self.put_unsigned(
            &format!("{name}{SIGNATURE_ENDING}"),
            &signature.into_string(),
        );
    }

    fn put_unsigned(&self, name: &str, text: &str) {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a disk");
    }

    fn trust(&self, from_ms: i64, until_ms: i64) -> Trust {
        let key = Key {
            name: "the key".to_owned(),
            public: self.pair.pk.to_base64(),
            from_ms,
            until_ms,
        };
        Trust::of(vec![key]).expect("a key")
    }

    fn open(&self, trust: &Trust, staleness: Staleness) -> Result<Offer, OfferError> {
        let seen = tempfile::tempdir().expect("a folder");
        if let Some(key) = trust.keys().next() {
            Seen::note(seen.path(), key, 7).expect("noted");
        }
        let seen = Seen::load(seen.path()).expect("read");
        Offer::open(self.folder.path(), trust, &seen, NOW_MS, staleness)
    }

    /// What is told of the release when it is wanted as the pin says.
    fn told(&self, pinned: Option<&Sha256>) -> String {
        let trust = self.trust(0, i64::MAX);
        let release = self.open(&trust, Staleness::Refused).and_then(|offer| {
            let release = offer.release(&version(), &trust, pinned)?;
            release.archive("x86_64-unknown-linux-gnu")?;
            Ok(())
        });
        let told = chain(&release.expect_err("it is refused"));
        told.replace(self.folder.path().to_str().expect("a text"), "RELEASES")
    }
}

#[test]
fn a_release_is_verified_that_the_index_and_the_pin_name() {
    let scene = Scene::new();
    let trust = scene.trust(0, i64::MAX);
    let offer = scene.open(&trust, Staleness::Refused).expect("an offer");
    let sha256 = Sha256::of(release().text().as_bytes());
    let found = offer
        .release(&version(), &trust, Some(&sha256))
        .expect("verified");
    assert_eq!(found.release, release());
    assert_eq!(
        (found.sha256, found.signed_by.as_str()),
        (sha256, "the key")
    );
    assert_eq!(offer.stale(), None);
    let other = Sha256::of(b"another");
    let told = scene.told(Some(&other));
    assert!(
        told.starts_with("the release 1.0.0 is another one than the pin names: "),
        "{told}"
    );
}

#[test]
fn each_thing_that_is_wrong_has_its_own_words() {
    assert_eq!(
        Scene::new().told(None),
        "the release 1.0.0 has nothing for x86_64-unknown-linux-gnu: it is for aarch64-unknown-linux-gnu"
    );
    let changed = |change: fn(&mut Index)| {
        let mut scene = Scene::new();
        change(&mut scene.index);
        scene.put_index();
        scene.told(None)
    };
    assert_eq!(
        changed(|index| index.releases[0].withdrawn = Some("it loses rows".to_owned())),
        "the version 1.0.0 was withdrawn: it loses rows"
    );
    assert_eq!(
        changed(|index| index.releases.clear()),
        "the index has no version 1.0.0"
    );
    assert_eq!(
        changed(|index| index.counter = 6),
        "the index `RELEASES/index.json` is not used: it is number 6, and number 7 was seen before: an old one is played again"
    );
    assert_eq!(
        changed(|index| index.until_ms = NOW_MS),
        "the index `RELEASES/index.json` is not used: it is out of date since 2027-01-15T08:00:00Z: a newer one is kept back, \
         or the clock is wrong"
    );
    let named = changed(|index| index.releases[0].release_sha256 = Sha256::of(b""));
    assert!(
        named.starts_with("the release 1.0.0 is another one than the index names: "),
        "{named}"
    );
}

#[test]
fn what_nobody_trusted_signed_is_not_believed() {
    let scene = Scene::new();
    scene.put_unsigned(
        INDEX_FILE,
        &scene
            .index
            .text()
            .replace("\"counter\": 7", "\"counter\": 9"),
    );
    assert_eq!(
        scene.told(None),
        "`RELEASES/index.json` is not believed: the signature of the key `the key` is of something else: the file was changed"
    );
    let (scene, stranger) = (Scene::new(), Scene::new());
    stranger.put("1.0.0/release.json", &release().text());
    let theirs = stranger.folder.path().join("1.0.0/release.json.minisig");
    let theirs = fs::read_to_string(theirs).expect("a signature");
    scene.put_unsigned("1.0.0/release.json.minisig", &theirs);
    assert_eq!(
        scene.told(None),
        "`RELEASES/1.0.0/release.json` is not believed: not signed by a key that is trusted here"
    );
    let nobody = Trust::of(Vec::new()).expect("no key");
    let told = scene
        .open(&nobody, Staleness::Refused)
        .expect_err("refused");
    assert_eq!(told.to_string(), "no key is trusted on this machine");
}

#[test]
fn a_key_whose_time_is_over_vouches_for_what_it_signed_in_its_time() {
    let mut scene = Scene::new();
    let old = scene.pair;
    scene.pair = KeyPair::generate_unencrypted_keypair().expect("a key");
    scene.put_index();
    let key = |name: &str, pair: &KeyPair, until_ms| Key {
        name: name.to_owned(),
        public: pair.pk.to_base64(),
        from_ms: 0,
        until_ms,
    };
    let signed_by = |until_ms| {
        let keys = vec![
            key("new", &scene.pair, i64::MAX),
            key("old", &old, until_ms),
        ];
        let trust = Trust::of(keys).expect("keys");
        let offer = scene.open(&trust, Staleness::Refused).expect("an offer");
        let release = offer.release(&version(), &trust, None);
        release
            .map(|release| release.signed_by)
            .map_err(|error| chain(&error))
    };
    assert_eq!(signed_by(NOW_MS - 9 * DAY_MS), Ok("old".to_owned()));
    let told = signed_by(NOW_MS - 10 * DAY_MS).expect_err("it was over");
    assert!(
        told.ends_with("signed by the key `old`, which is not valid at this time"),
        "{told}"
    );
}

#[test]
fn a_pin_is_still_served_by_an_index_that_is_out_of_date() {
    let mut scene = Scene::new();
    scene.index.until_ms = NOW_MS - 1;
    scene.put_index();
    let trust = scene.trust(0, i64::MAX);
    let offer = scene.open(&trust, Staleness::Told).expect("an offer");
    assert!(
        offer
            .stale()
            .is_some_and(|why| why.starts_with("it is out of date"))
    );
    scene.index.counter = 1;
    scene.put_index();
    let told = scene.open(&trust, Staleness::Told).expect_err("refused");
    assert!(chain(&told).ends_with("an old one is played again"));
}

#[test]
fn what_is_not_there_or_is_something_else_is_named() {
    let scene = Scene::new();
    let other = Release {
        name: "other".to_owned(),
        ..release()
    };
    let text = other.text();
    scene.put("1.0.0/release.json", &text);
    let mut scene = scene;
    scene.index.releases[0].release_sha256 = Sha256::of(text.as_bytes());
    scene.put_index();
    assert_eq!(scene.told(None), "what is offered as 1.0.0 is other 1.0.0");
    fs::remove_file(scene.folder.path().join("1.0.0/release.json")).expect("there");
    let told = scene.told(None);
    assert!(
        told.starts_with("cannot read `RELEASES/1.0.0/release.json`: "),
        "{told}"
    );
    fs::remove_file(scene.folder.path().join(INDEX_FILE)).expect("there");
    assert_eq!(
        scene.told(None),
        "there are no releases in `RELEASES`: it has no `index.json`"
    );
}
