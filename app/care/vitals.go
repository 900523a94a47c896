package care

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strconv"
)

// Vital names one measurement; the unit is in the name.
type Vital string

const (
	TempC       Vital = "tempC" // axillary, °C
	Pulse       Vital = "pulse"
	RespRate    Vital = "respRate"
	SpO2        Vital = "spo2"
	Systolic    Vital = "systolic"
	Diastolic   Vital = "diastolic"
	AVPU        Vital = "avpu"     // A alert, C new confusion, V voice, P pain, U unresponsive
	OnOxygen    Vital = "onOxygen" // true or false
	WeightKg    Vital = "weightKg"
	HeightCm    Vital = "heightCm"
	MUACmm      Vital = "muacMm" // mid-upper-arm circumference
	GlucoseMgDl Vital = "glucoseMgDl"
	HbGdl       Vital = "hbGdl"
)

// measure says how a vital is written and kept: as an integer of unit/scale.
type measure struct {
	unit  string
	scale int64 // stored integer = value × scale: 0.1 °C, gram, millimetre, mg/dL, 0.1 g/dL
}

var measures = map[Vital]measure{
	TempC: {"°C", 10}, Pulse: {"/min", 1}, RespRate: {"/min", 1}, SpO2: {"%", 1},
	Systolic: {"mmHg", 1}, Diastolic: {"mmHg", 1}, AVPU: {"", 1}, OnOxygen: {"", 1},
	WeightKg: {"kg", 1000}, HeightCm: {"cm", 10}, MUACmm: {"mm", 1}, GlucoseMgDl: {"mg/dL", 1}, HbGdl: {"g/dL", 10},
}

// VitalFields lists every vital in the order in which they are measured.
var VitalFields = []Vital{AVPU, RespRate, SpO2, OnOxygen, Pulse, Systolic, Diastolic, TempC, WeightKg, HeightCm, MUACmm, GlucoseMgDl, HbGdl}

// avpuLetters from well to worst; a reading's Canon is the index.
const avpuLetters = "ACVPU"

// Reading is one vital as taken. The zero Reading means it was not looked at.
type Reading struct {
	State  ReadingState
	Canon  int64  // canonical integer, see measures; avpu: index into ACVPU; onOxygen: 0 or 1
	Reason string // why it was not done
}

// ReadingState tells a number from the ways of having none.
type ReadingState uint8

const (
	NotLooked    ReadingState = iota
	Measured                  // Canon holds it
	Unrecordable              // tried, too low to read: a finding, and a grave one
	NotDone                   // not tried, for Reason
	TooLow                    // glucose meter says LO
	TooHigh                   // glucose meter says HI
)

// Vitals is one set of readings, by name.
type Vitals map[Vital]Reading

// Value is the reading in the unit its name carries; only a Measured one has a value.
func (r Reading) Value(v Vital) float64 { return float64(r.Canon) / float64(measures[v].scale) }

// ReadingOf is a measured value in the unit of v's name, rounded half up to what is kept;
// for avpu the index into ACVPU, for onOxygen 0 or 1.
func ReadingOf(v Vital, value float64) Reading {
	return Reading{State: Measured, Canon: int64(math.Floor(value*float64(measures[v].scale) + 0.5))}
}

// MarshalJSON writes the wire form: a number, a letter, true/false, {"unrecordable":true},
// {"notDone":"reason"}, "LO" or "HI".
func (vs Vitals) MarshalJSON() ([]byte, error) {
	b := make([]byte, 1, 256)
	b[0] = '{'
	for _, v := range VitalFields {
		r, ok := vs[v]
		if !ok || r.State == NotLooked {
			continue
		}
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = append(append(append(b, '"'), v...), `":`...) // names of vitals need no escaping
		b = append(b, r.wire(v)...)
	}
	return append(b, '}'), nil
}

func (r Reading) wire(v Vital) string {
	switch {
	case r.State == Unrecordable:
		return `{"unrecordable":true}`
	case r.State == NotDone:
		reason, _ := json.Marshal(r.Reason) // a string always encodes
		return `{"notDone":` + string(reason) + `}`
	case r.State == TooLow:
		return `"LO"`
	case r.State == TooHigh:
		return `"HI"`
	case v == AVPU:
		return strconv.Quote(avpuLetters[r.Canon : r.Canon+1])
	case v == OnOxygen:
		return strconv.FormatBool(r.Canon == 1)
	}
	return strconv.FormatFloat(r.Value(v), 'f', -1, 64)
}

// UnmarshalJSON reads the wire form and refuses what it does not know, by field.
func (vs *Vitals) UnmarshalJSON(b []byte) error {
	var raw map[Vital]json.RawMessage
	if err := json.Unmarshal(b, &raw); err != nil {
		return invalid("vitals", Invalid, "vitals must be an object of readings")
	}
	out := Vitals{}
	for v, text := range raw {
		if _, known := measures[v]; !known {
			return invalid("vitals", UnknownField, "there is a vital with an unknown name")
		}
		r, ok := parseReading(v, text)
		if !ok {
			return invalid("vitals."+string(v), Invalid, "not a reading of this kind")
		}
		if r.State != NotLooked {
			out[v] = r
		}
	}
	*vs = out
	return nil
}

