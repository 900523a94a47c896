package care

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// prescribe adds the lines to the case. Nobody's line is dropped: the same medicine
// twice, or one the patient is known not to tolerate, is kept and flagged, and flagged
// lines are not given out until a clinician settles them. Source: clinical page §4.6, 7.
func prescribe(c *Case, b Body, by Person, m Moment) {
	takeAsClinician(c, b, by, m)
	for i, p := range b.Prescription {
		p.ID = fmt.Sprintf("%d-%d", m.Seq, i+1)
		p.TimesPerDay = timesPerDay[p.Frequency]
		if p.Quantity == 0 && p.TimesPerDay > 0 {
			p.Quantity = math.Ceil(p.Dose.Value * p.TimesPerDay * float64(p.DurationDays))
		}
		p.Pregnant = c.Patient.pregnant(m.Now)
		p.WeightKg = 0
		if l, ok := c.Newest[WeightKg]; ok && l.Reading.State == Measured {
			p.WeightKg = l.Reading.Value(WeightKg)
		}
		p.Status, p.By, p.At, p.Flags = "active", &by, At(m.Now), nil
		if slices.ContainsFunc(c.Prescriptions, func(q Prescription) bool { return q.Status == "active" && sameMedicine(q.Generic, p.Generic) }) {
			p.Flags = append(p.Flags, "DUPLICATE_THERAPY")
		}
		if p.Override == "" && slices.ContainsFunc(c.Patient.Allergies, func(a string) bool { return realAllergy(a) && sameMedicine(a, p.Generic) }) {
			p.Flags = append(p.Flags, "ALLERGY")
		}
		c.Prescriptions = append(c.Prescriptions, p)
	}
	c.Plan = orElse(b.Plan, c.Plan)
}

// sameMedicine compares two generic names as people write them. Classes need the
// formulary, which comes later.
func sameMedicine(a, b string) bool {
	return strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b))
}
