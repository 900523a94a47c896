package app

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"aarogya/app/care"
	"aarogya/db"

	"github.com/gorilla/websocket"
)

// fakeClock runs like the real one and can be moved.
type fakeClock struct{ ahead atomic.Int64 }

func (c *fakeClock) now() time.Time          { return time.Now().Add(time.Duration(c.ahead.Load())) }
func (c *fakeClock) forward(d time.Duration) { c.ahead.Add(int64(d)) }

// hearFact waits for a frame of one kind for which is says yes.
func (b *box) hearFact(conn *websocket.Conn, kind string, is func(data map[string]any) bool) map[string]any {
	b.t.Helper()
	for {
		f := b.hearAny(conn)
		if f.Type != kind {
			continue
		}
		var data map[string]any
		if err := json.Unmarshal(f.Data, &data); err != nil {
			b.t.Fatal(err)
		}
		if is(data) {
			return data
		}
	}
}

func any1(map[string]any) bool { return true }

func about(caseID string) func(map[string]any) bool {
	return func(d map[string]any) bool { return d["caseId"] == caseID }
}

func names(people any) []string {
	found := []string{}
	for _, p := range people.([]any) {
		found = append(found, p.(map[string]any)["name"].(string))
	}
	return found
}

func (b *box) says(conn *websocket.Conn, frame string, args ...any) {
	b.t.Helper()
	if err := conn.WriteMessage(websocket.TextMessage, fmt.Appendf(nil, frame, args...)); err != nil {
		b.t.Fatal(err)
	}
}

func lockPath(id string) string { return "/api/cases/" + id + "/lock" }

// 200 people take the same case in the same moment: one has it, and the others are told who.
func TestTwoHundredTakes(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	id := b.opens("chw")
	const people = 200
	var who []string
	for i := range people {
		name, role, hash := fmt.Sprintf("doctor-%d", i), care.Clinician, testHash()
		done, err := b.db.Do(context.Background(), b.staff["admin"].ID, care.Command{Kind: care.CreateUserKind, User: &care.UserChange{Username: &name, Name: &name, Role: &role, PasswordHash: &hash}})
		if err != nil {
			t.Fatal(err)
		}
		b.staff[name] = *done.User
		if b.tokens[name], _, err = b.db.SignIn(context.Background(), done.User.ID, db.Token, "test"); err != nil {
			t.Fatal(err)
		}
		who = append(who, name)
	}
	replies := make([]reply, people)
	var all sync.WaitGroup
	for i, name := range who {
		all.Go(func() { replies[i] = b.ask(name, "PUT", lockPath(id), map[string]any{}) })
	}
	all.Wait()
	holder := ""
	for i, r := range replies {
		switch r.status {
		case 200:
			if holder != "" {
				t.Errorf("%s and %s have it", holder, who[i])
			}
			holder = who[i]
		case 423, 503: // 503: more wait than the box promises to answer soon
		default:
			t.Errorf("%s: %d %s", who[i], r.status, r.body)
		}
	}
	if holder == "" {
		t.Fatal("nobody has it")
	}
	for i, r := range replies {
		if r.status != 423 {
			continue
		}
		lock := r.json(t)["lock"].(map[string]any)
		if r.code(t) != "locked" || lock["holder"].(map[string]any)["name"] != holder || lock["expiresAt"] == nil {
			t.Errorf("%s is told %s", who[i], r.body)
		}
	}
}

