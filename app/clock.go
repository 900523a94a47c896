package app

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"aarogya/app/care"
	"aarogya/db"
)

// How far the computer's clock is taken at its word.
const (
	// stepBack: a clock may be put right by this much; further back it is held.
	stepBack = 10 * time.Minute
	// leapAhead: a clock that is further ahead than the box was running needs somebody's
	// word. Less than the 30 days by which a certificate reaches back and after which an
	// unused session ends: a clock set ahead by mistake breaks neither.
	leapAhead = 29 * 24 * time.Hour
	// rtcAhead: a clock chip also counts while the box is switched off.
	rtcAhead = 366 * 24 * time.Hour

	sameTime  = time.Minute // two clocks that agree
	sameRTC   = 2 * time.Minute
	witnesses = 3 // tablets that must agree

	clockPulse = time.Second
	saveEvery  = 10 * time.Minute
	voteLasts  = 25 * time.Minute // tablets say their time every 10
	mostVotes  = 512
)

// latest is the end of what the clinic's certificate authority can sign for.
var latest = time.Date(2049, 12, 31, 0, 0, 0, 0, time.UTC)

// Where the box has its time from, as it is shown.
const (
	clockUnset   = "unset"   // the computer's clock, for which nobody gave a word
	clockAdmin   = "admin"   // an admin said it
	clockTablets = "tablets" // three tablets or more agree with it
	clockNTP     = "ntp"     // a time server keeps the computer's clock
	clockRTC     = "rtc"     // a clock chip with a battery does
)

// hardware is who else vouches for the computer's clock; nil where nobody can be asked.
type hardware struct {
	ntp func() bool               // a time server has set it
	rtc func() (time.Time, error) // the clock chip's time
}

// boxClock is the time of the box: the computer's clock and what an admin said it is off
// by, for as long as that can be true. A Pi boots in the past, a battery runs out, somebody
// sets a year too many: then the box counts on by itself from the last time it knew, and
// the admin's page asks. Order never comes from here, but from seq.
type boxClock struct {
	computer func() time.Time
	hardware
	db  *db.DB
	log *slog.Logger

	wentBack func() // called when the time is earlier than it was

	start time.Time // for its monotonic reading
	known atomic.Pointer[knownTime]
	stop  chan struct{}
	done  sync.WaitGroup
	once  sync.Once

	mu        sync.Mutex
	said      *care.ClockData // what an admin said last
	forget    bool            // it no longer holds; not stored yet
	rtcAgreed time.Time       // the computer's clock when it started, by when the chip agreed with it last; zero = it does not
	votes     map[string]vote
	state     string
	onState   func(string)
	lastSeen  time.Time // what Now was when it was looked at last, and when that was
	lastAt    time.Duration
}

// knownTime is what Now works with, replaced as a whole.
type knownTime struct {
	offset time.Duration // the computer's clock is behind by
	sure   time.Time     // the box knows that it was at least this…; zero = it never knew
	at     time.Duration // …when it had been running for so long
}

// vote is a tablet's clock: what it showed when the box was started, had it run on evenly.
// So it stays what it is when the computer's clock jumps.
type vote struct {
	shown time.Time
	at    time.Duration
}

func newClock(computer func() time.Time, hw hardware, log *slog.Logger) *boxClock {
	c := &boxClock{computer: computer, hardware: hw, log: log, wentBack: func() {}, start: time.Now(), stop: make(chan struct{}), votes: map[string]vote{}, state: clockUnset}
	c.known.Store(&knownTime{})
	return c
}

// load takes up what the clinic's database knows of the time. Until then Now is the
// computer's.
func (c *boxClock) load(ctx context.Context, d *db.DB) error {
	said, saved, err := d.Clock(ctx)
	if err != nil {
		return err
	}
	c.mu.Lock()
	c.db, c.said = d, said
	k := knownTime{at: c.elapsed()}
	if saved > 0 {
		k.sure = saved.Time()
	}
	if said != nil {
		k.offset = time.Duration(said.OffsetMs) * time.Millisecond
	}
	c.known.Store(&k)
	c.mu.Unlock()
	c.askRTC()
	c.look()
	return nil
}

// run looks at the clock until close.
func (c *boxClock) run() {
	pulse, save := time.NewTicker(clockPulse), time.NewTicker(saveEvery)
	c.done.Go(func() {
		defer pulse.Stop()
		defer save.Stop()
		for {
			select {
			case <-pulse.C:
			case <-save.C:
				c.askRTC()
				c.save()
			case <-c.stop:
				return
			}
			c.look()
		}
	})
}

func (c *boxClock) close() {
	c.once.Do(func() {
		close(c.stop)
		c.done.Wait()
		c.save()
	})
}

func (c *boxClock) elapsed() time.Duration { return time.Since(c.start) }

// Now is the box's time. It falls behind what it was by stepBack at most, except by the
// word of an admin or of a time server.
func (c *boxClock) Now() time.Time {
	now, _ := c.read()
	return now
}

// read tells the time, and whether the computer's clock is believed.
func (c *boxClock) read() (now time.Time, believed bool) {
	k := c.known.Load()
	own, least := c.own(k), k.least(c.elapsed())
	if k.sure.IsZero() {
		believed = plausible(own)
	} else {
		believed = k.within(own, least, leapAhead)
	}
	if believed {
		return own, true
	}
	return least, false
}

// own is the computer's clock, put right as an admin said. Without its monotonic reading,
// which would hide a jump.
func (c *boxClock) own(k *knownTime) time.Time { return c.computer().Add(k.offset).Round(0).UTC() }

// least is the time it is at least.
func (k *knownTime) least(elapsed time.Duration) time.Time {
	sure := k.sure
	if sure.Before(built) {
		sure = built
	}
	return sure.Add(elapsed - k.at)
}

