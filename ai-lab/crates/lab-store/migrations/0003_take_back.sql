-- Which revision of its entity an operation made. NULL where an older version wrote it: then its writes are counted.
ALTER TABLE operations ADD COLUMN revision INTEGER CHECK (revision >= 1);

-- Which writes were taken back by which: an undo takes back a write, a redo takes back an undo.
CREATE TABLE reversals (
    write_seq INTEGER NOT NULL REFERENCES writes (write_seq),
    of_seq INTEGER NOT NULL REFERENCES writes (write_seq),
    PRIMARY KEY (write_seq, of_seq),
    CHECK (of_seq < write_seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX reversals_by_target ON reversals (of_seq);

-- Who last did something.
CREATE INDEX writes_by_actor ON writes (actor_kind, actor_name, write_seq);

-- Who said to be at an item, and until when.
CREATE TABLE claims (
    uid TEXT NOT NULL PRIMARY KEY REFERENCES entities (uid),
    holder TEXT NOT NULL CHECK (holder <> ''),
    until_ms INTEGER NOT NULL
) STRICT;

CREATE INDEX claims_by_end ON claims (until_ms);
