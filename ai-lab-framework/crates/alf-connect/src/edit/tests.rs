use super::*;
use proptest::prelude::*;
use serde_json::json;

const PLACE: (&str, &str) = ("mcp", "ai-lab");

fn fields() -> Vec<(&'static str, Value)> {
    vec![
        ("command", json!(["/opt/alf", "mcp"])),
        ("enabled", json!(true)),
        ("env", json!({ "A": "b" })),
    ]
}

fn put(form: Form, text: Option<&str>) -> (String, Made) {
    let before = text.map_or(Before::Blank(""), Before::File);
    let edited = with_entry(form, before, PLACE, &fields()).expect("it is put in");
    (edited.text, edited.made.expect("it is new"))
}

/// The file with the entry; a second time changes nothing, and taking it out leaves what was there.
fn there_and_back(form: Form, before: &str) -> String {
    let (text, made) = put(form, Some(before));
    let again = with_entry(form, Before::File(&text), PLACE, &fields()).expect("it is put in");
    assert_eq!((again.text.as_str(), again.made), (text.as_str(), None));
    let out = without_entry(form, &text, PLACE, &made, "").expect("it is taken out");
    assert_eq!(out, Removed::Text(before.to_owned()));
    text
}

#[test]
fn an_entry_looks_like_what_stands_around_it() {
    let table = [
        (
            "",
            "{\n  \"mcp\": {\n    \"ai-lab\": {\n      \"command\": [\"/opt/alf\", \"mcp\"],\n      \"enabled\": true,\n      \
             \"env\": {\n        \"A\": \"b\"\n      }\n    }\n  }\n}\n",
        ),
        (
            "// mine\n",
            "// mine\n{\n  \"mcp\": {\n    \"ai-lab\": {\n      \"command\": [\"/opt/alf\", \"mcp\"],\n      \
             \"enabled\": true,\n      \"env\": {\n        \"A\": \"b\"\n      }\n    }\n  }\n}\n",
        ),
        (
            "{\"a\":1,\"mcp\":{}}",
            "{\"a\":1,\"mcp\":{ \"ai-lab\": { \"command\": [\"/opt/alf\", \"mcp\"], \"enabled\": true, \"env\": { \"A\": \
             \"b\" } } }}",
        ),
        (
            "{\n\t// theirs\n\t\"mcp\": {\n\t\t\"x\": {} // last\n\t} /* end */\n}\n",
            "{\n\t// theirs\n\t\"mcp\": {\n\t\t\"x\": {}, // last\n\t\t\"ai-lab\": {\n\t\t\t\"command\": [\"/opt/alf\", \
             \"mcp\"],\n\t\t\t\"enabled\": true,\n\t\t\t\"env\": {\n\t\t\t\t\"A\": \"b\"\n\t\t\t}\n\t\t}\n\t} /* end \
             */\n}\n",
        ),
        (
            "{\r\n    \"a\": [1,\r\n 2], // b\r\n}\r\n",
            "{\r\n    \"a\": [1,\r\n 2], // b\r\n    \"mcp\": {\r\n        \"ai-lab\": {\r\n            \"command\": \
             [\"/opt/alf\", \"mcp\"],\r\n            \"enabled\": true,\r\n            \"env\": {\r\n                \
             \"A\": \"b\"\r\n            }\r\n        }\r\n    },\r\n}\r\n",
        ),
        (
            "{\n  \"mcp\": {\n    // none yet\n  }\n}",
            "{\n  \"mcp\": {\n    // none yet\n    \"ai-lab\": {\n      \"command\": [\"/opt/alf\", \"mcp\"],\n      \
             \"enabled\": true,\n      \"env\": {\n        \"A\": \"b\"\n      }\n    }\n  }\n}",
        ),
    ];
    for (before, after) in table {
        assert_eq!(there_and_back(Form::Jsonc, before), after);
    }
    for before in [
        "{}",
        "{ }\n",
        "{\"mcp\" : { /* a */ } }",
        "{ \"a\" : 1 // b\n }",
        "/* a */ { } // b",
        "{\n}",
    ] {
        there_and_back(Form::Jsonc, before);
    }
}

