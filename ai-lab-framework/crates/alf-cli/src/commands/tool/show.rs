//! `tool show`.

use ai_lab_contract::{Action, GetPattern};
use alf_ops::{Framework, ToolDetail, show_tool};
use clap::Args;

use crate::output::{Ended, Output};
use crate::render::style::{FAINT, HEAD, HINT, WARN, harmless, styled};
use crate::render::{amount, value};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The tool's name
    name: String,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let detail = show_tool(framework, &self.name)?;
        if output.is_json() {
            output.say_json(&detail)?;
            return Ok(0);
        }
        let manifest = &detail.found.manifest;
        let title = styled(HEAD, format_args!("{} {}", manifest.name, manifest.version));
        output.say(format_args!(
            "{title}  {}, {}",
            manifest.profile, detail.found.origin
        ))?;
        output.say(harmless(&manifest.description))?;
        output.say("")?;
        for (name, action) in detail.actions() {
            let address = styled(HINT, format_args!("{}.{name}", manifest.name));
            match traits(action).as_str() {
                "" => output.say(address)?,
                traits => output.say(format_args!("{address}  {}", styled(FAINT, traits)))?,
            }
            output.say(format_args!("  {}", harmless(&action.description)))?;
        }
        output.say("")?;
        output.say(bounds(&detail))?;
        super::list::unproven(&manifest.name, manifest.profile, detail.standing, output)?;
        for why in detail.not_loaded.iter().flatten() {
            output.note(format_args!("{} {}", styled(WARN, "!"), harmless(why)))?;
        }
        Ok(0)
    }
}

fn traits(action: &Action) -> String {
    let traits = [
        (action.read_only, "read-only"),
        (action.destructive, "destructive"),
        (action.idempotent, "idempotent"),
        (action.open_world, "open-world"),
    ];
    traits
        .into_iter()
        .filter(|(holds, _)| *holds)
        .map(|(_, word)| word)
        .collect::<Vec<_>>()
        .join(", ")
}

fn bounds(detail: &ToolDetail) -> String {
    let manifest = &detail.found.manifest;
    let limits = &manifest.limits;
    #[expect(clippy::cast_precision_loss, reason = "shown with one digit")]
    let size = |bytes: u64| amount::bytes(bytes as f64);
    let sockets: Vec<String> = manifest
        .grants
        .sockets
        .iter()
        .map(|socket| {
            let get: Vec<&str> = socket.get.iter().map(GetPattern::as_str).collect();
            format!("{} ({}): GET {}", socket.name, socket.path, get.join(" "))
        })
        .collect();
    value::lines(&serde_json::json!({
        "folder": detail.found.folder,
        "command": manifest.run.command,
        "digest": detail.digest,
        "limits": format!(
            "{} run, {} output, {} log",
            amount::micros(limits.run_ms.get() * 1_000),
            size(limits.output_bytes.get()),
            size(limits.log_bytes.get())
        ),
        "reads": manifest.grants.read,
        "writes": manifest.grants.write,
        "tcp_ports": manifest.grants.tcp,
        "hosts": manifest.grants.hosts,
        "sockets": sockets,
        "environment": manifest.grants.environment,
        "secrets": manifest.grants.secrets,
    }))
}
