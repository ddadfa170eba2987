//! The framework's own files: looked at before each call, sealed where a person asks.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use ai_lab_contract::{ErrorClass, Profile};
use alf_ops::{
    Framework, Seal, Surroundings, assure_place, examine, lock_tools, protect_store, run_tool,
};
use alf_release::{Archive, Quick, Sha256, Store, Tree, TreeFile};
use serde_json::json;

use crate::scene::{Lab, WELL, call, log_of, shown, told};

/// How many files the release has beside its program.
const FILES: usize = 300;

/// A release in the store that was found whole, its place there, and the framework that runs out of it.
fn installed(lab: &Lab) -> (PathBuf, String, Framework) {
    let mut texts = vec![("bin/ai-lab-framework".to_owned(), "the program".to_owned())];
    texts.extend((0..FILES).map(|number| {
        (
            format!("python/sdk/part_{number}.py"),
            format!("x = {number}\n"),
        )
    }));
    let file = |(path, text): &(String, String)| TreeFile {
        path: path.parse().expect("a path"),
        program: path.starts_with("bin/"),
        bytes: text.len() as u64,
        sha256: Sha256::of(text.as_bytes()),
    };
    let files = Tree::of(texts.iter().map(file).collect()).expect("a tree");
    let archive = Archive {
        target: "any".to_owned(),
        file: "any.tar.gz".to_owned(),
        bytes: 1,
        sha256: Sha256::of(b""),
        tree: files.digest(),
        files,
    };
    let version = semver::Version::new(1, 4, 2);
    let name = Store::name(&version, &archive.tree);
    let relative = format!("home/framework/{name}");
    for (path, text) in &texts {
        let path = lab.write(&format!("{relative}/{path}"), text);
        let mode = if text == "the program" { 0o555 } else { 0o444 };
        fs::set_permissions(path, Permissions::from_mode(mode)).expect("it is ours");
    }
    let place = lab.path(&relative);
    for folder in ["python/sdk", "python", "bin", ""] {
        fs::set_permissions(place.join(folder), Permissions::from_mode(0o555)).expect("it is ours");
    }
    let store = Store::at(lab.path("home/framework"));
    assert_eq!(
        store.verify(&version, &archive).expect("it can be read"),
        []
    );
    assert_eq!(
        store.quick(&name, None).expect("it can be read"),
        Quick::Untouched
    );
    let framework = Framework::new(Surroundings {
        executable: place.join("bin/ai-lab-framework"),
        ..lab.surroundings()
    });
    (place, name, framework)
}

fn touch(path: &std::path::Path) {
    fs::set_permissions(path, Permissions::from_mode(0o644)).expect("it is ours");
    let mut file = OpenOptions::new()
        .append(true)
        .open(path)
        .expect("it is ours");
    file.write_all(b"evil = 1\n").expect("there is room");
    fs::set_permissions(path, Permissions::from_mode(0o444)).expect("it is ours");
}

#[test]
fn nothing_runs_under_production_from_a_release_that_was_changed_and_others_say_so() {
    let lab = Lab::new();
    for profile in Profile::ALL {
        lab.tool_with(
            profile.as_str(),
            WELL,
            &format!("profile = \"{}\"", profile.as_str()),
        );
    }
    let (place, _, framework) = installed(&lab);
    lock_tools(&framework, &[]).expect("production runs what is pinned");
    let run = |profile: Profile| {
        let call = call(profile.as_str(), json!({}));
        run_tool(&framework, &call, None).expect("it is recorded")
    };
    for profile in Profile::ALL {
        let completed = run(profile);
        assert_eq!(
            (completed.error, completed.warnings),
            (None, vec![]),
            "{profile}"
        );
    }
    touch(&place.join("python/sdk/part_7.py"));
    let refused = run(Profile::Production);
    let error = refused.error.clone().expect("it is refused");
    assert!(error.message.contains("release fetch"), "{error:?}");
    assert_eq!(shown(&framework, &refused).execution.start.sandbox, "none");
    for profile in [Profile::Standard, Profile::Experimental] {
        let completed = run(profile);
        assert_eq!(completed.error, None, "{profile}");
        let log = log_of(&shown(&framework, &completed));
        assert!(
            log.iter().any(|(_, line)| line.contains("release fetch")),
            "{profile}: {log:?}"
        );
    }
}

#[test]
fn the_look_before_each_call_costs_less_than_two_milliseconds() {
    let lab = Lab::new();
    let (_, name, framework) = installed(&lab);
    let once = || {
        let began = Instant::now();
        assure_place(&framework, &name, None).expect("nobody touched it");
        began.elapsed()
    };
    // The quickest of many: what else the machine does at the time is not the look's doing.
    let quickest = (0..200).map(|_| once()).min().expect("there are some");
    assert!(quickest < Duration::from_millis(2), "{quickest:?}");
}

#[test]
fn doctor_says_the_tiers_and_an_immutable_release_is_not_roots_to_change() {
    let lab = Lab::new();
    let (place, name, framework) = installed(&lab);
    let store = || {
        let checks = examine(&framework).checks;
        let check = checks.into_iter().find(|check| check.what == "store");
        check.expect("it lies in the store").seen
    };
    let is_root = rustix::process::geteuid().is_root();
    assert!(store().ends_with("T3 not immutable"), "{}", store());
    let nowhere = protect_store(&framework, "../..", Seal::Immutable).expect_err("no release");
    assert_eq!(nowhere.class, ErrorClass::NotFound);
    let sealed = protect_store(&framework, &name, Seal::Immutable);
    if !is_root {
        let (class, _, hint) = told(&lab, &sealed.expect_err("root's to do"));
        assert_eq!(class, ErrorClass::Environment);
        assert!(hint.contains("root's"), "{hint}");
        return;
    }
    let sealed =
        sealed.expect("this file system has the flag: without it this test cannot say anything");
    assert_eq!(sealed.entries, FILES + 1 + 4);
    assert!(store().ends_with("T3 immutable"), "{}", store());
    let file = place.join("python/sdk/part_7.py");
    assert!(OpenOptions::new().append(true).open(&file).is_err());
    assert!(fs::set_permissions(&file, Permissions::from_mode(0o777)).is_err());
    assert!(fs::remove_file(&file).is_err());
    assert!(File::create(place.join("python/evil.pyc")).is_err());
    assert!(fs::rename(&place, lab.path("home/framework/other")).is_err());
    protect_store(&framework, &name, Seal::Lifted).expect("what was set is taken away");
    assert!(store().ends_with("T3 not immutable"), "{}", store());
    fs::remove_file(&file).expect("it is root's again");
    // User 1 for a moment: what belongs to another is told as such to whoever is not root.
    protect_store(&framework, &name, Seal::Owner(1)).expect("it is root's to give");
    let owner = std::os::unix::fs::MetadataExt::uid(&fs::metadata(&place).expect("it is there"));
    assert_eq!(owner, 1);
    let mode = |relative: String| {
        let meta = fs::metadata(lab.path(&relative)).expect("it is there");
        meta.permissions().mode() & 0o7777
    };
    // Whoever runs it still enters the store, and reads when the release was last found whole.
    let modes = [
        String::new(),
        format!("/.marks/{name}"),
        format!("/{name}/bin"),
    ];
    let modes = modes.map(|path| mode(format!("home/framework{path}")));
    assert_eq!(modes, [0o755, 0o644, 0o555]);
}
