package care

import (
	"reflect"
	"slices"
	"testing"
)

// late is a step an offline tablet brings, judged by its author when the case stood at base.
func late(s Step, b Body, base Case) Command {
	cmd := stepCommand(s, b)
	cmd.Offline, cmd.BaseSeq = true, base.Seq
	return cmd
}

// brought applies a late command and hands back what became of it.
func brought(t *testing.T, c Case, cmd Command, by User, want Outcome) Case {
	t.Helper()
	before := stored(t, c)
	after, d, err := Apply(c, cmd, by, moment(c.Seq+1))
	if err != nil {
		t.Fatalf("%s by %s: %v", cmd.Kind, by.Name, err)
	}
	if d.Outcome != want {
		t.Errorf("%s by %s: %s, want %s", cmd.Kind, by.Name, d.Outcome, want)
	}
	if (d.Event == nil) != (want == Already) {
		t.Errorf("%s: event %+v", want, d.Event)
	}
	if want == Superseded || want == Held { // kept in the timeline, and nothing else
		kept, ok := d.Event.Data.(ChangedData)
		if !ok || kept.Outcome != want || kept.Reason == "" || kept.Details == nil {
			t.Errorf("kept as %+v", d.Event.Data)
		}
		same := after
		same.Seq, same.UpdatedAt = before.Seq, before.UpdatedAt
		if !reflect.DeepEqual(stored(t, same), before) {
			t.Errorf("a %s step changed the case:\n%+v\n%+v", want, before, same)
		}
	}
	if !reflect.DeepEqual(stored(t, c), before) {
		t.Error("the case before was written into")
	}
	return stored(t, after)
}

// online wants the same command, from somebody with the box in reach, to be a conflict.
func online(t *testing.T, c Case, cmd Command, by User) {
	t.Helper()
	cmd.Offline = false
	after, _, err := Apply(c, cmd, by, moment(c.Seq+1))
	refused[*ConflictError](t, c, after, err)
}

// The pair tests of clinical page §4.6: what was applied first / what came late.

func TestPairApproveReject(t *testing.T) {
	t.Parallel()
	base := opened(t, nil)
	c := mustStep(t, base, Approve, drRao)
	cmd := late(Reject, Body{Reason: "test"}, base)
	if got := brought(t, c, cmd, kamla, Superseded); got.Status != Approved {
		t.Errorf("%s", got.Status)
	}
	online(t, c, cmd, kamla)
}

func TestPairRejectForward(t *testing.T) {
	t.Parallel()
	base := opened(t, nil)
	c := mustStep(t, base, Reject, drRao)
	if got := brought(t, c, late(Forward, Body{Reason: "worse"}, base), kamla, Rebased); got.Status != Forwarded || !got.EverForwarded {
		t.Errorf("%s", got.Status)
	}
}

func TestPairCloseFact(t *testing.T) {
	t.Parallel()
	base := opened(t, nil)
	c := mustStep(t, base, Close, kamla)
	cmd := vitalsCommand(Vitals{SpO2: ReadingOf(SpO2, 85), Pulse: ReadingOf(Pulse, 155)}, nil)
	cmd.Offline, cmd.BaseSeq = true, base.Seq
	got := brought(t, c, cmd, sunita, Applied)
	if got.Status != Closed || got.Urgency != Red || !got.Relook || !slices.Equal(got.Waiting(), []Role{Clinician}) {
		t.Errorf("%s %s, look again %v, waits for %v", got.Status, got.Urgency, got.Relook, got.Waiting())
	}
	// Just as loud when the case was not closed but sent back to its author.
	c = mustStep(t, base, Reject, kamla)
	if got = brought(t, c, cmd, sunita, Applied); got.Status != Rejected || got.Urgency != Red || got.Waiting()[0] != Clinician {
		t.Errorf("sent back: %s %s waits for %v", got.Status, got.Urgency, got.Waiting())
	}
}

func TestPairCompleteRefer(t *testing.T) {
	t.Parallel()
	base := mustStep(t, opened(t, nil), StartReview, kamla)
	c := mustStep(t, base, Complete, kamla)
	got := brought(t, c, late(Refer, bodyFor(Refer, c), base), drRao, Rebased)
	if got.Status != UnderReview || !got.Referral.Open() || got.Outcome != "" {
		t.Errorf("%s, referral %+v, outcome %q", got.Status, got.Referral, got.Outcome)
	}
}

func TestPairPrescribePrescribe(t *testing.T) {
	t.Parallel()
	base := mustStep(t, opened(t, nil), Forward, kamla)
	c := mustStep(t, base, Prescribe, drRao)
	cmd := late(Prescribe, bodyFor(Prescribe, c), base)
	got := brought(t, c, cmd, drSen, Rebased)
	if len(got.Prescriptions) != 2 || !slices.Equal(got.Prescriptions[1].Flags, []string{"DUPLICATE_THERAPY"}) || got.Prescriptions[0].Flags != nil {
		t.Errorf("%+v", got.Prescriptions)
	}
	// Both are kept also when the case was closed in between.
	closed := mustStep(t, c, Close, drRao)
	if got = brought(t, closed, cmd, drSen, Rebased); len(got.Prescriptions) != 2 || got.Status != Approved {
		t.Errorf("%s with %d lines", got.Status, len(got.Prescriptions))
	}
}

