//! `mcp clients`.

use alf_ops::{ClientRow, Framework, ToolPattern, list_clients};

use crate::output::{Ended, Output};
use crate::render::style::{WARN, harmless, styled};
use crate::render::table::{table, text};

pub(super) fn carry_out(framework: &Framework, output: &mut Output) -> Ended {
    let report = list_clients(framework)?;
    if output.is_json() {
        output.say_json(&report)?;
        return Ok(0);
    }
    if report.clients.is_empty() {
        let file = framework.surroundings().home.join("clients.toml");
        let told = format!(
            "every client may call everything; {} can say otherwise",
            file.display()
        );
        output.note(told)?;
        return Ok(0);
    }
    let mut drawn = table(&["client", "may call", "never", "said in"]);
    for client in &report.clients {
        drawn.add_row(row(client));
    }
    output.say(text(&drawn))?;
    for unmatched in &report.unmatched {
        let near = unmatched.nearest.as_ref();
        let near = near.map_or(String::new(), |near| format!("; did you mean `{near}`"));
        let told = format!("! `{}` means no tool here{near}", unmatched.pattern);
        output.note(styled(WARN, told))?;
    }
    Ok(0)
}

fn row(client: &ClientRow) -> [String; 4] {
    let name = client.client.as_deref().unwrap_or("any other");
    let never = match client.rule.deny.as_slice() {
        [] => "–".to_owned(),
        denied => names(denied),
    };
    [
        harmless(name),
        client
            .rule
            .allow
            .as_deref()
            .map_or("everything".to_owned(), names),
        never,
        harmless(&client.file.to_string_lossy()),
    ]
}

/// The patterns in a line.
pub(super) fn names(patterns: &[ToolPattern]) -> String {
    if patterns.is_empty() {
        return "nothing".to_owned();
    }
    let names: Vec<String> = patterns.iter().map(ToString::to_string).collect();
    names.join(", ")
}
