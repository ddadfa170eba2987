//! What came of a check.

use schemars::JsonSchema;
use serde::Serialize;

use super::certificate::Certificate;

/// What came of a check. Each way to fail has its own name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    /// All is as it should be.
    Ok,
    /// The sandbox does not let the tool there; `next` has the line to add to tool.toml.
    NotGranted,
    /// The configuration names something that is no address.
    BadTarget,
    /// It was not begun: this machine gave no thread, or the time was up before.
    NotRun,
    /// Nobody knows an address for the name.
    NameUnknown,
    /// The machine is there and nothing listens on the port.
    Refused,
    /// There is no way to it.
    Unreachable,
    /// Nothing answered to the attempt to connect.
    NoConnection,
    /// It took the connection and said nothing.
    Silent,
    /// It began to answer and was not done in time.
    Late,
    /// It broke the connection off.
    Reset,
    /// It ended the connection before its answer was whole.
    Closed,
    /// It answered something that is not what this port should speak.
    OddAnswer,
    /// Its answer is longer than is read.
    TooLong,
    /// Another status than expected.
    WrongStatus,
    /// The page lacks the text.
    MissingText,
    /// Redirects lead back to where they were.
    RedirectLoop,
    /// More redirects than are followed.
    TooManyRedirects,
    /// A redirect leads to nowhere that can be asked, or from `https` to `http`.
    BadRedirect,
    /// The certificate's time is over.
    CertificateExpired,
    /// The certificate's time is still to come.
    CertificateNotYetValid,
    /// The certificate is another name's.
    CertificateWrongName,
    /// Nobody whom this machine trusts signed the certificate.
    CertificateUntrusted,
    /// TLS could not be agreed on.
    TlsFailed,
    /// The name server knows no such name.
    NoSuchName,
    /// The name server knows the name, and no such record of it.
    NoRecord,
    /// The records say something else than expected.
    WrongRecord,
    /// The name server could not or would not answer.
    DnsError,
}

impl Outcome {
    /// Whether it says something about what is checked; otherwise the check itself has to be mended.
    pub(crate) const fn is_about_target(self) -> bool {
        !matches!(self, Self::NotGranted | Self::BadTarget | Self::NotRun)
    }

    /// Whether whoever is checked was reached, whatever it said.
    pub(crate) const fn is_reached(self) -> bool {
        self.is_about_target()
            && !matches!(
                self,
                Self::NameUnknown | Self::Unreachable | Self::NoConnection
            )
    }
}

/// Why a check failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) outcome: Outcome,
    /// What happened, in the words that follow `target: `.
    pub(crate) why: String,
    /// What mends it, where that is known.
    pub(crate) next: Option<String>,
}

impl Failure {
    /// Of which nothing more is known than what happened.
    pub(crate) fn new(outcome: Outcome, why: impl Into<String>) -> Self {
        Self {
            outcome,
            why: why.into(),
            next: None,
        }
    }
}

/// What a check found out, whether it failed or not.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Findings {
    pub(crate) status: Option<u16>,
    pub(crate) redirects: Option<u32>,
    pub(crate) certificate: Option<Certificate>,
    pub(crate) records: Vec<String>,
    /// Until the connection stood, in milliseconds.
    pub(crate) connect_ms: Option<u64>,
}

/// One check's result.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub(crate) struct CheckResult {
    /// The check's name.
    pub(crate) name: String,
    /// `http`, `tcp`, `tls`, `dns`, `ping`.
    pub(crate) kind: String,
    /// What was asked of whom.
    pub(crate) target: String,
    /// What came of it.
    pub(crate) outcome: Outcome,
    /// What came of it, in a sentence.
    pub(crate) sentence: String,
    /// What mends it or shows more: a line or a command; `null` where all is well.
    pub(crate) next: Option<String>,
    /// How long it took, in milliseconds.
    pub(crate) took_ms: u64,
    /// Until the connection stood, in milliseconds; `null` if it never did.
    pub(crate) connect_ms: Option<u64>,
    /// The last HTTP status; `null` without one.
    pub(crate) status: Option<u16>,
    /// How many redirects were followed; `null` where there are none to follow.
    pub(crate) redirects: Option<u32>,
    /// The certificate that was shown last; `null` without TLS.
    pub(crate) certificate: Option<Certificate>,
    /// What the name server said; empty for other checks.
    pub(crate) records: Vec<String>,
}
