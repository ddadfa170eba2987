//! Colours, pipes and what becomes of an output that nobody takes.

use insta::assert_snapshot;

use crate::scene::Lab;

#[test]
fn a_pipe_gets_no_escapes_unless_they_are_asked_for() {
    let lab = Lab::new();
    let escapes = |line: &str| {
        let output = lab.shell(line);
        [output.stdout, output.stderr].map(|bytes| bytes.contains(&0x1b))
    };
    let told = [
        "ai-lab-framework tool show probe",
        "ai-lab-framework tool show prob",
        "CLICOLOR_FORCE=1 ai-lab-framework tool show probe",
        "CLICOLOR_FORCE=1 ai-lab-framework tool show prob",
        "CLICOLOR_FORCE=1 NO_COLOR=1 ai-lab-framework tool show probe",
        "CLICOLOR_FORCE=1 NO_COLOR=1 ai-lab-framework tool show prob",
        "CLICOLOR_FORCE=1 ai-lab-framework tool show probe --json",
        "CLICOLOR_FORCE=1 ai-lab-framework --help",
        "ai-lab-framework --help",
    ]
    .map(|line| (line, escapes(line)));
    assert_eq!(
        told.map(|(_, escapes)| escapes),
        [
            [false, false],
            [false, false],
            [true, false],
            [false, true],
            [false, false],
            [false, false],
            [false, false],
            [true, false],
            [false, false],
        ]
    );
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let lab = Lab::new();
    lab.tool("torn", "exit 3", "");
    assert_snapshot!(lab.play("
        { ai-lab-framework completions bash; echo exit $? >&2; } | head -n 1
        { ai-lab-framework tool run probe.look host=nas --json; echo exit $? >&2; } | true
        { ai-lab-framework tool run torn.go --json; echo exit $? >&2; } | true
        ai-lab-framework execution list | grep -c look
    "), @r"
    $ { ai-lab-framework completions bash; echo exit $? >&2; } | head -n 1
    _ai__lab__framework() {
    2> exit 0
    exit 0

    $ { ai-lab-framework tool run probe.look host=nas --json; echo exit $? >&2; } | true
    2> exit 0
    exit 0

    $ { ai-lab-framework tool run torn.go --json; echo exit $? >&2; } | true
    2> exit 15
    exit 0

    $ ai-lab-framework execution list | grep -c look
    1
    2> 2 of 2
    exit 0
    ");
}

#[test]
fn an_output_that_cannot_be_written_is_a_failure() {
    let lab = Lab::new();
    assert_snapshot!(lab.play("
        ai-lab-framework tool list >/dev/full
        ai-lab-framework tool run probe.look host=nas >/dev/full
        ai-lab-framework --help >/dev/full
        ai-lab-framework tool run prob.look --json >/dev/full
        ai-lab-framework tool run prob.look 2>/dev/full
        ai-lab-framework execution list
    "), @r"
    $ ai-lab-framework tool list >/dev/full
    2> error: cannot write the output
    2>   because No space left on device (os error 28)
    exit 8

    $ ai-lab-framework tool run probe.look host=nas >/dev/full
    2> error: cannot write the output
    2>   because No space left on device (os error 28)
    exit 8

    $ ai-lab-framework --help >/dev/full
    2> error: cannot write the output
    2>   because No space left on device (os error 28)
    exit 8

    $ ai-lab-framework tool run prob.look --json >/dev/full
    2> error: cannot write the output
    2>   because No space left on device (os error 28)
    exit 4

    $ ai-lab-framework tool run prob.look 2>/dev/full
    exit 4

    $ ai-lab-framework execution list
    execution  action  status  took  when  what
    ID  probe.look  succeeded  TIME  0 s ago
    2> 1 of 1
    exit 0
    ");
}

#[test]
fn closed_descriptors_do_no_harm() {
    let lab = Lab::new();
    assert_snapshot!(lab.play("
        ai-lab-framework tool run probe.look host=nas <&- >&- 2>&-
        ai-lab-framework tool run probe.look host=nas <&-
        ai-lab-framework execution list
    "), @r"
    $ ai-lab-framework tool run probe.look host=nas <&- >&- 2>&-
    exit 0

    $ ai-lab-framework tool run probe.look host=nas <&-
    free bytes  2.0 KiB
    seen
      host  nas
    2> ✓ probe.look in TIME  recorded as ID
    exit 0

    $ ai-lab-framework execution list
    execution  action  status  took  when  what
    ID  probe.look  succeeded  TIME  0 s ago
    ID  probe.look  succeeded  TIME  0 s ago
    2> 2 of 2
    exit 0
    ");
}

#[test]
fn a_coloured_screen_shows_a_manifests_escapes_and_does_not_obey_them() {
    let lab = Lab::empty();
    lab.tool("sly", "", "tags = [\"\u{1b}[2J\u{1b}]0;owned\u{7}\"]");
    for command in ["tool check", "tool list", "tool run sly.go", "doctor"] {
        let output = lab.shell(&format!("CLICOLOR_FORCE=1 ai-lab-framework {command} 2>&1"));
        let screen = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(screen.contains("\u{1b}["), "no colours: {screen:?}");
        let obeyed = ["\u{1b}[2J", "\u{1b}]", "\u{7}"].map(|escape| screen.contains(escape));
        assert_eq!(obeyed, [false; 3], "{screen:?}");
    }
}
