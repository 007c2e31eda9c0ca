-- Links and sign-ins without an account end here: they lasted an hour and a day.
DROP TABLE sign_in_links;
DROP TABLE staff_sessions;

CREATE TABLE accounts (
    id           BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name         TEXT    NOT NULL,
    -- The name in lower case while the account is open: two people who are told apart by capitals are not.
    name_key     TEXT    UNIQUE,
    role         TEXT    NOT NULL,
    -- A JSON list; empty for roles of the whole district.
    schools      TEXT    NOT NULL CHECK (json_valid(schools)),
    -- A PHC string (argon2id); none until its owner has chosen one.
    password     TEXT,
    second_factor      BLOB,
    -- The latest time step whose code was used: no code works twice.
    second_factor_step INTEGER NOT NULL DEFAULT 0,
    created_at   INTEGER NOT NULL,
    closed_at    INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE sign_in_links (
    token        BLOB    NOT NULL PRIMARY KEY CHECK (length(token) = 32),
    -- What it opens: set_up, sign_in, recover.
    purpose      TEXT    NOT NULL,
    account      BLOB    REFERENCES accounts (id),
    ends         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Signed-in browsers.
CREATE TABLE sessions (
    id           BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    cookie       BLOB    NOT NULL UNIQUE CHECK (length(cookie) = 32),
    -- Whose: one of the two.
    account      BLOB    REFERENCES accounts (id),
    proctor      BLOB    CHECK ((account IS NULL) <> (proctor IS NULL)),
    browser      TEXT    NOT NULL,
    begun_at     INTEGER NOT NULL,
    used_at      INTEGER NOT NULL,
    ends         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_account ON sessions (account) WHERE account IS NOT NULL;
CREATE INDEX sessions_by_proctor ON sessions (proctor) WHERE proctor IS NOT NULL;
