package care

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

// world is one random clinic: a case, and people who do anything to it in any order.
type world struct {
	*rand.Rand
	c    Case
	past []int64 // positions a tablet may have seen
}

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

var everyone = []User{sunita, rekha, kamla, drRao, drSen, office}

func newWorld(t *testing.T, seed uint64) *world {
	r := rand.New(rand.NewPCG(seed, 2026))
	author := pick(r, []User{sunita, kamla, drRao})
	p := newPatient()
	p.Age = pick(r, []*Age{{3, "days"}, {5, "months"}, {30, "months"}, {8, "years"}, {13, "years"}, {26, "years"}, nil})
	if p.Age != nil && p.Age.Value == 26 && r.IntN(2) == 0 {
		p.Pregnancy = &Pregnancy{Weeks: 20}
	}
	n := &NewCase{Patient: p, Complaint: "cough"}
	taken := randomVitals(r)
	n.Vitals, n.Signs, n.Confirmed = taken.Vitals, taken.Signs, taken.Confirmed
	if r.IntN(3) == 0 { // let some cases begin GREEN
		n.Vitals, n.Signs = wellAdult(), []string{}
	}
	c, _, err := Create(Command{Kind: CreateCaseKind, CaseID: thisCase, New: n}, nil, "p1", "12-3456-7", author, moment(1))
	if err != nil {
		t.Fatal(err)
	}
	return &world{Rand: r, c: stored(t, c), past: []int64{1}}
}

func randomVitals(r *rand.Rand) *TakenVitals {
	taken := &TakenVitals{Vitals: Vitals{}}
	for _, v := range VitalFields {
		taken.Confirmed = append(taken.Confirmed, string(v))
	}
	ranges := map[Vital][2]float64{TempC: {34, 41}, Pulse: {40, 99}, RespRate: {8, 70}, SpO2: {80, 100}, Systolic: {120, 190}, Diastolic: {50, 110},
		AVPU: {0, 4}, OnOxygen: {0, 1}, GlucoseMgDl: {30, 400}, HbGdl: {5, 15}, MUACmm: {100, 250}}
	for v, lohi := range ranges {
		switch r.IntN(6) {
		case 0:
			taken.Vitals[v] = ReadingOf(v, lohi[0]+float64(r.IntN(int(lohi[1]-lohi[0])+1)))
		case 1:
			taken.Vitals[v] = Reading{State: NotDone, Reason: "no time"}
		}
	}
	if r.IntN(2) == 0 {
		taken.Signs = []string{}
		for range r.IntN(3) {
			taken.Signs = append(taken.Signs, pick(r, Rules.Signs).Code)
		}
	}
	if len(taken.Vitals) == 0 && taken.Signs == nil {
		taken.Signs = []string{}
	}
	return taken
}

func (w *world) command() Command {
	cmd := Command{CaseID: thisCase, Offline: w.IntN(3) == 0}
	if w.IntN(3) > 0 {
		cmd.BaseSeq = pick(w.Rand, w.past)
	}
	switch w.IntN(10) {
	case 0, 1:
		cmd.Kind, cmd.Vitals = AddVitalsKind, randomVitals(w.Rand)
	case 2:
		cmd.Kind, cmd.Comment = AddCommentKind, pick(w.Rand, []string{"she sleeps now", "", "worse"})
	case 3:
		cmd.Kind, cmd.Patient = UpdatePatientKind, pick(w.Rand, []PatientChange{
			{"village": {To: []byte(`"Kheda"`)}}, {"village": {From: []byte(`"Kheda"`), To: []byte(`"Belur"`)}},
			{"allergies": {To: []byte(`["Penicillin"]`)}}, {"allergies": {To: []byte(`["none_known"]`)}},
			{"pregnancy": {To: []byte(`{"weeks":12}`)}}, {"hypercapnicFailure": {To: []byte(`true`)}}, {"shoeSize": {To: []byte(`7`)}}})
	default:
		s := pick(w.Rand, Steps).Step
		cmd.Kind, cmd.Body = StepKind(s), bodyFor(s, w.c)
		if w.IntN(8) == 0 {
			cmd.Body = Body{}
		}
	}
	return cmd
}

const clinics, commandsEach = 80, 30

