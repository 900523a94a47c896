package db

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"aarogya/app/care"
)

// movedClock runs as the computer's, ahead of it or behind.
type movedClock struct{ by atomic.Int64 }

func (c *movedClock) now() time.Time       { return time.Now().Add(time.Duration(c.by.Load())) }
func (c *movedClock) move(d time.Duration) { c.by.Add(int64(d)) }

// Answers are there for three months at least, also while the clock is years ahead for some
// days; and they do not pile up.
func TestAnswersOutliveAClockSetAhead(t *testing.T) {
	t.Parallel()
	var clock movedClock
	c := openClinicAt(t, clock.now)
	const day = 24 * time.Hour
	first := newCase("Sunita Devi")
	first.ID = NewID()
	c.must(t, "chw", first)
	keep := func(days int) int64 {
		t.Helper()
		for range days {
			cmd := care.Command{ID: NewID(), Kind: care.CreateUserKind} // refused: stores nothing
			if _, err := c.does("chw", cmd); !errors.Is(err, care.ErrForbidden) {
				t.Fatal(err)
			}
			cmd = newCase("Sunita Devi")
			cmd.ID = NewID()
			c.must(t, "chw", cmd)
			if err := c.ForgetOldAnswers(context.Background()); err != nil {
				t.Fatal(err)
			}
			clock.move(day)
		}
		return count(t, c.DB, `SELECT COUNT(*) FROM answers`)
	}
	if n := keep(100); n != 101 {
		t.Fatalf("after 100 days there are %d answers", n)
	}
	clock.move(2 * 365 * day)
	if n := keep(3); n < 95 {
		t.Errorf("three days of a clock two years ahead leave %d answers", n)
	}
	clock.move(-2 * 365 * day)
	if n := keep(60); n < 90 || n > 130 {
		t.Errorf("two months later there are %d", n)
	}
}

func TestSessionsOfTheTimeAhead(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	var clock movedClock
	c := openClinicAt(t, clock.now)
	secret, _, err := c.SignIn(ctx, c.staff["doctor"].ID, Browser, "")
	if err != nil {
		t.Fatal(err)
	}
	live := func() bool {
		_, _, err := c.WhoIs(ctx, secret, Browser)
		if err != nil && !errors.Is(err, care.ErrNotFound) {
			t.Fatal(err)
		}
		return err == nil
	}
	clock.move(-365 * 24 * time.Hour)
	if err := c.ClockWentBack(ctx); err != nil {
		t.Fatal(err)
	}
	if !live() {
		t.Error("signed out by a clock that was set back")
	}
	clock.move(sessionIdle + time.Hour)
	if live() {
		t.Error("good for longer than any other, because the clock was set back")
	}
}
