CREATE TABLE attachments (
    attachment_uid TEXT NOT NULL PRIMARY KEY CHECK (length(attachment_uid) = 36),
    uid TEXT REFERENCES entities (uid) DEFERRABLE INITIALLY DEFERRED,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    kept_ms INTEGER NOT NULL,
    content BLOB NOT NULL
) STRICT;

CREATE TABLE blockers (
    blocker_uid TEXT NOT NULL PRIMARY KEY CHECK (length(blocker_uid) = 36),
    uid TEXT NOT NULL REFERENCES entities (uid),
    position INTEGER NOT NULL CHECK (position >= 0),
    text TEXT NOT NULL,
    severity TEXT CHECK (severity IN ('low', 'medium', 'high', 'critical')),
    opened_ms INTEGER,
    open INTEGER NOT NULL CHECK (open IN (0, 1)),
    closed_ms INTEGER,
    resolution TEXT,
    UNIQUE (uid, position)
) STRICT;

CREATE TABLE criteria (
    criterion_uid TEXT NOT NULL PRIMARY KEY CHECK (length(criterion_uid) = 36),
    uid TEXT NOT NULL REFERENCES entities (uid),
    position INTEGER NOT NULL CHECK (position >= 0),
    text TEXT NOT NULL,
    done INTEGER NOT NULL CHECK (done IN (0, 1)),
    evidence TEXT,
    UNIQUE (uid, position)
) STRICT;

CREATE TABLE dependencies (
    kind TEXT NOT NULL,
    uid TEXT NOT NULL,
    on_uid TEXT NOT NULL,
    PRIMARY KEY (uid, on_uid),
    FOREIGN KEY (uid, kind) REFERENCES entities (uid, kind),
    FOREIGN KEY (on_uid, kind) REFERENCES entities (uid, kind) DEFERRABLE INITIALLY DEFERRED
) STRICT, WITHOUT ROWID;

