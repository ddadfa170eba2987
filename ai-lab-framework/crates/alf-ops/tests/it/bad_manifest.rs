//! M1 to M24 of the catalogue of bad input: a tool's folder as somebody else left it.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use ai_lab_contract::ErrorClass;
use alf_ops::{ExecutionError, Failure, Framework, check_tools, list_executions, list_tools};
use alf_store::ExecutionFilter;
use rustix::fs::{CWD, FileType, Mode, mknodat};
use serde_json::json;

use crate::catalogue::{Row, assert_page, tree};
use crate::scene::{Lab, WELL, call, manifest, run};

const MANIFEST: &str = "lab/tools/rogue/tool.toml";

/// How the folder of the tool `rogue`, right so far, is made a bad one.
enum Change {
    /// The manifest holds these bytes instead.
    Whole(fn() -> Vec<u8>),
    /// One piece of the manifest's text is another.
    Piece(&'static str, fn() -> String),
    /// Anything else.
    Folder(fn(&Lab)),
}

use Change::{Folder, Piece, Whole};

/// What becomes of a call.
enum Fate {
    /// It fails so; what is told, causes included, holds this.
    Fails(ErrorClass, &'static str),
    /// It runs.
    Runs,
}

use Fate::{Fails, Runs};

type Case = (&'static str, &'static str, Change, Fate);

const CONFIG: ErrorClass = ErrorClass::Config;
const ENVIRONMENT: ErrorClass = ErrorClass::Environment;

const NAME: &str = "name = \"rogue\"";
const COMMAND: &str = "[\"sh\", \"run.sh\"]";
const INPUT: &str = "input = {";
const RUN: &str = "[run]";

fn named(name: &str) -> String {
    format!("name = \"{name}\"")
}

fn grants(key: &str, value: &str) -> String {
    format!("[grants]\n{key} = [{value}]\n[run]")
}

fn socket(path: &str, get: &str) -> String {
    format!("[[grants.sockets]]\nname = \"x\"\npath = \"{path}\"\nget = [\"{get}\"]\n[run]")
}

const CASES: &[Case] = &[
    (
        "1",
        "an empty file",
        Whole(Vec::new),
        Fails(CONFIG, "missing key `actions`"),
    ),
    (
        "2",
        "bytes that are no UTF-8",
        Whole(|| b"name = \"\xff\"\n".to_vec()),
        Fails(CONFIG, "UTF-8"),
    ),
    (
        "3",
        "a byte order mark",
        Piece("contract = 1", || "\u{feff}contract = 1".into()),
        Fails(CONFIG, "begins with a byte order mark"),
    ),
    (
        "4",
        "more than 256 KiB",
        Whole(|| vec![b'#'; 262_145]),
        Fails(CONFIG, "longer than 262144 bytes"),
    ),
    (
        "5",
        "lists in lists, 100 deep",
        Piece(INPUT, || {
            format!("x = {}{}\ninput = {{", "[".repeat(100), "]".repeat(100))
        }),
        Fails(CONFIG, "the TOML nests too deep"),
    ),
    (
        "6",
        "an unknown key",
        Piece("version", || "verson".into()),
        Fails(CONFIG, "Did you mean `version`?"),
    ),
    (
        "7",
        "a key missing",
        Piece("version = \"1.2.3\"", String::new),
        Fails(CONFIG, "missing key `version`"),
    ),
    (
        "8",
        "a value of another type",
        Piece(NAME, || "name = 3".into()),
        Fails(CONFIG, "expected text, found the number 3"),
    ),
    (
        "9",
        "a key twice",
        Piece(NAME, || "name = \"rogue\"\nname = \"other\"".into()),
        Fails(CONFIG, "the key `name` is there twice"),
    ),
    (
        "10",
        "another tool of that name",
        Folder(|lab| {
            lab.write(
                "lab/projects/p/tools/rogue/tool.toml",
                manifest("rogue", ""),
            );
        }),
        Fails(CONFIG, "the tool name `rogue` is taken more than once"),
    ),
    (
        "11",
        "a name with `/`",
        Piece(NAME, || named("a/b")),
        Fails(CONFIG, "`a/b` is no tool name"),
    ),
    (
        "11",
        "the name `..`",
        Piece(NAME, || named("..")),
        Fails(CONFIG, "`..` is no tool name"),
    ),
    (
        "11",
        "a control character in the name",
        Piece(NAME, || named("a\\u0007b")),
        Fails(CONFIG, "is no tool name"),
    ),
    (
        "11",
        "a direction mark in the name",
        Piece(NAME, || named("\\u202Eeugor")),
        Fails(CONFIG, "is no tool name"),
    ),
    (
        "11",
        "a Cyrillic letter in the name",
        Piece(NAME, || named("r\u{43e}gue")),
        Fails(CONFIG, "is no tool name"),
    ),
    (
        "11",
        "a name of 300 characters",
        Piece(NAME, || named(&"r".repeat(300))),
        Fails(CONFIG, "is no tool name"),
    ),
    (
        "11",
        "an empty name",
        Piece(NAME, || named("")),
        Fails(CONFIG, "is no tool name"),
    ),
    (
        "11",
        "a reserved name",
        Piece(NAME, || named("help")),
        Fails(CONFIG, "the tool name `help` is reserved"),
    ),
    (
        "12",
        "a version that is no semver",
        Piece("\"1.2.3\"", || "\"1.2\"".into()),
        Fails(CONFIG, "`1.2` is no version"),
    ),
    (
        "13",
        "a newer contract",
        Piece("contract = 1", || "contract = 2".into()),
        Fails(CONFIG, "follows contract 2, this framework speaks 1"),
    ),
    (
        "14",
        "a program that is not there",
        Piece(COMMAND, || "[\"./gone\"]".into()),
        Fails(ENVIRONMENT, "is not there"),
    ),
    (
        "14",
        "a folder as program",
        Folder(|lab| {
            lab.write("lab/tools/rogue/bin/x", "");
            edit(lab, COMMAND, "[\"./bin\"]");
        }),
        Fails(ENVIRONMENT, "is a folder, not a file"),
    ),
    (
        "14",
        "a program that is not executable",
        Piece(COMMAND, || "[\"./run.sh\"]".into()),
        Fails(ENVIRONMENT, "is not executable"),
    ),
    (
        "14",
        "a link out of the folder as program",
        Folder(|lab| {
            symlink("/bin/sh", lab.path("lab/tools/rogue/out")).expect("a link");
            edit(lab, COMMAND, "[\"./out\"]");
        }),
        Fails(ENVIRONMENT, "outside the tool's folder"),
    ),
    (
        "14",
        "an absolute program",
        Piece(COMMAND, || "[\"/bin/sh\"]".into()),
        Fails(CONFIG, "lies outside the tool's folder"),
    ),
    (
        "15",
        "an interpreter that is not there",
        Folder(|lab| {
            let file = lab.write("lab/tools/rogue/go", "#!/nowhere/python\n");
            fs::set_permissions(file, fs::Permissions::from_mode(0o755)).expect("ours");
            edit(lab, COMMAND, "[\"./go\"]");
        }),
        Fails(ENVIRONMENT, "/nowhere/python"),
    ),
    (
        "15",
        "a program in no folder of the search path",
        Piece(COMMAND, || "[\"no-such-program\"]".into()),
        Fails(ENVIRONMENT, "no-such-program"),
    ),
    (
        "16",
        "a schema that is none",
        Piece("type = \"object\"", || "type = \"objct\"".into()),
        Fails(CONFIG, "`objct` is none of"),
    ),
    (
        "16",
        "a reference to a server",
        Piece(INPUT, || {
            "input = { \"$ref\" = \"http://example.org/s\",".into()
        }),
        Fails(CONFIG, "only references inside the schema"),
    ),
    (
        "16",
        "a reference to itself",
        Piece(INPUT, || "input = { \"$ref\" = \"#\",".into()),
        Fails(CONFIG, "refers back to itself"),
    ),
    (
        "16",
        "a pattern that looks back",
        Piece("text = { type", || {
            "text = { pattern = \"(a)\\\\1\", type".into()
        }),
        Fails(CONFIG, "no regular expression that runs in linear time"),
    ),
    (
        "16",
        "a pattern that takes exponential time elsewhere",
        Piece("text = { type", || {
            "text = { pattern = \"^(a+)+$\", type".into()
        }),
        Runs,
    ),
    (
        "17",
        "a time limit of 0",
        Piece(RUN, || "limits = { run_ms = 0 }\n[run]".into()),
        Fails(CONFIG, "0 is outside 1 to 86400000"),
    ),
    (
        "17",
        "a negative time limit",
        Piece(RUN, || "limits = { run_ms = -1 }\n[run]".into()),
        Fails(CONFIG, "-1 is outside 1 to 86400000"),
    ),
    (
        "17",
        "a time limit that is no number",
        Piece(RUN, || "limits = { run_ms = nan }\n[run]".into()),
        Fails(CONFIG, "a number must be finite"),
    ),
    (
        "17",
        "a time limit of 10^12",
        Piece(RUN, || "limits = { run_ms = 1000000000000 }\n[run]".into()),
        Fails(CONFIG, "1000000000000 is outside 1 to 86400000"),
    ),
    (
        "18",
        "a grant of `/`",
        Piece(RUN, || grants("read", "\"/\"")),
        Fails(CONFIG, "is the whole machine"),
    ),
    (
        "18",
        "a grant of `~`",
        Piece(RUN, || grants("read", "\"~\"")),
        Fails(CONFIG, "`~` and `$` are not expanded"),
    ),
    (
        "18",
        "a grant of the framework's home",
        Piece(RUN, || grants("write", "\"/home/me/.ai-lab\"")),
        Fails(CONFIG, "reaches the framework's home"),
    ),
    (
        "18",
        "a grant of the database",
        Piece(RUN, || grants("read", "\"/home/me/.ai-lab/framework.db\"")),
        Fails(CONFIG, "reaches the framework's home"),
    ),
    (
        "18",
        "a grant of `..`",
        Piece(RUN, || grants("write", "\"../other\"")),
        Fails(CONFIG, "goes up by `..`"),
    ),
    (
        "18",
        "a pattern as grant",
        Piece(RUN, || grants("read", "\"/etc/*\"")),
        Fails(CONFIG, "patterns are not expanded"),
    ),
    (
        "18",
        "a socket by a path that is not absolute",
        Piece(RUN, || socket("docker.sock", "/containers/json")),
        Fails(CONFIG, "`docker.sock` is no path of a socket"),
    ),
    (
        "18",
        "a socket in the framework's home",
        Piece(RUN, || socket("/home/me/.ai-lab/x.sock", "/a")),
        Fails(CONFIG, "reaches the framework's home"),
    ),
    (
        "18",
        "a socket with everything below it",
        Piece(RUN, || socket("/run/docker.sock", "/*")),
        Fails(CONFIG, "`/*` is no pattern of paths"),
    ),
    (
        "19",
        "port 0",
        Piece(RUN, || grants("tcp", "0")),
        Fails(CONFIG, "0 is outside 1 to 65535"),
    ),
    (
        "19",
        "port 65536",
        Piece(RUN, || grants("tcp", "65536")),
        Fails(CONFIG, "65536 is outside 1 to 65535"),
    ),
    (
        "19",
        "the port `ssh`",
        Piece(RUN, || grants("tcp", "\"ssh\"")),
        Fails(CONFIG, "expected a whole number, found the text `ssh`"),
    ),
    (
        "21",
        "an escape sequence in the description",
        Piece("Plays rogue.", || "\\u001b[31mPlays".into()),
        Fails(CONFIG, "a hidden character: U+001B"),
    ),
    (
        "21",
        "a zero-width space in the description",
        Piece("Plays rogue.", || "Pl\\u200bays".into()),
        Fails(CONFIG, "a hidden character: U+200B"),
    ),
    (
        "21",
        "a direction mark in an action's description",
        Piece("Goes.", || "\\u202eGoes".into()),
        Fails(CONFIG, "a hidden character: U+202E"),
    ),
    (
        "23",
        "a named pipe as manifest",
        Folder(|lab| special(lab, FileType::Fifo)),
        Fails(CONFIG, "is a named pipe, not a file"),
    ),
    (
        "23",
        "a socket as manifest",
        Folder(|lab| special(lab, FileType::Socket)),
        Fails(CONFIG, "is a socket, not a file"),
    ),
    (
        "23",
        "a link to a device as manifest",
        Folder(|lab| {
            remove(lab);
            symlink("/dev/zero", lab.path(MANIFEST)).expect("a link");
        }),
        Fails(CONFIG, "is a symbolic link"),
    ),
    (
        "24",
        "lines that end in CR LF",
        Folder(|lab| drop(lab.write(MANIFEST, manifest("rogue", "").replace('\n', "\r\n")))),
        Runs,
    ),
];

fn edit(lab: &Lab, piece: &str, other: &str) {
    let text = manifest("rogue", "");
    assert!(text.contains(piece), "`{piece}` is not in the manifest");
    lab.write(MANIFEST, text.replacen(piece, other, 1));
}

fn remove(lab: &Lab) {
    fs::remove_file(lab.path(MANIFEST)).expect("it was there");
}

fn special(lab: &Lab, kind: FileType) {
    remove(lab);
    mknodat(CWD, lab.path(MANIFEST), kind, Mode::from(0o600), 0).expect("a special file");
}

/// All that a failure tells, and all that `tool check` finds, in one text.
fn all_of(framework: &Framework, failure: &Failure) -> String {
    let mut told = failure.chain();
    told.extend(failure.hint().map(str::to_owned));
    if let Ok(check) = check_tools(framework, Some("rogue")) {
        told.extend(check.problems);
        let findings = check.tools.into_iter().flat_map(|tool| tool.findings);
        told.extend(findings.map(|finding| finding.to_string()));
    }
    told.join("\n")
}

/// Calls the tool in a lab of its own: nothing changes, no row, and the tool beside it still runs.
fn play((number, sent, change, fate): &Case) -> String {
    let context = format!("{number}: {sent}");
    let lab = Lab::new();
    lab.tool("rogue", WELL);
    lab.tool("probe", WELL);
    match change {
        Whole(bytes) => drop(lab.write(MANIFEST, bytes())),
        Piece(piece, other) => edit(&lab, piece, &other()),
        Folder(change) => change(&lab),
    }
    let before = tree(&lab.path("lab"));
    let framework = lab.framework();
    let called = run(&framework, &call("rogue", json!({})));
    let listed = list_tools(&framework);
    assert!(
        listed
            .tools
            .iter()
            .any(|tool| tool.name.as_str() == "probe"),
        "{context}"
    );
    let beside = run(&framework, &call("probe", json!({}))).expect("it has nothing to do with it");
    assert_eq!(beside.error, None::<ExecutionError>, "{context}");
    assert_eq!(tree(&lab.path("lab")), before, "{context}");
    let rows = list_executions(&framework, &ExecutionFilter::default()).expect("it can be read");
    match (fate, called) {
        (Fails(class, part), Err(failure)) => {
            let told = all_of(&framework, &failure);
            assert!(told.contains(part), "{context}: {told}");
            assert_eq!(failure.class, *class, "{context}: {told}");
            assert_eq!(
                rows.executions.len(),
                1,
                "{context}: only the tool beside it ran"
            );
            format!("`{}` ({}): {part}", class.as_str(), class.exit_code())
        }
        (Runs, Ok(completed)) => {
            assert_eq!(completed.error, None, "{context}");
            assert_eq!(rows.executions.len(), 2, "{context}");
            "runs".to_owned()
        }
        (Runs, Err(failure)) => unreachable!("{context}: {}", all_of(&framework, &failure)),
        (Fails(..), Ok(completed)) => unreachable!("{context}: it ran: {completed:?}"),
    }
}

#[test]
fn whatever_a_tools_folder_holds_it_runs_or_is_refused_by_name() {
    let rows: Vec<Row> = CASES
        .iter()
        .map(|case| Row {
            number: case.0,
            sent: case.1,
            becomes: play(case),
        })
        .collect();
    let test = "alf-ops bad_manifest::whatever_a_tools_folder_holds_it_runs_or_is_refused_by_name";
    assert_page("manifests.md", "Bad manifests", test, &rows);
}
