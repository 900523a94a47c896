package realtime

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"
)

// Short-lived facts: who is here, who looks at what, who types. They live in memory as
// leases, are told whenever they change and again to whoever connects, and are in no log.
const (
	typingFor = 4500 * time.Millisecond // after the last sign of typing; gone from every screen within 5 s
	leftAfter = 30 * time.Second        // without any contact, a session's locks go back
	pulse     = 250 * time.Millisecond  // how often leases are looked at
)

// presence is who is here now.
type presence struct {
	mu      sync.Mutex
	tablets map[string]*tablet  // by session
	people  map[string]*present // by user
	topics  map[string]*topic
	on, off map[string]struct{} // users who came or went since it was told last
	beats   int
}

// tablet is one session's contact with the box: its sockets, or while it has none the
// time until which it counts as here.
type tablet struct {
	user    string
	you     json.RawMessage
	sockets int
	until   time.Time
	looking *topic // over polls; a socket knows its own
	left    time.Time
}

// present is a person who is here on at least one tablet.
type present struct {
	you     json.RawMessage
	tablets int
}

// topic is something people look at together.
type topic struct {
	name    string
	rooms   []string
	viewers map[any]*tablet // by socket, or by session for one that polls
	typing  map[string]typist
}

type typist struct {
	you   json.RawMessage
	until time.Time
}

func newPresence() presence {
	return presence{tablets: map[string]*tablet{}, people: map[string]*present{}, topics: map[string]*topic{}, on: map[string]struct{}{}, off: map[string]struct{}{}}
}

// people sorted by who they are, so that the same people are the same bytes.
func list(people map[string]json.RawMessage) []byte {
	b := []byte{'['}
	for i, id := range slices.Sorted(maps.Keys(people)) {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, people[id]...)
	}
	return append(b, ']')
}

// all is the frame that says who is here.
func (p *presence) all() []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	people := make(map[string]json.RawMessage, len(p.people))
	for id, one := range p.people {
		people[id] = one.you
	}
	return []byte(`{"type":"presence","data":{"all":true,"on":` + string(list(people)) + `,"off":[]}}`)
}

// changes is the frame that says who came and went since it was last asked; nil if nobody.
func (p *presence) changes() []byte {
	on, off := map[string]json.RawMessage{}, []string{}
	for id := range p.on {
		if one := p.people[id]; one != nil {
			on[id] = one.you
		}
	}
	for id := range p.off {
		if p.people[id] == nil {
			off = append(off, id)
		}
	}
	clear(p.on)
	clear(p.off)
	if len(on)+len(off) == 0 {
		return nil
	}
	slices.Sort(off)
	gone, _ := json.Marshal(off) // strings: always encodes
	return []byte(`{"type":"presence","data":{"on":` + string(list(on)) + `,"off":` + string(gone) + `}}`)
}

func (t *topic) frame(kind string, people map[string]json.RawMessage) []byte {
	return []byte(`{"type":"` + kind + `","data":{"caseId":` + strconv.Quote(t.name) + `,"people":` + string(list(people)) + `}}`)
}

func (t *topic) viewing() []byte {
	people := map[string]json.RawMessage{}
	for _, v := range t.viewers {
		people[v.user] = v.you
	}
	return t.frame("viewing", people)
}

func (t *topic) typists() []byte {
	people := map[string]json.RawMessage{}
	for id, one := range t.typing {
		people[id] = one.you
	}
	return t.frame("typing", people)
}

// here counts a tablet's person in.
func (p *presence) here(t *tablet) {
	one := p.people[t.user]
	if one == nil {
		one = &present{you: t.you}
		p.people[t.user] = one
		p.on[t.user] = struct{}{}
	}
	one.tablets++
	t.left = time.Time{}
}

func (p *presence) gone(t *tablet) {
	if one := p.people[t.user]; one != nil {
		if one.tablets--; one.tablets == 0 {
			delete(p.people, t.user)
			p.off[t.user] = struct{}{}
		}
	}
	t.left = time.Now()
}

