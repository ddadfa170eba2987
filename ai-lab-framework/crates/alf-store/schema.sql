CREATE TABLE action_run_times (
    span_hours INTEGER NOT NULL,
    starts_hour INTEGER NOT NULL,
    tool TEXT NOT NULL,
    action TEXT NOT NULL,
    bucket INTEGER NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (span_hours, starts_hour, tool, action, bucket)
) STRICT, WITHOUT ROWID;

CREATE TABLE action_spans (
    span_hours INTEGER NOT NULL,
    starts_hour INTEGER NOT NULL,
    tool TEXT NOT NULL,
    action TEXT NOT NULL,
    count INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    interrupted INTEGER NOT NULL,
    run_us_sum INTEGER NOT NULL,
    run_us_max INTEGER NOT NULL,
    last_at_ms INTEGER NOT NULL,
    first_position INTEGER NOT NULL,
    last_position INTEGER NOT NULL,
    PRIMARY KEY (span_hours, starts_hour, tool, action)
) STRICT, WITHOUT ROWID;

CREATE TABLE chain_head (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    position INTEGER NOT NULL,
    hash TEXT NOT NULL
) STRICT;

CREATE TABLE chain_pruned (
    first_position INTEGER PRIMARY KEY,
    last_position INTEGER NOT NULL UNIQUE,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL
) STRICT;

CREATE VIRTUAL TABLE execution_text USING fts5 (
    tool, input, output, error, log,
    content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2'
);

CREATE TABLE 'execution_text_config'(k PRIMARY KEY, v) WITHOUT ROWID;

CREATE TABLE 'execution_text_data'(id INTEGER PRIMARY KEY, block BLOB);

CREATE TABLE 'execution_text_docsize'(id INTEGER PRIMARY KEY, sz BLOB, origin INTEGER);

CREATE TABLE 'execution_text_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;

CREATE TABLE framework_logs (
    position INTEGER PRIMARY KEY,
    execution_id TEXT NOT NULL,
    tool TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    level TEXT NOT NULL,
    text TEXT NOT NULL
) STRICT;

CREATE INDEX framework_logs_by_execution
    ON framework_logs (execution_id) WHERE execution_id <> '';

CREATE TABLE metric_spans (
    span_hours INTEGER NOT NULL,
    starts_hour INTEGER NOT NULL,
    tool TEXT NOT NULL,
    action TEXT NOT NULL,
    name TEXT NOT NULL,
    unit TEXT NOT NULL,
    count INTEGER NOT NULL,
    sum REAL NOT NULL,
    min REAL NOT NULL,
    max REAL NOT NULL,
    last REAL NOT NULL,
    last_position INTEGER NOT NULL,
    PRIMARY KEY (span_hours, starts_hour, tool, action, name, unit)
) STRICT, WITHOUT ROWID;

CREATE TABLE schema_migrations (
    version INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    digest TEXT NOT NULL,
    applied_at_ms INTEGER NOT NULL,
    framework_version TEXT NOT NULL
) STRICT;

CREATE TABLE search_cursor (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    ended_position INTEGER NOT NULL
) STRICT;

