-- Tablets that belong to the clinic, and how a person comes to one.

CREATE TABLE devices (
    id         INTEGER NOT NULL PRIMARY KEY,
    uid        TEXT    NOT NULL UNIQUE,
    name       TEXT    NOT NULL,
    token_hash BLOB    NOT NULL UNIQUE,           -- SHA-256 of its 32 random bytes
    key        BLOB    NOT NULL,                  -- public half of a key that cannot leave the tablet: P-256, uncompressed point, 65 bytes
    created_at INTEGER NOT NULL,
    revoked_at INTEGER                            -- NULL while it belongs to the clinic
) STRICT;

-- Wrong PINs of a person on a tablet since her last right one; at five the tablet needs an
-- unlock. By person: whoever knows one PIN is not to guess at another between two right ones.
CREATE TABLE wrong_pins (
    device_id INTEGER NOT NULL REFERENCES devices (id),
    user_id   INTEGER NOT NULL REFERENCES users (id),
    n         INTEGER NOT NULL,
    PRIMARY KEY (device_id, user_id)
) STRICT, WITHOUT ROWID;

ALTER TABLE sessions ADD COLUMN device_id INTEGER REFERENCES devices (id);  -- NULL = a browser that is no clinic tablet
CREATE INDEX sessions_device ON sessions (device_id, user_id, last_seen) WHERE device_id IS NOT NULL;

ALTER TABLE users ADD COLUMN pin_hash TEXT NOT NULL DEFAULT '';             -- argon2id, PHC string; empty = no PIN

-- What a person types or scans once, to bring a tablet into the clinic or to choose a PIN.
CREATE TABLE codes (
    id         INTEGER NOT NULL PRIMARY KEY,
    code_hash  BLOB    NOT NULL UNIQUE,           -- SHA-256
    user_id    INTEGER NOT NULL REFERENCES users (id),
    by_id      INTEGER NOT NULL REFERENCES users (id),
    enrols     INTEGER NOT NULL CHECK (enrols IN (0, 1)),  -- 0 = only on a tablet that is enrolled already
    expires_at INTEGER NOT NULL,
    used_at    INTEGER                            -- NULL while it is good
) STRICT;
CREATE INDEX codes_user ON codes (user_id);
