package care

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// TestRuleBook reads clinical page §4.5 row by row: for a GREEN case that a CHW opened
// and no clinician has touched, every step by every role from every status.
func TestRuleBook(t *testing.T) {
	t.Parallel()
	any6 := []Status{Pending, UnderReview, Forwarded, Approved, Rejected, Completed}
	rows := []struct {
		step Step
		to   Status // "" = stays
		from map[Role][]Status
	}{
		{StartReview, UnderReview, map[Role][]Status{ASHA: {Pending}, Clinician: {Pending}}},
		{Approve, Approved, map[Role][]Status{ASHA: {Pending, UnderReview}, Clinician: {Pending, UnderReview}}},
		{Reject, Rejected, map[Role][]Status{ASHA: {Pending, UnderReview}, Clinician: {Pending, UnderReview}}},
		{Resubmit, Pending, map[Role][]Status{CHW: {Rejected}}},
		{Forward, Forwarded, map[Role][]Status{ASHA: {Pending, UnderReview, Approved}}},
		{Accept, UnderReview, map[Role][]Status{Clinician: {UnderReview, Forwarded}}},
		{Prescribe, Approved, map[Role][]Status{Clinician: {UnderReview, Forwarded, Approved}}},
		{Refer, UnderReview, map[Role][]Status{Clinician: open}},
		{EmergencyReferral, "", map[Role][]Status{CHW: open, ASHA: open, Clinician: open}},
		{Complete, Completed, map[Role][]Status{ASHA: {UnderReview, Approved}, Clinician: {UnderReview, Approved}}},
		{Close, Closed, map[Role][]Status{ASHA: any6, Clinician: any6, Admin: any6}},
		{Reopen, UnderReview, map[Role][]Status{ASHA: {Completed, Closed, Rejected}, Clinician: {Completed, Closed, Rejected}}},
		{LowerUrgency, "", nil},   // GREEN: nothing to lower
		{ReferralUpdate, "", nil}, // no referral
	}
	if len(rows) != len(Steps) {
		t.Errorf("the page has %d rows, the rule book %d", len(rows), len(Steps))
	}
	base := opened(t, nil)
	for _, row := range rows {
		for _, role := range Roles {
			for _, from := range Statuses {
				c := base
				c.Status, c.Seq, c.StatusSeq = from, 9, 5
				after, _, err := Apply(c, stepCommand(row.step, bodyFor(row.step, c)), staff[role], moment(10))
				what := fmt.Sprintf("%s by %s from %s", row.step, role, from)
				if !slices.Contains(row.from[role], from) {
					if err == nil {
						t.Errorf("%s: passed, now %s", what, after.Status)
					}
					if _, invalid := errors.AsType[*InvalidError](err); invalid {
						t.Errorf("%s: refused for its words, not for where the case stands: %v", what, err)
					}
					if !reflect.DeepEqual(c, after) {
						t.Errorf("%s: refused, but the case changed", what)
					}
					continue
				}
				want := row.to
				if want == "" {
					want = from
				}
				if err != nil || after.Status != want {
					t.Errorf("%s: %s, %v, want %s", what, after.Status, err, want)
				}
			}
		}
	}
}

