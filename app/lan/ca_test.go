package lan

import (
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"
)

var today = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func at(t time.Time) func() time.Time { return func() time.Time { return t } }

func testCA(t testing.TB) *CA {
	t.Helper()
	ca, _, err := newCA("PHC Rampur")
	if err != nil {
		t.Fatal(err)
	}
	return ca
}

func (c *CA) pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(c.cert)
	return pool
}

func addrs(list ...string) (all []netip.Addr) {
	for _, a := range list {
		all = append(all, netip.MustParseAddr(a))
	}
	return all
}

// What the critical constraints are for: whoever steals the box gets a CA that tablets
// trust, and can be nothing with it but a private name or address.
func TestConstraints(t *testing.T) {
	t.Parallel()
	ca := testCA(t)
	tests := []struct {
		name  string
		addrs []string
		ask   string // "" = name
		ok    bool
	}{
		{"aarogya.local", nil, "", true},
		{"aarogya.home.arpa", nil, "", true},
		{"aarogya.local", []string{"192.168.4.1", "fd00::1"}, "192.168.4.1", true},
		{"aarogya.local", []string{"192.168.4.1", "fd00::1"}, "fd00::1", true},
		{"aarogya.local", nil, "127.0.0.1", true},
		{"aarogya.local", []string{"169.254.9.9", "10.255.0.1", "172.31.0.1"}, "172.31.0.1", true},
		{"aarogya.local", []string{"192.168.4.1"}, "192.168.4.2", false}, // not in the leaf

		{"bank.example", nil, "", false},
		{"www.google.com", nil, "", false},
		{"local.example", nil, "", false},
		{"aarogya-local", nil, "", false},
		{"arpa", nil, "", false},
		// One bad name spoils the certificate for the good one too.
		{"aarogya.local", []string{"8.8.8.8"}, "aarogya.local", false},
		{"aarogya.local", []string{"172.32.0.1"}, "aarogya.local", false},
		{"aarogya.local", []string{"2001:db8::1"}, "aarogya.local", false},
		{"aarogya.local", []string{"::1"}, "aarogya.local", false},
		{"localhost", nil, "", false},
	}
	for _, tt := range tests {
		leaf, err := ca.issue(tt.name, addrs(tt.addrs...), today.Add(-day), today.Add(day))
		if err != nil {
			t.Fatal(err)
		}
		ask := tt.ask
		if ask == "" {
			ask = tt.name
		}
		_, err = leaf.Leaf.Verify(x509.VerifyOptions{Roots: ca.pool(), DNSName: ask, CurrentTime: today})
		if (err == nil) != tt.ok {
			t.Errorf("%s %v asked as %s: %v, want ok=%v", tt.name, tt.addrs, ask, err, tt.ok)
		}
	}

	// It signs no second authority: one of those would have no constraints of its own.
	other := testCA(t)
	sub := *other.cert
	sub.PermittedDNSDomains, sub.PermittedIPRanges = nil, nil
	der, err := x509.CreateCertificate(nil, &sub, ca.cert, other.key.Public(), ca.key)
	if err != nil {
		t.Fatal(err)
	}
	middle, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := (&CA{cert: middle, key: other.key}).issue("aarogya.local", nil, today.Add(-day), today.Add(day))
	if err != nil {
		t.Fatal(err)
	}
	between := x509.NewCertPool()
	between.AddCert(middle)
	if _, err := leaf.Leaf.Verify(x509.VerifyOptions{Roots: ca.pool(), Intermediates: between, CurrentTime: today}); err == nil {
		t.Error("a second authority was trusted")
	}
}

func TestCAShape(t *testing.T) {
	t.Parallel()
	c := testCA(t).cert
	if !c.NotBefore.Equal(caFrom) || c.NotAfter.UTC().Format(time.DateOnly) != "2049-12-31" {
		t.Errorf("valid %v to %v", c.NotBefore, c.NotAfter)
	}
	if !c.IsCA || c.MaxPathLen != 0 || !c.MaxPathLenZero || !c.PermittedDNSDomainsCritical {
		t.Error("not an authority limited to servers")
	}
	var networks []string
	for _, n := range c.PermittedIPRanges {
		networks = append(networks, n.String())
	}
	got := strings.Join(append(networks, c.PermittedDNSDomains...), " ")
	want := "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 169.254.0.0/16 127.0.0.0/8 fc00::/7 fe80::/10 local home.arpa"
	if got != want {
		t.Errorf("constraints %s, want %s", got, want)
	}
}

