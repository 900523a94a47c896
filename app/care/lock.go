package care

import (
	"fmt"
	"slices"
	"time"
)

// A lock tells colleagues who is busy with a case. It is advice to people, held as a
// lease: while somebody else holds it an online step waits, but facts, the emergency
// referral and what an offline tablet brings never ask. Source: clinical page §4.5.
const (
	lockFor   = 120 * time.Second // since its holder last did something
	askingFor = 15 * time.Second  // a holder who does not answer by then has left the tablet

	renewAfter = 20 * time.Second // what a holder does sooner than this renews nothing
)

// Lock says who is busy with a case.
type Lock struct {
	Holder    Person  `json:"holder"`
	Fence     int64   `json:"fence" doc:"grows with every new holding of the case; a step that carries an old one is refused"`
	Since     Instant `json:"since"`
	ExpiresAt Instant `json:"expiresAt"`
	Asked     *Asked  `json:"asked" doc:"who asks to be handed the case"`
}

// Asked is a colleague's request for a case, and until when the holder may answer.
type Asked struct {
	By    Person  `json:"by"`
	Until Instant `json:"until"`
}

// Lease is the lock of a case as it is kept: the fence outlives every holder.
type Lease struct {
	Fence   int64
	Lock    *Lock
	Session string // in which the holder took it
}

// Held is the lock at a moment; nil if the case is free. An end further away than a lock
// lasts means that the clock was set back: such a lock is over.
func (l Lease) Held(now time.Time) *Lock {
	if l.Lock == nil {
		return nil
	}
	left := l.Lock.ExpiresAt.Time().Sub(now)
	if left <= 0 || left > lockFor+time.Second {
		return nil
	}
	if l.Lock.Asked != nil && !now.Before(l.Lock.Asked.Until.Time().Add(askingFor)) { // she did not come back for it
		return l.Lock.asked(nil)
	}
	return l.Lock
}

// LockedError: somebody else is busy with the case, or was since the fence was given out.
type LockedError struct{ Lock *Lock } // nil: free by now

func (e *LockedError) Error() string {
	if e.Lock == nil {
		return "the case was locked by somebody else meanwhile"
	}
	return fmt.Sprintf("case is locked by %s", e.Lock.Holder.ID)
}

// admits refuses a step while somebody else holds the case, and a step that was begun
// under a lock that is over.
func (l Lease) admits(by Person, fence int64, now time.Time) error {
	held := l.Held(now)
	if held != nil && held.Holder.ID != by.ID || fence != 0 && (held == nil || fence != l.Fence) {
		return &LockedError{held}
	}
	return nil
}

// LockAsk is what a person wants of a lock.
type LockAsk string

const (
	TakeLock     LockAsk = "take"      // or go on holding it
	AskForLock   LockAsk = "ask"       // "hand it to me"
	GiveLock     LockAsk = "give"      // the holder hands it over
	KeepLock     LockAsk = "keep"      // the holder does not
	TakeOverLock LockAsk = "take_over" // a clinician, at once, from anybody
	ReleaseLock  LockAsk = "release"
)

// Claim is the lease after a person asked something of it. With an error it is as before.
func (l Lease) Claim(ask LockAsk, by User, session string, now time.Time) (Lease, error) {
	if !May(by.Role, LockCase) || ask == TakeOverLock && by.Role != Clinician {
		return l, ErrForbidden
	}
	who, held := by.Person(), l.Held(now)
	mine := held != nil && held.Holder.ID == who.ID
	switch ask {
	case TakeLock:
		if held != nil && !mine && !held.passesTo(who, now) {
			return l, &LockedError{held}
		}
		return l.give(who, session, now), nil
	case TakeOverLock:
		return l.give(who, session, now), nil
	case AskForLock:
		if held == nil || mine {
			return l.give(who, session, now), nil
		}
		if held.Asked == nil || held.Asked.By.ID == who.ID {
			l.Lock = held.asked(&Asked{who, At(now.Add(askingFor))})
		}
		return l, nil
	case GiveLock:
		if !mine {
			return l, &LockedError{held}
		}
		if held.Asked != nil {
			return l.give(held.Asked.By, "", now), nil
		}
		return l, nil
	case KeepLock:
		if !mine {
			return l, &LockedError{held}
		}
		l.Lock = held.asked(nil)
		return l.give(who, session, now), nil
	case ReleaseLock:
		if mine {
			return l.Released(), nil
		}
		return l, nil
	}
	return l, invalid("do", Invalid, "one of: take, ask, give, keep, take_over")
}

// passesTo: the holder was asked and has not answered in time. Nobody's silence hands a
// case down: a clinician who has left the tablet is still its clinician.
func (l Lock) passesTo(who Person, now time.Time) bool {
	return l.Asked != nil && l.Asked.By.ID == who.ID && !now.Before(l.Asked.Until.Time()) &&
		slices.Index(Roles, who.Role) >= slices.Index(Roles, l.Holder.Role)
}

func (l Lock) asked(a *Asked) *Lock {
	l.Asked = a
	return &l
}

// give makes who the holder, or lets her go on if she is.
func (l Lease) give(who Person, session string, now time.Time) Lease {
	until := At(now.Add(lockFor))
	if held := l.Held(now); held != nil && held.Holder.ID == who.ID {
		if held == l.Lock && held.ExpiresAt.Time().Sub(now) > lockFor-renewAfter && (session == "" || session == l.Session) {
			return l // renewed a moment ago: no news
		}
		renewed := *held
		renewed.ExpiresAt = until
		l.Lock = &renewed
		if session != "" {
			l.Session = session
		}
		return l
	}
	l.Fence++
	l.Lock, l.Session = &Lock{Holder: who, Fence: l.Fence, Since: At(now), ExpiresAt: until}, session
	return l
}

// Released is the lease when nobody holds the case any more.
func (l Lease) Released() Lease { return Lease{Fence: l.Fence} }

// renewed is the lease after its holder did something with the case.
func (l Lease) renewed(by Person, now time.Time) Lease {
	if held := l.Held(now); held != nil && held.Holder.ID == by.ID {
		return l.give(by, "", now)
	}
	return l
}
