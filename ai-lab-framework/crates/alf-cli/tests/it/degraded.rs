//! Machines whose kernel lacks a part, from the call to the record.
//!
//! The framework is started behind a filter that answers a system call as a kernel that has none.

use crate::scene::Lab;

const LACKING: &str = include_str!("degraded.py");

const OK: &str = "echo '{\"data\":{\"ok\":true}}'\n";

/// A lab with a pinned tool of each profile, and what takes parts of the kernel away.
fn lab() -> Lab {
    let lab = Lab::empty();
    lab.write("lacking.py", LACKING);
    for profile in ["experimental", "standard", "production"] {
        lab.tool(profile, OK, &format!("profile = \"{profile}\""));
    }
    for (profile, name) in [("standard", "held"), ("production", "strict")] {
        let hosts = "[grants]\nhosts = [\"api.example.org:443\"]";
        lab.tool(name, OK, &format!("profile = \"{profile}\"\n{hosts}"));
    }
    let output = lab.shell("ai-lab-framework tool lock");
    assert!(output.status.success(), "{output:?}");
    lab
}

/// What a call of the profile's tool says, and how its record looks.
fn run(lab: &Lab, missing: &str, profile: &str) -> (String, String) {
    let framework = env!("CARGO_BIN_EXE_ai-lab-framework");
    let go = format!("python3 ../lacking.py {missing} {framework} tool run {profile}.go");
    let told = lab.shell(&go).stderr;
    let last = "python3 -c 'import json, sys; print(json.load(sys.stdin)[\"executions\"][0][\"execution_id\"])'";
    let rows = format!("ai-lab-framework execution list {profile}.go --json");
    let shown = lab.shell(&format!(
        "ai-lab-framework execution show $({rows} | {last})"
    ));
    [told, shown.stdout]
        .map(|text| String::from_utf8_lossy(&text).into_owned())
        .into()
}

/// It runs, and the record tells at which level; its log holds the words, or nothing of the sandbox.
fn runs(lab: &Lab, missing: &str, profile: &str, level: &str, warned: Option<&str>) {
    let (told, record) = run(lab, missing, profile);
    let has = |text: &str| assert!(record.contains(text), "{missing}: {told}{record}");
    has(&format!("{profile}.go succeeded"));
    has(&format!("{profile}, sandbox {level}\n"));
    match warned {
        Some(words) => has(&format!("sandbox: this kernel gives {words}")),
        None => assert!(!record.contains("sandbox: "), "{missing}: {record}"),
    }
}

/// Nothing runs; the call and the record name what is missing and what mends it.
fn is_refused(lab: &Lab, missing: &str, profile: &str, why: &str, remedy: &str) {
    let (told, record) = run(lab, missing, profile);
    for text in [&told, &record] {
        assert!(
            text.contains(why) && text.contains(remedy),
            "{missing}: {text}"
        );
    }
    assert!(told.contains("(refused)"), "{told}");
    assert!(
        record.contains(&format!("{profile}, sandbox none\n")),
        "{record}"
    );
}

#[test]
fn without_landlock_only_a_prototype_runs_and_is_told() {
    let lab = lab();
    let missing = "landlock";
    runs(
        &lab,
        missing,
        "experimental",
        "none",
        Some("Landlock ABI 0"),
    );
    for profile in ["standard", "production"] {
        let why = format!("the profile {profile} needs Landlock with its network rules");
        is_refused(
            &lab,
            missing,
            profile,
            &why,
            "Boot a kernel of 6.7 or newer",
        );
    }
}

#[test]
fn without_system_call_filters_only_a_prototype_runs_and_is_told() {
    let lab = lab();
    let missing = "seccomp";
    runs(
        &lab,
        missing,
        "experimental",
        "l1",
        Some("no system call filters"),
    );
    for profile in ["standard", "production"] {
        let why = format!("the profile {profile} needs system call filters");
        is_refused(&lab, missing, profile, &why, "CONFIG_SECCOMP_FILTER");
    }
}

#[test]
fn without_namespaces_or_mounts_production_is_refused_and_the_others_run_as_ever() {
    let lab = lab();
    for missing in ["namespaces", "mount", "namespaces,mount"] {
        for profile in ["experimental", "standard"] {
            runs(&lab, missing, profile, "l1", None);
        }
        let why = "the profile production needs own mount and process namespaces";
        is_refused(&lab, missing, "production", why, "Allow user namespaces");
    }
}

#[test]
fn without_a_network_of_its_own_a_tool_with_hosts_is_refused_in_production_and_else_told() {
    let lab = lab();
    let warned = "this machine gives no own network namespace: the granted hosts are not checked";
    for (missing, level, warned) in [("network", "l1", true), ("nothing", "l3", false)] {
        let (told, record) = run(&lab, missing, "held");
        let level = format!("standard, sandbox {level}\n");
        assert!(
            record.contains("held.go succeeded") && record.contains(&level),
            "{told}{record}"
        );
        assert_eq!(record.contains("sandbox: this machine"), warned, "{record}");
    }
    let (_, record) = run(&lab, "network", "held");
    assert!(record.contains(warned), "{record}");
    let (told, record) = run(&lab, "network", "strict");
    for text in [&told, &record] {
        let why = "the profile production needs an own network namespace";
        assert!(
            text.contains(why) && text.contains("Allow network namespaces"),
            "{text}"
        );
    }
    assert!(record.contains("production, sandbox none\n"), "{record}");
    let (told, record) = run(&lab, "nothing", "strict");
    assert!(
        record.contains("production, sandbox l3\n"),
        "{told}{record}"
    );
}

/// The control: behind the same filter with nothing to take away, each profile has its level.
#[test]
fn on_a_whole_kernel_behind_the_filter_everything_is_in_force() {
    let lab = lab();
    for (profile, level) in [
        ("experimental", "l1"),
        ("standard", "l1"),
        ("production", "l2"),
    ] {
        runs(&lab, "nothing", profile, level, None);
    }
}
