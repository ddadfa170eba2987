//! What the engines' lists alone say of trouble: one question an engine, for whoever asks often.

use std::net::SocketAddr;
use std::thread;
use std::time::Instant;

use super::engine::Engine;
use super::listing::{ContainerState, Health, Listed, parse_list, short_id};
use super::{ENGINES, MOST_ENGINES};

/// One container of an engine's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    /// The socket's name in `grants.sockets`.
    pub(crate) engine: String,
    /// Its name, or its id's first digits.
    pub(crate) name: String,
    pub(crate) condition: Condition,
}

/// Whether it is in trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    /// Its own health check fails.
    Unhealthy,
    /// It ends and is started again.
    Restarting,
    /// It could not be removed.
    Dead,
    /// Neither.
    Fine,
}

/// What the engines list. One that does not answer lists nothing: what was known of its containers stays known.
pub(crate) fn told(names: &[String], proxy: Option<SocketAddr>) -> Vec<Told> {
    let deadline = Instant::now() + ENGINES;
    let ask = |name: &str| -> Vec<Told> {
        let Some(proxy) = proxy else {
            return Vec::new();
        };
        let json = Engine { name, proxy }.get("/containers/json?all=true", deadline);
        let listed = json.ok().and_then(|json| parse_list(&json));
        let listed = listed.map(|(listed, _)| listed).unwrap_or_default();
        listed.into_iter().map(|one| of(name, one)).collect()
    };
    thread::scope(|scope| {
        let names = &names[..names.len().min(MOST_ENGINES)];
        let asking: Vec<_> = names
            .iter()
            .map(|name| scope.spawn(move || ask(name)))
            .collect();
        let answers = asking.into_iter().map(|one| one.join().unwrap_or_default());
        answers.flatten().collect()
    })
}

fn of(engine: &str, listed: Listed) -> Told {
    let condition = match (listed.state, listed.health) {
        (ContainerState::Restarting, _) => Condition::Restarting,
        (ContainerState::Dead, _) => Condition::Dead,
        (ContainerState::Running, Some(Health::Unhealthy)) => Condition::Unhealthy,
        (
            ContainerState::Running
            | ContainerState::Paused
            | ContainerState::Exited
            | ContainerState::Created
            | ContainerState::Other,
            _,
        ) => Condition::Fine,
    };
    Told {
        engine: engine.to_owned(),
        name: listed
            .name
            .unwrap_or_else(|| short_id(&listed.id).to_owned()),
        condition,
    }
}
