package app

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"aarogya/app/care"
	"aarogya/db"

	"github.com/gorilla/websocket"
)

// tabletAt is a browser at the box: what it keeps, and a key that cannot leave it.
type tabletAt struct {
	b       *box
	key     *ecdsa.PrivateKey
	cookies map[string]string
}

func (b *box) tablet() *tabletAt {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		b.t.Fatal(err)
	}
	return &tabletAt{b, key, map[string]string{}}
}

func (p *tabletAt) cookie() string {
	var all []string
	for name, value := range p.cookies {
		all = append(all, name+"="+value)
	}
	return strings.Join(all, "; ")
}

func (p *tabletAt) ask(method, path string, body any) reply {
	p.b.t.Helper()
	r := p.b.ask("", method, path, body, "Cookie", p.cookie())
	for _, c := range (&http.Response{Header: r.header}).Cookies() {
		p.cookies[c.Name] = c.Value
	}
	return r
}

func (p *tabletAt) enrol(code string, more ...string) reply {
	p.b.t.Helper()
	public, err := p.key.PublicKey.Bytes()
	if err != nil {
		p.b.t.Fatal(err)
	}
	body := map[string]any{"code": code, "name": "Tablet of the ward", "key": base64.RawURLEncoding.EncodeToString(public)}
	for i := 0; i < len(more); i += 2 {
		body[more[i]] = more[i+1]
	}
	return p.ask("POST", "/api/devices", body)
}

func (p *tabletAt) signs(nonce, username string) string {
	p.b.t.Helper()
	sum := sha256.Sum256([]byte("aarogya-pin\n" + nonce + "\n" + username))
	r, s, err := ecdsa.Sign(rand.Reader, p.key, sum[:])
	if err != nil {
		p.b.t.Fatal(err)
	}
	raw := make([]byte, 64)
	r.FillBytes(raw[:32])
	s.FillBytes(raw[32:])
	return base64.RawURLEncoding.EncodeToString(raw)
}

func (p *tabletAt) pin(username, pin string) reply {
	p.b.t.Helper()
	nonce, _ := p.b.want(200, p.ask("POST", "/api/auth/challenge", nil)).json(p.b.t)["nonce"].(string)
	return p.ask("POST", "/api/auth/login", map[string]any{"username": username, "pin": pin, "signature": p.signs(nonce, username)})
}

// listen is its socket, after hello.
func (p *tabletAt) listen() *websocket.Conn {
	p.b.t.Helper()
	conn, _, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(p.b.url, "http")+"/ws", http.Header{"Cookie": {p.cookie()}, "Origin": {p.b.url}})
	if err != nil {
		p.b.t.Fatal(err)
	}
	p.b.t.Cleanup(func() { conn.Close() })
	p.b.hear(conn)
	return conn
}

// cut waits until a socket is closed because its session ended.
func (p *tabletAt) cut(socket *websocket.Conn) {
	p.b.t.Helper()
	socket.SetReadDeadline(time.Now().Add(2 * time.Second)) // the promise
	for {
		if _, _, err := socket.ReadMessage(); err != nil {
			if !websocket.IsCloseError(err, 4401) {
				p.b.t.Errorf("its socket: %v", err)
			}
			return
		}
	}
}

// code is one that by gives to a person.
func (b *box) code(by, to string) string {
	b.t.Helper()
	return b.want(201, b.ask(by, "POST", "/api/codes", map[string]any{"userId": b.staff[to].ID})).json(b.t)["code"].(string)
}

func fieldCode(t testing.TB, r reply) string {
	t.Helper()
	list, _ := r.json(t)["errors"].([]any)
	if r.status != 422 || len(list) != 1 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	return list[0].(map[string]any)["code"].(string)
}

// movable is a clock that can be moved ahead and back.
func movable() (now func() time.Time, move func(time.Duration)) {
	clock := &fakeClock{}
	return clock.now, clock.forward
}

