package main

import (
	"bytes"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// The listeners must cost little, or they would be what is measured: one goroutine reads
// all plain sockets through one epoll and one buffer, looks at each frame where it lies,
// and allocates nothing. TLS needs a goroutine per socket; the looking is the same.

// protocol is what differs between the systems' sockets.
type protocol struct {
	path  string
	greet []string                 // said after the upgrade
	ready string                   // how the line begins after which everything is heard
	reply func(line []byte) string // an answer the protocol wants, such as to its ping; "" = none
}

var (
	ours       = protocol{path: "/ws", ready: `{"type":"hello"`}
	centrifuge = protocol{path: "/ws", greet: []string{`{"id":1,"connect":{}}`}, ready: `{"id":1,"connect":`,
		reply: func(line []byte) string {
			if string(line) == "{}" {
				return "{}"
			}
			return ""
		}}
	socketIO = protocol{path: "/socket.io/?EIO=4&transport=websocket", greet: []string{"40"}, ready: "40",
		reply: func(line []byte) string {
			if string(line) == "2" {
				return "3"
			}
			return ""
		}}
)

// audience is everybody who listens to one system.
type audience struct {
	members []*listener
	epoll   int
	closing atomic.Bool
	readers sync.WaitGroup

	heard atomic.Int64 // frames of the log, over all members
	faults

	watch atomic.Pointer[watch]
}

// faults void a measurement.
type faults struct{ lost, doubled, misordered, cut atomic.Int64 }

func (f *faults) String() string {
	return fmt.Sprintf("%d lost, %d doubled, %d misordered, %d cut", f.lost.Load(), f.doubled.Load(), f.misordered.Load(), f.cut.Load())
}

// any makes a figure void.
func (f *faults) any() bool {
	return f.lost.Load()+f.doubled.Load()+f.misordered.Load()+f.cut.Load() > 0
}

// watch notes when the first and the last listener heard each event after base.
type watch struct {
	base        int64
	all         int32
	count       []atomic.Int32
	first, last []time.Time
}

func newWatch(base int64, events, listeners int) *watch {
	return &watch{base: base, all: int32(listeners), count: make([]atomic.Int32, events), first: make([]time.Time, events), last: make([]time.Time, events)}
}

func (w *watch) note(seq int64) {
	i := seq - w.base - 1
	if i < 0 || i >= int64(len(w.count)) {
		return
	}
	n := w.count[i].Add(1)
	if n == 1 {
		w.first[i] = time.Now()
	}
	if n == w.all {
		w.last[i] = time.Now()
	}
}

// listener is one socket. It checks that every event comes once and in order.
type listener struct {
	a     *audience
	proto *protocol
	fd    int      // plain
	conn  net.Conn // TLS
	rest  []byte   // the beginning of a frame
	seq   int64    // the last event heard
	heard int64
	bytes int64 // of what was heard

	greeting string // the line that said it was ready
}

// listen opens n listeners that have heard everything up to head. With an epoch they are
// tablets that come back: what came after head is sent to them first.
func listen(s *system, n int, head int64, epoch string) (*audience, error) {
	a := &audience{members: make([]*listener, n)}
	var err error
	if a.epoll, err = syscall.EpollCreate1(0); err != nil {
		return nil, err
	}
	if s.tls == nil {
		a.readers.Go(a.readPlain)
	}
	query := ""
	if epoch != "" {
		query = fmt.Sprintf("?epoch=%s&after=%d", epoch, head)
	}
	err = inParallel(n, 200, func(i int) error {
		l, err := dial(s, s.socketToken(), query)
		if err != nil {
			return fmt.Errorf("%s: listener %d of %d: %w", s.name, i, n, err)
		}
		l.a, l.seq, a.members[i] = a, head, l
		return a.start(i)
	})
	if err != nil {
		a.close()
		return nil, err
	}
	return a, nil
}

// dial opens one listener, up to where it is ready.
func dial(s *system, token, query string) (*listener, error) {
	l := &listener{proto: &s.protocol, fd: -1}
	var rw io.ReadWriter
	if s.tls != nil {
		raw, err := net.Dial("tcp", s.addr)
		if err != nil {
			return nil, err
		}
		l.conn = tls.Client(raw, s.tls)
		rw = l.conn
	} else {
		fd, err := dialPlain(s.addr)
		if err != nil {
			return nil, err
		}
		l.fd = fd
		rw = blocking(fd)
	}
	if err := l.open(rw, s.host, token, query); err != nil {
		l.hangUp()
		return nil, err
	}
	return l, nil
}

// open upgrades and greets.
func (l *listener) open(rw io.ReadWriter, host, token, query string) error {
	key := base64.StdEncoding.EncodeToString([]byte("sixteen bytes...")) // servers only hash it
	request := "GET " + l.proto.path + query + " HTTP/1.1\r\nHost: " + host + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + key + "\r\n"
	if token != "" {
		request += "Authorization: Bearer " + token + "\r\n"
	}
	if _, err := io.WriteString(rw, request+"\r\n"); err != nil {
		return err
	}
	buf, filled := make([]byte, 8<<10), 0
	more := func() error {
		n, err := rw.Read(buf[filled:])
		filled += n
		if n == 0 && err == nil {
			err = io.EOF
		}
		return err
	}
	end := -1
	for end < 0 {
		if err := more(); err != nil {
			return fmt.Errorf("upgrade: %w", err)
		}
		end = bytes.Index(buf[:filled], []byte("\r\n\r\n"))
	}
	if !bytes.HasPrefix(buf, []byte("HTTP/1.1 101")) {
		return fmt.Errorf("upgrade refused: %.200s", buf[:filled])
	}
	filled = copy(buf, buf[end+4:filled])
	for _, text := range l.proto.greet {
		if _, err := rw.Write(clientFrame(1, text)); err != nil {
			return err
		}
	}
	for {
		payload, size := firstFrame(buf[:filled])
		if size > 0 {
			if bytes.HasPrefix(payload, []byte(l.proto.ready)) {
				l.greeting = string(payload)
				l.rest = append(l.rest, buf[size:filled]...)
				return nil
			}
			filled = copy(buf, buf[size:filled])
			continue
		}
		if err := more(); err != nil {
			return fmt.Errorf("greeting: %w", err)
		}
	}
}

// start lets a listener that is ready be read.
func (a *audience) start(i int) error {
	l := a.members[i]
	if rest := l.rest; len(rest) > 0 {
		l.rest = append([]byte(nil), l.feed(rest)...)
	}
	if l.conn != nil {
		a.readers.Go(l.readTLS)
		return nil
	}
	if err := syscall.SetNonblock(l.fd, true); err != nil {
		return err
	}
	return syscall.EpollCtl(a.epoll, syscall.EPOLL_CTL_ADD, l.fd, &syscall.EpollEvent{Events: syscall.EPOLLIN, Fd: int32(i)})
}

func (a *audience) readPlain() {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var ready [512]syscall.EpollEvent
	buf := make([]byte, 256<<10)
	for !a.closing.Load() {
		n, err := syscall.EpollWait(a.epoll, ready[:], 50)
		if err != nil && err != syscall.EINTR {
			log.Fatal(err)
		}
		for _, e := range ready[:max(n, 0)] {
			l := a.members[e.Fd]
			filled := copy(buf, l.rest)
			n, err := syscall.Read(l.fd, buf[filled:])
			if err == syscall.EAGAIN || err == syscall.EINTR {
				continue
			}
			if n <= 0 {
				a.ended()
				syscall.EpollCtl(a.epoll, syscall.EPOLL_CTL_DEL, l.fd, nil)
				continue
			}
			l.rest = append(l.rest[:0], l.feed(buf[:filled+n])...)
		}
	}
}

func (l *listener) readTLS() {
	buf := make([]byte, 16<<10)
	filled := copy(buf, l.rest)
	for {
		n, err := l.conn.Read(buf[filled:])
		if err != nil {
			l.a.ended()
			return
		}
		rest := l.feed(buf[:filled+n])
		filled = copy(buf, rest)
		if filled > len(buf)/2 {
			buf = append(buf, make([]byte, len(buf))...)
		}
	}
}

// ended: nobody but us may hang up.
func (a *audience) ended() {
	if !a.closing.Load() {
		a.cut.Add(1)
	}
}

// feed looks at every whole frame in b and returns the rest.
func (l *listener) feed(b []byte) []byte {
	before := l.heard
	for {
		payload, size := firstFrame(b)
		if size == 0 {
			break
		}
		switch b[0] & 0xf {
		case 0, 1:
			for len(payload) > 0 { // centrifuge puts several messages into one frame, a line each
				var line []byte
				line, payload, _ = bytes.Cut(payload, []byte{'\n'})
				l.hear(line)
			}
		case 9:
			l.say(clientFrame(10, string(payload)))
		}
		b = b[size:]
	}
	if l.heard != before {
		l.a.heard.Add(l.heard - before)
	}
	return b
}

var seqKey = []byte(`"seq":`)

// hear checks one message. Those without a seq are of no account.
func (l *listener) hear(line []byte) {
	at := bytes.Index(line[:min(len(line), 120)], seqKey)
	if at < 0 {
		if l.proto.reply != nil {
			if answer := l.proto.reply(line); answer != "" {
				l.say(clientFrame(1, answer))
			}
		}
		return
	}
	seq := int64(0)
	for _, digit := range line[at+len(seqKey):] {
		if digit < '0' || digit > '9' {
			break
		}
		seq = seq*10 + int64(digit-'0')
	}
	switch {
	case seq == l.seq+1:
	case seq == l.seq:
		l.a.doubled.Add(1)
		return
	case seq < l.seq:
		l.a.misordered.Add(1)
		return
	default:
		l.a.lost.Add(seq - l.seq - 1)
	}
	l.seq = seq
	l.heard++
	l.bytes += int64(len(line))
	if w := l.a.watch.Load(); w != nil {
		w.note(seq)
	}
}

func (l *listener) say(frame []byte) {
	if l.conn != nil {
		l.conn.Write(frame)
	} else {
		syscall.Write(l.fd, frame)
	}
}

func (l *listener) hangUp() {
	if l.conn != nil {
		l.conn.Close()
	} else if l.fd >= 0 {
		syscall.Close(l.fd)
	}
}

// close hangs up on everybody.
func (a *audience) close() {
	a.closing.Store(true)
	for _, l := range a.members {
		if l != nil && l.conn != nil {
			l.conn.Close()
		}
	}
	a.readers.Wait()
	for _, l := range a.members {
		if l != nil && l.conn == nil {
			l.hangUp()
		}
	}
	syscall.Close(a.epoll)
}

// wait waits until the members have heard so many events together.
func (a *audience) wait(heard int64, within time.Duration) bool {
	for end := time.Now().Add(within); a.heard.Load() < heard; time.Sleep(500 * time.Microsecond) {
		if time.Now().After(end) {
			return false
		}
	}
	return true
}

// frameBytes is how long the messages were on average. Read it when nothing comes.
func (a *audience) frameBytes() int64 {
	var bytes, heard int64
	for _, l := range a.members {
		bytes, heard = bytes+l.bytes, heard+l.heard
	}
	return bytes / max(heard, 1)
}

// firstFrame is the first whole frame of b; size 0 if it is not all there. Servers do not mask.
func firstFrame(b []byte) (payload []byte, size int) {
	if len(b) < 2 {
		return nil, 0
	}
	head, n := 2, int(b[1]&0x7f)
	switch n {
	case 126:
		if head = 4; len(b) < head {
			return nil, 0
		}
		n = int(b[2])<<8 | int(b[3])
	case 127:
		if head = 10; len(b) < head {
			return nil, 0
		}
		n = 0
		for _, x := range b[2:10] {
			n = n<<8 | int(x)
		}
	}
	if len(b) < head+n {
		return nil, 0
	}
	return b[head : head+n], head + n
}

// clientFrame is a short frame from a client, masked with zeros.
func clientFrame(op byte, text string) []byte {
	return append([]byte{0x80 | op, 0x80 | byte(len(text)), 0, 0, 0, 0}, text...)
}

// dialPlain connects a socket Go's own poller knows nothing of.
func dialPlain(addr string) (int, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return 0, err
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		return 0, err
	}
	ip := net.ParseIP(host).To4()
	if ip == nil {
		return 0, errors.New("not an IPv4 address: " + addr)
	}
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, err
	}
	if err := syscall.Connect(fd, &syscall.SockaddrInet4{Port: n, Addr: [4]byte(ip)}); err != nil {
		syscall.Close(fd)
		return 0, err
	}
	return fd, syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1)
}

// blocking reads and writes a socket before it is given to epoll.
type blocking int

func (fd blocking) Read(p []byte) (int, error) {
	n, err := syscall.Read(int(fd), p)
	return max(n, 0), err
}

func (fd blocking) Write(p []byte) (int, error) {
	n, err := syscall.Write(int(fd), p)
	return max(n, 0), err
}
