package care

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
)

// ageIn is somebody in the middle of a band.
var ageIn = map[Band]Age{Days0to6: {3, "days"}, Days7to59: {10, "days"}, Months2to11: {3, "months"}, Months12to59: {30, "months"},
	Years5to11: {8, "years"}, Years12to15: {13, "years"}, Years16Up: {26, "years"}}

// TestLimits is the table of clinical page §4.2, written out again: per vital and age the
// last value that passes on either side, and what lies one step beyond.
func TestLimits(t *testing.T) {
	t.Parallel()
	under2mo, infant, toddler, school, grown := []Band{Days0to6, Days7to59}, []Band{Months2to11}, []Band{Months12to59}, []Band{Years5to11}, []Band{Years12to15, Years16Up}
	tests := []struct {
		vital  Vital
		hard   [2]float64
		bands  []Band
		lo, hi float64 // soft; 0, 0 = none at this age
	}{
		{TempC, [2]float64{25, 45}, Bands, 34, 41.5},
		{RespRate, [2]float64{0, 150}, under2mo, 20, 100}, {RespRate, [2]float64{0, 150}, infant, 15, 90}, {RespRate, [2]float64{0, 150}, toddler, 12, 80},
		{RespRate, [2]float64{0, 150}, school, 8, 60}, {RespRate, [2]float64{0, 150}, grown, 6, 60},
		{Pulse, [2]float64{0, 300}, under2mo, 70, 220}, {Pulse, [2]float64{0, 300}, infant, 70, 220}, {Pulse, [2]float64{0, 300}, toddler, 60, 200},
		{Pulse, [2]float64{0, 300}, school, 50, 180}, {Pulse, [2]float64{0, 300}, grown, 30, 200},
		{Systolic, [2]float64{30, 310}, toddler, 0, 0}, {Systolic, [2]float64{30, 310}, school, 60, 180}, {Systolic, [2]float64{30, 310}, grown, 70, 250},
		{Diastolic, [2]float64{10, 200}, toddler, 0, 0}, {Diastolic, [2]float64{10, 200}, school, 30, 120}, {Diastolic, [2]float64{10, 200}, grown, 40, 150},
		{SpO2, [2]float64{30, 100}, Bands, 70, 100},
		{GlucoseMgDl, [2]float64{5, 1500}, Bands, 40, 600}, {HbGdl, [2]float64{1, 25}, Bands, 4, 20},
		{WeightKg, [2]float64{0.3, 350}, under2mo, 1, 8}, {WeightKg, [2]float64{0.3, 350}, infant, 2, 16}, {WeightKg, [2]float64{0.3, 350}, toddler, 4, 35},
		{WeightKg, [2]float64{0.3, 350}, school, 8, 90}, {WeightKg, [2]float64{0.3, 350}, grown, 20, 200},
		{HeightCm, [2]float64{20, 250}, under2mo, 35, 70}, {HeightCm, [2]float64{20, 250}, infant, 40, 90}, {HeightCm, [2]float64{20, 250}, toddler, 55, 130},
		{HeightCm, [2]float64{20, 250}, school, 80, 180}, {HeightCm, [2]float64{20, 250}, grown, 100, 210},
		{MUACmm, [2]float64{50, 600}, under2mo, 0, 0}, {MUACmm, [2]float64{50, 600}, infant, 80, 220}, {MUACmm, [2]float64{50, 600}, toddler, 80, 220},
		{MUACmm, [2]float64{50, 600}, school, 0, 0}, {MUACmm, [2]float64{50, 600}, grown, 120, 500},
	}
	for _, tt := range tests {
		step := 1 / float64(measures[tt.vital].scale)
		for _, band := range tt.bands {
			check := func(value float64, want string, confirmed ...string) {
				t.Helper()
				err := Rules.Check(Vitals{tt.vital: ReadingOf(tt.vital, value)}, []Band{band}, confirmed)
				got := ""
				if f := fields(err); len(f) > 0 {
					got = f[0]
				}
				if want != "" {
					want = "vitals." + string(tt.vital) + " " + want
				}
				if got != want {
					t.Errorf("%s %v at %s: %q, want %q", tt.vital, value, band, got, want)
				}
			}
			lo, hi := tt.lo, tt.hi
			if lo == 0 && hi == 0 {
				lo, hi = tt.hard[0], tt.hard[1]
			}
			check(lo, "")
			check(hi, "")
			if lo > tt.hard[0] {
				check(lo-step, "confirm")
				check(lo-step, "", string(tt.vital))
				check(tt.hard[0], "", string(tt.vital))
			}
			if hi < tt.hard[1] {
				check(hi+step, "confirm")
				check(hi+step, "", string(tt.vital))
				check(tt.hard[1], "", string(tt.vital))
			}
			beyond := "hard_limit"
			for _, slip := range [][3]any{{TempC, 77.0, 113.0}, {HbGdl, 26.0, 250.0}} {
				if x := tt.hard[1] + step; tt.vital == slip[0] && x >= slip[1].(float64) && x <= slip[2].(float64) {
					beyond = "unit"
				}
			}
			check(tt.hard[1]+step, beyond, string(tt.vital))
			if below := tt.hard[0] - step; tt.vital == GlucoseMgDl {
				check(below, "unit", string(tt.vital)) // 4: mmol/L
			} else {
				check(below, "hard_limit", string(tt.vital))
			}
		}
	}
}

