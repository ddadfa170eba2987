-- Which file an entity was last alike with, at which of its revisions, and what that file looked like from outside.
CREATE TABLE file_bases (
    uid TEXT NOT NULL PRIMARY KEY REFERENCES entities (uid),
    path TEXT,
    bytes INTEGER CHECK (bytes >= 0),
    changed_ns INTEGER,
    inode INTEGER,
    revision INTEGER NOT NULL CHECK (revision >= 1),
    CHECK ((path IS NULL) = (bytes IS NULL AND changed_ns IS NULL AND inode IS NULL))
) STRICT, WITHOUT ROWID;

-- What a file says that this version does not know.
CREATE TABLE file_fields (
    uid TEXT NOT NULL REFERENCES entities (uid),
    name TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (uid, name)
) STRICT, WITHOUT ROWID;

-- Labels that an entity had and that another has now.
CREATE TABLE former_labels (
    kind TEXT NOT NULL,
    label TEXT NOT NULL COLLATE NOCASE CHECK (length(label) BETWEEN 1 AND 64),
    uid TEXT NOT NULL,
    since_ms INTEGER NOT NULL,
    PRIMARY KEY (uid, label),
    FOREIGN KEY (uid, kind) REFERENCES entities (uid, kind)
) STRICT, WITHOUT ROWID;

-- What two sides say differently: between lab and file (sync), or between two branches (merge).
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

CREATE UNIQUE INDEX disputes_open ON disputes (uid, field, member) WHERE settled_ms IS NULL;
