-- What more than two sides say differently: whatever further ones say beside `disputes.theirs`.
CREATE TABLE dispute_rivals (
    dispute_seq INTEGER NOT NULL REFERENCES disputes (dispute_seq),
    ordinal INTEGER NOT NULL CHECK (ordinal >= 1),
    theirs TEXT,
    PRIMARY KEY (dispute_seq, ordinal)
) STRICT, WITHOUT ROWID;
