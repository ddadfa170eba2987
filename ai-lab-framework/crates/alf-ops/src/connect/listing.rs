//! `connect --list`.

use std::path::PathBuf;

use alf_connect::{Client, Scope};
use serde::Serialize;

use super::examine::standings;
use crate::failure::Failure;
use crate::framework::Framework;

/// One connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ConnectionRow {
    /// Which client.
    pub client: Client,
    /// For whom.
    pub scope: Scope,
    /// The client's file.
    pub file: PathBuf,
    /// What is wrong with it, as far as files tell; empty when all is well.
    pub troubles: Vec<String>,
}

/// The connections of this lab and of the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ConnectionList {
    /// The form of this answer: 1.
    pub format: u32,
    /// By client, the lab's before the person's.
    pub connections: Vec<ConnectionRow>,
}

/// Lists the connections of this lab and of the person. Starts nothing: `doctor` does.
pub fn list_connections(framework: &Framework) -> Result<ConnectionList, Failure> {
    let rows = standings(framework)?
        .into_iter()
        .map(|standing| ConnectionRow {
            client: standing.client,
            scope: standing.scope,
            file: standing.file,
            troubles: standing
                .troubles
                .into_iter()
                .map(|(_, told)| told)
                .collect(),
        });
    Ok(ConnectionList {
        format: 1,
        connections: rows.collect(),
    })
}
