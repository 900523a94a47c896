package db

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"fmt"

	"aarogya/app/care"
)

// Event is one committed row of the log, as far as its hearers are concerned; or, with
// Seq 0, a short-lived fact, told once to who listens and kept nowhere.
type Event struct {
	Seq      int64
	Type     care.EventType
	Audience care.Audience
	Payload  []byte   // the frame's data, JSON
	Moved    []string // uids of the ASHAs between whom a CHW with her cases has moved
}

// payloadVersion is the form of the payloads written today.
const payloadVersion = 1

// append adds an event to the log. caseID and actorID are row ids; caseID 0 = no case.
func (t *tx) append(e care.Event, caseID, actorID int64) error {
	payload, err := json.Marshal(e.Data)
	if err != nil {
		return fmt.Errorf("event: %w", err)
	}
	actor, err := json.Marshal(e.By)
	if err != nil {
		return fmt.Errorf("event: %w", err)
	}
	t.seq++
	row := logRow{
		seq: t.seq, epoch: t.w.d.epoch, caseID: caseID, kind: string(e.Type), step: string(e.Step), actorID: actorID,
		actor: actor, device: t.device, at: int64(e.At), audience: e.Audience.String(), payload: payload, schema: payloadVersion, prev: t.hash,
	}
	t.hash = row.sum()
	if err := t.exec(`INSERT INTO events (seq, epoch, case_id, kind, step, actor_id, actor, device, at, audience, payload, schema_v, prev_hash, hash)
		VALUES (?, ?, NULLIF(?, 0), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		row.seq, row.epoch, row.caseID, row.kind, row.step, row.actorID, string(row.actor), row.device, row.at, row.audience,
		string(row.payload), row.schema, row.prev[:], t.hash[:]); err != nil {
		return fmt.Errorf("event: %w", err)
	}
	event := Event{Seq: t.seq, Type: e.Type, Audience: e.Audience, Payload: payload}
	err = event.readMoved()
	t.events = append(t.events, event)
	return err
}

// tell says something, once the transaction is on disk, to who listens then.
func (t *tx) tell(kind care.EventType, to care.Audience, data any) error {
	payload, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("%s: %w", kind, err)
	}
	t.events = append(t.events, Event{Type: kind, Audience: to, Payload: payload})
	return nil
}

// readMoved fills Moved from the payload, live and in replay alike.
func (e *Event) readMoved() error {
	if e.Type != care.UserChanged {
		return nil
	}
	var data userData
	err := json.Unmarshal(e.Payload, &data)
	e.Moved = data.Moved
	return err
}

// logRow is an event as the chain sees it.
type logRow struct {
	seq            int64
	epoch          string
	caseID         int64
	kind, step     string
	actorID        int64
	actor          []byte
	device         string
	at             int64
	audience       string
	payload        []byte
	schema         int64
	prev, recorded [32]byte
}

// sum is SHA-256 over the previous hash and every column, each with its length first,
// so that no two rows share their bytes.
func (r logRow) sum() [32]byte {
	b := make([]byte, 0, 512+len(r.payload))
	number := func(n int64) { b = binary.BigEndian.AppendUint64(b, uint64(n)) }
	text := func(s string) { number(int64(len(s))); b = append(b, s...) }
	b = append(b, r.prev[:]...)
	number(r.seq)
	text(r.epoch)
	number(r.caseID)
	text(r.kind)
	text(r.step)
	number(r.actorID)
	text(string(r.actor))
	text(r.device)
	number(r.at)
	text(r.audience)
	text(string(r.payload))
	number(r.schema)
	return sha256.Sum256(b)
}

// EventsAfter reads up to limit events after seq, in order, whoever they are for.
func (d *DB) EventsAfter(ctx context.Context, seq int64, limit int) ([]Event, error) {
	rows, err := pool{d}.query(ctx, `SELECT seq, kind, audience, payload FROM events WHERE seq > ? ORDER BY seq LIMIT ?`, seq, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var events []Event
	for rows.Next() {
		var e Event
		var audience string
		if err := rows.Scan(&e.Seq, &e.Type, &audience, &e.Payload); err != nil {
			return nil, err
		}
		e.Audience = care.ParseAudience(audience)
		if err := e.readMoved(); err != nil {
			return nil, err
		}
		events = append(events, e)
	}
	return events, rows.Err()
}

// TimelineEntry is one thing that happened to a case.
type TimelineEntry struct {
	Seq   int64           `json:"seq"`
	Type  care.EventType  `json:"type"`
	Step  care.Step       `json:"step"`
	Actor care.Person     `json:"actor"`
	At    care.Instant    `json:"at"`
	Data  json.RawMessage `json:"data"`
}

// Timeline reads up to limit events of a case after seq, oldest first. The case must be
// one u may see.
func (d *DB) Timeline(ctx context.Context, u care.User, caseID string, after int64, limit int) ([]TimelineEntry, error) {
	entries := []TimelineEntry{}
	err := d.inSnapshot(ctx, func(r reader) error {
		id, _, err := caseRow(ctx, r, u, caseID)
		if err != nil {
			return err
		}
		d.noteRead(u, id)
		rows, err := r.query(ctx, `SELECT seq, kind, step, actor, at, payload FROM events WHERE case_id = ? AND seq > ? ORDER BY seq LIMIT ?`, id, after, limit)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var e TimelineEntry
			var actor, data []byte
			if err := rows.Scan(&e.Seq, &e.Type, &e.Step, &actor, &e.At, &data); err != nil {
				return err
			}
			if err := json.Unmarshal(actor, &e.Actor); err != nil {
				return err
			}
			e.Data = data
			entries = append(entries, e)
		}
		return rows.Err()
	})
	return entries, err
}

// notFound turns "no row" into the one answer for absent and for not yours.
func notFound(err error) error {
	if err == sql.ErrNoRows {
		return care.ErrNotFound
	}
	return err
}
