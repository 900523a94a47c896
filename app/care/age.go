package care

import (
	"slices"
	"time"
)

// Band is an age band of the rule pack: from its name's first number up to, not
// including, the next band.
type Band string

const (
	Days0to6     Band = "0-6d"
	Days7to59    Band = "7-59d" // 7 days up to 2 calendar months
	Months2to11  Band = "2-11mo"
	Months12to59 Band = "12-59mo"
	Years5to11   Band = "5-11y"
	Years12to15  Band = "12-15y"
	Years16Up    Band = "16y+"
)

// Bands in order of age.
var Bands = []Band{Days0to6, Days7to59, Months2to11, Months12to59, Years5to11, Years12to15, Years16Up}

// BandOf is the band of somebody born on the day of born, seen at. Calendar
// arithmetic: born 31 January is two months old on 31 March, not on 29 March.
func BandOf(born, at time.Time) Band {
	born, at = day(born), day(at)
	switch {
	case at.Before(born.AddDate(0, 0, 7)):
		return Days0to6
	case months(born, at) < 2:
		return Days7to59
	case months(born, at) < 12:
		return Months2to11
	case months(born, at) < 60:
		return Months12to59
	case months(born, at) < 12*12:
		return Years5to11
	case months(born, at) < 16*12:
		return Years12to15
	}
	return Years16Up
}

// months is the number of completed calendar months between two days.
func months(born, at time.Time) int {
	m := 12*(at.Year()-born.Year()) + int(at.Month()) - int(born.Month())
	if at.Day() < born.Day() {
		m--
	}
	return m
}

func day(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// Age is a stated age. Value completed units.
type Age struct {
	Value int    `json:"value" minimum:"0" maximum:"44000"`
	Unit  string `json:"unit" enum:"days,months,years"`
}

// bornBetween is the first and the last day on which the patient can have been born,
// from what was written down: an exact day, a month, a year, or an age on a day. ok is
// false when nothing is known.
func (p Patient) bornBetween() (first, last time.Time, ok bool) {
	if p.BirthDate != "" {
		born, err := time.Parse(time.DateOnly, p.BirthDate)
		if err != nil {
			return first, last, false
		}
		switch p.BirthPrecision {
		case "MONTH":
			first = time.Date(born.Year(), born.Month(), 1, 0, 0, 0, 0, time.UTC)
			return first, first.AddDate(0, 1, -1), true
		case "YEAR", "ESTIMATED_AGE":
			first = time.Date(born.Year(), 1, 1, 0, 0, 0, 0, time.UTC)
			return first, first.AddDate(1, 0, -1), true
		}
		return born, born, true
	}
	if p.Age == nil {
		return first, last, false
	}
	on := day(p.AgeRecordedOn.Time())
	v := p.Age.Value
	switch p.Age.Unit {
	case "days":
		return on.AddDate(0, 0, -v), on.AddDate(0, 0, -v), true
	case "months":
		return lastBorn(v+1, on).AddDate(0, 0, 1), lastBorn(v, on), true
	}
	return lastBorn(12*(v+1), on).AddDate(0, 0, 1), lastBorn(12*v, on), true
}

// lastBorn is the last birthday of somebody who has completed m months on a day. AddDate
// alone would put two months before 30 April, a 30 February, on 2 March: a month too few.
func lastBorn(m int, on time.Time) time.Time {
	born := on.AddDate(0, -m, 0)
	for months(born, on) < m {
		born = born.AddDate(0, 0, -1)
	}
	return born
}

// BandsAt lists every band the patient may be in at a moment, youngest first: one if
// the age is certain enough, all of them if nothing is known.
func (p Patient) BandsAt(at time.Time) []Band {
	first, last, ok := p.bornBetween()
	if !ok {
		return Bands
	}
	youngest, oldest := slices.Index(Bands, BandOf(last, at)), slices.Index(Bands, BandOf(first, at))
	return Bands[youngest : oldest+1]
}

// AgeAt is the age in the unit a person would say: days under two months, months under
// five years, else years. nil when nothing is known.
func (p Patient) AgeAt(at time.Time) *Age {
	_, last, ok := p.bornBetween()
	if !ok {
		return nil
	}
	if p.BirthDate == "" && p.Age.Unit != "days" && day(at).Equal(day(p.AgeRecordedOn.Time())) {
		return p.Age
	}
	switch m := months(last, day(at)); {
	case m < 2:
		return &Age{Value: max(0, int(day(at).Sub(last).Hours()/24)), Unit: "days"}
	case m < 60:
		return &Age{Value: m, Unit: "months"}
	default:
		return &Age{Value: m / 12, Unit: "years"}
	}
}
