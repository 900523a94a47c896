package app

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
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

// service: does anybody serve this clinic?
func (x *exam) service(context.Context) (outcome, error) {
	switch {
	case x.server != nil:
		return found("running", "version", Version)
	case errors.Is(x.dbErr, db.ErrInUse):
		return found("silent", "dir", x.dir)
	}
	return found("stopped", "dir", x.dir)
}

// unitName is what scripts/install.sh calls the service.
const unitName = "aarogya.service"

// unit: does systemd keep the box running, and start it after a power cut? Only where the
// service was installed.
func (x *exam) unit(ctx context.Context) (outcome, error) {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	text, err := exec.CommandContext(ctx, "systemctl", "show", unitName, "--property=LoadState,ActiveState,UnitFileState,NRestarts").Output()
	if err != nil { // not there, or not what started this computer
		return doesNotApply()
	}
	property := map[string]string{}
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		property[name] = value
	}
	if property["LoadState"] != "loaded" {
		return doesNotApply()
	}
	switch active := property["ActiveState"]; {
	case active == "failed":
		return found("failed")
	case active == "activating" && property["NRestarts"] != "0":
		return found("restarting", "times", property["NRestarts"])
	case active == "activating":
		return doesNotApply() // in a moment it is one of the others
	case active != "active" && x.server != nil:
		return found("by_hand")
	case active != "active":
		return found("inactive")
	case !strings.HasPrefix(property["UnitFileState"], "enabled"):
		return found("not_enabled")
	}
	return found("active")
}

// clock: a box that runs knows who vouches for its time, by one of the states of boxClock.
func (x *exam) clock(context.Context) (outcome, error) {
	at := localTime(x.now)
	if x.server == nil {
		switch {
		case x.now.Before(built):
			return found("behind", "time", at)
		case x.now.After(latest):
			return found("ahead", "time", at)
		}
		return found("plausible", "time", at)
	}
	r := x.server.clock.report()
	switch {
	case !r.Believed:
		return found("frozen", "time", at, "computer", localTime(r.Computer.Time()))
	case r.Suggested != nil:
		return found("differs", "time", at, "n", r.Suggested.Tablets, "tablets", localTime(r.Suggested.Now.Time()))
	}
	return found(r.State, "time", at)
}

// enrolled: do the clinic's tablets come?
func (x *exam) enrolled(ctx context.Context) (outcome, error) {
	if x.db == nil {
		return doesNotApply()
	}
	devices, err := x.db.Devices(ctx)
	if err != nil {
		return outcome{}, err
	}
	const lately = 7 * 24 * time.Hour
	all, here, locked := 0, 0, []string{}
	for _, d := range devices {
		if d.Revoked {
			continue
		}
		all++
		if x.now.Sub(d.LastSeen.Time()) < lately {
			here++
		}
		if d.Locked {
			locked = append(locked, d.Name)
		}
	}
	switch {
	case all == 0:
		return found("none")
	case len(locked) > 0:
		return found("locked", "names", strings.Join(locked, ", "))
	case here == 0:
		return found("away", "all", all)
	}
	return found("here", "n", here, "all", all)
}

// dataDir: patients are in it.
func (x *exam) dataDir(context.Context) (outcome, error) {
	if runtime.GOOS == "windows" { // which has no such bits
		return doesNotApply()
	}
	info, err := os.Stat(x.dir)
	if err != nil {
		return outcome{}, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return found("open", "dir", x.dir)
	}
	return found("private", "dir", x.dir)
}

func (x *exam) diskKind(context.Context) (outcome, error) {
	kind, loses, err := db.FileSystem(x.dir)
	switch {
	case err != nil:
		return outcome{}, err
	case loses:
		return found("loses", "kind", kind)
	case kind == "tmpfs" || kind == "ramfs":
		return found("memory", "kind", kind)
	case kind == "":
		return found("unheard_of")
	}
	return found("keeps", "kind", kind)
}

func (x *exam) diskSpace(context.Context) (outcome, error) {
	free, err := db.FreeBytes(x.dir)
	switch {
	case err != nil:
		return outcome{}, err
	case free < db.FullBelowBytes:
		return found("full", "free", size(free))
	case free < db.WarnBelowBytes:
		return found("low", "free", size(free))
	}
	return found("enough", "free", size(free))
}

