//! The lab behind the service: its framework, what it offers right now, the places for calls.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use ai_lab_contract::ExecutionId;

use alf_catalog::{Roots, Watched};
use alf_ops::Framework;
use rmcp::ErrorData;
use rmcp::model::{ListToolsResult, Tool, ToolAnnotations};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::client_sessions::ClientSessions;
use crate::filter::Filter;
use crate::instructions::instructions;
use crate::offer::{Offer, OfferedTool};
use crate::own_tools::{OWN_TOOLS, OwnTool};
use crate::running::Places;
use crate::serving::Serving;

/// What a lab offers, and the same as the SDK lists it.
#[derive(Debug)]
pub(crate) struct Served {
    pub(crate) offer: Offer,
    pub(crate) listed: ListToolsResult,
    /// What it was made of.
    watched: Watched,
}

impl Served {
    fn of(framework: &Framework, filter: &Filter) -> Self {
        let surroundings = framework.surroundings();
        let mut watched = Watched::look(&Roots {
            instance: surroundings.instance.clone(),
            home: Some(surroundings.home.clone()),
        });
        let found = framework.discover().tools;
        watched.add_schemas(&found);
        let offer = Offer::of(&found, filter, OWN_TOOLS);
        let mut tools = OwnTool::all();
        tools.extend(offer.tools.iter().map(listed));
        Self {
            offer,
            listed: ListToolsResult::with_all_items(tools),
            watched,
        }
    }
}

/// What a lab offers right now.
pub(crate) fn offer_of(framework: &Framework, filter: &Filter) -> Offer {
    Offer::of(&framework.discover().tools, filter, OWN_TOOLS)
}

fn listed(offered: &OfferedTool) -> Tool {
    let hints = ToolAnnotations::new()
        .read_only(offered.read_only)
        .destructive(offered.destructive)
        .idempotent(offered.idempotent)
        .open_world(offered.open_world);
    let tool = Tool::new(
        offered.name.clone(),
        offered.description.clone(),
        Arc::clone(&offered.input),
    )
    .with_annotations(hints);
    match &offered.output {
        Some(output) => tool.with_raw_output_schema(Arc::clone(output)),
        None => tool,
    }
}

/// A lab that is served.
#[derive(Debug)]
pub(crate) struct Lab {
    pub(crate) framework: Arc<Framework>,
    filter: Filter,
    served: RwLock<Arc<Served>>,
    /// How many changes there were.
    changes: watch::Sender<u64>,
    pub(crate) places: Places,
    pub(crate) instructions: String,
    /// What the person calls the client, over what it calls itself.
    pub(crate) client: Option<String>,
    /// How long a call may keep its client waiting.
    pub(crate) answer_within: Duration,
    pub(crate) sessions: ClientSessions,
    /// What withdraws each call that runs in this process.
    running: Mutex<HashMap<ExecutionId, CancellationToken>>,
    ending: AtomicBool,
}

impl Lab {
    pub(crate) fn new(framework: Arc<Framework>, serving: Serving) -> Self {
        let Serving {
            filter,
            client,
            answer_within,
        } = serving;
        let served = Served::of(&framework, &filter);
        Self {
            instructions: instructions(&framework),
            served: RwLock::new(Arc::new(served)),
            changes: watch::Sender::new(0),
            places: Places::new(),
            framework,
            filter,
            client,
            answer_within,
            sessions: ClientSessions::default(),
            running: Mutex::default(),
            ending: AtomicBool::new(false),
        }
    }

    /// From now on, what is withdrawn is withdrawn because the server ends.
    pub(crate) fn end(&self) {
        self.ending.store(true, Ordering::SeqCst);
    }

    pub(crate) fn is_ending(&self) -> bool {
        self.ending.load(Ordering::SeqCst)
    }

    /// Lets a call of this process be withdrawn by its id, until the guard is dropped.
    pub(crate) fn begin(self: &Arc<Self>, id: ExecutionId, withdraw: CancellationToken) -> Begun {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.insert(id.clone(), withdraw);
        Begun {
            lab: Arc::clone(self),
            id,
        }
    }

    /// Withdraws a call of this process; whether it runs here.
    pub(crate) fn withdraw(&self, id: &ExecutionId) -> bool {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.get(id).map(CancellationToken::cancel).is_some()
    }

    /// What is offered now.
    pub(crate) fn served(&self) -> Arc<Served> {
        Arc::clone(&self.served.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Looks at the tools anew if anything of them has changed; whether that makes another list.
    pub(crate) fn look_if_changed(&self) -> bool {
        let old = self.served();
        if !old.watched.has_changed() {
            return false;
        }
        let new = Served::of(&self.framework, &self.filter);
        let is_another = new.listed != old.listed;
        *self.served.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(new);
        is_another
    }

    /// Tells everybody who listens that the list is another.
    pub(crate) fn tell_of_change(&self) {
        self.changes.send_modify(|count| *count += 1);
    }

    /// Hears of each change from now on.
    pub(crate) fn listen(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// What a client is told that calls by a name which nothing has.
    pub(crate) fn no_such_tool(&self, name: &str) -> ErrorData {
        let served = self.served();
        let names = served.listed.tools.iter().map(|tool| tool.name.as_ref());
        let shown: String = name.chars().filter(|c| !c.is_control()).take(80).collect();
        let nearest = alf_schema::nearest(&shown, names).map_or_else(
            || "list the tools again".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        ErrorData::invalid_params(format!("there is no tool `{shown}`: {nearest}"), None)
    }
}

/// A call that runs in this process.
#[derive(Debug)]
pub(crate) struct Begun {
    lab: Arc<Lab>,
    id: ExecutionId,
}

impl Drop for Begun {
    fn drop(&mut self) {
        let mut running = self
            .lab
            .running
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        running.remove(&self.id);
    }
}
