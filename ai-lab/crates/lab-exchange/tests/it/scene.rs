//! A lab, a GitHub, and a line between them that can be cut.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use lab_exchange::{Request, Run, SyncError, sync};
use lab_github::{Answer, ApiAddress, Call, Client, Exchange, Lost, Pace, Wait};
use lab_model::{
    Actor, EntityKind, GithubRepo, Head, ItemStatus, Label, Milestone, Moment, Project, Uid,
    WorkItem,
};
use lab_standin::{Asked, Github, Reply};
use lab_store::{ItemFilter, OpenMode, Opening, Reader, SqliteStore, Store, StoreError, Writer};

/// When every scene begins.
pub(crate) const START: i64 = 1_770_000_000_000;

/// Where the line is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// Before request number n, from 0, is sent.
    Before(usize),
    /// After it was carried out, before its answer came.
    After(usize),
}

/// GitHub, the time and the line.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) github: Github,
    ms: i64,
    token: Option<String>,
    cut: Option<Cut>,
    is_dead: bool,
    sent: usize,
    pub(crate) waits: Vec<(u64, Wait)>,
    /// What happens on GitHub right before request number n.
    pub(crate) meanwhile: BTreeMap<usize, fn(&mut Github)>,
}

#[derive(Clone, Debug)]
struct Line(Rc<RefCell<World>>);

impl Exchange for Line {
    fn exchange(&mut self, _: &ApiAddress, call: &Call) -> Result<Answer, Lost> {
        let mut world = self.0.borrow_mut();
        let number = world.sent;
        world.sent += 1;
        if world.is_dead || world.cut == Some(Cut::Before(number)) {
            world.is_dead = true;
            return Err(Lost::Unknown("cut".to_owned()));
        }
        if let Some(happens) = world.meanwhile.get(&number).copied() {
            happens(&mut world.github);
        }
        world.ms += 100;
        world.github.now = world.ms / 1000;
        let token = world.token.clone();
        let reply = world.github.answer(&asked(call), token.as_deref());
        if world.cut == Some(Cut::After(number)) {
            world.is_dead = true;
            return Err(Lost::Unknown("cut".to_owned()));
        }
        Ok(answer(reply))
    }
}

impl Pace for Line {
    fn now(&self) -> Moment {
        at(self.0.borrow().ms)
    }

    fn wait(&mut self, time: Duration, why: Wait) {
        let mut world = self.0.borrow_mut();
        world.waits.push((time.as_secs(), why));
        world.ms += i64::try_from(time.as_millis()).expect("in range");
    }
}

fn asked(call: &Call) -> Asked {
    Asked {
        verb: call.verb.as_str().to_owned(),
        target: call.path.clone(),
        known: call.known.clone(),
        body: call.body.clone(),
    }
}

fn answer(reply: Reply) -> Answer {
    let header = |name: &str| reply.headers.get(name).cloned();
    Answer {
        status: reply.status,
        etag: header("etag"),
        link: header("link"),
        location: header("location"),
        retry_after: header("retry-after").and_then(|text| text.parse().ok()),
        remaining: header("x-ratelimit-remaining").and_then(|text| text.parse().ok()),
        reset: header("x-ratelimit-reset").and_then(|text| text.parse().ok()),
        body: reply.body,
    }
}

pub(crate) fn at(ms: i64) -> Moment {
    Moment::from_ms(ms).expect("in range")
}

fn jo() -> Actor {
    "person:jo".parse().expect("an actor")
}

/// A lab with one project that is linked to a repository, and that repository.
#[derive(Debug)]
pub(crate) struct Scene {
    pub(crate) store: SqliteStore,
    world: Rc<RefCell<World>>,
    pub(crate) repo: Uid,
    pub(crate) project: Uid,
}

impl Scene {
    pub(crate) fn new() -> Self {
        let opening = Opening {
            mode: OpenMode::Create,
            software_version: "0.1.0".to_owned(),
            at: at(START),
        };
        let store = SqliteStore::in_memory(&opening).expect("memory can be had");
        let mut github = Github::new("octo/lab");
        github.now = START / 1000;
        let world = World {
            github,
            ms: START,
            token: None,
            cut: None,
            is_dead: false,
            sent: 0,
            waits: Vec::new(),
            meanwhile: BTreeMap::new(),
        };
        let (repo, project) = (Uid::from_parts(1, [1; 10]), Uid::from_parts(2, [1; 10]));
        let mut scene = Self {
            store,
            world: Rc::new(RefCell::new(world)),
            repo: repo.clone(),
            project: project.clone(),
        };
        scene.write(|tx| {
            let head = Head::new(project.clone(), label("PRJ-001"), tx.at());
            let mut whole = Project::new(head, "Framework".to_owned());
            whole.prefix = "FRM".parse().ok();
            tx.insert_project(&whole)?;
            let head = Head::new(repo, label("REPO-001"), tx.at());
            let mut repo = GithubRepo::new(head, "octo/lab".parse().expect("a name"));
            repo.project = Some(project);
            tx.insert_repo(&repo)
        });
        scene
    }

