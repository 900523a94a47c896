package app

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"aarogya/app/care"
	"aarogya/db"

	"github.com/gorilla/websocket"
)

const year = 365 * 24 * time.Hour

// near: as good as the same, on a machine that is busy.
func near(a, b time.Time) bool { return a.Sub(b).Abs() < 30*time.Second }

// TestClockBoots: whatever the computer's clock says, the box falls not behind what it
// knew, and takes nobody's mistake for the time.
func TestClockBoots(t *testing.T) {
	t.Parallel()
	day := 24 * time.Hour
	saved := built.Add(2 * year)
	ntp := func() bool { return true }
	unsynced := func() bool { return false }
	tests := []struct {
		name         string
		saved        time.Time // zero = a new clinic
		said         *care.ClockData
		computer     time.Time
		ntp          func() bool
		rtc          time.Time // zero = none
		want         time.Time
		state        string
		believed     bool
		keeps        time.Time // what is saved after it
		forgetsAdmin bool
	}{
		{name: "a new clinic", computer: saved, want: saved, state: clockUnset, believed: true, keeps: saved},
		{name: "a new clinic in 1970", computer: time.Unix(0, 0), want: built, state: clockUnset},
		{name: "a new clinic in 2070", computer: time.Unix(0, 0).AddDate(100, 0, 0), want: built, state: clockUnset},
		{name: "as it was left", saved: saved, computer: saved.Add(time.Hour), want: saved.Add(time.Hour), state: clockUnset, believed: true, keeps: saved},
		{name: "1970", saved: saved, computer: time.Unix(0, 0), want: saved, state: clockUnset, keeps: saved},
		{name: "a saved time before the build", saved: built.Add(-year), computer: time.Unix(0, 0), want: built, state: clockUnset, keeps: built},
		{name: "put right by 9 minutes", saved: saved, computer: saved.Add(-9 * time.Minute), want: saved.Add(-9 * time.Minute), state: clockUnset, believed: true, keeps: saved},
		{name: "a year back", saved: saved, computer: saved.Add(-year), want: saved, state: clockUnset, keeps: saved},
		{name: "four weeks ahead", saved: saved, computer: saved.Add(28 * day), want: saved.Add(28 * day), state: clockUnset, believed: true, keeps: saved},
		{name: "two years ahead", saved: saved, computer: saved.Add(2 * year), want: saved, state: clockUnset, keeps: saved},
		{name: "two years ahead by NTP", saved: saved, computer: saved.Add(2 * year), ntp: ntp, want: saved.Add(2 * year), state: clockNTP, believed: true, keeps: saved.Add(2 * year)},
		{name: "back by NTP", saved: saved, computer: saved.Add(-year), ntp: ntp, want: saved.Add(-year), state: clockNTP, believed: true, keeps: saved.Add(-year)},
		{name: "NTP of 1970", saved: saved, computer: time.Unix(0, 0), ntp: ntp, want: saved, state: clockUnset, keeps: saved},
		{name: "off for five months, with a chip", saved: saved, computer: saved.Add(150 * day), rtc: saved.Add(150 * day), want: saved.Add(150 * day), state: clockRTC, believed: true, keeps: saved.Add(150 * day)},
		{name: "a chip that says otherwise", saved: saved, computer: saved.Add(150 * day), rtc: saved, want: saved, state: clockUnset, keeps: saved},
		{name: "a chip two years ahead", saved: saved, computer: saved.Add(2 * year), rtc: saved.Add(2 * year), want: saved, state: clockUnset, keeps: saved},
		{name: "a chip without a battery", saved: saved, computer: time.Unix(0, 0), rtc: time.Unix(0, 0), want: saved, state: clockUnset, keeps: saved},
		{name: "an admin's word", saved: saved, said: &care.ClockData{OffsetMs: year.Milliseconds()}, computer: saved.Add(-year), ntp: unsynced, want: saved, state: clockAdmin, believed: true, keeps: saved},
		{name: "an admin's word of another clock", saved: saved, said: &care.ClockData{OffsetMs: year.Milliseconds()}, computer: saved, ntp: unsynced, want: saved, state: clockUnset, keeps: saved},
		{name: "an admin's word, before NTP came", saved: saved, said: &care.ClockData{OffsetMs: year.Milliseconds()}, computer: saved, ntp: ntp, want: saved, state: clockNTP, believed: true, keeps: saved, forgetsAdmin: true},
		{name: "an admin's word against NTP", saved: saved, said: &care.ClockData{OffsetMs: year.Milliseconds(), OverNTP: true}, computer: saved.Add(-year), ntp: ntp, want: saved, state: clockAdmin, believed: true, keeps: saved},
	}
	ctx := context.Background()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			computer := func() time.Time { return tt.computer.Add(time.Since(began)) }
			c := newClock(computer, hardware{ntp: tt.ntp}, slogDiscard())
			if !tt.rtc.IsZero() {
				c.rtc = func() (time.Time, error) { return tt.rtc, nil }
			}
			d, err := db.Open(ctx, t.TempDir(), db.Options{Now: c.Now})
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			name, hash := "admin", testHash()
			admin, err := d.FirstAdmin(ctx, "", care.UserChange{Username: &name, Name: &name, PasswordHash: &hash})
			if err != nil {
				t.Fatal(err)
			}
			if tt.said != nil {
				if _, err := d.Do(ctx, admin.ID, care.Command{Kind: care.SetClockKind, Clock: tt.said}); err != nil {
					t.Fatal(err)
				}
			}
			if !tt.saved.IsZero() {
				if err := d.SaveTime(ctx, tt.saved, false); err != nil {
					t.Fatal(err)
				}
			}
			if err := c.load(ctx, d); err != nil {
				t.Fatal(err)
			}
			now, believed := c.read()
			if !near(now, tt.want) || believed != tt.believed || c.state != tt.state {
				t.Errorf("the box says %v, believed %v, %s; want %v, %v, %s", now, believed, c.state, tt.want, tt.believed, tt.state)
			}
			c.save()
			said, saved, err := d.Clock(ctx)
			if err != nil || (tt.keeps.IsZero() && saved != 0) || !tt.keeps.IsZero() && !near(saved.Time(), tt.keeps) {
				t.Errorf("saved %v, want %v: %v", saved, tt.keeps, err)
			}
			if (said == nil) != (tt.said == nil || tt.forgetsAdmin) {
				t.Errorf("of the admin's word is left %v", said)
			}
		})
	}
}

