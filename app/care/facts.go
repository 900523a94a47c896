package care

import (
	"slices"
	"strings"
	"time"
)

// addVitals adds a set of readings. Facts always merge, also into a closed case, which
// then asks for a second look.
func (c *Case) addVitals(cmd Command, by User, m Moment) (Decision, error) {
	if cmd.Vitals == nil {
		return Decision{}, invalid("vitals", Required, "at least one reading, or the signs that were asked for")
	}
	urgency := c.Urgency
	set, err := c.take(*cmd.Vitals, cmd.ID, by.Person(), m)
	if err != nil {
		return Decision{}, err
	}
	if set == nil {
		return Decision{}, invalid("vitals", Required, "at least one reading, or the signs that were asked for")
	}
	changed := []string{"vitals"}
	if c.Urgency != urgency {
		changed = append(changed, "urgency")
	}
	c.look(by)
	c.lookIfWorse(urgency, by)
	return Decision{Outcome: Applied, Vitals: set, Event: c.changed(changed, by, m)}, nil
}

func (c *Case) addComment(cmd Command, by User, m Moment) (Decision, error) {
	if strings.TrimSpace(cmd.Comment) == "" {
		return Decision{}, invalid("text", Required, "write something")
	}
	c.Comments++
	c.look(by)
	comment := &Comment{ID: cmd.ID, Seq: m.Seq, At: At(m.Now), MadeAt: m.Made, By: by.Person(), Text: cmd.Comment}
	return Decision{Outcome: Applied, Comment: comment, Event: &Event{
		Type: CommentAdded, CaseID: c.ID, By: by.Person(), At: At(m.Now), Audience: c.Audience(),
		Data: CommentData{CaseID: c.ID, ID: comment.ID, Author: comment.By, Text: comment.Text, Timestamp: comment.At, MadeAt: m.Made, Row: c.Row()},
	}}, nil
}

func (c *Case) updatePatient(cmd Command, by User, m Moment) (Decision, error) {
	after, changed, conflicts, err := c.Patient.amend(cmd.Patient, by.Person(), m)
	if err != nil {
		return Decision{}, err
	}
	if len(changed)+len(conflicts) == 0 {
		return Decision{Outcome: Already}, nil
	}
	if len(changed) == 0 && !cmd.Offline {
		moved := c.MovedBy
		return Decision{}, &ConflictError{Current: c.Status, By: &moved, Outcome: Superseded, Why: "somebody corrected this since you looked"}
	}
	urgency := c.Urgency
	c.SetPatient(after, m)
	c.lookIfWorse(urgency, by)
	e := c.changed([]string{"patient"}, by, m)
	data := e.Data.(ChangedData)
	data.Conflicts = conflicts
	e.Data = data
	return Decision{Outcome: Applied, Patient: true, Event: e}, nil
}

// Told is the event for another case of a patient whose record changed.
func Told(before Case, patient Patient, by User, m Moment) (Case, Decision) {
	c := before.copy()
	c.Seq, c.UpdatedAt = m.Seq, At(m.Now)
	c.SetPatient(patient, m)
	c.lookIfWorse(before.Urgency, by)
	return c, Decision{Outcome: Applied, Rings: rings(before, c, by, ""), Event: c.changed([]string{"patient"}, by, m)}
}

// SetPatient puts a changed patient into the case; age and pregnancy decide which rules
// apply, so the urgency is looked at again. A rule that did not apply to her before rests
// on old readings but is news: it also raises what a clinician had lowered.
func (c *Case) SetPatient(p Patient, m Moment) {
	was := c.Triage
	c.Patient, c.FactSeq = p, m.Seq
	c.retriage(m.Now)
	for _, f := range c.Triage.Fired {
		if !was.has(f.Rule) && f.Urgency.Above(c.Urgency) {
			c.Urgency = f.Urgency
		}
	}
}

// look: a fact after the end asks for a second look, until a clinician says something.
func (c *Case) look(by User) {
	if !c.Status.Open() && c.Status != Rejected {
		c.Relook = by.Role != Clinician
	} else if by.Role == Clinician {
		c.Relook = false
	}
}

