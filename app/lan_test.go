package app

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"aarogya/app/lan"

	"github.com/gorilla/websocket"
)

// tabletOf is a browser of a tablet that trusts what `aarogya ca` prints, and can find the
// box by its name.
func tabletOf(t *testing.T, dir, address string) (*http.Client, *tls.Config, dialer) {
	t.Helper()
	text, code := runProgram(t, "", "ca", "--data", dir)
	if code != 0 || !strings.Contains(text, "fingerprint ") {
		t.Fatalf("ca: %d %s", code, text)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM([]byte(text[strings.Index(text, "-----BEGIN"):])) {
		t.Fatalf("no certificate in %s", text)
	}
	trust := &tls.Config{RootCAs: roots}
	dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}
	transport := &http.Transport{TLSClientConfig: trust, DialContext: dial}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}, trust, dial
}

// startHTTPS starts the program for tablets and returns the port they use.
func startHTTPS(t *testing.T, dir string) (p *program, port string) {
	t.Helper()
	return startHTTPSBy(t, "0s", dir)
}

func startHTTPSBy(t *testing.T, clock, dir string) (p *program, port string) {
	t.Helper()
	p = startProgramBy(t, clock, "serve", "--data", dir, "--http", "127.0.0.1:0", "--https", "127.0.0.1:0", "--no-mdns")
	for p.out.Scan() {
		if _, after, ok := strings.Cut(p.out.Text(), "https://aarogya.local:"); ok {
			port, _, _ = strings.Cut(after, ",")
			return p, port
		}
	}
	t.Fatalf("no address for tablets: %s", p.cmd.Stderr)
	return nil, ""
}

// A tablet that trusts the clinic's certificate works by name and by address, with a cookie
// the browser itself guards; one that does not is refused by its own browser; and another
// Host is not answered.
func TestTabletsOverHTTPS(t *testing.T) {
	t.Parallel()
	dir, tokens, _ := prepared(t)
	p, port := startHTTPS(t, dir)
	client, trust, dial := tabletOf(t, dir, "127.0.0.1:"+port)
	for _, host := range []string{"aarogya.local", "127.0.0.1"} {
		base := "https://" + net.JoinHostPort(host, port)
		res, err := client.Post(base+"/api/auth/login", "application/json", strings.NewReader(`{"username": "doctor", "password": "demo"}`))
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(res.Body)
		res.Body.Close()
		cookies := res.Cookies()
		if res.StatusCode != 200 || len(cookies) != 1 || cookies[0].Name != secureCookieName || !cookies[0].Secure || !cookies[0].HttpOnly || cookies[0].Domain != "" || cookies[0].Path != "/" {
			t.Fatalf("%s: %d %s %v", host, res.StatusCode, body, cookies)
		}
		if csp := res.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "wss://"+net.JoinHostPort(host, port)) {
			t.Errorf("%s: %s", host, csp)
		}
		socket := websocket.Dialer{TLSClientConfig: trust, NetDialContext: dial}
		conn, res, err := socket.Dial("wss://"+net.JoinHostPort(host, port)+"/ws", http.Header{"Origin": {base}, "Cookie": {cookies[0].Name + "=" + cookies[0].Value}})
		if err != nil {
			t.Fatalf("%s: %v %v", host, err, res)
		}
		if _, hello, err := conn.ReadMessage(); err != nil || !bytes.Contains(hello, []byte(`"hello"`)) {
			t.Errorf("%s: %s %v", host, hello, err)
		}
		conn.Close()
		if res, err = client.Get(base + "/trust"); err != nil || res.StatusCode != 204 || res.Header.Get("Cross-Origin-Resource-Policy") != "cross-origin" {
			t.Errorf("%s/trust: %v %v", host, res, err)
		}
	}
	req, _ := http.NewRequest("GET", "https://127.0.0.1:"+port+"/api/clinic", nil)
	req.Host = "evil.example"
	if res, err := client.Do(req); err != nil || res.StatusCode != http.StatusMisdirectedRequest {
		t.Errorf("another host: %v %v", res, err)
	}
	stranger := &http.Client{Transport: &http.Transport{DialContext: dial}}
	if _, err := stranger.Get("https://aarogya.local:" + port + "/trust"); err == nil {
		t.Error("a tablet that trusts nobody got through")
	}
	own := &box{t: t, url: p.url, tokens: tokens} // this computer's own address goes on as before
	own.want(200, own.ask("doctor", "GET", "/api/cases", nil))
	p.kill()

	// The same authority after a restart; without it the box does not start, and makes no other.
	p, port = startHTTPS(t, dir)
	client.CloseIdleConnections()
	again, _, _ := tabletOf(t, dir, "127.0.0.1:"+port)
	if res, err := again.Get("https://aarogya.local:" + port + "/trust"); err != nil || res.StatusCode != 204 {
		t.Errorf("after a restart: %v %v", res, err)
	}
	p.kill()
	file := filepath.Join(dir, lan.CAFile)
	if err := os.Rename(file, file+".away"); err != nil {
		t.Fatal(err)
	}
	serve := []string{"serve", "--data", dir, "--http", "127.0.0.1:0", "--https", "127.0.0.1:0", "--no-mdns"}
	if out, code := runProgram(t, "", serve...); code != 1 || !strings.Contains(out, lan.CAFile) {
		t.Errorf("without its authority: %d %s", code, out)
	}
	if _, err := lan.CreateCA(dir, "another clinic"); err != nil {
		t.Fatal(err)
	}
	if out, code := runProgram(t, "", serve...); code != 1 || !strings.Contains(out, "put the right one back") {
		t.Errorf("with a foreign authority: %d %s", code, out)
	}
}

// The network is never served in the clear, and the demo not at all.
func TestAddressesThatAreRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, args := range [][]string{
		{"--http", ":8080", "--https", ""}, {"--http", "0.0.0.0:0", "--https", ""}, {"--demo", "--https", ":0"}, {"--demo", "--http", "0.0.0.0:0"},
	} {
		out, code := runProgram(t, "", append([]string{"serve", "--data", dir, "--no-mdns"}, args...)...)
		if code != 2 || !strings.Contains(out, "this computer's own addresses") {
			t.Errorf("%v: %d %s", args, code, out)
		}
	}
	// The portals on this computer, and its watchdog, would have no address.
	if out, code := runProgram(t, "", "serve", "--data", dir, "--no-mdns", "--http", "192.168.1.5:8080", "--https", "127.0.0.1:0"); code != 2 || !strings.Contains(out, "only this computer reaches") {
		t.Errorf("%d %s", code, out)
	}
}
