package care

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// vectors is rules/vectors.json: what the rule pack must say. It was written from the
// published tables of the clinical page, not from the pack, and every evaluator runs it.
type vectors struct {
	Pack    string   `json:"pack"`
	Now     Instant  `json:"now"`
	About   string   `json:"about"`
	Vectors []vector `json:"vectors"`
}

type vector struct {
	Name    string `json:"name"`
	Patient struct {
		Age                *Age       `json:"age"`
		BirthDate          string     `json:"birthDate"`
		BirthPrecision     string     `json:"birthPrecision"`
		Sex                string     `json:"sex"`
		Pregnancy          *Pregnancy `json:"pregnancy"`
		PostpartumDays     *int       `json:"postpartumDays"`
		HypercapnicFailure bool       `json:"hypercapnicFailure"`
	} `json:"patient"`
	Vitals Vitals   `json:"vitals"`
	Signs  []string `json:"signs"`
	Later  []struct {
		Minutes int    `json:"minutes"`
		Vitals  Vitals `json:"vitals"`
	} `json:"later"`
	Expect struct {
		Urgency      Urgency  `json:"urgency"`
		Fired        []string `json:"fired"`
		Missing      []string `json:"missing"`
		AgeUncertain bool     `json:"ageUncertain"`
		MixedTimes   bool     `json:"mixedTimes"`
		Score        *struct {
			Total    int  `json:"total"`
			Complete bool `json:"complete"`
		} `json:"score"`
	} `json:"expect"`
}

