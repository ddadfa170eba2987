//! The action `containers`: what Docker and Podman run, those in trouble first.
//!
//! Asked are the engines by their granted sockets ([`engine`], [`sampling`]); where none answers, the control groups tell
//! that something runs ([`groups`]). What an answer holds is kept field by field ([`listing`], [`usage`]); [`mod@row`] judges
//! and orders.

mod answer;
mod engine;
mod groups;
mod listing;
mod row;
mod sampling;
mod told;
mod usage;

use std::thread;
use std::time::{Duration, Instant};

use ai_lab_tool::contract::{Bounded, SocketName};
use ai_lab_tool::{Action, Effects, ToolContext, ToolFailure};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::engine::{Engine, NoAnswer};
use self::groups::Group;
use self::listing::{ContainerState, Inspected, Listed};
use self::row::{Container, Known, rank, row};
use self::sampling::{NoList, Pace, Sampled, sample};
pub(crate) use self::told::{Condition, Told, told};
use crate::counters::as_f64;
use crate::machine::Machine;
use crate::memory;
use crate::notes::Notes;
use crate::settings::Settings;
use crate::surroundings::Surroundings;
use crate::{clock, timer};

/// How long the engines may take for all their answers, beside the interval. Stops a dead one from holding up the answer.
const ENGINES: Duration = Duration::from_secs(4);

/// How many engines are asked. Stops a list of names from costing a thread each.
const MOST_ENGINES: usize = 4;

/// What to look at.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ContainersInput {
    /// Time between the two readings that processor percentages are made of, in milliseconds.
    interval_ms: Bounded<100, 3000>,
    /// How many containers to show, the worst first.
    most: Bounded<1, 200>,
}

impl Default for ContainersInput {
    fn default() -> Self {
        Self {
            interval_ms: Bounded::constant(500),
            most: Bounded::constant(20),
        }
    }
}

/// What runs in containers. Variables, labels, mounts and commands of containers are never told.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct ContainersOutput {
    /// Those that were asked.
    pub(crate) engines: Vec<EngineRow>,
    /// How many containers are known.
    pub(crate) count: usize,
    /// How many of them have a problem.
    pub(crate) in_trouble: usize,
    /// The containers, the worst first, then those that take most.
    pub(crate) containers: Vec<Container>,
    /// Sentences about what could not be known and why.
    pub(crate) notes: Vec<String>,
}

/// One engine.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct EngineRow {
    /// The socket's name in `grants.sockets`.
    name: String,
    /// What came of asking it.
    state: EngineState,
    /// How many containers it has, or how many were seen by their control groups.
    containers: usize,
}

/// What came of asking an engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum EngineState {
    /// It told what it runs.
    Answers,
    /// There is no socket: it is not installed, or not started.
    Absent,
    /// The socket is not granted in tool.toml.
    NotGranted,
    /// It was asked and did not answer, or could not be asked; the notes say why.
    Silent,
}

/// Asks the container engines.
#[derive(Debug)]
pub(crate) struct Containers {
    machine: Machine,
    surroundings: Surroundings,
}

impl Containers {
    /// Those of this machine.
    pub(crate) fn new(surroundings: Surroundings) -> Self {
        Self {
            machine: Machine::default(),
            surroundings,
        }
    }
}

impl Action for Containers {
    const NAME: &'static str = "containers";
    const DESCRIPTION: &'static str = "Lists what Docker and Podman run, those in trouble first: state, health, restarts, \
        image, uptime, ports, processor and memory. Never shows their variables, labels or mounts.";
    const EFFECTS: Effects = Effects::READ_ONLY;
    type Input = ContainersInput;
    type Output = ContainersOutput;

    fn run(
        &self,
        input: ContainersInput,
        context: &ToolContext,
    ) -> Result<ContainersOutput, ToolFailure> {
        let settings: Settings = context.config_as()?;
        let names = &settings.container_sockets;
        if let Some(bad) = names
            .iter()
            .find(|name| name.parse::<SocketName>().is_err())
        {
            let why = format!(
                "`container_sockets` has `{}`, which names no socket",
                bad.escape_debug()
            );
            return Err(ToolFailure::new("bad_config", why));
        }
        let output = self.look(&input, names);
        context.metric("containers", as_f64(output.count as u64), "containers");
        context.metric("in_trouble", as_f64(output.in_trouble as u64), "containers");
        for note in &output.notes {
            context.info(note);
        }
        Ok(output)
    }
}