func (k *knownTime) within(t, least time.Time, ahead time.Duration) bool {
	return plausible(t) && !t.Before(least.Add(-stepBack)) && !t.After(least.Add(ahead))
}

func plausible(t time.Time) bool { return !t.Before(built) && !t.After(latest) }

// askRTC: a chip that goes with the computer's clock speaks for it, until that jumps. It is
// not asked every second: it may be on a slow bus.
func (c *boxClock) askRTC() {
	var agreed time.Time
	if c.rtc != nil {
		if t, err := c.rtc(); err == nil {
			if now := c.computer(); t.Sub(now).Abs() <= sameRTC {
				agreed = now.Add(-c.elapsed()).Round(0)
			}
		}
	}
	c.mu.Lock()
	c.rtcAgreed = agreed
	c.mu.Unlock()
}

// byRTC: the chip agreed, and the computer's clock has run on evenly since. c.mu is held.
func (c *boxClock) byRTC(elapsed time.Duration) bool {
	return !c.rtcAgreed.IsZero() && c.computer().Round(0).Sub(c.rtcAgreed.Add(elapsed)).Abs() <= sameRTC
}

// look asks who vouches for the computer's clock. Only then does the time the box is sure
// of move with it; else it moves by as much as the box was running, so that a clock set
// ahead by mistake leaves nothing behind.
func (c *boxClock) look() {
	c.mu.Lock()
	k, elapsed := *c.known.Load(), c.elapsed()
	ntp := c.ntp != nil && c.ntp()
	if ntp && c.said != nil && !c.said.OverNTP { // she spoke of a clock that was set since
		c.said, c.forget, k.offset = nil, true, 0
	}
	ntp = ntp && c.said == nil
	own, least := c.own(&k), k.least(elapsed)
	agree, differ := c.witnessed(own, elapsed)
	rtc := c.byRTC(elapsed)
	vouched := ntp && plausible(own) || agree && k.within(own, least, latest.Sub(built)) || rtc && k.within(own, least, rtcAhead)
	if vouched || k.sure.IsZero() && plausible(own) {
		k.sure, k.at = own, elapsed
	}
	c.known.Store(&k)
	now, believed := c.read()
	back := !c.lastSeen.IsZero() && now.Sub(c.lastSeen) < elapsed-c.lastAt-2*time.Second
	c.lastSeen, c.lastAt = now, elapsed
	state := clockUnset
	switch {
	case !believed:
	case ntp:
		state = clockNTP
	case differ:
	case c.said != nil:
		state = clockAdmin
	case agree:
		state = clockTablets
	case rtc:
		state = clockRTC
	}
	tell := c.onState
	if state == c.state {
		tell = nil
	}
	c.state = state
	forget := c.forget
	c.mu.Unlock()

	if tell != nil {
		tell(state)
	}
	if back {
		c.wentBack()
	}
	if forget {
		c.save()
	}
}

// save writes the time the box is sure of to disk.
func (c *boxClock) save() {
	c.mu.Lock()
	forget, k := c.forget, c.known.Load()
	c.mu.Unlock()
	if c.db == nil || k.sure.IsZero() {
		return
	}
	if err := c.db.SaveTime(context.Background(), k.least(c.elapsed()), forget); err != nil {
		c.log.Warn("the time is not saved", "err", err)
		return
	}
	c.mu.Lock()
	c.forget = c.forget && !forget
	c.mu.Unlock()
}

// adopt is called when an admin has said what time it is, and that is on disk.
func (c *boxClock) adopt(said care.ClockData) {
	c.mu.Lock()
	k := knownTime{offset: time.Duration(said.OffsetMs) * time.Millisecond, at: c.elapsed()}
	k.sure = c.own(&k)
	c.said, c.forget = &said, false
	c.known.Store(&k)
	c.mu.Unlock()
	c.look()
}

// tellState has hear told the state now, and whenever it changes.
func (c *boxClock) tellState(hear func(string)) {
	c.mu.Lock()
	state := c.state
	c.onState = hear
	c.mu.Unlock()
	hear(state)
}

// heard is what a tablet's own clock shows.
func (c *boxClock) heard(tablet string, shows time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	elapsed := c.elapsed()
	for who, v := range c.votes {
		if elapsed-v.at > voteLasts {
			delete(c.votes, who)
		}
	}
	if _, known := c.votes[tablet]; known || len(c.votes) < mostVotes {
		c.votes[tablet] = vote{shows.Add(-elapsed).Round(0), elapsed}
	}
}

// witnessed: do three tablets or more, and more than half of all, agree with t; or with
// each other, and not with t? c.mu is held.
func (c *boxClock) witnessed(t time.Time, elapsed time.Duration) (agree, differ bool) {
	shown := c.shown(elapsed)
	enough := func(at time.Time) bool {
		n := agreeing(shown, at)
		return n >= witnesses && 2*n > len(shown)
	}
	agree = enough(t)
	return agree, !agree && len(shown) > 0 && enough(median(shown))
}

// shown is what the tablets' clocks show now, in order. c.mu is held.
func (c *boxClock) shown(elapsed time.Duration) []time.Time {
	var shown []time.Time
	for _, v := range c.votes {
		if elapsed-v.at <= voteLasts {
			shown = append(shown, v.shown.Add(elapsed))
		}
	}
	slices.SortFunc(shown, time.Time.Compare)
	return shown
}

func median(sorted []time.Time) time.Time { return sorted[(len(sorted)-1)/2] }

func agreeing(shown []time.Time, at time.Time) (n int) {
	for _, t := range shown {
		if t.Sub(at).Abs() <= sameTime {
			n++
		}
	}
	return n
}