#[test]
fn a_table_of_toml_stands_behind_everything_else() {
    let ours =
        "[mcp.ai-lab]\ncommand = [\"/opt/alf\", \"mcp\"]\nenabled = true\nenv = { A = \"b\" }\n";
    for (before, after) in [
        (String::new(), ours.to_owned()),
        ("a = 1 # b".to_owned(), format!("a = 1 # b\n\n{ours}")),
        (
            "[mcp.x]\na = 1\n# end\n".to_owned(),
            format!("[mcp.x]\na = 1\n# end\n\n{ours}"),
        ),
        (
            "a = 1\r\n".to_owned(),
            format!("a = 1\r\n\r\n{}", ours.replace('\n', "\r\n")),
        ),
    ] {
        assert_eq!(there_and_back(Form::Toml, &before), after);
    }
}

#[test]
fn an_entry_that_is_there_is_brought_up_to_date_and_keeps_what_others_wrote() {
    let json = "{\n  \"mcp\": {\n    \"ai-lab\": {\n      \"command\": \"old\", // moved\n      \"mine\": [1]\n    },\n    \"x\": \
                1\n  }\n}\n";
    let edited =
        with_entry(Form::Jsonc, Before::File(json), PLACE, &fields()).expect("it is changed");
    assert_eq!(
        edited.text,
        "{\n  \"mcp\": {\n    \"ai-lab\": {\n      \"command\": [\"/opt/alf\", \"mcp\"], // moved\n      \"mine\": [1],\n      \
         \"enabled\": true,\n      \"env\": {\n        \"A\": \"b\"\n      }\n    },\n    \"x\": 1\n  }\n}\n"
    );
    let toml = "[mcp.ai-lab] # ours\ncommand = \"old\" # moved\nmine = 1\n\n[mcp.ai-lab.tools.t]\nq = 1\n[y]\nz = 1";
    let edited =
        with_entry(Form::Toml, Before::File(toml), PLACE, &fields()).expect("it is changed");
    assert_eq!(
        edited.text,
        "[mcp.ai-lab] # ours\ncommand = [\"/opt/alf\", \"mcp\"] # moved\nmine = 1\nenabled = true\nenv = { A = \"b\" \
         }\n\n[mcp.ai-lab.tools.t]\nq = 1\n[y]\nz = 1"
    );
    let out = without_entry(Form::Toml, &edited.text, PLACE, &Made::default(), "");
    assert_eq!(out, Ok(Removed::Text("\n[y]\nz = 1".to_owned())));
    let at_end = with_entry(Form::Toml, Before::File("[mcp.ai-lab]"), PLACE, &fields())
        .expect("it is changed");
    assert_eq!(
        at_end.text,
        "[mcp.ai-lab]\ncommand = [\"/opt/alf\", \"mcp\"]\nenabled = true\nenv = { A = \"b\" }\n"
    );
}