func (p *presence) tablet(who Who) *tablet {
	t := p.tablets[who.Session]
	if t == nil {
		t = &tablet{user: who.User, you: who.You}
		p.tablets[who.Session] = t
	}
	return t
}

// connected and disconnected count a session's sockets.
func (p *presence) connected(who Who) {
	p.mu.Lock()
	defer p.mu.Unlock()
	t := p.tablet(who)
	if t.sockets == 0 && t.until.IsZero() {
		p.here(t)
	}
	t.sockets++
}

// disconnected counts a socket out, with what it looked at.
func (h *Hub) disconnected(c *conn) {
	p := &h.presence
	p.mu.Lock()
	defer p.mu.Unlock()
	t := p.tablets[c.member.who.Session]
	h.look(c, t, nil, c.lookAt(nil))
	if t.sockets--; t.sockets == 0 && t.until.IsZero() {
		p.gone(t)
	}
}

// mayLook finds the rooms of a topic for a member who may hear of it.
func (h *Hub) mayLook(ctx context.Context, m *membership, name string) (rooms []string, ok bool) {
	if name == "" {
		return nil, false
	}
	rooms, _, err := h.hooks.Topic(ctx, name)
	return rooms, err == nil && m.hears(rooms)
}

// topic is the topic of that name, made if nobody looks at it yet; p.mu is held.
func (p *presence) topic(name string, rooms []string) *topic {
	t := p.topics[name]
	if t == nil {
		t = &topic{name: name, rooms: rooms, viewers: map[any]*tablet{}, typing: map[string]typist{}}
		p.topics[name] = t
	}
	return t
}

// look moves a viewer from one topic to another; p.mu is held.
func (h *Hub) look(key any, who *tablet, to, from *topic) {
	if from == to {
		return
	}
	if from != nil {
		before := from.viewing()
		delete(from.viewers, key)
		if after := from.viewing(); !bytes.Equal(after, before) {
			h.tellViewers(from, after)
		}
		if len(from.viewers) == 0 {
			delete(h.presence.topics, from.name)
		}
	}
	if to != nil {
		before := to.viewing()
		to.viewers[key] = who
		if after := to.viewing(); !bytes.Equal(after, before) {
			h.tellViewers(to, after)
		}
	}
}

// lookAway: a person whose rooms have changed no longer looks at what she may not hear of.
func (h *Hub) lookAway(user string, m *membership) {
	p := &h.presence
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, t := range p.topics {
		if m.hears(t.rooms) {
			continue
		}
		for key, viewer := range t.viewers {
			if viewer.user != user {
				continue
			}
			if c, ok := key.(*conn); ok {
				c.lookAt(nil)
			} else {
				viewer.looking = nil
			}
			h.look(key, viewer, nil, t)
		}
	}
}

// types notes that a person types, or has stopped; p.mu is held.
func (h *Hub) types(t *topic, who Who, typing bool) {
	_, did := t.typing[who.User]
	if typing {
		t.typing[who.User] = typist{who.You, time.Now().Add(typingFor)}
	} else {
		delete(t.typing, who.User)
	}
	if did != typing {
		h.tellViewers(t, t.typists())
	}
}

// states are the frames that say how a topic stands now.
func (h *Hub) states(ctx context.Context, t *topic) [][]byte {
	h.presence.mu.Lock()
	frames := [][]byte{t.viewing(), t.typists()}
	h.presence.mu.Unlock()
	if _, now, err := h.hooks.Topic(ctx, t.name); err == nil {
		for _, e := range now {
			frames = append(frames, e.fact())
		}
	}
	return frames
}

// keepTime lets leases run out.
func (h *Hub) keepTime() {
	ticker, second, minute := time.NewTicker(pulse), time.NewTicker(time.Second), time.NewTicker(time.Minute)
	defer ticker.Stop()
	defer second.Stop()
	defer minute.Stop()
	for {
		select {
		case <-ticker.C:
			h.beat(time.Now())
		case <-second.C:
			h.askTheSilent(time.Now())
		case <-minute.C:
			h.limits.forget(time.Now())
			h.pages.forget()
		case <-h.stop:
			return
		}
	}
}