// A step under a lock that has passed on is refused in the write, and changes nothing.
func TestStaleFence(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	id := b.opens("chw")
	lock := func(who, do string) map[string]any {
		return b.want(200, b.ask(who, "PUT", lockPath(id), map[string]any{"do": do})).json(t)["lock"].(map[string]any)
	}
	old := lock("asha", "take")["fence"]
	step := map[string]any{"caseId": id, "action": "start_review", "fence": old}
	lock("doctor", "take_over")
	if r := b.want(423, b.ask("asha", "PATCH", "/api/cases/update-status", step)); r.code(t) != "locked" || r.json(t)["lock"] == nil {
		t.Error(r.body)
	}
	b.want(200, b.ask("doctor", "DELETE", lockPath(id), nil))
	if r := b.want(423, b.ask("asha", "PATCH", "/api/cases/update-status", step)); r.json(t)["lock"] != nil {
		t.Error(r.body)
	}
	if status := b.want(200, b.ask("asha", "GET", "/api/cases/"+id, nil)).json(t)["status"]; status != "PENDING" {
		t.Errorf("it is %v", status)
	}
	step["fence"] = lock("asha", "take")["fence"]
	b.want(200, b.ask("asha", "PATCH", "/api/cases/update-status", step))
	b.want(201, b.ask("doctor", "POST", "/api/cases/"+id+"/comments", map[string]any{"text": "facts never ask"}))
	rows := b.want(200, b.ask("doctor", "GET", "/api/cases?view=all", nil)).json(t)
	if rows["locks"].(map[string]any)[id] == nil {
		t.Errorf("the list does not show the lock: %v", rows["locks"])
	}
}

// A lock is told to who may see the case, survives a restart, and goes back half a minute
// after its holder's last connection ended.
func TestLockIsToldAndGivenBack(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	id := b.opens("chw")
	asha, stranger := b.listen("asha", ""), b.listen("asha2", "")
	var overheard atomic.Bool
	go func() {
		for {
			_, text, err := stranger.ReadMessage()
			if err != nil {
				return
			}
			if strings.Contains(string(text), id) {
				overheard.Store(true)
			}
		}
	}()
	holder := b.listen("doctor", "")
	b.want(200, b.ask("doctor", "PUT", lockPath(id), map[string]any{}))
	data := b.hearFact(asha, "lock", about(id))
	if data["lock"].(map[string]any)["holder"].(map[string]any)["name"] != "doctor" {
		t.Errorf("%v", data)
	}
	b.want(200, b.ask("asha", "PUT", lockPath(id), map[string]any{"do": "ask"}))
	asked := b.hearFact(holder, "lock", func(d map[string]any) bool { return d["lock"].(map[string]any)["asked"] != nil })
	if asked["lock"].(map[string]any)["asked"].(map[string]any)["by"].(map[string]any)["name"] != "asha" {
		t.Errorf("%v", asked)
	}
	holder.Close()
	gone := time.Now()
	b.hearLong(asha, "lock", func(d map[string]any) bool { return d["caseId"] == id && d["lock"] == nil })
	if after := time.Since(gone); after < 25*time.Second || after > 40*time.Second {
		t.Errorf("given back after %v", after)
	}
	if overheard.Load() {
		t.Error("the other ASHA hears of it")
	}
	b.want(200, b.ask("asha", "PUT", lockPath(id), map[string]any{}))
}

func TestLockSurvivesARestart(t *testing.T) {
	t.Parallel()
	dir, tokens, id := prepared(t)
	p := startProgram(t, "serve", "--data", dir, "--http", "127.0.0.1:0", "--https", "")
	first := &box{t: t, url: p.url, tokens: tokens}
	lock := first.want(200, first.ask("doctor", "PUT", lockPath(id), map[string]any{})).json(t)["lock"].(map[string]any)
	p.kill()
	p = startProgram(t, "serve", "--data", dir, "--http", "127.0.0.1:0", "--https", "")
	second := &box{t: t, url: p.url, tokens: tokens}
	r := second.want(423, second.ask("asha", "PATCH", "/api/cases/update-status", map[string]any{"caseId": id, "action": "start_review"}))
	if again := r.json(t)["lock"].(map[string]any); again["fence"] != lock["fence"] || again["expiresAt"] != lock["expiresAt"] {
		t.Errorf("before %v, after %v", lock, again)
	}
	p.kill()
}

