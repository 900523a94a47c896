package lan

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// Interface is one way into the box: a network interface that is up and has an address a
// tablet may be shown.
type Interface struct {
	Name  string
	Index int
	MAC   string         // for the page that explains a fixed lease; "" if there is none
	Addrs []netip.Prefix // as private as permitted says, IPv4 first; each with its network's length

	all []netip.Addr // also those nobody is shown: who sends from them is this box
}

// permitted are the networks the box may have an address in. The CA may sign for these and
// no others, so an address outside could not be trusted by a tablet anyway.
var permitted = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"),
	netip.MustParsePrefix("172.16.0.0/12"),
	netip.MustParsePrefix("192.168.0.0/16"),
	netip.MustParsePrefix("169.254.0.0/16"),
	netip.MustParsePrefix("127.0.0.0/8"),
	netip.MustParsePrefix("fc00::/7"),
	netip.MustParsePrefix("fe80::/10"),
}

// virtual are the beginnings of names of interfaces that lead to no tablet: containers,
// virtual machines, tunnels.
var virtual = []string{"docker", "br-", "veth", "virbr", "tun", "wg", "tailscale"}

// leadsToTablets tells the interfaces worth listening on. A cable that is not plugged in is
// up but not running; at the other end of a point-to-point link is a carrier, not a tablet.
func leadsToTablets(name string, flags net.Flags) bool {
	const need = net.FlagUp | net.FlagRunning | net.FlagMulticast
	if flags&need != need || flags&(net.FlagLoopback|net.FlagPointToPoint) != 0 {
		return false
	}
	return !slices.ContainsFunc(virtual, func(v string) bool { return strings.HasPrefix(name, v) })
}

// shown says whether people and other machines are told of an address. IPv6 link-local ones
// are not: they mean something only with an interface of the asker's own, browsers cannot
// open them, and an answer with one makes some resolvers try it first.
func shown(a netip.Addr) bool {
	a = a.Unmap()
	if a.IsLoopback() || a.Is6() && a.IsLinkLocalUnicast() {
		return false
	}
	return slices.ContainsFunc(permitted, func(p netip.Prefix) bool { return p.Contains(a) })
}

// Interfaces lists the ways into the box as they are now, in a stable order.
func Interfaces() ([]Interface, error) {
	all, err := net.Interfaces()
	if err != nil {
		return nil, err
	}
	var list []Interface
	for _, i := range all {
		if !leadsToTablets(i.Name, i.Flags) {
			continue
		}
		addrs, err := i.Addrs()
		if err != nil {
			continue // it went away between the two questions
		}
		one := Interface{Name: i.Name, Index: i.Index, MAC: i.HardwareAddr.String()}
		one.Addrs, one.all = sorted(addrs)
		if len(one.Addrs) > 0 {
			list = append(list, one)
		}
	}
	slices.SortFunc(list, func(a, b Interface) int { return a.Index - b.Index })
	return list, nil
}

// sorted tells the addresses that are shown from all there are.
func sorted(addrs []net.Addr) (show []netip.Prefix, all []netip.Addr) {
	for _, a := range addrs {
		network, ok := a.(*net.IPNet)
		if !ok {
			continue
		}
		ip, ok := netip.AddrFromSlice(network.IP)
		if !ok {
			continue
		}
		all = append(all, ip.Unmap())
		if bits, _ := network.Mask.Size(); shown(ip) {
			show = append(show, netip.PrefixFrom(ip.Unmap(), bits))
		}
	}
	slices.SortFunc(show, netip.Prefix.Compare) // IPv4 sorts before IPv6
	slices.SortFunc(all, netip.Addr.Compare)
	return show, all
}

// Addrs are all addresses of a list of interfaces, each once.
func Addrs(list []Interface) []netip.Addr {
	var all []netip.Addr
	for _, i := range list {
		for _, p := range i.Addrs {
			all = append(all, p.Addr())
		}
	}
	slices.SortFunc(all, netip.Addr.Compare)
	return slices.Compact(all)
}

func (i Interface) equal(other Interface) bool {
	return i.Name == other.Name && i.Index == other.Index && i.MAC == other.MAC &&
		slices.Equal(i.Addrs, other.Addrs) && slices.Equal(i.all, other.all)
}

func equal(a, b []Interface) bool { return slices.EqualFunc(a, b, Interface.equal) }

// How often the addresses are read, and how long a change must last to be one: a renewed
// lease takes the address away and puts it back within milliseconds.
const (
	pollEvery = time.Second
	pollAgain = 250 * time.Millisecond
)

// watch tells changed about every list that differs from the one before, from was on, until
// ctx ends. Polling is deliberate: it is the same on every system, and takes 0.2 ms of a PC.
func watch(ctx context.Context, list func() ([]Interface, error), was []Interface, changed func([]Interface)) {
	var candidate []Interface
	pending := false
	wait := time.NewTimer(pollEvery)
	defer wait.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-wait.C:
		}
		next := pollEvery
		switch now, err := list(); {
		case err != nil: // asked again soon; what was true is the best we know
		case equal(now, was):
			pending = false
		case pending && equal(now, candidate):
			was, pending = now, false
			changed(now)
		default:
			candidate, pending, next = now, true, pollAgain
		}
		wait.Reset(next)
	}
}
