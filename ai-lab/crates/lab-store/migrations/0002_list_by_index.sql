-- What listings, `ready` and search need to stop after a page: keys to walk in order, what stands in an item's
-- way as numbers beside it, counts by cell, and an index of words. All of it is derived and kept by triggers,
-- so that a version of the software that knows nothing of it keeps it too.

-- Sorts as people count. NULL until the software has computed it; it does so when it opens the database.
ALTER TABLE entity_labels ADD COLUMN sort_key TEXT;

CREATE INDEX entity_labels_without_key ON entity_labels (uid) WHERE sort_key IS NULL;

CREATE INDEX entity_labels_in_order ON entity_labels (kind, sort_key);

-- From the tables around, so that one index can hold what a listing asks for.
ALTER TABLE work_items ADD COLUMN sort_key TEXT;

ALTER TABLE work_items ADD COLUMN archived INTEGER NOT NULL DEFAULT 0 CHECK (archived IN (0, 1));

ALTER TABLE work_items ADD COLUMN open_blockers INTEGER NOT NULL DEFAULT 0 CHECK (open_blockers >= 0);

-- Dependencies that are not settled or name nothing known; the own parent is no dependency.
ALTER TABLE work_items ADD COLUMN waits INTEGER NOT NULL DEFAULT 0 CHECK (waits >= 0);

ALTER TABLE work_items ADD COLUMN listed INTEGER
    GENERATED ALWAYS AS (archived = 0 AND status NOT IN ('done', 'cancelled')) VIRTUAL;

ALTER TABLE work_items ADD COLUMN stand TEXT
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
    ) VIRTUAL;

ALTER TABLE work_items ADD COLUMN urgency INTEGER
    GENERATED ALWAYS AS (
        CASE priority WHEN 'critical' THEN 0 WHEN 'high' THEN 1 WHEN 'medium' THEN 2 ELSE 3 END
    ) VIRTUAL;

ALTER TABLE work_items ADD COLUMN due_key TEXT GENERATED ALWAYS AS (coalesce(due_day, 'none')) VIRTUAL;

UPDATE work_items SET
    archived = (SELECT e.archived FROM entities AS e WHERE e.uid = work_items.uid),
    open_blockers = (SELECT count(*) FROM blockers AS b WHERE b.uid = work_items.uid AND b.open = 1),
    waits = (SELECT count(*) FROM unresolved_dependencies AS u WHERE u.uid = work_items.uid)
        + (SELECT count(*) FROM dependencies AS d JOIN work_items AS w ON w.uid = d.on_uid
           WHERE d.uid = work_items.uid AND d.on_uid IS NOT work_items.parent_uid
           AND w.status NOT IN ('done', 'cancelled'));

DROP INDEX work_items_by_status;

DROP INDEX work_items_by_project;

DROP INDEX work_items_by_parent;

DROP INDEX work_items_by_milestone;

CREATE INDEX work_items_in_order ON work_items (sort_key);

CREATE INDEX work_items_listed ON work_items (listed, sort_key);

CREATE INDEX work_items_pressing ON work_items (stand, urgency, due_key, sort_key);

CREATE INDEX work_items_by_status ON work_items (status, sort_key);

CREATE INDEX work_items_by_priority ON work_items (priority, sort_key);

CREATE INDEX work_items_by_type ON work_items (item_type, sort_key);

CREATE INDEX work_items_by_project ON work_items (project_uid, sort_key);

CREATE INDEX work_items_by_parent ON work_items (parent_uid, sort_key);

CREATE INDEX work_items_by_milestone ON work_items (milestone_uid, sort_key);

CREATE INDEX work_items_by_assignee ON work_items (assignee, sort_key) WHERE assignee IS NOT NULL;

CREATE INDEX work_items_by_due ON work_items (due_day, sort_key) WHERE due_day IS NOT NULL;

DROP INDEX tags_by_tag;

CREATE INDEX tags_by_tag ON tags (tag COLLATE NOCASE);

-- How many items are in each cell: of the whole lab (owner ''), of each project, of each milestone.
CREATE TABLE item_tallies (
    owner_uid TEXT NOT NULL,
    stand TEXT NOT NULL,
    status TEXT NOT NULL,
    priority TEXT NOT NULL,
    items INTEGER NOT NULL CHECK (items >= 0),
    PRIMARY KEY (owner_uid, stand, status, priority)
) STRICT, WITHOUT ROWID;