    /// Looks at GitHub, or changes it.
    pub(crate) fn github<T>(&self, look: impl FnOnce(&mut Github) -> T) -> T {
        let mut world = self.world.borrow_mut();
        world.ms += 2_000;
        world.github.now = world.ms / 1000;
        look(&mut world.github)
    }

    /// Looks at the line between.
    pub(crate) fn world<T>(&self, look: impl FnOnce(&mut World) -> T) -> T {
        look(&mut self.world.borrow_mut())
    }

    /// Writes as jo.
    pub(crate) fn write<T>(
        &mut self,
        body: impl FnOnce(&mut dyn Writer) -> Result<T, StoreError>,
    ) -> T {
        let now = at(self.world.borrow().ms);
        self.store
            .write(&jo(), now, |tx| {
                tx.set_verb("test", None);
                body(tx)
            })
            .expect("writes")
    }

    pub(crate) fn read<T>(&self, body: impl FnOnce(&dyn Reader) -> Result<T, StoreError>) -> T {
        self.store.read(body).expect("reads")
    }

    /// Adds an item and lets the test change it first.
    pub(crate) fn add(&mut self, title: &str, change: impl FnOnce(&mut WorkItem)) -> Uid {
        let project = self.project.clone();
        self.write(|tx| {
            let name = tx.mint(EntityKind::Item, &"FRM".parse().expect("a prefix"))?;
            let head = Head::new(tx.new_uid(), name, tx.at());
            let uid = head.uid.clone();
            let mut item = WorkItem::new(head, title.to_owned());
            item.project = Some(project);
            change(&mut item);
            tx.insert_item(&item)?;
            Ok(uid)
        })
    }

    pub(crate) fn add_milestone(&mut self, title: &str) -> Uid {
        let project = self.project.clone();
        self.write(|tx| {
            let name = tx.mint(EntityKind::Milestone, &"MS".parse().expect("a prefix"))?;
            let head = Head::new(tx.new_uid(), name, tx.at());
            let uid = head.uid.clone();
            let mut milestone = Milestone::new(head, title.to_owned());
            milestone.project = Some(project);
            tx.insert_milestone(&milestone)?;
            Ok(uid)
        })
    }

    pub(crate) fn edit(&mut self, uid: &Uid, change: impl FnOnce(&mut WorkItem)) {
        self.write(|tx| {
            let mut item = tx.item(uid)?.expect("it is there");
            change(&mut item);
            tx.update_item(&item)
        });
    }

    pub(crate) fn edit_milestone(&mut self, uid: &Uid, change: impl FnOnce(&mut Milestone)) {
        self.write(|tx| {
            let mut milestone = tx.milestone(uid)?.expect("it is there");
            change(&mut milestone);
            tx.update_milestone(&milestone)
        });
    }

    pub(crate) fn item(&self, uid: &Uid) -> WorkItem {
        self.read(|tx| tx.item(uid)).expect("it is there")
    }

    pub(crate) fn items(&self) -> Vec<WorkItem> {
        let every = ItemFilter {
            all: true,
            ..ItemFilter::default()
        };
        self.read(|tx| tx.items(&every))
    }

    /// The item of an issue.
    pub(crate) fn item_of(&self, number: u64) -> WorkItem {
        let is = |item: &WorkItem| {
            item.github
                .as_ref()
                .is_some_and(|link| link.number == number)
        };
        self.items().into_iter().find(is).expect("it is linked")
    }

    /// The number of an item's issue.
    pub(crate) fn number(&self, uid: &Uid) -> u64 {
        self.item(uid).github.expect("it is linked").number
    }

    pub(crate) fn run(&mut self, request: &Request) -> Result<Run, SyncError> {
        self.world(|world| (world.is_dead, world.sent) = (false, 0));
        let (mut line, mut clock) = (Line(self.world.clone()), Line(self.world.clone()));
        let longest = Duration::from_mins(15);
        let mut client = Client::new(&mut line, &mut clock, ApiAddress::default(), longest);
        let came = sync(&mut self.store, &mut client, &self.repo, request);
        let violations = self.world(|world| std::mem::take(&mut world.github.violations));
        assert_eq!(violations, Vec::<String>::new());
        came
    }

