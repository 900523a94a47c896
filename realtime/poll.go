package realtime

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

// ErrSignedOut: the session ended while its poll waited.
var ErrSignedOut = errors.New("signed out")

// Batch is the answer to a poll. Events are the same frames a socket gets.
type Batch struct {
	Epoch  string            `json:"epoch"`
	Head   int64             `json:"head" doc:"the new after, when there are no events"`
	Events []json.RawMessage `json:"events"`
}

// poll is a request that waits for news.
type poll struct {
	member *membership
	news   chan struct{}
	ended  chan uint16
}

func (p *poll) whoami() *membership { return p.member }

func (p *poll) wake() {
	select {
	case p.news <- struct{}{}:
	default:
	}
}

func (p *poll) leave(code uint16) {
	select {
	case p.ended <- code:
	default:
	}
}

// pollFrames is how many events one answer carries at most.
const pollFrames = 500

// Poll answers what came after a position, at once if there is anything or if after is
// nil, else as soon as there is, and after wait with nothing.
func (h *Hub) Poll(ctx context.Context, who Who, epoch string, after *int64, wait time.Duration) (Batch, error) {
	p := &poll{member: newMembership(who), news: make(chan struct{}, 1), ended: make(chan uint16, 1)}
	batch := Batch{Epoch: h.log.Epoch(), Events: []json.RawMessage{}}
	place, _, resync := h.start(epoch, after)
	if resync {
		batch.Head = place.cursor
		batch.Events = append(batch.Events, control{Type: "resync", Epoch: batch.Epoch, Head: &batch.Head}.encode())
		return batch, nil
	}
	if !h.limits.poll(who, 1) {
		return batch, ErrTooMany
	}
	defer h.limits.poll(who, -1)
	if !h.join(p) {
		return h.answer(batch, place), nil
	}
	defer h.quit(p)
	if !h.settle(p) {
		return batch, ErrSignedOut
	}
	noted := h.notes.newest()
	timer := time.NewTimer(wait)
	defer timer.Stop()
	for {
		_, fresh, err := h.read(ctx, p.member, &place, func(e *entry, prev int64) bool {
			batch.Events = append(batch.Events, e.frame(prev))
			return len(batch.Events) >= pollFrames
		})
		if err != nil {
			return batch, err
		}
		if fresh {
			batch.Events = append(batch.Events, control{Type: "resync", Epoch: batch.Epoch, Head: &place.cursor}.encode())
		}
		if looking, talks := h.polling(who.Session); talks {
			noted, _ = h.notes.after(noted, p.member, looking, func(frame []byte) { batch.Events = append(batch.Events, frame) })
		}
		if len(batch.Events) > 0 || after == nil {
			return h.answer(batch, place), nil
		}
		select {
		case <-p.news:
		case code := <-p.ended:
			if code == closeSignedOut {
				return batch, ErrSignedOut
			}
			return h.answer(batch, place), nil
		case <-timer.C:
			return h.answer(batch, place), nil
		case <-ctx.Done():
			return batch, ctx.Err()
		}
	}
}

// polling is what a session without a socket looks at, and whether it has said anything
// lately: a script that only listens for what is logged is spared who comes and goes.
func (h *Hub) polling(session string) (looking *topic, talks bool) {
	p := &h.presence
	p.mu.Lock()
	defer p.mu.Unlock()
	t := p.tablets[session]
	if t == nil || t.until.IsZero() {
		return nil, false
	}
	return t.looking, true
}

// answer closes a batch: head is where this listener now stands, which is the log's head
// unless the batch is full.
func (h *Hub) answer(b Batch, p place) Batch {
	b.Head = p.cursor
	return b
}
