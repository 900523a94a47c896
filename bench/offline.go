package main

import (
	"encoding/json"
	"fmt"
	"time"
)

// epochOf is the epoch a listener's hello named.
func epochOf(l *listener) string {
	var hello struct{ Epoch string }
	json.Unmarshal([]byte(l.greeting), &hello)
	return hello.Epoch
}

// resume: target 6. Tablets that were away come back with ?epoch&after and are owed 1,000
// events: one of them, then 200 at once; from the frames kept in memory, and from the
// table when those are gone because the box was restarted.
func resume(b *bench) error {
	for _, secure := range []bool{false, true} {
		if err := b.resumeOver(secure); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) resumeOver(secure bool) error {
	const missed, tablets = 1000, 200
	s, err := b.start("product", secure, false)
	if err != nil {
		return err
	}
	defer s.stop()
	for made := int64(0); made < missed; {
		n, err := s.load(500 * time.Millisecond)
		if err != nil {
			return err
		}
		made += n
	}
	first, err := dial(s, s.socketToken(), "")
	if err != nil {
		return err
	}
	epoch := epochOf(first)
	first.hangUp()
	for _, from := range []string{"memory", "the table"} {
		if from == "the table" {
			s.end()
			if err := b.startProduct(s, false); err != nil {
				return err
			}
		}
		back := func(n int) (float64, error) {
			begin := time.Now()
			a, err := listen(s, n, s.head-missed, epoch)
			if err != nil {
				return 0, err
			}
			defer a.close()
			if complete := a.wait(int64(n*missed), 20*time.Second); !complete || a.any() {
				return 0, fmt.Errorf("resume of %d: %d of %d events, %s", n, a.heard.Load(), n*missed, &a.faults)
			}
			return time.Since(begin).Seconds() * 1e3, nil
		}
		var alone, together []float64
		for range 9 {
			ms, err := back(1)
			if err != nil {
				return err
			}
			alone = append(alone, ms)
		}
		for range 3 {
			ms, err := back(tablets)
			if err != nil {
				return err
			}
			together = append(together, ms)
		}
		what := "resume of 1,000 events from " + from
		over := ""
		if secure {
			over = ", TLS"
		}
		b.progress("%s%s: %.1f ms alone, %.0f ms for 200", what, over, median(alone), median(together))
		b.add(row{target: 6, what: what + over, ours: fmt.Sprintf("%.1f ms", median(alone)), peer: "1 round trip, connecting included", figure: fmt.Sprintf("%.1f ms", median(alone)), bound: "≤ 50 ms", met: median(alone) <= 50})
		b.add(row{target: 6, what: what + ", 200 tablets at once" + over, ours: fmt.Sprintf("%.0f ms", median(together)), figure: fmt.Sprintf("%.2f s", median(together)/1e3), bound: "≤ 1 s", met: median(together) <= 1000})
	}
	return nil
}

func outbox(b *bench) error { return nil }
