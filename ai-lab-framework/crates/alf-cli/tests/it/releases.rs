//! Releases as a person meets them: offered in a folder, fetched, looked at, put right, removed.
#![expect(
    clippy::disallowed_methods,
    reason = "plays whoever makes and changes releases, in a throw-away folder"
)]

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use alf_packager::archive::{Parts, make};
use alf_packager::index_folder::{NewIndex, index};
use alf_packager::publish::{Plan, publish};
use alf_packager::signer::Signer;
use alf_release::{SchemaVersion, TARGET};
use insta::assert_snapshot;
use serde_json::Value;

use crate::scene::Lab;

/// Three weeks before the clock of every scene.
const RELEASED_MS: i64 = 1_793_491_200_000;
const DAY_MS: i64 = 86_400_000;

/// A lab beside a folder of releases.
struct Scene {
    lab: Lab,
    signer: Signer,
}

impl Scene {
    /// Two releases, and a person who trusts whoever made them.
    fn new() -> Self {
        let lab = Lab::empty();
        let signer = Signer::create(&lab.path("key")).expect("a key");
        let scene = Self { lab, signer };
        scene.lab.write("ours.pub", scene.signer.public());
        scene.release("1.0.0", TARGET);
        scene.release("1.1.0", TARGET);
        scene.index(90, &[]);
        scene
            .lab
            .shell("ai-lab-framework release trust add ours @../ours.pub");
        scene
    }

    fn folder(&self) -> PathBuf {
        self.lab.path("releases")
    }

    fn release(&self, version: &str, target: &str) {
        let built = self.lab.path(&format!("built-{version}"));
        let program = format!("#!/bin/sh\necho ai-lab-framework {version}\n");
        let files = [
            ("bin/ai-lab-framework", program.as_str(), 0o755),
            ("python/ai_lab_framework/__init__.py", "x = 1\n", 0o644),
            ("share/LICENSE", "MIT\n", 0o644),
        ];
        for (path, text, mode) in files {
            let path = built.join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(&path, text).expect("a disk");
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("ours");
        }
        let top = format!("ai-lab-framework-{version}");
        let parts = Parts {
            folder: &built,
            top: &top,
            target,
            epoch: 1_793_491_200,
        };
        let to = self.lab.path(&format!("made/{top}-{target}.tar.gz"));
        let archive = make(&parts, &to).expect("an archive");
        let plan = Plan {
            version: version.parse().expect("a version"),
            released_at_ms: RELEASED_MS,
            contract: SchemaVersion { major: 1, minor: 0 },
            schemas: BTreeMap::from([(
                "framework".to_owned(),
                SchemaVersion { major: 1, minor: 5 },
            )]),
            changes: vec![format!("What is new in {version}.")],
            archives: vec![(archive, to)],
            wheels: Vec::new(),
        };
        publish(&plan, &self.signer, &self.folder()).expect("published");
    }

    fn index(&self, days: i64, withdrawn: &[(&str, &str)]) {
        let withdrawn = withdrawn
            .iter()
            .map(|(version, why)| (version.parse().expect("a version"), (*why).to_owned()));
        let new = NewIndex {
            signed_at_ms: RELEASED_MS,
            until_ms: RELEASED_MS + days * DAY_MS,
            withdrawn: withdrawn.collect(),
        };
        index(&self.folder(), &new, &self.signer).expect("an index");
    }

    fn json(&self, command: &str) -> Value {
        let output = self
            .lab
            .shell(&format!("ai-lab-framework --json {command}"));
        serde_json::from_slice(&output.stdout).expect("JSON")
    }

    /// The place of a release that is fetched.
    fn fetched(&self, version: &str) -> PathBuf {
        let fetched = self.json(&format!("release fetch {version} --from ../releases"));
        PathBuf::from(fetched["place"].as_str().expect("a place"))
    }

    /// What a person does in a folder.
    fn done(&self, folder: &std::path::Path, line: &str) {
        let line = format!("cd {} && {line}", folder.display());
        assert!(self.lab.shell(&line).status.success(), "{line}");
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        // What is read-only cannot be taken away by anybody but root.
        self.lab.shell("chmod -R u+w ../home");
    }
}

