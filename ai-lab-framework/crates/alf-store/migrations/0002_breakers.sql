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

ALTER TABLE tool_executions ADD COLUMN answer_kind TEXT NOT NULL DEFAULT '';

ALTER TABLE tool_executions ADD COLUMN answer_of TEXT NOT NULL DEFAULT '';

ALTER TABLE tool_executions ADD COLUMN input_key INTEGER NOT NULL DEFAULT 0;

CREATE INDEX tool_executions_by_input
    ON tool_executions (input_key) WHERE status = 'succeeded' AND input_key <> 0;
