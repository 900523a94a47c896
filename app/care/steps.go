package care

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Step is a command that moves a case, in the words of the clinic.
type Step string

const (
	StartReview       Step = "start_review"
	Approve           Step = "approve"
	Reject            Step = "reject"
	Resubmit          Step = "resubmit"
	Forward           Step = "forward"
	Accept            Step = "accept"
	Prescribe         Step = "prescribe"
	Refer             Step = "refer"
	EmergencyReferral Step = "emergency_referral"
	Complete          Step = "complete"
	Close             Step = "close"
	Reopen            Step = "reopen"
	LowerUrgency      Step = "lower_urgency"
	ReferralUpdate    Step = "referral_update"
)

// aliases are older names that scripts still send.
var aliases = map[string]Step{"escalate": Forward, "forward_to_clinician": Forward, "mark_completed": Complete, "mark_closed": Close}

// StepNamed finds a step by its name or alias; "" if there is none.
func StepNamed(name string) Step {
	if s, ok := aliases[name]; ok {
		return s
	}
	if stepRule(Step(name)) != nil {
		return Step(name)
	}
	return ""
}

// StepToStatus is the step a person means who names the status a case should have.
// prescribe and refer are never guessed.
func StepToStatus(to, now Status, by Role) Step {
	switch to {
	case UnderReview:
		switch {
		case !now.Open():
			return Reopen
		case by == Clinician:
			return Accept
		}
		return StartReview
	case Pending:
		return Resubmit
	case Approved:
		return Approve
	case Forwarded:
		return Forward
	case Rejected:
		return Reject
	case Completed:
		return Complete
	case Closed:
		return Close
	}
	return ""
}

// StepRule is one row of the clinic's own rule book: who may take a step, from where,
// to where, and what must be said with it. Source: clinical page §4.5.
type StepRule struct {
	Step  Step
	From  []Status // none = wherever the case stands
	To    Status   // "" = the case stays where it is
	Who   map[Role]condition
	Says  func(c Case, b Body, by Person) error // what the body must say
	Does  func(c *Case, b Body, by Person, m Moment)
	Order int // clinical page §4.6 rule 3: of two people's steps the higher stands; 0 = takes no part

	// Settles: the step is a judgement on all that is known of the patient, so it waits
	// while there are facts its author has not seen. Clinical page §4.6, rules 4 and 5.
	Settles bool
}

// condition says why this person may not take the step on this case now; "" = she may.
type condition func(c Case, by Person, now time.Time) string

var open = []Status{Pending, UnderReview, Forwarded, Approved}

