package db

import (
	"context"
	"database/sql"
	"strings"

	"aarogya/app/care"
)

const userColumns = `u.id, u.uid, u.username, u.name, u.role, u.phone, u.language, u.active, u.created_at, s.uid, s.name
	FROM users u LEFT JOIN users s ON s.id = u.supervisor_id`

func scanUser(scan func(...any) error, more ...any) (int64, care.User, error) {
	var id int64
	var u care.User
	var sid, sname sql.NullString
	if err := scan(append([]any{&id, &u.ID, &u.Username, &u.Name, &u.Role, &u.Phone, &u.Language, &u.Active, &u.CreatedAt, &sid, &sname}, more...)...); err != nil {
		return 0, u, notFound(err)
	}
	if sid.Valid {
		u.Supervisor = &care.Ref{ID: sid.String, Name: sname.String}
	}
	return id, u, nil
}

func userRow(ctx context.Context, r reader, uid string) (int64, care.User, error) {
	return scanUser(r.row(ctx, `SELECT `+userColumns+` WHERE u.uid = ?`, uid).Scan)
}

// User reads an account by its id.
func (d *DB) User(ctx context.Context, uid string) (care.User, error) {
	_, u, err := userRow(ctx, pool{d}, uid)
	return u, err
}

// UserNamed reads an account and its password hash by its username, in any case.
func (d *DB) UserNamed(ctx context.Context, username string) (care.User, string, error) {
	var hash string
	row := pool{d}.row(ctx, `SELECT `+strings.Replace(userColumns, "\n\tFROM", ", u.password_hash FROM", 1)+` WHERE u.username = ?`, username)
	_, u, err := scanUser(row.Scan, &hash)
	return u, hash, err
}

