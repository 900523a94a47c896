package care

import (
	"slices"
	"time"
)

// The conditions of the rule book: why this person may not take a step on this case now.

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
