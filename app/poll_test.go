package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"aarogya/app/care"
)

// recorder keeps the logged frames somebody was told, and each resync, as the bytes they
// came in.
type recorder struct {
	t      *testing.T
	name   string
	mu     sync.Mutex
	frames []string
	at     int64 // the newest position told of
	news   chan struct{}
	stop   func() // and wait for its end
}

func (r *recorder) heard(text []byte) {
	var f frame
	if err := json.Unmarshal(text, &f); err != nil {
		r.t.Errorf("%s: %s: %v", r.name, text, err)
		return
	}
	if f.Seq == 0 && f.Type != "resync" {
		return
	}
	r.mu.Lock()
	r.frames = append(r.frames, string(text))
	r.at = max(f.Seq, f.Head)
	r.mu.Unlock()
	select {
	case r.news <- struct{}{}:
	default:
	}
}

// upTo waits until the recorder was told of position seq.
func (r *recorder) upTo(seq int64) {
	r.t.Helper()
	for timeout := time.After(20 * time.Second); ; {
		r.mu.Lock()
		at := r.at
		r.mu.Unlock()
		if at >= seq {
			return
		}
		select {
		case <-r.news:
		case <-timeout:
			r.t.Fatalf("%s is at %d, not at %d", r.name, at, seq)
		}
	}
}

// bySocket goes on recording by a socket from where it stands.
func (r *recorder) bySocket(b *box, who string) {
	conn := b.listen(who, fmt.Sprintf("?epoch=%s&after=%d", b.db.Epoch(), r.at))
	var reading sync.WaitGroup
	reading.Go(func() {
		for {
			_, text, err := conn.ReadMessage()
			if err != nil {
				return
			}
			r.heard(text)
		}
	})
	r.stop = func() { conn.Close(); reading.Wait() }
}

// byPoll goes on recording by long-polls from where it stands, once two upgrades were
// refused, as the portal does.
func (r *recorder) byPoll(b *box, dial dialer, who string) {
	for range 2 {
		if _, res, _ := b.listenVia(dial, who, ""); res == nil || res.StatusCode != http.StatusForbidden {
			r.t.Fatalf("the proxy lets a socket through: %v", res)
		}
	}
	client := b.clientVia(dial)
	ctx, cancel := context.WithCancel(context.Background())
	poll := func(after int64) (int64, error) {
		q, _ := http.NewRequestWithContext(ctx, "GET", fmt.Sprintf("%s/api/events?epoch=%s&after=%d&wait=25", b.url, b.db.Epoch(), after), nil)
		q.Header.Set("Authorization", "Bearer "+b.tokens[who])
		res, err := client.Do(q)
		if err != nil {
			return 0, err
		}
		defer res.Body.Close()
		text, err := io.ReadAll(res.Body)
		var batch struct {
			Head   int64
			Events []json.RawMessage
		}
		if err == nil {
			err = json.Unmarshal(text, &batch)
		}
		if err != nil || res.StatusCode != http.StatusOK {
			return 0, fmt.Errorf("%d %s: %w", res.StatusCode, text, err)
		}
		for _, event := range batch.Events {
			r.heard(event)
		}
		if len(batch.Events) == 0 {
			return batch.Head, nil
		}
		return r.at, nil // nobody else moves it
	}
	var polling sync.WaitGroup
	polling.Go(func() {
		after, err := r.at, error(nil)
		for err == nil {
			after, err = poll(after)
		}
		if ctx.Err() == nil {
			r.t.Errorf("%s: %v", r.name, err)
		}
	})
	r.stop = func() { cancel(); polling.Wait() }
	b.t.Cleanup(r.stop)
}

