-- Times are Unix milliseconds UTC. ids are internal; uid is the UUIDv7 the world knows.

-- One row per setting of the box: epoch, box, clinic, setup.
CREATE TABLE settings (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE users (
    id            INTEGER NOT NULL PRIMARY KEY,
    uid           TEXT    NOT NULL UNIQUE,
    username      TEXT    NOT NULL UNIQUE COLLATE NOCASE,
    name          TEXT    NOT NULL,
    role          TEXT    NOT NULL CHECK (role IN ('chw', 'asha', 'clinician', 'admin')),
    supervisor_id INTEGER REFERENCES users (id),  -- the ASHA of a CHW
    phone         TEXT    NOT NULL DEFAULT '',
    language      TEXT    NOT NULL DEFAULT 'hi' CHECK (language IN ('hi', 'en')),
    active        INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
    password_hash TEXT    NOT NULL,               -- argon2id, PHC string
    created_at    INTEGER NOT NULL
) STRICT;
CREATE INDEX users_supervisor ON users (supervisor_id);

-- Signed-in browsers and scripts' tokens. Only the SHA-256 of a token is kept.
CREATE TABLE sessions (
    id         INTEGER NOT NULL PRIMARY KEY,
    uid        TEXT    NOT NULL UNIQUE,
    token_hash BLOB    NOT NULL UNIQUE,
    user_id    INTEGER NOT NULL REFERENCES users (id),
    kind       TEXT    NOT NULL CHECK (kind IN ('browser', 'token')),
    label      TEXT    NOT NULL DEFAULT '',       -- what a token is for
    created_at INTEGER NOT NULL,
    last_seen  INTEGER NOT NULL,
    revoked_at INTEGER                            -- NULL while it is good
) STRICT;
CREATE INDEX sessions_user ON sessions (user_id);

CREATE TABLE patients (
    id     INTEGER NOT NULL PRIMARY KEY,
    uid    TEXT    NOT NULL UNIQUE,
    doc    TEXT    NOT NULL                       -- care.Patient as JSON
) STRICT;

CREATE TABLE cases (
    id            INTEGER NOT NULL PRIMARY KEY,
    uid           TEXT    NOT NULL UNIQUE,
    number        TEXT    NOT NULL UNIQUE,        -- 12-3456-7
    patient_id    INTEGER NOT NULL REFERENCES patients (id),
    owner_id      INTEGER NOT NULL REFERENCES users (id),
    supervisor_id INTEGER REFERENCES users (id),  -- the owner's ASHA today, kept here so that her list is one range of an index
    status        TEXT    NOT NULL CHECK (status IN ('PENDING', 'UNDER_REVIEW', 'FORWARDED_TO_CLINICIAN', 'APPROVED', 'REJECTED', 'COMPLETED', 'CLOSED')),
    open          INTEGER NOT NULL CHECK (open IN (0, 1)),    -- status is one of the first four
    active        INTEGER NOT NULL CHECK (active IN (0, 1)),  -- open, or somebody must act
    urgency       INTEGER NOT NULL CHECK (urgency BETWEEN 0 AND 4), -- 0 RED, 4 GREEN
    status_since  INTEGER NOT NULL,
    waits_chw       INTEGER NOT NULL CHECK (waits_chw IN (0, 1)),       -- the owner must act
    waits_asha      INTEGER NOT NULL CHECK (waits_asha IN (0, 1)),      -- her ASHA must act
    waits_clinician INTEGER NOT NULL CHECK (waits_clinician IN (0, 1)), -- a clinician must act
    carriers      TEXT    NOT NULL,               -- users in whose own list it is, as " uid uid "
    seq           INTEGER NOT NULL,               -- of its newest event: the case's version
    doc           TEXT    NOT NULL,               -- care.Case as JSON, without patient, vitals and comments
    list_row      TEXT    NOT NULL                -- care.Row as JSON, as lists and frames send it
) STRICT;
-- Each list is one range of one index, already in its order.
CREATE INDEX cases_all               ON cases (urgency, status_since, id);
CREATE INDEX cases_active            ON cases (active, urgency, status_since, id);
CREATE INDEX cases_status            ON cases (status, urgency, status_since, id);
CREATE INDEX cases_supervisor        ON cases (supervisor_id, urgency, status_since, id);
CREATE INDEX cases_supervisor_active ON cases (supervisor_id, active, urgency, status_since, id);
CREATE INDEX cases_supervisor_status ON cases (supervisor_id, status, urgency, status_since, id);
CREATE INDEX cases_owner             ON cases (owner_id, urgency, status_since, id);
CREATE INDEX cases_owner_active      ON cases (owner_id, active, urgency, status_since, id);
CREATE INDEX cases_owner_status      ON cases (owner_id, status, urgency, status_since, id);
CREATE INDEX cases_waits_chw         ON cases (owner_id, urgency, status_since, id) WHERE waits_chw = 1;
CREATE INDEX cases_waits_asha        ON cases (supervisor_id, urgency, status_since, id) WHERE waits_asha = 1;
CREATE INDEX cases_waits_clinician   ON cases (urgency, status_since, id) WHERE waits_clinician = 1;
CREATE INDEX cases_patient           ON cases (patient_id);

-- Folded name keys of patient, guardian and village, and the case number; rowid = cases.id.
CREATE VIRTUAL TABLE case_names USING fts5 (names, tokenize = 'unicode61');

CREATE TABLE vitals (
    id      INTEGER NOT NULL PRIMARY KEY,
    uid     TEXT    NOT NULL,
    case_id INTEGER NOT NULL REFERENCES cases (id),
    seq     INTEGER NOT NULL,                     -- of the event that brought it
    at      INTEGER NOT NULL,
    user_id INTEGER NOT NULL REFERENCES users (id),
    doc     TEXT    NOT NULL                      -- care.VitalsSet as JSON
) STRICT;
CREATE INDEX vitals_case ON vitals (case_id, seq);

CREATE TABLE comments (
    id      INTEGER NOT NULL PRIMARY KEY,
    uid     TEXT    NOT NULL,
    case_id INTEGER NOT NULL REFERENCES cases (id),
    seq     INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    user_id INTEGER NOT NULL REFERENCES users (id),
    doc     TEXT    NOT NULL                      -- care.Comment as JSON
) STRICT;
CREATE INDEX comments_case ON comments (case_id, seq);

-- What tablets replay, and the audit: one row per thing that happened, never changed.
-- hash = SHA-256(prev_hash, then every other column, each with its length before it).
CREATE TABLE events (
    seq       INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    epoch     TEXT    NOT NULL,
    case_id   INTEGER REFERENCES cases (id),      -- NULL for news of no case
    kind      TEXT    NOT NULL,
    step      TEXT    NOT NULL DEFAULT '',
    actor_id  INTEGER NOT NULL REFERENCES users (id),
    actor     TEXT    NOT NULL,                   -- care.Person as JSON, as she was then
    device    TEXT    NOT NULL DEFAULT '',        -- enrolled tablet; empty before there are any
    at        INTEGER NOT NULL,
    audience  TEXT    NOT NULL,                   -- rooms, separated by a space; empty = audit only
    payload   TEXT    NOT NULL,                   -- the data of the frame, JSON
    schema_v  INTEGER NOT NULL,                   -- form of the payload
    prev_hash BLOB    NOT NULL,
    hash      BLOB    NOT NULL
) STRICT;
CREATE INDEX events_case ON events (case_id, seq);
CREATE TRIGGER events_no_update BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER events_no_delete BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;

-- The first answer to a command, for whoever sends it again. Kept at least 90 days.
CREATE TABLE answers (
    user_id   INTEGER NOT NULL REFERENCES users (id),
    command   TEXT    NOT NULL,                   -- Idempotency-Key
    body_hash BLOB    NOT NULL,                   -- SHA-256 of what was asked
    at        INTEGER NOT NULL,
    answer    TEXT    NOT NULL,                   -- db.Done as JSON
    PRIMARY KEY (user_id, command)
) STRICT, WITHOUT ROWID;
CREATE INDEX answers_at ON answers (at);

-- Who read which case, and when. Beside the chain: it is written in batches, and a kill
-- loses the last few seconds of it.
CREATE TABLE access_log (
    id      INTEGER NOT NULL PRIMARY KEY,
    at      INTEGER NOT NULL,
    user_id INTEGER NOT NULL REFERENCES users (id),
    case_id INTEGER NOT NULL REFERENCES cases (id)
) STRICT;
CREATE INDEX access_log_case ON access_log (case_id, at);
CREATE TRIGGER access_log_no_update BEFORE UPDATE ON access_log BEGIN SELECT RAISE(ABORT, 'the access log is append-only'); END;
CREATE TRIGGER access_log_no_delete BEFORE DELETE ON access_log BEGIN SELECT RAISE(ABORT, 'the access log is append-only'); END;
