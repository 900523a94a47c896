package lan

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestLeadsToTablets(t *testing.T) {
	t.Parallel()
	const good = net.FlagUp | net.FlagRunning | net.FlagMulticast | net.FlagBroadcast
	tests := []struct {
		name  string
		flags net.Flags
		want  bool
	}{
		{"eth0", good, true},
		{"wlan0", good, true},
		{"enp3s0", good, true},
		{"br0", good, true}, // a bridge someone made for the clinic's own network
		{"Wi-Fi 2", good, true},
		{"eth0", good &^ net.FlagUp, false},
		{"eth0", good &^ net.FlagRunning, false}, // no cable
		{"eth0", good &^ net.FlagMulticast, false},
		{"lo", good | net.FlagLoopback, false},
		{"ppp0", good | net.FlagPointToPoint, false},
		{"docker0", good, false},
		{"docker_gwbridge", good, false},
		{"br-12ab34cd56ef", good, false},
		{"veth12ab", good, false},
		{"virbr0", good, false},
		{"tun0", good, false},
		{"wg0", good, false},
		{"tailscale0", good, false},
	}
	for _, tt := range tests {
		if got := leadsToTablets(tt.name, tt.flags); got != tt.want {
			t.Errorf("%s with %v: %v, want %v", tt.name, tt.flags, got, tt.want)
		}
	}
}

func TestShown(t *testing.T) {
	t.Parallel()
	tests := []struct {
		addr string
		want bool
	}{
		{"10.1.2.3", true}, {"172.16.0.1", true}, {"172.31.255.254", true}, {"192.168.4.1", true},
		{"169.254.7.8", true}, {"fd12:3456::1", true}, {"::ffff:192.168.4.1", true},
		{"172.32.0.1", false}, {"100.64.0.1", false}, {"8.8.8.8", false}, {"2001:db8::1", false},
		{"127.0.0.1", false}, {"::1", false}, {"fe80::1", false}, {"0.0.0.0", false}, {"224.0.0.251", false},
	}
	for _, tt := range tests {
		if got := shown(netip.MustParseAddr(tt.addr)); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.addr, got, tt.want)
		}
	}
	_, network, _ := net.ParseCIDR("192.168.4.0/24")
	network.IP = net.ParseIP("192.168.4.7") // 16 bytes long, as the net package gives it
	_, ula, _ := net.ParseCIDR("fd00::5/64")
	got, all := sorted([]net.Addr{ula, &net.IPAddr{IP: network.IP}, network, &net.IPNet{IP: net.ParseIP("1.1.1.1"), Mask: network.Mask}})
	if want := prefixes("192.168.4.7/24", "fd00::/64"); !slices.Equal(got, want) || len(all) != 3 {
		t.Errorf("got %v of %v, want %v", got, all, want)
	}
}

func prefixes(list ...string) (all []netip.Prefix) {
	for _, p := range list {
		all = append(all, netip.MustParsePrefix(p))
	}
	return all
}

func one(index int, name string, addrs ...string) Interface {
	return Interface{Name: name, Index: index, MAC: "02:00:00:00:00:0" + string(rune('0'+index)), Addrs: prefixes(addrs...)}
}

// A change is told once, when it has lasted; a lease that is renewed is none, nor is an
// error of the system.
func TestWatch(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, b := []Interface{one(2, "eth0", "10.0.0.1/24")}, []Interface{one(2, "eth0", "10.0.0.2/24")}
		var mu sync.Mutex
		now, fails := a, false
		become := func(l []Interface, failing bool) {
			mu.Lock()
			defer mu.Unlock()
			now, fails = l, failing
		}
		var told [][]Interface
		ctx, cancel := context.WithCancel(t.Context())
		list := func() ([]Interface, error) {
			mu.Lock()
			defer mu.Unlock()
			if fails {
				return nil, errors.New("no such thing")
			}
			return now, nil
		}
		go watch(ctx, list, a, func(l []Interface) { told = append(told, l) })
		wait := func(d time.Duration, want ...[]Interface) {
			t.Helper()
			time.Sleep(d)
			synctest.Wait()
			if !slices.EqualFunc(told, want, equal) {
				t.Fatalf("told %v, want %v", told, want)
			}
			told = nil
		}
		wait(10 * time.Second)
		become(b, false)
		wait(pollEvery+pollAgain, b)
		wait(10 * time.Second)
		become(nil, false) // gone for less than it takes to be believed
		wait(pollEvery + time.Millisecond)
		become(b, false)
		wait(10 * time.Second)
		become(b, true)
		wait(10 * time.Second)
		become(nil, false)
		wait(pollEvery+pollAgain, nil)
		two := append(slices.Clone(a), one(3, "wlan0", "10.42.0.1/24"))
		become(two, false)
		wait(2*pollEvery, two)
		cancel()
		synctest.Wait()
		become(a, false)
		wait(10 * time.Second)
	})
}

func TestAddrs(t *testing.T) {
	t.Parallel()
	got := Addrs([]Interface{one(2, "eth0", "fd00::1/64", "10.0.0.1/24"), one(3, "wlan0", "10.0.0.1/8", "10.0.0.0/8")})
	want := []netip.Addr{netip.MustParseAddr("10.0.0.0"), netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("fd00::1")}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// The real list of the machine the test runs on holds nothing but what the rules let in.
func TestInterfaces(t *testing.T) {
	t.Parallel()
	list, err := Interfaces()
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range list {
		if len(i.Addrs) == 0 || slices.ContainsFunc(i.Addrs, func(p netip.Prefix) bool { return !shown(p.Addr()) }) {
			t.Errorf("%+v", i)
		}
	}
}

func BenchmarkInterfaces(b *testing.B) {
	for b.Loop() {
		if _, err := Interfaces(); err != nil {
			b.Fatal(err)
		}
	}
}
