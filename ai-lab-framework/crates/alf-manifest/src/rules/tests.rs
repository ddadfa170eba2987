use ai_lab_contract::schema_documents;
use serde_json::Value;

use super::*;

/// The subschema at a path of properties, `$ref` and `anyOf` of one followed.
fn at_path<'a>(schema: &'a Value, path: &[&str]) -> &'a Value {
    path.iter().fold(schema, |here, key| {
        let here = here.pointer("/anyOf/0").unwrap_or(here);
        let here = match here.get("$ref").and_then(Value::as_str) {
            Some(reference) => schema
                .pointer(reference.trim_start_matches('#'))
                .expect("because the contract's references lead somewhere"),
            None => here,
        };
        &here["properties"][key]
    })
}

#[test]
fn the_lengths_are_those_of_the_contracts_schema() {
    let document = schema_documents().swap_remove(0);
    let schema = document.schema.to_value();
    let mut compared = 0;
    for (path, what, least, most) in sizes::SIZES {
        let place = at_path(&schema, path);
        let bound = |keys: [&str; 2]| keys.iter().find_map(|key| place.get(key)?.as_u64());
        if let Some(schema_most) = bound(["maxItems", "maxLength"]) {
            assert_eq!(schema_most, *most as u64, "{what} of {path:?}");
            let schema_least = bound(["minItems", "minLength"]).unwrap_or(0);
            assert_eq!(schema_least, *least as u64, "{what} of {path:?}");
            compared += 1;
        }
    }
    // All but the two tables, whose sizes the schema does not tell.
    assert_eq!(compared, sizes::SIZES.len() - 2);
}

#[test]
fn a_grant_covers_what_it_holds_and_what_it_reaches_into() {
    let folder = Path::new("/lab/tools/router");
    let home = Path::new("/home/me/.ai-lab");
    let check = |grant: &str| grant_covers(grant, folder, home);
    let covering = [
        "/",
        "/home",
        "/home/me/",
        "/home/me/.ai-lab",
        "/home/me/./.ai-lab/framework.db",
    ];
    let apart = [
        "data",
        ".",
        "/home/me/.ai-lab2",
        "/home/you",
        "/home/me/docs",
        "/lab",
    ];
    assert_eq!(covering.map(check), [true; 5]);
    assert_eq!(apart.map(check), [false; 6]);
}

#[test]
fn a_tool_in_the_home_may_reach_its_own_folder_and_nothing_else_there() {
    let home = Path::new("/home/me/.ai-lab");
    let folder = home.join("tools/router");
    let check = |grant: &str| grant_covers(grant, &folder, home);
    assert_eq!(
        ["data", "/home/me/.ai-lab/tools/router/data"].map(check),
        [false; 2]
    );
    assert_eq!(
        ["/home/me/.ai-lab/tools", "/home/me/.ai-lab/framework.db"].map(check),
        [true; 2]
    );
}

#[test]
fn an_environment_name_is_a_word() {
    let taken = ["A", "_", "a1_B"].map(is_environment_name);
    let refused = ["", "1A", "A-B", "A=B", "Ä", "A B", "A\0"].map(is_environment_name);
    assert_eq!((taken, refused), ([true; 3], [false; 7]));
}

#[test]
fn a_quoted_text_is_cut_short_and_shows_its_control_characters() {
    assert_eq!(shown("a\u{7}\u{202E}b"), "a\\u{7}\\u{202e}b");
    assert_eq!(shown(&"x".repeat(80)), "x".repeat(80));
    assert_eq!(shown(&"x".repeat(81)), "x".repeat(80) + "…");
}
