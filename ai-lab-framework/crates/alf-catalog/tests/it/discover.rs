use std::path::{Path, PathBuf};

use alf_catalog::{Origin, Roots, find_instance, limits};

use crate::lab::{Lab, manifest};

fn names(lab: &Lab) -> Vec<(String, String)> {
    let found = lab.discover().tools.into_iter();
    found
        .map(|tool| (tool.manifest.name.to_string(), tool.origin.to_string()))
        .collect()
}

fn problems(lab: &Lab) -> Vec<String> {
    let found = lab.discover().problems;
    found
        .iter()
        .map(|problem| lab.without_root(&problem.to_string()))
        .collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected
        .iter()
        .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
        .collect()
}

#[test]
fn tools_are_found_in_the_instance_its_projects_and_the_home_sorted_by_name() {
    let lab = Lab::new();
    lab.tool("home/tools/zebra", "zebra");
    lab.tool("lab/tools/one", "one");
    lab.tool("lab/tools/global-tools/two", "two");
    lab.tool("lab/projects/server/tools/three", "three");
    lab.tool("lab/projects/server/tools/deep/four", "four");
    lab.tool("lab/tools/.hidden", "hidden");
    lab.tool("lab/tools/one/inner", "inner");
    lab.write("lab/tools/README.md", "no folder");
    lab.write("lab/tools/empty/notes.txt", "no manifest");
    assert_eq!(
        names(&lab),
        pairs(&[
            ("one", "global"),
            ("three", "project server"),
            ("two", "global"),
            ("zebra", "home")
        ])
    );
    assert_eq!(problems(&lab), [""; 0]);
    let discovery = lab.discover();
    let three = discovery.find("three").expect("it was listed");
    assert_eq!(three.origin, Origin::Project("server".to_owned()));
    assert_eq!(three.folder, lab.path("lab/projects/server/tools/three"));
    assert_eq!(three.manifest_path, three.folder.join("tool.toml"));
    assert!(discovery.find("four").is_none());
}

#[test]
fn roots_that_are_not_there_hold_no_tools() {
    let lab = Lab::new();
    assert_eq!((names(&lab), problems(&lab)), (Vec::new(), Vec::new()));
    let nothing = alf_catalog::Catalog::discover(&Roots::default());
    assert!(nothing.tools.is_empty() && nothing.problems.is_empty());
}

#[test]
fn a_name_taken_twice_is_one_problem_and_neither_tool_is_listed() {
    let lab = Lab::new();
    lab.tool("lab/tools/b", "same");
    lab.tool("lab/tools/a", "other");
    lab.tool("home/tools/x", "same");
    assert_eq!(names(&lab), pairs(&[("other", "global")]));
    assert_eq!(
        problems(&lab),
        [
            "the tool name `same` is taken more than once, so none of them runs: /home/tools/x, /lab/tools/b"
        ]
    );
    assert!(lab.discover().find("same").is_none());
}

#[test]
fn a_broken_manifest_is_a_problem_of_its_own_with_its_findings_and_text() {
    let lab = Lab::new();
    lab.tool("lab/tools/good", "good");
    let text = manifest("bad").replace("version", "verson");
    lab.write("lab/tools/bad/tool.toml", &text);
    assert_eq!(names(&lab), pairs(&[("good", "global")]));
    assert_eq!(
        problems(&lab),
        ["/lab/tools/bad/tool.toml:1:1: missing key `version`, and 1 more"]
    );
    let discovery = lab.discover();
    let shown = serde_json::to_value(&discovery.problems).expect("problems are listed as JSON");
    assert_eq!(shown[0]["findings"][1]["help"], "Did you mean `version`?");
    assert_eq!(
        shown[0]["places"][0],
        lab.path("lab/tools/bad/tool.toml").to_str().expect("UTF-8")
    );
    let alf_catalog::Problem::Manifest(broken) = &discovery.problems[0] else {
        panic!("{:?}", discovery.problems);
    };
    assert_eq!(broken.source, text);
}

