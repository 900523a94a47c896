package lan

import (
	"bytes"
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/miekg/dns"
)

// What is said about the name, as messages: RFC 6762 without a socket. Section numbers in
// this file and in hostname.go are of that RFC.

const (
	mdnsPort  = 5353
	hostTTL   = 120 // seconds; section 10, for what depends on an address
	legacyTTL = 10  // seconds; section 6.7: who asks once cannot hear that it changed

	// topBit of the class: "forget what else you know" in an answer (10.2), "an answer to me
	// alone will do" in a question (5.4).
	topBit = 1 << 15
)

// host is the name, and the addresses to give for it on one interface.
type host struct {
	name  string // "aarogya.local."
	addrs []netip.Addr
}

// parse reads a packet; nil if there is nothing in it for us. A question is taken even when
// what follows it cannot be read: others put their own records there.
func parse(packet []byte) *dns.Msg {
	m := new(dns.Msg)
	if err := m.Unpack(packet); err != nil {
		if m.Response || len(m.Question) == 0 {
			return nil
		}
		m.Answer, m.Ns, m.Extra = nil, nil, nil
	}
	if m.Opcode != dns.OpcodeQuery || m.Rcode != dns.RcodeSuccess { // sections 18.3, 18.11
		return nil
	}
	return m
}

// records are the addresses of one type, as records.
func (h host) records(kind uint16, class uint16, ttl uint32) []dns.RR {
	var list []dns.RR
	for _, a := range h.addrs {
		head := dns.RR_Header{Name: h.name, Rrtype: kind, Class: class, Ttl: ttl}
		switch {
		case kind == dns.TypeA && a.Is4():
			list = append(list, &dns.A{Hdr: head, A: a.AsSlice()})
		case kind == dns.TypeAAAA && a.Is6():
			list = append(list, &dns.AAAA{Hdr: head, AAAA: a.AsSlice()})
		}
	}
	return list
}

func (h host) all(class uint16, ttl uint32) []dns.RR {
	return append(h.records(dns.TypeA, class, ttl), h.records(dns.TypeAAAA, class, ttl)...)
}

// nothingElse says that the name has no records but its addresses (6.1), which spares the
// asker a wait of seconds for an IPv6 address, or for the HTTPS record browsers ask for.
func (h host) nothingElse(class uint16, ttl uint32) dns.RR {
	n := &dns.NSEC{Hdr: dns.RR_Header{Name: h.name, Rrtype: dns.TypeNSEC, Class: class, Ttl: ttl}, NextDomain: h.name}
	for _, kind := range []uint16{dns.TypeA, dns.TypeAAAA} {
		if len(h.records(kind, class, ttl)) > 0 {
			n.TypeBitMap = append(n.TypeBitMap, kind)
		}
	}
	return n
}

