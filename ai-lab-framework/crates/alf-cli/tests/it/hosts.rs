//! A tool that is granted hosts or a socket, from its plan to its record.

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::net::UnixListener;
use std::thread;

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

/// Asks a granted socket for what is listed and for what is not, and one that is not granted.
const ASKS_SOCKET: &str = r#"exec python3 -c "
import json, urllib.request
told = []
for url in ['docker.socket/containers/json?all=true', 'docker.socket/info', 'podman.socket/info']:
  try: told.append(urllib.request.urlopen('http://' + url).read().decode())
  except OSError as error: told.append(str(error))
print(json.dumps({'data': {'told': told}}))"
"#;

#[test]
fn a_granted_socket_is_in_the_plan_its_answer_in_the_tools_and_what_was_refused_in_the_record() {
    let lab = Lab::empty();
    let folder = lab.path("lab").canonicalize().expect("it is there");
    let socket = folder.join("engine.sock");
    let listener = UnixListener::bind(&socket).expect("nobody is there");
    let engine = thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("somebody comes");
        let mut line = String::new();
        let mut heard = BufReader::new(stream.try_clone().expect("it is ours"));
        heard.read_line(&mut line).expect("a question");
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]";
        stream.write_all(answer).expect("somebody listens");
        line
    });
    let path = socket.display();
    let granted = format!(
        "[[grants.sockets]]\nname = \"docker\"\npath = \"{path}\"\nget = [\"/containers/json\", \"/containers/*/stats\"]"
    );
    lab.tool("asks", ASKS_SOCKET, &granted);
    let says = |line: &str| {
        let output = lab.shell(line);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let shown = says("ai-lab-framework tool show asks");
    let line = format!("docker ({path}): GET /containers/json /containers/*/stats");
    assert!(shown.contains(&line), "{shown}");
    let plan = says("ai-lab-framework tool run asks.go --plan --json");
    let plan: serde_json::Value = serde_json::from_str(&plan).expect("JSON");
    let get = ["/containers/json", "/containers/*/stats"];
    assert_eq!(
        (
            &plan["run"]["sandbox"],
            &plan["run"]["confinement"]["sockets"]
        ),
        (
            &"l3".into(),
            &serde_json::json!([{ "name": "docker", "path": socket, "get": get }])
        ),
        "{plan:#}"
    );
    let answer = says("ai-lab-framework tool run asks.go --json");
    let answer: serde_json::Value = serde_json::from_str(&answer).expect("JSON");
    let refused = [
        "socket docker: the path /info not granted",
        "socket podman: not granted",
    ];
    let [path, name] = refused.map(|why| format!("HTTP Error 403: {why}"));
    assert_eq!(
        answer["data"]["told"],
        serde_json::json!(["[]", path, name]),
        "{answer:#}"
    );
    let asked = engine.join().expect("no panic");
    assert_eq!(asked, "GET /containers/json?all=true HTTP/1.1\r\n");
    let id = answer["execution_id"].as_str().expect("an id");
    let record = says(&format!("ai-lab-framework execution show {id}"));
    for why in refused {
        assert!(record.contains(&format!("sandbox: {why}\n")), "{record}");
    }
}

#[test]
fn a_socket_that_speaks_for_the_person_is_refused_by_name() {
    let lab = Lab::empty();
    for (path, what) in [
        ("/run/user/1000/gnupg/S.gpg-agent", "the person's GPG agent"),
        ("/srv/mine/of-ssh", "the person's SSH agent"),
    ] {
        let granted =
            format!("[[grants.sockets]]\nname = \"x\"\npath = \"{path}\"\nget = [\"/a\"]");
        lab.tool("asks", "echo never", &granted);
        let output = lab.shell("SSH_AUTH_SOCK=/srv/mine/of-ssh ai-lab-framework tool run asks.go");
        let told = String::from_utf8_lossy(&output.stderr);
        let why = format!("the grant `{path}` opens {what}");
        assert!(told.contains(&why) && told.contains("(refused)"), "{told}");
    }
}

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
