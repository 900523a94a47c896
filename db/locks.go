package db

import (
	"context"
	"encoding/json"

	"aarogya/app/care"
)

// claimLock answers a wish about a case's lock. Who holds it is told, not logged.
func (t *tx) claimLock(cmd care.Command, by care.User) (Done, error) {
	id, c, err := caseRow(t.ctx, t, by, cmd.CaseID)
	if err != nil {
		return Done{}, err
	}
	now := t.w.d.now()
	after, err := c.Lease.Claim(cmd.Lock, by, cmd.Session, now)
	if err != nil {
		return Done{}, err
	}
	before := c.Lease
	c.Lease = after
	return Done{Outcome: care.Applied, Lock: after.Held(now)}, t.saveLease(id, before, c, by.Person())
}

// saveLease writes down a case's lease if it changed, and tells who may see the case.
func (t *tx) saveLease(id int64, before care.Lease, c care.Case, by care.Person) error {
	if c.Lease == before {
		return nil
	}
	lock := any(nil)
	if c.Lease.Lock != nil {
		doc, err := json.Marshal(c.Lease.Lock)
		if err != nil {
			return err
		}
		lock = string(doc)
	}
	if err := t.exec(`UPDATE cases SET fence = ?, lock = ?, lock_session = ? WHERE id = ?`, c.Lease.Fence, lock, c.Lease.Session, id); err != nil {
		return err
	}
	return t.tell(care.LockChanged, c.Audience(), care.LockData{CaseID: c.ID, Lock: c.Lease.Held(t.w.d.now()), By: by})
}

// readLease makes a lease of its columns.
func readLease(fence int64, lock []byte, session string) (care.Lease, error) {
	l := care.Lease{Fence: fence, Session: session}
	if lock == nil {
		return l, nil
	}
	l.Lock = &care.Lock{}
	return l, json.Unmarshal(lock, l.Lock)
}

// LockOf is who may see a case, whoever asks, and its lock as it stands.
func (d *DB) LockOf(ctx context.Context, caseID string) (care.Audience, care.LockData, error) {
	_, c, err := caseRow(ctx, pool{d}, care.User{Role: care.Admin}, caseID)
	if err != nil {
		return nil, care.LockData{}, err
	}
	data := care.LockData{CaseID: c.ID, Lock: c.Lease.Held(d.now())}
	if data.Lock != nil {
		data.By = data.Lock.Holder
	}
	return c.Audience(), data, nil
}

// ReleaseLocks lets go of what a session holds: its tablet has been out of contact.
func (d *DB) ReleaseLocks(ctx context.Context, session string) error {
	if session == "" {
		return nil
	}
	return d.submit(ctx, func(t *tx) error {
		rows, err := t.query(t.ctx, `SELECT id, doc, fence, lock, lock_session FROM cases WHERE lock_session = ? AND lock IS NOT NULL`, session)
		if err != nil {
			return err
		}
		defer rows.Close()
		held := map[int64]care.Case{}
		for rows.Next() {
			var id, fence int64
			var doc, lock []byte
			var in string
			if err := rows.Scan(&id, &doc, &fence, &lock, &in); err != nil {
				return err
			}
			var c care.Case
			if err := json.Unmarshal(doc, &c); err != nil {
				return err
			}
			if c.Lease, err = readLease(fence, lock, in); err != nil {
				return err
			}
			held[id] = c
		}
		if err := rows.Err(); err != nil {
			return err
		}
		for id, c := range held {
			before := c.Lease
			by := c.Lease.Lock.Holder
			c.Lease = before.Released()
			if err := t.saveLease(id, before, c, by); err != nil {
				return err
			}
		}
		return nil
	})
}

// saw notes how far a person has looked at a case, and tells it. A clinician who looks
// answers the case's alarm.
func (t *tx) saw(cmd care.Command, actorRow int64, by care.User) (Done, error) {
	id, c, err := caseRow(t.ctx, t, by, cmd.CaseID)
	if err != nil {
		return Done{}, err
	}
	seq := min(cmd.BaseSeq, c.Seq)
	changed, err := t.changes(`INSERT INTO seen (user_id, case_id, seq, comments) VALUES (?1, ?2, ?3, (SELECT COUNT(*) FROM comments WHERE case_id = ?2 AND seq <= ?3))
		ON CONFLICT DO UPDATE SET seq = excluded.seq, comments = MAX(comments, excluded.comments) WHERE excluded.seq > seen.seq`, actorRow, id, seq)
	if err != nil {
		return Done{}, err
	}
	if changed > 0 {
		if err := t.tell(care.CaseSeen, c.Audience(), care.SeenData{CaseID: c.ID, By: by.Person(), Seq: seq}); err != nil {
			return Done{}, err
		}
	}
	return Done{Outcome: care.Applied}, t.answerForCase(id, c, cmd, actorRow, by)
}

// seenBy is how far each person has looked at a case.
func seenBy(ctx context.Context, r reader, caseID string) ([]care.Seen, error) {
	rows, err := r.query(ctx, `SELECT u.uid, u.name, u.role, s.seq FROM seen s JOIN users u ON u.id = s.user_id
		WHERE s.case_id = (SELECT id FROM cases WHERE uid = ?)`, caseID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []care.Seen{}
	for rows.Next() {
		var s care.Seen
		if err := rows.Scan(&s.By.ID, &s.By.Name, &s.By.Role, &s.Seq); err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, rows.Err()
}
