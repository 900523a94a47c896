package app

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"rsc.io/qr"
)

// clear is a box with both its addresses, and what answers on the one without encryption.
type clear struct {
	*box
	front   *front
	handler http.Handler
}

func newClear(t *testing.T, b *box) clear {
	t.Helper()
	b.config.HTTPS, b.config.NoMDNS = "127.0.0.1:0", true
	b.guidePort, b.loopbackHosts = 80, *b.hosts.Load()
	n, err := b.listenHTTPS(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	b.Server.front.Store(n)
	t.Cleanup(func() {
		n.listener.Close()
		n.presence.Close()
	})
	return clear{b, n, b.plainHandler(b.guide(n))}
}

// get as it comes from a tablet: to an address of the network.
func (c clear) get(method, host, path string) *httptest.ResponseRecorder {
	return c.from("192.168.1.7", "192.168.1.5", method, host, path)
}

func (c clear) from(remote, local, method, host, path string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	r.Host, r.RemoteAddr = host, net.JoinHostPort(remote, "4711")
	r = r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, net.Addr(&net.TCPAddr{IP: net.ParseIP(local), Port: 80})))
	w := httptest.NewRecorder()
	c.handler.ServeHTTP(w, r)
	return w
}

// In the clear a network gets the guide, the certificate and the state of the box, under
// the box's own names, and nothing else; no cookie, no form.
func TestOnlyTheGuideInTheClear(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	b.files = fstest.MapFS{"guide.html": {Data: []byte("<!doctype html>guide")}, "index.html": {Data: []byte("portal")}, "assets/g-1.js.gz": {Data: gzipped("let g")}}
	c := newClear(t, b)
	for path, want := range map[string]string{"/": "guide", "/s": "guide", "/assets/g-1.js": "let g", "/status": "fingerprint"} {
		got := c.get("GET", "aarogya.local", path)
		if got.Code != 200 || !strings.Contains(got.Body.String(), want) || len(got.Result().Cookies()) > 0 || strings.Contains(got.Body.String(), "<form") {
			t.Errorf("%s: %d %s", path, got.Code, got.Body)
		}
		policy := got.Header().Get("Content-Security-Policy")
		if !strings.Contains(policy, "connect-src 'self' https://aarogya.local:") || !strings.Contains(policy, "form-action 'none'") {
			t.Errorf("%s: %s", path, policy)
		}
	}
	for _, r := range b.routes() {
		if got := c.get(r.Method, "aarogya.local", r.Path); got.Code != 404 && got.Code != 405 {
			t.Errorf("%s %s is answered in the clear: %d %s", r.Method, r.Path, got.Code, got.Body)
		}
	}
	for _, path := range []string{"/index.html", "/guide.html", "/assets/", "/assets/gone.js", "/assets/../index.html", "/case/x", "/join"} {
		if got := c.get("GET", "aarogya.local", path); got.Code == 200 {
			t.Errorf("%s: %s", path, got.Body)
		}
	}
	for _, method := range []string{"POST", "PUT", "DELETE", "OPTIONS"} {
		if got := c.get(method, "aarogya.local", "/status"); got.Code != 405 {
			t.Errorf("%s: %d", method, got.Code)
		}
	}
	for _, host := range []string{"evil.example", "aarogya.local.evil.example", "aarogya.local:8080", ""} {
		if got := c.get("GET", host, "/status"); got.Code != http.StatusMisdirectedRequest || got.Body.Len() > 0 {
			t.Errorf("Host %q: %d %s", host, got.Code, got.Body)
		}
	}
	// Only a connection that never leaves this computer gets the portals.
	host := strings.TrimPrefix(b.url, "http://")
	for _, from := range []struct {
		remote, local string
		portal        bool
	}{{"127.0.0.1", "127.0.0.1", true}, {"::1", "::1", true}, {"192.168.1.7", "127.0.0.1", false}, {"192.168.1.5", "192.168.1.5", false}, {"127.0.0.1", "192.168.1.5", false}} {
		got := c.from(from.remote, from.local, "GET", host, "/case/x")
		if portal := got.Code == 200 && got.Body.String() == "portal"; portal != from.portal {
			t.Errorf("%v: %d %s", from, got.Code, got.Body)
		}
	}
	var status guideStatus
	if err := json.Unmarshal(c.get("GET", "127.0.0.1", "/status").Body.Bytes(), &status); err != nil {
		t.Fatal(err)
	}
	if status.Name != "aarogya.local" || status.Fingerprint != c.front.ca.FingerprintGroups() || status.Portals[0] != c.front.address() || status.NeedsSetup {
		t.Errorf("%+v", status)
	}
	if at, err := time.Parse(time.RFC3339, status.Clock); err != nil || time.Since(at).Abs() > time.Minute {
		t.Errorf("clock %s", status.Clock)
	}
}