// From a code to a tablet of the clinic on which its person signs in by PIN, and nobody
// else's browser does with the same PIN.
func TestEnrolAndPIN(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	p := b.tablet()
	code := b.code("admin", "chw")
	checked := b.want(200, p.ask("POST", "/api/codes/check", map[string]any{"code": strings.ToLower(code)})).json(t)
	if checked["username"] != "chw" || checked["needsPin"] != true || checked["known"] != false {
		t.Errorf("check: %v", checked)
	}
	if got := fieldCode(t, p.enrol(code)); got != "required" {
		t.Errorf("without a PIN: %s", got)
	}
	for pin, want := range map[string]string{"12345": "invalid", "12a456": "invalid", "123456": "weak_pin", "777777": "weak_pin", "987654": "weak_pin", "121212": "weak_pin", "123123": "weak_pin"} {
		if got := fieldCode(t, p.enrol(code, "pin", pin)); got != want {
			t.Errorf("PIN %s: %s, want %s", pin, got, want)
		}
	}
	done := b.want(201, p.enrol(code, "pin", "802614"))
	device := done.json(t)["device"].(map[string]any)
	if p.cookies[cookieName] == "" || p.cookies[deviceCookieName] == "" || device["name"] != "Tablet of the ward" {
		t.Fatalf("enrolled: %s %v", done.body, p.cookies)
	}
	b.want(200, p.ask("GET", "/api/auth/me", nil))
	b.want(204, p.ask("POST", "/api/auth/logout", nil))
	if p.cookies[deviceCookieName] == "" {
		t.Fatal("signing out sent the tablet away")
	}
	// The sign-in page knows who uses this tablet, and a foreign browser is told nothing.
	tablet := b.want(200, p.ask("GET", "/api/clinic", nil)).json(t)["tablet"].(map[string]any)
	people := tablet["people"].([]any)
	if len(people) != 1 || people[0].(map[string]any)["username"] != "chw" {
		t.Errorf("people: %v", people)
	}
	if foreign := b.want(200, b.tablet().ask("GET", "/api/clinic", nil)).json(t)["tablet"]; foreign != nil {
		t.Errorf("a stranger is told of %v", foreign)
	}
	kept, signedIn := 0, b.want(200, p.pin("chw", "802614"))
	for _, c := range (&http.Response{Header: signedIn.header}).Cookies() {
		if c.Name == deviceCookieName && c.MaxAge == deviceCookieAge && c.Value == p.cookies[deviceCookieName] && c.HttpOnly {
			kept++ // a tablet that is used stays in the clinic for longer than a cookie lasts
		}
	}
	if kept != 1 {
		t.Errorf("the tablet's cookie runs out: %v", signedIn.header["Set-Cookie"])
	}
	if id := b.want(200, p.ask("GET", "/api/auth/me", nil)).json(t)["user"].(map[string]any)["id"]; id != b.staff["chw"].ID {
		t.Errorf("signed in as %v", id)
	}

	// The cookie alone, copied to another browser: its key signs, and it is another key.
	thief := b.tablet()
	thief.cookies[deviceCookieName] = p.cookies[deviceCookieName]
	b.want(401, thief.pin("chw", "802614"))
	// A signature is good once, and for one name.
	nonce := p.ask("POST", "/api/auth/challenge", nil).json(t)["nonce"].(string)
	login := map[string]any{"username": "chw", "pin": "802614", "signature": p.signs(nonce, "chw")}
	b.want(200, p.ask("POST", "/api/auth/login", login))
	b.want(401, p.ask("POST", "/api/auth/login", login))
	// No tablet, no PIN; and nobody with a passphrase has one.
	stranger := b.tablet()
	b.want(403, stranger.ask("POST", "/api/auth/challenge", nil))
	b.want(401, stranger.ask("POST", "/api/auth/login", login))
	for _, who := range []string{"doctor", "admin", "chw2", "nobody"} {
		b.want(401, p.pin(who, "802614"))
		b.want(200, p.pin("chw", "802614"))
	}
	b.want(422, p.ask("POST", "/api/auth/login", map[string]any{"username": "chw"}))

	list := b.want(200, b.ask("admin", "GET", "/api/devices", nil)).json(t)["devices"].([]any)
	if len(list) != 1 || list[0].(map[string]any)["id"] != device["id"] {
		t.Errorf("devices: %v", list)
	}
}

