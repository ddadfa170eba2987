//! What the stand-in keeps: one repository with its issues, milestones, labels and comments.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

/// A label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// GitHub's number for it.
    pub id: u64,
    /// Its name.
    pub name: String,
}

/// A milestone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Milestone {
    /// Its name.
    pub title: String,
    /// What it is.
    pub description: Option<String>,
    /// `open` or `closed`.
    pub state: String,
    /// When it is due.
    pub due_on: Option<String>,
    /// When it was last changed, in seconds since 1970.
    pub updated: i64,
}

/// An issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// GitHub's number for it.
    pub id: u64,
    /// Its title.
    pub title: String,
    /// Its text.
    pub body: Option<String>,
    /// `open` or `closed`.
    pub state: String,
    /// Why.
    pub reason: Option<String>,
    /// Its labels, by name.
    pub labels: BTreeSet<String>,
    /// Who does it.
    pub assignees: BTreeSet<String>,
    /// What it counts for.
    pub milestone: Option<u64>,
    /// What it is a part of.
    pub parent: Option<u64>,
    /// Whether it is a pull request.
    pub is_pull: bool,
    /// Who wrote it.
    pub author: String,
    /// When it was written, in seconds since 1970.
    pub created: i64,
    /// When it was last changed.
    pub updated: i64,
    /// When it was closed.
    pub closed: Option<i64>,
}

/// A comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// The issue's number.
    pub issue: u64,
    /// Its text.
    pub body: String,
    /// Who wrote it.
    pub author: String,
    /// When it was written, in seconds since 1970.
    pub created: i64,
    /// When it was last changed.
    pub updated: i64,
}

/// A repository.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Forge {
    /// `owner/name`.
    pub full_name: String,
    /// GitHub's number for it.
    pub id: u64,
    /// Whether it takes issues.
    pub has_issues: bool,
    /// Its issues by number.
    pub issues: BTreeMap<u64, Issue>,
    /// Issues that were deleted.
    pub deleted: BTreeSet<u64>,
    /// Its milestones by number.
    pub milestones: BTreeMap<u64, Milestone>,
    /// Its labels.
    pub labels: Vec<Label>,
    /// Its comments by number.
    pub comments: BTreeMap<u64, Comment>,
    next_id: u64,
}

impl Forge {
    /// An empty repository.
    pub fn new(full_name: &str) -> Self {
        Self {
            full_name: full_name.to_owned(),
            id: 1000,
            has_issues: true,
            next_id: 1,
            ..Self::default()
        }
    }

    fn fresh(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }

    /// Makes an issue, with nothing but a title, and tells its number.
    pub fn add_issue(&mut self, title: &str, author: &str, now: i64) -> u64 {
        let number = 1 + [self.issues.keys().last(), self.deleted.last()]
            .into_iter()
            .flatten()
            .max()
            .copied()
            .unwrap_or(0);
        let issue = Issue {
            id: 70_000 + self.fresh(),
            title: title.to_owned(),
            body: None,
            state: "open".to_owned(),
            reason: None,
            labels: BTreeSet::new(),
            assignees: BTreeSet::new(),
            milestone: None,
            parent: None,
            is_pull: false,
            author: author.to_owned(),
            created: now,
            updated: now,
            closed: None,
        };
        self.issues.insert(number, issue);
        number
    }

    /// Makes a milestone and tells its number.
    pub fn add_milestone(&mut self, title: &str, now: i64) -> u64 {
        let number = self.milestones.keys().last().map_or(1, |last| last + 1);
        let milestone = Milestone {
            title: title.to_owned(),
            description: None,
            state: "open".to_owned(),
            due_on: None,
            updated: now,
        };
        self.milestones.insert(number, milestone);
        number
    }

    /// Makes a label where there is none of the name, whatever its case, and tells the name that it has.
    pub fn add_label(&mut self, name: &str) -> String {
        if let Some(label) = self.label(name) {
            return label.name.clone();
        }
        let id = self.fresh();
        self.labels.push(Label {
            id,
            name: name.to_owned(),
        });
        name.to_owned()
    }

    /// The label of a name, whatever its case.
    pub fn label(&self, name: &str) -> Option<&Label> {
        let same = |label: &&Label| label.name.to_lowercase() == name.to_lowercase();
        self.labels.iter().find(same)
    }

    /// Writes a comment and tells its number.
    pub fn add_comment(&mut self, issue: u64, body: &str, author: &str, now: i64) -> u64 {
        let id = 500 + self.fresh();
        let comment = Comment {
            issue,
            body: body.to_owned(),
            author: author.to_owned(),
            created: now,
            updated: now,
        };
        self.comments.insert(id, comment);
        id
    }
}

