package db

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"aarogya/app/care"
)

const alarmColumns = `a.id, a.uid, a.kind, a.person, a.at, a.level, a.level_at, a.sos, a.acked, a.user_id, COALESCE(a.case_id, 0), COALESCE(c.doc, ''), COALESCE(p.doc, '')
	FROM alarms a LEFT JOIN cases c ON c.id = a.case_id LEFT JOIN patients p ON p.id = c.patient_id`

// alarmRow is an alarm and the rows it hangs on.
type alarmRow struct {
	care.Alarm
	id, caseRow, userRow int64
}

func scanAlarm(scan func(...any) error) (alarmRow, error) {
	var a alarmRow
	var by, sos, doc, patient []byte
	var levelAt int64
	if err := scan(&a.id, &a.ID, &a.Kind, &by, (*int64)(&a.At), &a.Level, &levelAt, &sos, &a.Acked, &a.userRow, &a.caseRow, &doc, &patient); err != nil {
		return a, notFound(err)
	}
	a.LevelAt = time.UnixMilli(levelAt)
	if err := json.Unmarshal(by, &a.By); err != nil {
		return a, err
	}
	if a.Kind == care.SOSAlarm {
		a.SOS = &care.SOSData{}
		err := json.Unmarshal(sos, a.SOS)
		a.Rooms = a.SOS.Audience()
		return a, err
	}
	var c care.Case
	if err := json.Unmarshal(doc, &c); err != nil {
		return a, err
	}
	if err := json.Unmarshal(patient, &c.Patient); err != nil {
		return a, err
	}
	row := c.Row()
	a.CaseID, a.Rooms, a.Row = c.ID, c.Audience(), &row
	return a, nil
}