// Steps is the rule book. What is not in it is not possible.
var Steps = []StepRule{
	{Step: StartReview, From: []Status{Pending}, To: UnderReview,
		Who:  map[Role]condition{ASHA: always, Clinician: always},
		Does: takeForReview},

	{Step: Approve, From: []Status{Pending, UnderReview}, To: Approved, Order: 4,
		Who:  map[Role]condition{ASHA: all(noClinicianYet, notPressing, assessed), Clinician: always},
		Says: needs("plan", "say what should be done", func(b Body) string { return b.Plan }),
		Does: func(c *Case, b Body, by Person, m Moment) { takeForReview(c, b, by, m); c.Plan = b.Plan }},

	{Step: Reject, From: []Status{Pending, UnderReview}, To: Rejected, Order: 3, Settles: true,
		Who:  map[Role]condition{ASHA: all(noClinicianYet, notRed), Clinician: always},
		Says: reason("duplicate", "wrong_patient", "incomplete", "test"),
		Does: func(c *Case, b Body, by Person, m Moment) { c.Reason = b.Reason }},

	{Step: Resubmit, From: []Status{Rejected}, To: Pending,
		Who:  map[Role]condition{CHW: all(author, changedSince)},
		Does: func(c *Case, b Body, by Person, m Moment) { c.Reviewer, c.Clinician, c.FactSeq = nil, nil, m.Seq }},

	{Step: Forward, From: []Status{Pending, UnderReview, Approved}, To: Forwarded, Order: 7,
		Who:  map[Role]condition{CHW: pressingOnly, ASHA: noClinicianYet},
		Says: needs("reason", "say why the clinician should see it", func(b Body) string { return b.Reason }),
		Does: func(c *Case, b Body, by Person, m Moment) { c.Reason, c.EverForwarded = b.Reason, true }},

	{Step: Accept, From: []Status{Pending, UnderReview, Forwarded}, To: UnderReview, Order: 5,
		Who:  map[Role]condition{Clinician: acceptable},
		Does: takeAsClinician},

	{Step: Prescribe, From: []Status{UnderReview, Forwarded, Approved}, To: Approved, Order: 6,
		Who:  map[Role]condition{Clinician: ownReview},
		Says: prescribable,
		Does: prescribe},

	{Step: Refer, From: open, To: UnderReview, Order: 8,
		Who:  map[Role]condition{Clinician: always},
		Says: referable,
		Does: func(c *Case, b Body, by Person, m Moment) { takeAsClinician(c, b, by, m); refer(c, b, by, m) }},

	{Step: EmergencyReferral, From: open,
		Who:  map[Role]condition{CHW: always, ASHA: always, Clinician: always},
		Says: emergencyReferable,
		Does: func(c *Case, b Body, by Person, m Moment) {
			c.Urgency, c.FactSeq = Red, m.Seq
			if !c.Referral.Open() {
				refer(c, b, by, m)
			}
			c.Referral.Urgency = "EMERGENCY"
		}},

	{Step: Complete, From: []Status{UnderReview, Approved}, To: Completed, Order: 2, Settles: true,
		Who:  map[Role]condition{ASHA: all(noClinicianYet, noOpenReferral, neverForwardedAndCalm), Clinician: noOpenReferral},
		Says: codes("outcome", func(b Body) string { return b.Outcome }, "improved", "cured", "referred_back", "unchanged", "died"),
		Does: func(c *Case, b Body, by Person, m Moment) { c.Outcome = b.Outcome }},

	{Step: Close, From: []Status{Pending, UnderReview, Forwarded, Approved, Rejected, Completed}, To: Closed, Order: 1, Settles: true,
		Who:  map[Role]condition{ASHA: all(noClinicianYet, notRed, assessed, neverForwarded), Clinician: always, Admin: notRed},
		Says: closable,
		Does: func(c *Case, b Body, by Person, m Moment) { c.Reason, c.DuplicateOf = b.Reason, b.DuplicateOf }},

	{Step: Reopen, From: []Status{Completed, Closed, Rejected}, To: UnderReview,
		Who:  map[Role]condition{ASHA: within30Days, Clinician: always},
		Says: needs("reason", "say why the case is opened again", func(b Body) string { return b.Reason }),
		Does: func(c *Case, b Body, by Person, m Moment) {
			c.Reason, c.Outcome, c.DuplicateOf = b.Reason, "", ""
			if by.Role == Clinician {
				c.Clinician = nil
				takeAsClinician(c, b, by, m)
			} else {
				c.Reviewer, c.Clinician = &by, nil
			}
		}},

	{Step: LowerUrgency, Settles: true,
		Who:  map[Role]condition{Clinician: somethingToLower},
		Says: lowerable,
		Does: func(c *Case, b Body, by Person, m Moment) { c.Reason = b.Reason; c.lower(b.To, m) }},

	{Step: ReferralUpdate,
		Who:  map[Role]condition{CHW: openReferral, ASHA: openReferral, Clinician: openReferral},
		Says: referralStatus,
		Does: func(c *Case, b Body, by Person, m Moment) {
			c.Referral.Status = b.ReferralStatus
			if c.Referral.Times == nil {
				c.Referral.Times = map[string]Instant{}
			}
			c.Referral.Times[b.ReferralStatus] = At(m.Now)
		}},
}

func stepRule(s Step) *StepRule {
	for i := range Steps {
		if Steps[i].Step == s {
			return &Steps[i]
		}
	}
	return nil
}

// May says why this person may not take the step on c now; "" = she may.
func (r *StepRule) may(c Case, by Person, now time.Time) string {
	if r.From != nil && !slices.Contains(r.From, c.Status) {
		return fmt.Sprintf("%s is not possible while the case is %s", r.Step, c.Status)
	}
	return r.Who[by.Role](c, by, now)
}

