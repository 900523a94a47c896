package app

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"syscall"
	"time"
)

// Config is what `aarogya serve` is told.
type Config struct {
	Data   string // data directory
	HTTP   string // address in the clear: the portals for this computer, the guide for tablets
	HTTPS  string // address for tablets; "" = none, and HTTP must be loopback
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

// commitTime is set by the build: of its commit, in Unix seconds.
var commitTime string

// built is before this program was: no earlier time can be, whatever a clock without a
// battery says.
var built = buildTime(commitTime)

func buildTime(commit string) time.Time {
	least := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	if seconds, err := strconv.ParseInt(commit, 10, 64); err == nil && seconds > least.Unix() {
		return time.Unix(seconds, 0).UTC()
	}
	return least
}

var (
	// errInTheClear: passwords must not travel a network in the clear.
	errInTheClear = errors.New("without --https only this computer's own addresses are served")
	// errHalf: the portals for this computer, and with them its watchdog, would have no address.
	errHalf = errors.New("every address is served in the clear, as with :80, or one that only this computer reaches, as with 127.0.0.1:80")
	errDemo = errors.New("the demo, whose passwords everybody knows, is served to this computer's own addresses only")
)

// fillAddresses sets what the command line did not: the usual ports, and for the demo
// this computer alone.
func (c *Config) fillAddresses(given func(flag string) bool) {
	usual := Config{HTTP: ":80", HTTPS: ":443"}
	if c.Demo {
		usual = Config{HTTP: "127.0.0.1:8080"}
	}
	if !given("http") {
		c.HTTP = usual.HTTP
	}
	if !given("https") {
		c.HTTPS = usual.HTTPS
	}
}

// checkAddresses refuses to serve the demo to any network, and to guide tablets to where
// nobody listens.
func (c Config) checkAddresses() error {
	switch {
	case c.Demo && !isOwn(c.HTTP):
		return fmt.Errorf("--http %s: %w", c.HTTP, errDemo)
	case c.Demo && c.HTTPS != "" && !isOwn(c.HTTPS):
		return fmt.Errorf("--https %s: %w", c.HTTPS, errDemo)
	case c.HTTPS == "" && !isOwn(c.HTTP):
		return fmt.Errorf("--http %s: %w", c.HTTP, errInTheClear)
	case !isOwn(c.HTTP) && !isEvery(c.HTTP):
		return fmt.Errorf("--http %s: %w", c.HTTP, errHalf)
	}
	return nil
}

// isEvery reports whether an address to listen on is all of this computer's.
func isEvery(address string) bool {
	host, _, err := net.SplitHostPort(address)
	ip := net.ParseIP(host)
	return err == nil && (host == "" || ip != nil && ip.IsUnspecified())
}

// isOwn reports whether an address to listen on is reached from this computer alone:
// 127.0.0.0/8, ::1 and localhost.
func isOwn(address string) bool {
	host, _, err := net.SplitHostPort(address)
	ip := net.ParseIP(host)
	return err == nil && (host == "localhost" || ip != nil && ip.IsLoopback())
}

// allowedHosts are the Host headers that name this box on the address it listens on.
// Any other name is a web page's trick to reach it (DNS rebinding).
func allowedHosts(bound net.Addr) map[string]bool {
	host, port, _ := net.SplitHostPort(bound.String())
	hosts := map[string]bool{}
	for _, name := range []string{host, "localhost", "127.0.0.1", "::1"} {
		addHost(hosts, name, port)
	}
	return hosts
}

// addressError says what to do about an address that cannot be listened on.
func addressError(flag string, err error) error {
	switch {
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("%s: %w\nhint: ports below 1024 need the right to them: install the box as a service (scripts/install.sh), or try --http :8080 --https :8443", flag, err)
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("%s: %w\nhint: another program has this port; stop it, or choose another port with %s", flag, err, flag)
	}
	return fmt.Errorf("%s: %w", flag, err)
}
