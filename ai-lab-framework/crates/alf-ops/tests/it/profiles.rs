//! What `profile validate` finds out by running a tool.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use ai_lab_contract::{ErrorClass, Profile, ToolName};
use alf_generator::{Kind, Language, NewTool};
use alf_ops::{
    Answers, Framework, HookChange, Validation, create_tool, detect_profile, grant_secret,
    install_hook, lock_tools, remove_hook, secret_value, set_secret, validate_tool,
};
use serde_json::json;

use crate::scene::{Lab, WELL, call, configure, data, read, told};

pub(crate) fn name(tool: &str) -> ToolName {
    tool.parse().expect("a valid name")
}

#[expect(
    clippy::disallowed_methods,
    reason = "what compilers and interpreters of this machine need"
)]
/// A lab whose framework has the Python SDK beside it and the programs of this machine.
pub(crate) fn workshop(language: Language) -> (Lab, Framework) {
    let lab = match language {
        // Its compiler is a process past the framework.
        Language::Rust => Lab::alone(),
        Language::Python | Language::Shell => Lab::new(),
    };
    let sdk = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../python");
    symlink(sdk, lab.path("python")).expect("a link");
    let mut surroundings = lab.surroundings();
    surroundings.path = std::env::var("PATH").expect("programs are looked up somewhere");
    let of_this_process = ["HOME", "CARGO_HOME", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN"];
    for variable in of_this_process {
        if let Ok(value) = std::env::var(variable) {
            surroundings.variables.insert(variable.to_owned(), value);
        }
    }
    let target = rust_target().display().to_string();
    surroundings
        .variables
        .insert("CARGO_TARGET_DIR".to_owned(), target);
    (lab, Framework::new(surroundings))
}

/// One for all generated Rust tools: what they link is built once.
fn rust_target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("generated-tools")
}

/// A new tool as `tool new` writes it, placed, and pinned.
pub(crate) fn made(
    lab: &Lab,
    framework: &Framework,
    language: Language,
    profile: Profile,
) -> ToolName {
    made_as(Kind::Exec, lab, framework, language, profile)
}

fn made_as(
    kind: Kind,
    lab: &Lab,
    framework: &Framework,
    language: Language,
    profile: Profile,
) -> ToolName {
    let word = match language {
        Language::Rust => "rust",
        Language::Python => "python",
        Language::Shell => "shell",
    };
    let tool = name(&format!("{word}-{profile}"));
    let created = create_tool(
        framework,
        &NewTool {
            name: tool.clone(),
            language,
            kind,
            profile,
            description: "Says hello.".to_owned(),
        },
    );
    let folder = created.expect("it can be written").folder;
    if language == Language::Rust {
        build(lab, &folder, tool.as_str());
    }
    lock_tools(framework, std::slice::from_ref(&tool)).expect("it can be pinned");
    tool
}

/// Builds a Rust tool and places its program, as its README says.
#[expect(clippy::disallowed_methods, reason = "plays the person at the shell")]
fn build(lab: &Lab, folder: &Path, tool: &str) {
    let published = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../published");
    let published = published.canonicalize().expect("it is there");
    let patch = ["ai-lab-contract", "ai-lab-tool"].map(|package| {
        format!(
            "{package} = {{ path = \"{}\" }}\n",
            published.join(package).display()
        )
    });
    lab.write(
        "lab/.cargo/config.toml",
        format!("[patch.crates-io]\n{}", patch.concat()),
    );
    let built = Command::new("cargo")
        .args(["build", "--quiet"])
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", rust_target())
        .output()
        .expect("cargo starts");
    assert!(
        built.status.success(),
        "{}",
        String::from_utf8_lossy(&built.stderr)
    );
    fs::create_dir(folder.join("bin")).expect("a folder");
    fs::copy(
        rust_target().join("debug").join(tool),
        folder.join("bin").join(tool),
    )
    .expect("it was built");
}

/// The rules that are not kept, each with what was seen.
fn found(validation: &Validation) -> Vec<String> {
    let findings = validation.report.findings.iter();
    findings
        .map(|finding| format!("{}: {}", finding.rule, finding.message))
        .collect()
}

