//! What of an issue changes on GitHub, as the calls that say so.

use std::collections::BTreeSet;

use lab_github::{Call, IssueChange};
use lab_merge::Value;
use lab_model::{RepoName, WorkItem};
use lab_store::GithubThing;

use crate::canon::folded;
use crate::facts::image;
use crate::fields::{
    ASSIGNEE, BODY, COMPLETED, LABELS, MILESTONE, OPEN, PARENT, STAGE, STAGE_PREFIX, STATE, TITLE,
};
use crate::plan::Pair;
use crate::there::body_of;

/// The changes of one issue.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    /// The item's label, for warnings.
    pub(crate) label: String,
    /// The fields that change.
    pub(crate) fields: Vec<&'static str>,
    /// Labels that come to it, as they are spelled here.
    pub(crate) new_labels: Vec<String>,
    number: u64,
    id: u64,
    change: IssueChange,
    old_labels: Vec<String>,
    assigned: Option<String>,
    unassigned: Option<String>,
    whole: Option<u64>,
    former_whole: Option<u64>,
}

impl Wanted {
    /// What a pair asks of GitHub.
    pub(crate) fn of(pair: &Pair, thing: &GithubThing, item: &WorkItem) -> Self {
        let mut wanted = Self {
            label: pair.label.to_string(),
            number: pair.number,
            id: thing.github_id,
            ..Self::default()
        };
        for (field, value) in pair.merge.wanting(&pair.rules, &pair.remote) {
            // What is not there yet is named in the next round.
            if !matches!(value, Some(Value::Text(text)) if text.starts_with("new:") && field != TITLE && field != BODY)
            {
                wanted.fields.push(field);
                wanted.add(field, value, (pair, thing, item));
            }
        }
        wanted
    }

    fn add(
        &mut self,
        field: &'static str,
        value: Option<&Value>,
        (pair, thing, item): (&Pair, &GithubThing, &WorkItem),
    ) {
        let text = value.map(Value::shown);
        let number = text.as_ref().and_then(|text| text.parse().ok());
        match field {
            TITLE => self.change.title = text,
            BODY => self.change.body = body_of(&pair.merge.agreed, &pair.uid),
            STATE => {
                let (state, reason) = match text.as_deref() {
                    Some(OPEN) => ("open", "reopened"),
                    Some(COMPLETED) => ("closed", "completed"),
                    Some(_) | None => ("closed", "not_planned"),
                };
                self.change.state = Some(state);
                self.change.state_reason = Some(reason);
            }
            MILESTONE => self.change.milestone = Some(number),
            STAGE => self.change_stage(text.as_deref(), thing),
            LABELS => self.change_labels(pair, thing, item),
            ASSIGNEE => {
                self.unassigned = pair.remote.text(ASSIGNEE).map(str::to_owned);
                self.assigned = text;
            }
            PARENT => {
                self.former_whole = pair.remote.text(PARENT).and_then(|text| text.parse().ok());
                self.whole = number;
            }
            _ => {}
        }
    }

    /// One label tells where it stands; to be done needs none.
    fn change_stage(&mut self, stage: Option<&str>, thing: &GithubThing) {
        let there = image(&thing.remote);
        let has = there.text(STAGE).unwrap_or_default();
        let others = has
            .split(", ")
            .filter(|one| !one.is_empty() && Some(*one) != stage);
        self.old_labels
            .extend(others.map(|one| format!("{STAGE_PREFIX}{one}")));
        let new = stage.filter(|stage| *stage != "todo");
        self.new_labels
            .extend(new.map(|stage| format!("{STAGE_PREFIX}{stage}")));
    }

    fn change_labels(&mut self, pair: &Pair, thing: &GithubThing, item: &WorkItem) {
        let wanted = pair.merge.agreed.members(LABELS);
        let there = image(&thing.remote).members(LABELS);
        let has: BTreeSet<String> = there.iter().map(|name| folded(name)).collect();
        self.old_labels.extend(
            there
                .into_iter()
                .filter(|name| !wanted.contains(&folded(name))),
        );
        for name in wanted.difference(&has) {
            let mut tags = item.labels.iter().map(lab_model::Tag::as_str);
            let spelled = tags.find(|tag| folded(tag) == *name).unwrap_or(name);
            self.new_labels.push(spelled.to_owned());
        }
    }

    /// The calls, in order.
    pub(crate) fn calls(&self, repo: &RepoName) -> Vec<Call> {
        let (number, mut calls) = (self.number, Vec::new());
        if !self.change.is_empty() {
            calls.push(Call::change_issue(repo, number, &self.change));
        }
        for (login, add) in [(&self.unassigned, false), (&self.assigned, true)] {
            if let Some(login) = login {
                calls.push(Call::change_assignees(
                    repo,
                    number,
                    std::slice::from_ref(login),
                    add,
                ));
            }
        }
        let old = self.old_labels.iter();
        calls.extend(old.map(|name| Call::remove_label(repo, number, name)));
        if !self.new_labels.is_empty() {
            calls.push(Call::add_labels(repo, number, &self.new_labels));
        }
        match (self.whole, self.former_whole) {
            (Some(whole), _) => calls.push(Call::add_part(repo, whole, self.id)),
            (None, Some(former)) => calls.push(Call::remove_part(repo, former, self.id)),
            (None, None) => {}
        }
        calls
    }
}
