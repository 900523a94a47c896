package db

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"errors"
	"time"

	"aarogya/app/care"
)

// codeLasts is how long a code may be used.
const codeLasts = 10 * time.Minute

// codeLetters: no 0 and O, 1 and I or L, and no vowel, so that no word comes of it. Eight
// of 28 letters are 38 bits, guessed at through a throttle for ten minutes.
const codeLetters = "23456789BCDFGHJKMNPQRSTVWXYZ"

// Code is a right to bring a tablet into the clinic as a person, or to choose a PIN, once.
type Code struct {
	Text      string // eight letters; shown once, and only its SHA-256 is kept
	For       care.User
	Enrols    bool
	ExpiresAt care.Instant
}

func newCode() string {
	text := make([]byte, 8)
	for i := range text {
		for {
			var b [1]byte
			rand.Read(b[:])
			if n := int(b[0]); n < 256-256%len(codeLetters) { // else the first letters were more likely
				text[i] = codeLetters[n%len(codeLetters)]
				break
			}
		}
	}
	return string(text)
}

// GiveCode makes a code for a person; the one she had is no longer good.
func (d *DB) GiveCode(ctx context.Context, byID, forID string) (Code, error) {
	c := Code{Text: newCode(), ExpiresAt: care.At(d.now().Add(codeLasts))}
	hash := sha256.Sum256([]byte(c.Text))
	err := d.submit(ctx, func(t *tx) error {
		byRow, by, err := t.actor(byID)
		if err != nil {
			return err
		}
		row, person, err := userRow(t.ctx, t, forID)
		if err != nil {
			return err
		}
		if c.Enrols, err = by.MayGiveCode(person); err != nil {
			return err
		}
		c.For = person
		if err := t.exec(`DELETE FROM codes WHERE user_id = ? AND used_at IS NULL`, row); err != nil {
			return err
		}
		if err := t.exec(`INSERT INTO codes (code_hash, user_id, by_id, enrols, expires_at) VALUES (?, ?, ?, ?, ?)`, hash[:], row, byRow, c.Enrols, int64(c.ExpiresAt)); err != nil {
			return err
		}
		return t.auditDevice(deviceData{Person: person.ID, What: "code given"}, byRow, by)
	})
	if err != nil {
		return Code{}, err
	}
	return c, nil
}

// codeRow is a code as it is kept.
type codeRow struct {
	id, userRow int64
	enrols      bool
	user        care.User
	hasPIN      bool
}

func codeError(code care.FieldCode, message string) error { return fieldError("code", code, message) }

// goodCode finds a code that can be used now.
func goodCode(ctx context.Context, r reader, text string, now time.Time) (codeRow, error) {
	var c codeRow
	var expires int64
	var used sql.NullInt64
	var pin, byID string
	hash := sha256.Sum256([]byte(text))
	err := r.row(ctx, `SELECT c.id, c.user_id, c.enrols, c.expires_at, c.used_at, u.pin_hash, u.uid, b.uid FROM codes c JOIN users u ON u.id = c.user_id JOIN users b ON b.id = c.by_id WHERE c.code_hash = ?`, hash[:]).
		Scan(&c.id, &c.userRow, &c.enrols, &expires, &used, &pin, &c.user.ID, &byID)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return c, codeError(care.Invalid, "there is no such code; look again, or ask for a new one")
	case err != nil:
		return c, err
	case used.Valid:
		return c, codeError(care.CodeUsed, "this code was used before; ask for a new one")
	case expires <= now.UnixMilli() || expires-now.UnixMilli() > codeLasts.Milliseconds(): // or the clock went back
		return c, codeError(care.CodeExpired, "this code was good for ten minutes; ask for a new one")
	}
	c.hasPIN = pin != ""
	if _, c.user, err = userRow(ctx, r, c.user.ID); err != nil {
		return c, err
	}
	_, by, err := userRow(ctx, r, byID)
	if err != nil {
		return c, err
	}
	// Meanwhile she may have another ASHA or another role, or one of them is gone.
	if enrols, err := by.MayGiveCode(c.user); err != nil || enrols != c.enrols {
		return c, codeError(care.Invalid, "there is no such code; look again, or ask for a new one")
	}
	return c, nil
}

