package app

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"time"
)

// Config is what `aarogya serve` is told.
type Config struct {
	Data   string // data directory
	HTTP   string // address for this computer alone: loopback, in the clear
	HTTPS  string // address for tablets; "" = none
	NoMDNS bool   // tablets find the box by its address only
	Demo   bool   // the demo clinic, with its accounts and cases
	Log    string // text or json

	MaxSockets int  // open at a time; 0 = DefaultSockets
	Debug      bool // profiles under /debug/pprof, for the box itself only
	Now        func() time.Time
}

// DefaultSockets is far more than a clinic has screens; each costs 10 to 30 KB.
const DefaultSockets = 2000

// Version is set by the build.
var Version = "dev"

// built is before this program was: no certificate is made as of an earlier time, whatever
// a clock without a battery says.
var built = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

// errNotLoopback: passwords must not travel a network in the clear.
var errNotLoopback = errors.New("only this computer's own addresses are served in the clear; tablets come by --https")

// checkAddresses refuses to serve a network in the clear, and the demo to any network.
func (c Config) checkAddresses() error {
	if err := checkLoopback("--http", c.HTTP); err != nil {
		return err
	}
	if c.Demo && c.HTTPS != "" {
		return checkLoopback("--https", c.HTTPS)
	}
	return nil
}

// checkLoopback refuses every address but 127.0.0.0/8, ::1 and localhost.
func checkLoopback(flag, address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("%s %s: %w", flag, address, err)
	}
	if ip := net.ParseIP(host); host == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	return fmt.Errorf("%s %s: %w", flag, address, errNotLoopback)
}

// allowedHosts are the Host headers that name this box on the address it listens on.
// Any other name is a web page's trick to reach it (DNS rebinding).
func allowedHosts(bound net.Addr) map[string]bool {
	host, port, _ := net.SplitHostPort(bound.String())
	hosts := map[string]bool{}
	for _, name := range []string{host, "localhost", "127.0.0.1", "::1"} {
		hosts[strings.ToLower(net.JoinHostPort(name, port))] = true
	}
	return hosts
}
