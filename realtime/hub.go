// Package realtime carries the news of an ordered log to those who may hear it: over
// WebSockets, and over long polls through the same reader. It knows rooms, positions and
// bytes; it has never heard of a case, and decides nothing about who belongs to a room.
//
// The log is the news; a socket is only its fast lane. Nothing is queued per listener:
// each has a position, and reads from there when it is woken. A slow one delays nobody,
// and what it missed is still in the log.
package realtime

import (
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/olahol/melody"
)

// Event is one entry of the log; or, with Seq 0, a short-lived fact, told to who listens
// now and kept nowhere.
type Event struct {
	Seq   int64
	Type  string
	Rooms []string // everybody in any of them may hear it; none = nobody
	Data  []byte   // JSON
	Moved []string // users for whom other things are theirs from here on: they must read afresh
}

// Log is where the events are that the ring no longer holds.
type Log interface {
	// Epoch names the log; positions of another epoch mean nothing.
	Epoch() string
	// Head is the position of the newest event that is on disk.
	Head() int64
	// After reads up to limit events after seq, in order.
	After(ctx context.Context, seq int64, limit int) ([]Event, error)
}

// Who listens: for hearing, for being told apart, and for being sent away.
type Who struct {
	User    string
	Session string
	Device  string // the enrolled tablet; "" = the session stands for it
	// Enrolled listeners find a place when others have taken all that is for everybody.
	Enrolled bool
	Rooms    []string
	You      json.RawMessage // the "you" of hello
	// Now is asked once more when the listener can be found, for what changed between the
	// check of the request and now: its rooms, and whether it is still signed in.
	Now func() (rooms []string, signedIn bool)
	// Clock is told what the client's own clock shows, now and then; nil = nobody asks. It
	// must not block.
	Clock func(shows time.Time)
}

// maxBehind: whoever missed more than this is told to read afresh, which is cheaper for
// both sides than replaying.
const maxBehind = 10_000

// How long the publisher rests after a round, per listener it woke and at most.
const (
	restPerListener = 10 * time.Microsecond
	longestRest     = 10 * time.Millisecond
)

// Hooks are what the hub asks of, and tells to, whoever runs it.
type Hooks struct {
	// Before is called with each batch before anybody is woken, so that who left a room
	// hears nothing that came after.
	Before func([]Event)
	// Topic finds who may look at something together (its rooms), and the short-lived facts
	// that stand about it.
	Topic func(ctx context.Context, name string) (rooms []string, now []Event, err error)
	// Left is called when a session has had no contact for 30 s.
	Left func(session string)
	// Now is the time that clients are told; nil = time.Now. Leases here do not go by it.
	Now func() time.Time
}

// Hub joins the log to its listeners.
type Hub struct {
	log    Log
	logger *slog.Logger
	hooks  Hooks
	melody *melody.Melody
	ring   ring
	pages  pages

	notes    notes
	presence presence
	limits   limits

	mu        sync.RWMutex
	rooms     map[string]map[listener]struct{}
	listeners map[listener]struct{}
	closed    bool
	moves     int64 // how often Move was called

	pendingMu sync.Mutex
	pending   []Event
	work      chan struct{}
	stop      chan struct{}
	done      chan struct{}

	sockets   atomic.Int64
	delivered atomic.Int64
}

// listener is a socket or a waiting poll.
type listener interface {
	wake()               // there may be news
	leave(code uint16)   // the session has ended, or the box goes down
	whoami() *membership // who it is
}

// membership is a listener's Who, which can change while it listens.
type membership struct {
	who   Who
	rooms atomic.Pointer[map[string]struct{}] // replaced as a whole, under the hub's mu
}

func newMembership(w Who) *membership {
	m := &membership{who: w}
	m.set(w.Rooms)
	m.who.Rooms = nil // they change
	return m
}

func (m *membership) set(names []string) {
	rooms := make(map[string]struct{}, len(names))
	for _, r := range names {
		rooms[r] = struct{}{}
	}
	m.rooms.Store(&rooms)
}

func (m *membership) sameRooms(rooms []string) bool {
	have := *m.rooms.Load()
	for _, r := range rooms {
		if _, ok := have[r]; !ok {
			return false
		}
	}
	return len(rooms) == len(have)
}

func (m *membership) hears(rooms []string) bool {
	have := *m.rooms.Load()
	for _, r := range rooms {
		if _, ok := have[r]; ok {
			return true
		}
	}
	return false
}

