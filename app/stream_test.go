package app

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"aarogya/app/care"
	"aarogya/db"

	"github.com/gorilla/websocket"
)

// The seed's payload, heard by the one who did not send it.
func TestStatusUpdateCarriesTheSeedsFourFields(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	id := b.opens("chw")
	conn := b.listen("asha", "")
	b.hear(conn)
	b.want(200, b.ask("asha", "PATCH", "/api/cases/update-status", map[string]any{"caseId": id, "action": "forward_to_clinician", "reason": "fits"}))
	f := b.hear(conn)
	var data struct {
		CaseID, Status, UpdatedBy, Timestamp string
		Row                                  care.Row
	}
	if err := json.Unmarshal(f.Data, &data); err != nil {
		t.Fatal(err)
	}
	if _, err := time.Parse("2006-01-02T15:04:05.000Z", data.Timestamp); err != nil {
		t.Errorf("timestamp: %v", err)
	}
	if f.Type != "caseStatusUpdate" || data.CaseID != id || data.Status != "FORWARDED_TO_CLINICIAN" || data.UpdatedBy != b.staff["asha"].ID || data.Row.Seq != f.Seq {
		t.Errorf("%s %+v", f.Type, data)
	}
}

func TestResync(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	b.opens("chw")
	head := b.db.Head()
	for name, query := range map[string]string{
		"another epoch": fmt.Sprintf("?epoch=other&after=%d", head),
		"no epoch":      "?after=0",
		"the future":    fmt.Sprintf("?epoch=%s&after=%d", b.db.Epoch(), head+5),
	} {
		conn := b.listen("doctor", query)
		if hello := b.hear(conn); hello.Type != "hello" || hello.Epoch != b.db.Epoch() {
			t.Errorf("%s: %+v", name, hello)
		}
		if f := b.hear(conn); f.Type != "resync" || f.Head != head || f.Epoch != b.db.Epoch() {
			t.Errorf("%s: %+v", name, f)
		}
		if events, at := b.poll("doctor", query+"&wait=1"); len(events) != 1 || events[0].Type != "resync" || at != head {
			t.Errorf("%s by poll: %+v %d", name, events, at)
		}
	}
	b.want(422, b.ask("doctor", "GET", "/api/events?after=x", nil))
	b.want(422, b.ask("doctor", "GET", "/api/events?wait=600", nil))
}

func TestPollWaitsForNews(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	at := fmt.Sprintf("?epoch=%s&after=%d", b.db.Epoch(), b.db.Head())
	if events, head := b.poll("asha", at+"&wait=0"); len(events) != 0 || head != b.db.Head() {
		t.Errorf("empty poll: %v %d", events, head)
	}
	got := make(chan []frame)
	go func() {
		events, _ := b.poll("asha", at+"&wait=20")
		got <- events
	}()
	id := b.opens("chw")
	select {
	case events := <-got:
		if len(events) != 1 || events[0].Type != "newCase" || !strings.Contains(string(events[0].Data), id) {
			t.Errorf("%+v", events)
		}
	case <-time.After(15 * time.Second):
		t.Fatal("the poll slept through the news")
	}
}

func TestClosesSaid(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	listen := func() *websocket.Conn {
		conn := b.listen("doctor", "")
		b.hear(conn)
		return conn
	}
	conn := listen()
	conn.WriteMessage(websocket.TextMessage, []byte("\xff\xfe"))
	if code := closeCode(t, conn, 3*time.Second); code != 1007 {
		t.Errorf("not UTF-8: %d", code)
	}
	conn = listen()
	conn.WriteMessage(websocket.TextMessage, []byte(`{"type":"`+strings.Repeat("x", 9000)+`"}`))
	if code := closeCode(t, conn, 3*time.Second); code != 1009 {
		t.Errorf("too large: %d", code)
	}
	conn = listen()
	conn.WriteMessage(websocket.BinaryMessage, []byte{1})
	if code := closeCode(t, conn, 3*time.Second); code != 1003 {
		t.Errorf("binary: %d", code)
	}
	conn = listen()
	conn.WriteMessage(websocket.TextMessage, []byte(`nonsense`)) // harmless
	if frames, _ := b.hearUpTo(conn); len(frames) != 0 {
		t.Errorf("%v", frames)
	}
}

