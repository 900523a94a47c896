// Package care is the clinic's own rule book: its words (case, patient, step, status,
// urgency), who may do what, how urgent a patient is, and what becomes of a command,
// also of one that an offline tablet brings late. It knows no database, no network and
// no clock: what it needs to know comes in, what it decides goes out.
//
// Read steps.go first: it is the table of everything that can happen to a case.
package care

import (
	"math"
	"strings"
)

// Decision is what became of a command on one case.
type Decision struct {
	Outcome Outcome
	Event   *Event // what others hear; nil if nothing changed (already)
	Vitals  *VitalsSet
	Comment *Comment
	Patient bool // the patient herself changed, so her other cases must be told
	Rings   bool // a RED patient waits for a clinician, and did not before
}

// Create opens a case. id is the case's, patient the one she is already known as (nil
// if cmd brings her for the first time), numbers the clinic numbers the box has given
// to the case.
func Create(cmd Command, known *Patient, patientID, number string, by User, m Moment) (Case, Decision, error) {
	n := cmd.New
	if !May(by.Role, CreateCase) {
		return Case{}, Decision{}, ErrForbidden
	}
	if n == nil {
		return Case{}, Decision{}, invalid("patient", Required, "a patient is needed")
	}
	if err := cmd.CheckTexts(); err != nil {
		return Case{}, Decision{}, err
	}
	var patient Patient
	switch {
	case known != nil:
		patient = *known
	case n.Patient == nil:
		return Case{}, Decision{}, invalid("patient", Required, "a patient is needed, or the patientId of one already known")
	default:
		var err error
		if patient, err = n.Patient.admit(patientID, by.Person(), m); err != nil {
			return Case{}, Decision{}, err
		}
	}
	if strings.TrimSpace(n.Complaint) == "" && !anyMeasured(n.Vitals) {
		return Case{}, Decision{}, invalid("complaint", Required, "a complaint, or at least one reading")
	}
	now := At(m.Now)
	c := Case{
		ID: cmd.CaseID, Number: number, Status: Pending, Urgency: Green, Patient: patient, Complaint: n.Complaint,
		CreatedBy: by.Person(), MovedBy: by.Person(), CoReviewers: []Person{}, Prescriptions: []Prescription{},
		Seq: m.Seq, StatusSeq: m.Seq, StatusSince: now, CreatedAt: now, UpdatedAt: now,
	}
	set, err := c.take(TakenVitals{n.Vitals, n.Signs, n.Confirmed}, cmd.ID, by.Person(), m)
	if err != nil {
		return Case{}, Decision{}, err
	}
	return c, Decision{Outcome: Applied, Vitals: set, Rings: rings(Case{}, c, by, ""), Event: &Event{
		Type: NewCaseOpened, CaseID: c.ID, By: by.Person(), At: now, Audience: c.Audience(),
		Data: NewCaseData{ID: c.ID, Timestamp: now, MadeAt: m.Made, Row: c.Row()},
	}}, nil
}

// Apply decides what becomes of a command on a case the person is known to see. With
// an error the returned case is the one that came in, untouched.
func Apply(before Case, cmd Command, by User, m Moment) (Case, Decision, error) {
	if err := cmd.CheckTexts(); err != nil {
		return before, Decision{}, err
	}
	c := before.copy()
	c.Seq, c.UpdatedAt = m.Seq, At(m.Now)
	var d Decision
	var err error
	if cmd.Kind == ToStatusKind {
		cmd.Kind = StepKind(StepToStatus(cmd.To, before.Status, by.Role))
	}
	switch step := cmd.Kind.Step(); {
	case step != "":
		d, err = c.step(step, before, cmd, by, m)
	case !May(by.Role, verbOf[cmd.Kind]):
		err = ErrForbidden
	case cmd.Kind == AddVitalsKind:
		d, err = c.addVitals(cmd, by, m)
	case cmd.Kind == AddCommentKind:
		d, err = c.addComment(cmd, by, m)
	case cmd.Kind == UpdatePatientKind:
		d, err = c.updatePatient(cmd, by, m)
	default:
		err = invalid("kind", Invalid, "not a command for a case")
	}
	if err != nil || d.Event == nil {
		return before, d, err
	}
	step := cmd.Kind.Step()
	if d.Outcome != Applied && d.Outcome != Rebased {
		step = ""
	}
	d.Rings = rings(before, c, by, step)
	c.Lease = c.Lease.renewed(by.Person(), m.Now)
	return c, d, nil
}

