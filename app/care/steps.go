package care

import (
	"fmt"
	"slices"
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

	// Locks: with the step its author is busy with the case, and colleagues see it.
	Locks bool
}

// condition says why this person may not take the step on this case now; "" = she may.
type condition func(c Case, by Person, now time.Time) string

var open = []Status{Pending, UnderReview, Forwarded, Approved}

// Steps is the rule book. What is not in it is not possible.
var Steps = []StepRule{
	{Step: StartReview, From: []Status{Pending}, To: UnderReview, Locks: true,
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