// A code is good once, for ten minutes, at the box that gave it, and an ASHA's only on a
// tablet of the clinic. What is refused uses nothing up.
func TestCodesThatAreRefused(t *testing.T) {
	t.Parallel()
	now, move := movable()
	b := newBoxAt(t, now)
	p := b.tablet()
	code := b.code("admin", "doctor")
	if got := fieldCode(t, p.enrol("BBBB-BBBB")); got != "invalid" {
		t.Errorf("an invented code: %s", got)
	}
	if got := fieldCode(t, p.enrol(code, "box", "000000000000")); got != "other_clinic" {
		t.Errorf("another clinic's: %s", got)
	}
	if got := fieldCode(t, p.enrol(code, "fingerprint", "0123456789ABCDEF")); got != "wrong_box" {
		t.Errorf("another certificate: %s", got)
	}
	move(time.Minute) // over what slows who tried three times
	b.want(201, p.enrol(code))
	for _, path := range []string{"/api/devices", "/api/codes/check"} {
		again := p.enrol(code)
		if path == "/api/codes/check" {
			again = p.ask("POST", path, map[string]any{"code": code})
		}
		if got := fieldCode(t, again); got != "code_used" {
			t.Errorf("%s again: %s", path, got)
		}
	}
	// In this order: the box believes a clock that is set back only if it was ahead.
	for _, wait := range []time.Duration{codeMinutes(11), -codeMinutes(60)} {
		code := b.code("admin", "doctor")
		move(wait)
		if got := fieldCode(t, b.tablet().enrol(code)); got != "code_expired" {
			t.Errorf("used after %v: %s", wait, got)
		}
		move(codeMinutes(120)) // over the throttle of whoever tried
	}
	move(codeMinutes(120))
	first := b.code("admin", "doctor")
	second := b.code("admin", "doctor")
	if got := fieldCode(t, b.tablet().enrol(first)); got != "invalid" {
		t.Errorf("a code after which another was given: %s", got)
	}
	b.want(201, b.tablet().enrol(second))

	// Who gives codes to whom.
	for _, who := range []struct {
		by, to string
		status int
	}{{"chw", "chw", 403}, {"doctor", "chw", 403}, {"asha", "chw2", 404}, {"asha", "asha", 404}, {"asha", "doctor", 404}, {"asha", "chw", 201}, {"admin", "admin", 201}} {
		if got := b.ask(who.by, "POST", "/api/codes", map[string]any{"userId": b.staff[who.to].ID}); got.status != who.status {
			t.Errorf("%s to %s: %d %s", who.by, who.to, got.status, got.body)
		}
	}
	b.want(404, b.ask("admin", "POST", "/api/codes", map[string]any{"userId": absentCase}))
	if got := fieldCode(t, b.tablet().enrol(b.code("asha", "chw"), "pin", "802614")); got != "not_enrolled" {
		t.Errorf("an ASHA's code on a stranger's tablet: %s", got)
	}
	b.want(422, p.ask("POST", "/api/devices", map[string]any{"code": b.code("admin", "asha"), "pin": "802614", "key": "AAAA"}))
	// Guessing is slowed.
	guesser := b.tablet()
	for i := 0; ; i++ {
		if r := guesser.enrol("CCCC-CCCC"); r.status == 429 {
			break
		} else if i > 10 {
			t.Fatalf("guess %d: %d", i, r.status)
		}
	}
}

