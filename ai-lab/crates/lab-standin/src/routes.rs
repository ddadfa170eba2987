//! What each call does to the repository.

use serde_json::{Value, json};

use crate::{Forge, Github};

/// How a call ends.
pub(crate) enum Outcome {
    /// With one value.
    One(u16, Value),
    /// With a list, of which a page is shown.
    List(Vec<Value>),
    /// With a refusal.
    No(u16, &'static str),
    /// With the refusal of what exists already.
    Exists,
}

const NOT_FOUND: Outcome = Outcome::No(404, "Not Found");
const GONE: Outcome = Outcome::No(410, "This issue was deleted");

/// The longest title and text that GitHub takes, in characters.
const LONGEST_TITLE: usize = 256;
const LONGEST_BODY: usize = 65_536;

pub(crate) fn route(
    github: &mut Github,
    verb: &str,
    path: &[String],
    query: &[(String, String)],
    body: &Value,
) -> Outcome {
    let parts: Vec<&str> = path.iter().map(String::as_str).collect();
    match (verb, parts.as_slice()) {
        ("GET", []) => repo(github),
        ("GET", ["labels"]) => {
            let (forge, api) = (&github.forge, &github.api);
            let names = forge.labels.iter();
            Outcome::List(
                names
                    .map(|label| forge.shown_label(api, &label.name))
                    .collect(),
            )
        }
        ("POST", ["labels"]) => create_label(github, body),
        ("GET", ["milestones"]) => {
            let (forge, api) = (&github.forge, &github.api);
            let numbers = forge.milestones.keys();
            Outcome::List(
                numbers
                    .map(|number| forge.shown_milestone(api, *number))
                    .collect(),
            )
        }
        ("POST", ["milestones"]) => create_milestone(github, body),
        ("PATCH", ["milestones", number]) => change_milestone(github, number, body),
        ("GET", ["issues"]) => issues(github, query),
        ("POST", ["issues"]) => create_issue(github, body),
        ("GET", ["issues", "comments"]) => comments(github, query),
        (_, ["issues", number, rest @ ..]) => match number.parse() {
            Ok(number) if github.forge.deleted.contains(&number) => GONE,
            Ok(number) if github.forge.issues.contains_key(&number) => {
                one_issue(github, verb, number, rest, body)
            }
            Ok(_) | Err(_) => NOT_FOUND,
        },
        _ => NOT_FOUND,
    }
}

fn one_issue(github: &mut Github, verb: &str, number: u64, rest: &[&str], body: &Value) -> Outcome {
    match (verb, rest) {
        ("GET", []) => shown(github, number, 200),
        ("PATCH", []) => change_issue(github, number, body),
        ("POST", ["labels"]) => {
            if github.manners.may_triage {
                for name in strings(&body["labels"]) {
                    let name = github.forge.add_label(&name);
                    touch(github, number, |issue| issue.labels.insert(name));
                }
            }
            labels_of(github, number)
        }
        ("DELETE", ["labels", name]) => {
            let has = |issue: &crate::Issue| issue.labels.iter().find(|own| own == name).cloned();
            let Some(name) = github.forge.issues.get(&number).and_then(has) else {
                return Outcome::No(404, "Label does not exist");
            };
            touch(github, number, |issue| issue.labels.remove(&name));
            labels_of(github, number)
        }
        ("POST" | "DELETE", ["assignees"]) => assign(github, verb, number, body),
        ("POST", ["comments"]) => {
            let (text, login) = (string(&body["body"]), github.manners.login.clone());
            let id = github.forge.add_comment(number, &text, &login, github.now);
            touch(github, number, |_| true);
            Outcome::One(201, github.forge.shown_comment(&github.api, id))
        }
        ("POST", ["sub_issues"]) => {
            let replace = body["replace_parent"] == json!(true);
            part(
                github,
                number,
                body,
                |issue| match issue.parent {
                    Some(parent) if parent != number && !replace => false,
                    Some(_) | None => {
                        issue.parent = Some(number);
                        true
                    }
                },
                201,
            )
        }
        ("DELETE", ["sub_issue"]) => part(
            github,
            number,
            body,
            |issue| issue.parent == Some(number) && issue.parent.take().is_some(),
            200,
        ),
        _ => NOT_FOUND,
    }
}

/// Gives an issue to people, or takes it from them; whom GitHub does not know it leaves out.
fn assign(github: &mut Github, verb: &str, number: u64, body: &Value) -> Outcome {
    let known = |login: &String| github.manners.people.contains(login);
    let logins: Vec<String> = strings(&body["assignees"])
        .into_iter()
        .filter(known)
        .collect();
    let may = github.manners.may_triage;
    for login in logins.into_iter().filter(|_| may) {
        touch(github, number, |issue| match verb {
            "POST" => issue.assignees.insert(login),
            _ => issue.assignees.remove(&login),
        });
    }
    shown(github, number, if verb == "POST" { 201 } else { 200 })
}

/// Makes an issue a part of another, or of none.
fn part(
    github: &mut Github,
    whole: u64,
    body: &Value,
    act: impl FnOnce(&mut crate::Issue) -> bool,
    status: u16,
) -> Outcome {
    let id = body["sub_issue_id"].as_u64();
    let found = github
        .forge
        .issues
        .iter()
        .find(|(_, issue)| Some(issue.id) == id);
    let Some(number) = found.map(|(number, _)| *number) else {
        return NOT_FOUND;
    };
    // Round in a circle, GitHub does not let an issue be a part of its own part.
    let mut above = Some(whole);
    while let Some(one) = above {
        if one == number {
            return Outcome::No(422, "An error occurred while adding the sub-issue");
        }
        above = github.forge.issues.get(&one).and_then(|issue| issue.parent);
    }
    let now = github.now;
    let Some(issue) = github.forge.issues.get_mut(&number) else {
        return NOT_FOUND;
    };
    if !act(issue) {
        return Outcome::No(422, "Issue may only have one parent");
    }
    issue.updated = now;
    touch(github, whole, |_| true);
    shown(github, whole, status)
}

fn repo(github: &Github) -> Outcome {
    let (api, name) = (&github.api, &github.forge.full_name);
    let url = format!("{api}/repos/{name}");
    let mut shown = json!({
        "id": github.forge.id, "node_id": "R_1", "name": "lab", "full_name": name, "private": false,
        "owner": Forge::shown_user(api, "octocat"), "html_url": "https://github.com/x",
        "description": null, "fork": false, "url": url, "homepage": null, "language": null,
        "forks_count": 0, "stargazers_count": 0, "watchers_count": 0, "size": 1,
        "default_branch": "main", "open_issues_count": 0, "has_issues": github.forge.has_issues,
        "has_projects": false, "has_wiki": false, "has_pages": false, "has_downloads": false,
        "has_discussions": false, "archived": false, "disabled": false, "pushed_at": "2026-01-01T00:00:00Z",
        "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z", "forks": 0,
        "open_issues": 0, "watchers": 0, "network_count": 0, "subscribers_count": 0, "license": null,
        "mirror_url": null, "git_url": "git:x", "ssh_url": "x", "clone_url": "x", "svn_url": "https://x.org",
    });
    for rest in [
        "archive",
        "assignees",
        "blobs",
        "branches",
        "collaborators",
        "comments",
        "commits",
        "compare",
        "contents",
        "contributors",
        "deployments",
        "downloads",
        "events",
        "forks",
        "git_commits",
        "git_refs",
        "git_tags",
        "hooks",
        "issue_comment",
        "issue_events",
        "issues",
        "keys",
        "labels",
        "languages",
        "merges",
        "milestones",
        "notifications",
        "pulls",
        "releases",
        "stargazers",
        "statuses",
        "subscribers",
        "subscription",
        "tags",
        "teams",
        "trees",
    ] {
        shown[format!("{rest}_url")] = json!(format!("{url}/{rest}"));
    }
    Outcome::One(200, shown)
}

fn create_label(github: &mut Github, body: &Value) -> Outcome {
    let name = string(&body["name"]);
    if github.forge.label(&name).is_some() {
        return Outcome::Exists;
    }
    if !github.manners.may_triage {
        return NOT_FOUND;
    }
    if name.chars().count() > 50 {
        return Outcome::No(422, "name is too long (maximum is 50 characters)");
    }
    let name = github.forge.add_label(&name);
    Outcome::One(201, github.forge.shown_label(&github.api, &name))
}

fn create_milestone(github: &mut Github, body: &Value) -> Outcome {
    let title = string(&body["title"]);
    if github
        .forge
        .milestones
        .values()
        .any(|own| own.title == title)
    {
        return Outcome::Exists;
    }
    let number = github.forge.add_milestone(&title, github.now);
    change_milestone(github, &number.to_string(), body);
    Outcome::One(201, github.forge.shown_milestone(&github.api, number))
}

fn change_milestone(github: &mut Github, number: &str, body: &Value) -> Outcome {
    let number: u64 = number.parse().unwrap_or(0);
    let now = github.now;
    let Some(milestone) = github.forge.milestones.get_mut(&number) else {
        return NOT_FOUND;
    };
    if let Some(title) = body["title"].as_str() {
        title.clone_into(&mut milestone.title);
    }
    if let Some(text) = body["description"].as_str() {
        milestone.description = (!text.is_empty()).then(|| text.to_owned());
    }
    if let Some(state) = body["state"].as_str() {
        state.clone_into(&mut milestone.state);
    }
    if let Some(due) = body["due_on"].as_str() {
        // GitHub keeps the day, as midnight in California.
        let day = due.split('T').next().unwrap_or_default();
        milestone.due_on = Some(format!("{day}T08:00:00Z"));
    }
    milestone.updated = now;
    Outcome::One(200, github.forge.shown_milestone(&github.api, number))
}

fn since(query: &[(String, String)]) -> Option<&str> {
    let found = query.iter().find(|(name, _)| name == "since");
    found.map(|(_, value)| value.as_str())
}

fn issues(github: &Github, query: &[(String, String)]) -> Outcome {
    let (forge, api) = (&github.forge, &github.api);
    if !forge.has_issues {
        return Outcome::No(410, "Issues are disabled for this repo");
    }
    let by_birth = query
        .iter()
        .any(|(name, value)| name == "sort" && value == "created");
    let mut numbers: Vec<u64> = forge.issues.keys().copied().collect();
    if !by_birth {
        numbers.sort_by_key(|number| (forge.issues[number].updated, *number));
    }
    let shown = numbers
        .into_iter()
        .map(|number| forge.shown_issue(api, number));
    let fresh = |issue: &Value| {
        since(query).is_none_or(|since| issue["updated_at"].as_str() >= Some(since))
    };
    Outcome::List(shown.filter(fresh).collect())
}

fn comments(github: &Github, query: &[(String, String)]) -> Outcome {
    let (forge, api) = (&github.forge, &github.api);
    let mut ids: Vec<u64> = forge.comments.keys().copied().collect();
    ids.sort_by_key(|id| (forge.comments[id].updated, *id));
    let shown = ids.into_iter().map(|id| forge.shown_comment(api, id));
    let fresh = |comment: &Value| {
        since(query).is_none_or(|since| comment["updated_at"].as_str() >= Some(since))
    };
    Outcome::List(shown.filter(fresh).collect())
}

fn create_issue(github: &mut Github, body: &Value) -> Outcome {
    if !github.forge.has_issues {
        return Outcome::No(410, "Issues are disabled for this repo");
    }
    if let Some(no) = too_long(body) {
        return no;
    }
    let (title, login) = (string(&body["title"]), github.manners.login.clone());
    let number = github.forge.add_issue(&title, &login, github.now);
    let names = if github.manners.may_triage {
        strings(&body["labels"])
    } else {
        Vec::new()
    };
    for name in names {
        let name = github.forge.add_label(&name);
        touch(github, number, |issue| issue.labels.insert(name));
    }
    let people = strings(&body["assignees"]);
    for login in people {
        if github.manners.may_triage && github.manners.people.contains(&login) {
            touch(github, number, |issue| issue.assignees.insert(login));
        }
    }
    change_issue(
        github,
        number,
        &json!({ "body": body["body"], "milestone": body["milestone"] }),
    );
    shown(github, number, 201)
}

fn too_long(body: &Value) -> Option<Outcome> {
    let longer = |name: &str, most| {
        body[name]
            .as_str()
            .is_some_and(|text| text.chars().count() > most)
    };
    if longer("title", LONGEST_TITLE) || longer("body", LONGEST_BODY) {
        return Some(Outcome::No(422, "Validation Failed: is too long"));
    }
    None
}

fn change_issue(github: &mut Github, number: u64, body: &Value) -> Outcome {
    if let Some(no) = too_long(body) {
        return no;
    }
    let milestone = body.get("milestone").filter(|_| github.manners.may_triage);
    if let Some(of) = milestone.and_then(Value::as_u64)
        && !github.forge.milestones.contains_key(&of)
    {
        return Outcome::No(422, "Validation Failed: no such milestone");
    }
    let now = github.now;
    let Some(issue) = github.forge.issues.get_mut(&number) else {
        return NOT_FOUND;
    };
    if let Some(title) = body["title"].as_str() {
        title.clone_into(&mut issue.title);
    }
    if let Some(text) = body.get("body").filter(|text| text.is_string()) {
        issue.body = text
            .as_str()
            .filter(|text| !text.is_empty())
            .map(str::to_owned);
    }
    if let Some(milestone) = milestone {
        issue.milestone = milestone.as_u64();
    }
    if let Some(state) = body["state"].as_str() {
        if state != issue.state {
            issue.closed = (state == "closed").then_some(now);
        }
        state.clone_into(&mut issue.state);
        let told = body["state_reason"].as_str();
        issue.reason = match (state, told) {
            ("closed", told) => Some(told.unwrap_or("completed").to_owned()),
            (_, told) => told.map(str::to_owned),
        };
    }
    issue.updated = now;
    shown(github, number, 200)
}

/// Changes an issue, and notes when.
fn touch(github: &mut Github, number: u64, act: impl FnOnce(&mut crate::Issue) -> bool) {
    let now = github.now;
    if let Some(issue) = github.forge.issues.get_mut(&number)
        && act(issue)
    {
        issue.updated = now;
    }
}

fn shown(github: &Github, number: u64, status: u16) -> Outcome {
    Outcome::One(status, github.forge.shown_issue(&github.api, number))
}

fn labels_of(github: &Github, number: u64) -> Outcome {
    let (forge, api) = (&github.forge, &github.api);
    let names = forge
        .issues
        .get(&number)
        .map(|issue| issue.labels.clone())
        .unwrap_or_default();
    let labels: Vec<Value> = names
        .iter()
        .map(|name| forge.shown_label(api, name))
        .collect();
    Outcome::One(200, json!(labels))
}

fn string(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn strings(value: &Value) -> Vec<String> {
    let entries = value.as_array().map(Vec::as_slice).unwrap_or_default();
    entries
        .iter()
        .filter_map(|entry| Some(entry.as_str()?.to_owned()))
        .collect()
}
