package db

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"aarogya/app/care"
)

// Done is what became of a command: the answer its author gets, the first time and
// every time after. It is stored without the case's vitals and comments, which are only
// ever added to: those up to the case's seq are the ones the first answer had.
type Done struct {
	Outcome care.Outcome  `json:"outcome"`
	Seq     int64         `json:"seq,omitempty"` // of the event it made, 0 if none
	Case    *care.View    `json:"case,omitempty"`
	Comment *care.Comment `json:"comment,omitempty"`
	User    *care.User    `json:"user,omitempty"`
	Device  *care.Device  `json:"device,omitempty"`
	Lock    *care.Lock    `json:"lock,omitempty"`

	Alarm *care.AlarmData `json:"alarm,omitempty"`
}

// ErrKeyReused: the command id was used before, for something else.
var ErrKeyReused = errors.New("this Idempotency-Key was used for another request")

// keepAnswers is how long a command may be sent again and still get its first answer: 90
// days, and the month by which the box's clock may be ahead without anybody's word for it.
const (
	keepAnswers   = (90 + 30) * 24 * time.Hour
	forgetAnswers = 2 * 24 * time.Hour // worth of them, at most, each day
)

// Do carries out one command of the person with actorID, in one transaction: was it seen
// before, who asks and may she, the case, what care decides, the case row, the event,
// the stored answer. When Do returns without an error all of it is on disk. It is the
// only door for a change.
func (d *DB) Do(ctx context.Context, actorID string, cmd care.Command) (Done, error) {
	var done Done
	err := d.submit(ctx, func(t *tx) error {
		var err error
		done, err = t.carryOut(actorID, cmd)
		return err
	})
	if err != nil {
		return Done{}, err // and leave done alone: the writer may still be at it
	}
	if done.Case == nil {
		return done, nil
	}
	// What is done is done: whoever asked may be gone, and to watch for that costs more than the reads.
	return done, attachFacts(context.WithoutCancel(ctx), pool{d}, done.Case)
}

// Result is what became of one of several commands; Err is why it was refused.
type Result struct {
	Done
	Err error
}

// DoInOrder carries out what a tablet has saved up, in the order it was made, in one
// transaction. A command that is refused leaves nothing, and the next is tried all the
// same. The answers carry no vitals and comments.
func (d *DB) DoInOrder(ctx context.Context, actorID string, cmds []care.Command) ([]Result, error) {
	var results []Result
	err := d.submit(ctx, func(t *tx) error {
		all := make([]Result, len(cmds))
		for i, cmd := range cmds {
			var broken error
			all[i].Err, broken = t.attempt(func(t *tx) (err error) {
				all[i].Done, err = t.carryOut(actorID, cmd)
				return err
			})
			if broken != nil {
				return broken
			}
		}
		results = all
		return nil
	})
	if err != nil {
		return nil, err
	}
	return results, nil
}

func (t *tx) carryOut(actorID string, cmd care.Command) (Done, error) {
	t.device = cmd.Tablet
	actorRow, by, err := t.actor(actorID)
	if err != nil {
		return Done{}, err
	}
	if !by.Active {
		return Done{}, care.ErrForbidden
	}
	var asked []byte
	repeatable := cmd.ID != ""
	if repeatable {
		if asked, err = fingerprint(cmd); err != nil {
			return Done{}, err
		}
		if first, found, err := t.answer(actorRow, cmd.ID, asked); err != nil || found {
			return first, err
		}
	} else {
		cmd.ID = NewID()
	}
	var done Done
	switch cmd.Kind {
	case care.CreateUserKind, care.UpdateUserKind:
		done, err = t.changeUser(cmd, actorRow, by)
	case care.UpdateDeviceKind:
		done, err = t.changeDevice(cmd, actorRow, by)
	case care.SetClockKind:
		done, err = t.setClock(cmd, actorRow, by)
	case care.CreateCaseKind:
		done, err = t.createCase(cmd, actorRow, by)
	case care.LockKind:
		done, err = t.claimLock(cmd, by)
	case care.SeenKind:
		done, err = t.saw(cmd, actorRow, by)
	case care.SOSKind:
		done, err = t.callSOS(cmd, actorRow, by)
	case care.AnswerAlarmKind:
		done, err = t.answerAlarm(cmd, actorRow, by)
	default:
		done, err = t.applyToCase(cmd, actorRow, by)
	}
	if err != nil {
		return Done{}, err
	}
	if !repeatable {
		return done, nil
	}
	answer, err := json.Marshal(done)
	if err != nil {
		return Done{}, err
	}
	return done, t.exec(`INSERT INTO answers (user_id, command, body_hash, at, answer) VALUES (?, ?, ?, ?, ?)`,
		actorRow, cmd.ID, asked, t.w.d.now().UnixMilli(), string(answer))
}

