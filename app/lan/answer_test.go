package lan

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

var (
	tablet    = netip.MustParseAddrPort("192.168.4.20:40000") // a plain resolver
	neighbour = netip.MustParseAddrPort("192.168.4.20:5353")
)

func us(list ...string) host { return host{name: "aarogya.local.", addrs: addrs(list...)} }

func query(name string, kind, class uint16, known ...string) *dns.Msg {
	m := &dns.Msg{MsgHdr: dns.MsgHdr{Id: 4711, RecursionDesired: true}, Question: []dns.Question{{Name: name, Qtype: kind, Qclass: class}}}
	for _, k := range known {
		m.Answer = append(m.Answer, record(k))
	}
	return m
}

func record(text string) dns.RR {
	rr, err := dns.NewRR(text)
	if err != nil {
		panic(err)
	}
	return rr
}

// short is a message in a line: answers, "/" what is beside them, "+" what is added.
func short(m *dns.Msg) string {
	if m == nil {
		return ""
	}
	part := func(list []dns.RR) string {
		var all []string
		for _, rr := range list {
			text := strings.Fields(rr.String())
			all = append(all, strings.Join(slices.Delete(text, 0, 1), " "))
		}
		return strings.Join(all, ", ")
	}
	return strings.TrimSpace(part(m.Answer) + " / " + part(m.Ns) + " + " + part(m.Extra))
}

func TestReply(t *testing.T) {
	t.Parallel()
	const in, qu = dns.ClassINET, dns.ClassINET | topBit
	both, four := us("192.168.4.1", "fd00::1"), us("192.168.4.1")
	tests := []struct {
		name  string
		h     host
		q     *dns.Msg
		from  netip.AddrPort
		want  string // "" = silence
		alone bool
	}{
		{"a neighbour", both, query("aarogya.local.", dns.TypeA, in), neighbour,
			"120 CLASS32769 A 192.168.4.1 /  + 120 CLASS32769 AAAA fd00::1", false},
		{"in capitals", four, query("AaRoGyA.LOCAL.", dns.TypeA, in), neighbour,
			"120 CLASS32769 A 192.168.4.1 /  + 120 CLASS32769 NSEC aarogya.local. A", false},
		{"alone", four, query("aarogya.local.", dns.TypeA, qu), neighbour,
			"120 CLASS32769 A 192.168.4.1 /  + 120 CLASS32769 NSEC aarogya.local. A", true},
		{"everything", both, query("aarogya.local.", dns.TypeANY, in), neighbour,
			"120 CLASS32769 A 192.168.4.1, 120 CLASS32769 AAAA fd00::1 /  +", false},
		{"of any class", both, query("aarogya.local.", dns.TypeAAAA, dns.ClassANY), neighbour,
			"120 CLASS32769 AAAA fd00::1 /  + 120 CLASS32769 A 192.168.4.1", false},
		{"no IPv6", four, query("aarogya.local.", dns.TypeAAAA, in), neighbour,
			"120 CLASS32769 NSEC aarogya.local. A /  + 120 CLASS32769 A 192.168.4.1", false},
		{"no such record", both, query("aarogya.local.", dns.TypeHTTPS, in), neighbour,
			"120 CLASS32769 NSEC aarogya.local. A AAAA /  + 120 CLASS32769 A 192.168.4.1, 120 CLASS32769 AAAA fd00::1", false},
		{"it knows", both, query("aarogya.local.", dns.TypeA, in, "aarogya.local. 60 IN A 192.168.4.1"), neighbour, "", false},
		{"it knows, not for long", four, query("aarogya.local.", dns.TypeA, in, "aarogya.local. 59 IN A 192.168.4.1"), neighbour,
			"120 CLASS32769 A 192.168.4.1 /  + 120 CLASS32769 NSEC aarogya.local. A", false},
		{"it knows another", four, query("aarogya.local.", dns.TypeA, in, "aarogya.local. 120 IN A 192.168.4.2"), neighbour,
			"120 CLASS32769 A 192.168.4.1 /  + 120 CLASS32769 NSEC aarogya.local. A", false},

		{"a tablet", both, query("aarogya.local.", dns.TypeA, in), tablet,
			"10 IN A 192.168.4.1 /  + 10 IN AAAA fd00::1", true},
		{"a tablet that says it knows", four, query("aarogya.local.", dns.TypeA, in, "aarogya.local. 120 IN A 192.168.4.1"), tablet,
			"10 IN A 192.168.4.1 /  +", true},
		{"a tablet, no IPv6", four, query("aarogya.local.", dns.TypeAAAA, in), tablet,
			"/ 10 IN NSEC aarogya.local. A + 10 IN A 192.168.4.1", true},
		{"the nearest of two first", us("10.0.0.1", "192.168.4.1", "192.168.5.1"), query("aarogya.local.", dns.TypeA, in), tablet,
			"10 IN A 192.168.4.1, 10 IN A 192.168.5.1, 10 IN A 10.0.0.1 /  +", true},

		{"another name", both, query("other.local.", dns.TypeA, in), neighbour, "", false},
		{"a name below", both, query("www.aarogya.local.", dns.TypeA, in), tablet, "", false},
		{"another class", both, query("aarogya.local.", dns.TypeA, dns.ClassCHAOS), tablet, "", false},
		{"no question", both, &dns.Msg{}, tablet, "", false},
	}
	for _, tt := range tests {
		got, alone := tt.h.reply(tt.q, tt.from)
		if short(got) != tt.want || alone != tt.alone {
			t.Errorf("%s: %s alone=%v, want %s alone=%v", tt.name, short(got), alone, tt.want, tt.alone)
		}
		if got == nil {
			continue
		}
		if plain := tt.from == tablet; plain != (got.Id == 4711) || plain != (len(got.Question) == 1) || !got.Response || !got.Authoritative {
			t.Errorf("%s: header %+v, questions %v", tt.name, got.MsgHdr, got.Question)
		}
		if _, err := got.Pack(); err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
	}

	// Two questions, one of them ours and one that everybody should hear.
	q := query("other.local.", dns.TypeA, in)
	q.Question = append(q.Question, dns.Question{Name: "aarogya.local.", Qtype: dns.TypeA, Qclass: qu},
		dns.Question{Name: "aarogya.local.", Qtype: dns.TypeAAAA, Qclass: in})
	if got, alone := both.reply(q, neighbour); len(got.Answer) != 2 || len(got.Extra) != 0 || alone {
		t.Errorf("%s alone=%v", short(got), alone)
	}
	if got, _ := both.reply(q, tablet); len(got.Question) != 2 || got.Question[0].Name != "aarogya.local." {
		t.Errorf("%v", got.Question)
	}
}

