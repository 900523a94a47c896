package db

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"aarogya/app/care"
)

// What is remembered of people is never older than the last answer about them.
func TestPeopleAreNotRememberedLonger(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	c := openClinic(t)
	doctor, admin := c.staff["doctor"].ID, c.staff["admin"].ID
	secret, _, err := c.SignIn(ctx, doctor, Token, "")
	if err != nil {
		t.Fatal(err)
	}
	name := func() string {
		t.Helper()
		for range 2 { // read, then remembered
			u, _, err := c.WhoIs(ctx, secret, Token)
			if err != nil {
				t.Fatal(err)
			}
			var acts care.User
			if err := c.submit(ctx, func(t *tx) (err error) { _, acts, err = t.actor(doctor); return err }); err != nil {
				t.Fatal(err)
			}
			if u.Name != acts.Name {
				t.Fatalf("%s asks, %s acts", u.Name, acts.Name)
			}
			name := u.Name
			if name != "doctor" && name != "Asha Rao" {
				t.Fatalf("name %q", name)
			}
		}
		u, _, _ := c.WhoIs(ctx, secret, Token)
		return u.Name
	}
	name()
	if _, _, err := c.WhoIs(ctx, secret, Browser); !errors.Is(err, care.ErrNotFound) {
		t.Errorf("a token as a browser's secret: %v", err)
	}

	// An operation that fails after it has written, and a transaction that fails as a whole.
	rename := func(t *tx) error {
		if err := t.exec(`UPDATE users SET name = 'Nobody' WHERE uid = ?`, doctor); err != nil {
			return err
		}
		_, u, err := t.actor(doctor)
		if err == nil && u.Name != "Nobody" {
			return errors.New("an operation does not see its own change")
		}
		return err
	}
	for fate, end := range map[string]func(*tx) error{
		"refused":   func(*tx) error { return care.ErrForbidden },
		"lost":      func(t *tx) error { return t.w.exec("ROLLBACK") },
		"panicking": func(*tx) error { panic("on purpose") },
	} {
		err := c.submit(ctx, func(t *tx) error { return errors.Join(rename(t), end(t)) })
		if err == nil || strings.Contains(err.Error(), "its own change") {
			t.Errorf("%s: %v", fate, err)
		}
		if name() != "doctor" {
			t.Errorf("%s: remembered what never was", fate)
		}
	}

	renamed, off := "Asha Rao", false
	if _, err := c.Do(ctx, admin, care.Command{Kind: care.UpdateUserKind, UserID: doctor, User: &care.UserChange{Name: &renamed}}); err != nil {
		t.Fatal(err)
	}
	if name() != "Asha Rao" {
		t.Error("an old name is remembered")
	}
	other, s, err := c.SignIn(ctx, doctor, Browser, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.WhoIs(ctx, other, Browser); err != nil {
		t.Fatal(err)
	}
	if err := c.Revoke(ctx, s.ID); err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.WhoIs(ctx, other, Browser); !errors.Is(err, care.ErrNotFound) {
		t.Errorf("a session that ended: %v", err)
	}
	name()
	if _, err := c.Do(ctx, admin, care.Command{Kind: care.UpdateUserKind, UserID: doctor, User: &care.UserChange{Active: &off}}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.WhoIs(ctx, secret, Token); !errors.Is(err, care.ErrNotFound) {
		t.Errorf("an account that was switched off: %v", err)
	}
	if _, err := c.does("doctor", newCase("Sunita Devi")); !errors.Is(err, care.ErrForbidden) {
		t.Errorf("an account that was switched off acts: %v", err)
	}
}

// However many ask meanwhile, who asks after a session was ended is refused.
func TestEndedSessionsAreForgottenUnderLoad(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	c := openClinic(t)
	for range 30 {
		secret, s, err := c.SignIn(ctx, c.staff["doctor"].ID, Browser, "")
		if err != nil {
			t.Fatal(err)
		}
		var askers sync.WaitGroup
		stop := make(chan struct{})
		for range 4 {
			askers.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
						c.WhoIs(ctx, secret, Browser)
					}
				}
			})
		}
		if err := c.Revoke(ctx, s.ID); err != nil {
			t.Fatal(err)
		}
		for range 20 {
			if _, _, err := c.WhoIs(ctx, secret, Browser); !errors.Is(err, care.ErrNotFound) {
				t.Fatalf("a session that ended: %v", err)
			}
		}
		close(stop)
		askers.Wait()
	}
}