// Allowed lists the steps u may take on c now, in the order of the rule book.
func Allowed(c Case, u User, now time.Time) []Step {
	allowed := []Step{}
	for i := range Steps {
		r := &Steps[i]
		if r.Who[u.Role] == nil || r.may(c, u.Person(), now) != "" {
			continue
		}
		allowed = append(allowed, r.Step)
	}
	return allowed
}

// The conditions.

func always(Case, Person, time.Time) string { return "" }

func all(conditions ...condition) condition {
	return func(c Case, by Person, now time.Time) string {
		for _, cond := range conditions {
			if why := cond(c, by, now); why != "" {
				return why
			}
		}
		return ""
	}
}

func notRed(c Case, _ Person, _ time.Time) string {
	if c.Urgency == Red {
		return "a RED case can only be ended or sent back by a clinician"
	}
	return ""
}

func notPressing(c Case, _ Person, _ time.Time) string {
	if c.Urgency.pressing() {
		return "a RED or urgent case goes to the clinician"
	}
	return ""
}

func pressingOnly(c Case, _ Person, _ time.Time) string {
	if !c.Urgency.pressing() {
		return "only a RED or urgent case goes straight to the clinician"
	}
	return noClinicianYet(c, Person{}, time.Time{})
}

func assessed(c Case, _ Person, _ time.Time) string {
	if c.Urgency == Incomplete {
		return "not everything was looked at yet; take the missing readings first"
	}
	return ""
}

func somethingToLower(c Case, _ Person, _ time.Time) string {
	if c.Urgency.Rank() >= Incomplete.Rank() {
		return "there is nothing lower than this"
	}
	return ""
}

func noClinicianYet(c Case, _ Person, _ time.Time) string {
	if c.Clinician != nil {
		return "a clinician has taken this case"
	}
	return ""
}

func neverForwarded(c Case, _ Person, _ time.Time) string {
	if c.EverForwarded {
		return "the case was forwarded to a clinician, who ends it"
	}
	return ""
}

func neverForwardedAndCalm(c Case, by Person, now time.Time) string { return ashaMayComplete(c) }

func ashaMayComplete(c Case) string {
	if c.Urgency != Green && c.Urgency != Yellow {
		return "only a GREEN or YELLOW case may be completed without a clinician"
	}
	return neverForwarded(c, Person{}, time.Time{})
}

func author(c Case, by Person, _ time.Time) string {
	if c.CreatedBy.ID != by.ID {
		return "only the author sends a case in again"
	}
	return ""
}

func changedSince(c Case, _ Person, _ time.Time) string {
	if c.Seq == c.StatusSeq {
		return "add or correct something first"
	}
	return ""
}

func acceptable(c Case, by Person, _ time.Time) string {
	switch {
	case c.Status == Pending && !c.Urgency.pressing():
		return "the ASHA reviews this case first"
	case c.Status == UnderReview && c.Clinician != nil && c.Clinician.ID == by.ID:
		return "the case is already yours"
	case c.Status == UnderReview && c.Clinician != nil:
		return "another clinician has taken this case"
	}
	return ""
}

func ownReview(c Case, by Person, _ time.Time) string {
	mine := c.Clinician == nil || c.Clinician.ID == by.ID || slices.ContainsFunc(c.CoReviewers, func(p Person) bool { return p.ID == by.ID })
	if c.Status == UnderReview && !mine {
		return "another clinician has taken this case"
	}
	return ""
}

func noOpenReferral(c Case, _ Person, _ time.Time) string {
	if c.Referral.Open() {
		return "the referral is still under way"
	}
	return ""
}

func openReferral(c Case, _ Person, _ time.Time) string {
	if !c.Referral.Open() {
		return "there is no referral under way"
	}
	return ""
}

func within30Days(c Case, _ Person, now time.Time) string {
	if now.Sub(c.StatusSince.Time()) > 30*24*time.Hour {
		return "ended more than 30 days ago: open a new case"
	}
	return ""
}

// What the body must say.

func needs(field, message string, get func(Body) string) func(Case, Body, Person) error {
	return func(_ Case, b Body, _ Person) error {
		if strings.TrimSpace(get(b)) == "" {
			return invalid(field, Required, message)
		}
		return nil
	}
}

