package db

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"aarogya/app/care"
)

// ErrDeviceLocked: too many wrong PINs on this tablet.
var ErrDeviceLocked = errors.New("this tablet needs an unlock")

// SignInOn makes a session on a tablet of the clinic, as SignIn does elsewhere.
func (d *DB) SignInOn(ctx context.Context, userID, deviceID string) (secret string, err error) {
	err = d.submit(ctx, func(t *tx) error {
		id, u, err := userRow(t.ctx, t, userID)
		if err != nil {
			return err
		}
		var row int64
		if err := t.row(t.ctx, `SELECT id FROM devices WHERE uid = ? AND revoked_at IS NULL`, deviceID).Scan(&row); err != nil {
			return notFound(err)
		}
		secret, _, err = t.signIn(id, u, Browser, "", row)
		return err
	})
	return secret, err
}

// DeviceOf is the clinic's tablet with this secret; ok is false if there is none.
func (d *DB) DeviceOf(ctx context.Context, secret string) (device care.Device, ok bool, err error) {
	_, device, ok, err = deviceOf(ctx, pool{d}, secret)
	return device, ok, err
}

func deviceOf(ctx context.Context, r reader, secret string) (int64, care.Device, bool, error) {
	if secret == "" {
		return 0, care.Device{}, false, nil
	}
	hash := sha256.Sum256([]byte(secret))
	row, device, err := scanDevice(r.row(ctx, `SELECT `+deviceColumns+` WHERE token_hash = ? AND revoked_at IS NULL`, hash[:]).Scan)
	if errors.Is(err, care.ErrNotFound) {
		return 0, care.Device{}, false, nil
	}
	return row, device, err == nil, err
}

const deviceColumns = `id, uid, name, COALESCE((SELECT MAX(n) FROM wrong_pins w WHERE w.device_id = devices.id), 0), created_at, revoked_at FROM devices`

func scanDevice(scan func(...any) error) (int64, care.Device, error) {
	var id int64
	var wrong int
	var revoked sql.NullInt64
	device := care.Device{People: []care.Ref{}}
	if err := scan(&id, &device.ID, &device.Name, &wrong, &device.CreatedAt, &revoked); err != nil {
		return 0, device, notFound(err)
	}
	device.Locked, device.Revoked, device.LastSeen = wrong >= care.WrongPINs, revoked.Valid, device.CreatedAt
	return id, device, nil
}

// DeviceKey is the key a tablet proves itself with.
func (d *DB) DeviceKey(ctx context.Context, deviceID string) (key []byte, err error) {
	err = pool{d}.row(ctx, `SELECT key FROM devices WHERE uid = ? AND revoked_at IS NULL`, deviceID).Scan(&key)
	return key, notFound(err)
}

// UserWithPIN reads an account and the hash of its PIN, "" if it has none.
func (d *DB) UserWithPIN(ctx context.Context, username string) (care.User, string, error) {
	var uid, hash string
	if err := (pool{d}).row(ctx, `SELECT uid, pin_hash FROM users WHERE username = ?`, username).Scan(&uid, &hash); err != nil {
		return care.User{}, "", notFound(err)
	}
	u, err := d.User(ctx, uid)
	return u, hash, err
}

// TryPIN books a wrong PIN of a person on a tablet, before it is looked at: many at once are
// many. RightPIN takes hers all back, UnseenPIN this one. ErrDeviceLocked when there were
// five of anybody's.
func (d *DB) TryPIN(ctx context.Context, deviceID, username string) error {
	return d.submit(ctx, func(t *tx) error {
		_, device, err := scanDevice(t.row(t.ctx, `SELECT `+deviceColumns+` WHERE uid = ? AND revoked_at IS NULL`, deviceID).Scan)
		if err != nil {
			return err
		}
		if device.Locked {
			return ErrDeviceLocked
		}
		return t.exec(`INSERT INTO wrong_pins (device_id, user_id, n) SELECT d.id, u.id, 1 FROM devices d, users u WHERE d.uid = ? AND u.username = ?
			ON CONFLICT DO UPDATE SET n = n + 1`, deviceID, username)
	})
}

const wrongPINsOf = `device_id = (SELECT id FROM devices WHERE uid = ?) AND user_id = (SELECT id FROM users WHERE username = ?)`

// RightPIN: she knows her PIN.
func (d *DB) RightPIN(ctx context.Context, deviceID, username string) error {
	return d.submit(ctx, func(t *tx) error {
		return t.exec(`DELETE FROM wrong_pins WHERE `+wrongPINsOf, deviceID, username)
	})
}

// UnseenPIN: the box came to no verdict.
func (d *DB) UnseenPIN(ctx context.Context, deviceID, username string) error {
	return d.submit(ctx, func(t *tx) error {
		return t.exec(`UPDATE wrong_pins SET n = n - 1 WHERE `+wrongPINsOf+` AND n > 0`, deviceID, username)
	})
}

// unlock a tablet: whoever does it has looked in whose hands it is.
func (t *tx) unlock(row int64, device *care.Device) error {
	device.Locked = false
	return t.exec(`DELETE FROM wrong_pins WHERE device_id = ?`, row)
}