func TestPairForwardApprove(t *testing.T) {
	t.Parallel()
	base := opened(t, nil)
	c := mustStep(t, base, Forward, kamla)
	cmd := late(Approve, Body{Plan: "rest"}, base)
	if got := brought(t, c, cmd, kamla, Superseded); got.Status != Forwarded || got.Plan != "" {
		t.Errorf("%s, plan %q", got.Status, got.Plan)
	}
	online(t, c, cmd, kamla)
}

func TestPairAcceptAccept(t *testing.T) {
	t.Parallel()
	base := mustStep(t, opened(t, nil), Forward, kamla)
	c := mustStep(t, base, Accept, drRao)
	got := brought(t, c, late(Accept, Body{}, base), drSen, Rebased)
	if got.Clinician.ID != drRao.ID || len(got.CoReviewers) != 1 || got.CoReviewers[0].ID != drSen.ID {
		t.Errorf("clinician %+v, co-reviewers %+v", got.Clinician, got.CoReviewers)
	}
	if again := brought(t, c, late(Accept, Body{}, base), drRao, Already); again.Seq != c.Seq {
		t.Error("the same accept by the same person made news")
	}
	online(t, c, stepCommand(Accept, Body{}), drSen)
	// Who had seen that the case was taken does not become co-reviewer by a later fact.
	seen := c
	c = must(t, c, vitalsCommand(Vitals{Pulse: ReadingOf(Pulse, 80)}, nil), sunita)
	brought(t, c, late(Accept, Body{}, seen), drSen, Superseded)
}

func TestPairCloseDuplicatePrescribe(t *testing.T) {
	t.Parallel()
	base := mustStep(t, mustStep(t, opened(t, nil), Forward, kamla), Accept, drRao)
	c := must(t, base, stepCommand(Close, Body{Reason: "duplicate_of", DuplicateOf: otherCase}), drSen)
	got := brought(t, c, late(Prescribe, bodyFor(Prescribe, c), base), drRao, Rebased)
	if got.Status != Approved || len(got.Prescriptions) != 1 || got.DuplicateOf != "" {
		t.Errorf("%s, %d lines, duplicate of %q", got.Status, len(got.Prescriptions), got.DuplicateOf)
	}
}

func TestPairResubmitClose(t *testing.T) {
	t.Parallel()
	base := mustStep(t, opened(t, nil), Reject, kamla)
	c := must(t, base, Command{Kind: AddCommentKind, Comment: "weighed her again"}, sunita)
	c = mustStep(t, c, Resubmit, sunita)
	cmd := late(Close, Body{Reason: "lost"}, base)
	if got := brought(t, c, cmd, kamla, Held); got.Status != Pending {
		t.Errorf("%s", got.Status)
	}
	online(t, c, cmd, kamla)
}

func TestPairUrgencyDowngrade(t *testing.T) {
	t.Parallel()
	base := opened(t, func(n *NewCase) { n.Vitals[Systolic] = ReadingOf(Systolic, 182) })
	if base.Urgency != Yellow {
		t.Fatalf("begins %s", base.Urgency)
	}
	sick := vitalsCommand(Vitals{Pulse: ReadingOf(Pulse, 155)}, nil)
	lower := stepCommand(LowerUrgency, Body{To: Green, Reason: "white coat"})
	lower.BaseSeq = base.Seq

	// The tablet's reading first, then a downgrade by somebody who has not seen it.
	c := must(t, base, sick, sunita)
	online(t, c, lower, drRao)
	// The downgrade first: the reading comes after and raises it again.
	if c = must(t, must(t, base, lower, drRao), sick, sunita); c.Urgency != Red {
		t.Errorf("%s after the downgrade", c.Urgency)
	}
	// And nobody lowers it out of reach of the box.
	lower.Offline = true
	after, _, err := Apply(c, lower, drRao, moment(c.Seq+1))
	if err != ErrForbidden || !reflect.DeepEqual(c, after) {
		t.Errorf("offline: %v", err)
	}
}