// TestConditions is the column of guards in §4.5.
func TestConditions(t *testing.T) {
	t.Parallel()
	urgency := func(u Urgency) func(*Case) { return func(c *Case) { c.Urgency = u } }
	taken := func(c *Case) { c.Clinician = ptr(drSen.Person()) }
	mine := func(c *Case) { c.Clinician = ptr(drRao.Person()) }
	referred := func(c *Case) { c.Referral = &Referral{Status: "ISSUED"} }
	forwarded := func(c *Case) { c.EverForwarded = true }
	tests := []struct {
		name string
		step Step
		by   User
		from Status
		set  []func(*Case)
		want Status // "" = refused
	}{
		{"asha approves YELLOW", Approve, kamla, Pending, []func(*Case){urgency(Yellow)}, Approved},
		{"asha may not approve YELLOW_URGENT", Approve, kamla, Pending, []func(*Case){urgency(YellowUrgent)}, ""},
		{"asha may not approve RED", Approve, kamla, Pending, []func(*Case){urgency(Red)}, ""},
		{"asha may not approve INCOMPLETE", Approve, kamla, Pending, []func(*Case){urgency(Incomplete)}, ""},
		{"asha may not approve a clinician's case", Approve, kamla, UnderReview, []func(*Case){taken}, ""},
		{"clinician approves RED", Approve, drRao, Pending, []func(*Case){urgency(Red)}, Approved},
		{"asha may not reject RED", Reject, kamla, Pending, []func(*Case){urgency(Red)}, ""},
		{"asha rejects YELLOW_URGENT", Reject, kamla, Pending, []func(*Case){urgency(YellowUrgent)}, Rejected},
		{"asha may not reject a clinician's case", Reject, kamla, UnderReview, []func(*Case){taken}, ""},
		{"another chw may not resubmit", Resubmit, rekha, Rejected, nil, ""},
		{"nothing changed since the rejection", Resubmit, sunita, Rejected, []func(*Case){func(c *Case) { c.StatusSeq = c.Seq }}, ""},
		{"chw forwards RED", Forward, sunita, Pending, []func(*Case){urgency(Red)}, Forwarded},
		{"chw forwards YELLOW_URGENT", Forward, sunita, Approved, []func(*Case){urgency(YellowUrgent)}, Forwarded},
		{"chw may not forward YELLOW", Forward, sunita, Pending, []func(*Case){urgency(Yellow)}, ""},
		{"asha may not forward a clinician's case", Forward, kamla, UnderReview, []func(*Case){taken}, ""},
		{"clinician takes a pending RED case", Accept, drRao, Pending, []func(*Case){urgency(Red)}, UnderReview},
		{"clinician takes a pending urgent case", Accept, drRao, Pending, []func(*Case){urgency(YellowUrgent)}, UnderReview},
		{"a pending YELLOW case is reviewed first", Accept, drRao, Pending, []func(*Case){urgency(Yellow)}, ""},
		{"the case is already hers", Accept, drRao, UnderReview, []func(*Case){mine}, ""},
		{"the case is another clinician's", Accept, drRao, UnderReview, []func(*Case){taken}, ""},
		{"prescribe for another clinician's case", Prescribe, drRao, UnderReview, []func(*Case){taken}, ""},
		{"prescribe for her own case", Prescribe, drRao, UnderReview, []func(*Case){mine}, Approved},
		{"prescribe as co-reviewer", Prescribe, drRao, UnderReview, []func(*Case){taken, func(c *Case) { c.CoReviewers = []Person{drRao.Person()} }}, Approved},
		{"prescribe, allergies not asked", Prescribe, drRao, UnderReview, []func(*Case){func(c *Case) { c.Patient.Allergies = []string{"not_asked"} }}, ""},
		{"refer completes a referral under way", Refer, drRao, UnderReview, []func(*Case){referred}, UnderReview},
		{"asha completes YELLOW", Complete, kamla, Approved, []func(*Case){urgency(Yellow)}, Completed},
		{"asha may not complete YELLOW_URGENT", Complete, kamla, Approved, []func(*Case){urgency(YellowUrgent)}, ""},
		{"asha may not complete INCOMPLETE", Complete, kamla, Approved, []func(*Case){urgency(Incomplete)}, ""},
		{"asha may not complete what was forwarded", Complete, kamla, Approved, []func(*Case){forwarded}, ""},
		{"asha may not complete a clinician's case", Complete, kamla, UnderReview, []func(*Case){taken}, ""},
		{"asha may not complete with a referral under way", Complete, kamla, Approved, []func(*Case){referred}, ""},
		{"clinician may not complete with a referral under way", Complete, drRao, Approved, []func(*Case){referred}, ""},
		{"clinician completes after the patient is back", Complete, drRao, Approved, []func(*Case){func(c *Case) { c.Referral = &Referral{Status: "BACK"} }}, Completed},
		{"asha may not close RED", Close, kamla, Pending, []func(*Case){urgency(Red)}, ""},
		{"asha may not close INCOMPLETE", Close, kamla, Pending, []func(*Case){urgency(Incomplete)}, ""},
		{"asha may not close what was forwarded", Close, kamla, Pending, []func(*Case){forwarded}, ""},
		{"asha may not close a clinician's case", Close, kamla, UnderReview, []func(*Case){taken}, ""},
		{"admin may not close RED", Close, office, Pending, []func(*Case){urgency(Red)}, ""},
		{"clinician closes RED", Close, drRao, Pending, []func(*Case){urgency(Red)}, Closed},
		{"asha reopens on day 30", Reopen, kamla, Closed, []func(*Case){func(c *Case) { c.StatusSince = At(moment(10).Now.AddDate(0, 0, -30)) }}, UnderReview},
		{"asha may not reopen on day 31", Reopen, kamla, Closed, []func(*Case){func(c *Case) { c.StatusSince = At(moment(10).Now.AddDate(0, 0, -31)) }}, ""},
		{"clinician reopens after a year", Reopen, drRao, Closed, []func(*Case){func(c *Case) { c.StatusSince = At(moment(10).Now.AddDate(-1, 0, 0)) }}, UnderReview},
		{"clinician lowers RED", LowerUrgency, drRao, Pending, []func(*Case){urgency(Red)}, Pending},
		{"asha may not lower", LowerUrgency, kamla, Pending, []func(*Case){urgency(Red)}, ""},
		{"chw reports the referral", ReferralUpdate, sunita, UnderReview, []func(*Case){referred}, UnderReview},
		{"no news of an ended referral", ReferralUpdate, sunita, UnderReview, []func(*Case){func(c *Case) { c.Referral = &Referral{Status: "BACK"} }}, ""},
	}
	base := opened(t, nil)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := base.copy()
			c.Status, c.Seq, c.StatusSeq = tt.from, 9, 5
			for _, set := range tt.set {
				set(&c)
			}
			after, _, err := Apply(c, stepCommand(tt.step, bodyFor(tt.step, c)), tt.by, moment(10))
			switch {
			case tt.want == "" && err == nil:
				t.Errorf("passed, now %s", after.Status)
			case tt.want == "" && !reflect.DeepEqual(c, after):
				t.Error("refused, but the case changed")
			case tt.want != "" && (err != nil || after.Status != tt.want):
				t.Errorf("%s, %v, want %s", after.Status, err, tt.want)
			}
		})
	}
}