func readVectors(t *testing.T) vectors {
	t.Helper()
	f, err := os.Open("rules/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all vectors
	dec := json.NewDecoder(f)
	dec.DisallowUnknownFields()
	if err := dec.Decode(&all); err != nil {
		t.Fatal(err)
	}
	return all
}

// testCase is the case of a vector after all its readings.
func (v vector) testCase(t *testing.T, now Instant) Case {
	t.Helper()
	p := v.Patient
	c := Case{Status: Pending, Urgency: Green, Patient: Patient{
		Name: "unknown", Age: p.Age, BirthDate: p.BirthDate, BirthPrecision: p.BirthPrecision, Sex: p.Sex,
		Pregnancy: p.Pregnancy, PostpartumDays: p.PostpartumDays, Hypercapnic: p.HypercapnicFailure}}
	c.Patient.stamp(now)
	take := func(seq int64, minutes int, taken TakenVitals) {
		m := Moment{Now: now.Time().Add(time.Duration(minutes) * time.Minute), Seq: seq}
		for field := range taken.Vitals { // rare values are what the vectors are about
			taken.Confirmed = append(taken.Confirmed, string(field))
		}
		if _, err := c.take(taken, "", Person{}, m); err != nil {
			t.Fatalf("%s: %v", v.Name, err)
		}
	}
	take(1, 0, TakenVitals{Vitals: v.Vitals, Signs: v.Signs})
	for i, later := range v.Later {
		take(int64(i+2), later.Minutes, TakenVitals{Vitals: later.Vitals})
	}
	return c
}

func TestVectors(t *testing.T) {
	t.Parallel()
	all := readVectors(t)
	if all.Pack != Rules.Name {
		t.Fatalf("vectors are of pack %s, the program decides with %s", all.Pack, Rules.Name)
	}
	seen := map[string]bool{}
	for _, v := range all.Vectors {
		t.Run(v.Name, func(t *testing.T) {
			c := v.testCase(t, all.Now)
			got, want := c.Triage, v.Expect
			if c.Urgency != want.Urgency || got.Urgency != want.Urgency {
				t.Errorf("urgency %s, triage says %s, want %s", c.Urgency, got.Urgency, want.Urgency)
			}
			fired := []string{}
			for _, f := range got.Fired {
				fired = append(fired, f.Rule)
				if f.Seq < 1 || f.Source == "" || len(f.Inputs) == 0 {
					t.Errorf("%s fired without saying on what: %+v", f.Rule, f)
				}
			}
			slices.Sort(fired)
			if !slices.Equal(fired, want.Fired) {
				t.Errorf("fired   %v\n\twant %v", fired, want.Fired)
			}
			missing := slices.Sorted(slices.Values(got.Missing))
			if !slices.Equal(missing, want.Missing) {
				t.Errorf("missing %v, want %v", missing, want.Missing)
			}
			if got.AgeUncertain != want.AgeUncertain || got.MixedTimes != want.MixedTimes {
				t.Errorf("age uncertain %v, mixed times %v, want %v, %v", got.AgeUncertain, got.MixedTimes, want.AgeUncertain, want.MixedTimes)
			}
			switch {
			case (got.Score == nil) != (want.Score == nil):
				t.Errorf("score %v, want %v", got.Score, want.Score)
			case want.Score != nil && (got.Score.Total != want.Score.Total || got.Score.Complete != want.Score.Complete):
				t.Errorf("score %+v, want %+v", *got.Score, *want.Score)
			}
		})
		if seen[v.Name] {
			t.Errorf("two vectors are called %q", v.Name)
		}
		seen[v.Name] = true
	}
}

// TestVectorsAreComplete walks the pack and demands, for every number in it, a vector
// with exactly that value and one a smallest step on the other side, for which the rule
// answers differently; for every sign, letter and unreadable vital a vector that has it.
func TestVectorsAreComplete(t *testing.T) {
	t.Parallel()
	all := readVectors(t)
	for _, e := range Rules.Engines {
		var on []seenVector // the vectors this engine speaks about
		for _, v := range all.Vectors {
			c := v.testCase(t, all.Now)
			bands := c.Patient.BandsAt(all.Now.Time())
			if overlap(e.Bands, bands) && (e.Maternal == nil || *e.Maternal == c.Patient.maternal(all.Now.Time())) {
				on = append(on, seenVector{v, c, bands})
			}
		}
		for _, r := range e.Rules {
			if r.Bands == nil {
				demandCondition(t, r.ID, r.When, on)
				continue
			}
			for _, band := range r.Bands {
				demandCondition(t, r.ID, r.When, inBand(on, band))
			}
		}
		if e.Score != nil {
			for _, line := range e.Score.Points {
				demandLine(t, line, on)
			}
		}
	}
	for _, band := range Bands {
		if len(inBand(seenAll(t, all), band)) == 0 {
			t.Errorf("no vector for somebody in band %s", band)
		}
	}
}

type seenVector struct {
	vector
	c     Case
	bands []Band
}

func seenAll(t *testing.T, all vectors) []seenVector {
	var on []seenVector
	for _, v := range all.Vectors {
		c := v.testCase(t, all.Now)
		on = append(on, seenVector{v, c, c.Patient.BandsAt(all.Now.Time())})
	}
	return on
}

func inBand(on []seenVector, band Band) []seenVector {
	var in []seenVector
	for _, v := range on {
		if slices.Equal(v.bands, []Band{band}) {
			in = append(in, v)
		}
	}
	return in
}

func (v seenVector) fires(rule string) bool { return slices.Contains(v.Expect.Fired, rule) }

func (v seenVector) at(vital Vital, value float64) bool {
	r := v.c.Newest[vital].Reading
	return r.State == Measured && r.Canon == ReadingOf(vital, value).Canon
}

func demand(t *testing.T, on []seenVector, what string, is func(seenVector) bool) {
	t.Helper()
	if !slices.ContainsFunc(on, is) {
		t.Errorf("no vector for %s", what)
	}
}

func demandCondition(t *testing.T, rule string, w Condition, on []seenVector) {
	t.Helper()
	for _, sub := range slices.Concat(w.Any, w.All) {
		demandCondition(t, rule, sub, on)
	}
	step := 1.0
	if w.Vital != "" {
		step /= float64(measures[w.Vital].scale)
	}
	edge := func(in, out float64) {
		t.Helper()
		demand(t, on, fmt.Sprintf("%s firing at %s %v", rule, w.Vital, in), func(v seenVector) bool { return v.at(w.Vital, in) && v.fires(rule) })
		demand(t, on, fmt.Sprintf("%s silent at %s %v", rule, w.Vital, out), func(v seenVector) bool { return v.at(w.Vital, out) && !v.fires(rule) })
	}
	switch {
	case w.Gte != nil:
		edge(*w.Gte, *w.Gte-step)
	case w.Lte != nil:
		edge(*w.Lte, *w.Lte+step)
	case w.Lt != nil:
		edge(*w.Lt-step, *w.Lt)
	case w.Letters != "":
		for i, letter := range avpuLetters {
			want := strings.ContainsRune(w.Letters, letter)
			demand(t, on, fmt.Sprintf("%s and %s %c", rule, w.Vital, letter), func(v seenVector) bool { return v.at(w.Vital, float64(i)) && v.fires(rule) == want })
		}
	case w.Unread:
		demand(t, on, fmt.Sprintf("%s with %s that cannot be read", rule, w.Vital), func(v seenVector) bool {
			return v.c.Newest[w.Vital].Reading.State == Unrecordable && v.fires(rule)
		})
		demand(t, on, fmt.Sprintf("%s with %s not done", rule, w.Vital), func(v seenVector) bool {
			return v.c.Newest[w.Vital].Reading.State == NotDone && !v.fires(rule)
		})
	case w.Sign != "":
		demand(t, on, fmt.Sprintf("%s with %s", rule, w.Sign), func(v seenVector) bool { return slices.Contains(v.Signs, w.Sign) && v.fires(rule) })
		demand(t, on, fmt.Sprintf("%s without %s", rule, w.Sign), func(v seenVector) bool {
			return v.Signs != nil && !slices.Contains(v.Signs, w.Sign) && !v.fires(rule)
		})
	case w.Total != nil:
		demand(t, on, fmt.Sprintf("%s at a total of %d", rule, *w.Total), func(v seenVector) bool { return v.Expect.Score.Total == *w.Total && v.fires(rule) })
		demand(t, on, fmt.Sprintf("%s below a total of %d", rule, *w.Total), func(v seenVector) bool { return v.Expect.Score.Total == *w.Total-1 && !v.fires(rule) })
	case w.Single != nil:
		demand(t, on, fmt.Sprintf("%s with a single %d", rule, *w.Single), func(v seenVector) bool { return v.Expect.Score.Total == *w.Single && v.fires(rule) })
		demand(t, on, fmt.Sprintf("%s with %d from several", rule, *w.Single+1), func(v seenVector) bool { return v.Expect.Score.Total == *w.Single+1 && !v.fires(rule) })
	case w.Any == nil && w.All == nil:
		t.Errorf("%s has a condition that asks nothing", rule)
	}
}

// demandLine wants both ends of a line of a score, and what lies just beyond them.
func demandLine(t *testing.T, line ScoreLine, on []seenVector) {
	t.Helper()
	step := 1 / float64(measures[line.Vital].scale)
	var fitting []seenVector
	for _, v := range on {
		scale := 1
		if v.c.Patient.Hypercapnic {
			scale = 2
		}
		oxygen := v.at(OnOxygen, 1)
		if (line.Scale == 0 || line.Scale == scale) && (line.Oxygen == nil || *line.Oxygen == oxygen) {
			fitting = append(fitting, v)
		}
	}
	var edges []float64
	if line.Min != nil {
		edges = append(edges, *line.Min, *line.Min-step)
	}
	if line.Max != nil {
		edges = append(edges, *line.Max, *line.Max+step)
	}
	for _, value := range edges {
		if line.Vital == SpO2 && value > 100 {
			continue
		}
		demand(t, fitting, fmt.Sprintf("the score of %s %v, scale %d", line.Vital, math.Round(value*10)/10, line.Scale), func(v seenVector) bool { return v.at(line.Vital, value) && v.Expect.Score != nil })
	}
	for i := range line.Letters {
		demand(t, fitting, "the score of avpu "+line.Letters[i:i+1], func(v seenVector) bool {
			return v.at(line.Vital, float64(strings.IndexByte(avpuLetters, line.Letters[i])))
		})
	}
	if len(edges) == 0 && line.Letters == "" && line.Oxygen == nil {
		t.Errorf("a line for %s asks nothing", line.Vital)
	}
}

// TestNoDangerSignIsGreen: whatever the age, pregnant or not, asked for at that age or
// not, and however well everything measured.
func TestNoDangerSignIsGreen(t *testing.T) {
	t.Parallel()
	for _, v := range readVectors(t).Vectors {
		for _, code := range v.Signs {
			i := slices.IndexFunc(Rules.Signs, func(s Sign) bool { return s.Code == code })
			if Rules.Signs[i].Danger && !v.Expect.Urgency.Above(Incomplete) {
				t.Errorf("%s: %s in spite of the danger sign %s", v.Name, v.Expect.Urgency, code)
			}
		}
	}
}

// TestPackIsSound: every name a rule uses exists, and every vital an engine requires is
// a finding when it cannot be read.
func TestPackIsSound(t *testing.T) {
	t.Parallel()
	var check func(rule string, w Condition)
	check = func(rule string, w Condition) {
		for _, sub := range slices.Concat(w.Any, w.All) {
			check(rule, sub)
		}
		if _, known := measures[w.Vital]; w.Vital != "" && !known {
			t.Errorf("%s asks for the unknown vital %s", rule, w.Vital)
		}
		if w.Sign != "" && !Rules.HasSign(w.Sign) {
			t.Errorf("%s asks for the unknown sign %s", rule, w.Sign)
		}
	}
	ids := map[string]bool{}
	for _, e := range Rules.Engines {
		for _, r := range e.Rules {
			if ids[r.ID] {
				t.Errorf("two rules are called %s", r.ID)
			}
			ids[r.ID] = true
			if r.Urgency.Rank() < 0 || r.Urgency.Rank() >= Incomplete.Rank() || r.Source == "" || !slices.Contains([]string{"R", "K", "D"}, r.Mark) {
				t.Errorf("%s: urgency %q, source %q, mark %q", r.ID, r.Urgency, r.Source, r.Mark)
			}
			check(r.ID, r.When)
		}
		for _, field := range e.Required {
			if field == "signs" || Vital(field) == AVPU || Vital(field) == OnOxygen {
				continue // these cannot be unrecordable
			}
			c := Case{Urgency: Green, Patient: Patient{Sex: "U"}}
			if _, err := c.take(TakenVitals{Vitals: Vitals{Vital(field): {State: Unrecordable}}}, "", Person{}, Moment{Now: time.Now(), Seq: 1}); err != nil || c.Urgency != Red {
				t.Errorf("%s that cannot be read is %s, error %v: it would count as looked at", field, c.Urgency, err)
			}
		}
	}
}