// A code is good only as long as who gave it still may: not when its person has another ASHA
// or another role meanwhile, nor when whoever gave it is gone or gives other ones.
func TestCodeThatWasOvertaken(t *testing.T) {
	t.Parallel()
	change := func(who string, body map[string]any) func(*box) {
		return func(b *box) { b.want(200, b.ask("admin2", "PATCH", "/api/users/"+b.staff[who].ID, body)) }
	}
	for name, test := range map[string]struct {
		by, to string
		change func(*box)
	}{
		"another ASHA":      {"asha", "chw", func(b *box) { change("chw", map[string]any{"supervisorId": b.staff["asha2"].ID})(b) }},
		"another role":      {"asha", "chw", change("chw", map[string]any{"role": "clinician", "password": "a long passphrase!"})},
		"gone":              {"admin", "chw", change("chw", map[string]any{"active": false})},
		"the giver is gone": {"admin", "chw", change("admin", map[string]any{"active": false})},
		"an admin no more":  {"admin", "chw", change("admin", map[string]any{"role": "asha"})},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBox(t)
			b.want(201, b.ask("admin", "POST", "/api/users", map[string]any{"username": "second", "name": "Second", "role": "admin", "password": "a long passphrase!"}))
			token, _, err := b.db.SignIn(t.Context(), b.userNamed("second").ID, db.Token, "test")
			if err != nil {
				t.Fatal(err)
			}
			b.tokens["admin2"] = token
			p := b.tablet()
			b.want(201, p.enrol(b.code("admin", "doctor")))
			code := b.code(test.by, test.to)
			b.want(200, p.ask("POST", "/api/codes/check", map[string]any{"code": code}))
			test.change(b)
			if got := fieldCode(t, p.enrol(code, "pin", "736193")); got != "invalid" {
				t.Error(got)
			}
		})
	}
}

// userNamed is an account of the clinic.
func (b *box) userNamed(username string) care.User {
	b.t.Helper()
	u, _, err := b.db.UserNamed(b.t.Context(), username)
	if err != nil {
		b.t.Fatal(err)
	}
	return u
}

func codeMinutes(n int) time.Duration { return time.Duration(n) * time.Minute }

// Five wrong PINs lock a tablet, and nothing but the tablet; the right PIN does not help
// then, an admin does, and so does a new code from her ASHA, with which she chooses
// another PIN and is signed out everywhere else.
func TestWrongPINs(t *testing.T) {
	t.Parallel()
	now, move := movable()
	b := newBoxAt(t, now)
	ward, bag := b.tablet(), b.tablet()
	b.want(201, ward.enrol(b.code("admin", "chw"), "pin", "802614"))
	if checked := b.want(200, bag.ask("POST", "/api/codes/check", map[string]any{"code": b.code("admin", "chw")})).json(t); checked["needsPin"] != false {
		t.Errorf("a second tablet wants a second PIN: %v", checked)
	}
	b.want(201, bag.enrol(b.code("admin", "chw")))
	wrong := func(p *tabletAt) {
		t.Helper()
		for range care.WrongPINs {
			b.want(401, p.pin("chw", "000001"))
			move(6 * time.Minute) // over what slows a person
		}
		if r := b.want(403, p.pin("chw", "802614")); r.code(t) != "forbidden" || !strings.Contains(r.body, "Five wrong PINs") {
			t.Errorf("the sixth: %s", r.body)
		}
		move(6 * time.Minute)
	}
	wrong(ward)
	if tablet := b.want(200, ward.ask("GET", "/api/clinic", nil)).json(t)["tablet"].(map[string]any); tablet["locked"] != true {
		t.Errorf("%v", tablet)
	}
	b.want(200, bag.pin("chw", "802614"))
	b.want(200, ward.ask("POST", "/api/auth/login", map[string]any{"username": "chw", "password": "demo"}))
	list := b.want(200, b.ask("admin", "GET", "/api/devices", nil)).json(t)["devices"].([]any)
	id := list[0].(map[string]any)["id"].(string)
	b.want(403, b.ask("doctor", "PATCH", "/api/devices/"+id, map[string]any{"locked": false}))
	b.want(200, b.ask("admin", "PATCH", "/api/devices/"+id, map[string]any{"locked": false}))
	move(6 * time.Minute)
	b.want(200, ward.pin("chw", "802614"))

	wrong(ward)
	b.want(200, bag.ask("GET", "/api/auth/me", nil))
	socket := bag.listen()
	if got := fieldCode(t, ward.enrol(b.code("asha", "chw"))); got != "required" {
		t.Errorf("a reset without a new PIN: %s", got)
	}
	b.want(201, ward.enrol(b.code("asha", "chw"), "pin", "736193"))
	b.want(200, ward.ask("GET", "/api/auth/me", nil))
	bag.cut(socket)
	b.want(401, bag.ask("GET", "/api/auth/me", nil))
	b.want(401, bag.pin("chw", "802614"))
	b.want(200, bag.pin("chw", "736193"))
	if list := b.want(200, b.ask("admin", "GET", "/api/devices", nil)).json(t)["devices"].([]any); len(list) != 2 {
		t.Errorf("a new PIN made a new tablet: %v", list)
	}
	// Guesses sent at once are counted as many.
	results := make(chan int, 20)
	for range 20 {
		go func() { results <- b.countsPIN(list[1].(map[string]any)["id"].(string)) }()
	}
	let := 0
	for range 20 {
		let += <-results
	}
	if let != care.WrongPINs {
		t.Errorf("%d guesses at once were let through", let)
	}
}

