package main

import (
	"context"
	"crypto/tls"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"strings"
	"sync"
	"syscall"
	"testing/fstest"
	"time"

	"aarogya/app"
	"aarogya/app/care"
	"aarogya/db"

	"modernc.org/sqlite"
)

// template is a clinic as every run of the product finds it: staff, tokens, cases under a
// clinician's review. It is made once and copied.
type template struct {
	root   string // everything of this run
	dir    string
	tokens []string
	doctor string   // the writers' token
	chw    []string // tokens of the tablets that were offline
	cases  []string
	head   int64
	binary string
	tls    *tls.Config     // for clients
	sample json.RawMessage // the data of one caseStatusUpdate, which the peers send too
}

const (
	outboxTablets  = 50
	listenerTokens = 1250 // a few sockets share one: the box limits sockets per session
	benchCases     = 256
)

var closeAndReopen = [2]string{
	`{"caseId":"%s","action":"close","reason":"resolved"}`,
	`{"caseId":"%s","action":"reopen","reason":"fever is back"}`,
}

// newTemplate builds the product and its clinic.
func newTemplate(root string) (*template, error) {
	t := &template{root: root, dir: filepath.Join(root, "template"), binary: filepath.Join(root, "aarogya")}
	build := exec.Command("go", "build", "-tags", "nomsgpack", "-trimpath", "-ldflags", "-s -w", "-o", t.binary, ".")
	build.Dir, build.Stderr, build.Env = "..", os.Stderr, append(os.Environ(), "CGO_ENABLED=0")
	if err := build.Run(); err != nil {
		return nil, fmt.Errorf("build the product: %w", err)
	}
	var err error
	if t.tls, err = makeCertificate(root); err != nil {
		return nil, err
	}
	ctx := context.Background()
	var mu sync.Mutex
	d, err := db.Open(ctx, t.dir, db.Options{Publish: func(events []db.Event) {
		mu.Lock()
		defer mu.Unlock()
		for _, e := range events {
			if e.Type == "caseStatusUpdate" {
				t.sample = e.Payload
			}
		}
	}})
	if err != nil {
		return nil, err
	}
	defer d.Close()
	c, err := staff(d)
	if err != nil {
		return nil, err
	}
	token := func(u care.User) (string, error) {
		secret, _, err := d.SignIn(ctx, u.ID, db.Token, "bench")
		return secret, err
	}
	if t.doctor, err = token(c.doctor); err != nil {
		return nil, err
	}
	t.tokens, t.chw, t.cases = make([]string, listenerTokens), make([]string, outboxTablets), make([]string, benchCases)
	err = errors.Join(err, inParallel(outboxTablets, 64, func(i int) error {
		var err error
		t.chw[i], err = token(c.chw)
		return err
	}), inParallel(listenerTokens, 64, func(i int) error {
		var err error
		t.tokens[i], err = token(c.doctor)
		return err
	}), inParallel(benchCases, 64, func(i int) error {
		t.cases[i] = db.NewID()
		for _, act := range []struct {
			who care.User
			cmd care.Command
		}{
			{c.chw, care.Command{Kind: care.CreateCaseKind, New: &complaint}},
			{c.asha, care.Command{Kind: care.StepKind(care.Forward), Body: care.Body{Reason: "fever for three days"}}},
			{c.doctor, care.Command{Kind: care.StepKind(care.Accept)}},
		} {
			act.cmd.CaseID = t.cases[i]
			if _, err := d.Do(ctx, act.who.ID, act.cmd); err != nil {
				return err
			}
		}
		return nil
	}))
	t.head = d.Head()
	return t, err
}

