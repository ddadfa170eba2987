//! TLS as far as a check needs it: a handshake in which what the server shows is kept, whether it is trusted or not.

use std::fs::File;
use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WebPkiServerVerifier, verify_server_name};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, ClientConfig, ClientConnection, DigitallySignedStruct, Error, RootCertStore,
    SignatureScheme, StreamOwned,
};

use super::certificate::{Certificate, describe, parse_certificate};
use super::outcome::{Failure, Outcome};
use super::target::Place;
use super::way::Line;
use crate::clock;

/// Where systems keep whom they trust: Debian and most, Fedora, SUSE, Alpine and BSD.
const BUNDLES: [&str; 4] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// The longest bundle that is read, in bytes. Stops a file that never ends.
const BUNDLE_BYTES: u64 = 4 * 1024 * 1024;

/// Whom this machine trusts, read once for all checks.
#[derive(Clone, Debug)]
pub(crate) struct Trust {
    provider: Arc<CryptoProvider>,
    roots: Arc<RootCertStore>,
}

/// Where the roots were read from went wrong, in a sentence.
pub(crate) type TrustNote = String;

impl Trust {
    /// Nobody: for checks that look at no certificate.
    pub(crate) fn of_nobody() -> Self {
        Self::new(RootCertStore::empty())
    }

    fn new(roots: RootCertStore) -> Self {
        Self {
            provider: Arc::new(rustls::crypto::ring::default_provider()),
            roots: Arc::new(roots),
        }
    }

    /// The system's authorities, and those of a file of the person's own.
    pub(crate) fn of_system(own: Option<&str>) -> (Self, Vec<TrustNote>) {
        let mut roots = RootCertStore::empty();
        let mut notes = Vec::new();
        let system = BUNDLES.iter().find_map(|path| read_bundle(path).ok());
        if let Some(bundle) = system {
            add(&mut roots, &bundle);
        }
        if let Some(path) = own {
            match read_bundle(path) {
                Ok(bundle) if add(&mut roots, &bundle) > 0 => {}
                Ok(_) => notes.push(format!("ca_file: {path} has no certificate in PEM form")),
                Err(error) => notes.push(format!(
                    "ca_file: {path}: {error}; it has to be granted to read in tool.toml"
                )),
            }
        }
        if roots.is_empty() {
            notes.push(
                "this machine has no list of authorities that it trusts, so that no certificate is trusted: install ca-certificates"
                    .to_owned(),
            );
        }
        (Self::new(roots), notes)
    }
}

fn read_bundle(path: &str) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?
        .take(BUNDLE_BYTES)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// How many were added: what cannot be read is left out.
fn add(roots: &mut RootCertStore, bundle: &[u8]) -> usize {
    let certificates = CertificateDer::pem_slice_iter(bundle).flatten();
    roots.add_parsable_certificates(certificates).0
}

/// A line on which TLS is spoken.
pub(crate) type Secured = StreamOwned<ClientConnection, Line>;

/// What came of a handshake, and what the server showed in it.
#[derive(Debug)]
pub(crate) struct Handshake {
    pub(crate) outcome: Result<Box<Secured>, Failure>,
    pub(crate) certificate: Option<Certificate>,
}

/// Shakes hands. Whoever is not trusted is sent nothing but the goodbye.
pub(crate) fn shake_hands(mut line: Line, to: &Place, trust: &Trust) -> Handshake {
    let (mut session, shown) = match session(to, trust) {
        Ok(begun) => begun,
        Err(error) => {
            return Handshake {
                outcome: Err(Failure::new(Outcome::TlsFailed, error.to_string())),
                certificate: None,
            };
        }
    };
    let mut failed = None;
    while failed.is_none() && session.is_handshaking() {
        failed = session.complete_io(&mut line).err();
    }
    let shown = shown.shown();
    let certificate = shown.as_ref().and_then(|shown| {
        describe(
            &shown.chain,
            shown.name_fits,
            shown.trusted(),
            clock::now_s(),
        )
    });
    let outcome = match failed {
        None => Ok(Box::new(StreamOwned::new(session, line))),
        Some(error) => Err(failure(&line, &error, shown.as_ref(), to, clock::now_s())),
    };
    Handshake {
        outcome,
        certificate,
    }
}