func parseReading(v Vital, text json.RawMessage) (Reading, bool) {
	var number float64
	if json.Unmarshal(text, &number) == nil && string(text) != "null" {
		// Beyond any hard limit: refuse before an integer could overflow.
		if v == AVPU || v == OnOxygen || math.Abs(number) > 1e6 {
			return Reading{}, false
		}
		return ReadingOf(v, number), true
	}
	var flag bool
	if v == OnOxygen && json.Unmarshal(text, &flag) == nil && string(text) != "null" {
		if flag {
			return Reading{State: Measured, Canon: 1}, true
		}
		return Reading{State: Measured}, true
	}
	var word string
	if json.Unmarshal(text, &word) == nil && string(text) != "null" {
		switch {
		case v == AVPU && len(word) == 1 && bytes.IndexByte([]byte(avpuLetters), word[0]) >= 0:
			return Reading{State: Measured, Canon: int64(bytes.IndexByte([]byte(avpuLetters), word[0]))}, true
		case v == GlucoseMgDl && word == "LO":
			return Reading{State: TooLow}, true
		case v == GlucoseMgDl && word == "HI":
			return Reading{State: TooHigh}, true
		}
		return Reading{}, false
	}
	var other struct {
		Unrecordable bool    `json:"unrecordable"`
		NotDone      *string `json:"notDone"`
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&other); err != nil || string(text) == "null" {
		return Reading{}, string(text) == "null"
	}
	switch {
	case other.Unrecordable && other.NotDone == nil && v != AVPU && v != OnOxygen:
		return Reading{State: Unrecordable}, true
	case !other.Unrecordable && other.NotDone != nil:
		return Reading{State: NotDone, Reason: *other.NotDone}, true
	}
	return Reading{}, false
}

// Check holds readings against the limits of the rule pack for a patient of any of
// bands. A value outside a hard limit is refused; one outside a soft limit must be
// named in confirmed. Must save once confirmed: BP 60/30, RR 96 at 10 days, pulse 210
// at 3 months, temp 33.8, SpO2 62. The sickest patient is never refused.
func (p *Pack) Check(vs Vitals, bands []Band, confirmed []string) error {
	var wrong []FieldError
	add := func(v Vital, code FieldCode, message string, lo, hi *float64) {
		if code == Confirm && slices.Contains(confirmed, string(v)) {
			return
		}
		wrong = append(wrong, FieldError{Field: "vitals." + string(v), Code: code, Message: message, Min: lo, Max: hi})
	}
	for _, limit := range p.Vitals {
		r := vs[limit.Field]
		if r.State != Measured {
			continue
		}
		value := r.Value(limit.Field)
		if value < limit.Hard[0] || value > limit.Hard[1] {
			if slip := limit.slip(value, bands); slip != nil {
				add(limit.Field, WrongUnit, "this looks like "+slip.Unit+"; enter "+limit.Unit, &limit.Hard[0], &limit.Hard[1])
			} else {
				add(limit.Field, HardLimit, "outside what is possible", &limit.Hard[0], &limit.Hard[1])
			}
			continue
		}
		if soft := limit.softFor(bands); soft != nil && (value < soft.Min || value > soft.Max) {
			add(limit.Field, Confirm, "unusual at this age: measure again, then confirm", &soft.Min, &soft.Max)
		}
	}
	sys, dia := vs[Systolic], vs[Diastolic]
	if sys.State == Measured && dia.State == Measured && len(wrong) == 0 {
		switch gap := sys.Canon - dia.Canon; {
		case gap <= 0:
			add(Systolic, Swapped, "the upper value must be above the lower one: exchanged?", nil, nil)
		case gap < 10 || gap > 150:
			add(Systolic, Confirm, "the two pressures are unusually close or far apart", nil, nil)
		}
	}
	if ox, pulse := vs[SpO2], vs[Pulse]; ox.State == Measured && pulse.State == Measured && ox.Canon == pulse.Canon {
		add(SpO2, Confirm, "the same as the pulse: exchanged?", nil, nil)
	}
	if wrong != nil {
		return &InvalidError{Fields: wrong}
	}
	return nil
}

// Limits are the plausible ranges of one vital. Source: the project's own table
// (clinical page §4.2), set wider than Simple and Intelehealth on purpose.
type Limits struct {
	Field    Vital       `json:"field"`
	Unit     string      `json:"unit"`
	Decimals int         `json:"decimals"`
	Hard     [2]float64  `json:"hard"`
	Soft     []SoftLimit `json:"soft"`
	Slips    []Slip      `json:"slips,omitempty"`
}

// SoftLimit is the usual range in some age bands; no bands = at every age.
type SoftLimit struct {
	Bands []Band  `json:"bands,omitempty"`
	Min   float64 `json:"min"`
	Max   float64 `json:"max"`
}

// Slip is a range of impossible values that is plain in another unit.
type Slip struct {
	Bands []Band  `json:"bands,omitempty"`
	Min   float64 `json:"min"`
	Max   float64 `json:"max"`
	Unit  string  `json:"unit"`
}

// softFor is the widest soft range over the bands the patient may be in.
func (l Limits) softFor(bands []Band) *SoftLimit {
	var wide *SoftLimit
	for _, s := range l.Soft {
		if s.Bands != nil && !overlap(s.Bands, bands) {
			continue
		}
		if wide == nil {
			first := s
			wide = &first
		} else {
			wide.Min, wide.Max = min(wide.Min, s.Min), max(wide.Max, s.Max)
		}
	}
	return wide
}

func (l Limits) slip(value float64, bands []Band) *Slip {
	for _, s := range l.Slips {
		if value >= s.Min && value <= s.Max && (s.Bands == nil || overlap(s.Bands, bands)) {
			return &s
		}
	}
	return nil
}

func overlap(a, b []Band) bool {
	return slices.ContainsFunc(a, func(x Band) bool { return slices.Contains(b, x) })
}