// product starts the real program on a copy of the template; on TLS, or inside, the
// program in a process of ours (see productInside).
func (t *template) product(secure, inside bool) (*system, error) {
	s := &system{name: "Aarogya", protocol: ours, head: t.head, tokens: t.tokens, token: t.doctor, steps: closeAndReopen}
	for _, id := range t.cases {
		s.cases = append(s.cases, &caseTurn{id: id})
	}
	var err error
	if s.dir, err = os.MkdirTemp(t.root, "product-"); err != nil {
		return nil, err
	}
	if err := os.CopyFS(s.dir, os.DirFS(t.dir)); err != nil {
		return nil, err
	}
	if secure {
		s.tls = t.tls
	}
	return s, t.startProduct(s, inside)
}

// startProduct starts it on the data it has.
func (t *template) startProduct(s *system, inside bool) error {
	switch {
	case s.tls != nil:
		return s.spawn(os.Args[0], hiddenArg, "product", s.dir, "tls")
	case inside:
		return s.spawn(os.Args[0], hiddenArg, "product", s.dir, "plain")
	}
	return s.spawn(t.binary, "serve", "--data", s.dir, "--http", "127.0.0.1:0", "--https", "")
}

// productInside is the product in a process of ours, for what the real program does not
// offer: more sockets than a clinic needs, TLS (its handler put behind a listener of
// ours), and what noteCommits and onSignals do.
func productInside(dir string, secure bool) error {
	if err := db.UseOFDLocks(); err != nil {
		return err
	}
	if err := noteCommits(dir); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	s, err := app.New(ctx, app.Config{Data: dir, HTTP: "127.0.0.1:0", MaxSockets: 20_000}, slog.New(slog.NewTextHandler(os.Stderr, nil)), fstest.MapFS{})
	if err != nil {
		return err
	}
	defer s.Close()
	onSignals()
	return s.Run(ctx, func(address, _ string) {
		if !secure {
			fmt.Println("ready", address)
			return
		}
		l, err := listenTLS(filepath.Dir(dir))
		if err != nil {
			log.Fatal(err)
		}
		go http.Serve(l, s)
		fmt.Println("ready", l.Addr(), strings.TrimPrefix(address, "http://")) // the box answers only to names it knows
	})
}

// commitsFile holds 8 bytes per commit: the nanosecond at which it began.
const commitsFile = "commits"

// commitTakes lets the servers of ours feel a slower disk: each commit sleeps so long.
const commitTakes = "BENCH_COMMIT_TAKES"

// noteCommits makes every connection to SQLite opened from here on write down its commits.
func noteCommits(dir string) error {
	out, err := os.Create(filepath.Join(dir, commitsFile))
	if err != nil {
		return err
	}
	slow, _ := time.ParseDuration(os.Getenv(commitTakes))
	sqlite.RegisterConnectionHook(func(c sqlite.ExecQuerierContext, _ string) error {
		c.(sqlite.HookRegisterer).RegisterCommitHook(func() int32 {
			time.Sleep(slow)
			out.Write(binary.NativeEndian.AppendUint64(nil, uint64(time.Now().UnixNano())))
			return 0
		})
		return nil
	})
	return nil
}

// commits reads them.
func (s *system) commits() []int64 {
	b, _ := os.ReadFile(filepath.Join(s.dir, commitsFile))
	var at []int64
	for ; len(b) >= 8; b = b[8:] {
		at = append(at, int64(binary.NativeEndian.Uint64(b)))
	}
	return at
}

// onSignals collects garbage on SIGUSR2 and says what is left; SIGUSR1 begins and ends a
// CPU profile in $BENCH_PROFILE.
func onSignals() {
	asked := make(chan os.Signal, 4)
	signal.Notify(asked, syscall.SIGUSR1, syscall.SIGUSR2)
	go func() {
		var profile *os.File
		for sig := range asked {
			switch {
			case sig == syscall.SIGUSR2:
				debug.FreeOSMemory() // collects first
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				fmt.Println("heap", m.HeapAlloc, "stacks", m.StackInuse)
			case profile == nil:
				profile, _ = os.Create(os.Getenv("BENCH_PROFILE"))
				pprof.StartCPUProfile(profile)
			default:
				pprof.StopCPUProfile()
				profile.Close()
				profile = nil
			}
		}
	}()
}