func TestCAName(t *testing.T) {
	t.Parallel()
	tests := []struct{ clinic, want string }{
		{"PHC Rampur", "Aarogya PHC Rampur 7f3a"},
		{"", "Aarogya 7f3a"},
		{"  two\n lines\x00 ", "Aarogya two lines 7f3a"},
		{"प्राथमिक स्वास्थ्य केंद्र", "Aarogya प्राथमिक स्वास्थ्य केंद्र 7f3a"},
		{"क्\u200dष", "Aarogya क्\u200dष 7f3a"}, // with a joiner inside
		{"bad \xff bytes", "Aarogya bad \ufffd bytes 7f3a"},
		{strings.Repeat("ल", 100), "Aarogya " + strings.Repeat("ल", 48) + " 7f3a"},
	}
	for _, tt := range tests {
		got := caName(tt.clinic, []byte{0x7f, 0x3a})
		if got != tt.want || utf8.RuneCountInString(got) > 64 {
			t.Errorf("%q: %q, want %q", tt.clinic, got, tt.want)
		}
		if _, _, err := newCA(tt.clinic); err != nil {
			t.Errorf("%q: %v", tt.clinic, err)
		}
	}
}

func TestCreateAndLoad(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := LoadCA(dir); !errors.Is(err, ErrNoCA) {
		t.Fatalf("load before create: %v", err)
	}
	// What a power cut left of an earlier try is no authority yet.
	if err := os.WriteFile(filepath.Join(dir, CAFile+".new"), []byte("-----BEGIN"), 0o644); err != nil {
		t.Fatal(err)
	}
	made, err := CreateCA(dir, "PHC Rampur")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := CreateCA(dir, "PHC Rampur"); !errors.Is(err, ErrCAExists) {
		t.Fatalf("created twice: %v", err)
	}
	path := filepath.Join(dir, CAFile)
	if err := os.Chmod(path, 0o644); err != nil { // as a restore may leave it
		t.Fatal(err)
	}
	loaded, err := LoadCA(dir)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(made.DER(), loaded.DER()) || !made.key.Equal(loaded.key) || made.CommonName() != loaded.CommonName() {
		t.Error("loaded another one than was made")
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("others may read it: %v", info.Mode())
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
	sum := sha256.Sum256(made.DER())
	if f := made.Fingerprint(); len(f) != 64 || f[:2] != hexOf(sum[0]) {
		t.Errorf("fingerprint %s", f)
	}
	if g := made.FingerprintGroups(); len(g) != 19 || strings.ToLower(strings.ReplaceAll(g, " ", "")) != made.Fingerprint()[:16] {
		t.Errorf("groups %q", g)
	}
}

func hexOf(b byte) string { return string("0123456789abcdef"[b>>4]) + string("0123456789abcdef"[b&15]) }

// A damaged file is an error that names it, at every length it can be cut off at and with
// every kind of foreign part. Nothing is ever written in its place.
func TestDamagedCA(t *testing.T) {
	t.Parallel()
	_, text, err := newCA("PHC Rampur")
	if err != nil {
		t.Fatal(err)
	}
	_, foreign, err := newCA("PHC Rampur")
	if err != nil {
		t.Fatal(err)
	}
	cert, rest := pem.Decode(text)
	_, foreignRest := pem.Decode(foreign)
	flipped := bytes.Clone(cert.Bytes)
	flipped[len(flipped)-3] ^= 1 // in the signature
	damaged := map[string][]byte{
		"empty":          {},
		"zeros":          make([]byte, len(text)),
		"key missing":    pem.EncodeToMemory(cert),
		"cert missing":   rest,
		"foreign key":    append(pem.EncodeToMemory(cert), foreignRest...),
		"more behind":    append(bytes.Clone(text), text...),
		"flipped":        append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: flipped}), rest...),
		"other type":     bytes.ReplaceAll(text, []byte("PRIVATE KEY"), []byte("EC PRIVATE KEY")),
		"key in garbage": append(pem.EncodeToMemory(cert), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("x")})...),
	}
	for cut := 1; cut < len(text)-1; cut += 7 {
		damaged["cut at "+time.Duration(cut).String()] = text[:cut]
	}
	dir := t.TempDir()
	path := filepath.Join(dir, CAFile)
	for name, d := range damaged {
		if err := os.WriteFile(path, d, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := LoadCA(dir); !errors.Is(err, ErrCADamaged) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: load says %v", name, err)
		}
		if _, err := CreateCA(dir, "PHC Rampur"); !errors.Is(err, ErrCAExists) {
			t.Errorf("%s: create says %v", name, err)
		}
		if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, d) {
			t.Errorf("%s: the file was touched", name)
		}
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadCA(dir); err != nil {
		t.Error(err)
	}
}