fn session(to: &Place, trust: &Trust) -> Result<(ClientConnection, Arc<Keeping>), Error> {
    let judge: Option<Arc<WebPkiServerVerifier>> = if trust.roots.is_empty() {
        None
    } else {
        let roots = Arc::clone(&trust.roots);
        let provider = Arc::clone(&trust.provider);
        let built = WebPkiServerVerifier::builder_with_provider(roots, provider).build();
        Some(built.map_err(|error| Error::General(error.to_string()))?)
    };
    let keeping = Arc::new(Keeping {
        judge,
        provider: Arc::clone(&trust.provider),
        shown: Mutex::default(),
    });
    let config = ClientConfig::builder_with_provider(Arc::clone(&trust.provider))
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::clone(&keeping) as Arc<_>)
        .with_no_client_auth();
    let name =
        ServerName::try_from(to.host.clone()).map_err(|error| Error::General(error.to_string()))?;
    Ok((ClientConnection::new(Arc::new(config), name)?, keeping))
}

/// What the failed handshake is called.
fn failure(line: &Line, error: &io::Error, shown: Option<&Shown>, to: &Place, now: i64) -> Failure {
    let of_tls = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<Error>());
    match (of_tls, shown) {
        (None, _) => line.failure(error),
        (Some(Error::InvalidCertificate(why)), Some(shown)) => {
            let dates = shown.chain.first().and_then(|der| parse_certificate(der));
            let is_over = dates.as_ref().is_some_and(|dates| now > dates.not_after);
            let is_to_come = dates.as_ref().is_some_and(|dates| now < dates.not_before);
            let next = Some(format!(
                "openssl s_client -connect {to} -servername {} </dev/null | openssl x509 -noout -text",
                to.host
            ));
            let (outcome, why) = if is_over {
                (
                    Outcome::CertificateExpired,
                    "its certificate's time is over".to_owned(),
                )
            } else if is_to_come {
                (
                    Outcome::CertificateNotYetValid,
                    "its certificate is not valid yet".to_owned(),
                )
            } else if shown.name_fits {
                (
                    Outcome::CertificateUntrusted,
                    format!(
                        "this machine does not trust its certificate: {}",
                        words(why)
                    ),
                )
            } else {
                (
                    Outcome::CertificateWrongName,
                    format!("its certificate is not made for {}", to.host),
                )
            };
            Failure { outcome, why, next }
        }
        (Some(error), _) => Failure::new(
            Outcome::TlsFailed,
            format!("TLS could not be agreed on: {error}"),
        ),
    }
}

fn words(why: &CertificateError) -> String {
    match why {
        CertificateError::UnknownIssuer => "nobody whom it knows signed it".to_owned(),
        other => other.to_string(),
    }
}

/// What a server showed, and what is to be said of it.
#[derive(Clone, Debug)]
struct Shown {
    /// Its own certificate first.
    chain: Vec<Vec<u8>>,
    name_fits: bool,
    verdict: Result<(), CertificateError>,
}

impl Shown {
    fn trusted(&self) -> Option<bool> {
        match &self.verdict {
            // The signers are looked at before the name.
            Ok(())
            | Err(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            ) => Some(true),
            Err(CertificateError::UnknownIssuer | CertificateError::BadSignature) => Some(false),
            Err(_) => None,
        }
    }
}

/// Trusts as the machine does, and keeps what was shown.
#[derive(Debug)]
struct Keeping {
    /// `None` trusts nobody.
    judge: Option<Arc<WebPkiServerVerifier>>,
    provider: Arc<CryptoProvider>,
    shown: Mutex<Option<Shown>>,
}

impl Keeping {
    fn shown(&self) -> Option<Shown> {
        self.shown
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl ServerCertVerifier for Keeping {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verdict = match &self.judge {
            None => Err(Error::InvalidCertificate(CertificateError::UnknownIssuer)),
            Some(judge) => {
                judge.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
            }
        };
        let name_fits = ParsedCertificate::try_from(end_entity)
            .and_then(|parsed| verify_server_name(&parsed, server_name))
            .is_ok();
        let chain = std::iter::once(end_entity)
            .chain(intermediates)
            .map(|certificate| certificate.to_vec());
        let told = match &verdict {
            Ok(_) => Ok(()),
            Err(Error::InvalidCertificate(why)) => Err(why.clone()),
            Err(_) => Err(CertificateError::BadEncoding),
        };
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = Some(Shown {
            chain: chain.collect(),
            name_fits,
            verdict: told,
        });
        verdict
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