#[test]
fn what_others_put_in_later_stays() {
    let (text, made) = put(Form::Jsonc, Some("{\n  \"a\": 1\n}\n"));
    let more = text.replace(
        "\n    }\n  }\n}",
        "\n    },\n    \"x\": {}\n  },\n  \"b\": 2\n}",
    );
    assert_ne!(more, text);
    assert_eq!(
        without_entry(Form::Jsonc, &more, PLACE, &made, ""),
        Ok(Removed::Text(
            "{\n  \"a\": 1,\n  \"mcp\": {\n    \"x\": {}\n  },\n  \"b\": 2\n}\n".to_owned()
        ))
    );
    let (text, made) = put(Form::Toml, Some("a = 1\n"));
    assert_eq!(
        without_entry(Form::Toml, &format!("{text}\n[b]\n"), PLACE, &made, ""),
        Ok(Removed::Text("a = 1\n\n\n[b]\n".to_owned()))
    );
    let (text, made) = put(Form::Jsonc, None);
    assert_eq!(
        without_entry(Form::Jsonc, &text, PLACE, &made, ""),
        Ok(Removed::File)
    );
    let mine = text.replace("{\n  \"mcp\"", "{\n  \"a\": 1,\n  \"mcp\"");
    assert_eq!(
        without_entry(Form::Jsonc, &mine, PLACE, &made, ""),
        Ok(Removed::Text("{\n  \"a\": 1\n}\n".to_owned()))
    );
    let remarked = text.replace("\n}\n", "\n}\n// mine\n");
    assert_eq!(
        without_entry(Form::Jsonc, &remarked, PLACE, &made, ""),
        Ok(Removed::Text("{}\n// mine\n".to_owned()))
    );
    let (text, made) = put(Form::Toml, None);
    assert_eq!(
        without_entry(Form::Toml, &text, PLACE, &made, ""),
        Ok(Removed::File)
    );
    for (form, text) in [(Form::Jsonc, "{}"), (Form::Jsonc, ""), (Form::Toml, "")] {
        assert_eq!(
            without_entry(form, text, PLACE, &made, ""),
            Ok(Removed::NotThere)
        );
    }
}

/// What cannot be changed, and what is told of it.
const BROKEN: &[(Form, &str, &str)] = &[
    (
        Form::Jsonc,
        "{\n  \"a\": 1\n  \"b\": 2\n}",
        "line 2: expected comma (column 9)",
    ),
    (
        Form::Jsonc,
        "{'a': 1}",
        "line 1: single-quoted strings are not allowed (column 2)",
    ),
    (
        Form::Jsonc,
        "[1]",
        "`the whole` is no table of names and values",
    ),
    (
        Form::Jsonc,
        "{\"mcp\": []}",
        "`mcp` is no table of names and values",
    ),
    (
        Form::Jsonc,
        "{\"mcp\": {\"ai-lab\": 1}}",
        "`mcp.ai-lab` is no table of names and values",
    ),
    (
        Form::Jsonc,
        "{\"mcp\": {}, \"mcp\": {}}",
        "`mcp` stands there twice",
    ),
    (
        Form::Jsonc,
        "{\"mcp\": {\"ai-lab\": {}, \"ai-lab\": {}}}",
        "`mcp.ai-lab` stands there twice",
    ),
    (
        Form::Toml,
        "a = 1\nb =",
        "line 2: string values must be quoted, expected literal string",
    ),
    (
        Form::Toml,
        "mcp = 1",
        "`mcp` is no table of names and values",
    ),
    (
        Form::Toml,
        "mcp = {}",
        "`mcp` is written inside of a line; write it as `[mcp.NAME]`",
    ),
    (
        Form::Toml,
        "mcp.ai-lab.a = 1",
        "`mcp` is written inside of a line; write it as `[mcp.NAME]`",
    ),
    (
        Form::Toml,
        "[[mcp]]\na = 1",
        "`mcp` is no table of names and values",
    ),
    (Form::Toml, "a = nan", "line 1: `a` is no finite number"),
    (
        Form::Toml,
        "[mcp.ai-lab.env]\nA = 1",
        "`env` is written inside of a line; write it as `[env.NAME]`",
    ),
];

#[test]
fn a_file_that_began_as_more_than_nothing_goes_too() {
    let blank = "{\n  \"$schema\": \"u\"\n}\n";
    let edited = with_entry(Form::Jsonc, Before::Blank(blank), PLACE, &fields()).expect("put in");
    let made = edited.made.expect("it is new");
    let out = |text: &str| without_entry(Form::Jsonc, text, PLACE, &made, blank);
    assert_eq!(out(&edited.text), Ok(Removed::File));
    let more = edited.text.replace("\"u\",", "\"u\", // mine");
    let left = blank.replace("\"u\"", "\"u\" // mine");
    assert_eq!(out(&more), Ok(Removed::Text(left)));
}

