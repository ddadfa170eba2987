//! What GitHub says, in the words of the lab: the same thing is always the same text.

use lab_github::{Issue, MilestoneThere};
use lab_merge::{Image, Value};
use lab_model::{Label, RepoName, Uid};

use crate::fields::{
    ASSIGNEE, ASSIGNEES, BODY, COMPLETED, DUE, LABELS, MILESTONE, NOT_PLANNED, OPEN, PARENT, STAGE,
    STAGE_PREFIX, STATE, TITLE, status_of_stage,
};

/// What a parent is called that is in no repository of the sync.
const ELSEWHERE: &str = "elsewhere";

/// Begins the marker that says whose an issue is.
const MARKER: &str = "<!-- ai-lab uid=";

/// Begins the marker that says by which order a comment was written.
const NOTE_MARKER: &str = "<!-- ai-lab note=";

/// Ends both.
const MARKER_END: &str = " -->";

/// A text with GitHub's line ends made the lab's, and without space at its end.
pub(crate) fn clean(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.trim_end().to_owned()
}

/// An issue's text with the marker that says whose it is.
pub(crate) fn marked(text: &str, uid: &Uid) -> String {
    with_marker(text, MARKER, uid)
}

/// A comment's text with the marker of its order.
pub(crate) fn marked_note(text: &str, order: &Uid) -> String {
    with_marker(text, NOTE_MARKER, order)
}

fn with_marker(text: &str, start: &str, uid: &Uid) -> String {
    let text = clean(text);
    let between = if text.is_empty() { "" } else { "\n\n" };
    format!("{text}{between}{start}{uid}{MARKER_END}")
}

/// Takes the marker out of an issue's text.
pub(crate) fn unmarked(text: &str) -> (String, Option<Uid>) {
    without_marker(text, MARKER)
}

/// A comment's text as people read it.
pub fn note_text(text: &str) -> String {
    unmarked_note(text).0
}

/// Takes the marker out of a comment's text.
pub(crate) fn unmarked_note(text: &str) -> (String, Option<Uid>) {
    without_marker(text, NOTE_MARKER)
}

fn without_marker(text: &str, start: &str) -> (String, Option<Uid>) {
    let text = clean(text);
    let found = text.rfind(start).and_then(|at| {
        let rest = &text[at + start.len()..];
        let (uid, after) = rest.split_once(MARKER_END)?;
        Some((at, uid.parse().ok()?, after.to_owned()))
    });
    match found {
        None => (text, None),
        Some((at, uid, after)) => {
            let before = text[..at].trim_end();
            (clean(&format!("{before}{after}")), Some(uid))
        }
    }
}

/// An issue as it is there, and whose its text says it is.
pub(crate) fn issue_image(
    issue: &Issue,
    repo: &RepoName,
    repo_id: Option<u64>,
) -> (Image, Option<Uid>) {
    let mut image = Image::default();
    let (body, marker) = unmarked(issue.body.as_deref().unwrap_or_default());
    image.put(TITLE, Value::text(issue.title.trim()));
    image.put(BODY, Value::text(body));
    image.put(
        STATE,
        Value::text(state(&issue.state, issue.state_reason.as_deref())),
    );
    let names = || issue.labels.iter().filter_map(|label| label.name());
    let stages: Vec<&str> = names()
        .filter_map(|name| name.strip_prefix(STAGE_PREFIX))
        .collect();
    image.put(STAGE, Value::text(stages.join(", ")));
    image.put(
        LABELS,
        Value::set(names().filter(|name| !name.starts_with(STAGE_PREFIX))),
    );
    let people = issue
        .assignees
        .iter()
        .flatten()
        .map(|account| account.login.clone());
    image.put(ASSIGNEES, Value::set(people));
    let milestone = issue
        .milestone
        .as_ref()
        .map(|milestone| milestone.number.to_string());
    image.put(MILESTONE, milestone.and_then(Value::text));
    let parent = issue
        .parent_issue_url
        .as_deref()
        .map(|url| number_in(url, repo, repo_id));
    image.put(PARENT, parent.and_then(Value::text));
    (image, marker)
}

/// The number in an issue's address, where that is in the repository.
fn number_in(url: &str, repo: &RepoName, repo_id: Option<u64>) -> String {
    let by_name = format!("/repos/{repo}/issues/").to_lowercase();
    let by_id = repo_id.map(|id| format!("/repositories/{id}/issues/"));
    let url = url.to_lowercase();
    let number = [Some(by_name), by_id]
        .into_iter()
        .flatten()
        .find_map(|start| {
            let (_, number) = url.split_once(&start)?;
            number.parse::<u64>().ok()
        });
    number.map_or_else(|| ELSEWHERE.to_owned(), |number| number.to_string())
}

/// The number of the issue that an address ends in, such as a comment's.
pub(crate) fn number_at_end(url: &str) -> Option<u64> {
    url.rsplit('/').next()?.parse().ok()
}

/// A milestone as it is there.
pub(crate) fn milestone_image(milestone: &MilestoneThere) -> Image {
    let mut image = Image::default();
    image.put(TITLE, Value::text(milestone.title.trim()));
    image.put(
        BODY,
        Value::text(clean(milestone.description.as_deref().unwrap_or_default())),
    );
    let state = if milestone.state == "closed" {
        COMPLETED
    } else {
        OPEN
    };
    image.put(STATE, Value::text(state));
    // GitHub moves the hour about; what is meant is the day.
    let due = milestone.due_on.map(|due| due.day_utc().to_string());
    image.put(DUE, due.and_then(Value::text));
    image
}

