package realtime

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"golang.org/x/time/rate"
)

// memory is a log in memory: every third event is for room b, the rest for room a.
type memory struct {
	mu     sync.Mutex
	events []Event
	reads  int
}

func (m *memory) Epoch() string { return "e" }

func (m *memory) Head() int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return int64(len(m.events))
}

func (m *memory) After(_ context.Context, seq int64, limit int) ([]Event, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.reads++
	return m.events[seq:min(int(seq)+limit, len(m.events))], nil
}

// write appends n events and returns them, as a commit would.
func (m *memory) write(n int) []Event {
	m.mu.Lock()
	defer m.mu.Unlock()
	from := len(m.events)
	for range n {
		seq := int64(len(m.events) + 1)
		room := "a"
		if seq%3 == 0 {
			room = "b"
		}
		m.events = append(m.events, Event{Seq: seq, Type: "x", Rooms: []string{room}, Data: []byte(fmt.Sprintf(`{"n":%d}`, seq))})
	}
	return m.events[from:]
}

func who(rooms ...string) Who {
	return Who{User: "u", Session: "s", Rooms: rooms, You: json.RawMessage(`{}`), Now: func() ([]string, bool) { return rooms, true }}
}

// quiet hooks: everything may be looked at by room a, and nothing is done about it.
var quiet = Hooks{Before: func([]Event) {}, Left: func(string) {},
	Topic: func(context.Context, string) ([]string, []Event, error) { return []string{"a"}, nil, nil }}

// hubOn is a hub and the address of its sockets; ?rooms= says who listens.
func hubOn(t *testing.T, log *memory) (*Hub, string) {
	t.Helper()
	h := New(log, slog.New(slog.DiscardHandler), 100, quiet)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var after *int64
		if text := r.URL.Query().Get("after"); text != "" {
			var n int64
			fmt.Sscan(text, &n)
			after = &n
		}
		if err := h.Serve(w, r, who(strings.Split(r.URL.Query().Get("rooms"), ",")...), r.URL.Query().Get("epoch"), after); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
		}
	}))
	h.limits.talk = rate.Inf // what is tested here is not how much one may talk
	t.Cleanup(func() { h.Close(); server.Close() })
	return h, "ws" + strings.TrimPrefix(server.URL, "http")
}

