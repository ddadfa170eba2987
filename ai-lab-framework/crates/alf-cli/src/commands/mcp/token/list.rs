//! `mcp token list`.

use alf_ops::{Framework, TokenRow, list_tokens};

use crate::commands::mcp::clients::names;
use crate::output::{Ended, Output};
use crate::render::amount::{ago, instant};
use crate::render::style::{BAD, styled};
use crate::render::table::{table, text};

pub(super) fn carry_out(framework: &Framework, output: &mut Output) -> Ended {
    let list = list_tokens(framework)?;
    if output.is_json() {
        output.say_json(&list)?;
        return Ok(0);
    }
    if list.tokens.is_empty() {
        output.note("there is no token; `ai-lab-framework mcp token create NAME` makes one")?;
        return Ok(0);
    }
    let now = framework.surroundings().clock.now_ms();
    let mut drawn = table(&["token", "for", "made", "until"]);
    for token in &list.tokens {
        drawn.add_row(row(token, now));
    }
    output.say(text(&drawn))?;
    Ok(0)
}

fn row(token: &TokenRow, now: i64) -> [String; 4] {
    let until = match token.expires_at_ms {
        None => "it is taken back".to_owned(),
        Some(at) if token.expired => styled(BAD, format_args!("{} (over)", instant(at))),
        Some(at) => instant(at),
    };
    [
        token.name.clone(),
        token
            .tools
            .as_deref()
            .map_or("every tool".to_owned(), names),
        ago(token.created_at_ms, now),
        until,
    ]
}
