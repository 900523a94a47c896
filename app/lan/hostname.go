package lan

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"github.com/miekg/dns"
	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"
)

// responder answers for one host name over multicast DNS, on every interface with that
// interface's addresses. zeroconf does not: its announcement of the name is forgotten after
// two minutes, and it is deaf to plain resolvers.
//
// One goroutine owns it: run. The name is chosen once, by asking three times whether anybody
// has it; a name that was chosen before is kept whoever else turns up, because the tablets'
// drafts and installed portals belong to it. Who else has it is told to conflict.
type responder struct {
	air      air
	log      *slog.Logger
	chosen   func(name string)      // called once, when a name was chosen
	conflict func(other netip.Addr) // somebody else gives this address for our name

	listing listing

	names   []string  // to try, best first
	decided bool      // names[0] is ours
	rest    time.Time // until then another goes first, or no name is left to try
	links   []*link
	had     map[netip.Addr]time.Time // addresses of ours that are gone, and since when
	told    map[netip.Addr]time.Time // conflicts, and when they were told
	jobs    []job

	packets chan packet
	moves   chan []Interface // the newest only
}

// link is an interface and what was said on it.
type link struct {
	Interface
	said   map[bool]time.Time // by IPv6 or not: when all its addresses last went to everybody
	listed map[bool]time.Time // the same of the listing
}

type job struct {
	about any // there is one of each
	at    time.Time
	do    func()
}

// what jobs are about: the name being chosen, or a link's nth announcement.
type (
	theName  struct{}
	theHello struct {
		on *link
		n  int
	}
)

type packet struct {
	msg   *dns.Msg
	from  netip.AddrPort
	v6    bool
	index int  // of the interface; 0 where the system does not tell
	alone bool // it was sent to us, not to the group
}

// air carries messages: sockets, or a test.
type air interface {
	join(index int)
	leave(index int)
	// everybody sends to the group on one interface; nobody may be there to hear it.
	everybody(index int, v6 bool, m *dns.Msg) error
	one(to netip.AddrPort, m *dns.Msg) error
}

const (
	probes       = 3
	probeEvery   = 250 * time.Millisecond // and at most that long before the first
	yieldFor     = time.Second
	allTakenFor  = 5 * time.Second
	quietFor     = time.Second            // section 6: nothing is told to everybody twice within
	defendEvery  = 250 * time.Millisecond // except to who wants the name
	everybodyOld = hostTTL * time.Second / 4
	remember     = hostTTL * time.Second
	tellAgain    = 10 * time.Minute
	maxConflicts = 64
)

// announceAfter: twice is the least, and Wi-Fi loses multicasts. IPv6 cannot send at all in
// the first two seconds of an interface.
var announceAfter = []time.Duration{0, time.Second, 3 * time.Second}

// newResponder for a name that is ours, or, if choose, for the first of names that is free.
func newResponder(a air, log *slog.Logger, names []string, choose bool) *responder {
	return &responder{air: a, log: log, names: names, decided: !choose,
		chosen: func(string) {}, conflict: func(netip.Addr) {},
		had: map[netip.Addr]time.Time{}, told: map[netip.Addr]time.Time{},
		packets: make(chan packet, 32), moves: make(chan []Interface, 1)}
}

// run until ctx ends; then everybody is told to forget the name.
func (r *responder) run(ctx context.Context) {
	wait := time.NewTimer(0)
	defer wait.Stop()
	for {
		r.work() // also when packets come in without a pause
		wait.Reset(r.untilNext())
		select {
		case <-ctx.Done():
			r.goodbye()
			return
		case list := <-r.moves:
			r.move(list)
		case p := <-r.packets:
			r.hear(p)
		case <-wait.C:
		}
	}
}

// moved is told what the interfaces are now. Never blocks; one caller at a time.
func (r *responder) moved(list []Interface) {
	select {
	case <-r.moves:
	default:
	}
	r.moves <- list
}

// after puts a job in place of the one there is about the same, so that nobody on the
// network can make the list grow.
func (r *responder) after(d time.Duration, about any, do func()) {
	r.jobs = slices.DeleteFunc(r.jobs, func(j job) bool { return j.about == about })
	r.jobs = append(r.jobs, job{about, time.Now().Add(d), do})
}

func (r *responder) untilNext() time.Duration {
	next := time.Hour
	for _, j := range r.jobs {
		next = min(next, time.Until(j.at))
	}
	return max(next, 0)
}

func (r *responder) work() {
	now := time.Now()
	var due []job
	r.jobs = slices.DeleteFunc(r.jobs, func(j job) bool {
		if j.at.After(now) {
			return false
		}
		due = append(due, j)
		return true
	})
	for _, j := range due {
		j.do()
	}
}