// countsPIN is 1 if a guess at a tablet would be looked at.
func (b *box) countsPIN(device string) int {
	switch err := b.db.TryPIN(b.t.Context(), device, "chw"); err {
	case nil:
		return 1
	case db.ErrDeviceLocked:
	default:
		b.t.Error(err)
	}
	return 0
}

// Whoever has a PIN of her own on a tablet guesses at another's no longer than a stranger.
func TestOwnPINIsNoHelp(t *testing.T) {
	t.Parallel()
	now, move := movable()
	b := newBoxAt(t, now)
	p := b.tablet()
	b.want(201, p.enrol(b.code("admin", "chw"), "pin", "802614"))
	b.want(201, p.enrol(b.code("admin", "chw2"), "pin", "736193"))
	for range care.WrongPINs {
		b.want(200, p.pin("chw2", "736193"))
		b.want(401, p.pin("chw", "000001"))
		move(6 * time.Minute)
	}
	b.want(403, p.pin("chw2", "736193"))
}

// A tablet that is sent away is signed out at once, whoever is on it, and is no tablet of
// the clinic any more; the others do not notice.
func TestRevokedTablet(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	gone, stays := b.tablet(), b.tablet()
	b.want(201, gone.enrol(b.code("admin", "doctor")))
	b.want(201, stays.enrol(b.code("admin", "doctor2")))
	goneSocket, staysSocket := gone.listen(), stays.listen()
	list := b.want(200, b.ask("admin", "GET", "/api/devices", nil)).json(t)["devices"].([]any)
	id := list[0].(map[string]any)["id"].(string)
	for _, who := range []string{"chw", "asha", "doctor"} {
		b.want(403, b.ask(who, "PATCH", "/api/devices/"+id, map[string]any{"revoked": true}))
	}
	b.want(404, b.ask("admin", "PATCH", "/api/devices/"+absentCase, map[string]any{"revoked": true}))
	b.want(200, b.ask("admin", "PATCH", "/api/devices/"+id, map[string]any{"revoked": true}))
	gone.cut(goneSocket)
	b.want(401, gone.ask("GET", "/api/auth/me", nil))
	b.want(403, gone.ask("POST", "/api/auth/challenge", nil))
	if tablet := b.want(200, gone.ask("GET", "/api/clinic", nil)).json(t)["tablet"]; tablet != nil {
		t.Errorf("still known as %v", tablet)
	}
	b.want(200, stays.ask("GET", "/api/auth/me", nil))
	b.opens("chw")
	if f := b.hear(staysSocket); f.Type != "newCase" {
		t.Errorf("the other tablet heard %v", f)
	}
	// It comes back only as a new one.
	b.want(201, gone.enrol(b.code("admin", "doctor")))
	if list := b.want(200, b.ask("admin", "GET", "/api/devices", nil)).json(t)["devices"].([]any); len(list) != 3 || list[2].(map[string]any)["revoked"] != true {
		t.Errorf("devices: %v", list)
	}
}