// The clock of a Pi is wrong in every way there is.
func TestLeafTimes(t *testing.T) {
	t.Parallel()
	floor := today.Add(-10 * day) // when the program was built, or last saved the time
	tests := []struct {
		name  string
		clock time.Time
		asOf  time.Time
	}{
		{"right", today, today},
		{"1970", time.Unix(0, 0), floor},
		{"a year back", today.AddDate(-1, 0, 0), floor},
		{"two years ahead", today.AddDate(2, 0, 0), today.AddDate(2, 0, 0)},
		{"near the end", caUntil.Add(-100 * day), caUntil.Add(-100 * day)},
	}
	ca := testCA(t)
	for _, tt := range tests {
		c, err := NewCertifier(ca, "aarogya", at(tt.clock), at(floor))
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		got, err := c.GetCertificate(nil)
		if err != nil {
			t.Fatal(err)
		}
		from, until := tt.asOf.Add(-30*day), tt.asOf.Add(360*day)
		if until.After(caUntil) {
			until = caUntil
		}
		if !got.Leaf.NotBefore.Equal(from) || !got.Leaf.NotAfter.Equal(until) {
			t.Errorf("%s: valid %v to %v, want %v to %v", tt.name, got.Leaf.NotBefore, got.Leaf.NotAfter, from, until)
		}
		if got.Leaf.NotAfter.Sub(got.Leaf.NotBefore) > 397*day {
			t.Errorf("%s: Apple refuses %v", tt.name, got.Leaf.NotAfter.Sub(got.Leaf.NotBefore))
		}
		if again, _ := c.GetCertificate(nil); again != got {
			t.Errorf("%s: a new one for every handshake", tt.name)
		}
	}

	// Floor and clock both unset: the CA's own beginning.
	c, err := NewCertifier(ca, "aarogya", at(time.Unix(0, 0)), at(time.Time{}))
	if err != nil {
		t.Fatal(err)
	}
	if leaf := c.leaf.Load().Leaf; !leaf.NotBefore.Equal(caFrom) {
		t.Errorf("valid from %v", leaf.NotBefore)
	}
}

// While it runs: renewed with 300 days left, and when the clock went back.
func TestLeafRenewal(t *testing.T) {
	t.Parallel()
	now, floor := today, today
	c, err := NewCertifier(testCA(t), "aarogya", func() time.Time { return now }, func() time.Time { return floor })
	if err != nil {
		t.Fatal(err)
	}
	was := c.leaf.Load()
	steps := []struct {
		name    string
		now     time.Time
		floor   time.Time
		renewed bool
	}{
		{"an hour later", today.Add(time.Hour), today, false},
		{"59 days later", today.Add(59 * day), today, false},
		{"61 days later", today.Add(61 * day), today, true},
		{"back, but above the floor", today.Add(20 * day), today, true},
		{"a year back", today.AddDate(-1, 0, 0), today.Add(20 * day), false}, // the floor holds the time
		{"two years ahead", today.AddDate(2, 0, 0), today, true},
		{"and set right by a person", today, today, true},
	}
	for _, s := range steps {
		now, floor = s.now, s.floor
		got, err := c.GetCertificate(nil)
		if err != nil {
			t.Fatal(err)
		}
		if (got != was) != s.renewed {
			t.Errorf("%s: renewed=%v, want %v", s.name, got != was, s.renewed)
		}
		as := c.asOf()
		if as.Before(got.Leaf.NotBefore) || as.After(got.Leaf.NotAfter) {
			t.Errorf("%s: not valid now", s.name)
		}
		was = got
	}
}