INSERT INTO item_tallies (owner_uid, stand, status, priority, items)
SELECT o.owner_uid, i.stand, i.status, i.priority, count(*)
FROM work_items AS i
JOIN (
    SELECT uid, '' AS owner_uid FROM work_items
    UNION ALL SELECT uid, project_uid FROM work_items WHERE project_uid IS NOT NULL
    UNION ALL SELECT uid, milestone_uid FROM work_items WHERE milestone_uid IS NOT NULL
) AS o ON o.uid = i.uid
GROUP BY 1, 2, 3, 4;

-- Every text that can be searched has a number in the index of words, which keeps no texts itself.
CREATE TABLE searched (
    seq INTEGER PRIMARY KEY,
    uid TEXT NOT NULL UNIQUE REFERENCES entities (uid),
    kind TEXT NOT NULL CHECK (kind IN ('idea', 'item'))
) STRICT;

CREATE VIRTUAL TABLE search_words USING fts5 (
    label, title, description, notes,
    content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2'
);

INSERT INTO searched (uid, kind)
SELECT uid, kind FROM entities WHERE kind IN ('idea', 'item') ORDER BY uid;

INSERT INTO search_words (rowid, label, title, description, notes)
SELECT s.seq, l.label, coalesce(i.title, d.title), coalesce(i.description, d.description),
    coalesce(i.notes, d.notes, '')
FROM searched AS s
JOIN entity_labels AS l ON l.uid = s.uid AND l.is_current = 1
LEFT JOIN work_items AS i ON i.uid = s.uid
LEFT JOIN ideas AS d ON d.uid = s.uid;

CREATE TRIGGER labels_lose_their_key AFTER UPDATE OF label ON entity_labels
WHEN NEW.label COLLATE BINARY IS NOT OLD.label AND NEW.sort_key IS OLD.sort_key
BEGIN
    UPDATE entity_labels SET sort_key = NULL WHERE kind = NEW.kind AND label = NEW.label;
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

CREATE TRIGGER items_are_put_away AFTER UPDATE OF archived ON entities
WHEN NEW.kind = 'item' AND NEW.archived IS NOT OLD.archived
BEGIN
    UPDATE work_items SET archived = NEW.archived WHERE uid = NEW.uid;
END;

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

CREATE TRIGGER unresolved_come AFTER INSERT ON unresolved_dependencies
BEGIN
    UPDATE work_items SET waits = waits + 1 WHERE uid = NEW.uid;
END;

CREATE TRIGGER unresolved_go AFTER DELETE ON unresolved_dependencies
BEGIN
    UPDATE work_items SET waits = waits - 1 WHERE uid = OLD.uid;
END;

-- What an item waits for, counted anew: a target that is not there yet counts when it comes.
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

CREATE TRIGGER items_settle AFTER UPDATE OF status ON work_items
WHEN (OLD.status IN ('done', 'cancelled')) <> (NEW.status IN ('done', 'cancelled'))
BEGIN
    UPDATE work_items SET waits = waits + iif(NEW.status IN ('done', 'cancelled'), -1, 1)
    WHERE uid IN (SELECT d.uid FROM dependencies AS d WHERE d.on_uid = NEW.uid)
    AND parent_uid IS NOT NEW.uid;
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

CREATE TRIGGER item_words_change AFTER UPDATE OF title, description, notes ON work_items
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

CREATE TRIGGER idea_words_change AFTER UPDATE OF title, description, notes ON ideas
WHEN (OLD.title, OLD.description, OLD.notes) IS NOT (NEW.title, NEW.description, NEW.notes)
BEGIN
    DELETE FROM search_words WHERE rowid = (SELECT s.seq FROM searched AS s WHERE s.uid = NEW.uid);

    INSERT INTO search_words (rowid, label, title, description, notes)
    SELECT s.seq, l.label, NEW.title, NEW.description, coalesce(NEW.notes, '')
    FROM searched AS s JOIN entity_labels AS l ON l.uid = s.uid AND l.is_current = 1
    WHERE s.uid = NEW.uid;
END;

-- A changed label is found by its words too. A new current label of an entity that has none yet is its first.
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
