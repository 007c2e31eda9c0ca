-- The first layout. Times are microseconds since 1970 UTC unless a name says otherwise; ids and hashes are their bytes.
-- A released migration is never edited: a change is the next number.

CREATE TABLE meta (
    key   TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE devices (
    number       INTEGER PRIMARY KEY,
    id           BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    name         TEXT    NOT NULL,
    platform     TEXT    NOT NULL,
    -- For matching only.
    serial       TEXT,
    school       TEXT    NOT NULL,
    room         TEXT    NOT NULL,
    credential   BLOB    NOT NULL UNIQUE CHECK (length(credential) = 32),
    enrolled_at  INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX devices_by_serial ON devices (serial) WHERE serial IS NOT NULL;
CREATE INDEX devices_by_place ON devices (school, room, name);

-- Apart from devices, so that news rewrites this row only.
CREATE TABLE device_facts (
    device       INTEGER PRIMARY KEY REFERENCES devices (number),
    facts        TEXT    NOT NULL
) STRICT;

CREATE TABLE streams (
    number       INTEGER PRIMARY KEY,
    id           BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    device       INTEGER NOT NULL REFERENCES devices (number),
    next_wanted  INTEGER NOT NULL CHECK (next_wanted >= 1),
    used_at      INTEGER NOT NULL
) STRICT;
CREATE INDEX streams_by_device ON streams (device, used_at);

CREATE TABLE news (
    -- Never used twice: a watch goes on after the last one it judged.
    arrival      INTEGER PRIMARY KEY AUTOINCREMENT,
    device       INTEGER NOT NULL REFERENCES devices (number),
    stream       INTEGER NOT NULL REFERENCES streams (number),
    seq          INTEGER NOT NULL,
    received_at  INTEGER NOT NULL,
    at           INTEGER NOT NULL,
    mono_ms      INTEGER NOT NULL,
    epoch        BLOB    NOT NULL CHECK (length(epoch) = 16),
    body         TEXT    NOT NULL,
    -- The rule of a stream keeps it; this is the belt to those braces.
    UNIQUE (stream, seq)
) STRICT;
CREATE INDEX news_by_device ON news (device, arrival);

-- Records that were not understood, kept aside for seven days.
CREATE TABLE refused (
    number       INTEGER PRIMARY KEY,
    stream       INTEGER NOT NULL REFERENCES streams (number),
    received_at  INTEGER NOT NULL,
    raw          TEXT    NOT NULL,
    why          TEXT    NOT NULL
) STRICT;
CREATE INDEX refused_by_age ON refused (received_at);

-- Numbers that a device declared lost: what we could not see belongs to the record too.
CREATE TABLE losses (
    stream       INTEGER NOT NULL REFERENCES streams (number),
    first        INTEGER NOT NULL,
    last         INTEGER NOT NULL CHECK (last >= first),
    why          TEXT    NOT NULL,
    received_at  INTEGER NOT NULL,
    PRIMARY KEY (stream, first)
) STRICT, WITHOUT ROWID;

CREATE TABLE enrolment_keys (
    hash         BLOB    NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
    school       TEXT    NOT NULL,
    room         TEXT    NOT NULL,
    uses_left    INTEGER NOT NULL CHECK (uses_left >= 0),
    ends         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sign_in_links (
    token        BLOB    NOT NULL PRIMARY KEY CHECK (length(token) = 32),
    ends         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE staff_sessions (
    cookie       BLOB    NOT NULL PRIMARY KEY CHECK (length(cookie) = 32),
    name         TEXT,
    ends         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- One row each.
CREATE TABLE alive (
    one          INTEGER PRIMARY KEY CHECK (one = 1),
    at           INTEGER NOT NULL
) STRICT;
CREATE TABLE judged (
    one          INTEGER PRIMARY KEY CHECK (one = 1),
    arrival      INTEGER NOT NULL
) STRICT;

-- The record: append-only, numbered without a gap.
CREATE TABLE entries (
    seq          INTEGER PRIMARY KEY,
    -- Milliseconds since 1970 UTC.
    at           INTEGER NOT NULL,
    -- Empty for what concerns the whole district.
    school       TEXT    NOT NULL,
    actor        TEXT    NOT NULL,
    kind         TEXT    NOT NULL,
    subject      TEXT    NOT NULL,
    -- Canonical JSON (RFC 8785).
    body         TEXT    NOT NULL CHECK (json_valid(body))
) STRICT;
CREATE INDEX entries_by_school ON entries (school, seq);
CREATE INDEX entries_by_subject ON entries (subject, seq);

CREATE TRIGGER entries_are_never_changed BEFORE UPDATE ON entries
BEGIN
    SELECT RAISE(ABORT, 'the record is append-only: an entry is never changed');
END;
CREATE TRIGGER entries_are_never_removed BEFORE DELETE ON entries
BEGIN
    SELECT RAISE(ABORT, 'the record is append-only: an entry is never removed');
END;
-- REPLACE removes without asking the trigger above; and nothing may be slipped in before the end.
CREATE TRIGGER entries_are_only_appended BEFORE INSERT ON entries
WHEN NEW.seq IS NOT (SELECT COALESCE(MAX(seq), 0) + 1 FROM entries)
BEGIN
    SELECT RAISE(ABORT, 'the record is append-only: an entry goes to its end');
END;