// TestTogether: who is here, who looks, who types and who has looked, over the socket and
// over the poll, and only for who may see the case.
func TestTogether(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	id := b.opens("chw")
	doctor := b.listen("doctor", "")
	if on := names(b.hearFact(doctor, "presence", any1)["on"]); !slices.Equal(on, []string{"doctor"}) {
		t.Errorf("here are %v", on)
	}
	chw := b.listen("chw", "")
	b.hearFact(doctor, "presence", func(d map[string]any) bool { return slices.Contains(names(d["on"]), "chw") })
	looking := func(people ...string) func(map[string]any) bool {
		return func(d map[string]any) bool {
			got := names(d["people"])
			slices.Sort(got)
			return d["caseId"] == id && slices.Equal(got, people)
		}
	}
	view := `{"type":"viewing","caseId":"%s"}`
	b.says(doctor, view, id)
	b.hearFact(doctor, "viewing", looking("doctor"))
	b.says(chw, view, id)
	b.hearFact(doctor, "viewing", looking("chw", "doctor"))
	b.says(chw, `{"type":"typing","caseId":"%s"}`, id)
	b.hearFact(doctor, "typing", looking("chw"))
	began := time.Now()
	b.hearFact(doctor, "typing", looking())
	if after := time.Since(began); after > 5*time.Second {
		t.Errorf("she types for %v", after)
	}

	// One who polls is here too, and sees the same.
	frames := map[string]any{"frames": []any{map[string]any{"type": "viewing", "caseId": id}, map[string]any{"type": "typing", "caseId": id}}}
	answer := b.want(200, b.ask("asha", "POST", "/api/events", frames))
	for _, kind := range []string{"presence", "viewing", "typing", "lock"} {
		if !strings.Contains(answer.body, `"type":"`+kind+`"`) {
			t.Errorf("no %s in %s", kind, answer.body)
		}
	}
	b.hearFact(doctor, "viewing", looking("asha", "chw", "doctor"))
	b.hearFact(doctor, "typing", looking("asha"))
	polled := make(chan string, 1)
	go func() {
		text := ""
		for !strings.Contains(text, `"type":"viewing"`) { // who comes and goes is news as well
			r := b.ask("asha", "GET", fmt.Sprintf("/api/events?epoch=%s&after=%d&wait=20", b.db.Epoch(), b.db.Head()), nil)
			if text = r.body; r.status != 200 {
				break
			}
		}
		polled <- text
	}()
	got := ""
	for got == "" { // nobody says when the poll has begun to wait
		b.says(chw, `{"type":"viewing","caseId":null}`)
		b.says(chw, view, id)
		select {
		case got = <-polled:
		case <-time.After(500 * time.Millisecond):
		}
	}
	if !strings.Contains(got, `"type":"viewing"`) {
		t.Errorf("the poll hears %s", got)
	}
	b.says(chw, `{"type":"viewing","caseId":null}`)
	b.hearFact(doctor, "viewing", looking("asha", "doctor"))

	// Not hers to see: the other ASHA neither shows nor is shown.
	other := b.listen("asha2", "")
	b.says(other, view, id)
	b.says(other, `{"type":"typing","caseId":"%s"}`, id)
	b.says(chw, view, id)
	data := b.hearFact(doctor, "viewing", looking("asha", "chw", "doctor"))
	b.hearUpTo(other)
	if strings.Contains(sprint(data), "asha2") {
		t.Errorf("%v", data)
	}
	if r := b.want(200, b.ask("asha2", "POST", "/api/events", frames)); strings.Contains(r.body, id) {
		t.Errorf("asha2 is told %s", r.body)
	}

	// Comments: unread until looked at, and the author is told who has.
	b.want(201, b.ask("chw", "POST", "/api/cases/"+id+"/comments", map[string]any{"text": "she is better"}))
	unread := func(who string) any {
		return b.want(200, b.ask(who, "GET", "/api/cases", nil)).json(t)["unread"].(map[string]any)[id]
	}
	if unread("doctor") != 1.0 || unread("chw") != nil {
		t.Errorf("unread: doctor %v, author %v", unread("doctor"), unread("chw"))
	}
	seq := b.want(200, b.ask("doctor", "GET", "/api/cases/"+id, nil)).json(t)["seq"].(float64)
	b.want(204, b.ask("doctor", "POST", "/api/cases/"+id+"/seen", map[string]any{"seq": seq}))
	b.hearFact(chw, "seen", func(d map[string]any) bool {
		return d["caseId"] == id && d["seq"] == seq && d["by"].(map[string]any)["name"] == "doctor"
	})
	if unread("doctor") != nil {
		t.Errorf("still unread: %v", unread("doctor"))
	}
	if by := b.want(200, b.ask("chw", "GET", "/api/cases/"+id, nil)).json(t)["seenBy"]; !strings.Contains(sprint(by), "name:doctor") {
		t.Errorf("seen by %v", by)
	}

	// A reassigned CHW's former ASHA is no longer shown beside the case.
	b.want(200, b.ask("admin", "PATCH", "/api/users/"+b.staff["chw"].ID, map[string]any{"supervisorId": b.staff["asha2"].ID}))
	b.hearFact(doctor, "viewing", looking("chw", "doctor"))
}

