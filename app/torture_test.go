package app

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"aarogya/app/care"
	"aarogya/db"
)

// program is the real binary in a process of its own.
type program struct {
	cmd *exec.Cmd
	url string
	out *bufio.Scanner
}

func startProgram(t testing.TB, args ...string) *program {
	t.Helper()
	return startProgramAt(t, 0, args...)
}

// startProgramAt starts it with its clock that far ahead.
func startProgramAt(t testing.TB, ahead time.Duration, args ...string) *program {
	t.Helper()
	return startProgramBy(t, ahead.String(), args...)
}

// startProgramBy starts it by a clock as movedClock makes it.
func startProgramBy(t testing.TB, clock string, args ...string) *program {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, args...)
	cmd.Env = append(os.Environ(), "AAROGYA_TEST_AS_PROGRAM=1", "AAROGYA_TEST_CLOCK="+clock)
	cmd.Stderr = &bytes.Buffer{}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() }) // of a test that failed half way; it may be gone already
	p := &program{cmd: cmd, out: bufio.NewScanner(stdout)}
	for p.out.Scan() {
		if _, after, ok := strings.Cut(p.out.Text(), "http://"); ok {
			p.url = "http://" + strings.Fields(after)[0]
			return p
		}
	}
	cmd.Wait()
	t.Fatalf("the program did not come up: %s", cmd.Stderr)
	return nil
}

// kill is the plug pulled: no signal handler runs.
func (p *program) kill() {
	p.cmd.Process.Kill()
	p.cmd.Wait()
}

// runProgram runs a command of the real binary to its end.
func runProgram(t testing.TB, stdin string, args ...string) (out string, code int) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, args...)
	cmd.Env = append(os.Environ(), "AAROGYA_TEST_AS_PROGRAM=1")
	cmd.Stdin = strings.NewReader(stdin)
	text, err := cmd.CombinedOutput()
	if _, exited := err.(*exec.ExitError); err != nil && !exited {
		t.Fatal(err)
	}
	return string(text), cmd.ProcessState.ExitCode()
}

