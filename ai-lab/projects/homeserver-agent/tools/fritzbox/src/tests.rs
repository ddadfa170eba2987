use std::path::Path;

use ai_lab_tool::contract::SchemaSource;

use super::*;

/// Compares with the committed files; `AI_LAB_BLESS=1` writes them anew.
#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "blessing schemas is this test's own door"
)]
fn the_committed_schemas_are_those_of_the_types() {
    let described = Fritzbox(Surroundings::of_process())
        .actions()
        .describe::<Fritzbox>();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas");
    let mut files = vec![("config.json".to_owned(), settings::schema())];
    for (name, action) in described.actions {
        for (part, source) in [("input", action.input), ("output", action.output)] {
            let SchemaSource::Inline(schema) = source else {
                panic!("a description has its schemas inline");
            };
            files.push((format!("{name}.{part}.json"), schema.into()));
        }
    }
    for (file, schema) in files {
        let generated = serde_json::to_string_pretty(&schema).expect("a schema is JSON") + "\n";
        if std::env::var_os("AI_LAB_BLESS").is_some() {
            std::fs::write(folder.join(&file), &generated).expect("the folder is writable");
        }
        let committed = std::fs::read_to_string(folder.join(&file)).unwrap_or_default();
        assert!(
            committed == generated,
            "{file} differs: run with AI_LAB_BLESS=1"
        );
    }
}

/// The manifest names every action with the effects that the program claims.
#[test]
fn the_manifest_says_what_the_program_says() {
    let described = Fritzbox(Surroundings::of_process())
        .actions()
        .describe::<Fritzbox>();
    let text = include_str!("../tool.toml");
    for (name, action) in described.actions {
        let start = format!("[actions.{name}]\n");
        let part = text
            .split(&start)
            .nth(1)
            .unwrap_or_else(|| panic!("{name} is missing"));
        let part = part.split("\n[").next().unwrap_or_default();
        let says = |key: &str| part.contains(&format!("{key} = true"));
        let claims = [
            ("read_only", action.read_only),
            ("destructive", action.destructive),
            ("idempotent", action.idempotent),
            ("open_world", action.open_world),
        ];
        for (key, claim) in claims {
            assert_eq!(says(key), claim, "{name}: {key}");
        }
        let described = format!("description = \"{}\"", action.description);
        assert!(part.contains(&described), "{name}: {described}");
        for kind in ["input", "output"] {
            assert!(
                part.contains(&format!("{kind} = \"schemas/{name}.{kind}.json\"")),
                "{name}"
            );
        }
    }
}