#[test]
fn a_manifest_that_is_no_readable_file_is_a_problem_and_nothing_hangs() {
    let lab = Lab::new();
    lab.write("lab/tools/a-not-utf8/tool.toml", b"name = \"\xFF\"");
    lab.write("lab/tools/b-bom/tool.toml", "\u{FEFF}contract = 1");
    lab.write("lab/tools/c-long/tool.toml", "#".repeat(262_145));
    lab.fifo("lab/tools/d-pipe/tool.toml");
    lab.write("lab/tools/e-folder/tool.toml/x", "");
    lab.link("lab/tools/f-device/tool.toml", "/dev/zero");
    lab.link("lab/tools/g-nowhere/tool.toml", "nowhere");
    let socket = lab.path("lab/tools/h-socket");
    std::fs::create_dir_all(&socket).expect("a folder");
    let _socket =
        std::os::unix::net::UnixListener::bind(socket.join("tool.toml")).expect("a socket");
    assert_eq!(
        problems(&lab),
        [
            "/lab/tools/a-not-utf8/tool.toml cannot be read: it is not UTF-8 (byte 8)",
            "/lab/tools/b-bom/tool.toml cannot be read: it begins with a byte order mark",
            "/lab/tools/c-long/tool.toml cannot be read: it is longer than 262144 bytes",
            "/lab/tools/d-pipe/tool.toml cannot be read: it is a named pipe, not a file",
            "/lab/tools/e-folder/tool.toml cannot be read: it is a folder, not a file",
            "/lab/tools/f-device/tool.toml cannot be read: it is a symbolic link",
            "/lab/tools/g-nowhere/tool.toml cannot be read: it is a symbolic link",
            "/lab/tools/h-socket/tool.toml cannot be read: it is a socket, not a file",
        ]
    );
}

#[test]
fn a_tools_folder_may_be_a_link_and_a_root_that_is_a_loop_is_a_problem() {
    let lab = Lab::new();
    lab.tool("elsewhere/linked", "linked");
    lab.link("lab/tools/linked", lab.path("elsewhere/linked"));
    lab.link("home/tools", "tools");
    assert_eq!(names(&lab), pairs(&[("linked", "global")]));
    let told = problems(&lab);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(
        told[0].starts_with("the folder /home/tools cannot be listed: "),
        "{told:?}"
    );
}

#[test]
fn a_folder_of_too_many_entries_is_told_and_not_walked_through() {
    let lab = Lab::new();
    let folder = lab.path("lab/tools/data");
    std::fs::create_dir_all(&folder).expect("a folder");
    for index in 0..=limits::FOLDER_ENTRIES {
        std::fs::File::create(folder.join(index.to_string())).expect("a file");
    }
    assert_eq!(
        problems(&lab),
        ["/lab/tools/data has more than 4096 entries; the rest is not looked at"]
    );
}

#[test]
fn the_instance_is_the_nearest_folder_upwards_with_its_file() {
    let lab = Lab::new();
    lab.write("lab/projects/a/inner/ai-lab.toml", "");
    lab.write(
        "lab/projects/b/ai-lab.toml/x",
        "a folder of that name is no instance",
    );
    let check = |start: &str| find_instance(&lab.path(start));
    assert_eq!(check("lab"), Some(lab.path("lab")));
    assert_eq!(
        check("lab/projects/a/inner/x/y"),
        Some(lab.path("lab/projects/a/inner"))
    );
    assert_eq!(check("lab/projects/b"), Some(lab.path("lab")));
    assert_eq!(check("home"), None);
    assert_eq!(find_instance(Path::new("")), None::<PathBuf>);
}

#[test]
fn a_listing_as_json_names_origin_and_place_and_not_the_text() {
    let lab = Lab::new();
    lab.tool("lab/projects/p/tools/one", "one");
    let listing = serde_json::to_value(lab.discover()).expect("a discovery is listed as JSON");
    let tool = &listing["tools"][0];
    assert_eq!(
        tool["origin"],
        serde_json::json!({"kind": "project", "project": "p"})
    );
    assert_eq!(tool["manifest"]["name"], "one");
    assert_eq!(tool.get("source"), None);
}