impl Containers {
    /// Asks all engines at once, and looks at the control groups meanwhile.
    pub(crate) fn look(&self, input: &ContainersInput, names: &[String]) -> ContainersOutput {
        let mut notes = Notes::default();
        if names.len() > MOST_ENGINES {
            notes.add(format!(
                "the first {MOST_ENGINES} of {} engines were asked",
                names.len()
            ));
        }
        let names = &names[..names.len().min(MOST_ENGINES)];
        let interval = Duration::from_millis(input.interval_ms.get());
        let memory = self.machine.read("/proc/meminfo").ok();
        let pace = Pace {
            interval,
            deadline: Instant::now() + interval + ENGINES,
            machine_bytes: memory
                .as_deref()
                .and_then(memory::parse_meminfo)
                .and_then(|memory| memory.total_bytes),
        };
        let (asked, seen) = thread::scope(|scope| {
            let asking: Vec<_> = names
                .iter()
                .map(|name| scope.spawn(move || self.ask(name, pace)))
                .collect();
            let seen = self.seen(pace);
            let asked = asking
                .into_iter()
                .map(|one| one.join().unwrap_or(Err(NoList::Unknown)));
            (asked.collect::<Vec<_>>(), seen)
        });
        Self::told(names, asked, seen, &mut notes).shown(input, notes)
    }

    fn ask(&self, name: &str, pace: Pace) -> Result<Sampled, NoList> {
        let Some(proxy) = self.surroundings.proxy else {
            let why =
                "it is asked through the framework only: run this by `ai-lab-framework tool run`";
            return Err(NoAnswer::Unasked(why.to_owned()).into());
        };
        sample(Engine { name, proxy }, pace)
    }

    /// What the control groups tell, by two readings as well.
    fn seen(&self, pace: Pace) -> Vec<(Group, Known)> {
        let groups = groups::find(&self.machine);
        let before: Vec<_> = groups
            .iter()
            .map(|group| groups::read(&self.machine, group))
            .collect();
        if !groups.is_empty() {
            timer::wait_until(Instant::now() + pace.interval);
        }
        let known = groups.iter().zip(before).map(|(group, before)| {
            let now = groups::read(&self.machine, group);
            Known {
                listed: Listed {
                    id: group.id.clone(),
                    name: None,
                    image: None,
                    state: ContainerState::Running,
                    health: None,
                    exit_code: None,
                    ports: Vec::new(),
                },
                inspected: Inspected::default(),
                usage: usage::compare(&before, &now, pace.machine_bytes),
            }
        });
        groups.iter().cloned().zip(known).collect()
    }

    /// One row an engine and one a container. A container that its engine told is not told again by its control group.
    fn told(
        names: &[String],
        asked: Vec<Result<Sampled, NoList>>,
        seen: Vec<(Group, Known)>,
        notes: &mut Notes,
    ) -> ContainersOutput {
        let now = clock::now();
        let mut output = ContainersOutput::default();
        let mut ids = Vec::new();
        for (name, asked) in names.iter().zip(asked) {
            let (state, containers) = match asked {
                Ok(sampled) => {
                    sampled
                        .notes
                        .iter()
                        .for_each(|note| notes.add(format!("{name}: {note}")));
                    ids.extend(
                        sampled
                            .containers
                            .iter()
                            .map(|known| known.listed.id.clone()),
                    );
                    let rows = sampled
                        .containers
                        .into_iter()
                        .map(|known| row(name, known, now));
                    output.containers.extend(rows);
                    (EngineState::Answers, sampled.count)
                }
                Err(why) => {
                    let state = state_of(&why);
                    if state == EngineState::Silent {
                        notes.add(format!("{name}: {why}"));
                    }
                    (state, 0)
                }
            };
            output.count += containers;
            output.engines.push(EngineRow {
                name: name.clone(),
                state,
                containers,
            });
        }
        for (group, known) in seen {
            if ids.contains(&group.id) {
                continue;
            }
            output.count += 1;
            let engine = output
                .engines
                .iter_mut()
                .find(|row| row.name == group.engine);
            if let Some(engine) = engine.filter(|row| row.state != EngineState::Answers) {
                engine.containers += 1;
            }
            notes.add(format!(
                "{}: some containers are seen by their control groups alone, which tell no name, image, health or restarts",
                group.engine
            ));
            output.containers.push(row(group.engine, known, now));
        }
        output
    }
}

impl ContainersOutput {
    fn shown(mut self, input: &ContainersInput, mut notes: Notes) -> Self {
        rank(&mut self.containers);
        self.in_trouble = self
            .containers
            .iter()
            .filter(|row| !row.problems.is_empty())
            .count();
        let most = usize::try_from(input.most.get()).unwrap_or(usize::MAX);
        if self.containers.len() > most {
            notes.add(format!(
                "the first {most} of {} containers are shown",
                self.count
            ));
            self.containers.truncate(most);
        }
        self.notes = notes.into_sentences();
        self
    }
}

fn state_of(why: &NoList) -> EngineState {
    match why {
        NoList::NoAnswer(NoAnswer::Absent(_)) => EngineState::Absent,
        NoList::NoAnswer(NoAnswer::NotGranted(_)) => EngineState::NotGranted,
        NoList::NoAnswer(
            NoAnswer::Unasked(_)
            | NoAnswer::Status(_)
            | NoAnswer::Slow
            | NoAnswer::Bad(_)
            | NoAnswer::Broken(_),
        )
        | NoList::Unknown => EngineState::Silent,
    }
}

#[cfg(test)]
mod tests;