func dial(t *testing.T, address string) *websocket.Conn {
	t.Helper()
	conn, _, err := websocket.DefaultDialer.Dial(address, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

type heard struct {
	Type      string
	Seq, Prev int64
	Head      int64
}

func next(t *testing.T, conn *websocket.Conn) heard {
	t.Helper()
	conn.SetReadDeadline(time.Now().Add(20 * time.Second))
	_, text, err := conn.ReadMessage()
	if err != nil {
		t.Fatal(err)
	}
	var f heard
	if err := json.Unmarshal(text, &f); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	if f.Type == "presence" {
		return next(t, conn)
	}
	return f
}

// A tablet that was away for longer than the ring reaches gets the rest from the log, and
// then goes on live, in order, without a gap, hearing only its rooms.
func TestResumeReachesPastTheRing(t *testing.T) {
	t.Parallel()
	log := &memory{}
	h, address := hubOn(t, log)
	h.Publish(log.write(ringFrames + 2000))
	conn := dial(t, address+"?rooms=a&epoch=e&after=100")
	if f := next(t, conn); f.Type != "hello" || f.Head != ringFrames+2000 {
		t.Fatalf("%+v", f)
	}
	prev := int64(100)
	for want := int64(101); want <= ringFrames+2000+50; want++ {
		if want == ringFrames+2000 {
			h.Publish(log.write(50))
		}
		if want%3 == 0 {
			continue
		}
		if f := next(t, conn); f.Seq != want || f.Prev != prev {
			t.Fatalf("want %d after %d, got %+v", want, prev, f)
		}
		prev = want
	}
	if log.reads == 0 {
		t.Error("the log was not read: the test did not reach past the ring")
	}
}

func TestTooFarBehindIsToldToReadAfresh(t *testing.T) {
	t.Parallel()
	log := &memory{}
	h, address := hubOn(t, log)
	h.Publish(log.write(maxBehind + 10))
	conn := dial(t, address+"?rooms=a&epoch=e&after=5")
	next(t, conn)
	if f := next(t, conn); f.Type != "resync" || f.Head != maxBehind+10 {
		t.Errorf("%+v", f)
	}
	h.Publish(log.write(1))
	want := log.Head()
	if want%3 == 0 {
		h.Publish(log.write(1))
		want++
	}
	if f := next(t, conn); f.Seq != want || f.Prev != maxBehind+10 {
		t.Errorf("%+v, want %d", f, want)
	}
}

// Whoever hears nothing for a long time still moves on, and is not sent to read afresh
// when news for it comes at last.
func TestQuietRoomKeepsUp(t *testing.T) {
	t.Parallel()
	log := &memory{}
	h, address := hubOn(t, log)
	conn := dial(t, address+"?rooms=quiet")
	next(t, conn)
	for range 30 {
		h.Publish(log.write(sweepEvery))
		conn.WriteMessage(websocket.TextMessage, []byte(`{"type":"ping"}`))
		for f := next(t, conn); f.Type == "pong" && f.Head < log.Head(); f = next(t, conn) {
			conn.WriteMessage(websocket.TextMessage, []byte(`{"type":"ping"}`))
		}
	}
	if log.reads != 0 {
		t.Errorf("the log was read %d times for a room without news", log.reads)
	}
}

// A poll that is full says where it stopped, and the next one goes on there.
func TestFullPollGoesOn(t *testing.T) {
	t.Parallel()
	log := &memory{}
	h, _ := hubOn(t, log)
	h.Publish(log.write(2000))
	after, seen := int64(0), int64(0)
	for range 20 {
		batch, err := h.Poll(context.Background(), who("a"), "e", &after, time.Second)
		if err != nil {
			t.Fatal(err)
		}
		for _, raw := range batch.Events {
			var f heard
			if err := json.Unmarshal(raw, &f); err != nil || f.Prev != after {
				t.Fatalf("%s after %d: %v", raw, after, err)
			}
			after = f.Seq
			seen++
		}
		if len(batch.Events) == 0 {
			after = batch.Head
			break
		}
	}
	if seen != 2000-2000/3 || after != 2000 {
		t.Errorf("%d frames, at %d", seen, after)
	}
}

func TestGoodbye(t *testing.T) {
	t.Parallel()
	log := &memory{}
	h, address := hubOn(t, log)
	conn := dial(t, address+"?rooms=a")
	next(t, conn)
	polled := make(chan error, 1)
	go func() {
		after := int64(0)
		_, err := h.Poll(context.Background(), who("a"), "e", &after, time.Minute)
		polled <- err
	}()
	h.Close()
	if f := next(t, conn); f.Type != "bye" {
		t.Errorf("%+v", f)
	}
	_, _, err := conn.ReadMessage()
	if !websocket.IsCloseError(err, websocket.CloseServiceRestart) {
		t.Errorf("closed by %v", err)
	}
	select {
	case err := <-polled:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Error("a poll still waits")
	}
	h.Publish(log.write(1)) // what commits while the box goes down harms nothing
}

// A socket nobody reads holds up neither the publisher nor the others, and is cut.
func TestStalledSocketDelaysNobody(t *testing.T) {
	t.Parallel()
	log := &memory{}
	h, address := hubOn(t, log)
	stalled, healthy := dial(t, address+"?rooms=a,b"), dial(t, address+"?rooms=a,b")
	next(t, stalled)
	next(t, healthy)
	big := []byte(`"` + strings.Repeat("x", 32<<10) + `"`)
	for range 600 { // 19 MiB: more than the sockets' buffers hold
		events := log.write(1)
		log.mu.Lock()
		events[0].Data = big
		log.mu.Unlock()
		h.Publish(events)
		if f := next(t, healthy); f.Seq != events[0].Seq {
			t.Fatalf("%+v", f)
		}
	}
	deadline := time.Now().Add(writeDeadline + 10*time.Second)
	for h.Sockets() > 1 {
		if time.Now().After(deadline) {
			t.Fatal("the stalled socket was not cut")
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// 200 tablets that were away for long read the log once between them, page by page, also
// the page that is still growing.
func TestPagesAreReadOnce(t *testing.T) {
	t.Parallel()
	log := &memory{}
	h, _ := hubOn(t, log)
	h.Publish(log.write(ringFrames + 1000))
	for deadline := time.Now().Add(10 * time.Second); h.ring.newest() < ringFrames+1000; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("not published")
		}
	}
	var all sync.WaitGroup
	for range 200 {
		all.Go(func() {
			m, p, want := newMembership(who("a", "b")), place{10, 10}, int64(10)
			for caughtUp := false; !caughtUp; {
				var err error
				caughtUp, _, err = h.read(context.Background(), m, &p, func(e *entry, prev int64) bool {
					if e.seq != want+1 || prev != want {
						t.Errorf("after %d came %d, prev %d", want, e.seq, prev)
					}
					want = e.seq
					return false
				})
				if err != nil {
					t.Error(err)
					return
				}
			}
			if want != ringFrames+1000 {
				t.Errorf("ended at %d", want)
			}
		})
	}
	all.Wait()
	if log.reads > 1000/pageEvents+2 {
		t.Errorf("the log was read %d times", log.reads)
	}
	growing := newPages()
	for head := int64(1); head <= 3; head++ {
		short := &memory{}
		short.write(int(head))
		if got, err := growing.after(t.Context(), head-1, short); err != nil || len(got) != 1 || got[0].seq != head {
			t.Errorf("at %d: %v %v", head, got, err)
		}
	}
}
