//! A tool that is granted hosts, from its plan to its record.

use crate::scene::Lab;

/// Asks for a granted host that is not there and for one that is not granted.
const ASKS: &str = r#"exec python3 -c "
import json, urllib.request
told = []
for host in ['evil.example:80', '127.0.0.1:9']:
  try: urllib.request.urlopen('http://' + host)
  except OSError as error: told.append(str(error).split(':')[0])
print(json.dumps({'data': {'told': told}}))"
"#;

#[test]
fn granted_hosts_are_shown_in_the_plan_and_refused_ones_in_the_record() {
    let lab = Lab::empty();
    let hosts = "[grants]\nhosts = [\"127.0.0.1:9\", \"*.example.org:443\"]";
    lab.tool("asks", ASKS, hosts);
    let says = |line: &str| {
        let output = lab.shell(line);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let plan = says("ai-lab-framework tool run asks.go --plan --json");
    let plan: serde_json::Value = serde_json::from_str(&plan).expect("JSON");
    let confinement = &plan["run"]["confinement"];
    assert_eq!(
        (
            &plan["run"]["sandbox"],
            &confinement["hosts"],
            &confinement["ports"]
        ),
        (
            &"l3".into(),
            &serde_json::json!(["127.0.0.1:9", "*.example.org:443"]),
            &serde_json::json!([3128])
        ),
        "{plan:#}"
    );
    let answer = says("ai-lab-framework tool run asks.go --json");
    let answer: serde_json::Value = serde_json::from_str(&answer).expect("JSON");
    let told = &answer["data"]["told"];
    assert_eq!(
        told,
        &serde_json::json!(["HTTP Error 403", "HTTP Error 502"]),
        "{answer:#}"
    );
    let id = answer["execution_id"].as_str().expect("an id");
    let record = says(&format!("ai-lab-framework execution show {id}"));
    assert!(record.contains("standard, sandbox l3\n"), "{record}");
    let refused = "sandbox: host evil.example:80 not granted\n";
    assert_eq!(record.matches("not granted").count(), 1, "{record}");
    assert!(record.contains(refused), "{record}");
}
