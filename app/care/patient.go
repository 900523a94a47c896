package care

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Consent says that the patient, or the emergency, allowed care and record.
type Consent struct {
	Given ConsentMark `json:"given"`
	By    Ref         `json:"by"`
	At    Instant     `json:"at"`
}

// ConsentMark is ConsentGiven (true on the wire) or ConsentEmergency; the zero mark is none.
type ConsentMark string

const (
	ConsentGiven     ConsentMark = "given"
	ConsentEmergency ConsentMark = "emergency"
)

func (m ConsentMark) MarshalJSON() ([]byte, error) {
	if m == ConsentGiven {
		return []byte("true"), nil
	}
	return json.Marshal(string(m))
}

func (m *ConsentMark) UnmarshalJSON(b []byte) error {
	switch string(b) {
	case "true":
		*m = ConsentGiven
	case `"emergency"`:
		*m = ConsentEmergency
	default:
		*m = ""
	}
	return nil
}

// An ABHA number has no published check digit, so its 14 digits are taken as they are;
// addresses are checked leniently. Source: clinical page §4.1.
var (
	abhaGaps    = strings.NewReplacer("-", "", " ", "")
	abhaShape   = regexp.MustCompile(`^\d{14}$`)
	abhaAddress = regexp.MustCompile(`^[a-z0-9][a-z0-9._]{2,}@(abdm|sbx)$`)
)

var phoneShape = regexp.MustCompile(`^[6-9]\d{9}$`)

// admit makes the patient of a new case from what was written down.
func (n NewPatient) admit(id string, by Person, m Moment) (Patient, error) {
	now := At(m.Now)
	p := Patient{
		ID: id, Name: strings.TrimSpace(n.Name), LatinName: strings.TrimSpace(n.LatinName), Sex: n.Sex,
		BirthDate: n.BirthDate, BirthPrecision: n.BirthPrecision, Age: n.Age,
		GuardianRelation: n.GuardianRelation, GuardianName: strings.TrimSpace(n.GuardianName), Village: strings.TrimSpace(n.Village),
		Phone: n.Phone, PhoneOwner: n.PhoneOwner, EmergencyContact: n.EmergencyContact,
		ABHANumber: n.ABHANumber, ABHAAddress: strings.ToLower(strings.TrimSpace(n.ABHAAddress)), ABHAStatus: n.ABHAStatus,
		Consent:        Consent{Given: n.Consent, By: Ref{by.ID, by.Name}, At: now},
		PostpartumDays: n.PostpartumDays, Allergies: slices.Clone(n.Allergies),
	}
	if n.Pregnancy != nil { // the day it is counted from is the box's to write
		p.Pregnancy = &Pregnancy{Weeks: n.Pregnancy.Weeks}
	}
	if p.Sex == "" {
		p.Sex = "U"
	}
	if len(p.Allergies) == 0 { // an empty list is no answer
		p.Allergies = []string{"not_asked"}
	}
	if n.Consent == "" {
		return p, invalid("patient.consent", Required, "consent is needed: true, or \"emergency\"")
	}
	p.stamp(now)
	if wrong := p.check(m.Now, "patient."); wrong != nil {
		return p, &InvalidError{Fields: wrong}
	}
	return p, nil
}

// stamp writes the day on which facts that grow older were recorded.
func (p *Patient) stamp(now Instant) {
	if p.Age != nil && p.AgeRecordedOn == 0 {
		p.AgeRecordedOn = now
	}
	if p.Pregnancy != nil && p.Pregnancy.On == 0 {
		p.Pregnancy = &Pregnancy{Weeks: p.Pregnancy.Weeks, On: now}
	}
	if p.PostpartumDays != nil && p.PostpartumOn == 0 {
		p.PostpartumOn = now
	}
}

