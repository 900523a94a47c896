package app

import (
	"context"
	"database/sql"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// systemd is the other end of NOTIFY_SOCKET.
type systemd struct{ net.PacketConn }

func newSystemd(t *testing.T) systemd {
	t.Helper()
	conn, err := net.ListenPacket("unixgram", filepath.Join(t.TempDir(), "notify"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	t.Setenv("NOTIFY_SOCKET", conn.LocalAddr().String())
	return systemd{conn}
}

// hears waits for the next message.
func (s systemd) hears(within time.Duration) string {
	buffer := make([]byte, 200)
	s.SetReadDeadline(time.Now().Add(within))
	n, _, err := s.ReadFrom(buffer)
	if err != nil {
		return "nothing"
	}
	return string(buffer[:n])
}

// systemd hears that the box is ready once it can be asked, then that it lives, for as long
// as it can write, and that it stops.
func TestSystemdIsTold(t *testing.T) {
	dir, _, _ := prepared(t)
	systemd := newSystemd(t)
	t.Setenv("WATCHDOG_USEC", "900000") // a sign of life every 300 ms
	p := startProgram(t, "serve", "--data", dir, "--http", "127.0.0.1:0")
	if got := systemd.hears(10 * time.Second); got != "READY=1" {
		t.Fatalf("at first: %s", got)
	}
	if got := status(t, p.url); got != 200 {
		t.Errorf("ready, and /healthz answers %d", got)
	}
	for range 2 {
		if got := systemd.hears(10 * time.Second); got != "WATCHDOG=1" {
			t.Fatalf("while all is well: %s", got)
		}
	}

	// Somebody else holds the one right to write.
	other, err := sql.Open("sqlite", "file:"+(&url.URL{Path: filepath.Join(dir, "aarogya.db")}).EscapedPath()+"?_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	lock, err := other.Begin()
	if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(30 * time.Second); status(t, p.url) == 200; {
		if time.Now().After(deadline) {
			t.Fatal("the box says it can write, and it cannot")
		}
	}
	for systemd.hears(10*time.Millisecond) != "nothing" { // sent before, or just now
	}
	if got := systemd.hears(2 * time.Second); got != "nothing" {
		t.Errorf("while nothing can be written: %s", got)
	}
	if err := lock.Rollback(); err != nil {
		t.Fatal(err)
	}
	if got := systemd.hears(30 * time.Second); got != "WATCHDOG=1" {
		t.Errorf("when it can be written again: %s", got)
	}

	p.cmd.Process.Signal(os.Interrupt)
	for {
		got := systemd.hears(10 * time.Second)
		if got == "STOPPING=1" {
			break
		}
		if got != "WATCHDOG=1" {
			t.Fatalf("at the end: %s", got)
		}
	}
	if err := p.cmd.Wait(); err != nil {
		t.Error(err)
	}
}

// status of /healthz; 0 if nobody answers.
func status(t *testing.T, address string) int {
	t.Helper()
	client := http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Get(address + "/healthz")
	if err != nil {
		t.Log(err)
		return 0
	}
	res.Body.Close()
	return res.StatusCode
}

// A box that answers something else, or nothing, does not live.
func TestHealthOfItself(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	for own, well := range map[string]bool{b.url: true, b.url + "/api": false, "http://127.0.0.1:1": false} {
		if err := checkHealth(context.Background(), http.DefaultClient, own); (err == nil) != well {
			t.Errorf("%s: %v", own, err)
		}
	}
}