// A tablet whose network vanishes without a word is gone from every screen: what it types
// within 5 s, what it looks at and its person within 25 s.
func TestVanishedTablet(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	id := b.opens("chw")
	net := b.network()
	doctor := b.listen("doctor", "")
	chw, _, err := b.listenVia(net.dial, "chw", "")
	if err != nil {
		t.Fatal(err)
	}
	go func() { // a browser answers pings by itself
		for {
			if _, _, err := chw.ReadMessage(); err != nil {
				return
			}
		}
	}()
	b.says(doctor, `{"type":"viewing","caseId":"%s"}`, id)
	b.says(chw, `{"type":"viewing","caseId":"%s"}`, id)
	b.hearFact(doctor, "viewing", func(d map[string]any) bool { return len(d["people"].([]any)) == 2 })
	b.says(chw, `{"type":"typing","caseId":"%s"}`, id)
	b.hearFact(doctor, "typing", func(d map[string]any) bool { return len(d["people"].([]any)) == 1 })
	net.vanish()
	gone := time.Now()
	b.hearFact(doctor, "typing", func(d map[string]any) bool { return len(d["people"].([]any)) == 0 })
	if after := time.Since(gone); after > 5*time.Second {
		t.Errorf("she types for %v", after)
	}
	b.hearLong(doctor, "viewing", func(d map[string]any) bool { return len(d["people"].([]any)) == 1 })
	if after := time.Since(gone); after > 25*time.Second {
		t.Errorf("she looks for %v", after)
	}
	b.hearLong(doctor, "presence", func(d map[string]any) bool {
		return d["off"] != nil && slices.Contains(d["off"].([]any), any(b.staff["chw"].ID))
	})
	if after := time.Since(gone); after > 26*time.Second {
		t.Errorf("she is here for %v", after)
	}
}

// hearLong is hearFact for what takes its time.
func (b *box) hearLong(conn *websocket.Conn, kind string, is func(data map[string]any) bool) {
	b.t.Helper()
	conn.SetReadDeadline(time.Now().Add(40 * time.Second))
	for {
		_, text, err := conn.ReadMessage()
		if err != nil {
			b.t.Fatal(err)
		}
		var f struct {
			Type string
			Data map[string]any
		}
		if err := json.Unmarshal(text, &f); err != nil {
			b.t.Fatal(err)
		}
		if f.Type == kind && is(f.Data) {
			return
		}
	}
}

const redSunita = `{"patient": {"name": "Canary Devi", "sex": "F", "age": {"value": 26, "unit": "years"}, "village": "Kheda", "consent": true}, "complaint": "convulsions", "signs": ["convulsions"]}`

