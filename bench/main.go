// Bench measures the box against its targets and against others doing the same job, and
// prints one table. Every figure is a ratio inside one run, a count or CPU time;
// milliseconds of another machine prove nothing. It is a module of its own, so that what
// it measures against stays out of the product.
//
//	go run .                      everything, about twelve minutes
//	go run . deliver latency ...  only these parts
//
// Start at parts; system.go starts and calls a server, listen.go listens to it, product.go
// and peers.go are the servers.
package main

import (
	"cmp"
	"errors"
	"fmt"
	"log"
	"math"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
	"unicode/utf8"
)

// part is what can be measured by itself.
type part struct {
	name    string
	measure func(*bench) error
}

// parts of a run, in order.
var parts = []part{
	{"latency", latency}, // target 1
	{"deliver", deliver}, // 2, 3
	{"idle", idle},       // 4
	{"stalled", stalled}, // 5
	{"resume", resume},   // 6
	{"outbox", outbox},   // 7
	{"lists", lists},     // 8
	{"memory", memory},   // 10
	{"flood", flood},     // 10
	{"writes", writes},
	{"profile", profile}, // only when asked for
}

// bench is one run.
type bench struct {
	*template
	rounds       int
	haveSocketIO bool
	table        []row
	began        time.Time
}

func main() {
	log.SetFlags(0)
	if len(os.Args) == 5 && os.Args[1] == hiddenArg {
		if err := peer(os.Args[2], os.Args[3], os.Args[4] == "tls"); err != nil {
			log.Fatal(err)
		}
		return
	}
	if err := run(os.Args[1:]); err != nil {
		log.Fatal(err)
	}
}

func run(asked []string) error {
	for _, name := range asked {
		if !slices.ContainsFunc(parts, func(p part) bool { return p.name == name }) {
			return fmt.Errorf("there is no part %q", name)
		}
	}
	root, err := os.MkdirTemp("", "aarogya-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(root)
	b := &bench{rounds: 3, began: time.Now()}
	if b.template, err = newTemplate(root); err != nil {
		return err
	}
	if err := installNodePeer(); err != nil {
		b.add(row{target: 2, what: "Socket.IO was not measured", peer: err.Error()})
	} else {
		b.haveSocketIO = true
	}
	fmt.Printf("Aarogya bench, %s: %s, %d cores, %s, Node %s, load %s\n", time.Now().UTC().Format("2006-01-02 15:04"), machine(), runtime.NumCPU(), runtime.Version(), nodeVersion(), loadAverage())
	fmt.Printf("%d HTTP connections write at saturation (%d at N = 5000); every commit is synchronous=FULL.\n\n", writersFor(50), writersFor(5000))
	var failed error
	for _, p := range parts {
		if len(asked) == 0 && p.name != "profile" || slices.Contains(asked, p.name) {
			if err := p.measure(b); err != nil {
				failed = errors.Join(failed, fmt.Errorf("%s: %w", p.name, err))
			}
		}
	}
	if n := busyAnswers.Load(); n > 0 {
		b.add(row{what: "updates answered 503 busy and sent again", figure: fmt.Sprint(n)})
	}
	b.print()
	return failed
}

// progress says on standard error what was just measured.
func (b *bench) progress(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "%6.1fs  %s\n", time.Since(b.began).Seconds(), fmt.Sprintf(format, args...))
}

func (b *bench) where(what string, n int, secure bool) string {
	if secure {
		return fmt.Sprintf("%s, N = %d, TLS", what, n)
	}
	return fmt.Sprintf("%s, N = %d", what, n)
}

// fits reports whether so many sockets may be open here; if not the table says so.
func (b *bench) fits(sockets int) bool {
	var limit syscall.Rlimit
	syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) // Go has raised it as far as it may
	if int(limit.Cur) >= sockets+500 {
		return true
	}
	b.add(row{what: fmt.Sprintf("not measured: %d sockets", sockets), peer: fmt.Sprintf("ulimit -n is %d", limit.Cur)})
	return false
}

