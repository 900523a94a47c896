package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"aarogya/app/care"
	"aarogya/app/lan"
	"aarogya/db"

	"github.com/spf13/cobra"
)

// What `aarogya doctor` and the admin's first page tell. A check looks at one thing and
// returns an outcome; doctor_words.go says of each outcome how bad it is and puts it in
// both languages. A new check is a line in checks, its outcomes are lines there.

// checks in the order they are told. One that returns no outcome does not apply here.
var checks = []struct {
	code string
	look func(*exam, context.Context) (outcome, error)
}{
	{"service", (*exam).service},
	{"unit", (*exam).unit},
	{"clock", (*exam).clock},
	{"data_dir", (*exam).dataDir},
	{"disk_kind", (*exam).diskKind},
	{"disk_space", (*exam).diskSpace},
	{"disk_write", (*exam).diskWrite},
	{"schema", (*exam).schema},
	{"database", (*exam).database},
	{"log", (*exam).log},
	{"tablets", (*exam).tablets},
	{"enrolled", (*exam).enrolled},
	{"sockets", (*exam).sockets},
	{"ca", (*exam).authority},
	{"certificate", (*exam).certificate},
	{"name", (*exam).name},
	{"other_box", (*exam).otherBox},
	{"reach", (*exam).reach},
	{"firewall", (*exam).firewall},
	{"ports", (*exam).portsTaken},
}

// outcome of a check: why, and what the sentence about it is filled with.
type outcome struct {
	why   string
	facts map[string]string
}

// found makes an outcome; facts are a name, its value, and so on.
func found(why string, facts ...any) (outcome, error) {
	o := outcome{why: why, facts: map[string]string{}}
	for i := 0; i+1 < len(facts); i += 2 {
		o.facts[facts[i].(string)] = fmt.Sprint(facts[i+1])
	}
	return o, nil
}

// doesNotApply: nothing to tell.
func doesNotApply() (outcome, error) { return outcome{}, nil }

// finding is what a check found, ready to be shown.
type finding struct {
	Check   string            `json:"check"`
	Outcome string            `json:"outcome" doc:"why, as a code that never changes its meaning"`
	State   state             `json:"state" enum:"ok,warn,fail,unknown"`
	Facts   map[string]string `json:"facts" doc:"what the sentences were filled with"`
	Hi      advice            `json:"hi"`
	En      advice            `json:"en"`
}

type advice struct {
	Title    string `json:"title"`
	Sentence string `json:"sentence"`
	Hint     string `json:"hint,omitempty" doc:"what to do; there unless the state is ok"`
}

type report struct {
	At     care.Instant `json:"at"`
	Whole  bool         `json:"whole" doc:"the database and the log were read from end to end"`
	Checks []finding    `json:"checks"`
}

// most that is read, and how long that may take. A million events are 400 MB; a PC reads the
// file in 1 s and the chain in 7 s, 10,000 events of it in 0.07 s.
type most struct {
	bytes, events int64
	within        time.Duration
}

var (
	quick = most{64 << 20, 10_000, 10 * time.Second} // for a page, on a small Pi
	whole = most{math.MaxInt64, math.MaxInt64, 30 * time.Minute}
)

// exam is one run of the checks: of the box in this process, or of a data directory that
// nobody serves.
type exam struct {
	dir string
	now time.Time
	most

	db    *db.DB // nil: it cannot be opened
	dbErr error  // why not

	server *Server // nil: no box runs here
	front  *front  // nil: tablets are not served
	links  []lan.Interface
	heard  func() (map[string][]lan.Answer, error) // who answers for the name, by interface

	ports []int // that a box usually takes
}

// absolute: hints name files to people who are in another directory.
func absolute(dir string) string {
	if path, err := filepath.Abs(dir); err == nil {
		return path
	}
	return dir
}

