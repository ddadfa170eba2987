//! `ai-lab run` and `ai-lab tool`: the framework's commands, in a lab.

use std::error::Error;
use std::fmt;

use ai_lab_client::{
    Call, CallError, ChildError, Completed, ExecutionError, Framework, HandshakeError, Limits,
    LocateError, Places, Refusal, Said,
};
use ai_lab_contract::{ErrorClass, ExecutionId};
use serde_json::Value;

use crate::framework::program_of;
use crate::{Failure, Lab};

/// Which action is called, with what.
#[derive(Clone, Debug)]
pub struct RunRequest<'a> {
    /// The action, as `TOOL.ACTION`.
    pub address: &'a str,
    /// Its input.
    pub input: Value,
    /// Where the framework is looked for.
    pub places: Places<'a>,
}

/// Why the framework did not carry a command out.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The address is no `TOOL.ACTION`.
    #[error("`{}` is no TOOL.ACTION", .0.escape_debug())]
    Address(String),
    /// There is no framework to call.
    #[error("the framework is not found")]
    NotFound(#[source] LocateError),
    /// There is one, and it cannot be called.
    #[error("the framework cannot be called")]
    Handshake(#[source] HandshakeError),
    /// It was called and gave no answer to use.
    #[error("the call was lost")]
    Lost(#[source] CallError),
    /// It said no: nothing ran.
    #[error("{message}")]
    Refused {
        /// What it said.
        message: String,
        /// Which row of the table of failures it named.
        class: ErrorClass,
        /// What it proposed to do next.
        hint: Option<String>,
        /// Why, in its words.
        #[source]
        cause: Option<Cause>,
    },
    /// Its command could not be started or awaited.
    #[error("the command was lost")]
    HandOver(#[source] ChildError),
}

/// One level of somebody else's explanation.
#[derive(Debug)]
pub struct Cause {
    message: String,
    next: Option<Box<Self>>,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for Cause {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.next.as_deref().map(|next| next as _)
    }
}

impl Cause {
    fn chain(messages: &[String]) -> Option<Self> {
        messages.iter().rev().fold(None, |next, message| {
            Some(Self {
                message: harmless(message),
                next: next.map(Box::new),
            })
        })
    }
}

impl From<CallError> for RunError {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Refused(refusal) => refusal.into(),
            CallError::Silent(_) | CallError::NotUnderstood { .. } => Self::Lost(error),
        }
    }
}

impl From<Refusal> for RunError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused {
            message: harmless(&refusal.message),
            class: refusal.class,
            hint: refusal.hint.as_deref().map(harmless),
            cause: Cause::chain(&refusal.causes),
        }
    }
}

impl Failure for RunError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Address(_) => ErrorClass::Usage,
            Self::Handshake(HandshakeError::OtherContract { .. }) => ErrorClass::Incompatible,
            Self::NotFound(_)
            | Self::Handshake(
                HandshakeError::Silent(_)
                | HandshakeError::NotUnderstood { .. }
                | HandshakeError::OtherProgram(_),
            )
            | Self::HandOver(_) => ErrorClass::Environment,
            Self::Lost(_) => ErrorClass::Interrupted,
            Self::Refused { class, .. } => *class,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Address(_) => "`ai-lab tool list` shows what there is".to_owned(),
            Self::NotFound(_) => "`pip install -r requirements.txt` in the lab installs it; \
                                  AI_LAB_FRAMEWORK names another place"
                .to_owned(),
            Self::Handshake(_) => "`ai-lab-framework version` shows what is installed".to_owned(),
            Self::Lost(_) => "`ai-lab-framework execution list` shows whether it ran".to_owned(),
            Self::Refused { hint, .. } => return hint.clone(),
            Self::HandOver(_) => return None,
        })
    }
}

/// An execution that gave no data: recorded, and told as a failure.
#[derive(Debug, thiserror::Error)]
#[error("{address}: {}", harmless(&error.message))]
pub struct ExecutionFailed {
    /// The action, as `TOOL.ACTION`.
    pub address: String,
    /// Its id in the record.
    pub execution_id: ExecutionId,
    /// What the framework said.
    pub error: ExecutionError,
}

impl Failure for ExecutionFailed {
    fn class(&self) -> ErrorClass {
        self.error.class
    }

    fn hint(&self) -> Option<String> {
        let id = &self.execution_id;
        Some(format!(
            "`ai-lab-framework execution show {id}` shows what is recorded"
        ))
    }
}

