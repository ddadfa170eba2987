//! Tools that change, break and clash.

use ai_lab_contract::ErrorClass;
use alf_ops::{check_tools, list_tools, show_tool};
use serde_json::json;

use crate::scene::{Lab, WELL, call, data, manifest, run, shown, told};

#[test]
fn a_tool_that_changes_between_two_calls_is_loaded_anew() {
    let lab = Lab::new();
    lab.tool("probe", WELL);
    let framework = lab.framework();
    let first = run(&framework, &call("probe", json!({}))).expect("it runs");
    let again = run(&framework, &call("probe", json!({}))).expect("it runs");
    lab.write(
        "lab/tools/probe/run.sh",
        "echo '{\"data\":{\"ok\":false}}'\n",
    );
    let changed = run(&framework, &call("probe", json!({}))).expect("it runs");

    assert_eq!(
        [&first, &again, &changed].map(|completed| completed.data.clone()),
        [true, true, false].map(|ok| Some(json!({ "ok": ok })))
    );
    let digests = [&first, &again, &changed]
        .map(|completed| shown(&framework, completed).execution.start.tool_digest);
    let on_disk = show_tool(&lab.framework(), "probe")
        .expect("it is there")
        .digest;
    assert_eq!(digests[0], digests[1]);
    assert_ne!(digests[1], digests[2]);
    assert_eq!(on_disk.as_ref(), Some(&digests[2]));
}

#[test]
fn a_broken_manifest_keeps_no_other_tool_from_running() {
    let lab = Lab::new();
    lab.tool("probe", WELL);
    lab.tool("torn", WELL);
    lab.write(
        "lab/tools/torn/tool.toml",
        manifest("torn", "profil = \"standard\""),
    );
    let framework = lab.framework();
    assert_eq!(
        data(&framework, &call("probe", json!({}))),
        json!({ "ok": true })
    );
    let list = list_tools(&framework);
    let names: Vec<&str> = list.tools.iter().map(|tool| tool.name.as_str()).collect();
    assert_eq!((names, list.problems.len()), (vec!["probe"], 1));
    let failure =
        run(&framework, &call("torn", json!({}))).expect_err("because its manifest is wrong");
    assert_eq!(
        told(&lab, &failure),
        (
            ErrorClass::Config,
            vec![
                "/lab/tools/torn/tool.toml:5:1: unknown key `profil` (Did you mean `profile`?)"
                    .to_owned()
            ],
            "`ai-lab-framework tool check torn` names everything that is wrong.".to_owned()
        )
    );
}

#[test]
fn of_two_tools_of_one_name_neither_runs_and_both_folders_are_named() {
    let lab = Lab::new();
    lab.tool("probe", WELL);
    lab.tool("other", WELL);
    lab.write("home/tools/mine/tool.toml", manifest("probe", ""));
    lab.write("home/tools/mine/run.sh", WELL);
    let framework = lab.framework();
    let failure = run(&framework, &call("probe", json!({}))).expect_err("because there are two");
    assert_eq!(
        told(&lab, &failure),
        (
            ErrorClass::Config,
            vec![
                "the tool name `probe` is taken more than once, so none of them runs: /home/tools/mine, /lab/tools/probe"
                    .to_owned()
            ],
            "`ai-lab-framework tool check probe` names everything that is wrong.".to_owned()
        )
    );
    assert_eq!(
        data(&framework, &call("other", json!({}))),
        json!({ "ok": true })
    );
    let check = check_tools(&framework, Some("probe")).expect("there is such a name");
    assert_eq!(
        (check.errors(), check.tools.len(), check.problems.len()),
        (1, 0, 1)
    );
}

#[test]
fn a_clash_with_a_tool_already_loaded_is_seen_too() {
    let lab = Lab::new();
    lab.tool("probe", WELL);
    let framework = lab.framework();
    assert_eq!(
        data(&framework, &call("probe", json!({}))),
        json!({ "ok": true })
    );
    std::fs::remove_dir_all(lab.path("lab/tools/probe")).expect("it is ours");
    let failure = run(&framework, &call("probe", json!({}))).expect_err("because it is gone");
    assert_eq!(
        told(&lab, &failure),
        (
            ErrorClass::NotFound,
            vec!["there is no tool `probe`".to_owned()],
            "`ai-lab-framework tool list` shows the tools there are.".to_owned()
        )
    );
}

#[test]
fn a_tool_that_cannot_be_loaded_says_why() {
    let lab = Lab::new();
    lab.tool("probe", WELL);
    let text = manifest("probe", "").replace("[\"sh\", \"run.sh\"]", "[\"./absent\"]");
    lab.write("lab/tools/probe/tool.toml", text);
    let framework = lab.framework();
    let failure =
        run(&framework, &call("probe", json!({}))).expect_err("because there is no program");
    assert_eq!(
        told(&lab, &failure),
        (
            ErrorClass::Environment,
            vec![
                "cannot load the tool `probe`".to_owned(),
                "the tool `probe` cannot be started".to_owned(),
                "the program `./absent` is not there".to_owned()
            ],
            "`ai-lab-framework tool check probe` names everything that is wrong.".to_owned()
        )
    );
    let shown = show_tool(&framework, "probe").expect("its manifest is right");
    assert_eq!(
        (shown.digest, shown.not_loaded),
        (None, Some(failure.chain()))
    );
}

#[test]
fn outside_any_lab_the_homes_tools_run_and_a_miss_says_where_one_is() {
    let lab = Lab::new();
    lab.write("home/tools/mine/tool.toml", manifest("mine", ""));
    lab.write("home/tools/mine/run.sh", WELL);
    let mut surroundings = lab.surroundings();
    surroundings.instance = None;
    let framework = alf_ops::Framework::new(surroundings);
    assert_eq!(
        data(&framework, &call("mine", json!({}))),
        json!({ "ok": true })
    );
    let failure =
        run(&framework, &call("elsewhere", json!({}))).expect_err("because it is not there");
    assert_eq!(
        failure.hint(),
        Some("This folder belongs to no lab: go to one, or make one with `ai-lab init DIR`.")
    );
}