/// New tools of one language fit at each profile, without an edit.
fn check_new_tools(language: Language, lacking: &[&str]) {
    let (lab, framework) = workshop(language);
    for profile in Profile::ALL {
        let tool = made(&lab, &framework, language, profile);
        let hello = alf_ops::Call {
            action: "hello".parse().expect("a name"),
            ..call(tool.as_str(), json!({ "name": "Ada" }))
        };
        assert_eq!(data(&framework, &hello), json!({ "text": "Hello, Ada." }));
        let validation = validate_tool(&framework, &tool, None).expect("it can be validated");
        let mut found = found(&validation);
        found.retain(|finding| !lacking.iter().any(|rule| finding.starts_with(rule)));
        assert_eq!(found, Vec::<String>::new(), "{tool}");
        assert_eq!(validation.remembered, validation.report.fits(), "{tool}");
        if validation.remembered {
            assert!(read(&lab.path("lab/tools.lock")).contains("\"validated\""));
        }
    }
}

#[test]
fn a_new_shell_tool_fits_its_profile() {
    check_new_tools(Language::Shell, &[]);
}

#[test]
fn a_new_python_tool_fits_its_profile() {
    check_new_tools(Language::Python, &[]);
}

#[test]
#[expect(clippy::disallowed_methods, reason = "asks the machine what it has")]
fn a_new_rust_tool_fits_its_profile() {
    let measures = Command::new("cargo")
        .args(["llvm-cov", "--version"])
        .output();
    if measures.is_ok_and(|output| output.status.success()) {
        check_new_tools(Language::Rust, &[]);
    } else {
        let told = b"cargo-llvm-cov is missing: its tests cannot be measured here\n";
        std::io::stderr().write_all(told).expect("it is heard");
        check_new_tools(Language::Rust, &["P204", "P205"]);
    }
}

/// A new worker starts once, answers twice, fits its profile, and is gone with its framework.
fn check_new_worker(language: Language) {
    let (lab, framework) = workshop(language);
    let tool = made_as(
        Kind::Worker,
        &lab,
        &framework,
        language,
        Profile::Experimental,
    );
    let answered = |guest: &str| {
        let hello = alf_ops::Call {
            action: "hello".parse().expect("a name"),
            ..call(tool.as_str(), json!({ "name": guest }))
        };
        let completed = alf_ops::run_tool(&framework, &hello, None).expect("it is recorded");
        assert_eq!(completed.error, None);
        completed
    };
    let program = lab.path(&format!("lab/tools/{tool}"));
    let first = answered("Ada");
    let then = working_in(&program);
    let second = answered("Eve");
    assert_eq!(first.data, Some(json!({ "text": "Hello, Ada." })));
    assert_eq!(second.data, Some(json!({ "text": "Hello, Eve." })));
    // Its own children come and go with a call.
    let both: Vec<_> = then.intersection(&working_in(&program)).cloned().collect();
    assert_eq!(both.len(), 1, "one process for both");
    let validation = validate_tool(&framework, &tool, None).expect("it can be validated");
    assert_eq!(found(&validation), Vec::<String>::new(), "{tool}");
    drop(framework);
    assert_eq!(
        working_in(&program),
        BTreeSet::new(),
        "it is ended with its framework"
    );
}

/// The processes that have that folder for their own.
fn working_in(folder: &Path) -> BTreeSet<String> {
    fs::read_dir("/proc")
        .expect("/proc is mounted")
        .flatten()
        .filter(|entry| fs::read_link(entry.path().join("cwd")).is_ok_and(|cwd| cwd == folder))
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}

#[test]
fn a_new_worker_in_shell_answers_many_calls() {
    check_new_worker(Language::Shell);
}

#[test]
fn a_new_worker_in_python_answers_many_calls() {
    check_new_worker(Language::Python);
}

#[test]
fn a_new_worker_in_rust_answers_many_calls() {
    check_new_worker(Language::Rust);
}