// TestLowered: what a clinician has weighed and lowered stays lowered; what comes after
// counts, also when an older finding of the same rule is still there.
func TestLowered(t *testing.T) {
	t.Parallel()
	pregnant := func(n *NewCase) { n.Patient.Pregnancy = &Pregnancy{Weeks: 30} }
	c := opened(t, func(n *NewCase) { pregnant(n); n.Signs = []string{"vaginal_bleeding"} })
	if c.Urgency != Red {
		t.Fatalf("begins %s", c.Urgency)
	}
	c = must(t, c, stepCommand(LowerUrgency, Body{To: Yellow, Reason: "spotting, seen"}), drRao)
	same := must(t, c, vitalsCommand(Vitals{TempC: ReadingOf(TempC, 36.9)}, []string{}), sunita)
	if same.Urgency != Yellow {
		t.Errorf("nothing new was found, and it is %s", same.Urgency)
	}
	if got := must(t, c, vitalsCommand(nil, []string{"severe_headache"}), sunita); got.Urgency != Red {
		t.Errorf("a new sign of the same rule: %s", got.Urgency)
	}
	if got := must(t, c, vitalsCommand(nil, []string{"vaginal_bleeding"}), sunita); got.Urgency != Red {
		t.Errorf("she bleeds again: %s", got.Urgency)
	}

	// Lowered for somebody not known to be pregnant; that she is, is news.
	c = opened(t, func(n *NewCase) {
		n.Vitals[Systolic], n.Vitals[Diastolic] = ReadingOf(Systolic, 184), ReadingOf(Diastolic, 112)
	})
	c = must(t, c, stepCommand(LowerUrgency, Body{To: Green, Reason: "known, treated"}), drRao)
	c = must(t, c, Command{Kind: UpdatePatientKind, Patient: PatientChange{"pregnancy": {To: []byte(`{"weeks":30}`)}}}, sunita)
	if c.Urgency != Red {
		t.Errorf("184/112 and pregnant: %s", c.Urgency)
	}
}

// TestEmergencyReferralMergesAnywhere: it has happened; no status undoes that.
func TestEmergencyReferralMergesAnywhere(t *testing.T) {
	t.Parallel()
	base := opened(t, nil)
	for _, status := range Statuses {
		c := base
		c.Status = status
		for _, baseSeq := range []int64{0, c.Seq} {
			cmd := late(EmergencyReferral, bodyFor(EmergencyReferral, c), base)
			cmd.BaseSeq = baseSeq
			got, d, err := Apply(c, cmd, sunita, moment(5))
			if err != nil || got.Status != status || got.Urgency != Red || !got.Referral.Open() || d.Event == nil {
				t.Errorf("%s: %s %s %v", status, got.Status, got.Urgency, err)
			}
			if !slices.Contains(got.Waiting(), Clinician) {
				t.Errorf("%s: waits for %v, no clinician", status, got.Waiting())
			}
		}
	}
}

// TestSettlingNeedsTheLastFact: complete, close and reject from a tablet that has not
// seen the newest readings, or cannot say what it has seen, are held.
func TestSettlingNeedsTheLastFact(t *testing.T) {
	t.Parallel()
	for _, step := range []Step{Complete, Close, Reject} {
		base := mustStep(t, opened(t, nil), StartReview, drRao)
		c := must(t, base, vitalsCommand(Vitals{SpO2: ReadingOf(SpO2, 97)}, nil), sunita)
		brought(t, c, late(step, bodyFor(step, c), base), drRao, Held)
		brought(t, c, late(step, bodyFor(step, c), Case{}), drRao, Held)
		if got := brought(t, c, late(step, bodyFor(step, c), c), drRao, Applied); got.Status == UnderReview {
			t.Errorf("%s with the newest facts did nothing", step)
		}
	}
}

// TestWordsAreNotLost: the same step twice is done once, but a different plan or outcome
// is not the same step.
func TestWordsAreNotLost(t *testing.T) {
	t.Parallel()
	base := mustStep(t, opened(t, nil), StartReview, drRao)
	c := mustStep(t, base, Complete, drRao)
	brought(t, c, late(Complete, Body{Outcome: "improved"}, base), drSen, Already)
	brought(t, c, late(Complete, Body{Outcome: "died"}, base), drSen, Superseded)
	c = mustStep(t, base, Approve, drRao)
	brought(t, c, late(Approve, bodyFor(Approve, c), base), drSen, Already)
	brought(t, c, late(Approve, Body{Plan: "send for X-ray"}, base), drSen, Superseded)
	pending := opened(t, nil)
	c = mustStep(t, pending, StartReview, kamla)
	brought(t, c, late(StartReview, Body{}, pending), kamla, Already)
	brought(t, c, late(StartReview, Body{}, pending), drRao, Superseded)
}

// TestCaseWithoutSignsTakesSigns: a case opened with readings alone is stored without
// its empty map of signs; the first sign after that once stopped the writer.
func TestCaseWithoutSignsTakesSigns(t *testing.T) {
	t.Parallel()
	c := opened(t, func(n *NewCase) { n.Signs = nil })
	c = must(t, c, vitalsCommand(nil, []string{"fever"}), sunita)
	if !slices.Equal(c.Signs, []string{"fever"}) || c.SignSeq["fever"] != c.Seq {
		t.Errorf("signs %v at %v", c.Signs, c.SignSeq)
	}
	c = opened(t, func(n *NewCase) { n.Vitals, n.Signs = nil, []string{"fever"} })
	c = must(t, c, vitalsCommand(Vitals{TempC: ReadingOf(TempC, 38)}, nil), sunita)
	if c.SignSeq["fever"] != 1 {
		t.Errorf("the first set of readings forgot when the sign was told: %v", c.SignSeq)
	}
}