// New makes a hub over log for at most sockets listeners, and starts its publisher.
func New(log Log, logger *slog.Logger, sockets int, hooks Hooks) *Hub {
	if hooks.Now == nil {
		hooks.Now = time.Now
	}
	h := &Hub{log: log, logger: logger, hooks: hooks, pages: newPages(), presence: newPresence(), limits: limits{most: sockets, talk: framesPerSecond, clients: map[string]*client{}}, rooms: map[string]map[listener]struct{}{}, listeners: map[listener]struct{}{},
		work: make(chan struct{}, 1), stop: make(chan struct{}), done: make(chan struct{})}
	h.ring.reset(log.Head())
	h.melody = newMelody(h)
	go h.run()
	go h.keepTime()
	return h
}

// Sockets is how many sockets are open now.
func (h *Hub) Sockets() int64 { return h.sockets.Load() }

// Behind is how many events the tablet furthest behind has not said it has.
func (h *Hub) Behind() int64 {
	h.mu.RLock()
	defer h.mu.RUnlock()
	most := int64(0)
	for l := range h.listeners {
		if c, ok := l.(*conn); ok {
			most = max(most, h.ring.newest()-c.acked.Load())
		}
	}
	return most
}

// Delivered is how many logged frames have been handed to sockets and polls.
func (h *Hub) Delivered() int64 { return h.delivered.Load() }

// Publish hands over committed events, in order. It never blocks.
func (h *Hub) Publish(events []Event) {
	h.pendingMu.Lock()
	h.pending = append(h.pending, events...)
	h.pendingMu.Unlock()
	select {
	case h.work <- struct{}{}:
	default:
	}
}

// run is the publisher: it takes everything since its last round, encodes each event
// once, and wakes those concerned. It writes to no socket, so nobody can hold it up.
func (h *Hub) run() {
	defer close(h.done)
	var rest time.Duration
	var began time.Time
	for {
		select {
		case <-h.work:
		case <-h.stop:
			return
		}
		// Under load a short rest lets what commits meanwhile go out in the same writes. It is
		// about what the round before cost, and over before anybody notices.
		time.Sleep(rest - time.Since(began))
		began = time.Now()
		h.pendingMu.Lock()
		events := h.pending
		h.pending = nil
		h.pendingMu.Unlock()
		if len(events) == 0 {
			continue
		}
		h.hooks.Before(events)
		events = h.tellFacts(events)
		swept := h.ring.add(events)
		woken := h.wakeFor(events, swept || anyMoved(events))
		rest = min(time.Duration(woken)*restPerListener, longestRest)
	}
}

// wakeFor wakes those concerned, or everybody: also those who heard nothing, to move on,
// or to read afresh. It tells how many.
func (h *Hub) wakeFor(events []Event, everybody bool) (woken int) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	if everybody {
		for l := range h.listeners {
			l.wake()
		}
		return len(h.listeners)
	}
	done := map[string]bool{}
	for _, e := range events {
		for _, room := range e.Rooms {
			if done[room] {
				continue
			}
			done[room] = true
			for l := range h.rooms[room] {
				l.wake()
			}
			woken += len(h.rooms[room])
		}
	}
	return woken
}

// tellFacts tells the short-lived ones among events and returns the others.
func (h *Hub) tellFacts(events []Event) []Event {
	logged := events[:0]
	for _, e := range events {
		if e.Seq > 0 {
			logged = append(logged, e)
			continue
		}
		h.tell(note{rooms: e.Rooms, frame: e.fact()})
	}
	return logged
}

// join puts a listener into its rooms; false if the hub has closed.
func (h *Hub) join(l listener) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return false
	}
	h.listeners[l] = struct{}{}
	h.enter(l)
	return true
}

func (h *Hub) enter(l listener) {
	for room := range *l.whoami().rooms.Load() {
		if h.rooms[room] == nil {
			h.rooms[room] = map[listener]struct{}{}
		}
		h.rooms[room][l] = struct{}{}
	}
}

func (h *Hub) exit(l listener) {
	for room := range *l.whoami().rooms.Load() {
		delete(h.rooms[room], l)
		if len(h.rooms[room]) == 0 {
			delete(h.rooms, room)
		}
	}
}

func (h *Hub) quit(l listener) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.listeners, l)
	h.exit(l)
}