// A RED case rings at once, after 2, 5 and 10 minutes, each time for more people, until a
// clinician opens it; whoever may not see it hears no name.
func TestRedAlarm(t *testing.T) {
	t.Parallel()
	clock := &fakeClock{}
	b := newBoxAt(t, clock.now)
	all := map[string]*websocket.Conn{}
	for _, who := range staffNames {
		all[who] = b.listen(who, "")
	}
	id := b.want(201, b.ask("chw", "POST", "/api/cases", redSunita)).json(t)["case"].(map[string]any)["id"].(string)
	named := []string{"doctor", "doctor2", "asha", "chw", "admin"}
	alarm := ""
	hear := func(level int, names, nameless []string) {
		t.Helper()
		for _, who := range append(slices.Clone(names), nameless...) {
			d := b.hearFact(all[who], "alert", func(d map[string]any) bool { return d["level"] == float64(level) })
			alarm = d["id"].(string)
			isNamed := d["caseId"] == id && strings.Contains(sprint(d), "Canary")
			isNameless := d["caseId"] == nil && !strings.Contains(sprint(d), "Canary") && !strings.Contains(sprint(d), id)
			if slices.Contains(names, who) && !isNamed && !isNameless || slices.Contains(nameless, who) && !isNameless {
				t.Errorf("level %d, %s hears %v", level, who, d)
			}
		}
	}
	hear(0, named, nil)
	clock.forward(2 * time.Minute)
	hear(1, named, nil)
	clock.forward(3 * time.Minute)
	hear(2, named, []string{"asha2"})
	clock.forward(5 * time.Minute)
	hear(3, named, []string{"asha2", "chw2"})
	for who, want := range map[string]string{"doctor": id, "chw2": "a RED case waits"} {
		if r := b.want(200, b.ask(who, "GET", "/api/alerts", nil)); !strings.Contains(r.body, want) || who == "chw2" && strings.Contains(r.body, "Canary") {
			t.Errorf("%s is told %s", who, r.body)
		}
	}
	b.want(403, b.ask("chw", "POST", "/api/alerts/"+alarm+"/ack", map[string]any{}))
	b.want(403, b.ask("asha", "POST", "/api/alerts/"+alarm+"/ack", map[string]any{}))
	b.want(204, b.ask("asha", "POST", "/api/cases/"+id+"/seen", map[string]any{"seq": 100}))
	if r := b.want(200, b.ask("doctor", "GET", "/api/alerts", nil)); !strings.Contains(r.body, alarm) {
		t.Error("an ASHA's look has silenced it")
	}
	// A look at what was there before, and what was written out of reach, silence nothing.
	b.want(204, b.ask("doctor", "POST", "/api/cases/"+id+"/seen", map[string]any{"seq": 1}))
	b.want(200, b.ask("doctor", "POST", "/api/sync", map[string]any{"commands": []any{map[string]any{"id": db.NewID(), "kind": "comment.add", "caseId": id, "body": map[string]any{"text": "from the village"}}}}))
	b.want(201, b.ask("doctor", "POST", "/api/cases/"+id+"/comments", map[string]any{"text": "who is with her?"}))
	if r := b.want(200, b.ask("doctor", "GET", "/api/alerts", nil)); !strings.Contains(r.body, alarm) {
		t.Error("silenced by somebody who has not seen it")
	}
	b.want(204, b.ask("doctor2", "POST", "/api/cases/"+id+"/seen", map[string]any{"seq": 100}))
	answered := time.Now()
	for _, who := range staffNames {
		d := b.hearFact(all[who], "alertAck", func(d map[string]any) bool { return d["id"] == alarm })
		if d["by"].(map[string]any)["name"] != "doctor2" || strings.Contains(sprint(d), id) {
			t.Errorf("%s hears %v", who, d)
		}
	}
	if after := time.Since(answered); after > time.Second {
		t.Errorf("silent after %v", after)
	}
	clock.forward(time.Hour)
	time.Sleep(3 * alarmPulse)
	if frames, _ := b.hearUpTo(all["doctor"]); len(frames) > 0 {
		t.Errorf("it rings on: %v", frames)
	}
	// Looked at, and not taken: a worse turn rings anew.
	b.want(200, b.ask("chw", "PATCH", "/api/cases/update-status", map[string]any{"caseId": id, "action": "emergency_referral",
		"referral": map[string]any{"reason": "worse", "level": "CHC", "destination": "CHC"}}))
	again := b.hearFact(all["doctor"], "alert", any1)
	if again["id"] == alarm || again["level"] != 0.0 {
		t.Errorf("the worse turn: %v", again)
	}
	b.want(200, b.ask("doctor", "POST", "/api/alerts/"+again["id"].(string)+"/ack", map[string]any{}))
	b.want(200, b.ask("doctor", "POST", "/api/alerts/"+alarm+"/ack", map[string]any{}))
	b.want(404, b.ask("doctor", "POST", "/api/alerts/"+absentCase+"/ack", map[string]any{}))
	b.want(404, b.ask("asha2", "POST", "/api/alerts/"+alarm+"/ack", map[string]any{}))
}