    /// Looks at the plan and carries it out.
    pub(crate) fn sync(&mut self) -> Run {
        let plan = Request {
            plan_only: true,
            ..Request::default()
        };
        let hash = self.run(&plan).expect("plans").hash;
        let request = Request {
            hash: Some(hash),
            ..Request::default()
        };
        self.run(&request).expect("syncs")
    }

    /// A run that is cut.
    pub(crate) fn run_cut(&mut self, request: &Request, cut: Cut) -> Result<Run, SyncError> {
        self.world(|world| world.cut = Some(cut));
        let came = self.run(request);
        self.world(|world| world.cut = None);
        came
    }

    /// How many requests the last run made.
    pub(crate) fn sent(&self) -> usize {
        self.world(|world| world.sent)
    }

    /// Forgets what was asked so far.
    pub(crate) fn forget(&self) {
        self.world(|world| {
            world.github.asked.clear();
            world.github.bytes = 0;
            world.waits.clear();
        });
    }

    /// The writes that GitHub saw since.
    pub(crate) fn writes(&self) -> Vec<String> {
        self.world(|world| {
            let asked = world
                .github
                .asked
                .iter()
                .filter(|asked| asked.verb != "GET");
            asked
                .map(|asked| format!("{} {}", asked.verb, asked.target))
                .collect()
        })
    }

    /// What both sides hold in a form that can be compared, whatever the labels and numbers are.
    pub(crate) fn both(&self) -> (Vec<String>, Vec<String>) {
        let mut sides = (self.here(), self.there());
        sides.0.sort();
        sides.1.sort();
        sides
    }

    fn here(&self) -> Vec<String> {
        let items = self.items();
        let titles: BTreeMap<&Uid, &str> = items
            .iter()
            .map(|item| (&item.head.uid, item.title.as_str()))
            .collect();
        let shown = items.iter().map(|item| {
            let parent = item.parent.as_ref().and_then(|parent| titles.get(parent));
            let state = match item.status {
                ItemStatus::Done => "completed",
                ItemStatus::Cancelled => "not_planned",
                _ => "open",
            };
            let labels: Vec<&str> = item.labels.iter().map(lab_model::Tag::as_str).collect();
            let (labels, parent) = (labels.join(","), parent.copied().unwrap_or_default());
            let (title, text, who) = (&item.title, &item.description, item.assignee.as_deref());
            format!("{title} | {text} | {state} | {labels} | {who:?} | {parent}")
        });
        shown.collect()
    }

    fn there(&self) -> Vec<String> {
        let world = self.world.borrow();
        let forge = &world.github.forge;
        let shown = forge
            .issues
            .values()
            .filter(|issue| !issue.is_pull)
            .map(|issue| {
                let body = issue.body.clone().unwrap_or_default();
                let text = body
                    .split("<!-- ai-lab")
                    .next()
                    .unwrap_or_default()
                    .trim_end();
                let labels = issue
                    .labels
                    .iter()
                    .filter(|name| !name.starts_with("status:"));
                let labels: Vec<&str> = labels.map(String::as_str).collect();
                let state = issue.reason.as_deref().filter(|_| issue.state == "closed");
                let parent = issue.parent.and_then(|number| forge.issues.get(&number));
                let parent = parent.map(|issue| issue.title.as_str()).unwrap_or_default();
                let (title, labels, state) =
                    (&issue.title, labels.join(","), state.unwrap_or("open"));
                let who = issue.assignees.first().map(String::as_str);
                format!("{title} | {text} | {state} | {labels} | {who:?} | {parent}")
            });
        shown.collect()
    }

    /// Both sides hold the same, and another run has nothing to do.
    pub(crate) fn assert_at_rest(&mut self) {
        let (here, there) = self.both();
        assert_eq!(here, there);
        self.forget();
        let run = self.run(&Request::default()).expect("syncs");
        assert_eq!((run.steps, run.conflicts), (Vec::new(), Vec::new()));
        assert_eq!(self.writes(), Vec::<String>::new());
    }
}

pub(crate) fn label(text: &str) -> Label {
    text.parse().expect("a label")
}

pub(crate) fn tags(names: &[&str]) -> std::collections::BTreeSet<lab_model::Tag> {
    names
        .iter()
        .map(|name| name.parse().expect("a tag"))
        .collect()
}
