//! A router to try things on: prints its ports, and ends with its standard input.

use std::io::{self, Read as _, Write as _};

use fritzbox_standin::{Call, Forwarding, FritzBox, Host, Standin, Switch};

fn main() -> io::Result<()> {
    let router = Standin::start(furnished())?;
    let mut output = io::stdout();
    writeln!(
        output,
        "{{\"port\": {}, \"tls_port\": {}}}",
        router.port(),
        router.tls_port()
    )?;
    output.flush()?;
    io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}

/// With something of everything.
fn furnished() -> FritzBox {
    let mut fritz_box = FritzBox::default();
    fritz_box.hosts.push(Host {
        name: "nas".to_owned(),
        ip: "192.168.178.20".to_owned(),
        mac: "02:00:00:00:00:01".to_owned(),
        is_active: true,
        is_guest: false,
        interface: "Ethernet".to_owned(),
    });
    fritz_box.forwardings.push(Forwarding {
        external_port: 443,
        protocol: "TCP".to_owned(),
        client: "127.0.0.1".to_owned(),
        internal_port: 443,
        is_on: true,
        description: "web".to_owned(),
    });
    fritz_box.calls.push(Call {
        kind: 2,
        number: "01711234567".to_owned(),
        name: "Ada".to_owned(),
        own: "4930998877".to_owned(),
        date: "23.11.26 09:15".to_owned(),
        duration: "0:03".to_owned(),
    });
    fritz_box.switches.push(Switch {
        ain: "087610000434".to_owned(),
        name: "Lampe".to_owned(),
        state: Some("OFF".to_owned()),
        is_present: true,
        power: 1234,
        temperature: 215,
    });
    "23.11.26 09:15:00 Anruf von 01711234567 an 4930998877.".clone_into(&mut fritz_box.log);
    fritz_box
}
