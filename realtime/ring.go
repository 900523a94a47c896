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
	slots [ringFrames]slot
	first int64 // oldest position held
	head  int64 // newest position held; first = head+1 when empty
	bytes int
}

type slot struct {
	rooms, moved []string
	tail         []byte
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
	frames := make([]slot, len(events))
	for i, e := range events {
		frames[i] = slot{e.Rooms, e.Moved, tail(e.Type, e.Data)}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	before := r.head / sweepEvery
	for i, e := range events {
		r.head = e.Seq
		for r.head-r.first >= ringFrames || r.bytes+len(frames[i].tail) > ringBytes && r.first < r.head {
			old := &r.slots[r.first%ringFrames]
			r.bytes -= len(old.tail)
			*old = slot{}
			r.first++
		}
		r.slots[r.head%ringFrames] = frames[i]
		r.bytes += len(frames[i].tail)
	}
	return r.head/sweepEvery != before
}

// each visits what comes after a position until visit has enough. inRing is false if the
// ring no longer reaches back that far.
func (r *ring) each(after int64, visit func(seq int64, rooms, moved []string, tail func() []byte) bool) (done, inRing bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if after+1 < r.first {
		return false, false
	}
	for seq := after + 1; seq <= r.head; seq++ {
		s := &r.slots[seq%ringFrames]
		if visit(seq, s.rooms, s.moved, func() []byte { return s.tail }) {
			return seq == r.head, true
		}
	}
	return true, true
}
