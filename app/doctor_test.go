package app

import (
	"bytes"
	"context"
	"crypto/tls"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"aarogya/app/care"
	"aarogya/app/lan"
	"aarogya/db"
)

// findings of a report, by check.
type findings map[string]finding

func byCheck(r report) findings {
	all := findings{}
	for _, f := range r.Checks {
		all[f.Check] = f
	}
	return all
}

// want a check to have come to an outcome, with these words in its English sentence or hint.
func (f findings) want(t *testing.T, outcome string, state state, parts ...string) {
	t.Helper()
	check, why, _ := strings.Cut(outcome, ".")
	got := f[check]
	if got.Outcome != why || got.State != state {
		t.Errorf("%s: %s, %s: %s; want %s, %s", check, got.Outcome, got.State, got.En.Sentence, why, state)
	}
	for _, part := range parts {
		if !strings.Contains(got.En.Sentence+" "+got.En.Hint, part) {
			t.Errorf("%s: %q does not tell %q", outcome, got.En, part)
		}
	}
}

// doctorOf asks the real program, in a process of its own, and holds its exit code against
// what it said.
func doctorOf(t *testing.T, dir string) findings {
	t.Helper()
	text, code := runProgram(t, "", "doctor", "--data", dir, "--json")
	var r report
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	wantCode := 0
	if slices.ContainsFunc(r.Checks, func(f finding) bool { return f.State == stateFail }) {
		wantCode = 1
	}
	if code != wantCode || !r.Whole {
		t.Errorf("it ended with %d, want %d: %s", code, wantCode, text)
	}
	return byCheck(r)
}

// look runs one check of an exam that may lack everything else.
func (x *exam) lookAt(check string) findings {
	for _, c := range checks {
		if c.code == check {
			return findings{check: x.look(context.Background(), c.code, c.look)}
		}
	}
	panic(check)
}

var placeholder = regexp.MustCompile(`\{\w+\}`)

// Every outcome of every check is put in both languages, with the same facts, and with a
// hint if it is not a good one; the golden file is what a terminal shows of each.
func TestDoctorWords(t *testing.T) {
	t.Parallel()
	codes := map[string]bool{"clinic": true}
	for _, c := range checks {
		codes[c.code] = true
	}
	for code := range codes {
		if titles[code][0] == "" || titles[code][1] == "" {
			t.Errorf("%s has no title", code)
		}
	}
	var r report
	for _, key := range slices.Sorted(maps.Keys(outcomes)) {
		check, why, _ := strings.Cut(key, ".")
		if !codes[check] {
			t.Errorf("%s: there is no such check", key)
		}
		facts := map[string]string{}
		for _, name := range placeholder.FindAllString(outcomes[key].en[0]+outcomes[key].en[1], -1) {
			facts[strings.Trim(name, "{}")] = "‹" + strings.Trim(name, "{}") + "›"
		}
		r.Checks = append(r.Checks, inWords(check, outcome{why, facts}))
	}
	r.Checks = append(r.Checks, inWords("clock", outcome{"late", nil}), inWords("clock", outcome{"trouble", map[string]string{"error": "‹error›"}}))
	slices.SortStableFunc(r.Checks, func(a, b finding) int { return strings.Compare(a.Check+"."+a.Outcome, b.Check+"."+b.Outcome) })
	for _, f := range r.Checks {
		name := f.Check + "." + f.Outcome
		for language, says := range map[string]advice{"en": f.En, "hi": f.Hi} {
			if says.Sentence == "" || (says.Hint == "") != (f.State == stateOK) {
				t.Errorf("%s, %s: sentence %q, hint %q, state %s", name, language, says.Sentence, says.Hint, f.State)
			}
			if left := placeholder.FindString(says.Sentence + says.Hint); left != "" {
				t.Errorf("%s, %s: nothing fills %s", name, language, left)
			}
			if strings.ContainsFunc(says.Sentence+says.Hint, func(c rune) bool { return c >= '०' && c <= '९' }) {
				t.Errorf("%s: digits are Latin", name)
			}
			if strings.Count(says.Sentence, "`")%2+strings.Count(says.Hint, "`")%2 != 0 {
				t.Errorf("%s, %s: a command that does not end", name, language)
			}
		}
		// A fact may be named twice, or in the sentence instead of the hint; not left out.
		for name := range f.Facts {
			if !strings.Contains(f.Hi.Sentence+f.Hi.Hint, "‹"+name+"›") {
				t.Errorf("%s: the Hindi does not tell {%s}", f.Check+"."+f.Outcome, name)
			}
		}
		if hindi := strings.ContainsFunc(f.Hi.Sentence, func(c rune) bool { return unicode.Is(unicode.Devanagari, c) }); !hindi {
			t.Errorf("%s: %q is not Hindi", name, f.Hi.Sentence)
		}
	}
	var got bytes.Buffer
	for _, language := range []string{"en", "hi"} {
		if err := r.print(&got, language); err != nil {
			t.Fatal(err)
		}
	}
	golden := "testdata/doctor.golden"
	if *update {
		if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, got.Bytes()) {
		t.Errorf("the words changed: go test ./app -run DoctorWords -update\n%s", got.String())
	}
}

