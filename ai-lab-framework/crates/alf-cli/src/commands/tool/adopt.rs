//! `tool new --mcp`.

use ai_lab_contract::{Bounded, ErrorClass, Grants, HostGrant, Profile, ToolName};
use alf_ops::{Adopted, Adoption, Failure, Framework, adopt_server};
use clap::Args;

use crate::output::{Ended, Output};
use crate::render::style::{BAD, FAINT, GOOD, HINT, harmless, styled};

/// The options for adopting an MCP server.
#[derive(Debug, Args)]
pub(crate) struct Server {
    /// Adopt an MCP server: its program and arguments, last on the line
    #[arg(long, value_name = "COMMAND", num_args = 1.., allow_hyphen_values = true, conflicts_with = "language")]
    mcp: Vec<String>,
    /// Adopt the tools whose name fits: `*` and `?` stand for anything
    #[arg(long, value_name = "GLOB", requires = "mcp")]
    include: Vec<String>,
    /// Leave out the tools whose name fits
    #[arg(long, value_name = "GLOB", requires = "mcp")]
    exclude: Vec<String>,
    /// Begin every action's name with this
    #[arg(long, value_name = "TEXT", requires = "mcp", default_value = "")]
    prefix: String,
    /// Let the server read this path
    #[arg(long, value_name = "PATH", requires = "mcp")]
    grant_read: Vec<String>,
    /// Let the server write this path
    #[arg(long, value_name = "PATH", requires = "mcp")]
    grant_write: Vec<String>,
    /// Let the server connect to this TCP port
    #[arg(long, value_name = "PORT", requires = "mcp")]
    grant_tcp: Vec<u64>,
    /// Let the server connect to this host: HOST:PORT, not beside --grant-tcp
    #[arg(
        long,
        value_name = "HOST:PORT",
        requires = "mcp",
        conflicts_with = "grant_tcp"
    )]
    grant_host: Vec<HostGrant>,
    /// Let the server see this variable
    #[arg(long, value_name = "NAME", requires = "mcp")]
    grant_environment: Vec<String>,
}

impl Server {
    pub(crate) fn is_meant(&self) -> bool {
        !self.mcp.is_empty()
    }

    pub(crate) fn carry_out(
        self,
        (name, profile, description): (ToolName, Profile, Option<String>),
        framework: &Framework,
        output: &mut Output,
    ) -> Ended {
        let ports: Result<Vec<_>, _> = self
            .grant_tcp
            .iter()
            .map(|port| Bounded::new(*port))
            .collect();
        let tcp =
            ports.map_err(|error| Failure::caused(ErrorClass::Usage, "that is no port", error))?;
        let adopted = adopt_server(
            framework,
            &Adoption {
                name,
                profile,
                description,
                command: self.mcp,
                include: self.include,
                exclude: self.exclude,
                prefix: self.prefix,
                grants: Grants {
                    read: self.grant_read,
                    write: self.grant_write,
                    tcp,
                    hosts: self.grant_host,
                    environment: self.grant_environment,
                    ..Grants::default()
                },
            },
        )?;
        if output.is_json() {
            output.say_json(&adopted)?;
            return Ok(0);
        }
        Ok(show(&adopted, output).map(|()| 0)?)
    }
}

fn show(adopted: &Adopted, output: &mut Output) -> std::io::Result<()> {
    output.say(format_args!(
        "{} {}",
        styled(GOOD, "✓"),
        adopted.folder.display()
    ))?;
    for action in &adopted.actions {
        let tool = styled(FAINT, harmless(&action.tool));
        output.say(format_args!("  {}.{}  {tool}", adopted.name, action.action))?;
        for rewritten in &action.rewritten {
            output.say(format_args!("    {}", harmless(rewritten)))?;
        }
    }
    for refused in &adopted.refused {
        let (tool, why) = (harmless(&refused.tool), harmless(&refused.why));
        output.note(format_args!(
            "{} {tool} is left out: {why}",
            styled(BAD, "!")
        ))?;
    }
    let next = format!(
        "Read what it said of itself before you run it: `ai-lab-framework tool show {}`.",
        adopted.name
    );
    output.note(styled(HINT, next))
}