// The plug is pulled between every two rings: the alarm goes on where it stood.
func TestAlarmSurvivesThePlug(t *testing.T) {
	t.Parallel()
	dir, tokens, _ := prepared(t)
	ringing := func(b *box) (alarms []care.AlarmData) {
		var list struct{ Alerts []care.AlarmData }
		if err := json.Unmarshal([]byte(b.want(200, b.ask("doctor", "GET", "/api/alerts", nil)).body), &list); err != nil {
			t.Fatal(err)
		}
		return list.Alerts
	}
	for level, ahead := range []time.Duration{0, 2*time.Minute + time.Second, 5*time.Minute + 5*time.Second, 10*time.Minute + 10*time.Second} {
		p := startProgramAt(t, ahead, "serve", "--data", dir, "--http", "127.0.0.1:0", "--https", "")
		b := &box{t: t, url: p.url, tokens: tokens}
		if level == 0 {
			b.want(201, b.ask("chw", "POST", "/api/cases", redSunita))
		}
		deadline := time.Now().Add(20 * time.Second)
		for {
			if list := ringing(b); len(list) == 1 && list[0].Level == level {
				break
			} else if len(list) != 1 || list[0].Level > level || time.Now().After(deadline) {
				t.Fatalf("after %v it stands at %+v", ahead, list)
			}
			time.Sleep(50 * time.Millisecond)
		}
		if level == 3 {
			b.want(200, b.ask("doctor", "POST", "/api/alerts/"+ringing(b)[0].ID+"/ack", map[string]any{}))
			if list := ringing(b); len(list) != 0 {
				t.Errorf("answered, and rings: %+v", list)
			}
		}
		p.kill()
	}
}

func TestSOS(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	all := map[string]*websocket.Conn{}
	for _, who := range staffNames {
		all[who] = b.listen(who, "")
	}
	b.want(422, b.ask("chw2", "POST", "/api/sos", map[string]any{"location": " "}))
	sos := b.want(201, b.ask("chw2", "POST", "/api/sos", map[string]any{"location": "Kheda, well", "message": "a fall"})).json(t)["sos"].(map[string]any)
	for _, who := range []string{"doctor", "doctor2", "asha", "asha2", "admin", "chw2"} {
		d := b.hearFact(all[who], "sos", any1)
		if d["id"] != sos["id"] || d["senderName"] != "chw2" || d["senderRole"] != "chw" || d["location"] != "Kheda, well" || d["message"] != "a fall" || d["timestamp"] == nil {
			t.Errorf("%s hears %v", who, d)
		}
	}
	path := "/api/alerts/" + sos["id"].(string) + "/ack"
	b.want(403, b.ask("chw", "POST", path, map[string]any{}))
	b.want(200, b.ask("asha", "POST", path, map[string]any{}))
	if d := b.hearFact(all["chw2"], "alertAck", any1); d["id"] != sos["id"] || d["by"].(map[string]any)["name"] != "asha" {
		t.Errorf("the sender hears %v", d)
	}
	if frames, _ := b.hearUpTo(all["chw"]); len(frames) > 0 {
		t.Errorf("another CHW hears %v", frames)
	}
}

