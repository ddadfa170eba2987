//! One call through the runtime, checked and recorded, against a bare start of the same program.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};

use ai_lab_contract::Profile;
use alf_ops::{Call, Client, Clock, Framework, Surroundings, run_tool};
use serde_json::json;

use crate::{Measured, turns::Turns};

/// Writes a lab with the trivial tool and calls it, each call beside a bare start with the same line to read.
pub(crate) fn measure(programs: &Path, profile: Profile, rounds: usize) -> Measured {
    let lab = tempfile::tempdir()?;
    let tool = lab.path().join("tools/trivial");
    write_tool(&tool, "trivial", profile)?;
    let program = tool.join("trivial-tool");
    fs::copy(programs.join("trivial-tool"), &program)?;
    let request = lab.path().join("request.json");
    write(
        &request,
        r#"{"contract":1,"execution_id":"e","correlation_id":"c","action":"echo","input":{"text":"hi"}}"#,
    )?;
    let framework = Framework::new(surroundings(lab.path(), &programs.join("ai-lab-framework")));
    let call = Call {
        tool: "trivial".parse()?,
        action: "echo".parse()?,
        input: json!({ "text": "hi" }),
        session: None,
        correlation: None,
        patience: None,
        config: serde_json::Map::new(),
        repeats: None,
    };
    Turns::take(
        rounds,
        || match run_tool(&framework, &call, None)?.error {
            None => Ok(()),
            Some(error) => Err(error.message.into()),
        },
        || bare(&program, &request),
    )
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
) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(folder)?;
    let manifest = format!(
        "contract = 1\nname = \"{name}\"\nversion = \"0.1.0\"\ndescription = \"Says back what it is told.\"\n\
         profile = \"{profile}\"\n\n[run]\ncommand = [\"./trivial-tool\"]\n\n[actions.echo]\n\
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