// row is one line of the table.
type row struct {
	target int
	what   string
	ours   string
	peer   string // what it is compared with
	figure string // what the target speaks of
	bound  string // the target; "" = measured, not promised
	met    bool
	void   string
}

// voidIf keeps a figure from counting.
func (r row) voidIf(why string) row {
	r.void = why
	return r
}

func (b *bench) add(r row) { b.table = append(b.table, r) }

func (b *bench) print() {
	slices.SortStableFunc(b.table, func(x, y row) int { return cmp.Compare(x.target, y.target) })
	lines := [][]string{{"#", "what", "Aarogya", "compared with", "figure", "target", ""}}
	met, promised := 0, 0
	for _, r := range b.table {
		verdict := ""
		switch {
		case r.void != "":
			verdict = "VOID: " + r.void
		case r.bound != "" && r.met:
			verdict = "met"
		case r.bound != "":
			verdict = "MISSED"
		}
		if r.bound != "" {
			promised++
			if verdict == "met" {
				met++
			}
		}
		number := ""
		if r.target > 0 {
			number = fmt.Sprint(r.target)
		}
		lines = append(lines, []string{number, r.what, r.ours, r.peer, r.figure, r.bound, verdict})
	}
	widths := make([]int, len(lines[0]))
	for _, l := range lines {
		for i, cell := range l {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for _, l := range lines {
		var out strings.Builder
		for i, cell := range l {
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if i == 1 || i == 3 || i == 6 { // words to the left, figures to the right
				out.WriteString(cell + pad + "  ")
			} else {
				out.WriteString(pad + cell + "  ")
			}
		}
		fmt.Println(strings.TrimRight(out.String(), " "))
	}
	fmt.Printf("\n%d of %d targets met; %.0f s\n", met, promised, time.Since(b.began).Seconds())
}

// cpu is the CPU time this process has used.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		log.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func median(values []float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	slices.Sort(values)
	if n := len(values); n%2 == 0 {
		return (values[n/2-1] + values[n/2]) / 2
	}
	return values[len(values)/2]
}

func medianOf[T any](rounds []T, value func(T) float64) float64 {
	var values []float64
	for _, r := range rounds {
		values = append(values, value(r))
	}
	return median(values)
}

// medianRatio is the median over the rounds of a's value by b's.
func medianRatio[T any](a, b []T, value func(T) float64) float64 {
	var ratios []float64
	for i := range a {
		ratios = append(ratios, value(a[i])/value(b[i]))
	}
	return median(ratios)
}

// percentile p of durations, nearest rank.
func percentile(d []time.Duration, p float64) time.Duration {
	sorted := slices.Sorted(slices.Values(d))
	return sorted[max(0, int(math.Ceil(p/100*float64(len(sorted))))-1)]
}

func micros(d time.Duration) time.Duration { return d.Round(time.Microsecond) }

// count writes 152340 as 152 k.
func count(n float64) string {
	if n >= 10_000 {
		return fmt.Sprintf("%.0f k", n/1e3)
	}
	return fmt.Sprintf("%.0f", n)
}

func kilobytes(n float64) string { return fmt.Sprintf("%.1f KB", n/1024) }
func megabytes(n int64) string   { return fmt.Sprintf("%.1f MB", float64(n)/(1<<20)) }

func machine() string {
	b, _ := os.ReadFile("/proc/cpuinfo")
	_, model, _ := strings.Cut(string(b), "model name\t: ")
	model, _, _ = strings.Cut(model, "\n")
	return strings.TrimSpace(runtime.GOOS + "/" + runtime.GOARCH + " " + model)
}

func loadAverage() string {
	b, _ := os.ReadFile("/proc/loadavg")
	load, _, _ := strings.Cut(string(b), " ")
	return load
}

func nodeVersion() string {
	out, err := exec.Command("node", "--version").Output()
	if err != nil {
		return "none"
	}
	return strings.TrimSpace(string(out))
}