// diskWrite: does the disk take what is written? A file beside the database, and, where the
// box runs, a write by the writer itself.
func (x *exam) diskWrite(ctx context.Context) (outcome, error) {
	if x.server != nil {
		switch err := x.server.health.check(ctx, x.db.Probe); {
		case errors.Is(err, db.ErrReadOnly):
			return found("refused", "free", x.freeText())
		case err != nil:
			return outcome{}, err
		}
	}
	start := time.Now()
	if err := writeAndRead(x.dir); err != nil {
		return found("fails", "error", plainCause(err))
	}
	return found("works", "ms", max(1, time.Since(start).Milliseconds()))
}

func (x *exam) freeText() string {
	free, err := db.FreeBytes(x.dir)
	if err != nil {
		return "?"
	}
	return size(free)
}

// plainCause leaves out the path: it is random.
func plainCause(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}

func writeAndRead(dir string) error {
	f, err := os.CreateTemp(dir, ".doctor-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	text := make([]byte, 64<<10)
	for i := range text {
		text[i] = byte(i * 7)
	}
	if _, err := f.Write(text); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	again, err := os.ReadFile(f.Name())
	if err != nil {
		return err
	}
	if !slices.Equal(text, again) {
		return errors.New("what was read is not what was written")
	}
	return nil
}

func (x *exam) schema(ctx context.Context) (outcome, error) {
	if x.db == nil {
		return doesNotApply()
	}
	have, known, err := x.db.Schema(ctx)
	switch {
	case err != nil:
		return outcome{}, err
	case have > known:
		return found("newer", "have", have, "known", known)
	case have < known:
		return found("older", "have", have, "known", known)
	}
	return found("current", "have", have)
}

func (x *exam) database(ctx context.Context) (outcome, error) {
	if x.db == nil {
		if errors.Is(x.dbErr, db.ErrDamaged) {
			return found("damaged")
		}
		return outcome{}, x.dbErr
	}
	bytes, err := x.db.SizeBytes()
	if err != nil {
		return outcome{}, err
	}
	at := x.now
	if bytes <= x.most.bytes {
		err = x.db.Check(ctx)
	} else if at, err = x.db.CheckedAtStart(); at.IsZero() {
		return found("being_read", "size", size(bytes))
	}
	switch {
	case errors.Is(err, db.ErrDamaged):
		return found("damaged")
	case err != nil:
		return outcome{}, err
	case at != x.now:
		return found("sound_at_start", "size", size(bytes), "time", localTime(at))
	}
	return found("sound", "size", size(bytes))
}

// log is the chain of who did what.
func (x *exam) log(ctx context.Context) (outcome, error) {
	if x.db == nil {
		return doesNotApply() // database tells
	}
	rows, all, err := x.db.VerifyNewest(ctx, x.most.events)
	switch {
	case errors.Is(err, db.ErrDamaged):
		return found("altered", "entry", max(0, all-x.most.events)+rows)
	case err != nil:
		return outcome{}, err
	case rows < all:
		return found("newest_unaltered", "rows", rows, "all", all)
	}
	return found("unaltered", "rows", rows)
}

// tablets: is there an address for them?
func (x *exam) tablets(context.Context) (outcome, error) {
	switch {
	case x.server == nil:
		return doesNotApply()
	case x.server.config.Demo:
		return found("demo")
	case x.server.config.HTTPS == "":
		return found("off")
	case x.front == nil:
		return outcome{}, errors.New("the box is still starting")
	case !x.onNetwork():
		return found("loopback")
	}
	return found("on", "address", x.front.address())
}

// onNetwork says whether other machines could come in.
func (x *exam) onNetwork() bool {
	return x.front != nil && !x.front.listener.Addr().(*net.TCPAddr).IP.IsLoopback()
}

func (x *exam) sockets(context.Context) (outcome, error) {
	if x.server == nil {
		return doesNotApply()
	}
	n, most := x.server.hub.Sockets(), int64(x.server.config.MaxSockets)
	why := "room"
	switch {
	case n >= most:
		why = "full"
	case n >= most-most/10:
		why = "many"
	}
	return found(why, "n", n, "most", most)
}

// authority: is the certificate authority that the tablets trust in its place?
func (x *exam) authority(ctx context.Context) (outcome, error) {
	if x.db == nil {
		return doesNotApply()
	}
	known, err := x.db.Setting(ctx, settingCA)
	if err != nil {
		return outcome{}, err
	}
	path := filepath.Join(x.dir, lan.CAFile)
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && known == "":
		return doesNotApply() // tablets were never served
	case errors.Is(err, fs.ErrNotExist):
		return found("missing", "file", path)
	case err != nil:
		return outcome{}, err
	case runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0:
		return found("readable", "file", path)
	}
	ca, err := lan.LoadCA(x.dir)
	switch {
	case errors.Is(err, lan.ErrCADamaged):
		return found("damaged", "file", path)
	case err != nil:
		return outcome{}, err
	case known != "" && known != ca.Fingerprint():
		return found("foreign", "file", path)
	}
	return found("there", "fingerprint", ca.FingerprintGroups())
}