// reply answers a query that came from there; nil = it is not about us, or the asker knows.
// alone: every question said that an answer to the asker alone will do.
//
// Who asks from another port than 5353 is a plain resolver (6.7), such as Android's. It gets
// an answer as from any name server: its id, its question, short lives, no cache-flush bit,
// and "no such record" as an empty answer with the reason beside it.
func (h host) reply(query *dns.Msg, from netip.AddrPort) (reply *dns.Msg, alone bool) {
	plain := from.Port() != mdnsPort
	var class uint16 = dns.ClassINET | topBit
	var ttl uint32 = hostTTL
	if plain {
		class, ttl = dns.ClassINET, legacyTTL
	}

	var asked []dns.Question
	alone = true
	for _, q := range query.Question {
		c := q.Qclass &^ topBit
		if strings.EqualFold(q.Name, h.name) && (c == dns.ClassINET || c == dns.ClassANY) {
			asked = append(asked, q)
			alone = alone && q.Qclass&topBit != 0
		}
	}
	if len(asked) == 0 {
		return nil, false
	}
	wants := func(kind uint16) bool {
		return slices.ContainsFunc(asked, func(q dns.Question) bool { return q.Qtype == kind || q.Qtype == dns.TypeANY })
	}
	reply = &dns.Msg{MsgHdr: dns.MsgHdr{Response: true, Authoritative: true}, Compress: true}
	none := false // asked for a record that does not exist
	for _, q := range asked {
		if q.Qtype != dns.TypeANY && len(h.records(q.Qtype, class, ttl)) == 0 {
			none = true
		}
	}
	missing := false // a type that clients ask for does not exist
	for _, kind := range []uint16{dns.TypeA, dns.TypeAAAA} {
		list := h.records(kind, class, ttl)
		missing = missing || len(list) == 0
		if wants(kind) {
			reply.Answer = append(reply.Answer, list...)
		} else {
			reply.Extra = append(reply.Extra, list...)
		}
	}
	reason := h.nothingElse(class, ttl)
	switch {
	case plain:
		reply.Id, reply.RecursionDesired = query.Id, query.RecursionDesired
		reply.Question = asked
		if none {
			reply.Ns = []dns.RR{reason}
		}
		nearestFirst(reply.Answer, from.Addr())
		return reply, true
	case none:
		reply.Answer = append(reply.Answer, reason)
	case missing:
		reply.Extra = append(reply.Extra, reason)
	}
	reply.Answer = slices.DeleteFunc(reply.Answer, func(rr dns.RR) bool { return known(query.Answer, rr) })
	if len(reply.Answer) == 0 {
		return nil, false
	}
	return reply, alone
}

// listing is where the service is found by its subtype. zeroconf announces that, but compares
// a question about it with the wrong name: who comes later would never find us.
type listing struct {
	subtype, instance string // whole names, as miekg/dns writes them
}

// listingTTL is zeroconf's for the rest of the service, in seconds.
const listingTTL = 3200

// reply answers a query; nil = it is not about the subtype, or the asker knows.
func (l listing) reply(query *dns.Msg, from netip.AddrPort) (reply *dns.Msg, alone bool) {
	for _, q := range query.Question {
		c := q.Qclass &^ topBit
		if !strings.EqualFold(q.Name, l.subtype) || q.Qtype != dns.TypePTR && q.Qtype != dns.TypeANY || c != dns.ClassINET && c != dns.ClassANY {
			continue
		}
		rr := &dns.PTR{Hdr: dns.RR_Header{Name: l.subtype, Rrtype: dns.TypePTR, Class: dns.ClassINET, Ttl: listingTTL}, Ptr: l.instance}
		if known(query.Answer, rr) {
			return nil, false
		}
		reply = &dns.Msg{MsgHdr: dns.MsgHdr{Response: true, Authoritative: true}, Compress: true, Answer: []dns.RR{rr}}
		if from.Port() != mdnsPort {
			rr.Hdr.Ttl = legacyTTL
			reply.Id, reply.RecursionDesired, reply.Question = query.Id, query.RecursionDesired, []dns.Question{q}
		}
		return reply, q.Qclass&topBit != 0
	}
	return nil, false
}

// known: the asker has it, for at least half its time (7.1).
func known(list []dns.RR, rr dns.RR) bool {
	return slices.ContainsFunc(list, func(k dns.RR) bool {
		return k.Header().Ttl >= rr.Header().Ttl/2 && strings.EqualFold(k.Header().Name, rr.Header().Name) &&
			k.Header().Rrtype == rr.Header().Rrtype && bytes.Equal(rdata(k), rdata(rr))
	})
}

// nearestFirst: of two addresses of one interface, a resolver that takes only one takes the
// one that begins like its own.
func nearestFirst(list []dns.RR, asker netip.Addr) {
	bits := func(rr dns.RR) int {
		a, ok := addrOf(rr)
		if !ok || a.BitLen() != asker.BitLen() {
			return 0
		}
		n := 0
		for n < a.BitLen() && netip.PrefixFrom(a, n+1).Masked() == netip.PrefixFrom(asker.WithZone(""), n+1).Masked() {
			n++
		}
		return n
	}
	slices.SortStableFunc(list, func(x, y dns.RR) int {
		return cmp.Or(cmp.Compare(x.Header().Rrtype, y.Header().Rrtype), bits(y)-bits(x))
	})
}

