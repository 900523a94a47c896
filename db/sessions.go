package db

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"errors"
	"time"

	"aarogya/app/care"
)

// Session is a signed-in browser, or a script's token.
type Session struct {
	ID       string       `json:"id"`
	Kind     string       `json:"kind"`  // browser or token
	Label    string       `json:"label"` // what a token is for
	Username string       `json:"username"`
	Created  care.Instant `json:"createdAt"`
	LastSeen care.Instant `json:"lastSeen"`
	Device   string       `json:"device"` // id of the clinic's tablet it is on; "" = none
}

const (
	Browser = "browser"
	Token   = "token"
)

// sessionIdle ends a browser's session that nobody has used; a token ends when revoked.
const sessionIdle = 30 * 24 * time.Hour

// SignIn makes a session and returns its secret: 32 random bytes, of which only the
// SHA-256 is kept.
func (d *DB) SignIn(ctx context.Context, userID, kind, label string) (secret string, s Session, err error) {
	err = d.submit(ctx, func(t *tx) error {
		id, u, err := userRow(t.ctx, t, userID)
		if err != nil {
			return err
		}
		if secret, s, err = t.signIn(id, u, kind, label, 0); err != nil || kind != Token {
			return err
		}
		return t.auditToken(u, "created", id)
	})
	if err != nil {
		return "", Session{}, err
	}
	return secret, s, nil
}

// newSecret is 32 random bytes as text, and the only thing that is kept of it.
func newSecret() (secret string, hash [32]byte) {
	raw := make([]byte, 32)
	rand.Read(raw)
	secret = base64.RawURLEncoding.EncodeToString(raw)
	return secret, sha256.Sum256([]byte(secret))
}

// signIn makes a session; deviceRow 0 = on no tablet of the clinic.
func (t *tx) signIn(userRow int64, u care.User, kind, label string, deviceRow int64) (string, Session, error) {
	if !u.Active {
		return "", Session{}, care.ErrForbidden
	}
	secret, hash := newSecret()
	now := t.w.d.now().UnixMilli()
	s := Session{ID: NewID(), Kind: kind, Label: label, Username: u.Username, Created: care.Instant(now), LastSeen: care.Instant(now)}
	return secret, s, t.exec(`INSERT INTO sessions (uid, token_hash, user_id, kind, label, created_at, last_seen, device_id) VALUES (?, ?, ?, ?, ?, ?, ?, NULLIF(?, 0))`,
		s.ID, hash[:], userRow, kind, label, now, now, deviceRow)
}

// lastSeenStep: a session's last use is written down no more often than this.
const lastSeenStep = 5 * time.Minute

// WhoIs finds who a secret belongs to, or care.ErrNotFound.
func (d *DB) WhoIs(ctx context.Context, secret, kind string) (care.User, Session, error) {
	key := sessionKey{sha256.Sum256([]byte(secret)), kind}
	version := d.people.Load() // before the row is read: what changes meanwhile makes it old
	if known, ok := d.sessions.Get(key); ok && known.version == version && d.now().Sub(known.session.LastSeen.Time()) <= lastSeenStep {
		return known.user, known.session, nil
	}
	u, s, err := d.readSession(ctx, key)
	if err == nil {
		d.sessions.Add(key, knownSession{u, s, version})
	}
	return u, s, err
}

func (d *DB) readSession(ctx context.Context, key sessionKey) (care.User, Session, error) {
	var s Session
	row := pool{d}.row(ctx, `SELECT `+sessionUserColumns+` WHERE x.token_hash = ? AND x.kind = ? AND x.revoked_at IS NULL AND u.active = 1`, key.hash[:], key.kind)
	_, u, err := scanUser(row.Scan, &s.ID, &s.Kind, &s.Label, &s.Created, &s.LastSeen, &s.Device)
	if err != nil {
		return u, s, err
	}
	s.Username = u.Username
	now := d.now()
	idle := now.Sub(s.LastSeen.Time())
	if key.kind == Browser && idle > sessionIdle {
		return u, s, care.ErrNotFound
	}
	if idle > lastSeenStep {
		d.later(func(t *tx) error {
			return t.exec(`UPDATE sessions SET last_seen = ? WHERE uid = ?`, now.UnixMilli(), s.ID)
		})
	}
	return u, s, nil
}

