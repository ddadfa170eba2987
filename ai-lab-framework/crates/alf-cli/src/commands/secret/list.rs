//! `secret list`.

use alf_ops::{Framework, GrantRow, GrantState, SecretRow, list_secrets};

use crate::output::{Ended, Output};
use crate::render::amount::ago;
use crate::render::style::{WARN, styled};
use crate::render::table::{table, text};

pub(super) fn carry_out(framework: &Framework, output: &mut Output) -> Ended {
    let list = list_secrets(framework)?;
    if output.is_json() {
        output.say_json(&list)?;
        return Ok(0);
    }
    if list.secrets.is_empty() {
        output.note("there is no secret; `ai-lab-framework secret set NAME` keeps one")?;
    } else {
        let now = framework.surroundings().clock.now_ms();
        let mut drawn = table(&["secret", "kept in", "set", "granted to"]);
        for secret in &list.secrets {
            drawn.add_row(row(secret, now));
        }
        output.say(text(&drawn))?;
    }
    for credential in &list.unusable {
        let told = format!("! the credential {}: {}", credential.name, credential.why);
        output.note(styled(WARN, told))?;
    }
    Ok(0)
}

fn row(secret: &SecretRow, now: i64) -> [String; 4] {
    let granted: Vec<String> = secret.granted_to.iter().map(tool).collect();
    [
        secret.name.to_string(),
        secret.kept_in.as_str().to_owned(),
        secret.set_at_ms.map_or("–".to_owned(), |at| ago(at, now)),
        if granted.is_empty() {
            "nobody".to_owned()
        } else {
            granted.join(", ")
        },
    ]
}

fn tool(grant: &GrantRow) -> String {
    let name = &grant.tool;
    match grant.state {
        GrantState::Current => name.to_string(),
        GrantState::Changed => styled(WARN, format_args!("{name} (changed since)")),
        GrantState::Elsewhere => styled(WARN, format_args!("{name} (not the tool here)")),
    }
}
