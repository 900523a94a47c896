package app

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"aarogya/app/care"
	"aarogya/db"
)

var update = flag.Bool("update", false, "rewrite golden files")

func TestSignIn(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	login := func(username, password string) reply {
		return b.ask("", "POST", "/api/auth/login", map[string]string{"username": username, "password": password})
	}
	right := b.want(200, login("Doctor", "demo"))
	cookie := right.header.Get("Set-Cookie")
	for _, attribute := range []string{"aarogya=", "HttpOnly", "SameSite=Strict", "Path=/"} {
		if !strings.Contains(cookie, attribute) {
			t.Errorf("cookie %s lacks %s", cookie, attribute)
		}
	}
	wrong, nobody := login("doctor", "nope"), login("nobody", "nope")
	if wrong.status != 401 || wrong.body != nobody.body || wrong.code(t) != "unauthenticated" {
		t.Errorf("a wrong password %d %s, a wrong name %d %s", wrong.status, wrong.body, nobody.status, nobody.body)
	}
	secret := strings.SplitN(strings.SplitN(cookie, ";", 2)[0], "=", 2)[1]
	me := func() reply { return b.ask("", "GET", "/api/auth/me", nil, "Cookie", "aarogya="+secret) }
	b.want(200, me())
	b.want(401, b.ask("", "GET", "/api/auth/me", nil, "Authorization", "Bearer "+secret)) // a browser's secret is no token
	b.want(204, b.ask("", "POST", "/api/auth/logout", nil, "Cookie", "aarogya="+secret))
	b.want(401, me())
	b.want(422, b.ask("doctor", "POST", "/api/auth/password", map[string]string{"current": "nope", "next": "a long enough phrase"}))
	b.want(422, b.ask("doctor", "POST", "/api/auth/password", map[string]string{"current": "demo", "next": "short"}))
	b.want(204, b.ask("doctor", "POST", "/api/auth/password", map[string]string{"current": "demo", "next": "a long enough phrase"}))
	b.want(200, login("doctor", "a long enough phrase"))
}

// Guessing gets slower, only for the account and the place that guesses.
func TestThrottle(t *testing.T) {
	t.Parallel()
	now := time.Unix(1e9, 0)
	th := newThrottle(func() time.Time { return now })
	for range freeAttempts {
		if err := th.take("doctor a"); err != nil {
			t.Fatal(err)
		}
	}
	last := 0
	for range 12 {
		e, ok := th.take("doctor a").(*tooManyError)
		if !ok {
			t.Fatal("not slowed")
		}
		if e.seconds < last || e.seconds > 301 {
			t.Errorf("wait %d after %d", e.seconds, last)
		}
		last = e.seconds
		if err := th.take("doctor b"); err != nil {
			t.Error("another place is slowed")
		}
		th.right("doctor b")
		now = now.Add(time.Duration(e.seconds) * time.Second)
		if err := th.take("doctor a"); err != nil {
			t.Error("still slowed after waiting")
		}
	}
	if last < 300 {
		t.Errorf("longest wait %d s", last)
	}
	th.right("doctor a")
	if err := th.take("doctor a"); err != nil {
		t.Error("a right password did not forget")
	}
}

func TestThrottledSignInSaysWhen(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	var got reply
	for range freeAttempts + 1 {
		got = b.ask("", "POST", "/api/auth/login", `{"username": "doctor", "password": "nope"}`)
	}
	if got.status != 429 || got.code(t) != "too_many" || got.header.Get("Retry-After") == "" {
		t.Errorf("%d %s %v", got.status, got.body, got.header)
	}
}

