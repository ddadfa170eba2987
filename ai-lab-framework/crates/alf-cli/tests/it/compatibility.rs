//! What the framework promises, and whether a lab fits it.

use std::fs;
use std::path::Path;

use insta::assert_snapshot;

use crate::scene::Lab;

#[test]
fn the_contract_is_printed_as_it_is_committed() {
    let lab = Lab::empty();
    let printed = lab.shell("ai-lab-framework contract --json");
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../contract.json");
    let committed = fs::read(committed).expect("it is committed");
    assert!(printed.stdout == committed, "what is printed is another");
    assert_snapshot!(lab.play("
        ai-lab-framework contract --area environment
        ai-lab-framework contract --area environment --json
        ai-lab-framework contract --area weather
        ai-lab-framework contract | head -n 1
    "), @r#"
    $ ai-lab-framework contract --area environment
    ai-lab-framework 0.1.0, contract 1.0
    environment       3 items
      AI_LAB_CONFIG_*  sets a key of a tool's configuration
      AI_LAB_HOME  moves the framework's home
      NO_COLOR  drops the colours
    exit 0

    $ ai-lab-framework contract --area environment --json
    {
      "format": 1,
      "name": "ai-lab-framework",
      "version": "0.1.0",
      "contract": {"major":1,"minor":0},
      "schemas": {"framework":{"major":1,"minor":5}},
      "items": {
        "environment": {
          "AI_LAB_CONFIG_*": {"since":"0.1.0","types":["sets a key of a tool's configuration"]},
          "AI_LAB_HOME": {"since":"0.1.0","types":["moves the framework's home"]},
          "NO_COLOR": {"since":"0.1.0","types":["drops the colours"]}
        }
      },
      "documents": {}
    }
    exit 0

    $ ai-lab-framework contract --area weather
    2> error: invalid value 'weather' for '--area <AREA>': one of command, argument, exit_code, error_kind, manifest, request, answer, protocol, tools_lock, lab_file, lab_lock, update_journal, clients_file, framework_file, environment, tool_environment, output, rust, python, database
    2> 
    2> For more information, try '--help'.
    exit 2

    $ ai-lab-framework contract | head -n 1
    ai-lab-framework 0.1.0, contract 1.0
    exit 0
    "#);
}