// A session that ends takes its sockets and polls with it, within two seconds.
func TestSignedOutIsSentAway(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	ways := map[string]func(who string){
		"logout": func(who string) { b.want(204, b.ask(who, "POST", "/api/auth/logout", nil)) },
		"deactivated": func(who string) {
			b.want(200, b.ask("admin", "PATCH", "/api/users/"+b.staff[who].ID, map[string]any{"active": false}))
		},
		"another role": func(who string) {
			b.want(200, b.ask("admin", "PATCH", "/api/users/"+b.staff[who].ID, map[string]any{"role": "admin", "password": "correct horse battery"}))
		},
	}
	who := map[string]string{"logout": "chw2", "deactivated": "doctor", "another role": "doctor2"}
	for name, end := range ways {
		conn := b.listen(who[name], "")
		b.hear(conn)
		polled := make(chan reply, 1)
		go func() {
			polled <- b.ask(who[name], "GET", fmt.Sprintf("/api/events?epoch=%s&after=%d&wait=30", b.db.Epoch(), b.db.Head()), nil)
		}()
		end(who[name])
		if code := closeCode(t, conn, 2*time.Second); code != 4401 {
			t.Errorf("%s: close %d", name, code)
		}
		select {
		case r := <-polled:
			if r.status != 401 {
				t.Errorf("%s: poll answered %d", name, r.status)
			}
		case <-time.After(2 * time.Second):
			t.Errorf("%s: the poll still waits", name)
		}
		b.want(401, b.ask(who[name], "GET", "/api/auth/me", nil))
	}
}

// A CHW who gets another ASHA: both are told to read afresh, and from then on only the
// new one hears of her.
func TestReassignedCHWResyncsBothASHAs(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	id := b.opens("chw")
	former, next, other := b.listen("asha", ""), b.listen("asha2", ""), b.listen("doctor", "")
	for _, conn := range []*websocket.Conn{former, next, other} {
		b.hear(conn)
	}
	b.want(200, b.ask("admin", "PATCH", "/api/users/"+b.staff["chw"].ID, map[string]any{"supervisorId": b.staff["asha2"].ID}))
	for _, conn := range []*websocket.Conn{former, next} {
		if f := b.hear(conn); f.Type != "resync" {
			t.Errorf("%+v", f)
		}
	}
	b.want(201, b.ask("chw", "POST", "/api/cases/"+id+"/comments", map[string]any{"text": "hello"}))
	if frames, _ := b.hearUpTo(former); len(frames) != 0 {
		t.Errorf("the former ASHA heard %v", frames)
	}
	if frames, _ := b.hearUpTo(next); len(frames) != 1 {
		t.Errorf("the new ASHA heard %v", frames)
	}
	if frames, _ := b.hearUpTo(other); len(frames) != 1 {
		t.Errorf("the doctor heard %v", frames)
	}
}

func TestOriginOfASocket(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	secret, _, err := b.db.SignIn(context.Background(), b.staff["doctor"].ID, db.Browser, "")
	if err != nil {
		t.Fatal(err)
	}
	address := "ws" + strings.TrimPrefix(b.url, "http") + "/ws"
	for origin, want := range map[string]int{"": 403, "http://evil.example": 403, "null": 403, b.url + ".evil.example": 403, strings.Replace(b.url, "http", "https", 1): 403, b.url: 101} {
		header := http.Header{"Cookie": {cookieName + "=" + secret}}
		if origin != "" {
			header.Set("Origin", origin)
		}
		conn, res, _ := websocket.DefaultDialer.Dial(address, header)
		if res == nil || res.StatusCode != want {
			t.Errorf("origin %q: %v, want %d", origin, res, want)
		}
		if conn != nil {
			conn.Close()
		}
	}
}

