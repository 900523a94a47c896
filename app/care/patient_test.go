package care

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func admitted(t *testing.T, change func(*NewPatient)) Patient {
	t.Helper()
	n := newPatient()
	if change != nil {
		change(n)
	}
	p, err := n.admit("p1", sunita.Person(), moment(1))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestAdmit(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(*NewPatient)
		want   string // "" = admitted
	}{
		{"as she is", func(*NewPatient) {}, ""},
		{"an unconscious stranger", func(p *NewPatient) { *p = NewPatient{Name: "unknown", Consent: ConsentEmergency} }, ""},
		{"no consent", func(p *NewPatient) { p.Consent = "" }, "patient.consent required"},
		{"no name", func(p *NewPatient) { p.Name = " " }, "patient.name required"},
		{"unknown sex code", func(p *NewPatient) { p.Sex = "X" }, "patient.sex invalid"},
		{"born tomorrow week", func(p *NewPatient) { p.BirthDate = "2026-06-22" }, "patient.birthDate invalid"},
		{"born 121 years ago", func(p *NewPatient) { p.BirthDate = "1905-06-14" }, "patient.birthDate invalid"},
		{"born 120 years ago", func(p *NewPatient) { p.BirthDate = "1906-06-16" }, ""},
		{"born on no day", func(p *NewPatient) { p.BirthDate = "2000-02-30" }, "patient.birthDate invalid"},
		{"120 years", func(p *NewPatient) { p.Age = &Age{120, "years"} }, ""},
		{"121 years", func(p *NewPatient) { p.Age = &Age{121, "years"} }, "patient.age invalid"},
		{"less than nothing", func(p *NewPatient) { p.Age = &Age{-1, "days"} }, "patient.age invalid"},
		{"in weeks", func(p *NewPatient) { p.Age = &Age{3, "weeks"} }, "patient.age invalid"},
		{"phone", func(p *NewPatient) { p.Phone = "6876543210" }, ""},
		{"phone beginning with 5", func(p *NewPatient) { p.Phone = "5876543210" }, "patient.phone invalid"},
		{"phone with 9 digits", func(p *NewPatient) { p.Phone = "987654321" }, "patient.phone invalid"},
		{"45 weeks", func(p *NewPatient) { p.Pregnancy = &Pregnancy{Weeks: 45} }, ""},
		{"46 weeks", func(p *NewPatient) { p.Pregnancy = &Pregnancy{Weeks: 46} }, "patient.pregnancy invalid"},
		{"a pregnant man", func(p *NewPatient) { p.Sex, p.Pregnancy = "M", &Pregnancy{Weeks: 4} }, "patient.pregnancy invalid"},
		{"366 days after birth", func(p *NewPatient) { p.PostpartumDays = ptr(366) }, "patient.postpartumDays invalid"},
		{"none known, and one", func(p *NewPatient) { p.Allergies = []string{"none_known", "Penicillin"} }, "patient.allergies invalid"},
		{"51 allergies", func(p *NewPatient) { p.Allergies = slices.Repeat([]string{"x"}, 51) }, "patient.allergies too_long"},
		{"an empty allergy", func(p *NewPatient) { p.Allergies = []string{"Penicillin", " "} }, "patient.allergies invalid"},
		{"an essay of an allergy", func(p *NewPatient) { p.Allergies = []string{strings.Repeat("a", maxName+1)} }, "patient.allergies invalid"},
		{"relation", func(p *NewPatient) { p.GuardianRelation = "XO" }, "patient.guardianRelation invalid"},
	}
	for _, tt := range tests {
		n := newPatient()
		tt.change(n)
		_, err := n.admit("p1", sunita.Person(), moment(1))
		if got := strings.Join(fields(err), ", "); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestAdmitWritesWhatTheBoxKnows(t *testing.T) {
	t.Parallel()
	n := newPatient()
	n.Name, n.Sex, n.Allergies, n.PostpartumDays = " Sunita ", "", []string{"not_asked", "Sulfa"}, ptr(3)
	n.Pregnancy = &Pregnancy{Weeks: 30, On: At(noon.AddDate(-3, 0, 0))}
	typed := slices.Clone(n.Allergies)
	p, err := n.admit("p1", sunita.Person(), moment(1))
	if err != nil {
		t.Fatal(err)
	}
	now := At(moment(1).Now)
	if p.Name != "Sunita" || p.Sex != "U" || p.AgeRecordedOn != now || p.PostpartumOn != now || p.Pregnancy.On != now || p.Pregnancy.Weeks != 30 {
		t.Errorf("%+v", p)
	}
	if !slices.Equal(p.Allergies, []string{"Sulfa"}) || !slices.Equal(n.Allergies, typed) {
		t.Errorf("allergies %v from %v", p.Allergies, n.Allergies)
	}
	if p.Consent != (Consent{ConsentGiven, Ref{sunita.ID, sunita.Name}, now}) {
		t.Errorf("consent %+v", p.Consent)
	}
	for _, empty := range [][]string{nil, {}} {
		if p := admitted(t, func(n *NewPatient) { n.Allergies = empty }); p.allergiesAsked() {
			t.Errorf("%v counts as asked", empty)
		}
	}
}

func TestConsentOnTheWire(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]ConsentMark{`true`: ConsentGiven, `"emergency"`: ConsentEmergency, `false`: "", `null`: "", `"yes"`: "", `1`: ""} {
		var m ConsentMark = "before"
		if err := json.Unmarshal([]byte(text), &m); err != nil || text != "null" && m != want {
			t.Errorf("%s is %q, %v", text, m, err)
		}
	}
	for mark, want := range map[ConsentMark]string{ConsentGiven: `true`, ConsentEmergency: `"emergency"`} {
		if got, err := json.Marshal(mark); err != nil || string(got) != want {
			t.Errorf("%q is written %s", mark, got)
		}
	}
}

// TestAmend: per field, with the value its author saw. Clinical page §4.6, rule 8.
func TestAmend(t *testing.T) {
	t.Parallel()
	raw := func(s string) json.RawMessage { return json.RawMessage(s) }
	one := func(field, from, to string) PatientChange {
		return PatientChange{field: {From: raw(from), To: raw(to)}}
	}
	p := admitted(t, func(n *NewPatient) { n.Village, n.Pregnancy = "Kheda", &Pregnancy{Weeks: 30} })
	dated := admitted(t, func(n *NewPatient) { n.BirthDate = "2000-03-14" })
	tests := []struct {
		name               string
		p                  Patient
		change             PatientChange
		changed, conflicts []string
		invalid            string
		forbidden          bool
	}{
		{name: "village", p: p, change: one("village", `"Kheda"`, `"Belur"`), changed: []string{"village"}},
		{name: "village somebody corrected meanwhile", p: p, change: one("village", `"Rampur"`, `"Belur"`), conflicts: []string{"village"}},
		{name: "the same correction twice", p: p, change: one("village", `"Rampur"`, `"Kheda"`)},
		{name: "one holds, one does not", p: p, change: PatientChange{"village": {raw(`"x"`), raw(`"y"`)}, "phone": {raw(`null`), raw(`"9876543210"`)}}, changed: []string{"phone"}, conflicts: []string{"village"}},
		{name: "age as recorded", p: p, change: one("age", `{"value":26,"unit":"years"}`, `{"value":27,"unit":"years"}`), changed: []string{"age"}},
		{name: "age where a birth date stands", p: dated, change: one("age", `{"value":26,"unit":"years"}`, `{"value":3,"unit":"years"}`), invalid: "age invalid"},
		{name: "birth date", p: dated, change: one("birthDate", `"2000-03-14"`, `"2001-03-14"`), changed: []string{"birthDate"}},
		{name: "pregnancy seen as weeks", p: p, change: one("pregnancy", `{"weeks":30}`, `{"weeks":32,"on":"2019-01-01T00:00:00.000Z"}`), changed: []string{"pregnancy"}},
		{name: "no longer pregnant", p: p, change: one("pregnancy", `{"weeks":30}`, `null`), changed: []string{"pregnancy"}},
		{name: "days after birth", p: p, change: one("postpartumDays", `null`, `3`), changed: []string{"postpartumDays"}},
		{name: "allergies, whatever was seen", p: p, change: one("allergies", `["x"]`, `["Sulfa"]`), changed: []string{"allergies"}},
		{name: "allergies, nothing new", p: p, change: one("allergies", `[]`, `["none_known"]`)},
		{name: "allergies that are no words", p: p, change: one("allergies", `[]`, `[1]`), invalid: "allergies invalid"},
		{name: "no such field", p: p, change: one("shoeSize", `null`, `7`), invalid: "patient unknown_field"},
		{name: "the number of the clinic", p: p, change: one("number", `""`, `"1"`), invalid: "patient unknown_field"},
		{name: "to what", p: p, change: PatientChange{"village": {From: raw(`"Kheda"`)}}, invalid: "village required"},
		{name: "a value of another kind", p: p, change: one("village", `"Kheda"`, `{"a":1}`), invalid: "village invalid"},
		{name: "to a wrong value", p: p, change: one("sex", `"F"`, `"Q"`), invalid: "sex invalid"},
		{name: "a pregnant man", p: p, change: one("sex", `"F"`, `"M"`), invalid: "pregnancy invalid"},
		{name: "hypercapnic, by a CHW", p: p, change: one("hypercapnicFailure", `false`, `true`), forbidden: true},
	}
	for _, tt := range tests {
		before, _ := tt.p.fields()
		after, changed, conflicts, err := tt.p.amend(tt.change, sunita.Person(), moment(9))
		if !slices.Equal(changed, tt.changed) || !slices.Equal(conflicts, tt.conflicts) || strings.Join(fields(err), "") != tt.invalid || errors.Is(err, ErrForbidden) != tt.forbidden {
			t.Errorf("%s: changed %v, conflicts %v, %v", tt.name, changed, conflicts, err)
		}
		if len(changed) == 0 && !reflect.DeepEqual(after, tt.p) {
			t.Errorf("%s: nothing changed, and yet\n%+v\n%+v", tt.name, tt.p, after)
		}
		if still, _ := tt.p.fields(); !reflect.DeepEqual(before, still) {
			t.Errorf("%s: the patient before was written into", tt.name)
		}
	}
	after, _, _, err := p.amend(one("hypercapnicFailure", `false`, `true`), drRao.Person(), moment(9))
	if err != nil || !after.Hypercapnic {
		t.Errorf("a clinician records hypercapnic failure: %v", err)
	}
	now := At(moment(9).Now)
	if after, _, _, _ = p.amend(one("pregnancy", `{"weeks":30}`, `{"weeks":32,"on":"2019-01-01T00:00:00.000Z"}`), sunita.Person(), moment(9)); after.Pregnancy.On != now {
		t.Errorf("a pregnancy counted from %s", after.Pregnancy.On)
	}
	if after, _, _, _ = p.amend(one("age", `{"value":26,"unit":"years"}`, `{"value":27,"unit":"years"}`), sunita.Person(), moment(9)); after.AgeRecordedOn != now {
		t.Errorf("an age recorded on %s", after.AgeRecordedOn)
	}
}

// TestAmendTheAgeShown: a year later people see 27, and it is 27 that they correct.
func TestAmendTheAgeShown(t *testing.T) {
	t.Parallel()
	p := admitted(t, nil)
	later := Moment{Now: noon.AddDate(1, 1, 0), Seq: 9}
	shown, _ := json.Marshal(p.AgeAt(later.Now))
	if string(shown) != `{"value":27,"unit":"years"}` {
		t.Fatalf("shown %s", shown)
	}
	after, changed, conflicts, err := p.amend(PatientChange{"age": {shown, json.RawMessage(`{"value":31,"unit":"years"}`)}}, sunita.Person(), later)
	if err != nil || len(conflicts) > 0 || len(changed) != 1 || after.Age.Value != 31 {
		t.Errorf("changed %v, conflicts %v, %v", changed, conflicts, err)
	}
}

// TestAllergiesUnite: never an allergy less; "none known" gives way, and stays away.
func TestAllergiesUnite(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ have, more, want []string }{
		{[]string{"none_known"}, []string{"Sulfa"}, []string{"Sulfa"}}, {[]string{"Sulfa"}, []string{"none_known"}, []string{"Sulfa"}},
		{[]string{"Sulfa"}, []string{}, []string{"Sulfa"}}, {[]string{"Sulfa"}, []string{"Penicillin", "Sulfa"}, []string{"Sulfa", "Penicillin"}},
		{[]string{"not_asked"}, []string{"none_known"}, []string{"none_known"}}, {[]string{"none_known"}, []string{"not_asked"}, []string{"none_known"}},
	} {
		p := admitted(t, func(n *NewPatient) { n.Allergies = tt.have })
		more, _ := json.Marshal(tt.more)
		after, _, _, err := p.amend(PatientChange{"allergies": {To: more}}, sunita.Person(), moment(2))
		if err != nil || !slices.Equal(after.Allergies, tt.want) {
			t.Errorf("%v and %v: %v, %v", tt.have, tt.more, after.Allergies, err)
		}
	}
}