// Move gives every listener of a user other rooms.
func (h *Hub) Move(user string, rooms []string) {
	h.mu.Lock()
	h.moves++
	for l := range h.listeners {
		if l.whoami().who.User == user {
			h.resettle(l, rooms)
		}
	}
	h.mu.Unlock()
	h.lookAway(user, newMembership(Who{Rooms: rooms}))
}

func (h *Hub) resettle(l listener, rooms []string) {
	if m := l.whoami(); !m.sameRooms(rooms) {
		h.exit(l)
		m.set(rooms)
		h.enter(l)
	}
}

// settle brings a listener that has just joined up to what holds now; false if its
// session has ended.
func (h *Hub) settle(l listener) bool {
	for {
		h.mu.RLock()
		moves := h.moves
		h.mu.RUnlock()
		rooms, signedIn := l.whoami().who.Now()
		if !signedIn {
			return false
		}
		h.mu.Lock()
		if h.moves == moves { // else somebody moved while we asked: ask again
			if _, here := h.listeners[l]; here {
				h.resettle(l, rooms)
			}
			h.mu.Unlock()
			return true
		}
		h.mu.Unlock()
	}
}

func anyMoved(events []Event) bool {
	return slices.ContainsFunc(events, func(e Event) bool { return e.Moved != nil })
}

// SignOut sends away every listener for whom ended says so.
func (h *Hub) SignOut(ended func(user, session string) bool) {
	h.mu.RLock()
	var gone []listener
	for l := range h.listeners {
		if m := l.whoami(); ended(m.who.User, m.who.Session) {
			gone = append(gone, l)
		}
	}
	h.mu.RUnlock()
	for _, l := range gone {
		go l.leave(closeSignedOut) // one that does not read must not hold up the publisher
	}
}

// Close says goodbye to everybody (bye, then 1012) and stops the publisher.
func (h *Hub) Close() {
	h.mu.Lock()
	if h.closed {
		h.mu.Unlock()
		return
	}
	h.closed = true
	all := make([]listener, 0, len(h.listeners))
	for l := range h.listeners {
		all = append(all, l)
	}
	h.mu.Unlock()
	var wg sync.WaitGroup
	for _, l := range all {
		wg.Go(func() { l.leave(closeRestart) })
	}
	wg.Wait()
	h.melody.Close() // those it still knows are hung up on already
	close(h.stop)    // what commits from now on is heard by resume
	<-h.done
}

// place is where a listener stands in the log.
type place struct {
	cursor int64 // everything up to here was looked at
	prev   int64 // the last position the listener was told
}

// start is the place of a listener who says it has heard everything up to after in
// epoch; resync if that cannot be continued.
func (h *Hub) start(epoch string, after *int64) (p place, head int64, resync bool) {
	head = h.log.Head()
	if after == nil {
		return place{head, head}, head, false
	}
	if epoch != h.log.Epoch() || *after > head || *after < 0 || head-*after > maxBehind {
		return place{head, head}, head, true
	}
	return place{*after, *after}, head, false
}

// read is the one reader of the log, for sockets, resumes and polls alike: it calls emit
// for each event after p that m may hear, until the listener is up to date or emit has
// had enough, and moves p. caughtUp says that nothing more is there.
func (h *Hub) read(ctx context.Context, m *membership, p *place, emit func(e *entry, prev int64) (enough bool)) (caughtUp, resync bool, err error) {
	afresh := func() (bool, bool, error) {
		p.cursor = max(p.cursor, h.ring.newest()) // the log may be ahead of the ring
		p.prev = p.cursor
		return true, true, nil
	}
	moved := false
	delivered := int64(0)
	defer func() { h.delivered.Add(delivered) }()
	visit := func(e *entry) bool {
		p.cursor = e.seq
		if e.moved != nil && slices.Contains(e.moved, m.who.User) {
			moved = true
			return true
		}
		if !m.hears(e.rooms) {
			return false
		}
		enough := emit(e, p.prev)
		p.prev = e.seq
		delivered++
		return enough
	}
	for {
		if done, inRing := h.ring.each(p.cursor, visit); moved {
			return afresh()
		} else if inRing {
			return done, false, nil
		}
		if h.ring.newest()-p.cursor > maxBehind {
			return afresh()
		}
		entries, err := h.pages.after(ctx, p.cursor, h.log)
		if err != nil {
			return false, false, err
		}
		for i := range entries {
			if visit(&entries[i]) {
				if moved {
					return afresh()
				}
				return false, false, nil
			}
		}
		if len(entries) == 0 {
			return true, false, nil
		}
	}
}

func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