// A PIN where none is taken is refused at no cost to anybody, so it is not remembered: the
// names a stranger makes up would push guesses at a passphrase out of the throttle.
func TestPINsFromNowhereFillNothing(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	p := b.tablet()
	for _, name := range []string{"x1", "x2", "chw"} {
		b.want(401, p.ask("POST", "/api/auth/login", map[string]any{"username": name, "pin": "802614"}))
	}
	if n := b.throttle.keys.Len(); n != 0 {
		t.Errorf("%d accounts are counted", n)
	}
}

// A right PIN is right even if the tablet is out of reach before it hears so.
func TestRightPINOnBadWiFi(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	p := b.tablet()
	id := b.want(201, p.enrol(b.code("admin", "chw"), "pin", "802614")).json(t)["device"].(map[string]any)["id"].(string)
	ctx, leave := context.WithCancel(t.Context())
	leave()
	for range 2 * care.WrongPINs {
		if _, err := b.checkPIN(ctx, id, "chw", "802614"); err != nil {
			t.Fatal(err)
		}
	}
	b.want(200, p.pin("chw", "802614"))
}

// A tablet's name is a text as every other: on a new tablet, and when it gets another one.
func TestTabletNames(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	p := b.tablet()
	id := b.want(201, p.enrol(b.code("admin", "doctor"))).json(t)["device"].(map[string]any)["id"].(string)
	code := b.code("admin", "doctor")
	for name, want := range map[string]string{"2345 6789 0124": "aadhaar", "ward\x00": "invalid", " ": "required"} {
		if got := fieldCode(t, b.ask("admin", "PATCH", "/api/devices/"+id, map[string]any{"name": name})); got != want {
			t.Errorf("%q: %s", name, got)
		}
		if name != " " {
			if got := fieldCode(t, b.tablet().enrol(code, "name", name)); got != want {
				t.Errorf("%q on a new tablet: %s", name, got)
			}
		}
	}
	got := b.want(200, b.ask("admin", "PATCH", "/api/devices/"+id, map[string]any{"name": " Ward 2 "})).json(t)
	if got["device"].(map[string]any)["name"] != "Ward 2" {
		t.Error(got)
	}
}

