package app

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"aarogya/app/care"
	"aarogya/db"

	"github.com/gorilla/websocket"
)

// TestMain lets the test binary be the real program in a second process.
func TestMain(m *testing.M) {
	if os.Getenv("AAROGYA_TEST_AS_PROGRAM") == "1" {
		if ahead := os.Getenv("AAROGYA_TEST_CLOCK"); ahead != "" {
			clock, clockHardware = movedClock(ahead), hardware{}
		}
		os.Exit(Main(os.Args[1:], fstest.MapFS{}))
	}
	os.Exit(m.Run())
}

// movedClock is off by a duration, or by the one that a file holds: so that it can jump
// while the program runs.
func movedClock(ahead string) func() time.Time {
	read := func() string { return ahead }
	if strings.HasPrefix(ahead, "/") {
		read = func() string { text, _ := os.ReadFile(ahead); return string(text) }
	}
	var last atomic.Int64 // what holds while the file is being written
	return func() time.Time {
		if d, err := time.ParseDuration(read()); err == nil {
			last.Store(int64(d))
		}
		return time.Now().Add(time.Duration(last.Load()))
	}
}

func gzipped(text string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write([]byte(text)) // to memory
	w.Close()
	return b.Bytes()
}

// box is a whole server on a loopback port, with staff who have tokens.
type box struct {
	*Server
	t      testing.TB
	url    string
	staff  map[string]care.User
	tokens map[string]string
	logged *syncBuffer
}

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

var staffNames = []string{"admin", "asha", "asha2", "chw", "chw2", "doctor", "doctor2"}

// testHash is of the password "demo", made once: argon2 is slow on purpose.
var testHash = sync.OnceValue(func() string {
	hash, err := hashPassword(context.Background(), demoPassword)
	if err != nil {
		panic(err)
	}
	return hash
})

func newBox(t testing.TB) *box { return newBoxAt(t, time.Now) }

// newBoxAt is a box with a clock of its own.
func newBoxAt(t testing.TB, now func() time.Time) *box {
	t.Helper()
	b := &box{t: t, staff: map[string]care.User{}, tokens: map[string]string{}, logged: &syncBuffer{}}
	log := slog.New(slog.NewTextHandler(b.logged, &slog.HandlerOptions{Level: slog.LevelDebug}))
	s, err := New(context.Background(), Config{Data: t.TempDir(), Now: now}, log, fstest.MapFS{
		"index.html": {Data: []byte("<!doctype html>portal")}, "assets/a-1.js.gz": {Data: gzipped("let a")}})
	if err != nil {
		t.Fatal(err)
	}
	b.Server = s
	server := httptest.NewServer(s)
	b.url = server.URL
	hosts := allowedHosts(server.Listener.Addr())
	s.hosts.Store(&hosts)
	t.Cleanup(func() {
		s.hub.Close()
		server.Close()
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	b.employ()
	return b
}

func (b *box) employ() {
	b.t.Helper()
	ctx, hash := context.Background(), testHash()
	for _, name := range staffNames {
		var u care.User
		var err error
		if name == "admin" {
			u, err = b.db.FirstAdmin(ctx, "", care.UserChange{Username: &name, Name: &name, PasswordHash: &hash})
		} else {
			role := map[string]care.Role{"asha": care.ASHA, "chw": care.CHW, "doctor": care.Clinician}[strings.TrimSuffix(name, "2")]
			change := care.UserChange{Username: &name, Name: &name, Role: &role, PasswordHash: &hash}
			if role == care.CHW {
				id := b.staff[strings.Replace(name, "chw", "asha", 1)].ID
				change.SupervisorID = &id
			}
			var done db.Done
			if done, err = b.db.Do(ctx, b.staff["admin"].ID, care.Command{Kind: care.CreateUserKind, User: &change}); err == nil {
				u = *done.User
			}
		}
		if err != nil {
			b.t.Fatal(err)
		}
		b.staff[name] = u
		if b.tokens[name], _, err = b.db.SignIn(ctx, u.ID, db.Token, "test"); err != nil {
			b.t.Fatal(err)
		}
	}
}

// answer is what came back.
type reply struct {
	status int
	body   string
	header http.Header
}

func (r reply) json(t testing.TB) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal([]byte(r.body), &m); err != nil {
		t.Fatalf("%d %q: %v", r.status, r.body, err)
	}
	return m
}

func (r reply) code(t testing.TB) string {
	t.Helper()
	code, _ := r.json(t)["code"].(string)
	return code
}

// ask sends a request as somebody ("" = nobody).
func (b *box) ask(who, method, path string, body any, headers ...string) reply {
	b.t.Helper()
	var in io.Reader
	switch x := body.(type) {
	case nil:
	case string:
		in = strings.NewReader(x)
	default:
		text, err := json.Marshal(x)
		if err != nil {
			b.t.Fatal(err)
		}
		in = bytes.NewReader(text)
	}
	r, err := http.NewRequest(method, b.url+path, in)
	if err != nil {
		b.t.Fatal(err)
	}
	if in != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if who != "" {
		r.Header.Set("Authorization", "Bearer "+b.tokens[who])
	}
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			r.Host = headers[i+1]
			continue
		}
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return reply{res.StatusCode, string(text), res.Header}
}