// The certificate can be had while the first admin has still to come, and then for half an
// hour after an admin began to add a tablet; a code from an ASHA opens nothing, and neither
// does a clock that goes back.
func TestCertificateWindow(t *testing.T) {
	t.Parallel()
	now, move := movable()
	b := newBoxAt(t, now)
	c := newClear(t, b)
	open := func() bool {
		t.Helper()
		got := c.get("GET", "aarogya.local", "/aarogya-ca.crt")
		var status guideStatus
		if err := json.Unmarshal(c.get("GET", "aarogya.local", "/status").Body.Bytes(), &status); err != nil || status.CAOpen != (got.Code == 200) {
			t.Errorf("status says %v, the certificate %d", status.CAOpen, got.Code)
		}
		if got.Code != 200 {
			if got.Code != 403 || !strings.Contains(got.Body.String(), "Add a tablet") {
				t.Errorf("closed: %d %s", got.Code, got.Body)
			}
			return false
		}
		if cert, err := x509.ParseCertificate(got.Body.Bytes()); err != nil || !cert.IsCA || got.Header().Get("Content-Type") != "application/x-x509-ca-cert" {
			t.Errorf("%v %v", err, got.Header())
		}
		return true
	}
	if open() {
		t.Error("open without anybody adding a tablet")
	}
	b.code("asha", "chw")
	if open() {
		t.Error("open by an ASHA")
	}
	given := b.want(201, b.ask("admin", "POST", "/api/codes", map[string]any{"userId": b.staff["chw"].ID})).json(t)
	if given["welcome"] == nil || !strings.HasPrefix(given["join"].(map[string]any)["url"].(string), c.front.address()+"/join#") {
		t.Errorf("%v", given)
	}
	if !open() {
		t.Error("closed to a tablet that is being added")
	}
	move(29 * time.Minute)
	if !open() {
		t.Error("closed after 29 minutes")
	}
	move(2 * time.Minute)
	if open() {
		t.Error("open after 31 minutes")
	}
	b.setupCode = "1234-5678" // as a box that was started before it had an admin
	if open() {
		t.Error("open for ever, because the setup code was not forgotten")
	}
}

// The card holds what a tablet needs, and no markup that somebody typed.
func TestCard(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	c := newClear(t, b)
	b.want(204, b.ask("admin", "PUT", "/api/admin/wifi", map[string]any{"ssid": `<b>"PHC"; Rampur`, "password": "paani & <chai>"}))
	for ssid, password := range map[string]string{"": "", "short": "1234567", strings.Repeat("क", 11): ""} {
		b.want(422, b.ask("admin", "PUT", "/api/admin/wifi", map[string]any{"ssid": ssid, "password": password}))
	}
	for _, who := range []string{"chw", "asha", "doctor"} {
		b.want(403, b.ask(who, "GET", "/api/admin/card", nil))
	}
	got := b.want(200, b.ask("admin", "GET", "/api/admin/card", nil))
	for _, want := range []string{c.front.ca.FingerprintGroups(), c.front.address(), "&lt;b&gt;&#34;PHC&#34;; Rampur", "paani &amp; &lt;chai&gt;", "<svg"} {
		if !strings.Contains(got.body, want) {
			t.Errorf("the card lacks %q", want)
		}
	}
	if strings.ContainsAny(strings.NewReplacer("{ size", "", "{ font", "").Replace(got.body[strings.Index(got.body, "</style>"):]), "{}") {
		t.Errorf("a place was not filled in: %s", got.body)
	}
	if policy := got.header.Get("Content-Security-Policy"); !strings.Contains(policy, "style-src '"+cardStyle()+"'") || strings.Contains(policy, "unsafe") {
		t.Error(policy)
	}
	if w := (wiFi{`a;b\c`, `"x:y,z`}); w.joins() != `WIFI:T:WPA;S:a\;b\\c;P:\"x\:y\,z;;` {
		t.Error(w.joins())
	}
	if w := (wiFi{SSID: "open"}); w.joins() != "WIFI:T:nopass;S:open;;" {
		t.Error(w.joins())
	}
}

// What whoever installs the box reads, with a network and without one; the QR code is read
// back as a scanner would see it.
func TestGuideInTheTerminal(t *testing.T) {
	t.Parallel()
	w := welcome{Name: "aarogya.local", Fingerprint: "AB12 CD34 EF56 7890", portal: "https://aarogya.local", setupCode: "1234-5678"}
	if text := w.inTerminal(); !strings.Contains(text, "has no address") || !strings.Contains(text, "1234-5678") || strings.Contains(text, "█") {
		t.Error(text)
	}
	w.setupCode = ""
	w.Guide = []way{newWay("http://192.168.1.5/s#AB12CD34EF567890"), newWay("http://aarogya.local/s#AB12CD34EF567890")}
	text := w.inTerminal()
	for _, want := range []string{"http://192.168.1.5/s#AB12CD34EF567890", "or http://aarogya.local/s", "AB12 CD34 EF56 7890"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %s", want, text)
		}
	}
	if strings.Contains(text, "Setup code") {
		t.Error("a setup code, though there is an admin")
	}
	code, err := qr.Encode(w.Guide[0].URL, qr.L)
	if err != nil {
		t.Fatal(err)
	}
	var rows [][]rune
	for line := range strings.Lines(text) {
		if line, ok := strings.CutPrefix(line, "\x1b[97;40m"); ok {
			rows = append(rows, []rune(strings.TrimSuffix(line, "\x1b[0m\n")))
		}
	}
	const quiet = 4
	if len(rows) != (code.Size+2*quiet+1)/2 {
		t.Fatalf("%d rows for a code of %d squares", len(rows), code.Size)
	}
	for y := -quiet; y < code.Size+quiet; y++ {
		for x := -quiet; x < code.Size+quiet; x++ {
			cell, upper := rows[(y+quiet)/2][x+quiet], (y+quiet)%2 == 0
			light := cell == '█' || cell == '▀' && upper || cell == '▄' && !upper
			if light == code.Black(x, y) {
				t.Fatalf("the square at %d, %d is wrong", x, y)
			}
		}
	}
}
