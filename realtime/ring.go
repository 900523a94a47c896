package realtime

import "sync"

const (
	ringFrames = 4096
	ringBytes  = 16 << 20
	sweepEvery = 1024 // events after which every listener is woken once
)

// ring keeps the newest frames, so that a tablet that was away for a moment is served
// from memory.
type ring struct {
	mu    sync.RWMutex
	slots [ringFrames]entry
	first int64 // oldest position held
	head  int64 // newest position held; first = head+1 when empty
	bytes int
}

// entry is an event encoded once for everybody: a whole message as it goes over the wire
// to those who hear every event, whose prev is the event before.
type entry struct {
	seq          int64
	rooms, moved []string
	message      []byte
	payload      int // where in message the JSON begins
	tail         int // where what is the same for every prev begins
}

func encode(e Event) entry {
	tail := tail(e.Type, e.Data)
	payload := appendFrame(make([]byte, 0, len(tail)+48), e.Seq, e.Seq-1, tail)
	message := appendMessage(make([]byte, 0, len(payload)+10), payload)
	return entry{e.Seq, e.Rooms, e.Moved, message, len(message) - len(payload), len(message) - len(tail)}
}

// appendTo adds the message for a listener who was told prev before.
func (e *entry) appendTo(b []byte, prev int64) []byte {
	if prev == e.seq-1 {
		return append(b, e.message...)
	}
	var head [48]byte
	start := appendFrame(head[:0], e.seq, prev, nil)
	b = appendHeader(b, len(start)+len(e.message)-e.tail)
	return append(append(b, start...), e.message[e.tail:]...)
}

// frame is the JSON alone.
func (e *entry) frame(prev int64) []byte {
	if prev == e.seq-1 {
		return e.message[e.payload:]
	}
	return appendFrame(nil, e.seq, prev, e.message[e.tail:])
}

func (r *ring) reset(head int64) { r.first, r.head = head+1, head }

func (r *ring) newest() int64 {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.head
}

// add appends events, whose positions follow without a gap; it reports whether a
// multiple of sweepEvery was passed.
func (r *ring) add(events []Event) (swept bool) {
	entries := make([]entry, len(events))
	for i, e := range events {
		entries[i] = encode(e)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	before := r.head / sweepEvery
	for _, e := range entries {
		r.head = e.seq
		for r.head-r.first >= ringFrames || r.bytes+len(e.message) > ringBytes && r.first < r.head {
			old := &r.slots[r.first%ringFrames]
			r.bytes -= len(old.message)
			*old = entry{}
			r.first++
		}
		r.slots[r.head%ringFrames] = e
		r.bytes += len(e.message)
	}
	return r.head/sweepEvery != before
}

// each visits what comes after a position until visit has enough. inRing is false if the
// ring no longer reaches back that far.
func (r *ring) each(after int64, visit func(*entry) (enough bool)) (done, inRing bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if after+1 < r.first {
		return false, false
	}
	for seq := after + 1; seq <= r.head; seq++ {
		if visit(&r.slots[seq%ringFrames]) {
			return seq == r.head, true
		}
	}
	return true, true
}
