package care

import (
	"slices"
	"strings"
)

func referable(c Case, b Body, by Person) error {
	if err := emergencyReferable(c, b, by); err != nil {
		return err
	}
	switch r := b.Referral; {
	case r.Destination == "":
		return invalid("referral.destination", Required, "where to")
	case !slices.Contains(referralLevels, r.Level):
		return invalid("referral.level", Required, "one of: "+strings.Join(referralLevels, ", "))
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
		return invalid("referralStatus", Required, "one of: "+strings.Join(referralOrder[1:], ", "))
	}
	if c.Referral != nil && at <= slices.Index(referralOrder, c.Referral.Status) {
		return invalid("referralStatus", Invalid, "the referral has got further than that")
	}
	return nil
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
