//! `rights`: what this user may do, before anything is tried.

use ai_lab_tool::{Action, Effects, ToolContext, ToolFailure};
use schemars::JsonSchema;
use serde::Serialize;
use tr064::services;

use super::NoInput;
use crate::session::with_session;
use crate::surroundings::Surroundings;
use crate::table;

/// What this user may do.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Output {
    /// Who logs in.
    user: Option<String>,
    /// The rights, as the router names them, and how far they go.
    rights: Vec<Right>,
    /// Which actions of this tool that is enough for.
    actions: Vec<ActionRight>,
    /// Sentences about what to know.
    notes: Vec<String>,
}

/// A right.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Right {
    /// Such as `BoxAdmin`, `Phone`, `HomeAuto`.
    name: String,
    /// `none`, `readonly` or `readwrite`.
    access: String,
}

/// An action, and whether the rights are enough.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ActionRight {
    /// The action.
    action: &'static str,
    /// Whether the rights are enough.
    allowed: bool,
    /// Any of these rights is; none is needed where nothing stands.
    needs: &'static [&'static str],
}

/// Which rights an action needs, by AVM's tables; any one of them will do.
const NEEDS: &[(&str, &[&str])] = &[
    ("discover", &[]),
    ("trust", &[]),
    ("rights", &[]),
    ("wan", &[]),
    ("wake", &[]),
    (
        "device",
        &["BoxAdmin", "AppRemote", "Phone", "NAS", "HomeAuto"],
    ),
    ("log", &["BoxAdmin"]),
    ("hosts", &["BoxAdmin", "AppRemote", "Phone"]),
    ("wifi", &["BoxAdmin", "AppRemote"]),
    ("guest_wifi", &["BoxAdmin", "AppRemote"]),
    ("forwardings", &["BoxAdmin"]),
    ("forwarding", &["BoxAdmin"]),
    ("reconnect", &["BoxAdmin"]),
    ("reboot", &["BoxAdmin"]),
    ("calls", &["Phone"]),
    ("switches", &["HomeAuto"]),
    ("switch", &["HomeAuto"]),
];

/// The action.
#[derive(Debug)]
pub(crate) struct Rights(pub(crate) Surroundings);

impl Action for Rights {
    const NAME: &'static str = "rights";
    const DESCRIPTION: &'static str = "Says as whom this tool logs in, which rights that user has and which actions they are enough for.";
    const EFFECTS: Effects = Effects::READ_ONLY.open_world();
    type Input = NoInput;
    type Output = Output;

    fn run(&self, _input: NoInput, context: &ToolContext) -> Result<Output, ToolFailure> {
        with_session(&self.0, context, |session| {
            let answer = session.read(&services::SECURITY, "X_AVM-DE_GetCurrentUser", &[])?;
            let rights = parse_rights(
                answer
                    .text("X_AVM-DE_CurrentUserRights")
                    .unwrap_or_default(),
            );
            if rights.is_empty() {
                session.note("this FRITZ!OS does not say which rights there are");
            }
            let has = |name: &&str| {
                rights
                    .iter()
                    .any(|right| right.name == *name && right.access != "none")
            };
            let actions = NEEDS.iter().map(|(action, needs)| ActionRight {
                action,
                allowed: needs.is_empty() || needs.iter().any(has),
                needs,
            });
            Ok(Output {
                user: answer.filled("X_AVM-DE_CurrentUsername").map(str::to_owned),
                actions: actions.collect(),
                rights,
                notes: session.notes(),
            })
        })
    }
}

/// `<rights><path>BoxAdmin</path><access>readwrite</access>…</rights>`: names and accesses take turns.
fn parse_rights(text: &str) -> Vec<Right> {
    let column = |name| {
        let rows = table::texts(text, name).unwrap_or_default();
        rows.into_iter()
    };
    column("path")
        .zip(column("access"))
        .map(|(name, access)| Right { name, access })
        .collect()
}