// TestMustSave: the sickest patients of the page are never turned away.
func TestMustSave(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		band Band
		vs   map[Vital]float64
	}{
		{"BP 60/30", Years16Up, map[Vital]float64{Systolic: 60, Diastolic: 30}},
		{"RR 96 at 10 days", Days7to59, map[Vital]float64{RespRate: 96}},
		{"pulse 210 at 3 months", Months2to11, map[Vital]float64{Pulse: 210}},
		{"temp 33.8", Years16Up, map[Vital]float64{TempC: 33.8}},
		{"SpO2 62", Years16Up, map[Vital]float64{SpO2: 62}},
	}
	for _, tt := range tests {
		vs, confirmed := Vitals{}, []string{}
		for v, x := range tt.vs {
			vs[v], confirmed = ReadingOf(v, x), append(confirmed, string(v))
		}
		if err := Rules.Check(vs, []Band{tt.band}, confirmed); err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
		c := opened(t, func(n *NewCase) { n.Patient.Age, n.Vitals = ptr(ageIn[tt.band]), nil })
		must(t, c, Command{Kind: AddVitalsKind, Vitals: &TakenVitals{Vitals: vs, Confirmed: confirmed}}, sunita)
	}
}

func TestSlips(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		band Band
		vs   map[Vital]float64
		want string // "" = passes
	}{
		{"98.6 °F", Years16Up, map[Vital]float64{TempC: 98.6}, "vitals.tempC unit"},
		{"77 °F", Years16Up, map[Vital]float64{TempC: 77}, "vitals.tempC unit"},
		{"113 °F", Years16Up, map[Vital]float64{TempC: 113}, "vitals.tempC unit"},
		{"113.1 is no temperature", Years16Up, map[Vital]float64{TempC: 113.1}, "vitals.tempC hard_limit"},
		{"76.9 is no temperature", Years16Up, map[Vital]float64{TempC: 76.9}, "vitals.tempC hard_limit"},
		{"Hb 98 g/L", Years16Up, map[Vital]float64{HbGdl: 98}, "vitals.hbGdl unit"},
		{"3200 g newborn", Days0to6, map[Vital]float64{WeightKg: 3200}, "vitals.weightKg unit"},
		{"3200 kg adult", Years16Up, map[Vital]float64{WeightKg: 3200}, "vitals.weightKg hard_limit"},
		{"1.6 m", Years16Up, map[Vital]float64{HeightCm: 1.6}, "vitals.heightCm unit"},
		{"arm 13 cm", Months12to59, map[Vital]float64{MUACmm: 13}, "vitals.muacMm unit"},
		{"sugar 4 mmol/L", Years16Up, map[Vital]float64{GlucoseMgDl: 4}, "vitals.glucoseMgDl unit"},
		{"pressures exchanged", Years16Up, map[Vital]float64{Systolic: 80, Diastolic: 120}, "vitals.systolic swapped"},
		{"pressures equal", Years16Up, map[Vital]float64{Systolic: 100, Diastolic: 100}, "vitals.systolic swapped"},
		{"9 apart", Years16Up, map[Vital]float64{Systolic: 109, Diastolic: 100}, "vitals.systolic confirm"},
		{"10 apart", Years16Up, map[Vital]float64{Systolic: 110, Diastolic: 100}, ""},
		{"150 apart", Years16Up, map[Vital]float64{Systolic: 200, Diastolic: 50}, ""},
		{"151 apart", Years16Up, map[Vital]float64{Systolic: 201, Diastolic: 50}, "vitals.systolic confirm"},
		{"pulse in the oxygen field", Years16Up, map[Vital]float64{SpO2: 88, Pulse: 88}, "vitals.spo2 confirm"},
	}
	for _, tt := range tests {
		vs := Vitals{}
		for v, x := range tt.vs {
			vs[v] = ReadingOf(v, x)
		}
		got := ""
		if f := fields(Rules.Check(vs, []Band{tt.band}, nil)); len(f) > 0 {
			got = f[0]
		}
		if got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestRounding: half up, once, to what is kept. The Fahrenheit row is of the page.
func TestRounding(t *testing.T) {
	t.Parallel()
	for f, want := range map[float64]int64{95.9: 355, 99.4: 374, 99.5: 375, 100.3: 379, 100.4: 380, 101.3: 385, 102.1: 389, 102.2: 390, 102.3: 391} {
		if got := ReadingOf(TempC, (f-32)*5/9).Canon; got != want {
			t.Errorf("%v °F is %d tenths of a degree, want %d", f, got, want)
		}
	}
	for _, tt := range []struct {
		v     Vital
		value float64
		want  int64
	}{{TempC, 37.44, 374}, {TempC, 37.46, 375}, {Pulse, 72.5, 73}, {Pulse, 72.4, 72}, {WeightKg, 3.2, 3200}, {WeightKg, 0.3, 300}, {HeightCm, 151.05, 1511}, {HbGdl, 6.9, 69}} {
		if got := ReadingOf(tt.v, tt.value).Canon; got != tt.want {
			t.Errorf("%s %v is kept as %d, want %d", tt.v, tt.value, got, tt.want)
		}
	}
	for v := range measures { // what is kept comes back as itself
		for _, canon := range []int64{0, 1, 69, 380, 3200, 12345} {
			r := Reading{State: Measured, Canon: canon}
			if again := ReadingOf(v, r.Value(v)); again != r {
				t.Errorf("%s: %d came back as %d", v, canon, again.Canon)
			}
		}
	}
}

func TestVitalsJSON(t *testing.T) {
	t.Parallel()
	const wire = `{"avpu":"C","respRate":20,"spo2":{"unrecordable":true},"onOxygen":false,"pulse":108,"systolic":164,"diastolic":{"notDone":"cuff \"torn\""},"tempC":37.1,"weightKg":52.35,"glucoseMgDl":"LO"}`
	var vs Vitals
	if err := json.Unmarshal([]byte(wire), &vs); err != nil {
		t.Fatal(err)
	}
	if got, err := json.Marshal(vs); err != nil || string(got) != wire {
		t.Errorf("%s, %v\nwant %s", got, err, wire)
	}
	refused := map[string]string{`{"tempF":99}`: "vitals unknown_field", `[]`: "vitals invalid", `{"pulse":"72"}`: "vitals.pulse invalid", `{"pulse":1e300}`: "vitals.pulse invalid",
		`{"pulse":true}`: "vitals.pulse invalid", `{"pulse":"LO"}`: "vitals.pulse invalid", `{"avpu":"X"}`: "vitals.avpu invalid", `{"avpu":1}`: "vitals.avpu invalid", `{"avpu":"a"}`: "vitals.avpu invalid",
		`{"avpu":{"unrecordable":true}}`: "vitals.avpu invalid", `{"onOxygen":1}`: "vitals.onOxygen invalid", `{"spo2":{}}`: "vitals.spo2 invalid",
		`{"spo2":{"unrecordable":true,"notDone":"x"}}`: "vitals.spo2 invalid", `{"spo2":{"other":1}}`: "vitals.spo2 invalid", `{"glucoseMgDl":"lo"}`: "vitals.glucoseMgDl invalid"}
	for text, want := range refused {
		if got := fields(json.Unmarshal([]byte(text), &vs)); !slices.Equal(got, []string{want}) {
			t.Errorf("%s: %v, want %s", text, got, want)
		}
	}
	if err := json.Unmarshal([]byte(`{"pulse":null}`), &vs); err != nil || len(vs) != 0 {
		t.Errorf("null is not looked at: %v, %v", vs, err)
	}
}

func TestListsHaveBounds(t *testing.T) {
	t.Parallel()
	c := opened(t, nil)
	for name, taken := range map[string]TakenVitals{
		"an unknown sign":             {Signs: []string{"hiccups"}},
		"more signs than there are":   {Signs: slices.Repeat([]string{"fever"}, len(Rules.Signs)+1)},
		"confirming what is no vital": {Signs: []string{}, Confirmed: []string{"2345 6789 0124"}},
		"confirming without end":      {Signs: []string{}, Confirmed: slices.Repeat([]string{"pulse"}, 100)},
		"nothing":                     {},
	} {
		_, _, err := Apply(c, Command{Kind: AddVitalsKind, Vitals: &taken}, sunita, moment(2))
		if len(fields(err)) == 0 {
			t.Errorf("%s passed: %v", name, err)
		}
	}
	if _, _, err := Apply(c, Command{Kind: AddVitalsKind}, sunita, moment(2)); len(fields(err)) == 0 {
		t.Errorf("no body at all: %v", err)
	}
}

func FuzzVitalsJSON(f *testing.F) {
	for _, seed := range []string{`{"pulse":72}`, `{"avpu":"U","spo2":{"unrecordable":true},"glucoseMgDl":"HI"}`, `{"tempC":{"notDone":"\u0000"}}`, `{"pulse":-1e6}`, `{"onOxygen":null}`, `[]`, `{"pulse":1,"pulse":2}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var vs Vitals
		if json.Unmarshal(text, &vs) != nil {
			return
		}
		out, err := json.Marshal(vs)
		if err != nil {
			t.Fatal(err)
		}
		var again Vitals
		if err := json.Unmarshal(out, &again); err != nil || fmt.Sprint(again) != fmt.Sprint(vs) {
			t.Fatalf("%s became %s, %v", text, out, err)
		}
		_ = Rules.Check(vs, Bands, nil) // whatever it says, it says it
	})
}
