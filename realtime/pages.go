package realtime

import (
	"context"
	"sync"
	"sync/atomic"

	lru "github.com/hashicorp/golang-lru/v2"
)

const (
	pageEvents = 256
	pagesKept  = 48       // more than whoever comes back may have missed
	pagesBytes = 24 << 20 // of all of them; a usual page weighs 300 KB
)

// pages are stretches of the log that the ring no longer holds, encoded once: after a
// night without power 200 tablets come back at the same time and ask for the same.
type pages struct {
	kept  *lru.Cache[int64, *page]
	asked *atomic.Bool // since forget looked
	bytes *atomic.Int64
}

// page is the events first+1 … first+pageEvents of the log. What is in the log stays as it
// is, so a full page is right for ever.
type page struct {
	mu      sync.Mutex // one reads it, the others wait
	entries []entry
	bytes   atomic.Int64
}

func newPages() pages {
	bytes := new(atomic.Int64)
	kept, _ := lru.NewWithEvict(pagesKept, func(_ int64, gone *page) { bytes.Add(-gone.bytes.Swap(0)) }) // fails only for a size below 1
	return pages{kept, new(atomic.Bool), bytes}
}

// forget lets go of every page once nobody has asked for a while.
func (p pages) forget() {
	if !p.asked.Swap(false) {
		p.kept.Purge()
	}
}

// after are the next events after a position, at least one if there is any.
func (p pages) after(ctx context.Context, seq int64, log Log) ([]entry, error) {
	p.asked.Store(true)
	first := seq - seq%pageEvents
	one := &page{}
	if known, ok, _ := p.kept.PeekOrAdd(first, one); ok {
		one = known
	}
	p.kept.Get(first) // asked for just now
	one.mu.Lock()
	defer one.mu.Unlock()
	if len(one.entries) < pageEvents {
		events, err := log.After(ctx, first+int64(len(one.entries)), pageEvents-len(one.entries))
		if err != nil {
			return nil, err
		}
		for _, e := range events {
			one.entries = append(one.entries, encode(e))
			one.bytes.Add(int64(len(e.Data)))
			p.bytes.Add(int64(len(e.Data)))
		}
		for p.bytes.Load() > pagesBytes && p.kept.Len() > 1 {
			p.kept.RemoveOldest()
		}
	}
	return one.entries[min(int(seq-first), len(one.entries)):], nil
}
