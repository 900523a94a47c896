package main

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// system is one server under test, and how to speak to it. It is a process of its own, so
// that its CPU and memory are told apart from the generator's.
type system struct {
	name     string
	protocol protocol
	dir      string
	cmd      *exec.Cmd
	says     *bufio.Reader // its standard output
	addr     string        // where to connect
	host     string        // what to say in Host
	tls      *tls.Config   // nil: plain
	head     int64         // events so far

	tokens []string // of listeners, in turn; none: no Authorization
	dialed atomic.Int64
	token  string      // of the writers
	steps  [2]string   // what the writers ask for, in turn; %s is the case
	cases  []*caseTurn // each used by one writer at a time
}

// caseTurn is a case and which of the two steps is next.
type caseTurn struct {
	id   string
	next int
}

// writersFor is how many keep-alive connections ask for updates at saturation. Fewer where
// one update is thousands of deliveries, or the last ones would take longer than the round.
func writersFor(listeners int) int {
	if listeners > 1000 {
		return 16
	}
	return 64
}

// socketToken is the next listener's. Ours limits the sockets of a session and how fast
// they are opened, so nobody's comes again before 1,249 others had theirs.
func (s *system) socketToken() string {
	if len(s.tokens) == 0 {
		return ""
	}
	return s.tokens[int(s.dialed.Add(1))%len(s.tokens)]
}

// spawn starts the server. Its first line ends in where it listens; ours also says, on
// TLS, which name it answers to: "ready ADDRESS [HOST]".
func (s *system) spawn(name string, args ...string) error {
	s.cmd = exec.Command(name, args...)
	s.cmd.Stderr = os.Stderr
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := s.cmd.Start(); err != nil {
		return err
	}
	s.says = bufio.NewReader(out)
	line, err := s.says.ReadString('\n')
	if err != nil {
		s.stop()
		return fmt.Errorf("%s did not start: %w", s.name, err)
	}
	fields := strings.Fields(line)
	s.host = strings.TrimPrefix(fields[len(fields)-1], "http://")
	s.addr = s.host
	if len(fields) == 3 && fields[0] == "ready" {
		s.addr = fields[1]
	}
	return nil
}

// stop ends the process and removes its data.
func (s *system) stop() {
	s.end()
	os.RemoveAll(s.dir)
}

func (s *system) end() {
	s.cmd.Process.Signal(syscall.SIGTERM)
	kill := time.AfterFunc(15*time.Second, func() { s.cmd.Process.Kill() })
	s.cmd.Wait()
	kill.Stop()
}

// cpu is the CPU time the server has used.
func (s *system) cpu() time.Duration {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(b[strings.LastIndexByte(string(b), ')')+2:]))
	user, _ := strconv.ParseInt(fields[11], 10, 64)
	system, _ := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * 10 * time.Millisecond // USER_HZ is 100 on every Linux
}

// memory is a line of /proc/PID/status in bytes: VmRSS now, VmHWM at its highest.
func (s *system) memory(line string) int64 {
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	_, after, found := strings.Cut(string(b), line+":")
	if !found {
		return 0
	}
	kb, _ := strconv.ParseInt(strings.Fields(after)[0], 10, 64)
	return kb << 10
}

// collect has a server collect its garbage, and tells what is in use afterwards, in bytes.
func (s *system) collect() (heap, stacks int64, err error) {
	if err := s.cmd.Process.Signal(syscall.SIGUSR2); err != nil {
		return 0, 0, err
	}
	for {
		line, err := s.says.ReadString('\n')
		if err != nil {
			return 0, 0, err
		}
		if n, _ := fmt.Sscanf(line, "heap %d stacks %d", &heap, &stacks); n == 2 {
			return heap, stacks, nil
		}
	}
}

// caller is one keep-alive HTTP connection.
type caller struct {
	conn net.Conn
	in   *bufio.Reader
	s    *system
}

func (s *system) call() (*caller, error) {
	conn, err := net.Dial("tcp", s.addr)
	if err != nil {
		return nil, err
	}
	if s.tls != nil {
		conn = tls.Client(conn, s.tls)
	}
	return &caller{conn, bufio.NewReaderSize(conn, 8<<10), s}, nil
}

// ask sends one request and copies the answer to to; anything but 2xx is an error.
func (c *caller) ask(method, path, token, body string, to io.Writer) error {
	request := method + " " + path + " HTTP/1.1\r\nHost: " + c.s.host + "\r\nContent-Type: application/json\r\nContent-Length: " + strconv.Itoa(len(body)) + "\r\n"
	if token != "" {
		request += "Authorization: Bearer " + token + "\r\n"
	}
	if _, err := io.WriteString(c.conn, request+"\r\n"+body); err != nil {
		return err
	}
	res, err := http.ReadResponse(c.in, nil)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode == http.StatusServiceUnavailable {
		io.Copy(io.Discard, res.Body)
		return errBusy
	}
	if res.StatusCode/100 != 2 {
		text, _ := io.ReadAll(io.LimitReader(res.Body, 400))
		return fmt.Errorf("%s %s %s: %s %s", c.s.name, method, path, res.Status, text)
	}
	_, err = io.Copy(to, res.Body)
	return err
}

// step makes one durable update that everybody hears. A server that is busy is asked again,
// as a tablet would.
func (c *caller) step(t *caseTurn) error {
	for try := 0; ; try++ {
		err := c.ask("PATCH", "/api/cases/update-status", c.s.token, fmt.Sprintf(c.s.steps[t.next], t.id), io.Discard)
		switch {
		case err == nil:
			t.next = 1 - t.next
			return nil
		case !errors.Is(err, errBusy) || try == 100:
			return err
		}
		busyAnswers.Add(1)
		time.Sleep(10 * time.Millisecond)
	}
}

// errBusy is a 503: nothing was saved. busyAnswers counts them over the run.
var (
	errBusy     = errors.New("503")
	busyAnswers atomic.Int64
)

// load has the writers update without a pause until time is up. It returns how many
// updates were answered.
func (s *system) load(writers int, lasts time.Duration) (int64, error) {
	var updates atomic.Int64
	end := time.Now().Add(lasts)
	err := inParallel(writers, writers, func(w int) error {
		c, err := s.call()
		if err != nil {
			return err
		}
		defer c.conn.Close()
		for i := w; time.Now().Before(end); i = (i + writers) % len(s.cases) {
			if err := c.step(s.cases[i]); err != nil {
				return err
			}
			updates.Add(1)
		}
		return nil
	})
	s.head += updates.Load()
	return updates.Load(), err
}

// inParallel calls f for 0 to n-1, up to so many at a time, and ends early on an error.
func inParallel(n, atOnce int, f func(i int) error) error {
	var next atomic.Int64
	var mu sync.Mutex
	var failed error
	var wg sync.WaitGroup
	for range min(n, atOnce) {
		wg.Go(func() {
			for i := int(next.Add(1) - 1); i < n; i = int(next.Add(1) - 1) {
				if err := f(i); err != nil {
					next.Store(int64(n))
					mu.Lock()
					failed = errors.Join(failed, err)
					mu.Unlock()
					return
				}
			}
		})
	}
	wg.Wait()
	return failed
}