// check is what must hold of every patient. Source of the limits: clinical page §4.1, §4.2.
func (p *Patient) check(now time.Time, prefix string) []FieldError {
	var wrong []FieldError
	add := func(field string, code FieldCode, message string) {
		wrong = append(wrong, FieldError{Field: prefix + field, Code: code, Message: message})
	}
	oneOf := func(field, value string, codes ...string) {
		if value != "" && !slices.Contains(codes, value) {
			add(field, Invalid, "not one of "+strings.Join(codes, ", "))
		}
	}
	if p.Name == "" {
		add("name", Required, "a name is needed; \"unknown\" will do")
	}
	oneOf("sex", p.Sex, "F", "M", "O", "U")
	oneOf("birthPrecision", p.BirthPrecision, "DAY", "MONTH", "YEAR", "ESTIMATED_AGE")
	oneOf("guardianRelation", p.GuardianRelation, "SO", "DO", "WO")
	oneOf("phoneOwner", p.PhoneOwner, "SELF", "FAMILY", "NEIGHBOUR", "ASHA")
	oneOf("abhaStatus", p.ABHAStatus, "SELF_REPORTED", "CARD_SEEN", "VERIFIED_ONLINE")
	if p.ABHANumber != "" {
		digits := abhaGaps.Replace(p.ABHANumber)
		if !abhaShape.MatchString(digits) {
			add("abhaNumber", Invalid, "14 digits")
		} else {
			p.ABHANumber = digits[:2] + "-" + digits[2:6] + "-" + digits[6:10] + "-" + digits[10:]
		}
	}
	if p.ABHAAddress != "" && !abhaAddress.MatchString(p.ABHAAddress) {
		add("abhaAddress", Invalid, "a name, then @abdm or @sbx")
	}
	if (p.ABHANumber != "" || p.ABHAAddress != "") && p.ABHAStatus == "" {
		p.ABHAStatus = "SELF_REPORTED"
	}
	if p.BirthDate != "" {
		born, err := time.Parse(time.DateOnly, p.BirthDate)
		switch {
		case err != nil:
			add("birthDate", Invalid, "not a date like 2000-03-14")
		case born.After(now.Add(24 * time.Hour)), born.Before(now.AddDate(-120, 0, 0)):
			add("birthDate", Invalid, "in the future, or more than 120 years ago")
		}
	}
	if a := p.Age; a != nil {
		most := map[string]int{"days": 120 * 366, "months": 120 * 12, "years": 120}[a.Unit]
		if a.Value < 0 || a.Value > most || most == 0 {
			add("age", Invalid, "an age in days, months or years, at most 120 years")
		}
	}
	if p.Phone != "" && !phoneShape.MatchString(p.Phone) {
		add("phone", Invalid, "10 digits, the first 6 to 9")
	}
	if g := p.Pregnancy; g != nil && (g.Weeks < 0 || g.Weeks > 45) {
		add("pregnancy", Invalid, "0 to 45 weeks")
	}
	if p.Pregnancy != nil && p.Sex == "M" {
		add("pregnancy", Invalid, "the patient is written down as male")
	}
	if d := p.PostpartumDays; d != nil && (*d < 0 || *d > 365) {
		add("postpartumDays", Invalid, "0 to 365 days")
	}
	if len(p.Allergies) > 1 {
		p.Allergies = slices.DeleteFunc(p.Allergies, func(a string) bool { return a == "not_asked" })
	}
	switch {
	case slices.Contains(p.Allergies, "none_known") && len(p.Allergies) > 1:
		add("allergies", Invalid, "either none_known, or what they are")
	case len(p.Allergies) > maxAllergies:
		add("allergies", TooLong, "at most 50")
	case slices.ContainsFunc(p.Allergies, func(a string) bool {
		return strings.TrimSpace(a) == "" || utf8.RuneCountInString(a) > maxName
	}):
		add("allergies", Invalid, "one short word or two for each")
	}
	return wrong
}

// PatientChange is the body of PATCH /api/cases/:id/patient: per field the value the
// author saw and the value it should have.
type PatientChange map[string]FieldChange

// FieldChange is one field, before and after.
type FieldChange struct {
	From json.RawMessage `json:"from"`
	To   json.RawMessage `json:"to"`
}

// changeable are the patient's fields people correct later, and whether a conflict in
// one must be settled by a person: the others keep the value that is there.
var changeable = map[string]bool{
	"name": true, "latinName": true, "sex": true, "birthDate": true, "birthPrecision": true, "age": true, "allergies": true,
	"abhaNumber": true, "abhaAddress": true, "abhaStatus": false,
	"guardianName": false, "guardianRelation": false, "village": false, "phone": false, "phoneOwner": false, "emergencyContact": false,
	"pregnancy": false, "postpartumDays": false, "hypercapnicFailure": false,
}

