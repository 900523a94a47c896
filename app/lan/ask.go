package lan

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"
	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"
)

// Answer is what one machine gave for a name.
type Answer struct {
	From  netip.Addr
	Addrs []netip.Addr
}

// How long answers are waited for, and when the question is put again: Wi-Fi loses
// multicasts, and a second machine of the same name may be a slow one.
const (
	askFor   = 1200 * time.Millisecond
	askAgain = 400 * time.Millisecond
)

// Ask asks everybody on one interface, this machine included, for the addresses of a whole
// name ("aarogya.local"), as a plain resolver such as Android's does: over IPv4 where the
// interface has it, else over IPv6. It always takes its time, to hear a second machine too.
func Ask(ctx context.Context, on Interface, name string) ([]Answer, error) {
	v4 := slices.ContainsFunc(on.Addrs, func(p netip.Prefix) bool { return p.Addr().Is4() })
	network, group, kind := "udp6", group6, dns.TypeAAAA
	if v4 {
		network, group, kind = "udp4", group4, dns.TypeA
	}
	conn, err := net.ListenUDP(network, nil)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	if v4 {
		err = ipv4.NewPacketConn(conn).SetMulticastInterface(&net.Interface{Index: on.Index})
	} else {
		err = ipv6.NewPacketConn(conn).SetMulticastInterface(&net.Interface{Index: on.Index})
	}
	if err != nil {
		return nil, err
	}
	question := new(dns.Msg).SetQuestion(dns.Fqdn(name), kind)
	packet, err := question.Pack()
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { conn.SetReadDeadline(time.Now()) })
	defer stop()
	var answers []Answer
	for start, times := time.Now(), 0; ctx.Err() == nil && time.Since(start) < askFor; times++ {
		if times < 2 {
			if _, err := conn.WriteTo(packet, group); err != nil {
				return nil, err
			}
		}
		until := start.Add(askFor)
		if times == 0 {
			until = start.Add(askAgain)
		}
		conn.SetReadDeadline(until)
		for {
			a, err := readAnswer(conn, question)
			if err != nil && !errors.Is(err, errNoAnswer) {
				break
			}
			if err == nil && len(answers) < maxConflicts && !slices.ContainsFunc(answers, a.equal) {
				answers = append(answers, a)
			}
		}
	}
	return answers, ctx.Err()
}

func (a Answer) equal(b Answer) bool { return a.From == b.From && slices.Equal(a.Addrs, b.Addrs) }

// errNoAnswer: a packet that is not what was asked for.
var errNoAnswer = errors.New("not an answer to the question")

func readAnswer(conn *net.UDPConn, question *dns.Msg) (a Answer, err error) {
	buf := make([]byte, 9000) // section 17
	n, from, err := conn.ReadFromUDPAddrPort(buf)
	if err != nil {
		return a, err
	}
	m := parse(buf[:n])
	if m == nil || !m.Response || m.Id != question.Id {
		return a, errNoAnswer
	}
	a.From = from.Addr().Unmap().WithZone("")
	for _, rr := range m.Answer {
		if !strings.EqualFold(rr.Header().Name, question.Question[0].Name) {
			continue
		}
		if ip, ok := addrOf(rr); ok {
			a.Addrs = append(a.Addrs, ip)
		}
	}
	if len(a.Addrs) == 0 {
		return a, errNoAnswer
	}
	slices.SortFunc(a.Addrs, netip.Addr.Compare)
	return a, nil
}