func TestListing(t *testing.T) {
	t.Parallel()
	l := newService(nil, "PHC Rampur 7f3a", 443).listing()
	const sub = "_aarogya._sub._https._tcp.local."
	tests := []struct {
		q    *dns.Msg
		from netip.AddrPort
		want string
	}{
		{query(sub, dns.TypePTR, dns.ClassINET), neighbour, `3200 IN PTR PHC\ Rampur\ 7f3a._https._tcp.local. /  +`},
		{query(sub, dns.TypeANY, dns.ClassINET), tablet, `10 IN PTR PHC\ Rampur\ 7f3a._https._tcp.local. /  +`},
		{query(sub, dns.TypePTR, dns.ClassINET, sub+` 1600 IN PTR PHC\ Rampur\ 7f3a._https._tcp.local.`), neighbour, ""},
		{query(sub, dns.TypePTR, dns.ClassINET, sub+` 3200 IN PTR other._https._tcp.local.`), neighbour, `3200 IN PTR PHC\ Rampur\ 7f3a._https._tcp.local. /  +`},
		{query(sub, dns.TypeA, dns.ClassINET), neighbour, ""},
		{query("_https._tcp.local.", dns.TypePTR, dns.ClassINET), neighbour, ""}, // zeroconf's
	}
	for _, tt := range tests {
		if got, _ := l.reply(tt.q, tt.from); short(got) != tt.want {
			t.Errorf("%v: %s, want %s", tt.q.Question[0], short(got), tt.want)
		}
	}
}

