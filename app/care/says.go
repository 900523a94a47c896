package care

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// What a step must say, and what nobody may say in it.

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
			return invalid(field, Required, "one of: "+strings.Join(known, ", "))
		case !slices.Contains(known, v):
			return invalid(field, Invalid, "one of: "+strings.Join(known, ", "))
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
				return invalid("referral."+field, Invalid, "one of: "+strings.Join(codes.known, ", "))
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
