package care

import (
	"encoding/json"
	"errors"
	"flag"
	"os"
	"reflect"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := "testdata/" + name
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; go test -update rewrites it. Now:\n%s", path, got)
	}
}

// The people of every test here.
var (
	sunita = User{ID: "u-chw", Name: "Sunita", Role: CHW}
	rekha  = User{ID: "u-chw2", Name: "Rekha", Role: CHW}
	kamla  = User{ID: "u-asha", Name: "Kamla", Role: ASHA}
	drRao  = User{ID: "u-rao", Name: "Dr Rao", Role: Clinician}
	drSen  = User{ID: "u-sen", Name: "Dr Sen", Role: Clinician}
	office = User{ID: "u-admin", Name: "Office", Role: Admin}
	staff  = map[Role]User{CHW: sunita, ASHA: kamla, Clinician: drRao, Admin: office}
)

const (
	thisCase  = "0197f0c0-0000-7000-8000-000000000001"
	otherCase = "0197f0c0-0000-7000-8000-000000000002"
)

var noon = time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)

func moment(seq int64) Moment {
	return Moment{Now: noon.Add(time.Duration(seq) * time.Minute), Seq: seq}
}

func ptr[T any](v T) *T { return &v }

// wellAdult is a complete set of readings with nothing to find in an adult.
func wellAdult() Vitals {
	return Vitals{RespRate: ReadingOf(RespRate, 16), SpO2: ReadingOf(SpO2, 98), OnOxygen: ReadingOf(OnOxygen, 0), Systolic: ReadingOf(Systolic, 120),
		Diastolic: ReadingOf(Diastolic, 80), Pulse: ReadingOf(Pulse, 72), AVPU: ReadingOf(AVPU, 0), TempC: ReadingOf(TempC, 37), WeightKg: ReadingOf(WeightKg, 52)}
}

func newPatient() *NewPatient {
	return &NewPatient{Name: "Sunita Devi", Sex: "F", Age: &Age{26, "years"}, Consent: ConsentGiven, Allergies: []string{"none_known"}}
}

// opened is a case a CHW has just opened, at seq 1.
func opened(t *testing.T, change func(*NewCase)) Case {
	t.Helper()
	n := &NewCase{Patient: newPatient(), Complaint: "cough", Signs: []string{}, Vitals: wellAdult()}
	if change != nil {
		change(n)
	}
	c, d, err := Create(Command{Kind: CreateCaseKind, CaseID: thisCase, New: n}, nil, "p1", "12-3456-7", sunita, moment(1))
	if err != nil || d.Outcome != Applied {
		t.Fatalf("open a case: %+v, %v", d, err)
	}
	return stored(t, c)
}

// stored is the case as the next command finds it: written down and read again.
func stored(t *testing.T, c Case) Case {
	t.Helper()
	b, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var again Case
	if err := json.Unmarshal(b, &again); err != nil {
		t.Fatal(err)
	}
	again.Patient = c.Patient
	return again
}

// bodyFor is a body that says all that the step asks for.
func bodyFor(s Step, c Case) Body {
	switch s {
	case Approve:
		return Body{Plan: "rest and fluids"}
	case Reject:
		return Body{Reason: "incomplete"}
	case Forward, Reopen:
		return Body{Reason: "please look"}
	case Prescribe:
		return Body{Prescription: []Prescription{{Generic: "paracetamol", Form: "tablet", Route: "oral", Frequency: "TDS", DurationDays: 3, Dose: Dose{500, "mg"}}}}
	case Refer, EmergencyReferral:
		return Body{Referral: &Referral{Reason: "needs a hospital", Level: "CHC", Destination: "CHC Sohagpur"}}
	case Complete:
		return Body{Outcome: "improved"}
	case Close:
		return Body{Reason: "error"}
	case LowerUrgency:
		next := map[Urgency]Urgency{Red: YellowUrgent, YellowUrgent: Yellow}
		return Body{To: Urgency(orElse(string(next[c.Urgency]), string(Green))), Reason: "seen and well"}
	case ReferralUpdate:
		for _, next := range referralOrder[1:] {
			if referralStatus(c, Body{ReferralStatus: next}, Person{}) == nil {
				return Body{ReferralStatus: next}
			}
		}
	}
	return Body{}
}

func stepCommand(s Step, b Body) Command {
	return Command{Kind: StepKind(s), CaseID: thisCase, Body: b}
}

// must applies a command that has to work and hands back the stored case.
func must(t *testing.T, c Case, cmd Command, by User) Case {
	t.Helper()
	after, d, err := Apply(c, cmd, by, moment(c.Seq+1))
	if err != nil {
		t.Fatalf("%s by %s: %v", cmd.Kind, by.Name, err)
	}
	if d.Outcome != Applied && d.Outcome != Rebased {
		t.Fatalf("%s by %s: %s", cmd.Kind, by.Name, d.Outcome)
	}
	return stored(t, after)
}

func mustStep(t *testing.T, c Case, s Step, by User) Case {
	t.Helper()
	return must(t, c, stepCommand(s, bodyFor(s, c)), by)
}

func vitalsCommand(vs Vitals, signs []string) Command {
	taken := &TakenVitals{Vitals: vs, Signs: signs}
	for v := range vs {
		taken.Confirmed = append(taken.Confirmed, string(v))
	}
	return Command{Kind: AddVitalsKind, CaseID: thisCase, Vitals: taken}
}

// refused wants the error to be of the kind, and the case to be exactly what it was.
func refused[E error](t *testing.T, before, after Case, err error) {
	t.Helper()
	if _, ok := errors.AsType[E](err); !ok {
		t.Errorf("error %v, want a %s", err, reflect.TypeFor[E]())
	}
	if !reflect.DeepEqual(before, after) {
		t.Errorf("a refused command changed the case:\n%+v\n%+v", before, after)
	}
}

// fields lists what an InvalidError complains of.
func fields(err error) []string {
	var names []string
	if wrong, ok := errors.AsType[*InvalidError](err); ok {
		for _, f := range wrong.Fields {
			names = append(names, f.Field+" "+string(f.Code))
		}
	}
	return names
}
