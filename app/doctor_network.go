package app

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"aarogya/app/lan"
	"aarogya/db"
)

// What doctor looks at on the way from a tablet to the box: certificate, name, addresses,
// firewall.

// authority: is the certificate authority that the tablets trust in its place?
func (x *exam) authority(ctx context.Context) (outcome, error) {
	if x.db == nil {
		return doesNotApply()
	}
	known, err := x.db.Setting(ctx, settingCA)
	if err != nil {
		return outcome{}, err
	}
	path := filepath.Join(x.dir, lan.CAFile)
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && known == "":
		return doesNotApply() // tablets were never served
	case errors.Is(err, fs.ErrNotExist):
		return found("missing", "file", path)
	case err != nil:
		return outcome{}, err
	case runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0:
		return found("readable", "file", path)
	}
	ca, err := lan.LoadCA(x.dir)
	switch {
	case errors.Is(err, lan.ErrCADamaged):
		return found("damaged", "file", path)
	case err != nil:
		return outcome{}, err
	case known != "" && known != ca.Fingerprint():
		return found("foreign", "file", path)
	}
	return found("there", "fingerprint", ca.FingerprintGroups())
}

// daysToRenew: the box makes a new certificate 60 days before the end; later, something
// keeps it from that.
const daysToRenew = 30

// certificate as a tablet gets it: by a handshake with the box's own address.
func (x *exam) certificate(ctx context.Context) (outcome, error) {
	if x.front == nil {
		return doesNotApply()
	}
	to := x.front.listener.Addr().(*net.TCPAddr)
	if to.IP.IsUnspecified() {
		to = &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: to.Port}
	}
	name := x.front.presence.Name()
	// Judged below, fault by fault, instead of by the handshake.
	dialer := tls.Dialer{NetDialer: &net.Dialer{Timeout: 3 * time.Second}, Config: &tls.Config{ServerName: name, InsecureSkipVerify: true}}
	conn, err := dialer.DialContext(ctx, "tcp", to.String())
	if err != nil {
		return found("none", "error", err)
	}
	defer conn.Close()
	leaf := conn.(*tls.Conn).ConnectionState().PeerCertificates[0]
	root, err := x509.ParseCertificate(x.front.ca.DER())
	if err != nil {
		return outcome{}, err
	}
	roots := x509.NewCertPool()
	roots.AddCert(root)
	_, err = leaf.Verify(x509.VerifyOptions{Roots: roots, CurrentTime: x.now})
	var missing []string
	for _, host := range append([]string{name}, texts(lan.Addrs(x.links))...) {
		if leaf.VerifyHostname(host) != nil {
			missing = append(missing, host)
		}
	}
	days := int(leaf.NotAfter.Sub(x.now).Hours() / 24)
	switch {
	case x.now.Before(leaf.NotBefore) || x.now.After(leaf.NotAfter):
		return found("not_now", "from", localTime(leaf.NotBefore), "until", localTime(leaf.NotAfter), "time", localTime(x.now))
	case err != nil:
		return found("untrusted")
	case len(missing) > 0:
		return found("misses", "names", strings.Join(missing, ", "))
	case days < daysToRenew:
		return found("ends_soon", "days", days)
	}
	return found("good", "days", days, "names", strings.Join(append([]string{name}, texts(lan.Addrs(x.links))...), ", "))
}

func texts(addrs []netip.Addr) []string {
	list := make([]string, len(addrs))
	for i, a := range addrs {
		list[i] = a.String()
	}
	return list
}

// askAround asks every interface who has the box's name.
func (x *exam) askAround(ctx context.Context) (map[string][]lan.Answer, error) {
	heard := map[string][]lan.Answer{}
	var mu sync.Mutex
	var errs error
	var wait sync.WaitGroup
	for _, link := range x.links {
		wait.Go(func() {
			answers, err := lan.Ask(ctx, link, x.front.presence.Name())
			mu.Lock()
			defer mu.Unlock()
			heard[link.Name], errs = answers, errors.Join(errs, err)
		})
	}
	wait.Wait()
	return heard, errs
}