func (b *box) want(status int, r reply) reply {
	b.t.Helper()
	if r.status != status {
		b.t.Fatalf("status %d, want %d: %s", r.status, status, r.body)
	}
	return r
}

const sunita = `{"patient": {"name": "Sunita Devi", "sex": "F", "age": {"value": 26, "unit": "years"}, "village": "Kheda", "consent": true, "allergies": ["none_known"]}, "complaint": "headache"}`

// opens a case and tells its id.
func (b *box) opens(who string) string {
	b.t.Helper()
	return b.want(201, b.ask(who, "POST", "/api/cases", sunita)).json(b.t)["case"].(map[string]any)["id"].(string)
}

// listen opens a socket as somebody.
func (b *box) listen(who, query string) *websocket.Conn {
	b.t.Helper()
	conn, res, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(b.url, "http")+"/ws"+query, http.Header{"Authorization": {"Bearer " + b.tokens[who]}})
	if err != nil {
		status := 0
		if res != nil {
			status = res.StatusCode
		}
		b.t.Fatalf("%s cannot listen: %v (%d)", who, err, status)
	}
	b.t.Cleanup(func() { conn.Close() })
	return conn
}

// anotherTablet signs somebody in once more and returns the name to ask and listen as.
func (b *box) anotherTablet(who string) string {
	b.t.Helper()
	secret, session, err := b.db.SignIn(context.Background(), b.staff[who].ID, db.Token, "test")
	if err != nil {
		b.t.Fatal(err)
	}
	b.tokens[session.ID], b.staff[session.ID] = secret, b.staff[who]
	return session.ID
}

// frame is any frame of the stream.
type frame struct {
	Type  string          `json:"type"`
	Seq   int64           `json:"seq"`
	Prev  int64           `json:"prev"`
	Epoch string          `json:"epoch"`
	Head  int64           `json:"head"`
	Data  json.RawMessage `json:"data"`
}

// shortLivedTypes are told, not logged.
var shortLivedTypes = []string{"presence", "viewing", "typing", "lock", "seen"}

// hear waits for the next frame that is not short-lived.
func (b *box) hear(conn *websocket.Conn) frame {
	b.t.Helper()
	f := b.hearAny(conn)
	for slices.Contains(shortLivedTypes, f.Type) {
		f = b.hearAny(conn)
	}
	return f
}

func (b *box) hearAny(conn *websocket.Conn) frame {
	b.t.Helper()
	conn.SetReadDeadline(time.Now().Add(20 * time.Second))
	_, text, err := conn.ReadMessage()
	if err != nil {
		b.t.Fatalf("nothing heard: %v", err)
	}
	var f frame
	if err := json.Unmarshal(text, &f); err != nil {
		b.t.Fatalf("%s: %v", text, err)
	}
	return f
}

// hearUpTo pings until the socket has come to the head of the log as it was when it was
// called, and collects the logged frames on the way: news goes out after the answer.
func (b *box) hearUpTo(conn *websocket.Conn) (frames []frame, head int64) {
	b.t.Helper()
	for want := b.db.Head(); head < want; {
		if err := conn.WriteMessage(websocket.TextMessage, []byte(`{"type":"ping"}`)); err != nil {
			b.t.Fatal(err)
		}
		f := b.hear(conn)
		for ; f.Type != "pong"; f = b.hear(conn) {
			if f.Type != "hello" {
				frames = append(frames, f)
			}
		}
		head = f.Head
	}
	return frames, head
}

// closeCode reads until the socket closes and tells how.
func closeCode(t testing.TB, conn *websocket.Conn, within time.Duration) int {
	t.Helper()
	conn.SetReadDeadline(time.Now().Add(within))
	for {
		if _, _, err := conn.ReadMessage(); err != nil {
			if e, ok := err.(*websocket.CloseError); ok {
				return e.Code
			}
			t.Fatalf("not closed: %v", err)
		}
	}
}

// poll asks the stream by long-poll.
func (b *box) poll(who, query string) (events []frame, head int64) {
	b.t.Helper()
	r := b.want(200, b.ask(who, "GET", "/api/events"+query, nil))
	var batch struct {
		Head   int64
		Events []frame
	}
	if err := json.Unmarshal([]byte(r.body), &batch); err != nil {
		b.t.Fatal(err)
	}
	return slices.DeleteFunc(batch.Events, func(f frame) bool { return slices.Contains(shortLivedTypes, f.Type) }), batch.Head
}

func fill(path, id string) string {
	return strings.ReplaceAll(path, "{id}", id)
}

func slogDiscard() *slog.Logger { return slog.New(slog.DiscardHandler) }

func sprint(v any) string { return fmt.Sprint(v) }