// daysToRenew: the box makes a new certificate 60 days before the end; later, something
// keeps it from that.
const daysToRenew = 30

// certificate as a tablet gets it: by a handshake with the box's own address.
func (x *exam) certificate(ctx context.Context) (outcome, error) {
	if x.front == nil {
		return doesNotApply()
	}
	to := x.front.listener.Addr().(*net.TCPAddr)
	if to.IP.IsUnspecified() {
		to = &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: to.Port}
	}
	name := x.front.presence.Name()
	// Judged below, fault by fault, instead of by the handshake.
	dialer := tls.Dialer{NetDialer: &net.Dialer{Timeout: 3 * time.Second}, Config: &tls.Config{ServerName: name, InsecureSkipVerify: true}}
	conn, err := dialer.DialContext(ctx, "tcp", to.String())
	if err != nil {
		return found("none", "error", err)
	}
	defer conn.Close()
	leaf := conn.(*tls.Conn).ConnectionState().PeerCertificates[0]
	root, err := x509.ParseCertificate(x.front.ca.DER())
	if err != nil {
		return outcome{}, err
	}
	roots := x509.NewCertPool()
	roots.AddCert(root)
	_, err = leaf.Verify(x509.VerifyOptions{Roots: roots, CurrentTime: x.now})
	var missing []string
	for _, host := range append([]string{name}, texts(lan.Addrs(x.links))...) {
		if leaf.VerifyHostname(host) != nil {
			missing = append(missing, host)
		}
	}
	days := int(leaf.NotAfter.Sub(x.now).Hours() / 24)
	switch {
	case x.now.Before(leaf.NotBefore) || x.now.After(leaf.NotAfter):
		return found("not_now", "from", localTime(leaf.NotBefore), "until", localTime(leaf.NotAfter), "time", localTime(x.now))
	case err != nil:
		return found("untrusted")
	case len(missing) > 0:
		return found("misses", "names", strings.Join(missing, ", "))
	case days < daysToRenew:
		return found("ends_soon", "days", days)
	}
	return found("good", "days", days, "names", strings.Join(append([]string{name}, texts(lan.Addrs(x.links))...), ", "))
}

func texts(addrs []netip.Addr) []string {
	list := make([]string, len(addrs))
	for i, a := range addrs {
		list[i] = a.String()
	}
	return list
}

// askAround asks every interface who has the box's name.
func (x *exam) askAround(ctx context.Context) (map[string][]lan.Answer, error) {
	heard := map[string][]lan.Answer{}
	var mu sync.Mutex
	var errs error
	var wait sync.WaitGroup
	for _, link := range x.links {
		wait.Go(func() {
			answers, err := lan.Ask(ctx, link, x.front.presence.Name())
			mu.Lock()
			defer mu.Unlock()
			heard[link.Name], errs = answers, errors.Join(errs, err)
		})
	}
	wait.Wait()
	return heard, errs
}

// name: does the network know where the box is?
func (x *exam) name(context.Context) (outcome, error) {
	if x.front == nil || !x.onNetwork() {
		return doesNotApply()
	}
	name := x.front.presence.Name()
	if x.server.config.NoMDNS {
		return found("switched_off", "name", name, "addresses", strings.Join(texts(lan.Addrs(x.links)), ", "))
	}
	if len(x.links) == 0 {
		return found("no_network")
	}
	heard, err := x.heard()
	if err != nil {
		return outcome{}, err
	}
	var silent, given []string
	for _, link := range x.links {
		ours := slices.DeleteFunc(slices.Clone(heard[link.Name]), func(a lan.Answer) bool { return !isOurs(a.From) })
		if len(ours) == 0 {
			silent = append(silent, link.Name)
		}
		for _, a := range ours {
			given = append(given, texts(a.Addrs)...)
		}
	}
	if len(silent) > 0 {
		return found("silent", "name", name, "interfaces", strings.Join(silent, ", "))
	}
	slices.Sort(given)
	return found("answers", "name", name, "addresses", strings.Join(slices.Compact(given), ", "))
}

