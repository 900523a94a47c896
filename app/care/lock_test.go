package care

import (
	"errors"
	"slices"
	"testing"
	"time"
)

// TestLockTable plays short scenes between people who want the same case.
func TestLockTable(t *testing.T) {
	t.Parallel()
	drShah := User{ID: "u-doctor2", Name: "Dr Shah", Role: Clinician}
	type act struct {
		after time.Duration // since the act before
		by    User
		ask   LockAsk
		err   string // "", locked or forbidden
		held  string // who holds it then
		fence int64
	}
	for name, scene := range map[string][]act{
		"take and renew":                   {{0, staff[CHW], TakeLock, "", "chw", 1}, {100 * time.Second, staff[CHW], TakeLock, "", "chw", 1}, {119 * time.Second, staff[ASHA], TakeLock, "locked", "chw", 1}},
		"runs out":                         {{0, staff[CHW], TakeLock, "", "chw", 1}, {120 * time.Second, staff[ASHA], TakeLock, "", "asha", 2}},
		"its own again after it ran out":   {{0, staff[CHW], TakeLock, "", "chw", 1}, {130 * time.Second, staff[CHW], TakeLock, "", "chw", 2}},
		"released":                         {{0, staff[ASHA], TakeLock, "", "asha", 1}, {time.Second, staff[ASHA], ReleaseLock, "", "", 1}, {time.Second, staff[Clinician], TakeLock, "", "clinician", 2}},
		"released by another is not":       {{0, staff[ASHA], TakeLock, "", "asha", 1}, {time.Second, staff[CHW], ReleaseLock, "", "asha", 1}},
		"handed over":                      {{0, staff[ASHA], TakeLock, "", "asha", 1}, {time.Second, staff[CHW], AskForLock, "", "asha", 1}, {5 * time.Second, staff[ASHA], GiveLock, "", "chw", 2}},
		"kept":                             {{0, staff[ASHA], TakeLock, "", "asha", 1}, {time.Second, staff[Clinician], AskForLock, "", "asha", 1}, {5 * time.Second, staff[ASHA], KeepLock, "", "asha", 1}, {20 * time.Second, staff[Clinician], TakeLock, "locked", "asha", 1}},
		"silence passes it up":             {{0, staff[ASHA], TakeLock, "", "asha", 1}, {time.Second, staff[Clinician], AskForLock, "", "asha", 1}, {14 * time.Second, staff[Clinician], TakeLock, "locked", "asha", 1}, {time.Second, staff[Clinician], TakeLock, "", "clinician", 2}},
		"silence passes it to an equal":    {{0, staff[Clinician], TakeLock, "", "clinician", 1}, {time.Second, drShah, AskForLock, "", "clinician", 1}, {15 * time.Second, drShah, TakeLock, "", "clinician", 2}},
		"silence passes nothing down":      {{0, staff[Clinician], TakeLock, "", "clinician", 1}, {time.Second, staff[ASHA], AskForLock, "", "clinician", 1}, {16 * time.Second, staff[ASHA], TakeLock, "locked", "clinician", 1}},
		"only the one who asked":           {{0, staff[CHW], TakeLock, "", "chw", 1}, {time.Second, staff[ASHA], AskForLock, "", "chw", 1}, {16 * time.Second, staff[Clinician], TakeLock, "locked", "chw", 1}},
		"the first to ask":                 {{0, staff[CHW], TakeLock, "", "chw", 1}, {time.Second, staff[ASHA], AskForLock, "", "chw", 1}, {time.Second, staff[Clinician], AskForLock, "", "chw", 1}, {time.Second, staff[CHW], GiveLock, "", "asha", 2}},
		"asking for what is free takes it": {{0, staff[CHW], AskForLock, "", "chw", 1}},
		"taken over":                       {{0, staff[Clinician], TakeLock, "", "clinician", 1}, {time.Second, drShah, TakeOverLock, "", "clinician", 2}, {time.Second, staff[Clinician], TakeLock, "locked", "clinician", 2}},
		"an ASHA takes nothing over":       {{0, staff[CHW], TakeLock, "", "chw", 1}, {time.Second, staff[ASHA], TakeOverLock, "forbidden", "chw", 1}},
		"an admin treats none":             {{0, staff[Admin], TakeLock, "forbidden", "", 0}},
		"giving what one does not hold":    {{0, staff[CHW], TakeLock, "", "chw", 1}, {time.Second, staff[ASHA], GiveLock, "locked", "chw", 1}},
		"a wish nobody knows":              {{0, staff[CHW], "steal", "invalid", "", 0}},
		"the clock set back":               {{0, staff[CHW], TakeLock, "", "chw", 1}, {-365 * 24 * time.Hour, staff[ASHA], TakeLock, "", "asha", 2}},
	} {
		var l Lease
		now := noon
		for i, a := range scene {
			now = now.Add(a.after)
			before := l
			after, err := l.Claim(a.ask, a.by, "s", now)
			var locked *LockedError
			var invalid *InvalidError
			got := map[bool]string{errors.As(err, &locked): "locked", errors.Is(err, ErrForbidden): "forbidden", errors.As(err, &invalid): "invalid"}[true]
			if got != a.err {
				t.Errorf("%s, act %d: %v, want %q", name, i, err, a.err)
			}
			if err != nil && after != before {
				t.Errorf("%s, act %d: refused, and changed the lock", name, i)
			}
			l = after
			holder := ""
			if held := l.Held(now); held != nil {
				holder = string(held.Holder.Role)
			}
			if holder != a.held || l.Fence != a.fence {
				t.Errorf("%s, act %d: %q holds it, fence %d; want %q, %d", name, i, holder, l.Fence, a.held, a.fence)
			}
		}
	}
}

