package lan

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"
)

// ether is air without a network: it keeps what was sent, a line each.
type ether struct {
	mu    sync.Mutex
	lines []string
	joins []string
	fails bool
}

func (e *ether) join(index int)  { e.note(&e.joins, fmt.Sprint("+", index)) }
func (e *ether) leave(index int) { e.note(&e.joins, fmt.Sprint("-", index)) }

func (e *ether) note(list *[]string, line string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	*list = append(*list, line)
}

func (e *ether) everybody(index int, v6 bool, m *dns.Msg) error {
	if _, err := m.Pack(); err != nil {
		return err
	}
	if e.fails {
		return errors.New("no")
	}
	if v6 {
		return nil // the same again
	}
	kind := "says"
	if !m.Response {
		kind = "asks"
		if len(m.Ns) > 0 {
			kind = "probes"
		}
	}
	name := ""
	if len(m.Question) > 0 {
		name = m.Question[0].Name + " "
	} else if len(m.Answer) > 0 {
		name = m.Answer[0].Header().Name + " "
	}
	e.note(&e.lines, fmt.Sprint(index, " ", kind, " ", name, short(m)))
	return nil
}

func (e *ether) one(to netip.AddrPort, m *dns.Msg) error {
	if _, err := m.Pack(); err != nil {
		return err
	}
	e.note(&e.lines, fmt.Sprint("to ", to, " ", short(m)))
	return nil
}

// stage is a responder in a bubble of its own time.
type stage struct {
	t *testing.T
	*ether
	r         *responder
	stop      context.CancelFunc
	chosen    []string
	conflicts []netip.Addr
}

func newStage(t *testing.T, choose bool, names ...string) *stage {
	s := &stage{t: t, ether: &ether{}}
	s.r = newResponder(s.ether, slog.New(slog.DiscardHandler), names, choose)
	s.r.chosen = func(name string) { s.chosen = append(s.chosen, name) }
	s.r.conflict = func(other netip.Addr) { s.conflicts = append(s.conflicts, other) }
	s.r.listing = newService(nil, "PHC", 443).listing()
	var ctx context.Context
	ctx, s.stop = context.WithCancel(t.Context())
	go s.r.run(ctx)
	return s
}

// hears a message that everybody gets.
func (s *stage) hears(index int, from string, m *dns.Msg) {
	s.r.packets <- packet{msg: m, from: netip.MustParseAddrPort(from), index: index}
	synctest.Wait()
}

func (s *stage) pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// sent since it was last asked for.
func (s *stage) sent() []string {
	synctest.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	lines := s.lines
	s.lines = nil
	return lines
}

func (s *stage) want(want ...string) {
	s.t.Helper()
	got := s.sent()
	ok := len(got) == len(want)
	for i := range min(len(got), len(want)) {
		ok = ok && strings.HasPrefix(got[i], want[i])
	}
	if !ok {
		s.t.Errorf("sent\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func bubble(t *testing.T, do func(t *testing.T)) {
	t.Parallel()
	synctest.Test(t, do)
}

func eth0(addrs ...string) Interface {
	i := one(2, "eth0", addrs...)
	for _, p := range i.Addrs {
		i.all = append(i.all, p.Addr())
	}
	return i
}

func announcementOf(addr string) *dns.Msg { return us(addr).announcement() }

func TestChoose(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, true, "aarogya", "aarogya-7f3a")
		s.pass(time.Minute)
		s.want() // nobody is there to ask
		s.r.moved([]Interface{eth0("192.168.4.1/24")})
		s.pass(2 * probeEvery)
		s.hears(2, "192.168.4.20:40000", query("aarogya.local.", dns.TypeA, dns.ClassINET))
		s.pass(2 * probeEvery)
		probe := "2 probes aarogya.local. / 120 IN A 192.168.4.1"
		s.want(probe, probe, probe, "2 asks aarogya.local.", "2 says aarogya.local. 120 CLASS32769 A 192.168.4.1")
		if len(s.chosen) != 1 || s.chosen[0] != "aarogya" {
			t.Errorf("chose %v", s.chosen)
		}
		s.pass(time.Minute)
		s.want("2 asks", "2 says", "2 asks", "2 says")
		s.stop()
		s.want("2 says aarogya.local. 0 CLASS32769 A 192.168.4.1")
	})
}

