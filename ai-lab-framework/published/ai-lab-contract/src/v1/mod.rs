//! Contract version 1.

mod answer;
mod bounded;
mod context;
mod error_class;
mod evidence;
mod host;
mod ids;
mod lock;
mod manifest;
mod profile;
mod request;
mod schemas;
mod socket;
mod update_journal;

pub use answer::{Answer, AnswerShapeError, HandOff, Metric, Outcome, ToolError};
pub use bounded::{Bounded, OutOfRange};
pub use context::Context;
pub use error_class::ErrorClass;
pub use evidence::{EvidenceSource, Exemption, LoadTest};
pub use host::{GrantedHost, HostGrant, is_host_name};
pub use ids::{
    ActionName, CorrelationId, ExecutionId, IdError, ReleaseFile, ReleaseVersion, SecretName,
    SessionId, Sha256Hex, ToolName,
};
pub use lock::{
    LabLock, LockedArchive, LockedFramework, LockedWheel, MajorMinor, UnknownLockFormat,
};
pub use manifest::{
    Action, Breaker, Fallback, Grants, Health, Limits, Manifest, Retry, Run, RunKind, SchemaSource,
    SecretInVariable, SecretWanted, Worker,
};
pub use profile::{Profile, UnknownProfile};
pub use request::Request;
pub use schemas::{SchemaDocument, schema_documents};
pub use socket::{GetPattern, SocketGrant, SocketName, SocketPath};
pub use update_journal::{JournalHead, UpdatePhase};