// lookIfWorse: a case that was sent back or has ended and is now RED or urgent, and was
// not before, goes in front of a clinician; its author alone is not enough.
func (c *Case) lookIfWorse(before Urgency, by User) {
	if !c.Status.Open() && c.Urgency.Above(before) && c.Urgency.pressing() && by.Role != Clinician {
		c.Relook = true
	}
}

func (c *Case) changed(what []string, by User, m Moment) *Event {
	return &Event{
		Type: CaseChanged, CaseID: c.ID, By: by.Person(), At: At(m.Now), Audience: c.Audience(),
		Data: ChangedData{CaseID: c.ID, Changed: what, Timestamp: At(m.Now), MadeAt: m.Made, UpdatedBy: by.ID, Row: c.Row()},
	}
}

// take adds readings and signs to the case and looks at its urgency again; nil if there
// was nothing to add. Signs that were ever found stay found.
func (c *Case) take(taken TakenVitals, id string, by Person, m Moment) (*VitalsSet, error) {
	for _, field := range taken.Confirmed {
		if _, known := measures[Vital(field)]; !known {
			return nil, invalid("confirmed", Invalid, "names of vitals")
		}
	}
	if len(taken.Signs) > len(Rules.Signs) || len(taken.Confirmed) > len(measures) {
		return nil, invalid("signs", TooLong, "more than there are")
	}
	for _, s := range taken.Signs {
		if !Rules.HasSign(s) {
			return nil, invalid("signs", Invalid, "there is a sign the rule pack does not know")
		}
	}
	if err := Rules.Check(taken.Vitals, c.Patient.BandsAt(m.Now), taken.Confirmed); err != nil {
		return nil, err
	}
	if c.Newest == nil {
		c.Newest = map[Vital]Latest{}
	}
	if c.SignSeq == nil { // an empty map is not stored, so either may be missing alone
		c.SignSeq = map[string]int64{}
	}
	for v, r := range taken.Vitals {
		if had, ok := c.Newest[v]; ok && r.State == NotDone && had.Reading.State != NotDone {
			had.NotDone = true
			c.Newest[v] = had
			continue
		}
		c.Newest[v] = Latest{Reading: r, Seq: m.Seq, At: At(m.Now)}
	}
	if taken.Signs != nil && c.Signs == nil {
		c.Signs = []string{}
	}
	for _, s := range taken.Signs {
		if !slices.Contains(c.Signs, s) {
			c.Signs = append(c.Signs, s)
			slices.Sort(c.Signs)
		}
		c.SignSeq[s] = m.Seq // told again after a clinician lowered the urgency, it counts again
	}
	if len(taken.Vitals) == 0 && taken.Signs == nil {
		c.retriage(m.Now)
		return nil, nil
	}
	c.FactSeq = m.Seq
	c.VitalsSets++
	c.retriage(m.Now)
	return &VitalsSet{ID: id, Seq: m.Seq, At: At(m.Now), MadeAt: m.Made, By: by, Vitals: taken.Vitals, Signs: taken.Signs, Confirmed: taken.Confirmed}, nil
}

// retriage lets new findings raise the urgency. YELLOW and above only rise; INCOMPLETE
// and GREEN follow what is known. What a clinician has lowered stays lowered until a
// rule fires on something that came after.
func (c *Case) retriage(now time.Time) {
	c.Triage = Rules.Evaluate(*c, now)
	calm := Green
	if c.Triage.incomplete() {
		calm = Incomplete
	}
	found := calm
	for _, f := range c.Triage.Fired {
		if f.Seq > c.LoweredSeq && f.Urgency.Above(found) {
			found = f.Urgency
		}
	}
	if c.Urgency.Rank() >= Incomplete.Rank() || found.Above(c.Urgency) {
		c.Urgency = found
	}
}

// lower is a clinician's judgement that overrides every finding so far. GREEN is only
// ever reached with nothing missing.
func (c *Case) lower(to Urgency, m Moment) {
	c.Urgency, c.LoweredSeq = to, m.Seq
	if to == Green && c.Triage.incomplete() {
		c.Urgency = Incomplete
	}
}

func anyMeasured(vs Vitals) bool {
	for _, r := range vs {
		if r.State != NotDone {
			return true
		}
	}
	return false
}