func codes(field string, get func(Body) string, known ...string) func(Case, Body, Person) error {
	return func(_ Case, b Body, _ Person) error {
		switch v := get(b); {
		case v == "":
			return invalid(field, Required, "one of: "+join(known))
		case !slices.Contains(known, v):
			return invalid(field, Invalid, "one of: "+join(known))
		}
		return nil
	}
}

func reason(known ...string) func(Case, Body, Person) error {
	return codes("reason", func(b Body) string { return b.Reason }, known...)
}

// closable: an admin tidies up what was entered twice or in error; every other end is a
// judgement on a patient.
func closable(c Case, b Body, by Person) error {
	known := []string{"resolved", "lost", "moved", "died", "duplicate_of", "error"}
	if by.Role == Admin {
		known = []string{"duplicate_of", "error"}
	}
	if err := reason(known...)(c, b, by); err != nil {
		return err
	}
	if b.Reason == "duplicate_of" && b.DuplicateOf == "" {
		return invalid("duplicateOf", Required, "say which case it repeats")
	}
	return nil
}

// caseIDShape: the id of a case, never its number, which could be an Aadhaar number's
// hiding place and says nothing to a program.
var caseIDShape = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// check is what must hold of a body whatever the step.
func (b Body) check(caseID string) error {
	if b.FollowUpDate != "" {
		if _, err := time.Parse(time.DateOnly, b.FollowUpDate); err != nil {
			return invalid("followUpDate", Invalid, "not a date like 2026-03-14")
		}
	}
	if b.DuplicateOf != "" && (!caseIDShape.MatchString(b.DuplicateOf) || b.DuplicateOf == caseID) {
		return invalid("duplicateOf", Invalid, "the id of another case")
	}
	if r := b.Referral; r != nil {
		for field, codes := range map[string]struct {
			value string
			known []string
		}{
			"level": {r.Level, referralLevels}, "urgency": {r.Urgency, []string{"EMERGENCY", "URGENT", "ROUTINE"}},
			"transport": {r.Transport, []string{"108", "102", "PRIVATE", "NONE"}},
		} {
			if codes.value != "" && !slices.Contains(codes.known, codes.value) {
				return invalid("referral."+field, Invalid, "one of: "+join(codes.known))
			}
		}
	}
	return nil
}

// referralLevels, from the sub-centre up to the medical college.
var referralLevels = []string{"SC", "PHC", "CHC", "FRU", "SDH", "DH", "MC"}

func lowerable(c Case, b Body, _ Person) error {
	if !slices.Contains([]Urgency{YellowUrgent, Yellow, Green}, b.To) || !c.Urgency.Above(b.To) {
		return invalid("to", Invalid, "YELLOW_URGENT, YELLOW or GREEN, and lower than it is")
	}
	if strings.TrimSpace(b.Reason) == "" {
		return invalid("reason", Required, "say why it is less urgent")
	}
	return nil
}

func prescribable(c Case, b Body, _ Person) error {
	var wrong []FieldError
	add := func(field string, code FieldCode, message string) {
		wrong = append(wrong, FieldError{Field: field, Code: code, Message: message})
	}
	if len(b.Prescription) == 0 {
		add("prescription", Required, "at least one medicine")
	}
	if len(b.Prescription) > maxLines {
		add("prescription", TooLong, "at most 20 medicines")
	}
	for i, p := range b.Prescription {
		at := fmt.Sprintf("prescription[%d].", i)
		for field, value := range map[string]string{"generic": p.Generic, "form": p.Form, "route": p.Route, "frequency": p.Frequency, "dose.unit": p.Dose.Unit} {
			if strings.TrimSpace(value) == "" {
				add(at+field, Required, "needed on every line")
			}
		}
		if p.ID != "" || p.By != nil || p.At != 0 || p.Status != "" || p.Flags != nil {
			add(at+"by", UnknownField, "the box writes who, when and what became of it")
		}
		switch {
		case p.Dose.Value <= 0:
			add(at+"dose.value", Required, "needed on every line")
		case p.Dose.Value > maxDose:
			add(at+"dose.value", Invalid, "more than anybody takes at once")
		}
		if p.Quantity < 0 || p.Quantity > maxDose {
			add(at+"quantity", Invalid, "not an amount to give out")
		}
		if _, known := timesPerDay[p.Frequency]; p.Frequency != "" && !known {
			add(at+"frequency", Invalid, "OD, BD, TDS, QID, HS, SOS, STAT or WEEKLY")
		}
		if p.DurationDays < 1 && p.Frequency != "STAT" {
			add(at+"durationDays", Required, "for how many days")
		}
		if p.DurationDays < 0 || p.DurationDays > 366 {
			add(at+"durationDays", Invalid, "at most a year")
		}
	}
	if !c.Patient.allergiesAsked() {
		add("allergies", Required, "ask about allergies first")
	}
	if c.Newest[WeightKg].Reading.State != Measured && c.Patient.maybeUnder12(c.UpdatedAt.Time()) {
		add("vitals.weightKg", Required, "weigh a child under 12 first")
	}
	if wrong != nil {
		slices.SortFunc(wrong, func(a, b FieldError) int { return cmp.Compare(a.Field, b.Field) })
		return &InvalidError{Fields: wrong}
	}
	return nil
}

