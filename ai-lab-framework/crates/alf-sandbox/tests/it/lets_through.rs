//! What is granted works.

use std::io::Read as _;
use std::net::TcpListener;

use alf_policy::SandboxLevel::{L1, L2};
use serde_json::json;

use crate::scene::Stage;

#[test]
fn a_tool_reads_and_writes_what_it_is_granted_and_its_work_folder() {
    for level in [L1, L2] {
        let stage = Stage::new();
        let beside = stage.path("beside");
        let read = json!({ "read": [beside] });
        let said = stage.run(
            level,
            &read,
            "cat $ROOT/beside/kept; echo x >$ROOT/beside/kept || echo no",
        );
        assert_eq!(
            (said.out.as_str(), said.code),
            ("as it wasno\n", Some(0)),
            "{said:?}"
        );
        let write = json!({ "write": [beside, "data"] });
        let script = "echo new >$ROOT/beside/kept; mkdir data/x; echo t >$WORK/t && cat $WORK/t; echo a >$WORK/artifacts/a";
        let said = stage.run(level, &write, script);
        assert_eq!((said.out.as_str(), said.code), ("t\n", Some(0)), "{said:?}");
        assert_eq!(stage.read("beside/kept"), "new\n");
        assert!(stage.path("tools/own/data/x").is_dir());
    }
}

#[test]
fn a_granted_port_can_be_reached_and_another_cannot() {
    let connect = |port: u16| {
        format!(
            "python3 -c \"import socket; s=socket.create_connection(('127.0.0.1', {port}), 5); s.sendall(b'hello')\" 2>/dev/null || echo no"
        )
    };
    for level in [L1, L2] {
        let stage = Stage::new();
        let [granted, other] = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").expect("a port"));
        let [port, closed] = [&granted, &other].map(|one| one.local_addr().expect("bound").port());
        let grants = json!({ "tcp": [port] });
        let said = stage.run(level, &grants, &connect(port));
        assert_eq!(said.out, "", "{said:?}");
        let mut heard = String::new();
        granted
            .accept()
            .expect("it came")
            .0
            .read_to_string(&mut heard)
            .expect("text");
        assert_eq!(heard, "hello");
        assert_eq!(stage.run(level, &grants, &connect(closed)).out, "no\n");
        assert_eq!(stage.run(level, &json!({}), &connect(port)).out, "no\n");
    }
}

#[test]
fn how_a_program_ends_is_told_as_it_was() {
    for level in [L1, L2] {
        let stage = Stage::new();
        assert_eq!(stage.run(level, &json!({}), "exit 7").code, Some(7));
        assert_eq!(stage.run(level, &json!({}), "kill -9 $$").code, None);
    }
}