CREATE TABLE entities (
    uid TEXT NOT NULL PRIMARY KEY CHECK (length(uid) = 36),
    kind TEXT NOT NULL CHECK (kind IN ('project', 'idea', 'item', 'milestone', 'repo')),
    revision INTEGER NOT NULL CHECK (revision >= 1),
    created_ms INTEGER,
    updated_ms INTEGER,
    archived INTEGER NOT NULL CHECK (archived IN (0, 1)),
    UNIQUE (uid, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE entity_labels (
    kind TEXT NOT NULL,
    label TEXT NOT NULL COLLATE NOCASE CHECK (length(label) BETWEEN 1 AND 64),
    uid TEXT NOT NULL,
    is_current INTEGER NOT NULL CHECK (is_current IN (0, 1)),
    since_ms INTEGER NOT NULL,
    PRIMARY KEY (kind, label),
    FOREIGN KEY (uid, kind) REFERENCES entities (uid, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE github_links (
    uid TEXT NOT NULL PRIMARY KEY REFERENCES entities (uid),
    numbering TEXT NOT NULL CHECK (numbering IN ('issue', 'milestone')),
    repo_uid TEXT REFERENCES github_repos (uid) DEFERRABLE INITIALLY DEFERRED,
    number INTEGER NOT NULL CHECK (number >= 0),
    synced_ms INTEGER,
    UNIQUE (repo_uid, numbering, number)
) STRICT;

CREATE TABLE github_repos (
    uid TEXT NOT NULL PRIMARY KEY REFERENCES entities (uid),
    full_name TEXT NOT NULL COLLATE NOCASE UNIQUE,
    github_id INTEGER UNIQUE,
    description TEXT NOT NULL,
    visibility TEXT CHECK (visibility IN ('private', 'internal', 'public')),
    project_uid TEXT REFERENCES projects (uid) DEFERRABLE INITIALLY DEFERRED,
    notes TEXT
) STRICT;

CREATE TABLE ideas (
    uid TEXT NOT NULL PRIMARY KEY REFERENCES entities (uid),
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    status TEXT NOT NULL
        CHECK (status IN ('backlog', 'refining', 'ready', 'converted', 'implemented', 'archived')),
    priority TEXT NOT NULL CHECK (priority IN ('low', 'medium', 'high', 'critical')),
    category TEXT,
    effort TEXT,
    author TEXT,
    target_audience TEXT,
    related_project_uid TEXT REFERENCES projects (uid) DEFERRABLE INITIALLY DEFERRED,
    notes TEXT
) STRICT;

CREATE TABLE imported_values (
    imported_value_seq INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    record TEXT NOT NULL,
    field TEXT NOT NULL,
    kind TEXT NOT NULL
        CHECK (kind IN ('absent', 'null', 'text', 'number', 'boolean', 'json', 'bytes')),
    raw TEXT NOT NULL,
    uid TEXT REFERENCES entities (uid) DEFERRABLE INITIALLY DEFERRED,
    went_to TEXT,
    decision TEXT NOT NULL,
    kept_ms INTEGER NOT NULL,
    UNIQUE (source, record, field, kind, raw)
) STRICT;

CREATE TABLE migrations (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    applied_by TEXT NOT NULL,
    applied_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE milestones (
    uid TEXT NOT NULL PRIMARY KEY REFERENCES entities (uid),
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    project_uid TEXT REFERENCES projects (uid) DEFERRABLE INITIALLY DEFERRED,
    status TEXT NOT NULL CHECK (status IN ('planned', 'in_progress', 'completed', 'cancelled')),
    due_day TEXT CHECK (due_day GLOB '*[0-9]-[0-9][0-9]-[0-9][0-9]'),
    completed_ms INTEGER,
    notes TEXT
) STRICT;

CREATE TABLE operations (
    write_seq INTEGER NOT NULL REFERENCES writes (write_seq),
    ordinal INTEGER NOT NULL CHECK (ordinal >= 0),
    verb TEXT NOT NULL,
    reason TEXT,
    kind TEXT NOT NULL,
    uid TEXT NOT NULL,
    field TEXT NOT NULL,
    member TEXT NOT NULL,
    before TEXT,
    after TEXT,
    PRIMARY KEY (write_seq, ordinal),
    FOREIGN KEY (uid, kind) REFERENCES entities (uid, kind),
    CHECK (before IS NOT after)
) STRICT, WITHOUT ROWID;

CREATE TABLE projects (
    uid TEXT NOT NULL PRIMARY KEY REFERENCES entities (uid),
    prefix TEXT COLLATE NOCASE UNIQUE,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('planning', 'active', 'on_hold', 'completed', 'cancelled')),
    priority TEXT NOT NULL CHECK (priority IN ('low', 'medium', 'high', 'critical')),
    category TEXT,
    visibility TEXT NOT NULL CHECK (visibility IN ('private', 'internal', 'public')),
    health TEXT CHECK (health IN ('on_track', 'at_risk', 'off_track')),
    owner TEXT,
    vision TEXT,
    start_day TEXT CHECK (start_day GLOB '*[0-9]-[0-9][0-9]-[0-9][0-9]'),
    target_day TEXT CHECK (target_day GLOB '*[0-9]-[0-9][0-9]-[0-9][0-9]'),
    source_idea_uid TEXT REFERENCES ideas (uid) DEFERRABLE INITIALLY DEFERRED,
    repository_url TEXT,
    repo_uid TEXT REFERENCES github_repos (uid) DEFERRABLE INITIALLY DEFERRED,
    notes TEXT
) STRICT;

CREATE TABLE tags (
    uid TEXT NOT NULL REFERENCES entities (uid),
    tag TEXT NOT NULL CHECK (length(tag) BETWEEN 1 AND 100),
    PRIMARY KEY (uid, tag)
) STRICT, WITHOUT ROWID;

CREATE TABLE text_lines (
    line_uid TEXT NOT NULL PRIMARY KEY CHECK (length(line_uid) = 36),
    uid TEXT NOT NULL REFERENCES entities (uid),
    list TEXT NOT NULL,
    position INTEGER NOT NULL CHECK (position >= 0),
    text TEXT NOT NULL,
    UNIQUE (uid, list, position)
) STRICT;

CREATE TABLE time_entries (
    entry_uid TEXT NOT NULL PRIMARY KEY CHECK (length(entry_uid) = 36),
    uid TEXT NOT NULL REFERENCES entities (uid),
    position INTEGER NOT NULL CHECK (position >= 0),
    hours REAL NOT NULL CHECK (hours BETWEEN 0 AND 1000000),
    at_ms INTEGER NOT NULL,
    who TEXT NOT NULL,
    note TEXT NOT NULL,
    UNIQUE (uid, position)
) STRICT;

CREATE TABLE unresolved_dependencies (
    uid TEXT NOT NULL REFERENCES entities (uid),
    label TEXT NOT NULL,
    PRIMARY KEY (uid, label)
) STRICT, WITHOUT ROWID;

CREATE TABLE work_items (
    uid TEXT NOT NULL PRIMARY KEY REFERENCES entities (uid),
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    status TEXT NOT NULL
        CHECK (status IN ('todo', 'in_progress', 'review', 'done', 'blocked', 'cancelled')),
    blocked_from TEXT
        CHECK (blocked_from IN ('todo', 'in_progress', 'review', 'done', 'blocked', 'cancelled')),
    priority TEXT NOT NULL CHECK (priority IN ('low', 'medium', 'high', 'critical')),
    item_type TEXT NOT NULL
        CHECK (item_type IN ('feature', 'bug', 'task', 'research', 'documentation', 'infrastructure')),
    category TEXT,
    project_uid TEXT REFERENCES projects (uid) DEFERRABLE INITIALLY DEFERRED,
    parent_uid TEXT REFERENCES work_items (uid) DEFERRABLE INITIALLY DEFERRED,
    milestone_uid TEXT REFERENCES milestones (uid) DEFERRABLE INITIALLY DEFERRED,
    assignee TEXT,
    author TEXT,
    estimated_hours REAL CHECK (estimated_hours BETWEEN 0 AND 1000000),
    spent_hours REAL CHECK (spent_hours BETWEEN 0 AND 1000000),
    due_day TEXT CHECK (due_day GLOB '*[0-9]-[0-9][0-9]-[0-9][0-9]'),
    started_ms INTEGER,
    settled_ms INTEGER,
    notes TEXT,
    file_path TEXT,
    is_draft INTEGER NOT NULL CHECK (is_draft IN (0, 1))
) STRICT;

CREATE TABLE writes (
    write_seq INTEGER PRIMARY KEY,
    write_uid TEXT NOT NULL UNIQUE CHECK (length(write_uid) = 36),
    at_ms INTEGER NOT NULL,
    actor_kind TEXT NOT NULL CHECK (actor_kind IN ('person', 'agent', 'sync', 'import')),
    actor_name TEXT NOT NULL CHECK (actor_name <> '')
) STRICT;

CREATE INDEX attachments_by_entity ON attachments (uid);

CREATE INDEX dependencies_by_target ON dependencies (on_uid);

CREATE INDEX entities_by_kind ON entities (kind);

CREATE INDEX entity_labels_by_entity ON entity_labels (uid);

CREATE UNIQUE INDEX entity_labels_current ON entity_labels (uid) WHERE is_current = 1;

CREATE INDEX imported_values_by_entity ON imported_values (uid);

CREATE INDEX milestones_by_project ON milestones (project_uid);

CREATE INDEX operations_by_entity ON operations (uid);

CREATE INDEX tags_by_tag ON tags (tag);

CREATE INDEX work_items_by_milestone ON work_items (milestone_uid);

CREATE INDEX work_items_by_parent ON work_items (parent_uid);

CREATE INDEX work_items_by_project ON work_items (project_uid);

CREATE INDEX work_items_by_status ON work_items (status);

CREATE TRIGGER operations_are_never_changed BEFORE UPDATE ON operations
BEGIN
    SELECT RAISE (ABORT, 'the operation log is append-only');
END;

CREATE TRIGGER operations_are_never_deleted BEFORE DELETE ON operations
BEGIN
    SELECT RAISE (ABORT, 'the operation log is append-only');
END;
