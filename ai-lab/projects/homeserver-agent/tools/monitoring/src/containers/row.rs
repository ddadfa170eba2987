//! One row of the answer, what is wrong with it, and its place: the worst first.

use std::cmp::Reverse;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::listing::{ContainerState, Health, Inspected, Listed, short_id};
use super::usage::Usage;

/// From how much of its bound on a container has too much memory, in percent.
const NEARLY_FULL_PERCENT: f64 = 90.0;

/// How often a container may have been started again without that being told.
const FEW_RESTARTS: u64 = 2;

/// The numbers that a program ends with when it is asked to: by the signals INT, KILL and TERM. Killed is also who did not
/// end in time.
const ASKED_TO_END: [i64; 3] = [130, 137, 143];

/// One container. A field is `null` where nobody tells it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Container {
    /// Who runs it: the socket's name in `grants.sockets`, or `docker` or `podman` where it was seen by its control group.
    pub(crate) engine: String,
    /// Its id's first twelve digits.
    pub(crate) id: String,
    /// Its name.
    pub(crate) name: Option<String>,
    /// The image, as it was asked for.
    pub(crate) image: Option<String>,
    /// What it does.
    pub(crate) state: ContainerState,
    /// What its own health check says; `null` without one.
    pub(crate) health: Option<Health>,
    /// What is wrong with it, the worst first; empty when nothing is seen.
    pub(crate) problems: Vec<String>,
    /// What it ended with.
    pub(crate) exit_code: Option<i64>,
    /// How often it was started again by itself.
    pub(crate) restarts: Option<u64>,
    /// For how long it has been running.
    pub(crate) uptime_s: Option<u64>,
    /// Processor time in percent of one core, over the interval.
    pub(crate) cpu_percent: Option<f64>,
    /// Memory without what the kernel keeps of files and would give back.
    pub(crate) memory_bytes: Option<u64>,
    /// Its bound; `null` also where it has none.
    pub(crate) memory_limit_bytes: Option<u64>,
    /// Of the bound.
    pub(crate) memory_percent: Option<f64>,
    /// Processes and threads.
    pub(crate) tasks: Option<u64>,
    /// Such as `127.0.0.1:8080->80/tcp`, or `80/tcp` where it is not published.
    pub(crate) ports: Vec<String>,
    #[serde(skip)]
    weight: Weight,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    /// It does not do its work.
    Broken,
    /// It will not for long.
    Endangered,
    /// It ended otherwise than well, or is not ready.
    Doubtful,
    /// It runs.
    #[default]
    Well,
    /// It rests.
    Resting,
}

/// All that was told of one container.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) listed: Listed,
    pub(super) inspected: Inspected,
    pub(super) usage: Usage,
}

/// Its row.
pub(super) fn row(engine: &str, known: Known, now: Timestamp) -> Container {
    let Known {
        listed,
        inspected,
        usage,
    } = known;
    let runs = listed.state == ContainerState::Running;
    let health = inspected.health.or(listed.health).filter(|_| runs);
    let exit_code = (listed.state == ContainerState::Exited)
        .then(|| inspected.exit_code.or(listed.exit_code))
        .flatten();
    let started: Option<Timestamp> = inspected.started_at.and_then(|moment| moment.parse().ok());
    let uptime = started
        .filter(|_| runs)
        .map(|started| now.as_second() - started.as_second());
    let mut row = Container {
        engine: engine.to_owned(),
        id: short_id(&listed.id).to_owned(),
        name: listed.name,
        image: listed.image,
        state: listed.state,
        health,
        problems: Vec::new(),
        exit_code,
        restarts: inspected.restarts,
        uptime_s: uptime.and_then(|seconds| u64::try_from(seconds).ok()),
        cpu_percent: usage.cpu_percent,
        memory_bytes: usage.memory_bytes,
        memory_limit_bytes: usage.memory_limit_bytes,
        memory_percent: usage.memory_percent,
        tasks: usage.tasks,
        ports: listed.ports,
        weight: Weight::Well,
    };
    let seen = problems(&row, inspected.was_out_of_memory);
    let resting = match row.state {
        ContainerState::Exited | ContainerState::Created => Weight::Resting,
        ContainerState::Running
        | ContainerState::Paused
        | ContainerState::Restarting
        | ContainerState::Dead
        | ContainerState::Other => Weight::Well,
    };
    row.weight = seen
        .iter()
        .map(|(weight, _)| *weight)
        .min()
        .unwrap_or(resting);
    row.problems = seen.into_iter().map(|(_, sentence)| sentence).collect();
    row
}

