-- Leave for staff computers to show notices for somebody: read-only, and with its owner's scope as it is at each request.
CREATE TABLE watch_tokens (
    id           BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    token        BLOB    NOT NULL UNIQUE CHECK (length(token) = 32),
    account      BLOB    NOT NULL REFERENCES accounts (id),
    -- What the computer calls itself, for its owner to tell one from another.
    computer     TEXT    NOT NULL,
    made_at      INTEGER NOT NULL,
    used_at      INTEGER NOT NULL,
    ends         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX watch_tokens_by_account ON watch_tokens (account);
