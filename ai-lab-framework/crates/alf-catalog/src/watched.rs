//! Whether a listing of tools may be another by now, without reading anything.

use std::collections::BTreeMap;
use std::fs::read_dir;
use std::path::{Path, PathBuf};

use ai_lab_contract::SchemaSource;

use crate::discover::MANIFEST;
use crate::stamp::Stamp;
use crate::{FoundTool, Roots, limits};

/// What a listing of tools was made of, as it looked then.
///
/// Looked at are the folders that tools lie in, the tools' own folders, their manifests and schemas. What a program of a
/// tool does is no part of a listing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Watched {
    /// `None` for what was not there.
    stamps: BTreeMap<PathBuf, Option<Stamp>>,
}

impl Watched {
    /// Looks at everything that decides which tools there are. Look first and discover then: what changes in between is
    /// seen as a change.
    pub fn look(roots: &Roots) -> Self {
        let mut watched = Self::default();
        if let Some(instance) = &roots.instance {
            watched.tools_in(&instance.join("tools"), 2);
            for project in watched.folders_in(&instance.join("projects")) {
                watched.tools_in(&project.join("tools"), 1);
            }
        }
        if let Some(home) = &roots.home {
            watched.tools_in(&home.join("tools"), 1);
        }
        watched
    }

    /// Looks at the schemas of these tools too, before they are read.
    pub fn add_schemas(&mut self, found: &[FoundTool]) {
        for tool in found {
            let actions = tool.manifest.actions.values();
            for source in actions.flat_map(|action| [&action.input, &action.output]) {
                if let SchemaSource::File(name) = source {
                    self.add(tool.folder.join(name));
                }
            }
        }
    }

    /// Whether anything looks different now.
    pub fn has_changed(&self) -> bool {
        self.stamps
            .iter()
            .any(|(path, stamp)| stamp_of(path) != *stamp)
    }

    fn tools_in(&mut self, folder: &Path, depth: u32) {
        for place in self.folders_in(folder) {
            self.add(place.join(MANIFEST));
            if depth > 1 && !place.join(MANIFEST).exists() {
                self.tools_in(&place, depth - 1);
            } else {
                self.add(place);
            }
        }
    }

    fn folders_in(&mut self, folder: &Path) -> Vec<PathBuf> {
        self.add(folder.to_owned());
        let entries = read_dir(folder).into_iter().flatten().flatten();
        let entries = entries.take(limits::FOLDER_ENTRIES);
        let may_be_folder = |path: &PathBuf| path.is_dir();
        entries
            .map(|entry| entry.path())
            .filter(may_be_folder)
            .collect()
    }

    fn add(&mut self, path: PathBuf) {
        let stamp = stamp_of(&path);
        self.stamps.insert(path, stamp);
    }
}

fn stamp_of(path: &Path) -> Option<Stamp> {
    // Through links: a tool may be one, and so may its manifest be.
    let metadata = path.metadata().ok()?;
    Some(Stamp::of(&metadata))
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::disallowed_methods,
        reason = "tests write files as they please"
    )]

    use std::fs;

    use super::*;
    use crate::Catalog;

    const TOOL: &str = "contract = 1\nname = \"NAME\"\nversion = \"1.0.0\"\ndescription = \"Looks.\"\n\
                        [run]\ncommand = [\"sh\"]\n[actions.look]\ndescription = \"Looks.\"\n\
                        input = \"in.json\"\noutput = { type = \"object\" }\n";

    fn tool(folder: &Path, name: &str) {
        fs::create_dir_all(folder).expect("a folder");
        fs::write(folder.join(MANIFEST), TOOL.replace("NAME", name)).expect("written");
        fs::write(folder.join("in.json"), "{\"type\":\"object\"}").expect("written");
    }

    #[test]
    fn every_change_of_a_listing_is_seen() {
        let root = tempfile::tempdir().expect("a folder");
        let lab = root.path();
        fs::create_dir_all(lab.join("projects/p")).expect("a folder");
        tool(&lab.join("tools/one"), "one");
        let roots = Roots {
            instance: Some(lab.to_owned()),
            home: None,
        };
        let check = |change: &dyn Fn(), is_seen: bool| {
            let mut watched = Watched::look(&roots);
            watched.add_schemas(&Catalog::discover(&roots).tools);
            assert!(!watched.has_changed());
            change();
            assert_eq!(watched.has_changed(), is_seen);
        };
        check(&|| tool(&lab.join("tools/two"), "two"), true);
        check(&|| tool(&lab.join("tools/group/three"), "three"), true);
        check(&|| tool(&lab.join("tools/group/four"), "four"), true);
        check(&|| tool(&lab.join("projects/p/tools/five"), "five"), true);
        check(&|| tool(&lab.join("projects/q/tools/six"), "six"), true);
        check(
            &|| fs::write(lab.join("tools/one/in.json"), "{}").expect("written"),
            true,
        );
        check(
            &|| fs::remove_dir_all(lab.join("tools/two")).expect("removed"),
            true,
        );
        check(
            &|| fs::write(lab.join("notes.md"), "").expect("written"),
            false,
        );
    }
}