fn instant(seconds: i64) -> String {
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // Days since 1970 as a date: Howard Hinnant's way by eras of 400 years.
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let day_of_era = z.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hour, minute) = (second / 3_600, second / 60 % 60);
    format!(
        "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{:02}Z",
        second % 60
    )
}

/// How things look in answers.
impl Forge {
    fn url(&self, api: &str, rest: &str) -> String {
        format!("{api}/repos/{}{rest}", self.full_name)
    }

    pub(crate) fn shown_user(api: &str, login: &str) -> Value {
        let url = format!("{api}/users/{login}");
        json!({
            "login": login, "id": 1, "node_id": "U_1", "avatar_url": "https://avatars.example.org/1",
            "gravatar_id": "", "url": url, "html_url": format!("https://github.com/{login}"),
            "followers_url": format!("{url}/followers"), "following_url": format!("{url}/following"),
            "gists_url": format!("{url}/gists"), "starred_url": format!("{url}/starred"),
            "subscriptions_url": format!("{url}/subscriptions"), "organizations_url": format!("{url}/orgs"),
            "repos_url": format!("{url}/repos"), "events_url": format!("{url}/events"),
            "received_events_url": format!("{url}/received_events"), "type": "User", "site_admin": false,
        })
    }

    pub(crate) fn shown_label(&self, api: &str, name: &str) -> Value {
        let id = self.label(name).map_or(0, |label| label.id);
        json!({
            "id": id, "node_id": "L_1", "url": self.url(api, "/labels/x"), "name": name,
            "color": "ededed", "default": false, "description": null,
        })
    }

    pub(crate) fn shown_milestone(&self, api: &str, number: u64) -> Value {
        let Some(milestone) = self.milestones.get(&number) else {
            return Value::Null;
        };
        let url = self.url(api, &format!("/milestones/{number}"));
        json!({
            "url": url, "html_url": "https://github.com/x", "labels_url": format!("{url}/labels"),
            "id": 9_000 + number, "node_id": "M_1", "number": number, "state": milestone.state,
            "title": milestone.title, "description": milestone.description,
            "creator": Self::shown_user(api, "octocat"), "open_issues": 0, "closed_issues": 0,
            "created_at": instant(milestone.updated), "updated_at": instant(milestone.updated),
            "closed_at": null, "due_on": milestone.due_on,
        })
    }

    pub(crate) fn shown_issue(&self, api: &str, number: u64) -> Value {
        let Some(issue) = self.issues.get(&number) else {
            return Value::Null;
        };
        let url = self.url(api, &format!("/issues/{number}"));
        let labels: Vec<Value> = issue
            .labels
            .iter()
            .map(|name| self.shown_label(api, name))
            .collect();
        let people: Vec<Value> = issue
            .assignees
            .iter()
            .map(|one| Self::shown_user(api, one))
            .collect();
        let milestone = issue
            .milestone
            .map_or(Value::Null, |of| self.shown_milestone(api, of));
        let parent = issue
            .parent
            .map(|of| self.url(api, &format!("/issues/{of}")));
        let mut shown = json!({
            "id": issue.id, "node_id": "I_1", "url": url, "repository_url": self.url(api, ""),
            "labels_url": format!("{url}/labels"), "comments_url": format!("{url}/comments"),
            "events_url": format!("{url}/events"), "html_url": "https://github.com/x", "number": number,
            "state": issue.state, "state_reason": issue.reason, "title": issue.title, "body": issue.body,
            "user": Self::shown_user(api, &issue.author), "labels": labels,
            "assignee": people.first(), "assignees": people, "milestone": milestone, "locked": false,
            "active_lock_reason": null, "comments": 0, "closed_at": issue.closed.map(instant),
            "created_at": instant(issue.created), "updated_at": instant(issue.updated),
            "author_association": "OWNER", "parent_issue_url": parent,
        });
        if issue.is_pull {
            let pull = json!({ "url": url, "html_url": null, "diff_url": null, "patch_url": null });
            shown["pull_request"] = pull;
        }
        shown
    }

    pub(crate) fn shown_comment(&self, api: &str, id: u64) -> Value {
        let Some(comment) = self.comments.get(&id) else {
            return Value::Null;
        };
        json!({
            "id": id, "node_id": "C_1", "url": self.url(api, &format!("/issues/comments/{id}")),
            "html_url": "https://github.com/x", "body": comment.body,
            "user": Self::shown_user(api, &comment.author), "created_at": instant(comment.created),
            "updated_at": instant(comment.updated), "author_association": "OWNER",
            "issue_url": self.url(api, &format!("/issues/{}", comment.issue)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_those_of_the_calendar() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_770_091_506, "2026-02-03T04:05:06Z"),
            (-1, "1969-12-31T23:59:59Z"),
        ] {
            assert_eq!(instant(seconds), text);
        }
    }
}