// fingerprint tells one request from another under the same command id.
func fingerprint(cmd care.Command) ([]byte, error) {
	cmd.ID = ""
	b, err := json.Marshal(cmd)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(b)
	return sum[:], nil
}

func (t *tx) answer(actorRow int64, id string, asked []byte) (Done, bool, error) {
	var hash []byte
	var answer string
	err := t.row(t.ctx, `SELECT body_hash, answer FROM answers WHERE user_id = ? AND command = ?`, actorRow, id).Scan(&hash, &answer)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return Done{}, false, nil
	case err != nil:
		return Done{}, false, err
	case !bytes.Equal(hash, asked):
		return Done{}, false, ErrKeyReused
	}
	var done Done
	return done, true, json.Unmarshal([]byte(answer), &done)
}

// moment is where in the log the next event will stand.
func (t *tx) moment(cmd care.Command) care.Moment {
	return care.Moment{Now: t.w.d.now(), Seq: t.seq + 1, Made: cmd.MadeAt}
}

func (t *tx) createCase(cmd care.Command, actorRow int64, by care.User) (Done, error) {
	if cmd.New == nil {
		return Done{}, &care.InvalidError{Fields: []care.FieldError{{Field: "patient", Code: care.Required, Message: "a patient is needed"}}}
	}
	if cmd.CaseID == "" {
		cmd.CaseID = NewID()
	} else if err := t.unused(cmd.CaseID); err != nil {
		return Done{}, err
	}
	var known *care.Patient
	patientRow := int64(0)
	if cmd.New.PatientID != "" {
		var err error
		if patientRow, known, err = t.knownPatient(cmd.New.PatientID, by); err != nil {
			return Done{}, err
		}
	}
	number, err := t.nextID("cases")
	if err != nil {
		return Done{}, err
	}
	c, decision, err := care.Create(cmd, known, NewID(), care.ClinicNumber(number), by, t.moment(cmd))
	if err != nil {
		return Done{}, err
	}
	if known == nil {
		patientNumber, err := t.nextID("patients")
		if err != nil {
			return Done{}, err
		}
		c.Patient.Number = "P" + care.ClinicNumber(patientNumber)
		doc, err := json.Marshal(c.Patient)
		if err != nil {
			return Done{}, err
		}
		if patientRow, err = t.insert(`INSERT INTO patients (id, uid, doc) VALUES (?, ?, ?)`, patientNumber, c.Patient.ID, string(doc)); err != nil {
			return Done{}, err
		}
	}
	row := c.Row()
	doc, list, err := encode(c, row)
	if err != nil {
		return Done{}, err
	}
	supervisor := sql.NullInt64{}
	if by.Role == care.ASHA {
		supervisor = sql.NullInt64{Int64: actorRow, Valid: true}
	} else if err := t.row(t.ctx, `SELECT supervisor_id FROM users WHERE id = ?`, actorRow).Scan(&supervisor); err != nil {
		return Done{}, err
	}
	if _, err := t.insert(`INSERT INTO cases (id, uid, number, patient_id, owner_id, supervisor_id, status, open, active, urgency, status_since, waits_chw, waits_asha, waits_clinician, carriers, seq, doc, list_row)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, slices.Concat([]any{number, c.ID, c.Number, patientRow, actorRow, supervisor}, placeOf(c, row.Waiting).columns(), []any{carriers(row), c.Seq, doc, list})...); err != nil {
		return Done{}, err
	}
	if err := t.exec(`INSERT INTO case_names (rowid, names) VALUES (?, ?)`, number, searchText(c)); err != nil {
		return Done{}, err
	}
	return t.finish(number, c, decision, actorRow, by)
}

// unused refuses a case id that was minted before: the same command sent again is found
// by its command id long before this.
func (t *tx) unused(caseID string) error {
	var n int
	if err := t.row(t.ctx, `SELECT COUNT(*) FROM cases WHERE uid = ?`, caseID).Scan(&n); err != nil {
		return err
	}
	if n > 0 {
		return &care.InvalidError{Fields: []care.FieldError{{Field: "caseId", Code: care.Taken, Message: "there is a case with this id"}}}
	}
	return nil
}

// nextID is the next row id of a table; the clinic numbers people read out come from it.
func (t *tx) nextID(table string) (int64, error) {
	var id int64
	err := t.row(t.ctx, `SELECT COALESCE(MAX(id), 0) + 1 FROM `+table).Scan(&id)
	return id, err
}

// knownPatient finds a patient by one of whose cases by may see.
func (t *tx) knownPatient(uid string, by care.User) (int64, *care.Patient, error) {
	where, args := scope(by)
	var id int64
	var doc []byte
	err := t.row(t.ctx, `SELECT p.id, p.doc FROM patients p WHERE p.uid = ? AND EXISTS (SELECT 1 FROM cases c WHERE c.patient_id = p.id`+where+`)`,
		append([]any{uid}, args...)...).Scan(&id, &doc)
	if err != nil {
		return 0, nil, notFound(err)
	}
	var p care.Patient
	return id, &p, json.Unmarshal(doc, &p)
}

func (t *tx) applyToCase(cmd care.Command, actorRow int64, by care.User) (Done, error) {
	id, before, err := caseRow(t.ctx, t, by, cmd.CaseID)
	if err != nil {
		return Done{}, err
	}
	if cmd.Body.DuplicateOf, err = t.caseNamed(cmd.Body.DuplicateOf, by); err != nil {
		return Done{}, err
	}
	after, decision, err := care.Apply(before, cmd, by, t.moment(cmd))
	if err != nil {
		if conflict, ok := errors.AsType[*care.ConflictError](err); ok {
			conflict.Allowed = care.Allowed(before, by, t.w.d.now())
		}
		return Done{}, err
	}
	if decision.Event == nil {
		return t.done(after, decision, by), nil
	}
	if err := t.saveCase(id, before, after); err != nil {
		return Done{}, err
	}
	done, err := t.finish(id, after, decision, actorRow, by)
	if err != nil {
		return done, err
	}
	if err := t.saveLease(id, before.Lease, after, by.Person()); err != nil {
		return done, err
	}
	if err := t.answerForCase(id, before, cmd, actorRow, by); err != nil || !decision.Patient {
		return done, err
	}
	return done, t.tellOtherCases(id, after.Patient, actorRow, by)
}

// caseNamed is the id of a case people name by its number, 12-3456-7, or by its id. One
// that is not theirs to see is not there.
func (t *tx) caseNamed(name string, by care.User) (string, error) {
	if name = strings.TrimSpace(name); name == "" {
		return "", nil
	}
	where, args := scope(by)
	var uid string
	err := t.row(t.ctx, `SELECT c.uid FROM cases c WHERE (c.uid = ? OR c.number = ?)`+where, append([]any{name, name}, args...)...).Scan(&uid)
	if errors.Is(err, sql.ErrNoRows) {
		return "", fieldError("duplicateOf", care.Invalid, "no case of yours has this number")
	}
	return uid, err
}

// saveCase writes what became of a case. A column that is named is written into every
// index it stands in, also unchanged, so the places in the lists are named only if one moved.
func (t *tx) saveCase(id int64, before, after care.Case) error {
	row := after.Row()
	doc, list, err := encode(after, row)
	if err != nil {
		return err
	}
	t.remembered().keep(after, doc)
	rest := []any{carriers(row), after.Seq, doc, list, id}
	if placeOf(before, before.Waiting()) == placeOf(after, row.Waiting) {
		return t.exec(`UPDATE cases SET carriers = ?, seq = ?, doc = ?, list_row = ? WHERE id = ?`, rest...)
	}
	return t.exec(`UPDATE cases SET status = ?, open = ?, active = ?, urgency = ?, status_since = ?, waits_chw = ?, waits_asha = ?, waits_clinician = ?, carriers = ?, seq = ?, doc = ?, list_row = ? WHERE id = ?`,
		append(placeOf(after, row.Waiting).columns(), rest...)...)
}

// finish writes what came with the decision and its event, and reads the answer back.
func (t *tx) finish(id int64, c care.Case, decision care.Decision, actorRow int64, by care.User) (Done, error) {
	if set := decision.Vitals; set != nil {
		doc, err := json.Marshal(set)
		if err != nil {
			return Done{}, err
		}
		if err := t.exec(`INSERT INTO vitals (uid, case_id, seq, at, user_id, doc) VALUES (?, ?, ?, ?, ?, ?)`, set.ID, id, set.Seq, int64(set.At), actorRow, string(doc)); err != nil {
			return Done{}, err
		}
	}
	if comment := decision.Comment; comment != nil {
		doc, err := json.Marshal(comment)
		if err != nil {
			return Done{}, err
		}
		if err := t.exec(`INSERT INTO comments (uid, case_id, seq, at, user_id, doc) VALUES (?, ?, ?, ?, ?, ?)`, comment.ID, id, comment.Seq, int64(comment.At), actorRow, string(doc)); err != nil {
			return Done{}, err
		}
		if err := t.exec(`UPDATE cases SET comments = comments + 1 WHERE id = ?`, id); err != nil {
			return Done{}, err
		}
		if err := t.exec(`INSERT INTO seen (user_id, case_id, seq, comments) VALUES (?, ?, 0, 1) ON CONFLICT DO UPDATE SET comments = comments + 1`, actorRow, id); err != nil {
			return Done{}, err
		}
	}
	if err := t.append(*decision.Event, id, actorRow); err != nil {
		return Done{}, err
	}
	done := t.done(c, decision, by)
	if decision.Rings {
		return done, t.ringFor(id, c, actorRow, by)
	}
	return done, nil
}

func (t *tx) done(c care.Case, decision care.Decision, by care.User) Done {
	view := c.ViewFor(by, t.w.d.now())
	done := Done{Outcome: decision.Outcome, Case: &view, Comment: decision.Comment}
	if decision.Event != nil {
		done.Seq = c.Seq
	}
	return done
}

// tellOtherCases carries a changed patient into her other cases, each with its own event.
func (t *tx) tellOtherCases(id int64, patient care.Patient, actorRow int64, by care.User) error {
	doc, err := json.Marshal(patient)
	if err != nil {
		return err
	}
	if err := t.exec(`UPDATE patients SET doc = ? WHERE uid = ?`, string(doc), patient.ID); err != nil {
		return err
	}
	rows, err := t.query(t.ctx, `SELECT id, doc FROM cases WHERE patient_id = (SELECT patient_id FROM cases WHERE id = ?)`, id)
	if err != nil {
		return err
	}
	defer rows.Close()
	cases := map[int64]care.Case{}
	var order []int64
	for rows.Next() {
		var row int64
		var doc []byte
		if err := rows.Scan(&row, &doc); err != nil {
			return err
		}
		var c care.Case
		if err := json.Unmarshal(doc, &c); err != nil {
			return err
		}
		c.Patient = patient
		cases[row], order = c, append(order, row)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, row := range order {
		c := cases[row]
		if row != id {
			var decision care.Decision
			c, decision = care.Told(c, patient, by, t.moment(care.Command{}))
			if err := t.saveCase(row, cases[row], c); err != nil {
				return err
			}
			if err := t.append(*decision.Event, row, actorRow); err != nil {
				return err
			}
			if decision.Rings {
				if err := t.ringFor(row, c, actorRow, by); err != nil {
					return err
				}
			}
		}
		if err := t.exec(`UPDATE case_names SET names = ? WHERE rowid = ?`, searchText(c), row); err != nil {
			return err
		}
	}
	return nil
}

// place is where a case stands in the lists: the columns from status to waits_clinician,
// each part of an index.
type place struct {
	status       string
	open, active bool
	urgency      int
	since        int64

	waitsCHW, waitsASHA, waitsClinician bool
}

func placeOf(c care.Case, waiting []care.Role) place {
	waits := func(r care.Role) bool { return slices.Contains(waiting, r) }
	return place{string(c.Status), c.Status.Open(), c.Status.Open() || len(waiting) > 0, c.Urgency.Rank(), int64(c.StatusSince),
		waits(care.CHW), waits(care.ASHA), waits(care.Clinician)}
}

func (p place) columns() []any {
	return []any{p.status, p.open, p.active, p.urgency, p.since, p.waitsCHW, p.waitsASHA, p.waitsClinician}
}

func carriers(row care.Row) string { return " " + strings.Join(row.Carriers, " ") + " " }

// encode writes a case and its row as they are stored.
func encode(c care.Case, row care.Row) (doc, list string, err error) {
	d, err := json.Marshal(c)
	if err != nil {
		return "", "", err
	}
	l, err := json.Marshal(row)
	return string(d), string(l), err
}

// searchText is what a case is found by.
func searchText(c care.Case) string {
	p := c.Patient
	keys := care.NameKeys(strings.Join([]string{p.Name, p.LatinName, p.GuardianName, p.Village}, " "))
	return strings.Join(append(keys, strings.ReplaceAll(c.Number, "-", ""), strings.ReplaceAll(p.Number, "-", "")), " ")
}

// ForgetOldAnswers drops stored answers older than keepAnswers, the oldest two days' worth
// at a time: somebody may have set the clock years ahead, and has some days to notice.
func (d *DB) ForgetOldAnswers(ctx context.Context) error {
	before := d.now().Add(-keepAnswers).UnixMilli()
	err := d.submit(ctx, func(t *tx) error {
		return t.exec(`DELETE FROM answers WHERE at < MIN(?, (SELECT MIN(at) FROM answers) + ?)`, before, forgetAnswers.Milliseconds())
	})
	if err != nil {
		return fmt.Errorf("forget old answers: %w", err)
	}
	return nil
}
