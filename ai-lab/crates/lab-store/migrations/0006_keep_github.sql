-- How far the exchange with a repository has come.
CREATE TABLE github_states (
    repo_uid TEXT NOT NULL PRIMARY KEY REFERENCES github_repos (uid),
    issues_since_ms INTEGER,
    comments_since_ms INTEGER,
    swept_ms INTEGER,
    applied_ms INTEGER
) STRICT, WITHOUT ROWID;

-- What was read, and the tag by which GitHub knows it again.
CREATE TABLE github_pages (
    repo_uid TEXT NOT NULL REFERENCES github_repos (uid),
    path TEXT NOT NULL,
    etag TEXT NOT NULL,
    next TEXT,
    PRIMARY KEY (repo_uid, path)
) STRICT, WITHOUT ROWID;

-- Issues and milestones as they were last seen there.
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

-- What a thing holds: there (remote), when both sides were last alike (base), what GitHub did not take (refused).
-- A single field has a text and no member; a member of a set has no text.
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

CREATE INDEX github_comments_by_issue ON github_comments (repo_uid, number);

-- What is to be made there and must not be made twice. Sent and still here: nobody knows whether it arrived.
CREATE TABLE github_outbox (
    order_uid TEXT NOT NULL PRIMARY KEY CHECK (length(order_uid) = 36),
    repo_uid TEXT NOT NULL REFERENCES github_repos (uid),
    uid TEXT NOT NULL REFERENCES entities (uid),
    kind TEXT NOT NULL CHECK (kind IN ('issue', 'comment')),
    body TEXT NOT NULL,
    queued_ms INTEGER NOT NULL,
    sent_ms INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX github_outbox_by_repo ON github_outbox (repo_uid, queued_ms);

-- Fields that both sides changed to different ends, until someone says or both are alike.
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

CREATE UNIQUE INDEX github_conflicts_open ON github_conflicts (repo_uid, numbering, number, field)
    WHERE settled_ms IS NULL;
