package realtime

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// A close reaches a client that is still sending, and the connection ends without a reset,
// plain and over TLS; one that does not hang up in answer is not waited for.
func TestCloseArrives(t *testing.T) {
	t.Parallel()
	log := &memory{}
	h := New(log, slog.New(slog.DiscardHandler), 10, quiet)
	t.Cleanup(h.Close)
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := h.Serve(w, r, who("a"), "", nil); err != nil {
			t.Error(err)
		}
	})
	plain, secret := httptest.NewServer(handler), httptest.NewTLSServer(handler)
	t.Cleanup(plain.Close)
	t.Cleanup(secret.Close)
	for _, server := range []*httptest.Server{plain, secret} {
		dialer := websocket.Dialer{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
		conn, _, err := dialer.Dial("ws"+strings.TrimPrefix(server.URL, "http"), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		next(t, conn)
		conn.WriteMessage(websocket.TextMessage, bytes.Repeat([]byte("x"), 100<<10))
		for err == nil { // news in between
			_, _, err = conn.ReadMessage()
		}
		if !websocket.IsCloseError(err, websocket.CloseMessageTooBig) {
			t.Errorf("%s: closed by %v", server.URL, err)
		}
		conn.SetReadDeadline(time.Now().Add(5 * time.Second))
		if _, err := conn.NetConn().Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
			t.Errorf("%s: ended by %v", server.URL, err)
		}
	}
	for deadline := time.Now().Add(closePatience + 5*time.Second); h.Sockets() > 0; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the box still waits for clients that stay")
		}
	}
}
