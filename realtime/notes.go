package realtime

import "sync"

// notesKept short-lived frames; whoever is further behind than that has not been reading.
const notesKept = 1024

// notes are the newest short-lived frames. Like the log they have positions and one
// reader per listener, but they are told only to who listens now.
type notes struct {
	mu    sync.RWMutex
	slots [notesKept]note
	head  int64
}

// note is a short-lived frame and who hears it.
type note struct {
	everybody bool
	rooms     []string
	topic     *topic // only who looks at it
	frame     []byte
}

func (n *notes) add(one note) (head int64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.head++
	n.slots[n.head%notesKept] = one
	return n.head
}

func (n *notes) newest() int64 {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return n.head
}

// after calls emit for each note after a position that m, looking at a topic, may hear,
// and returns the new position; false if some are no longer there.
func (n *notes) after(position int64, m *membership, looking *topic, emit func(frame []byte)) (int64, bool) {
	n.mu.RLock()
	defer n.mu.RUnlock()
	if n.head-position > notesKept {
		return n.head, false
	}
	for i := position + 1; i <= n.head; i++ {
		one := &n.slots[i%notesKept]
		if one.everybody || one.topic != nil && one.topic == looking && m.hears(looking.rooms) || m.hears(one.rooms) {
			emit(one.frame)
		}
	}
	return n.head, true
}

// tell adds a note and wakes those concerned.
func (h *Hub) tell(one note) {
	head := h.notes.add(one)
	if one.everybody || head%(notesKept/2) == 0 { // also those who heard none: to move on
		h.wakeAll()
		return
	}
	h.mu.RLock()
	defer h.mu.RUnlock()
	for _, room := range one.rooms {
		for l := range h.rooms[room] {
			l.wake()
		}
	}
}

// tellViewers tells those who look at a topic; the presence's mu is held.
func (h *Hub) tellViewers(t *topic, frame []byte) {
	head := h.notes.add(note{topic: t, frame: frame})
	if head%(notesKept/2) == 0 {
		h.wakeAll()
		return
	}
	for key := range t.viewers {
		if c, ok := key.(*conn); ok {
			c.wake()
			continue
		}
		h.wakePolls(key.(string))
	}
}

func (h *Hub) wakeAll() {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for l := range h.listeners {
		l.wake()
	}
}

// wakePolls wakes the polls of a session.
func (h *Hub) wakePolls(session string) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for l := range h.listeners {
		if p, ok := l.(*poll); ok && p.member.who.Session == session {
			p.wake()
		}
	}
}

// fact is a short-lived frame as it goes over the wire.
func (e Event) fact() []byte {
	return append([]byte{'{'}, tail(e.Type, e.Data)[1:]...)
}
