//! One call through the runtime, checked, confined and recorded, against the same program without all that.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use ai_lab_contract::Profile;
use alf_ops::{
    Call, Client, Clock, Durations, Framework, Surroundings, lock_tools, run_tool, show_execution,
};
use serde_json::{Map, json};

use crate::turns::{Turns, median};

/// How the trivial tool is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    /// A process a call; the baseline starts the same program bare and waits for it.
    Exec,
    /// One process for all calls; the baseline is a line there and back through the pipes of the same program.
    Worker,
}

/// Calls beside their baseline, and where their time went.
pub(crate) struct Called {
    pub(crate) turns: Turns,
    /// The sandbox's level.
    pub(crate) level: String,
    durations: Vec<Durations>,
}

impl Called {
    /// One line with the medians of the parts of a call.
    pub(crate) fn stages(&self) -> String {
        let of = |part: fn(&Durations) -> u64| {
            #[expect(clippy::cast_precision_loss, reason = "microseconds of one call")]
            median(
                self.durations
                    .iter()
                    .map(|durations| part(durations) as f64),
            )
        };
        format!(
            "    of it: load and plan {:.0}, record the start {:.0}, start {:.0}, run and end {:.0}, the rest is judging, \
             recording the end, upkeep",
            of(|durations| durations.queue_us),
            of(|durations| durations.record_us),
            of(|durations| durations.start_us),
            of(|durations| durations.run_us),
        )
    }
}

/// Writes a lab with the trivial tool and calls it, each call beside its baseline.
pub(crate) fn measure(
    programs: &Path,
    profile: Profile,
    kept: Kept,
    rounds: usize,
) -> Result<Called, Box<dyn Error>> {
    let lab = tempfile::tempdir()?;
    let root = lab.path().canonicalize()?;
    write(&root.join("ai-lab.toml"), "")?;
    let tool = root.join("tools/trivial");
    write_tool(&tool, "trivial", profile, kept)?;
    let program = tool.join("trivial-tool");
    fs::copy(programs.join("trivial-tool"), &program)?;
    let framework = Framework::new(surroundings(&root, &programs.join("ai-lab-framework")));
    // What production runs is pinned.
    lock_tools(&framework, &[])?;
    let call = Call {
        tool: "trivial".parse()?,
        action: "echo".parse()?,
        input: json!({ "text": "hi" }),
        session: None,
        correlation: None,
        patience: None,
        config: Map::new(),
        repeats: None,
        client: None,
        execution_id: None,
    };
    let mut last = None;
    let mut durations = Vec::with_capacity(rounds);
    let mut called = || {
        let completed = run_tool(&framework, &call, None)?;
        last = Some(completed.execution_id);
        durations.push(completed.durations);
        completed
            .error
            .map_or(Ok(()), |error| Err(error.message.into()))
    };
    let turns = match kept {
        Kept::Exec => {
            let request = root.join("request.json");
            write(&request, REQUEST)?;
            Turns::take(rounds, &mut called, || bare(&program, &request))
        }
        Kept::Worker => {
            let mut pipes = Pipes::open(&program)?;
            Turns::take(rounds, &mut called, || pipes.there_and_back())
        }
    }?;
    let last = last.ok_or("nothing was called")?;
    let level = show_execution(&framework, last.as_str())?
        .execution
        .start
        .sandbox;
    Ok(Called {
        turns,
        level,
        durations,
    })
}

/// What the baseline sends.
const REQUEST: &str = concat!(
    r#"{"contract":1,"execution_id":"e","correlation_id":"c","action":"echo","input":{"text":"hi"}}"#,
    "\n"
);

/// The same program, kept, with nothing between.
struct Pipes {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Pipes {
    #[expect(clippy::disallowed_methods, reason = "the baseline is a bare start")]
    fn open(program: &Path) -> Result<Self, Box<dyn Error>> {
        let mut child = Command::new(program)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let input = child.stdin.take().ok_or("no pipe to the program")?;
        let output = child.stdout.take().ok_or("no pipe from the program")?;
        Ok(Self {
            child,
            input,
            output: BufReader::new(output),
        })
    }

    fn there_and_back(&mut self) -> Result<(), Box<dyn Error>> {
        self.input.write_all(REQUEST.as_bytes())?;
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        if line.ends_with('\n') {
            Ok(())
        } else {
            Err("the bare program stopped answering".into())
        }
    }
}

impl Drop for Pipes {
    fn drop(&mut self) {
        // It is a program of ours without children; whatever it says now interests nobody.
        let _gone = self.child.kill();
        let _ended = self.child.wait();
    }
}

#[expect(clippy::disallowed_methods, reason = "the baseline is a bare start")]
fn bare(program: &Path, request: &Path) -> Result<(), Box<dyn Error>> {
    let status = Command::new(program)
        .env_clear()
        .stdin(File::open(request)?)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("the bare program ended with {status}").into())
    }
}

/// The folder of one tool, without its program.
pub(crate) fn write_tool(
    folder: &Path,
    name: &str,
    profile: Profile,
    kept: Kept,
) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(folder)?;
    let kind = match kept {
        Kept::Exec => "exec",
        Kept::Worker => "worker",
    };
    let manifest = format!(
        "contract = 1\nname = \"{name}\"\nversion = \"0.1.0\"\ndescription = \"Says back what it is told.\"\n\
         profile = \"{profile}\"\n\n[run]\nkind = \"{kind}\"\ncommand = [\"./trivial-tool\"]\n\n[actions.echo]\n\
         description = \"Says it back.\"\nread_only = true\n\
         input = {{ type = \"object\", properties = {{ text = {{ type = \"string\" }} }} }}\n\
         output = {{ type = \"object\", properties = {{ text = {{ type = \"string\" }} }} }}\n"
    );
    write(&folder.join("tool.toml"), &manifest)
}

#[expect(clippy::disallowed_methods, reason = "files of a throw-away lab")]
pub(crate) fn write(path: &Path, text: &str) -> Result<(), Box<dyn Error>> {
    Ok(fs::write(path, text)?)
}

fn surroundings(lab: &Path, executable: &Path) -> Surroundings {
    Surroundings {
        home: lab.join("home"),
        instance: Some(lab.to_owned()),
        variables: BTreeMap::new(),
        path: "/usr/bin:/bin".to_owned(),
        executable: executable.to_owned(),
        client: Client {
            name: "bench".into(),
            version: "0".into(),
            protocol: "cli/1".into(),
        },
        host: "bench".to_owned(),
        user: None,
        clock: Clock::system(),
    }
}
