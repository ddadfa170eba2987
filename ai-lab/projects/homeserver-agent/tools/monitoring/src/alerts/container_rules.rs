//! What containers say to the rules. Takes what the engines listed and gives observations.

use super::observation::Observation;
use super::rule::Rule;
use crate::containers::{Condition, Told};
use crate::shell::quoted;

/// Every container that an engine listed: what is well ends what was not.
pub(crate) fn observe(told: &[Told]) -> Vec<Observation> {
    told.iter().map(of_container).collect()
}

fn of_container(told: &Told) -> Observation {
    let Told {
        engine,
        name,
        condition,
    } = told;
    let (is_bad, state) = match condition {
        Condition::Unhealthy => (true, "fails its health check"),
        Condition::Restarting => (true, "ends and is started again"),
        Condition::Dead => (true, "is dead and could not be removed"),
        Condition::Fine => (false, "is not in trouble"),
    };
    let sentence = format!("the container {name} ({engine}) {state}");
    // Whatever a socket of one's own is named, Podman's program speaks of its containers and Docker's of all others.
    let program = if engine.contains("podman") {
        "podman"
    } else {
        "docker"
    };
    let next = format!("{program} logs --tail 50 {}", quoted(name));
    let subject = format!("{engine}/{name}");
    Observation::state(Rule::ContainerUnhealthy, &subject, is_bad, &sentence, next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_container_in_trouble_is_bad_by_its_engine_and_name_and_any_other_is_well() {
        let seen: Vec<_> = [
            ("docker", "db", Condition::Unhealthy),
            ("podman", "it's", Condition::Restarting),
            ("docker", "gone", Condition::Dead),
            ("docker", "web", Condition::Fine),
        ]
        .map(|(engine, name, condition)| Told {
            engine: engine.to_owned(),
            name: name.to_owned(),
            condition,
        })
        .iter()
        .map(of_container)
        .map(|one| (one.key(), one.value > 0.5, one.sentence, one.next))
        .collect();
        let row = |key: &str, is_bad, sentence: &str, next: &str| {
            (key.to_owned(), is_bad, sentence.to_owned(), next.to_owned())
        };
        assert_eq!(
            seen,
            [
                row(
                    "container_unhealthy:docker/db",
                    true,
                    "the container db (docker) fails its health check",
                    "docker logs --tail 50 db",
                ),
                row(
                    "container_unhealthy:podman/it's",
                    true,
                    "the container it's (podman) ends and is started again",
                    &format!("podman logs --tail 50 {}", quoted("it's")),
                ),
                row(
                    "container_unhealthy:docker/gone",
                    true,
                    "the container gone (docker) is dead and could not be removed",
                    "docker logs --tail 50 gone",
                ),
                row(
                    "container_unhealthy:docker/web",
                    false,
                    "the container web (docker) is not in trouble",
                    "docker logs --tail 50 web",
                ),
            ]
        );
    }
}