// The bounds of a prescription, the same as on the wire.
const (
	maxLines = 20
	maxDose  = 100000
)

func (p Patient) maybeUnder12(now time.Time) bool {
	return slices.Index(Bands, p.BandsAt(now)[0]) <= slices.Index(Bands, Years5to11)
}

func referable(c Case, b Body, by Person) error {
	if err := emergencyReferable(c, b, by); err != nil {
		return err
	}
	switch r := b.Referral; {
	case r.Destination == "":
		return invalid("referral.destination", Required, "where to")
	case !slices.Contains(referralLevels, r.Level):
		return invalid("referral.level", Required, "one of: "+join(referralLevels))
	}
	return nil
}

func emergencyReferable(_ Case, b Body, _ Person) error {
	if b.Referral == nil || strings.TrimSpace(b.Referral.Reason) == "" {
		return invalid("referral.reason", Required, "say why")
	}
	if r := b.Referral; r.Status != "" || r.By != nil || r.IssuedAt != 0 || r.Times != nil {
		return invalid("referral.by", UnknownField, "the box writes who, when and what became of it")
	}
	return nil
}

// referralOrder: a referral only moves forward; the last four end it.
var referralOrder = []string{"ISSUED", "DEPARTED", "ARRIVED", "SEEN", "BACK", "REFUSED", "NOT_ARRIVED", "DIED"}

func referralStatus(c Case, b Body, _ Person) error {
	at := slices.Index(referralOrder, b.ReferralStatus)
	if at < 1 {
		return invalid("referralStatus", Required, "one of: "+join(referralOrder[1:]))
	}
	if c.Referral != nil && at <= slices.Index(referralOrder, c.Referral.Status) {
		return invalid("referralStatus", Invalid, "the referral has got further than that")
	}
	return nil
}

func join(words []string) string {
	s := ""
	for i, w := range words {
		if i > 0 {
			s += ", "
		}
		s += w
	}
	return s
}

// What the steps do.

func takeForReview(c *Case, _ Body, by Person, _ Moment) {
	if c.Reviewer == nil {
		c.Reviewer = &by
	}
}

func takeAsClinician(c *Case, _ Body, by Person, _ Moment) {
	switch {
	case c.Clinician == nil:
		c.Clinician = &by
	case c.Clinician.ID != by.ID && !slices.ContainsFunc(c.CoReviewers, func(p Person) bool { return p.ID == by.ID }):
		c.CoReviewers = append(c.CoReviewers, by)
	}
}

// refer issues a referral, or completes the one under way: how far the patient has got
// on her way stays as it is.
func refer(c *Case, b Body, by Person, m Moment) {
	r := *b.Referral
	r.Status, r.By, r.IssuedAt, r.Times = "ISSUED", &by, At(m.Now), nil
	if c.Referral.Open() {
		r.Status, r.IssuedAt, r.Times = c.Referral.Status, c.Referral.IssuedAt, c.Referral.Times
	}
	c.Referral = &r
}

// timesPerDay of each frequency; SOS (as needed) and STAT (once, now) have none.
var timesPerDay = map[string]float64{"OD": 1, "BD": 2, "TDS": 3, "QID": 4, "HS": 1, "SOS": 0, "STAT": 0, "WEEKLY": 1.0 / 7}