// Every statement that writes accounts or sessions says so by its text.
func TestStatementsThatWritePeople(t *testing.T) {
	t.Parallel()
	found := 0
	for at, text := range statements(t) {
		writes := !strings.HasPrefix(text, "SELECT") && (strings.Contains(text, "INTO ") || strings.Contains(text, "UPDATE ") || strings.Contains(text, "DELETE "))
		if !writes || !strings.Contains(text, "users") && !strings.Contains(text, "sessions") {
			continue
		}
		target := strings.Fields(strings.NewReplacer("INSERT INTO", "", "UPDATE", "", "DELETE FROM", "").Replace(text))[0]
		if people := target == "users" || target == "sessions"; people != writesPeople.MatchString(text) {
			t.Errorf("%s: writes people: %v, recognised: %v\n%s", at, people, !people, text)
		} else if people {
			found++
		}
	}
	if found < 6 {
		t.Errorf("only %d statements found", found)
	}
}

// checkPlaces holds the columns by which cases are listed against the cases themselves.
func (c *clinic) checkPlaces(t *testing.T) {
	t.Helper()
	rows, err := c.read.Query(`SELECT c.doc, p.doc, status, open, active, urgency, status_since, waits_chw, waits_asha, waits_clinician, carriers, seq, list_row FROM cases c JOIN patients p ON p.id = c.patient_id`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var doc, patient, carry, list string
		var at place
		var seq int64
		if err := rows.Scan(&doc, &patient, &at.status, &at.open, &at.active, &at.urgency, &at.since, &at.waitsCHW, &at.waitsASHA, &at.waitsClinician, &carry, &seq, &list); err != nil {
			t.Fatal(err)
		}
		var it care.Case
		decode(t, []byte(doc), &it)
		decode(t, []byte(patient), &it.Patient)
		row := it.Row()
		if want := placeOf(it, row.Waiting); at != want || carry != carriers(row) || seq != it.Seq || list != encoded(t, row) {
			t.Errorf("case %s is listed as %+v %q %d, is %+v %q %d", it.ID, at, carry, seq, want, carriers(row), it.Seq)
		}
	}
}

func encoded(t *testing.T, values ...any) string {
	t.Helper()
	var out strings.Builder
	for _, v := range values {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(b)
	}
	return out.String()
}

// A case that is remembered is the one its texts say, whatever was done to it and however
// it came to be remembered.
func TestRememberedCasesAreTheirTexts(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		r := rand.New(rand.NewPCG(seed, 2))
		c := openClinic(t)
		var cases []string
		for i := range 3 {
			cases = append(cases, c.must(t, []string{"chw", "asha", "doctor"}[i], newCase(fmt.Sprint("Patient ", i))).Case.ID)
		}
		people := []string{"chw", "asha", "doctor", "doctor", "doctor2"}
		checked := 0
		for range 200 {
			done, err := c.does(people[r.IntN(len(people))], anyCommand(r, cases, c.Head()))
			for _, id := range cases {
				known, ok := c.cases.Get(id)
				if !ok {
					continue
				}
				var want care.Case
				decode(t, []byte(known.doc), &want)
				decode(t, []byte(known.patient), &want.Patient)
				if got := encoded(t, known.it, known.it.Patient); got != known.doc+known.patient {
					t.Fatalf("seed %d: remembered\n%s\nits texts say\n%s", seed, got, known.doc+known.patient)
				}
				for range 5 { // and what can be done with it is the same
					cmd, by, m := anyCommand(r, cases, c.Head()), c.staff[people[r.IntN(len(people))]], care.Moment{Now: time.Now(), Seq: c.Head() + 1}
					after, decision, err := care.Apply(known.it, cmd, by, m)
					after2, decision2, err2 := care.Apply(want, cmd, by, m)
					if got, again := encoded(t, after, after.Patient, after.Row(), decision, err), encoded(t, after2, after2.Patient, after2.Row(), decision2, err2); got != again {
						t.Fatalf("seed %d: %s on what is remembered gives\n%s\non its texts\n%s", seed, cmd.Kind, got, again)
					}
				}
				checked++
			}
			if err != nil || done.Case == nil {
				continue
			}
			view, err := c.Case(context.Background(), c.staff["doctor"], done.Case.ID)
			if err != nil {
				t.Fatal(err)
			}
			c.cases.Purge()
			c.facts.Purge()
			c.lists.Purge()
			fresh, err := c.Case(context.Background(), c.staff["doctor"], done.Case.ID)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := encoded(t, view), encoded(t, fresh); got != want {
				t.Fatalf("seed %d: remembered\n%s\nread\n%s", seed, got, want)
			}
		}
		c.checkPlaces(t)
		if checked < 200 {
			t.Errorf("only %d cases were looked at", checked)
		}
	}
}
