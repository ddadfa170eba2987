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

CREATE TABLE search_cursor (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    ended_position INTEGER NOT NULL
) STRICT;

INSERT INTO search_cursor (only_row, ended_position) VALUES (1, 0);
