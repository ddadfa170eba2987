//! C91 to C104 of the catalogue of bad input: how the command line may be called, with the real program.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use crate::scene::Lab;

/// What is called and what must come of it.
struct Case {
    number: &'static str,
    sent: &'static str,
    /// One line of shell in the lab; `F` is the framework's program.
    line: &'static str,
    exit: i32,
    /// What the screen tells, output and errors together, besides other things.
    told: &'static str,
    /// How many executions the record has afterwards.
    rows: usize,
}

const fn case(
    number: &'static str,
    sent: &'static str,
    line: &'static str,
    exit: i32,
    told: &'static str,
    rows: usize,
) -> Case {
    Case {
        number,
        sent,
        line,
        exit,
        told,
        rows,
    }
}

const CASES: &[Case] = &[
    case(
        "91",
        "an unknown command",
        "F tol list",
        2,
        "a similar subcommand exists: 'tool'",
        0,
    ),
    case(
        "91",
        "an unknown action",
        "F tool run probe.lok",
        4,
        "Did you mean `probe.look`?",
        0,
    ),
    case(
        "92",
        "a field that is not UTF-8",
        "F tool run probe.look \"$(printf 'host=\\377')\"",
        2,
        "invalid UTF-8",
        0,
    ),
    case(
        "92",
        "an address that is not UTF-8",
        "F tool run \"$(printf '\\377')\"",
        2,
        "invalid UTF-8",
        0,
    ),
    case(
        "93",
        "half a JSON",
        "F tool run probe.look --input '{'",
        11,
        "the JSON ends in the middle",
        0,
    ),
    case(
        "93",
        "a file that is not there",
        "F tool run probe.look --input @gone.json",
        2,
        "No such file or directory",
        0,
    ),
    case(
        "93",
        "`-` with standard input closed",
        "F tool run probe.look --input - <&-",
        11,
        "nothing but white space",
        0,
    ),
    case(
        "93",
        "a folder as input",
        "F tool run probe.look --input @.",
        2,
        "Is a directory",
        0,
    ),
    case(
        "94",
        "68 MB on standard input",
        "head -c 68000000 /dev/zero | F tool run probe.look --input -",
        2,
        "it is longer than 67108864 bytes",
        0,
    ),
    case(
        "95",
        "standard output closed",
        "F tool run probe.look host=nas >&-",
        0,
        "✓ probe.look",
        1,
    ),
    case(
        "95",
        "a reader that has gone",
        "(F tool run probe.look host=nas; echo \"ended $?\" >&2) | :",
        0,
        "ended 0",
        1,
    ),
    case(
        "95",
        "a full disk behind standard output",
        "F tool run probe.look host=nas >/dev/full",
        8,
        "cannot write the output",
        1,
    ),
    case(
        "96",
        "no HOME",
        "unset HOME AI_LAB_HOME; F tool run probe.look host=nas",
        8,
        "HOME is not set",
        0,
    ),
    case(
        "96",
        "a HOME where nothing can be made",
        "AI_LAB_HOME=/proc/nowhere F tool run probe.look host=nas",
        8,
        "cannot make the folder /proc/nowhere",
        0,
    ),
    case(
        "96",
        "a relative HOME",
        "unset AI_LAB_HOME; HOME=../home F tool run probe.look host=nas",
        0,
        "✓ probe.look",
        1,
    ),
    case(
        "97",
        "no terminal, TERM=dumb",
        "TERM=dumb COLUMNS=0 F tool list",
        0,
        "probe  1.2.3",
        0,
    ),
    case(
        "97",
        "a terminal 0 columns wide",
        "script -qec 'stty cols 0 rows 0; F tool list' /dev/null",
        0,
        "probe",
        0,
    ),
    case(
        "98",
        "Ctrl-C twice during a run",
        "F tool run slow.go & read x <../begun; kill -INT $!; kill -INT $!; wait $!",
        18,
        "the call was withdrawn",
        1,
    ),
    case(
        "98",
        "Ctrl-C twice, and the tool does not mind",
        "F tool run deaf.go & read x <../begun; kill -INT $!; kill -INT $!; wait $!",
        18,
        "the call was withdrawn",
        1,
    ),
    case(
        "98",
        "Ctrl-C twice during a migration",
        "F tool run probe.look host=nas >/dev/null 2>&1; F migrate-db >/dev/null & kill -INT $!; kill -INT $! 2>/dev/null; wait $!; F execution verify",
        0,
        "none touched",
        1,
    ),
    case(
        "99",
        "umask 000",
        "umask 000; F tool run probe.look host=nas; stat -c %a ../home/.ai-lab ../home/.ai-lab/framework.db | tr '\\n' ' '",
        0,
        "700 600",
        1,
    ),
    case(
        "99",
        "umask 777",
        "umask 777; F tool run probe.look host=nas; stat -c %a ../home/.ai-lab ../home/.ai-lab/framework.db | tr '\\n' ' '",
        0,
        "700 600",
        1,
    ),
    case(
        "100",
        "the working folder deleted",
        "mkdir ../gone; cd ../gone; rmdir ../gone; F tool run probe.look host=nas",
        8,
        "cannot tell the working folder: was it deleted",
        0,
    ),
    case(
        "101",
        "standard input, output and errors closed",
        "F tool run probe.look host=nas <&- >&- 2>&-; echo \"ended $?\"",
        0,
        "ended 0",
        1,
    ),
    case(
        "102",
        "the locale C",
        "LC_ALL=C LANG=C F tool run probe.look host=nas",
        0,
        "✓ probe.look",
        1,
    ),
    case(
        "102",
        "digits of another script",
        "F tool run probe.look host=nas top=٣",
        11,
        "at /top: expected a whole number",
        1,
    ),
    case(
        "103",
        "16 file descriptors",
        "ulimit -n 16; F tool run probe.look host=nas",
        8,
        "Too many open files",
        1,
    ),
    case(
        "103",
        "5 file descriptors",
        "ulimit -n 5; F tool run probe.look host=nas",
        8,
        "os error 24",
        0,
    ),
];

