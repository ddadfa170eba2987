//! The contract as the code has it, held against the committed snapshot and against what was released.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use ai_lab_contract::{CONTRACT, CONTRACT_MINOR, ErrorClass, MajorMinor, schema_documents};
use alf_compat::listing::{PythonModule, RustSources, python_symbols, rust_symbols};
use alf_compat::{
    Area, Contract, DEPRECATIONS, Deprecation, EXIT_CODES, Item, Named, PROTOCOL, TOOL_VARIABLES,
    VARIABLES, breaking, changes, flatten,
};
use clap::{Arg, ArgAction, Command, CommandFactory as _};
use serde_json::Value;

type Items = BTreeMap<String, Item>;

/// The framework's half of the checkout.
fn half() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Everything that is promised; `before` says since when.
fn promised(before: Option<&Contract>) -> Contract {
    let schema = alf_store::SqliteStore::schema();
    let (major, minor) = (schema.major, schema.minor);
    let mut contract = Contract {
        format: 1,
        name: "ai-lab-framework".to_owned(),
        version: env!("CARGO_PKG_VERSION").parse().expect("a version"),
        contract: MajorMinor {
            major: CONTRACT,
            minor: CONTRACT_MINOR,
        },
        schemas: BTreeMap::from([("framework".to_owned(), MajorMinor { major, minor })]),
        items: areas(),
        documents: documents(),
    };
    for going in DEPRECATIONS {
        let items = contract.items.entry(going.area).or_default();
        let item = items
            .get_mut(going.item)
            .expect("what is deprecated is there");
        item.deprecated = Some(Deprecation {
            since: going.since.to_owned(),
            remove_in: going.remove_in.to_owned(),
            instead: going.instead.to_owned(),
            renamed_to: going.renamed_to.map(str::to_owned),
        });
    }
    let version = contract.version.to_string();
    for (area, items) in &mut contract.items {
        for (name, item) in items {
            let known = before.and_then(|before| before.item(*area, name));
            item.since = known.map_or_else(|| version.clone(), |known| known.since.clone());
        }
    }
    contract
}

fn documents() -> BTreeMap<String, Value> {
    let documents = schema_documents().into_iter();
    documents
        .map(|document| (document.file.to_owned(), document.schema.to_value()))
        .collect()
}

fn areas() -> BTreeMap<Area, Items> {
    let documents = documents();
    let flat = |file: &str| flatten(&documents[file], "");
    let (mut commands, mut arguments) = (Items::new(), Items::new());
    let mut root = crate::commands::Arguments::command();
    root.build();
    command_line(&root, "", &mut commands, &mut arguments);
    let mut request = flat("request.schema.json");
    let context = flat("context.schema.json").into_iter();
    request.extend(context.map(|(name, item)| (format!("context.{name}"), item)));
    BTreeMap::from([
        (Area::Command, commands),
        (Area::Argument, arguments),
        (Area::ExitCode, exit_codes()),
        (Area::ErrorKind, error_kinds()),
        (Area::Manifest, flat("manifest.schema.json")),
        (Area::Request, request),
        (Area::Answer, flat("answer.schema.json")),
        (Area::Protocol, table(PROTOCOL)),
        (
            Area::ToolsLock,
            flatten(
                &schema_file("crates/alf-lock/schemas/tools-lock.schema.json"),
                "",
            ),
        ),
        (
            Area::LabFile,
            Items::from([("framework".to_owned(), Item::of("range of versions"))]),
        ),
        (Area::LabLock, flat("lab-lock.schema.json")),
        (Area::UpdateJournal, flat("update-journal.schema.json")),
        (
            Area::ClientsFile,
            flatten(&alf_config::clients_file_schema(), ""),
        ),
        (
            Area::FrameworkFile,
            flatten(&alf_config::framework_file_schema(), ""),
        ),
        (Area::Environment, table(VARIABLES)),
        (Area::ToolEnvironment, table(TOOL_VARIABLES)),
        (Area::Output, outputs()),
        (Area::Rust, rust()),
        (Area::Python, python()),
        (Area::Database, database()),
    ])
}

fn table(rows: &[Named]) -> Items {
    rows.iter()
        .map(|row| (row.name.to_owned(), Item::of(row.means)))
        .collect()
}

fn schema_file(path: &str) -> Value {
    serde_json::from_str(&read(&half().join(path))).expect("a schema is JSON")
}