// TestLockAndSteps: while somebody else holds a case a step waits; facts, the emergency
// referral and what an offline tablet brings do not.
func TestLockAndSteps(t *testing.T) {
	t.Parallel()
	held := open1(t)
	var err error
	if held.Lease, err = held.Lease.Claim(TakeLock, staff[Clinician], "s", moment(5).Now); err != nil {
		t.Fatal(err)
	}
	ask := func(c Case, cmd Command, by Role, seq int64) error {
		_, _, err := Apply(c, cmd, staff[by], moment(seq))
		return err
	}
	var locked *LockedError
	start := Command{ID: "x", Kind: StepKind(StartReview), CaseID: held.ID}
	if err := ask(held, start, ASHA, 6); !errors.As(err, &locked) || locked.Lock.Holder.ID != staff[Clinician].ID {
		t.Errorf("a step while it is locked: %v", err)
	}
	if err := ask(held, start, ASHA, 9); err != nil {
		t.Errorf("a step after the lock ran out: %v", err)
	}
	if err := ask(held, start, Clinician, 6); err != nil {
		t.Errorf("the holder's own step: %v", err)
	}
	fenced := start
	fenced.Fence = held.Lease.Fence
	if err := ask(held, fenced, Clinician, 6); err != nil {
		t.Errorf("the holder's fence: %v", err)
	}
	fenced.Fence++
	if err := ask(held, fenced, Clinician, 6); !errors.As(err, &locked) {
		t.Errorf("another fence: %v", err)
	}
	fenced.Fence = held.Lease.Fence
	if err := ask(held, fenced, Clinician, 9); !errors.As(err, &locked) || locked.Lock != nil {
		t.Errorf("the fence of a lock that ran out: %v", err)
	}
	offline := start
	offline.Offline = true
	for what, cmd := range map[string]Command{
		"an offline step": offline,
		"vitals":          {ID: "v", Kind: AddVitalsKind, CaseID: held.ID, Vitals: &TakenVitals{Vitals: Vitals{Pulse: {State: Measured, Canon: 80}}}},
		"a comment":       {ID: "c", Kind: AddCommentKind, CaseID: held.ID, Comment: "on the way"},
		"an emergency":    {ID: "e", Kind: StepKind(EmergencyReferral), CaseID: held.ID, Body: Body{Referral: &Referral{Reason: "severe", Destination: "CHC", Level: "CHC"}}},
	} {
		if err := ask(held, cmd, ASHA, 6); err != nil {
			t.Errorf("%s while it is locked: %v", what, err)
		}
	}
	after, _, err := Apply(held, Command{ID: "c", Kind: AddCommentKind, CaseID: held.ID, Comment: "looking"}, staff[Clinician], moment(6))
	if err != nil || after.Lease.Lock.ExpiresAt != At(moment(6).Now.Add(lockFor)) {
		t.Errorf("what the holder does renews her lock: %+v %v", after.Lease.Lock, err)
	}
	after, _, err = Apply(open1(t), start, staff[ASHA], moment(6))
	if lock := after.Lease.Held(moment(6).Now); err != nil || lock == nil || lock.Holder.ID != staff[ASHA].ID {
		t.Errorf("a review that starts locks the case: %+v %v", lock, err)
	}
}