func alarms(ctx context.Context, r reader, where string, args ...any) ([]alarmRow, error) {
	rows, err := r.query(ctx, `SELECT `+alarmColumns+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []alarmRow
	for rows.Next() {
		a, err := scanAlarm(rows.Scan)
		if err != nil {
			return nil, err
		}
		list = append(list, a)
	}
	return list, rows.Err()
}

// ring begins an alarm, or lets it ring again.
func (t *tx) ring(a alarmRow) error {
	for _, e := range a.Rang(t.w.d.now()) {
		row := a.caseRow
		if e.CaseID == "" { // told to those who may not know which case it is
			row = 0
		}
		if err := t.append(e, row, a.userRow); err != nil {
			return err
		}
	}
	return nil
}

// ringFor begins the alarm of a RED case, unless it rings already.
func (t *tx) ringFor(id int64, c care.Case, actorRow int64, by care.User) error {
	ringing, err := alarms(t.ctx, t, ` WHERE a.case_id = ? AND a.acked = 0`, id)
	if err != nil || len(ringing) > 0 {
		return err
	}
	row := c.Row()
	now := t.w.d.now()
	a := alarmRow{care.Alarm{ID: NewID(), Kind: care.RedAlarm, CaseID: c.ID, By: by.Person(), At: care.At(now), LevelAt: now, Rooms: c.Audience(), Row: &row}, 0, id, actorRow}
	if err := t.keepAlarm(a, id, nil); err != nil {
		return err
	}
	return t.ring(a)
}

func (t *tx) keepAlarm(a alarmRow, caseRow any, sos any) error {
	by, err := json.Marshal(a.By)
	if err != nil {
		return err
	}
	return t.exec(`INSERT INTO alarms (uid, kind, case_id, user_id, person, at, level, level_at, sos) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		a.ID, string(a.Kind), caseRow, a.userRow, string(by), int64(a.At), a.Level, a.LevelAt.UnixMilli(), sos)
}

// callSOS begins the alarm of a colleague who needs help.
func (t *tx) callSOS(cmd care.Command, actorRow int64, by care.User) (Done, error) {
	alarm, err := care.CallSOS(cmd, NewID(), by, t.w.d.now())
	if err != nil {
		return Done{}, err
	}
	doc, err := json.Marshal(alarm.SOS)
	if err != nil {
		return Done{}, err
	}
	a := alarmRow{alarm, 0, 0, actorRow}
	if err := t.keepAlarm(a, nil, string(doc)); err != nil {
		return Done{}, err
	}
	data := alarm.Data()
	return Done{Outcome: care.Applied, Alarm: &data}, t.ring(a)
}

// answerAlarm silences one alarm that by may know of.
func (t *tx) answerAlarm(cmd care.Command, actorRow int64, by care.User) (Done, error) {
	a, err := scanAlarm(t.row(t.ctx, `SELECT `+alarmColumns+` WHERE a.uid = ?`, cmd.AlarmID).Scan)
	if err != nil {
		return Done{}, err
	}
	rooms, err := rooms(t.ctx, t, by)
	if err != nil {
		return Done{}, err
	}
	if !hears(rooms, a.Rooms) {
		return Done{}, care.ErrNotFound
	}
	a, err = t.silence(a, actorRow, by)
	data := a.Data()
	return Done{Outcome: care.Applied, Alarm: &data}, err
}

// answerForCase silences a case's alarm when a clinician has turned to the case as it was.
// Only a RED case rings, and only a clinician makes it less than that.
func (t *tx) answerForCase(id int64, c care.Case, cmd care.Command, actorRow int64, by care.User) error {
	if c.Urgency != care.Red || !c.Faces(cmd, by) {
		return nil
	}
	ringing, err := alarms(t.ctx, t, ` WHERE a.case_id = ? AND a.acked = 0`, id)
	for _, a := range ringing {
		if err == nil {
			_, err = t.silence(a, actorRow, by)
		}
	}
	return err
}

func (t *tx) silence(a alarmRow, actorRow int64, by care.User) (alarmRow, error) {
	after, event, err := a.Answer(by, t.w.d.now())
	if err != nil || event == nil {
		return a, err
	}
	a.Alarm = after
	if err := t.exec(`UPDATE alarms SET acked = 1 WHERE id = ?`, a.id); err != nil {
		return a, err
	}
	return a, t.append(*event, a.caseRow, actorRow)
}

// RingAgain lets an alarm that stands at a level ring its next time, unless it has done so
// or somebody has answered meanwhile.
func (d *DB) RingAgain(ctx context.Context, alarmID string, level int) error {
	return d.submit(ctx, func(t *tx) error {
		a, err := scanAlarm(t.row(t.ctx, `SELECT `+alarmColumns+` WHERE a.uid = ?`, alarmID).Scan)
		if err != nil {
			return err
		}
		if _, more := a.Due(d.now()); !more || a.Level != level {
			return nil
		}
		a.Level, a.LevelAt = a.Level+1, d.now()
		if err := t.exec(`UPDATE alarms SET level = ?, level_at = ? WHERE id = ?`, a.Level, a.LevelAt.UnixMilli(), a.id); err != nil {
			return err
		}
		return t.ring(a)
	})
}

// Ringing are the alarms nobody has answered.
func (d *DB) Ringing(ctx context.Context) ([]care.Alarm, error) {
	rows, err := alarms(ctx, pool{d}, ` WHERE a.acked = 0 ORDER BY a.id`)
	list := make([]care.Alarm, len(rows))
	for i, a := range rows {
		list[i] = a.Alarm
	}
	return list, err
}

// RingingFor is what u hears of the alarms nobody has answered: those of her cases, and
// without a name those that by now everybody of her role hears of.
func (d *DB) RingingFor(ctx context.Context, u care.User) ([]care.AlarmData, error) {
	list := []care.AlarmData{}
	err := d.inSnapshot(ctx, func(r reader) error {
		hers, err := rooms(ctx, r, u)
		if err != nil {
			return err
		}
		ringing, err := alarms(ctx, r, ` WHERE a.acked = 0 ORDER BY a.id`)
		for _, a := range ringing {
			switch {
			case hears(hers, a.Rooms):
				list = append(list, a.Data())
			case hears(hers, a.Wider()):
				list = append(list, a.Nameless())
			}
		}
		return err
	})
	return list, err
}

func hears(rooms []care.Room, audience care.Audience) bool {
	return slices.ContainsFunc(audience, func(r care.Room) bool { return slices.Contains(rooms, r) })
}