CREATE TABLE tool_breakers (
    tool TEXT PRIMARY KEY NOT NULL,
    revision INTEGER NOT NULL,
    state TEXT NOT NULL,
    failures INTEGER NOT NULL,
    failures_before INTEGER NOT NULL,
    window_from_ms INTEGER NOT NULL,
    opened_at_ms INTEGER NOT NULL,
    probe_owner TEXT NOT NULL,
    probe_until_ms INTEGER NOT NULL,
    changed_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE tool_configurations (
    tool TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    origin TEXT NOT NULL,
    changed_at_ms INTEGER NOT NULL,
    PRIMARY KEY (tool, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE tool_executions (
    started_position INTEGER PRIMARY KEY,
    started_previous_hash TEXT NOT NULL,
    started_hash TEXT NOT NULL,
    execution_id TEXT NOT NULL UNIQUE,
    correlation_id TEXT NOT NULL,
    parent_id TEXT NOT NULL,
    session_id TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    tool TEXT NOT NULL,
    tool_version TEXT NOT NULL,
    tool_digest TEXT NOT NULL,
    action TEXT NOT NULL,
    profile TEXT NOT NULL,
    framework_version TEXT NOT NULL,
    framework_digest TEXT NOT NULL,
    policy_digest TEXT NOT NULL,
    configuration_digest TEXT NOT NULL,
    sandbox TEXT NOT NULL,
    client_name TEXT NOT NULL,
    client_version TEXT NOT NULL,
    protocol_version TEXT NOT NULL,
    host TEXT NOT NULL,
    owner_pid INTEGER NOT NULL,
    owner_start_ticks INTEGER NOT NULL,
    owner_boot_id TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    started_at_ms INTEGER NOT NULL,
    queue_us INTEGER NOT NULL,
    ended_position INTEGER UNIQUE,
    ended_previous_hash TEXT NOT NULL,
    row_hash TEXT NOT NULL,
    status TEXT NOT NULL,
    error_class TEXT NOT NULL,
    error_kind TEXT NOT NULL,
    error_message TEXT NOT NULL,
    error_retryable INTEGER NOT NULL,
    error_detail TEXT NOT NULL,
    output_bytes INTEGER NOT NULL,
    log_bytes INTEGER NOT NULL,
    exit TEXT NOT NULL,
    ended_at_ms INTEGER NOT NULL,
    start_us INTEGER NOT NULL,
    run_us INTEGER NOT NULL,
    record_us INTEGER NOT NULL,
    input TEXT NOT NULL,
    output TEXT NOT NULL, answer_kind TEXT NOT NULL DEFAULT '', answer_of TEXT NOT NULL DEFAULT '', input_key INTEGER NOT NULL DEFAULT 0,
    CHECK ((ended_position IS NULL) = (status = 'started'))
) STRICT;

CREATE INDEX tool_executions_by_action ON tool_executions (tool, action, status);

CREATE INDEX tool_executions_by_correlation ON tool_executions (correlation_id);

CREATE INDEX tool_executions_by_idempotency_key
    ON tool_executions (idempotency_key) WHERE idempotency_key <> '';

CREATE INDEX tool_executions_by_input
    ON tool_executions (input_key) WHERE status = 'succeeded' AND input_key <> 0;

CREATE INDEX tool_executions_by_kept_input
    ON tool_executions (input) WHERE input >= '@' AND input < 'A';

CREATE INDEX tool_executions_by_kept_output
    ON tool_executions (output) WHERE output >= '@' AND output < 'A';

CREATE INDEX tool_executions_by_parent ON tool_executions (parent_id) WHERE parent_id <> '';

CREATE INDEX tool_executions_by_session ON tool_executions (session_id) WHERE session_id <> '';

CREATE INDEX tool_executions_by_trouble
    ON tool_executions (status) WHERE status <> 'succeeded';

CREATE TABLE tool_metrics (
    position INTEGER PRIMARY KEY,
    execution_id TEXT NOT NULL REFERENCES tool_executions (execution_id),
    name TEXT NOT NULL,
    value REAL NOT NULL,
    unit TEXT NOT NULL
) STRICT;

CREATE INDEX tool_metrics_by_execution ON tool_metrics (execution_id);

CREATE TABLE tool_sessions (
    id TEXT PRIMARY KEY NOT NULL,
    title TEXT NOT NULL,
    status TEXT NOT NULL,
    note TEXT NOT NULL,
    data TEXT NOT NULL,
    revision INTEGER NOT NULL,
    created_at_ms INTEGER NOT NULL,
    updated_at_ms INTEGER NOT NULL
) STRICT;

CREATE INDEX tool_sessions_by_change ON tool_sessions (updated_at_ms);