func TestChooseWhatIsTaken(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, true, "aarogya", "aarogya-7f3a")
		s.r.moved([]Interface{eth0("192.168.4.1/24")})
		s.pass(probeEvery)
		s.hears(2, "192.168.4.1:5353", announcementOf("192.168.4.7")) // our own avahi, about a container
		s.hears(2, "192.168.4.7:5353", announcementOf("192.168.4.1")) // a mirror
		s.hears(3, "192.168.4.7:5353", announcementOf("192.168.4.7")) // on an interface that is not ours
		s.hears(2, "192.168.4.7:5353", us("192.168.4.7").goodbye())
		s.hears(2, "[fe80::9%eth0]:5353", announcementOf("fe80::9")) // perhaps our own other adapter
		s.sent()
		s.hears(2, "192.168.4.7:5353", announcementOf("192.168.4.7"))
		s.pass(2 * time.Second)
		got := s.sent()
		if len(s.chosen) != 1 || s.chosen[0] != "aarogya-7f3a" || slices.ContainsFunc(got, func(l string) bool { return strings.Contains(l, " aarogya.local.") }) {
			t.Errorf("chose %v, sent\n%s", s.chosen, strings.Join(got, "\n"))
		}
		s.stop()
	})
}

// When two want the name at once, the lower one waits a second, and finds it taken or not.
func TestChooseAtOnce(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, true, "aarogya", "aarogya-7f3a")
		s.r.moved([]Interface{eth0("192.168.4.5/24")})
		s.pass(probeEvery)
		s.hears(2, "192.168.4.1:5353", us("192.168.4.1").probe()) // it yields, not we
		if got := s.sent(); len(got) == 0 {
			t.Error("not probing")
		}
		for range 1000 { // a flood of them costs no more than one
			s.hears(2, "192.168.4.9:5353", us("192.168.4.9").probe())
		}
		if len(s.r.jobs) != 1 {
			t.Errorf("%d jobs wait", len(s.r.jobs))
		}
		s.pass(yieldFor - time.Millisecond)
		s.want()
		s.hears(2, "192.168.4.9:5353", announcementOf("192.168.4.9"))
		s.pass(2 * time.Second)
		if len(s.chosen) != 1 || s.chosen[0] != "aarogya-7f3a" {
			t.Errorf("chose %v", s.chosen)
		}
		s.stop()
	})
}

// All names taken: it goes on asking, at a pace nobody is hurt by, and never takes one.
func TestNothingToChoose(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, true, "aarogya")
		s.r.moved([]Interface{eth0("192.168.4.5/24")})
		for range 100 {
			s.pass(500 * time.Millisecond)
			s.hears(2, "192.168.4.9:5353", announcementOf("192.168.4.9"))
		}
		if len(s.r.jobs) != 1 {
			t.Errorf("%d jobs wait", len(s.r.jobs))
		}
		if n := len(s.sent()); len(s.chosen) != 0 || n > 50 {
			t.Errorf("chose %v with %d probes", s.chosen, n)
		}
		s.stop()
		s.want() // no goodbye of a name that is not ours
	})
}

func TestKeepsItsName(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, false, "aarogya")
		s.r.moved([]Interface{eth0("192.168.4.1/24")})
		s.want("2 asks aarogya.local.", "2 says aarogya.local.") // at once, not after probing
		for range 3 {
			s.hears(2, "192.168.4.7:5353", announcementOf("192.168.4.7"))
			s.pass(time.Minute)
		}
		s.hears(2, "192.168.4.8:5353", announcementOf("192.168.4.8"))
		if !slices.Equal(s.conflicts, addrs("192.168.4.7", "192.168.4.8")) {
			t.Errorf("told of %v", s.conflicts)
		}
		s.pass(tellAgain)
		s.hears(2, "192.168.4.7:5353", announcementOf("192.168.4.7"))
		if len(s.conflicts) != 3 {
			t.Errorf("told of %v", s.conflicts)
		}
		for i := range 300 { // somebody makes them up
			a := fmt.Sprintf("192.168.4.%d", i%200+20)
			s.hears(2, a+":5353", announcementOf(a))
		}
		if len(s.conflicts) > maxConflicts+3 {
			t.Errorf("told of %d", len(s.conflicts))
		}
		s.sent()
		s.hears(2, "192.168.4.20:40000", query("aarogya.local.", dns.TypeA, dns.ClassINET))
		s.want("to 192.168.4.20:40000 10 IN A 192.168.4.1")
		if len(s.chosen) != 0 {
			t.Errorf("chose %v", s.chosen)
		}
		s.stop()
	})
}

