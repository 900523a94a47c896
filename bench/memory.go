package main

import (
	"bytes"
	"fmt"
	"io"
	"sync/atomic"
	"syscall"
	"time"
)

// idle: target 4, what a connection costs that only waits. The servers collect their
// garbage and give back what is free before memory is read, with and without listeners.
func idle(b *bench) error {
	const n = 5000
	if !b.fits(n) {
		return nil
	}
	resident := map[string]float64{}
	for _, at := range []struct {
		kind   string
		secure bool
	}{
		{"product", false}, {"melody", false}, {"socketio", false}, {"centrifuge", false}, {"gorilla", false},
		{"product", true}, {"gorilla", true}, {"melody", true}, {"centrifuge", true},
	} {
		if at.kind == "socketio" && !b.haveSocketIO {
			continue
		}
		rss, heap, stacks, err := b.idleOf(at.kind, at.secure, n)
		if err != nil {
			return err
		}
		name := peerNames[at.kind]
		if at.kind == "product" {
			name = "Aarogya"
		}
		b.progress("%s: %.1f KB resident, %.1f KB heap, %.1f KB stacks", b.where(name, n, at.secure), rss/1024, heap/1024, stacks/1024)
		resident[fmt.Sprint(at.kind, at.secure)] = rss
		row := row{target: 4, what: b.where("memory per idle connection", n, at.secure)}
		switch {
		case at.kind != "product":
			ours := resident[fmt.Sprint("product", at.secure)]
			row.ours, row.peer, row.figure = kilobytes(ours), name+" "+kilobytes(rss), fmt.Sprintf("%.2f×", ours/rss)
			if at.kind == "gorilla" && at.secure {
				row.bound, row.met = "≤ 1.2×", ours <= 1.2*rss
			}
		case at.secure:
			row.ours, row.figure = kilobytes(rss), kilobytes(rss)
			row.peer = "heap " + kilobytes(heap) + ", stacks " + kilobytes(stacks)
		default:
			row.ours, row.figure, row.bound, row.met = kilobytes(rss), kilobytes(rss), "≤ 12 KB", rss <= 12<<10
			row.peer = "heap " + kilobytes(heap) + ", stacks " + kilobytes(stacks)
		}
		b.add(row)
	}
	return nil
}

// idleOf is what n idle connections cost each: resident memory, and of it heap and stacks.
func (b *bench) idleOf(kind string, secure bool, n int) (rss, heap, stacks float64, err error) {
	s, err := b.start(kind, secure, true)
	if err != nil {
		return 0, 0, 0, err
	}
	defer s.stop()
	few, err := listen(s, 100, s.head, "") // what the first ones need for all is no connection's cost
	if err != nil {
		return 0, 0, 0, err
	}
	few.close()
	settle := func() (used [3]float64, err error) {
		time.Sleep(2 * time.Second)
		if _, _, err := s.collect(); err != nil {
			return used, err
		}
		heap, stacks, err := s.collect()
		return [3]float64{float64(s.memory("VmRSS")), float64(heap), float64(stacks)}, err
	}
	before, err := settle()
	if err != nil {
		return 0, 0, 0, err
	}
	a, err := listen(s, n, s.head, "")
	if err != nil {
		return 0, 0, 0, err
	}
	defer a.close()
	after, err := settle()
	if a.any() {
		return 0, 0, 0, fmt.Errorf("%s: %s", s.name, &a.faults)
	}
	each := func(i int) float64 { return (after[i] - before[i]) / float64(n) }
	return each(0), each(1), each(2), err
}

