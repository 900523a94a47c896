package main

import (
	"bytes"
	"fmt"
	"sync/atomic"
	"syscall"
	"time"
)

// flood: 50 healthy listeners hear 100 updates, first in peace, then while 20 others never
// read, 3 send 2,000 frames a second and one sends 100,000 fragments of one byte. The
// loud ones come back as often as they are sent away.
func flood(b *bench) error {
	s, err := b.start("product", false, false)
	if err != nil {
		return err
	}
	defer s.stop()
	a, err := listen(s, 50, s.head, "")
	if err != nil {
		return err
	}
	defer a.close()
	h := hall{s, "product", a}
	var quiet, loud []time.Duration
	var ends atomic.Int64
	for range b.rounds {
		d, err := h.pace(20, 100)
		if err != nil {
			return err
		}
		quiet = append(quiet, d.last...)
		if d, err = h.amid(s, &ends); err != nil {
			return err
		}
		loud = append(loud, d.last...)
	}
	in, under := percentile(quiet, 0.99), percentile(loud, 0.99)
	b.add(row{target: 10, what: "others' p99 under flood: 3 × 2,000 frames/s, 10^5 fragments, 20 stalled", ours: fmt.Sprintf("%.1f ms", ms(under)),
		peer:   fmt.Sprintf("in peace %.1f ms; %d times sent away, nobody else missed anything", ms(in), ends.Load()),
		figure: fmt.Sprintf("%.2f×, %+.1f ms", float64(under)/float64(in), ms(under-in)), bound: "≤ 1.2× or +50 ms", met: under <= in*12/10 || under-in <= 50*time.Millisecond})
	return nil
}

// amid makes the same updates in the middle of the flood.
func (h hall) amid(s *system, ends *atomic.Int64) (delays, error) {
	var stop atomic.Bool
	var bad []*listener
	defer func() {
		for _, l := range bad {
			l.hangUp()
		}
	}()
	for range 20 {
		l, err := dial(s, s.socketToken(), "") // and never reads
		if err != nil {
			return delays{}, err
		}
		bad = append(bad, l)
	}
	over := make(chan error, 1)
	go func() {
		over <- inParallel(4, 4, func(i int) error {
			for !stop.Load() {
				l, err := dial(s, s.socketToken(), "")
				if err != nil { // sent away: it has to wait
					time.Sleep(100 * time.Millisecond)
					continue
				}
				if i == 3 {
					l.fragments(100_000)
				} else {
					l.flood(2000, time.Second)
				}
				ends.Add(1)
				l.hangUp()
			}
			return nil
		})
	}()
	d, err := h.pace(20, 100)
	stop.Store(true)
	<-over
	return d, err
}

// fragments sends a text in fragments of one byte that never ends, until it is cut off.
func (l *listener) fragments(n int) {
	one := clientFrame(0, "x")
	one[0] &^= 0x80 // not the last
	some := bytes.Repeat(one, 100)
	for sent := 0; sent < n; {
		switch _, err := syscall.SendmsgN(l.fd, some, nil, nil, syscall.MSG_DONTWAIT|syscall.MSG_NOSIGNAL); err {
		case nil:
			sent += 100
		case syscall.EAGAIN:
			time.Sleep(time.Millisecond)
		default:
			return
		}
	}
}

func ms(d time.Duration) float64 { return float64(d) / 1e6 }
