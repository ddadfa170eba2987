//! The database full, read-only, locked or busy, as the person who calls a tool meets it.

use std::fs;

use crate::scene::Lab;

/// Writes the trace that it ran.
const TRACE: &str = "echo ran >>state/trace\necho '{\"data\":{\"ok\":true}}'\n";

const PROFILES: [&str; 3] = ["experimental", "standard", "production"];

fn lab(script: &str) -> Lab {
    let lab = Lab::new();
    for profile in PROFILES {
        let more = format!("profile = \"{profile}\"\ngrants = {{ write = [\"state\"] }}");
        lab.tool(profile, script, &more);
        lab.write(&format!("lab/tools/{profile}/state/trace"), "");
    }
    // Production runs what was approved, and nothing else.
    let locked = lab.shell("ai-lab-framework tool lock");
    assert!(locked.status.success(), "{locked:?}");
    lab
}

fn trace(lab: &Lab, profile: &str) -> String {
    let file = lab.path(&format!("lab/tools/{profile}/state/trace"));
    fs::read_to_string(file).expect("it is there")
}

/// The screen and the exit code.
fn screen(lab: &Lab, line: &str) -> (String, Option<i32>) {
    let output = lab.shell(line);
    let mut told = String::from_utf8_lossy(&output.stdout).into_owned();
    told += &String::from_utf8_lossy(&output.stderr);
    (told, output.status.code())
}

/// Lines played in a mount namespace where the framework's home is a file system of its own.
fn on_small_disk(size: &str, lines: &str) -> String {
    let framework = env!("CARGO_BIN_EXE_ai-lab-framework");
    format!(
        "mkdir -p ../home/.ai-lab; unshare -rm sh -ec 'mount -t tmpfs -o size={size} none ../home/.ai-lab; {}'",
        lines.replace("F ", &format!("{framework} "))
    )
}

/// Why no mount namespace can be had; `None` where it can.
fn no_mount(lab: &Lab) -> Option<String> {
    let (told, exit) = screen(lab, &on_small_disk("4m", "true"));
    (exit != Some(0)).then(|| format!("NOT TESTED: no mount namespace can be had here: {told}"))
}

/// What the call of each profile tells where its start cannot be recorded, and whether the tool ran.
fn check_each(lab: &Lab, size: &str, before: &str, after: &str, why: &str) {
    for profile in PROFILES {
        let lines = format!(
            "F tool run {profile}.go >/dev/null 2>&1; {before}; \
             F tool run {profile}.go || echo exit $?; {after}"
        );
        let (told, exit) = screen(lab, &on_small_disk(size, &lines));
        assert_eq!(exit, Some(0), "{profile}: {told}");
        assert!(told.contains(why), "{profile}: {told}");
        let ran_unrecorded = profile == "experimental";
        let notes = [
            told.contains("! not recorded: "),
            told.contains("  not recorded"),
            !told.contains("exit 8"),
            // Once before the disk was full, and once more.
            trace(lab, profile) == "ran\nran\n",
        ];
        assert_eq!(notes, [ran_unrecorded; 4], "{profile}: {told}");
        assert!(told.contains("none touched"), "{profile}: {told}");
    }
}

#[test]
fn a_full_disk_is_named_and_only_a_prototype_runs_unrecorded() {
    let lab = lab(TRACE);
    if let Some(why) = no_mount(&lab) {
        println!("{why}");
        return;
    }
    let fill = "dd if=/dev/zero of=../home/.ai-lab/fill bs=4k 2>/dev/null || true";
    check_each(
        &lab,
        "3m",
        fill,
        "rm ../home/.ai-lab/fill; F execution verify",
        "no room left to write",
    );
}

#[test]
fn a_read_only_disk_is_named_its_record_still_read_and_only_a_prototype_runs_unrecorded() {
    let lab = lab(TRACE);
    if let Some(why) = no_mount(&lab) {
        println!("{why}");
        return;
    }
    // The kernel forgets an ended tool's sandbox, which held its work folder, a moment after the tool is gone.
    let read_only = "until mount -o remount,ro ../home/.ai-lab 2>/dev/null; do :; done";
    check_each(
        &lab,
        "16m",
        read_only,
        "F execution list >/dev/null; F execution verify",
        "cannot be written",
    );
}

#[test]
fn eight_frameworks_at_once_meet_no_busy_database() {
    let lab = Lab::new();
    let line = "for process in 1 2 3 4 5 6 7 8; do \
                (for time in 1 2 3 4 5 6; do \
                ai-lab-framework tool run probe.look host=nas --json >/dev/null || echo \"exit $?\"; done) & \
                done; wait; ai-lab-framework execution list --json --limit 1000 | grep -c '\"status\": \"succeeded\"'; \
                ai-lab-framework execution verify";
    let (told, exit) = screen(&lab, line);
    let told: Vec<&str> = told.lines().collect();
    assert_eq!((exit, told[0], told.len()), (Some(0), "48", 2), "{told:?}");
    assert!(told[1].starts_with("✓ 96 links, none touched"), "{told:?}");
}
