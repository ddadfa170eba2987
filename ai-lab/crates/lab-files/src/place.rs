//! Where each document lies in a lab, and what lies where.

use std::fmt::Write as _;

use lab_model::{EntityKind, Label, Uid};

/// The longest stem of a file's name that is made of a label, in bytes: most systems take 255.
const LONGEST_STEM: usize = 200;

/// How much of a uid a file's name shows: enough that two branches never make the same file.
const TAIL: usize = 8;

/// What a path below a lab's folder is the place of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Of which kind.
    pub kind: EntityKind,
    /// The project's folder below `projects/` that it lies in; `None` for the lab's own `data/`.
    pub project: Option<String>,
}

/// The folder of a kind's files, `/` between the parts. `project` is a project's folder below `projects/`.
///
/// A project's own file always lies with it; ideas and repositories are the whole lab's.
pub fn folder_name(kind: EntityKind, project: Option<&str>) -> String {
    match (kind, project) {
        (EntityKind::Project, Some(project)) => format!("projects/{project}/data"),
        (EntityKind::Project, None) => "data/projects".to_owned(),
        (EntityKind::Item, Some(project)) => format!("projects/{project}/data/work-items"),
        (EntityKind::Item, None) => "data/work-items".to_owned(),
        (EntityKind::Milestone, Some(project)) => format!("projects/{project}/data/milestones"),
        (EntityKind::Milestone, None) => "data/milestones".to_owned(),
        (EntityKind::Idea, _) => "data/ideas".to_owned(),
        (EntityKind::Repo, _) => "data/repos".to_owned(),
    }
}

/// The name of a new file: the label for people, the uid's end so that no two branches ever make the same.
///
/// It is given once: a file keeps its name when the label changes, or two branches that change it would meet in git.
pub fn file_name(kind: EntityKind, label: &Label, uid: &Uid) -> String {
    if kind == EntityKind::Project {
        return "project.json".to_owned();
    }
    let tail = &uid.as_str()[uid.as_str().len() - TAIL..];
    format!("{}_{tail}.json", stem(label.as_str()))
}

/// A text as part of a file's name: letters and digits as they are, whatever else could mean something escaped.
fn stem(text: &str) -> String {
    let mut stem = String::new();
    for c in text.chars() {
        let first = stem.is_empty();
        let plain = c.is_alphanumeric() || c == '-' || c == '_' || (c == '.' && !first);
        let mut piece = String::new();
        if plain {
            piece.push(c);
        } else {
            let mut bytes = [0; 4];
            for byte in c.encode_utf8(&mut bytes).bytes() {
                // Writing into a text cannot fail.
                let _ = write!(piece, "%{byte:02X}");
            }
        }
        if stem.len() + piece.len() > LONGEST_STEM {
            break;
        }
        stem.push_str(&piece);
    }
    stem
}

/// The place that a path below a lab's folder is, `/` between the parts; `None` where no document of ours lies.
pub fn place_of(path: &str) -> Option<Place> {
    let parts: Vec<&str> = path.split('/').collect();
    let name = parts.last()?;
    let is_json = name
        .strip_suffix(".json")
        .is_some_and(|stem| !stem.is_empty());
    if !is_json
        || parts
            .iter()
            .any(|part| part.starts_with('.') || part.is_empty())
    {
        return None;
    }
    let (kind, project) = match parts.as_slice() {
        ["data", "ideas", _] => (EntityKind::Idea, None),
        ["data", "repos", _] => (EntityKind::Repo, None),
        ["data", "work-items", _] => (EntityKind::Item, None),
        ["data", "milestones", _] => (EntityKind::Milestone, None),
        ["projects", project, "data", "project.json"] => (EntityKind::Project, Some(*project)),
        ["projects", project, "data", "work-items", _] => (EntityKind::Item, Some(*project)),
        ["projects", project, "data", "milestones", _] => (EntityKind::Milestone, Some(*project)),
        _ => return None,
    };
    Some(Place {
        kind,
        project: project.map(str::to_owned),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_label_has_a_name_that_no_system_minds() {
        let uid = Uid::from_parts(1, [0xab; 10]);
        let tail = &uid.as_str()[28..];
        let long = "ü".repeat(64);
        for (label, stem) in [
            ("FRM-020", "FRM-020"),
            ("FRM-001-1.1", "FRM-001-1.1"),
            ("Übung 3", "Übung%203"),
            ("../x", "%2E.%2Fx"),
            ("a/b:c", "a%2Fb%3Ac"),
            (&long, &"ü".repeat(64)),
            (&"/".repeat(64), &"%2F".repeat(64)),
        ] {
            let label: Label = label.parse().expect("a label");
            let name = file_name(EntityKind::Item, &label, &uid);
            assert_eq!(name, format!("{stem}_{tail}.json"));
            assert!(name.len() <= 255);
            let path = format!("{}/{name}", folder_name(EntityKind::Item, Some("home")));
            let place = Place {
                kind: EntityKind::Item,
                project: Some("home".to_owned()),
            };
            assert_eq!(place_of(&path), Some(place), "{path}");
        }
        let widest: Label = "😀".repeat(64).parse().expect("a label");
        assert!(file_name(EntityKind::Idea, &widest, &uid).len() <= 255);
    }

    #[test]
    fn only_the_places_of_documents_are_looked_at() {
        for path in [
            "data/ai_lab.db",
            "data/schemas/item.json",
            "data/ideas/.json",
            "data/ideas/.x.json",
            "projects/a/data/other.json",
            "projects/.a/data/work-items/x.json",
            "projects/a/data/work-items/deep/x.json",
            "projects/a/tools/work-items/x.json",
        ] {
            assert_eq!(place_of(path), None, "{path}");
        }
        for kind in EntityKind::ALL {
            let (label, uid) = ("A-1".parse().expect("a label"), Uid::from_parts(1, [1; 10]));
            let path = format!(
                "{}/{}",
                folder_name(*kind, Some("p")),
                file_name(*kind, &label, &uid)
            );
            assert_eq!(
                place_of(&path).map(|place| place.kind),
                Some(*kind),
                "{path}"
            );
        }
    }
}
