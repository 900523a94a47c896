package care

import (
	"cmp"
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

//go:embed rules/in-2026.1.json
var ruleFiles embed.FS

// Rules is the pack this program decides with.
var Rules = mustPack("rules/in-2026.1.json")

// Pack is a rule pack: data, not code. The box evaluates it here; tablets will evaluate
// the same file, held to the same vectors (rules/vectors.json).
type Pack struct {
	Name      string   `json:"pack"`
	SignedOff bool     `json:"signedOff" doc:"a clinician of this clinic has read and accepted the rules"`
	Profile   string   `json:"profile"`
	Bands     []Band   `json:"bands"`
	Signs     []Sign   `json:"signs"`
	Engines   []Engine `json:"engines"`
	Vitals    []Limits `json:"vitals"`
}

// Sign is something seen or told, by code; its words are in the portals' catalogs.
type Sign struct {
	Code     string `json:"code"`
	Bands    []Band `json:"bands,omitempty" doc:"absent = every age"`
	Pregnant bool   `json:"pregnant,omitempty" doc:"asked only in pregnancy and up to 42 days after birth"`
	Danger   bool   `json:"danger"`
}

// Engine is one published scheme, such as NEWS2 or IMCI, for some of the patients.
type Engine struct {
	Code     string   `json:"code"`
	Bands    []Band   `json:"bands"`
	Maternal *bool    `json:"pregnant,omitempty" doc:"true = only in pregnancy and up to 42 days after birth, false = never then"`
	Required []string `json:"required" doc:"vitals, or \"signs\", without which the engine cannot say GREEN"`
	Green    bool     `json:"green" doc:"whether the engine may say GREEN at all"`
	Score    *Score   `json:"score,omitempty"`
	Rules    []Rule   `json:"rules"`
}

// Rule fires an urgency when its condition holds.
type Rule struct {
	ID      string    `json:"id"`
	Urgency Urgency   `json:"urgency"`
	When    Condition `json:"when"`
	Bands   []Band    `json:"bands,omitempty"`
	Source  string    `json:"source"`
	Mark    string    `json:"mark" doc:"R checked against a transcription of the source, K to be confirmed, D the project's own"`
}

// Condition is one comparison, or any/all of several.
type Condition struct {
	Vital   Vital       `json:"vital,omitempty"`
	Gte     *float64    `json:"gte,omitempty"`
	Lte     *float64    `json:"lte,omitempty"`
	Lt      *float64    `json:"lt,omitempty"`
	Unread  bool        `json:"unrecordable,omitempty"`
	Letters string      `json:"in,omitempty" doc:"avpu letters"`
	Sign    string      `json:"sign,omitempty"`
	Total   *int        `json:"total,omitempty" doc:"the engine's score is at least this"`
	Single  *int        `json:"single,omitempty" doc:"one parameter alone scores at least this"`
	Any     []Condition `json:"any,omitempty"`
	All     []Condition `json:"all,omitempty"`
}

// Score adds points per parameter.
type Score struct {
	Name   string      `json:"name"`
	Points []ScoreLine `json:"points"`
}

// ScoreLine gives Points when its vital lies in the closed range; for SpO2, Scale tells
// which of NEWS2's two scales the line belongs to and Oxygen whether it needs oxygen.
type ScoreLine struct {
	Vital   Vital    `json:"vital"`
	Min     *float64 `json:"min,omitempty"`
	Max     *float64 `json:"max,omitempty"`
	Letters string   `json:"in,omitempty"`
	Scale   int      `json:"scale,omitempty"`
	Oxygen  *bool    `json:"oxygen,omitempty"`
	Side    string   `json:"side,omitempty" doc:"low or high: which way the value is off"`
	Points  int      `json:"points"`
}

// Input is one finding that a rule rested on.
type Input struct {
	Field     string  `json:"field" doc:"a vital, a sign, or the name of a score"`
	Value     string  `json:"value,omitempty"`
	Cmp       string  `json:"cmp,omitempty" doc:"gte, lte or lt; empty for a sign"`
	Threshold float64 `json:"threshold,omitempty"`
	seq       int64
}

// Fired is a rule that fired.
type Fired struct {
	Rule    string  `json:"rule"`
	Urgency Urgency `json:"urgency"`
	Inputs  []Input `json:"inputs"`
	Source  string  `json:"source"`
	Seq     int64   `json:"seq,omitempty" doc:"position of the newest finding it rests on"`
}

// Total is a score; complete only if no parameter was missing.
type Total struct {
	Name     string `json:"name"`
	Total    int    `json:"total"`
	Complete bool   `json:"complete"`
}

// Triage is what the pack says of a case. Missing data never counts as normal.
type Triage struct {
	Urgency      Urgency  `json:"urgency"`
	Fired        []Fired  `json:"fired"`
	Missing      []string `json:"missing"`
	Pack         string   `json:"pack"`
	Score        *Total   `json:"score"`
	AgeUncertain bool     `json:"ageUncertain"`
	MixedTimes   bool     `json:"mixedTimes" doc:"the readings of a score are more than 60 minutes apart"`
	CanBeGreen   bool     `json:"canBeGreen" doc:"false in an age band whose rules are not all in the pack"`
}

func (t Triage) incomplete() bool { return !t.CanBeGreen || len(t.Missing) > 0 }

// Why is a fired rule in a list row.
type Why struct {
	Rule    string  `json:"rule"`
	Urgency Urgency `json:"urgency"`
	Field   string  `json:"field,omitempty"`
	Value   string  `json:"value,omitempty"`
	Cmp     string  `json:"cmp,omitempty"`
}

func (t Triage) why(most int) []Why {
	why := []Why{}
	for _, f := range t.Fired[:min(most, len(t.Fired))] {
		w := Why{Rule: f.Rule, Urgency: f.Urgency}
		if len(f.Inputs) > 0 {
			w.Field, w.Value, w.Cmp = f.Inputs[0].Field, f.Inputs[0].Value, f.Inputs[0].Cmp
		}
		why = append(why, w)
	}
	return why
}

func mustPack(name string) *Pack {
	b, err := ruleFiles.ReadFile(name)
	if err == nil {
		var p Pack
		if err = json.Unmarshal(b, &p); err == nil {
			return &p
		}
	}
	panic(fmt.Sprintf("rule pack %s: %v", name, err))
}

// HasSign reports whether the pack knows the sign.
func (p *Pack) HasSign(code string) bool {
	return slices.ContainsFunc(p.Signs, func(s Sign) bool { return s.Code == code })
}

// Evaluate says how urgent a patient with these findings is. It ranks and cites; it
// never prescribes. If the age leaves several bands open, each is evaluated and the
// more urgent answer taken.
func (p *Pack) Evaluate(c Case, now time.Time) Triage {
	bands := c.Patient.BandsAt(now)
	t := Triage{Fired: []Fired{}, Missing: []string{}, Pack: p.Name, AgeUncertain: len(bands) > 1}
	green := true
	for _, band := range bands {
		if !p.evaluateBand(&t, band, c, now) {
			green = false
		}
	}
	slices.SortStableFunc(t.Fired, func(a, b Fired) int { return cmp.Compare(a.Urgency.Rank(), b.Urgency.Rank()) })
	t.CanBeGreen = green
	t.Urgency = Green
	if t.incomplete() {
		t.Urgency = Incomplete
	}
	if len(t.Fired) > 0 && t.Fired[0].Urgency.Above(t.Urgency) {
		t.Urgency = t.Fired[0].Urgency
	}
	return t
}

// evaluateBand adds what the engines for one band say; false if none of them may say GREEN.
func (p *Pack) evaluateBand(t *Triage, band Band, c Case, now time.Time) (green bool) {
	for _, e := range p.Engines {
		if !slices.Contains(e.Bands, band) || e.Maternal != nil && *e.Maternal != c.Patient.maternal(now) {
			continue
		}
		green = green || e.Green
		var s scored
		if e.Score != nil {
			s = e.Score.of(c)
			t.Score = &Total{e.Score.Name, s.total, s.complete}
			t.MixedTimes = t.MixedTimes || s.mixed
		}
		for _, field := range e.Required {
			if !c.looked(field) && !slices.Contains(t.Missing, field) {
				t.Missing = append(t.Missing, field)
			}
		}
		summed := false // of the bands of one score only the highest is told
		for _, r := range e.Rules {
			if r.Bands != nil && !slices.Contains(r.Bands, band) || t.has(r.ID) || r.When.Total != nil && summed {
				continue
			}
			if inputs, ok := r.When.holds(c, s); ok {
				f := Fired{Rule: r.ID, Urgency: r.Urgency, Inputs: inputs, Source: r.Source}
				for _, in := range inputs {
					f.Seq = max(f.Seq, in.seq)
				}
				t.Fired = append(t.Fired, f)
				summed = summed || r.When.Total != nil
			}
		}
	}
	return green
}

func (t *Triage) has(rule string) bool {
	return slices.ContainsFunc(t.Fired, func(f Fired) bool { return f.Rule == rule })
}

// looked reports whether a required finding is there. A reading that was not done is not.
func (c Case) looked(field string) bool {
	if field == "signs" {
		return c.Signs != nil
	}
	l, ok := c.Newest[Vital(field)]
	return ok && l.Reading.State != NotDone && !l.NotDone
}

func (w Condition) holds(c Case, s scored) ([]Input, bool) {
	switch {
	case w.Any != nil:
		// Every one that holds, not the first: after a clinician has lowered the urgency
		// a new sign must count although an old one of the same rule is still there.
		var inputs []Input
		found := false
		for _, sub := range w.Any {
			if in, ok := sub.holds(c, s); ok {
				inputs, found = append(inputs, in...), true
			}
		}
		return inputs, found
	case w.All != nil:
		var inputs []Input
		for _, sub := range w.All {
			in, ok := sub.holds(c, s)
			if !ok {
				return nil, false
			}
			inputs = append(inputs, in...)
		}
		return inputs, true
	case w.Sign != "":
		return []Input{{Field: w.Sign, seq: c.SignSeq[w.Sign]}}, slices.Contains(c.Signs, w.Sign)
	case w.Total != nil:
		sum := Input{Field: s.name, Value: fmt.Sprint(s.total), Cmp: "gte", Threshold: float64(*w.Total)}
		return append([]Input{sum}, s.from(1)...), s.total >= *w.Total
	case w.Single != nil:
		return s.from(*w.Single), len(s.from(*w.Single)) > 0
	}
	l, ok := c.Newest[w.Vital]
	if !ok {
		return nil, false
	}
	in := Input{Field: string(w.Vital), Value: l.Reading.text(w.Vital), seq: l.Seq}
	if w.Unread {
		return []Input{in}, l.Reading.State == Unrecordable
	}
	// A meter that says LO or HI is below or above every threshold it can be asked about.
	value := l.Reading.Value(w.Vital)
	switch l.Reading.State {
	case TooLow:
		value = 0
	case TooHigh:
		value = 1e6
	case Measured:
	default:
		return nil, false
	}
	switch {
	case w.Letters != "":
		return []Input{in}, containsLetter(w.Letters, l.Reading)
	case w.Gte != nil:
		in.Cmp, in.Threshold = "gte", *w.Gte
		ok = value >= *w.Gte
	case w.Lte != nil:
		in.Cmp, in.Threshold = "lte", *w.Lte
		ok = value <= *w.Lte
	case w.Lt != nil:
		in.Cmp, in.Threshold = "lt", *w.Lt
		ok = value < *w.Lt
	}
	return []Input{in}, ok
}

func containsLetter(letters string, r Reading) bool {
	for i := range letters {
		if r.State == Measured && letters[i] == avpuLetters[r.Canon] {
			return true
		}
	}
	return false
}

// text is a reading as a sentence would carry it.
func (r Reading) text(v Vital) string {
	b := r.wire(v)
	if len(b) > 1 && b[0] == '"' {
		return b[1 : len(b)-1]
	}
	if r.State == Unrecordable {
		return "unrecordable"
	}
	return b
}

// scored is a score with what made it up.
type scored struct {
	name     string
	total    int
	complete bool
	mixed    bool
	parts    []scorePart
}

type scorePart struct {
	Input
	points int
}

// from lists the parameters that gave at least points each.
func (s scored) from(points int) []Input {
	var inputs []Input
	for _, p := range s.parts {
		if p.points >= points {
			inputs = append(inputs, p.Input)
		}
	}
	return inputs
}

// sixtyMinutes: readings further apart are not one observation. Source: clinical page §4.4.1.
const sixtyMinutes = Instant(60 * 60 * 1000)

func (sc *Score) of(c Case) scored {
	s := scored{name: sc.Name, complete: true}
	scale, oxygen := 1, c.Newest[OnOxygen].Reading.Canon == 1
	if c.Patient.Hypercapnic {
		scale = 2
	}
	var first, last Instant
	seen := map[Vital]bool{}
	for _, line := range sc.Points {
		l, ok := c.Newest[line.Vital]
		if l.NotDone {
			s.complete = false
		}
		if !ok || l.Reading.State != Measured {
			s.complete = false
			continue
		}
		if !seen[line.Vital] {
			seen[line.Vital] = true
			if first == 0 || l.At < first {
				first = l.At
			}
			last = max(last, l.At)
		}
		if line.Scale != 0 && line.Scale != scale || line.Oxygen != nil && *line.Oxygen != oxygen {
			continue
		}
		value := l.Reading.Value(line.Vital)
		switch {
		case line.Letters != "":
			if !containsLetter(line.Letters, l.Reading) {
				continue
			}
		case line.Min != nil && value < *line.Min, line.Max != nil && value > *line.Max:
			continue
		}
		s.total += line.Points
		in := Input{Field: string(line.Vital), Value: l.Reading.text(line.Vital), seq: l.Seq}
		switch line.Side {
		case "low":
			in.Cmp, in.Threshold = "lte", *line.Max
		case "high":
			in.Cmp, in.Threshold = "gte", *line.Min
		}
		s.parts = append(s.parts, scorePart{in, line.Points})
	}
	s.mixed = last-first > sixtyMinutes
	return s
}