/// Documents that a command prints and that have a schema: `docs/reference/*.schema.json`.
fn outputs() -> Items {
    let mut items = Items::new();
    for path in files(&half().join("docs/reference"), "json") {
        let name = path
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .replace(".schema.json", "");
        let schema = serde_json::from_str(&read(&path)).expect("a schema is JSON");
        let keys = flatten(&schema, "").into_iter();
        items.extend(keys.map(|(key, item)| (format!("{name}.{key}"), item)));
    }
    items
}

fn exit_codes() -> Items {
    let mut items = table(EXIT_CODES);
    let classes = ErrorClass::ALL.into_iter();
    items.extend(classes.map(|class| (class.exit_code().to_string(), Item::of(class.as_str()))));
    items
}

fn error_kinds() -> Items {
    let told = |class: ErrorClass| {
        let later = if class.is_retryable() {
            "retryable"
        } else {
            "final"
        };
        let (exit, rpc, http) = (
            class.exit_code(),
            class.json_rpc_code(),
            class.http_status(),
        );
        Item::of(format!("exit {exit}, JSON-RPC {rpc}, HTTP {http}, {later}"))
    };
    ErrorClass::ALL
        .into_iter()
        .map(|class| (class.as_str().to_owned(), told(class)))
        .collect()
}

/// Commands by their words, arguments by the command and their own: `tool run --config`, `tool run <1>`.
fn command_line(command: &Command, path: &str, commands: &mut Items, arguments: &mut Items) {
    let below = |word: &str| [path, word].join(" ").trim_start().to_owned();
    for argument in command
        .get_arguments()
        .filter(|argument| !argument.is_hide_set())
    {
        let is_inherited = argument.is_global_set() && !path.is_empty();
        let is_claps = matches!(
            argument.get_action(),
            ArgAction::Help | ArgAction::HelpShort | ArgAction::HelpLong | ArgAction::Version
        );
        if is_inherited || is_claps {
            continue;
        }
        let item = argument_item(argument);
        let mut words: Vec<String> = argument
            .get_long()
            .map(|long| format!("--{long}"))
            .into_iter()
            .collect();
        words.extend(
            argument
                .get_all_aliases()
                .into_iter()
                .flatten()
                .map(|long| format!("--{long}")),
        );
        words.extend(argument.get_short().map(|short| format!("-{short}")));
        words.extend(argument.get_index().map(|index| format!("<{index}>")));
        arguments.extend(words.iter().map(|word| (below(word), item.clone())));
    }
    for inner in command
        .get_subcommands()
        .filter(|inner| !inner.is_hide_set())
    {
        let name = below(inner.get_name());
        if inner.get_name() != "help" {
            commands.insert(name.clone(), Item::of("command"));
            command_line(inner, &name, commands, arguments);
        }
    }
}

fn argument_item(argument: &Arg) -> Item {
    let takes = argument.get_num_args().unwrap_or_default();
    let many = matches!(argument.get_action(), ArgAction::Append | ArgAction::Count)
        || takes.max_values() > 1;
    let what = match (takes.takes_values(), takes.min_values(), many) {
        (false, _, _) => "flag",
        (true, 0, _) => "value or none",
        (true, _, true) => "values",
        (true, _, false) => "value",
    };
    let values = argument.get_possible_values();
    let values = values
        .iter()
        .filter(|_| takes.takes_values())
        .map(|value| value.get_name().to_owned());
    Item {
        values: values.collect(),
        ..Item::of(what).required(argument.is_required_set())
    }
}

/// Files of a folder by name, those of one ending.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let listed = fs::read_dir(folder).expect("the folder is there");
    let mut paths: Vec<PathBuf> = listed
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.retain(|path| path.extension().is_some_and(|found| found == ending));
    paths.sort();
    paths
}

fn rust() -> Items {
    let mut items = Items::new();
    for name in ["ai-lab-client", "ai-lab-contract", "ai-lab-tool"] {
        let folder = half().join("published").join(name).join("src");
        let mut modules = BTreeMap::new();
        module_sources(&folder, "", &mut modules);
        items.extend(rust_symbols(&RustSources {
            name: name.replace('-', "_"),
            modules,
        }));
    }
    items
}

