-- Enrolment keys of a school or a room, with who made them and what became of them.
CREATE TABLE keys (
    hash         BLOB    NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
    -- What people call it: the beginning of its hash.
    id           TEXT    NOT NULL UNIQUE,
    school       TEXT    NOT NULL,
    -- None for the whole school: the roster says the room.
    room         TEXT,
    uses         INTEGER NOT NULL CHECK (uses >= 0),
    uses_left    INTEGER NOT NULL CHECK (uses_left >= 0),
    ends         INTEGER NOT NULL,
    made_at      INTEGER NOT NULL,
    -- As the record writes it.
    made_by      TEXT    NOT NULL,
    revoked_at   INTEGER
) STRICT, WITHOUT ROWID;
-- Nobody wrote down when and for how many devices the older ones were made. They were made at the console.
INSERT INTO keys (hash, id, school, room, uses, uses_left, ends, made_at, made_by)
    SELECT hash, lower(hex(substr(hash, 1, 6))), school, room, uses_left, uses_left, ends, 0, 'console'
    FROM enrolment_keys;
DROP TABLE enrolment_keys;
ALTER TABLE keys RENAME TO enrolment_keys;

-- The credential that a device was offered and has not used yet.
ALTER TABLE devices ADD COLUMN next_credential     BLOB CHECK (length(next_credential) = 32);
ALTER TABLE devices ADD COLUMN rotation_ordered_at INTEGER;
ALTER TABLE devices ADD COLUMN revoked_at          INTEGER;
-- Since when two machines are known to use this device's credential.
ALTER TABLE devices ADD COLUMN shared_at           INTEGER;
-- Counts up with each change of any device's credential, so that a running collector sees what a command has done.
ALTER TABLE devices ADD COLUMN change              INTEGER NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX devices_by_next_credential ON devices (next_credential) WHERE next_credential IS NOT NULL;
CREATE INDEX devices_by_change ON devices (change);