// Newcomer is whom a code is for, and what she has to bring.
type Newcomer struct {
	User     care.User
	NeedsPIN bool
}

// CodeFor tells whom a code is for; the tablet with this secret is where she would use it.
func (d *DB) CodeFor(ctx context.Context, text, deviceSecret string) (Newcomer, error) {
	c, err := goodCode(ctx, pool{d}, text, d.now())
	if err != nil {
		return Newcomer{}, err
	}
	_, _, known, err := deviceOf(ctx, pool{d}, deviceSecret)
	if err != nil {
		return Newcomer{}, err
	}
	return Newcomer{c.user, c.user.Role.NeedsPIN(c.hasPIN, known)}, c.mayUse(known)
}

func (c codeRow) mayUse(onKnownDevice bool) error {
	if c.enrols || onKnownDevice {
		return nil
	}
	return codeError(care.NotEnrolled, "this code gives a PIN on a tablet of the clinic, and this one does not belong to it; an admin can add it")
}

// Enrolment is a person with a code at a tablet.
type Enrolment struct {
	Code         string
	DeviceSecret string // of the tablet, if it belongs to the clinic already
	Name         string // of the tablet, if it is new
	Key          []byte // devices.key
	PINHash      string // "" = none chosen
}

// Enrolled is what came of it. A new tablet has a secret.
type Enrolled struct {
	User         care.User
	Device       care.Device
	DeviceSecret string // "" if the tablet belonged to the clinic before
	Secret       string // of the session
}

// Enrol uses up a code: the tablet belongs to the clinic from then on, is unlocked, and
// the person is signed in on it. A new PIN signs her out of every other browser.
func (d *DB) Enrol(ctx context.Context, e Enrolment) (Enrolled, error) {
	var done Enrolled
	err := d.submit(ctx, func(t *tx) error {
		done = Enrolled{}
		now := t.w.d.now()
		c, err := goodCode(t.ctx, t, e.Code, now)
		if err != nil {
			return err
		}
		row, device, known, err := deviceOf(t.ctx, t, e.DeviceSecret)
		if err != nil {
			return err
		}
		if err := c.mayUse(known); err != nil {
			return err
		}
		if !c.user.Role.NeedsPIN(c.hasPIN, known) {
			e.PINHash = ""
		} else if e.PINHash == "" {
			return fieldError("pin", care.Required, "choose a PIN of 6 digits")
		}
		what := "pin"
		if known {
			if err = t.exec(`UPDATE devices SET key = ? WHERE id = ?`, e.Key, row); err == nil {
				err = t.unlock(row, &device)
			}
		} else {
			what = "enrolled"
			var hash [32]byte
			done.DeviceSecret, hash = newSecret()
			device = care.Device{ID: NewID(), Name: e.Name, CreatedAt: care.At(now), LastSeen: care.At(now)}
			row, err = t.insert(`INSERT INTO devices (uid, name, token_hash, key, created_at) VALUES (?, ?, ?, ?, ?)`, device.ID, device.Name, hash[:], e.Key, now.UnixMilli())
		}
		if err != nil {
			return err
		}
		if err := t.exec(`UPDATE codes SET used_at = ? WHERE id = ?`, now.UnixMilli(), c.id); err != nil {
			return err
		}
		if e.PINHash != "" {
			if err := t.exec(`UPDATE users SET pin_hash = ? WHERE id = ?`, e.PINHash, c.userRow); err != nil {
				return err
			}
			// Whoever had the old one is out; scripts never had it.
			if err := t.exec(`UPDATE sessions SET revoked_at = ? WHERE user_id = ? AND kind = 'browser' AND revoked_at IS NULL`, now.UnixMilli(), c.userRow); err != nil {
				return err
			}
		}
		if done.Secret, _, err = t.signIn(c.userRow, c.user, Browser, "", row); err != nil {
			return err
		}
		done.User, done.Device = c.user, device
		t.device = device.ID
		return t.auditDevice(deviceData{DeviceID: device.ID, Name: device.Name, Person: c.user.ID, What: what, PIN: e.PINHash != ""}, c.userRow, c.user)
	})
	if err != nil {
		return Enrolled{}, err
	}
	return done, nil
}