// TestWhatMustBeSaid: a step without its words is refused and names the field.
func TestWhatMustBeSaid(t *testing.T) {
	t.Parallel()
	line := bodyFor(Prescribe, Case{}).Prescription[0]
	with := func(change func(*Prescription)) Body {
		p := line
		change(&p)
		return Body{Prescription: []Prescription{p}}
	}
	tests := []struct {
		name string
		step Step
		by   User
		from Status
		body Body
		want string // field and code; "" = passes
	}{
		{"approve without a plan", Approve, kamla, Pending, Body{}, "plan required"},
		{"approve with blanks for a plan", Approve, kamla, Pending, Body{Plan: "  "}, "plan required"},
		{"reject without a reason", Reject, kamla, Pending, Body{}, "reason required"},
		{"reject for no known reason", Reject, kamla, Pending, Body{Reason: "because"}, "reason invalid"},
		{"forward without a reason", Forward, kamla, Pending, Body{}, "reason required"},
		{"complete without an outcome", Complete, kamla, Approved, Body{}, "outcome required"},
		{"complete with a made-up outcome", Complete, kamla, Approved, Body{Outcome: "fine"}, "outcome invalid"},
		{"close without a reason", Close, drRao, Pending, Body{}, "reason required"},
		{"close for no known reason", Close, drRao, Pending, Body{Reason: "tired"}, "reason invalid"},
		{"close as a duplicate of nothing", Close, drRao, Pending, Body{Reason: "duplicate_of"}, "duplicateOf required"},
		{"close as a duplicate of itself", Close, drRao, Pending, Body{Reason: "duplicate_of", DuplicateOf: thisCase}, "duplicateOf invalid"},
		{"close as a duplicate of words", Close, drRao, Pending, Body{Reason: "duplicate_of", DuplicateOf: "the other one"}, "duplicateOf invalid"},
		{"close as a duplicate", Close, drRao, Pending, Body{Reason: "duplicate_of", DuplicateOf: otherCase}, ""},
		{"admin closes a duplicate", Close, office, Pending, Body{Reason: "duplicate_of", DuplicateOf: otherCase}, ""},
		{"admin closes an error", Close, office, Pending, Body{Reason: "error"}, ""},
		{"admin may not close as resolved", Close, office, Pending, Body{Reason: "resolved"}, "reason invalid"},
		{"admin may not close as died", Close, office, Pending, Body{Reason: "died"}, "reason invalid"},
		{"reopen without a reason", Reopen, drRao, Closed, Body{}, "reason required"},
		{"follow-up on a day that is none", Accept, drRao, Forwarded, Body{FollowUpDate: "2026-02-30"}, "followUpDate invalid"},
		{"follow-up in other words", Accept, drRao, Forwarded, Body{FollowUpDate: "next week"}, "followUpDate invalid"},
		{"follow-up", Accept, drRao, Forwarded, Body{FollowUpDate: "2026-06-20"}, ""},
		{"refer without a referral", Refer, drRao, Pending, Body{}, "referral.reason required"},
		{"refer nowhere", Refer, drRao, Pending, Body{Referral: &Referral{Reason: "r", Level: "CHC"}}, "referral.destination required"},
		{"refer to an unknown level", Refer, drRao, Pending, Body{Referral: &Referral{Reason: "r", Destination: "x", Level: "ZZ"}}, "referral.level required"},
		{"refer by an unknown transport", Refer, drRao, Pending, Body{Referral: &Referral{Reason: "r", Destination: "x", Level: "CHC", Transport: "camel"}}, "referral.transport invalid"},
		{"refer, writing its own status", Refer, drRao, Pending, Body{Referral: &Referral{Reason: "r", Destination: "x", Level: "CHC", Status: "BACK"}}, "referral.by unknown_field"},
		{"emergency without a reason", EmergencyReferral, sunita, Pending, Body{Referral: &Referral{}}, "referral.reason required"},
		{"emergency, level not known yet", EmergencyReferral, sunita, Pending, Body{Referral: &Referral{Reason: "fits"}}, ""},
		{"emergency to an unknown level", EmergencyReferral, sunita, Pending, Body{Referral: &Referral{Reason: "fits", Level: "moon"}}, "referral.level invalid"},
		{"prescribe nothing", Prescribe, drRao, UnderReview, Body{}, "prescription required"},
		{"prescribe 21 lines", Prescribe, drRao, UnderReview, Body{Prescription: slices.Repeat([]Prescription{line}, 21)}, "prescription too_long"},
		{"no generic name", Prescribe, drRao, UnderReview, with(func(p *Prescription) { p.Generic = " " }), "prescription[0].generic required"},
		{"no route", Prescribe, drRao, UnderReview, with(func(p *Prescription) { p.Route = "" }), "prescription[0].route required"},
		{"no form", Prescribe, drRao, UnderReview, with(func(p *Prescription) { p.Form = "" }), "prescription[0].form required"},
		{"no unit", Prescribe, drRao, UnderReview, with(func(p *Prescription) { p.Dose.Unit = "" }), "prescription[0].dose.unit required"},
		{"no dose", Prescribe, drRao, UnderReview, with(func(p *Prescription) { p.Dose.Value = 0 }), "prescription[0].dose.value required"},
		{"a dose beyond sense", Prescribe, drRao, UnderReview, with(func(p *Prescription) { p.Dose.Value = 1e9 }), "prescription[0].dose.value invalid"},
		{"less than nothing to give out", Prescribe, drRao, UnderReview, with(func(p *Prescription) { p.Quantity = -1 }), "prescription[0].quantity invalid"},
		{"unknown frequency", Prescribe, drRao, UnderReview, with(func(p *Prescription) { p.Frequency = "Q5H" }), "prescription[0].frequency invalid"},
		{"for no days", Prescribe, drRao, UnderReview, with(func(p *Prescription) { p.DurationDays = 0 }), "prescription[0].durationDays required"},
		{"once, now", Prescribe, drRao, UnderReview, with(func(p *Prescription) { p.DurationDays, p.Frequency = 0, "STAT" }), ""},
		{"for two years", Prescribe, drRao, UnderReview, with(func(p *Prescription) { p.DurationDays = 730 }), "prescription[0].durationDays invalid"},
		{"writing its own status", Prescribe, drRao, UnderReview, with(func(p *Prescription) { p.Status = "dispensed" }), "prescription[0].by unknown_field"},
	}
	base := opened(t, nil)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := base.copy()
			c.Status, c.Seq, c.StatusSeq = tt.from, 9, 5
			after, _, err := Apply(c, stepCommand(tt.step, tt.body), tt.by, moment(10))
			if tt.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if !slices.Contains(fields(err), tt.want) {
				t.Errorf("complains of %v (%v), want %s", fields(err), err, tt.want)
			}
			refused[*InvalidError](t, c, after, err)
		})
	}
}

