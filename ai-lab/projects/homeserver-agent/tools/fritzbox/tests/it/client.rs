//! The stand-in against a client that people use: `fritzconnection` from `PyPI`, by its own command lines.
//!
//! `AI_LAB_FRITZCONNECTION` names the folder of its programs; `scripts/test instance` prepares it.

use std::path::PathBuf;
use std::process::Command;

use fritzbox_standin::{FritzBox, Standin};

use crate::network::{call, host};
use crate::scene::PASSWORD;

#[expect(
    clippy::disallowed_methods,
    reason = "tests name their programs by the environment"
)]
fn programs() -> Option<PathBuf> {
    std::env::var_os("AI_LAB_FRITZCONNECTION").map(PathBuf::from)
}

fn shown(programs: &std::path::Path, program: &str, router: &Standin, further: &[&str]) -> String {
    let is_secure = further.contains(&"-e");
    let port = if is_secure {
        router.tls_port()
    } else {
        router.port()
    };
    #[expect(clippy::disallowed_methods, reason = "the test starts the client")]
    let output = Command::new(programs.join(program))
        .args([
            "-i",
            "127.0.0.1",
            "--port",
            &port.to_string(),
            "-u",
            "agent",
            "-p",
            PASSWORD,
        ])
        .args(further)
        .env_remove("REQUESTS_CA_BUNDLE")
        .env_remove("CURL_CA_BUNDLE")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("PYTHONWARNINGS", "ignore")
        .output()
        .expect("the client starts");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{program}: {text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    text
}

#[test]
fn a_client_that_people_use_takes_the_standin_for_a_router() {
    let Some(programs) = programs() else {
        eprintln!(
            "NOT TESTED: AI_LAB_FRITZCONNECTION does not name a folder with the client's programs"
        );
        return;
    };
    let mut fritz_box = FritzBox::default();
    fritz_box.hosts = vec![host(1), host(2)];
    fritz_box.calls = vec![call(2, "01711234567", "Ada")];
    let router = Standin::start(fritz_box).expect("two ports are free");
    for further in [&[][..], &["-e"]] {
        let status = shown(&programs, "fritzstatus", &router, further);
        for part in [
            "FRITZ!Box 7590",
            "203.0.113.7",
            "2001:db8::7",
            "bytes send            : 5000000000",
            "bytes received        : 70000000000",
        ] {
            assert!(status.contains(part), "{part}: {status}");
        }
    }
    let hosts = shown(&programs, "fritzhosts", &router, &[]);
    for part in ["host-1", "192.168.178.2", "02:00:00:00:00:01"] {
        assert!(hosts.contains(part), "{part}: {hosts}");
    }
    // It lists who is on which radio: nobody.
    shown(&programs, "fritzwlan", &router, &[]);
    let calls = shown(&programs, "fritzcall", &router, &[]);
    assert!(calls.contains("01711234567"), "{calls}");
    // It asks for lists until the entry past the last one, and logs in as ours does.
    let asked = router.asked();
    let faults: Vec<_> = asked.iter().filter(|line| line.contains("fault")).collect();
    assert_eq!(
        faults,
        [
            "POST Hosts:1 GetGenericHostEntry Index=2 -> fault 713",
            "POST WLANConfiguration:1 GetGenericAssociatedDeviceInfo AssociatedDeviceIndex=0 -> fault 713",
            "POST WLANConfiguration:2 GetGenericAssociatedDeviceInfo AssociatedDeviceIndex=0 -> fault 713",
            "POST WLANConfiguration:3 GetGenericAssociatedDeviceInfo AssociatedDeviceIndex=0 -> fault 713",
        ]
    );
    assert!(asked.iter().any(|line| line.ends_with("401")));
}
