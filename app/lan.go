package app

import (
	"context"
	"crypto/tls"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"aarogya/app/lan"

	"github.com/gin-gonic/gin"
)

// Settings that last as long as the clinic.
const (
	settingCA   = "ca"   // fingerprint of the authority tablets trust
	settingName = "name" // of the box on the network, chosen once
)

// errForeignCA: tablets trust another authority than the one that lies in the directory.
var errForeignCA = errors.New("ca.pem is not the certificate authority this clinic's tablets trust; put the right one back")

// openCA is the clinic's certificate authority, made when HTTPS is first asked for. Once
// tablets may trust one, a missing or damaged file is for people to mend: a new one in
// silence would lock every tablet out.
func (s *Server) openCA(ctx context.Context) (*lan.CA, error) {
	known, err := s.db.Setting(ctx, settingCA)
	if err != nil {
		return nil, err
	}
	ca, err := lan.LoadCA(s.config.Data)
	switch {
	case errors.Is(err, lan.ErrNoCA) && known == "":
		clinic, err := s.db.Setting(ctx, "clinic")
		if err != nil {
			return nil, err
		}
		if ca, err = lan.CreateCA(s.config.Data, clinic); err != nil {
			return nil, err
		}
	case err != nil:
		return nil, err
	case known != "" && known != ca.Fingerprint():
		return nil, errForeignCA
	}
	if known == "" {
		return ca, s.db.SetSetting(ctx, settingCA, ca.Fingerprint())
	}
	return ca, nil
}

// front is the box as tablets meet it.
type front struct {
	listener net.Listener // TLS
	presence *lan.Presence
	ca       *lan.CA
}

// listenHTTPS opens the address tablets use, with a certificate for the box's name and
// every address it has, and makes the box findable.
func (s *Server) listenHTTPS(ctx context.Context) (*front, error) {
	ca, err := s.openCA(ctx)
	if err != nil {
		return nil, err
	}
	name, err := s.db.Setting(ctx, settingName)
	if err != nil {
		return nil, err
	}
	certs, err := lan.NewCertifier(ca, orDefault(name, lan.DefaultName), s.clock.Now, func() time.Time { return built })
	if err != nil {
		return nil, err
	}
	plain, err := net.Listen("tcp", s.config.HTTPS)
	if err != nil {
		return nil, addressError("--https", err)
	}
	n := &front{ca: ca, listener: tls.NewListener(newFairListener(plain), &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: certs.GetCertificate, NextProtos: []string{"http/1.1"}})}
	box, err := s.db.Setting(ctx, "box")
	if err == nil {
		port := plain.Addr().(*net.TCPAddr).Port
		var mu sync.Mutex
		addrs, called := []netip.Addr{}, orDefault(name, lan.DefaultName)
		allow := func() {
			s.allowHosts(port, called, addrs)
			guide := hostsOf(s.guidePort, called, addrs)
			s.guideHosts.Store(&guide)
		}
		allow()
		clinic, _ := s.db.Setting(ctx, "clinic") // only a name to be listed by
		n.presence, err = lan.Start(ctx, lan.Options{
			Name: name, BoxID: lastHex(box), Clinic: clinic, Port: port, Version: Version, Clock: clockUnset, Certs: certs, NoMDNS: s.config.NoMDNS, Log: s.log,
			OnName: func(chosen string) {
				mu.Lock()
				defer mu.Unlock()
				called = chosen
				allow()
				go s.storeName(chosen) // lan is not to wait for the disk
			},
			OnConflict: func(other netip.Addr) {
				s.conflicts.note(other)
				s.log.Error("another machine goes by this box's name; tablets may reach the wrong one", "other", other)
			},
			OnAddrs: func(list []lan.Interface) {
				mu.Lock()
				defer mu.Unlock()
				addrs = lan.Addrs(list)
				allow()
			},
		})
	}
	if err != nil {
		n.listener.Close()
		return nil, err
	}
	s.clock.tellState(n.presence.SetClock)
	return n, nil
}

func (s *Server) storeName(name string) {
	if err := s.db.SetSetting(context.Background(), settingName, name); err != nil {
		s.log.Error("the box's name is not stored; it may be another one after the next start", "name", name, "err", err)
	}
}

// address is where tablets go.
func (n *front) address() string { return n.addressBy(n.presence.Name()) }

// addressBy a name, or an address that is in brackets if it has colons.
func (n *front) addressBy(host string) string {
	if port := n.listener.Addr().(*net.TCPAddr).Port; port != 443 {
		host += ":" + strconv.Itoa(port)
	}
	return "https://" + host
}

func orDefault(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// lastHex are the random digits of a UUIDv7; the first ones are its time.
func lastHex(uuid string) string {
	hex := strings.ReplaceAll(uuid, "-", "")
	return hex[max(0, len(hex)-12):]
}

// allowHosts replaces the Host headers that name this box over HTTPS; those of the
// loopback address stay.
func (s *Server) allowHosts(port int, name string, addrs []netip.Addr) {
	hosts := hostsOf(port, name, addrs)
	for host := range s.loopbackHosts {
		hosts[host] = true
	}
	s.hosts.Store(&hosts)
}

// hostsOf are the Host headers that name this box on a port.
func hostsOf(port int, name string, addrs []netip.Addr) map[string]bool {
	names := []string{name + ".local", "localhost", "127.0.0.1"}
	for _, a := range addrs {
		names = append(names, a.String())
	}
	hosts := map[string]bool{}
	for _, n := range names {
		addHost(hosts, n, strconv.Itoa(port))
	}
	return hosts
}

// addHost adds a name with its port, and without where browsers leave it out. On port 80
// they do so for http, on 443 for https; the other way round nobody listens.
func addHost(hosts map[string]bool, name, port string) {
	host := strings.ToLower(net.JoinHostPort(name, port))
	hosts[host] = true
	if port == "443" || port == "80" {
		hosts[strings.TrimSuffix(host, ":"+port)] = true
	}
}

// trust serves GET /trust, to any page: a tablet's page that can load it trusts the box.
func (s *Server) trust(c *gin.Context) {
	c.Header("Cross-Origin-Resource-Policy", "cross-origin")
	c.Header("Cache-Control", "no-store")
	c.Status(http.StatusNoContent)
}

// caOf reads the public half of a clinic's authority, for tablets, with its fingerprint.
func caOf(dir string) (certificate []byte, fingerprint string, err error) {
	ca, err := lan.LoadCA(dir)
	if err != nil {
		return nil, "", fmt.Errorf("%w\nhint: serve with --https once", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca.DER()}), ca.FingerprintGroups(), nil
}