// A browser keeps its connection and gets the new certificate with the next one, while
// addresses change under it.
func TestHotSwap(t *testing.T) {
	t.Parallel()
	ca := testCA(t)
	c, err := NewCertifier(ca, "Aarogya.", time.Now, at(time.Time{}))
	if err != nil {
		t.Fatal(err)
	}
	// Not httptest's server: it has a certificate of its own for who comes by address.
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{GetCertificate: c.GetCertificate})
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{
		Handler:  http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "ok") }),
		ErrorLog: log.New(io.Discard, "", 0),
	}
	go server.Serve(listener)
	defer server.Close()
	dial := func(name string) error {
		conn, err := tls.Dial("tcp", listener.Addr().String(), &tls.Config{RootCAs: ca.pool(), ServerName: name})
		if err == nil {
			conn.Close()
		}
		return err
	}
	for _, name := range []string{"aarogya.local", "127.0.0.1"} {
		if err := dial(name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if dial("192.168.4.1") == nil {
		t.Error("an address that is not ours")
	}
	kept, err := tls.Dial("tcp", listener.Addr().String(), &tls.Config{RootCAs: ca.pool(), ServerName: "aarogya.local"})
	if err != nil {
		t.Fatal(err)
	}
	defer kept.Close()
	// With what must not get in: a certificate with one of these is refused whole.
	if err := c.SetAddrs(addrs("192.168.4.1", "fd00::7", "8.8.8.8", "::1", "fe80::1%eth0", "2001:db8::1")); err != nil {
		t.Fatal(err)
	}
	for name, ok := range map[string]bool{"aarogya.local": true, "192.168.4.1": true, "fd00::7": true, "127.0.0.1": true, "8.8.8.8": false, "localhost": false} {
		if err := dial(name); (err == nil) != ok {
			t.Errorf("%s: %v", name, err)
		}
	}
	before := c.leaf.Load()
	if err := c.SetAddrs(addrs("192.168.4.1", "fd00::7")); err != nil || c.leaf.Load() != before {
		t.Errorf("the same addresses made a new certificate (%v)", err)
	}
	if err := c.SetName("aarogya-7f3a"); err != nil {
		t.Fatal(err)
	}
	if err := dial("aarogya-7f3a.local"); err != nil {
		t.Error(err)
	}
	if err := c.SetName("bank.example"); err == nil {
		t.Error("a public name was signed for")
	}
	if err := c.SetAddrs(addrs("192.168.4.2")); err != nil {
		t.Errorf("after a refused name: %v", err)
	}
	if err := dial("aarogya-7f3a.local"); err != nil {
		t.Errorf("a refused name spoilt the certificate: %v", err)
	}
	if _, err := kept.Write([]byte("GET / HTTP/1.0\r\n\r\n")); err != nil {
		t.Error(err)
	}
	if answer, _ := io.ReadAll(kept); !bytes.HasSuffix(answer, []byte("ok")) {
		t.Errorf("the connection from before: %q", answer)
	}
}

func TestCertifierTogether(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	now := today
	clock := func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(5 * day)
		return now
	}
	c, err := NewCertifier(testCA(t), "aarogya", clock, at(today))
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 20 {
				if _, err := c.GetCertificate(nil); err != nil {
					t.Error(err)
				}
				c.SetAddrs(addrs(net.IPv4(10, 0, byte(i), byte(j)).String()))
			}
		})
	}
	wg.Wait()
}