// Jumps while the box runs, as its own loop sees them.
func TestClockJumps(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	fake := &fakeClock{}
	fake.forward(2 * year) // well after the build
	var synced atomic.Bool
	var chip atomic.Pointer[time.Time]
	c := newClock(fake.now, hardware{ntp: synced.Load, rtc: func() (time.Time, error) {
		if at := chip.Load(); at != nil {
			return *at, nil
		}
		return time.Time{}, errors.New("no chip")
	}}, slogDiscard())
	back := 0
	c.wentBack = func() { back++ }
	d, err := db.Open(ctx, t.TempDir(), db.Options{Now: c.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := c.load(ctx, d); err != nil {
		t.Fatal(err)
	}
	var states []string
	c.tellState(func(s string) { states = append(states, s) })
	truth := func() time.Time { return time.Now().Add(2 * year) }
	wants := func(what string, want time.Time, state string) {
		t.Helper()
		c.look()
		if now := c.Now(); !near(now, want) || c.state != state {
			t.Errorf("%s: the box says %v, %s; want %v, %s", what, now, c.state, want, state)
		}
	}
	wants("as it began", truth(), clockUnset)
	fake.forward(-year)
	wants("a year back", truth(), clockUnset)
	fake.forward(3 * year)
	wants("two years ahead", truth(), clockUnset)
	if back != 0 {
		t.Errorf("the box's time went back %d times", back)
	}
	fake.forward(-2 * year)
	wants("right again", truth(), clockUnset)
	fake.forward(-5 * time.Minute)
	wants("put right by five minutes", truth().Add(-5*time.Minute), clockUnset)
	if back != 1 {
		t.Errorf("five minutes back are noticed %d times", back)
	}
	fake.forward(5 * time.Minute)

	// A chip that agrees speaks for the clock only as long as that does not jump.
	now := truth()
	chip.Store(&now)
	c.askRTC()
	wants("with a chip", truth(), clockRTC)
	fake.forward(90 * 24 * time.Hour)
	wants("set three months ahead by hand", truth(), clockUnset)
	fake.forward(-90 * 24 * time.Hour)
	wants("and back", truth(), clockRTC)
	chip.Store(nil)
	c.askRTC()

	fake.forward(-year)
	synced.Store(true)
	wants("a time server says a year back", truth().Add(-year), clockNTP)
	if back != 2 {
		t.Errorf("a year back is noticed: %d", back)
	}
	synced.Store(false) // as the kernel does when somebody sets the clock by hand
	fake.forward(year)
	wants("set ahead again by hand", truth().Add(-year), clockUnset)

	// Three tablets that agree with the computer's clock are somebody's word too.
	for _, tablet := range []string{"a", "b"} {
		c.heard(tablet, truth())
	}
	wants("two tablets agree", truth().Add(-year), clockUnset)
	if r := c.report(); r.Suggested == nil || r.Suggested.Tablets != 2 || !near(r.Suggested.Now.Time(), truth()) {
		t.Errorf("two tablets suggest %+v", r.Suggested)
	}
	c.heard("c", truth().Add(50*time.Second))
	wants("three tablets agree", truth(), clockTablets)
	if r := c.report(); r.Suggested != nil || !r.Believed {
		t.Errorf("and suggest %+v", r)
	}
	for _, tablet := range []string{"d", "e", "f"} {
		c.heard(tablet, truth().Add(3*time.Hour))
	}
	wants("half of the tablets agree", truth(), clockUnset)
	for _, tablet := range []string{"a", "b", "c", "g"} {
		c.heard(tablet, truth().Add(3*time.Hour))
	}
	wants("no tablet agrees", truth(), clockUnset)
	if r := c.report(); r.Suggested == nil || r.Suggested.Tablets != 7 || !near(r.Suggested.Now.Time(), truth().Add(3*time.Hour)) {
		t.Errorf("seven tablets suggest %+v", r.Suggested)
	}
	if want := "[unset rtc unset rtc ntp unset tablets unset]"; sprint(states) != want {
		t.Errorf("the network was told %v, want %s", states, want)
	}
	for _, later := range []struct {
		passes  time.Duration // on the computer's clock too
		tablets int
	}{{20 * time.Minute, 7}, {6 * time.Minute, 1}} {
		c.start = c.start.Add(-later.passes)
		fake.forward(later.passes)
		if r := c.report(); r.Suggested == nil || r.Suggested.Tablets != later.tablets || !near(r.Suggested.Now.Time(), fake.now().Add(3*time.Hour)) {
			t.Errorf("%v later %d tablets suggest %+v", later.passes, later.tablets, r.Suggested)
		}
		c.heard("a", fake.now().Add(3*time.Hour))
	}
}

// TestClockOfARunningBox moves the clock under a whole box: the log stays in order and
// whole, nobody is signed out and no session lives longer, alarms ring on.
func TestClockOfARunningBox(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	fake := &fakeClock{}
	fake.forward(3 * year)
	b := newBoxAt(t, fake.now)
	cookie, session, err := b.db.SignIn(ctx, b.staff["doctor"].ID, db.Browser, "")
	if err != nil {
		t.Fatal(err)
	}
	me := func() reply { return b.ask("", "GET", "/api/auth/me", nil, "Cookie", "aarogya="+cookie) }
	jump := func(d time.Duration) {
		fake.forward(d)
		b.clock.look()
	}
	seq := b.db.Head()
	for _, d := range []time.Duration{0, -year, 3 * year, -3 * year, year, 28 * 24 * time.Hour, -28 * 24 * time.Hour} {
		jump(d)
		b.opens("chw")
		if head := b.db.Head(); head != seq+1 {
			t.Errorf("after %v the log stands at %d, was at %d", d, head, seq)
		}
		seq++
		r := b.want(200, me())
		if at, err := http.ParseTime(r.header.Get("Date")); err != nil || !near(at, b.clock.Now()) {
			t.Errorf("after %v the answer is dated %v: %v", d, r.header.Get("Date"), err)
		}
	}
	if rows, err := b.db.VerifyChain(ctx); err != nil || rows != b.db.Head() {
		t.Errorf("%d rows: %v", rows, err)
	}

	// An admin sets it two years ahead by mistake, and the session is used; set right again
	// it lives no longer than any other. Alarms of the time ahead do not wait two years.
	truth := func() time.Time { return time.Now().Add(3 * year) }
	set := func(at time.Time) reply {
		return b.want(200, b.ask("admin", "PUT", "/api/admin/clock", map[string]any{"now": at}))
	}
	set(truth().Add(2 * year))
	b.want(401, me()) // nobody has used it for two years, as far as the box knows
	again, _, err := b.db.SignIn(ctx, b.staff["doctor"].ID, db.Browser, "")
	if err != nil {
		t.Fatal(err)
	}
	for range freeAttempts + 4 {
		b.ask("", "POST", "/api/auth/login", `{"username": "asha", "password": "nope"}`)
	}
	b.want(429, b.ask("", "POST", "/api/auth/login", `{"username": "asha", "password": "demo"}`))
	b.want(201, b.ask("chw", "POST", "/api/cases", redSunita))
	set(truth())
	b.want(200, me()) // it was not ended for good
	b.want(200, b.ask("", "POST", "/api/auth/login", `{"username": "asha", "password": "demo"}`))
	b.alarms.mu.Lock()
	for _, a := range b.alarms.due {
		if wait := a.at.Sub(b.clock.Now()); wait > 10*time.Minute {
			t.Errorf("an alarm waits %v", wait)
		}
	}
	if len(b.alarms.due) == 0 {
		t.Error("no alarm is timed")
	}
	b.alarms.mu.Unlock()
	if err := b.db.Revoke(ctx, session.ID); err != nil {
		t.Fatal(err)
	}
	set(truth().Add(31 * 24 * time.Hour))
	if r := b.ask("", "GET", "/api/auth/me", nil, "Cookie", "aarogya="+again); r.status != 401 {
		t.Errorf("a session of the time ahead, unused for 31 days: %d", r.status)
	}
}

// What the box says of its clock goes through the ordinary door, and only an admin's.
func TestSetClock(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	b := newBox(t)
	for _, who := range []string{"chw", "asha", "doctor"} {
		b.want(403, b.ask(who, "GET", "/api/admin/clock", nil))
		b.want(403, b.ask(who, "PUT", "/api/admin/clock", map[string]any{"now": time.Now()}))
	}
	for _, now := range []any{built.Add(-time.Second), "2050-01-01T00:00:00.000Z", "1970-01-01T00:00:00.000Z"} {
		if r := b.want(422, b.ask("admin", "PUT", "/api/admin/clock", map[string]any{"now": now})); !strings.Contains(r.body, `"now"`) {
			t.Errorf("%v: %s", now, r.body)
		}
	}
	b.want(422, b.ask("admin", "PUT", "/api/admin/clock", map[string]any{}))
	head := b.db.Head()
	to := time.Now().Add(10*time.Hour + 19*time.Minute)
	r := b.want(200, b.ask("admin", "PUT", "/api/admin/clock", map[string]any{"now": to}))
	var report clockReport
	if err := json.Unmarshal([]byte(r.body), &report); err != nil {
		t.Fatal(err)
	}
	if report.State != clockAdmin || !near(report.Now.Time(), to) || !near(report.Computer.Time(), time.Now()) || !report.Believed || !near(report.SetTo.Time(), to) || report.Suggested != nil {
		t.Errorf("%+v", report)
	}
	events, err := b.db.EventsAfter(ctx, head, 10)
	if err != nil || len(events) != 1 || events[0].Type != care.ClockSet || len(events[0].Audience) != 0 || !strings.Contains(string(events[0].Payload), `"offsetMs":371`) {
		t.Errorf("in the log: %+v %v", events, err)
	}
	if frames, _ := b.poll("admin", fmt.Sprintf("?epoch=%s&after=%d&wait=0", b.db.Epoch(), head)); len(frames) != 0 {
		t.Errorf("tablets heard %v", frames)
	}
	if _, err := b.db.VerifyChain(ctx); err != nil {
		t.Error(err)
	}
	// A later start takes it up.
	c := newClock(time.Now, hardware{}, slogDiscard())
	if err := c.load(ctx, b.db); err != nil {
		t.Fatal(err)
	}
	if now, believed := c.read(); !near(now, to) || !believed || c.state != clockAdmin {
		t.Errorf("the next start says %v, %s", now, c.state)
	}
}

func TestBuildTime(t *testing.T) {
	t.Parallel()
	least := buildTime("")
	for commit, want := range map[string]time.Time{"nonsense": least, "5": least, "1893456000": time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)} {
		if got := buildTime(commit); !got.Equal(want) {
			t.Errorf("%q: %v", commit, got)
		}
	}
}

// tabletBrowser is a signed-in browser that trusts the box.
type tabletBrowser struct {
	client *http.Client
	base   string
	header http.Header
	trust  *tls.Config
	dial   dialer
}

// TestClockOfAProgram: the real program with its clock at 1970, two years ahead, and a year
// back while it runs. Tablets with right clocks take its certificate all along; three of
// them say what time it is, and an admin confirms.
func TestClockOfAProgram(t *testing.T) {
	t.Parallel()
	dir, tokens, _ := prepared(t)
	file := filepath.Join(t.TempDir(), "ahead")
	move := func(d time.Duration) {
		if err := os.WriteFile(file, []byte(d.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var p *program
	var port string
	stop := func(signal syscall.Signal) {
		t.Helper()
		p.cmd.Process.Signal(signal)
		if err := p.cmd.Wait(); signal == syscall.SIGTERM && err != nil {
			t.Errorf("%v: %s", err, p.cmd.Stderr)
		}
	}
	signIn := func(who string) *tabletBrowser {
		t.Helper()
		tb := &tabletBrowser{base: "https://aarogya.local:" + port}
		tb.client, tb.trust, tb.dial = tabletOf(t, dir, "127.0.0.1:"+port) // goes by the right time
		res, err := tb.client.Post(tb.base+"/api/auth/login", "application/json", strings.NewReader(`{"username": "`+who+`", "password": "demo"}`))
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != 200 {
			t.Fatalf("%s: %d", who, res.StatusCode)
		}
		tb.header = http.Header{"Origin": {tb.base}, "Cookie": {secureCookieName + "=" + res.Cookies()[0].Value}, "Content-Type": {"application/json"}}
		return tb
	}
	ask := func(tb *tabletBrowser, method, path, body string) (int, clockReport) {
		t.Helper()
		base := "https://aarogya.local:" + port
		r, _ := http.NewRequest(method, base+path, strings.NewReader(body))
		r.Header = tb.header.Clone()
		r.Header.Set("Origin", base)
		client, _, _ := tabletOf(t, dir, "127.0.0.1:"+port)
		res, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		text, _ := io.ReadAll(res.Body)
		var report clockReport
		if res.StatusCode == 200 {
			if err := json.Unmarshal(text, &report); err != nil {
				t.Fatal(err)
			}
		}
		return res.StatusCode, report
	}
	clockIs := func(tb *tabletBrowser, what string, want time.Time, state string, believed bool) clockReport {
		t.Helper()
		status, r := ask(tb, "GET", "/api/admin/clock", "")
		if status != 200 || !near(r.Now.Time(), want) || r.State != state || r.Believed != believed {
			t.Errorf("%s: %d %+v; want %v, %s, %v", what, status, r, want, state, believed)
		}
		return r
	}

	move(0)
	p, port = startHTTPSBy(t, file, dir)
	admin := signIn("admin")
	clockIs(admin, "at first", time.Now(), clockUnset, true)
	move(-year)
	time.Sleep(2 * clockPulse)
	clockIs(admin, "a year back while it runs", time.Now(), clockUnset, false)
	signIn("doctor") // a new handshake, a new session
	own := &box{t: t, url: p.url, tokens: tokens}
	own.opens("chw")
	stop(syscall.SIGTERM)

	for _, start := range []struct {
		name  string
		ahead time.Duration
	}{{"1970", -time.Since(time.Unix(60, 0))}, {"two years ahead", 2 * year}, {"a year back", -year}} {
		move(start.ahead)
		p, port = startHTTPSBy(t, file, dir)
		clockIs(admin, start.name, time.Now(), clockUnset, false) // the session of before is still good
		doctorOf(t, dir).want(t, "clock.frozen", stateFail, "on the page Box, under Clock, say what time it is")
		own.url = p.url
		own.opens("chw")
		signal := syscall.SIGTERM
		if start.name == "two years ahead" {
			signal = syscall.SIGKILL
		}
		stop(signal)
	}

	// Tablets that agree, through the socket and through the poll.
	move(-10*time.Hour - 19*time.Minute)
	p, port = startHTTPSBy(t, file, dir)
	for i, who := range []string{"chw", "asha", "doctor"} {
		tb := signIn(who)
		said, _ := json.Marshal(map[string]any{"type": "clock", "now": time.Now().Add(14 * time.Hour)})
		if i == 0 {
			if status, _ := ask(tb, "POST", "/api/events", `{"frames": [`+string(said)+`]}`); status != 200 {
				t.Errorf("the poll's answer: %d", status)
			}
			continue
		}
		socket := websocket.Dialer{TLSClientConfig: tb.trust, NetDialContext: tb.dial}
		conn, _, err := socket.Dial("wss://aarogya.local:"+port+"/ws", tb.header)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		conn.WriteMessage(websocket.TextMessage, said)
		conn.WriteMessage(websocket.TextMessage, []byte(`{"type":"ping"}`))
		for {
			_, text, err := conn.ReadMessage()
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(text, []byte(`"pong"`)) {
				break
			}
		}
	}
	own.url = p.url // a script's word, and one in the clear, count for nothing
	clear, _, _ := strings.Cut(own.want(200, own.ask("", "POST", "/api/auth/login", `{"username": "chw2", "password": "demo"}`)).header.Get("Set-Cookie"), ";")
	shows := map[string]any{"frames": []any{map[string]any{"type": "clock", "now": time.Now()}}}
	own.want(200, own.ask("", "POST", "/api/events", shows, "Cookie", clear))
	own.want(200, own.ask("doctor2", "POST", "/api/events", shows))
	r := clockIs(admin, "three tablets differ", time.Now(), clockUnset, false)
	if r.Suggested == nil || r.Suggested.Tablets != 3 || !near(r.Suggested.Now.Time(), time.Now().Add(14*time.Hour)) {
		t.Fatalf("suggested: %+v", r.Suggested)
	}
	body, _ := json.Marshal(map[string]any{"now": r.Suggested.Now})
	if status, r := ask(admin, "PUT", "/api/admin/clock", string(body)); status != 200 || r.State != clockAdmin || r.Suggested != nil || !near(r.Now.Time(), time.Now().Add(14*time.Hour)) {
		t.Errorf("confirmed: %d %+v", status, r)
	}
	stop(syscall.SIGKILL)
	p, port = startHTTPSBy(t, file, dir)
	clockIs(admin, "after the plug was pulled", time.Now().Add(14*time.Hour), clockAdmin, true)
	stop(syscall.SIGTERM)

	d, err := db.Open(context.Background(), dir, db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := d.VerifyChain(context.Background()); err != nil {
		t.Error(err)
	}
}

// Whoever signs in again and again does not become three tablets that agree.
func TestOnePersonIsOneWitness(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	ctx := context.WithValue(t.Context(), secureKey{}, true)
	says := func(user, session, device string) {
		b.witness(ctx, identity{care.User{ID: user}, db.Session{ID: session, Kind: db.Browser, Device: device}})(b.clock.Now().Add(time.Hour))
	}
	for _, session := range []string{"1", "2", "3"} {
		says("chw", session, "")
	}
	if got := b.clock.report().Suggested; got == nil || got.Tablets != 1 {
		t.Errorf("%+v", got)
	}
	says("chw", "4", "ward")
	says("asha", "5", "ward")
	if got := b.clock.report().Suggested; got == nil || got.Tablets != 2 {
		t.Errorf("%+v", got)
	}
}