// What zeroconf compares with must be what it reads from the packet, or it stays silent.
func TestLabel(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, want string }{
		{"Aarogya", "Aarogya"},
		{"PHC Rampur 7f3a", `PHC\ Rampur\ 7f3a`},
		{"Dr. Rao's", `Dr\.\ Rao\'s`},
		{" a\nb\\ ", `a\ b\\`},
		{"ends in a dot. .", `ends\ in\ a\ dot`},
		{"केंद्र", `\224\164\149\224\165\135\224\164\130\224\164\166\224\165\141\224\164\176`},
		{strings.Repeat("x", 100), strings.Repeat("x", 63)},
		{"", ""},
	}
	for _, tt := range tests {
		got := label(tt.text)
		if got != tt.want {
			t.Errorf("%q: %s, want %s", tt.text, got, tt.want)
		}
		if got == "" {
			continue
		}
		m := query(got+"._https._tcp.local.", dns.TypeSRV, dns.ClassINET)
		b, err := m.Pack()
		if err != nil {
			t.Errorf("%q: %v", tt.text, err)
			continue
		}
		if read := parse(b); read == nil || read.Question[0].Name != m.Question[0].Name {
			t.Errorf("%q: read back as %v, want %s", tt.text, read, m.Question[0].Name)
		}
	}
	if got := label(strings.Repeat("ल", 30)); len(got) != 21*len(`\224\164\178`) {
		t.Errorf("cut inside a letter: %s", got)
	}
}

func TestYields(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		ours   host
		theirs []string
		want   bool
	}{
		{"lower", us("192.168.4.1"), []string{"aarogya.local. 120 IN A 192.168.4.2"}, true},
		{"higher", us("192.168.4.3"), []string{"aarogya.local. 120 IN A 192.168.4.2"}, false},
		{"the same", us("192.168.4.2"), []string{"aarogya.local. 120 IN A 192.168.4.2"}, false},
		{"fewer", us("192.168.4.2"), []string{"aarogya.local. 120 IN A 192.168.4.2", "aarogya.local. 120 IN AAAA fd00::1"}, true},
		{"more", us("192.168.4.2", "fd00::1"), []string{"aarogya.local. 120 IN A 192.168.4.2"}, false},
		{"in another order", us("10.0.0.1", "192.168.4.2"), []string{"aarogya.local. 120 IN A 192.168.4.2", "aarogya.local. 120 IN A 10.0.0.1"}, false},
		{"about another name", us("192.168.4.1"), []string{"other.local. 120 IN A 192.168.4.2"}, false},
		{"not a probe", us("192.168.4.1"), nil, false},
		{"of another type", us("192.168.4.1"), []string{"aarogya.local. 120 IN TXT x"}, true},
	}
	for _, tt := range tests {
		var list []dns.RR
		for _, r := range tt.theirs {
			list = append(list, record(r))
		}
		if got := tt.ours.yields(list); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	pack := func(m *dns.Msg) []byte {
		b, err := m.Pack()
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	good := pack(query("aarogya.local.", dns.TypeA, dns.ClassINET, "x.local. 60 IN A 10.0.0.1"))
	if m := parse(good); m == nil || len(m.Answer) != 1 {
		t.Error("a good one")
	}
	if m := parse(good[:len(good)-2]); m == nil || len(m.Question) != 1 || len(m.Answer) != 0 {
		t.Error("a question with a broken record behind it")
	}
	answer := pack(us("192.168.4.2").announcement())
	if parse(answer) == nil || parse(answer[:len(answer)-2]) != nil {
		t.Error("an answer, and half of it")
	}
	update := query("aarogya.local.", dns.TypeA, dns.ClassINET)
	update.Opcode = dns.OpcodeUpdate
	failed := us("192.168.4.2").announcement()
	failed.Rcode = dns.RcodeNameError
	for _, b := range [][]byte{nil, {}, good[:11], make([]byte, 12), pack(update), pack(failed), []byte("GET / HTTP/1.1\r\n\r\n")} {
		if m := parse(b); m != nil && (m.Response || len(m.Question) > 0) {
			t.Errorf("%q: %v", b, m)
		}
	}
}

func TestCheckName(t *testing.T) {
	t.Parallel()
	for name, ok := range map[string]bool{"aarogya": true, "aarogya-7f3a": true, "a": true, "7": true,
		"": false, "-a": false, "a-": false, "Aarogya": false, "a.b": false, "a b": false, "å": false, strings.Repeat("a", 64): false} {
		if err := checkName(name); (err == nil) != ok {
			t.Errorf("%q: %v", name, err)
		}
	}
	if got, want := candidates("aarogya", "7f3a91c2"), []string{"aarogya", "aarogya-7f3a", "aarogya-7f3a91c2"}; !slices.Equal(got, want) {
		t.Errorf("candidates %v, want %v", got, want)
	}
	if got := candidates("aarogya", "7f3a"); len(got) != 2 {
		t.Errorf("candidates %v", got)
	}
}