#[test]
fn what_a_new_tool_lacks_is_said() {
    let lab = Lab::new();
    let mut surroundings = lab.surroundings();
    surroundings.path = lab.path("bin").display().to_string();
    let framework = Framework::new(surroundings);
    let missing = |language, tool: &str| {
        let new = NewTool {
            name: name(tool),
            language,
            kind: Kind::Exec,
            profile: Profile::Standard,
            description: "Says hello.".to_owned(),
        };
        create_tool(&framework, &new)
            .expect("it is written all the same")
            .missing
    };
    assert_eq!(missing(Language::Shell, "one"), ["jq"]);
    assert_eq!(missing(Language::Python, "two"), ["python3"]);
    assert_eq!(missing(Language::Rust, "three"), Vec::<String>::new());
}

#[test]
fn a_tool_that_shows_nothing_is_told_all_that_it_owes() {
    let lab = Lab::new();
    lab.tool("bare", WELL);
    let framework = lab.framework();
    let validation = validate_tool(&framework, &name("bare"), None).expect("it can be validated");
    let no_probe = "no [health] is declared, and no read-only action takes an empty input";
    assert_eq!(
        found(&validation),
        [
            format!("P102: {no_probe}"),
            "P201: no README.md to read: No such file or directory (os error 2)".to_owned(),
            "P203: without a description: go.input.n, go.input.text, go.output.ok".to_owned(),
            format!("P204: {no_probe}"),
            format!("P205: {no_probe}"),
            format!("P206: {no_probe}"),
            "P210: no [health] is declared".to_owned(),
        ]
    );
    assert!(!validation.remembered);
    // What it claims is what binds; less may be asked for.
    let lesser = validate_tool(&framework, &name("bare"), Some(Profile::Experimental));
    assert_eq!(
        lesser.expect("it can be validated").report.findings.len(),
        1
    );
}

#[test]
fn evidence_is_what_this_run_makes() {
    let lab = Lab::new();
    let more = "health = { action = \"go\" }\nevidence = { tests = [\"sh\", \"tests.sh\"], coverage = \".c\" }\n\
                exempt = [{ rule = \"P201\", reason = \"it is one line\" }]";
    lab.tool_with("probe", WELL, more);
    lab.write(
        "lab/tools/probe/README.md",
        "# probe\n\n```sh runs\nai-lab-framework tool run probe.go n=x\n```\n",
    );
    let report = "SF:run.sh\nDA:1,1\nend_of_record\n";
    lab.write("lab/tools/probe/.c", report);
    lab.write(
        "lab/tools/probe/tests.sh",
        "echo one >>grown; echo 'expected 1' >&2; exit 3\n",
    );
    let framework = lab.framework();
    let validated =
        || validate_tool(&framework, &name("probe"), None).expect("it can be validated");
    let first = validated();
    let told = found(&first);
    let has = |finding: &str| {
        assert!(
            told.iter().any(|told| told == finding),
            "{finding}: {told:#?}"
        );
    };
    has(
        "P202: `ai-lab-framework tool run probe.go n=x`: the input does not fit at /n: expected a whole number, found the text `x` (invalid_input)",
    );
    has("P204: `sh tests.sh`: exit 3; it wrote last: expected 1");
    has("P205: this run of the tests did not write `.c`");
    has("P206: the health action is neither read-only nor idempotent: it is not called twice");
    assert_eq!(first.report.exempted[0].reason, "it is one line");

    lab.write(
        "lab/tools/probe/tests.sh",
        format!("echo one >>grown; printf '{report}' >.c\n"),
    );
    let told = found(&validated());
    assert!(
        told.contains(&"P204: the tests changed the tool's own files".to_owned()),
        "{told:#?}"
    );
    lab.write(
        "lab/tools/probe/tests.sh",
        format!("printf '{report}' >.c\n"),
    );
    let told = found(&validated());
    assert!(
        !told
            .iter()
            .any(|finding| finding.starts_with("P204") || finding.starts_with("P205")),
        "{told:#?}"
    );
}

