//! `tool run`.

use std::os::fd::AsFd as _;
use std::path::PathBuf;
use std::time::Duration;

use ai_lab_contract::{CorrelationId, ErrorClass, ExecutionId, SessionId};
use alf_config::KeyPath;
use alf_ops::{
    Call, CallPlan, Completed, Failure, Framework, StandIn, destructive_plan, plan_tool, run_tool,
    start_in_background, tend, typed_configuration,
};
use alf_schema::strict_json;
use clap::Args;
use serde_json::{Map, Value, json};

use crate::commands::CommandError;
use crate::door::{Place, asked, is_a_person_there, read_input};
use crate::output::{Ended, Output};
use crate::render::amount::micros;
use crate::render::style::{BAD, FAINT, GOOD, WARN, harmless, styled};
use crate::render::value;

/// The longest input taken, in bytes.
const INPUT_BYTES: u64 = 67_108_864;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Which action: TOOL.ACTION
    #[arg(value_name = "TOOL.ACTION")]
    address: String,
    /// Fields of the input: KEY=VALUE, the value as JSON if it is JSON, else as text
    #[arg(value_name = "KEY=VALUE")]
    fields: Vec<String>,
    /// The whole input: JSON, @FILE, or - for standard input
    #[arg(long, short, value_name = "JSON", conflicts_with = "fields")]
    input: Option<String>,
    /// Keep context in this session
    #[arg(long, value_name = "ID")]
    session: Option<SessionId>,
    /// Record it as part of this piece of work
    #[arg(long, value_name = "ID")]
    correlation: Option<CorrelationId>,
    /// Configure this call alone: KEY=VALUE, over every other layer
    #[arg(long, value_name = "KEY=VALUE")]
    config: Vec<String>,
    /// Wait at most so many seconds; shortens the tool's own limit
    #[arg(long, value_name = "SECONDS")]
    timeout: Option<f64>,
    /// Show what would be done, with nothing left to choose; run and record nothing
    #[arg(long)]
    plan: bool,
    /// Print the execution's id as soon as it has begun, and let it run in a process of its own
    #[arg(long, conflicts_with = "plan")]
    background: bool,
    /// Do not ask at the terminal before a destructive action
    #[arg(long)]
    yes: bool,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let (only_plan, in_background, sure) = (self.plan, self.background, self.yes);
        let call = self.call(framework)?;
        if only_plan {
            return show_plan(&plan_tool(framework, &call)?, output);
        }
        // A script has nobody to ask: who started it has decided.
        if !sure && is_a_person_there() {
            ask_before(framework, &call, output)?;
        }
        if in_background {
            return show_begun(&start_in_background(framework, &call)?, output);
        }
        let completed = run_tool(framework, &call, Some(ctrl_c()?.as_fd()))?;
        let shown = show(&completed, output);
        tend(framework);
        exit_code(&completed, shown)
    }

    fn call(self, framework: &Framework) -> Result<Call, Failure> {
        let usage = |error| {
            Failure::caused(
                ErrorClass::Usage,
                "cannot tell which action is meant",
                error,
            )
        };
        let Some((tool, action)) = self.address.split_once('.') else {
            return Err(whole_tool(framework, &self.address));
        };
        let patience = self.timeout.map(seconds).transpose()?;
        let tool = tool.parse().map_err(usage)?;
        let config = typed_configuration(framework, &tool, &configured(&self.config)?)?;
        Ok(Call {
            tool,
            action: action.parse().map_err(usage)?,
            input: match &self.input {
                Some(text) => whole_input("--input", text)?,
                None => Value::Object(fields(&self.fields)?),
            },
            session: self.session,
            correlation: self.correlation,
            patience,
            config,
            repeats: None,
            client: None,
            execution_id: None,
        })
    }
}

/// The answer's exit code, where the answer was shown.
pub(crate) fn exit_code(completed: &Completed, shown: std::io::Result<()>) -> Ended {
    let error = completed.error.as_ref();
    let code = error.map_or(0, |error| error.class.exit_code());
    match shown {
        // Whoever has read enough still learns how the tool ended.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(code),
        shown => Ok(shown.map(|()| code)?),
    }
}

/// Lets a person decide on what may destroy something.
fn ask_before(framework: &Framework, call: &Call, output: &mut Output) -> Result<(), CommandError> {
    let Some(plan) = destructive_plan(framework, call)? else {
        return Ok(());
    };
    for line in plan {
        output.note(format_args!("{} {}", styled(WARN, "!"), harmless(&line)))?;
    }
    if asked("It may destroy something. Run it?")? {
        return Ok(());
    }
    let told = "nothing was run";
    Err(Failure::new(ErrorClass::Cancelled, told)
        .with_hint("`--yes` runs it without asking, `--plan` shows more of what it would do.")
        .into())
}

fn show_begun(execution: &ExecutionId, output: &mut Output) -> Ended {
    if output.is_json() {
        output.say_json(&json!({ "format": 1, "execution_id": execution, "state": "running" }))?;
    } else {
        output.say(execution)?;
        let next = format!("ai-lab-framework execution wait {execution}");
        output.note(styled(
            FAINT,
            format_args!("runs in the background; `{next}`"),
        ))?;
    }
    Ok(0)
}

/// A time to wait.
pub(crate) fn seconds(seconds: f64) -> Result<Duration, Failure> {
    Duration::try_from_secs_f64(seconds).map_err(|_| {
        let told = format!("{seconds} is no time to wait");
        Failure::new(ErrorClass::Usage, told).with_hint("Give seconds, such as 2.5.")
    })
}