// TestWeighTheChildFirst: no medicine for a child under 12 without a weight, and a scale
// that was not used weighed nobody.
func TestWeighTheChildFirst(t *testing.T) {
	t.Parallel()
	weight := func(n *NewCase, age Age, r Reading) {
		n.Patient.Age, n.Vitals = &age, Vitals{WeightKg: r}
		if r.State == NotLooked {
			n.Vitals = nil
		}
	}
	tests := []struct {
		name string
		age  Age
		r    Reading
		ok   bool
	}{
		{"11 years, weighed", Age{11, "years"}, ReadingOf(WeightKg, 30), true},
		{"11 years, not weighed", Age{11, "years"}, Reading{}, false},
		{"11 years, scale broken", Age{11, "years"}, Reading{State: NotDone, Reason: "scale broken"}, false},
		{"12 years, not weighed", Age{12, "years"}, Reading{}, true},
	}
	for _, tt := range tests {
		c := opened(t, func(n *NewCase) { weight(n, tt.age, tt.r) })
		c.Status = Forwarded
		_, _, err := Apply(c, stepCommand(Prescribe, bodyFor(Prescribe, c)), drRao, moment(2))
		if (err == nil) != tt.ok {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	c := opened(t, func(n *NewCase) { n.Patient.Age = nil; n.Vitals = nil })
	c.Status = Forwarded
	_, _, err := Apply(c, stepCommand(Prescribe, bodyFor(Prescribe, c)), drRao, moment(2))
	if !slices.Contains(fields(err), "vitals.weightKg required") {
		t.Errorf("age unknown, may be a child: %v", err)
	}
}

func TestPrescriptionFlags(t *testing.T) {
	t.Parallel()
	c := opened(t, func(n *NewCase) { n.Patient.Allergies = []string{"Penicillin"} })
	c.Status = Forwarded
	b := bodyFor(Prescribe, c)
	allergic, anyway := b.Prescription[0], b.Prescription[0]
	allergic.Generic, anyway.Generic, anyway.Override = " penicillin", "PENICILLIN", "tolerated last year"
	b.Prescription = append(b.Prescription, b.Prescription[0], allergic, anyway)
	c = must(t, c, stepCommand(Prescribe, b), drRao)
	want := [][]string{nil, {"DUPLICATE_THERAPY"}, {"ALLERGY"}, {"DUPLICATE_THERAPY"}}
	for i, p := range c.Prescriptions {
		if !slices.Equal(p.Flags, want[i]) || p.Status != "active" || p.WeightKg != 52 || p.By.ID != drRao.ID {
			t.Errorf("line %d: %+v, want flags %v", i, p, want[i])
		}
	}
	if q := c.Prescriptions[0].Quantity; q != 500*3*3 {
		t.Errorf("quantity %v", q)
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	for alias, want := range map[string]Step{"escalate": Forward, "forward_to_clinician": Forward, "mark_completed": Complete, "mark_closed": Close,
		"accept": Accept, "no_such": "", "": ""} {
		if got := StepNamed(alias); got != want {
			t.Errorf("%q is %q, want %q", alias, got, want)
		}
	}
	for _, r := range Steps {
		if StepNamed(string(r.Step)) != r.Step || StepKind(r.Step).Step() != r.Step {
			t.Errorf("%s does not find itself", r.Step)
		}
	}
	if CreateCaseKind.Step() != "" || AddVitalsKind.Step() != "" {
		t.Error("opening a case and adding vitals are not steps")
	}
	tests := []struct {
		to, now Status
		by      Role
		want    Step
	}{
		{UnderReview, Pending, ASHA, StartReview}, {UnderReview, Pending, Clinician, Accept}, {UnderReview, Forwarded, Clinician, Accept},
		{UnderReview, Completed, ASHA, Reopen}, {UnderReview, Closed, Clinician, Reopen}, {UnderReview, Rejected, ASHA, Reopen},
		{Pending, Rejected, CHW, Resubmit}, {Approved, Pending, ASHA, Approve}, {Approved, UnderReview, Clinician, Approve}, {Forwarded, Pending, ASHA, Forward},
		{Rejected, Pending, ASHA, Reject}, {Completed, Approved, ASHA, Complete}, {Closed, Pending, Admin, Close}, {"DONE", Pending, ASHA, ""},
	}
	for _, tt := range tests {
		if got := StepToStatus(tt.to, tt.now, tt.by); got != tt.want {
			t.Errorf("%s asks for %s at %s: %q, want %q", tt.by, tt.to, tt.now, got, tt.want)
		}
	}
}

// TestStepsGolden prints the rule book for people: what is not on it is not possible.
func TestStepsGolden(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("The steps of a case. Not on this page = not possible.\nAsked of a case with no clinician, no referral, opened by the CHW and changed since; per urgency, who may.\n")
	c := opened(t, nil)
	c.Seq, c.StatusSeq = 9, 5
	for i := range Steps {
		r := &Steps[i]
		to, from := string(r.To), "wherever the case stands"
		if to == "" {
			to = "stays where it is"
		}
		if r.From != nil {
			words := make([]string, len(r.From))
			for i, s := range r.From {
				words[i] = string(s)
			}
			from = strings.Join(words, ", ")
		}
		fmt.Fprintf(&b, "\n%s\n  from  %s\n  to    %s\n", r.Step, from, to)
		if r.Order > 0 {
			fmt.Fprintf(&b, "  of two people's steps the weightier stands: weight %d\n", r.Order)
		}
		if r.Settles {
			b.WriteString("  waits while there are facts its author has not seen\n")
		}
		for _, u := range Urgencies {
			var who []string
			for _, role := range RolesFor(Verb(r.Step)) {
				for _, from := range Statuses {
					c.Status, c.Urgency = from, u
					if r.Step == ReferralUpdate {
						c.Referral = &Referral{Status: "ISSUED"}
					} else {
						c.Referral = nil
					}
					if r.may(c, staff[role].Person(), noon) == "" {
						who = append(who, string(role))
						break
					}
				}
			}
			fmt.Fprintf(&b, "  %-13s %s\n", u, orElse(strings.Join(who, ", "), "nobody"))
		}
	}
	golden(t, "steps.golden", b.String())
}

// TestWaiting: somebody is asked to act on every case that is not at rest, and a RED or
// urgent one is always in front of a clinician.
func TestWaiting(t *testing.T) {
	t.Parallel()
	for _, author := range []User{sunita, kamla, drRao} {
		for _, status := range Statuses {
			for _, u := range Urgencies {
				c := Case{Status: status, Urgency: u, CreatedBy: author.Person(), FactSeq: 2, StatusSeq: 1}
				who := c.Waiting()
				if status.Open() && len(who) == 0 {
					t.Errorf("%s %s opened by %s waits for nobody", status, u, author.Role)
				}
				if status.Open() && u.pressing() && (len(who) == 0 || who[0] != Clinician) {
					t.Errorf("%s %s opened by %s waits for %v, a clinician first", status, u, author.Role, who)
				}
				c.Reviewer = ptr(kamla.Person())
				if who := c.Waiting(); status == UnderReview && u.pressing() && who[0] != Clinician {
					t.Errorf("the ASHA reviews a case that became %s: waits for %v", u, who)
				}
			}
		}
	}
	sentBack := Case{Status: Rejected, CreatedBy: kamla.Person()}
	if who := sentBack.Waiting(); !slices.Equal(who, []Role{ASHA}) {
		t.Errorf("a case sent back to the ASHA who opened it waits for %v", who)
	}
}

// TestResubmittedStartsAfresh: a case a clinician had taken and sent back must not stand
// in the queue as his, where an ASHA may neither approve nor forward it.
func TestResubmittedStartsAfresh(t *testing.T) {
	t.Parallel()
	c := mustStep(t, mustStep(t, opened(t, nil), Forward, kamla), Accept, drRao)
	c = mustStep(t, c, Reject, drRao)
	c = must(t, c, vitalsCommand(Vitals{GlucoseMgDl: ReadingOf(GlucoseMgDl, 90)}, nil), sunita)
	c = mustStep(t, c, Resubmit, sunita)
	if c.Clinician != nil || c.Reviewer != nil {
		t.Fatalf("still taken: %+v", c)
	}
	mustStep(t, c, Forward, kamla)
}

func TestReopenForgetsTheEnd(t *testing.T) {
	t.Parallel()
	c := must(t, opened(t, nil), stepCommand(Close, Body{Reason: "duplicate_of", DuplicateOf: otherCase}), drRao)
	if c = mustStep(t, c, Reopen, drSen); c.DuplicateOf != "" || c.Outcome != "" || c.Clinician.ID != drSen.ID {
		t.Errorf("reopened: %+v", c)
	}
}

// TestEmergencyOnTopOfAReferral: the ambulance does not wait for a routine referral.
func TestEmergencyOnTopOfAReferral(t *testing.T) {
	t.Parallel()
	c := mustStep(t, opened(t, nil), Refer, drRao)
	c = must(t, c, stepCommand(EmergencyReferral, Body{Referral: &Referral{Reason: "fits"}}), sunita)
	if c.Urgency != Red || c.Referral.Urgency != "EMERGENCY" || c.Referral.Destination != "CHC Sohagpur" {
		t.Errorf("%s, %+v", c.Urgency, *c.Referral)
	}
}

func TestReferralMovesForward(t *testing.T) {
	t.Parallel()
	c := mustStep(t, opened(t, nil), Refer, drRao)
	for _, next := range []string{"DEPARTED", "ARRIVED", "SEEN", "BACK"} {
		_, _, err := Apply(c, stepCommand(ReferralUpdate, Body{ReferralStatus: "ISSUED"}), sunita, moment(c.Seq+1))
		if err == nil {
			t.Errorf("went back to ISSUED from %s", c.Referral.Status)
		}
		before := c
		c = must(t, c, stepCommand(ReferralUpdate, Body{ReferralStatus: next}), sunita)
		if c.Referral.Status != next || c.Referral.Times[next] == 0 {
			t.Errorf("%+v, want %s", *c.Referral, next)
		}
		if _, told := before.Referral.Times[next]; told {
			t.Error("the case before shares its referral with the case after")
		}
	}
	if c.Referral.Open() {
		t.Error("back, and still under way")
	}
}
