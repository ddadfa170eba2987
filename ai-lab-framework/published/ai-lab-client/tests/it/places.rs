//! Where the program is found.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use ai_lab_client::{LocateError, Places, locate};

use crate::{Script, write};

#[test]
fn a_named_program_comes_first_then_the_variable_then_the_path() {
    let script = Script::new("");
    let other = script.path().join("other");
    write(&other, "#!/bin/sh\n", 0o755);
    let path = OsString::from(format!("/nowhere:{}", script.path().display()));
    let variable = other.as_os_str();
    let places = Places {
        named: Some(&script.program),
        variable: Some(variable),
        search_path: None,
    };
    assert_eq!(locate(&places), Ok(script.program.clone()));
    let places = Places {
        named: None,
        search_path: Some(&path),
        ..places
    };
    assert_eq!(locate(&places), Ok(other.clone()));
    let places = Places {
        variable: Some(OsStr::new("")),
        ..places
    };
    assert_eq!(locate(&places), Ok(script.program.clone()));
}

#[test]
fn a_place_that_is_wrong_is_named_and_the_next_is_not_tried() {
    let script = Script::new("");
    let path = script.path().as_os_str();
    let plain = script.path().join("plain");
    write(&plain, "", 0o644);
    let all = Places {
        named: None,
        variable: None,
        search_path: Some(path),
    };
    for (places, expected, told) in [
        (
            Places {
                named: Some(Path::new("/nowhere/x")),
                ..all
            },
            LocateError::Named("/nowhere/x".into()),
            "`/nowhere/x` is no program",
        ),
        (
            Places {
                variable: Some(OsStr::new("/nowhere/x")),
                ..all
            },
            LocateError::Variable("/nowhere/x".into()),
            "AI_LAB_FRAMEWORK is `/nowhere/x`, which is no program",
        ),
        (
            Places {
                search_path: Some(OsStr::new("/nowhere::.")),
                ..all
            },
            LocateError::NotInstalled,
            "there is no `ai-lab-framework` on the PATH",
        ),
        (
            Places::default(),
            LocateError::NotInstalled,
            "there is no `ai-lab-framework` on the PATH",
        ),
    ] {
        let error = locate(&places).expect_err("it is not there");
        assert_eq!(error.to_string(), told);
        assert_eq!(error, expected);
    }
    for no_program in [plain.as_path(), script.path()] {
        let places = Places {
            named: Some(no_program),
            ..all
        };
        assert_eq!(locate(&places), Err(LocateError::Named(no_program.into())));
    }
}