/// Keys and their values as they were typed.
fn configured(pairs: &[String]) -> Result<Vec<(KeyPath, String)>, Failure> {
    let usage = |told: String| {
        Failure::new(ErrorClass::Usage, told).with_hint("Give it as `--config router.host=nas`.")
    };
    let mut configured = Vec::new();
    for pair in pairs {
        let (key, text) = pair
            .split_once('=')
            .ok_or_else(|| usage(format!("`{}` is no KEY=VALUE", harmless(pair))))?;
        let key = KeyPath::parse(key).map_err(|error| usage(error.to_string()))?;
        configured.push((key, text.to_owned()));
    }
    Ok(configured)
}

/// A tool's name alone: says which actions it has.
fn whole_tool(framework: &Framework, name: &str) -> Failure {
    match framework.find(name) {
        Err(failure) => failure,
        Ok(found) => {
            let actions: Vec<String> = found
                .manifest
                .actions
                .keys()
                .map(|action| format!("`{name}.{action}`"))
                .collect();
            Failure::new(
                ErrorClass::Usage,
                format!("`{name}` is a tool; name one of its actions"),
            )
            .with_hint(format!("It has {}.", actions.join(", ")))
        }
    }
}

/// JSON, `@FILE`, or `-` for standard input.
pub(crate) fn whole_input(name: &str, text: &str) -> Result<Value, Failure> {
    let (name, bytes) = match text.strip_prefix('@') {
        Some(path) => (
            path,
            read_input(&Place::File(PathBuf::from(path)), INPUT_BYTES),
        ),
        None if text == "-" => ("standard input", read_input(&Place::Stdin, INPUT_BYTES)),
        None => (name, Ok(text.as_bytes().to_vec())),
    };
    let bytes = bytes.map_err(|error| {
        Failure::caused(ErrorClass::Usage, format!("cannot read {name}"), error)
    })?;
    strict_json::parse(&bytes).map_err(|error| {
        Failure::caused(
            ErrorClass::InvalidInput,
            format!("{name} holds no JSON to use"),
            error,
        )
    })
}

fn fields(pairs: &[String]) -> Result<Map<String, Value>, Failure> {
    let mut object = Map::new();
    for pair in pairs {
        let Some((key, text)) = pair.split_once('=') else {
            let told = format!("`{}` is no KEY=VALUE", harmless(pair));
            return Err(Failure::new(ErrorClass::Usage, told)
                .with_hint("Give fields as `top=5`, or the whole input with --input."));
        };
        let value =
            strict_json::parse(text.as_bytes()).unwrap_or_else(|_| Value::String(text.to_owned()));
        if object.insert(key.to_owned(), value).is_some() {
            return Err(Failure::new(
                ErrorClass::Usage,
                format!("`{}` is given twice", harmless(key)),
            ));
        }
    }
    Ok(object)
}

/// A pipe that becomes readable at Ctrl-C or a request to end.
pub(crate) fn ctrl_c() -> Result<std::io::PipeReader, Failure> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let unwatched =
        |error| Failure::caused(ErrorClass::Environment, "cannot watch for Ctrl-C", error);
    let (reader, writer) = std::io::pipe().map_err(unwatched)?;
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        let writer = writer.try_clone().map_err(unwatched)?;
        signal_hook::low_level::pipe::register(signal, writer).map_err(unwatched)?;
    }
    Ok(reader)
}

fn show_plan(plan: &CallPlan, output: &mut Output) -> Ended {
    if output.is_json() {
        output.say_json(plan)?;
    } else {
        let plan = serde_json::to_value(plan).expect("because a plan has text keys only");
        output.say(value::lines(&plan))?;
    }
    Ok(0)
}

/// What stands between the call and its answer: hand-offs, retries, a stand-in.
fn show_way(completed: &Completed, output: &mut Output) -> std::io::Result<()> {
    for step in &completed.chain {
        let text = format!("{}.{} handed over", step.tool, step.action);
        output.note(styled(FAINT, format_args!("{text}  {}", step.execution_id)))?;
    }
    if completed.attempts > 1 {
        let text = format!("tried {} times", completed.attempts);
        output.note(styled(FAINT, text))?;
    }
    let Some(stood_in) = &completed.fallback else {
        return Ok(());
    };
    let told = harmless(&stood_in.error.message);
    let by = match &stood_in.by {
        StandIn::Action(action) => format!("`{action}` answers instead"),
        StandIn::Stale { age_s, .. } => {
            format!(
                "stale: the answer of {} ago",
                micros(age_s.saturating_mul(1_000_000))
            )
        }
    };
    output.note(format_args!("{} {told}; {by}", styled(WARN, "!")))
}

pub(crate) fn show(completed: &Completed, output: &mut Output) -> std::io::Result<()> {
    if output.is_json() {
        return output.say_json(completed);
    }
    if let Some(data) = &completed.data {
        output.say(value::lines(data))?;
    }
    for warning in &completed.warnings {
        output.note(format_args!("{} {}", styled(WARN, "!"), harmless(warning)))?;
    }
    for kept in &completed.artifacts {
        let path = kept.path.to_string_lossy();
        output.note(styled(FAINT, format_args!("kept {}", harmless(&path))))?;
    }
    show_way(completed, output)?;
    let address = format!("{}.{}", completed.tool, completed.action);
    let took = micros(completed.durations.run_us);
    let record = if completed.recorded {
        format!("recorded as {}", completed.execution_id)
    } else {
        "not recorded".to_owned()
    };
    let record = styled(FAINT, record);
    match &completed.error {
        None => output.note(format_args!(
            "{} {address} in {took}  {record}",
            styled(GOOD, "✓")
        )),
        Some(error) => {
            let told = harmless(&error.message);
            let class = error.class.as_str();
            output.note(format_args!(
                "{} {address}: {told} ({class})  {record}",
                styled(BAD, "✗")
            ))
        }
    }
}
