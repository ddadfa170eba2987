-- A database as the first schema's own code left it: three executions, started and ended. Never changed.
CREATE TABLE schema_migrations (
    version INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    digest TEXT NOT NULL,
    applied_at_ms INTEGER NOT NULL,
    framework_version TEXT NOT NULL
) STRICT;

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
    output TEXT NOT NULL,
    CHECK ((ended_position IS NULL) = (status = 'started'))
) STRICT;

CREATE INDEX tool_executions_by_action
    ON tool_executions (tool, action, status, started_at_ms, run_us);

CREATE INDEX tool_executions_by_correlation ON tool_executions (correlation_id);

CREATE INDEX tool_executions_by_session ON tool_executions (session_id) WHERE session_id <> '';

CREATE INDEX tool_executions_by_parent ON tool_executions (parent_id) WHERE parent_id <> '';

CREATE INDEX tool_executions_by_idempotency_key
    ON tool_executions (idempotency_key) WHERE idempotency_key <> '';

CREATE TABLE chain_head (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    position INTEGER NOT NULL,
    hash TEXT NOT NULL
) STRICT;


CREATE TABLE tool_metrics (
    position INTEGER PRIMARY KEY,
    execution_id TEXT NOT NULL REFERENCES tool_executions (execution_id),
    name TEXT NOT NULL,
    value REAL NOT NULL,
    unit TEXT NOT NULL
) STRICT;

CREATE INDEX tool_metrics_by_execution ON tool_metrics (execution_id);

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

CREATE TABLE tool_configurations (
    tool TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    origin TEXT NOT NULL,
    changed_at_ms INTEGER NOT NULL,
    PRIMARY KEY (tool, key)
) STRICT, WITHOUT ROWID;
INSERT INTO "chain_head" VALUES(1,6,'6975ceeb14646fa383f1ead1d132528a7c849b3212d3d0cc7d7cc076850cf78a');
INSERT INTO "framework_logs" VALUES(1,'e-00000001','fritzbox',1700000000099,'info','asking');
INSERT INTO "framework_logs" VALUES(2,'e-00000001','fritzbox',1700000000100,'warn','slow');
INSERT INTO "framework_logs" VALUES(3,'e-00000002','fritzbox',1700000000100,'info','asking');
INSERT INTO "framework_logs" VALUES(4,'e-00000002','fritzbox',1700000000101,'warn','slow');
INSERT INTO "framework_logs" VALUES(5,'e-00000003','fritzbox',1700000000101,'info','asking');
INSERT INTO "framework_logs" VALUES(6,'e-00000003','fritzbox',1700000000102,'warn','slow');
INSERT INTO "schema_migrations" VALUES(1001,'record','e4e5acbda9e0823e16f9f596f24123412726a73c0a736e4e2587468697388225',1700000000000,'0.1.0');
INSERT INTO "tool_executions" VALUES(1,'','2b5d9caf730b6618edc39c5017a208646660ffc4084b4a2bc4bc9e56859ae95c','e-00000001','work-1','','','','fritzbox','1.2.3','sha256:70','devices','standard','0.1.0','sha256:f0','sha256:90','sha256:c0','full','opencode','1.0','2025-06-18','homeserver',4001,77,'b0',1,1700000000001,5,2,'2b5d9caf730b6618edc39c5017a208646660ffc4084b4a2bc4bc9e56859ae95c','71acd75a557d40c9dcf1a13cc4eafc1ab46c4d9d03dc430e6aa960fc6a34af6e','succeeded','','','',0,'',14,9,'exit 0',1700000000101,900,1001,40,'{"name":"Küche \u0000 \"x\""}','{"devices":[]}');
INSERT INTO "tool_executions" VALUES(3,'71acd75a557d40c9dcf1a13cc4eafc1ab46c4d9d03dc430e6aa960fc6a34af6e','331918dec735fd93bfcd90d338793bc8e44791f9bb63c371785925c01dbf4d36','e-00000002','work-1','','','','fritzbox','1.2.3','sha256:70','devices','standard','0.1.0','sha256:f0','sha256:90','sha256:c0','full','opencode','1.0','2025-06-18','homeserver',4002,77,'b0',1,1700000000002,5,4,'331918dec735fd93bfcd90d338793bc8e44791f9bb63c371785925c01dbf4d36','0f3810e3f29ad436dd93732cb77124bc06461bdc1e8953910e1acc5babb9837b','succeeded','','','',0,'',14,9,'exit 0',1700000000102,900,1002,40,'{"name":"Küche \u0000 \"x\""}','{"devices":[]}');
INSERT INTO "tool_executions" VALUES(5,'0f3810e3f29ad436dd93732cb77124bc06461bdc1e8953910e1acc5babb9837b','368d91bb92ca3de4b79bc95074e4fea34fe458e35362867e847bea574337cd5f','e-00000003','work-1','','','','fritzbox','1.2.3','sha256:70','devices','standard','0.1.0','sha256:f0','sha256:90','sha256:c0','full','opencode','1.0','2025-06-18','homeserver',4003,77,'b0',1,1700000000003,5,6,'368d91bb92ca3de4b79bc95074e4fea34fe458e35362867e847bea574337cd5f','6975ceeb14646fa383f1ead1d132528a7c849b3212d3d0cc7d7cc076850cf78a','succeeded','','','',0,'',14,9,'exit 0',1700000000103,900,1003,40,'{"name":"Küche \u0000 \"x\""}','{"devices":[]}');
INSERT INTO "tool_metrics" VALUES(1,'e-00000001','rows',1.0,'');
INSERT INTO "tool_metrics" VALUES(2,'e-00000002','rows',2.0,'');
INSERT INTO "tool_metrics" VALUES(3,'e-00000003','rows',3.0,'');
PRAGMA application_id = 1095517778;
PRAGMA user_version = 1001;
