use std::path::Path;

use ai_lab_tool::contract::SchemaSource;
use proptest::prelude::*;

use super::*;

/// Compares with the committed files; `AI_LAB_BLESS=1` writes them anew.
#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "blessing schemas is this test's own door"
)]
fn the_committed_schemas_are_those_of_the_types() {
    let described = Monitoring(Surroundings::of_process())
        .actions()
        .describe::<Monitoring>();
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
    let described = Monitoring(Surroundings::of_process())
        .actions()
        .describe::<Monitoring>();
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

/// What the kernel's files are made of, put together in any order.
fn odd_text() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        Just("cpu".to_owned()),
        Just("cpu0".to_owned()),
        Just("MemTotal:".to_owned()),
        Just("MemAvailable: 1 kB".to_owned()),
        Just("Cached:".to_owned()),
        Just("kB".to_owned()),
        Just("some".to_owned()),
        Just("avg10=1e999".to_owned()),
        Just("size 4".to_owned()),
        Just("7 (a) R".to_owned()),
        Just(" - ".to_owned()),
        Just("\\040".to_owned()),
        Just("eth0:".to_owned()),
        Just("8:1 / /x rw - ext4 /dev/x rw".to_owned()),
        Just("\n".to_owned()),
        any::<u64>().prop_map(|number| number.to_string()),
        any::<String>(),
    ];
    prop::collection::vec(word, 0..60).prop_map(|words| words.join(" "))
}

proptest! {
    #[test]
    fn no_text_makes_a_parser_panic(text in odd_text(), other in odd_text()) {
        let interval = std::time::Duration::from_millis(100);
        if let (Some(before), Some(now)) = (cpu::parse_stat(&text), cpu::parse_stat(&other)) {
            cpu::compare(&before, &now);
        }
        if let (Some(before), Some(now)) =
            (network::parse_net_dev(&text, true), network::parse_net_dev(&other, true))
        {
            network::compare(&before, &now, interval);
        }
        let devices = ["0".to_owned(), "cpu".to_owned()];
        let before = disk_io::parse_diskstats(&text, &devices);
        disk_io::compare(&before, &disk_io::parse_diskstats(&other, &devices), interval);
        let _ = memory::parse_meminfo(&text);
        let _ = memory::parse_arc_size(&text);
        let _ = load::parse_loadavg(&text);
        let _ = load::parse_uptime(&text);
        let _ = pressure::parse_pressure(&text);
        let _ = mounts::parse_mountinfo(&text);
        let _ = processes::parse_stat(text.as_bytes());
        if let Some(shown) = shown_command::shown_command(text.as_bytes()) {
            prop_assert!(shown.chars().count() <= 201 && !shown.contains(char::is_control));
        }
    }
}