// prepared is a data directory with staff, made in this process and closed again.
func prepared(t *testing.T) (dir string, tokens map[string]string, caseID string) {
	t.Helper()
	dir = t.TempDir()
	ctx := context.Background()
	d, err := db.Open(ctx, dir, db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	b := &box{Server: &Server{db: d}, t: t, staff: map[string]care.User{}, tokens: map[string]string{}}
	b.employ()
	done, err := d.Do(ctx, b.staff["chw"].ID, care.Command{Kind: care.CreateCaseKind, New: &care.NewCase{Complaint: "fever",
		Patient: &care.NewPatient{Name: "Sunita", Consent: care.ConsentGiven}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	return dir, b.tokens, done.Case.ID
}

// TestPlugPulled kills the program a hundred times under eight writers. Every answer of
// success must be there exactly once afterwards, also where the answer got lost and the
// same command was sent again; the chain must hold and the database be sound.
func TestPlugPulled(t *testing.T) {
	t.Parallel()
	dir, tokens, caseID := prepared(t)
	const rounds, writers = 100, 8
	var mu sync.Mutex
	promised := map[string]bool{} // text -> the box said it was saved
	unsure := map[string]string{} // key -> text: sent, no answer
	var sent, named atomic.Int64
	client := &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: writers}}
	defer client.CloseIdleConnections()
	say := func(url, who, key, text string) {
		body, _ := json.Marshal(map[string]string{"text": text})
		r, _ := http.NewRequest("POST", url+"/api/cases/"+caseID+"/comments", bytes.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer "+tokens[who])
		r.Header.Set("Idempotency-Key", key)
		sent.Add(1)
		res, err := client.Do(r)
		mu.Lock()
		defer mu.Unlock()
		if err != nil {
			unsure[key] = text
			return
		}
		res.Body.Close()
		if res.StatusCode == 201 {
			promised[text] = true
			delete(unsure, key)
		} else if res.StatusCode < 500 {
			t.Errorf("%d", res.StatusCode)
		}
	}
	for round := range rounds {
		p := startProgram(t, "serve", "--data", dir, "--http", "127.0.0.1:0", "--https", "")
		mu.Lock()
		again := unsure
		unsure = map[string]string{}
		mu.Unlock()
		for key, text := range again { // whoever got no answer asks again
			say(p.url, "chw", key, text)
		}
		stop := make(chan struct{})
		var wg sync.WaitGroup
		for range writers {
			wg.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
						key := db.NewID()
						// Not the key itself: its last group is now and then a valid Aadhaar number.
						say(p.url, "chw", key, fmt.Sprintf("comment %d", named.Add(1)))
					}
				}
			})
		}
		time.AfterFunc(time.Duration(20+rand.IntN(150))*time.Millisecond, func() { p.cmd.Process.Kill() })
		p.cmd.Wait()
		close(stop)
		wg.Wait()
		if t.Failed() {
			t.Fatalf("round %d", round)
		}
	}
	d, err := db.Open(context.Background(), dir, db.Options{}) // quick_check runs: the stop was not clean
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := d.VerifyChain(context.Background()); err != nil {
		t.Error(err)
	}
	doctor, _, err := d.UserNamed(context.Background(), "doctor")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]int{}
	comments := 0
	for after := int64(0); ; {
		entries, err := d.Timeline(context.Background(), doctor, caseID, after, 500)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			after = e.Seq
			var data struct{ Text string }
			if err := json.Unmarshal(e.Data, &data); err != nil {
				t.Fatal(err)
			}
			if data.Text != "" {
				found[data.Text]++
				comments++
			}
		}
		if len(entries) < 500 {
			break
		}
	}
	for text := range promised {
		if found[text] != 1 {
			t.Errorf("%q was promised and is there %d times", text, found[text])
		}
	}
	for text, n := range found {
		if n != 1 {
			t.Errorf("%q is there %d times", text, n)
		}
	}
	view, err := d.Case(context.Background(), doctor, caseID)
	if err != nil || view.CommentCount != comments {
		t.Errorf("the case counts %d comments, there are %d: %v", view.CommentCount, comments, err)
	}
	if len(promised) < rounds {
		t.Errorf("only %d answers in %d rounds: the test did not test", len(promised), rounds)
	}
	t.Logf("%d sent, %d promised, %d found", sent.Load(), len(promised), comments)
}

