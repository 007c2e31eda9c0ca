-- Links by which proctors of a sitting enter, and who entered. Names live here and nowhere else: the record knows ids.
CREATE TABLE proctor_links (
    id           BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    token        BLOB    NOT NULL UNIQUE CHECK (length(token) = 32),
    session      TEXT    NOT NULL,
    -- Four digits, kept readable because the coordinator's page shows them to be spoken.
    word         TEXT    NOT NULL CHECK (length(word) = 4),
    made_by      TEXT    NOT NULL,
    made_at      INTEGER NOT NULL,
    revoked_at   INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE proctors (
    id           BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    link         BLOB    NOT NULL REFERENCES proctor_links (id),
    name         TEXT    NOT NULL,
    capacity     TEXT    NOT NULL,
    entered_at   INTEGER NOT NULL,
    released_at  INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX proctors_by_link ON proctors (link);