var verbOf = map[Kind]Verb{AddVitalsKind: AddVitals, AddCommentKind: AddComment, UpdatePatientKind: UpdatePatient}

// step judges a step against the case as it stands now, and against how its author saw
// it. Source: clinical page §4.6, rules 2 to 6.
func (c *Case) step(step Step, before Case, cmd Command, by User, m Moment) (Decision, error) {
	r := stepRule(step)
	if r == nil {
		return Decision{}, invalid("action", Invalid, "there is no such step")
	}
	if r.Who[by.Role] == nil {
		return Decision{}, ErrForbidden
	}
	if step == LowerUrgency && cmd.Offline {
		return Decision{}, ErrForbidden // only while looking at the newest facts
	}
	who := by.Person()
	if !cmd.Offline && step != EmergencyReferral {
		if err := before.Lease.admits(who, cmd.Fence, m.Now); err != nil {
			return Decision{}, err
		}
	}
	stale := cmd.BaseSeq > 0 && cmd.BaseSeq < before.Seq
	asked := before // the case the step is judged on
	reopened := false
	outcome := Applied

	if stale {
		outcome = Rebased
	}
	if stale || cmd.Offline {
		since := before.highestSince(cmd.BaseSeq)
		switch {
		case step == EmergencyReferral: // a fact: it merges wherever the case stands
			if !before.Status.Open() {
				c.Relook = true
			}
			asked.Status = Pending
		case stale && before.sameEffect(step, r, cmd, who):
			return Decision{Outcome: Already}, nil
		case r.Settles && cmd.BaseSeq < before.FactSeq:
			return c.unapplied(before, cmd, who, Held, "new facts came in since you looked: look again", m)
		case !stale:
		case r.Order > 0 && r.Order < since:
			return c.unapplied(before, cmd, who, Superseded, "a weightier step was taken since you looked", m)
		case !before.Status.Open() && r.Order > before.endedSince(cmd.BaseSeq):
			// The higher step reopens what a lower one ended.
			asked.Status, c.Status, reopened = UnderReview, UnderReview, true
			c.Outcome, c.DuplicateOf = "", ""
			if by.Role == Clinician { // beside whoever had it: two clinicians' work is both kept
				asked.Clinician = nil
			}
		case step == Accept && before.Status == UnderReview && before.Clinician != nil && since > 0:
			asked.Clinician = nil // both accepted: the second becomes co-reviewer
		}
	}
	if why := r.may(asked, who, m.Now); why != "" {
		return c.unapplied(before, cmd, who, Superseded, why, m)
	}
	if r.Says != nil {
		if err := r.Says(*c, cmd.Body, who); err != nil {
			return Decision{}, err
		}
	}
	if err := cmd.Body.check(c.ID); err != nil {
		return Decision{}, err
	}
	c.Diagnosis = orElse(cmd.Body.Diagnosis, c.Diagnosis)
	c.FollowUpDate = orElse(cmd.Body.FollowUpDate, c.FollowUpDate)
	c.Notes = orElse(cmd.Body.Notes, c.Notes)
	if r.Does != nil {
		r.Does(c, cmd.Body, who, m)
	}
	if r.To != "" {
		c.Status, c.StatusSeq, c.StatusSince, c.MovedBy = r.To, m.Seq, At(m.Now), who
		c.Marks = append(c.Marks, StepMark{step, m.Seq})
		if extra := len(c.Marks) - keptMarks; extra > 0 {
			c.Marks = c.Marks[extra:]
		}
	}
	if r.Locks && !cmd.Offline {
		c.Lease = c.Lease.give(who, cmd.Session, m.Now)
	}
	if by.Role == Clinician {
		c.Relook = false
	}
	body := cmd.Body
	d := Decision{Outcome: outcome, Event: &Event{Type: CaseStatusUpdate, CaseID: c.ID, Step: step, By: who, At: At(m.Now), Audience: c.Audience()}}
	if r.To == "" { // the seed's caseStatusUpdate is for a status that moved
		d.Event.Type = CaseChanged
		d.Event.Data = ChangedData{CaseID: c.ID, Changed: changedBy[step], Timestamp: At(m.Now), MadeAt: m.Made, UpdatedBy: who.ID, Details: &body, Row: c.Row()}
		return d, nil
	}
	d.Event.Data = StatusData{CaseID: c.ID, Status: c.Status, UpdatedBy: who.ID, Timestamp: At(m.Now), MadeAt: m.Made,
		Step: step, UpdatedByName: who.Name, Reopened: reopened, Details: &body, Row: c.Row()}
	return d, nil
}

