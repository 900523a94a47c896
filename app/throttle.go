package app

import (
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
)

// throttle slows guessing: after each wrong attempt of one account from one place the
// next must wait, 1 s doubling to 5 min. Another place is not slowed, so that nobody can
// lock a clinic out of its own accounts. A place is a tablet of the clinic, else an address.
type throttle struct {
	now  func() time.Time
	mu   sync.Mutex
	keys *lru.Cache[string, attempts]
}

type attempts struct {
	wrong int
	until time.Time
}

const (
	throttleKeys  = 4096
	longestWait   = 5 * time.Minute
	freeAttempts  = 3 // typing errors that cost nothing
	forgetAttempt = time.Hour
)

func newThrottle(now func() time.Time) *throttle {
	keys, _ := lru.New[string, attempts](throttleKeys) // fails only for a size below 1
	return &throttle{now: now, keys: keys}
}

// take allows an attempt and books it as a wrong one until right says otherwise, or says
// how long to wait. Booked before the password is looked at: many at once are many.
func (t *throttle) take(key string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	a, _ := t.keys.Get(key)
	if left := a.until.Sub(t.now()); left > 0 && left <= longestWait { // further away: the clock was set back
		return &tooManyError{seconds: int(left/time.Second) + 1}
	}
	if t.now().Sub(a.until) > forgetAttempt {
		a.wrong = 0
	}
	a.wrong++
	delay := time.Duration(0)
	if over := a.wrong - freeAttempts; over >= 0 {
		delay = min(longestWait, time.Second<<min(over, 10))
	}
	a.until = t.now().Add(delay)
	t.keys.Add(key, a)
	return nil
}

func (t *throttle) right(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.keys.Remove(key)
}

// unseen takes back one attempt that ended without a verdict.
func (t *throttle) unseen(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if a, ok := t.keys.Get(key); ok {
		t.keys.Add(key, attempts{a.wrong - 1, t.now()})
	}
}