func (r *responder) on(l *link) host {
	h := host{name: r.names[0] + ".local."}
	for _, p := range l.Addrs {
		h.addrs = append(h.addrs, p.Addr())
	}
	return h
}

// tell everybody on an interface, over IPv4 and IPv6. A family it does not have is an error
// like a cable that was just pulled: there is nothing to do about it but to try again.
func (r *responder) tell(l *link, m *dns.Msg) {
	for _, v6 := range []bool{false, true} {
		r.tellOver(l, v6, m)
	}
}

// announceNow is for the first time, and when others were told to forget us.
func (r *responder) announceNow(l *link) {
	r.tell(l, r.on(l).announcement())
	l.said[false], l.said[true] = time.Now(), time.Now()
}

func (r *responder) tellOver(l *link, v6 bool, m *dns.Msg) {
	// Linux would take the address of another interface, where the answer cannot arrive.
	if !v6 && !slices.ContainsFunc(l.Addrs, func(p netip.Prefix) bool { return p.Addr().Is4() }) {
		return
	}
	if err := r.air.everybody(l.Index, v6, m); err != nil {
		r.log.Debug("mdns: not sent", "interface", l.Name, "ipv6", v6, "err", err)
	}
}

// move takes over what the interfaces are now.
func (r *responder) move(list []Interface) {
	now := time.Now()
	was := r.links
	r.links = nil
	for _, l := range was {
		for _, a := range l.all {
			r.had[a] = now
		}
	}
	for a, since := range r.had {
		if now.Sub(since) > remember {
			delete(r.had, a)
		}
	}
	for _, i := range list {
		l := &link{Interface: i, said: map[bool]time.Time{}, listed: map[bool]time.Time{}}
		if at := slices.IndexFunc(was, func(w *link) bool { return w.Index == i.Index && w.Name == i.Name }); at >= 0 {
			l = was[at]
			was = slices.Delete(slices.Clone(was), at, at+1)
			if l.equal(i) {
				r.links = append(r.links, l)
				continue
			}
			gone := r.on(l)
			l.Interface = i
			here := r.on(l).addrs
			gone.addrs = slices.DeleteFunc(gone.addrs, func(a netip.Addr) bool { return slices.Contains(here, a) })
			if r.decided && len(gone.addrs) > 0 {
				r.tell(l, gone.goodbye())
			}
		}
		r.links = append(r.links, l)
		r.air.join(i.Index) // again, too: IPv6 may have come later than IPv4
		if r.decided {
			r.announce(l)
		}
	}
	for _, gone := range was {
		r.air.leave(gone.Index)
	}
	if !r.decided {
		r.choose()
	}
}

// announce our name on an interface, and ask who else has it there.
func (r *responder) announce(l *link) {
	for n, d := range announceAfter {
		r.after(d, theHello{l, n}, func() {
			if slices.Contains(r.links, l) {
				r.tell(l, r.on(l).question())
				r.announceNow(l)
			}
		})
	}
}

func (r *responder) goodbye() {
	if !r.decided {
		return
	}
	for _, l := range r.links {
		r.tell(l, r.on(l).goodbye())
	}
}

// choose begins to ask for names[0].
func (r *responder) choose() {
	r.after(rand.N(probeEvery), theName{}, func() { r.probe(probes) })
}

// restFor a while before asking afresh.
func (r *responder) restFor(d time.Duration) {
	r.rest = time.Now().Add(d)
	r.after(d, theName{}, func() { r.probe(probes) })
}

func (r *responder) resting() bool { return time.Now().Before(r.rest) }

func (r *responder) probe(left int) {
	if len(r.links) == 0 {
		return // nobody to ask, and nobody who could use the name; move begins again
	}
	if left == 0 {
		r.decided = true
		r.log.Info("mdns: the name is free and now ours", "name", r.names[0]+".local")
		r.chosen(r.names[0])
		for _, l := range r.links {
			r.announce(l)
		}
		return
	}
	for _, l := range r.links {
		r.tell(l, r.on(l).probe())
	}
	r.after(probeEvery, theName{}, func() { r.probe(left - 1) })
}

// ours says whether an address is of this box, or was until just now: what others repeat of
// us is no conflict.
func (r *responder) ours(a netip.Addr) bool {
	a = a.WithZone("")
	if slices.ContainsFunc(r.links, func(l *link) bool { return slices.Contains(l.all, a) }) {
		return true
	}
	since, ok := r.had[a]
	return ok && time.Since(since) <= remember
}