// open1 is a new case of a CHW.
func open1(t *testing.T) Case {
	t.Helper()
	c, _, err := Create(Command{ID: "n", CaseID: thisCase, Kind: CreateCaseKind, New: &NewCase{Complaint: "fever",
		Patient: &NewPatient{Name: "Sunita", Sex: "F", Age: &Age{Value: 30, Unit: "years"}, Consent: ConsentGiven}}}, nil, "p", "00-0001-3", staff[CHW], moment(1))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestAlarmRings: a RED patient who waits for a clinician rings, once, for the right people.
func TestAlarmRings(t *testing.T) {
	t.Parallel()
	red := &TakenVitals{Signs: []string{"convulsions"}}
	for _, by := range []Role{CHW, ASHA, Clinician} {
		c, d, err := Apply(open1(t), Command{ID: "v", Kind: AddVitalsKind, CaseID: thisCase, Vitals: red}, staff[by], moment(2))
		if err != nil || c.Urgency != Red || d.Rings != (by != Clinician) {
			t.Errorf("%s finds it: rings %v, %s %v", by, d.Rings, c.Urgency, err)
		}
		if _, again, err := Apply(c, Command{ID: "w", Kind: AddVitalsKind, CaseID: thisCase, Vitals: red}, staff[CHW], moment(3)); err != nil || again.Rings {
			t.Errorf("it rings twice: %v", err)
		}
	}
	c, _, err := Apply(open1(t), Command{ID: "v", Kind: AddVitalsKind, CaseID: thisCase, Vitals: red}, staff[CHW], moment(2))
	if err != nil {
		t.Fatal(err)
	}
	row := c.Row()
	a := Alarm{ID: "a", Kind: RedAlarm, CaseID: c.ID, LevelAt: noon, By: staff[CHW].Person(), At: At(noon), Rooms: c.Audience(), Row: &row}
	var at []time.Duration
	now := noon
	for {
		due, more := a.Due(now)
		if !more {
			break
		}
		now = due
		a.Level, a.LevelAt = a.Level+1, now
		at = append(at, now.Sub(noon))
		for _, e := range a.Rang(now) {
			data := e.Data.(AlarmData)
			named := slices.Contains(e.Audience, Clinicians)
			if named != (data.CaseID != "") || named != (data.Row != nil) || named != (e.CaseID != "") || data.Level != a.Level || !data.AckNeeded {
				t.Errorf("level %d: %v hear %+v", a.Level, e.Audience, data)
			}
		}
	}
	if !slices.Equal(at, []time.Duration{2 * time.Minute, 5 * time.Minute, 10 * time.Minute}) {
		t.Errorf("rings again after %v", at)
	}
	for level, want := range []Audience{nil, nil, {Supervisors}, {Staff}} {
		a.Level = level
		if got := a.Wider(); !slices.Equal(got, want) {
			t.Errorf("level %d reaches also %v, want %v", level, got, want)
		}
	}
	a.Level, a.LevelAt = 1, noon.AddDate(1, 0, 0)
	if due, _ := a.Due(noon); due.Sub(noon) != 3*time.Minute {
		t.Errorf("with the clock set back it rings in %v", due.Sub(noon))
	}
	for role, want := range map[Role][2]bool{CHW: {false, false}, ASHA: {false, true}, Clinician: {true, true}, Admin: {false, false}} {
		sos, err := CallSOS(Command{SOS: &SOS{Location: "ward"}}, "s", staff[CHW], noon)
		if err != nil {
			t.Fatal(err)
		}
		for i, alarm := range []Alarm{a, sos} {
			after, event, err := alarm.Answer(staff[role], noon)
			if (err == nil) != want[i] || after.Acked != want[i] || (event != nil) != want[i] {
				t.Errorf("%s answers %s: %v", role, alarm.Kind, err)
			}
			if err == nil {
				if _, again, err := after.Answer(staff[role], noon); err != nil || again != nil {
					t.Errorf("answered twice: %v %v", again, err)
				}
			}
		}
	}
	if _, err := CallSOS(Command{SOS: &SOS{Location: " "}}, "s", staff[CHW], noon); err == nil {
		t.Error("an SOS from nowhere")
	}
}