func TestWhoIsAnswered(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, false, "aarogya")
		s.r.moved([]Interface{eth0("192.168.4.1/24"), one(3, "wlan0", "10.42.0.1/24")})
		s.pass(time.Minute)
		s.sent()
		in, qu := query("aarogya.local.", dns.TypeA, dns.ClassINET), query("aarogya.local.", dns.TypeA, dns.ClassINET|topBit)
		tests := []struct {
			name  string
			index int
			from  string
			m     *dns.Msg
			wait  time.Duration // before
			want  []string
		}{
			{"everybody", 2, "192.168.4.20:5353", in, 0, []string{"2 says aarogya.local. 120 CLASS32769 A 192.168.4.1"}},
			{"everybody heard it", 2, "192.168.4.21:5353", in, quietFor / 2, nil},
			{"again", 2, "192.168.4.21:5353", in, quietFor / 2, []string{"2 says"}},
			{"on the other interface its address", 3, "10.42.0.20:5353", in, 0, []string{"3 says aarogya.local. 120 CLASS32769 A 10.42.0.1"}},
			{"a plain resolver there", 3, "10.42.0.20:999", in, 0, []string{"to 10.42.0.20:999 10 IN A 10.42.0.1"}},
			{"however often", 3, "10.42.0.20:999", in, 0, []string{"to 10.42.0.20:999"}},
			{"where the system does not tell the interface", 0, "10.42.0.20:999", in, 0, []string{"to 10.42.0.20:999 10 IN A 10.42.0.1"}},
			{"alone", 2, "192.168.4.20:5353", qu, quietFor, []string{"to 192.168.4.20:5353 120 CLASS32769 A 192.168.4.1"}},
			{"alone, and everybody after a while", 2, "192.168.4.20:5353", qu, everybodyOld, []string{"to 192.168.4.20:5353", "2 says"}},
			{"IPv6, link-local", 2, "[fe80::7%eth0]:999", in, 0, []string{"to [fe80::7%eth0]:999"}},
			{"a forged sender far away", 2, "8.8.8.8:53", in, 0, nil},
			{"a forged neighbour elsewhere", 2, "10.42.0.20:999", in, 0, nil},
			{"link-local of another interface", 2, "[fe80::7%docker0]:999", in, 0, nil},
			{"docker0", 9, "172.17.0.2:999", in, 0, nil},
			{"unknown", 0, "172.17.0.2:999", in, 0, nil},
			{"a probe is told at once", 2, "192.168.4.9:5353", us("192.168.4.9").probe(), defendEvery, []string{"2 says"}},
			{"and again", 2, "192.168.4.9:5353", us("192.168.4.9").probe(), defendEvery, []string{"2 says"}},
			{"not without end", 2, "192.168.4.9:5353", us("192.168.4.9").probe(), 0, nil},
			{"a browser", 2, "192.168.4.9:5353", query("_aarogya._sub._https._tcp.local.", dns.TypePTR, dns.ClassINET), 0, []string{"2 says _aarogya._sub"}},
			{"a browser that heard it", 2, "192.168.4.9:5353", query("_aarogya._sub._https._tcp.local.", dns.TypePTR, dns.ClassINET), 0, nil},
			// Caches keep a second what they are told to forget.
			{"somebody says we are gone", 2, "192.168.4.1:5353", us("192.168.4.1").goodbye(), quietFor, []string{"2 says aarogya.local. 120 CLASS32769 A 192.168.4.1"}},
			{"that another is gone", 2, "192.168.4.1:5353", us("192.168.4.2").goodbye(), quietFor, nil},
		}
		for _, tt := range tests {
			s.pass(tt.wait)
			s.hears(tt.index, tt.from, tt.m)
			got := s.sent()
			if len(got) != len(tt.want) || slices.ContainsFunc(tt.want, func(w string) bool { return !strings.HasPrefix(got[slices.Index(tt.want, w)], w) }) {
				t.Errorf("%s: sent %q, want %q", tt.name, got, tt.want)
			}
		}
		if len(s.conflicts) != 0 {
			t.Errorf("conflicts %v", s.conflicts)
		}
		// Sent to our own address: answered to the sender, whoever else asked just now.
		s.r.packets <- packet{msg: in, from: netip.MustParseAddrPort("192.168.4.20:5353"), index: 2, alone: true}
		s.want("to 192.168.4.20:5353 120 CLASS32769 A 192.168.4.1")
		s.stop()
	})
}