// linkOf is where a packet came in; nil if not by an interface we speak on.
func (r *responder) linkOf(p packet) *link {
	for _, l := range r.links {
		if p.index == l.Index || p.index == 0 && l.near(p.from.Addr()) {
			return l
		}
	}
	return nil
}

// near says whether an address is of the interface's own networks. Nothing is sent to any
// other: a forged sender must not make the box a nuisance to somebody far away.
func (l *link) near(a netip.Addr) bool {
	if a.Is6() && a.IsLinkLocalUnicast() {
		return a.Zone() == l.Name || a.Zone() == strconv.Itoa(l.Index)
	}
	return slices.ContainsFunc(l.Addrs, func(p netip.Prefix) bool { return p.Contains(a.WithZone("")) })
}

func (r *responder) hear(p packet) {
	l := r.linkOf(p)
	switch {
	case l == nil:
	case p.msg.Response:
		r.hearAnswer(l, p)
	case !r.decided:
		if !r.ours(p.from.Addr()) && r.on(l).yields(p.msg.Ns) && !r.resting() {
			r.log.Info("mdns: another box wants the same name now; it goes first", "other", p.from.Addr())
			r.restFor(yieldFor)
		}
	default:
		r.hearQuestion(l, p)
	}
}

func (r *responder) hearQuestion(l *link, p packet) {
	if reply, alone := r.on(l).reply(p.msg, p.from); reply != nil {
		r.answer(l, p, reply, alone, l.said)
	}
	if reply, alone := r.listing.reply(p.msg, p.from); reply != nil {
		r.answer(l, p, reply, alone, l.listed)
	}
}

// answer who asked, alone or with everybody; said is when everybody was last told this.
func (r *responder) answer(l *link, p packet, reply *dns.Msg, alone bool, said map[bool]time.Time) {
	quiet := time.Since(said[p.v6])
	wanted := len(p.msg.Ns) > 0 // a probe: somebody wants our name, and must hear now
	plain := p.from.Port() != mdnsPort
	if plain || (alone || p.alone) && !wanted {
		if !l.near(p.from.Addr()) {
			return
		}
		if err := r.air.one(p.from, reply); err != nil {
			r.log.Debug("mdns: not answered", "interface", l.Name, "err", err)
		}
		if plain || p.alone || quiet < everybodyOld {
			return // else, section 5.4: now and then the others get to know as well
		}
	}
	if quiet >= quietFor || wanted && quiet >= defendEvery {
		r.tellOver(l, p.v6, reply)
		said[p.v6] = time.Now()
	}
}

func (r *responder) hearAnswer(l *link, p packet) {
	given, back := r.on(l).claims(p.msg)
	// zeroconf takes our address back with the service, also when that comes up again at
	// once. Who heard it forgets the address in a second (10.1).
	here := r.on(l).addrs
	if r.decided && slices.ContainsFunc(back, func(a netip.Addr) bool { return slices.Contains(here, a) }) && time.Since(l.said[p.v6]) >= defendEvery {
		r.announceNow(l)
	}
	if r.ours(p.from.Addr()) {
		return // ourselves, zeroconf, or an avahi that calls the machine the same
	}
	for _, other := range given {
		if r.ours(other) {
			continue
		}
		if r.decided {
			r.tellConflict(other)
			continue
		}
		last := len(r.names) == 1
		if last && r.resting() {
			return
		}
		r.log.Info("mdns: the name is taken", "name", r.names[0]+".local", "by", other)
		if last { // the one with the whole id: somebody means harm, or has a copy of this box
			r.restFor(allTakenFor)
			return
		}
		r.names = r.names[1:]
		r.choose()
		return
	}
}

func (r *responder) tellConflict(other netip.Addr) {
	now := time.Now()
	for a, at := range r.told {
		if now.Sub(at) >= tellAgain {
			delete(r.told, a)
		}
	}
	if _, ok := r.told[other]; ok || len(r.told) >= maxConflicts {
		return
	}
	r.told[other] = now
	r.log.Warn("mdns: another machine has our name", "name", r.names[0]+".local", "other", other)
	r.conflict(other)
}

// sockets is the air of a real network: port 5353, shared with whoever else speaks mDNS on
// this machine. Given a group's address, the net package binds to the port with
// SO_REUSEADDR (on BSD with SO_REUSEPORT), which is what avahi and the others do.
type sockets struct {
	v4 *ipv4.PacketConn // nil if the system has none
	v6 *ipv6.PacketConn
}

