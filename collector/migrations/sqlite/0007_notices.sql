-- Notices to the staff: what is to be sent, and what became of it. What was delivered or given up is forgotten after a
-- week; what waits never is.
CREATE TABLE notices (
    -- Never used again: readers page by it.
    seq          INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id           BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    target       TEXT    NOT NULL,
    made_at      INTEGER NOT NULL,
    body         TEXT    NOT NULL,
    state        TEXT    NOT NULL CHECK (state IN ('waiting', 'delivered', 'given_up')),
    -- When it is tried next, was delivered, was given up.
    at           INTEGER NOT NULL,
    failures     INTEGER NOT NULL,
    failed_at    INTEGER,
    why          TEXT
) STRICT;
CREATE INDEX notices_waiting ON notices (target, at) WHERE state = 'waiting';
