//! `secret rotate`.

use ai_lab_contract::SecretName;
use alf_ops::{Framework, StillThere, Where, rotate_secret, secret_value};
use clap::Args;

use super::source::Source;
use crate::output::{Ended, Output};
use crate::render::amount::counted;
use crate::render::style::{GOOD, WARN, harmless, styled};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The secret's name
    name: SecretName,
    #[command(flatten)]
    source: Source,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let value = secret_value(self.source.bytes(framework, &self.name)?)?;
        let rotated = rotate_secret(framework, &self.name, &value)?;
        if output.is_json() {
            output.say_json(&rotated)?;
            return Ok(0);
        }
        let mark = styled(GOOD, "✓");
        output.say(format_args!("{mark} {} has another value", rotated.name))?;
        show(&rotated.old_value, output)
    }
}

fn show(old: &StillThere, output: &mut Output) -> Ended {
    let looked_at = format!("{} rows and files looked at", old.looked_at);
    if old.count == 0 {
        output.say(format_args!("the old one stands nowhere ({looked_at})"))?;
    } else {
        let places = counted(old.count, "place");
        output.say(format_args!("the old one still stands in {places}:"))?;
    }
    for place in &old.places {
        output.say(format_args!("  {}", harmless(&said(place))))?;
    }
    if old.count > old.places.len() {
        let more = old.count - old.places.len();
        output.say(format_args!("  and in {more} more"))?;
    }
    for path in &old.unread {
        let told = format!(
            "! {} could not be looked at",
            harmless(&path.display().to_string())
        );
        output.note(styled(WARN, told))?;
    }
    Ok(0)
}

fn said(place: &Where) -> String {
    match place {
        Where::Execution(id) => format!("the execution {id}"),
        Where::Log(position) => format!("the log line {position}"),
        Where::Session(id) => format!("the session {id}"),
        Where::Setting(key) => format!("the configuration {key}"),
        Where::File(path) => path.display().to_string(),
    }
}