// Where a proxy refuses sockets, long-polls bring the same frames, byte for byte, live and
// after having been away.
func TestPollsTellWhatSocketsTell(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	refusing := b.refusesSockets()
	people := []string{"doctor", "asha", "asha2", "chw", "chw2"}
	sockets, polls := map[string]*recorder{}, map[string]*recorder{}
	listen := func() {
		for _, who := range people {
			sockets[who].bySocket(b, who)
			polls[who].byPoll(b, refusing, who)
		}
	}
	hangUp := func() {
		for _, who := range people {
			sockets[who].stop()
			polls[who].stop()
		}
	}
	wait := func(who ...string) {
		t.Helper()
		for _, w := range who {
			sockets[w].upTo(b.db.Head())
			polls[w].upTo(b.db.Head())
		}
	}
	for _, who := range people {
		sockets[who] = &recorder{t: t, name: who + " by socket", at: b.db.Head(), news: make(chan struct{}, 1)}
		polls[who] = &recorder{t: t, name: who + " by poll", at: b.db.Head(), news: make(chan struct{}, 1)}
	}
	comment := func(who, id, text string) {
		t.Helper()
		b.want(201, b.ask(who, "POST", "/api/cases/"+id+"/comments", map[string]any{"text": text}))
	}
	step := func(who, id string, says map[string]any) {
		t.Helper()
		says["caseId"] = id
		b.want(200, b.ask(who, "PATCH", "/api/cases/update-status", says))
	}
	everything := func() (ofCHW, ofCHW2 string) {
		t.Helper()
		ofCHW, ofCHW2 = b.opens("chw"), b.opens("chw2")
		comment("chw", ofCHW, "<b>\"very\" hot</b> & dry \u2028 \u0939\u093f\u0928\u094d\u0926\u0940 \U0001f321")
		b.want(201, b.ask("chw", "POST", "/api/cases/"+ofCHW+"/vitals", `{"vitals": {"tempC": 39.4, "pulse": 121, "avpu": "A"}}`))
		b.want(200, b.ask("chw", "PATCH", "/api/cases/"+ofCHW+"/patient", `{"phone": {"from": "", "to": "9876543210"}}`))
		step("asha", ofCHW, map[string]any{"action": "start_review"})
		b.want(200, b.ask("asha", "DELETE", "/api/cases/"+ofCHW+"/lock", nil))
		step("asha", ofCHW, map[string]any{"action": "forward", "reason": "fever"})
		step("doctor", ofCHW, map[string]any{"action": "accept"})
		step("doctor", ofCHW, map[string]any{"action": "refer", "referral": map[string]any{"reason": "fever > 39 & \"fits\"", "urgency": "URGENT", "level": "PHC", "destination": "Kheda", "transport": "108"}})
		step("asha2", ofCHW2, map[string]any{"action": "reject", "reason": "incomplete"})
		comment("chw2", ofCHW2, "she has no phone")
		step("chw2", ofCHW2, map[string]any{"action": "resubmit"})
		return ofCHW, ofCHW2
	}
	reassign := func(chw, asha string) {
		t.Helper()
		b.want(200, b.ask("admin", "PATCH", "/api/users/"+b.staff[chw].ID, map[string]any{"supervisorId": b.staff[asha].ID}))
	}

	listen()
	one, two := everything()
	reassign("chw", "asha2")
	wait("asha", "asha2") // a resync says how far the log was just then
	comment("doctor", one, "for another ASHA")
	wait("asha2", "doctor", "chw")
	// Something of her own brings the former ASHA past it: read only after the way back, it would
	// be hers again, by whichever transport happens to be woken just then, before the resync.
	b.opens("asha")
	wait("asha", "doctor")
	reassign("chw", "asha")
	wait("asha", "asha2")
	comment("chw", one, "back")
	wait("asha", "chw", "doctor")
	comment("chw2", two, "thanks")
	wait("asha2", "chw2", "doctor")
	hangUp()

	// Away: more than one poll carries, then a reassignment. The former ASHA no longer sees what
	// was before it, the new one does.
	everything()
	var burst sync.WaitGroup
	for range 8 {
		id := b.opens("chw") // one for each: a case gets slow with its comments
		burst.Go(func() {
			for range 65 {
				if _, err := b.db.Do(context.Background(), b.staff["doctor"].ID, care.Command{Kind: care.AddCommentKind, CaseID: id, Comment: "more & more"}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	burst.Wait()
	reassign("chw", "asha2")
	comment("chw", one, "last")
	listen()
	wait("asha", "asha2", "chw", "doctor")
	comment("chw2", two, "last")
	wait("asha2", "chw2", "doctor")
	hangUp()

	for who, least := range map[string]struct{ frames, resyncs int }{"doctor": {540, 0}, "asha": {12, 3}, "asha2": {540, 3}, "chw": {540, 0}, "chw2": {10, 0}} {
		socket, poll := sockets[who].frames, polls[who].frames
		for i := range min(len(socket), len(poll)) {
			if socket[i] != poll[i] {
				t.Errorf("%s, frame %d\nby socket %s\nby poll   %s", who, i, socket[i], poll[i])
				break
			}
		}
		all := strings.Join(socket, "\n")
		if len(socket) != len(poll) || len(socket) < least.frames || strings.Count(all, `{"type":"resync"`) != least.resyncs {
			t.Errorf("%s: %d frames by socket, %d by poll, %d of them resyncs; want %+v", who, len(socket), len(poll), strings.Count(all, `{"type":"resync"`), least)
		}
	}
	for _, kind := range []string{"newCase", "caseStatusUpdate", "caseChanged", "comment"} {
		if !bytes.Contains([]byte(strings.Join(sockets["doctor"].frames, "\n")), []byte(`"type":"`+kind+`"`)) {
			t.Errorf("no %s was told", kind)
		}
	}
}