// TestClinicPromises lets random people do random things and holds every single one
// against what the rule book promises.
func TestClinicPromises(t *testing.T) {
	t.Parallel()
	outcomes := map[Outcome]int{}
	for seed := range uint64(clinics) {
		w := newWorld(t, seed)
		for range commandsEach {
			by, cmd := pick(w.Rand, everyone), w.command()
			before, beforeCmd := stored(t, w.c), fmt.Sprintf("%+v", cmd)
			after, d, err := Apply(w.c, cmd, by, moment(w.c.Seq+1))
			what := fmt.Sprintf("seed %d, %s by %s (base %d, offline %v) on %s %s", seed, cmd.Kind, by.Name, cmd.BaseSeq, cmd.Offline, before.Status, before.Urgency)

			if !reflect.DeepEqual(stored(t, w.c), before) {
				t.Fatalf("%s: the case that came in was written into", what)
			}
			if fmt.Sprintf("%+v", cmd) != beforeCmd {
				t.Fatalf("%s: the command was written into", what)
			}
			if (err != nil || d.Outcome == Already) && !reflect.DeepEqual(after, w.c) {
				t.Fatalf("%s: refused (%v) and yet changed", what, err)
			}
			if !slices.Contains(Statuses, after.Status) || after.Urgency.Rank() < 0 {
				t.Fatalf("%s: now %q %q", what, after.Status, after.Urgency)
			}
			ended := slices.Contains([]Step{Complete, Close, Reject}, cmd.Kind.Step()) && err == nil && (d.Outcome == Applied || d.Outcome == Rebased)
			if ended && before.Urgency == Red && by.Role != Clinician {
				t.Fatalf("%s: a RED case was ended without a clinician", what)
			}
			fell := before.Urgency.Rank() < Incomplete.Rank() && before.Urgency.Above(after.Urgency)
			if fell && (cmd.Kind.Step() != LowerUrgency || by.Role != Clinician || cmd.Offline) {
				t.Fatalf("%s: fell to %s", what, after.Urgency)
			}
			if after.Urgency == Green && after.Triage.incomplete() {
				t.Fatalf("%s: GREEN with %v missing", what, after.Triage.Missing)
			}
			for _, s := range before.Signs {
				if !slices.Contains(after.Signs, s) {
					t.Fatalf("%s: the sign %s is gone", what, s)
				}
			}
			if len(after.Prescriptions) < len(before.Prescriptions) || len(after.Marks) > keptMarks {
				t.Fatalf("%s: %d lines, %d marks", what, len(after.Prescriptions), len(after.Marks))
			}
			if after.Status.Open() && len(after.Waiting()) == 0 {
				t.Fatalf("%s: waits for nobody", what)
			}
			if err == nil {
				outcomes[d.Outcome]++
				w.c = stored(t, after)
				if d.Event != nil {
					w.past = append(w.past, w.c.Seq)
				}
			}
		}
	}
	for _, o := range []Outcome{Applied, Rebased, Already, Superseded, Held} { // the clinics must have met all of it
		if outcomes[o] == 0 {
			t.Errorf("no command was %s; the test has gone blind: %v", o, outcomes)
		}
	}
}

// TestAllowedIsTrue: what a person is offered works when tried with a proper body, and
// what she is not offered is refused.
func TestAllowedIsTrue(t *testing.T) {
	t.Parallel()
	offered := map[Step]int{}
	for seed := range uint64(clinics) {
		w := newWorld(t, seed)
		for range commandsEach {
			for _, by := range everyone {
				m := moment(w.c.Seq + 1)
				allowed := Allowed(w.c, by, m.Now)
				for _, r := range Steps {
					body := bodyFor(r.Step, w.c)
					if r.Step == Close && by.Role == Admin {
						body = Body{Reason: "error"}
					}
					_, _, err := Apply(w.c, stepCommand(r.Step, body), by, m)
					var missing []string
					if r.Step == Prescribe { // what must be asked or weighed first is told by field
						missing = fields(err)
					}
					switch offers := slices.Contains(allowed, r.Step); {
					case offers && err != nil && len(missing) == 0:
						t.Fatalf("seed %d: %s offered to %s on %s %s, refused: %v", seed, r.Step, by.Name, w.c.Status, w.c.Urgency, err)
					case !offers && err == nil:
						t.Fatalf("seed %d: %s not offered to %s on %s %s, and it passed", seed, r.Step, by.Name, w.c.Status, w.c.Urgency)
					case offers:
						offered[r.Step]++
					}
				}
			}
			if after, _, err := Apply(w.c, w.command(), pick(w.Rand, everyone), moment(w.c.Seq+1)); err == nil {
				w.c = stored(t, after)
			}
		}
	}
	for _, r := range Steps {
		if offered[r.Step] == 0 {
			t.Errorf("%s was never offered; the test has gone blind", r.Step)
		}
	}
}

// TestFactsCommute: in whichever order tablets come home, the case knows the same: the
// same signs, allergies, comments, sets of readings. Which reading is newest may differ.
func TestFactsCommute(t *testing.T) {
	t.Parallel()
	for seed := range uint64(clinics) {
		w := newWorld(t, seed)
		facts := make([]Command, 2+w.IntN(6))
		for i := range facts {
			switch w.IntN(3) {
			case 0:
				facts[i] = Command{Kind: AddCommentKind, Comment: fmt.Sprint("comment ", i)}
			case 1:
				facts[i] = Command{Kind: UpdatePatientKind, Patient: PatientChange{"allergies": {To: []byte(fmt.Sprintf(`["drug %d"]`, w.IntN(4)))}}}
			default:
				facts[i] = Command{Kind: AddVitalsKind, Vitals: randomVitals(w.Rand)}
			}
			facts[i].Offline, facts[i].BaseSeq = true, 1
		}
		known := func(order []int) string {
			c := w.c
			for _, i := range order {
				after, _, err := Apply(c, facts[i], sunita, moment(c.Seq+1))
				if err != nil {
					t.Fatalf("seed %d: a fact was refused: %v", seed, err)
				}
				c = stored(t, after)
			}
			var measured []string
			for v, l := range c.Newest {
				measured = append(measured, fmt.Sprint(v, l.Reading.State == NotDone))
			}
			slices.Sort(measured)
			allergies := slices.Sorted(slices.Values(c.Patient.Allergies))
			return fmt.Sprintf("signs %v, allergies %v, %d comments, %d sets, readings %v", c.Signs, allergies, c.Comments, c.VitalsSets, measured)
		}
		order := w.Perm(len(facts))
		first := known(order)
		for range 3 {
			w.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
			if again := known(order); again != first {
				t.Fatalf("seed %d, order %v:\n%s\n%s", seed, order, again, first)
			}
		}
	}
}