// TestThousandSockets: 1,000 sockets receive 1,000 events, in order, without a gap, while
// eight people write at once.
func TestThousandSockets(t *testing.T) {
	b := newBox(t) // not parallel: it wants the machine
	const sockets, events = 1000, 1000
	id := b.opens("chw")
	tablets := make([]string, sockets)
	for i := range tablets {
		tablets[i] = b.anotherTablet("doctor")
	}
	start := b.db.Head()
	var heard, open sync.WaitGroup
	for _, tablet := range tablets {
		conn := b.listen(tablet, fmt.Sprintf("?epoch=%s&after=%d", b.db.Epoch(), start))
		conn.SetPingHandler(func(ping string) error { // gorilla's own gives up after a second, on any machine
			return conn.WriteControl(websocket.PongMessage, []byte(ping), time.Now().Add(time.Minute))
		})
		open.Add(1)
		heard.Go(func() {
			prev, hello := start, false
			for prev < start+events {
				conn.SetReadDeadline(time.Now().Add(2 * time.Minute))
				_, text, err := conn.ReadMessage()
				if err != nil {
					t.Errorf("cut at %d: %v", prev-start, err)
					if !hello {
						open.Done()
					}
					return
				}
				if !hello {
					hello = true
					open.Done()
					continue
				}
				if strings.HasPrefix(string(text), `{"type":"presence"`) {
					continue
				}
				var seq, before int64
				if _, err := fmt.Sscanf(string(text[:min(len(text), 60)]), `{"seq":%d,"prev":%d,`, &seq, &before); err != nil || seq != prev+1 || before != prev {
					t.Errorf("after %d came %.60s", prev, text)
					return
				}
				prev = seq
			}
		})
	}
	open.Wait()
	var writers sync.WaitGroup
	for w := range 8 {
		writers.Go(func() {
			for range events / 8 {
				if _, err := b.db.Do(context.Background(), b.staff[[]string{"doctor", "chw"}[w%2]].ID, care.Command{Kind: care.AddCommentKind, CaseID: id, Comment: "hello"}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writers.Wait()
	heard.Wait()
	if got := b.db.Head() - start; got != events {
		t.Errorf("%d events written", got)
	}
}

// An ASHA whose tablet was away when a CHW moved to or from her is told to read afresh
// when it comes back, by socket and by poll.
func TestReassignmentIsHeardInReplay(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	id := b.opens("chw")
	at := fmt.Sprintf("?epoch=%s&after=%d", b.db.Epoch(), b.db.Head())
	moved := b.db.Head() + 1
	b.want(200, b.ask("admin", "PATCH", "/api/users/"+b.staff["chw"].ID, map[string]any{"supervisorId": b.staff["asha2"].ID}))
	b.want(201, b.ask("chw", "POST", "/api/cases/"+id+"/comments", map[string]any{"text": "hello"}))
	for _, who := range []string{"asha", "asha2"} {
		events, head := b.poll(who, at+"&wait=5")
		if len(events) != 1 || events[0].Type != "resync" || head < moved || head > b.db.Head() {
			t.Errorf("%s by poll: %+v %d", who, events, head)
		}
		conn := b.listen(who, at)
		b.hear(conn)
		if f := b.hear(conn); f.Type != "resync" {
			t.Errorf("%s by socket: %+v", who, f)
		}
	}
	if events, _ := b.poll("doctor", at+"&wait=5"); len(events) != 1 || events[0].Type != "comment" {
		t.Errorf("the doctor: %+v", events)
	}
}

// Rooms that change between the check of a request and its joining are the ones it gets.
func TestRoomsAreThoseOfTheMomentOfJoining(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	ctx := context.WithValue(context.Background(), identityKey{}, identity{user: b.staff["asha"], session: mustSession(t, b, "asha")})
	who, err := b.who(ctx)
	if err != nil {
		t.Fatal(err)
	}
	b.want(200, b.ask("admin", "PATCH", "/api/users/"+b.staff["chw"].ID, map[string]any{"supervisorId": b.staff["asha2"].ID}))
	after := b.db.Head()
	b.opens("chw")
	batch, err := b.hub.Poll(ctx, who, b.db.Epoch(), &after, time.Second)
	if err != nil || len(batch.Events) != 0 {
		t.Errorf("the former ASHA hears %s %v", batch.Events, err)
	}
}

func mustSession(t *testing.T, b *box, who string) db.Session {
	t.Helper()
	_, session, err := b.db.WhoIs(context.Background(), b.tokens[who], db.Token)
	if err != nil {
		t.Fatal(err)
	}
	return session
}
