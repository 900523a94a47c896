// Package lan is how a tablet finds the box and knows that it is the right one: its
// private addresses, its name on the network, and its own certificate authority. It knows
// interfaces, multicast DNS and X.509; of the clinic it knows the name it is given, and
// nothing of HTTP, cases or the database. It never speaks beyond the local network.
//
// addrs.go watches the addresses, ca.go signs for them, hostname.go answers for the name
// (answer.go words it), mdns.go announces the service. Start, below, ties them together.
package lan

import (
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// DefaultName is what the box is called if nobody nearby is called so: aarogya.local.
const DefaultName = "aarogya"

// Options for Start. What is called back is called from goroutines of lan, one call at a
// time for each function, and must not block or call Close.
type Options struct {
	Name   string // bare, as it was chosen once; "" = choose one
	BoxID  string // hex digits, four at least, the same for ever
	Clinic string // as the service is listed; the first digits of BoxID are added

	Port    int    // of HTTPS
	Version string // of the program
	Clock   string // state of the clock: unset, admin, tablets, ntp or rtc

	Certs  *Certifier // kept right for the name and the addresses; nil = there is none
	NoMDNS bool       // watch the addresses only; send nothing

	OnName     func(name string)            // the bare name that was chosen, to be stored for the next Start
	OnConflict func(other netip.Addr)       // another machine goes by our name; at most every ten minutes for each
	OnAddrs    func(interfaces []Interface) // at the start and whenever they change

	Log *slog.Logger // default: nothing is logged
}

// Presence is the box on its network, until Close.
type Presence struct {
	opt  Options
	stop context.CancelFunc
	done sync.WaitGroup

	responder *responder // nil with NoMDNS
	service   *service   // nil with NoMDNS

	mu      sync.Mutex
	name    string
	decided bool
	links   []Interface
	clock   string
	chosen  chan struct{} // closed when decided
}

// chooseWithin: nobody on the network can keep the clinic from starting by claiming every
// name.
const chooseWithin = 5 * time.Second

// Start makes the box findable, until ctx ends or Close. Choosing a name takes a second and
// Start waits for it, unless there is no network yet: then it is chosen when there is one.
// That nobody can be told about us (port 5353 is taken) is logged, not an error: tablets
// come by address as well.
func Start(ctx context.Context, opt Options) (*Presence, error) {
	p, err := prepare(opt)
	if err != nil {
		return nil, err
	}
	links, err := Interfaces()
	if err != nil {
		return nil, err
	}
	ctx, p.stop = context.WithCancel(ctx)
	if !opt.NoMDNS {
		p.speak(ctx)
	}
	p.moved(links)
	p.done.Go(func() { watch(ctx, Interfaces, links, p.moved) })
	if p.responder != nil && len(links) > 0 {
		select {
		case <-p.chosen:
		case <-ctx.Done():
		case <-time.After(chooseWithin):
		}
	}
	return p, nil
}

func prepare(opt Options) (*Presence, error) {
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	if len(opt.BoxID) < 4 {
		return nil, errors.New("the box's id has fewer than four digits")
	}
	p := &Presence{opt: opt, name: opt.Name, decided: opt.Name != "", clock: opt.Clock, chosen: make(chan struct{})}
	if p.decided {
		close(p.chosen)
	} else {
		p.name = DefaultName
	}
	for _, name := range candidates(p.name, opt.BoxID) {
		if err := checkName(name); err != nil {
			return nil, err
		}
	}
	if opt.Certs != nil {
		if err := opt.Certs.SetName(p.name); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// candidates are the names to try: aarogya, aarogya-7f3a, and ever more of the box's id.
func candidates(name, id string) []string {
	id = id[:min(len(id), 32)]
	list := []string{name}
	for n := 4; n < len(id); n += 4 {
		list = append(list, name+"-"+id[:n])
	}
	return append(list, name+"-"+id)
}

// speak opens the sockets and starts the responder and the service.
func (p *Presence) speak(ctx context.Context) {
	s, err := openSockets()
	if err != nil {
		p.opt.Log.Warn("the box has no name on this network; tablets find it by its address", "err", err)
		return
	}
	names := []string{p.name}
	if !p.decided {
		names = candidates(p.name, p.opt.BoxID)
	}
	r := newResponder(s, p.opt.Log, names, !p.decided)
	r.chosen, r.conflict = p.nameChosen, func(other netip.Addr) {
		if p.opt.OnConflict != nil {
			p.opt.OnConflict(other)
		}
	}
	p.responder = r
	p.service = newService(p.opt.Log, p.opt.Clinic+" "+p.opt.BoxID[:4], p.opt.Port)
	r.listing = p.service.listing()
	p.done.Go(func() { s.listen(ctx, false, r.packets) })
	p.done.Go(func() { s.listen(ctx, true, r.packets) })
	p.done.Go(func() { p.service.run(ctx) })
	p.done.Go(func() {
		r.run(ctx)
		s.close() // after goodbye, and so that listen returns
	})
}

func (p *Presence) moved(links []Interface) {
	p.opt.Log.Info("addresses of this box", "addresses", Addrs(links))
	if p.opt.Certs != nil {
		if err := p.opt.Certs.SetAddrs(Addrs(links)); err != nil {
			p.opt.Log.Error("the certificate does not cover the new addresses", "err", err)
		}
	}
	if p.responder != nil {
		p.responder.moved(links)
	}
	p.change(func() { p.links = links })
	if p.opt.OnAddrs != nil {
		p.opt.OnAddrs(slices.Clone(links))
	}
}

func (p *Presence) nameChosen(name string) {
	if p.opt.Certs != nil {
		if err := p.opt.Certs.SetName(name); err != nil {
			p.opt.Log.Error("the certificate does not cover the name", "err", err)
		}
	}
	if p.opt.OnName != nil {
		p.opt.OnName(name)
	}
	p.change(func() { p.name, p.decided = name, true })
	close(p.chosen)
}

// change what the service says.
func (p *Presence) change(what func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	what()
	if p.service == nil || !p.decided {
		return
	}
	fingerprint := ""
	if p.opt.Certs != nil {
		fingerprint = p.opt.Certs.CA().Fingerprint()
	}
	p.service.changed(facts{name: p.name, links: p.links, text: textOf(p.opt.Version, p.opt.BoxID, fingerprint, p.clock)})
}

// SetClock tells the network of another state of the clock.
func (p *Presence) SetClock(state string) {
	p.change(func() { p.clock = state })
}

// Name is the box's whole name: aarogya.local, unless that was taken. Until one is chosen
// it is the one hoped for.
func (p *Presence) Name() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return wholeName(p.name)
}

// Interfaces are the ways into the box, as they were a second ago.
func (p *Presence) Interfaces() []Interface {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.links)
}

// Close says goodbye and returns when it is said: at once, or within two seconds of Start.
func (p *Presence) Close() {
	p.stop()
	p.done.Wait()
}