// Two processes never serve one directory, and commands of a second process go through
// the one that serves.
func TestCommandLine(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "clinic")
	run := func(want int, stdin string, args ...string) string {
		t.Helper()
		out, code := runProgram(t, stdin, args...)
		if code != want {
			t.Fatalf("aarogya %s: exit %d, want %d\n%s", strings.Join(args, " "), code, want, out)
		}
		return out
	}
	const pass = "correct horse battery\n"
	run(2, "", "serve", "--data", dir, "--http", "0.0.0.0:0", "--https", "")
	run(2, "", "serve", "--data", dir, "--log", "xml")
	run(2, "", "nonsense")
	run(2, "", "user", "add", "x", "--role", "king")
	run(1, "", "token", "list", "--data", filepath.Join(dir, "not-there"))
	p := startProgram(t, "serve", "--data", dir, "--http", "127.0.0.1:0", "--https", "", "--log", "json")
	defer p.kill()
	if !p.out.Scan() || !strings.Contains(p.out.Text(), "setup code: ") {
		t.Errorf("an empty clinic printed %q", p.out.Text())
	}
	if out := run(1, "", "serve", "--data", dir, "--http", "127.0.0.1:0", "--https", ""); !strings.Contains(out, "in use") {
		t.Error(out)
	}
	run(1, pass, "user", "add", "meena", "--role", "asha", "--data", dir)       // the first must be an admin
	run(1, "short\n", "user", "add", "vijay", "--role", "admin", "--data", dir) // 12 letters at least
	run(0, pass, "user", "add", "vijay", "--role", "admin", "--clinic", "PHC Rampur", "--data", dir)
	run(1, pass, "user", "add", "meena", "--role", "asha", "--data", dir) // by whom?
	run(0, pass, "user", "add", "meena", "--role", "asha", "--as", "vijay", "--data", dir)
	run(0, pass, "user", "add", "radha", "--role", "chw", "--supervisor", "meena", "--as", "vijay", "--data", dir)
	if out := run(0, "", "user", "list", "--data", dir); !strings.Contains(out, "radha") || !strings.Contains(out, "meena") {
		t.Error(out)
	}
	out := run(0, "", "token", "create", "--user", "meena", "--label", "report", "--data", dir)
	fields := strings.Fields(out)
	id, token := fields[1], fields[3]
	me := func() int {
		r, _ := http.NewRequest("GET", p.url+"/api/auth/me", nil)
		r.Header.Set("Authorization", "Bearer "+token)
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		return res.StatusCode
	}
	if got := me(); got != 200 {
		t.Errorf("a new token: %d", got)
	}
	if out := run(0, "", "token", "list", "--data", dir); !strings.Contains(out, id) || strings.Contains(out, token) {
		t.Error(out)
	}
	run(0, "", "token", "revoke", id, "--data", dir)
	if got := me(); got != 401 {
		t.Errorf("a revoked token: %d", got)
	}
	run(1, "", "token", "revoke", id, "--data", dir)
	p.cmd.Process.Signal(os.Interrupt)
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("stop: %v\n%s", err, p.cmd.Stderr)
	}
	run(0, "", "user", "list", "--data", dir) // nobody serves: the command opens the clinic itself
	if out := run(0, "", "version"); !strings.HasPrefix(out, "aarogya ") {
		t.Error(out)
	}
	run(0, "", "--help")
	for _, line := range strings.Split(strings.TrimSpace(fmt.Sprint(p.cmd.Stderr)), "\n") {
		if line != "" && !json.Valid([]byte(line)) {
			t.Errorf("--log json wrote %q", line)
		}
	}
}

// The demo clinic: in every status and urgency, the same door, its own directory.
func TestDemoClinic(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := startProgram(t, "serve", "--demo", "--data", dir, "--http", "127.0.0.1:0")
	res, err := http.Post(p.url+"/api/auth/login", "application/json", strings.NewReader(`{"username":"doctor","password":"demo"}`))
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != 200 {
		t.Errorf("demo sign-in: %d", res.StatusCode)
	}
	p.kill()
	if out, code := runProgram(t, "", "serve", "--data", dir, "--http", "127.0.0.1:0", "--https", ""); code != 1 || !strings.Contains(out, "demo") {
		t.Errorf("a real clinic on the demo's data: %d %s", code, out)
	}
	d, err := db.Open(context.Background(), dir, db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	doctor, _, err := d.UserNamed(context.Background(), "doctor")
	if err != nil {
		t.Fatal(err)
	}
	total, seen := 0, map[string]int{}
	for cursor := ""; ; {
		page, err := d.Cases(context.Background(), doctor, db.List{View: "all", Limit: 200, Cursor: cursor})
		if err != nil {
			t.Fatal(err)
		}
		for _, raw := range page.Cases {
			var row care.Row
			if err := json.Unmarshal(raw, &row); err != nil {
				t.Fatal(err)
			}
			total++
			seen[string(row.Status)]++
			seen[string(row.Urgency)]++
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	if total != demoCases {
		t.Errorf("%d cases", total)
	}
	for _, s := range care.Statuses {
		if seen[string(s)] == 0 {
			t.Errorf("no case is %s", s)
		}
	}
	for _, u := range care.Urgencies {
		if seen[string(u)] == 0 {
			t.Errorf("no case is %s", u)
		}
	}
	t.Log(seen)
	real := filepath.Join(t.TempDir(), "real")
	r, err := db.Open(context.Background(), real, db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	if out, code := runProgram(t, "", "serve", "--demo", "--data", real, "--http", "127.0.0.1:0"); code != 1 || !strings.Contains(out, "real clinic") {
		t.Errorf("the demo on a real clinic: %d %s", code, out)
	}
}