// TestLimits: a client that says too much is closed with 1008, by frames, pings or
// fragments; of seven sockets the one longest silent goes; nobody else notices.
func TestLimits(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	id := b.opens("chw")
	healthy := b.listen("doctor2", "")
	for name, flood := range map[string]func(c *websocket.Conn) error{
		"frames": func(c *websocket.Conn) error { return c.WriteMessage(websocket.TextMessage, []byte(`{"type":"ping"}`)) },
		"pings": func(c *websocket.Conn) error {
			return c.WriteControl(websocket.PingMessage, nil, time.Now().Add(time.Second))
		},
	} {
		conn := b.listen(b.anotherTablet("doctor"), "")
		go func() {
			for range 2000 {
				if flood(conn) != nil {
					return
				}
			}
		}()
		if code := closeCode(t, conn, 3*time.Second); code != websocket.ClosePolicyViolation {
			t.Errorf("%s: closed with %d", name, code)
		}
	}
	tablet := b.anotherTablet("doctor")
	var sockets []*websocket.Conn
	for range 6 {
		sockets = append(sockets, b.listen(tablet, ""))
	}
	for _, c := range sockets[1:] {
		b.hearUpTo(c)
	}
	sockets = append(sockets, b.listen(tablet, ""))
	if code := closeCode(t, sockets[0], 3*time.Second); code != websocket.ClosePolicyViolation {
		t.Errorf("the seventh socket: closed with %d", code)
	}
	b.hearUpTo(sockets[6])
	var last reply
	for range 120 {
		if last = b.ask(tablet, "POST", "/api/events", map[string]any{"frames": []any{map[string]any{"type": "ack", "seq": 1}}}); last.status == 429 {
			break
		}
	}
	if last.status != 429 || last.header.Get("Retry-After") == "" {
		t.Errorf("frames over the poll: %d %v", last.status, last.header)
	}
	b.want(201, b.ask("chw", "POST", "/api/cases/"+id+"/comments", map[string]any{"text": "hello"}))
	if frames, _ := b.hearUpTo(healthy); len(frames) != 1 || frames[0].Type != "comment" {
		t.Errorf("the healthy one heard %v", frames)
	}
}

// TestFlood: three clients that send 2,000 frames a second, one that sends 100,000
// fragments of one byte, and twenty that never read: the loud ones are closed within 3 s
// with 1008 or 1009, and fifty healthy listeners miss nothing.
func TestFlood(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	id := b.opens("chw")
	const healthy, stalled, events = 50, 20, 200
	var tablets []string
	for range healthy + stalled + 4 {
		tablets = append(tablets, b.anotherTablet("doctor"))
	}
	start := b.db.Head()
	for _, tablet := range tablets[healthy : healthy+stalled] {
		b.listen(tablet, "") // and never reads
	}
	var heard sync.WaitGroup
	for _, tablet := range tablets[:healthy] {
		conn := b.listen(tablet, fmt.Sprintf("?epoch=%s&after=%d", b.db.Epoch(), start))
		heard.Go(func() {
			prev := start
			for prev < start+events {
				conn.SetReadDeadline(time.Now().Add(time.Minute))
				_, text, err := conn.ReadMessage()
				var f frame
				if err != nil || json.Unmarshal(text, &f) != nil {
					t.Errorf("after %d: %v", prev, err)
					return
				}
				if f.Seq == 0 {
					continue
				}
				if f.Prev != prev || f.Seq <= prev {
					t.Errorf("after %d came %d, whose prev is %d", prev, f.Seq, f.Prev)
				}
				prev = f.Seq
			}
		})
	}
	var loud sync.WaitGroup
	for i, tablet := range tablets[healthy+stalled:] {
		conn := b.listen(tablet, "")
		loud.Go(func() { // what it hears before it is closed is of no interest
			began := time.Now()
			code := closeCode(t, conn, 20*time.Second)
			if took := time.Since(began); took > 3*time.Second || code != websocket.ClosePolicyViolation && code != websocket.CloseMessageTooBig {
				t.Errorf("loud client %d: closed with %d after %v", i, code, took)
			}
		})
		loud.Go(func() {
			if i == 3 {
				for n := range 100_000 { // masked fragments of one byte, the first of them text
					first := byte(0)
					if n == 0 {
						first = 1
					}
					if _, err := conn.NetConn().Write([]byte{first, 0x81, 0, 0, 0, 0, 'x'}); err != nil {
						return
					}
				}
				return
			}
			for range 6000 {
				if conn.WriteMessage(websocket.TextMessage, []byte(`{"type":"ping"}`)) != nil {
					return
				}
				time.Sleep(time.Second / 2000)
			}
		})
	}
	for range events {
		if _, err := b.db.Do(context.Background(), b.staff["chw"].ID, care.Command{Kind: care.AddCommentKind, CaseID: id, Comment: "hello"}); err != nil {
			t.Error(err)
		}
	}
	loud.Wait()
	heard.Wait()
}

