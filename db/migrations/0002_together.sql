-- Working on a case together: who is busy with it, who has looked at it, what rings.

-- The lock is a lease, told to tablets but not part of the log; the fence only grows.
ALTER TABLE cases ADD COLUMN fence        INTEGER NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN lock         TEXT;                       -- care.Lock as JSON; NULL = nobody
ALTER TABLE cases ADD COLUMN lock_session TEXT NOT NULL DEFAULT '';   -- sessions.uid in which it was taken
CREATE INDEX cases_locked ON cases (lock_session) WHERE lock IS NOT NULL;

ALTER TABLE cases ADD COLUMN comments INTEGER NOT NULL DEFAULT 0;     -- how many were written
UPDATE cases SET comments = (SELECT COUNT(*) FROM comments m WHERE m.case_id = cases.id);

-- How far a person has looked at a case. Her own comments count as looked at.
CREATE TABLE seen (
    user_id  INTEGER NOT NULL REFERENCES users (id),
    case_id  INTEGER NOT NULL REFERENCES cases (id),
    seq      INTEGER NOT NULL,                    -- position in the log
    comments INTEGER NOT NULL,                    -- of the case's comments
    PRIMARY KEY (user_id, case_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX seen_case ON seen (case_id);

-- Alarms, those that ring and those that were answered. Each ring is an event too.
CREATE TABLE alarms (
    id       INTEGER NOT NULL PRIMARY KEY,
    uid      TEXT    NOT NULL UNIQUE,
    kind     TEXT    NOT NULL CHECK (kind IN ('red', 'sos')),
    case_id  INTEGER REFERENCES cases (id),       -- NULL for an SOS
    user_id  INTEGER NOT NULL REFERENCES users (id),
    person   TEXT    NOT NULL,                    -- care.Person as JSON: whose finding or call it was
    at       INTEGER NOT NULL,
    level    INTEGER NOT NULL,                    -- how often it rang again
    level_at INTEGER NOT NULL,
    sos      TEXT,                                -- care.SOSData as JSON
    acked    INTEGER NOT NULL DEFAULT 0 CHECK (acked IN (0, 1))
) STRICT;
CREATE INDEX alarms_ringing ON alarms (case_id) WHERE acked = 0;