// What the source can find has words, and what has words can be found.
func TestDoctorKnowsItsOutcomes(t *testing.T) {
	t.Parallel()
	var source strings.Builder
	for _, file := range []string{"doctor.go", "doctor_box.go", "doctor_network.go", "doctor_linux.go", "clock.go"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		source.Write(text)
	}
	whys := map[string]bool{}
	for key := range outcomes {
		_, why, _ := strings.Cut(key, ".")
		whys[why] = true
		if !strings.Contains(source.String(), `"`+why+`"`) {
			t.Errorf("%s is never found", key)
		}
	}
	for _, m := range regexp.MustCompile(`found\("(\w+)"`).FindAllStringSubmatch(source.String(), -1) {
		if _, ok := anyCheck[m[1]]; !whys[m[1]] && !ok {
			t.Errorf("%q has no words", m[1])
		}
	}
}

// The whole of it on a box that runs, in processes of their own: through its socket, then
// without it, then where there is nothing.
func TestDoctorCommand(t *testing.T) {
	t.Parallel()
	dir, _, _ := prepared(t)
	p, _ := startHTTPS(t, dir)
	f := doctorOf(t, dir)
	f.want(t, "service.running", stateOK, Version)
	f.want(t, "clock.unset", stateWarn)
	f.want(t, "enrolled.none", stateWarn)
	f.want(t, "data_dir.private", stateOK, dir)
	f.want(t, "disk_write.works", stateOK)
	f.want(t, "schema.current", stateOK)
	f.want(t, "database.sound", stateOK)
	f.want(t, "log.unaltered", stateOK)
	f.want(t, "tablets.loopback", stateWarn, "--https :443")
	f.want(t, "sockets.room", stateOK, "0 of at most 2000")
	f.want(t, "ca.there", stateOK)
	f.want(t, "certificate.good", stateOK, "aarogya.local")
	for _, check := range []string{"name", "other_box", "reach", "firewall", "ports", "unit"} {
		if got, ok := f[check]; ok && check != "unit" { // where systemd has our service, it is told
			t.Errorf("%s does not apply here: %s", check, got.En.Sentence)
		}
	}

	// The authority, taken away and changed under a box that runs.
	file := filepath.Join(dir, lan.CAFile)
	right, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	doctorOf(t, dir).want(t, "ca.missing", stateFail, file, "backup")
	if err := os.WriteFile(file, right[:len(right)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	doctorOf(t, dir).want(t, "ca.damaged", stateFail, file)
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if _, err := lan.CreateCA(dir, "another clinic"); err != nil {
		t.Fatal(err)
	}
	doctorOf(t, dir).want(t, "ca.foreign", stateFail, file)
	if err := os.WriteFile(file, right, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	f = doctorOf(t, dir)
	f.want(t, "ca.readable", stateFail, "chmod 600 "+file)
	f.want(t, "data_dir.open", stateFail, "chmod 700 "+dir)
	if err := errors.Join(os.Chmod(file, 0o600), os.Chmod(dir, 0o700)); err != nil {
		t.Fatal(err)
	}

	text, code := runProgram(t, "", "doctor", "--data", dir)
	if code != 0 || !strings.Contains(text, "\n[ !] Tablets cannot come: their address is for this computer alone.\n     hint: ") || !strings.HasPrefix(text, "[ok] The box is running") {
		t.Errorf("%d %s", code, text)
	}
	text, code = runProgram(t, "", "doctor", "--data", dir, "--language", "hi")
	if code != 0 || !strings.Contains(text, "\n     सुझाव: ") || !strings.HasPrefix(text, "[ok] बॉक्स चल रहा है") {
		t.Errorf("%d %s", code, text)
	}
	p.kill()
	running := filepath.Join(dir, "running")
	f = doctorOf(t, dir) // after a pulled plug
	f.want(t, "service.stopped", stateFail, "aarogya serve --data "+dir)
	f.want(t, "disk_write.works", stateOK)
	f.want(t, "database.sound", stateOK)
	f.want(t, "log.unaltered", stateOK)
	f.want(t, "ca.there", stateOK)
	if _, ok := f["tablets"]; ok {
		t.Error("a box that does not run serves tablets")
	}
	if _, err := os.Stat(running); err != nil {
		t.Errorf("the next start would not know of the pulled plug: %v", err)
	}
	text, code = runProgram(t, "", "doctor", "--data", dir)
	if code != 1 || !strings.HasPrefix(text, "[!!] The box is not running on "+dir) || strings.Contains(text, "aarogya: ") {
		t.Errorf("%d %s", code, text)
	}

	empty := filepath.Join(t.TempDir(), "nothing")
	doctorOf(t, empty).want(t, "clinic.none", stateFail, empty, "--data DIR")
	if _, err := os.Stat(empty); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it made %s", empty)
	}
	for _, args := range [][]string{{"--language", "ta"}, {"--data"}, {"now"}} {
		if text, code := runProgram(t, "", append([]string{"doctor"}, args...)...); code != 2 {
			t.Errorf("%v: %d %s", args, code, text)
		}
	}
}

// A process that holds the directory but answers nothing.
func TestDoctorOfASilentBox(t *testing.T) {
	t.Parallel()
	dir, _, _ := prepared(t)
	d, err := db.Open(context.Background(), dir, db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	f := doctorOf(t, dir)
	f.want(t, "service.silent", stateFail, dir, "restart")
	for _, check := range []string{"ports", "log", "ca"} {
		if _, ok := f[check]; ok {
			t.Errorf("%s cannot be told here", check)
		}
	}
}

// alter does to a clinic's database what nobody may.
func alter(t *testing.T, dir string, texts ...string) {
	t.Helper()
	raw, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "aarogya.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	for _, text := range texts {
		if _, err := raw.Exec(text); err != nil {
			t.Fatal(err)
		}
	}
}

func TestDoctorOfDamage(t *testing.T) {
	t.Parallel()
	dir, _, _ := prepared(t)
	alter(t, dir, "DROP TRIGGER events_no_update", "UPDATE events SET at = at + 1 WHERE seq = 2")
	f := doctorOf(t, dir)
	f.want(t, "log.altered", stateFail, "entry 2 ")
	f.want(t, "database.sound", stateOK)

	dir, _, _ = prepared(t)
	alter(t, dir, "PRAGMA foreign_keys = 0", "UPDATE cases SET patient_id = 999")
	doctorOf(t, dir).want(t, "database.damaged", stateFail, "backup")

	dir, _, _ = prepared(t)
	if err := os.WriteFile(filepath.Join(dir, "aarogya.db"), bytes.Repeat([]byte("no database "), 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	doctorOf(t, dir).want(t, "database.damaged", stateFail)

	dir, _, _ = prepared(t)
	alter(t, dir, "PRAGMA user_version = 1000")
	doctorOf(t, dir).want(t, "schema.newer", stateFail, "1000")
	alter(t, dir, "PRAGMA user_version = 1")
	doctorOf(t, dir).want(t, "schema.older", stateWarn)
}

func TestDoctorOfClocks(t *testing.T) {
	t.Parallel()
	for at, want := range map[time.Time]string{
		built.Add(-time.Hour): "clock.behind",
		time.Unix(0, 0):       "clock.behind",
		time.Date(2049, 12, 31, 0, 0, 0, 0, time.UTC): "clock.plausible",
		time.Date(2050, 1, 1, 0, 0, 0, 0, time.UTC):   "clock.ahead",
	} {
		state := stateFail
		if want == "clock.plausible" {
			state = stateOK
		}
		(&exam{now: at}).lookAt("clock").want(t, want, state)
	}
	b := newBoxAt(t, func() time.Time { return time.Date(1970, 1, 1, 6, 0, 0, 0, time.UTC) })
	b.wantReport(t).want(t, "clock.frozen", stateFail, "1970")
	b = newBox(t)
	b.wantReport(t).want(t, "clock.unset", stateWarn)
	// As three tablets show it, and as an admin has it then.
	right := time.Now().Add(10 * time.Hour)
	for _, tablet := range []string{"a", "b", "c"} {
		b.clock.heard(tablet, right)
	}
	b.wantReport(t).want(t, "clock.differs", stateWarn, "3 of the tablets "+localTime(right)[:10])
	b.want(200, b.ask("admin", "PUT", "/api/admin/clock", map[string]any{"now": right.UTC().Format(time.RFC3339)}))
	b.wantReport(t).want(t, "clock.admin", stateOK)
}

func TestDoctorOfTablets(t *testing.T) {
	t.Parallel()
	now, move := movable()
	b := newBoxAt(t, now)
	b.wantReport(t).want(t, "enrolled.none", stateWarn)
	p := b.tablet()
	b.want(201, p.enrol(b.code("admin", "chw"), "pin", "802614"))
	b.wantReport(t).want(t, "enrolled.here", stateOK, "1 of the clinic's 1")
	for range care.WrongPINs {
		b.want(401, p.pin("chw", "000001"))
		move(6 * time.Minute)
	}
	b.wantReport(t).want(t, "enrolled.locked", stateWarn, "Tablet of the ward")
	b.want(201, p.enrol(b.code("asha", "chw"), "pin", "736193"))
	move(8 * 24 * time.Hour)
	b.wantReport(t).want(t, "enrolled.away", stateWarn, "1 tablets")
}

// wantReport is what an admin's page gets.
func (b *box) wantReport(t *testing.T) findings {
	t.Helper()
	var r report
	if err := json.Unmarshal([]byte(b.want(200, b.ask("admin", "GET", "/api/admin/doctor", nil)).body), &r); err != nil {
		t.Fatal(err)
	}
	if r.Whole || r.At == 0 {
		t.Errorf("%+v", r)
	}
	return byCheck(r)
}

func TestDoctorPage(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	f := b.wantReport(t)
	f.want(t, "service.running", stateOK)
	f.want(t, "tablets.off", stateWarn, "--https")
	f.want(t, "log.unaltered", stateOK)
	b.want(403, b.ask("doctor", "GET", "/api/admin/doctor", nil))

	b.config.MaxSockets = 10
	for n := range 10 {
		if n == 9 {
			b.wantReport(t).want(t, "sockets.many", stateWarn, "9 of at most 10")
		}
		b.hear(b.listen("chw", ""))
	}
	b.wantReport(t).want(t, "sockets.full", stateFail, "10 of at most 10")

	// More than a page may wait for: what is known of the start, and the newest of the log.
	x := &exam{dir: b.config.Data, now: time.Now(), server: b.Server, db: b.db, most: most{bytes: 0, events: 3}}
	x.lookAt("log").want(t, "log.newest_unaltered", stateOK, "newest 3 of ")
	for deadline := time.Now().Add(20 * time.Second); x.lookAt("database")["database"].Outcome == "being_read" && time.Now().Before(deadline); {
		time.Sleep(10 * time.Millisecond) // the check after the start is on its way
	}
	x.lookAt("database").want(t, "database.sound_at_start", stateOK)
	over, cancel := context.WithCancel(context.Background())
	cancel()
	x.most = whole
	if f := x.look(over, "database", (*exam).database); f.Outcome != "late" || f.State != stateUnknown {
		t.Errorf("a check that was cut short: %+v", f)
	}
}

// A check that never ends, as on a dying disk, does not keep the others from being told.
func TestDoctorOfAHangingDisk(t *testing.T) {
	b := newBox(t)
	was := checks
	defer func() { checks = was }()
	never, over := make(chan struct{}), make(chan struct{})
	checks = slices.Clone(checks)
	checks[0].look = func(*exam, context.Context) (outcome, error) {
		defer close(over)
		<-never
		return doesNotApply()
	}
	ctx, cancel := context.WithCancel(context.Background())
	x := &exam{dir: b.config.Data, now: time.Now(), server: b.Server, db: b.db, most: quick}
	reports := make(chan report)
	go func() { reports <- x.run(ctx) }()
	cancel()
	f := byCheck(<-reports)
	f.want(t, checks[0].code+".late", stateUnknown)
	close(never)
	<-over
}

// Everybody who asks while a run goes on waits for the same one; none begins once the box
// closes, and what runs then is cut short.
func TestExamsAreShared(t *testing.T) {
	t.Parallel()
	var e exams
	begun := make(chan struct{}, 10)
	run := func(ctx context.Context) report {
		begun <- struct{}{}
		<-ctx.Done()
		return report{At: 7}
	}
	first, err := e.begin(quick, run)
	if err != nil {
		t.Fatal(err)
	}
	<-begun
	for range 3 {
		if r, err := e.begin(quick, run); err != nil || r != first {
			t.Fatalf("a second run: %v", err)
		}
	}
	other, err := e.begin(whole, run)
	if err != nil || other == first {
		t.Fatalf("the whole run is another: %v", err)
	}
	<-begun
	e.close()
	<-first.done
	<-other.done
	if len(begun) != 0 || first.report.At != 7 {
		t.Errorf("%d more runs, report %+v", len(begun), first.report)
	}
	if _, err := e.begin(quick, run); !errors.Is(err, db.ErrBusy) {
		t.Errorf("a run of a closed box: %v", err)
	}
}

// frontOf serves a certificate on a loopback port, as tablets would meet it.
func frontOf(t *testing.T, certs *lan.Certifier) *front {
	t.Helper()
	plain, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n := &front{ca: certs.CA(), listener: tls.NewListener(plain, &tls.Config{GetCertificate: certs.GetCertificate})}
	var wait sync.WaitGroup
	wait.Go(func() {
		for {
			conn, err := n.listener.Accept()
			if err != nil {
				return
			}
			conn.(*tls.Conn).Handshake()
			conn.Close()
		}
	})
	t.Cleanup(wait.Wait)
	t.Cleanup(func() { n.listener.Close() })
	if n.presence, err = lan.Start(context.Background(), lan.Options{Name: "aarogya", BoxID: "0123456789ab", NoMDNS: true}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.presence.Close)
	return n
}

func TestDoctorOfCertificates(t *testing.T) {
	t.Parallel()
	ca, err := lan.CreateCA(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2028, 1, 1, 0, 0, 0, 0, time.UTC)
	exam := func(made time.Time) *exam {
		at := func() time.Time { return made }
		certs, err := lan.NewCertifier(ca, "aarogya", at, at)
		if err != nil {
			t.Fatal(err)
		}
		return &exam{now: now, front: frontOf(t, certs)}
	}
	day := 24 * time.Hour
	exam(now).lookAt("certificate").want(t, "certificate.good", stateOK, "360 more days", "aarogya.local")
	exam(now.Add(-340*day)).lookAt("certificate").want(t, "certificate.ends_soon", stateWarn, "20 days")
	exam(now.Add(-361*day)).lookAt("certificate").want(t, "certificate.not_now", stateFail)
	exam(now.Add(400*day)).lookAt("certificate").want(t, "certificate.not_now", stateFail, "2028-01-01")
	x := exam(now)
	x.links = []lan.Interface{{Name: "eth0", Addrs: []netip.Prefix{netip.MustParsePrefix("192.168.1.20/24")}}}
	x.lookAt("certificate").want(t, "certificate.misses", stateFail, "192.168.1.20")
	x = exam(now)
	if x.front.ca, err = lan.CreateCA(t.TempDir(), ""); err != nil {
		t.Fatal(err)
	}
	x.lookAt("certificate").want(t, "certificate.untrusted", stateFail)
	x = exam(now)
	x.front.listener.Close()
	x.lookAt("certificate").want(t, "certificate.none", stateFail, "refused")
}

func TestDoctorOfPorts(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	x := &exam{ports: []int{port}}
	who := ""
	if runtime.GOOS == "linux" {
		name, err := os.ReadFile("/proc/self/comm")
		if err != nil {
			t.Fatal(err)
		}
		who = "(" + strings.TrimSpace(string(name)) + ")"
	}
	x.lookAt("ports").want(t, "ports.taken", stateFail, fmt.Sprint(port), who)
	l.Close()
	x.lookAt("ports").want(t, "ports.free", stateOK, fmt.Sprint(port))
}

// systemctl is played by a script: what it prints is what the real one does.
func TestDoctorOfTheUnit(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no systemd there")
	}
	bin := t.TempDir()
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	served := &Server{}
	for _, test := range []struct {
		says   string
		server *Server
		want   string
		state  state
	}{
		{"LoadState=loaded\nActiveState=active\nUnitFileState=enabled\nNRestarts=0", served, "unit.active", stateOK},
		{"LoadState=loaded\nActiveState=active\nUnitFileState=enabled-runtime\nNRestarts=3", served, "unit.active", stateOK},
		{"LoadState=loaded\nActiveState=active\nUnitFileState=disabled\nNRestarts=0", served, "unit.not_enabled", stateWarn},
		{"LoadState=loaded\nActiveState=inactive\nUnitFileState=enabled\nNRestarts=0", served, "unit.by_hand", stateWarn},
		{"LoadState=loaded\nActiveState=inactive\nUnitFileState=enabled\nNRestarts=0", nil, "unit.inactive", stateFail},
		{"LoadState=loaded\nActiveState=failed\nUnitFileState=enabled\nNRestarts=5", nil, "unit.failed", stateFail},
		{"LoadState=loaded\nActiveState=activating\nUnitFileState=enabled\nNRestarts=12", nil, "unit.restarting", stateFail},
		{"LoadState=loaded\nActiveState=activating\nUnitFileState=enabled\nNRestarts=0", served, "unit.", ""},
		{"LoadState=not-found\nActiveState=inactive\nUnitFileState=\nNRestarts=0", nil, "unit.", ""},
		{"", nil, "unit.", ""}, // this computer was not started by systemd
	} {
		script := "#!/bin/sh\ncat <<'END'\n" + test.says + "\nEND\n"
		if test.says == "" {
			script = "#!/bin/sh\nexit 1\n"
		}
		if err := os.WriteFile(filepath.Join(bin, "systemctl"), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
		(&exam{server: test.server}).lookAt("unit").want(t, test.want, test.state)
	}
}

func TestConflictsAreForgotten(t *testing.T) {
	t.Parallel()
	var c conflicts
	if _, ok := c.recent(); ok {
		t.Error("a conflict with nobody")
	}
	c.note(netip.MustParseAddr("192.168.1.77"))
	if other, ok := c.recent(); !ok || other.String() != "192.168.1.77" {
		t.Errorf("%v %v", other, ok)
	}
	c.at = c.at.Add(-2 * conflictLasts)
	if _, ok := c.recent(); ok {
		t.Error("a conflict is kept for ever")
	}
}
