package care

import (
	"slices"
	"testing"
	"time"
)

func date(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

// TestBandOf: completed months by the calendar, never by counting 30 days.
func TestBandOf(t *testing.T) {
	t.Parallel()
	tests := []struct {
		born, at string
		want     Band
	}{
		{"2026-06-15", "2026-06-15", Days0to6}, {"2026-06-16", "2026-06-15", Days0to6}, {"2026-06-09", "2026-06-15", Days0to6}, {"2026-06-08", "2026-06-15", Days7to59},
		{"2026-01-31", "2026-03-30", Days7to59}, {"2026-01-31", "2026-03-31", Months2to11}, {"2025-12-31", "2026-02-28", Days7to59}, {"2025-12-31", "2026-03-01", Months2to11},
		{"2025-06-16", "2026-06-15", Months2to11}, {"2025-06-15", "2026-06-15", Months12to59}, {"2024-02-29", "2025-02-28", Months2to11}, {"2024-02-29", "2025-03-01", Months12to59},
		{"2021-06-16", "2026-06-15", Months12to59}, {"2021-06-15", "2026-06-15", Years5to11}, {"2014-06-16", "2026-06-15", Years5to11}, {"2014-06-15", "2026-06-15", Years12to15},
		{"2010-06-16", "2026-06-15", Years12to15}, {"2010-06-15", "2026-06-15", Years16Up}, {"1910-01-01", "2026-06-15", Years16Up},
	}
	for _, tt := range tests {
		if got := BandOf(date(tt.born), date(tt.at)); got != tt.want {
			t.Errorf("born %s, seen %s: %s, want %s", tt.born, tt.at, got, tt.want)
		}
	}
}

// TestStatedAgeHoldsOnItsDay: on every day of four years, somebody stated to be so many
// months or years old is that old at both ends of the range of her birthdays, and one day
// beyond either end she is not.
func TestStatedAgeHoldsOnItsDay(t *testing.T) {
	t.Parallel()
	for on := date("2024-01-01"); on.Before(date("2028-01-01")); on = on.AddDate(0, 0, 1) {
		for _, a := range []Age{{0, "months"}, {1, "months"}, {2, "months"}, {11, "months"}, {12, "months"}, {59, "months"}, {1, "years"}, {5, "years"}, {26, "years"}} {
			first, last, _ := Patient{Age: &a, AgeRecordedOn: At(on)}.bornBetween()
			unit := 1
			if a.Unit == "years" {
				unit = 12
			}
			old := func(born time.Time) int {
				if m := months(born, on); m >= 0 {
					return m / unit
				}
				return -1
			}
			if old(first) != a.Value || old(last) != a.Value || old(first.AddDate(0, 0, -1)) == a.Value || old(last.AddDate(0, 0, 1)) == a.Value {
				t.Fatalf("%d %s on %s: born between %s and %s", a.Value, a.Unit, on.Format(time.DateOnly), first.Format(time.DateOnly), last.Format(time.DateOnly))
			}
		}
	}
}

func TestAgeGrows(t *testing.T) {
	t.Parallel()
	p := Patient{Age: &Age{5, "days"}, AgeRecordedOn: At(date("2026-06-01"))}
	for at, want := range map[string]Age{"2026-06-01": {5, "days"}, "2026-06-03": {7, "days"}, "2026-07-27": {2, "months"}, "2028-05-27": {24, "months"}, "2031-05-27": {5, "years"}} {
		if got := p.AgeAt(date(at)); got == nil || *got != want {
			t.Errorf("at %s: %v, want %v", at, got, want)
		}
	}
	if got := p.BandsAt(date("2026-06-02")); !slices.Equal(got, []Band{Days0to6}) {
		t.Errorf("6 days: %v", got)
	}
	if got := p.BandsAt(date("2026-06-03")); !slices.Equal(got, []Band{Days7to59}) {
		t.Errorf("7 days: %v", got)
	}
	if got := (Patient{}).AgeAt(noon); got != nil {
		t.Errorf("nothing known: %v", got)
	}
	if got := (Patient{}).BandsAt(noon); !slices.Equal(got, Bands) {
		t.Errorf("nothing known: %v", got)
	}
	for precision, want := range map[string][]Band{"DAY": {Years5to11}, "": {Years5to11}, "MONTH": {Months12to59, Years5to11}, "YEAR": {Months12to59, Years5to11}, "ESTIMATED_AGE": {Months12to59, Years5to11}} {
		if got := (Patient{BirthDate: "2021-06-10", BirthPrecision: precision}).BandsAt(noon); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", precision, got, want)
		}
	}
}

// TestMaternalTimeEnds: weeks grow, 42 days after birth pass, and a pregnancy nobody
// wrote an end to does not last for years.
func TestMaternalTimeEnds(t *testing.T) {
	t.Parallel()
	on := func(days int) time.Time { return noon.AddDate(0, 0, days) }
	pregnant := Patient{Pregnancy: &Pregnancy{Weeks: 34, On: At(noon)}}
	for days, want := range map[int]int{0: 34, 6: 34, 7: 35, 13: 35, 14: 36} {
		if got := pregnant.Pregnancy.WeeksAt(At(on(days))); got != want {
			t.Errorf("day %d: week %d, want %d", days, got, want)
		}
	}
	born := Patient{PostpartumDays: ptr(40), PostpartumOn: At(noon)}
	for _, tt := range []struct {
		p    Patient
		days int
		want bool
	}{
		{pregnant, 0, true}, {pregnant, 7 * 17, true}, {pregnant, 7*18 - 1, true}, {pregnant, 7 * 18, false}, {pregnant, 700, false},
		{born, 0, true}, {born, 2, true}, {born, 3, false}, {born, -1, true}, {Patient{}, 0, false},
	} {
		if got := tt.p.maternal(on(tt.days)); got != tt.want {
			t.Errorf("%+v after %d days: %v", tt.p.Pregnancy, tt.days, got)
		}
	}
}