#[test]
fn drills_have_the_secrets_and_the_configuration_of_the_person() {
    let lab = Lab::new();
    let script = r#"v=$(cat "/proc/self/fd/$AI_LAB_SECRETS_FD"); IFS= read -r line
case "$v $line" in
*'correct horse'*'"place":"here"'*) echo '{"data":{"ok":true}}' ;;
*) echo '{"error":{"kind":"lost","message":"not as it is set"}}' ;;
esac
"#;
    let more = "grants = { secrets = [\"canary\"] }\nhealth = { action = \"go\" }\n\
                breaker = { failures = 2, window_s = 60, open_s = 60 }\n\
                evidence = { load = { calls = 4, at_once = 2, p95_ms = 60_000 } }";
    lab.tool_with("careful", script, more);
    let framework = lab.framework();
    let value = secret_value(b"correct horse".to_vec()).expect("a valid value");
    let canary = "canary".parse().expect("a valid name");
    set_secret(&framework, &canary, &value).expect("kept");
    grant_secret(&framework, &canary, &name("careful")).expect("granted");
    configure(&framework, "careful", "place", "here");
    lock_tools(&framework, &[name("careful")]).expect("it can be pinned");
    let validation = validate_tool(&framework, &name("careful"), Some(Profile::Production));
    let told = found(&validation.expect("it can be validated"));
    let of_drills: Vec<&String> = told
        .iter()
        .filter(|finding| {
            ["P102", "P302", "P304", "P305"]
                .iter()
                .any(|rule| finding.starts_with(rule))
        })
        .collect();
    assert_eq!(of_drills, [""; 0], "{told:#?}");
}

#[test]
fn a_tool_may_not_ask_for_its_own_validation() {
    let lab = Lab::new();
    lab.tool("probe", WELL);
    let mut within = lab.surroundings();
    within
        .variables
        .insert("AI_LAB_EXECUTION_ID".to_owned(), "e-1".to_owned());
    let failure =
        validate_tool(&Framework::new(within), &name("probe"), None).expect_err("it is a tool");
    assert_eq!(
        told(&lab, &failure),
        (
            ErrorClass::Refused,
            vec!["a tool may not validate a tool".to_owned()],
            "A person does that, at a shell of their own.".to_owned()
        )
    );
}

#[test]
fn a_profile_is_detected_from_the_record_and_the_persons_answers() {
    let lab = Lab::new();
    lab.tool_with("probe", WELL, "tags = [\"prototype\"]");
    let framework = lab.framework();
    let detected = |answers| {
        let detection = detect_profile(&framework, &name("probe"), answers).expect("it is there");
        (detection.profile, detection.reasons.join("; "))
    };
    let nothing = Answers::default();
    assert_eq!(
        detected(nothing),
        (
            Profile::Experimental,
            "it calls itself `prototype`".to_owned()
        )
    );
    data(&framework, &call("probe", json!({})));
    assert_eq!(detected(nothing).0, Profile::Experimental);
    let critical = Answers {
        is_critical: true,
        ..nothing
    };
    assert_eq!(
        detected(critical),
        (
            Profile::Production,
            "it hurts when it is down, you say".to_owned()
        )
    );
}

#[test]
fn the_hook_is_written_once_and_never_over_another() {
    let lab = Lab::new();
    let framework = lab.framework();
    let without = install_hook(&framework).expect_err("there is no git");
    assert_eq!(without.class, ErrorClass::NotFound);
    fs::create_dir(lab.path("lab/.git")).expect("a folder");
    let change = |changed: Result<alf_ops::HookChanged, _>| {
        changed
            .map(|c| c.change)
            .map_err(|e: alf_ops::Failure| e.class)
    };
    assert_eq!(change(remove_hook(&framework)), Ok(HookChange::AsItWas));
    assert_eq!(change(install_hook(&framework)), Ok(HookChange::Installed));
    assert_eq!(change(install_hook(&framework)), Ok(HookChange::AsItWas));
    assert_eq!(change(remove_hook(&framework)), Ok(HookChange::Removed));
    lab.write("lab/.git/hooks/pre-commit", "#!/bin/sh\nmine\n");
    assert_eq!(change(install_hook(&framework)), Err(ErrorClass::Conflict));
    assert_eq!(change(remove_hook(&framework)), Err(ErrorClass::Conflict));
    assert_eq!(
        read(&lab.path("lab/.git/hooks/pre-commit")),
        "#!/bin/sh\nmine\n"
    );
}