/// Text of a tool or the framework as it may stand on a terminal: what moves the cursor or turns the
/// reading direction is shown, not done.
pub fn harmless(text: &str) -> String {
    let acts =
        |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if acts(c) {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// Calls one action through the framework, in the lab.
pub fn run(lab: &Lab, request: &RunRequest<'_>) -> Result<Completed, RunError> {
    let no_address = || RunError::Address(request.address.to_owned());
    let (tool, action) = request.address.split_once('.').ok_or_else(no_address)?;
    let tool = tool.parse().map_err(|_| no_address())?;
    let action = action.parse().map_err(|_| no_address())?;
    let framework = connect(lab, &request.places)?;
    let call = Call::new(tool, action, request.input.clone());
    Ok(framework.run(lab.root(), &call)?)
}

/// Runs a command of the framework in the lab, with this process's standard streams. Gives its exit code;
/// `None` if a signal ended it.
pub fn hand_over(
    lab: &Lab,
    places: &Places<'_>,
    arguments: &[&str],
) -> Result<Option<i32>, RunError> {
    connect(lab, places)?
        .hand_over(lab.root(), arguments)
        .map_err(RunError::HandOver)
}

/// What a command of the framework wrote; one that ended badly has told why on standard error.
pub(crate) fn asked(
    framework: &Framework,
    lab: &Lab,
    arguments: &[&str],
) -> Result<Vec<u8>, RunError> {
    let said = ask_for(framework, lab, arguments)?;
    if said.code == Some(0) {
        return Ok(said.stdout);
    }
    Err(ended_badly(said.code, arguments))
}

/// What a command of the framework wrote and how it ended, be it well or badly.
pub(crate) fn ask_for(
    framework: &Framework,
    lab: &Lab,
    arguments: &[&str],
) -> Result<Said, RunError> {
    let said = framework.ask(lab.root(), arguments);
    said.map_err(RunError::HandOver)
}

/// What the exit code of a command says of why it ended badly.
pub(crate) fn ended_badly(code: Option<i32>, arguments: &[&str]) -> RunError {
    let ended = |class: &ErrorClass| Some(i32::from(class.exit_code())) == code;
    let class = ErrorClass::ALL.into_iter().find(ended);
    RunError::Refused {
        message: format!(
            "`ai-lab-framework {}` did not end well",
            arguments.join(" ")
        ),
        class: class.unwrap_or(ErrorClass::Interrupted),
        hint: None,
        cause: None,
    }
}

pub(crate) fn connect(lab: &Lab, places: &Places<'_>) -> Result<Framework, RunError> {
    let program = program_of(lab, places).map_err(RunError::NotFound)?;
    Framework::connect(&program, Limits::default()).map_err(RunError::Handshake)
}

/// The failure that an execution ended in, if it did.
pub fn failure_of(completed: &Completed) -> Option<ExecutionFailed> {
    let error = completed.error.clone()?;
    Some(ExecutionFailed {
        address: format!("{}.{}", completed.tool, completed.action),
        execution_id: completed.execution_id.clone(),
        error,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::{Path, PathBuf};
    use std::sync::{Mutex, MutexGuard, PoisonError};

    use serde_json::json;
    use tempfile::TempDir;

    const GREETING: &str =
        r#"{"format":1,"name":"ai-lab-framework","version":"0.1.0","contract":1,"schema":"1.1"}"#;

    /// A lab with a framework played by a shell script beside it. One at a time: a script whose writer is
    /// copied into another test's child cannot be started.
    struct Scene {
        folder: TempDir,
        program: PathBuf,
        _turn: MutexGuard<'static, ()>,
    }

    #[expect(clippy::disallowed_methods, reason = "the test writes its own lab")]
    fn write(path: &Path, text: &str) {
        fs::write(path, text).expect("the file is written");
    }

    impl Scene {
        fn new(greeting: &str, lines: &str) -> Self {
            static TURN: Mutex<()> = Mutex::new(());
            let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
            let folder = tempfile::tempdir().expect("a temporary folder is made");
            let program = folder.path().join("framework");
            write(&folder.path().join("ai-lab.toml"), "format = 1\n");
            let greet = format!("[ \"$1\" = version ] && {{ echo '{greeting}'; exit; }}");
            write(&program, &format!("#!/bin/sh\n{greet}\n{lines}\n"));
            fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("they are set");
            Self {
                folder,
                program,
                _turn: turn,
            }
        }

        fn lab(&self) -> Lab {
            Lab::at(self.folder.path()).expect("it is a lab")
        }

        fn places(&self) -> Places<'_> {
            Places {
                named: Some(&self.program),
                ..Places::default()
            }
        }

        fn run(&self, address: &str) -> Result<Completed, RunError> {
            let request = RunRequest {
                address,
                input: json!({"top": 5}),
                places: self.places(),
            };
            run(&self.lab(), &request)
        }
    }

    /// What a failure tells: messages, class, hint.
    fn told(failure: &dyn Failure) -> (Vec<String>, ErrorClass, Option<String>) {
        let mut messages = vec![failure.to_string()];
        let mut cause = failure.source();
        while let Some(error) = cause {
            messages.push(error.to_string());
            cause = error.source();
        }
        (messages, failure.class(), failure.hint())
    }

    #[test]
    fn an_action_is_called_in_the_labs_folder() {
        let answer = r#"{"format":1,"execution_id":"e-1","correlation_id":"c-1","tool":"monitoring","action":"host","profile":"standard","data":{"ok":true}}"#;
        let lines = format!("pwd > where; cat > input; echo '{answer}'");
        let scene = Scene::new(GREETING, &lines);
        let completed = scene.run("monitoring.host").expect("it is answered");
        assert_eq!(completed.data, Some(json!({"ok": true})));
        assert!(failure_of(&completed).is_none());
        let read = |name: &str| {
            fs::read_to_string(scene.folder.path().join(name)).expect("it was written")
        };
        assert_eq!(
            read("where").trim_end(),
            scene.folder.path().display().to_string()
        );
        assert_eq!(read("input"), r#"{"top":5}"#);
    }

    #[test]
    fn an_execution_that_failed_is_told_with_its_class_and_its_record() {
        let answer = r#"{"format":1,"execution_id":"e-1","correlation_id":"c-1","tool":"monitoring","action":"host","profile":"standard","error":{"class":"timeout","kind":"timeout","message":"still running after 30 s"}}"#;
        let scene = Scene::new(
            GREETING,
            &format!("cat > /dev/null; echo '{answer}'; exit 13"),
        );
        let completed = scene.run("monitoring.host").expect("it is answered");
        let failed = failure_of(&completed).expect("it failed");
        assert_eq!(
            told(&failed),
            (
                vec!["monitoring.host: still running after 30 s".to_owned()],
                ErrorClass::Timeout,
                Some("`ai-lab-framework execution show e-1` shows what is recorded".to_owned())
            )
        );
    }

    #[test]
    fn what_moves_the_cursor_or_turns_the_text_is_shown() {
        for (text, shown) in [
            ("no route: é 漢", "no route: é 漢"),
            ("a\u{1b}[2Jb\n", "a\\u{1b}[2Jb\\u{a}"),
            ("a\u{9b}b\u{7f}", "a\\u{9b}b\\u{7f}"),
            ("a\u{202e}b\u{2069}", "a\\u{202e}b\\u{2069}"),
        ] {
            assert_eq!(harmless(text), shown);
        }
    }

    #[test]
    fn a_refusal_keeps_the_frameworks_words() {
        let answer = r#"{"format":1,"error":{"class":"not_found","message":"there is no tool `x`","causes":["outer","inner"],"hint":"Look."}}"#;
        let scene = Scene::new(
            GREETING,
            &format!("cat > /dev/null; echo '{answer}'; exit 4"),
        );
        let error = scene.run("x.y").expect_err("it is refused");
        let messages = ["there is no tool `x`", "outer", "inner"].map(str::to_owned);
        assert_eq!(
            told(&error),
            (
                messages.to_vec(),
                ErrorClass::NotFound,
                Some("Look.".to_owned())
            )
        );
    }

    #[test]
    fn each_way_not_to_reach_the_framework_has_its_class() {
        let old = GREETING.replace(r#""contract":1"#, r#""contract":7"#);
        let class =
            |scene: &Scene, address| scene.run(address).expect_err("it cannot be called").class();
        let scene = Scene::new(&old, "");
        assert_eq!(class(&scene, "a.b"), ErrorClass::Incompatible);
        assert_eq!(class(&scene, "a"), ErrorClass::Usage);
        assert_eq!(class(&scene, "A.b"), ErrorClass::Usage);
        assert_eq!(class(&scene, "a.B"), ErrorClass::Usage);
        drop(scene);
        let scene = Scene::new("hello", "");
        assert_eq!(class(&scene, "a.b"), ErrorClass::Environment);
        fs::remove_file(&scene.program).expect("it is removed");
        assert_eq!(class(&scene, "a.b"), ErrorClass::Environment);
        drop(scene);
        let scene = Scene::new(GREETING, "kill -9 $$");
        assert_eq!(class(&scene, "a.b"), ErrorClass::Interrupted);
    }

    #[test]
    fn a_command_is_handed_over_in_the_labs_folder() {
        let scene = Scene::new(GREETING, "pwd > where; exit 4");
        let ended = hand_over(&scene.lab(), &scene.places(), &["tool", "list"]);
        assert_eq!(ended.expect("it is started"), Some(4));
        assert!(scene.folder.path().join("where").is_file());
    }
}