var (
	group4 = &net.UDPAddr{IP: net.IPv4(224, 0, 0, 251), Port: mdnsPort}
	group6 = &net.UDPAddr{IP: net.ParseIP("ff02::fb"), Port: mdnsPort}
)

func openSockets() (*sockets, error) {
	var s sockets
	c4, err4 := net.ListenUDP("udp4", group4)
	if err4 == nil {
		s.v4 = ipv4.NewPacketConn(c4)
		s.v4.SetControlMessage(ipv4.FlagInterface|ipv4.FlagDst, true) // not on Windows; see linkOf
		s.v4.SetMulticastTTL(255)                                     // section 11; a courtesy to old listeners,
		s.v4.SetTTL(255)                                              // who check it
		s.v4.SetMulticastLoopback(true)                               // avahi on this machine wants to know too
	}
	c6, err6 := net.ListenUDP("udp6", group6)
	if err6 == nil {
		s.v6 = ipv6.NewPacketConn(c6)
		s.v6.SetControlMessage(ipv6.FlagInterface|ipv6.FlagDst, true)
		s.v6.SetMulticastHopLimit(255)
		s.v6.SetHopLimit(255)
		s.v6.SetMulticastLoopback(true)
	}
	if err4 != nil && err6 != nil {
		return nil, fmt.Errorf("mdns: no socket: %w", errors.Join(err4, err6))
	}
	return &s, nil
}

// A group that is joined already, or an interface without this family, is not worth a word.
func (s *sockets) join(index int) {
	i := &net.Interface{Index: index}
	if s.v4 != nil {
		s.v4.JoinGroup(i, group4)
	}
	if s.v6 != nil {
		s.v6.JoinGroup(i, group6)
	}
}

func (s *sockets) leave(index int) {
	i := &net.Interface{Index: index}
	if s.v4 != nil {
		s.v4.LeaveGroup(i, group4)
	}
	if s.v6 != nil {
		s.v6.LeaveGroup(i, group6)
	}
}

func (s *sockets) everybody(index int, v6 bool, m *dns.Msg) error {
	b, err := m.Pack()
	if err != nil {
		return err
	}
	i := &net.Interface{Index: index}
	// Not by control message: Windows has none.
	switch {
	case v6 && s.v6 != nil:
		if err := s.v6.SetMulticastInterface(i); err != nil {
			return err
		}
		_, err = s.v6.WriteTo(b, nil, group6)
	case !v6 && s.v4 != nil:
		if err := s.v4.SetMulticastInterface(i); err != nil {
			return err
		}
		_, err = s.v4.WriteTo(b, nil, group4)
	}
	return err
}

func (s *sockets) one(to netip.AddrPort, m *dns.Msg) error {
	b, err := m.Pack()
	if err != nil {
		return err
	}
	if to.Addr().Is6() && s.v6 != nil {
		_, err = s.v6.WriteTo(b, nil, net.UDPAddrFromAddrPort(to))
	} else if to.Addr().Is4() && s.v4 != nil {
		_, err = s.v4.WriteTo(b, nil, net.UDPAddrFromAddrPort(to))
	}
	return err
}

func (s *sockets) close() {
	if s.v4 != nil {
		s.v4.Close()
	}
	if s.v6 != nil {
		s.v6.Close()
	}
}

// listen hands what comes in to out, until ctx ends or the sockets are closed.
func (s *sockets) listen(ctx context.Context, v6 bool, out chan<- packet) {
	buf := make([]byte, 9000) // section 17
	for {
		var n, index int
		var to net.IP
		var from net.Addr
		var err error
		switch {
		case v6 && s.v6 != nil:
			var about *ipv6.ControlMessage
			if n, about, from, err = s.v6.ReadFrom(buf); about != nil {
				index, to = about.IfIndex, about.Dst
			}
		case !v6 && s.v4 != nil:
			var about *ipv4.ControlMessage
			if n, about, from, err = s.v4.ReadFrom(buf); about != nil {
				index, to = about.IfIndex, about.Dst
			}
		default:
			return
		}
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil { // of one packet, or of an interface that is going away
			select {
			case <-ctx.Done():
				return
			case <-time.After(100 * time.Millisecond):
			}
			continue
		}
		sender, ok := from.(*net.UDPAddr)
		if !ok {
			continue
		}
		msg := parse(buf[:n])
		if msg == nil {
			continue
		}
		at := sender.AddrPort()
		p := packet{msg: msg, from: netip.AddrPortFrom(at.Addr().Unmap(), at.Port()), v6: v6, index: index,
			alone: to != nil && !to.IsMulticast()}
		select {
		case out <- p:
		case <-ctx.Done():
			return
		}
	}
}