// isOurs says whether this computer has an address now.
func isOurs(a netip.Addr) bool {
	own, err := net.InterfaceAddrs()
	return err == nil && slices.ContainsFunc(own, func(n net.Addr) bool {
		network, ok := n.(*net.IPNet)
		if !ok {
			return false
		}
		ip, ok := netip.AddrFromSlice(network.IP)
		return ok && ip.Unmap() == a.Unmap()
	})
}

// conflicts remembers who else went by the box's name.
type conflicts struct {
	mu    sync.Mutex
	other netip.Addr
	at    time.Time // zero: nobody
}

func (c *conflicts) note(other netip.Addr) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.other, c.at = other, time.Now()
}

// conflictLasts: one that goes on is told again every ten minutes.
const conflictLasts = 15 * time.Minute

func (c *conflicts) recent() (netip.Addr, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.other, !c.at.IsZero() && time.Since(c.at) < conflictLasts
}

// otherBox: who else answers for our name, now or a while ago?
func (x *exam) otherBox(context.Context) (outcome, error) {
	if x.front == nil || !x.onNetwork() || x.server.config.NoMDNS || len(x.links) == 0 {
		return doesNotApply()
	}
	name := x.front.presence.Name()
	heard, err := x.heard()
	for _, answers := range heard {
		for _, a := range answers {
			if !isOurs(a.From) {
				return found("seen", "name", name, "address", a.From)
			}
		}
	}
	if other, ok := x.server.conflicts.recent(); ok && !isOurs(other) {
		return found("seen", "name", name, "address", other)
	}
	if err != nil {
		return outcome{}, err
	}
	return found("nobody", "name", name)
}

// reach: can the box be connected to on each address it gives out?
func (x *exam) reach(ctx context.Context) (outcome, error) {
	if !x.onNetwork() || len(x.links) == 0 {
		return doesNotApply()
	}
	ports := []string{strconv.Itoa(x.front.listener.Addr().(*net.TCPAddr).Port)}
	if _, port, err := net.SplitHostPort(x.server.config.HTTP); err == nil && !isOwn(x.server.config.HTTP) {
		ports = append(ports, port)
	}
	var closed, open []string
	for _, a := range lan.Addrs(x.links) {
		for _, port := range ports {
			to := net.JoinHostPort(a.String(), port)
			conn, err := (&net.Dialer{Timeout: 2 * time.Second}).DialContext(ctx, "tcp", to)
			if err != nil {
				closed = append(closed, to)
				continue
			}
			conn.Close()
			open = append(open, to)
		}
	}
	if len(closed) > 0 {
		return found("closed", "addresses", strings.Join(closed, ", "))
	}
	return found("open", "addresses", strings.Join(open, ", "))
}

// firewall: a packet this computer sends to itself passes no firewall, so the rules are
// read; only root may.
func (x *exam) firewall(ctx context.Context) (outcome, error) {
	if !x.onNetwork() {
		return doesNotApply()
	}
	return firewallOn(ctx, strconv.Itoa(x.front.listener.Addr().(*net.TCPAddr).Port), x.dir)
}

// portsTaken: when no box runs, who else has its ports?
func (x *exam) portsTaken(context.Context) (outcome, error) {
	if x.server != nil || errors.Is(x.dbErr, db.ErrInUse) {
		return doesNotApply()
	}
	var taken, free []string
	for _, port := range x.ports {
		who, ok := listener(port)
		switch {
		case !ok:
			free = append(free, strconv.Itoa(port))
		case who == "":
			taken = append(taken, strconv.Itoa(port))
		default:
			taken = append(taken, fmt.Sprintf("%d (%s)", port, who))
		}
	}
	if len(taken) > 0 {
		return found("taken", "ports", strings.Join(taken, ", "))
	}
	return found("free", "ports", strings.Join(free, ", "))
}

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