// run looks at everything at once: most checks wait for the disk or the network. What has
// not come to an end with ctx is told as late: a dying disk may never answer.
func (x *exam) run(ctx context.Context) report {
	x.heard = sync.OnceValues(func() (map[string][]lan.Answer, error) { return x.askAround(ctx) })
	type ended struct {
		at int
		finding
	}
	ends := make(chan ended, len(checks))
	all := make([]finding, len(checks))
	for i, c := range checks {
		all[i] = inWords(c.code, outcome{why: "late"})
		go func() { ends <- ended{i, x.look(ctx, c.code, c.look)} }()
	}
wait:
	for range checks {
		select {
		case e := <-ends:
			all[e.at] = e.finding
		case <-ctx.Done():
			break wait
		}
	}
	all = slices.DeleteFunc(all, func(f finding) bool { return f.Outcome == "" })
	return report{At: care.At(x.now), Whole: x.most == whole, Checks: all}
}

func (x *exam) look(ctx context.Context, code string, look func(*exam, context.Context) (outcome, error)) finding {
	o, err := look(x, ctx)
	switch {
	case ctx.Err() != nil: // what it found may be due to that
		o, _ = found("late")
	case err != nil:
		o, _ = found("trouble", "error", err)
	case o.why == "":
		return finding{}
	}
	return inWords(code, o)
}

// size in the largest unit that leaves a number people can picture; the two stay on one line.
func size[N int64 | uint64](bytes N) string {
	if bytes >= 10<<30 {
		return fmt.Sprintf("%d\u00a0GB", bytes>>30)
	}
	if bytes >= 1<<30 {
		return fmt.Sprintf("%.1f\u00a0GB", float64(bytes)/(1<<30))
	}
	if bytes >= 1<<20 {
		return fmt.Sprintf("%d\u00a0MB", bytes>>20)
	}
	return fmt.Sprintf("%d\u00a0KB", bytes>>10)
}

func localTime(t time.Time) string { return t.Local().Format("2006-01-02 15:04") }

// exams lets all who ask while a run goes on have its result.
type exams struct {
	mu      sync.Mutex
	running map[most]*running
	closed  bool
	wait    sync.WaitGroup
}

type running struct {
	stop   context.CancelFunc
	done   chan struct{}
	report report
}

// examine runs the checks on this box, or waits for the run there is.
func (s *Server) examine(ctx context.Context, m most) (report, error) {
	r, err := s.exams.begin(m, func(ctx context.Context) report {
		x := &exam{dir: absolute(s.config.Data), now: s.clock.Now(), most: m, db: s.db, server: s, front: s.front.Load()}
		if x.front != nil {
			x.links = x.front.presence.Interfaces()
		}
		return x.run(ctx)
	})
	if err != nil {
		return report{}, err
	}
	select {
	case <-r.done:
		return r.report, nil
	case <-ctx.Done():
		return report{}, ctx.Err()
	}
}

func (e *exams) begin(m most, run func(context.Context) report) (*running, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return nil, db.ErrBusy
	}
	if r := e.running[m]; r != nil {
		return r, nil
	}
	ctx, stop := context.WithTimeout(context.Background(), m.within)
	r := &running{stop: stop, done: make(chan struct{})}
	if e.running == nil {
		e.running = map[most]*running{}
	}
	e.running[m] = r
	e.wait.Go(func() {
		defer stop()
		r.report = run(ctx)
		e.mu.Lock()
		delete(e.running, m)
		e.mu.Unlock()
		close(r.done)
	})
	return r, nil
}

// close ends what runs, before the database is closed under it.
func (e *exams) close() {
	e.mu.Lock()
	e.closed = true
	for _, r := range e.running {
		r.stop()
	}
	e.mu.Unlock()
	e.wait.Wait()
}

type doctorOutput struct{ Body report }

// doctor serves GET /api/admin/doctor: the checks of `aarogya doctor`, as far as they take
// seconds.
func (s *Server) doctor(ctx context.Context, _ *struct{}) (*doctorOutput, error) {
	r, err := s.examine(ctx, quick)
	return &doctorOutput{r}, err
}