// askTheSilent pings the sockets of which nothing was heard.
func (h *Hub) askTheSilent(now time.Time) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for l := range h.listeners {
		if c, ok := l.(*conn); ok {
			c.askAfter(now)
		}
	}
}

func (h *Hub) beat(now time.Time) {
	p := &h.presence
	p.mu.Lock()
	var left []string
	for session, t := range p.tablets {
		if !t.until.IsZero() && now.After(t.until) { // its polls have stopped
			t.until = time.Time{}
			h.look(session, t, nil, t.looking)
			t.looking = nil
			if t.sockets == 0 {
				p.gone(t)
			}
		}
		if t.sockets == 0 && t.until.IsZero() && now.Sub(t.left) > leftAfter {
			delete(p.tablets, session)
			left = append(left, session)
		}
	}
	for _, t := range p.topics {
		before := len(t.typing)
		for user, one := range t.typing {
			if now.After(one.until) {
				delete(t.typing, user)
			}
		}
		if len(t.typing) != before {
			h.tellViewers(t, t.typists())
		}
	}
	if p.beats++; p.beats%2 == 0 { // who comes and goes is told twice a second at most
		if frame := p.changes(); frame != nil {
			h.tell(note{everybody: true, frame: frame})
		}
	}
	p.mu.Unlock()
	for _, session := range left {
		go h.hooks.Left(session) // it writes to the disk
	}
}

// Frame is what a client says. What is a topic here the wire calls caseId.
type Frame struct {
	Type   string     `json:"type" enum:"viewing,typing,ack,ping,clock"`
	CaseID *string    `json:"caseId,omitempty" nullable:"true" doc:"viewing, typing: which case; null = none any more"`
	Seq    int64      `json:"seq,omitempty" doc:"ack: the newest position heard"`
	Now    *time.Time `json:"now,omitempty" doc:"clock: what the tablet's own shows"`
}

// tellClock passes on what a client's clock shows.
func (f Frame) tellClock(who Who) {
	if f.Now != nil && who.Clock != nil {
		who.Clock(*f.Now)
	}
}

func (f Frame) topic() string {
	if f.CaseID == nil {
		return ""
	}
	return *f.CaseID
}

// ErrTooMany: the session talks more than a person can.
var ErrTooMany = errors.New("too many frames")

// Hear takes the frames of a tablet without a socket, which keeps it here for a while, and
// answers with the short-lived facts as they stand now.
func (h *Hub) Hear(ctx context.Context, who Who, frames []Frame) ([]json.RawMessage, error) {
	if !h.limits.mayTalk(who, len(frames)) {
		return nil, ErrTooMany
	}
	m := newMembership(who)
	p := &h.presence
	seen := map[string][]string{} // topics she may look at, asked before anything is held
	for _, f := range frames {
		if f.Type != "viewing" {
			continue
		}
		if rooms, ok := h.mayLook(ctx, m, f.topic()); ok {
			seen[f.topic()] = rooms
		}
	}
	p.mu.Lock()
	t := p.tablet(who)
	if t.until.IsZero() && t.sockets == 0 {
		p.here(t)
	}
	t.until = time.Now().Add(goneAfter)
	for _, f := range frames {
		switch f.Type {
		case "viewing":
			var to *topic
			if rooms, ok := seen[f.topic()]; ok {
				to = p.topic(f.topic(), rooms)
			}
			h.look(who.Session, t, to, t.looking)
			t.looking = to
		case "clock":
			f.tellClock(who)
		case "typing":
			if t.looking != nil {
				h.types(t.looking, who, f.topic() == t.looking.name)
			}
		}
	}
	looking := t.looking
	p.mu.Unlock()
	answer := []json.RawMessage{p.all()}
	if looking != nil {
		for _, frame := range h.states(ctx, looking) {
			answer = append(answer, frame)
		}
	}
	return answer, nil
}
