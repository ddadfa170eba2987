use super::*;
use crate::Day;

fn read(text: &str) -> Result<ItemQuery, String> {
    let on: Day = "2026-02-03".parse().expect("a date");
    parse_query([text], Said { by: "jo", on }).map_err(|error| error.to_string())
}

fn check(text: &str, expected: &ItemQuery) {
    assert_eq!(read(text).as_ref(), Ok(expected), "{text}");
}

fn due(from: Option<&str>, to: Option<&str>) -> Due {
    let day = |text: &str| text.parse().expect("a date");
    Due::Between(from.map(day), to.map(day))
}

fn none() -> ItemQuery {
    ItemQuery::default()
}

#[test]
fn a_whole_question_is_read() {
    let tag = |text: &str| text.parse::<Tag>().expect("a tag");
    check(
        "status:todo,review prio:high.. project:homeserver due:<14d label:x,-z assignee:me -label:y loud pump",
        &ItemQuery {
            statuses: vec![ItemStatus::Todo, ItemStatus::Review],
            priorities: vec![Priority::High, Priority::Critical],
            projects: vec![Some("homeserver".to_owned())],
            due: Some(due(None, Some("2026-02-16"))),
            labels: vec![tag("x")],
            without_labels: vec![tag("z"), tag("y")],
            assignees: vec![Some("jo".to_owned())],
            text: Some("loud pump".to_owned()),
            ..none()
        },
    );
    check("", &none());
}

#[test]
fn words_may_be_cut_short_and_stand_alone() {
    use ItemStatus::{Blocked, Cancelled, Done, InProgress, Review, Todo};
    let statuses = |statuses: &[ItemStatus]| ItemQuery {
        statuses: statuses.to_vec(),
        ..none()
    };
    check("st:in-prog", &statuses(&[InProgress]));
    check("STATUS:TODO", &statuses(&[Todo]));
    check(
        "status:open",
        &statuses(&[Todo, InProgress, Review, Blocked]),
    );
    check("closed", &statuses(&[Done, Cancelled]));
    check("-status:open,done", &statuses(&[Cancelled]));
    check("status:-open,-done", &statuses(&[Cancelled]));
    check(
        "status:open,-blocked,-todo",
        &statuses(&[InProgress, Review]),
    );
    check("status:todo,, status:todo", &statuses(&[Todo]));
    let stands = |stands: &[Stand]| ItemQuery {
        stands: stands.to_vec(),
        ..none()
    };
    check("ready", &stands(&[Stand::Ready]));
    check("is:ready,draft", &stands(&[Stand::Ready, Stand::Draft]));
    check("blocked", &stands(&[Stand::Blocked, Stand::Waiting]));
    check(
        "mine all -type:bug",
        &ItemQuery {
            assignees: vec![Some("jo".to_owned())],
            all: true,
            types: ItemType::ALL
                .iter()
                .copied()
                .filter(|it| *it != ItemType::Bug)
                .collect(),
            ..none()
        },
    );
    check(
        "project:none,HS milestone:none",
        &ItemQuery {
            projects: vec![None, Some("HS".to_owned())],
            milestones: vec![None],
            ..none()
        },
    );
}

#[test]
fn priorities_have_ranges() {
    use Priority::{Critical, High, Low, Medium};
    for (text, expected) in [
        ("prio:low", &[Low][..]),
        ("priority:low..high", &[Low, Medium, High]),
        ("prio:..medium", &[Low, Medium]),
        ("pri:crit..", &[Critical]),
        ("-prio:low", &[Medium, High, Critical]),
        ("prio:..", Priority::ALL),
    ] {
        let expected = ItemQuery {
            priorities: expected.to_vec(),
            ..none()
        };
        check(text, &expected);
    }
}

#[test]
fn due_is_a_day_a_side_or_a_range() {
    for (text, expected) in [
        ("due:fri", due(Some("2026-02-06"), Some("2026-02-06"))),
        ("due:<=fri", due(None, Some("2026-02-06"))),
        ("due:<fri", due(None, Some("2026-02-05"))),
        ("due:>2026-02-28", due(Some("2026-03-01"), None)),
        ("due:>=today", due(Some("2026-02-03"), None)),
        (
            "due:today..eom",
            due(Some("2026-02-03"), Some("2026-02-28")),
        ),
        ("due:..eom", due(None, Some("2026-02-28"))),
        ("due:late", due(None, Some("2026-02-02"))),
        ("late", due(None, Some("2026-02-02"))),
        ("due:any", due(None, None)),
        ("due:none", Due::Never),
    ] {
        let expected = ItemQuery {
            due: Some(expected),
            ..none()
        };
        check(text, &expected);
    }
}

#[test]
fn what_is_no_word_of_the_language_is_text() {
    for (text, expected) in [
        ("pump", "pump"),
        ("\"ready\"", "ready"),
        ("text:ready", "ready"),
        ("\"status:todo now\"", "status:todo now"),
        ("10:30", "10:30"),
        ("-loud", "-loud"),
        ("https://example.org", ""),
    ] {
        if expected.is_empty() {
            assert!(read(text).is_err(), "{text}");
            continue;
        }
        let expected = ItemQuery {
            text: Some(expected.to_owned()),
            ..none()
        };
        check(text, &expected);
    }
    let quoted = ItemQuery {
        labels: vec!["two words".parse().expect("a tag")],
        ..none()
    };
    check("label:\"two words\"", &quoted);
}

#[test]
fn a_wrong_word_is_told_with_the_nearest_right_one() {
    let keys = "status, prio, type, project, milestone, parent, label, assignee, due, is, text";
    for (text, expected) in [
        ("staus:todo", format!("`staus:` is nothing to filter by, perhaps status: {keys}; quote it to look for the text")),
        ("xyzzy:1", format!("`xyzzy:` is nothing to filter by: {keys}; quote it to look for the text")),
        ("p:x", "`p` could be prio or project or parent".to_owned()),
        ("status:", "`status:` says nothing".to_owned()),
        ("status:don,", String::new()),
        ("status:dnoe", "`dnoe` is no status, perhaps done: todo, in_progress, review, done, blocked, cancelled".to_owned()),
        ("type:x", "`x` is no item type: feature, bug, task, research, documentation, infrastructure".to_owned()),
        ("prio:high..low", "`high..low` ends before it begins".to_owned()),
        ("due:fri..today", "`fri..today` ends before it begins".to_owned()),
        ("due:someday", "`someday` is no day: today, tomorrow, fri, +2w, 3d, eom, 12-24, 2026-12-24".to_owned()),
        ("-project:HS", "nothing can be left out of `project:`, only of status, prio, type and label".to_owned()),
        ("-prio:..", "nothing is left of prio".to_owned()),
        ("is:lte", "`lte` is no word, perhaps late: ready, waiting, blocked, draft, doing, open, closed, late, mine, all".to_owned()),
        ("\"open", "a quote is not closed".to_owned()),
        ("label:\u{7}", "`\\u{7}` is no tag: 1 to 100 printable characters, no space at either end".to_owned()),
    ] {
        if expected.is_empty() {
            assert!(read(text).is_ok(), "{text}");
        } else {
            assert_eq!(read(text), Err(expected), "{text}");
        }
    }
    let long = "word ".repeat(65);
    assert_eq!(read(&long), Err("more than 64 words".to_owned()));
}