fn module_sources(folder: &Path, above: &str, modules: &mut BTreeMap<String, String>) {
    let below = |name: &str| {
        if above.is_empty() {
            name.to_owned()
        } else {
            format!("{above}::{name}")
        }
    };
    for path in files(folder, "rs") {
        let name = path.file_stem().expect("a name").to_string_lossy();
        let module = if matches!(&*name, "lib" | "mod") {
            above.to_owned()
        } else {
            below(&name)
        };
        modules.insert(module, read(&path));
    }
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            let name = path.file_name().expect("a name").to_string_lossy();
            module_sources(&path, &below(&name), modules);
        }
    }
}

fn python() -> Items {
    let package = "ai_lab_framework";
    let modules: Vec<PythonModule> = files(&half().join("python").join(package), "py")
        .into_iter()
        .map(|path| {
            let stem = path
                .file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            let name = if stem == "__init__" {
                package.to_owned()
            } else {
                format!("{package}.{stem}")
            };
            PythonModule {
                name,
                source: read(&path),
            }
        })
        .collect();
    python_symbols(&modules)
}

/// Tables with their columns, and indices, of a new database. What the full-text search keeps is its own.
fn database() -> Items {
    let folder = tempfile::TempDir::new().expect("a folder");
    let path = folder.path().join("framework.db");
    let opening = alf_store::Opening {
        mode: alf_store::OpenMode::Create,
        framework_version: "0.0.0".to_owned(),
        now_ms: 0,
    };
    drop(alf_store::SqliteStore::open(&path, &opening).expect("a new database"));
    let connection = rusqlite::Connection::open(&path).expect("it is there");
    let mut items = Items::new();
    let asked = "SELECT s.type, s.name, s.tbl_name, COALESCE(c.name, ''), COALESCE(c.type, ''), COALESCE(c.\"notnull\", 0) \
                 FROM sqlite_schema s LEFT JOIN pragma_table_info(s.name) c ON s.type = 'table' \
                 WHERE s.name NOT LIKE 'sqlite_%' AND s.name NOT LIKE 'execution_text%'";
    let mut rows = connection.prepare(asked).expect("SQL");
    let rows = rows.query_map([], |row| {
        let text = |index| row.get::<_, String>(index);
        Ok((
            text(0)?,
            text(1)?,
            text(2)?,
            text(3)?,
            text(4)?,
            row.get::<_, bool>(5)?,
        ))
    });
    for row in rows.expect("rows") {
        let (kind, name, table, column, stored, not_null) = row.expect("a row");
        if kind == "index" {
            items.insert(format!("{table}.index.{name}"), Item::of("index"));
        } else {
            items.insert(name.clone(), Item::of("table"));
            let null = if not_null { " NOT NULL" } else { "" };
            items.insert(
                format!("{name}.{column}"),
                Item::of(format!("{stored}{null}")),
            );
        }
    }
    items
}

fn snapshot() -> PathBuf {
    half().join("contract.json")
}

/// Compares with the committed snapshot; `AI_LAB_BLESS=1` writes it anew.
#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "blessing the snapshot is this test's own door"
)]
fn the_committed_contract_is_the_one_of_the_code() {
    let committed = fs::read(snapshot()).unwrap_or_default();
    let before = Contract::read(&committed).ok();
    let now = promised(before.as_ref());
    let text = now.text();
    if std::env::var_os("AI_LAB_BLESS").is_some() {
        fs::write(snapshot(), &text).expect("the folder is writable");
        return;
    }
    let told = before.map_or_else(Vec::new, |before| changes(&before, &now));
    let told: Vec<String> = told
        .iter()
        .map(|change| format!("{} {}: {}", change.area.noun(), change.item, change.what))
        .collect();
    assert!(
        committed == text.as_bytes(),
        "contract.json differs: run with AI_LAB_BLESS=1, and say in the changelog:\n{}",
        told.join("\n")
    );
}

/// Of each release of this major, what would break; nothing may.
#[test]
fn nothing_that_a_release_of_this_major_promised_is_broken() {
    let now = promised(None);
    for path in files(&half().join("contracts"), "json") {
        let released = Contract::read(&fs::read(&path).expect("it is there")).expect("a contract");
        if released.version.major != now.version.major {
            continue;
        }
        let told: Vec<String> = breaking(&released, &now)
            .iter()
            .map(|change| format!("{} `{}` {}", change.area.noun(), change.item, change.what))
            .collect();
        assert_eq!(told, Vec::<String>::new(), "since {}", released.version);
    }
}