// TestCorrectionsOnACase: online a conflict changes nothing; from a tablet it is kept; a
// correction that makes an ended case RED asks a clinician to look, in her other cases too.
func TestCorrectionsOnACase(t *testing.T) {
	t.Parallel()
	c := opened(t, func(n *NewCase) {
		n.Vitals[Systolic], n.Vitals[Diastolic] = ReadingOf(Systolic, 164), ReadingOf(Diastolic, 92)
	})
	cmd := Command{Kind: UpdatePatientKind, Patient: PatientChange{"village": {json.RawMessage(`"Rampur"`), json.RawMessage(`"Belur"`)}}}
	c.Patient.Village = "Kheda"
	after, _, err := Apply(c, cmd, sunita, moment(2))
	refused[*ConflictError](t, c, after, err)
	cmd.Offline = true
	after, d, err := Apply(c, cmd, sunita, moment(2))
	if err != nil || after.Patient.Village != "Kheda" || !slices.Equal(d.Event.Data.(ChangedData).Conflicts, []string{"village"}) {
		t.Errorf("%q, %+v, %v", after.Patient.Village, d.Event, err)
	}
	ended := mustStep(t, c, Close, drRao)
	after = must(t, ended, Command{Kind: UpdatePatientKind, Patient: PatientChange{"pregnancy": {To: json.RawMessage(`{"weeks":30}`)}}}, sunita)
	if after.Urgency != Red || !after.Relook {
		t.Errorf("164/92 and pregnant after all: %s, look again %v", after.Urgency, after.Relook)
	}
	other, told := Told(ended, after.Patient, sunita, moment(9))
	if other.Urgency != Red || !other.Relook || told.Event == nil || ended.Urgency == Red {
		t.Errorf("her other case: %s, look again %v", other.Urgency, other.Relook)
	}
}