// What happens on a tablet is on record with it, also what it saved up while out of reach.
func TestTheLogKnowsTheTablet(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	p := b.tablet()
	id := b.want(201, p.enrol(b.code("admin", "chw"), "pin", "802614")).json(t)["device"].(map[string]any)["id"]
	kase := b.want(201, p.ask("POST", "/api/cases", sunita)).json(t)["case"].(map[string]any)["id"]
	b.want(200, p.ask("POST", "/api/sync", map[string]any{"commands": []any{
		map[string]any{"id": db.NewID(), "kind": "comment.add", "caseId": kase, "body": map[string]any{"text": "from the village"}}}}))
	if got := fieldCode(t, p.ask("POST", "/api/sync", map[string]any{"deviceId": absentCase, "commands": []any{}})); got != "invalid" {
		t.Errorf("saved up on another tablet: %s", got)
	}
	b.want(200, p.ask("POST", "/api/sync", map[string]any{"deviceId": id, "commands": []any{}}))
	b.want(201, b.ask("asha", "POST", "/api/cases/"+kase.(string)+"/comments", map[string]any{"text": "from elsewhere"}))
	file, err := sql.Open("sqlite", "file:"+filepath.Join(b.config.Data, "aarogya.db")+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var got string
	if err := file.QueryRow(`SELECT group_concat(kind || ' ' || (device = ?), ', ') FROM (SELECT kind, device FROM events WHERE case_id IS NOT NULL ORDER BY seq)`, id).Scan(&got); err != nil {
		t.Fatal(err)
	}
	if got != "newCase 1, comment 1, comment 0" {
		t.Error(got)
	}
	if _, err := b.db.VerifyChain(t.Context()); err != nil {
		t.Error(err)
	}
}

// The list of tablets is whole while others come: an admin's page asks for it again and again
// then.
func TestTabletsAreListedWhileTheyCome(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	ctx := context.Background()
	come := make(chan struct{})
	var looking sync.WaitGroup
	for range 3 {
		looking.Go(func() {
			for {
				list, err := b.db.Devices(ctx)
				for _, d := range list {
					if len(d.People) > 1 {
						t.Errorf("%s is used by %v", d.Name, d.People)
					}
				}
				if err != nil {
					t.Error(err)
				}
				select {
				case <-come:
					return
				default:
				}
			}
		})
	}
	for i := range 100 {
		who := []string{"doctor", "doctor2"}[i%2]
		code, err := b.db.GiveCode(ctx, b.staff["admin"].ID, b.staff[who].ID)
		if err == nil {
			_, err = b.db.Enrol(ctx, db.Enrolment{Code: code.Text, Name: who, Key: []byte("key")})
		}
		if err != nil {
			t.Error(err)
		}
	}
	close(come)
	looking.Wait()
}

// While a flood of sign-ins keeps the box busy, nothing is held against whoever knows her
// PIN or her passphrase. Not parallel: all boxes of a process have one queue.
func TestBusyIsNotWrong(t *testing.T) {
	b := newBox(t)
	p := b.tablet()
	id := b.want(201, p.enrol(b.code("admin", "chw"), "pin", "802614")).json(t)["device"].(map[string]any)["id"].(string)
	b.want(401, p.pin("chw", "000001"))
	login := map[string]any{"username": "doctor", "password": "demo"}
	argonWaiting.Add(mostWaiting)
	for range 2 * care.WrongPINs {
		b.want(503, p.pin("chw", "802614"))
		b.want(503, b.ask("", "POST", "/api/auth/login", login))
	}
	argonWaiting.Add(-mostWaiting)
	b.want(200, b.ask("", "POST", "/api/auth/login", login))
	let := 0
	for range care.WrongPINs {
		let += b.countsPIN(id)
	}
	if let != care.WrongPINs-1 { // the one that was seen counts
		t.Errorf("%d more are let through", let)
	}
}

// The latest is first, also where an int has 32 bits and three weeks more milliseconds.
func TestWhoUsedATabletLast(t *testing.T) {
	t.Parallel()
	now, move := movable()
	b := newBoxAt(t, now)
	p := b.tablet()
	b.want(201, p.enrol(b.code("admin", "doctor")))
	b.want(204, p.ask("POST", "/api/auth/logout", nil))
	move(25 * 24 * time.Hour)
	b.want(201, p.enrol(b.code("admin", "doctor2")))
	people := b.want(200, p.ask("GET", "/api/clinic", nil)).json(t)["tablet"].(map[string]any)["people"].([]any)
	if len(people) != 2 || people[0].(map[string]any)["username"] != "doctor2" {
		t.Error(people)
	}
}

// A CHW or an ASHA needs no password: no password fits then, and her PIN does.
func TestNoPasswordFits(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	person := func(name, role string) map[string]any {
		return map[string]any{"username": name, "name": name, "role": role, "supervisorId": b.staff["asha"].ID}
	}
	for _, role := range []string{"clinician", "admin"} {
		if got := fieldCode(t, b.ask("admin", "POST", "/api/users", person("x"+role, role))); got != "required" {
			t.Errorf("%s: %s", role, got)
		}
	}
	kavita := b.want(201, b.ask("admin", "POST", "/api/users", person("kavita", "chw"))).json(t)["user"].(map[string]any)["id"]
	for _, password := range []string{noPassword, "$argon2id", "kavita", " "} {
		b.want(401, b.tablet().ask("POST", "/api/auth/login", map[string]any{"username": "kavita", "password": password}))
		b.throttle.right("account kavita 127.0.0.1")
	}
	code := b.want(201, b.ask("admin", "POST", "/api/codes", map[string]any{"userId": kavita})).json(t)["code"].(string)
	p := b.tablet()
	b.want(201, p.enrol(code, "pin", "802614"))
	b.want(200, p.pin("kavita", "802614"))
	// A role that sees every case asks for a passphrase.
	b.want(422, b.ask("admin", "PATCH", "/api/users/"+kavita.(string), map[string]any{"role": "clinician"}))
}
