package realtime

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"
)

func person(name, session string, rooms ...string) Who {
	return Who{User: name, Session: session, Rooms: rooms, You: json.RawMessage(`"` + name + `"`), Now: func() ([]string, bool) { return rooms, true }}
}

func text(s string) *string { return &s }

// A tablet that polls is here while it says something now and then, types for five
// seconds, and half a minute after it fell silent it has left.
func TestLeasesRunOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var left []string
		hooks := quiet
		hooks.Left = func(session string) { mu.Lock(); defer mu.Unlock(); left = append(left, session) }
		h := New(&memory{}, slog.New(slog.DiscardHandler), 10, hooks)
		defer h.Close()
		asks := func(name string, frames ...Frame) string {
			t.Helper()
			answer, err := h.Hear(t.Context(), person(name, name+"'s", "a"), frames)
			if err != nil {
				t.Fatal(err)
			}
			return fmt.Sprintf("%s", answer)
		}
		view, typing := Frame{Type: "viewing", CaseID: text("x")}, Frame{Type: "typing", CaseID: text("x")}
		if got := asks("ann", view, typing); !strings.Contains(got, `"on":["ann"]`) || !strings.Contains(got, `"typing","data":{"caseId":"x","people":["ann"]}`) {
			t.Error(got)
		}
		time.Sleep(4 * time.Second)
		if got := asks("bob", view); !strings.Contains(got, `"on":["ann","bob"]`) || !strings.Contains(got, `"viewing","data":{"caseId":"x","people":["ann","bob"]}`) ||
			!strings.Contains(got, `"typing","data":{"caseId":"x","people":["ann"]}`) {
			t.Error(got)
		}
		time.Sleep(time.Second)
		if got := asks("bob"); !strings.Contains(got, `"typing","data":{"caseId":"x","people":[]}`) {
			t.Errorf("types after five seconds: %s", got)
		}
		time.Sleep(20*time.Second - pulse) // ann's 25 are over
		if got := asks("bob"); !strings.Contains(got, `"on":["bob"]`) || !strings.Contains(got, `"people":["bob"]`) {
			t.Errorf("after 25 s: %s", got)
		}
		for range 5 { // bob stays
			time.Sleep(10 * time.Second)
			asks("bob")
		}
		synctest.Wait()
		mu.Lock()
		defer mu.Unlock()
		if len(left) != 1 || left[0] != "ann's" {
			t.Errorf("left: %v", left)
		}
	})
}

// A person with two tablets is here until the second has gone, and her tabs are one person.
func TestTwoTabletsOnePerson(t *testing.T) {
	t.Parallel()
	h := New(&memory{}, slog.New(slog.DiscardHandler), 10, quiet)
	defer h.Close()
	p := &h.presence
	one, two := person("ann", "1"), person("ann", "2")
	for _, w := range []Who{one, one, two} {
		p.connected(w)
	}
	if got := string(p.all()); !strings.Contains(got, `"on":["ann"]`) {
		t.Error(got)
	}
	gone := func(w Who) string {
		h.disconnected(&conn{hub: h, member: newMembership(w)})
		return string(p.all())
	}
	for i, w := range []Who{one, two} {
		if got := gone(w); !strings.Contains(got, `"on":["ann"]`) {
			t.Errorf("gone after socket %d: %s", i, got)
		}
	}
	if got := gone(one); strings.Contains(got, "ann") {
		t.Error(got)
	}
}

// Whoever hears no news for long moves on with it; whoever does not read is sent away and
// told everything when it comes back.
func TestNotesMoveOn(t *testing.T) {
	t.Parallel()
	log := &memory{}
	h, address := hubOn(t, log)
	conn := dial(t, address+"?rooms=quiet")
	next(t, conn)
	for range 4 {
		for range notesKept / 2 {
			h.tell(note{rooms: []string{"busy"}, frame: []byte(`{}`)})
		}
		conn.WriteMessage(websocket.TextMessage, []byte(`{"type":"ping"}`))
		if f := next(t, conn); f.Type != "pong" {
			t.Fatalf("%+v", f)
		}
	}
	var n notes
	for range notesKept + 1 {
		n.add(note{everybody: true})
	}
	if at, inTime := n.after(0, newMembership(Who{}), nil, func([]byte) {}); inTime || at != notesKept+1 {
		t.Errorf("%d %v", at, inTime)
	}
}

// Sockets are few, and the last of them are for enrolled tablets.
func TestSocketsRunOut(t *testing.T) {
	t.Parallel()
	h := New(&memory{}, slog.New(slog.DiscardHandler), 20, quiet)
	defer h.Close()
	open := func(session string, enrolled bool) (*conn, error) {
		c := &conn{hub: h, member: newMembership(Who{Session: session, Enrolled: enrolled})}
		_, err := h.limits.admit(c)
		return c, err
	}
	var last *conn
	for i := range 18 {
		var err error
		if last, err = open(fmt.Sprint(i), false); err != nil {
			t.Fatalf("socket %d: %v", i, err)
		}
	}
	if _, err := open("stranger", false); err != ErrFull {
		t.Errorf("into the reserve: %v", err)
	}
	for range 2 {
		if _, err := open("tablet", true); err != nil {
			t.Errorf("an enrolled tablet: %v", err)
		}
	}
	if _, err := open("tablet", true); err != ErrFull {
		t.Errorf("over the cap: %v", err)
	}
	h.limits.release(last)
	if _, err := open("tablet", true); err != nil {
		t.Errorf("after one has gone: %v", err)
	}
	h.limits.forget(time.Now().Add(time.Hour))
	if n := len(h.limits.clients); n != 18 {
		t.Errorf("%d clients are remembered", n)
	}
}

// Six polls of a tablet may wait; what it says is counted by session and by device.
func TestPollsAndBucketsAreBounded(t *testing.T) {
	t.Parallel()
	h := New(&memory{}, slog.New(slog.DiscardHandler), 20, quiet)
	ctx, cancel := context.WithCancel(context.Background())
	var waiting sync.WaitGroup
	defer waiting.Wait()
	defer cancel()
	defer h.Close()
	who, after := person("ann", "1", "a"), int64(0)
	for range pollsPerDevice {
		waiting.Go(func() { h.Poll(ctx, who, "e", &after, time.Minute) })
	}
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		if _, err := h.Poll(ctx, who, "e", &after, 0); err == ErrTooMany {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("a seventh poll waits")
		}
	}
	one, two := Who{Session: "s1", Device: "d"}, Who{Session: "s2", Device: "d"}
	if !h.limits.mayTalk(one, framesAtOnce/2) || !h.limits.mayTalk(two, framesAtOnce/2) {
		t.Error("half a bucket each was too much")
	}
	if h.limits.mayTalk(two, framesAtOnce/2) {
		t.Error("the device's bucket is not empty")
	}
}
