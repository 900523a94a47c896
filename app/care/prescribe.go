package care

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
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

// timesPerDay of each frequency; SOS (as needed) and STAT (once, now) have none.
var timesPerDay = map[string]float64{"OD": 1, "BD": 2, "TDS": 3, "QID": 4, "HS": 1, "SOS": 0, "STAT": 0, "WEEKLY": 1.0 / 7}