/// Shell functions live where the alias of a scene does not: in subshells of `script`, and behind `|`.
fn shell_line(line: &str) -> String {
    let framework = env!("CARGO_BIN_EXE_ai-lab-framework");
    let mut words = String::new();
    for word in line.split_inclusive([' ', '(', '\'', ';']) {
        let place = if word.trim_end() == "F" {
            framework
        } else {
            ""
        };
        words += if place.is_empty() { word } else { place };
        words += if place.is_empty() { "" } else { " " };
    }
    words
}

/// Every file below a folder with what it holds: what must not have changed.
fn tree(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(tree(&path));
        } else {
            let holds = fs::read(&path).expect("it can be read");
            found.insert(path, holds);
        }
    }
    found
}

fn lab() -> Lab {
    let lab = Lab::new();
    lab.shell("mkfifo ../begun");
    lab.tool("slow", "echo >../../../begun; exec sleep 1000", "");
    let deaf = "trap '' TERM INT; echo >../../../begun; while :; do read x </dev/null; done";
    lab.tool("deaf", deaf, "limits = { grace_ms = 200 }");
    lab
}

/// Everything on the screen, and the exit code.
fn screen(lab: &Lab, line: &str) -> (String, Option<i32>) {
    let output = lab.shell(line);
    let mut told = String::from_utf8_lossy(&output.stdout).into_owned();
    told += &String::from_utf8_lossy(&output.stderr);
    (told, output.status.code())
}

fn recorded(lab: &Lab) -> usize {
    let (told, _) = screen(lab, "ai-lab-framework execution list --json");
    told.matches("\"execution_id\"").count()
}

fn play(case: &Case) -> String {
    let lab = lab();
    let before = tree(&lab.path("lab"));
    let (told, exit) = screen(&lab, &shell_line(case.line));
    let context = format!("{}: {}: {told}", case.number, case.sent);
    assert!(told.contains(case.told), "{context}");
    assert_eq!(exit, Some(case.exit), "{context}");
    assert!(!told.contains("panicked"), "{context}");
    assert_eq!(recorded(&lab), case.rows, "{context}");
    assert_eq!(tree(&lab.path("lab")), before, "{context}");
    let (number, sent, rows) = (case.number, case.sent, case.rows);
    let told = case.told.replace('|', "\\|");
    format!(
        "| {number} | {sent} | exit {exit}: {told} | {rows} |\n",
        exit = case.exit
    )
}

#[test]
fn however_it_is_called_it_does_as_asked_or_names_what_is_wrong() {
    let rows: Vec<String> = CASES.iter().map(play).collect();
    assert_page(&rows.concat());
}

/// C104: who calls. As root the program runs as nobody in a folder that nobody owns; otherwise that part is told as
/// not tested.
#[test]
fn it_runs_as_root_and_as_nobody() {
    let lab = lab();
    assert_eq!(
        screen(&lab, "ai-lab-framework tool run probe.look host=nas").1,
        Some(0)
    );
    if screen(&lab, "id -u").0.trim() != "0" {
        println!("NOT TESTED: only root can become nobody");
        return;
    }
    let open = fs::Permissions::from_mode(0o755);
    fs::set_permissions(lab.path(""), open).expect("it is ours");
    let line = "chown -R 65534:65534 .. && setpriv --reuid=65534 --regid=65534 --clear-groups";
    let (told, exit) = screen(
        &lab,
        &shell_line(&format!("{line} F tool run probe.look host=nas")),
    );
    assert_eq!((exit, recorded(&lab)), (Some(0), 2), "{told}");
    let (told, exit) = screen(
        &lab,
        &shell_line(
            "chown -R 0:0 ../home; chmod 700 ../home; setpriv --reuid=65534 --clear-groups F tool run probe.look host=nas",
        ),
    );
    assert_eq!(exit, Some(8), "{told}");
    assert!(told.contains("Permission denied"), "{told}");
    // D89: root in nobody's home takes nothing away from nobody.
    let (told, exit) = screen(
        &lab,
        &shell_line(
            "chown -R 65534:65534 ../home; F tool run probe.look host=nas; F doctor | grep home; \
             setpriv --reuid=65534 --regid=65534 --clear-groups F tool run probe.look host=nas",
        ),
    );
    assert_eq!((exit, recorded(&lab)), (Some(0), 4), "{told}");
    assert!(told.contains("belongs to another user"), "{told}");
}

#[expect(
    clippy::disallowed_methods,
    reason = "blessing a page is this test's own door"
)]
fn assert_page(rows: &str) {
    let test = "alf-cli bad_call::however_it_is_called_it_does_as_asked_or_names_what_is_wrong";
    let page = format!(
        "# Bad calls of the command line\n\nWritten by the test `{test}`, which makes each of these calls and \
         compares. The numbers are those of the catalogue in [BAD_INPUT.md](../BAD_INPUT.md). 104, as root and as \
         nobody, is `alf-cli bad_call::it_runs_as_root_and_as_nobody`.\n\n\
         | number | what is done | what becomes of it | executions recorded |\n| --- | --- | --- | --- |\n{rows}"
    );
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/bad-input/command-line.md");
    if std::env::var_os("AI_LAB_BLESS").is_some() {
        fs::write(&path, &page).expect("the tree can be written");
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == page,
        "command-line.md differs: run with AI_LAB_BLESS=1"
    );
}
