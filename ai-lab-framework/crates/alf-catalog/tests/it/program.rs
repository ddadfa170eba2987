use std::ffi::{OsStr, OsString};
use std::os::unix::fs::PermissionsExt as _;

use alf_catalog::{Program, ProgramError};

use crate::lab::Lab;

/// A tool's folder `t` with programs of every kind, and a search path with `bin`.
fn programs() -> (Lab, OsString) {
    let lab = Lab::new();
    lab.program("t/bin/run", "#!/bin/sh\n");
    lab.program("t/binary", "\u{7f}ELF");
    lab.write("t/plain", "#!/bin/sh\n");
    lab.write("t/folder/x", "");
    lab.fifo("t/pipe");
    lab.program("outside", "#!/bin/sh\n");
    lab.link("t/out", lab.path("outside"));
    lab.link("t/in", "bin/run");
    lab.link("t/nowhere", "nothing");
    lab.program("t/no-interpreter", "#!/nowhere/python3 -u\nprint()\n");
    lab.program("t/empty-interpreter", "#!\n");
    lab.program("t/relative-interpreter", "#!python3\n");
    lab.program("t/env-found", "#!/usr/bin/env -S A=1 interp --flag\n");
    lab.program("t/env-missing", "#!/usr/bin/env nosuchthing\n");
    lab.program("bin/interp", "\u{7f}ELF");
    lab.link("bin/tool", "interp");
    lab.write("bin/not-executable", "");
    lab.write("bin/folder/x", "");
    let mut path = OsString::from("relative:");
    path.push(":/nowhere:");
    path.push(lab.path("bin"));
    (lab, path)
}

fn resolve(lab: &Lab, path: &OsStr, name: &str) -> String {
    match Program::resolve(name, &lab.path("t"), path) {
        Ok(program) => {
            let interpreter = program
                .interpreter
                .map(|path| format!(" by {}", path.display()));
            lab.without_root(&format!(
                "{}{}",
                program.path.display(),
                interpreter.unwrap_or_default()
            ))
        }
        Err(error) => error.to_string(),
    }
}

#[test]
fn a_program_is_found_in_the_folder_or_on_the_path_and_nowhere_else() {
    let (lab, path) = programs();
    // A virtual environment's Python is a link and must be started by it: links outside the folder are kept.
    let by_shell = |path: &str| format!("{path} by /bin/sh");
    let table = [
        ("bin/run", by_shell("/t/bin/run")),
        ("./bin/run", by_shell("/t/bin/run")),
        ("./in", by_shell("/t/bin/run")),
        ("./binary", "/t/binary".to_owned()),
        ("./env-found", "/t/env-found by /bin/interp".to_owned()),
        ("interp", "/bin/interp".to_owned()),
        ("tool", "/bin/tool".to_owned()),
        ("", "the command names no program".to_owned()),
        ("bin/none", "the program `bin/none` is not there".to_owned()),
        ("binary/x", "the program `binary/x` is not there".to_owned()),
        ("./nowhere", "the program `./nowhere` is not there".to_owned()),
        ("./folder", "the program `./folder` is a folder, not a file".to_owned()),
        ("./pipe", "the program `./pipe` is a named pipe, not a file".to_owned()),
        ("./plain", "the program `./plain` is not executable".to_owned()),
        ("./out", "the program `./out` lies outside the tool's folder".to_owned()),
        ("../outside", "the program `../outside` lies outside the tool's folder".to_owned()),
        ("/bin/sh", "the program `/bin/sh` lies outside the tool's folder".to_owned()),
        ("binary", "the program `binary` is in no folder of the search path".to_owned()),
        ("not-executable", "the program `not-executable` is in no folder of the search path".to_owned()),
        ("folder", "the program `folder` is in no folder of the search path".to_owned()),
        ("..", "the program `..` is in no folder of the search path".to_owned()),
        (
            "./no-interpreter",
            "the interpreter `/nowhere/python3` of the program `./no-interpreter` is not there or not executable".to_owned(),
        ),
        (
            "./empty-interpreter",
            "the interpreter `` of the program `./empty-interpreter` is not there or not executable".to_owned(),
        ),
        (
            "./relative-interpreter",
            "the interpreter `python3` of the program `./relative-interpreter` is not there or not executable".to_owned(),
        ),
        (
            "./env-missing",
            "the interpreter `nosuchthing` of the program `./env-missing` is not there or not executable".to_owned(),
        ),
    ];
    for (name, expected) in table {
        assert_eq!(resolve(&lab, &path, name), expected, "{name}");
    }
}

#[test]
fn a_loop_of_links_is_told_with_the_systems_words() {
    let lab = Lab::new();
    lab.link("t/a", "b");
    lab.link("t/b", "a");
    let error = Program::resolve("./a", &lab.path("t"), OsStr::new("")).expect_err("a loop");
    assert!(matches!(error, ProgramError::Io { .. }), "{error:?}");
    assert_eq!(error.to_string(), "the program `./a` cannot be looked at");
}

#[test]
fn a_program_that_may_be_executed_and_not_read_is_taken_without_its_first_line() {
    let lab = Lab::new();
    let path = lab.program("t/x", "\u{7f}ELF");
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o111)).expect("it is ours");
    assert_eq!(resolve(&lab, OsStr::new(""), "./x"), "/t/x");
}