// stalled: target 5. One of 50 readers stops reading while 10,000 events pass. The others'
// p99 is compared block by block with that of a second box where nobody stalls, in turns;
// what the stalled one missed must be there when it reads again, or comes back.
func stalled(b *bench) error {
	const others, block, blocks = 49, 500, 20
	var halls []hall
	for range 2 {
		s, err := b.start("product", false, true)
		if err != nil {
			return err
		}
		defer s.stop()
		a, err := listen(s, others, s.head, "")
		if err != nil {
			return err
		}
		defer a.close()
		h := hall{s, "product", a}
		if r, err := h.saturate(4 * time.Second); err != nil || r.void != "" { // fills what is kept in memory anyway
			return fmt.Errorf("warming up: %w%s", err, r.void)
		}
		halls = append(halls, h)
	}
	calm, hit := &halls[0], &halls[1]
	heapBefore, stacksBefore, err := hit.collect()
	if err != nil {
		return err
	}
	l, err := dial(hit.system, hit.socketToken(), "")
	if err != nil {
		return err
	}
	defer l.hangUp()
	if err := syscall.SetsockoptInt(l.fd, syscall.SOL_SOCKET, syscall.SO_RCVBUF, 4096); err != nil {
		return err
	}
	l.a, l.seq = &audience{}, hit.head
	begin := hit.head
	var with, without []float64
	for range blocks {
		for _, h := range []*hall{calm, hit} {
			d, err := h.pace(0, block)
			if err != nil {
				return err
			}
			p99 := percentile(d.last, 99).Seconds() * 1e3
			if h == hit {
				with = append(with, p99)
			} else {
				without = append(without, p99)
			}
		}
	}
	heapAfter, stacksAfter, err := hit.collect()
	if err != nil {
		return err
	}
	ratio := medianRatio(with, without, func(ms float64) float64 { return ms })

	// It wakes: what lies in its socket, then, if it was cut, the rest after coming back.
	syscall.SetsockoptInt(l.fd, syscall.SOL_SOCKET, syscall.SO_RCVBUF, 1<<20)
	l.drain(hit.head, 5*time.Second)
	how := "it read on"
	if l.seq < hit.head {
		how = fmt.Sprintf("%d in its socket, the rest on return", l.seq-begin)
		back, err := dial(hit.system, hit.socketToken(), fmt.Sprintf("?epoch=%s&after=%d", epochOf(l), l.seq))
		if err != nil {
			return err
		}
		defer back.hangUp()
		back.a, back.seq = l.a, l.seq
		back.drain(hit.head, 5*time.Second)
		l.seq = back.seq
	}
	b.progress("stalled: p99 %.2f ms without, %.2f ms with; heap %d -> %d, stacks %d -> %d; %s", median(without), median(with), heapBefore, heapAfter, stacksBefore, stacksAfter, how)
	b.add(row{target: 5, what: "others' p99 with a stalled reader", ours: fmt.Sprintf("%.2f ms", median(with)), peer: fmt.Sprintf("without %.2f ms", median(without)),
		figure: fmt.Sprintf("%+.0f %%", 100*(ratio-1)), bound: "< +10 %", met: ratio < 1.1})
	grown := float64(heapAfter - heapBefore)
	b.add(row{target: 5, what: "heap after GC, 10,000 events later", ours: megabytes(heapAfter), peer: "before " + megabytes(heapBefore), figure: fmt.Sprintf("%+.0f KB", grown/1024), bound: "< +256 KB", met: grown < 256<<10})
	missing := hit.head - l.seq + l.a.lost.Load() + l.a.doubled.Load() + l.a.misordered.Load()
	b.add(row{target: 5, what: "events the stalled reader has in the end", ours: fmt.Sprint(l.seq - begin), peer: how, figure: fmt.Sprintf("%d missing", missing), bound: "0", met: missing == 0})
	return nil
}