#[test]
fn a_release_is_listed_chosen_fetched_and_looked_at() {
    let scene = Scene::new();
    assert_snapshot!(scene.lab.play("
        ai-lab-framework release trust list | awk '{ print $1, $2 }'
        ai-lab-framework release list --from ../releases
        ai-lab-framework release resolve --from ../releases --wanted '~1.0'
        ai-lab-framework release resolve --from ../releases --wanted 1 --excluded 1.1.0
        ai-lab-framework release fetch 1.0.0 --from ../releases
        ai-lab-framework release fetch 1.0.0 --from ../releases
        ai-lab-framework release list --from ../releases
        ai-lab-framework release show 1.1.0 --from ../releases
        ai-lab-framework verify | sed 's/, [0-9.]* .s)/, TIME)/'
        ai-lab-framework verify --quick | sed 's/, [0-9.]* .s)/, TIME)/'
        ai-lab-framework store list
        ../home/.ai-lab/framework/1.0.0-*/bin/ai-lab-framework
    "), @r#"
    $ ai-lab-framework release trust list | awk '{ print $1, $2 }'
    name believed
    ours yes
    exit 0

    $ ai-lab-framework release list --from ../releases
    version  in the store  withdrawn
    1.1.0
    1.0.0
    2> index 1, signed by `ours`, valid until 2027-01-30 00:00:00
    exit 0

    $ ai-lab-framework release resolve --from ../releases --wanted '~1.0'
    1.0.0
    - What is new in 1.0.0.
    2> 1.1.0 is not in the range
    exit 0

    $ ai-lab-framework release resolve --from ../releases --wanted 1 --excluded 1.1.0
    1.0.0
    - What is new in 1.0.0.
    2> 1.1.0 is excluded
    exit 0

    $ ai-lab-framework release fetch 1.0.0 --from ../releases
    1.0.0 is in the store: /home/.ai-lab/framework/1.0.0-d8d9abd062663b7b
    2> index 1 lists it; signed by `ours`
    2> the archive is the one that was signed: 232 B
    2> 3 files unpacked and looked at: 48 B
    exit 0

    $ ai-lab-framework release fetch 1.0.0 --from ../releases
    1.0.0 was in the store: /home/.ai-lab/framework/1.0.0-d8d9abd062663b7b
    2> index 1 lists it; signed by `ours`
    2> the archive is the one that was signed: 232 B
    2> 3 files unpacked and looked at: 48 B
    exit 0

    $ ai-lab-framework release list --from ../releases
    version  in the store            withdrawn
    1.1.0
    1.0.0    1.0.0-d8d9abd062663b7b
    2> index 1, signed by `ours`, valid until 2027-01-30 00:00:00
    exit 0

    $ ai-lab-framework release show 1.1.0 --from ../releases
    ai-lab-framework 1.1.0 of 2026-11-01 00:00:00, signed by `ours`
    contract 1.0
    schema of framework 1.5
    - What is new in 1.1.0.

    x86_64-unknown-linux-gnu: ai-lab-framework-1.1.0-x86_64-unknown-linux-gnu.tar.gz, tree HASH
    file                                 bytes  sha256
    bin/ai-lab-framework                    38  5c96151c95671dcb
    python/ai_lab_framework/__init__.py      6  9e26bf369911c45c
    share/LICENSE                            4  adc37366f403835c
    exit 0

    $ ai-lab-framework verify | sed 's/, [0-9.]* .s)/, TIME)/'
    ✓ 1.0.0-d8d9abd062663b7b: 3 files, every byte as it was signed (a trusted signature, TIME)
    exit 0

    $ ai-lab-framework verify --quick | sed 's/, [0-9.]* .s)/, TIME)/'
    ✓ 1.0.0-d8d9abd062663b7b: 3 files, untouched since the last full look (a trusted signature, TIME)
    exit 0

    $ ai-lab-framework store list
    name                    size  since the last look  archive  runs this
    1.0.0-d8d9abd062663b7b  48 B  untouched            kept
    exit 0

    $ ../home/.ai-lab/framework/1.0.0-*/bin/ai-lab-framework
    ai-lab-framework 1.0.0
    exit 0
    "#);
}

#[test]
fn what_is_fetched_is_told_to_a_program_with_the_table_of_the_lock() {
    let scene = Scene::new();
    let mut fetched = scene.json("release fetch 1.0.0 --from ../releases");
    let resolved = scene.json("release resolve --from ../releases --wanted =1.0.0");
    assert_eq!(resolved["chosen"]["place"], fetched["name"]);
    assert_eq!(
        resolved["chosen"]["release_sha256"],
        fetched["release_sha256"]
    );
    let shown = scene.json("release show 1.0.0 --from ../releases");
    let archive = &shown["release"]["archives"][0];
    let place = fetched["place"].take();
    let place = place.as_str().expect("a place");
    assert!(
        place.ends_with(fetched["name"].as_str().expect("a name")),
        "{place}"
    );
    assert_eq!(
        fetched,
        serde_json::json!({
            "format": 1,
            "version": "1.0.0",
            "place": null,
            "name": fetched["name"],
            "release_sha256": shown["release_sha256"],
            "target": TARGET,
            "signed_by": "ours",
            "was_there": false,
            "warnings": [],
            "lock": {
                "version": "1.0.0",
                "release_sha256": shown["release_sha256"],
                "contract": { "major": 1, "minor": 0 },
                "schemas": { "framework": { "major": 1, "minor": 5 } },
                "archive": [{
                    "target": TARGET,
                    "file": archive["file"],
                    "bytes": archive["bytes"],
                    "sha256": archive["sha256"],
                    "tree": archive["tree"],
                }],
                "wheel": [],
            },
        })
    );
}

/// What somebody does to releases.
type Wrong = fn(&Scene);

/// Each is told with its own words, its class and the next command, and leaves nothing in the store.
#[test]
fn whatever_is_wrong_with_a_release_is_refused_by_name() {
    let wrong: [(&str, Wrong); 9] = [
        ("nothing there", |scene| {
            fs::remove_file(scene.folder().join("index.json")).expect("there");
        }),
        ("out of date", |scene| scene.index(1, &[])),
        ("withdrawn", |scene| {
            scene.index(90, &[("1.1.0", "it forgets")]);
        }),
        ("another machine", |scene| {
            fs::remove_dir_all(scene.folder()).expect("ours");
            scene.release("1.1.0", "riscv64gc-unknown-linux-gnu");
            scene.index(90, &[]);
        }),
        ("another archive", |scene| {
            let name = format!("1.1.0/ai-lab-framework-1.1.0-{TARGET}.tar.gz");
            fs::write(scene.folder().join(name), "another").expect("a disk");
        }),
        ("an index that was changed", |scene| {
            let path = scene.folder().join("index.json");
            let text = fs::read_to_string(&path).expect("there");
            fs::write(&path, text.replace("1.0.0", "1.0.1")).expect("a disk");
        }),
        ("a release that was changed", |scene| {
            let path = scene.folder().join("1.1.0/release.json");
            let text = fs::read_to_string(&path).expect("there");
            fs::write(&path, text.replace("new", "odd")).expect("a disk");
        }),
        ("a stranger's signature", |scene| {
            scene
                .lab
                .shell("ai-lab-framework release trust remove ours");
            scene.lab.shell("ai-lab-framework release trust add other RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3");
        }),
        ("nobody trusted", |scene| {
            scene
                .lab
                .shell("ai-lab-framework release trust remove ours");
        }),
    ];
    let mut told = Vec::new();
    for (what, make) in wrong {
        let scene = Scene::new();
        make(&scene);
        let screen = scene
            .lab
            .play("ai-lab-framework release fetch 1.1.0 --from ../releases");
        told.push(format!("== {what}\n{screen}"));
        let names = scene.json("store list");
        assert_eq!(names["releases"], serde_json::json!([]), "{what}");
    }
    assert_snapshot!(told.join("\n"), @r#"
    == nothing there
    $ ai-lab-framework release fetch 1.1.0 --from ../releases
    2> error: there is nothing to choose from
    2>   because there are no releases in `../releases`: it has no `index.json`
    2> hint: Name the folder that holds `index.json` with `--from`.
    exit 4
    == out of date
    $ ai-lab-framework release fetch 1.1.0 --from ../releases
    2> error: the index is out of date
    2>   because the index `../releases/index.json` is not used
    2>   because it is out of date since 2026-11-02T00:00:00Z: a newer one is kept back, or the clock is wrong
    2> hint: Get the newest index; `--release-sha256` takes a release that is pinned all the same.
    exit 6
    == withdrawn
    $ ai-lab-framework release fetch 1.1.0 --from ../releases
    2> error: that release must not be used any more
    2>   because the version 1.1.0 was withdrawn: it forgets
    2> hint: `ai-lab-framework release list --from ../releases` shows what there is.
    exit 6
    == another machine
    $ ai-lab-framework release fetch 1.1.0 --from ../releases
    2> error: that release is not for this machine
    2>   because the release 1.1.0 has nothing for x86_64-unknown-linux-gnu: it is for riscv64gc-unknown-linux-gnu
    2> hint: `ai-lab-framework release list --from ../releases` shows what there is.
    exit 9
    == another archive
    $ ai-lab-framework release fetch 1.1.0 --from ../releases
    2> index 1 lists it; signed by `ours`
    2> error: not the archive that is wanted
    2>   because the archive is not the one that its release names: HASH instead of HASH
    2> hint: Get the release anew from where it is published; nothing of this one was used.
    exit 22
    == an index that was changed
    $ ai-lab-framework release fetch 1.1.0 --from ../releases
    2> error: not signed by whom it should be
    2>   because `../releases/index.json` is not believed
    2>   because the signature of the key `ours` is of something else: the file was changed
    2> hint: Get the release anew from where it is published; nothing of this one was used.
    exit 22
    == a release that was changed
    $ ai-lab-framework release fetch 1.1.0 --from ../releases
    2> error: not the release that is wanted
    2>   because the release 1.1.0 is another one than the index names: HASH instead of HASH
    2> hint: Get the release anew from where it is published; nothing of this one was used.
    exit 22
    == a stranger's signature
    $ ai-lab-framework release fetch 1.1.0 --from ../releases
    2> error: not signed by whom it should be
    2>   because `../releases/index.json` is not believed
    2>   because not signed by a key that is trusted here
    2> hint: `ai-lab-framework release trust list` shows whose signatures are believed here.
    exit 22
    == nobody trusted
    $ ai-lab-framework release fetch 1.1.0 --from ../releases
    2> error: no release can be believed
    2>   because no key is trusted on this machine
    2> hint: `ai-lab-framework release trust add NAME KEY` trusts the key of whoever makes them.
    exit 22
    "#);
}

#[test]
fn an_older_index_is_refused_once_a_later_one_was_seen_and_a_pin_is_served_by_one_that_is_out_of_date()
 {
    let scene = Scene::new();
    scene.done(&scene.lab.path(""), "cp -r releases older");
    scene.index(1, &[]);
    let sha256 =
        scene.json("release list --from ../older")["releases"][0]["release_sha256"].clone();
    let sha256 = sha256.as_str().expect("a digest").to_owned();
    assert_snapshot!(scene.lab.play(&format!("
        ai-lab-framework release list --from ../releases
        ai-lab-framework release fetch 1.1.0 --from ../releases --release-sha256 {sha256} | cut -c 1-24
        ai-lab-framework release fetch 1.1.0 --from ../releases --release-sha256 {}
        ai-lab-framework release list --from ../older
    ", "0".repeat(64))).replace(&sha256, "SHA256"), @r#"
    $ ai-lab-framework release list --from ../releases
    2> error: the index is out of date
    2>   because the index `../releases/index.json` is not used
    2>   because it is out of date since 2026-11-02T00:00:00Z: a newer one is kept back, or the clock is wrong
    2> hint: Get the newest index; `--release-sha256` takes a release that is pinned all the same.
    exit 6

    $ ai-lab-framework release fetch 1.1.0 --from ../releases --release-sha256 HASH | cut -c 1-24
    1.1.0 is in the store: /
    2> index 2 lists it; signed by `ours`
    2> the archive is the one that was signed: 232 B
    2> 3 files unpacked and looked at: 48 B
    2> warning: the index: it is out of date since 2026-11-02T00:00:00Z: a newer one is kept back, or the clock is wrong
    exit 0

    $ ai-lab-framework release fetch 1.1.0 --from ../releases --release-sha256 HASH
    2> error: not the release that is wanted
    2>   because the release 1.1.0 is another one than the pin names: HASH instead of HASH
    2> hint: Get the release anew from where it is published; nothing of this one was used.
    exit 22

    $ ai-lab-framework release list --from ../older
    2> error: the index is older than one that was seen
    2>   because the index `../older/index.json` is not used
    2>   because it is number 1, and number 2 was seen before: an old one is played again
    2> hint: Get the release anew from where it is published; nothing of this one was used.
    exit 22
    "#);
}

#[test]
fn whoever_changes_a_release_is_found_out_and_what_they_did_is_put_right() {
    let lines = [
        "chmod u+w share/LICENSE && echo more >>share/LICENSE",
        "chmod u+w share && rm -f share/LICENSE",
        "chmod u+w python/ai_lab_framework && mkdir python/ai_lab_framework/__pycache__",
        "chmod 4755 bin/ai-lab-framework",
        "chmod u+w bin && rm -f bin/ai-lab-framework && ln -s /bin/true bin/ai-lab-framework",
    ];
    let mut told = Vec::new();
    for line in lines {
        let scene = Scene::new();
        let place = scene.fetched("1.0.0");
        scene.done(&place, line);
        let screen = scene.lab.play(
            "
            ai-lab-framework verify --quick
            ai-lab-framework repair
        ",
        );
        told.push(format!("== {line}\n{screen}"));
        let whole = scene.json("verify");
        assert_eq!(whole["whole"], true, "{line}");
    }
    assert_snapshot!(told.join("\n"), @r#"
    == chmod u+w share/LICENSE && echo more >>share/LICENSE
    $ ai-lab-framework verify --quick
    ✗ 1.0.0-d8d9abd062663b7b
      `share/LICENSE` was changed
    2> hint: `ai-lab-framework repair` unpacks what was changed again.
    exit 22

    $ ai-lab-framework repair
    ✓ 1.0.0-d8d9abd062663b7b: unpacked again from the kept archive
      before: `share/LICENSE` was changed
    exit 0
    == chmod u+w share && rm -f share/LICENSE
    $ ai-lab-framework verify --quick
    ✗ 1.0.0-d8d9abd062663b7b
      `share/LICENSE` was removed
      the mode of `share` was changed
    2> hint: `ai-lab-framework repair` unpacks what was changed again.
    exit 22

    $ ai-lab-framework repair
    ✓ 1.0.0-d8d9abd062663b7b: unpacked again from the kept archive
      before: `share/LICENSE` was removed
      before: the mode of `share` was changed
    exit 0
    == chmod u+w python/ai_lab_framework && mkdir python/ai_lab_framework/__pycache__
    $ ai-lab-framework verify --quick
    ✗ 1.0.0-d8d9abd062663b7b
      `python/ai_lab_framework/__pycache__` was added
      the mode of `python/ai_lab_framework` was changed
    2> hint: `ai-lab-framework repair` unpacks what was changed again.
    exit 22

    $ ai-lab-framework repair
    ✓ 1.0.0-d8d9abd062663b7b: unpacked again from the kept archive
      before: `python/ai_lab_framework/__pycache__` was added
      before: the mode of `python/ai_lab_framework` was changed
    exit 0
    == chmod 4755 bin/ai-lab-framework
    $ ai-lab-framework verify --quick
    ✗ 1.0.0-d8d9abd062663b7b
      the mode of `bin/ai-lab-framework` was changed
    2> hint: `ai-lab-framework repair` unpacks what was changed again.
    exit 22

    $ ai-lab-framework repair
    ✓ 1.0.0-d8d9abd062663b7b: unpacked again from the kept archive
      before: the mode of `bin/ai-lab-framework` was changed
    exit 0
    == chmod u+w bin && rm -f bin/ai-lab-framework && ln -s /bin/true bin/ai-lab-framework
    $ ai-lab-framework verify --quick
    ✗ 1.0.0-d8d9abd062663b7b
      the mode of `bin` was changed
      `bin/ai-lab-framework` is no file any more
    2> hint: `ai-lab-framework repair` unpacks what was changed again.
    exit 22

    $ ai-lab-framework repair
    ✓ 1.0.0-d8d9abd062663b7b: unpacked again from the kept archive
      before: the mode of `bin` was changed
      before: `bin/ai-lab-framework` is no file any more
    exit 0
    "#);
}

#[test]
fn without_its_archive_a_release_is_fetched_again_and_then_repaired() {
    let scene = Scene::new();
    let place = scene.fetched("1.0.0");
    scene.done(&place, "chmod u+w share && rm -f share/LICENSE");
    scene.done(&place, "rm -f ../.archives/*");
    assert_snapshot!(scene.lab.play("
        ai-lab-framework repair
        ai-lab-framework release fetch 1.0.0 --from ../releases
        ai-lab-framework repair
        ai-lab-framework verify | cut -d , -f 1
    "), @r#"
    $ ai-lab-framework repair
    2> error: there is nothing to repair it from
    2>   because the archive of 1.0.0 is not kept any more, or was changed
    2> hint: `ai-lab-framework release fetch 1.0.0 --from FOLDER` brings the archive again, then repair.
    exit 4

    $ ai-lab-framework release fetch 1.0.0 --from ../releases
    2> index 1 lists it; signed by `ours`
    2> the archive is the one that was signed: 232 B
    2> error: what is in the store was changed
    2>   because the store has `1.0.0-d8d9abd062663b7b`, and it was changed: `share/LICENSE` was removed
    2> hint: `ai-lab-framework repair` unpacks it again from the kept archive.
    exit 22

    $ ai-lab-framework repair
    ✓ 1.0.0-d8d9abd062663b7b: unpacked again from the kept archive
      before: `share/LICENSE` was removed
      before: the mode of `share` was changed
    exit 0

    $ ai-lab-framework verify | cut -d , -f 1
    ✓ 1.0.0-d8d9abd062663b7b: 3 files
    exit 0
    "#);
}

#[test]
fn a_lock_vouches_for_a_release_and_is_told_when_it_names_another() {
    let scene = Scene::new();
    let fetched = scene.json("release fetch 1.0.0 --from ../releases");
    let lock = |field: &str| fetched["lock"][field].as_str().expect("a text").to_owned();
    let archive = &fetched["lock"]["archive"][0];
    let text = format!(
        "format = 1\n[framework]\nversion = \"1.0.0\"\nrelease_sha256 = \"{}\"\ncontract = {{ major = 1, minor = 0 }}\n\
         schemas = {{ framework = {{ major = 1, minor = 5 }} }}\n[[framework.archive]]\ntarget = \"{TARGET}\"\n\
         file = {}\nbytes = {}\nsha256 = {}\ntree = {}\n",
        lock("release_sha256"),
        archive["file"],
        archive["bytes"],
        archive["sha256"],
        archive["tree"]
    );
    scene.lab.write("locks/good.lock", &text);
    scene.lab.write(
        "locks/other.lock",
        text.replace(&lock("release_sha256"), &"1".repeat(64)),
    );
    scene
        .lab
        .write("locks/merged.lock", format!("<<<<<<< ours\n{text}"));
    // Who is trusted does not matter where the lock vouches.
    scene
        .lab
        .shell("ai-lab-framework release trust remove ours");
    assert_snapshot!(scene.lab.play("
        ai-lab-framework verify --lock ../locks/good.lock | sed 's/, [0-9.]* .s)/, TIME)/'
        ai-lab-framework verify
        ai-lab-framework verify --lock ../locks/other.lock
        ai-lab-framework verify --lock ../locks/merged.lock
        ai-lab-framework verify --lock ../locks/good.lock --place 1.1.0-0000000000000000
        ai-lab-framework verify --place ../../etc
    "), @r#"
    $ ai-lab-framework verify --lock ../locks/good.lock | sed 's/, [0-9.]* .s)/, TIME)/'
    ✓ 1.0.0-d8d9abd062663b7b: 3 files, every byte as it was signed (the lab's lock, TIME)
    exit 0

    $ ai-lab-framework verify
    ✗ 1.0.0-d8d9abd062663b7b
      it cannot be told what it should be: no key is trusted on this machine
    2> hint: `ai-lab-framework repair` unpacks what was changed again.
    exit 22

    $ ai-lab-framework verify --lock ../locks/other.lock
    ✗ 1.0.0-d8d9abd062663b7b
      it cannot be told what it should be: the release HASH is not kept here
    2> hint: `ai-lab-framework repair` unpacks what was changed again.
    exit 22

    $ ai-lab-framework verify --lock ../locks/merged.lock
    2> error: cannot use the lock ../locks/merged.lock
    2>   because line 1: a merge left both sides of a conflict in it
    2> hint: Restore it from git; `ai-lab lock --check` looks at it.
    exit 3

    $ ai-lab-framework verify --lock ../locks/good.lock --place 1.1.0-0000000000000000
    2> error: the lock ../locks/good.lock names `1.0.0-d8d9abd062663b7b`
    2> hint: Leave `--place` or `--lock` away.
    exit 5

    $ ai-lab-framework verify --place ../../etc
    2> error: `../../etc` is no name of a release's folder
    2> hint: `ai-lab-framework store list` names them.
    exit 2
    "#);
}

#[test]
fn what_a_lab_uses_stays_and_the_rest_is_removed() {
    let scene = Scene::new();
    let (first, second) = (scene.fetched("1.0.0"), scene.fetched("1.1.0"));
    scene.lab.shell(&format!(
        "mkdir -p .ai-lab && ln -s {} .ai-lab/framework",
        second.display()
    ));
    assert_snapshot!(scene.lab.play("
        ai-lab-framework store collect --dry-run
        ai-lab-framework store collect
        ai-lab-framework store list
        ls ../home/.ai-lab/framework/.archives | wc -l
        ls ../home/.ai-lab/framework/.releases | wc -l
    "), @r#"
    $ ai-lab-framework store collect --dry-run
    1.0.0-d8d9abd062663b7b would go
    2> 1.1.0-e3ae779be0194424 stays: the lab /lab uses it
    2> 280 B of releases and archives would go
    exit 0

    $ ai-lab-framework store collect
    1.0.0-d8d9abd062663b7b removed
    2> 1.1.0-e3ae779be0194424 stays: the lab /lab uses it
    2> 280 B of releases and archives removed
    exit 0

    $ ai-lab-framework store list
    name                    size  since the last look  archive  runs this
    1.1.0-e3ae779be0194424  48 B  untouched            kept
    exit 0

    $ ls ../home/.ai-lab/framework/.archives | wc -l
    1
    exit 0

    $ ls ../home/.ai-lab/framework/.releases | wc -l
    2
    exit 0
    "#);
    assert!(!first.exists() && second.join("bin/ai-lab-framework").exists());
}

#[test]
fn a_key_is_added_for_a_time_and_what_is_none_is_refused() {
    let scene = Scene::new();
    assert_snapshot!(scene.lab.play("
        ai-lab-framework release trust add next RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3 --since 2027-01-01 | grep ^next | cut -c 1-35
        ai-lab-framework release trust add again @../ours.pub
        ai-lab-framework release trust add short RWQf6LRC
        ai-lab-framework release trust add a/b @../ours.pub
        ai-lab-framework release trust add old @../ours.pub --since 2027-01-01 --until 2026-01-01
        ai-lab-framework release trust add bad @../ours.pub --since soon
        ai-lab-framework release trust add none @../nowhere.pub
        ai-lab-framework release trust remove nobody
    ").replace(&scene.signer.public(), "PUBLIC"), @r#"
    $ ai-lab-framework release trust add next RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3 --since 2027-01-01 | grep ^next | cut -c 1-35
    next  not yet   2027-01-01 00:00:00
    exit 0

    $ ai-lab-framework release trust add again @../ours.pub
    2> error: the trusted keys
    2>   because there is a key `ours` already
    2> hint: `ai-lab-framework release trust list` shows whose signatures are believed here.
    exit 5

    $ ai-lab-framework release trust add short RWQf6LRC
    2> error: the trusted keys
    2>   because the key `short` is no minisign key: Invalid encoding in minisign data
    2> hint: `ai-lab-framework release trust list` shows whose signatures are believed here.
    exit 2

    $ ai-lab-framework release trust add a/b @../ours.pub
    2> error: the trusted keys
    2>   because `a/b` is no name of a key: letters, digits, `.`, `_` and `-`, at most 64
    2> hint: `ai-lab-framework release trust list` shows whose signatures are believed here.
    exit 2

    $ ai-lab-framework release trust add old @../ours.pub --since 2027-01-01 --until 2026-01-01
    2> error: the key's time would be over before it begins
    2> hint: Give `--until` an instant after `--since`.
    exit 2

    $ ai-lab-framework release trust add bad @../ours.pub --since soon
    2> error: invalid value 'soon' for '--since <TIME>': no day and no instant: 2026-11-23 or 2026-11-23T12:00:00Z
    2> 
    2> For more information, try '--help'.
    exit 2

    $ ai-lab-framework release trust add none @../nowhere.pub
    2> error: cannot read the key in ../nowhere.pub
    2>   because No such file or directory (os error 2)
    exit 2

    $ ai-lab-framework release trust remove nobody
    2> error: the trusted keys
    2>   because no key `nobody` is trusted here
    2> hint: `ai-lab-framework release trust list` shows whose signatures are believed here.
    exit 4
    "#);
}