// amend applies a change field by field. A field that is no longer what the author
// saw keeps its present value and is returned as a conflict, except allergies, which
// are only ever added to.
func (p Patient) amend(change PatientChange, by Person, m Moment) (after Patient, changed, conflicts []string, err error) {
	before, err := p.fields()
	if err != nil {
		return p, nil, nil, err
	}
	ageToday, err := json.Marshal(p.AgeAt(m.Now))
	if err != nil {
		return p, nil, nil, err
	}
	for _, name := range sortedKeys(change) {
		c := change[name]
		if _, known := changeable[name]; !known {
			return p, nil, nil, invalid("patient", UnknownField, "there is a field here that cannot be changed")
		}
		if name == "hypercapnicFailure" && by.Role != Clinician {
			return p, nil, nil, ErrForbidden
		}
		if len(c.To) == 0 {
			return p, nil, nil, invalid(name, Required, "say what it should be")
		}
		if name == "allergies" {
			more, err := before.uniteAllergies(c.To)
			if err != nil {
				return p, nil, nil, err
			}
			if more {
				changed = append(changed, name)
			}
			continue
		}
		if name == "age" && !sameJSON(before[name], c.From) && sameJSON(ageToday, c.From) {
			c.From = before[name] // people are shown the age of the day, not that of the record
		}
		if !sameJSON(before[name], c.From) {
			if !sameJSON(before[name], c.To) {
				conflicts = append(conflicts, name)
			}
			continue
		}
		before[name] = c.To
		changed = append(changed, name)
		switch name { // the day it was recorded on goes with it
		case "pregnancy":
			before[name] = weeksOnly(c.To)
		case "age":
			delete(before, "ageRecordedOn")
		case "postpartumDays":
			delete(before, "postpartumOn")
		}
	}
	if len(changed) == 0 {
		return p, nil, conflicts, nil
	}
	after, err = before.patient()
	if err != nil {
		return p, nil, nil, invalid(changed[0], Invalid, "one of the values does not fit its field")
	}
	if after.BirthDate != "" && slices.Contains(changed, "age") {
		return p, nil, nil, invalid("age", Invalid, "a birth date is written down: correct that")
	}
	after.stamp(At(m.Now))
	if wrong := after.check(m.Now, ""); wrong != nil {
		return p, nil, nil, &InvalidError{Fields: wrong}
	}
	return after, changed, conflicts, nil
}

// patientFields is a patient as JSON, field by field.
type patientFields map[string]json.RawMessage

func (p Patient) fields() (patientFields, error) {
	b, err := json.Marshal(p)
	if err != nil {
		return nil, err
	}
	var f patientFields
	return f, json.Unmarshal(b, &f)
}

func (f patientFields) patient() (Patient, error) {
	b, err := json.Marshal(f)
	if err != nil {
		return Patient{}, err
	}
	var p Patient
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	return p, dec.Decode(&p)
}

// weeksOnly is a pregnancy without the day it is counted from, which the box writes.
func weeksOnly(pregnancy json.RawMessage) json.RawMessage {
	var fields map[string]json.RawMessage
	if json.Unmarshal(pregnancy, &fields) != nil || fields == nil {
		return pregnancy // null, or not a pregnancy: told apart when it is read
	}
	delete(fields, "on")
	out, _ := json.Marshal(fields) // what was read can be written
	return out
}

// uniteAllergies adds what is new and takes nothing away: clinical page §4.6, rule 8. It
// reports whether there was anything new.
func (f patientFields) uniteAllergies(add json.RawMessage) (bool, error) {
	var have, more []string
	if json.Unmarshal(f["allergies"], &have) != nil || json.Unmarshal(add, &more) != nil {
		return false, invalid("allergies", Invalid, "a list of words")
	}
	before := slices.Clone(have)
	known := slices.ContainsFunc(have, realAllergy) || slices.ContainsFunc(more, realAllergy)
	var all []string
	for _, a := range append(have, more...) {
		if (!known || realAllergy(a)) && !slices.Contains(all, a) {
			all = append(all, a)
		}
	}
	if len(all) > 1 {
		all = slices.DeleteFunc(all, func(a string) bool { return a == "not_asked" })
	}
	if slices.Equal(all, before) {
		return false, nil
	}
	f["allergies"], _ = json.Marshal(all) // strings always encode
	return true, nil
}

func realAllergy(a string) bool { return a != "none_known" && a != "not_asked" }

// sameJSON compares what was seen with what is there; absent, null and "" are the same
// to the person who looked, and a pregnancy is seen as its weeks.
func sameJSON(a, b json.RawMessage) bool {
	norm := func(raw json.RawMessage) string {
		var v any
		if len(raw) == 0 || json.Unmarshal(raw, &v) != nil || v == nil || v == "" || v == false {
			return ""
		}
		if m, ok := v.(map[string]any); ok {
			delete(m, "on")
		}
		out, _ := json.Marshal(v)
		return string(out)
	}
	return norm(a) == norm(b)
}

func sortedKeys(m PatientChange) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