const sessionUserColumns = `u.id, u.uid, u.username, u.name, u.role, u.phone, u.language, u.active, u.created_at, s.uid, s.name,
	x.uid, x.kind, x.label, x.created_at, x.last_seen, COALESCE(d.uid, '')
	FROM sessions x JOIN users u ON u.id = x.user_id LEFT JOIN users s ON s.id = u.supervisor_id LEFT JOIN devices d ON d.id = x.device_id`

// Revoke ends a session. Ending one that has ended is fine.
func (d *DB) Revoke(ctx context.Context, sessionID string) error {
	return d.submit(ctx, func(t *tx) error {
		var kind, userID string
		err := t.row(t.ctx, `SELECT x.kind, u.uid FROM sessions x JOIN users u ON u.id = x.user_id WHERE x.uid = ? AND x.revoked_at IS NULL`, sessionID).Scan(&kind, &userID)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := t.exec(`UPDATE sessions SET revoked_at = ? WHERE uid = ?`, d.now().UnixMilli(), sessionID); err != nil || kind != Token {
			return err
		}
		id, u, err := userRow(t.ctx, t, userID)
		if err != nil {
			return err
		}
		return t.auditToken(u, "revoked", id)
	})
}

// auditToken keeps in the log that an account got, or lost, a script's token: done from
// the box's own command line, so the account itself stands as the one who did it.
func (t *tx) auditToken(u care.User, what string, row int64) error {
	data := userData{UserID: u.ID, Username: u.Username, Role: u.Role, Supervisor: supervisorID(u), Active: u.Active, Token: what}
	return t.append(care.Event{Type: care.UserChanged, By: u.Person(), At: care.At(t.w.d.now()), Data: data}, 0, row)
}

// revokeSessions signs a person out everywhere, except in one session; "" = there too.
func (t *tx) revokeSessions(userRow int64, except string) error {
	return t.exec(`UPDATE sessions SET revoked_at = ? WHERE user_id = ? AND uid <> ? AND revoked_at IS NULL`, t.w.d.now().UnixMilli(), userRow, except)
}

// SetPassword changes a person's own password and signs her out everywhere but here.
func (d *DB) SetPassword(ctx context.Context, userID, passwordHash, keepSession string) error {
	return d.submit(ctx, func(t *tx) error {
		id, u, err := userRow(t.ctx, t, userID)
		if err != nil {
			return err
		}
		if err := t.exec(`UPDATE users SET password_hash = ? WHERE id = ?`, passwordHash, id); err != nil {
			return err
		}
		if err := t.revokeSessions(id, keepSession); err != nil {
			return err
		}
		return t.audit(u, supervisorID(u), true, id, u)
	})
}

// Tokens lists the scripts' tokens that are good.
func (d *DB) Tokens(ctx context.Context) ([]Session, error) {
	rows, err := pool{d}.query(ctx, `SELECT `+sessionUserColumns+` WHERE x.kind = 'token' AND x.revoked_at IS NULL ORDER BY x.id`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []Session{}
	for rows.Next() {
		var s Session
		_, u, err := scanUser(rows.Scan, &s.ID, &s.Kind, &s.Label, &s.Created, &s.LastSeen, &s.Device)
		if err != nil {
			return nil, err
		}
		s.Username = u.Username
		list = append(list, s)
	}
	return list, rows.Err()
}

// SessionLive reports whether a session is still good.
func (d *DB) SessionLive(ctx context.Context, sessionID string) (bool, error) {
	var n int
	err := pool{d}.row(ctx, `SELECT COUNT(*) FROM sessions x JOIN users u ON u.id = x.user_id WHERE x.uid = ? AND x.revoked_at IS NULL AND u.active = 1`, sessionID).Scan(&n)
	return n > 0, err
}

// Setting reads a setting of the box; "" if it was never set.
func (d *DB) Setting(ctx context.Context, name string) (string, error) {
	var value string
	err := pool{d}.row(ctx, `SELECT COALESCE((SELECT value FROM settings WHERE name = ?), '')`, name).Scan(&value)
	return value, err
}

const setSetting = `INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`

// SetSetting writes a setting of the box.
func (d *DB) SetSetting(ctx context.Context, name, value string) error {
	return d.submit(ctx, func(t *tx) error {
		return t.exec(setSetting, name, value)
	})
}