// A tablet whose answer was lost sends the same again, and gets the first answer, also if
// its clock was measured anew or its lock has run out meanwhile.
func TestSentAgainIsTheSame(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	id := b.opens("chw")
	saved := map[string]any{"id": db.NewID(), "kind": "comment.add", "caseId": id, "at": "2026-01-01T00:00:00.000Z", "body": map[string]any{"text": "better"}}
	var first string
	for i, offset := range []int64{0, 1e12, 5} {
		saved["clockOffsetMs"] = offset
		r := b.want(200, b.ask("chw", "POST", "/api/sync", map[string]any{"commands": []any{saved}}))
		result := sprint(r.json(t)["results"])
		if i == 0 {
			first = result
		}
		if result != first || !strings.Contains(result, "outcome:applied") {
			t.Errorf("sent the %d. time: %s, first %s", i+1, result, first)
		}
	}
	lock := b.want(200, b.ask("asha", "PUT", lockPath(id), map[string]any{})).json(t)["lock"].(map[string]any)
	key, step := db.NewID(), map[string]any{"caseId": id, "action": "start_review", "fence": lock["fence"]}
	b.want(200, b.ask("asha", "PATCH", "/api/cases/update-status", step, "Idempotency-Key", key))
	b.want(200, b.ask("asha", "DELETE", lockPath(id), nil))
	delete(step, "fence")
	b.want(200, b.ask("asha", "PATCH", "/api/cases/update-status", step, "Idempotency-Key", key))
	bad := []any{
		map[string]any{"id": db.NewID(), "kind": "comment.add", "caseId": id, "body": map[string]any{"text": "one"}},
		map[string]any{"id": db.NewID(), "kind": "comment.add", "caseId": absentCase, "body": map[string]any{"text": "lost"}},
		map[string]any{"id": db.NewID(), "kind": "comment.add", "caseId": id, "body": map[string]any{"Text": "wrong case"}},
		map[string]any{"id": db.NewID(), "kind": "no.such", "caseId": id},
		map[string]any{"id": "not one", "kind": "comment.add", "caseId": id, "body": map[string]any{"text": "no key"}},
		map[string]any{"id": db.NewID(), "kind": "comment.add", "caseId": id, "body": map[string]any{"text": "two"}},
	}
	var outcomes []string
	for _, r := range b.want(200, b.ask("chw", "POST", "/api/sync", map[string]any{"commands": bad})).json(t)["results"].([]any) {
		outcomes = append(outcomes, r.(map[string]any)["outcome"].(string))
	}
	if want := []string{"applied", "rejected", "rejected", "rejected", "rejected", "applied"}; !slices.Equal(outcomes, want) {
		t.Errorf("%v, want %v", outcomes, want)
	}
}

// A holder who renews as fast as she can is no news to anybody, and is held back.
func TestRenewingIsNoNews(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	id := b.opens("chw")
	doctor := b.listen("doctor", "")
	refused := 0
	for range 200 {
		if r := b.ask("asha", "PUT", lockPath(id), map[string]any{}); r.status == 429 {
			refused++
		}
	}
	if refused == 0 {
		t.Error("200 takes at once were all taken")
	}
	b.opens("chw") // something to wait for
	told := 0
	for f := b.hearAny(doctor); f.Type != "newCase"; f = b.hearAny(doctor) {
		if f.Type == "lock" {
			told++
		}
	}
	if told != 1 {
		t.Errorf("told %d times", told)
	}
}
