package app

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"time"

	"aarogya/db"
)

// What doctor looks at in the box itself: the program, its clock, its disk, its database,
// its tablets.

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
