//! Certificates: valid, over, to come, another's, nobody's.

use std::io::Write;
use std::net::TcpStream;
use std::sync::Arc;

use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::json;

use super::server::{asked, hold, lines_of, serve};
use super::*;

/// Who signed all of them.
pub(super) const AUTHORITY: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/certificates/authority.pem"
);

const KEY: &[u8] = include_bytes!("../../../tests/certificates/server.key");
const GOOD: &[u8] = include_bytes!("../../../tests/certificates/good.crt");
const EXPIRED: &[u8] = include_bytes!("../../../tests/certificates/expired.crt");
const FUTURE: &[u8] = include_bytes!("../../../tests/certificates/future.crt");
const OTHER: &[u8] = include_bytes!("../../../tests/certificates/other.crt");

/// A server that shows that certificate and answers that to whatever is asked.
fn secure(certificate: &'static [u8], answer: &'static str) -> u16 {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("they are known")
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from(certificate)],
            PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(KEY)),
        )
        .expect("the key is the certificate's");
    let config = Arc::new(config);
    serve(move |line: TcpStream| {
        let session = ServerConnection::new(Arc::clone(&config)).expect("it is sound");
        let mut line = StreamOwned::new(session, line);
        if !asked(&mut line).is_empty() {
            let _sent = line.write_all(answer.as_bytes());
            line.conn.send_close_notify();
            let _flushed = line.flush();
        }
    })
}

const WELL: &str = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nwell";

fn tls(port: u16) -> Value {
    json!({"kind": "tls", "host": "localhost", "port": port})
}

#[test]
fn a_valid_certificate_is_told_with_its_end() {
    let port = secure(GOOD, WELL);
    let told = run(&tls(port));
    let certificate = told.certificate.expect("it was shown");
    assert_eq!(told.outcome, Outcome::Ok, "{}", told.sentence);
    assert_eq!(
        serde_json::to_value(&certificate).expect("it is JSON"),
        json!({
            "subject": "localhost", "issuer": "Authority of the tests",
            "not_before": "2020-01-01T00:00:00Z", "not_after": "2099-12-31T23:59:59Z",
            "days_left": certificate.days_left, "name_fits": true, "trusted": true,
            "chain_length": 1, "chain_end": "Authority of the tests",
        })
    );
    assert!(certificate.days_left > 365);
    let page =
        json!({"kind": "http", "url": format!("https://localhost:{port}/"), "contains": "well"});
    let told = run(&page);
    assert_eq!((told.outcome, told.status), (Outcome::Ok, Some(200)));
    assert_eq!(told.certificate, Some(certificate));
    let by_address = json!({"kind": "tls", "host": "127.0.0.1", "port": port});
    assert_eq!(outcome(&by_address), Outcome::Ok);
}

#[test]
fn each_fault_of_a_certificate_has_its_own_name_and_nothing_is_asked_over_it() {
    let cases = [
        (
            EXPIRED,
            Outcome::CertificateExpired,
            "its certificate's time is over",
            None,
        ),
        (
            FUTURE,
            Outcome::CertificateNotYetValid,
            "its certificate is not valid yet",
            None,
        ),
        (
            OTHER,
            Outcome::CertificateWrongName,
            "its certificate is not made for localhost",
            Some(true),
        ),
    ];
    for (certificate, wanted, why, trusted) in cases {
        let port = secure(certificate, WELL);
        for probe in [
            tls(port),
            json!({"kind": "http", "url": format!("https://localhost:{port}/")}),
        ] {
            let told = run(&probe);
            assert_eq!(told.outcome, wanted);
            assert_eq!(told.sentence, format!("{}: {why}", told.target));
            assert_eq!(told.status, None);
            let shown = told.certificate.expect("it was shown");
            assert_eq!(
                (shown.trusted, shown.name_fits, shown.days_left < 0),
                (
                    trusted,
                    wanted != Outcome::CertificateWrongName,
                    wanted == Outcome::CertificateExpired
                )
            );
        }
    }
}

#[test]
fn whom_the_machine_does_not_know_it_does_not_trust_unless_the_person_does() {
    let port = secure(GOOD, WELL);
    let told = |ca_file: Option<&str>| {
        let mut notes = Notes::default();
        let told = run_all(&[check(&tls(port), 5000)], None, ca_file, &mut notes);
        (
            told[0].outcome,
            told[0].certificate.as_ref().and_then(|shown| shown.trusted),
            notes.into_sentences(),
        )
    };
    assert_eq!(told(Some(AUTHORITY)).0, Outcome::Ok);
    let (outcome, trusted, notes) = told(None);
    assert_eq!(
        (outcome, trusted),
        (Outcome::CertificateUntrusted, Some(false))
    );
    assert!(
        notes
            .iter()
            .all(|note| note.contains("install ca-certificates")),
        "{notes:?}"
    );
    let (_, _, notes) = told(Some("/nowhere.pem"));
    assert!(
        notes[0].starts_with("ca_file: /nowhere.pem: No such file"),
        "{notes:?}"
    );
    let key = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/certificates/server.key");
    let (_, _, notes) = told(Some(key));
    assert_eq!(
        notes[0],
        format!("ca_file: {key} has no certificate in PEM form")
    );
}

#[test]
fn a_redirect_never_leads_out_of_tls() {
    let port = secure(
        GOOD,
        "HTTP/1.1 301 Moved\r\nLocation: http://localhost/\r\nContent-Length: 0\r\n\r\n",
    );
    let told = run(&json!({"kind": "http", "url": format!("https://localhost:{port}/")}));
    assert_eq!(told.outcome, Outcome::BadRedirect);
    assert!(
        told.sentence.contains("redirects to `http://localhost/`"),
        "{}",
        told.sentence
    );
}

#[test]
fn a_port_that_speaks_no_tls_or_nothing_at_all_is_named() {
    let plain = serve(lines_of(b"HTTP/1.1 400 Bad Request\r\n\r\n"));
    assert_eq!(outcome(&tls(plain)), Outcome::TlsFailed);
    let silent = serve(hold);
    assert_eq!(run_with(&tls(silent), 300, None).outcome, Outcome::Silent);
    let ends = serve(lines_of(b""));
    assert_eq!(outcome(&tls(ends)), Outcome::Closed);
}
