//! What the framework does: one operation a file.
//!
//! The command line, MCP and tests are skins over these; no skin has a rule of its own. This is the only crate that
//! sees policy, runtime and store together. Start reading at [`Framework`], then [`run_tool`].

mod access;
mod adopt;
mod alert_rules;
mod background;
mod backup;
mod breakers;
mod compatibility;
mod configuration;
mod confining;
mod connect;
mod doctor;
mod executions;
mod exposition;
mod failure;
mod follow;
mod framework;
mod gate;
mod merge_patch;
mod migrate;
mod new_tool;
mod objective;
mod otlp;
mod own_files;
mod profiles;
mod program_digest;
mod protection;
mod recover;
mod releases;
mod replay;
mod retention;
mod run_tool;
mod scratch_home;
mod secrets;
mod self_test;
mod sessions;
mod surroundings;
mod tool_lock;
mod tools;

pub use access::{
    ClientRow, ClientsReport, Confirmation, CreatedToken, RevokedToken, TokenList, TokenRow,
    TokenScope, UnmatchedPattern, authenticate, bind_session, bound_session, client_allows,
    create_token, destructive_plan, list_clients, list_tokens, propose_call, rebind_session,
    redeem_confirmation, revoke_token, session_of_client,
};
pub use adopt::{
    Adopted, AdoptedAction, Adoption, Drift, Part, Refreshed, RefusedTool, adopt_server,
    refresh_tool,
};
pub use alert_rules::alert_rules;
pub use alf_policy::ToolPattern;
pub use alf_release::Sha256;
pub use background::{
    ERRAND_BYTES, Errand, ExecutionOutcome, MOST_IN_BACKGROUND, cancel_execution, carry_out_errand,
    execution_outcome, start_in_background, wait_for_execution,
};
pub use backup::{DatabaseCopy, copy_database};
pub use breakers::{BreakerList, close_breaker, list_breakers};
pub use compatibility::{
    CheckedLab, Mended, MendedFile, against, check_compatibility, mend_lab, own_contract,
};
pub use configuration::{
    ConfigChange, ConfigList, ConfigRow, ConfigScope, ToolConfiguration, edited_configuration,
    get_configuration, list_configuration, set_configuration, text_to_edit, typed_configuration,
    unset_configuration,
};
pub use connect::{
    CarriedOut, ConnectionList, ConnectionPlan, ConnectionRequest, ConnectionRow, ConnectionScope,
    FileChange, PlannedFile, carry_out_connection, list_connections, plan_connection,
    plan_disconnection,
};
pub use doctor::{Check, Diagnosis, Health, examine};
pub use executions::{
    BucketList, ChainReport, ExecutionDetail, Figures, bucket_figures, figures, list_executions,
    list_logs, show_execution, verify_executions,
};
pub use exposition::exposition;
pub use failure::Failure;
pub use follow::follow_logs;
pub use framework::{FRAMEWORK_VERSION, Framework};
pub use gate::{
    Closed, GateState, GateStatus, RunningCall, close_gate, gate_status, running_names,
};
pub use merge_patch::merge_patch;
pub use migrate::{Migration, migrate_database};
pub use new_tool::{CreatedTool, create_tool};
pub use objective::{NoObjective, Objective};
pub use otlp::trace_request;
pub use profiles::{
    Answers, EditedFile, HookChange, HookChanged, TriedPromotion, Validation, carry_out_promotion,
    detect_profile, install_hook, remove_hook, try_promotion, validate_tool,
};
pub use protection::{Seal, Sealed, Tiers, protect_store};
pub use releases::{
    ChosenRelease, Collection, FetchRequest, FetchStep, FetchedRelease, IndexFacts, KeyList,
    KeyRow, KeyState, Look, MarkState, NewKey, PlaceReport, Reason, ReleaseList, ReleaseRow,
    RepairOutcome, RepairedPlace, Repairs, Resolution, ResolveRequest, Selection, ShownRelease,
    StoredRelease, StoredReleases, Verification, Voucher, WhyNot, add_key, assure_place,
    collect_releases, fetch_release, list_keys, list_releases, list_stored, own_place, remove_key,
    repair_releases, resolve_release, show_release, verify_releases,
};
pub use replay::{
    Answered, ComparedExecution, Comparison, ComparisonRequest, Difference, Likeness,
    MOST_COMPARED, Moved, PassedOver, Replay, ReplayMode, ReplayRequest, UnderBoth, compare,
    compare_under, replay_execution,
};
pub use retention::{
    Pruning, RecordBounds, prune_executions, record_bounds, search_executions, tend,
};
pub use run_tool::{
    Call, CallPlan, Completed, Durations, ExecutionError, KeptArtifact, Resilience, StandIn, Step,
    StoodIn, call_budget, plan_tool, read_result, refuse_call, run_tool,
};
pub use secrets::{
    GrantChange, GrantRow, GrantState, ImportFrom, Imported, NotImported, Rotated, SecretChange,
    SecretList, SecretRow, StillThere, UnusableCredential, Where, grant_secret, import_secrets,
    lend_secret, list_secrets, remove_secret, revoke_secret, rotate_secret, secret_value,
    set_secret,
};
pub use self_test::{SelfTest, TestedPart, self_test};
pub use sessions::{
    ActionCount, CAPSULE_BYTES, CONTEXT_BYTES, CONTEXT_DEPTH, Capsule, CapsuleExecution,
    CausedCount, ContextKey, ENTRY_BYTES, EXPORTED_BYTES, ErrorCount, ExportedExecution,
    ExportedSession, MOST_ENTRIES, NOTE_BYTES, OpenEnd, PatchRefused, SUMMARISED, SessionClosed,
    SessionDetail, SessionExport, SessionFacts, SessionHead, SessionList, SessionNote,
    SessionPatch, SessionRow, SessionSummary, TITLE_BYTES, apply_patch, capsule_markdown,
    check_open, end_session, export_session, list_sessions, note_session, patch_session,
    pause_session, resume_session, session_capsule, session_markdown, show_session, start_session,
    summarise_session,
};
pub use surroundings::{Client, Clock, Surroundings, new_execution_id};
pub use tool_lock::{
    LockDiff, LockReport, PinnedRow, Pinning, Standing, approve_tool, diff_tool, lock_tools,
};
pub use tools::{
    CheckedTool, ToolCheck, ToolDetail, ToolList, ToolRow, check_tools, list_tools, show_tool,
};
