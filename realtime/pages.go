package realtime

import (
	"context"
	"sync"
	"sync/atomic"

	lru "github.com/hashicorp/golang-lru/v2"
)

const (
	pageEvents = 256
	pagesKept  = 48        // more than whoever comes back may have missed
	pageBytes  = 512 << 10 // a heavier page is not kept; a usual one weighs 300 KB
)

// pages are stretches of the log that the ring no longer holds, encoded once: after a
// night without power 200 tablets come back at the same time and ask for the same.
type pages struct {
	kept  *lru.Cache[int64, *page]
	asked *atomic.Bool // since forget looked
}

// page is the events first+1 … first+pageEvents of the log. What is in the log stays as it
// is, so a full page is right for ever.
type page struct {
	mu      sync.Mutex // one reads it, the others wait
	entries []entry
	bytes   int
}

func newPages() pages {
	kept, _ := lru.New[int64, *page](pagesKept) // fails only for a size below 1
	return pages{kept, new(atomic.Bool)}
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
			one.bytes += len(e.Data)
		}
		if one.bytes > pageBytes {
			p.kept.Remove(first)
		}
	}
	return one.entries[min(int(seq-first), len(one.entries)):], nil
}