// probe asks whether anybody has the name, and says what we mean to give for it (8.1). It
// does not ask for answers to us alone: another program on the box may get those, since
// they share the port.
func (h host) probe() *dns.Msg {
	return &dns.Msg{
		Question: []dns.Question{{Name: h.name, Qtype: dns.TypeANY, Qclass: dns.ClassINET}},
		Ns:       h.all(dns.ClassINET, hostTTL),
	}
}

// question asks who else has the name, which is ours.
func (h host) question() *dns.Msg {
	return &dns.Msg{Question: []dns.Question{{Name: h.name, Qtype: dns.TypeANY, Qclass: dns.ClassINET}}}
}

// announcement is what everybody nearby should know from now on (8.3).
func (h host) announcement() *dns.Msg {
	m := &dns.Msg{MsgHdr: dns.MsgHdr{Response: true, Authoritative: true}, Compress: true}
	m.Answer = h.all(dns.ClassINET|topBit, hostTTL)
	m.Extra = []dns.RR{h.nothingElse(dns.ClassINET|topBit, hostTTL)}
	return m
}

// goodbye is what everybody should forget (10.1).
func (h host) goodbye() *dns.Msg {
	m := &dns.Msg{MsgHdr: dns.MsgHdr{Response: true, Authoritative: true}, Compress: true}
	m.Answer = h.all(dns.ClassINET|topBit, 0)
	return m
}

// claims are the addresses an answer gives for the name, and those it takes back. Link-local
// IPv6 ones count for nothing: whoever has one gives a better one too, and on a second
// interface of our own that is not used it would be ourselves.
func (h host) claims(m *dns.Msg) (given, back []netip.Addr) {
	for _, rr := range slices.Concat(m.Answer, m.Extra) {
		a, ok := addrOf(rr)
		switch {
		case !ok || a.Is6() && a.IsLinkLocalUnicast() || !strings.EqualFold(rr.Header().Name, h.name):
		case rr.Header().Ttl > 0:
			given = append(given, a)
		default:
			back = append(back, a)
		}
	}
	return given, back
}

func addrOf(rr dns.RR) (netip.Addr, bool) {
	var ip []byte
	switch r := rr.(type) {
	case *dns.A:
		ip = r.A
	case *dns.AAAA:
		ip = r.AAAA
	}
	a, ok := netip.AddrFromSlice(ip)
	return a.Unmap(), ok
}

// yields says who gives way when two ask for the name at the same moment: whose records,
// sorted, come first (8.2). theirs are the authority records of the other's probe.
func (h host) yields(theirs []dns.RR) bool {
	about := func(list []dns.RR) []dns.RR {
		list = slices.DeleteFunc(slices.Clone(list), func(rr dns.RR) bool { return !strings.EqualFold(rr.Header().Name, h.name) })
		slices.SortFunc(list, compareRecords)
		return list
	}
	if theirs = about(theirs); len(theirs) == 0 {
		return false
	}
	return slices.CompareFunc(about(h.all(dns.ClassINET, hostTTL)), theirs, compareRecords) < 0
}

func compareRecords(a, b dns.RR) int {
	return cmp.Or(cmp.Compare(a.Header().Class&^topBit, b.Header().Class&^topBit),
		cmp.Compare(a.Header().Rrtype, b.Header().Rrtype), bytes.Compare(rdata(a), rdata(b)))
}

// rdata is a record without its header; nil if it cannot be written.
func rdata(rr dns.RR) []byte {
	head := make([]byte, 256)
	n, err := dns.PackDomainName(rr.Header().Name, head, 0, nil, false)
	if err != nil {
		return nil
	}
	buf := make([]byte, dns.Len(rr)+64)
	end, err := dns.PackRR(rr, buf, 0, nil, false)
	if err != nil {
		return nil
	}
	const fixed = 10 // type, class, ttl, length
	return buf[n+fixed : end]
}