// Devices lists the clinic's tablets, those that no longer belong to it last.
func (d *DB) Devices(ctx context.Context) ([]care.Device, error) {
	visits, err := d.visits(ctx) // before the rest, so that who comes meanwhile is in no visit
	if err != nil {
		return nil, err
	}
	users, err := d.Users(ctx)
	if err != nil {
		return nil, err
	}
	byID := map[string]care.User{}
	for _, u := range users {
		byID[u.ID] = u
	}
	rows, err := pool{d}.query(ctx, `SELECT `+deviceColumns+` ORDER BY id`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []care.Device{}
	at := map[string]int{}
	for rows.Next() {
		_, device, err := scanDevice(rows.Scan)
		if err != nil {
			return nil, err
		}
		at[device.ID] = len(list)
		list = append(list, device)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	for _, v := range visits {
		device := &list[at[v.device]]
		device.LastSeen = max(device.LastSeen, v.last)
		device.People = append(device.People, care.Ref{ID: v.user, Name: byID[v.user].Name})
	}
	slices.SortStableFunc(list, func(a, b care.Device) int {
		switch {
		case a.Revoked == b.Revoked:
			return 0
		case b.Revoked:
			return -1
		}
		return 1
	})
	return list, nil
}

// visit is when a person was last signed in on a tablet.
type visit struct {
	device, user string
	last         care.Instant
	hasPIN       bool
}

// visits are all there were, the latest first.
func (d *DB) visits(ctx context.Context) ([]visit, error) {
	rows, err := pool{d}.query(ctx, `SELECT d.uid, u.uid, v.last, u.pin_hash <> '' FROM (SELECT device_id, user_id, MAX(last_seen) AS last FROM sessions WHERE device_id IS NOT NULL GROUP BY device_id, user_id) v
		JOIN devices d ON d.id = v.device_id JOIN users u ON u.id = v.user_id`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []visit
	for rows.Next() {
		var v visit
		if err := rows.Scan(&v.device, &v.user, &v.last, &v.hasPIN); err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	slices.SortFunc(list, func(a, b visit) int { return cmp.Compare(b.last, a.last) })
	return list, rows.Err()
}

// Regular is somebody who has signed in on a tablet.
type Regular struct {
	care.User
	HasPIN bool
}

// Regulars are the active accounts that have signed in on a tablet, the latest first.
func (d *DB) Regulars(ctx context.Context, deviceID string) ([]Regular, error) {
	visits, err := d.visits(ctx)
	if err != nil {
		return nil, err
	}
	var people []Regular
	for _, v := range visits {
		if v.device != deviceID {
			continue
		}
		u, err := d.User(ctx, v.user)
		if err != nil {
			return nil, err
		}
		if u.Active {
			people = append(people, Regular{u, v.hasPIN})
		}
	}
	return people, nil
}

// Team lists the active CHWs of an ASHA.
func (d *DB) Team(ctx context.Context, ashaID string) ([]care.User, error) {
	users, err := d.Users(ctx)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(users, func(u care.User) bool {
		return !u.Active || u.Role != care.CHW || u.Supervisor == nil || u.Supervisor.ID != ashaID
	}), nil
}

// changeDevice renames, unlocks or sends away a tablet. One that is sent away is signed
// out in the same transaction, whoever uses it.
func (t *tx) changeDevice(cmd care.Command, actorRow int64, by care.User) (Done, error) {
	if !care.May(by.Role, care.ManageBox) {
		return Done{}, care.ErrForbidden
	}
	if err := cmd.CheckTexts(); err != nil {
		return Done{}, err
	}
	row, device, err := scanDevice(t.row(t.ctx, `SELECT `+deviceColumns+` WHERE uid = ?`, cmd.DeviceID).Scan)
	if err != nil {
		return Done{}, err
	}
	change, data := cmd.Device, deviceData{DeviceID: device.ID, What: "changed"}
	if change.Name != nil {
		if device.Name = strings.TrimSpace(*change.Name); device.Name == "" {
			return Done{}, fieldError("name", care.Required, "a name is needed")
		}
		if err := t.exec(`UPDATE devices SET name = ? WHERE id = ?`, device.Name, row); err != nil {
			return Done{}, err
		}
	}
	if change.Unlock {
		data.What = "unlocked"
		if err := t.unlock(row, &device); err != nil {
			return Done{}, err
		}
	}
	if change.Revoke && !device.Revoked {
		device.Revoked, data.What = true, "revoked"
		now := t.w.d.now().UnixMilli()
		if err := t.exec(`UPDATE devices SET revoked_at = ? WHERE id = ?`, now, row); err != nil {
			return Done{}, err
		}
		if err := t.exec(`UPDATE sessions SET revoked_at = ? WHERE device_id = ? AND revoked_at IS NULL`, now, row); err != nil {
			return Done{}, err
		}
	}
	data.Name = device.Name
	return Done{Outcome: care.Applied, Device: &device}, t.auditDevice(data, actorRow, by)
}

// deviceData is what the audit keeps of a tablet and of who may use it: no code, no PIN.
type deviceData struct {
	DeviceID string `json:"deviceId,omitempty"`
	Name     string `json:"name,omitempty"`
	Person   string `json:"person,omitempty"` // whom a code was for
	What     string `json:"what"`             // code given, enrolled, pin, changed, unlocked or revoked
	PIN      bool   `json:"pin,omitempty"`    // she chose a new one
}

func (t *tx) auditDevice(data deviceData, actorRow int64, by care.User) error {
	return t.append(care.Event{Type: care.DeviceChanged, By: by.Person(), At: care.At(t.w.d.now()), Data: data}, 0, actorRow)
}