func FuzzAmend(f *testing.F) {
	for _, seed := range []string{`{"village":{"from":"","to":"Kheda"}}`, `{"allergies":{"to":["a","none_known"]}}`, `{"age":{"from":{"value":26,"unit":"years"},"to":null}}`,
		`{"pregnancy":{"from":null,"to":{"weeks":3,"on":"x"}}}`, `{"pregnancy":{"to":{}}}`, `{"birthDate":{"to":"0000-00-00"}}`, `{"sex":{"from":"F","to":1}}`, `{"postpartumDays":{"to":1e99}}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var change PatientChange
		if json.Unmarshal(text, &change) != nil {
			return
		}
		p := admitted(t, func(n *NewPatient) { n.Allergies = []string{"Sulfa"} })
		before, _ := p.fields()
		after, changed, _, err := p.amend(change, sunita.Person(), moment(2))
		if still, _ := p.fields(); !reflect.DeepEqual(before, still) {
			t.Fatal("the patient before was written into")
		}
		if (err != nil || len(changed) == 0) && !reflect.DeepEqual(p, after) {
			t.Fatalf("refused (%v) and yet changed", err)
		}
		if !slices.Contains(after.Allergies, "Sulfa") || after.Hypercapnic || after.Name == "" || len(after.BandsAt(noon)) == 0 {
			t.Fatalf("%s made her %+v", text, after)
		}
	})
}

// ABHA: 14 digits however they are grouped, shown 2-4-4-4, never taken for Aadhaar.
func TestABHA(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{"12345678901234": "12-3456-7890-1234", "12 3456 7890 1234": "12-3456-7890-1234", "12-3456-7890-1234": "12-3456-7890-1234", "1234567890123": "", "1234567890123x": ""} {
		p, err := NewPatient{Name: "Sunita", Consent: ConsentGiven, ABHANumber: given, ABHAAddress: "Sunita.Devi@abdm"}.admit("id", sunita.Person(), moment(1))
		if want == "" && err == nil || want != "" && (err != nil || p.ABHANumber != want || p.ABHAStatus != "SELF_REPORTED" || p.ABHAAddress != "sunita.devi@abdm") {
			t.Errorf("%q: %q %q %v", given, p.ABHANumber, p.ABHAStatus, err)
		}
	}
	for _, address := range []string{"a@abdm", "sunita@gmail.com", ".sunita@abdm"} {
		if _, err := (NewPatient{Name: "Sunita", Consent: ConsentGiven, ABHAAddress: address}).admit("id", sunita.Person(), moment(1)); err == nil {
			t.Errorf("%q was taken", address)
		}
	}
	number := aadhaar("23412341234")
	grouped := number[:4] + "-" + number[4:8] + "-" + number[8:]
	if !HoldsAadhaar("card "+grouped) || HoldsAadhaar("ABHA 12-"+grouped) {
		t.Error("an ABHA number is not an Aadhaar number, and the other way round")
	}
}