fn problems(row: &Container, was_out_of_memory: bool) -> Vec<(Weight, String)> {
    let mut seen = Vec::new();
    let mut add = |weight, sentence: String| seen.push((weight, sentence));
    match row.state {
        ContainerState::Restarting => {
            add(Weight::Broken, "it ends and is started again".to_owned());
        }
        ContainerState::Dead => add(Weight::Broken, "it could not be removed".to_owned()),
        ContainerState::Paused => add(Weight::Doubtful, "it is paused".to_owned()),
        ContainerState::Running
        | ContainerState::Exited
        | ContainerState::Created
        | ContainerState::Other => {}
    }
    match row.health {
        Some(Health::Unhealthy) => add(Weight::Broken, "its health check fails".to_owned()),
        Some(Health::Starting) => add(
            Weight::Doubtful,
            "its health check has not passed yet".to_owned(),
        ),
        Some(Health::Healthy) | None => {}
    }
    if let Some(percent) = row
        .memory_percent
        .filter(|percent| *percent >= NEARLY_FULL_PERCENT)
    {
        add(
            Weight::Endangered,
            format!("it takes {percent} % of its memory"),
        );
    }
    if was_out_of_memory {
        add(
            Weight::Endangered,
            "a process of it was ended for want of memory".to_owned(),
        );
    }
    if let Some(restarts) = row.restarts.filter(|restarts| *restarts > FEW_RESTARTS) {
        add(
            Weight::Doubtful,
            format!("it was started again {restarts} times"),
        );
    }
    if let Some(code) = row.exit_code.filter(|code| *code != 0) {
        let ended = if ASKED_TO_END.contains(&code) {
            ", as one that was stopped or killed"
        } else {
            ""
        };
        add(Weight::Doubtful, format!("it ended with {code}{ended}"));
    }
    seen.sort_by_key(|(weight, _)| *weight);
    seen
}

/// Puts the worst first, then what takes most.
pub(super) fn rank(rows: &mut [Container]) {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "an order needs no more than tenths of a percent"
    )]
    let tenths = |percent: Option<f64>| (percent.unwrap_or_default() * 10.0) as i64;
    rows.sort_by(|a, b| {
        let key = |row: &Container| {
            (
                row.weight,
                Reverse((tenths(row.cpu_percent), row.memory_bytes)),
            )
        };
        key(a)
            .cmp(&key(b))
            .then_with(|| (&a.name, &a.engine, &a.id).cmp(&(&b.name, &b.engine, &b.id)))
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(name: &str, state: ContainerState) -> Listed {
        Listed {
            id: "0123456789abcdef".into(),
            name: Some(name.into()),
            image: None,
            state,
            health: None,
            exit_code: None,
            ports: Vec::new(),
        }
    }

    fn known(name: &str, state: ContainerState) -> Known {
        Known {
            listed: listed(name, state),
            inspected: Inspected::default(),
            usage: Usage::default(),
        }
    }

    fn of(known: Known) -> Container {
        row(
            "docker",
            known,
            "2026-11-23T18:00:00Z".parse().expect("a moment"),
        )
    }

    /// One of each kind, in no order.
    fn one_of_each() -> [Known; 13] {
        use ContainerState as S;
        let mut sick = known("sick", S::Running);
        sick.listed.health = Some(Health::Healthy);
        // What is looked at closely is newer than the list.
        sick.inspected.health = Some(Health::Unhealthy);
        let mut full = known("full", S::Running);
        full.usage.memory_percent = Some(95.5);
        let mut loops = known("loops", S::Running);
        loops.inspected.restarts = Some(7);
        let mut failed = known("failed", S::Exited);
        failed.listed.exit_code = Some(1);
        let mut stopped = known("stopped", S::Exited);
        stopped.listed.exit_code = Some(143);
        let mut done = known("done", S::Exited);
        done.listed.exit_code = Some(0);
        let mut busy = known("busy", S::Running);
        busy.usage.cpu_percent = Some(180.5);
        let mut big = known("big", S::Running);
        big.usage.memory_bytes = Some(9);
        [
            done,
            known("idle", S::Running),
            big,
            busy,
            stopped,
            failed,
            loops,
            full,
            known("again", S::Restarting),
            sick,
            known("stuck", S::Dead),
            known("new", S::Created),
            known("still", S::Paused),
        ]
    }

    #[test]
    fn the_worst_comes_first_then_what_takes_most() {
        let mut rows: Vec<Container> = one_of_each().into_iter().map(of).collect();
        rank(&mut rows);
        let told: Vec<(&str, String)> = rows
            .iter()
            .map(|row| {
                (
                    row.name.as_deref().unwrap_or_default(),
                    row.problems.join("; "),
                )
            })
            .collect();
        let expected = [
            ("again", "it ends and is started again"),
            ("sick", "its health check fails"),
            ("stuck", "it could not be removed"),
            ("full", "it takes 95.5 % of its memory"),
            ("failed", "it ended with 1"),
            ("loops", "it was started again 7 times"),
            ("still", "it is paused"),
            (
                "stopped",
                "it ended with 143, as one that was stopped or killed",
            ),
            ("busy", ""),
            ("big", ""),
            ("idle", ""),
            ("done", ""),
            ("new", ""),
        ];
        assert_eq!(
            told,
            expected.map(|(name, problem)| (name, problem.to_owned()))
        );
    }

    #[test]
    fn a_row_has_its_uptime_while_it_runs_and_several_problems_in_order() {
        let mut one = known("db", ContainerState::Running);
        one.inspected.started_at = Some("2026-11-23T15:00:00.5+00:00".into());
        one.inspected.was_out_of_memory = true;
        one.inspected.restarts = Some(3);
        one.listed.health = Some(Health::Unhealthy);
        let row = of(one.clone());
        assert_eq!(
            (row.uptime_s, row.id.as_str()),
            (Some(10_800), "0123456789ab")
        );
        assert_eq!(
            row.problems,
            [
                "its health check fails",
                "a process of it was ended for want of memory",
                "it was started again 3 times"
            ]
        );
        one.listed.state = ContainerState::Exited;
        let row = of(one);
        assert_eq!((row.uptime_s, row.health), (None, None));
    }
}
