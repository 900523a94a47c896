package db

import "sync"

// mostReads waiting to be written down; a disk that takes nothing for longer loses the
// oldest, and says so.
const mostReads = 10_000

// readings is who read which case since the writer last wrote it down. Reading must not
// wait for the writer, so it is done in batches.
type readings struct {
	mu   sync.Mutex
	list []reading
}

type reading struct {
	at   int64 // Unix milliseconds
	user string
	row  int64 // of the case
}

func (r *readings) add(more ...reading) (lost int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list = append(r.list, more...)
	if lost = len(r.list) - mostReads; lost > 0 {
		r.list = r.list[lost:]
		return lost
	}
	return 0
}

func (r *readings) take() []reading {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := r.list
	r.list = nil
	return list
}

// noteReads writes down who read what since the last time.
func (w *writer) noteReads() {
	list := w.d.reads.take()
	if len(list) == 0 || w.d.down.Load() != nil {
		w.d.reads.add(list...)
		return
	}
	op := &operation{done: make(chan struct{}), do: func(t *tx) error {
		for _, r := range list {
			if err := t.exec(`INSERT INTO access_log (at, user_id, case_id) VALUES (?, (SELECT id FROM users WHERE uid = ?), ?)`, r.at, r.user, r.row); err != nil {
				return err
			}
		}
		return nil
	}}
	w.commit([]*operation{op})
	if op.err == nil {
		return
	}
	if lost := w.d.reads.add(list...); lost > 0 {
		w.d.log.Error("the access log has lost entries", "entries", lost)
	}
}
