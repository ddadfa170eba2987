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

CREATE TABLE claims (
    uid TEXT NOT NULL PRIMARY KEY REFERENCES entities (uid),
    holder TEXT NOT NULL CHECK (holder <> ''),
    until_ms INTEGER NOT NULL
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

CREATE TABLE dispute_rivals (
    dispute_seq INTEGER NOT NULL REFERENCES disputes (dispute_seq),
    ordinal INTEGER NOT NULL CHECK (ordinal >= 1),
    theirs TEXT,
    PRIMARY KEY (dispute_seq, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE disputes (
    dispute_seq INTEGER PRIMARY KEY,
    uid TEXT NOT NULL REFERENCES entities (uid),
    source TEXT NOT NULL CHECK (source IN ('sync', 'merge')),
    field TEXT NOT NULL,
    member TEXT NOT NULL,
    base TEXT,
    ours TEXT,
    theirs TEXT,
    opened_ms INTEGER NOT NULL,
    settled_ms INTEGER,
    settlement TEXT,
    CHECK ((settled_ms IS NULL) = (settlement IS NULL))
) STRICT;

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
    since_ms INTEGER NOT NULL, sort_key TEXT,
    PRIMARY KEY (kind, label),
    FOREIGN KEY (uid, kind) REFERENCES entities (uid, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE file_bases (
    uid TEXT NOT NULL PRIMARY KEY REFERENCES entities (uid),
    path TEXT,
    bytes INTEGER CHECK (bytes >= 0),
    changed_ns INTEGER,
    inode INTEGER,
    revision INTEGER NOT NULL CHECK (revision >= 1),
    CHECK ((path IS NULL) = (bytes IS NULL AND changed_ns IS NULL AND inode IS NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE file_fields (
    uid TEXT NOT NULL REFERENCES entities (uid),
    name TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (uid, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE former_labels (
    kind TEXT NOT NULL,
    label TEXT NOT NULL COLLATE NOCASE CHECK (length(label) BETWEEN 1 AND 64),
    uid TEXT NOT NULL,
    since_ms INTEGER NOT NULL,
    PRIMARY KEY (uid, label),
    FOREIGN KEY (uid, kind) REFERENCES entities (uid, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE github_comments (
    repo_uid TEXT NOT NULL REFERENCES github_repos (uid),
    comment_id INTEGER NOT NULL CHECK (comment_id >= 0),
    number INTEGER NOT NULL CHECK (number >= 0),
    author TEXT,
    body TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    updated_ms INTEGER NOT NULL,
    PRIMARY KEY (repo_uid, comment_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE github_conflicts (
    conflict_seq INTEGER PRIMARY KEY,
    repo_uid TEXT NOT NULL REFERENCES github_repos (uid),
    numbering TEXT NOT NULL CHECK (numbering IN ('issue', 'milestone')),
    number INTEGER NOT NULL,
    uid TEXT NOT NULL REFERENCES entities (uid),
    field TEXT NOT NULL,
    base TEXT,
    local TEXT,
    remote TEXT,
    opened_ms INTEGER NOT NULL,
    settled_ms INTEGER,
    settlement TEXT,
    CHECK ((settled_ms IS NULL) = (settlement IS NULL))
) STRICT;

CREATE TABLE github_facts (
    repo_uid TEXT NOT NULL,
    numbering TEXT NOT NULL,
    number INTEGER NOT NULL,
    side TEXT NOT NULL CHECK (side IN ('remote', 'base', 'refused')),
    field TEXT NOT NULL,
    member TEXT NOT NULL,
    text TEXT,
    PRIMARY KEY (repo_uid, numbering, number, side, field, member),
    FOREIGN KEY (repo_uid, numbering, number) REFERENCES github_things (repo_uid, numbering, number),
    CHECK ((member = '') = (text IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE github_labels (
    repo_uid TEXT NOT NULL REFERENCES github_repos (uid),
    github_id INTEGER NOT NULL CHECK (github_id >= 0),
    name TEXT NOT NULL,
    PRIMARY KEY (repo_uid, github_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE github_links (
    uid TEXT NOT NULL PRIMARY KEY REFERENCES entities (uid),
    numbering TEXT NOT NULL CHECK (numbering IN ('issue', 'milestone')),
    repo_uid TEXT REFERENCES github_repos (uid) DEFERRABLE INITIALLY DEFERRED,
    number INTEGER NOT NULL CHECK (number >= 0),
    synced_ms INTEGER,
    UNIQUE (repo_uid, numbering, number)
) STRICT;

CREATE TABLE github_outbox (
    order_uid TEXT NOT NULL PRIMARY KEY CHECK (length(order_uid) = 36),
    repo_uid TEXT NOT NULL REFERENCES github_repos (uid),
    uid TEXT NOT NULL REFERENCES entities (uid),
    kind TEXT NOT NULL CHECK (kind IN ('issue', 'comment')),
    body TEXT NOT NULL,
    queued_ms INTEGER NOT NULL,
    sent_ms INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE github_pages (
    repo_uid TEXT NOT NULL REFERENCES github_repos (uid),
    path TEXT NOT NULL,
    etag TEXT NOT NULL,
    next TEXT,
    PRIMARY KEY (repo_uid, path)
) STRICT, WITHOUT ROWID;

CREATE TABLE github_repos (
    uid TEXT NOT NULL PRIMARY KEY REFERENCES entities (uid),
    full_name TEXT NOT NULL COLLATE NOCASE UNIQUE,
    github_id INTEGER UNIQUE,
    description TEXT NOT NULL,
    visibility TEXT CHECK (visibility IN ('private', 'internal', 'public')),
    project_uid TEXT REFERENCES projects (uid) DEFERRABLE INITIALLY DEFERRED,
    notes TEXT
) STRICT;

CREATE TABLE github_states (
    repo_uid TEXT NOT NULL PRIMARY KEY REFERENCES github_repos (uid),
    issues_since_ms INTEGER,
    comments_since_ms INTEGER,
    swept_ms INTEGER,
    applied_ms INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE github_things (
    repo_uid TEXT NOT NULL REFERENCES github_repos (uid),
    numbering TEXT NOT NULL CHECK (numbering IN ('issue', 'milestone')),
    number INTEGER NOT NULL CHECK (number >= 0),
    github_id INTEGER NOT NULL CHECK (github_id >= 0),
    is_gone INTEGER NOT NULL CHECK (is_gone IN (0, 1)),
    has_base INTEGER NOT NULL CHECK (has_base IN (0, 1)),
    marker TEXT,
    author TEXT,
    created_ms INTEGER,
    closed_ms INTEGER,
    seen_ms INTEGER NOT NULL,
    PRIMARY KEY (repo_uid, numbering, number)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE item_tallies (
    owner_uid TEXT NOT NULL,
    stand TEXT NOT NULL,
    status TEXT NOT NULL,
    priority TEXT NOT NULL,
    items INTEGER NOT NULL CHECK (items >= 0),
    PRIMARY KEY (owner_uid, stand, status, priority)
) STRICT, WITHOUT ROWID;

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
    after TEXT, revision INTEGER CHECK (revision >= 1),
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

CREATE TABLE reversals (
    write_seq INTEGER NOT NULL REFERENCES writes (write_seq),
    of_seq INTEGER NOT NULL REFERENCES writes (write_seq),
    PRIMARY KEY (write_seq, of_seq),
    CHECK (of_seq < write_seq)
) STRICT, WITHOUT ROWID;

CREATE VIRTUAL TABLE search_words USING fts5 (
    label, title, description, notes,
    content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2'
);

CREATE TABLE 'search_words_config'(k PRIMARY KEY, v) WITHOUT ROWID;

CREATE TABLE 'search_words_data'(id INTEGER PRIMARY KEY, block BLOB);

CREATE TABLE 'search_words_docsize'(id INTEGER PRIMARY KEY, sz BLOB, origin INTEGER);

CREATE TABLE 'search_words_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;

CREATE TABLE searched (
    seq INTEGER PRIMARY KEY,
    uid TEXT NOT NULL UNIQUE REFERENCES entities (uid),
    kind TEXT NOT NULL CHECK (kind IN ('idea', 'item'))
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
, sort_key TEXT, archived INTEGER NOT NULL DEFAULT 0 CHECK (archived IN (0, 1)), open_blockers INTEGER NOT NULL DEFAULT 0 CHECK (open_blockers >= 0), waits INTEGER NOT NULL DEFAULT 0 CHECK (waits >= 0), listed INTEGER
    GENERATED ALWAYS AS (archived = 0 AND status NOT IN ('done', 'cancelled')) VIRTUAL, stand TEXT
    GENERATED ALWAYS AS (
        CASE
            WHEN archived = 1 THEN 'away'
            WHEN status IN ('done', 'cancelled') THEN 'settled'
            WHEN status = 'blocked' OR open_blockers > 0 THEN 'blocked'
            WHEN status IN ('in_progress', 'review') THEN 'under_way'
            WHEN is_draft = 1 THEN 'draft'
            WHEN waits > 0 THEN 'waiting'
            ELSE 'ready'
        END
    ) VIRTUAL, urgency INTEGER
    GENERATED ALWAYS AS (
        CASE priority WHEN 'critical' THEN 0 WHEN 'high' THEN 1 WHEN 'medium' THEN 2 ELSE 3 END
    ) VIRTUAL, due_key TEXT GENERATED ALWAYS AS (coalesce(due_day, 'none')) VIRTUAL) STRICT;

CREATE TABLE writes (
    write_seq INTEGER PRIMARY KEY,
    write_uid TEXT NOT NULL UNIQUE CHECK (length(write_uid) = 36),
    at_ms INTEGER NOT NULL,
    actor_kind TEXT NOT NULL CHECK (actor_kind IN ('person', 'agent', 'sync', 'import')),
    actor_name TEXT NOT NULL CHECK (actor_name <> '')
) STRICT;

CREATE INDEX attachments_by_entity ON attachments (uid);

CREATE INDEX claims_by_end ON claims (until_ms);

CREATE INDEX dependencies_by_target ON dependencies (on_uid);

CREATE UNIQUE INDEX disputes_open ON disputes (uid, field, member) WHERE settled_ms IS NULL;

CREATE INDEX entities_by_kind ON entities (kind);

CREATE INDEX entity_labels_by_entity ON entity_labels (uid);

CREATE UNIQUE INDEX entity_labels_current ON entity_labels (uid) WHERE is_current = 1;

CREATE INDEX entity_labels_in_order ON entity_labels (kind, sort_key);

CREATE INDEX entity_labels_without_key ON entity_labels (uid) WHERE sort_key IS NULL;

CREATE INDEX github_comments_by_issue ON github_comments (repo_uid, number);

CREATE UNIQUE INDEX github_conflicts_open ON github_conflicts (repo_uid, numbering, number, field)
    WHERE settled_ms IS NULL;

CREATE INDEX github_outbox_by_repo ON github_outbox (repo_uid, queued_ms);

CREATE INDEX imported_values_by_entity ON imported_values (uid);

CREATE INDEX milestones_by_project ON milestones (project_uid);

CREATE INDEX operations_by_entity ON operations (uid);

CREATE INDEX reversals_by_target ON reversals (of_seq);

CREATE INDEX tags_by_tag ON tags (tag COLLATE NOCASE);

CREATE INDEX work_items_by_assignee ON work_items (assignee, sort_key) WHERE assignee IS NOT NULL;

CREATE INDEX work_items_by_due ON work_items (due_day, sort_key) WHERE due_day IS NOT NULL;

CREATE INDEX work_items_by_milestone ON work_items (milestone_uid, sort_key);

CREATE INDEX work_items_by_parent ON work_items (parent_uid, sort_key);

CREATE INDEX work_items_by_priority ON work_items (priority, sort_key);

CREATE INDEX work_items_by_project ON work_items (project_uid, sort_key);

CREATE INDEX work_items_by_status ON work_items (status, sort_key);

CREATE INDEX work_items_by_type ON work_items (item_type, sort_key);

CREATE INDEX work_items_in_order ON work_items (sort_key);

CREATE INDEX work_items_listed ON work_items (listed, sort_key);

CREATE INDEX work_items_pressing ON work_items (stand, urgency, due_key, sort_key);

CREATE INDEX writes_by_actor ON writes (actor_kind, actor_name, write_seq);

CREATE TRIGGER blockers_come AFTER INSERT ON blockers WHEN NEW.open = 1
BEGIN
    UPDATE work_items SET open_blockers = open_blockers + 1 WHERE uid = NEW.uid;
END;

CREATE TRIGGER blockers_go AFTER DELETE ON blockers WHEN OLD.open = 1
BEGIN
    UPDATE work_items SET open_blockers = open_blockers - 1 WHERE uid = OLD.uid;
END;

CREATE TRIGGER blockers_turn AFTER UPDATE OF open ON blockers WHEN NEW.open IS NOT OLD.open
BEGIN
    UPDATE work_items SET open_blockers = open_blockers + NEW.open - OLD.open WHERE uid = NEW.uid;
END;

CREATE TRIGGER dependencies_come AFTER INSERT ON dependencies WHEN NEW.kind = 'item'
BEGIN
    UPDATE work_items SET waits = waits + (
        SELECT count(*) FROM work_items AS w
        WHERE w.uid = NEW.on_uid AND w.uid IS NOT work_items.parent_uid
        AND w.status NOT IN ('done', 'cancelled')
    ) WHERE uid = NEW.uid;
END;

CREATE TRIGGER dependencies_go AFTER DELETE ON dependencies WHEN OLD.kind = 'item'
BEGIN
    UPDATE work_items SET waits = waits - (
        SELECT count(*) FROM work_items AS w
        WHERE w.uid = OLD.on_uid AND w.uid IS NOT work_items.parent_uid
        AND w.status NOT IN ('done', 'cancelled')
    ) WHERE uid = OLD.uid;
END;

CREATE TRIGGER idea_words_change AFTER UPDATE OF title, description, notes ON ideas
WHEN (OLD.title, OLD.description, OLD.notes) IS NOT (NEW.title, NEW.description, NEW.notes)
BEGIN
    DELETE FROM search_words WHERE rowid = (SELECT s.seq FROM searched AS s WHERE s.uid = NEW.uid);

    INSERT INTO search_words (rowid, label, title, description, notes)
    SELECT s.seq, l.label, NEW.title, NEW.description, coalesce(NEW.notes, '')
    FROM searched AS s JOIN entity_labels AS l ON l.uid = s.uid AND l.is_current = 1
    WHERE s.uid = NEW.uid;
END;

CREATE TRIGGER ideas_come AFTER INSERT ON ideas
BEGIN
    INSERT INTO searched (uid, kind) VALUES (NEW.uid, 'idea');

    INSERT INTO search_words (rowid, label, title, description, notes)
    SELECT s.seq, l.label, NEW.title, NEW.description, coalesce(NEW.notes, '')
    FROM searched AS s JOIN entity_labels AS l ON l.uid = s.uid AND l.is_current = 1
    WHERE s.uid = NEW.uid;
END;

CREATE TRIGGER item_words_change AFTER UPDATE OF title, description, notes ON work_items
WHEN (OLD.title, OLD.description, OLD.notes) IS NOT (NEW.title, NEW.description, NEW.notes)
BEGIN
    DELETE FROM search_words WHERE rowid = (SELECT s.seq FROM searched AS s WHERE s.uid = NEW.uid);

    INSERT INTO search_words (rowid, label, title, description, notes)
    SELECT s.seq, l.label, NEW.title, NEW.description, coalesce(NEW.notes, '')
    FROM searched AS s JOIN entity_labels AS l ON l.uid = s.uid AND l.is_current = 1
    WHERE s.uid = NEW.uid;
END;

CREATE TRIGGER items_are_put_away AFTER UPDATE OF archived ON entities
WHEN NEW.kind = 'item' AND NEW.archived IS NOT OLD.archived
BEGIN
    UPDATE work_items SET archived = NEW.archived WHERE uid = NEW.uid;
END;

CREATE TRIGGER items_change_cells
AFTER UPDATE OF status, priority, project_uid, milestone_uid, archived, is_draft, open_blockers, waits
ON work_items
WHEN (OLD.stand, OLD.status, OLD.priority, OLD.project_uid, OLD.milestone_uid)
    IS NOT (NEW.stand, NEW.status, NEW.priority, NEW.project_uid, NEW.milestone_uid)
BEGIN
    UPDATE item_tallies SET items = items - 1
    WHERE owner_uid IN ('', OLD.project_uid, OLD.milestone_uid)
    AND stand = OLD.stand AND status = OLD.status AND priority = OLD.priority;

    INSERT INTO item_tallies (owner_uid, stand, status, priority, items)
    SELECT owner.column1, NEW.stand, NEW.status, NEW.priority, 1
    FROM (VALUES (''), (NEW.project_uid), (NEW.milestone_uid)) AS owner
    WHERE owner.column1 IS NOT NULL
    ON CONFLICT DO UPDATE SET items = items + 1;
END;

CREATE TRIGGER items_come AFTER INSERT ON work_items
BEGIN
    INSERT INTO item_tallies (owner_uid, stand, status, priority, items)
    SELECT owner.column1, NEW.stand, NEW.status, NEW.priority, 1
    FROM (VALUES (''), (NEW.project_uid), (NEW.milestone_uid)) AS owner
    WHERE owner.column1 IS NOT NULL
    ON CONFLICT DO UPDATE SET items = items + 1;

    UPDATE work_items SET
        sort_key = (SELECT l.sort_key FROM entity_labels AS l WHERE l.uid = NEW.uid AND l.is_current = 1),
        archived = (SELECT e.archived FROM entities AS e WHERE e.uid = NEW.uid)
    WHERE uid = NEW.uid;

    UPDATE work_items SET waits = waits + 1
    WHERE uid IN (SELECT d.uid FROM dependencies AS d WHERE d.on_uid = NEW.uid)
    AND parent_uid IS NOT NEW.uid AND NEW.status NOT IN ('done', 'cancelled');

    INSERT INTO searched (uid, kind) VALUES (NEW.uid, 'item');

    INSERT INTO search_words (rowid, label, title, description, notes)
    SELECT s.seq, l.label, NEW.title, NEW.description, coalesce(NEW.notes, '')
    FROM searched AS s JOIN entity_labels AS l ON l.uid = s.uid AND l.is_current = 1
    WHERE s.uid = NEW.uid;
END;

CREATE TRIGGER items_follow_their_label AFTER UPDATE OF label, sort_key, is_current ON entity_labels
WHEN NEW.kind = 'item' AND NEW.is_current = 1
BEGIN
    UPDATE work_items SET sort_key = NEW.sort_key WHERE uid = NEW.uid;
END;

CREATE TRIGGER items_follow_their_new_label AFTER INSERT ON entity_labels
WHEN NEW.kind = 'item' AND NEW.is_current = 1
BEGIN
    UPDATE work_items SET sort_key = NEW.sort_key WHERE uid = NEW.uid;
END;

CREATE TRIGGER items_move AFTER UPDATE OF parent_uid ON work_items
WHEN NEW.parent_uid IS NOT OLD.parent_uid
BEGIN
    UPDATE work_items SET
        waits = (SELECT count(*) FROM unresolved_dependencies AS u WHERE u.uid = NEW.uid)
            + (SELECT count(*) FROM dependencies AS d JOIN work_items AS w ON w.uid = d.on_uid
               WHERE d.uid = NEW.uid AND d.on_uid IS NOT NEW.parent_uid
               AND w.status NOT IN ('done', 'cancelled'))
    WHERE uid = NEW.uid;
END;

CREATE TRIGGER items_settle AFTER UPDATE OF status ON work_items
WHEN (OLD.status IN ('done', 'cancelled')) <> (NEW.status IN ('done', 'cancelled'))
BEGIN
    UPDATE work_items SET waits = waits + iif(NEW.status IN ('done', 'cancelled'), -1, 1)
    WHERE uid IN (SELECT d.uid FROM dependencies AS d WHERE d.on_uid = NEW.uid)
    AND parent_uid IS NOT NEW.uid;
END;

CREATE TRIGGER label_words_change AFTER UPDATE OF is_current, label ON entity_labels
WHEN NEW.is_current = 1 AND NEW.kind IN ('idea', 'item')
BEGIN
    DELETE FROM search_words WHERE rowid = (SELECT s.seq FROM searched AS s WHERE s.uid = NEW.uid);

    INSERT INTO search_words (rowid, label, title, description, notes)
    SELECT s.seq, NEW.label, coalesce(i.title, d.title), coalesce(i.description, d.description),
        coalesce(i.notes, d.notes, '')
    FROM searched AS s
    LEFT JOIN work_items AS i ON i.uid = s.uid
    LEFT JOIN ideas AS d ON d.uid = s.uid
    WHERE s.uid = NEW.uid;
END;

CREATE TRIGGER label_words_come AFTER INSERT ON entity_labels
WHEN NEW.is_current = 1 AND NEW.kind IN ('idea', 'item')
BEGIN
    DELETE FROM search_words WHERE rowid = (SELECT s.seq FROM searched AS s WHERE s.uid = NEW.uid);

    INSERT INTO search_words (rowid, label, title, description, notes)
    SELECT s.seq, NEW.label, coalesce(i.title, d.title), coalesce(i.description, d.description),
        coalesce(i.notes, d.notes, '')
    FROM searched AS s
    LEFT JOIN work_items AS i ON i.uid = s.uid
    LEFT JOIN ideas AS d ON d.uid = s.uid
    WHERE s.uid = NEW.uid;
END;

CREATE TRIGGER labels_lose_their_key AFTER UPDATE OF label ON entity_labels
WHEN NEW.label COLLATE BINARY IS NOT OLD.label AND NEW.sort_key IS OLD.sort_key
BEGIN
    UPDATE entity_labels SET sort_key = NULL WHERE kind = NEW.kind AND label = NEW.label;
END;

CREATE TRIGGER operations_are_never_changed BEFORE UPDATE ON operations
BEGIN
    SELECT RAISE (ABORT, 'the operation log is append-only');
END;

CREATE TRIGGER operations_are_never_deleted BEFORE DELETE ON operations
BEGIN
    SELECT RAISE (ABORT, 'the operation log is append-only');
END;

CREATE TRIGGER unresolved_come AFTER INSERT ON unresolved_dependencies
BEGIN
    UPDATE work_items SET waits = waits + 1 WHERE uid = NEW.uid;
END;

CREATE TRIGGER unresolved_go AFTER DELETE ON unresolved_dependencies
BEGIN
    UPDATE work_items SET waits = waits - 1 WHERE uid = OLD.uid;
END;