#[test]
fn what_is_broken_is_named_with_its_place() {
    let told = |form, text: &str| {
        let edited = with_entry(form, Before::File(text), PLACE, &fields());
        edited
            .map(|edited| edited.text)
            .map_err(|error| error.to_string())
    };
    for (form, text, expected) in BROKEN {
        assert_eq!(told(*form, text), Err((*expected).to_owned()), "{text}");
    }
    let long = " ".repeat(CONFIG_BYTES + 1);
    assert_eq!(
        told(Form::Jsonc, &long),
        Err("it is longer than 16777216 bytes".to_owned())
    );
}

fn gap() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        4 => Just(""),
        2 => Just(" "),
        2 => Just("\n"),
        2 => Just("\n  "),
        1 => Just("\r\n\t"),
        1 => Just(" /* a, } */ "),
        1 => Just(" // b, {\n  "),
    ]
}

/// Text of a JSON value with remarks and blanks wherever they may stand.
fn value(depth: u32) -> BoxedStrategy<String> {
    let leaf = prop_oneof![
        Just("1".to_owned()),
        Just("-2.5e3".to_owned()),
        Just("null".to_owned()),
        Just("\"a,}\\\"// b\"".to_owned()),
        Just("[1, {}]".to_owned()),
    ];
    if depth == 0 {
        return leaf.boxed();
    }
    prop_oneof![leaf, object(depth - 1, "")].boxed()
}

fn object(depth: u32, table: &'static str) -> BoxedStrategy<String> {
    let member = (gap(), gap(), gap(), value(depth), gap());
    let members = prop::collection::vec(member, 0..4);
    let servers = (gap(), value(0).prop_map(|_| String::new()), gap());
    (
        members,
        gap(),
        any::<bool>(),
        prop::option::of(servers),
        Just(depth),
    )
        .prop_flat_map(move |(members, end, comma, servers, depth)| {
            let inner = if depth > 0 {
                object(depth - 1, "").boxed()
            } else {
                Just("{}".to_owned()).boxed()
            };
            inner.prop_map(move |inner| {
                let mut parts: Vec<String> = (0..)
                    .zip(&members)
                    .map(|(n, (a, b, c, value, d))| format!("{a}\"k{n}\"{b}:{c}{value}{d}"))
                    .collect();
                if let (false, Some((a, _, d))) = (table.is_empty(), &servers) {
                    parts.push(format!("{a}\"{table}\": {inner}{d}"));
                }
                let comma = if comma && !parts.is_empty() { "," } else { "" };
                format!("{{{}{comma}{end}}}", parts.join(","))
            })
        })
        .boxed()
}

proptest! {
    #[test]
    fn json_is_as_it_was_when_the_entry_is_gone(before in gap(), root in object(2, "mcp"), behind in gap()) {
        there_and_back(Form::Jsonc, &format!("{before}{root}{behind}"));
    }

    #[test]
    fn toml_is_as_it_was_when_the_entry_is_gone(
        lines in prop::sample::subsequence(
            vec!["# c", "v = 1 # d", "", "[mcp]", "# e", "w = [1,\n 2]", "[t]", "z = { y = 1 }", "[mcp.x]", "", "# f"],
            0..=11,
        ),
        eol in prop_oneof![Just("\n"), Just("\r\n")],
        ends in any::<bool>(),
    ) {
        let text = lines.join(eol) + if ends { eol } else { "" };
        there_and_back(Form::Toml, &text);
    }

    #[test]
    fn no_text_brings_it_down(text in ".{0,80}", form in prop_oneof![Just(Form::Jsonc), Just(Form::Toml)]) {
        if let Ok(edited) = with_entry(form, Before::File(&text), PLACE, &fields()) {
            prop_assert!(without_entry(form, &edited.text, PLACE, &Made::default(), "").is_ok());
        }
    }
}
