package db

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"aarogya/app/care"
)

// dump is everything the clinic knows, as text.
func (c *clinic) dump(t *testing.T) string {
	t.Helper()
	var out strings.Builder
	for _, text := range []string{"SELECT uid || doc || list_row || seq FROM cases ORDER BY id", "SELECT doc FROM patients ORDER BY id", "SELECT doc FROM vitals ORDER BY id",
		"SELECT doc FROM comments ORDER BY id", "SELECT hex(hash) FROM events ORDER BY seq", "SELECT names FROM case_names ORDER BY rowid", "SELECT command || answer FROM answers ORDER BY command"} {
		rows, err := c.read.Query(text)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var line string
			if err := rows.Scan(&line); err != nil {
				t.Fatal(err)
			}
			out.WriteString(line + "\n")
		}
		if err := rows.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return out.String()
}

// anyCommand is something somebody of the staff may ask for, sensible or not.
func anyCommand(r *rand.Rand, cases []string, seq int64) care.Command {
	id := cases[r.IntN(len(cases))]
	base := int64(0)
	if r.IntN(2) == 0 {
		base = max(1, seq-int64(r.IntN(6)))
	}
	cmd := care.Command{ID: NewID(), CaseID: id, BaseSeq: base, Offline: r.IntN(2) == 0}
	switch r.IntN(5) {
	case 0:
		cmd.Kind, cmd.Vitals = care.AddVitalsKind, &care.TakenVitals{Vitals: care.Vitals{care.Pulse: care.ReadingOf(care.Pulse, float64(60+r.IntN(90)))}, Signs: [][]string{nil, {}, {"convulsions"}}[r.IntN(3)]}
	case 1:
		cmd.Kind, cmd.Comment = care.AddCommentKind, fmt.Sprint("words ", r.IntN(100))
	case 2:
		cmd.Kind, cmd.Patient = care.UpdatePatientKind, care.PatientChange{"village": {From: []byte(`"Kheda"`), To: []byte(fmt.Sprintf(`"Village %d"`, r.IntN(3)))}}
	default:
		cmd.Kind = care.StepKind(care.Steps[r.IntN(len(care.Steps))].Step)
		cmd.Body = care.Body{Plan: "rest", Outcome: "improved", Reason: []string{"resolved", "incomplete", "look"}[r.IntN(3)], To: care.Yellow, ReferralStatus: "DEPARTED",
			Referral: &care.Referral{Reason: "severe", Level: "CHC", Destination: "CHC"}}
	}
	return cmd
}

// Whatever people ask for, asking twice is asking once: right after, and all of it again
// at the end. A command that was refused frees its key, so it is only asked again at once.
func TestAskingTwiceIsAskingOnce(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		r := rand.New(rand.NewPCG(seed, 1))
		c := openClinic(t)
		var cases []string
		for i := range 4 {
			cases = append(cases, c.must(t, []string{"chw", "chw2", "asha", "doctor"}[i], newCase(fmt.Sprint("Patient ", i))).Case.ID)
		}
		type asked struct {
			who  string
			cmd  care.Command
			done Done
		}
		var carried []asked
		people := []string{"chw", "chw2", "asha", "asha2", "doctor", "doctor2", "admin"}
		for range 120 {
			a := asked{who: people[r.IntN(len(people))], cmd: anyCommand(r, cases, c.Head())}
			before := c.dump(t)
			done, err := c.does(a.who, a.cmd)
			after := c.dump(t)
			if err != nil && before != after {
				t.Fatalf("seed %d: %s by %s was refused (%v) and changed something", seed, a.cmd.Kind, a.who, err)
			}
			again, errAgain := c.does(a.who, a.cmd)
			if (err == nil) != (errAgain == nil) || fmt.Sprintf("%+v", summary(done)) != fmt.Sprintf("%+v", summary(again)) {
				t.Fatalf("seed %d: %s by %s: first %v %+v, again %v %+v", seed, a.cmd.Kind, a.who, err, summary(done), errAgain, summary(again))
			}
			if c.dump(t) != after {
				t.Fatalf("seed %d: %s by %s acted twice", seed, a.cmd.Kind, a.who)
			}
			if err == nil {
				a.done = done
				carried = append(carried, a)
			}
		}
		end := c.dump(t)
		for _, a := range carried {
			again, err := c.does(a.who, a.cmd)
			if err != nil || summary(again) != summary(a.done) {
				t.Fatalf("seed %d: %s by %s at the end: %v %+v, first %+v", seed, a.cmd.Kind, a.who, err, summary(again), summary(a.done))
			}
		}
		if c.dump(t) != end {
			t.Errorf("seed %d: the list sent again changed something", seed)
		}
		if len(carried) < 30 {
			t.Errorf("seed %d: only %d commands were carried out", seed, len(carried))
		}
		if _, err := c.VerifyChain(context.Background()); err != nil {
			t.Error(err)
		}
	}
}

// summary is an answer in one line, with every comment and reading that came with it.
func summary(d Done) string {
	if d.Case == nil {
		return string(d.Outcome)
	}
	return fmt.Sprint(d.Outcome, d.Seq, d.Case.ID, d.Case.Status, d.Case.Urgency, d.Case.Seq, len(d.Case.Vitals), len(d.Case.Comments), d.Case.Allowed)
}