func TestMove(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, false, "aarogya")
		s.r.moved([]Interface{eth0("192.168.4.1/24")})
		s.pass(time.Minute)
		s.sent()
		s.r.moved([]Interface{eth0("192.168.4.9/24")})
		s.want("2 says aarogya.local. 0 CLASS32769 A 192.168.4.1", "2 asks", "2 says aarogya.local. 120 CLASS32769 A 192.168.4.9")
		s.pass(time.Second)
		s.want("2 asks", "2 says aarogya.local. 120 CLASS32769 A 192.168.4.9")
		// Somebody repeats what was true just now: no conflict. Later it is one.
		s.hears(2, "192.168.4.20:5353", announcementOf("192.168.4.1"))
		if len(s.conflicts) != 0 {
			t.Errorf("conflicts %v", s.conflicts)
		}
		s.r.moved([]Interface{eth0("192.168.4.9/24"), one(3, "wlan0", "10.42.0.1/24")})
		s.want("3 asks", "3 says aarogya.local. 120 CLASS32769 A 10.42.0.1")
		s.pass(time.Second) // eth0's third announcement is not due yet
		s.want("3 asks", "3 says")
		s.r.moved([]Interface{eth0("192.168.4.9/24")})
		s.pass(time.Minute)
		s.want("2 asks", "2 says") // nothing more on wlan0
		s.r.moved(nil)
		s.pass(remember)
		s.want()
		s.r.moved([]Interface{eth0("192.168.4.9/24", "fd00::1/64")})
		s.want("2 asks", "2 says aarogya.local. 120 CLASS32769 A 192.168.4.9, 120 CLASS32769 AAAA fd00::1")
		s.hears(2, "192.168.4.20:5353", announcementOf("192.168.4.1"))
		if len(s.conflicts) != 1 {
			t.Errorf("conflicts %v", s.conflicts)
		}
		// Only IPv6 is left: nothing goes out over IPv4, where another address would be used.
		s.r.moved([]Interface{eth0("fd00::1/64")})
		s.want()
		s.r.moved([]Interface{{Name: "eth0", Index: 4, Addrs: prefixes("192.168.4.3/24")}}) // another adapter
		s.want("4 asks", "4 says")
		s.stop()
		s.sent()
		if want := []string{"+2", "+2", "+3", "-3", "-2", "+2", "+2", "+4", "-2"}; !slices.Equal(s.joins, want) {
			t.Errorf("joined and left %v, want %v", s.joins, want)
		}
	})
}

// Whatever stands in a packet, reading and answering it does not stop the clinic, and what
// is sent can be read.
func FuzzPacket(f *testing.F) {
	for _, m := range []*dns.Msg{
		query("aarogya.local.", dns.TypeA, dns.ClassINET, "aarogya.local. 60 IN A 10.0.0.1"),
		query("aarogya.local.", dns.TypeANY, dns.ClassINET|topBit),
		query("_aarogya._sub._https._tcp.local.", dns.TypePTR, dns.ClassINET),
		us("192.168.4.2", "fd00::2").probe(), us("192.168.4.2").announcement(), us("fd00::3").goodbye(),
	} {
		b, err := m.Pack()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b, uint16(5353))
		f.Add(b, uint16(40000))
		f.Add(b[:len(b)-3], uint16(40000))
	}
	f.Fuzz(func(t *testing.T, b []byte, port uint16) {
		m := parse(b)
		if m == nil {
			return
		}
		e := &ether{}
		r := newResponder(e, slog.New(slog.DiscardHandler), []string{"aarogya"}, false)
		r.listing = newService(nil, "PHC", 443).listing()
		r.move([]Interface{eth0("192.168.4.1/24", "fd00::1/64")})
		p := packet{msg: m, from: netip.AddrPortFrom(netip.MustParseAddr("192.168.4.20"), port), index: 2}
		r.hear(p)
		r.decided = false
		r.hear(p)
		for _, reply := range []*dns.Msg{first(us("192.168.4.1").reply(m, p.from)), first(r.listing.reply(m, p.from))} {
			if reply == nil {
				continue
			}
			out, err := reply.Pack()
			if err != nil {
				t.Fatalf("%v: %v", reply, err)
			}
			if read := new(dns.Msg); read.Unpack(out) != nil || !read.Response {
				t.Fatalf("cannot be read: %v", reply)
			}
			if bytes.Equal(out, b) {
				t.Fatal("an echo: two boxes would talk for ever")
			}
		}
	})
}

func first(m *dns.Msg, _ bool) *dns.Msg { return m }
