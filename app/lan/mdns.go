package lan

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"time"
	"unicode"

	"github.com/grandcat/zeroconf"
	"github.com/miekg/dns"
)

const (
	serviceType = "_https._tcp"
	serviceSub  = "_aarogya" // the subtype by which our boxes are told from other web servers
)

// service announces the box to programs that browse for services (DNS-SD), through
// zeroconf. One goroutine owns it, run, because zeroconf is not safe otherwise: SetText
// races with its readers and Shutdown with its start. So nothing is ever changed in a
// registered service: it is taken down, some time after it came up, and put up anew.
type service struct {
	log      *slog.Logger
	instance string // as label makes it
	port     int
	news     chan facts // the newest only

	server *zeroconf.Server // nil = not announced
	since  time.Time
}

// listing is what the responder has to answer for the service.
func (s *service) listing() listing {
	return listing{subtype: serviceSub + "._sub." + serviceType + ".local.", instance: s.instance + "." + serviceType + ".local."}
}

// facts are what an announcement is made of.
type facts struct {
	name  string // bare; "" = not chosen yet
	links []Interface
	text  []string
}

const (
	settleFor = 3 * time.Second // several changes in a row are one
	// zeroconf announces for at most that long after it was started. Taken down earlier, it
	// might say hello after goodbye, and its goroutines may not have begun.
	helloFor = 1600 * time.Millisecond
)

func newService(log *slog.Logger, instance string, port int) *service {
	return &service{log: log, instance: label(instance), port: port, news: make(chan facts, 1)}
}

// changed never blocks; one caller at a time.
func (s *service) changed(f facts) {
	select {
	case <-s.news:
	default:
	}
	s.news <- f
}

// run until ctx ends; then goodbye is said.
func (s *service) run(ctx context.Context) {
	var latest facts
	wait := time.NewTimer(time.Hour)
	defer wait.Stop()
	for {
		select {
		case <-ctx.Done():
			s.down()
			return
		case latest = <-s.news:
			if s.server == nil {
				wait.Reset(0)
			} else {
				wait.Reset(settleFor)
			}
		case <-wait.C:
			s.down()
			if err := s.up(latest); err != nil {
				s.log.Warn("mdns: the service is not announced", "err", err)
			}
		}
	}
}

func (s *service) down() {
	if s.server == nil {
		return
	}
	time.Sleep(helloFor - time.Since(s.since))
	s.server.Shutdown()
	s.server = nil
}

func (s *service) up(f facts) error {
	var on []net.Interface
	for _, l := range f.links {
		if i, err := net.InterfaceByIndex(l.Index); err == nil {
			on = append(on, *i)
		}
	}
	if len(on) == 0 || f.name == "" {
		return nil // zeroconf would take no interface for all of them, docker0 included
	}
	// Without addresses zeroconf gives, on each interface, those of that interface. That is
	// right for several, where the addresses of one lead nowhere from another; for one alone
	// ours are better, since its own include link-local IPv6 and public ones.
	var ips []string
	if len(on) == 1 {
		for _, a := range Addrs(f.links) {
			ips = append(ips, a.String())
		}
	}
	// The bare name: of "aarogya.local." it makes "aarogya.local.local.".
	server, err := zeroconf.RegisterProxy(s.instance, serviceType+","+serviceSub, "local.", s.port, f.name, ips, f.text, on)
	if err != nil {
		return fmt.Errorf("zeroconf: %w", err)
	}
	s.server, s.since = server, time.Now()
	return nil
}

// label writes a name of a service the way miekg/dns writes it when it reads one from a
// packet (a space is `\ `, a letter of Hindi `\224\164\…`). zeroconf compares the two as
// text: with any other form it announces the service, and then answers no question about it.
func label(text string) string {
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	for len(text) > 63 {
		runes := []rune(text)
		text = string(runes[:len(runes)-1])
	}
	text = strings.TrimRight(text, ". ") // zeroconf trims dots, and would leave half an escape
	wire := append([]byte{byte(len(text))}, text...)
	name, _, err := dns.UnpackDomainName(append(wire, 0), 0)
	if err != nil {
		return "Aarogya"
	}
	return strings.TrimSuffix(name, ".")
}

// textOf is what a program may know before it connects; nothing in it is secret, and
// nothing may be believed before the certificate was checked.
func textOf(version, id, fingerprint, clock string) []string {
	plain := func(s string) string { return strings.ReplaceAll(s, `\`, `\\`) } // of miekg/dns again
	return []string{"txtvers=1", "ver=" + plain(version), "id=" + plain(id), "fp=" + fingerprint, "path=/", "clock=" + plain(clock)}
}

var errName = errors.New("not a host name: letters a-z, digits and hyphens, at most 63, no hyphen at an end")

// checkName of a host, bare.
func checkName(name string) error {
	ok := len(name) > 0 && len(name) <= 63 && name[0] != '-' && name[len(name)-1] != '-'
	for _, c := range []byte(name) {
		ok = ok && (c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-')
	}
	if !ok {
		return fmt.Errorf("%q: %w", name, errName)
	}
	return nil
}