// drain reads a plain listener until it has heard head, is cut, or time is up.
func (l *listener) drain(head int64, within time.Duration) int64 {
	buf := make([]byte, 256<<10)
	rest := append([]byte(nil), l.feed(l.rest)...)
	syscall.SetsockoptTimeval(l.fd, syscall.SOL_SOCKET, syscall.SO_RCVTIMEO, &syscall.Timeval{Sec: 1})
	for end := time.Now().Add(within); l.seq < head && time.Now().Before(end); {
		filled := copy(buf, rest)
		n, err := syscall.Read(l.fd, buf[filled:])
		if n == 0 || n < 0 && err != syscall.EAGAIN && err != syscall.EINTR {
			break
		}
		rest = append(rest[:0], l.feed(buf[:filled+max(n, 0)])...)
	}
	return l.seq
}

// memory: target 10, the real program with 300 sockets: at saturation, with lists read
// meanwhile; then under a flood: 20 who never read, 3 who send 2,000 frames a second.
func memory(b *bench) error {
	const n = 300
	s, err := b.start("product", false, false)
	if err != nil {
		return err
	}
	defer s.stop()
	a, err := listen(s, n, s.head, "")
	if err != nil {
		return err
	}
	defer a.close()
	h := hall{s, "product", a}
	var highest atomic.Int64
	var stop atomic.Bool
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		for ; !stop.Load(); time.Sleep(20 * time.Millisecond) {
			highest.Store(max(highest.Load(), s.memory("VmRSS")))
		}
	}()
	defer func() { stop.Store(true); <-watched }()
	reading := make(chan error, 1)
	go func() { reading <- s.readLists(10 * time.Second) }()
	r, err := h.saturate(10 * time.Second)
	if err != nil {
		return err
	}
	if err := <-reading; err != nil {
		return err
	}
	top := highest.Load()
	b.add(row{target: 10, what: "resident memory, 300 sockets + load, highest", ours: megabytes(top), peer: fmt.Sprintf("%.0f updates/s, %s deliveries/s", r.updates, count(r.deliveries)), figure: megabytes(top),
		bound: "≤ 96 MB", met: top <= 96<<20}.voidIf(r.void))

	var bad []*listener
	defer func() {
		for _, l := range bad {
			l.hangUp()
		}
	}()
	for range 23 {
		l, err := dial(s, s.socketToken(), "")
		if err != nil {
			return err
		}
		bad = append(bad, l)
	}
	flooding := make(chan struct{})
	go func() {
		defer close(flooding)
		inParallel(3, 3, func(i int) error { return bad[i].flood(2000, 6*time.Second) })
	}()
	r, err = h.saturate(6 * time.Second)
	if err != nil {
		return err
	}
	<-flooding
	top = highest.Load()
	b.add(row{target: 10, what: "resident memory under flood, highest", ours: megabytes(top), peer: "20 stalled, 3 × 2,000 frames/s", figure: megabytes(top), bound: "≤ 256 MB", met: top <= 256<<20}.voidIf(r.void))
	return nil
}

// readLists asks for the list again and again, as four tablets.
func (s *system) readLists(lasts time.Duration) error {
	end := time.Now().Add(lasts)
	return inParallel(4, 4, func(int) error {
		c, err := s.call()
		if err != nil {
			return err
		}
		defer c.conn.Close()
		for time.Now().Before(end) {
			if err := c.ask("GET", "/api/cases?view=open&limit=50", s.token, "", io.Discard); err != nil {
				return err
			}
			time.Sleep(50 * time.Millisecond)
		}
		return nil
	})
}

// flood sends frames without reading until time is up or it is cut off.
func (l *listener) flood(perSecond int, lasts time.Duration) error {
	const at = 50
	frames := bytes.Repeat(clientFrame(1, `{"type":"ping"}`), perSecond/at)
	for end := time.Now().Add(lasts); time.Now().Before(end); time.Sleep(time.Second / at) {
		if n, err := syscall.SendmsgN(l.fd, frames, nil, nil, syscall.MSG_DONTWAIT|syscall.MSG_NOSIGNAL); err == syscall.EAGAIN || err == nil && n < len(frames) {
			continue // a half-sent frame: rubbish follows, as from a broken client
		} else if err != nil {
			return nil
		}
	}
	return nil
}