var changedBy = map[Step][]string{
	EmergencyReferral: {"urgency", "referral"}, LowerUrgency: {"urgency"}, ReferralUpdate: {"referral"},
}

// keptMarks is how many past steps a case remembers for judging stale commands.
const keptMarks = 16

// highestSince is the highest order among the steps taken after seq.
func (c Case) highestSince(seq int64) int {
	highest := 0
	for _, mark := range c.Marks {
		if r := stepRule(mark.Step); mark.Seq > seq && r != nil {
			highest = max(highest, r.Order)
		}
	}
	return highest
}

// endedSince is the order of the step that ended the case after seq; above every order
// if it had ended before, so that only what its author did not see is undone.
func (c Case) endedSince(seq int64) int {
	if len(c.Marks) > 0 {
		if last := c.Marks[len(c.Marks)-1]; last.Seq > seq {
			return stepRule(last.Step).Order
		}
	}
	return math.MaxInt
}

// sameEffect reports whether what a stale step wants is already so, in the same words:
// a plan or an outcome that says something else must not vanish. A prescription is never
// the same: two are kept, and flagged.
func (c Case) sameEffect(step Step, r *StepRule, cmd Command, by Person) bool {
	if step == Prescribe || step == Refer || r.To == "" || c.Status != r.To || len(c.Marks) == 0 {
		return false
	}
	last := c.Marks[len(c.Marks)-1]
	if last.Step != step || last.Seq <= cmd.BaseSeq {
		return false
	}
	switch step {
	case Accept:
		return deref(c.Clinician).ID == by.ID
	case StartReview:
		return deref(c.Reviewer).ID == by.ID
	}
	b := cmd.Body
	for _, said := range [][2]string{{b.Reason, c.Reason}, {b.Plan, c.Plan}, {b.Outcome, c.Outcome}, {b.DuplicateOf, c.DuplicateOf},
		{b.Diagnosis, c.Diagnosis}, {b.Notes, c.Notes}, {b.FollowUpDate, c.FollowUpDate}} {
		if said[0] != "" && said[0] != said[1] {
			return false
		}
	}
	return true
}

// unapplied is the end of a step that does not hold. Online its author is told and
// nothing is kept; from an offline tablet it is kept in the timeline for everyone.
func (c *Case) unapplied(before Case, cmd Command, by Person, outcome Outcome, why string, m Moment) (Decision, error) {
	if !cmd.Offline {
		moved := before.MovedBy
		return Decision{}, &ConflictError{Current: before.Status, By: &moved, Outcome: outcome, Why: why}
	}
	*c = before.copy()
	c.Seq, c.UpdatedAt = m.Seq, At(m.Now)
	body := cmd.Body
	e := &Event{Type: CaseChanged, CaseID: c.ID, Step: cmd.Kind.Step(), By: by, At: At(m.Now), Audience: c.Audience()}
	e.Data = ChangedData{CaseID: c.ID, Changed: []string{}, Timestamp: e.At, MadeAt: m.Made, UpdatedBy: by.ID, Outcome: outcome, Reason: why, Details: &body, Row: c.Row()}
	return Decision{Outcome: outcome, Event: e}, nil
}

func orElse(s, otherwise string) string {
	if s != "" {
		return s
	}
	return otherwise
}