func TestSetup(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s, err := New(ctx, Config{Data: t.TempDir()}, slogDiscard(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	setup := func(code, password string) error {
		in := &setupInput{}
		in.Body.Code, in.Body.ClinicName, in.Body.Name, in.Body.Username, in.Body.Password = code, "PHC Rampur", "Vijay", "vijay", password
		_, err := s.setup(ctx, in)
		return err
	}
	if err := setup("0000-0000x", "correct horse battery"); err == nil {
		t.Error("a wrong code was taken")
	}
	if err := setup(s.setupCode, "short"); err == nil {
		t.Error("a short password was taken")
	}
	if err := setup(strings.ReplaceAll(s.setupCode, "-", " "), "correct horse battery"); err != nil {
		t.Fatal(err)
	}
	if err := setup(s.setupCode, "correct horse battery"); err == nil {
		t.Error("a second first admin was made")
	}
	out, err := s.clinic(ctx, nil)
	if err != nil || out.Body.NeedsSetup || out.Body.Name != "PHC Rampur" || out.Body.Accounts != nil {
		t.Errorf("%+v %v", out, err)
	}
}

// What the box refuses before it looks at what is asked.
func TestDoor(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	for _, host := range []string{"evil.example", "aarogya.local", "127.0.0.1", "localhost:1", ""} {
		got := b.ask("doctor", "GET", "/api/cases", nil, "Host", host)
		if host != "" && (got.status != 421 || got.body != "") {
			t.Errorf("host %q: %d %q", host, got.status, got.body)
		}
	}
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(b.url, "http://"))
	b.want(200, b.ask("doctor", "GET", "/api/cases", nil, "Host", "localhost:"+port))
	for name, headers := range map[string][]string{"cross-site": {"Sec-Fetch-Site", "cross-site"}, "origin": {"Origin", "http://evil.example"}} {
		if got := b.ask("doctor", "POST", "/api/cases", sunita, headers...); got.status != 403 {
			t.Errorf("%s: %d", name, got.status)
		}
	}
	if got := b.ask("doctor", "POST", "/api/cases", `{"complaint": "`+strings.Repeat("x", maxBody)+`"}`); got.status != 413 || got.code(t) != "too_large" {
		t.Errorf("a large body: %d %s", got.status, got.body)
	}
	res := b.ask("", "GET", "/", nil)
	for name, part := range map[string]string{"Content-Security-Policy": "require-trusted-types-for 'script'", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
		"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin"} {
		if !strings.Contains(res.header.Get(name), part) {
			t.Errorf("%s: %q", name, res.header.Get(name))
		}
	}
	if strings.Contains(res.header.Get("Content-Security-Policy"), "unsafe") {
		t.Error("the policy has a hole")
	}
	if got := b.ask("doctor", "GET", "/api/cases", nil); got.header.Get("Cache-Control") != "no-store" {
		t.Error("the API may be cached")
	}
	for _, path := range []string{"/chw", "/case/x", "/"} {
		if got := b.ask("", "GET", path, nil); got.status != 200 || !strings.Contains(got.body, "portal") {
			t.Errorf("%s: %d", path, got.status)
		}
	}
	if got := b.ask("", "GET", "/assets/gone.js", nil); got.status != 404 {
		t.Errorf("a file that is not there: %d", got.status)
	}
	if got := b.ask("", "GET", "/assets/a-1.js", nil, "Accept-Encoding", "identity"); got.status != 200 || got.body != "let a" || got.header.Get("Content-Encoding") != "" || got.header.Get("Vary") != "Accept-Encoding" {
		t.Errorf("not packed: %d %q %v", got.status, got.body, got.header)
	}
	if got := b.ask("", "GET", "/assets/a-1.js", nil, "Accept-Encoding", "br, gzip"); got.body != string(gzipped("let a")) || got.header.Get("Content-Encoding") != "gzip" || !strings.Contains(got.header.Get("Cache-Control"), "immutable") {
		t.Errorf("%q %v", got.body, got.header)
	}
	b.want(200, b.ask("", "GET", "/healthz", nil))
	if got := b.want(200, b.ask("", "GET", "/metrics", nil)); !strings.Contains(got.body, "aarogya_log_head") || !strings.Contains(got.body, `route="/api/cases"`) {
		t.Error("metrics lack what they should tell")
	}
}

// A reader that dawdles over its headers is hung up on.
func TestSlowHeadersAreCut(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := startProgram(t, "serve", "--data", dir, "--http", "127.0.0.1:0", "--https", "")
	defer p.kill()
	conn, err := net.Dial("tcp", strings.TrimPrefix(p.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write([]byte("GET / HTTP/1.1\r\nHost: x")); err != nil {
		t.Fatal(err)
	}
	conn.SetReadDeadline(time.Now().Add(15 * time.Second))
	if _, err := conn.Read(make([]byte, 1)); err == nil || os.IsTimeout(err) {
		t.Errorf("still connected: %v", err)
	}
}

func TestStrictJSON(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	deep := strings.Repeat("[", maxJSONDepth+1) + strings.Repeat("]", maxJSONDepth+1)
	for name, body := range map[string]string{
		"unknown field":   `{"patient": {"name": "A", "consent": true}, "complaint": "x", "colour": "red"}`,
		"unknown nested":  `{"patient": {"name": "A", "consent": true, "colour": "red"}, "complaint": "x"}`,
		"wrong case":      `{"patient": {"name": "A", "consent": true}, "Complaint": "x"}`,
		"twice":           `{"patient": {"name": "A", "consent": true}, "complaint": "x", "complaint": "y"}`,
		"twice by case":   `{"patient": {"name": "A", "consent": true}, "complaint": "x", "COMPLAINT": "y"}`,
		"twice by escape": `{"patient": {"name": "A", "consent": true}, "complaint": "x", "\u0063omplaint": "y"}`,
		"twice inside":    `{"patient": {"name": "A", "consent": true, "name" : "B"}, "complaint": "x"}`,
		"many keys":       `{"complaint": "x", "patient": {` + manyKeys(maxJSONKeys+1) + `}}`,
		"too deep":        `{"patient": ` + deep + `}`,
		"trailing":        `{"patient": {"name": "A", "consent": true}, "complaint": "x"} {}`,
		"not JSON":        `{"patient": `,
		"empty":           ``,
		"an actor":        `{"patient": {"name": "A", "consent": true}, "complaint": "x", "createdBy": "doctor"}`,
		"a status":        `{"patient": {"name": "A", "consent": true}, "complaint": "x", "status": "COMPLETED"}`,
		"a wrong type":    `{"patient": {"name": 5, "consent": true}, "complaint": "x"}`,
		"no consent":      `{"patient": {"name": "A", "consent": false}, "complaint": "x"}`,
		"unknown vital":   `{"patient": {"name": "A", "consent": true}, "vitals": {"mood": 5}}`,
		"an Aadhaar":      `{"patient": {"name": "A", "consent": true}, "complaint": "card 2341 2341 2346"}`,
		"nothing to say":  `{"patient": {"name": "A", "consent": true}}`,
		"a wrong reading": `{"patient": {"name": "A", "consent": true}, "vitals": {"pulse": {"unrecordable": true, "notDone": "x"}}}`,
	} {
		before := b.db.Head()
		got := b.ask("chw", "POST", "/api/cases", body)
		if got.status != 400 && got.status != 422 || got.code(t) != "invalid" {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
		if strings.Contains(got.body, "colour") || strings.Contains(got.body, "2341") || strings.Contains(got.body, "mood") {
			t.Errorf("%s: the answer repeats what was sent: %s", name, got.body)
		}
		if b.db.Head() != before {
			t.Errorf("%s: something was saved", name)
		}
	}
}

func manyKeys(n int) string {
	keys := make([]string, n)
	for i := range keys {
		keys[i] = fmt.Sprintf(`"k%d": 1`, i)
	}
	return strings.Join(keys, ", ")
}

// slowScan says what scanJSON must say, by way of encoding/json's own tokens.
func slowScan(d *json.Decoder, depth int) bool {
	t, err := d.Token()
	if err != nil {
		return false
	}
	delim, ok := t.(json.Delim)
	if !ok {
		return true
	}
	if depth == maxJSONDepth {
		return false
	}
	keys := map[string]bool{}
	for d.More() {
		if delim == '{' {
			t, err := d.Token()
			key, ok := t.(string)
			if key = strings.ToLower(key); err != nil || !ok || keys[key] || len(keys) == maxJSONKeys {
				return false
			}
			keys[key] = true
		}
		if !slowScan(d, depth+1) {
			return false
		}
	}
	_, err = d.Token()
	return err == nil
}

func FuzzScanJSON(f *testing.F) {
	for _, seed := range []string{`{}`, `{"a":{"b":[1,"x",null]}}`, `{"a":1,"A":2}`, `[]`, `"x"`, `{"a":`, `[[[[`, `{}{}`, `{"a\"":":","b":{"a":1},"c":[{"a":1},{"a":2}]}`, `{"\u0061":1,"A":2}`, `[":",{"a" :1,"a"	:2}]`, ` {} `, `{"\\":1,"\\\\":2}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		start := time.Now()
		err := scanJSON(data)
		var v any
		if err == nil && json.Unmarshal(data, &v) != nil {
			t.Errorf("%q passed the scan and is not JSON", data)
		}
		if want := utf8.Valid(data) && json.Valid(data) && slowScan(json.NewDecoder(bytes.NewReader(data)), 0); want != (err == nil) {
			t.Errorf("%q: %v, want passed %v", data, err, want)
		}
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("%s for %d bytes", took, len(data))
		}
	})
}

// Soft limits ask once, with the field; confirmed, the reading is saved, and the key that
// was refused is free.
func TestConfirm(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	id := b.opens("chw")
	key := []string{"Idempotency-Key", db.NewID()}
	got := b.ask("chw", "POST", "/api/cases/"+id+"/vitals", `{"vitals": {"spo2": 62}}`, key...)
	if got.status != 422 || got.code(t) != "confirm" || !strings.Contains(got.body, `"vitals.spo2"`) {
		t.Fatalf("%d %s", got.status, got.body)
	}
	first := b.want(201, b.ask("chw", "POST", "/api/cases/"+id+"/vitals", `{"vitals": {"spo2": 62}, "confirmed": ["spo2"]}`, key...))
	again := b.want(201, b.ask("chw", "POST", "/api/cases/"+id+"/vitals", `{"vitals": {"spo2": 62}, "confirmed": ["spo2"]}`, key...))
	if first.body != again.body {
		t.Errorf("the second answer differs:\n%s\n%s", first.body, again.body)
	}
	b.want(422, b.ask("chw", "POST", "/api/cases/"+id+"/vitals", `{"vitals": {"spo2": 99}}`, key...))
	b.want(422, b.ask("chw", "POST", "/api/cases/"+id+"/vitals", `{"vitals": {"spo2": 99}}`, "Idempotency-Key", "not-a-uuid"))
}

func TestConflictTellsWhereTheCaseStands(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	id := b.opens("chw")
	b.want(200, b.ask("asha", "PUT", "/api/cases/"+id+"/review", `{"action": "escalate", "reason": "look"}`))
	got := b.ask("asha", "PUT", "/api/cases/"+id+"/review", `{"action": "approve", "plan": "rest"}`)
	m := got.json(t)
	if got.status != 409 || m["code"] != "conflict" || m["current"] != "FORWARDED_TO_CLINICIAN" || m["allowed"] == nil || m["by"].(map[string]any)["id"] != b.staff["asha"].ID {
		t.Errorf("%d %s", got.status, got.body)
	}
	b.want(200, b.ask("doctor", "PATCH", "/api/cases/update-status", map[string]any{"caseId": id, "status": "UNDER_REVIEW"}))
	b.want(200, b.ask("doctor", "PATCH", "/api/cases/update-status", map[string]any{"caseId": id, "action": "mark_completed", "outcome": "improved"}))
	b.want(422, b.ask("doctor", "PATCH", "/api/cases/update-status", map[string]any{"caseId": id, "action": "fly"}))
	if got := b.want(200, b.ask("chw", "GET", "/api/cases/"+id+"/timeline", nil)); strings.Count(got.body, `"seq"`) < 4 {
		t.Errorf("timeline %s", got.body)
	}
}

// Two hundred canaries: what people type, and every secret, stays out of logs, metrics,
// addresses and errors.
func TestCanaries(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	var canaries []string
	canary := func() string {
		c := "canary" + strconv.Itoa(len(canaries)) + "q"
		canaries = append(canaries, c)
		return c
	}
	var answers strings.Builder
	for range 25 {
		body := map[string]any{"patient": map[string]any{"name": canary(), "village": canary(), "guardianName": canary(), "phone": canary(), "consent": true}, "complaint": canary()}
		answers.WriteString(b.ask("chw", "POST", "/api/cases", body).body) // refused: the phone
		delete(body["patient"].(map[string]any), "phone")
		id := b.want(201, b.ask("chw", "POST", "/api/cases", body)).json(t)["case"].(map[string]any)["id"].(string)
		b.want(201, b.ask("chw", "POST", "/api/cases/"+id+"/comments", map[string]any{"text": canary()}))
		answers.WriteString(b.ask("chw", "POST", "/api/cases/"+id+"/comments", map[string]any{canary(): 1}).body)
		answers.WriteString(b.ask("doctor", "PATCH", "/api/cases/update-status", map[string]any{"caseId": id, "action": canary(), "notes": canary()}).body)
		answers.WriteString(b.ask("", "POST", "/api/auth/login", map[string]any{"username": canary(), "password": canary()}).body)
	}
	answers.WriteString(b.want(200, b.ask("admin", "GET", "/metrics", nil)).body)
	if len(canaries) < 200 {
		t.Fatalf("%d canaries", len(canaries))
	}
	logged := b.logged.String()
	for _, c := range canaries {
		if strings.Contains(logged, c) {
			t.Errorf("%s is in the log", c)
		}
		if strings.Contains(answers.String(), c) {
			t.Errorf("%s is in an error or a metric", c)
		}
	}
	for who, token := range b.tokens {
		if strings.Contains(logged, token) {
			t.Errorf("%s's token is in the log", who)
		}
	}
}

// TestLayers: arrows point down. A new arrow is a line in this table.
func TestLayers(t *testing.T) {
	t.Parallel()
	may := map[string][]string{
		".":        {"app", "ui"},
		"app":      {"app/care", "app/lan", "db", "realtime"},
		"app/care": {},
		"app/lan":  {},
		"db":       {"app/care"},
		"realtime": {},
		"ui":       {},
	}
	err := filepath.WalkDir("..", func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() && slices.Contains([]string{"node_modules", "bench", "bson", ".git", "data", "dist"}, e.Name()) {
			return fs.SkipDir
		}
		if e.IsDir() || !strings.HasSuffix(path, ".go") {
			return nil
		}
		room := filepath.ToSlash(strings.TrimPrefix(filepath.Dir(path), "../"))
		if room == ".." {
			room = "."
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		arrows, known := may[room]
		if !known {
			t.Errorf("%s: a room that is not in the table", room)
		}
		for _, spec := range file.Imports {
			to, _ := strconv.Unquote(spec.Path.Value)
			if to, ours := strings.CutPrefix(to, "aarogya/"); ours && !slices.Contains(arrows, to) {
				t.Errorf("%s: %s must not know %s", path, room, to)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestOpenAPI holds the API's document against the one the portals' types are made from.
func TestOpenAPI(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	got := b.want(200, b.ask("", "GET", "/openapi.json", nil)).body
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, []byte(got), "", " "); err != nil {
		t.Fatal(err)
	}
	pretty.WriteByte('\n')
	const golden = "testdata/openapi.json"
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(golden, pretty.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, pretty.Bytes()) {
		t.Error("the API changed: go test ./app -run OpenAPI -update, then cd ui && npm run types")
	}
	for _, path := range []string{"/docs", "/schemas/Row", "/openapi.yaml"} {
		if res := b.ask("", "GET", path, nil); res.status == http.StatusOK && !strings.Contains(res.body, "portal") {
			t.Errorf("%s is served", path)
		}
	}
}

func TestPasswordsOfEachRole(t *testing.T) {
	t.Parallel()
	for _, role := range care.Roles {
		least := map[care.Role]int{care.CHW: 8, care.ASHA: 8, care.Clinician: 12, care.Admin: 12}[role]
		if checkNewPassword("password", role, strings.Repeat("x", least-1)) == nil || checkNewPassword("password", role, strings.Repeat("x", least)) != nil {
			t.Errorf("%s: the least is not %d", role, least)
		}
	}
}

// Doors beside the door: what the router would do on its own, and what monitors see.
func TestSideDoors(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	if got := b.ask("", "GET", "/metrics/", nil, "Host", "evil.example"); got.status != 421 {
		t.Errorf("a redirect under a foreign host: %d", got.status)
	}
	b.want(200, b.ask("", "HEAD", "/healthz", nil))
	for _, path := range []string{"/metrics", "/ws", "/api/cases"} {
		if got := b.ask("", "HEAD", path, nil); got.status != 404 {
			t.Errorf("HEAD %s: %d", path, got.status)
		}
	}
	for i := range 20 {
		b.ask("", "M"+strconv.Itoa(i), "/x", nil)
	}
	if got := b.ask("", "GET", "/metrics", nil); strings.Contains(got.body, `method="M1"`) || !strings.Contains(got.body, `method="other"`) {
		t.Error("each made-up method has a metric of its own")
	}
	for path, body := range map[string]string{"/api/cases?Sunita_9876543210=1": "", "/api/cases/" + b.opens("chw") + "/patient": `{"Sunita": {"from": 1, "to": 2}}`} {
		method := map[bool]string{true: "GET", false: "PATCH"}[body == ""]
		var in any
		if body != "" {
			in = body
		}
		if got := b.ask("chw", method, path, in); got.status != 422 || strings.Contains(got.body, "Sunita") {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
	if got := b.ask("chw", "POST", "/api/cases", "{\"complaint\": \"\xff\"}"); got.status != 400 && got.status != 422 {
		t.Errorf("not UTF-8: %d %s", got.status, got.body)
	}
}

// A step named by the status it leads to is the same command when it is sent again, though
// the case has moved.
func TestStatusSentAgain(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	id := b.opens("chw")
	b.want(200, b.ask("doctor", "PATCH", "/api/cases/update-status", map[string]any{"caseId": id, "action": "close", "reason": "resolved"}))
	again := map[string]any{"caseId": id, "status": "UNDER_REVIEW", "reason": "came back"}
	key := []string{"Idempotency-Key", db.NewID()}
	first := b.want(200, b.ask("doctor", "PATCH", "/api/cases/update-status", again, key...))
	second := b.want(200, b.ask("doctor", "PATCH", "/api/cases/update-status", again, key...))
	if first.body != second.body {
		t.Errorf("%s\n%s", first.body, second.body)
	}
}

// Accounts keep their cases in sight: a CHW has an active ASHA, people with cases keep
// their role, and whoever sees every case has a passphrase of 12.
func TestAccountsThatWouldLoseCases(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	b.opens("chw2")
	change := func(who string, body map[string]any) reply {
		return b.ask("admin", "PATCH", "/api/users/"+b.staff[who].ID, body)
	}
	b.want(422, change("chw2", map[string]any{"role": "asha"}))
	b.want(200, change("chw2", map[string]any{"active": false}))
	b.want(422, change("asha2", map[string]any{"role": "clinician", "password": "correct horse battery"}))
	b.want(422, change("asha2", map[string]any{"active": false}))
	b.want(200, change("chw2", map[string]any{"supervisorId": b.staff["asha"].ID}))
	b.want(422, change("asha2", map[string]any{"role": "clinician"})) // no new passphrase
	b.want(200, change("asha2", map[string]any{"role": "clinician", "password": "correct horse battery"}))
	b.want(422, change("chw", map[string]any{"supervisorId": b.staff["asha2"].ID}))
	b.want(422, change("admin", map[string]any{"active": false}))
}

// Whoever asks for the box's health and leaves does not make it look ill to others: the
// watchdog would have it started anew.
func TestHealthOutlivesWhoAsked(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	ctx, leave := context.WithCancel(t.Context())
	leave()
	for range 50 { // an answer is shared for a second; and the probe may win the race
		r := httptest.NewRequest("GET", "/healthz", nil).WithContext(ctx)
		r.Host = strings.TrimPrefix(b.url, "http://")
		b.health.mu.Lock()
		b.health.at = time.Time{}
		b.health.mu.Unlock()
		b.ServeHTTP(httptest.NewRecorder(), r)
		if got := b.ask("", "GET", "/healthz", nil); got.status != 200 {
			t.Fatalf("%d %s", got.status, got.body)
		}
	}
}
