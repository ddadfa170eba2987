//! `monitoring`: this machine's own figures, read from `/proc` and `/sys`.
//!
//! Owns one action, `host`. Refuses to know thresholds, history and other machines: it measures, others judge.
//! Start reading at [`host`], which takes the two readings; each other module reads one part of the machine,
//! by a pure function over a file's text.

mod counters;
mod cpu;
mod disk_io;
mod disks;
mod host;
mod load;
mod machine;
mod memory;
mod mounts;
mod network;
mod notes;
mod pressure;
mod processes;
mod shown_command;
mod timer;

use std::process::ExitCode;

use ai_lab_tool::{Actions, AiTool};

use crate::host::Host;

/// The tool.
struct Monitoring;

impl AiTool for Monitoring {
    const NAME: &'static str = "monitoring";
    const DESCRIPTION: &'static str = "Reads this machine's own figures: processor, memory, load, pressure, disks, network, processes.";

    fn actions(self) -> Actions {
        Actions::new().with(Host::default())
    }
}

fn main() -> ExitCode {
    Monitoring.serve()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ai_lab_tool::contract::SchemaSource;
    use std::path::Path;

    /// Compares with the committed files; `AI_LAB_BLESS=1` writes them anew.
    #[test]
    #[expect(
        clippy::disallowed_methods,
        reason = "blessing schemas is this test's own door"
    )]
    fn the_committed_schemas_are_those_of_the_types() {
        let host = Monitoring
            .actions()
            .describe::<Monitoring>()
            .actions
            .remove("host")
            .expect("because the tool has it");
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas");
        for (file, source) in [
            ("host.input.json", host.input),
            ("host.output.json", host.output),
        ] {
            let SchemaSource::Inline(schema) = source else {
                panic!("a description has its schemas inline");
            };
            let generated = serde_json::to_string_pretty(&schema).expect("a schema is JSON") + "\n";
            if std::env::var_os("AI_LAB_BLESS").is_some() {
                std::fs::write(folder.join(file), &generated).expect("the folder is writable");
            }
            let committed = std::fs::read_to_string(folder.join(file)).unwrap_or_default();
            assert!(
                committed == generated,
                "{file} differs: run with AI_LAB_BLESS=1"
            );
        }
    }
}