// examine is the errand of the command line: the whole run, as JSON.
func (k clerk) examine(ctx context.Context, _ map[string]string) (string, error) {
	if k.box == nil {
		return "", errNotServing
	}
	r, err := k.box.examine(ctx, whole)
	if err != nil {
		return "", err
	}
	text, err := json.Marshal(r)
	return string(text), err
}

// examineDir runs the checks on the clinic in dir: in the box that serves it, or here.
func examineDir(ctx context.Context, dir string) (report, error) {
	// First something that takes no time: a box that hangs is not waited for.
	text, err := askBox(ctx, dir, errand{Name: "awake"}, 5*time.Second)
	if err == nil {
		text, err = askBox(ctx, dir, errand{Name: "doctor"}, whole.within)
	}
	if err == nil {
		var r report
		if err := json.Unmarshal([]byte(text), &r); err != nil {
			return report{}, err
		}
		return r.withRights(ctx), nil
	}
	if !errors.Is(err, errNobody) {
		return report{}, err
	}
	x := &exam{dir: absolute(dir), now: clock(), most: whole, ports: []int{80, 443}}
	x.db, x.dbErr = db.OpenReadOnly(ctx, dir)
	why := ""
	switch {
	case errors.Is(x.dbErr, db.ErrNoClinic):
		why = "none"
	case errors.Is(x.dbErr, fs.ErrPermission): // whether a box runs cannot be told either
		why = "closed_to_you"
	}
	if why != "" {
		o, _ := found(why, "dir", x.dir)
		return report{At: care.At(x.now), Whole: true, Checks: []finding{inWords("clinic", o)}}, nil
	}
	if x.db != nil {
		defer x.db.Close()
	}
	return x.run(ctx), ctx.Err()
}

// withRights looks again at what the box's own user may not see, if this one may.
func (r report) withRights(ctx context.Context) report {
	for i, f := range r.Checks {
		if f.Check == "firewall" && f.State == stateUnknown && os.Geteuid() == 0 {
			if o, err := firewallOn(ctx, f.Facts["port"], f.Facts["dir"]); err == nil {
				r.Checks[i] = inWords(f.Check, o)
			}
		}
	}
	return r
}

// errFound is the exit code of a run that found something broken; it has been said.
var errFound = errors.New("something is to be repaired")

func doctorCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "doctor", Short: "Check everything the clinic stands on, with a hint for each fault", Args: exactly(0),
		Long: "Check everything the clinic stands on, with a hint for each fault. Works while the box runs and while it\n" +
			"does not; changes nothing. Reads the whole database: that takes minutes for a large one on a small computer.\n" +
			"Ends with 1 if something is to be repaired, else with 0."}
	dir := cmd.Flags().String("data", "data", "directory of the clinic's data")
	language := cmd.Flags().String("language", "en", "hi or en")
	asJSON := cmd.Flags().Bool("json", false, "print JSON, in both languages")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if *language != "hi" && *language != "en" {
			return usageError{errors.New("--language: hi or en")}
		}
		r, err := examineDir(cmd.Context(), *dir)
		if err != nil {
			return err
		}
		if *asJSON {
			err = strictJSON.Marshal(cmd.OutOrStdout(), r)
		} else {
			err = r.print(cmd.OutOrStdout(), *language)
		}
		if err == nil && slices.ContainsFunc(r.Checks, func(f finding) bool { return f.State == stateFail }) {
			return errFound
		}
		return err
	}
	return cmd
}

// print for a terminal; the marks are the same in every language, and any terminal has them.
func (r report) print(out io.Writer, language string) error {
	marks := map[state]string{stateOK: "[ok]", stateWarn: "[ !]", stateFail: "[!!]", stateUnknown: "[ ?]"}
	var err error
	for _, f := range r.Checks {
		says, hint := f.En, "hint"
		if language == "hi" {
			says, hint = f.Hi, "सुझाव"
		}
		_, e := fmt.Fprintln(out, marks[f.State], says.Sentence)
		if err = errors.Join(err, e); f.State != stateOK {
			_, e = fmt.Fprintf(out, "     %s: %s\n", hint, says.Hint)
			err = errors.Join(err, e)
		}
	}
	return err
}