// name: does the network know where the box is?
func (x *exam) name(context.Context) (outcome, error) {
	if x.front == nil || !x.onNetwork() {
		return doesNotApply()
	}
	name := x.front.presence.Name()
	if x.server.config.NoMDNS {
		return found("switched_off", "name", name, "addresses", strings.Join(texts(lan.Addrs(x.links)), ", "))
	}
	if len(x.links) == 0 {
		return found("no_network")
	}
	heard, err := x.heard()
	if err != nil {
		return outcome{}, err
	}
	var silent, given []string
	for _, link := range x.links {
		ours := slices.DeleteFunc(slices.Clone(heard[link.Name]), func(a lan.Answer) bool { return !isOurs(a.From) })
		if len(ours) == 0 {
			silent = append(silent, link.Name)
		}
		for _, a := range ours {
			given = append(given, texts(a.Addrs)...)
		}
	}
	if len(silent) > 0 {
		return found("silent", "name", name, "interfaces", strings.Join(silent, ", "))
	}
	slices.Sort(given)
	return found("answers", "name", name, "addresses", strings.Join(slices.Compact(given), ", "))
}

// isOurs says whether this computer has an address now.
func isOurs(a netip.Addr) bool {
	own, err := net.InterfaceAddrs()
	return err == nil && slices.ContainsFunc(own, func(n net.Addr) bool {
		network, ok := n.(*net.IPNet)
		if !ok {
			return false
		}
		ip, ok := netip.AddrFromSlice(network.IP)
		return ok && ip.Unmap() == a.Unmap()
	})
}

// conflicts remembers who else went by the box's name.
type conflicts struct {
	mu    sync.Mutex
	other netip.Addr
	at    time.Time // zero: nobody
}

func (c *conflicts) note(other netip.Addr) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.other, c.at = other, time.Now()
}

// conflictLasts: one that goes on is told again every ten minutes.
const conflictLasts = 15 * time.Minute

func (c *conflicts) recent() (netip.Addr, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.other, !c.at.IsZero() && time.Since(c.at) < conflictLasts
}

// otherBox: who else answers for our name, now or a while ago?
func (x *exam) otherBox(context.Context) (outcome, error) {
	if x.front == nil || !x.onNetwork() || x.server.config.NoMDNS || len(x.links) == 0 {
		return doesNotApply()
	}
	name := x.front.presence.Name()
	heard, err := x.heard()
	for _, answers := range heard {
		for _, a := range answers {
			if !isOurs(a.From) {
				return found("seen", "name", name, "address", a.From)
			}
		}
	}
	if other, ok := x.server.conflicts.recent(); ok && !isOurs(other) {
		return found("seen", "name", name, "address", other)
	}
	if err != nil {
		return outcome{}, err
	}
	return found("nobody", "name", name)
}

// reach: can the box be connected to on each address it gives out?
func (x *exam) reach(ctx context.Context) (outcome, error) {
	if !x.onNetwork() || len(x.links) == 0 {
		return doesNotApply()
	}
	ports := []string{strconv.Itoa(x.front.listener.Addr().(*net.TCPAddr).Port)}
	if _, port, err := net.SplitHostPort(x.server.config.HTTP); err == nil && !isOwn(x.server.config.HTTP) {
		ports = append(ports, port)
	}
	var closed, open []string
	for _, a := range lan.Addrs(x.links) {
		for _, port := range ports {
			to := net.JoinHostPort(a.String(), port)
			conn, err := (&net.Dialer{Timeout: 2 * time.Second}).DialContext(ctx, "tcp", to)
			if err != nil {
				closed = append(closed, to)
				continue
			}
			conn.Close()
			open = append(open, to)
		}
	}
	if len(closed) > 0 {
		return found("closed", "addresses", strings.Join(closed, ", "))
	}
	return found("open", "addresses", strings.Join(open, ", "))
}

// firewall: a packet this computer sends to itself passes no firewall, so the rules are
// read; only root may.
func (x *exam) firewall(ctx context.Context) (outcome, error) {
	if !x.onNetwork() {
		return doesNotApply()
	}
	return firewallOn(ctx, strconv.Itoa(x.front.listener.Addr().(*net.TCPAddr).Port), x.dir)
}

// portsTaken: when no box runs, who else has its ports?
func (x *exam) portsTaken(context.Context) (outcome, error) {
	if x.server != nil || errors.Is(x.dbErr, db.ErrInUse) {
		return doesNotApply()
	}
	var taken, free []string
	for _, port := range x.ports {
		who, ok := listener(port)
		switch {
		case !ok:
			free = append(free, strconv.Itoa(port))
		case who == "":
			taken = append(taken, strconv.Itoa(port))
		default:
			taken = append(taken, fmt.Sprintf("%d (%s)", port, who))
		}
	}
	if len(taken) > 0 {
		return found("taken", "ports", strings.Join(taken, ", "))
	}
	return found("free", "ports", strings.Join(free, ", "))
}
