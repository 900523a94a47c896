package care

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// aadhaar makes a number with a valid check digit; no real one is in this file.
func aadhaar(first11 string) string {
	for d := '0'; d <= '9'; d++ {
		if n := first11 + string(d); verhoeff(n) {
			return n
		}
	}
	panic("every number has a check digit")
}

func TestHoldsAadhaar(t *testing.T) {
	t.Parallel()
	n := aadhaar("23456789012")
	wrong := n[:11] + string('0'+(n[11]-'0'+1)%10)
	grouped := n[:4] + " " + n[4:8] + " " + n[8:]
	deva := strings.Map(func(r rune) rune { return r - '0' + '०' }, n)
	tests := []struct {
		name, text string
		want       bool
	}{
		{"plain", n, true}, {"in a sentence", "her card says " + n + ", she said", true}, {"4 4 4", grouped, true},
		{"dashes", strings.ReplaceAll(grouped, " ", "-"), true}, {"dots", strings.ReplaceAll(grouped, " ", "."), true},
		{"long dashes", strings.ReplaceAll(grouped, " ", "–"), true}, {"no-break spaces", strings.ReplaceAll(grouped, " ", "\u00a0"), true},
		{"Devanagari digits", deva, true}, {"zero-width joints", n[:6] + "\u200b" + n[6:], true}, {"after another number", "1234567 " + n, true},
		{"second of two", aadhaar("12345678901") + " " + n, true},
		{"wrong check digit", wrong, false}, {"begins with 1", aadhaar("12345678901"), false}, {"begins with 0", aadhaar("02345678901"), false},
		{"telephone with +91", "+91" + n[:10], false}, {"behind a plus", "+" + n, false}, {"13 digits", n + "7", false}, {"14 digits of an ABHA number", "12" + n, false},
		{"10 digits", "9876543210", false}, {"mixed gaps", n[:4] + " " + n[4:8] + "-" + n[8:], false}, {"nothing", "", false},
	}
	for _, tt := range tests {
		if got := HoldsAadhaar(tt.text); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
	for i := range n { // Verhoeff finds every single wrong digit
		for d := byte('0'); d <= '9'; d++ {
			if d != n[i] && verhoeff(n[:i]+string(d)+n[i+1:]) {
				t.Errorf("digit %d read as %c passes", i, d)
			}
		}
	}
}

// TestEveryTypedTextIsGuarded puts the number into every text a person can type.
func TestEveryTypedTextIsGuarded(t *testing.T) {
	t.Parallel()
	n := aadhaar("23456789012")
	escaped := `"\u00` + fmt.Sprintf("%x", n[0]) + n[1:] + `"`
	patient := func(change func(*NewPatient)) Command {
		p := newPatient()
		change(p)
		return Command{Kind: CreateCaseKind, New: &NewCase{Patient: p, Complaint: "cough"}}
	}
	commands := map[string]Command{
		"text": {Comment: n}, "complaint": {New: &NewCase{Complaint: n}}, "reason": {Body: Body{Reason: n}}, "plan": {Body: Body{Plan: n}},
		"outcome": {Body: Body{Outcome: n}}, "notes": {Body: Body{Notes: n}}, "diagnosis": {Body: Body{Diagnosis: n}},
		"patient.name": patient(func(p *NewPatient) { p.Name = n }), "patient.latinName": patient(func(p *NewPatient) { p.LatinName = n }),
		"patient.guardianName": patient(func(p *NewPatient) { p.GuardianName = n }), "patient.village": patient(func(p *NewPatient) { p.Village = n }),
		"patient.emergencyContact": patient(func(p *NewPatient) { p.EmergencyContact = n }), "patient.phone": patient(func(p *NewPatient) { p.Phone = n }),
		"patient.allergies": patient(func(p *NewPatient) { p.Allergies = []string{"Penicillin", n} }),
		"vitals.pulse":      {Vitals: &TakenVitals{Vitals: Vitals{Pulse: {State: NotDone, Reason: n}}}},
		"prescription":      {Body: Body{Prescription: []Prescription{{Instructions: n}}}}, "referral": {Body: Body{Referral: &Referral{Notes: n}}},
		"village": {Patient: PatientChange{"village": {To: json.RawMessage(`"` + n + `"`)}}}, "name": {Patient: PatientChange{"name": {To: json.RawMessage(escaped)}}},
		"allergies": {Patient: PatientChange{"allergies": {To: json.RawMessage(`["x",` + escaped + `]`)}}},
		"phone":     {User: &UserChange{Phone: &n}},
	}
	for field, cmd := range commands {
		if got := fields(cmd.CheckTexts()); !slices.Equal(got, []string{field + " aadhaar"}) {
			t.Errorf("%s: %v", field, got)
		}
	}
}

// TestIDsAreNotTexts: the last group of a UUIDv7 is now and then 12 digits with a valid
// check digit. Ids are never asked, so such a command is never refused.
func TestIDsAreNotTexts(t *testing.T) {
	t.Parallel()
	unlucky := "0197f0c0-0000-7000-8000-" + aadhaar("23456789012")
	if !HoldsAadhaar(unlucky) {
		t.Fatal("this id would pass anyway and proves nothing")
	}
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 200_000 {
		id := unlucky
		if i > 0 {
			id = fmt.Sprintf("%08x-%04x-7%03x-8%03x-%012x", r.Uint32(), r.IntN(1<<16), r.IntN(1<<12), r.IntN(1<<12), r.Int64N(1<<48))
		}
		cmd := Command{ID: id, CaseID: id, UserID: id, Body: Body{DuplicateOf: id}}
		if i == 0 {
			cmd.New, cmd.User = &NewCase{PatientID: id}, &UserChange{SupervisorID: &id}
			for field, text := range cmd.texts() {
				if strings.Contains(text, id) {
					t.Errorf("%s holds an id", field)
				}
			}
		}
		if i%1000 == 0 || HoldsAadhaar(id) {
			if err := cmd.CheckTexts(); err != nil {
				t.Fatalf("%s refused: %v", id, err)
			}
		}
	}
}

func TestTextLimits(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("अ", maxText)
	for text, want := range map[string]string{long: "", long + "अ": "text too_long", "\xff": "text invalid"} {
		got := strings.Join(fields(Command{Comment: text}.CheckTexts()), "")
		if got != want {
			t.Errorf("%d bytes: %q, want %q", len(text), got, want)
		}
	}
	name := strings.Repeat("अ", maxName)
	ok := Command{Patient: PatientChange{"name": {To: json.RawMessage(`"` + name + `"`)}}}
	if err := ok.CheckTexts(); err != nil {
		t.Errorf("the longest name: %v", err)
	}
	if got := fields(Command{Patient: PatientChange{"name": {To: json.RawMessage(`"` + name + `अ"`)}}}.CheckTexts()); !slices.Equal(got, []string{"name too_long"}) {
		t.Errorf("a longer name: %v", got)
	}
}

func FuzzHoldsAadhaar(f *testing.F) {
	for _, seed := range []string{aadhaar("23456789012"), "2345 6789 0124", "+91 98765 43210", "०१२३४५६७८९०१", "\xff\xfe", "1234-5678-9012-3456"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if HoldsAadhaar(text) && !HoldsAadhaar("see: "+text+" .") {
			t.Fatalf("%q is found alone, and not in a sentence", text)
		}
		n := aadhaar("98765432109")
		if !HoldsAadhaar(text + " ; " + n) {
			t.Fatalf("a number behind %q is not found", text)
		}
	})
}