fn state(state: &str, reason: Option<&str>) -> &'static str {
    match (state, reason) {
        ("closed", Some("not_planned" | "duplicate")) => NOT_PLANNED,
        ("closed", _) => COMPLETED,
        _ => OPEN,
    }
}

/// A name by which labels are compared: GitHub takes two that differ in case alone as one.
pub(crate) fn folded(name: &str) -> String {
    name.to_lowercase()
}

/// What of an issue is merged. A hint tells what is unchanged where GitHub is silent or says more than the lab keeps.
pub(crate) fn merged_side(there: &Image, hint: &Image, label: Option<&Label>) -> Image {
    let mut image = there.clone();
    let prefix = label.map(|label| format!("[{label}] "));
    if let (Some(title), Some(prefix)) = (there.text(TITLE), prefix) {
        image.put(
            TITLE,
            Value::text(title.strip_prefix(&prefix).unwrap_or(title)),
        );
    }
    let open = there.text(STATE) == Some(OPEN);
    // No label is no change; so is any on what is closed.
    let stage = if open { there.text(STAGE) } else { None };
    let stage = stage.or(hint.text(STAGE)).or(open.then_some("todo"));
    image.put(STAGE, stage.and_then(Value::text));
    let labels = there.members(LABELS).into_iter().map(|name| folded(&name));
    image.put(LABELS, Value::set(labels));
    let people = there.members(ASSIGNEES);
    let known = hint
        .text(ASSIGNEE)
        .filter(|one| people.contains(*one))
        .map(str::to_owned);
    let one = known.or_else(|| people.first().cloned());
    image.put(ASSIGNEE, one.and_then(Value::text));
    image.put(ASSIGNEES, None);
    if there.text(PARENT) == Some(ELSEWHERE) {
        image.put(PARENT, hint.get(PARENT).cloned());
    }
    image
}

/// Whether a stage from GitHub names one status.
pub(crate) fn is_stage(stage: Option<&str>) -> bool {
    stage.is_none_or(|stage| status_of_stage(stage).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uid() -> Uid {
        Uid::from_parts(1, [7; 10])
    }

    #[test]
    fn a_marker_comes_out_as_it_went_in() {
        for text in ["", "one", "one\ntwo  x", "ends with a comment <!-- x -->"] {
            assert_eq!(
                unmarked(&marked(text, &uid())),
                (text.to_owned(), Some(uid()))
            );
            assert_eq!(
                unmarked_note(&marked_note(text, &uid())),
                (text.to_owned(), Some(uid()))
            );
            assert_eq!(unmarked(text), (text.to_owned(), None));
        }
        let below = format!("{}\r\nbelow\r\n", marked("above", &uid()));
        assert_eq!(unmarked(&below), ("above\nbelow".to_owned(), Some(uid())));
        let wrong = "x <!-- ai-lab uid=7 -->";
        assert_eq!(unmarked(wrong), (wrong.to_owned(), None));
    }

    #[test]
    fn a_parent_is_a_number_only_within_the_repository() {
        let repo: RepoName = "o/n".parse().expect("a name");
        let number = |url: &str| number_in(url, &repo, Some(7));
        assert_eq!(number("https://api.github.com/repos/O/N/issues/12"), "12");
        assert_eq!(
            number("https://api.github.com/repositories/7/issues/12"),
            "12"
        );
        assert_eq!(
            number("https://api.github.com/repos/o/other/issues/12"),
            "elsewhere"
        );
        assert_eq!(
            number_at_end("https://api.github.com/repos/o/n/issues/12"),
            Some(12)
        );
        assert_eq!(number_at_end("x"), None);
    }

    #[test]
    fn silence_is_no_change() {
        let mut there = Image::default();
        there.put(STATE, Value::text(OPEN));
        there.put(TITLE, Value::text("[FRM-001] Pump"));
        there.put(LABELS, Value::set(["Bug"]));
        there.put(ASSIGNEES, Value::set(["a", "b"]));
        there.put(PARENT, Value::text(ELSEWHERE));
        let mut hint = Image::default();
        hint.put(STAGE, Value::text("review"));
        hint.put(ASSIGNEE, Value::text("b"));
        hint.put(PARENT, Value::text("3"));
        let label = "FRM-001".parse().ok();
        let side = merged_side(&there, &hint, label.as_ref());
        let texts = [TITLE, STAGE, ASSIGNEE, PARENT].map(|field| side.text(field));
        assert_eq!(texts, [Some("Pump"), Some("review"), Some("b"), Some("3")]);
        assert_eq!(side.members(LABELS), ["bug".to_owned()].into());
        let side = merged_side(&there, &Image::default(), None);
        assert_eq!(
            (side.text(STAGE), side.text(ASSIGNEE)),
            (Some("todo"), Some("a"))
        );
        assert!(is_stage(None) && is_stage(Some("review")));
        assert!(
            !is_stage(Some("review, todo"))
                && !is_stage(Some("proposed"))
                && !is_stage(Some("done"))
        );
    }

    #[test]
    fn closing_reasons_are_told_apart() {
        for (given, reason, expected) in [
            ("open", None, OPEN),
            ("open", Some("reopened"), OPEN),
            ("closed", None, COMPLETED),
            ("closed", Some("completed"), COMPLETED),
            ("closed", Some("not_planned"), NOT_PLANNED),
            ("closed", Some("duplicate"), NOT_PLANNED),
        ] {
            assert_eq!(state(given, reason), expected);
        }
    }
}