// Users lists every account by role and name.
func (d *DB) Users(ctx context.Context) ([]care.User, error) {
	rows, err := pool{d}.query(ctx, `SELECT `+userColumns+` ORDER BY u.role, u.name, u.id`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	users := []care.User{}
	for rows.Next() {
		_, u, err := scanUser(rows.Scan)
		if err != nil {
			return nil, err
		}
		users = append(users, u)
	}
	return users, rows.Err()
}

// Rooms are the rooms u belongs to right now.
func (d *DB) Rooms(ctx context.Context, u care.User) ([]care.Room, error) {
	return rooms(ctx, pool{d}, u)
}

func rooms(ctx context.Context, r reader, u care.User) ([]care.Room, error) {
	var chws []string
	if u.Role == care.ASHA {
		rows, err := r.query(ctx, `SELECT c.uid FROM users c WHERE c.supervisor_id = (SELECT id FROM users WHERE uid = ?) AND c.role = 'chw'`, u.ID)
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		for rows.Next() {
			var id string
			if err := rows.Scan(&id); err != nil {
				return nil, err
			}
			chws = append(chws, id)
		}
		if err := rows.Err(); err != nil {
			return nil, err
		}
	}
	return u.Rooms(chws), nil
}

// HasAdmin reports whether anybody can administer the clinic yet.
func (d *DB) HasAdmin(ctx context.Context) (bool, error) {
	var n int
	err := pool{d}.row(ctx, `SELECT COUNT(*) FROM users WHERE role = 'admin' AND active = 1`).Scan(&n)
	return n > 0, err
}

// userData is what the audit keeps of a change to an account: never a password.
type userData struct {
	UserID     string    `json:"userId"`
	Username   string    `json:"username"`
	Role       care.Role `json:"role"`
	Supervisor string    `json:"supervisor,omitempty"`
	Moved      []string  `json:"moved,omitempty"` // the ASHAs between whom she and her cases moved
	Active     bool      `json:"active"`
	Password   bool      `json:"password"`        // set anew
	Token      string    `json:"token,omitempty"` // a script's token was "created" or "revoked"
}

// changeUser makes or changes an account. A change of role, password or activity signs
// the account out everywhere.
func (t *tx) changeUser(cmd care.Command, actorRow int64, by care.User) (Done, error) {
	if !care.May(by.Role, care.ManageUsers) {
		return Done{}, care.ErrForbidden
	}
	if cmd.Kind == care.CreateUserKind {
		user, err := t.createUser(cmd, actorRow, by)
		return Done{Outcome: care.Applied, User: user}, err
	}
	id, before, err := userRow(t.ctx, t, cmd.UserID)
	if err != nil {
		return Done{}, err
	}
	after, err := t.checkedUser(before, cmd)
	if err != nil {
		return Done{}, err
	}
	if err := t.mayLeave(id, before, after); err != nil {
		return Done{}, err
	}
	if err := t.exec(`UPDATE users SET username = ?, name = ?, role = ?, supervisor_id = (SELECT id FROM users WHERE uid = ?), phone = ?, language = ?, active = ? WHERE id = ?`,
		after.Username, after.Name, string(after.Role), supervisorID(after), after.Phone, after.Language, after.Active, id); err != nil {
		return Done{}, err
	}
	if cmd.User.PasswordHash != nil {
		if err := t.exec(`UPDATE users SET password_hash = ? WHERE id = ?`, *cmd.User.PasswordHash, id); err != nil {
			return Done{}, err
		}
	}
	if after.Role != before.Role || !after.Active || cmd.User.PasswordHash != nil {
		if err := t.revokeSessions(id, ""); err != nil {
			return Done{}, err
		}
	}
	if supervisorID(after) != supervisorID(before) {
		if err := t.exec(`UPDATE cases SET supervisor_id = (SELECT id FROM users WHERE uid = ?) WHERE owner_id = ?`, supervisorID(after), id); err != nil {
			return Done{}, err
		}
	}
	return Done{Outcome: care.Applied, User: &after}, t.audit(after, supervisorID(before), cmd.User.PasswordHash != nil, actorRow, by)
}

func supervisorID(u care.User) string {
	if u.Supervisor == nil {
		return ""
	}
	return u.Supervisor.ID
}

func (t *tx) createUser(cmd care.Command, actorRow int64, by care.User) (*care.User, error) {
	if cmd.User.PasswordHash == nil {
		return nil, fieldError("password", care.Required, "a password is needed")
	}
	u, err := t.checkedUser(care.User{ID: NewID(), Active: true, Language: "hi", CreatedAt: care.At(t.w.d.now())}, cmd)
	if err != nil {
		return nil, err
	}
	if _, err := t.insertUser(u, *cmd.User.PasswordHash); err != nil {
		return nil, err
	}
	return &u, t.audit(u, "", true, actorRow, by)
}

func (t *tx) insertUser(u care.User, passwordHash string) (int64, error) {
	return t.insert(`INSERT INTO users (uid, username, name, role, supervisor_id, phone, language, active, password_hash, created_at)
		VALUES (?, ?, ?, ?, (SELECT id FROM users WHERE uid = ?), ?, ?, ?, ?, ?)`,
		u.ID, u.Username, u.Name, string(u.Role), supervisorID(u), u.Phone, u.Language, u.Active, passwordHash, int64(u.CreatedAt))
}

func (t *tx) audit(u care.User, before string, password bool, actorRow int64, by care.User) error {
	data := userData{UserID: u.ID, Username: u.Username, Role: u.Role, Supervisor: supervisorID(u), Active: u.Active, Password: password}
	if before != data.Supervisor {
		for _, asha := range []string{before, data.Supervisor} {
			if asha != "" {
				data.Moved = append(data.Moved, asha)
			}
		}
	}
	return t.append(care.Event{Type: care.UserChanged, By: by.Person(), At: care.At(t.w.d.now()), Data: data}, 0, actorRow)
}

// checkedUser is u with the change made, if it makes sense.
func (t *tx) checkedUser(u care.User, cmd care.Command) (care.User, error) {
	if err := cmd.CheckTexts(); err != nil {
		return u, err
	}
	supervisor := cmd.User.Amend(&u)
	if supervisor == nil && u.Supervisor != nil && u.Active {
		supervisor = &u.Supervisor.ID // she may have stopped being an active ASHA meanwhile
	}
	if supervisor != nil {
		_, s, err := userRow(t.ctx, t, *supervisor)
		if err != nil || s.Role != care.ASHA || !s.Active {
			return u, fieldError("supervisorId", care.Invalid, "an active ASHA is needed")
		}
		u.Supervisor = &care.Ref{ID: s.ID, Name: s.Name}
	}
	if err := u.Check(); err != nil {
		return u, err
	}
	var taken int
	if err := t.row(t.ctx, `SELECT COUNT(*) FROM users WHERE username = ? AND uid <> ?`, u.Username, u.ID).Scan(&taken); err != nil {
		return u, err
	}
	if taken > 0 {
		return u, fieldError("username", care.Taken, "somebody else has this username")
	}
	return u, nil
}

// mayLeave keeps the clinic with an admin, CHWs (also those on leave) with an ASHA, and
// cases with people whose ASHA sees them.
func (t *tx) mayLeave(id int64, before, after care.User) error {
	if after.Role == before.Role && after.Active {
		return nil
	}
	var left int
	if after.Role != before.Role && (before.Role == care.CHW || before.Role == care.ASHA) {
		if err := t.row(t.ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM cases WHERE owner_id = ? LIMIT 1)`, id).Scan(&left); err != nil {
			return err
		}
		if left > 0 {
			return fieldError("role", care.Invalid, "this account has opened cases; make a second account for the new job")
		}
	}
	switch before.Role {
	case care.Admin:
		if err := t.row(t.ctx, `SELECT COUNT(*) FROM users WHERE role = 'admin' AND active = 1 AND id <> ?`, id).Scan(&left); err != nil {
			return err
		}
		if left == 0 {
			return fieldError("role", care.Invalid, "the clinic needs at least one active admin")
		}
	case care.ASHA:
		if err := t.row(t.ctx, `SELECT COUNT(*) FROM users WHERE supervisor_id = ?`, id).Scan(&left); err != nil {
			return err
		}
		if left > 0 {
			return fieldError("role", care.Invalid, "give her CHWs another ASHA first")
		}
	}
	return nil
}

func fieldError(field string, code care.FieldCode, message string) error {
	return &care.InvalidError{Fields: []care.FieldError{{Field: field, Code: code, Message: message}}}
}

// FirstAdmin makes the first account of an empty clinic, by nobody but itself, and names
// the clinic, unless clinic is "".
func (d *DB) FirstAdmin(ctx context.Context, clinic string, change care.UserChange) (care.User, error) {
	var user care.User
	err := d.submit(ctx, func(t *tx) error {
		var n int
		if err := t.row(t.ctx, `SELECT COUNT(*) FROM users`).Scan(&n); err != nil {
			return err
		}
		if n > 0 {
			return care.ErrForbidden
		}
		if change.PasswordHash == nil {
			return fieldError("password", care.Required, "a password is needed")
		}
		admin := care.Admin
		change.Role = &admin
		var err error
		if user, err = t.checkedUser(care.User{ID: NewID(), Active: true, Language: "hi", CreatedAt: care.At(d.now())}, care.Command{User: &change}); err != nil {
			return err
		}
		row, err := t.insertUser(user, *change.PasswordHash)
		if err != nil {
			return err
		}
		if err := t.audit(user, "", true, row, user); err != nil || clinic == "" {
			return err
		}
		return t.exec(setSetting, "clinic", clinic)
	})
	if err != nil {
		return care.User{}, err
	}
	return user, nil
}
